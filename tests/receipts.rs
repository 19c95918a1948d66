//! The writer takes receipts that every verifier will find sound, and refuses the others.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use common::Office;
use serde_json::json;
use zhaoce::fault::{Fault, FaultKind};
use zhaoce::ledger::Wish;
use zhaoce::record::keys::SecretKey;
use zhaoce::record::{Checkpoint, Moment, PartName, Signer, Subject};

const WITNESS: &str = "archive.example/witness";

fn witness_key() -> SecretKey {
    SecretKey::from_seed([90; 32])
}

/// An office that has adopted a witness.
struct Seen {
    office: Office,
    witness: Subject,
}

impl Seen {
    fn new() -> Self {
        let mut office = Office::new();
        let witness = office.subject("witness");
        let key = Signer::key(&witness_key()).to_string();
        let adopted = office.wish("witness.adopted", &witness).fact("name", WITNESS).fact("key", key);
        office.commit(vec![adopted]).unwrap();
        Self { office, witness }
    }

    fn size(&self) -> u64 {
        self.office.ledger.head().size()
    }

    /// The checkpoint of the ledger as it stands, cosigned so many seconds after the last act.
    fn note(&mut self, seconds: i64) -> String {
        let ledger_key = SecretKey::from_seed([2; 32]);
        let note = self.office.ledger.checkpoint(&ledger_key).unwrap();
        let time = self.office.ledger.head().at.unwrap().unix() + seconds;
        Checkpoint::parse(&note).unwrap().cosign(WITNESS, &witness_key(), time).unwrap().encode()
    }

    fn receipt(&mut self, note: &str) -> Wish {
        let size = Checkpoint::parse(note).unwrap().head.size;
        let proof = self.office.ledger.consistency_from(size).unwrap();
        let id = self.office.subject("receipt");
        let wish = self.office.wish("receipt.recorded", &id);
        wish.fact("witness", self.witness.as_str()).fact("note", note).fact("proof", json!(proof))
    }

    fn record(&mut self, note: &str) -> Result<(), Fault> {
        let wish = self.receipt(note);
        self.office.commit(vec![wish]).map(drop)
    }

    fn quiet(&mut self) {
        let item = self.office.subject("item");
        let wish = self.office.register(&item, "通知");
        self.office.commit(vec![wish]).unwrap();
    }

    /// Sets the clock so many seconds after the last act, or before it.
    fn clock(&mut self, seconds: i64) {
        let last = self.office.ledger.head().at.unwrap().unix();
        self.office.now = Moment::from_unix(last + seconds).unwrap();
    }

    fn correct(&mut self, now: i64) -> Result<(), Fault> {
        let previous = self.office.ledger.head().at.unwrap().to_string();
        self.office.now = Moment::from_unix(now - 60).unwrap();
        let subject = "ledger/main".parse().unwrap();
        let wish = self.office.wish("ledger.clock_corrected", &subject).fact("previous", previous);
        self.office.commit(vec![wish.part(PartName::Closed, "reason", "时钟走快")]).map(drop)
    }

    /// Every verifier finds the ledger sound.
    #[track_caller]
    fn sound(&self) {
        let report = self.office.verify();
        assert!(report.passed(), "{:#?}", report.findings);
    }
}

#[track_caller]
fn refused(told: Result<(), Fault>, code: &str) {
    let fault = told.unwrap_err();
    assert_eq!((fault.code, fault.kind), (code, FaultKind::Refused), "{fault}");
}

#[test]
fn receipts_that_hold_are_taken_and_verify() {
    let mut seen = Seen::new();
    let note = seen.note(0);
    seen.record(&note).unwrap();
    let later = seen.note(60);
    seen.clock(120);
    seen.record(&later).unwrap();
    // Once more, beside another event of its act.
    let again = seen.receipt(&note);
    let item = seen.office.subject("item");
    let beside = seen.office.register(&item, "通知");
    seen.office.commit(vec![beside, again]).unwrap();
    seen.sound();
}

#[test]
fn a_proof_that_has_grown_stale_or_is_of_another_tree_is_refused() {
    let mut seen = Seen::new();
    let note = seen.note(0);
    let stale = seen.receipt(&note);
    seen.quiet();
    refused(seen.office.commit(vec![stale]).map(drop), "receipt.root");
    let wrong = seen.receipt(&note).fact("proof", json!(["0".repeat(64)]));
    refused(seen.office.commit(vec![wrong]).map(drop), "receipt.root");
    let forked = forked(&seen);
    refused(seen.record(&forked), "receipt.root");
    seen.record(&note).unwrap();
    seen.sound();
    let size = seen.size();
    for wrong in [0, size + 1] {
        assert_eq!(seen.office.ledger.consistency_from(wrong).unwrap_err().code, "receipt.root");
    }
}

/// A checkpoint of the same size with another root, signed by the right keys.
fn forked(seen: &Seen) -> String {
    use zhaoce::record::TreeHash;
    use zhaoce::record::note::{Note, TreeHead};
    let origin = "example.gov.cn/xxgk";
    let head = TreeHead { origin: origin.parse().unwrap(), size: seen.size() - 1, root: TreeHash([7; 32]) };
    let key = SecretKey::from_seed([2; 32]);
    let signature = key.sign(head.text().as_bytes()).unwrap();
    let note = Note::sign(head.text(), origin, &Signer::key(&key), signature).encode();
    let time = seen.office.now.unix();
    Checkpoint::parse(&note).unwrap().cosign(WITNESS, &witness_key(), time).unwrap().encode()
}

#[test]
fn a_receipt_from_before_or_after_its_events_is_refused() {
    let mut seen = Seen::new();
    let early = seen.note(-301);
    refused(seen.record(&early), "receipt.postdated");
    // It is recorded a minute after the last act.
    seen.clock(0);
    let late = seen.note(361);
    refused(seen.record(&late), "receipt.backdated");
    seen.clock(0);
    let ahead = seen.note(360);
    let behind = seen.note(-300);
    seen.record(&ahead).unwrap();
    seen.record(&behind).unwrap();
    seen.sound();
}

/// The witness signed two hours after the newest event, by then another had been entered that it was not shown.
#[test]
fn a_receipt_for_less_than_there_was_is_refused() {
    let mut seen = Seen::new();
    let note = seen.note(7200);
    seen.clock(3600);
    seen.quiet();
    seen.clock(7200);
    refused(seen.record(&note), "receipt.backdated");
    let newest = seen.note(3600);
    seen.record(&newest).unwrap();
    seen.sound();
}

#[test]
fn the_clock_is_not_set_back_behind_a_receipt() {
    let mut seen = Seen::new();
    let note = seen.note(0);
    let time = seen.office.ledger.head().at.unwrap().unix();
    seen.clock(1000);
    seen.record(&note).unwrap();
    refused(seen.correct(time - 301), "receipt.backdated");
    seen.correct(time - 300).unwrap();
    seen.sound();
}

/// The receipt's time lies behind the clock as it was set back since: not the first event behind its size, a later one.
#[test]
fn a_receipt_is_held_against_clocks_set_back_since() {
    let mut seen = Seen::new();
    let note = seen.note(3600);
    seen.clock(4000);
    seen.quiet();
    seen.correct(seen.office.now.unix() - 3000).unwrap();
    seen.clock(6000);
    refused(seen.record(&note), "receipt.backdated");
    seen.sound();
}

#[test]
fn nothing_about_receipts_is_written_when_it_is_refused() {
    let mut seen = Seen::new();
    let before = seen.office.ledger.head().clone();
    let late = seen.note(361);
    let wish = seen.receipt(&late);
    let item = seen.office.subject("item");
    let beside = seen.office.register(&item, "通知");
    refused(seen.office.commit(vec![beside, wish]).map(drop), "receipt.backdated");
    assert_eq!(*seen.office.ledger.head(), before);
    seen.sound();
}

#[test]
fn trees_between_any_two_checkpoints_are_proved() {
    use zhaoce::record::tree::check_consistency;
    let seen = Seen::new();
    let size = seen.size();
    for from in 1..=size {
        for to in from..=size {
            let grown = seen.office.ledger.consistency(from, to).unwrap();
            assert!(check_consistency((from, grown.from), (to, grown.to), &grown.path), "{from} {to}");
        }
    }
    for (from, to) in [(0, 1), (2, 1), (1, size + 1)] {
        assert_eq!(seen.office.ledger.consistency(from, to).unwrap_err().code, "receipt.root");
    }
}
