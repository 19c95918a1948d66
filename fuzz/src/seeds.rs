//! Writes the seeds under `seeds/` anew: `tools/fuzz --seeds`.

use std::fs;
use std::path::Path;

// The coverage callbacks that the instrumented crate asks for.
use libfuzzer_sys as _;
use zhaoce::record::Line;
use zhaoce::record::keys::SecretKey;
use zhaoce_fuzz::sample;

fn put(target: &str, name: &str, bytes: &[u8]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds").join(target);
    fs::create_dir_all(&folder).expect("the folder of the seeds");
    fs::write(folder.join(name), bytes).expect("a seed");
}

fn main() {
    let sample = sample();
    for (nth, line) in sample.log.split(|b| *b == b'\n').enumerate().filter(|(_, line)| !line.is_empty()) {
        put("line", &format!("{nth:02}"), line);
        put("canonical", &format!("{nth:02}"), line);
        if let Ok(Line::Seal(note)) = Line::parse(line) {
            put("note", &format!("seal{nth:02}"), note.as_bytes());
        }
    }
    put("canonical", "values", b"{\"a\":[-1,0,9007199254740991,true,false,null,\"\\b\\f\\n\\r\\t\\\"\\\\\\u001f\"],\"b\":{}}");
    put("note", "checkpoint", sample.checkpoint.as_bytes());
    put("verify", "sound", &[&[15], &sample.log[..]].concat());
    let key = SecretKey::from_seed([1; 32]);
    let pem = key.to_encrypted_pem(b"passphrase", &[2; 16], &[3; 16]).expect("a key file");
    put("pem", "key", pem.as_bytes());
    put("pem", "public", key.key().to_string().as_bytes());
}
