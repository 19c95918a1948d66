//! Events into records: the one way in, for a single act and for a whole log alike.
//!
//! A batch goes through four steps: the rows it touches are read, its events are folded in order, the rows are
//! written with everything derived from them, and one commit makes it visible together with the new mark.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::dossier::Touched;
use super::facets::{Changes, Facet};
use super::hints::{self, Word};
use super::mark::Mark;
use super::office::Office;
use super::parse::{Body, Parsed, parse_one};
use super::places;
use super::row::{Row, id_prefix};
use super::rows;
use super::source::EventSource;
use super::table::{Puts, Table};
use super::tiles;
use crate::fault::{Fault, Outcome};
use crate::record::{Day, Event, Kind, PartName, Subject};
use crate::rules::{self, Books};

/// How events are folded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// Every event of the log, in order, with the index.
    Whole,
    /// A choice of events, as of a past day, without index.
    Chosen,
}

/// Folds batches of events into a table.
pub struct Folder<'a> {
    /// Where the records are.
    pub table: &'a mut Table,
    /// The office as of the table's mark.
    pub office: &'a mut Office,
    /// Editions of the rule book.
    pub books: &'a Arc<Books>,
    /// Where bodies are read again after an erasure.
    pub source: &'a dyn EventSource,
    /// How.
    pub manner: Manner,
    /// Items met so far: spares look-ups while a whole log goes through.
    pub met: HashMap<Subject, u32>,
}

/// A row at work.
struct Slot {
    row: Row,
    facets: BTreeSet<Facet>,
    words: BTreeSet<u64>,
    read_again: bool,
}

struct Batch<'p> {
    parsed: &'p [Parsed],
    slots: HashMap<u32, Slot>,
    items: u32,
    others: BTreeMap<Subject, Vec<u64>>,
    dossiers: Touched,
    names_again: bool,
}

impl Folder<'_> {
    /// Folds the next events. Afterwards all of them are visible, or after a fault none.
    ///
    /// Errors: `views.fork` when they do not continue what is applied; `views.damaged`; `views.line`.
    pub fn fold(&mut self, parsed: &[Parsed]) -> Outcome<()> {
        if self.manner == Manner::Whole {
            self.check_continuity(parsed)?;
        }
        let before = self.office.clone();
        let outcome = self.fold_batch(parsed, &before);
        if outcome.is_err() {
            *self.office = before;
            self.met.clear();
        }
        outcome
    }

    fn fold_batch(&mut self, parsed: &[Parsed], before: &Office) -> Outcome<()> {
        let items = self.table.mark().items;
        let (slots, others, dossiers) = (HashMap::new(), BTreeMap::new(), Touched::read(self.table, parsed)?);
        self.office.law.dossiers = dossiers.laws().collect();
        let mut batch = Batch { parsed, slots, items, others, dossiers, names_again: false };
        self.read_slots(&mut batch)?;
        for parsed in parsed {
            self.take(&mut batch, parsed);
        }
        self.read_again(&mut batch)?;
        self.write(batch, before)
    }

    fn check_continuity(&self, parsed: &[Parsed]) -> Outcome<()> {
        let mut at = (self.table.mark().head.size(), self.table.mark().head.chain);
        for next in parsed {
            if (next.event.seq, next.event.prev) != at {
                let fault = Fault::refused("views.fork").with("seq", at.0);
                return Err(fault.with("expected", at.1).with("found", next.event.prev));
            }
            at = (at.0 + 1, next.chain);
        }
        Ok(())
    }

    /// Reads the rows of all items that are there already.
    fn read_slots(&mut self, batch: &mut Batch<'_>) -> Outcome<()> {
        let known = subjects_before(batch.parsed);
        let table = &*self.table;
        let found: Vec<Option<u32>> = known
            .par_iter()
            .with_min_len(16)
            .map(|subject| match self.met.get(*subject) {
                Some(item) => Ok(Some(*item)),
                None => find(table, subject),
            })
            .collect::<Outcome<_>>()?;
        let mut items: Vec<u32> =
            found.iter().flatten().copied().filter(|item| *item < batch.items).collect();
        items.sort_unstable();
        let rows = rows::rows(table, &items)?;
        let slots: Vec<Slot> = items.par_iter().zip(rows).map(|(item, row)| Slot::of(*item, row)).collect();
        for (item, slot) in items.into_iter().zip(slots) {
            self.met.insert(slot.row.id.clone(), item);
            if let Some(law) = &slot.row.law {
                self.office.law.items.insert(slot.row.id.as_str().into(), law.clone());
            }
            batch.slots.insert(item, slot);
        }
        Ok(())
    }

    fn take(&mut self, batch: &mut Batch<'_>, parsed: &Parsed) {
        let event = &parsed.event;
        rules::replay(self.books, &mut self.office.law, event);
        let source = self.source;
        let stands = |of, part| has_body(source, of, part);
        batch.names_again |= self.office.take(parsed, stands);
        let holder = self.office.law.office.keys.get(&event.by).map(|key| key.holder.clone());
        let by = holder.unwrap_or_else(|| event.by.to_string().into());
        if event.subject.class() != "item" {
            batch.others.entry(event.subject.clone()).or_default().push(event.seq);
            batch.dossiers.take(parsed, &by);
            return;
        }
        let item = match self.met.get(&event.subject) {
            Some(item) => *item,
            None => {
                self.met.insert(event.subject.clone(), batch.items);
                batch.items += 1;
                batch.items - 1
            }
        };
        let slot = batch.slots.entry(item).or_insert_with(|| Slot::new(event));
        let law = self.office.law.item(event.subject.as_str());
        slot.row.take(parsed, &by, law);
        slot.read_again |= slot.row.bodies.iter().any(|body| slot.row.erased.contains(body));
    }

    /// Takes what erased bodies gave back out, by reading the remaining ones again.
    fn read_again(&mut self, batch: &mut Batch<'_>) -> Outcome<()> {
        let mut slots = std::mem::take(&mut batch.slots);
        for (item, slot) in slots.iter_mut().filter(|(_, slot)| slot.read_again) {
            let courses = rows::course(self.table, *item, &slot.row)?;
            let law = self.office.law.item(slot.row.id.as_str()).cloned();
            slot.row.forget_texts();
            for course in courses {
                for body in self.bodies(batch, course.seq)? {
                    slot.row.read(course.seq, &body, law.as_ref());
                }
            }
        }
        batch.slots = slots;
        if std::mem::take(&mut batch.names_again) {
            let seqs = std::mem::take(&mut self.office.names.bodies);
            self.office.names.of.clear();
            for seq in seqs {
                let parsed = self.parsed(batch, seq)?;
                self.office.take(&parsed, |_, _| false);
            }
        }
        Ok(())
    }

    fn bodies(&self, batch: &Batch<'_>, seq: u64) -> Outcome<Vec<Body>> {
        Ok(self.parsed(batch, seq)?.bodies)
    }

    /// An event of this batch, or an earlier one read from the source.
    fn parsed(&self, batch: &Batch<'_>, seq: u64) -> Outcome<Parsed> {
        if let Ok(at) = batch.parsed.binary_search_by_key(&seq, |parsed| parsed.event.seq)
            && let Some(parsed) = batch.parsed.get(at)
        {
            return Ok(parsed.clone());
        }
        parse_one(&self.source.event(seq, places::place(self.table, seq).ok())?)
    }

    fn write(&mut self, batch: Batch<'_>, before: &Office) -> Outcome<()> {
        let mut mark = self.table.mark().clone();
        mark.items = batch.items;
        let mut puts = Puts::new();
        let mut slots: BTreeMap<u32, Slot> = batch.slots.into_iter().collect();
        for slot in slots.values_mut() {
            slot.row.law = self.office.law.items.remove(slot.row.id.as_str());
        }
        self.office.law.items = HashMap::new();
        let mut laws = std::mem::take(&mut self.office.law.dossiers);
        batch.dossiers.put(&mut puts, |subject| laws.remove(subject))?;
        let derived: Vec<(u32, BTreeSet<Facet>, Vec<u64>)> = slots
            .par_iter()
            .map(|(item, slot)| {
                let words = slot.row.words(*item);
                (*item, slot.row.facets(), words.difference(&slot.words).copied().collect())
            })
            .collect();
        let (mut changes, mut new_words) = (Changes::default(), Vec::new());
        for ((item, facets, words), slot) in derived.into_iter().zip(slots.values()) {
            changes.note(item, &slot.facets, &facets);
            new_words.extend(words);
        }
        changes.put(self.table, &mut puts)?;
        hints::put_hints(self.table, &mut puts, &mut mark, new_words)?;
        let rows = slots.iter_mut().map(|(item, slot)| (*item, &mut slot.row)).collect();
        rows::put_rows(self.table, &mut puts, rows)?;
        self.office.put(before, &mut puts)?;
        places::put_events(self.table, &mut puts, &batch.others)?;
        if self.manner == Manner::Whole {
            index(self.table, &mut puts, &mut mark, batch.parsed)?;
        }
        self.table.commit(puts, mark)
    }
}

/// Items that had events before these.
fn subjects_before(parsed: &[Parsed]) -> Vec<&Subject> {
    let (mut begun, mut known) = (HashSet::new(), Vec::new());
    for event in parsed.iter().map(|parsed| &parsed.event) {
        if event.subject.class() == "item" && begun.insert(&event.subject) && event.last.is_some() {
            known.push(&event.subject);
        }
    }
    known
}

/// Places, tree, and the head after the batch.
fn index(table: &Table, puts: &mut Puts, mark: &mut Mark, parsed: &[Parsed]) -> Outcome<()> {
    let spots: Vec<_> = parsed.iter().map(|parsed| parsed.spot).collect();
    places::put_places(table, puts, mark.head.size(), &spots)?;
    let leaves = parsed.iter().map(|parsed| parsed.leaf);
    tiles::put_leaves(table, puts, &mut mark.head.frontier, leaves)?;
    if let Some(last) = parsed.last() {
        mark.head.chain = last.chain;
        mark.head.at = Some(last.event.at);
    }
    if let Some(link) = parsed.iter().rev().find(|parsed| parsed.event.kind.is_keys_link()) {
        mark.head.keys = Some(link.event.seq);
    }
    Ok(())
}

impl Slot {
    fn new(event: &Event) -> Self {
        Self { row: Row::new(event), facets: BTreeSet::new(), words: BTreeSet::new(), read_again: false }
    }

    fn of(item: u32, row: Row) -> Self {
        Self { facets: row.facets(), words: row.words(item), read_again: false, row }
    }
}

/// The item with this subject.
pub fn find(table: &Table, subject: &Subject) -> Outcome<Option<u32>> {
    let found = hints::items_of(table, Word::Subject(subject.as_str()), usize::MAX)?.unwrap_or_default();
    for item in found {
        if rows::row(table, item)?.id == *subject {
            return Ok(Some(item));
        }
    }
    Ok(None)
}

/// Items whose id begins with `prefix`, four letters of it at least; at most `max`.
pub fn find_prefix(table: &Table, prefix: &str, max: usize) -> Outcome<Vec<(u32, Row)>> {
    let whole = format!("item/{prefix}");
    let Some(first) = id_prefix(&whole) else { return Ok(Vec::new()) };
    let candidates = hints::items_of(table, Word::Prefix(first), usize::MAX)?.unwrap_or_default();
    let mut found = Vec::new();
    for item in candidates {
        let row = rows::row(table, item)?;
        if row.id.as_str().starts_with(&whole) {
            found.push((item, row));
            if found.len() == max {
                break;
            }
        }
    }
    Ok(found)
}

/// Whether an event is among those that are folded as of a day: happened by `as_of`, entered by `known`.
pub fn is_chosen(event: &Event, as_of: Option<Day>, known: Option<Day>) -> bool {
    let happened = event.on().unwrap_or(event.at.day());
    let by_day = as_of.is_none_or(|day| happened <= day) && known.is_none_or(|day| event.at.day() <= day);
    by_day || is_office(&event.kind)
}

/// Whether the kind is about the ledger itself, its people, keys or rules. A calendar is dated knowledge like any other
/// event: what was counted before it was changed stays what it was.
fn is_office(kind: &Kind) -> bool {
    kind.as_str() != "rules.calendar" && (kind.is_keys_link() || kind.class() == "ledger")
}

fn has_body(source: &dyn EventSource, of: u64, part: PartName) -> bool {
    let line = source.event(of, None).ok();
    let parsed = line.and_then(|line| parse_one(&line).ok());
    parsed.is_some_and(|parsed| parsed.bodies.iter().any(|body| body.name == part))
}
