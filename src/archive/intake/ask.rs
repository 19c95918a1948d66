//! Whom the intake asks: the judge, who knows packages, and the register, which knows what was decided.

use std::io::{Read, Seek};

use serde::{Deserialize, Serialize};

use crate::archive::store::Key;
use crate::archive::tree::{Landing, Tree};
use crate::fault::Outcome;
use crate::record::TreeHash;

/// A reader that can be wound back, as containers with a directory at their end need it.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// What a package says it is. Nothing of it is believed until the judge has judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claim {
    /// The office, by the origin of its log.
    pub origin: String,
    /// The bag's name.
    pub batch: String,
    /// The fonds.
    pub fonds: String,
    /// The first event of the batch.
    pub from: u64,
    /// The event behind its last.
    pub size: u64,
    /// The digest of its tag manifest: `sha256:<hex>`. Two sound packages with the same one have the same bytes.
    pub manifest: String,
}

/// What the first look at a package gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Look {
    /// Its manifests hold for every byte of it, and this is what it says it is.
    Claims(Claim),
    /// It is refused whatever the archive has; with what there is to read about it.
    Refused(Refusal, Vec<Report>),
}

/// Why a package is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code of the first and gravest finding.
    pub rule: String,
    /// How many findings there are.
    pub findings: u64,
}

/// A file that tells what a check has found; it is kept with the package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// File name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// What judging gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Sound or not.
    pub verdict: Verdict,
    /// What there is to read about it.
    pub reports: Vec<Report>,
}

/// Whether a package is sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing refuses it.
    Sound(Box<Sound>),
    /// Something does.
    Unsound(Refusal),
}

/// What the archive's ledger keeps of a sound batch, besides its claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sound {
    /// The genesis hash its chain begins with.
    pub genesis: String,
    /// Root of the tree at the end of the batch: `sha256:<hex>`.
    pub root: String,
    /// Chain hash of its last event.
    pub head: String,
    /// The key that signs the office's checkpoints there.
    pub ledger_key: String,
    /// The office's checkpoint at the end of the batch, a signed note: what is to be cosigned.
    pub checkpoint: String,
    /// Records (件) in it.
    pub records: u64,
    /// Payload files.
    pub files: u64,
    /// Their bytes.
    pub octets: u64,
    /// Findings that do not refuse it but that a person should see.
    pub warnings: u64,
    /// Where verification of the next batch goes on; the judge's own format.
    pub state: Vec<u8>,
}

/// The checkpoint a package brings, and what the package proves of the tree that it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The signed note, as it came.
    pub note: String,
    /// Roots at sizes that were asked for: each is proved to begin the tree of the note.
    pub roots: Vec<(u64, TreeHash)>,
}

/// Knows packages. Asked from many threads at once.
pub trait Judge: Sync {
    /// Unpacks the original, which came as a file called `name`, with limits and path safety.
    ///
    /// Errors of the kind `Refused` or `Usage` refuse the arrival; others are the machine's.
    fn unpack(&self, name: &str, input: &mut dyn ReadSeek, landing: &mut dyn Landing) -> Outcome<()>;

    /// What can be said of a package by itself: its manifests, and what it claims.
    fn look(&self, tree: &dyn Tree) -> Outcome<Look>;

    /// The whole judgement. `before` is the state that the office's previous batch left; nothing for its first.
    fn judge(&self, tree: &dyn Tree, claim: &Claim, before: Option<&[u8]>) -> Outcome<Judged>;

    /// Whether a package with the name of a held one and other bytes is the same batch all the same: it differs only by
    /// parts that were erased.
    fn same(&self, tree: &dyn Tree, claim: &Claim, held: &Holding, stored: &dyn Tree) -> Outcome<bool>;

    /// The checkpoint that a package shows, and the roots it proves at `sizes`; nothing when it shows none.
    fn shown(&self, _tree: &dyn Tree, _sizes: &[u64]) -> Outcome<Option<Shown>> {
        Ok(None)
    }
}

/// Where the archive has followed an office to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Office {
    /// Its genesis hash.
    pub genesis: String,
    /// The event behind the last accepted one.
    pub size: u64,
    /// Root of the tree there; nothing before the first batch.
    pub root: Option<String>,
    /// The key that signs its checkpoints there; nothing before the first batch.
    pub ledger_key: Option<String>,
    /// Whether batches of it are taken: it was neither closed nor seen to fork.
    pub open: bool,
}

/// What the archive says to an office of a decision; read from the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The first event of the act.
    pub first: u64,
    /// The event behind its last.
    pub end: u64,
    /// The cosigned checkpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A batch the archive has accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// What it was accepted as.
    pub claim: Claim,
    /// Root of the tree at its end.
    pub root: String,
    /// The digest of the original as it came.
    pub original: String,
    /// What the office was told.
    pub receipt: Receipt,
}

impl Holding {
    /// Its object in the store.
    pub fn key(&self) -> Outcome<Key> {
        Key::new(&self.claim.fonds, &self.claim.batch)
    }
}

/// A batch that is to be accepted. Its object is complete and durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acceptance {
    /// What it is.
    pub claim: Claim,
    /// What judging found.
    pub sound: Sound,
    /// The digest of the original as it came.
    pub original: String,
    /// The digest of its object's inventory.
    pub object: String,
    /// The digest of the report that is kept with it.
    pub report: String,
    /// The person who approved it, where one did.
    pub approved: Option<String>,
}

/// An arrival that is to be refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// What it says it is, if that could be read.
    pub claim: Option<Claim>,
    /// The digest of the original as it came.
    pub original: String,
    /// Why.
    pub refusal: Refusal,
    /// Whether it contradicts what the archive holds.
    pub conflict: bool,
    /// The digest of the report that is kept with it.
    pub report: String,
    /// What it shows of its office's log, where that proves a fork.
    pub fork: Option<Fork>,
}

/// Two checkpoints, both signed by the office, of which neither tree begins the other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fork {
    /// The note that the archive has cosigned.
    pub held: String,
    /// The note that was shown now.
    pub shown: String,
}

/// Knows what was decided, and writes it down: the archive's ledger. Asked by one thread at a time.
///
/// [`Register::accept`] and [`Register::reject`] are durable when they return. When they fail it is not known whether the
/// act stands; nothing further is decided until the archive is opened again.
pub trait Register: Send {
    /// An office the archive knows.
    fn office(&mut self, origin: &str) -> Outcome<Option<Office>>;
    /// The holding with this bag name, of whatever office.
    fn holding(&mut self, batch: &str) -> Outcome<Option<Holding>>;
    /// An office's holdings, in the order of its log.
    fn holdings(&mut self, origin: &str) -> Outcome<Vec<Holding>>;
    /// The holding whose original has this digest.
    fn holding_of(&mut self, original: &str) -> Outcome<Option<Holding>>;
    /// What was told of the newest refusal of an original: the rule, and the receipt.
    fn rejection_of(&mut self, original: &str) -> Outcome<Option<(String, Receipt)>>;
    /// Accepts a batch: the commit point.
    fn accept(&mut self, acceptance: &Acceptance) -> Outcome<Receipt>;
    /// Refuses an arrival.
    fn reject(&mut self, rejection: &Rejection) -> Outcome<Receipt>;
}
