//! In which order an office's batches are verified: the way through them that leads furthest.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::look::{Kind, Look};
use crate::fault::Outcome;
use crate::record::verify::Copy;
use crate::record::{ChainHash, Origin, TreeHash};

/// A place in a history: events, chain hash, root.
pub type Node = (u64, ChainHash, TreeHash);

/// Where a ledger of this origin begins.
pub fn origin(origin: &Origin) -> Node {
    let head = crate::record::act::Head::at_origin(origin);
    (0, head.chain, head.frontier.root())
}

/// Where a batch begins, as it says.
pub fn start(look: &Look) -> Outcome<Node> {
    let head = look.meta.start_head()?;
    Ok((look.meta.from, head.chain, head.frontier.root()))
}

/// Where it ends.
pub fn end(look: &Look) -> Node {
    (look.meta.size, look.meta.head, look.meta.root)
}

/// A batch on the way.
pub struct Edge {
    /// Which.
    pub nth: usize,
    /// From where.
    pub from: Node,
    /// To where.
    pub to: Node,
    /// Whether it is still to be decided.
    pub open: bool,
    /// Rather a package than a bundle, a full copy than a public one.
    pub worth: (bool, bool),
}

impl Edge {
    /// The edge of a look.
    pub fn of(nth: usize, look: &Look, from: Node, open: bool) -> Self {
        let worth = (look.kind == Kind::Package, look.meta.edition == Copy::Full);
        Self { nth, from, to: end(look), open, worth }
    }
}

/// How good a way is: whether it decides anything, how far it leads, over how many packages and full copies, in how few steps.
type Score = (bool, u64, usize, usize, Reverse<usize>);

/// The first batch of the best way from `at`; nothing when none decides anything.
pub fn first_step(edges: &[Edge], at: Node) -> Option<usize> {
    let mut order: Vec<&Edge> = edges.iter().collect();
    // Later ones first: what follows an edge is known when it is looked at.
    order.sort_by_key(|edge| Reverse(edge.from.0));
    let mut best: HashMap<Node, (Score, usize)> = HashMap::new();
    for edge in order {
        let onward = best.get(&edge.to).map(|(score, _)| *score);
        let (open, reach, packages, full, Reverse(steps)) =
            onward.unwrap_or((false, edge.to.0, 0, 0, Reverse(0)));
        let (package, whole) = edge.worth;
        let score = (
            open || edge.open,
            reach,
            packages + usize::from(package),
            full + usize::from(whole),
            Reverse(steps + 1),
        );
        match best.get(&edge.from) {
            Some((known, _)) if *known >= score => {}
            _ => drop(best.insert(edge.from, (score, edge.nth))),
        }
    }
    best.get(&at).filter(|((open, ..), _)| *open).map(|(_, nth)| *nth)
}
