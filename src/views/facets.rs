//! Which items have which facet, as bits: lists, counts and pages are found without reading rows.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use super::layout::{key, last_u32};
use super::store::damaged;
use super::table::{Puts, Table, under};
use crate::fault::Outcome;
use crate::rules::{Attribute, Step};

const WORDS: usize = 64;
/// Items that one record speaks of.
pub const BLOCK: u32 = (WORDS * 64) as u32;

/// Bits of one block.
pub type Bits = [u64; WORDS];

/// Kinds of events that an item can wait for. Stored by place: only ever added to.
const WAITS: [&str; 7] = [
    "item.proposed",
    "item.reviewed",
    "item.referred",
    "item.determined",
    "item.decided",
    "item.published",
    "item.reassessed",
];

/// Something that an item has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Facet {
    sort: u8,
    value: u64,
}

impl Facet {
    /// A facet from its sort and a value of that sort.
    pub const fn new(sort: u8, value: u64) -> Self {
        Self { sort, value }
    }

    /// Something of it is public.
    pub const PUBLIC: Self = Self::new(3, 0);
    /// It is withheld, in whole or in part.
    pub const WITHHELD: Self = Self::new(4, 0);
    /// It is from before the ledger.
    pub const INHERITED: Self = Self::new(5, 0);
    /// It can be had on request.
    pub const ON_REQUEST: Self = Self::new(9, 0);
    /// It is a state-secret stub.
    pub const SECRET: Self = Self::new(10, 0);
    /// Another body is responsible for disclosing it.
    pub const OTHER_BODY: Self = Self::new(11, 0);
    /// It has been transferred to the archive.
    pub const TRANSFERRED: Self = Self::new(12, 0);
    /// One of its events declares a departure.
    pub const IRREGULAR: Self = Self::new(13, 0);

    /// Its state.
    pub fn state(state: Step) -> Self {
        Self::new(1, u64::from(state.bit()))
    }

    /// Its attribute.
    pub fn attribute(attribute: Attribute) -> Self {
        let place = Attribute::ALL.iter().position(|known| *known == attribute);
        Self::new(2, place.unwrap_or_default() as u64)
    }

    /// Its year.
    pub fn year(year: i16) -> Self {
        Self::new(6, u64::from(year.unsigned_abs()))
    }

    /// The kind of event it waits for.
    pub fn waiting(kind: &str) -> Option<Self> {
        let place = WAITS.iter().position(|known| *known == kind)?;
        Some(Self::new(7, place as u64))
    }

    /// It has its outcome in the round that event `opened` opened.
    pub fn outcome_in(opened: u64) -> Self {
        Self::new(8, opened)
    }

    fn prefix(self) -> Vec<u8> {
        key(b'f', [&[self.sort], &self.value.to_be_bytes()])
    }

    fn key(self, block: u32) -> Vec<u8> {
        let mut key = self.prefix();
        key.extend_from_slice(&block.to_be_bytes());
        key
    }
}

/// Words without the empty ones at the end.
fn encode(bits: &Bits) -> Option<Vec<u8>> {
    let used = bits.iter().rposition(|word| *word != 0)? + 1;
    Some(bits.iter().take(used).flat_map(|word| word.to_be_bytes()).collect())
}

fn decode(bytes: &[u8]) -> Outcome<Bits> {
    let (words, rest) = bytes.as_chunks();
    if words.len() > WORDS || !rest.is_empty() {
        return Err(damaged("bits of a facet"));
    }
    let mut bits = [0; WORDS];
    bits.iter_mut().zip(words).for_each(|(to, from)| *to = u64::from_be_bytes(*from));
    Ok(bits)
}

/// The bits of a facet in a block.
pub fn bits(table: &Table, facet: Facet, block: u32) -> Outcome<Bits> {
    table.get(&facet.key(block))?.map_or(Ok([0; WORDS]), |bytes| decode(&bytes))
}

/// The blocks in which some item has the facet, ascending.
pub fn blocks(table: &Table, facet: Facet) -> Outcome<BTreeMap<u32, Bits>> {
    let (from, to) = under(&facet.prefix());
    let mut blocks = BTreeMap::new();
    table.scan(&from, &to, &mut |key, bytes| {
        let block = last_u32(key).ok_or_else(|| damaged("a key of a facet"))?;
        blocks.insert(block, decode(bytes)?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(blocks)
}

/// Bits of all items of a block, of `items` there are.
pub fn every(items: u32, block: u32) -> Bits {
    let here = items.saturating_sub(block * BLOCK).min(BLOCK) as usize;
    let mut bits = [0; WORDS];
    for (nth, word) in bits.iter_mut().enumerate() {
        *word = match here.saturating_sub(nth * 64) {
            0 => 0,
            64.. => u64::MAX,
            some => (1 << some) - 1,
        };
    }
    bits
}

/// Changes of facets, gathered over a batch.
#[derive(Debug, Default)]
pub struct Changes(BTreeMap<(Facet, u32), Vec<(u32, bool)>>);

impl Changes {
    /// Notes how the facets of an item have changed.
    pub fn note(&mut self, item: u32, before: &BTreeSet<Facet>, after: &BTreeSet<Facet>) {
        let mut set = |facet: &Facet, on| {
            self.0.entry((*facet, item / BLOCK)).or_default().push((item % BLOCK, on));
        };
        before.difference(after).for_each(|facet| set(facet, false));
        after.difference(before).for_each(|facet| set(facet, true));
    }

    /// Writes them.
    pub fn put(self, table: &Table, puts: &mut Puts) -> Outcome<()> {
        for ((facet, block), changes) in self.0 {
            let mut all = bits(table, facet, block)?;
            for (bit, on) in changes {
                if let Some(word) = all.get_mut(bit as usize / 64) {
                    if on { *word |= 1 << (bit % 64) } else { *word &= !(1 << (bit % 64)) }
                }
            }
            puts.insert(facet.key(block), encode(&all));
        }
        Ok(())
    }
}

/// The items whose bits are set, ascending.
pub fn items_in(block: u32, bits: &Bits) -> impl Iterator<Item = u32> {
    bits.iter().enumerate().flat_map(move |(nth, word)| {
        let mut rest = *word;
        std::iter::from_fn(move || {
            let bit = (rest != 0).then(|| rest.trailing_zeros())?;
            rest &= rest - 1;
            Some(block * BLOCK + nth as u32 * 64 + bit)
        })
    })
}

/// Number of set bits.
pub fn count(bits: &Bits) -> u64 {
    bits.iter().map(|word| u64::from(word.count_ones())).sum()
}

#[cfg(test)]
mod tests {
    use super::super::mark::Mark;
    use super::super::mem_store::MemStore;
    use super::*;

    #[test]
    fn bits_follow_the_changes() {
        let mark = Mark::at_origin(&"example.gov.cn/xxgk".parse().unwrap());
        let mut table = Table::new(Box::<MemStore>::default(), mark.clone());
        let facet = |n| Facet::new(1, n);
        let mut model: BTreeMap<u32, BTreeSet<Facet>> = BTreeMap::new();
        for round in 0..3u64 {
            let mut changes = Changes::default();
            for item in (0..9000).step_by(7 + round as usize) {
                let after = BTreeSet::from([facet(u64::from(item) % 3), facet(10 + round)]);
                let before = model.insert(item, after.clone()).unwrap_or_default();
                changes.note(item, &before, &after);
            }
            let mut puts = Puts::new();
            changes.put(&table, &mut puts).unwrap();
            table.commit(puts, mark.clone()).unwrap();
        }
        for facet in [0, 1, 2, 10, 11, 12, 13].map(facet) {
            let found: Vec<u32> = blocks(&table, facet)
                .unwrap()
                .iter()
                .flat_map(|(block, bits)| items_in(*block, bits).collect::<Vec<_>>())
                .collect();
            let expected: Vec<u32> =
                model.iter().filter(|(_, facets)| facets.contains(&facet)).map(|(item, _)| *item).collect();
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn every_item_and_no_other() {
        for items in [0, 1, 63, 64, 65, BLOCK - 1, BLOCK, BLOCK + 1] {
            let all: Vec<u32> =
                (0..2).flat_map(|block| items_in(block, &every(items, block)).collect::<Vec<_>>()).collect();
            assert_eq!(all, (0..items).collect::<Vec<_>>());
            assert_eq!(count(&every(items, 0)) + count(&every(items, 1)), u64::from(items));
        }
    }
}
