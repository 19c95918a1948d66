//! A verifier's state, kept for the next batch.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bundle::derived::{Deriving, Texts};
use crate::fault::{Fault, Outcome};
use crate::record::verify::{Chain, Copy, Trust, Verifier};
use crate::record::{ChainHash, KeyId, Moment, Origin, Report};
use crate::rules::{Books, KeyUse, Replay, State, Witness};

/// A verifier's state, to go on from. It is as trustworthy as the place it was kept in.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Saved {
    /// 2.
    pub format: u64,
    /// The origin.
    pub origin: Origin,
    /// Chain hash of event 0.
    pub genesis: ChainHash,
    pub(super) chain: Chain,
    pub(super) law: State,
    pub(super) texts: Texts,
}

impl Saved {
    /// Reads a saved state.
    ///
    /// Errors: `bundle.state`.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        let bad = |found: &dyn ToString| Fault::usage("bundle.state").with("found", found.to_string());
        let saved: Self = serde_json::from_slice(bytes).map_err(|e| bad(&e))?;
        if saved.format == 2 { Ok(saved) } else { Err(bad(&format!("format {}", saved.format))) }
    }

    /// What a verification leaves to go on from.
    pub(crate) fn of(report: &Report, chain: Chain, deriving: Deriving) -> Self {
        let (law, texts) = deriving.into_parts();
        let (origin, genesis) = (report.origin.clone(), report.genesis);
        Self { format: 2, origin, genesis, chain, law: law.into_state(), texts }
    }

    /// A verifier of exported events that goes on from here.
    pub(crate) fn resume(self, trust: Trust, books: &Books) -> Verifier<Deriving> {
        let law = Deriving::new(Replay::resume(Arc::new(books.clone()), self.law), self.texts);
        Verifier::resume(trust, Copy::Full, law, self.chain).exported()
    }

    /// The law and the texts at that place.
    pub fn deriving(&self, books: &Books) -> Deriving {
        let law = Replay::resume(Arc::new(books.clone()), self.law.clone());
        Deriving::new(law, self.texts.clone())
    }

    /// The same, for who needs the state no more.
    pub fn into_deriving(self, books: &Books) -> Deriving {
        Deriving::new(Replay::resume(Arc::new(books.clone()), self.law), self.texts)
    }

    /// Number of events verified.
    pub fn size(&self) -> u64 {
        self.chain.head.size()
    }

    /// When the last of them was entered.
    pub fn at(&self) -> Option<Moment> {
        self.chain.head.at
    }

    /// Whether `key` was enrolled and in force there, for acts; whose it is.
    pub fn holder(&self, label: &str) -> Option<(KeyId, String)> {
        let keys = &self.law.office.keys;
        let may = |key: &&crate::rules::Key| key.usage == KeyUse::Act && key.revoked.is_none();
        let found = keys.iter().filter(may).find(|known| known.key.label() == label)?;
        Some((found.key, found.holder.to_string()))
    }

    /// The key that signs the ledger's checkpoints.
    pub fn ledger_key(&self) -> Option<KeyId> {
        self.law.office.ledger_key()
    }

    /// The witnesses that the log has adopted.
    pub fn witnesses(&self) -> Vec<Witness> {
        self.law.witnesses()
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> Outcome<Vec<u8>> {
        serde_json::to_vec(self).map_err(|e| Fault::usage("bundle.state").with("found", e))
    }
}
