//! What people and programs see: answers on standard output, errors and progress on standard error.
//!
//! With `--json` an answer is one JSON value and nothing else; sentences for people are left out. Without a
//! terminal there is no progress and no wrapping. A reader that has gone away ends the command quietly.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use serde_json::{Value, json};

use super::Env;
use crate::exchange::{self, Sheet, printable};
use crate::fault::{Fault, FaultKind, Lang, Outcome, fill, message};

/// Code of the fault that ends a command whose reader has gone away.
pub(super) const BROKEN_PIPE: &str = "io.broken_pipe";

/// Refusals shown to people; the rest is counted by the fault that follows.
const REFUSALS_SHOWN: usize = 50;

/// A place to write to, shared by everything that shows something.
pub type Stream = Arc<Mutex<Box<dyn Write + Send>>>;

/// Makes a [`Stream`].
pub fn stream(to: impl Write + Send + 'static) -> Stream {
    Arc::new(Mutex::new(Box::new(to)))
}

/// Shows answers.
pub struct Ui {
    out: Stream,
    err: Stream,
    lang: Lang,
    json: bool,
    width: Option<u16>,
    bars: bool,
    refusals: RefCell<Vec<Refusal>>,
}

/// Why one of many things cannot be done.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// Where it stands, for people: a line of a file, the title of an item.
    pub place: String,
    /// The item, when there is one.
    pub subject: Option<String>,
    /// Why.
    pub fault: Fault,
}

impl Ui {
    /// Shows in `lang`, or as JSON.
    pub fn new(env: &Env, lang: Lang, json: bool) -> Self {
        Self {
            out: env.out.clone(),
            err: env.err.clone(),
            lang,
            json,
            width: env.width,
            bars: env.bars && !json,
            refusals: RefCell::default(),
        }
    }

    /// The language of sentences.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether the answer is to be JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Says a sentence to a person.
    pub fn say(&self, zh: impl AsRef<str>, en: impl AsRef<str>) -> Outcome<()> {
        if self.json {
            return Ok(());
        }
        let said = if self.lang == Lang::Zh { zh.as_ref() } else { en.as_ref() };
        self.raw(format!("{}\n", printable_lines(said)).as_bytes())
    }

    /// Says something beside the answer: on standard error, and not with `--json`.
    pub fn remark(&self, zh: impl AsRef<str>, en: impl AsRef<str>) {
        if !self.json {
            let said = if self.lang == Lang::Zh { zh.as_ref() } else { en.as_ref() };
            self.to_err(&printable_lines(said));
        }
    }

    /// Gives a program its answer; nothing without `--json`.
    pub fn json(&self, answer: &impl Serialize) -> Outcome<()> {
        if !self.json {
            return Ok(());
        }
        let text = serde_json::to_string_pretty(answer);
        let text =
            text.map_err(|error| Fault::machine("io.failed").with("path", "JSON").with("found", error))?;
        self.raw(format!("{text}\n").as_bytes())
    }

    /// Shows a table: to people as lines, to programs as an array of objects.
    pub fn sheet(&self, sheet: &Sheet) -> Outcome<()> {
        let text =
            if self.json { exchange::json(sheet) } else { exchange::terminal(sheet, self.lang, self.width) };
        self.raw(text.as_bytes())
    }

    /// Writes bytes as they are.
    pub fn raw(&self, bytes: &[u8]) -> Outcome<()> {
        let Ok(mut out) = self.out.lock() else { return Ok(()) };
        out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Fault::machine(BROKEN_PIPE),
            _ => Fault::machine("io.failed").with("path", "stdout").with("found", error),
        })
    }

    /// Notes why one of many things cannot be done; shown with the fault that ends the command.
    pub fn refusal(&self, refusal: Refusal) {
        self.refusals.borrow_mut().push(refusal);
    }

    /// Shows why the command did not do it.
    pub fn fault(&self, fault: &Fault) {
        let refusals = self.refusals.take();
        if self.json {
            return self.to_err(&fault_json(fault, &refusals).to_string());
        }
        for refusal in refusals.iter().take(REFUSALS_SHOWN) {
            let text = fault_text(&refusal.fault, self.lang);
            self.to_err(&format!("{}\n  {}", printable(&refusal.place), text.replace('\n', "\n  ")));
        }
        self.to_err(&fault_text(fault, self.lang));
    }

    /// A progress bar over `total` steps; draws nothing unless standard error is a terminal.
    pub fn bar(&self, zh: &'static str, en: &'static str, total: u64) -> ProgressBar {
        let target = if self.bars { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {eta}");
        let bar = ProgressBar::with_draw_target(Some(total), target);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(if self.lang == Lang::Zh { zh } else { en });
        bar
    }

    /// A progress bar over bytes.
    pub fn bytes(&self, zh: &'static str, en: &'static str, total: u64) -> ProgressBar {
        let bar = self.bar(zh, en, total);
        let style = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar
    }

    /// Writes a line to standard error, in whatever form.
    pub(super) fn to_err(&self, text: &str) {
        if let Ok(mut err) = self.err.lock() {
            let _ = writeln!(err, "{text}");
        }
    }
}

/// Line breaks stay; everything else that could act on the terminal does not.
fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

fn fault_text(fault: &Fault, lang: Lang) -> String {
    let (word, sentence) = match lang {
        Lang::Zh => ("错误", fault.says(lang)),
        Lang::En => ("error", fault.says(lang)),
    };
    let mut text = format!("{word} [{}] {}", fault.code, printable_lines(&sentence));
    let next = fault.next(lang);
    if !next.is_empty() {
        text.push_str("\n  → ");
        text.push_str(&printable_lines(&next));
    }
    text
}

fn fault_json(fault: &Fault, refusals: &[Refusal]) -> Value {
    let mut error = fault_object(fault);
    if !refusals.is_empty() {
        let each = |refusal: &Refusal| {
            let mut object = fault_object(&refusal.fault);
            object["place"] = json!(refusal.place);
            object["subject"] = json!(refusal.subject);
            object
        };
        error["refusals"] = refusals.iter().map(each).collect();
    }
    json!({ "error": error })
}

fn fault_object(fault: &Fault) -> Value {
    let kind = match fault.kind {
        FaultKind::Refused => "refused",
        FaultKind::Usage => "usage",
        FaultKind::Machine => "machine",
    };
    json!({
        "code": fault.code, "kind": kind, "args": fault.args,
        "zh": fault.says(Lang::Zh), "en": fault.says(Lang::En),
        "next_zh": fault.next(Lang::Zh), "next_en": fault.next(Lang::En),
    })
}

impl Fault {
    fn sentence(&self, pick: fn(&crate::fault::Message) -> &String) -> String {
        let found = self.given.as_deref().or_else(|| message(self.code));
        found.map_or_else(|| self.code.to_string(), |message| fill(pick(message), &self.args))
    }

    /// What is wrong, in `lang`.
    fn says(&self, lang: Lang) -> String {
        self.sentence(if lang == Lang::Zh { |m| &m.zh } else { |m| &m.en })
    }

    /// What to do next, in `lang`; may be empty.
    fn next(&self, lang: Lang) -> String {
        if self.given.is_none() && message(self.code).is_none() {
            return String::new();
        }
        self.sentence(if lang == Lang::Zh { |m| &m.next_zh } else { |m| &m.next_en })
    }
}
