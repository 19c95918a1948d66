//! Catalogue questions over many ledgers: an archive's store, or folders of packages and bundles, read and never written.
//!
//! Every office is verified from its first event on, batch after batch, by the same checks that an intake makes; its rows are
//! those of the law's state at the end of what verified. What does not verify is [left out](Left) and named. Two histories of
//! one origin that contradict each other are told as a conflict, and neither is counted.
//!
//! Offices are verified beside each other, one a worker at a time, so memory grows with the items of so many offices, and with
//! the rows that were asked for. Workers are threads of their own: one that waits for the verifier's parallel parts must not
//! take up another office meanwhile, as a thread of the pool would.

mod answer;
mod find;
mod look;
mod office;
mod plan;
mod shelf;
mod source;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use answer::{Answer, Batch, Counts, Entry, Left, OfficeAnswer, Question, Rows};
pub use find::{Found, find};
pub use look::{Kind, Look, kind_of};
pub use shelf::Shelf;
pub use source::{Opened, Source, TreeSource};

use self::office::Candidate;
use crate::archive::keeping::Keeping;
use crate::fault::{Fault, FaultKind, Outcome};
use crate::rules::Books;

/// Answers a question from everything that is given. `keeping` is what the archive's ledger says, where its store is read: erasures that
/// it executed, and its keys. `done` is told after each office how many of how many are done.
///
/// # Errors
/// The machine. What is wrong with a source is told in the answer.
pub fn ask(
    sources: &[Box<dyn Source>],
    question: &Question,
    books: &Books,
    keeping: &Keeping,
    done: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<Answer> {
    let mut answer = Answer::default();
    let looks = beside(sources, &|source| source.look(), &|_, _| {})?;
    let mut groups: BTreeMap<String, Vec<Candidate<'_>>> = BTreeMap::new();
    for (source, look) in sources.iter().zip(looks) {
        match look {
            Ok(look) => {
                let group = groups.entry(look.meta.origin.to_string()).or_default();
                group.push(Candidate::new(&**source, look));
            }
            Err(fault) if fault.kind == FaultKind::Machine => return Err(fault),
            Err(fault) => answer.left.push(Left::unread(source.name(), &fault)),
        }
    }
    let groups: Vec<Mutex<Vec<Candidate<'_>>>> = groups.into_values().map(Mutex::new).collect();
    let judge = |group: &Mutex<Vec<Candidate<'_>>>| {
        let candidates = group.lock().map(|mut group| std::mem::take(&mut *group)).unwrap_or_default();
        office::answer(candidates, question, books, keeping)
    };
    for part in beside(&groups, &judge, done)? {
        answer.add(part?);
    }
    answer.sort();
    Ok(answer)
}

/// Does something with each of `all`, on as many threads as the machine has cores; the results in the order of `all`.
fn beside<T: Sync, R: Send>(
    all: &[T],
    each: &(dyn Fn(&T) -> Outcome<R> + Sync),
    done: &(dyn Fn(usize, usize) + Sync),
) -> Outcome<Vec<Outcome<R>>> {
    let (next, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let results: Mutex<BTreeMap<usize, Outcome<R>>> = Mutex::default();
    let work = || {
        loop {
            let nth = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(nth) else { return };
            let result = each(one);
            if let Ok(mut results) = results.lock() {
                results.insert(nth, result);
            }
            done(ended.fetch_add(1, Ordering::Relaxed) + 1, all.len());
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..rayon::current_num_threads().min(all.len()) {
            scope.spawn(work);
        }
    });
    let results = results.into_inner().unwrap_or_default();
    // A worker that came to grief has left no result.
    if results.len() == all.len() {
        return Ok(results.into_values().collect());
    }
    Err(Fault::machine("across.worker").with("found", results.len()).with("expected", all.len()))
}
