//! Floor 4: index and projections of the log; always rebuildable.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::fault::{Fault, Outcome};
use crate::log::{LineKind, LogReader, Spot};
use crate::record::act::Head;
use crate::record::{ChainHash, Line, Origin, PartName, Subject, tree};
use crate::rules::Books;

/// The index, folded from the log in memory.
pub struct Views {
    seqs: HashMap<Subject, Vec<u64>>,
    head: Head,
    leaves: Vec<crate::record::TreeHash>,
}

impl Views {
    /// Folds the log.
    pub fn open(_dir: &Path, log: &LogReader, origin: &Origin, _books: &Arc<Books>) -> Outcome<Self> {
        let mut views = Self { seqs: HashMap::new(), head: Head::at_origin(origin), leaves: Vec::new() };
        views.follow(log)?;
        Ok(views)
    }

    /// Where the log stands.
    pub fn head(&self) -> Outcome<Option<Head>> {
        Ok(Some(self.head.clone()))
    }

    /// Folds what is new in the log.
    pub fn follow(&mut self, log: &LogReader) -> Outcome<()> {
        for line in log.lines(self.head.size())?.strict() {
            let line = line?;
            if line.kind == LineKind::Event {
                let bad = |e: &dyn ToString| {
                    Fault::machine("ledger.unreadable_event")
                        .with("seq", line.seq)
                        .with("found", e.to_string())
                };
                let Line::Event(raw) = Line::parse(&line.bytes).map_err(|e| bad(&e))? else { continue };
                let event = raw.event().map_err(|e| bad(&e))?;
                self.leaves.push(tree::leaf_hash(raw.event_bytes()));
                self.head.frontier.push(tree::leaf_hash(raw.event_bytes()));
                self.head.chain = ChainHash::of_event(raw.event_bytes());
                self.head.at = Some(event.at);
                if event.kind.is_keys_link() {
                    self.head.keys = Some(event.seq);
                }
                self.seqs.entry(event.subject).or_default().push(event.seq);
            }
        }
        Ok(())
    }

    /// Forgets erased parts.
    pub fn forget(&mut self, _log: &LogReader, _parts: &[(u64, PartName)]) -> Outcome<()> {
        Ok(())
    }

    /// Parts that events name as erased.
    pub fn erasures(&self) -> Outcome<Vec<(u64, PartName)>> {
        Ok(Vec::new())
    }
    /// A node of the tree.
    pub fn node(&self, height: u32, index: u64) -> Outcome<crate::record::TreeHash> {
        let mut frontier = tree::Frontier::default();
        let (from, to) = ((index << height) as usize, ((index + 1) << height) as usize);
        self.leaves.get(from..to).unwrap_or_default().iter().for_each(|leaf| frontier.push(*leaf));
        Ok(frontier.root())
    }
    /// Where an event stands.
    pub fn spot(&self, _seq: u64) -> Outcome<Option<Spot>> {
        Ok(None)
    }
    /// A subject's events.
    pub fn seqs_of(&self, subject: &Subject) -> Outcome<Vec<u64>> {
        Ok(self.seqs.get(subject).cloned().unwrap_or_default())
    }
    /// Every round.
    pub fn rounds(&self) -> Outcome<Vec<Subject>> {
        Ok(self.seqs.keys().filter(|subject| subject.class() == "round").cloned().collect())
    }
}
