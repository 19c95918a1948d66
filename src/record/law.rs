//! The questions a verifier asks the law. The rule book, one floor up, answers them.

use serde_json::{Map, Value};

use super::cosign::Cosigned;
use super::event::{Event, PartName};
use super::finding::Finding;
use super::ids::Subject;
use super::keys::KeyId;

/// Whether a key may sign an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Enrolled in an earlier act and not revoked.
    Enrolled,
    /// Never enrolled before this act.
    Unknown,
    /// Revoked in an earlier act.
    Revoked,
    /// Enrolled for something else: the ledger key signs checkpoints only.
    NotForActs,
}

/// The law, replayed event by event.
pub trait Law: Send {
    /// Whether `key` may sign the act whose first event is `act`; asked before any event of that act is judged.
    fn authority(&self, key: &KeyId, act: u64) -> Authority;

    /// Judges one event against everything folded so far, then folds it in. Findings carry class, code and
    /// article; the verifier adds the place. A lawful event gives none, a declared irregular one an
    /// `Irregular` each.
    fn judge(&mut self, event: &Event) -> Vec<Finding>;

    /// Whether the unlawful finding `code` at `seq` has been acknowledged by two persons since.
    fn acknowledged(&self, seq: u64, code: &str) -> bool;

    /// The key that signs checkpoints, once genesis has been folded.
    fn ledger_key(&self) -> Option<KeyId>;

    /// What the receipt that `event` records claims of an earlier tree; `None` when it records none, or none that holds.
    fn cosigned(&self, _event: &Event) -> Option<Cosigned> {
        None
    }

    /// Whether the edition of the rule book in force is at hand. Without it events are not judged, and nobody can say
    /// what is public.
    fn edition_known(&self) -> bool;

    /// The first member that this part of `event` must hold and that `data` has not; `None` when all are there, or
    /// when the kind or the edition that judges the event is unknown.
    fn missing_member(&self, event: &Event, part: PartName, data: &Map<String, Value>) -> Option<String>;

    /// Hands over the bodies that this copy has of an event that was just judged. The law has no use for them; who
    /// derives catalogues alongside has.
    fn bodies(&mut self, _event: &Event, _bodies: &[(PartName, Map<String, Value>)]) {}

    /// Whether the open part of `event` stands in every public edition, by the edition that judges the event.
    fn standing_open(&self, event: &Event) -> bool;

    /// `seq` of the event whose open part is in force for `subject`; `None` when nothing of it is public.
    fn open_in_force(&self, subject: &Subject) -> Option<u64>;

    /// Every open part in force: (seq, subject).
    fn opens_in_force(&self) -> Vec<(u64, Subject)>;
}
