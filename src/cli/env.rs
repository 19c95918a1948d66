//! What the command line takes from the process around it.

use std::cell::RefCell;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::clock::{Clock, system_clock};
use super::keystore;
use super::ui::{Stream, stream};
use crate::fault::Lang;
use crate::ledger::{Entropy, OsEntropy};

/// Environment, terminal, clock. [`Env::from_process`] is the only place of the command line that reads them.
pub struct Env {
    /// Key store, passphrase, agent.
    pub keys: keystore::Env,
    /// `ZHAOCE_LEDGER`.
    pub ledger: Option<PathBuf>,
    /// `ZHAOCE_LANG`.
    pub lang: Option<String>,
    /// Where answers go.
    pub out: Stream,
    /// Where errors and progress go.
    pub err: Stream,
    /// Width of the terminal answers go to, in half-width characters; none when they are piped.
    pub width: Option<u16>,
    /// Whether errors go to a terminal, so that a progress bar can be drawn there.
    pub bars: bool,
    /// Civil time of Beijing.
    pub clock: Clock,
    /// Randomness for salts and ids.
    pub entropy: RefCell<Box<dyn Entropy>>,
}

impl Env {
    /// Reads the process.
    pub fn from_process() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let lang = variable("ZHAOCE_LANG").map(|value| value.to_string_lossy().into_owned());
        Self {
            keys: keystore::Env::from_process(Lang::Zh),
            ledger: variable("ZHAOCE_LEDGER").map(PathBuf::from),
            lang,
            out: stream(io::stdout()),
            err: stream(io::stderr()),
            width: terminal_width(),
            bars: io::stderr().is_terminal(),
            clock: system_clock(),
            entropy: RefCell::new(Box::new(OsEntropy)),
        }
    }
}

fn terminal_width() -> Option<u16> {
    io::stdout().is_terminal().then(|| comfy_table::Table::new().width().unwrap_or(100))
}
