//! Building an act: events one after another, then the seal that closes them.

use super::canonical::NotCanonical;
use super::digest::{ChainHash, PartDigest};
use super::event::{ACT_MAX, Event, Facts, Part, PartName, event_line, seal_line};
use super::ids::{Kind, Moment, Origin, Subject};
use super::keys::{KeyId, SignError, Signer};
use super::note::{Note, Seal, TreeHead, seal_key_name};
use super::tree::{self, Frontier};
use serde::{Deserialize, Serialize};

/// Where a log stands: all that the next act has to know of the ones before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The tree so far.
    pub frontier: Frontier,
    /// Chain hash of the last event; of the origin before event 0.
    pub chain: ChainHash,
    /// When the last event was entered.
    pub at: Option<Moment>,
    /// `seq` of the newest person, key or rule-book event.
    pub keys: Option<u64>,
}

impl Head {
    /// Before event 0.
    pub fn at_origin(origin: &Origin) -> Self {
        let chain = ChainHash::of_origin(origin.as_str());
        Self { frontier: Frontier::default(), chain, at: None, keys: None }
    }

    /// Number of events.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The tree head that notes state.
    pub fn tree_head(&self, origin: &Origin) -> TreeHead {
        TreeHead { origin: origin.clone(), size: self.size(), root: self.frontier.root() }
    }
}

/// A part in its canonical bytes, with its digest: can be made ahead and in parallel.
#[derive(Debug, Clone)]
pub struct SealedPart {
    /// Which part.
    pub name: PartName,
    /// Its canonical bytes.
    pub bytes: Vec<u8>,
    /// Their digest.
    pub digest: PartDigest,
}

impl SealedPart {
    /// Fixes a part.
    pub fn new(name: PartName, part: &Part) -> Result<Self, NotCanonical> {
        let (bytes, digest) = part.to_bytes()?;
        Ok(Self { name, bytes, digest })
    }
}

/// An event before it has its place in the log.
#[derive(Debug, Clone)]
pub struct Draft {
    /// What happened.
    pub kind: Kind,
    /// What it is about.
    pub subject: Subject,
    /// What the law is judged by.
    pub facts: Facts,
    /// Its parts, each name once.
    pub parts: Vec<SealedPart>,
}

/// Why an act cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// A value outside the stored format.
    #[error("event {seq}: {error}")]
    NotCanonical {
        /// The event that cannot be written.
        seq: u64,
        /// What is wrong with it.
        error: NotCanonical,
    },
    /// An act holds 1 to 4,096 events.
    #[error("an act holds 1 to 4,096 events")]
    Size,
    /// The signer did not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// An act being built on a head.
pub struct ActBuilder<'a> {
    origin: &'a Origin,
    head: Head,
    first: u64,
    at: Moment,
    by: KeyId,
    keys: Option<u64>,
    lines: Vec<u8>,
    ends: Vec<usize>,
}

/// A finished act: its lines, and where the log stands after it.
#[derive(Debug)]
pub struct SealedAct {
    /// Event lines and the seal line, each with its `\n`.
    pub lines: Vec<u8>,
    /// End of each event line in `lines`.
    pub ends: Vec<usize>,
    /// `seq` of the first event.
    pub first: u64,
    /// Where the log stands after it.
    pub head: Head,
}

impl<'a> ActBuilder<'a> {
    /// An act by `by`, entered at `at`, after `head`.
    pub fn new(origin: &'a Origin, head: &Head, at: Moment, by: KeyId) -> Self {
        let (first, keys) = (head.size(), head.keys);
        Self { origin, head: head.clone(), first, at, by, keys, lines: Vec::new(), ends: Vec::new() }
    }

    /// An empty act on top of this one, which must be full or is given up.
    #[must_use]
    pub fn next(self) -> Self {
        Self::new(self.origin, &self.head, self.at, self.by)
    }

    /// Whether it holds as many events as an act may.
    pub fn is_full(&self) -> bool {
        self.head.size() - self.first >= ACT_MAX
    }

    /// The event that `draft` becomes at the next place; `last` is the subject's previous event.
    pub fn event(&self, draft: &Draft, last: Option<u64>) -> Event {
        Event {
            act: self.first,
            at: self.at,
            by: self.by,
            facts: draft.facts.clone(),
            keys: self.keys,
            kind: draft.kind.clone(),
            last,
            parts: draft.parts.iter().map(|part| (part.name, part.digest)).collect(),
            prev: self.head.chain,
            seq: self.head.size(),
            subject: draft.subject.clone(),
            v: 1,
        }
    }

    /// Takes in an event that [`Self::event`] made just before, with the parts of its draft.
    pub fn push(&mut self, event: &Event, parts: &[SealedPart]) -> Result<(), ActError> {
        if self.is_full() {
            return Err(ActError::Size);
        }
        let bytes = event.to_bytes().map_err(|error| ActError::NotCanonical { seq: event.seq, error })?;
        let line = event_line(&bytes, parts.iter().map(|part| (part.name, &part.bytes[..])));
        if line.len() > super::canonical::LINE_MAX {
            let error = NotCanonical { at: line.len(), why: "the line is longer than 1 MiB" };
            return Err(ActError::NotCanonical { seq: event.seq, error });
        }
        self.lines.extend_from_slice(&line);
        self.lines.push(b'\n');
        self.ends.push(self.lines.len());
        self.head.frontier.push(tree::leaf_hash(&bytes));
        self.head.chain = ChainHash::of_event(&bytes);
        self.head.at = Some(self.at);
        if event.kind.is_keys_link() {
            self.head.keys = Some(event.seq);
        }
        Ok(())
    }

    /// Closes the act with the signer's seal. `signer` must hold the key the act was begun with.
    pub fn seal(mut self, signer: &dyn Signer) -> Result<SealedAct, ActError> {
        if self.ends.is_empty() {
            return Err(ActError::Size);
        }
        let text = Seal::text_of(&self.head.tree_head(self.origin), self.first, &self.head.chain);
        let signature = signer.sign(text.as_bytes())?;
        let note = Note::sign(text, &seal_key_name(self.origin, &self.by), &self.by, signature);
        self.lines.extend_from_slice(&seal_line(&note.encode()));
        self.lines.push(b'\n');
        Ok(SealedAct { lines: self.lines, ends: self.ends, first: self.first, head: self.head })
    }
}

/// Signs the checkpoint of a head with the ledger key.
pub fn sign_checkpoint(origin: &Origin, head: &Head, ledger_key: &dyn Signer) -> Result<String, SignError> {
    let text = head.tree_head(origin).text();
    let signature = ledger_key.sign(text.as_bytes())?;
    Ok(Note::sign(text, origin.as_str(), &ledger_key.key(), signature).encode())
}
