//! Look-up hints: for a word (an id, a number, two letters of a title) the items it may lead to.
//!
//! A hint is one number: 32 bits of the word's hash, then the item. It is only ever added, and never proves
//! anything: who looks up reads the rows it leads to and compares. Hints are stored in sorted runs, a run for each
//! batch; runs of like size are merged, so that a look-up goes through few of them and an addition costs little.

use super::layout::{key, put_varint, take_varint};
use super::mark::{Mark, Run};
use super::store::damaged;
use super::table::{Puts, Table, under};
use crate::fault::Outcome;
use std::ops::ControlFlow;

const BLOCK: usize = 256;
/// So many runs of one size class are merged into one of the next.
const FAN: usize = 8;
/// Runs beyond this size are left as they are.
const MERGE_MAX: u64 = 4 << 20;

/// What a hint's word is; words of different sorts never meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word<'a> {
    /// A whole subject.
    Subject(&'a str),
    /// The first four letters of an id.
    Prefix(&'a str),
    /// A normalised 索引号.
    IndexNumber(&'a str),
    /// A normalised 文号.
    DocumentNumber(&'a str),
    /// Two neighbouring letters of a normalised title.
    Pair(char, char),
    /// Identity of an imported row.
    Identity(&'a str),
}

impl Word<'_> {
    /// 32 bits of FNV-1a, stirred; the same for ever, since it is stored.
    fn hash(self) -> u32 {
        let buffer;
        let (sort, bytes) = match self {
            Self::Subject(text) => (1, text.as_bytes()),
            Self::Prefix(text) => (2, text.as_bytes()),
            Self::IndexNumber(text) => (3, text.as_bytes()),
            Self::DocumentNumber(text) => (4, text.as_bytes()),
            Self::Pair(a, b) => {
                let both = u64::from(u32::from(a)) << 32 | u64::from(u32::from(b));
                buffer = both.to_be_bytes();
                (5, &buffer[..])
            }
            Self::Identity(text) => (6, text.as_bytes()),
        };
        let start = (0xcbf2_9ce4_8422_2325u64 ^ sort).wrapping_mul(0x0100_0000_01b3);
        let sum =
            bytes.iter().fold(start, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
        let stirred = (sum ^ (sum >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        (stirred >> 32) as u32
    }

    /// The hint that leads from this word to `item`.
    pub fn hint(self, item: u32) -> u64 {
        u64::from(self.hash()) << 32 | u64::from(item)
    }
}

fn run_key(run: u32, first: u64) -> Vec<u8> {
    key(b'h', [&run.to_be_bytes(), &first.to_be_bytes()])
}

fn decode(bytes: &[u8]) -> Outcome<Vec<u64>> {
    let (mut rest, mut hint, mut hints) = (bytes, 0u64, Vec::with_capacity(BLOCK));
    while !rest.is_empty() {
        hint = hint.wrapping_add(take_varint(&mut rest).ok_or_else(|| damaged("a block of hints"))?);
        hints.push(hint);
    }
    Ok(hints)
}

fn encode(hints: &[u64]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::with_capacity(hints.len() * 3), 0);
    for hint in hints {
        put_varint(&mut bytes, hint - before);
        before = *hint;
    }
    bytes
}

/// The items a word may lead to, ascending, each once; `None` when there are more than `max`.
pub fn items_of(table: &Table, word: Word<'_>, max: usize) -> Outcome<Option<Vec<u32>>> {
    let (low, high) = (word.hint(0), word.hint(u32::MAX));
    let mut items = Vec::new();
    for run in &table.mark().runs {
        let (from, _) = under(&key(b'h', [&run.id.to_be_bytes()]));
        let mut end = run_key(run.id, high);
        end.push(0);
        let mut start = run_key(run.id, low);
        start.push(0);
        let start = table.last(&from, &start)?.map_or(from, |(key, _)| key);
        table.scan(&start, &end, &mut |_, bytes| {
            let hints = decode(bytes)?;
            items.extend(hints.iter().filter(|hint| (low..=high).contains(*hint)).map(|hint| *hint as u32));
            Ok(if items.len() > max { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        if items.len() > max {
            return Ok(None);
        }
    }
    items.sort_unstable();
    items.dedup();
    Ok(Some(items))
}

/// Adds hints as a new run and merges runs of like size.
pub fn put_hints(table: &Table, puts: &mut Puts, mark: &mut Mark, mut hints: Vec<u64>) -> Outcome<()> {
    hints.sort_unstable();
    hints.dedup();
    if hints.is_empty() {
        return Ok(());
    }
    loop {
        let class = class_of(hints.len() as u64);
        let like: Vec<Run> = mark.runs.iter().filter(|run| class_of(run.entries) == class).copied().collect();
        if like.len() + 1 < FAN || hints.len() as u64 * FAN as u64 > MERGE_MAX {
            break;
        }
        for run in &like {
            take_run(table, puts, *run, &mut hints)?;
        }
        mark.runs.retain(|run| !like.contains(run));
        hints.sort_unstable();
        hints.dedup();
    }
    let run = Run { id: mark.next_run, entries: hints.len() as u64 };
    mark.next_run += 1;
    mark.runs.push(run);
    for block in hints.chunks(BLOCK) {
        let first = block.first().copied().unwrap_or_default();
        puts.insert(run_key(run.id, first), Some(encode(block)));
    }
    Ok(())
}

fn class_of(entries: u64) -> u32 {
    entries.max(1).ilog2() / 3
}

/// Takes the hints of a stored run and removes the run.
fn take_run(table: &Table, puts: &mut Puts, run: Run, hints: &mut Vec<u64>) -> Outcome<()> {
    let (from, to) = under(&key(b'h', [&run.id.to_be_bytes()]));
    let before = hints.len();
    table.scan(&from, &to, &mut |key, bytes| {
        hints.extend(decode(bytes)?);
        puts.insert(key.to_vec(), None);
        Ok(ControlFlow::Continue(()))
    })?;
    if (hints.len() - before) as u64 == run.entries { Ok(()) } else { Err(damaged("hints are missing")) }
}

#[cfg(test)]
mod tests {
    use super::super::mem_store::MemStore;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_item_is_found_through_merged_runs() {
        let mark = Mark::at_origin(&"example.gov.cn/xxgk".parse().unwrap());
        let mut table = Table::new(Box::<MemStore>::default(), mark);
        let words: Vec<String> = (0..40).map(|n| format!("〔2026〕{n}号")).collect();
        let mut model = vec![BTreeSet::new(); words.len()];
        for item in 0..3000u32 {
            let hints = (0..5).map(|n| {
                let word = (item as usize * 7 + n * n) % words.len();
                model[word].insert(item);
                Word::DocumentNumber(&words[word]).hint(item)
            });
            let hints: Vec<u64> = hints.collect();
            let (mut puts, mut mark) = (Puts::new(), table.mark().clone());
            put_hints(&table, &mut puts, &mut mark, hints).unwrap();
            table.commit(puts, mark).unwrap();
        }
        assert!(table.mark().runs.len() < 40, "{} runs", table.mark().runs.len());
        for (word, expected) in words.iter().zip(&model) {
            let found = items_of(&table, Word::DocumentNumber(word), usize::MAX).unwrap().unwrap();
            assert_eq!(found, expected.iter().copied().collect::<Vec<_>>());
            assert_eq!(
                items_of(&table, Word::IndexNumber(word), usize::MAX).unwrap().unwrap(),
                Vec::<u32>::new()
            );
        }
        assert_eq!(items_of(&table, Word::DocumentNumber(&words[0]), 10).unwrap(), None);
    }
}
