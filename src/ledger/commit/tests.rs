//! An act that is durable stands, whatever becomes of the views.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::Outcome;
use crate::ledger::{Access, Entropy, FirstKey, Founding, Ledger, Receipt, Wish, fresh_subject};
use crate::log::{Position, Spot};
use crate::record::keys::SecretKey;
use crate::record::{ChainHash, Moment, PartName, Subject};
use crate::views::{LinesInMemory, Views};

struct Counted(u8);

impl Entropy for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_add(37);
            *byte = self.0;
        }
        Ok(())
    }
}

struct Desk {
    ledger: Ledger,
    admin: Subject,
    entropy: Counted,
    folder: tempfile::TempDir,
}

fn key() -> SecretKey {
    SecretKey::from_seed([1; 32])
}

fn now() -> Moment {
    "2026-01-05T09:00:00+08:00".parse().unwrap()
}

impl Desk {
    fn new() -> Self {
        let (folder, mut entropy) = (tempfile::tempdir().unwrap(), Counted(1));
        let keys = [key(), SecretKey::from_seed([2; 32]), SecretKey::from_seed([3; 32])];
        let mut first = |roles: &[&str], signer| FirstKey {
            holder: fresh_subject("person", &mut entropy).unwrap(),
            name: "甲某".into(),
            roles: roles.iter().map(ToString::to_string).collect(),
            signer,
        };
        let keys = vec![
            first(&["admin", "clerk"], &keys[0]),
            first(&["ledger"], &keys[1]),
            first(&["recovery"], &keys[2]),
        ];
        let admin = keys[0].holder.clone();
        let origin = "example.gov.cn/xxgk".parse().unwrap();
        let founding = Founding { origin, office: "示例县办公室".into(), keys, founder: 0 };
        let ledger = Ledger::found(&folder.path().join("ledger"), &founding, now(), &mut entropy).unwrap();
        Self { ledger, admin, entropy, folder }
    }

    fn registration(&mut self) -> Wish {
        let item = fresh_subject("item", &mut self.entropy).unwrap();
        let wish = Wish::new("item.registered", &item).unwrap().done(&self.admin, now().day(), "own");
        let wish = wish.fact("origin", "made").fact("responsible", "self").fact("responsible_ground", "made");
        wish.part(PartName::Closed, "title", "关于印发工作要点的通知")
    }

    fn register(&mut self) -> Outcome<Receipt> {
        let wish = self.registration();
        self.ledger.commit(&key(), now(), vec![wish], &mut self.entropy)
    }

    /// The views lose all they have. They are not asked to catch up.
    fn views_fall_behind(&mut self) {
        let origin = self.ledger.info.origin.clone();
        let end = Position { size: 0, head: ChainHash::of_origin(origin.as_str()) };
        let nothing = LinesInMemory { end, lines: Vec::new() };
        self.ledger.views = Views::in_memory(&nothing, &origin, &self.ledger.books).unwrap();
    }

    fn segment(&self) -> PathBuf {
        self.folder.path().join("ledger/log/000000000000.jsonl")
    }

    fn applied(&self) -> u64 {
        self.ledger.views.head().unwrap().map_or(0, |head| head.size())
    }
}

fn codes(desk: &mut Desk) -> Vec<&'static str> {
    desk.ledger.notices().iter().map(|fault| fault.code).collect()
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

#[test]
fn an_act_stands_when_the_views_cannot_follow() {
    let mut desk = Desk::new();
    desk.register().unwrap();
    // Sealed and judged; then the views are lost and cannot be made anew, and the act becomes durable.
    let wishes = vec![desk.registration()];
    let mut session = desk.ledger.session_for(&wishes).unwrap();
    let acts = desk
        .ledger
        .seal_all(&mut session, &key(), now(), wishes, &mut desk.entropy, &mut Vec::new())
        .unwrap();
    desk.views_fall_behind();
    flip(&desk.segment(), 40);
    let receipt = desk.ledger.append(acts).unwrap();
    assert_eq!((receipt.first, receipt.end, desk.ledger.head().size()), (2, 3, 3));
    assert_eq!(codes(&mut desk), ["log.damaged", "views.behind"]);
    // Nothing is judged by views that are not where the ledger is.
    assert_eq!(desk.register().unwrap_err().code, "log.damaged");
    flip(&desk.segment(), 40);
    assert_eq!(desk.register().unwrap().first, 3);
    assert_eq!((codes(&mut desk).len(), desk.applied()), (0, 4));
    assert!(desk.ledger.verify(Vec::new(), &mut |_| ()).unwrap().passed());
}

#[test]
fn views_that_fell_behind_catch_up_before_they_are_relied_on() {
    let mut desk = Desk::new();
    let wish = desk.registration();
    let again = wish.clone();
    desk.ledger.commit(&key(), now(), vec![wish], &mut desk.entropy).unwrap();
    desk.ledger.session = None;
    desk.views_fall_behind();
    // To views without a word of it the item would be new.
    let refused = desk.ledger.commit(&key(), now(), vec![again], &mut desk.entropy);
    assert_eq!((refused.unwrap_err().code, desk.applied()), ("order.state", 2));
}

#[test]
fn a_damaged_log_is_read_as_far_as_it_can_be_and_not_written_to() {
    let mut desk = Desk::new();
    for _ in 0..6 {
        desk.register().unwrap();
    }
    let spot = desk.ledger.views.spot(4).unwrap().unwrap_or(Spot { segment: 0, offset: 0 });
    let (segment, dir) = (desk.segment(), desk.ledger.dir().to_owned());
    drop(desk.ledger);
    let whole = fs::read(&segment).unwrap();
    // The line's form, its chain, and what it says of itself.
    for at in [2, 40, 70, 200] {
        flip(&segment, spot.offset as usize + at);
        for views_there in [true, false] {
            if !views_there {
                fs::remove_dir_all(dir.join("views")).unwrap();
                let fault = Ledger::open(&dir, Access::Write).err().unwrap();
                assert_eq!(
                    (fault.code, &*fault.args["file"]),
                    ("log.damaged", "log/000000000000.jsonl"),
                    "{at}"
                );
                assert_eq!(
                    (&*fault.args["seq"], &fault.args["byte"]),
                    ("4", &spot.offset.to_string()),
                    "{at}"
                );
            }
            let mut ledger = Ledger::open(&dir, Access::Read).unwrap();
            let size = ledger.head().size();
            assert_eq!(size, if views_there { 7 } else { 4 }, "{at}");
            let told: Vec<_> = ledger.notices().iter().map(|fault| fault.code).collect();
            assert_eq!(told, if views_there { vec![] } else { vec!["log.damaged"] }, "{at}");
            assert_eq!(ledger.office().unwrap().office.people.iter().count(), 3);
        }
        fs::write(&segment, &whole).unwrap();
        assert_eq!(Ledger::open(&dir, Access::Write).unwrap().head().size(), 7);
    }
}
