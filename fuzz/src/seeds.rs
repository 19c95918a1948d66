//! Writes the seeds under `seeds/` anew: `tools/fuzz --seeds`.

use std::fs;
use std::path::Path;

// The coverage callbacks that the instrumented crate asks for.
use libfuzzer_sys as _;
use zhaoce::bundle::{BagWriter, PayloadPath};
use zhaoce::record::Line;
use zhaoce::record::keys::SecretKey;
use zhaoce_fuzz::{SAMPLE, table};

/// Larger payload files are no use to a fuzzer.
const SEED_MAX: usize = 16 << 10;

fn put(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).expect("the folder of the seeds");
    fs::write(folder.join(name), bytes).expect("a seed");
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
    put("rule_book", "small", br#"{"format":1,"name":"x","kinds":{},"rules":{},"vocabularies":{}}"#);
}
