//! Erasure orders: an office has erased a part, and the copies that it had handed over follow.
//!
//! ```text
//! order ─▶ verified ─▶ planned: every file that must change, for every holding     nothing is written
//!       ─▶ arrivals and cached states that may hold the part are let go of
//!       ─▶ new objects prepared in work/, whole and durable
//!       ─▶ one act of holding.erased on the archive's ledger                      the commit point
//!       ─▶ objects swapped
//! ```
//!
//! Opening the archive again completes what the ledger has, and undoes what it has not.

mod edited;
mod execute;
mod plan;

pub use edited::Edited;
pub use execute::execute;
pub use plan::{Needles, Plan, Planner, tells};

use super::intake::{Intake, Register as _};
use super::judge::PackageJudge;
use super::register::{ErasedPart, LedgerRegister};
use super::store::{Meta, User};
use crate::bundle::proof::order::{self, Order};
use crate::fault::{Fault, Outcome};
use crate::record::verify::Trust;
use crate::record::{Moment, Signer};
use crate::rules::Books;

/// What became of an order.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Executed {
    /// The subject.
    pub subject: String,
    /// `sha256:` of the order.
    pub order: String,
    /// Parts that it names: event and part.
    pub parts: Vec<(u64, String)>,
    /// Holdings that were changed, and in how many files.
    pub holdings: Vec<(String, u64)>,
    /// Whether nothing had to be done because it was done before.
    pub again: bool,
    /// Arrivals whose content was let go of.
    pub arrivals: Vec<String>,
    /// Refused arrivals that say nothing of themselves; a person has to look into them.
    pub unread: Vec<String>,
    /// Events of the act; nothing when none was recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<(u64, u64)>,
}

/// Who executes orders, in which archive.
pub struct Executor<'a, 'i> {
    /// The intake, and the store it fills.
    pub intake: &'a Intake<'i>,
    /// What packages are judged by.
    pub judge: &'a PackageJudge,
    /// Signs for the archive.
    pub signer: &'a dyn Signer,
    /// The archive, in inventories.
    pub user: User,
    /// When.
    pub now: Moment,
}

impl Executor<'_, '_> {
    /// Executes the order in `bytes`. Doing it again does nothing.
    ///
    /// Errors: `erase.order_office`, what [`order::read`] gives, `erase.order_other`, `erase.unsound`: nothing was changed; the machine.
    pub fn run(&self, bytes: &[u8], register: &mut LedgerRegister<'_>) -> Outcome<Executed> {
        let (order, origin) = verified(bytes, register, self.judge.parts().1)?;
        let holdings = register.holdings(&origin)?;
        let planner = Planner { judge: self.judge, signer: self.signer, order: &order, bytes };
        let (plans, needles) = planner.plan(&origin, &holdings)?;
        let mut done = Executed {
            subject: order.subject.to_string(),
            order: order.digest.clone(),
            parts: order.erasures.iter().map(|one| (one.of, one.part.as_str().to_owned())).collect(),
            ..Executed::default()
        };
        let spans: Vec<(u64, u64)> = order.erasures.iter().map(|one| (one.of, one.seq)).collect();
        self.intake.forget(&origin)?;
        (done.arrivals, done.unread) = self.intake.purge(&origin, &spans, &needles, register, self.now)?;
        if plans.is_empty() {
            let held = |of: u64| holdings.iter().find(|held| held.claim.from <= of && of < held.claim.size);
            let recorded = |(of, part): &(u64, String)| {
                held(*of).is_some_and(|held| register.is_erased(&held.claim.batch, *of, part))
            };
            done.again = done.parts.iter().any(recorded);
            return Ok(done);
        }
        let message = format!("依法删除，执行删除指令 {} · erased by order", order.digest);
        let meta = Meta { created: self.now, message, user: self.user.clone() };
        let receipt = execute(self.intake.store(), &plans, &meta, &mut |prepared| {
            let erased = plans.iter().zip(prepared).flat_map(|(plan, prepared)| {
                let part = |erasure: &order::Erasure| ErasedPart {
                    batch: plan.batch.clone(),
                    erasure: erasure.clone(),
                    order: order.digest.clone(),
                    object: prepared.digest.clone(),
                    places: plan.gone.files.len() as u64,
                };
                plan.erasures.iter().map(part).collect::<Vec<_>>()
            });
            register.erase(&erased.collect::<Vec<_>>())
        })?;
        done.act = Some((receipt.first, receipt.end));
        done.holdings = plans.iter().map(|plan| (plan.batch.clone(), plan.gone.files.len() as u64)).collect();
        Ok(done)
    }
}

/// The order, held against the office that it says it is of.
fn verified(bytes: &[u8], register: &LedgerRegister<'_>, books: &Books) -> Outcome<(Order, String)> {
    let origin = order::origin(bytes)?;
    let known = register.origins().into_iter().find(|(known, _)| known == origin.as_str());
    let (name, genesis) = known.ok_or_else(|| Fault::refused("erase.order_office").with("found", &origin))?;
    let genesis = genesis.parse().map_err(|_| Fault::refused("erase.order_office").with("found", &origin))?;
    let trust = Trust { origin, genesis, checkpoints: Vec::new() };
    Ok((order::read(bytes, &trust, books)?, name))
}
