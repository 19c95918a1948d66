//! Writes the seeds under `seeds/` anew: `tools/fuzz --seeds`. With `--check` it writes nothing and fails when one is not
//! what it would write.
//!
//! A seed is worth something only when it gets deep: each is taken by its target's parser, or nothing is written.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde_json::Value;

// The coverage callbacks that the instrumented crate asks for.
use libfuzzer_sys as _;
use zhaoce::bundle::package::bag::{Rules, check, profile, seal};
use zhaoce::bundle::package::{
    Collected, Input, Layered, Limits as PackageLimits, PackageName, Plain, ZipMethod, pack, unpack,
};
use zhaoce::bundle::{BagReader, BagWriter, PayloadPath, SkipPayload, proof};
use zhaoce::exchange::{Limits, RECORD_COLUMNS, ReadOptions, read_table};
use zhaoce::ledger::Info;
use zhaoce::record::canonical;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::note::Note;
use zhaoce::record::verify::{Copy, Verifier};
use zhaoce::record::{Event, KeyId, Law as _, Line};
use zhaoce::rules::RuleBook;
use zhaoce_fuzz::{SAMPLE, bundle_with, table};

/// Larger payload files are no use to a fuzzer.
const SEED_MAX: usize = 16 << 10;

/// What `tools/fuzz` has the fuzzer take; it cuts off the rest of a longer seed.
const MAX_LEN: usize = 65536;

fn put(target: &str, name: &str, bytes: &[u8]) {
    assert!(
        bytes.len() <= MAX_LEN && sound(target, bytes),
        "the seed {target}/{name} is refused by its target"
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    if std::env::args().any(|arg| arg == "--check") {
        let there = fs::read(folder.join(name)).ok();
        assert!(there.as_deref() == Some(bytes), "the seed {target}/{name} is old: tools/fuzz --seeds");
        return;
    }
    fs::create_dir_all(&folder).expect("the folder of the seeds");
    fs::write(folder.join(name), bytes).expect("a seed");
}

/// Whether the target gets to the end of what it does.
fn sound(target: &str, bytes: &[u8]) -> bool {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    match target {
        "bundle" => bundle_with(usize::from(*first), rest).is_ok_and(|found| found.report.passed()),
        "canonical" => canonical::check(bytes).is_ok(),
        "container" => {
            let valid = |report: zhaoce::bundle::BagReport| report.is_valid();
            BagReader::tar(bytes).read(&mut SkipPayload).is_ok_and(valid)
                || BagReader::zstd(bytes).is_ok_and(|bag| bag.read(&mut SkipPayload).is_ok_and(valid))
        }
        "law" => lawful(bytes),
        "ledger_info" => Info::parse(bytes).is_ok(),
        "line" => Line::parse(bytes).is_ok(),
        "note" => Note::parse(text).is_ok(),
        "package" => unpacked(bytes),
        "pem" => KeyId::parse(text).is_ok() || SecretKey::from_encrypted_pem(text, b"passphrase").is_ok(),
        "proof" => proof::check(bytes, &SAMPLE.trust, SAMPLE.law()).is_ok_and(|report| report.passed()),
        "rule_book" => RuleBook::parse(text).is_ok(),
        "table_csv" => is_table(bytes),
        "table_xlsx" if first % 4 == 0 => is_table(rest),
        "table_xlsx" => is_table(&table::workbook(usize::from(first % 4) - 1, rest)),
        "verify" => {
            let mut verifier = Verifier::new(SAMPLE.trust.clone(), Copy::Full, SAMPLE.law());
            verifier.push(rest);
            verifier.finish().0.passed()
        }
        _ => false,
    }
}

/// Whether it is a package in one of its forms that passes as a bag.
fn unpacked(bytes: &[u8]) -> bool {
    let mut landing = Collected::default();
    let taken = Input::sniff(Cursor::new(bytes))
        .is_ok_and(|input| unpack(input, &PackageLimits::default(), &mut landing).is_ok());
    taken && check(&landing.tree(), Rules::Package).is_ok_and(|report| report.passed())
}

/// Whether every line is an event, and a lawful one.
fn lawful(events: &[u8]) -> bool {
    let mut law = SAMPLE.law();
    events.split(|b| *b == b'\n').filter(|line| !line.is_empty()).all(|line| {
        serde_json::from_slice::<Event>(line).is_ok_and(|event| {
            law.authority(&event.by, event.act);
            law.push(&event).is_empty()
        })
    })
}

fn is_table(bytes: &[u8]) -> bool {
    let options = ReadOptions { limits: Limits::default(), sheet: None, columns: RECORD_COLUMNS };
    read_table("seed", bytes, &options).is_ok()
}

/// The edition without its texts, and the least of it that is still one.
fn rule_books() {
    let shortened = |book: &RuleBook| {
        let mut data: Value = serde_json::from_slice(book.canonical()).expect("JSON");
        shorten(&mut data);
        data
    };
    let books = SAMPLE.books.all();
    let first = shortened(books.first().expect("an edition"));
    put("rule_book", "whole", first.to_string().as_bytes());
    put("rule_book", "small", smaller(first, &[]).to_string().as_bytes());
    // A request whose time is extended: conditions, a clock, a person's role.
    let newest = shortened(SAMPLE.books.newest().expect("an edition"));
    let kept = smaller(newest, &["request.extended"]);
    put("rule_book", "dossier", kept.to_string().as_bytes());
}

/// The edition without all that it can be read without, but `keep`.
fn smaller(mut data: Value, keep: &[&str]) -> Value {
    for list in ["kinds", "clocks", "classes", "facts", "rules", "codes", "sources", "fact_titles"] {
        let names: Vec<String> =
            data[list].as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default();
        for name in names.iter().filter(|name| !keep.contains(&name.as_str())) {
            let mut less = data.clone();
            let gone = less[list].as_object_mut().expect("a map").remove(name).unwrap_or_default();
            forget_rules(&mut less, &gone);
            // Something stays of each, so that there is something to compile; an empty map may not be written.
            let some = !less[list].as_object().is_some_and(serde_json::Map::is_empty);
            if some && RuleBook::parse(&less.to_string()).is_ok() {
                data = less;
            }
        }
    }
    data
}

/// A rule whose condition stood in a kind that is gone goes with it, unless another kind has it too.
fn forget_rules(data: &mut Value, kind: &Value) {
    let checks = |kind: &Value| -> Vec<String> {
        let checks = kind["checks"].as_array().cloned().unwrap_or_default();
        checks.iter().filter_map(|check| Some(check["rule"].as_str()?.to_owned())).collect()
    };
    let left: Vec<String> = data["kinds"].as_object().expect("a map").values().flat_map(checks).collect();
    for rule in checks(kind).iter().filter(|rule| !left.contains(rule)) {
        data["rules"].as_object_mut().expect("a map").remove(rule);
    }
}

fn shorten(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map {
                match (name.as_str(), inner) {
                    ("zh" | "en" | "next_zh" | "next_en" | "article", Value::String(text)) => {
                        *text = "x".into()
                    }
                    (_, inner) => shorten(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(shorten),
        _ => {}
    }
}

fn lines() {
    let mut events = Vec::new();
    for (nth, line) in SAMPLE.log.split(|b| *b == b'\n').enumerate() {
        match Line::parse(line) {
            Ok(Line::Event(raw)) => {
                put("line", &format!("event{nth:02}"), line);
                events.extend_from_slice(raw.event_bytes());
                events.push(b'\n');
            }
            Ok(Line::Seal(note)) => put("note", &format!("seal{nth:02}"), note.as_bytes()),
            _ => {}
        }
    }
    put("line", "synced", b"{\"synced\":12}");
    put("law", "life", &events);
    put("verify", "sound", &[&[15], &SAMPLE.log[..]].concat());
    put("note", "checkpoint", SAMPLE.checkpoint.as_bytes());
    put(
        "canonical",
        "values",
        b"{\"a\":[-1,0,9007199254740991,true,false,null,\"\\b\\f\\n\\r\\t\\\"\\\\\\u001f\"],\"b\":{}}",
    );
    put("canonical", "event", SAMPLE.log.split(|b| *b == b'\n').next().unwrap_or_default());
}

fn bundles() {
    for (nth, (path, bytes)) in
        SAMPLE.files.iter().enumerate().filter(|(_, (_, bytes))| bytes.len() <= SEED_MAX)
    {
        if !path.contains("schemas/") {
            put("bundle", &format!("file{nth:02}"), &[&[nth as u8], &bytes[..]].concat());
        }
    }
    let mut tar = BagWriter::tar(Vec::new(), &SAMPLE.bag).expect("a bag");
    let mut zstd = BagWriter::zstd(Vec::new(), 1, &SAMPLE.bag).expect("a bag");
    for (path, content) in [("data/a.txt", "a"), ("data/b/c.txt", "")] {
        let path = PayloadPath::new(path.trim_start_matches("data/")).expect("a path");
        tar.payload(&path, content.as_bytes()).expect("a file");
        zstd.payload(&path, content.as_bytes()).expect("a file");
    }
    put("container", "tar", &tar.finish_tar().expect("a bag").0);
    put("container", "zstd", &zstd.finish().expect("a bag").0);
    put("proof", "sound", &SAMPLE.proof);
}

/// A package in each form that is one file.
fn packages() {
    let files = [("data/说明文件.TXT", "移交单位"), ("data/a/b.txt", "")];
    let payload = Plain::new(files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    let info: Vec<_> = profile::LABELS
        .iter()
        .filter(|(label, _)| *label != "Payload-Oxum")
        .map(|(label, _)| {
            let value = if *label == "BagIt-Profile-Identifier" { profile::IDENTIFIER } else { "x" };
            ((*label).to_owned(), value.to_owned())
        })
        .collect();
    let sealed = seal(&payload, &info).expect("tag files");
    let tree = Layered::new(vec![&payload, &sealed.tags]).expect("a bag");
    let name = PackageName::new("GZK-Z109-2026-0001").expect("a name");
    put("package", "zstd", &pack::tar_zst(&tree, &name, 0, 1, Vec::new()).expect("a package"));
    for (file, method) in [("stored", ZipMethod::Stored), ("deflated", ZipMethod::Deflated)] {
        let zip = pack::zip(&tree, &name, method, Cursor::new(Vec::new())).expect("a package");
        put("package", file, &zip.into_inner());
    }
}

fn tables() {
    put(
        "table_csv",
        "records",
        "\u{feff}标题,文号,成文日期\r\n关于某事的通知,\"某发〔2024〕1号\",2024-01-02\r\n".as_bytes(),
    );
    put("table_csv", "gb18030", b"\xb1\xea\xcc\xe2\t\xce\xc4\xba\xc5\n\xcd\xa8\xd6\xaa\t1\n");
    put("table_csv", "decisions", "编号,建议属性,审查意见,决定\nitem/a,主动公开,公开,主动公开\n".as_bytes());
    for (nth, (_, sound)) in table::PARTS.iter().enumerate().take(3) {
        put("table_xlsx", &format!("part{nth}"), &[&[nth as u8 + 1], sound.as_bytes()].concat());
    }
    put("table_xlsx", "whole", &[&[0], &table::workbook(9, b"")[..]].concat());
}

fn main() {
    lines();
    bundles();
    packages();
    tables();
    let key = SecretKey::from_seed([1; 32]);
    let pem = key.to_encrypted_pem(b"passphrase", &[2; 16], &[3; 16]).expect("a key file");
    put("pem", "key", pem.as_bytes());
    put("pem", "public", key.key().to_string().as_bytes());
    let info = format!(
        "{{\"format\":1,\"genesis\":\"{}\",\"office\":\"某县某局\",\"origin\":\"{}\"}}\n",
        SAMPLE.trust.genesis, SAMPLE.trust.origin
    );
    put("ledger_info", "sound", info.as_bytes());
    rule_books();
}
