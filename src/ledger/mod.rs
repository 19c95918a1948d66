//! Floor 5: the one way to write, and to open a ledger.
//!
//! Every command goes through [`Ledger`]: it folds what an act needs from the subject's events, asks the rule book,
//! seals, appends, and lets the views follow. It knows no particular kind of event but the one that erases.

mod commit;
mod erase;
mod found;
mod info;
mod notices;
mod receipts;
mod session;
mod verify;
mod wish;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use commit::Receipt;
pub use found::{FirstKey, Founding};
pub use info::{FILE, Info};
pub use notices::is_damage;
pub use receipts::Grown;
pub use session::Index;
pub use verify::{Verified, info_of, verify_dir, verify_whole};
pub use wish::Wish;

use crate::fault::{Fault, Outcome};
use crate::log::{Log, LogReader, OpenReport, OsDisk, Settings};
use crate::record::act::{Head, sign_checkpoint};
use crate::record::{ChainHash, KeyId, Signer, Subject};
use crate::rules::{Books, Replay};
use crate::views::Views;
use session::Session;

/// Randomness, given in: salts and ids come from it.
pub trait Entropy {
    /// Fills `bytes` with random bytes.
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()>;
}

/// The operating system's randomness.
#[derive(Debug, Default, Clone, Copy)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        getrandom::fill(bytes).map_err(|error| Fault::machine("entropy.failed").with("found", error))
    }
}

/// A fresh subject `class/…`.
pub fn fresh_subject(class: &str, entropy: &mut dyn Entropy) -> Outcome<Subject> {
    let mut bits = [0; 10];
    entropy.fill(&mut bits)?;
    Subject::random(class, bits).map_err(|error| Fault::usage("event.kind").with("found", error))
}

/// What a ledger is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading: any number at any time.
    Read,
    /// Writing: one at a time; takes the lock and puts in order what a crash left.
    Write,
}

/// An open ledger.
pub struct Ledger {
    dir: PathBuf,
    info: Info,
    books: Arc<Books>,
    reader: LogReader,
    log: Option<Log>,
    views: Views,
    head: Head,
    session: Option<Session>,
    opened: Option<OpenReport>,
    notices: Vec<Fault>,
}

/// How the log of this ledger is opened.
pub fn settings(info: &Info) -> Settings {
    let note = format!("{} pid {}", info.origin, std::process::id());
    Settings::new(ChainHash::of_origin(info.origin.as_str()), note)
}

impl Ledger {
    /// Opens the ledger in `dir`.
    ///
    /// For reading, what can be read of a damaged log is shown; see [`Ledger::notices`].
    ///
    /// Errors: `ledger.missing`, `ledger.info`; for writing `log.locked`, `log.damaged`, `log.rolled_back`, `log.forked`,
    /// `views.rollback`; the machine.
    pub fn open(dir: &Path, access: Access) -> Outcome<Self> {
        Self::open_with(dir, info_of(dir)?, access)
    }

    fn open_with(dir: &Path, info: Info, access: Access) -> Outcome<Self> {
        let disk = Arc::new(OsDisk::new(dir));
        let (log, reader, opened, mut notices) = match access {
            Access::Read => {
                let (reader, report) = LogReader::open(disk, &settings(&info))?;
                (None, reader, None, notices::of_reading(&report))
            }
            Access::Write => {
                let (log, report) = Log::open(disk, settings(&info), None)?;
                let reader = log.reader();
                let notices = notices::of_writing(&report);
                (Some(log), reader, Some(report), notices)
            }
        };
        let books = Arc::new(Books::built_in()?);
        let views = Views::open(dir, &reader, &info.origin, &books)?;
        if access == Access::Write {
            views.allow_writing()?;
        }
        notices.extend(notices::of_views(&views.condition()));
        let head = views.head()?.unwrap_or_else(|| Head::at_origin(&info.origin));
        if log.as_ref().is_some_and(|log| log.position() != commit::position(&head)) {
            return Err(Fault::machine("ledger.index_wrong").with("found", "head").with("seq", head.size()));
        }
        let mut ledger =
            Self { dir: dir.into(), info, books, reader, log, views, head, session: None, opened, notices };
        ledger.finish_erasures()?;
        Ok(ledger)
    }

    /// What the ledger says of itself.
    pub fn info(&self) -> &Info {
        &self.info
    }

    /// The directory it stands in.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Where the log stands.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The index and projections.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// The log, for reading.
    pub fn log(&self) -> &LogReader {
        &self.reader
    }

    /// The editions of the rule book this program knows.
    pub fn books(&self) -> &Arc<Books> {
        &self.books
    }

    /// What opening for writing had to put in order.
    pub fn opened(&self) -> Option<&OpenReport> {
        self.opened.as_ref()
    }

    /// What was out of order and has been got over since this was asked last: damage to the log that was read around, an
    /// index that was set aside or fell behind, an act that a crash tore. To be told loudly.
    pub fn notices(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.notices)
    }

    /// The office's law state: persons, keys, policy, edition. Folded from events; of a damaged log that is open for
    /// reading only, as the views have it.
    pub fn office(&mut self) -> Outcome<&crate::rules::State> {
        let session = match self.session_about(&[]) {
            Err(fault) if self.log.is_none() && notices::is_damage(&fault) => {
                let law = self.views.ask(&self.reader, |query| Ok(query.office().law.clone()))?;
                self.notices.push(fault);
                Session::shown(Replay::resume(self.books.clone(), law))
            }
            session => session?,
        };
        Ok(self.session.insert(session).law.state())
    }

    /// Who holds `key`, if it is enrolled.
    pub fn holder(&mut self, key: &KeyId) -> Outcome<Option<Subject>> {
        let holder = self.office()?.office.keys.get(key).map(|key| key.holder.to_string());
        Ok(holder.and_then(|holder| holder.parse().ok()))
    }

    /// The event whose open part of `subject` is in force, if something of it is public.
    pub fn open_in_force(&mut self, subject: &Subject) -> Outcome<Option<u64>> {
        let session = self.session_about(std::slice::from_ref(subject))?;
        Ok(crate::record::Law::open_in_force(&self.session.insert(session).law, subject))
    }

    /// A checkpoint of everything acknowledged so far, signed by the ledger key. The log's mark is made durable
    /// first: what is shown outside is never taken back.
    pub fn checkpoint(&mut self, ledger_key: &dyn Signer) -> Outcome<String> {
        let enrolled = self.ledger_key()?;
        if enrolled != Some(ledger_key.key()) {
            let expected = enrolled.map_or_else(|| "none".into(), |key| key.to_string());
            let fault = Fault::refused("ledger.not_ledger_key").with("expected", expected);
            return Err(fault.with("found", ledger_key.key()));
        }
        if let Some(log) = &self.log {
            log.pin()?;
        }
        sign_checkpoint(&self.info.origin, &self.head, ledger_key)
            .map_err(|error| Fault::machine(error.code()).with("found", error))
    }

    /// The key that signs checkpoints.
    pub fn ledger_key(&mut self) -> Outcome<Option<KeyId>> {
        let session = self.session_about(&[])?;
        let session = self.session.insert(session);
        Ok(crate::record::Law::ledger_key(&session.law))
    }

    fn fresh_law(&self) -> Replay {
        Replay::new(self.books.clone(), self.info.origin.clone())
    }
}
