//! Intake: an arrival becomes a holding, or is refused with a reason.
//!
//! ```text
//! received ─▶ checked ─▶ accepted          intake/<ticket>/ ─▶ store/<fonds>/<bag name>/
//!     │          └─▶ waiting ─▶ accepted   (a person's approval)
//!     └────────────────────▶ rejected, conflict     ─▶ quarantine/<ticket>/
//! ```
//!
//! An arrival is *received* when it is in `intake/<ticket>/` whole and durable, as it came; the ticket is computed from
//! its bytes, so the same arrival has the same one. It is unpacked beside the original into what will be its object. When
//! the [judge](Judge) finds it sound, the object is completed and synced (*checked*), and then the archive's ledger is
//! asked: **the act on the ledger is the commit point**, and it is written while the store is untouched. The object's
//! rename into the store follows. Opening the archive again rolls forward what the ledger has accepted, and checks again
//! whatever it has not.
//!
//! Arrivals are received and looked at in parallel, judged in parallel by office, and decided one at a time; the
//! batches of one office in the order of its log, in whatever order they were given. When one of them stays
//! undecided, those behind it wait; they are not refused for the gap.

mod ask;
mod card;
mod decide;
mod finish;
mod fork;
mod given;
mod landing;
mod office;
mod receive;
mod run;

use std::sync::Arc;

pub use ask::{
    Acceptance, Claim, Fork, Holding, Judge, Judged, Look, Office, ReadSeek, Receipt, Refusal, Register,
    Rejection, Report, Shown, Sound, Verdict,
};
pub use card::{Card, State};
pub use given::Given;
pub use run::{Answer, Progress, waiting};

use super::durable;
use super::store::{Store, User};
use crate::fault::Outcome;
use crate::log::disk::Disk;

/// When a person has to approve what the judge finds sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    /// Never.
    Never,
    /// When there are warnings.
    Warnings,
    /// Always.
    #[default]
    Always,
}

/// The archive's intake. Whoever uses it holds the archive's lock.
pub struct Intake<'a> {
    disk: Arc<dyn Disk>,
    store: Store,
    judge: &'a dyn Judge,
    approval: Approval,
    user: User,
}

const INTAKE: &str = "intake";
const QUARANTINE: &str = "quarantine";
const STATES: &str = "states";

impl<'a> Intake<'a> {
    /// The intake of the archive on `disk`; `user` stands in the inventories as the one who made them.
    pub fn new(disk: Arc<dyn Disk>, judge: &'a dyn Judge, approval: Approval, user: User) -> Self {
        let store = Store::at(disk.clone(), "store", "work");
        Self { disk, store, judge, approval, user }
    }

    /// Makes the folders of a new archive. Doing it again does no harm.
    pub fn init(&self) -> Outcome<()> {
        for dir in [INTAKE, QUARANTINE, STATES] {
            durable::folder(&*self.disk, dir)?;
        }
        self.store.init()
    }

    /// The store it fills.
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn disk(&self) -> &dyn Disk {
        &*self.disk
    }
}
