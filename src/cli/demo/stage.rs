//! The stage: runs commands as a person would type them, at the times the story wants, and tells what happens.

use std::cell::{Cell, RefCell};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::cli::keystore::{self, Passphrase};
use crate::cli::ui::{Stream, stream};
use crate::cli::{Ctx, Env, Ui};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::OsEntropy;
use crate::record::Moment;

/// Lines of a command's answer that are shown; the rest is counted.
const SHOWN: usize = 12;

pub struct Stage<'a> {
    pub dir: PathBuf,
    ui: &'a Ui,
    lang: Lang,
    now: Rc<Cell<Moment>>,
    step: Cell<u32>,
    pub ctx: &'a Ctx<'a>,
}

/// What a command answered.
pub struct Answer {
    pub code: u8,
    pub text: String,
}

fn moment(text: &str) -> Outcome<Moment> {
    text.parse().map_err(|_| Fault::usage("date.unreadable").with("found", text))
}

/// Keeps what is written to it.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> Stage<'a> {
    pub fn new(dir: &Path, ui: &'a Ui, ctx: &'a Ctx<'a>) -> Outcome<Self> {
        for folder in ["", "in", "out", "bundles"] {
            let path = dir.join(folder);
            std::fs::create_dir_all(&path).map_err(|error| Fault::io(path.display(), &error))?;
        }
        let now = Rc::new(Cell::new(moment("2026-01-05T09:00:00+08:00")?));
        Ok(Self { dir: dir.into(), ui, lang: ui.lang(), now, step: Cell::new(0), ctx })
    }

    /// Begins a scene.
    pub fn scene(&self, at: &str, zh: &str, en: &str) -> Outcome<()> {
        self.now.set(moment(at)?);
        self.step.set(self.step.get() + 1);
        let step = self.step.get();
        self.ui.say(
            format!("\n━━ {step}. {zh}（{}）", self.now.get().day()),
            format!("\n━━ {step}. {en} ({})", self.now.get().day()),
        )
    }

    /// Says something.
    pub fn say(&self, zh: &str, en: &str) -> Outcome<()> {
        self.ui.say(format!("   {zh}"), format!("   {en}"))
    }

    /// Runs a command that must succeed.
    pub fn run(&self, args: &[&str]) -> Outcome<String> {
        self.expect(0, args)
    }

    /// Runs a command that must end with `code`.
    pub fn expect(&self, code: u8, args: &[&str]) -> Outcome<String> {
        let shown: Vec<&str> = args.iter().map(|arg| self.short(arg)).collect();
        self.ui
            .say(format!("   $ zhaoce {}", shown.join(" ")), format!("   $ zhaoce {}", shown.join(" ")))?;
        let answer = self.play(args, &self.dir.join("ledger"));
        for line in answer.text.lines().take(SHOWN) {
            self.ui.say(format!("     {line}"), format!("     {line}"))?;
        }
        let more = answer.text.lines().count().saturating_sub(SHOWN);
        if more > 0 {
            self.ui.say(format!("     ……另有 {more} 行"), format!("     … and {more} more lines"))?;
        }
        self.as_planned(code, &answer, args)?;
        Ok(answer.text)
    }

    /// Runs a command on another folder than the ledger's, told like any other.
    pub fn expect_at(&self, code: u8, ledger: &Path, args: &[&str]) -> Outcome<()> {
        let shown: Vec<&str> = args.iter().map(|arg| self.short(arg)).collect();
        let at = self.short(ledger.to_str().unwrap_or_default()).to_owned();
        let line = format!("   $ zhaoce --ledger {at} {}", shown.join(" "));
        self.ui.say(&line, &line)?;
        let answer = self.play(args, ledger);
        for line in answer.text.lines().take(SHOWN) {
            self.ui.say(format!("     {line}"), format!("     {line}"))?;
        }
        self.as_planned(code, &answer, args)
    }

    /// Asks for a JSON answer, untold.
    pub fn ask(&self, args: &[&str]) -> Outcome<Value> {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let answer = self.play(&args, &self.dir.join("ledger"));
        self.as_planned(0, &answer, &args)?;
        serde_json::from_str(&answer.text).map_err(|error| Fault::machine("demo.astray").with("found", error))
    }

    fn as_planned(&self, code: u8, answer: &Answer, args: &[&str]) -> Outcome<()> {
        if answer.code == code {
            return Ok(());
        }
        Err(Fault::machine("demo.astray")
            .with("found", format!("{} → {}: {}", args.join(" "), answer.code, answer.text)))
    }

    /// The path as the story shows it: below the demo's folder.
    fn short<'s>(&self, arg: &'s str) -> &'s str {
        arg.strip_prefix(self.dir.to_str().unwrap_or_default())
            .map_or(arg, |rest| rest.trim_start_matches('/'))
    }

    /// Runs a command a minute later, at the demo's own clock, with the demo's own keys.
    fn play(&self, args: &[&str], ledger: &Path) -> Answer {
        if let Some(later) = Moment::from_unix(self.now.get().unix() + 60) {
            self.now.set(later);
        }
        let kept = Kept::default();
        let out: Stream = stream(kept.clone());
        let clock = Rc::clone(&self.now);
        let lang = if self.lang == Lang::Zh { "zh" } else { "en" };
        let env = Env {
            keys: keystore::Env {
                home: Some(self.dir.join("home")),
                passphrase: Some(Passphrase::from_bytes(b"demo".to_vec())),
                lang: self.lang,
                ..keystore::Env::default()
            },
            ledger: Some(ledger.to_owned()),
            lang: Some(lang.to_owned()),
            out: out.clone(),
            err: out,
            width: Some(120),
            bars: false,
            clock: Box::new(move || Ok(clock.get())),
            entropy: RefCell::new(Box::new(OsEntropy)),
        };
        let line = ["zhaoce", "--confirm-clock"].iter().chain(args).map(std::ffi::OsString::from);
        let code = crate::cli::run(line, env);
        let bytes = kept.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        Answer { code, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}
