//! What a verb works with: the ledger, the signer, the time.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::PoisonError;

use super::Env;
use super::args::Globals;
use super::keystore::{KeyName, Keystore, PassphraseFrom};
use crate::fault::{Fault, FaultKind, Lang, Outcome};
use crate::ledger::{Access, Ledger, fresh_subject};
use crate::record::{Day, Moment, Subject};

/// The global options, and the process around the command.
pub struct Ctx<'a> {
    /// Global options.
    pub globals: &'a Globals,
    /// The process.
    pub env: &'a Env,
}

impl<'a> Ctx<'a> {
    /// The context of one command.
    pub fn new(globals: &'a Globals, env: &'a Env) -> Self {
        Self { globals, env }
    }

    /// Tells a notice on standard error, a warning where something is wrong with the ledger itself. A reader that has
    /// gone away misses it and nothing else.
    pub fn notice(&self, fault: &Fault) {
        let english = matches!(self.globals.lang, Some(super::args::Language::En))
            || self.globals.lang.is_none() && self.env.lang.as_deref() == Some("en");
        let lang = if english { Lang::En } else { Lang::Zh };
        let mut err = self.env.err.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = writeln!(
            err,
            "{} [{}] {}",
            match (fault.kind == FaultKind::Refused, english) {
                (true, true) => "warning",
                (true, false) => "警告",
                (false, true) => "notice",
                (false, false) => "提示",
            },
            fault.code,
            fault.text(lang)
        );
    }

    /// What the clock says now.
    pub fn now(&self) -> Outcome<Moment> {
        (self.env.clock)()
    }

    /// A fresh subject `class/…`.
    pub fn fresh(&self, class: &str) -> Outcome<Subject> {
        fresh_subject(class, self.env.entropy.borrow_mut().as_mut())
    }

    /// Opens the ledger for reading. What cannot be read of it is told, and the rest answers.
    pub fn read(&self) -> Outcome<Ledger> {
        let mut ledger = Ledger::open(&self.ledger_dir()?, Access::Read)?;
        self.tell(&mut ledger);
        Ok(ledger)
    }

    /// Tells what was out of order in the ledger, on standard error, whatever the answer's form.
    pub fn tell(&self, ledger: &mut Ledger) {
        ledger.notices().iter().for_each(|fault| self.notice(fault));
    }

    /// Today in Beijing.
    pub fn today(&self) -> Outcome<Day> {
        self.now().map(Moment::day)
    }

    /// The user's keys.
    pub fn keystore(&self) -> Outcome<Keystore> {
        Keystore::of(&self.env.keys)
    }

    /// Where a passphrase comes from.
    pub fn passphrase(&self) -> PassphraseFrom<'a> {
        PassphraseFrom { env: &self.env.keys, file: self.globals.passphrase_file.as_deref() }
    }

    /// The name given with `--as`, if any.
    pub fn as_name(&self) -> Outcome<Option<KeyName>> {
        self.globals.signer.as_deref().map(KeyName::parse).transpose()
    }

    /// A name given on its own or with `--as`.
    pub fn name_or(&self, name: Option<&str>) -> Outcome<KeyName> {
        match name {
            Some(name) => KeyName::parse(name),
            None => self.as_name()?.ok_or_else(|| Fault::usage("signer.not_named").with("expected", "NAME")),
        }
    }

    /// The ledger's folder: `--ledger`, else `ZHAOCE_LEDGER`.
    pub fn ledger_dir(&self) -> Outcome<PathBuf> {
        let named = self.globals.ledger.clone().or_else(|| self.env.ledger.clone());
        named.ok_or_else(|| Fault::usage("ledger.not_named"))
    }
}
