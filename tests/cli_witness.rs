//! `witness`, `receipt`, `proof consistency`, and what verifying says of a cosigned checkpoint.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod cli_support;

use cli_support::Desk;
use serde_json::{Value, json};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::{Checkpoint, Moment, Signer};

const WITNESS: &str = "archive.example/witness";

fn secret() -> SecretKey {
    SecretKey::from_seed([90; 32])
}

fn key() -> String {
    Signer::key(&secret()).to_string()
}

/// An office that has adopted a witness.
fn office() -> Desk {
    let desk = Desk::office();
    desk.ok(&["--as", "王主任", "witness", "adopt", "--name", WITNESS, "--key", &key()]);
    desk
}

fn checkpoint(desk: &Desk, name: &str) -> String {
    desk.file(name, &desk.ok(&["--as", "王主任", "ledger", "checkpoint"]))
}

/// The checkpoint in a file cosigned at a moment.
fn cosigned(desk: &Desk, name: &str, at: &str) -> String {
    let note = Checkpoint::parse(&cli_support::read(&desk.path(name))).unwrap();
    let time = at.parse::<Moment>().unwrap().unix();
    note.cosign(WITNESS, &secret(), time).unwrap().encode()
}

const NOW: &str = "2026-01-05T10:00:00+08:00";

/// A receipt over the ledger as it stands at ten.
fn receipt(desk: &Desk) -> String {
    checkpoint(desk, "c.txt");
    desk.at(NOW);
    desk.file("r.txt", &cosigned(desk, "c.txt", NOW))
}

#[test]
fn a_witness_is_adopted_listed_and_dropped() {
    let desk = office();
    let list = desk.json(&["witness", "list"]);
    assert_eq!((list[0]["name"].as_str(), list[0]["key"].as_str()), (Some(WITNESS), Some(&*key())));
    assert_eq!(list[0]["state"], "adopted");
    let shown = desk.ok(&["witness", "show", WITNESS]);
    assert!(shown.contains("采信") && shown.contains(WITNESS), "{shown}");
    let refused = desk.fails(1, &["--as", "赵承办", "witness", "drop", WITNESS, "--reason", "停用"]);
    assert!(refused.contains("[role.missing]"), "{refused}");
    desk.ok(&["--as", "王主任", "witness", "drop", WITNESS, "--reason", "密钥更换"]);
    assert_eq!(desk.json(&["witness", "list"])[0]["state"], "dropped");
    let wrong = ["--as", "王主任", "witness", "adopt", "--name", WITNESS, "--key", "ed25519:00"];
    assert!(desk.fails(1, &wrong).contains("[schema.fact_value]"));
}

#[test]
fn a_receipt_is_recorded_as_it_came() {
    let desk = office();
    let file = receipt(&desk);
    desk.ok(&["--as", "赵承办", "receipt", "record", &file]);
    let list = desk.json(&["receipt", "list"]);
    assert_eq!((list[0]["witness"].as_str(), list[0]["seen"].as_str()), (Some(WITNESS), Some(NOW)));
    assert_eq!(list[0]["size"], 26);
    let id = list[0]["id"].as_str().unwrap();
    let shown = desk.json(&["receipt", "show", id]);
    assert_eq!(shown["history"][0]["facts"]["note"], cli_support::read(&desk.path("r.txt")));
    desk.ok(&["ledger", "verify", "--checkpoint", &file]);
}

#[test]
fn a_receipt_may_come_in_json_with_its_batch() {
    let desk = office();
    receipt(&desk);
    let note = cli_support::read(&desk.path("r.txt"));
    let package = format!("sha256:{}", "5".repeat(64));
    let whole = json!({ "format": 1, "note": note, "batch": "0001", "package": package, "archive": "某县档案馆", "later": 1 });
    let file = desk.file("r.json", &whole.to_string());
    desk.ok(&["--as", "赵承办", "receipt", "record", &file, "--witness", WITNESS]);
    assert_eq!(desk.json(&["receipt", "list"])[0]["batch"], "0001");
    for (bad, code) in [
        (json!({ "format": 2, "note": note }), "[receipt.form]"),
        (json!({ "note": note }), "[receipt.form]"),
        (json!({ "format": 1, "note": "x" }), "[checkpoint.form]"),
    ] {
        let file = desk.file("bad.json", &bad.to_string());
        assert!(desk.fails(2, &["--as", "赵承办", "receipt", "record", &file]).contains(code));
    }
}

#[test]
fn receipts_that_do_not_hold_are_refused() {
    let desk = Desk::office();
    let file = receipt(&desk);
    let record = ["--as", "赵承办", "receipt", "record", &file];
    assert!(desk.fails(1, &record).contains("[witness.none]"));
    desk.ok(&["--as", "王主任", "witness", "adopt", "--name", WITNESS, "--key", &key()]);
    desk.ok(&record);
    // Signed an hour ahead of what there is; and signed when another event stood behind it already.
    checkpoint(&desk, "d.txt");
    let ahead = desk.file("ahead.txt", &cosigned(&desk, "d.txt", "2026-01-05T11:00:00+08:00"));
    let told = desk.fails(1, &["--as", "赵承办", "receipt", "record", &ahead]);
    assert!(told.contains("[receipt.backdated]") && told.contains("最新的检查点"), "{told}");
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "一件"]);
    desk.at("2026-01-05T11:00:00+08:00");
    assert!(desk.fails(1, &["--as", "赵承办", "receipt", "record", &ahead]).contains("[receipt.backdated]"));
    let before = desk.file("before.txt", &cosigned(&desk, "d.txt", "2026-01-05T08:00:00+08:00"));
    assert!(desk.fails(1, &["--as", "赵承办", "receipt", "record", &before]).contains("[receipt.postdated]"));
    // The clock is not set back behind what a witness saw.
    desk.at("2026-01-05T09:30:00+08:00");
    let back = ["--as", "王主任", "ledger", "clock", "--reason", "时钟走快"];
    assert!(desk.fails(1, &back).contains("[receipt.backdated]"));
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn verifying_says_who_cosigned_a_checkpoint_and_when() {
    let desk = office();
    let file = receipt(&desk);
    let said = desk.ok(&["ledger", "verify", "--checkpoint", &file]);
    assert!(said.contains(&format!("见证：{WITNESS} 于 {NOW} 签署了 26 个事件的检查点")), "{said}");
    let english = desk.ok(&["ledger", "verify", "--checkpoint", &file, "--lang", "en"]);
    assert!(
        english.contains(&format!("{WITNESS} cosigned the checkpoint of 26 events at {NOW}")),
        "{english}"
    );
    let told = desk.json(&["ledger", "verify", "--checkpoint", &file]);
    assert_eq!(told["cosigned"], json!([{ "size": 26, "witness": WITNESS, "at": NOW }]));
    // One that was never adopted is known only when it is given.
    desk.ok(&["--as", "王主任", "witness", "drop", WITNESS, "--reason", "停用"]);
    let unknown = desk.json(&["ledger", "verify", "--checkpoint", &file]);
    assert_eq!(unknown["cosigned"], Value::Null);
    let given = format!("{WITNESS}={}", key());
    let known = desk.json(&["ledger", "verify", "--checkpoint", &file, "--witness", &given]);
    assert_eq!(known["cosigned"][0]["witness"], WITNESS);
    for bad in [WITNESS, "=ed25519:00", "a=ed25519:00"] {
        let told = desk.fails(2, &["ledger", "verify", "--checkpoint", &file, "--witness", bad]);
        assert!(told.contains("[witness.unreadable]"), "{told}");
    }
}

#[test]
fn bundles_are_verified_against_cosigned_checkpoints() {
    let desk = office();
    let file = receipt(&desk);
    let bundle = desk.name("b.tar.zst");
    desk.ok(&["--as", "王主任", "bundle", "export", "--edition", "full", "-o", &bundle]);
    let told = desk.json(&["bundle", "verify", &bundle, "--checkpoint", &file]);
    assert_eq!(told["cosigned"], json!([{ "size": 26, "witness": WITNESS, "at": NOW }]));
}

#[test]
fn consistency_is_proved_between_any_two_checkpoints_and_checked_without_a_ledger() {
    let desk = office();
    let first = checkpoint(&desk, "a.txt");
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "一件"]);
    let second = checkpoint(&desk, "b.txt");
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "又一件"]);
    let proof = desk.name("p.json");
    desk.ok(&["proof", "consistency", "--from", &first, "--to", &second, "-o", &proof]);
    let text = cli_support::read(&desk.path("p.json"));
    let made: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((made["from"]["size"].as_u64(), made["to"]["size"].as_u64()), (Some(26), Some(27)));
    let now: Value = serde_json::from_str(&desk.ok(&["proof", "consistency", "--from", &first])).unwrap();
    assert_eq!(now["to"]["size"], 28);
    assert_eq!(desk.ok(&["proof", "consistency", "--from", &first, "--to", "now"]), now.to_string() + "\n");

    std::fs::remove_dir_all(desk.path("ledger")).unwrap();
    desk.ok(&["proof", "consistency", "--check", &proof]);
    assert_eq!(desk.json(&["proof", "consistency", "--check", &proof])["holds"], true);
    desk.ok(&["proof", "consistency", "--check", &proof, "--from", &first, "--to", &second]);
    let other = ["proof", "consistency", "--check", &proof, "--from", &second];
    assert!(desk.fails(1, &other).contains("[checkpoint.fork]"));
    let other = now["to"]["root"].as_str().unwrap();
    let broken = desk.file("q.json", &text.replace(made["to"]["root"].as_str().unwrap(), other));
    assert!(desk.fails(1, &["proof", "consistency", "--check", &broken]).contains("[consistency.broken]"));
    for bad in [text.replacen(',', ", ", 1), "{}".into(), String::new()] {
        let bad = desk.file("bad.json", &bad);
        assert!(desk.fails(2, &["proof", "consistency", "--check", &bad]).contains("[consistency.form]"));
    }
}

#[test]
fn no_proof_leads_from_another_ledger_or_back() {
    let desk = office();
    let first = checkpoint(&desk, "a.txt");
    desk.ok(&["--as", "赵承办", "item", "register", "--title", "一件"]);
    let second = checkpoint(&desk, "b.txt");
    let back = ["proof", "consistency", "--from", &second, "--to", &first];
    assert!(desk.fails(1, &back).contains("[receipt.root]"));
    // The same office, founded anew: the root is another.
    let other = Desk::office();
    other.ok(&["--as", "赵承办", "item", "register", "--title", "别的"]);
    let fork = desk.file("f.txt", &cli_support::read(std::path::Path::new(&checkpoint(&other, "f.txt"))));
    assert!(desk.fails(1, &["proof", "consistency", "--from", &fork]).contains("[checkpoint.fork]"));
}

#[test]
fn a_person_may_be_a_witness() {
    let desk = Desk::office();
    desk.ok(&["key", "new", "见证"]);
    desk.ok(&["--as", "王主任", "key", "enrol", "见证", "--roles", "见证"]);
    let keys = desk.json(&["key", "list"]);
    let roles =
        keys["register"].as_array().unwrap().iter().any(|row| row["roles"].to_string().contains("witness"));
    assert!(roles, "{keys}");
}

#[test]
fn help_speaks_both_languages() {
    let desk = Desk::empty();
    for (noun, zh, en) in [("witness", "见证方", "Witnesses"), ("receipt", "回执", "Receipts of witnesses")]
    {
        let help = desk.ok(&[noun, "--help"]);
        assert!(help.contains(zh) && help.contains(en), "{help}");
    }
    for (verb, zh, en) in [
        (["receipt", "record"], "记录回执", "Record a receipt"),
        (["proof", "consistency"], "一致性证明", "Prove that an earlier"),
    ] {
        let help = desk.ok(&[verb[0], verb[1], "--help"]);
        assert!(help.contains(zh) && help.contains(en), "{help}");
    }
}
