//! Many small offices and their packages, made without the command line.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha512};
use zhaoce::bundle::export::{Export, prepare};
use zhaoce::bundle::package::derive::REGISTER;
use zhaoce::bundle::package::export::{Put, Said, derived, evidence, handover};
use zhaoce::bundle::package::verify::TreeLines;
use zhaoce::bundle::package::{
    Contents, Handover, Index, Inputs, NothingEarlier, PackageName, Plain, Previous, bag, pack,
};
use zhaoce::fault::Outcome;
use zhaoce::ledger::{Entropy, FirstKey, Founding, Ledger, Wish, fresh_subject};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::verify::Copy;
use zhaoce::record::{Checkpoint, Moment, PartName, Statement, Subject};

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

/// An office of one person who does everything that a small batch needs.
pub struct Small {
    pub origin: String,
    pub genesis: String,
    fonds: String,
    ledger: Ledger,
    entropy: Counted,
    now: Moment,
    person: Subject,
    series: Option<Subject>,
    records: u64,
    previous: Option<(Previous, Checkpoint)>,
    _folder: tempfile::TempDir,
}

fn key(seed: u8) -> SecretKey {
    SecretKey::from_seed([seed; 32])
}

/// The payload of a package as it is put.
#[derive(Default)]
struct Files(BTreeMap<String, Vec<u8>>, String);

impl Put for Files {
    fn begin(&mut self, path: &str, _: u64) -> Outcome<()> {
        self.1 = format!("data/{path}");
        self.0.insert(self.1.clone(), Vec::new());
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        self.0.get_mut(&self.1).unwrap().extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> Outcome<()> {
        Ok(())
    }
}

impl Small {
    /// Office number `nth`, with a ledger of its own.
    pub fn found(nth: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut entropy = Counted(nth * 104_729);
        let people: Vec<Subject> = (0..3).map(|_| fresh_subject("person", &mut entropy).unwrap()).collect();
        let keys = [key(1), key(2), key(3)];
        let roles: [&[&str]; 3] = [&["admin", "archivist", "clerk"], &["ledger"], &["recovery"]];
        let first = |nth: usize| FirstKey {
            holder: people[nth].clone(),
            name: "甲某".into(),
            roles: roles[nth].iter().map(ToString::to_string).collect(),
            signer: &keys[nth],
        };
        let origin = format!("office{nth}.example.cn/xxgk");
        let founding = Founding {
            origin: origin.parse().unwrap(),
            office: format!("第{nth}办公室"),
            keys: vec![first(0), first(1), first(2)],
            founder: 0,
        };
        let now: Moment = "2026-01-05T09:00:00+08:00".parse().unwrap();
        let ledger = Ledger::found(&folder.path().join("ledger"), &founding, now, &mut entropy).unwrap();
        let (genesis, person) = (ledger.info().genesis.to_string(), people[0].clone());
        let (series, previous, fonds) = (None, None, format!("Z{nth}"));
        Self {
            origin,
            genesis,
            fonds,
            ledger,
            entropy,
            now,
            person,
            series,
            records: 0,
            previous,
            _folder: folder,
        }
    }

    fn wish(&self, kind: &str, subject: &Subject) -> Wish {
        Wish::new(kind, subject).unwrap().done(&self.person, self.now.day(), "own")
    }

    /// One more record, registered and filed.
    pub fn record(&mut self) {
        let item = fresh_subject("item", &mut self.entropy).unwrap();
        let registered = self
            .wish("item.registered", &item)
            .fact("origin", "made")
            .fact("responsible", "self")
            .fact("responsible_ground", "made")
            .part(PartName::Closed, "title", format!("第{}件", self.records + 1));
        let mut wishes = vec![registered];
        let series = match self.series.clone() {
            Some(series) => series,
            None => {
                let series = fresh_subject("series", &mut self.entropy).unwrap();
                let opened = self
                    .wish("series.opened", &series)
                    .fact("fonds", self.fonds.as_str())
                    .fact("category", "WS")
                    .fact("year", 2026)
                    .fact("retention", "y");
                wishes.push(opened);
                self.series = Some(series.clone());
                series
            }
        };
        self.records += 1;
        let numbered = self.wish("series.numbered", &series);
        wishes.push(numbered.fact("item", item.as_str()).fact("number", self.records));
        let filed = self.wish("item.filed", &item);
        wishes.push(filed.fact("series", series.as_str()).fact("number", self.records));
        self.now = Moment::from_unix(self.now.unix() + 60).unwrap();
        self.ledger.commit(&key(1), self.now, wishes, &mut self.entropy).unwrap();
    }

    /// The next batch, as a file in `folder`; its name.
    pub fn batch(&mut self, folder: &Path) -> (String, PathBuf) {
        self.record();
        let checkpoint = self.ledger.checkpoint(&key(2)).unwrap();
        let previous = self.previous.take();
        let export = Export {
            edition: Copy::Full,
            from: previous.as_ref().map_or(0, |(previous, _)| previous.size),
            checkpoint: &checkpoint,
            previous: previous.as_ref().map(|(_, note)| note.clone()),
            for_package: true,
        };
        let prepared = prepare(&self.ledger, export, &mut |_| ()).unwrap();
        let office = self.ledger.info().office.clone();
        let previous = previous.map(|(previous, _)| previous);
        let said = Said { fonds: self.fonds.clone(), previous, ..Said::default() };
        let handover = handover(&prepared, &office, said).unwrap();
        let mut files = Files::default();
        evidence(&prepared, &office, &mut files).unwrap();
        let tree = Plain::new(files.0.clone());
        let lines = TreeLines(&tree);
        let index = Index::build(&lines, prepared.deriving(), &self.fonds).unwrap();
        let (contents, earlier) = (Contents::default(), NothingEarlier);
        let inputs = Inputs {
            handover: &handover,
            deriving: prepared.deriving(),
            lines: &lines,
            index: &index,
            contents: &contents,
            earlier: &earlier,
        };
        derived(&inputs, &mut files).unwrap();
        let register = signed(&handover, &files.0[&format!("data/{REGISTER}")]);
        files.0.insert(format!("data/{REGISTER}.note"), register.into_bytes());
        let name = handover.bag_name();
        let (bag, tags) = sealed(files.0, &handover);
        let path = folder.join(format!("{name}.tar.zst"));
        let bytes = pack::tar_zst(&bag, &PackageName::new(&name).unwrap(), 0, 1, Vec::new()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        let previous =
            Previous { manifest: tags, name: name.clone(), root: handover.root, size: handover.size };
        self.previous = Some((previous, Checkpoint::parse(&checkpoint).unwrap()));
        (name, path)
    }
}

fn signed(handover: &Handover, bytes: &[u8]) -> String {
    let sha512 = Sha512::digest(bytes).into();
    let statement = Statement { origin: handover.origin.clone(), package: handover.bag_name(), sha512 };
    statement.sign(&key(1)).unwrap()
}

fn sealed(payload: BTreeMap<String, Vec<u8>>, handover: &Handover) -> (Plain, String) {
    let info = [
        ("Source-Organization", handover.office.clone()),
        ("Bagging-Date", handover.made.day().to_string()),
        ("External-Identifier", format!("{} {}-{}", handover.origin, handover.from, handover.size)),
        ("Bag-Group-Identifier", handover.fonds.clone()),
        ("Internal-Sender-Identifier", handover.bag_name()),
        ("BagIt-Profile-Identifier", bag::profile::IDENTIFIER.into()),
    ];
    let info: Vec<_> = info.into_iter().map(|(label, value)| (label.to_owned(), value)).collect();
    let sealed = bag::seal(&Plain::new(payload.clone()), &info).unwrap();
    let mut files = payload;
    files.extend(sealed.tags.into_files());
    let tags = files["tagmanifest-sha512.txt"].clone();
    files.insert("signature/tagmanifest-sha512.txt.note".into(), signed(handover, &tags).into_bytes());
    (Plain::new(files), hex::encode(Sha512::digest(&tags)))
}
