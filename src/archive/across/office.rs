//! One office: its batches verified in order, and what its ledger then says.

use std::collections::BTreeSet;

use super::answer::{self, Answer, Batch, Left, OfficeAnswer, Question};
use super::look::Look;
use super::plan::{self, Edge, Node};
use super::shelf::Shelf;
use super::source::{Opened, Source};
use crate::bundle::package::check::{PackageGiven, open};
use crate::bundle::package::{Tree, check};
use crate::bundle::verify::{Given, Saved, verify};
use crate::fault::{Fault, FaultKind, Lang, Outcome};
use crate::record::verify::Copy;
use crate::record::{Checkpoint, Class, Finding, PublicKey};
use crate::rules::Books;

/// What a checkpoint that contradicts the log is found as.
const FORK: &str = "checkpoint.fork";

/// A batch that may belong to the office's ledger.
pub(super) struct Candidate<'s> {
    source: &'s dyn Source,
    look: Look,
    fate: Fate,
}

/// What becomes of it.
enum Fate {
    /// Not decided.
    Open,
    /// Verified, and part of a history.
    Counted,
    /// What it holds stands in batches that were counted.
    Included,
    /// Not counted.
    Left(Left),
}

/// Batches that verified one after the other, from the first event on.
struct History {
    tip: Node,
    saved: Saved,
    batches: Vec<usize>,
    /// Roots that batches show and that are not this history's.
    forked: BTreeSet<String>,
}

impl<'s> Candidate<'s> {
    pub(super) fn new(source: &'s dyn Source, look: Look) -> Self {
        Self { source, look, fate: Fate::Open }
    }

    fn left(&self, fault: &Fault) -> Left {
        Left::of(self.source.name(), &self.look, fault)
    }

    fn batch(&self, counted: bool) -> Batch {
        let meta = &self.look.meta;
        let name = self.source.name().to_owned();
        Batch { name, kind: self.look.kind, from: meta.from, size: meta.size, counted }
    }
}

/// Verifies an office's batches and answers the question from them.
pub(super) fn answer(candidates: Vec<Candidate<'_>>, question: &Question, books: &Books) -> Outcome<Answer> {
    let mut desk = Desk { candidates, books };
    let (mut best, mut conflict): (Option<History>, bool) = (None, false);
    while let Some(history) = desk.history()? {
        desk.include(&history);
        best = Some(match best {
            Some(known) => {
                conflict |= contradict(&known, &history);
                if history.tip.0 > known.tip.0 { history } else { known }
            }
            None => history,
        });
    }
    conflict |= best.as_ref().is_some_and(|best| desk.signed_otherwise(best));
    match best {
        Some(best) if !conflict => desk.tell(best, question),
        _ => Ok(desk.nothing(conflict)),
    }
}

/// Whether the shorter of two histories is no beginning of the longer.
fn contradict(one: &History, other: &History) -> bool {
    let (short, long) = if one.tip.0 <= other.tip.0 { (one, other) } else { (other, one) };
    let (_, _, root) = short.tip;
    short.saved.genesis != long.saved.genesis
        || (short.tip.0 == long.tip.0 && root != long.tip.2)
        || long.forked.contains(&root.to_string())
}

struct Desk<'s, 'b> {
    candidates: Vec<Candidate<'s>>,
    books: &'b Books,
}

impl<'s> Desk<'s, '_> {
    /// Verifies along the way that leads furthest; nothing when no way decides anything any more.
    fn history(&mut self) -> Outcome<Option<History>> {
        let Some(first) = self.candidates.first() else { return Ok(None) };
        let mut at = plan::origin(&first.look.meta.origin);
        let (mut saved, mut batches, mut forked) = (None, Vec::new(), BTreeSet::new());
        let mut shelf = Shelf::default();
        while let Some(nth) = plan::first_step(&self.edges(), at) {
            let Some(candidate) = self.candidates.get(nth) else { break };
            let verified = self.verify(candidate, saved.as_ref(), &shelf, &mut forked)?;
            let (to, fate) = (plan::end(&candidate.look), verified.as_ref().err().cloned());
            if let Ok((state, tree)) = verified {
                (at, saved) = (to, Some(state));
                batches.push(nth);
                // A package's tree is all that is kept of it, for the records of later batches.
                tree.into_iter().for_each(|tree| shelf.take(tree));
            }
            if let Some(candidate) = self.candidates.get_mut(nth) {
                candidate.fate = fate.map_or(Fate::Counted, Fate::Left);
            }
        }
        Ok(saved.map(|saved| History { tip: at, saved, batches, forked }))
    }

    fn edges(&self) -> Vec<Edge> {
        let alive = self.candidates.iter().enumerate().filter(|(_, one)| !matches!(one.fate, Fate::Left(_)));
        let edge = |(nth, one): (usize, &Candidate<'_>)| {
            let from = plan::start(&one.look).ok()?;
            Some(Edge::of(nth, &one.look, from, matches!(one.fate, Fate::Open)))
        };
        alive.filter_map(edge).collect()
    }

    /// Verifies one batch. Tree heads that other batches show are held against it; those that differ are noted, and it is
    /// verified once more without them, so that they cannot spoil it.
    fn verify(
        &self,
        candidate: &Candidate<'s>,
        saved: Option<&Saved>,
        shelf: &Shelf<'_>,
        forked: &mut BTreeSet<String>,
    ) -> Outcome<Result<Verified<'s>, Left>> {
        let shown = self.shown(candidate);
        let roots: BTreeSet<String> = shown.iter().map(|shown| shown.head.root.to_string()).collect();
        let given =
            |checkpoints| Given { checkpoints, saved: saved.cloned(), for_package: true, ..Given::default() };
        let (found, findings) = attempt(candidate.source, given(shown), shelf, self.books)?;
        if let Some(found) = found {
            return Ok(Ok(found));
        }
        let differ = |finding: &&Finding| finding.code == FORK && roots.contains(&finding.expected);
        let differing: Vec<String> =
            findings.iter().filter(differ).map(|finding| finding.expected.clone()).collect();
        if differing.is_empty() {
            return Ok(Err(unsound(candidate, &findings)));
        }
        forked.extend(differing);
        let (found, findings) = attempt(candidate.source, given(Vec::new()), shelf, self.books)?;
        Ok(found.ok_or_else(|| unsound(candidate, &findings)))
    }

    /// Checkpoints of other batches that end within this one.
    fn shown(&self, candidate: &Candidate<'_>) -> Vec<Checkpoint> {
        let meta = &candidate.look.meta;
        let mut known = BTreeSet::from([(meta.size, meta.root.to_string())]);
        let alive = self.candidates.iter().filter(|other| !matches!(other.fate, Fate::Left(_)));
        let within = alive.filter_map(|other| other.look.checkpoint.as_ref()).filter(|shown| {
            shown.head.size > meta.from
                && shown.head.size <= meta.size
                && known.insert((shown.head.size, shown.head.root.to_string()))
        });
        within.cloned().collect()
    }

    /// Settles what the history holds already.
    fn include(&mut self, history: &History) {
        for candidate in &mut self.candidates {
            let Some(shown) = &candidate.look.checkpoint else { continue };
            let held =
                shown.head.size <= history.tip.0 && !history.forked.contains(&shown.head.root.to_string());
            if held && matches!(candidate.fate, Fate::Open) {
                candidate.fate = Fate::Included;
            }
        }
    }

    /// Whether a batch that could not be reached carries the office's own signature under another root.
    fn signed_otherwise(&self, history: &History) -> bool {
        let key = history.saved.ledger_key().and_then(|key| PublicKey::decode(key).ok());
        let Some(key) = key else { return false };
        let open = self.candidates.iter().filter(|one| matches!(one.fate, Fate::Open));
        open.filter_map(|one| one.look.checkpoint.as_ref())
            .any(|shown| history.forked.contains(&shown.head.root.to_string()) && shown.verifies(&key))
    }

    /// No counts: nothing verified, or the batches contradict each other.
    fn nothing(self, conflict: bool) -> Answer {
        let gap = Fault::refused("across.gap");
        let split = Fault::refused("across.conflict");
        let left = self.candidates.into_iter().map(|one| match one.fate {
            Fate::Left(left) => left,
            _ if conflict => one.left(&split),
            _ => one.left(&gap),
        });
        Answer { left: left.collect(), ..Answer::default() }
    }

    fn tell(self, history: History, question: &Question) -> Outcome<Answer> {
        let gap = Fault::refused("across.gap");
        let (mut batches, mut left) = (Vec::new(), Vec::new());
        let mut edition = Copy::Full;
        for (nth, one) in self.candidates.iter().enumerate() {
            let counted = history.batches.contains(&nth);
            if counted && one.look.meta.edition == Copy::Public {
                edition = Copy::Public;
            }
            match &one.fate {
                Fate::Left(why) => left.push(why.clone()),
                Fate::Open => left.push(one.left(&gap)),
                Fate::Counted | Fate::Included => batches.push(one.batch(counted)),
            }
        }
        batches.sort_by(|a, b| (a.from, a.size, &a.name).cmp(&(b.from, b.size, &b.name)));
        let office = OfficeAnswer {
            origin: history.saved.origin.to_string(),
            genesis: history.saved.genesis.to_string(),
            events: history.tip.0,
            root: history.tip.2.to_string(),
            as_of: history.saved.at().map(crate::record::Moment::day),
            edition,
            batches,
            ..OfficeAnswer::default()
        };
        let office = answer::count(office, &history.saved.into_deriving(self.books), question);
        Ok(Answer { offices: office.into_iter().collect(), left })
    }
}

/// The state behind a batch that verified, and the tree of a package.
type Verified<'c> = (Saved, Option<Box<dyn Tree + Send + 'c>>);

/// Verifies a batch once; what refuses it beside.
fn attempt<'s>(
    source: &'s dyn Source,
    given: Given,
    shelf: &Shelf<'_>,
    books: &Books,
) -> Outcome<(Option<Verified<'s>>, Vec<Finding>)> {
    let checked = match source.open() {
        Ok(Opened::Bundle(input)) => of_bundle(input, given, books),
        Ok(Opened::Package(tree)) => of_package(tree, given, shelf, books),
        Err(fault) => Err(fault),
    };
    match checked {
        Err(fault) if fault.kind == FaultKind::Machine => Err(fault),
        Err(fault) => Ok((None, vec![check::of_fault(&fault)])),
        Ok(done) => Ok(done),
    }
}

fn of_bundle<'c>(
    input: Box<dyn std::io::Read + Send + 'c>,
    given: Given,
    books: &Books,
) -> Outcome<(Option<Verified<'c>>, Vec<Finding>)> {
    let (report, saved) = verify(input, given, books)?;
    let refuses = |class: Class| matches!(class, Class::Integrity | Class::Unlawful | Class::Uncheckable);
    let findings = report.report.findings.into_iter().filter(|finding| refuses(finding.class)).collect();
    Ok((saved.map(|saved| (saved, None)), findings))
}

fn of_package<'c>(
    tree: Box<dyn Tree + Send + 'c>,
    given: Given,
    shelf: &Shelf<'_>,
    books: &Books,
) -> Outcome<(Option<Verified<'c>>, Vec<Finding>)> {
    let (report, saved) = open(&*tree)?.judge(&*tree, PackageGiven { given, earlier: shelf }, books)?;
    if report.passed() {
        return Ok((saved.map(|saved| (saved, Some(tree))), Vec::new()));
    }
    Ok((None, report.refusing().into_iter().cloned().collect()))
}

fn unsound(candidate: &Candidate<'_>, findings: &[Finding]) -> Left {
    let unfinished = Fault::refused("package.unfinished");
    let mut left = candidate.left(&unfinished);
    if let Some(first) = findings.iter().min_by_key(|finding| finding.class) {
        (left.code, left.zh, left.en) = (first.code.clone(), first.zh.clone(), first.en.clone());
    }
    left.findings = (findings.len() as u64).max(1);
    left
}

impl Left {
    /// A batch that is left out for this reason.
    fn of(name: &str, look: &Look, fault: &Fault) -> Self {
        let meta = &look.meta;
        Self {
            origin: Some(meta.origin.to_string()),
            from: Some(meta.from),
            size: Some(meta.size),
            ..Self::unread(name, fault)
        }
    }

    /// Something that could not even be looked at.
    pub(super) fn unread(name: &str, fault: &Fault) -> Self {
        Self {
            name: name.to_owned(),
            code: fault.code.to_owned(),
            zh: fault.text(Lang::Zh),
            en: fault.text(Lang::En),
            findings: 1,
            ..Self::default()
        }
    }
}
