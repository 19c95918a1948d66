//! Who cosigned a checkpoint that was given, and when.

use clap::Args;

use crate::fault::{Fault, Outcome};
use crate::record::{Checkpoint, CosignedBy, KeyId, Moment, PublicKey};
use crate::rules::Witness;

/// Witnesses that are known from elsewhere.
#[derive(Args, Default)]
pub struct Known {
    /// 从别处得知的见证方（名称=公钥），可写多个 · Witnesses known from elsewhere, name=key
    #[arg(long, value_name = "NAME=KEY")]
    witness: Vec<String>,
}

impl Known {
    /// The witnesses that were given.
    ///
    /// Errors: `witness.unreadable`.
    pub fn read(&self) -> Outcome<Vec<Witness>> {
        let read = |text: &String| {
            let (name, key) = text.rsplit_once('=')?;
            let key = KeyId::parse(key).ok().filter(|key| PublicKey::decode(*key).is_ok())?;
            (!name.is_empty()).then(|| Witness { name: name.into(), key })
        };
        let bad = |text: &String| Fault::usage("witness.unreadable").with("found", text);
        self.witness.iter().map(|text| read(text).ok_or_else(|| bad(text))).collect()
    }
}

/// When `witness` cosigned `checkpoint`, in Unix seconds.
pub fn time_of(checkpoint: &Checkpoint, witness: &Witness) -> Option<i64> {
    checkpoint.cosigned_by(&witness.name, &PublicKey::decode(witness.key).ok()?)
}

/// Every cosignature of the checkpoints by one of the witnesses.
pub fn cosigned(checkpoints: &[Checkpoint], witnesses: &[Witness]) -> Vec<CosignedBy> {
    let by = |checkpoint: &Checkpoint, witness: &Witness| {
        let at = Moment::from_unix(time_of(checkpoint, witness)?)?;
        Some(CosignedBy { size: checkpoint.head.size, witness: witness.name.clone(), at })
    };
    let all = checkpoints
        .iter()
        .flat_map(|checkpoint| witnesses.iter().filter_map(move |witness| by(checkpoint, witness)));
    let mut found: Vec<CosignedBy> = all.collect();
    found.dedup();
    found
}
