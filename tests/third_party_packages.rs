//! A package in its three forms, and an archive's store, judged by programs that are not ours: the commands of the package's own
//! 核验说明.txt are run as they stand there.
//!
//! Runs with `ZHAOCE_THIRD_PARTY=1`, and then a missing program is a failure.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cli_support;

use std::fs;
use std::path::Path;
use std::process::Command;

use cli_support::Desk;

fn demanded() -> bool {
    let demanded = std::env::var_os("ZHAOCE_THIRD_PARTY").is_some_and(|value| value == "1");
    if !demanded {
        eprintln!("SKIPPED: ZHAOCE_THIRD_PARTY is not 1, no other program was asked");
    }
    demanded
}

fn shell(folder: &Path, script: &str) -> (bool, String) {
    let ran =
        Command::new("bash").args(["-euo", "pipefail", "-c", script]).current_dir(folder).output().unwrap();
    (ran.status.success(), String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned())
}

fn holds(folder: &Path, script: &str) -> String {
    let (ok, said) = shell(folder, script);
    assert!(ok, "{script}\n{said}");
    said
}

/// An office with records, and its package in one form.
fn package(form: &str) -> Desk {
    let desk = Desk::office();
    let rows: String = (1..5)
        .map(|n| format!("关于第{n}号 <事项> & 通知,2025-0{n}-11,http://linyi.gov.cn/{n}.html\n"))
        .collect();
    let records = desk.file("records.csv", &format!("标题,发布日期,地址\n{rows}"));
    desk.ok(&["--as", "王主任", "import", "records", &records]);
    let out = desk.name("out");
    let series = ["--fonds", "Z109", "--category", "WS", "--retention", "30", "--unit", "BGS"];
    let export = ["--as", "赵承办", "bundle", "export", "--for", "archive", "--form", form, "-o", &out];
    let all: Vec<&str> = export.iter().chain(&series).copied().collect();
    desk.ok(&all);
    desk
}

/// Indented lines of a section of 核验说明.txt.
fn commands(text: &str, section: &str) -> String {
    let from = text.find(section).unwrap();
    let body = text[from..].split_once('\n').unwrap().1;
    let end = body.find("\n\n").unwrap_or(body.len());
    let command = |line: &&str| {
        line.starts_with("  ") && line.is_ascii()
            || line.contains("openssl")
            || line.contains("sed ")
            || line.contains("xmllint")
            || line.trim() == "done < manifest-sm3.txt"
    };
    body[..end].lines().filter(command).map(|line| line.trim_start().to_owned() + "\n").collect()
}

#[test]
fn the_package_s_own_instructions_check_it() {
    if !demanded() {
        return;
    }
    let desk = package("directory");
    let bag = desk.path("out").join("GZK-Z109-2026-0001");
    let text = fs::read_to_string(bag.join("data/其他/核验说明.txt")).unwrap();
    let manifests = commands(&text, "一、文件完好") + &commands(&text, "二、清单完好");
    assert!(manifests.contains("sha512sum") && manifests.contains("b3sum") && manifests.contains("sm3"));
    assert_eq!(holds(&bag, &manifests), "");
    assert_eq!(holds(&bag, &commands(&text, "五、XML")).matches("validates").count(), 3 + 4);

    let note = "signature/tagmanifest-sha512.txt.note";
    let key = holds(
        &bag,
        &format!(
            "label=$(sed -n 's/^— [^ ]*\\/\\([0-9a-f]*\\) .*/\\1/p' {note}); \
             python3 -c 'import json,sys; print([k[\"key\"][8:] for k in json.load(open(\"data/其他/固化验证信息/people.json\"))[\"keys\"] if k[\"key\"][8:].startswith(sys.argv[1])][0])' $label"
        ),
    );
    let signature = commands(&text, "三、签名").replace("$KEY", key.trim());
    assert!(signature.contains("openssl pkeyutl -verify"), "{signature}");
    let said = holds(&bag, &signature);
    assert!(said.contains("Signature Verified Successfully"), "{said}");
    let digests: Vec<&str> = said.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(digests[0], digests[1], "the third line of the note is the manifest's digest");

    // The judges can say no.
    fs::write(bag.join("data/说明文件.TXT"), "altered").unwrap();
    for (tool, manifest) in [
        ("sha512sum --check --quiet", "manifest-sha512.txt"),
        ("b3sum --check --quiet", "manifest-blake3.txt"),
    ] {
        assert!(!shell(&bag, &format!("{tool} {manifest}")).0, "{tool}");
    }
    assert!(holds(&bag, &manifests.lines().skip(2).take(4).collect::<Vec<_>>().join("\n")).contains("不符"));
}

#[test]
fn other_programs_open_both_containers() {
    if !demanded() {
        return;
    }
    let zip = package("zip");
    holds(
        &zip.path("out"),
        "unzip -tq GZK-Z109-2026-0001.zip && unzip -q GZK-Z109-2026-0001.zip -d unpacked",
    );
    let tar = package("tar");
    holds(
        &tar.path("out"),
        "zstd -tq GZK-Z109-2026-0001.tar.zst && mkdir unpacked && zstd -dcq GZK-Z109-2026-0001.tar.zst | tar -x -C unpacked",
    );
    for desk in [zip, tar] {
        let bag = desk.path("out").join("unpacked/GZK-Z109-2026-0001");
        holds(
            &bag,
            "sha512sum --check --quiet manifest-sha512.txt && sha512sum --check --quiet tagmanifest-sha512.txt && b3sum --check --quiet manifest-blake3.txt",
        );
    }
}
