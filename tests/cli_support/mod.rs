//! A desk for tests of the command line: commands run in this process with a clock, randomness and streams of their own.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::cell::{Cell, RefCell};
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::{Arc, Mutex, OnceLock};

use serde_json::Value;
use zhaoce::cli::keystore::{self, Passphrase};
use zhaoce::cli::{Env, stream};
use zhaoce::fault::{Lang, Outcome};
use zhaoce::ledger::Entropy;
use zhaoce::record::Moment;

/// Bytes that look random and are the same every time.
struct Counted(u64);

impl Entropy for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Outcome<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Kept {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What a command said.
pub struct Ran {
    pub code: u8,
    pub out: String,
    pub err: String,
}

/// A folder with a ledger in it, perhaps, and a clock.
pub struct Desk {
    pub folder: tempfile::TempDir,
    now: Rc<Cell<Moment>>,
    runs: Cell<u64>,
}

impl Desk {
    /// An empty folder on 5 January 2026 at nine.
    pub fn empty() -> Self {
        let now = Rc::new(Cell::new("2026-01-05T09:00:00+08:00".parse().unwrap()));
        Self { folder: tempfile::tempdir().unwrap(), now, runs: Cell::new(1) }
    }

    /// An office of three: 王主任 审签 and 管理, 李审查 保密审查, 赵承办 承办, 发布 and 档案. Made once and copied.
    pub fn office() -> Self {
        static MADE: OnceLock<(tempfile::TempDir, u64, Moment)> = OnceLock::new();
        let (folder, runs, now) = MADE.get_or_init(|| {
            let desk = Self::make_office();
            (desk.folder, desk.runs.get(), desk.now.get())
        });
        let desk = Self::empty();
        copy(folder.path(), desk.folder.path());
        desk.runs.set(*runs);
        desk.now.set(*now);
        desk
    }

    fn make_office() -> Self {
        let desk = Self::empty();
        desk.ok(&[
            "--as",
            "王主任",
            "ledger",
            "init",
            "--origin",
            "demo.gov.cn/xxgk",
            "--office",
            "示例县办公室",
            "--admin",
            "王主任",
            "--roles",
            "管理,审签",
        ]);
        desk.ok(&["key", "new", "李审查"]);
        desk.ok(&["key", "new", "赵承办"]);
        desk.ok(&["--as", "王主任", "key", "enrol", "李审查", "--roles", "保密审查"]);
        desk.ok(&["--as", "王主任", "key", "enrol", "赵承办", "--roles", "承办,发布,档案"]);
        desk
    }

    /// The commands of this desk draw what no desk before drew after fewer than `runs` commands.
    pub fn skip(&self, runs: u64) -> &Self {
        self.runs.set(self.runs.get() + runs);
        self
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str, text: &str) -> String {
        std::fs::write(self.path(name), text).unwrap();
        self.name(name)
    }

    pub fn name(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    /// Sets the clock.
    pub fn at(&self, moment: &str) -> &Self {
        self.now.set(moment.parse().unwrap());
        self
    }

    /// Runs a command as it would be typed.
    pub fn run(&self, args: &[&str]) -> Ran {
        let (out, err) = (Kept::default(), Kept::default());
        let run = self.runs.replace(self.runs.get() + 1);
        // Each command happens a second after the one before.
        self.now.set(Moment::from_unix(self.now.get().unix() + 1).unwrap());
        let now = self.now.clone();
        let env = Env {
            keys: keystore::Env {
                home: Some(self.path("home")),
                passphrase: Some(Passphrase::from_bytes(b"correct horse".to_vec())),
                lang: Lang::Zh,
                ..keystore::Env::default()
            },
            ledger: Some(self.path("ledger")),
            lang: None,
            out: stream(out.clone()),
            err: stream(err.clone()),
            width: None,
            bars: false,
            clock: Box::new(move || Ok(now.get())),
            entropy: RefCell::new(Box::new(Counted(run * 7919))),
        };
        let args = std::iter::once("zhaoce").chain(args.iter().copied()).map(OsString::from);
        let code = zhaoce::cli::run(args, env);
        Ran { code, out: out.text(), err: err.text() }
    }

    /// Runs a command that must succeed; gives what it said.
    pub fn ok(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "{args:?}\n{}\n{}", ran.out, ran.err);
        assert_eq!(ran.err, "", "{args:?}");
        ran.out
    }

    /// Runs a command that must fail with `code`; gives the error.
    pub fn fails(&self, code: u8, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "{args:?}\n{}\n{}", ran.out, ran.err);
        assert_ne!(ran.err, "", "{args:?}");
        ran.err
    }

    /// Runs a command with `--json`; its answer must be one JSON value.
    pub fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        let out = self.ok(&args);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{args:?}: {error}\n{out}"))
    }

    /// What is the same in every run: keys, digests, notes and folders are put out of sight.
    pub fn plain(&self, text: &str) -> String {
        let text = text.replace(self.folder.path().to_str().unwrap(), "<dir>");
        hide(&hide(&text, 40, |c| c.is_ascii_alphanumeric() || "+/=".contains(c)), 32, |c| {
            c.is_ascii_hexdigit()
        })
    }

    /// Changes a CSV file that was exported: `edit` gets each row as column → cell.
    pub fn fill(
        &self,
        from: &str,
        to: &str,
        edit: impl Fn(&mut std::collections::BTreeMap<String, String>),
    ) -> String {
        let text = std::fs::read(self.path(from)).unwrap();
        let mut reader = csv::Reader::from_reader(text.strip_prefix(b"\xef\xbb\xbf").unwrap());
        let header = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_path(self.path(to)).unwrap();
        writer.write_record(&header).unwrap();
        for record in reader.records() {
            let record = record.unwrap();
            let mut row = header.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
            edit(&mut row);
            writer.write_record(header.iter().map(|name| row[name].as_str())).unwrap();
        }
        writer.flush().unwrap();
        self.name(to)
    }
}

/// Replaces runs of at least `least` characters that `of` admits; ids of subjects stay.
fn hide(text: &str, least: usize, of: impl Fn(char) -> bool) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    for c in text.chars().chain(['\0']) {
        if of(c) {
            run.push(c);
            continue;
        }
        out.push_str(if run.len() >= least { "<…>" } else { &run });
        run.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

/// Copies a folder; modes stay, since key files that others can read are refused.
pub fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            std::fs::create_dir(&target).unwrap();
            std::fs::set_permissions(&target, path.metadata().unwrap().permissions()).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Copies a folder to a place where there is none yet.
pub fn copy_into(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    copy(from, to);
}

/// Reads a file of the desk.
pub fn read(path: &Path) -> String {
    String::from_utf8(std::fs::read(path).unwrap()).unwrap()
}
