//! What a refused package shows of its office's log, held against what the archive has cosigned.

use super::Intake;
use super::ask::{Fork, Shown};
use super::card::Card;
use super::decide::Sitting;
use crate::fault::Outcome;
use crate::record::{Checkpoint, KeyId, PublicKey};

/// What a package shows.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Its checkpoint, when it is one of the office's.
    pub shown: Option<String>,
    /// The proof that the office keeps two logs.
    pub fork: Option<Fork>,
}

impl Intake<'_> {
    /// What an arrival that is to be refused shows of the office it names: a checkpoint with the signature of the office's
    /// ledger key, and whether its tree has another beginning than one that the archive has cosigned.
    pub(super) fn seen(&self, card: &Card, sitting: &Sitting<'_>) -> Outcome<Seen> {
        let Some(claim) = &card.claim else { return Ok(Seen::default()) };
        let (office, holdings) = sitting
            .desk
            .ask(|register| Ok((register.office(&claim.origin)?, register.holdings(&claim.origin)?)))?;
        let Some(key) = office.and_then(|office| key_of(office.ledger_key.as_deref()?)) else {
            return Ok(Seen::default());
        };
        let notes: Vec<(Checkpoint, String)> = holdings
            .into_iter()
            .filter_map(|held| held.receipt.note)
            .filter_map(|note| Some((Checkpoint::parse(&note).ok()?, note)))
            .collect();
        let sizes: Vec<u64> = notes.iter().map(|(note, _)| note.head.size).collect();
        let shown = self.judge.shown(&self.bag(card)?, &sizes)?;
        let Some(shown) = shown.filter(|shown| is_signed(&shown.note, &claim.origin, &key)) else {
            return Ok(Seen::default());
        };
        let held = notes.into_iter().find(|(held, _)| contradicts(&shown, held));
        let fork = held.map(|(_, held)| Fork { held, shown: shown.note.clone() });
        Ok(Seen { shown: Some(shown.note), fork })
    }
}

fn key_of(text: &str) -> Option<PublicKey> {
    PublicKey::decode(KeyId::parse(text).ok()?).ok()
}

fn is_signed(note: &str, origin: &str, key: &PublicKey) -> bool {
    Checkpoint::parse(note).is_ok_and(|note| note.head.origin.as_str() == origin && note.verifies(key))
}

fn contradicts(shown: &Shown, held: &Checkpoint) -> bool {
    shown.roots.iter().any(|(size, root)| *size == held.head.size && *root != held.head.root)
}
