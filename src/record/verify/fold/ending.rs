//! What can only be said at the end: checkpoints, parts that stayed missing, what was acknowledged since.

use super::{Chain, Fold};
use crate::record::event::PartName;
use crate::record::finding::{Class, Finding, Report};
use crate::record::law::Law;
use crate::record::verify::{Copy, check_checkpoint};

impl<L: Law> Fold<L> {
    pub fn finish(mut self) -> (Report, Chain, L) {
        self.report.size = self.chain.head.frontier.size();
        self.report.head = self.chain.head.chain;
        self.report.root = self.chain.head.frontier.root();
        if let Some(act) = &self.act {
            let expected = format!("a seal for act {}", act.first);
            self.report.add(Finding::integrity("act.unsealed", expected, "none").at_seq(act.end));
        }
        if self.report.size == 0 {
            self.report.add(Finding::integrity("log.empty", "event 0", "no event"));
        }
        self.finish_checkpoints();
        self.finish_parts();
        self.settle_acknowledged();
        (self.report, self.chain, self.law)
    }

    fn finish_checkpoints(&mut self) {
        let key = self.law.ledger_key().and_then(|key| self.decoded(&key));
        for checkpoint in std::mem::take(&mut self.trust.checkpoints) {
            if checkpoint.head.size > self.report.size {
                self.report.add(Finding::integrity(
                    "checkpoint.shorter",
                    checkpoint.head.size,
                    self.report.size,
                ));
            } else if checkpoint.head.size < self.from {
                let finding =
                    Finding::new("checkpoint.before", Class::Uncheckable, self.from, checkpoint.head.size);
                self.report.add(finding);
            }
            if let Some(finding) = check_checkpoint(&checkpoint, &self.trust.origin, key.as_ref()) {
                self.report.add(finding);
            }
        }
    }

    fn finish_parts(&mut self) {
        // Without the law nobody can say which open parts are in force.
        let blind = !self.law_known || !self.law.edition_known();
        if self.copy == Copy::Public && blind {
            return;
        }
        let mut absent: Vec<_> = self.chain.absent.keys().copied().collect();
        absent.sort_unstable();
        let code = if self.copy == Copy::Public { "part.withheld" } else { "part.absent" };
        for (seq, name) in absent {
            let finding = Finding::integrity(code, "the part, or its erasure", name.as_str());
            self.report.add(finding.at_seq(seq));
        }
        if self.copy == Copy::Public {
            self.finish_opens();
        }
    }

    /// A public copy has the open parts in force: all of them, and no other.
    fn finish_opens(&mut self) {
        let mut opens: Vec<_> = std::mem::take(&mut self.opens).into_iter().collect();
        opens.sort_unstable();
        for (seq, subject) in &opens {
            if self.law.open_in_force(subject) != Some(*seq) {
                let finding = Finding::integrity("part.not_in_force", "no open part", subject);
                self.report.add(finding.at_seq(*seq));
            }
        }
        for (seq, subject) in self.law.opens_in_force() {
            let shown = opens.binary_search_by_key(&seq, |(seq, _)| *seq).is_ok();
            let erased = self.erasures.contains(seq, PartName::Open);
            if !shown && !erased && seq >= self.from {
                self.report.add(Finding::integrity("part.withheld", "the open part", subject).at_seq(seq));
            }
        }
    }

    /// What two persons have acknowledged since no longer fails the verification; it stays listed.
    fn settle_acknowledged(&mut self) {
        let mut settled = 0;
        for finding in &mut self.report.findings {
            let acknowledged = finding.class == Class::Unlawful
                && finding.place.seq.is_some_and(|seq| self.law.acknowledged(seq, &finding.code));
            if acknowledged {
                finding.class = Class::Acknowledged;
                settled += 1;
            }
        }
        if settled > 0 {
            let counts = &mut self.report.counts;
            counts.entry(Class::Unlawful).and_modify(|count| *count -= settled);
            *counts.entry(Class::Acknowledged).or_default() += settled;
        }
    }
}
