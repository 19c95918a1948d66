//! What was out of order and has been got over: told to whoever uses the ledger, never passed over in silence.

use crate::fault::Fault;
use crate::log::{OpenReport, ReadReport};
use crate::views::Condition;

/// Of a log that was opened for reading.
pub fn of_reading(report: &ReadReport) -> Vec<Fault> {
    let lost = report.mark.filter(|_| report.rolled_back).map(|mark| {
        let fault = Fault::refused("log.end_lost").with("expected", mark.size);
        fault.with("found", report.position.size)
    });
    report.damage.iter().cloned().chain(lost).collect()
}

/// Of a log that was opened for writing: what a crash left.
pub fn of_writing(report: &OpenReport) -> Vec<Fault> {
    let missing = report.mark_missing.then(|| Fault::machine("log.mark_missing"));
    report.torn.iter().map(|torn| torn.fault()).chain(missing).collect()
}

/// Of the views: the log they could not read, the log they do not belong to, directories that were set aside.
pub fn of_views(condition: &Condition) -> Vec<Fault> {
    let aside = condition.aside.iter().map(|aside| {
        Fault::machine("views.set_aside").with("found", &aside.why).with("path", aside.to.display())
    });
    condition.damage.iter().chain(&condition.rollback).cloned().chain(aside).collect()
}

/// Whether a fault says that an event cannot be read as it was written.
pub fn is_damage(fault: &Fault) -> bool {
    matches!(fault.code, "log.damaged" | "log.missing" | "ledger.unreadable_event" | "ledger.index_wrong")
}
