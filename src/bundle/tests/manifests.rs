//! Manifests, declaration and bag-info that say something else than the writer would: each with its own finding,
//! with the tag manifest made right again so that nothing else is found.

use super::*;

const SHA512: usize = 5;
const BLAKE3: usize = 6;
const TAGS: usize = 7;
const INFO: usize = 4;

type Entries = Vec<(String, Vec<u8>)>;

/// Lists the other tag files anew in the tag manifest.
fn seal(entries: &mut Entries) {
    let mut text = String::new();
    for at in [0, INFO, SHA512, BLAKE3] {
        let (name, bytes) = &entries[at];
        text.push_str(&format!("{}  {}\n", FileDigests::of(bytes).sha512, &name["bag/".len()..]));
    }
    entries[TAGS].1 = text.into_bytes();
}

/// Findings after `change` on the text of one entry.
fn changed(at: usize, change: impl Fn(&str) -> String) -> Vec<&'static str> {
    let mut whole = entries(&write_tar(&small_files()));
    let text = String::from_utf8(whole[at].1.clone()).unwrap();
    let new = change(&text);
    assert_ne!(new, text, "nothing was changed");
    whole[at].1 = new.into_bytes();
    if at != TAGS {
        seal(&mut whole);
    }
    codes(&read_tar(&tar_of(&whole)))
}

fn lines(text: &str) -> Vec<String> {
    text.split_inclusive('\n').map(str::to_owned).collect()
}

#[test]
fn sealing_an_unchanged_bag_changes_nothing() {
    let tar = write_tar(&small_files());
    let mut whole = entries(&tar);
    seal(&mut whole);
    assert_eq!(tar_of(&whole), tar);
}

#[test]
fn manifest_lines_in_another_form_are_refused() {
    for at in [SHA512, BLAKE3, TAGS] {
        let one = |change: fn(&str) -> String| changed(at, change);
        // A line that cannot be read does not list its file either.
        let unreadable = ["bundle.manifest_syntax", "bundle.manifest_unlisted"];
        let upper = |text: &str| {
            let (hex, rest) = text.split_once("  ").unwrap();
            format!("{}  {rest}", hex.to_uppercase())
        };
        assert_eq!(one(upper), unreadable);
        assert_eq!(one(|text| text.replacen("  ", " *", 1)), unreadable);
        assert_eq!(one(|text| text.replacen("  ", " ", 1)), unreadable);
        assert_eq!(one(|text| text.replacen("  ", "\t", 1)), unreadable);
        assert_eq!(one(|text| text.trim_end().to_owned()), unreadable);
        assert_eq!(one(|text| text[1..].to_owned()), unreadable);
        assert_eq!(one(|text| format!("\u{feff}{text}")), unreadable);
        assert_eq!(one(|text| format!("{text}\n")), ["bundle.manifest_syntax"]);
        let other_name = ["bundle.manifest_absent_file", "bundle.manifest_unlisted"];
        assert_eq!(one(|text| text.replacen("  ", "  ./", 1)), other_name);
        assert_eq!(one(|text| text.replacen("  ", "   ", 1)), other_name);
        assert_eq!(one(|text| text.replacen('\n', "\r\n", 1)), other_name);
    }
}

#[test]
fn manifest_lines_dropped_doubled_exchanged_added_are_found() {
    for at in [SHA512, BLAKE3, TAGS] {
        let count =
            lines(&String::from_utf8(entries(&write_tar(&small_files()))[at].1.clone()).unwrap()).len();
        for line in 0..count {
            let edit = |edit: &dyn Fn(&mut Vec<String>)| {
                changed(at, |text| {
                    let mut lines = lines(text);
                    edit(&mut lines);
                    lines.concat()
                })
            };
            assert_eq!(edit(&|lines| drop(lines.remove(line))), ["bundle.manifest_unlisted"]);
            let double = edit(&|lines| lines.insert(line, lines[line].clone()));
            assert_eq!(double, ["bundle.manifest_duplicate"]);
            if line + 1 < count {
                assert_eq!(edit(&|lines| lines.swap(line, line + 1)), ["bundle.manifest_order"]);
            }
        }
        let foreign = changed(at, |text| format!("{text}{}", lines(text)[0].replace("  ", "  data/../")));
        assert_eq!(foreign, ["bundle.manifest_absent_file"]);
    }
}

#[test]
fn a_false_digest_names_the_file_and_both_digests() {
    let mut whole = entries(&write_tar(&small_files()));
    whole[1].1[0] ^= 1;
    let report = read_tar(&tar_of(&whole));
    assert_eq!(codes(&report), ["bundle.digest", "bundle.digest"]);
    let finding = &report.findings.list()[0];
    assert_eq!(finding.path.as_deref(), Some("data/events/0.jsonl"));
    assert_eq!(finding.expected, FileDigests::of(&small_files()[0].1).sha512.to_string());
    assert_eq!(finding.found, FileDigests::of(&whole[1].1).sha512.to_string());
    let text = finding.text(crate::fault::Lang::En);
    assert!(text.contains("data/events/0.jsonl") && text.contains(&finding.found), "{text}");
}

#[test]
fn an_empty_manifest_lists_nothing() {
    assert_eq!(changed(BLAKE3, |_| String::new()), ["bundle.manifest_unlisted"; 3]);
}

#[test]
fn a_manifest_of_the_payload_may_not_list_tag_files() {
    let tag = |text: &str| format!("{text}{}", lines(text)[0].replace("data/events/0.jsonl", "bagit.txt"));
    assert_eq!(changed(SHA512, tag), ["bundle.manifest_absent_file"]);
}

#[test]
fn another_declaration_is_refused() {
    for (from, to) in
        [("1.0", "0.97"), ("UTF-8", "utf-8"), ("\n", "\r\n"), ("BagIt", "\u{feff}BagIt"), (": ", ":")]
    {
        assert_eq!(changed(0, |text| text.replacen(from, to, 1)), ["bundle.bag_declaration"]);
    }
    assert_eq!(changed(0, |text| format!("{text}More: yes\n")), ["bundle.bag_declaration"]);
}

#[test]
fn bag_info_in_another_form_is_refused() {
    for (from, to) in [
        ("Bagging-Date: 2026-11-22\n", ""),
        ("2026-11-22", "2026-11-31"),
        ("2026-11-22", "22.11.2026"),
        ("\n", "\r\n"),
        ("\n", "\n\n"),
        ("Source-Organization: ", "Source-Organization:"),
        ("Source-Organization: ", "Source-Organization:  "),
        ("Source-Organization", "payload-oxum"),
        ("Source-Organization", "bagging-date"),
        ("演示局", "演示局\n continued"),
        ("演示局", "演示局\u{2028}x"),
        ("演示局", ""),
    ] {
        assert_eq!(
            changed(INFO, |text| text.replacen(from, to, 1)),
            ["bundle.bag_info"],
            "{from:?} → {to:?}"
        );
    }
    assert_eq!(changed(INFO, |text| format!("{text}After: it\n")), ["bundle.bag_info"]);
    assert_eq!(changed(INFO, |text| text.replace("Payload-Oxum: ", "Payload-Oxum: 1")), ["bundle.bag_oxum"]);
    let two = changed(INFO, |text| format!("{text}Payload-Oxum: 1.1\n"));
    assert_eq!(two, ["bundle.bag_info"]);
}
