//! The one error type of the floors above the record, and the bilingual table of its texts.
//!
//! Rules for errors: a fault names a stable code from `messages.json`, the arguments of its sentence, and what
//! kind of trouble it is. It never carries a passphrase, a private key or the body of a closed part.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// What sort of trouble a fault is; the command line derives its exit code from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// A rule refuses it, or verification failed. Exit code 1.
    Refused,
    /// Wrong usage or unreadable input. Exit code 2.
    Usage,
    /// The machine failed: disk, permission, lock. Exit code 3.
    Machine,
}

/// The two languages every text exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// 中文
    #[default]
    Zh,
    /// English
    En,
}

/// One line of the message table: what is wrong, and what to do next.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Message {
    /// Chinese sentence with `{name}` placeholders.
    pub zh: String,
    /// English sentence with the same placeholders.
    pub en: String,
    /// What to do next, in Chinese; may be empty.
    #[serde(default)]
    pub next_zh: String,
    /// What to do next, in English; may be empty.
    #[serde(default)]
    pub next_en: String,
}

static MESSAGES: LazyLock<BTreeMap<String, Message>> =
    LazyLock::new(|| serde_json::from_str(include_str!("messages.json")).unwrap_or_default());

/// Looks a code up in the message table.
pub fn message(code: &str) -> Option<&'static Message> {
    MESSAGES.get(code)
}

/// Every code of the message table.
pub fn codes() -> impl Iterator<Item = &'static str> {
    MESSAGES.keys().map(String::as_str)
}

/// Fills `{name}` placeholders of a sentence; unknown placeholders stay as they are.
pub fn fill(sentence: &str, args: &BTreeMap<&'static str, String>) -> String {
    let mut text = sentence.to_owned();
    for (name, value) in args {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    text
}

/// An error with a stable code, to be shown in either language.
#[derive(Debug, Clone, Serialize)]
pub struct Fault {
    /// Stable code: a key of the message table, or a rule of the rule book.
    pub code: &'static str,
    /// What sort of trouble it is.
    pub kind: FaultKind,
    /// Values for the sentence's placeholders.
    pub args: BTreeMap<&'static str, String>,
    /// The sentence, when it comes from the rule book and not from the message table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<Box<Message>>,
}

/// Result of the floors above the record.
pub type Outcome<T> = Result<T, Fault>;

impl Fault {
    /// A rule refuses it, or verification failed.
    pub fn refused(code: &'static str) -> Self {
        Self::new(code, FaultKind::Refused, None)
    }

    /// Wrong usage or unreadable input.
    pub fn usage(code: &'static str) -> Self {
        Self::new(code, FaultKind::Usage, None)
    }

    /// The machine failed.
    pub fn machine(code: &'static str) -> Self {
        Self::new(code, FaultKind::Machine, None)
    }

    /// The machine failed on `path`; a file that is not there is the user's to name rightly.
    pub fn io(path: impl fmt::Display, error: &std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::NotFound {
            return Self::usage("file.missing").with("path", path);
        }
        Self::machine("io.failed").with("path", path).with("found", error)
    }

    /// A rule of the rule book refuses it; the sentences are already complete.
    pub fn of_law(code: &'static str, sentence: Message) -> Self {
        Self::new(code, FaultKind::Refused, Some(Box::new(sentence)))
    }

    fn new(code: &'static str, kind: FaultKind, given: Option<Box<Message>>) -> Self {
        Self { code, kind, args: BTreeMap::new(), given }
    }

    /// Adds a value for the placeholder `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Self {
        self.args.insert(name, value.to_string());
        self
    }

    /// The sentence, and what to do next, in `lang`.
    pub fn text(&self, lang: Lang) -> String {
        let Some(message) = self.given.as_deref().or_else(|| message(self.code)) else {
            return self.code.to_string();
        };
        let (says, next) = match lang {
            Lang::Zh => (&message.zh, &message.next_zh),
            Lang::En => (&message.en, &message.next_en),
        };
        let says = fill(says, &self.args);
        if next.is_empty() { says } else { format!("{says} {}", fill(next, &self.args)) }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "[{}] {}", self.code, self.text(Lang::En))
    }
}

impl std::error::Error for Fault {}
