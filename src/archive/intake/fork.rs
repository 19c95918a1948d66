//! What a refused package shows of its office's log, held against what the archive has cosigned.

use super::Intake;
use super::ask::{Fork, Holding, Shown};
use super::card::Card;
use super::decide::Sitting;
use crate::fault::Outcome;
use crate::record::{Checkpoint, KeyId, PublicKey, TreeHead};

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
        let cosigned = |held: Holding| {
            let note = held.receipt.note.clone()?;
            Some(Cosigned { head: Checkpoint::parse(&note).ok()?.head, note, held })
        };
        let all: Vec<Cosigned> = holdings.into_iter().filter_map(cosigned).collect();
        let sizes: Vec<u64> = all.iter().map(|one| one.head.size).collect();
        let shown = self.judge.shown(&self.bag(card)?, &sizes)?;
        let Some(shown) = shown.filter(|shown| is_signed(&shown.note, &claim.origin, &key)) else {
            return Ok(Seen::default());
        };
        let mut fork = None;
        for one in all {
            if contradicts(&shown, &one.head) || self.went_past(&one, &shown)? {
                fork = Some(Fork { held: one.note, shown: shown.note.clone() });
                break;
            }
        }
        Ok(Seen { shown: Some(shown.note), fork })
    }

    /// Whether a held batch goes past the size that is shown, with another tree there.
    fn went_past(&self, one: &Cosigned, shown: &Shown) -> Outcome<bool> {
        let Ok(head) = Checkpoint::parse(&shown.note).map(|note| note.head) else { return Ok(false) };
        if !(one.held.claim.from < head.size && head.size < one.head.size) {
            return Ok(false);
        }
        let stored = self.store.object(&one.held.key()?)?.tree("bag")?;
        let ours = self.judge.shown(&stored, &[head.size])?;
        Ok(ours.is_some_and(|ours| contradicts(&ours, &head)))
    }
}

/// A batch that is held, with its checkpoint.
struct Cosigned {
    head: TreeHead,
    note: String,
    held: Holding,
}

fn key_of(text: &str) -> Option<PublicKey> {
    PublicKey::decode(KeyId::parse(text).ok()?).ok()
}

fn is_signed(note: &str, origin: &str, key: &PublicKey) -> bool {
    Checkpoint::parse(note).is_ok_and(|note| note.head.origin.as_str() == origin && note.verifies(key))
}

fn contradicts(shown: &Shown, held: &TreeHead) -> bool {
    shown.roots.iter().any(|(size, root)| *size == held.size && *root != held.root)
}
