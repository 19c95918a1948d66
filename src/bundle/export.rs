//! Exporting a bundle: one pass that verifies the log and derives the lists, one that copies the lines.

use std::collections::BTreeSet;

use super::derived::{Deriving, Texts, to_file};
use super::meta::{CHECKPOINT, CONSISTENCY, Consistency, META, Meta, SizedRoot, Start, VERIFY};
use super::{BagHead, BagWriter, PayloadPath, Sink};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::log::{LineKind, LogLine, LogReader};
use crate::record::event::{Line, RawEventLine, event_line};
use crate::record::tree::{self, Frontier, Nodes};
use crate::record::verify::{Copy, Verifier};
use crate::record::{Checkpoint, Class, Law, Moment, PartName, Report, TreeHash};
use crate::rules::Replay;

/// Bytes of events that go into one file, about.
const EVENTS_FILE: usize = 8 << 20;

/// What to export.
pub struct Export<'a> {
    /// Which parts.
    pub edition: Copy,
    /// First event; must begin an act.
    pub from: u64,
    /// The checkpoint at the ledger's present size, signed by the ledger key.
    pub checkpoint: &'a str,
    /// A checkpoint that was shown earlier, to prove consistency with.
    pub previous: Option<Checkpoint>,
}

/// The log, verified and derived from, ready to be written as a bag.
pub struct Prepared<'a> {
    log: LogReader,
    export: Export<'a>,
    meta: Meta,
    at: Moment,
    deriving: Deriving,
    consistency: Option<Consistency>,
    erased: Erased,
}

/// Parts that are recorded as erased and still stand in the log: a crash came between. They do not leave it.
type Erased = BTreeSet<(u64, PartName)>;

/// Verifies the ledger and derives what the bundle ships.
///
/// Errors: `bundle.unsound` when the log has an integrity finding; `bundle.from` when no act begins there;
/// `bundle.checkpoint` when the checkpoint is not of the present state; the machine.
pub fn prepare<'a>(ledger: &Ledger, export: Export<'a>, seen: &mut dyn FnMut(u64)) -> Outcome<Prepared<'a>> {
    let law = Replay::new(ledger.books().clone(), ledger.info().origin.clone());
    let mut verifier =
        Verifier::new(ledger.trust(Vec::new()), Copy::Full, Deriving::new(law, Texts::default()));
    let erased: Erased = ledger.views().erasures()?.into_iter().collect();
    let mut start = Boundary::new(export.from, export.from > 0 || export.previous.is_some());
    for line in ledger.log().lines(0)?.strict() {
        let line = without(&erased, line?)?;
        start.see(&line.bytes, line.kind, line.seq)?;
        verifier.push(&line.bytes);
        verifier.push(b"\n");
        if line.kind == LineKind::Seal {
            seen(line.seq);
        }
    }
    let (report, chain, deriving) = verifier.finish();
    if let Some(finding) = report.findings.iter().find(|finding| finding.class == Class::Integrity) {
        return Err(Fault::refused("bundle.unsound").with("found", &finding.code));
    }
    let at = chain.head.at.ok_or_else(|| Fault::refused("bundle.unsound").with("found", "log.empty"))?;
    check_checkpoint(export.checkpoint, &report)?;
    let meta = Meta {
        edition: export.edition,
        format: 1,
        from: export.from,
        genesis: ledger.info().genesis,
        head: report.head,
        origin: report.origin.clone(),
        root: report.root,
        size: report.size,
        start: start.found(report.size)?,
    };
    let consistency = consistency(&export, &meta, &start.leaves)?;
    Ok(Prepared { log: ledger.log().clone(), export, meta, at, deriving, consistency, erased })
}

fn check_checkpoint(note: &str, report: &Report) -> Outcome<()> {
    let checkpoint = Checkpoint::parse(note).map_err(|e| Fault::usage("checkpoint.form").with("found", e))?;
    let head = checkpoint.head;
    if (head.size, head.root, &head.origin) == (report.size, report.root, &report.origin) {
        return Ok(());
    }
    Err(Fault::refused("bundle.checkpoint").with("expected", report.size).with("found", head.size))
}

/// Finds where the bundle begins, and keeps the leaves for the consistency proof.
struct Boundary {
    from: u64,
    frontier: Frontier,
    keep: bool,
    leaves: Vec<TreeHash>,
    start: Option<Start>,
}

impl Boundary {
    fn new(from: u64, keep: bool) -> Self {
        Self { from, frontier: Frontier::default(), keep, leaves: Vec::new(), start: None }
    }

    fn see(&mut self, line: &[u8], kind: LineKind, seq: u64) -> Outcome<()> {
        match kind {
            LineKind::Event if self.keep => {
                let raw = read_event(line, seq)?;
                let leaf = tree::leaf_hash(raw.event_bytes());
                self.frontier.push(leaf);
                self.leaves.push(leaf);
            }
            _ if self.from > 0 && self.frontier.size() == self.from => {
                let head =
                    crate::record::Seal::parse(&seal_note(line, seq)?).map_err(|e| unreadable(seq, &e))?.last;
                self.start = Some(Start { frontier: self.frontier.hashes().to_vec(), head });
            }
            _ => {}
        }
        Ok(())
    }

    fn found(&mut self, size: u64) -> Outcome<Option<Start>> {
        if self.from == 0 {
            return Ok(None);
        }
        let start = self.start.take().filter(|_| self.from < size);
        start
            .map(Some)
            .ok_or_else(|| Fault::usage("bundle.from").with("found", self.from).with("expected", size))
    }
}

/// The line without the parts that are erased.
fn without(erased: &Erased, mut line: LogLine) -> Outcome<LogLine> {
    let seq = line.seq;
    if line.kind == LineKind::Event && PartName::ALL.iter().any(|name| erased.contains(&(seq, *name))) {
        let raw = read_event(&line.bytes, seq)?;
        let kept = raw.parts.iter().filter(|(name, _)| !erased.contains(&(seq, **name)));
        line.bytes = event_line(raw.event_bytes(), kept.map(|(name, body)| (*name, body.get().as_bytes())));
    }
    Ok(line)
}

fn unreadable(seq: u64, found: &dyn ToString) -> Fault {
    Fault::machine("ledger.unreadable_event").with("seq", seq).with("found", found.to_string())
}

fn read_event(line: &[u8], seq: u64) -> Outcome<RawEventLine<'_>> {
    match Line::parse(line).map_err(|e| unreadable(seq, &e))? {
        Line::Event(raw) => Ok(raw),
        _ => Err(unreadable(seq, &"not an event")),
    }
}

/// The note in a seal line.
pub(super) fn seal_note(line: &[u8], seq: u64) -> Outcome<String> {
    match Line::parse(line).map_err(|e| unreadable(seq, &e))? {
        Line::Seal(note) => Ok(note),
        _ => Err(unreadable(seq, &"not a seal")),
    }
}

/// Complete subtrees, hashed from leaves that are at hand.
struct Leaves<'a>(&'a [TreeHash]);

impl Nodes for Leaves<'_> {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        let missing = || unreadable(index, &"no such leaf");
        let (from, to) = ((index << height) as usize, ((index + 1) << height) as usize);
        let leaves = self.0.get(from..to).ok_or_else(missing)?;
        let mut frontier = Frontier::default();
        leaves.iter().for_each(|leaf| frontier.push(*leaf));
        Ok(frontier.root())
    }
}

/// From the previous checkpoint, or from where the bundle begins, to the present tree.
fn consistency(export: &Export<'_>, meta: &Meta, leaves: &[TreeHash]) -> Outcome<Option<Consistency>> {
    let nodes = Leaves(leaves);
    let from = match &export.previous {
        Some(previous) => SizedRoot { root: previous.head.root, size: previous.head.size },
        None if export.from > 0 => SizedRoot { root: tree::root_at(&nodes, export.from)?, size: export.from },
        None => return Ok(None),
    };
    if from.size == 0 || from.size > meta.size || tree::root_at(&nodes, from.size)? != from.root {
        return Err(Fault::refused("bundle.previous").with("found", from.size).with("expected", meta.size));
    }
    let proof = tree::prove_consistency(&nodes, from.size, meta.size)?;
    Ok(Some(Consistency { from, proof, to: SizedRoot { root: meta.root, size: meta.size } }))
}

impl Prepared<'_> {
    /// What `bundle.json` will say.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The head of the bag: everything in it comes from the ledger's state.
    pub fn bag_head(&self, office: &str) -> Outcome<BagHead> {
        Ok(BagHead {
            name: self.meta.bag_name()?,
            mtime_unix: u64::try_from(self.at.unix()).unwrap_or(0),
            bagging_date: self.at.day().to_string(),
            info: vec![
                ("Source-Organization".into(), office.into()),
                (
                    "External-Identifier".into(),
                    format!("{} {}-{}", self.meta.origin, self.meta.from, self.meta.size),
                ),
                ("External-Description".into(), "zhaoce bundle, format 1".into()),
            ],
        })
    }

    /// Writes the payload into `bag`, which the caller then finishes. `seen` is told the events so far.
    pub fn write<S: Sink>(&self, bag: &mut BagWriter<S>, seen: &mut dyn FnMut(u64)) -> Outcome<()> {
        put(bag, META, &to_file(&self.meta)?)?;
        put(bag, CHECKPOINT, self.export.checkpoint.as_bytes())?;
        let known = self.deriving.law().books();
        let mut books: Vec<_> = self.deriving.adopted().filter_map(|edition| known.get(&edition)).collect();
        books.sort_by(|a, b| a.name().cmp(b.name()));
        for book in books {
            put(bag, &format!("rules/{}.json", book.name()), book.canonical())?;
        }
        for (name, schema) in super::schemas::all() {
            put(bag, &format!("schemas/{name}"), schema.as_bytes())?;
        }
        put(bag, VERIFY, super::note::VERIFY_TEXT.as_bytes())?;
        self.events(bag, seen)?;
        let full = self.meta.edition == Copy::Full;
        for (path, bytes) in self.deriving.files(&self.at.day().to_string(), full)?.files {
            put(bag, path, &bytes)?;
        }
        match &self.consistency {
            Some(consistency) => put(bag, CONSISTENCY, &to_file(consistency)?),
            None => Ok(()),
        }
    }

    fn events<S: Sink>(&self, bag: &mut BagWriter<S>, seen: &mut dyn FnMut(u64)) -> Outcome<()> {
        let (mut first, mut buffer) = (self.meta.from, Vec::with_capacity(EVENTS_FILE + (1 << 20)));
        for line in self.log.lines(self.meta.from)?.strict() {
            let line = without(&self.erased, line?)?;
            if line.seq >= self.meta.size {
                break;
            }
            match line.kind {
                LineKind::Event => buffer.extend_from_slice(&self.copy(&line.bytes, line.seq)?),
                LineKind::Seal => buffer.extend_from_slice(&line.bytes),
            }
            buffer.push(b'\n');
            if line.kind == LineKind::Seal {
                seen(line.seq);
                if buffer.len() >= EVENTS_FILE {
                    put(bag, &format!("events/{first:012}.jsonl"), &buffer)?;
                    buffer.clear();
                    first = line.seq + 1;
                }
            }
        }
        if buffer.is_empty() { Ok(()) } else { put(bag, &format!("events/{first:012}.jsonl"), &buffer) }
    }

    /// A line as this edition shows it.
    fn copy(&self, line: &[u8], seq: u64) -> Outcome<Vec<u8>> {
        if self.meta.edition == Copy::Full {
            return Ok(line.to_vec());
        }
        let raw = read_event(line, seq)?;
        let event = raw.event().map_err(|e| unreadable(seq, &e))?;
        let law = self.deriving.law();
        let shown = law.standing_open(&event) || law.open_in_force(&event.subject) == Some(seq);
        let open = raw.parts.iter().filter(|(name, _)| shown && **name == PartName::Open);
        Ok(event_line(raw.event_bytes(), open.map(|(name, body)| (*name, body.get().as_bytes()))))
    }
}

fn put<S: Sink>(bag: &mut BagWriter<S>, path: &str, bytes: &[u8]) -> Outcome<()> {
    bag.payload(&PayloadPath::new(path)?, bytes).map(|_| ())
}
