//! Rules on checkpoints that stand in facts: receipts, what an archive cosigned, evidence of a fork.

use serde_json::{Value, json};

use super::cases;
use super::desk::{Desk, Draft, LEDGER_KEY, ORIGIN, key, possession, secret};
use super::stories::told::COSIGNED;
use crate::record::note::{Note, TreeHead};
use crate::record::{Checkpoint, Law as _, PartName, PublicKey, Signer as _, TreeHash};
use crate::rules::{Books, Replay};

const WITNESS: &str = "archive.example/witness";
const OFFICE: &str = "other.gov.cn/xxgk";
/// Seeds: of the witness, of the archive's own witness key, of the office's ledger key.
const ARCHIVE: u8 = 90;
const KEEPER: u8 = 70;
const THEIRS: u8 = 80;
const TIME: i64 = 1_772_409_600;

/// A checkpoint of `size` events with the root `fill`, signed by the key of this seed.
fn checkpoint(origin: &str, size: u64, fill: u8, seed: u8) -> Checkpoint {
    let text = TreeHead { origin: origin.parse().unwrap(), size, root: TreeHash([fill; 32]) }.text();
    let signature = secret(seed).sign(text.as_bytes()).unwrap();
    Checkpoint::parse(&Note::sign(text, origin, &key(seed), signature).encode()).unwrap()
}

fn cosigned(note: Checkpoint, name: &str, seed: u8) -> String {
    note.cosign(name, &secret(seed), TIME).unwrap().encode()
}

/// A receipt over this ledger's checkpoint, signed by these two keys.
fn receipt_by(ledger: u8, witness: u8) -> String {
    cosigned(checkpoint(ORIGIN, 7, 9, ledger), WITNESS, witness)
}

fn adopt(desk: &Desk) -> Draft {
    let facts = json!({"name": WITNESS, "key": key(ARCHIVE).to_string()});
    desk.draft("admin", "witness.adopted", "witness/w").with(facts)
}

fn record(desk: &Desk, note: String) -> Draft {
    let facts = json!({"witness": "witness/w", "note": note, "proof": []});
    desk.draft("clerk", "receipt.recorded", "receipt/r").with(facts)
}

/// A witness adopted, and a receipt.
fn received(desk: &mut Desk, note: String) -> Draft {
    desk.go(adopt(desk));
    record(desk, note)
}

/// An office enrolled, and the archive's witness.
fn enrolled(desk: &mut Desk) {
    let keeper = desk.draft("admin", "person.added", "person/keeper").with(json!({"roles": ["witness"]}));
    desk.go(keeper.part(PartName::Personal));
    let facts = json!({"key": key(KEEPER).to_string(), "possession": possession(KEEPER, "keeper")});
    desk.go(desk.draft("admin", "key.enrolled", "person/keeper").with(facts));
    let office = json!({"origin": OFFICE, "genesis": format!("b3:{}", "5".repeat(64))});
    desk.go(desk.draft("archivist", "office.enrolled", "office/o").with(office).part(PartName::Closed));
}

/// The office's first checkpoint is cosigned, with this note.
fn advance(desk: &Desk, note: &str) -> Draft {
    let facts = json!({"size": 10, "root": format!("sha256:{}", "01".repeat(32)), "head": format!("b3:{}", "6".repeat(64)),
        "ledger_key": key(THEIRS).to_string(), "note": note});
    desk.draft("archivist", "office.advanced", "office/o").with(facts)
}

fn advanced(desk: &mut Desk, note: &str) -> Draft {
    enrolled(desk);
    advance(desk, note)
}

fn sound() -> &'static str {
    COSIGNED["notes"]["ten"].as_str().unwrap()
}

fn forked(desk: &mut Desk, held: &Value, shown: &Value) -> Draft {
    let advance = advanced(desk, sound());
    desk.go(advance);
    let facts = json!({"held": held, "shown": shown});
    desk.draft("archivist", "office.forked", "office/o").with(facts)
}

cases! {
    receipts_are_by_the_adopted_witness_over_a_checkpoint_of_this_ledger: "receipt.note",
        |desk| received(desk, receipt_by(LEDGER_KEY, ARCHIVE)),
        |desk| received(desk, receipt_by(LEDGER_KEY, KEEPER));
    receipts_are_by_a_witness_that_is_not_dropped: "receipt.witness",
        |desk| received(desk, receipt_by(LEDGER_KEY, ARCHIVE)),
        |desk| {
            let record = received(desk, receipt_by(LEDGER_KEY, ARCHIVE));
            desk.go(desk.draft("admin", "witness.dropped", "witness/w").part(PartName::Closed));
            record
        };
    archives_cosign_with_a_witness_key_of_theirs: "advance.note",
        |desk| advanced(desk, sound()),
        |desk| advanced(desk, COSIGNED["bare"]["ten"].as_str().unwrap());
    evidence_of_a_fork_is_two_checkpoints_that_differ: "fork.notes",
        |desk| forked(desk, &COSIGNED["bare"]["ten"], &COSIGNED["bare"]["fork"]),
        |desk| forked(desk, &COSIGNED["bare"]["ten"], &COSIGNED["notes"]["ten"]);
}

#[test]
fn the_vector_of_the_second_verifier_is_read_and_made_alike() {
    let witness = &COSIGNED["witness"];
    let (name, time) = (witness["name"].as_str().unwrap(), witness["time"].as_i64().unwrap());
    assert_eq!((name, time, witness["key"].as_str()), (WITNESS, TIME, Some(&*key(ARCHIVE).to_string())));
    assert_eq!(checkpoint(ORIGIN, 7, 9, LEDGER_KEY).encode(), COSIGNED["checkpoint"]);
    assert_eq!(receipt_by(LEDGER_KEY, ARCHIVE), COSIGNED["receipt"]);
    let read = Checkpoint::parse(COSIGNED["receipt"].as_str().unwrap()).unwrap();
    let public = |seed| PublicKey::decode(key(seed)).unwrap();
    assert_eq!(read.cosigned_by(name, &public(ARCHIVE)), Some(TIME));
    assert_eq!(read.cosigned_by(name, &public(KEEPER)), None);
    assert_eq!(read.cosigned_by("archive.example/other", &public(ARCHIVE)), None);
    assert!(read.verifies(&public(LEDGER_KEY)));
    let earlier = read.cosign(name, &secret(ARCHIVE), TIME - 5).unwrap();
    assert_eq!(earlier.cosigned_by(name, &public(ARCHIVE)), Some(TIME - 5));
}

#[test]
fn a_receipt_claims_something_only_where_all_of_it_holds() {
    let unsound = [
        ("another ledger key", receipt_by(STRANGER, ARCHIVE)),
        ("another name", cosigned(checkpoint(ORIGIN, 7, 9, LEDGER_KEY), "archive.example/w", ARCHIVE)),
        ("another origin", cosigned(checkpoint(OFFICE, 7, 9, LEDGER_KEY), WITNESS, ARCHIVE)),
        ("no cosignature", checkpoint(ORIGIN, 7, 9, LEDGER_KEY).encode()),
        ("no checkpoint", format!("a\n\n{}", receipt_by(LEDGER_KEY, ARCHIVE).split_once("\n\n").unwrap().1)),
    ];
    let mut desk = Desk::new();
    desk.go(adopt(&desk));
    for (what, note) in unsound {
        let draft = record(&desk, note);
        assert_eq!(desk.judge(&draft), [("receipt.note", crate::record::Class::Unlawful)], "{what}");
    }
    let unknown = record(&desk, receipt_by(LEDGER_KEY, ARCHIVE)).with(json!({"witness": "witness/none"}));
    let codes: Vec<_> = desk.judge(&unknown).into_iter().map(|(code, _)| code).collect();
    assert_eq!(codes, ["receipt.note", "receipt.witness"]);
    let law = Replay::resume(std::sync::Arc::new(Books::built_in().unwrap()), desk.state.clone());
    let claim = law.cosigned(&record(&desk, receipt_by(LEDGER_KEY, ARCHIVE)).event).unwrap();
    assert_eq!((claim.size, claim.root, claim.time, claim.proof), (7, TreeHash([9; 32]), TIME, vec![]));
    assert_eq!(law.cosigned(&adopt(&desk).event), None);
    assert_eq!(law.cosigned(&unknown.event), None);
}

/// A key that is no ledger's.
const STRANGER: u8 = 77;

#[test]
fn what_an_archive_cosigned_fits_its_facts() {
    let mut desk = Desk::new();
    enrolled(&mut desk);
    let wrong = [
        json!({"size": 11}),
        json!({"root": format!("sha256:{}", "02".repeat(32))}),
        json!({"ledger_key": key(STRANGER).to_string()}),
        json!({"note": COSIGNED["notes"]["twelve"]}),
        json!({"note": cosigned(checkpoint(ORIGIN, 10, 1, THEIRS), &format!("{ORIGIN}/witness"), KEEPER)}),
        json!({"note": cosigned(checkpoint(OFFICE, 10, 1, THEIRS), WITNESS, KEEPER)}),
        json!({"note": cosigned(checkpoint(OFFICE, 10, 1, THEIRS), &format!("{ORIGIN}/witness"), ARCHIVE)}),
    ];
    for facts in wrong {
        let draft = advance(&desk, sound()).with(facts.clone());
        assert_eq!(desk.judge(&draft), [("advance.note", crate::record::Class::Unlawful)], "{facts}");
    }
    let revoked = json!({"key": key(KEEPER).to_string(), "reason": "lost"});
    desk.go(desk.draft("admin", "key.revoked", "person/keeper").with(revoked));
    assert_eq!(desk.judge(&advance(&desk, sound()))[0].0, "advance.note");
}
