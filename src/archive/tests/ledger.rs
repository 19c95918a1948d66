//! The register on a real ledger of the newest edition: what is accepted and refused verifies like any log.

use std::sync::Arc;

use super::support::*;
use crate::archive::intake::*;
use crate::archive::register::{Clerk, LedgerRegister};
use crate::archive::tree::{Landing, Tree};
use crate::fault::Outcome;
use crate::ledger::{Access, Entropy, FirstKey, Founding, Ledger, Wish, fresh_subject, verify_dir};
use crate::log::{Disk, OsDisk};
use crate::record::keys::{SecretKey, prove_possession};
use crate::record::note::{Checkpoint, Note};
use crate::record::{ChainHash, PartName, Signer, Subject, TreeHash, TreeHead};

const ORIGIN: &str = "archive.example.cn/kufang";
const A: &str = "a.example.cn/x";

/// Bytes that look random and are the same every time.
struct Counted(u64);

impl Entropy for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

/// Judges toy packages whose office signs its checkpoints.
#[derive(Default)]
struct Signed(Toy);

impl Judge for Signed {
    fn unpack(&self, name: &str, input: &mut dyn ReadSeek, landing: &mut dyn Landing) -> Outcome<()> {
        self.0.unpack(name, input, landing)
    }

    fn look(&self, tree: &dyn Tree) -> Outcome<Look> {
        self.0.look(tree)
    }

    fn judge(&self, tree: &dyn Tree, claim: &Claim, before: Option<&[u8]>) -> Outcome<Judged> {
        let mut judged = self.0.judge(tree, claim, before)?;
        if let Verdict::Sound(sound) = &mut judged.verdict {
            let root = TreeHash([claim.size as u8; 32]);
            let text = TreeHead { origin: A.parse().unwrap(), size: claim.size, root }.text();
            let signature = key(9).sign(text.as_bytes()).unwrap();
            sound.checkpoint = Note::sign(text, A, &key(9).key(), signature).encode();
            sound.ledger_key = key(9).key().to_string();
            sound.root = crate::archive::digest::fact(root.0);
            sound.head = ChainHash::of_event(b"last").to_string();
            sound.genesis = genesis();
        }
        Ok(judged)
    }

    fn same(&self, tree: &dyn Tree, claim: &Claim, held: &Holding, stored: &dyn Tree) -> Outcome<bool> {
        self.0.same(tree, claim, held, stored)
    }
}

fn genesis() -> String {
    ChainHash::of_event(b"genesis").to_string()
}

struct Archive {
    folder: tempfile::TempDir,
    ledger: Ledger,
    entropy: Counted,
    person: Subject,
}

fn found() -> Archive {
    let (folder, mut entropy) = (tempfile::tempdir().unwrap(), Counted(3));
    let people: Vec<Subject> = (0..4).map(|_| fresh_subject("person", &mut entropy).unwrap()).collect();
    let keys = [key(1), key(2), key(3)];
    let roles: [&[&str]; 3] = [&["admin", "archivist"], &["ledger"], &["recovery"]];
    let first = |nth: usize| FirstKey {
        holder: people[nth].clone(),
        name: "甲某".into(),
        roles: roles[nth].iter().map(ToString::to_string).collect(),
        signer: &keys[nth],
    };
    let founding = Founding {
        origin: ORIGIN.parse().unwrap(),
        office: "示例市档案馆".into(),
        keys: vec![first(0), first(1), first(2)],
        founder: 0,
    };
    let mut ledger = Ledger::found(&folder.path().join("ledger"), &founding, now(), &mut entropy).unwrap();
    let (person, witness) = (people[0].clone(), people[3].clone());
    let possession = prove_possession(&key(4), ORIGIN, witness.as_str()).unwrap();
    let wish =
        |kind: &str, subject: &Subject| Wish::new(kind, subject).unwrap().done(&person, now().day(), "own");
    let office = fresh_subject("office", &mut entropy).unwrap();
    let wishes = vec![
        wish("person.added", &witness).fact("roles", vec!["witness"]).part(
            PartName::Personal,
            "name",
            "见证",
        ),
        wish("key.enrolled", &witness).fact("key", key(4).key().to_string()).fact("possession", possession),
        wish("office.enrolled", &office).fact("origin", A).fact("genesis", genesis()).part(
            PartName::Closed,
            "name",
            "示例县办公室",
        ),
    ];
    ledger.commit(&key(1), now(), wishes, &mut entropy).unwrap();
    Archive { folder, ledger, entropy, person }
}

impl Archive {
    fn ingest(&mut self, files: &[File]) -> Vec<Answer> {
        let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(self.folder.path()));
        let judge = Signed::default();
        let intake = Intake::new(disk, &judge, Approval::Never, user());
        intake.init().unwrap();
        let (signer, witness) = (key(1), key(4));
        let clerk = Clerk { person: self.person.clone(), signer: &signer, witness: &witness, now: now() };
        let mut register = LedgerRegister::open(&mut self.ledger, clerk, &mut self.entropy).unwrap();
        intake.recover(&mut register).unwrap();
        give(&intake, files, &mut register).unwrap()
    }
}

#[test]
fn a_real_ledger_is_the_register() {
    let mut archive = found();
    let first = Pack::new(A, "GZK-Z109-2026-0001", 0, 10);
    let files = vec![
        file("2.zst", &Pack::new(A, "GZK-Z109-2026-0002", 10, 20)),
        file("1.zst", &first),
        file("stranger.zst", &Pack::new("c.example.cn/x", "GZK-Z109-2026-0005", 0, 3)),
        file("bad.zst", &Pack { bad: true, ..Pack::new(A, "GZK-Z109-2026-0003", 20, 25) }),
    ];
    let answers = archive.ingest(&files);
    let states: Vec<_> = answers.iter().map(|answer| answer.state).collect();
    let (yes, no) = (Some(State::Accepted), Some(State::Rejected));
    assert_eq!(states, [yes, yes, no, no], "{answers:#?}");
    let size = archive.ledger.head().size();
    for (answer, batch_end) in answers.iter().take(2).zip([20, 10]) {
        let note = answer.receipt.as_ref().unwrap().note.as_ref().unwrap();
        let note = Checkpoint::parse(note).unwrap();
        assert_eq!((note.head.size, note.signatures.len()), (batch_end, 2));
    }

    // Opened anew, everything is known: nothing is recorded again, and the answers are the same.
    let dir = archive.ledger.dir().to_owned();
    let Archive { folder, ledger, entropy, person } = archive;
    drop(ledger);
    let ledger = Ledger::open(&dir, Access::Write).unwrap();
    let mut archive = Archive { folder, ledger, entropy, person };
    let again = archive.ingest(&files);
    assert_eq!(archive.ledger.head().size(), size);
    for (one, other) in answers.iter().zip(&again) {
        assert!(other.again && one.receipt == other.receipt, "{other:#?}");
    }
    let trust = archive.ledger.trust(Vec::new());
    let books = archive.ledger.books().clone();
    drop(archive.ledger);
    let report = verify_dir(&dir, trust, books, &mut |_| ()).unwrap();
    assert!(report.passed(), "{:#?}", report.findings);
}
