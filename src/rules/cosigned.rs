//! Checkpoints that stand in facts: an office's receipts, and what an archive cosigned. See `docs/rules.md` §15.

use super::code::Role;
use super::form;
use super::scalar::{Holder, Scalar};
use super::state::State;
use crate::record::{Checkpoint, Cosigned, Event, KeyId, PublicKey};

/// What was expected of a checkpoint in a fact, and what was found.
pub(super) struct Unsound {
    pub(super) expected: String,
    pub(super) found: String,
}

impl Unsound {
    fn new(expected: impl ToString, found: impl ToString) -> Self {
        Self { expected: expected.to_string(), found: found.to_string() }
    }
}

/// The checkpoint in a fact.
pub(super) fn checkpoint(event: &Event, fact: &str) -> Result<Checkpoint, Unsound> {
    let note = event.fact(fact).unwrap_or_default();
    Checkpoint::parse(note).map_err(|error| Unsound::new("a checkpoint", error))
}

/// Whether `key` signed `note` as the ledger key of `origin`.
pub(super) fn signed_by(note: &Checkpoint, origin: &str, key: KeyId) -> Result<(), Unsound> {
    if note.head.origin.as_str() != origin {
        return Err(Unsound::new(origin, &note.head.origin));
    }
    let holds = PublicKey::decode(key).is_ok_and(|key| note.verifies(&key));
    holds.then_some(()).ok_or_else(|| Unsound::new(key, "no signature by it"))
}

/// When the witness cosigned `note`, in Unix seconds.
fn cosigned(note: &Checkpoint, name: &str, key: KeyId) -> Result<i64, Unsound> {
    let time = PublicKey::decode(key).ok().and_then(|key| note.cosigned_by(name, &key));
    time.ok_or_else(|| Unsound::new(format!("{name} {key}"), "no cosignature by it"))
}

/// What the receipt in `event` claims: a checkpoint of this ledger, signed by its ledger key and cosigned by the adopted
/// witness that the facts name.
pub(super) fn receipt(state: &State, event: &Event) -> Result<Cosigned, Unsound> {
    let note = checkpoint(event, "note")?;
    let ledger = state.office.ledger_key().ok_or_else(|| Unsound::new("a ledger key", "none"))?;
    signed_by(&note, state.office.origin.as_str(), ledger)?;
    let witness = event.fact("witness").unwrap_or_default();
    let (name, key) =
        adopted_as(state, witness).ok_or_else(|| Unsound::new("an adopted witness", witness))?;
    let time = cosigned(&note, name, key)?;
    let proof = event.facts.get("proof").and_then(form::hashes).unwrap_or_default();
    Ok(Cosigned { size: note.head.size, root: note.head.root, time, proof })
}

/// A witness whose receipts a ledger takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness {
    /// Name of its key.
    pub name: String,
    /// The key.
    pub key: KeyId,
}

impl State {
    /// The witnesses that are adopted now, in the order of their subjects.
    pub fn witnesses(&self) -> Vec<Witness> {
        let adopted = self
            .dossiers
            .iter()
            .filter(|(subject, dossier)| subject.starts_with("witness/") && &*dossier.state == "adopted");
        let witness = |subject: &str| {
            let (name, key) = adopted_as(self, subject)?;
            Some(Witness { name: name.into(), key })
        };
        let mut subjects: Vec<&str> = adopted.map(|(subject, _)| &**subject).collect();
        subjects.sort_unstable();
        subjects.into_iter().filter_map(witness).collect()
    }
}

/// Name and key of a witness.
fn adopted_as<'a>(state: &'a State, witness: &str) -> Option<(&'a str, KeyId)> {
    let Holder::Dossier(dossier) = Holder::find(state, witness) else { return None };
    let text = |name: &str| dossier.values.get(name).and_then(Scalar::text);
    Some((text("name")?, KeyId::parse(text("key")?).ok()?))
}

/// Whether `note` is cosigned by a key in force of this ledger whose holder is a witness, under a name that begins with
/// this ledger's origin.
pub(super) fn cosigned_here(state: &State, note: &Checkpoint) -> Result<i64, Unsound> {
    let name = format!("{}/witness", state.office.origin);
    let office = &state.office;
    let may = |holder: &str| office.people.holds(holder, Role::Witness);
    let keys = office.keys.iter().filter(|key| key.revoked.is_none() && may(&key.holder));
    let time = keys.filter_map(|key| note.cosigned_by(&name, &PublicKey::decode(key.key).ok()?)).min();
    time.ok_or_else(|| Unsound::new(name, "no cosignature by a witness key in force"))
}

/// Register of an archive's office dossier, a text.
pub(super) fn register<'a>(state: &'a State, subject: &str, name: &str) -> Option<&'a str> {
    match Holder::find(state, subject) {
        Holder::Dossier(dossier) => dossier.values.get(name).and_then(Scalar::text),
        _ => None,
    }
}
