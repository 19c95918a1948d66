//! Exporting a bundle: one pass that verifies the log and derives the lists, one that copies the lines.

use std::sync::mpsc::sync_channel;

use super::derived::{Deriving, Texts};
use super::events::{Cutter, Erased, EventsFile, read_event, seal_note, unreadable, without};
use super::lists::to_file;
use super::meta::{CHECKPOINT, CONSISTENCY, Consistency, META, Meta, SizedRoot, Start, VERIFY};
use super::subtrees::Subtrees;
use super::{BagHead, BagWriter, PayloadPath, Sink};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::log::{LineKind, LogLine, LogReader};
use crate::record::tree::{self, Frontier};
use crate::record::verify::{Copy, Verifier};
use crate::record::{Checkpoint, Class, Moment, Report, Seal};
use crate::rules::Replay;

/// Bytes of lines that are handed on at a time.
const PIECE: usize = 1 << 20;

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
    /// Remembers what a package for an archive shows besides; see [`Prepared::deriving`].
    pub for_package: bool,
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

/// Verifies the ledger and derives what the bundle ships.
///
/// Errors: `bundle.unsound` when the log has an integrity finding; `bundle.from` when no act begins there;
/// `bundle.checkpoint` when the checkpoint is not of the present state; the machine.
pub fn prepare<'a>(ledger: &Ledger, export: Export<'a>, seen: &mut dyn FnMut(u64)) -> Outcome<Prepared<'a>> {
    let law = Replay::new(ledger.books().clone(), ledger.info().origin.clone());
    let texts = if export.for_package { Texts::for_package() } else { Texts::default() };
    let mut verifier = Verifier::new(ledger.trust(Vec::new()), Copy::Full, Deriving::new(law, texts));
    let erased: Erased = ledger.views().erasures()?.into_iter().collect();
    let old = export.previous.as_ref().map_or(export.from, |previous| previous.head.size);
    let mut start = Boundary::new(export.from, Subtrees::wanted(old, ledger.head().size()));
    let mut lines = ledger.log().lines(0)?.strict();
    let mut next_piece = || next_piece(&mut lines, &mut start, &erased, seen);
    let mut piece = next_piece()?;
    while !piece.is_empty() {
        // The next lines are read while these are verified.
        piece = rayon::in_place_scope(|beside| {
            beside.spawn(|_| verifier.push(&piece));
            next_piece()
        })?;
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
    let consistency = consistency(&export, &meta, &start.subtrees)?;
    Ok(Prepared { log: ledger.log().clone(), export, meta, at, deriving, consistency, erased })
}

/// About [`PIECE`] of lines; none at the end.
fn next_piece(
    lines: &mut impl Iterator<Item = Outcome<LogLine>>,
    start: &mut Boundary,
    erased: &Erased,
    seen: &mut dyn FnMut(u64),
) -> Outcome<Vec<u8>> {
    let mut piece = Vec::with_capacity(2 * PIECE);
    while piece.len() < PIECE
        && let Some(line) = lines.next()
    {
        let line = line?;
        start.see(&line.bytes, line.kind, line.seq)?;
        match line.kind {
            LineKind::Event => piece.extend_from_slice(&without(erased, &line.bytes, line.seq)?),
            LineKind::Seal => piece.extend_from_slice(&line.bytes),
        }
        piece.push(b'\n');
        seen(line.seq);
    }
    Ok(piece)
}

fn check_checkpoint(note: &str, report: &Report) -> Outcome<()> {
    let checkpoint = Checkpoint::parse(note).map_err(|e| Fault::usage("checkpoint.form").with("found", e))?;
    let head = checkpoint.head;
    if (head.size, head.root, &head.origin) == (report.size, report.root, &report.origin) {
        return Ok(());
    }
    Err(Fault::refused("bundle.checkpoint").with("expected", report.size).with("found", head.size))
}

/// Finds where the bundle begins, and keeps the subtrees that its consistency proof is made of.
struct Boundary {
    from: u64,
    frontier: Frontier,
    subtrees: Subtrees,
    start: Option<Start>,
}

impl Boundary {
    fn new(from: u64, subtrees: Subtrees) -> Self {
        Self { from, frontier: Frontier::default(), subtrees, start: None }
    }

    fn see(&mut self, line: &[u8], kind: LineKind, seq: u64) -> Outcome<()> {
        match kind {
            LineKind::Event if !self.subtrees.is_empty() => {
                let leaf = tree::leaf_hash(read_event(line, seq)?.event_bytes());
                let subtrees = &mut self.subtrees;
                self.frontier.push_with(leaf, |height, index, hash| subtrees.keep(height, index, hash));
            }
            _ if self.from > 0 && self.frontier.size() == self.from => {
                let head = Seal::parse(&seal_note(line, seq)?).map_err(|e| unreadable(seq, &e))?.last;
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

/// From the previous checkpoint, or from where the bundle begins, to the present tree.
fn consistency(export: &Export<'_>, meta: &Meta, nodes: &Subtrees) -> Outcome<Option<Consistency>> {
    let from = match &export.previous {
        Some(previous) => SizedRoot { root: previous.head.root, size: previous.head.size },
        None if export.from > 0 => SizedRoot { root: tree::root_at(nodes, export.from)?, size: export.from },
        None => return Ok(None),
    };
    if from.size == 0 || from.size > meta.size || tree::root_at(nodes, from.size)? != from.root {
        return Err(Fault::refused("bundle.previous").with("found", from.size).with("expected", meta.size));
    }
    let proof = tree::prove_consistency(nodes, from.size, meta.size)?;
    Ok(Some(Consistency { from, proof, to: SizedRoot { root: meta.root, size: meta.size } }))
}

impl Prepared<'_> {
    /// What `bundle.json` will say.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The law at the end of the log, and what was remembered on the way.
    pub fn deriving(&self) -> &Deriving {
        &self.deriving
    }

    /// When the last event was entered.
    pub fn at(&self) -> Moment {
        self.at
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

    /// Reading and cutting go on while the file before is hashed and compressed.
    fn events<S: Sink>(&self, bag: &mut BagWriter<S>, seen: &mut dyn FnMut(u64)) -> Outcome<()> {
        let (erased, law) = (&self.erased, self.deriving.law());
        let cutter = Cutter { edition: self.meta.edition, law, erased };
        std::thread::scope(|scope| {
            let (send, files) = sync_channel(1);
            let lines = self.log.lines(self.meta.from)?.strict();
            let cutting = scope.spawn(move || cutter.cut(lines, self.meta.from..self.meta.size, &send));
            for EventsFile { first, last, bytes } in files {
                put(bag, &format!("events/{first:012}.jsonl"), &bytes)?;
                seen(last);
            }
            cutting.join().unwrap_or_else(|_| Err(Fault::machine("io.failed").with("path", "events")))
        })
    }
}

fn put<S: Sink>(bag: &mut BagWriter<S>, path: &str, bytes: &[u8]) -> Outcome<()> {
    bag.payload(&PayloadPath::new(path)?, bytes).map(|_| ())
}
