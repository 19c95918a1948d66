//! One arrival is decided: against what the archive holds, by the judge, on the ledger.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use super::ask::{
    Acceptance, Claim, Holding, Office, Receipt, Refusal, Register, Rejection, Report, Sound, Verdict,
};
use super::card::{Card, State, folder};
use super::fork::Seen;
use super::receive::content;
use super::run::Answer;
use super::{Approval, Intake};
use crate::archive::digest::fact_of;
use crate::archive::durable;
use crate::archive::store::{Key, Meta, Sealed, seal_first};
use crate::fault::{Fault, FaultKind, Outcome};
use crate::record::Moment;

/// The rule of a package that proves a fork.
const FORKED: &str = "archive.forked";

/// The register, one thread at a time; shut for good when an act's fate is not known.
pub(super) struct Desk<'r> {
    register: Mutex<(&'r mut dyn Register, Option<Fault>)>,
}

/// A decision under way: when it is made, and who approved.
pub(super) struct Sitting<'r> {
    pub desk: Desk<'r>,
    pub now: Moment,
    pub approved: Option<String>,
}

impl<'r> Desk<'r> {
    pub fn new(register: &'r mut dyn Register) -> Self {
        Self { register: Mutex::new((register, None)) }
    }

    fn lock(&self) -> MutexGuard<'_, (&'r mut dyn Register, Option<Fault>)> {
        self.register.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks something.
    pub fn ask<T>(&self, question: impl FnOnce(&mut dyn Register) -> Outcome<T>) -> Outcome<T> {
        question(self.lock().0)
    }

    /// Writes something, unless an earlier act's fate is not known.
    pub fn write<T>(&self, act: impl FnOnce(&mut dyn Register) -> Outcome<T>) -> Outcome<T> {
        let mut desk = self.lock();
        if let Some(fault) = &desk.1 {
            return Err(fault.clone());
        }
        let written = act(desk.0);
        desk.1 = written.as_ref().err().filter(|fault| fault.kind == FaultKind::Machine).cloned();
        written
    }
}

/// What the archive's ledger says of a claim.
enum Standing {
    /// It is held, byte for byte.
    Held(Holding),
    /// Its name is held, with other bytes.
    Named(Holding),
    /// It is refused: the rule, and whether it contradicts a holding.
    Refused(&'static str, bool),
    /// Batches are missing before it.
    Gap,
    /// It is the office's next.
    Next(Office),
}

fn standing(register: &mut dyn Register, claim: &Claim) -> Outcome<Standing> {
    if Key::new(&claim.fonds, &claim.batch).is_err() {
        return Ok(Standing::Refused("archive.bad_name", false));
    }
    if let Some(held) = register.holding(&claim.batch)? {
        return Ok(match () {
            () if held.claim.origin != claim.origin => Standing::Refused("archive.name_taken", false),
            () if held.claim.manifest == claim.manifest => Standing::Held(held),
            () => Standing::Named(held),
        });
    }
    let Some(office) = register.office(&claim.origin)? else {
        return Ok(Standing::Refused("archive.unknown_office", false));
    };
    Ok(match () {
        () if !office.open => Standing::Refused("archive.office_closed", false),
        () if claim.from < office.size => Standing::Refused("archive.overlap", true),
        () if claim.from > office.size => Standing::Gap,
        () => Standing::Next(office),
    })
}

impl Intake<'_> {
    /// Decides an arrival that was looked at. `waits` says whether an earlier batch of the same office is undecided.
    pub(super) fn decide(&self, mut card: Card, waits: bool, sitting: &Sitting<'_>) -> Outcome<Answer> {
        if let Some(refusal) = card.refusal.clone() {
            let reports = std::mem::take(&mut card.reports);
            return self.refuse(card, refusal, false, &reports, sitting);
        }
        let Some(claim) = card.claim.clone() else { return Ok(Answer::of(&card)) };
        let refusal = |rule: &str| Refusal { rule: rule.into(), findings: 1 };
        match sitting.desk.ask(|register| standing(register, &claim))? {
            Standing::Held(held) => self.repeated(&card, held),
            Standing::Named(held) => {
                let stored = self.store.object(&held.key()?)?.tree("bag")?;
                if self.judge.same(&self.bag(&card)?, &claim, &held, &stored)? {
                    return self.repeated(&card, held);
                }
                self.refuse(card, refusal("archive.other_bytes"), true, &[], sitting)
            }
            Standing::Refused(rule, conflict) => self.refuse(card, refusal(rule), conflict, &[], sitting),
            Standing::Gap if waits => Ok(Answer { fault: Some(held_back(&claim)), ..Answer::of(&card) }),
            Standing::Gap => self.refuse(card, refusal("archive.gap"), false, &[], sitting),
            Standing::Next(office) => self.judge_next(card, &claim, &office, sitting),
        }
    }

    /// The office's next batch is judged.
    fn judge_next(
        &self,
        mut card: Card,
        claim: &Claim,
        office: &Office,
        sitting: &Sitting<'_>,
    ) -> Outcome<Answer> {
        let holdings = || sitting.desk.ask(|register| register.holdings(&claim.origin));
        let before = self.before(&claim.origin, office, holdings)?;
        let judged = self.judge.judge(&self.bag(&card)?, claim, before.as_deref())?;
        let sound = match judged.verdict {
            Verdict::Unsound(refusal) => return self.refuse(card, refusal, false, &judged.reports, sitting),
            Verdict::Sound(sound) => sound,
        };
        if sound.genesis != office.genesis {
            let refusal = Refusal { rule: "archive.other_genesis".into(), findings: 1 };
            return self.refuse(card, refusal, false, &judged.reports, sitting);
        }
        card.warnings = sound.warnings;
        let person = match self.approval {
            Approval::Never => false,
            Approval::Warnings => sound.warnings > 0,
            Approval::Always => true,
        };
        if person && sitting.approved.is_none() {
            self.place_reports(&card, &judged.reports)?;
            card.state = State::Waiting;
            self.keep(&card)?;
            return Ok(Answer::of(&card));
        }
        self.accept(card, claim, *sound, &judged.reports, sitting)
    }

    /// Completes the object, asks the ledger, and moves the object into the store.
    fn accept(
        &self,
        mut card: Card,
        claim: &Claim,
        sound: Sound,
        reports: &[Report],
        sitting: &Sitting<'_>,
    ) -> Outcome<Answer> {
        let key = Key::new(&claim.fonds, &claim.batch)?;
        if self.store.has(&key)? {
            // Nothing in the ledger says what it is: a person has to look before anything is decided.
            return Err(Fault::machine("archive.taken").with("path", key.path()));
        }
        let own = [own_report(&card, None, false, &Seen::default())?];
        let reports = if reports.is_empty() { &own } else { reports };
        let sealed = self.complete(&card, &key, reports, sitting.now)?;
        card.state = State::Checked;
        self.keep(&card)?;
        let acceptance = Acceptance {
            claim: claim.clone(),
            original: card.original.clone(),
            object: sealed.digest,
            report: digest_of(reports),
            approved: sitting.approved.clone(),
            sound,
        };
        let receipt = sitting.desk.write(|register| register.accept(&acceptance))?;
        (card.state, card.receipt) = (State::Accepted, Some(receipt));
        self.remember(claim, &acceptance.sound.root, &acceptance.sound.state);
        // The act stands. What cannot be finished now is finished when the archive is opened next.
        let fault = self.finish_accepted(&card.ticket, &key).err();
        Ok(Answer { fault, ..Answer::of(&card) })
    }

    /// Makes what was received an object of the store, complete and durable where it stands.
    fn complete(&self, card: &Card, key: &Key, reports: &[Report], now: Moment) -> Outcome<Sealed> {
        let content = content(&card.ticket);
        if !reports.is_empty() {
            durable::folder(self.disk(), &format!("{content}/report"))?;
        }
        for report in reports {
            durable::write(self.disk(), &format!("{content}/report/{}", report.name), &report.bytes)?;
        }
        let message = format!("接收移交信息包 {} · accepted", key.name());
        let meta = Meta { created: now, message, user: self.user.clone() };
        seal_first(&self.disk, &format!("{}/object", folder(&card.ticket)), key, &meta)
    }

    /// Refuses an arrival and sets it aside. The same arrival refused for the same reason again is not recorded twice.
    pub(super) fn refuse(
        &self,
        mut card: Card,
        refusal: Refusal,
        conflict: bool,
        reports: &[Report],
        sitting: &Sitting<'_>,
    ) -> Outcome<Answer> {
        let seen = self.seen(&card, sitting)?;
        let (refusal, conflict) = match seen.fork {
            Some(_) => (Refusal { rule: FORKED.into(), ..refusal }, true),
            None => (refusal, conflict),
        };
        self.drop_unpacked(&card)?;
        let own = own_report(&card, Some(&refusal), conflict, &seen)?;
        let reports: Vec<Report> = reports.iter().cloned().chain([own]).collect();
        self.place_reports(&card, &reports)?;
        let told = sitting.desk.ask(|register| register.rejection_of(&card.original))?;
        let told = told.filter(|(rule, _)| *rule == refusal.rule).map(|(_, receipt)| receipt);
        let again = told.is_some();
        let rejection = Rejection {
            claim: card.claim.clone(),
            original: card.original.clone(),
            refusal: refusal.clone(),
            conflict,
            report: digest_of(&reports),
            fork: seen.fork,
        };
        let receipt: Receipt = match told {
            Some(receipt) => receipt,
            None => sitting.desk.write(|register| register.reject(&rejection))?,
        };
        card.state = if conflict { State::Conflict } else { State::Rejected };
        (card.refusal, card.receipt) = (Some(refusal), Some(receipt));
        let fault = self.set_aside(&card).err();
        Ok(Answer { again, fault, ..Answer::of(&card) })
    }

    /// An arrival that is held already: it goes away again, and the answer is the one that was given.
    fn repeated(&self, card: &Card, held: Holding) -> Outcome<Answer> {
        durable::remove(self.disk(), &folder(&card.ticket))?;
        let answer = Answer::of(card);
        Ok(Answer { state: Some(State::Accepted), receipt: Some(held.receipt), again: true, ..answer })
    }

    fn place_reports(&self, card: &Card, reports: &[Report]) -> Outcome<()> {
        let place = |report: &Report| {
            durable::place(self.disk(), &format!("{}/{}", folder(&card.ticket), report.name), &report.bytes)
        };
        reports.iter().try_for_each(place)
    }
}

/// The digest of the first report, which the ledger keeps.
fn digest_of(reports: &[Report]) -> String {
    reports.first().map(|report| fact_of(&report.bytes)).unwrap_or_default()
}

/// The report of the decision itself: what no inspection tells.
fn own_report(card: &Card, refusal: Option<&Refusal>, conflict: bool, seen: &Seen) -> Outcome<Report> {
    let told = json!({
        "claim": card.claim, "conflict": conflict, "original": card.original, "refusal": refusal,
        "shown": seen.shown, "held": seen.fork.as_ref().map(|fork| &fork.held),
    });
    let bytes = serde_json::to_vec_pretty(&told).map_err(|error| {
        Fault::machine("archive.bad_state").with("path", &card.ticket).with("found", error)
    })?;
    Ok(Report { name: "decision.json".into(), bytes })
}

fn held_back(claim: &Claim) -> Fault {
    Fault::refused("archive.held_back").with("path", &claim.batch).with("from", claim.from)
}
