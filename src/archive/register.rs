//! The archive's own ledger as the intake's register: what was decided is read from its events, and written to it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::intake::{Acceptance, Claim, Fork, Holding, Office, Receipt, Register, Rejection};
use crate::fault::{Fault, Outcome};
use crate::ledger::{Entropy, Ledger, Wish, fresh_subject};
use crate::record::event::Line;
use crate::record::note::Checkpoint;
use crate::record::{Event, Moment, Signer, Subject};

/// Who acts, with which keys, when.
pub struct Clerk<'a> {
    /// The person who signs.
    pub person: Subject,
    /// That person's key.
    pub signer: &'a (dyn Signer + Sync),
    /// The archive's witness key.
    pub witness: &'a (dyn Signer + Sync),
    /// When it is recorded, and cosigned.
    pub now: Moment,
}

/// The register on a ledger that is open for writing. What it answers comes from the events themselves, not from a
/// projection: a lying index cannot make it accept twice.
pub struct LedgerRegister<'a> {
    ledger: &'a mut Ledger,
    clerk: Clerk<'a>,
    entropy: &'a mut (dyn Entropy + Send),
    known: Known,
}

/// What the events say.
#[derive(Default)]
struct Known {
    /// Offices by origin.
    offices: BTreeMap<String, (Subject, Office)>,
    /// Origins by office.
    origins: BTreeMap<String, String>,
    /// Receipt notes by the event that holds them.
    notes: BTreeMap<u64, String>,
    /// Holdings in the order they were accepted.
    holdings: Vec<Holding>,
    /// By bag name, and by original: places in `holdings`.
    by_batch: BTreeMap<String, usize>,
    by_original: BTreeMap<String, usize>,
    /// The newest refusal of each original.
    rejections: BTreeMap<String, (String, Receipt)>,
}

impl<'a> LedgerRegister<'a> {
    /// Reads what the ledger says.
    ///
    /// Errors: `log.damaged`, `ledger.unreadable_event`, the machine.
    pub fn open(
        ledger: &'a mut Ledger,
        clerk: Clerk<'a>,
        entropy: &'a mut (dyn Entropy + Send),
    ) -> Outcome<Self> {
        let mut known = Known::default();
        for line in ledger.log().lines(0)?.strict() {
            let line = line?;
            let unreadable = |found: &dyn ToString| {
                Fault::machine("ledger.unreadable_event")
                    .with("seq", line.seq)
                    .with("found", found.to_string())
            };
            if let Line::Event(raw) = Line::parse(&line.bytes).map_err(|error| unreadable(&error))? {
                known.take(&raw.event().map_err(|error| unreadable(&error))?);
            }
        }
        Ok(Self { ledger, clerk, entropy, known })
    }

    fn wish(&self, kind: &str, subject: &Subject) -> Outcome<Wish> {
        Ok(Wish::new(kind, subject)?.done(&self.clerk.person, self.clerk.now.day(), "own"))
    }

    /// Records an act and takes in what it says.
    fn write(&mut self, wishes: Vec<Wish>) -> Outcome<(u64, u64)> {
        let receipt = self.ledger.commit(self.clerk.signer, self.clerk.now, wishes, self.entropy)?;
        for seq in receipt.first..receipt.end {
            let event = self.ledger.event(seq)?;
            self.known.take(&event);
        }
        Ok((receipt.first, receipt.end))
    }

    /// Both notes, as they were signed.
    fn forked(&self, office: &Subject, fork: &Fork) -> Outcome<Wish> {
        let wish = self.wish("office.forked", office)?;
        Ok(wish.fact("held", fork.held.as_str()).fact("shown", fork.shown.as_str()))
    }

    /// The office's checkpoint with the archive's cosignature.
    fn cosigned(&self, checkpoint: &str) -> Outcome<String> {
        let bad =
            |found: &dyn ToString| Fault::machine("archive.no_receipt").with("found", found.to_string());
        let note = Checkpoint::parse(checkpoint).map_err(|error| bad(&error))?;
        let name = format!("{}/witness", self.ledger.info().origin);
        let note =
            note.cosign(&name, self.clerk.witness, self.clerk.now.unix()).map_err(|error| bad(&error))?;
        Ok(note.encode())
    }
}

fn text(event: &Event, name: &str) -> String {
    event.fact(name).unwrap_or_default().to_owned()
}

fn number(event: &Event, name: &str) -> u64 {
    event.facts.get(name).and_then(Value::as_u64).unwrap_or(0)
}

impl Known {
    fn take(&mut self, event: &Event) {
        match event.kind.as_str() {
            "office.enrolled" => self.enrolled(event),
            "office.advanced" => self.advanced(event),
            "office.forked" | "office.closed" => {
                if let Some(office) = self.office_mut(event.subject.as_str()) {
                    office.open = false;
                }
            }
            "holding.accepted" => self.accepted(event),
            "holding.rejected" => {
                let receipt = Receipt { first: event.act, end: event.seq + 1, note: None };
                self.rejections.insert(text(event, "original"), (text(event, "finding"), receipt));
            }
            _ => {}
        }
    }

    fn office_mut(&mut self, subject: &str) -> Option<&mut Office> {
        let origin = self.origins.get(subject)?;
        self.offices.get_mut(origin).map(|(_, office)| office)
    }

    fn enrolled(&mut self, event: &Event) {
        let origin = text(event, "origin");
        let office =
            Office { genesis: text(event, "genesis"), size: 0, root: None, ledger_key: None, open: true };
        self.origins.insert(event.subject.to_string(), origin.clone());
        self.offices.insert(origin, (event.subject.clone(), office));
    }

    fn advanced(&mut self, event: &Event) {
        if let Some(office) = self.office_mut(event.subject.as_str()) {
            office.ledger_key = event.fact("ledger_key").map(str::to_owned);
        }
        self.notes.insert(event.seq, text(event, "note"));
    }

    /// How far the archive follows an office is how far it has its batches; a checkpoint alone does not move that.
    fn accepted(&mut self, event: &Event) {
        let subject = text(event, "office");
        let origin = self.origins.get(&subject).cloned().unwrap_or_default();
        let (size, root) = (number(event, "size"), text(event, "root"));
        let note = self.notes.get(&number(event, "advance")).cloned();
        let head = note.as_deref().and_then(|note| Checkpoint::parse(note).ok()).map(|note| note.head.root);
        let root = head.map_or(root, |root| super::digest::fact(root.0));
        if let Some(office) = self.office_mut(&subject) {
            (office.size, office.root) = (size, Some(root.clone()));
        }
        let claim = Claim {
            origin,
            batch: text(event, "batch"),
            fonds: text(event, "fonds"),
            from: number(event, "from"),
            size,
            manifest: text(event, "manifest"),
        };
        let at = self.holdings.len();
        self.by_batch.insert(claim.batch.clone(), at);
        self.by_original.insert(text(event, "original"), at);
        let receipt = Receipt { first: event.act, end: event.seq + 1, note };
        self.holdings.push(Holding { claim, root, original: text(event, "original"), receipt });
    }

    fn holding(&self, at: Option<&usize>) -> Option<Holding> {
        self.holdings.get(*at?).cloned()
    }
}

impl Register for LedgerRegister<'_> {
    fn office(&mut self, origin: &str) -> Outcome<Option<Office>> {
        Ok(self.known.offices.get(origin).map(|(_, office)| office.clone()))
    }

    fn holding(&mut self, batch: &str) -> Outcome<Option<Holding>> {
        Ok(self.known.holding(self.known.by_batch.get(batch)))
    }

    fn holdings(&mut self, origin: &str) -> Outcome<Vec<Holding>> {
        let of = |holding: &&Holding| holding.claim.origin == origin;
        Ok(self.known.holdings.iter().filter(of).cloned().collect())
    }

    fn holding_of(&mut self, original: &str) -> Outcome<Option<Holding>> {
        Ok(self.known.holding(self.known.by_original.get(original)))
    }

    fn rejection_of(&mut self, original: &str) -> Outcome<Option<(String, Receipt)>> {
        Ok(self.known.rejections.get(original).cloned())
    }

    fn accept(&mut self, acceptance: &Acceptance) -> Outcome<Receipt> {
        let Acceptance { claim, sound, .. } = acceptance;
        let office = self.known.offices.get(&claim.origin).map(|(subject, _)| subject.clone());
        let office = office.ok_or_else(|| Fault::refused("archive.unknown_office"))?;
        let note = self.cosigned(&sound.checkpoint)?;
        let advanced = self
            .wish("office.advanced", &office)?
            .fact("size", claim.size)
            .fact("root", sound.root.as_str())
            .fact("head", sound.head.as_str())
            .fact("ledger_key", sound.ledger_key.as_str())
            .fact("note", note.as_str());
        let holding = fresh_subject("holding", self.entropy)?;
        let accepted = self
            .wish("holding.accepted", &holding)?
            .fact("office", office.as_str())
            .fact("batch", claim.batch.as_str())
            .fact("fonds", claim.fonds.as_str())
            .fact("advance", self.ledger.head().size())
            .fact("from", claim.from)
            .fact("size", claim.size)
            .fact("original", acceptance.original.as_str())
            .fact("manifest", claim.manifest.as_str())
            .fact("object", acceptance.object.as_str())
            .fact("records", sound.records)
            .fact("files", sound.files)
            .fact("octets", sound.octets)
            .fact("report", acceptance.report.as_str())
            .maybe("approved", acceptance.approved.as_deref());
        let (first, end) = self.write(vec![advanced, accepted])?;
        Ok(Receipt { first, end, note: Some(note) })
    }

    fn reject(&mut self, rejection: &Rejection) -> Outcome<Receipt> {
        let claim = rejection.claim.as_ref();
        let office = claim.and_then(|claim| self.known.offices.get(&claim.origin));
        let forked = office.filter(|(_, office)| office.open).zip(rejection.fork.as_ref());
        let forked = forked.map(|((subject, _), fork)| self.forked(subject, fork)).transpose()?;
        let office = office.map(|(subject, _)| subject.to_string());
        // What a stranger wrote stands in the ledger only where it has the form of a name; the report has all of it.
        let batch = claim.map(|claim| claim.batch.as_str()).filter(|batch| is_token(batch));
        let holding = fresh_subject("holding", self.entropy)?;
        let wish = self
            .wish("holding.rejected", &holding)?
            .maybe("office", office)
            .maybe("batch", batch)
            .fact("original", rejection.original.as_str())
            .fact("finding", rejection.refusal.rule.as_str())
            .fact("findings", rejection.refusal.findings.max(1))
            .fact("report", rejection.report.as_str());
        let (first, end) = self.write([Some(wish), forked].into_iter().flatten().collect())?;
        Ok(Receipt { first, end, note: None })
    }
}

fn is_token(text: &str) -> bool {
    text.len() <= 64
        && text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
