//! What stands beside an arrival: where it is in its course.

use serde::{Deserialize, Serialize};

use super::ask::{Claim, Receipt, Refusal, Report};
use super::{INTAKE, Intake};
use crate::archive::durable;
use crate::fault::{Fault, Outcome};
use crate::log::disk::Disk;
use crate::record::Moment;

const FILE: &str = "state.json";

/// Where an arrival is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is here, whole and durable, as it came.
    Received,
    /// It is sound and its object complete; the ledger is asked next.
    Checked,
    /// It is sound, and waits for a person's approval.
    Waiting,
    /// It is a holding.
    Accepted,
    /// It was refused.
    Rejected,
    /// It contradicts a holding; it was refused and is kept as evidence.
    Conflict,
}

/// How a package came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Form {
    File,
    Folder,
}

/// An arrival's state, kept in its folder and replaced whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its ticket: the folder's name.
    pub ticket: String,
    /// The name it was given under.
    pub name: String,
    pub(super) form: Form,
    /// The digest of the original: `sha256:<hex>`; of a folder, that of the list of its files.
    pub original: String,
    /// When it came.
    pub received: Moment,
    /// Where it is.
    pub state: State,
    /// What it says it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<Claim>,
    /// Findings that a person should see before approving.
    #[serde(default)]
    pub warnings: u64,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Refusal>,
    /// What was told of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<Receipt>,
    /// What the first look gave to read; written when it is decided.
    #[serde(skip)]
    pub(super) reports: Vec<Report>,
}

/// The folder of a ticket that is not decided.
pub(super) fn folder(ticket: &str) -> String {
    format!("{INTAKE}/{ticket}")
}

impl Intake<'_> {
    /// The card in an arrival's folder; `None` when there is none, so it never became received.
    pub(super) fn card_in(&self, folder: &str) -> Outcome<Option<Card>> {
        read(self.disk(), folder)
    }

    /// Writes the card of an arrival in the intake, whole and durable.
    pub(super) fn keep(&self, card: &Card) -> Outcome<()> {
        let path = format!("{}/{FILE}", folder(&card.ticket));
        let bad = |error| Fault::machine("archive.bad_state").with("path", &path).with("found", error);
        let bytes = serde_json::to_vec_pretty(card).map_err(bad)?;
        durable::place(self.disk(), &path, &bytes)
    }

    /// Every arrival that is not decided, by ticket.
    pub fn cards(&self) -> Outcome<Vec<Card>> {
        self.cards_below(INTAKE)
    }

    /// Every arrival that was refused and is kept.
    pub fn quarantined(&self) -> Outcome<Vec<Card>> {
        self.cards_below(super::QUARANTINE)
    }

    fn cards_below(&self, dir: &str) -> Outcome<Vec<Card>> {
        below(self.disk(), dir)
    }
}

/// Every arrival that is not decided, by ticket, as they stand on `disk`.
pub(super) fn undecided(disk: &dyn Disk) -> Outcome<Vec<Card>> {
    below(disk, INTAKE)
}

fn below(disk: &dyn Disk, dir: &str) -> Outcome<Vec<Card>> {
    let names = durable::folders(disk, dir)?;
    names.iter().filter_map(|name| read(disk, &format!("{dir}/{name}")).transpose()).collect()
}

fn read(disk: &dyn Disk, folder: &str) -> Outcome<Option<Card>> {
    let path = format!("{folder}/{FILE}");
    let Some(bytes) = durable::read(disk, &path)? else { return Ok(None) };
    let bad = |error| Fault::machine("archive.bad_state").with("path", path).with("found", error);
    serde_json::from_slice(&bytes).map(Some).map_err(bad)
}
