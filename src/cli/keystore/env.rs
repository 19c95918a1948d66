//! What key custody takes from the process around it, read once; everything else gets it as a parameter.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::PathBuf;

use super::Passphrase;
use crate::fault::Lang;

/// Shows a prompt on the terminal and reads one line without echo.
pub type Ask = Box<dyn Fn(&str) -> io::Result<String>>;

/// Environment and terminal. Holds a passphrase, hence no `Debug`.
#[derive(Default)]
pub struct Env {
    /// `ZHAOCE_HOME`.
    pub home: Option<PathBuf>,
    /// `XDG_CONFIG_HOME`, when absolute (the XDG specification ignores it otherwise).
    pub config_home: Option<PathBuf>,
    /// `HOME`.
    pub user_home: Option<PathBuf>,
    /// `ZHAOCE_PASSPHRASE`.
    pub passphrase: Option<Passphrase>,
    /// `SSH_AUTH_SOCK`: socket of the user's key agent.
    pub agent: Option<PathBuf>,
    /// How to ask for a passphrase; `None` without a terminal, and then nothing prompts.
    pub ask: Option<Ask>,
    /// Language of prompts.
    pub lang: Lang,
}

impl Env {
    /// Reads the process: the only place of key custody that does. An empty variable counts as unset.
    pub fn from_process(lang: Lang) -> Self {
        let path = |name| variable(name).map(PathBuf::from);
        Self {
            home: path("ZHAOCE_HOME"),
            config_home: path("XDG_CONFIG_HOME").filter(|path| path.is_absolute()),
            user_home: path("HOME"),
            passphrase: variable("ZHAOCE_PASSPHRASE").map(|value| Passphrase::from_bytes(bytes(value))),
            agent: path("SSH_AUTH_SOCK"),
            ask: terminal(),
            lang,
        }
    }
}

fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

#[cfg(unix)]
fn bytes(value: OsString) -> Vec<u8> {
    std::os::unix::ffi::OsStringExt::into_vec(value)
}

/// Elsewhere no key is used, see [`super::private`].
#[cfg(not(unix))]
fn bytes(value: OsString) -> Vec<u8> {
    value.to_string_lossy().into_owned().into_bytes()
}

/// A terminal to ask on. With input from a pipe or file nobody is there to answer, even if `/dev/tty` opens.
fn terminal() -> Option<Ask> {
    let there = io::stdin().is_terminal() && io::stderr().is_terminal();
    there.then(|| Box::new(|prompt: &str| rpassword::prompt_password(prompt)) as Ask)
}
