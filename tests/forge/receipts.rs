//! A witness, and what it says of the forger's log.

use serde_json::{Value, json};
use zhaoce::record::note::{Note, TreeHead};
use zhaoce::record::tree::{Frontier, Nodes, leaf_hash, node_hash, prove_consistency};
use zhaoce::record::{Checkpoint, Line, Signer, TreeHash};

use super::{Ev, Forge, ORIGIN, ev, ev_with, key};

pub const WITNESS: &str = "archive.example/witness";
/// Seed of the witness's key.
pub const WITNESS_KEY: u8 = 90;

struct Leaves(Vec<TreeHash>);

impl Nodes for Leaves {
    type Error = std::convert::Infallible;

    fn node(&self, height: u32, index: u64) -> Result<TreeHash, Self::Error> {
        if height == 0 {
            return Ok(self.0[usize::try_from(index).unwrap()]);
        }
        Ok(node_hash(&self.node(height - 1, index * 2)?, &self.node(height - 1, index * 2 + 1)?))
    }
}

impl Forge {
    fn leaves(&self) -> Leaves {
        let lines = self.log.split(|byte| *byte == b'\n');
        let leaf = |line: &[u8]| match Line::parse(line) {
            Ok(Line::Event(raw)) => Some(leaf_hash(raw.event_bytes())),
            _ => None,
        };
        Leaves(lines.filter_map(leaf).collect())
    }

    /// The checkpoint at `size`, signed by the ledger key.
    pub fn checkpoint(&self, size: u64) -> Checkpoint {
        let mut tree = Frontier::default();
        self.leaves().0.iter().take(usize::try_from(size).unwrap()).for_each(|leaf| tree.push(*leaf));
        signed(size, tree.root())
    }

    /// Proof that the first `size` events begin the log.
    pub fn consistency(&self, size: u64) -> Vec<TreeHash> {
        prove_consistency(&self.leaves(), size, self.head.size()).unwrap()
    }

    /// The facts of a receipt over the first `size` events, given at `time`.
    pub fn seen(&self, size: u64, time: i64) -> Value {
        facts(self.checkpoint(size), time, &self.consistency(size))
    }

    /// A witness is adopted.
    pub fn adopt(&mut self) {
        let facts = json!({ "name": WITNESS, "key": Signer::key(&key(WITNESS_KEY)).to_string() });
        self.act("a", &[ev("witness.adopted", "witness/w", facts)]);
    }

    /// A minute passes, and a receipt is recorded.
    pub fn record(&mut self, receipt: &str, facts: Value) {
        self.act("a", &[recorded(receipt, facts)]);
    }

    /// The clock is set back, or forth, by an act of its own.
    pub fn correct_clock(&mut self, now: i64) {
        let previous = self.now.to_string();
        self.now = zhaoce::record::Moment::from_unix(now).unwrap();
        let closed = json!({ "closed": {"reason": "时钟走快"} });
        let corrected =
            ev_with("ledger.clock_corrected", "ledger/main", json!({ "previous": previous }), closed);
        self.act_now("a", &[corrected]);
    }

    /// An act that says little.
    pub fn quiet(&mut self) {
        self.act("a", &[policy()]);
    }
}

pub fn policy() -> Ev<'static> {
    let facts = json!({ "separation": "strict", "secret_stub": "basis", "round_months": 12 });
    ev("rules.policy", "ledger/main", facts)
}

pub fn recorded(receipt: &str, facts: Value) -> Ev<'_> {
    ev("receipt.recorded", receipt, facts)
}

/// A checkpoint of a tree, which may be none of the log's.
pub fn signed(size: u64, root: TreeHash) -> Checkpoint {
    let text = TreeHead { origin: ORIGIN.parse().unwrap(), size, root }.text();
    let ledger = key(5);
    let signature = ledger.sign(text.as_bytes()).unwrap();
    Checkpoint::parse(&Note::sign(text, ORIGIN, &Signer::key(&ledger), signature).encode()).unwrap()
}

/// The facts of a receipt with this proof.
pub fn facts(checkpoint: Checkpoint, time: i64, proof: &[TreeHash]) -> Value {
    let note = checkpoint.cosign(WITNESS, &key(WITNESS_KEY), time).unwrap().encode();
    json!({ "witness": "witness/w", "note": note, "proof": proof })
}
