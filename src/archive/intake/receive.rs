//! An arrival is copied in as it came, and unpacked.

use std::collections::BTreeSet;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::Intake;
use super::ask::{Look, Refusal, Report};
use super::card::{Card, Form, State, folder};
use super::given::{Given, Ticket};
use super::landing::Laying;
use crate::archive::digest::fact;
use crate::archive::durable;
use crate::archive::store::is_name;
use crate::archive::tree::{DiskTree, FileReader, Tree};
use crate::fault::{Fault, FaultKind, Outcome};
use crate::log::disk::EntryKind;
use crate::record::Moment;

/// Where the content of the object stands that is being made of an arrival.
pub(super) fn content(ticket: &str) -> String {
    format!("{}/object/v1/content", folder(ticket))
}

/// The name under which an original is kept.
fn kept_name(name: &str) -> &str {
    if is_name(name) { name } else { "original" }
}

impl Intake<'_> {
    /// Copies an arrival in, whole and durable. One that is here already is left as it is.
    pub(super) fn receive(&self, given: &Given<'_>, ticket: &Ticket, now: Moment) -> Outcome<Card> {
        let folder = folder(&ticket.ticket);
        if let Some(card) = self.card_in(&folder)? {
            return Ok(card);
        }
        durable::clear(self.disk(), &folder)?;
        let content = content(&ticket.ticket);
        let form = match given {
            Given::File { name, .. } => {
                self.copy_file(given, &format!("{content}/original"), kept_name(name), ticket)?;
                Form::File
            }
            Given::Folder { tree, .. } => {
                self.copy_folder(*tree, &format!("{content}/bag"), ticket)?;
                Form::Folder
            }
        };
        durable::settle(self.disk(), &folder)?;
        let card = Card {
            ticket: ticket.ticket.clone(),
            name: given.name().to_owned(),
            form,
            original: ticket.original.clone(),
            received: now,
            state: State::Received,
            claim: None,
            warnings: 0,
            refusal: None,
            receipt: None,
            reports: Vec::new(),
        };
        self.keep(&card)?;
        Ok(card)
    }

    fn copy_file(&self, given: &Given<'_>, dir: &str, name: &str, ticket: &Ticket) -> Outcome<()> {
        let Given::File { open, .. } = given else { return Ok(()) };
        durable::folder(self.disk(), dir)?;
        let mut hasher = Sha256::new();
        durable::stream(self.disk(), &format!("{dir}/{name}"), &mut open()?, &mut |bytes| {
            hasher.update(bytes);
        })?;
        if fact(hasher.finalize().into()) == ticket.original { Ok(()) } else { Err(moved(given.name())) }
    }

    fn copy_folder(&self, tree: &dyn Tree, dir: &str, ticket: &Ticket) -> Outcome<()> {
        let mut parents = BTreeSet::from([dir.to_owned()]);
        for file in tree.files() {
            if file.path.contains(['\\', '\0'])
                || file.path.split('/').any(|part| matches!(part, "" | "." | ".."))
            {
                return Err(Fault::usage("archive.bad_name").with("found", file.path.escape_default()));
            }
            parents.insert(durable::parent(&format!("{dir}/{}", file.path)).to_owned());
        }
        parents.iter().try_for_each(|parent| durable::folder(self.disk(), parent))?;
        tree.files().par_iter().zip(&ticket.listed).try_for_each(|(file, listed)| {
            let mut hasher = blake3::Hasher::new();
            let to = format!("{dir}/{}", file.path);
            durable::stream(self.disk(), &to, &mut tree.open(&file.path)?, &mut |bytes| {
                hasher.update(bytes);
            })?;
            if hasher.finalize().as_bytes() == listed { Ok(()) } else { Err(moved(&file.path)) }
        })
    }

    /// Unpacks an arrival that is here and looks at it: afterwards its card says what it claims, or why it is refused.
    pub(super) fn look(&self, mut card: Card) -> Outcome<Card> {
        self.undo_check(&card)?;
        let unpacked = self.unpack(&card).and_then(|()| self.bag(&card));
        let look = match unpacked {
            Err(fault) if fault.kind != FaultKind::Machine => {
                Look::Refused(Refusal { rule: fault.code.into(), findings: 1 }, vec![told(&fault)?])
            }
            tree => self.judge.look(&tree?)?,
        };
        (card.claim, card.refusal) = match look {
            Look::Claims(claim) => (Some(claim), None),
            Look::Refused(refusal, reports) => {
                card.reports = reports;
                (None, Some(refusal))
            }
        };
        Ok(card)
    }

    /// The bag of an arrival, unpacked.
    pub(super) fn bag(&self, card: &Card) -> Outcome<DiskTree> {
        DiskTree::open(self.disk.clone(), &format!("{}/bag", content(&card.ticket)))
    }

    /// Removes what an earlier check made of the object, so that it can be made again.
    fn undo_check(&self, card: &Card) -> Outcome<()> {
        let disk = self.disk();
        let object = format!("{}/object", folder(&card.ticket));
        for dir in [object.clone(), format!("{object}/v1")] {
            let entries = durable::entries(disk, &dir)?.into_iter();
            for (name, _) in entries.filter(|(_, kind)| *kind != EntryKind::Dir) {
                durable::remove_file(disk, &format!("{dir}/{name}"))?;
            }
        }
        durable::clear(disk, &format!("{}/report", content(&card.ticket)))
    }

    fn unpack(&self, card: &Card) -> Outcome<()> {
        if card.form == Form::Folder {
            return Ok(());
        }
        let (disk, content) = (self.disk(), content(&card.ticket));
        let bag = format!("{content}/bag");
        durable::clear(disk, &bag)?;
        let original = format!("{content}/original/{}", kept_name(&card.name));
        let mut laying = Laying::new(disk, &bag);
        self.judge.unpack(&card.name, &mut FileReader::open(disk, &original)?, &mut laying)?;
        laying.finish()
    }

    /// What is only the unpacked form of a kept file need not be kept too.
    pub(super) fn drop_unpacked(&self, card: &Card) -> Outcome<()> {
        match card.form {
            Form::Folder => Ok(()),
            Form::File => durable::clear(self.disk(), &format!("{}/bag", content(&card.ticket))),
        }
    }
}

/// Why an arrival could not even be unpacked, to be read.
fn told(fault: &Fault) -> Outcome<Report> {
    let bytes = serde_json::to_vec_pretty(fault)
        .map_err(|error| Fault::machine("archive.bad_state").with("path", fault.code).with("found", error))?;
    Ok(Report { name: "拆包报告.json".into(), bytes })
}

fn moved(path: &str) -> Fault {
    Fault::usage("archive.moved").with("path", path)
}
