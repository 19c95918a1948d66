//! The first look at a package or a bundle: what it says it is, and whether it is the one or the other.

use std::io::{BufRead, Read, Seek};

use crate::bundle::meta::Meta;
use crate::bundle::package::derive::EVIDENCE;
use crate::bundle::package::{Form, Input, Landing, Limits, PackagePath, Tree, unpack};
use crate::bundle::{BagReader, Payload};
use crate::fault::{Fault, Outcome};
use crate::record::Checkpoint;

/// Longest `bundle.json` or checkpoint that is read, in bytes.
const SMALL: u64 = 1 << 20;
/// Ends reading when everything is known; nobody is shown it.
const ENOUGH: &str = "io.broken_pipe";

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A package for an archive.
    Package,
    /// An ordinary bundle.
    Bundle,
}

/// What a package or a bundle says of itself.
#[derive(Debug, Clone)]
pub struct Look {
    /// What it is.
    pub kind: Kind,
    /// Of which ledger, from where to where.
    pub meta: Meta,
    /// The checkpoint it carries, when it can be read and is about the same tree.
    pub checkpoint: Option<Checkpoint>,
}

fn nothing(found: &str) -> Fault {
    Fault::refused("bundle.no_meta").with("found", found)
}

fn evidence(name: &str) -> String {
    format!("data/{EVIDENCE}/{name}")
}

/// The two small files that tell.
#[derive(Default)]
struct Small {
    meta: Option<Vec<u8>>,
    checkpoint: Option<Vec<u8>>,
}

impl Small {
    fn is_whole(&self) -> bool {
        self.meta.is_some() && self.checkpoint.is_some()
    }

    fn look(self, kind: Kind) -> Outcome<Look> {
        let meta = Meta::parse(&self.meta.ok_or_else(|| nothing("bundle.json"))?)?;
        let note = self.checkpoint.and_then(|bytes| String::from_utf8(bytes).ok());
        let checkpoint = note.and_then(|note| Checkpoint::parse(&note).ok()).filter(|shown| {
            (&shown.head.origin, shown.head.size, shown.head.root) == (&meta.origin, meta.size, meta.root)
        });
        Ok(Look { kind, meta, checkpoint })
    }
}

/// What a package says whose tree is at hand.
pub(super) fn of_tree(tree: &dyn Tree) -> Outcome<Look> {
    let read = |name: &str| {
        let path = evidence(name);
        tree.find(&path).map(|_| tree.read(&path, SMALL)).transpose()
    };
    Small { meta: read("bundle.json")?, checkpoint: read("checkpoint")? }.look(Kind::Package)
}

/// Whether a file is a package or a bundle, by its content: payload paths of a bundle are ASCII, and the first one of a
/// package, whatever its fonds is called, is not.
pub fn kind_of<R: Read + Seek>(file: R) -> Outcome<Kind> {
    let input = Input::sniff(file)?;
    if input.form() == Form::Zip {
        return Ok(Kind::Package);
    }
    let mut peek = Peek { first_only: true, ..Peek::default() };
    // What refuses it before the first file is told by whoever reads it next.
    let _ = unpack(input, &Limits::default(), &mut peek);
    Ok(if peek.package { Kind::Package } else { Kind::Bundle })
}

/// What a file says that is a package or a bundle.
pub(super) fn of_file<R: Read + Seek>(kind: Kind, file: R) -> Outcome<Look> {
    if kind == Kind::Bundle {
        return of_bundle(file);
    }
    let mut peek = Peek::default();
    let unpacked = unpack(Input::sniff(file)?, &Limits::default(), &mut peek);
    match unpacked {
        Err(fault) if !peek.small.is_whole() => Err(fault),
        _ => peek.small.look(Kind::Package),
    }
}

fn of_bundle<R: Read>(file: R) -> Outcome<Look> {
    let mut small = Small::default();
    let mut visit = |payload: &Payload<'_>, content: &mut dyn BufRead| {
        let into = match payload.path {
            "bundle.json" => &mut small.meta,
            "checkpoint" => &mut small.checkpoint,
            _ => return Err(Fault::machine(ENOUGH)),
        };
        let mut bytes = Vec::new();
        // What ends early is in the container's report, when it is verified.
        let _ = content.take(SMALL).read_to_end(&mut bytes);
        *into = Some(bytes);
        Ok(())
    };
    match BagReader::zstd(file)?.read(&mut visit) {
        Err(fault) if fault.code != ENOUGH => Err(fault),
        Ok(bag) if small.meta.is_none() => {
            let found = bag.findings.list().first().map(|finding| finding.text(crate::fault::Lang::En));
            Err(nothing(found.as_deref().unwrap_or("bundle.json")))
        }
        _ => small.look(Kind::Bundle),
    }
}

/// Keeps the small files of a package that is unpacked, and ends when it has them.
#[derive(Default)]
struct Peek {
    first_only: bool,
    package: bool,
    small: Small,
    open: Option<(bool, Vec<u8>)>,
}

impl Landing for Peek {
    fn begin(&mut self, path: &PackagePath, size: u64) -> Outcome<()> {
        let path = path.as_str();
        if self.first_only && path.starts_with("data/") {
            self.package = !path.is_ascii();
            return Err(Fault::machine(ENOUGH));
        }
        let (meta, checkpoint) = (path == evidence("bundle.json"), path == evidence("checkpoint"));
        self.open = ((meta || checkpoint) && size <= SMALL).then(|| (meta, Vec::new()));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        if let Some((_, content)) = &mut self.open {
            content.extend_from_slice(bytes);
        }
        Ok(())
    }

    fn end(&mut self) -> Outcome<()> {
        match self.open.take() {
            Some((true, content)) => self.small.meta = Some(content),
            Some((false, content)) => self.small.checkpoint = Some(content),
            None => {}
        }
        if self.small.is_whole() { Err(Fault::machine(ENOUGH)) } else { Ok(()) }
    }
}
