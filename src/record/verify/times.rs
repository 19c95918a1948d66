//! When events were entered, as far as receipts are held against it.

use serde::{Deserialize, Serialize};

use crate::record::cosign::GRACE_SECONDS;

/// The times of a log's events, one entry for each stretch of events with one time, and what receipts say of those to come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Times {
    /// First event and time (Unix seconds) of each stretch, in order of events.
    stretches: Vec<(u64, i64)>,
    /// No later event may be earlier than this: the newest receipt's time, less the grace.
    floor: Option<i64>,
}

impl Times {
    /// The event at `seq`, its place in the tree, was entered at `time`.
    pub(super) fn note(&mut self, seq: u64, time: i64) {
        if self.stretches.last().is_none_or(|(_, last)| *last != time) {
            self.stretches.push((seq, time));
        }
    }

    /// When the event `seq` was entered; `None` before the first that is known.
    fn at(&self, seq: u64) -> Option<i64> {
        let behind = self.stretches.partition_point(|(first, _)| *first <= seq);
        self.stretches.get(behind.checked_sub(1)?).map(|(_, time)| *time)
    }

    /// The earliest time of the events from `seq` on.
    fn earliest_from(&self, seq: u64) -> Option<i64> {
        let behind = self.stretches.partition_point(|(first, _)| *first <= seq);
        self.stretches.iter().skip(behind.saturating_sub(1)).map(|(_, time)| *time).min()
    }

    /// Whether an event entered at `time` is earlier than a receipt allows; the time of that receipt.
    pub(super) fn breaks_floor(&self, time: i64) -> Option<i64> {
        self.floor.filter(|floor| time < *floor).map(|floor| floor.saturating_add(GRACE_SECONDS))
    }

    /// What is wrong about a receipt of `time` over the first `size` events: its code, and the event's time.
    ///
    /// Of the events before only the last is asked: the ones before that are not later, unless the clock was
    /// corrected since, which the log says.
    pub(super) fn against(&self, size: u64, time: i64) -> Option<(&'static str, i64)> {
        let last = size.checked_sub(1).and_then(|seq| self.at(seq));
        let late =
            last.filter(|at| *at > time.saturating_add(GRACE_SECONDS)).map(|at| ("receipt.postdated", at));
        let early = || self.earliest_from(size).filter(|at| *at < time.saturating_sub(GRACE_SECONDS));
        late.or_else(|| early().map(|at| ("receipt.backdated", at)))
    }

    /// From now on no event may be earlier than a receipt of `time` allows.
    pub(super) fn raise_floor(&mut self, time: i64) {
        let floor = time.saturating_sub(GRACE_SECONDS);
        self.floor = Some(self.floor.map_or(floor, |before| before.max(floor)));
    }
}

#[cfg(test)]
#[path = "times_tests.rs"]
mod tests;
