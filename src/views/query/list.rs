//! Lists: items by what they have in common, in the order of their first events, page by page.

use std::collections::{BTreeMap, BTreeSet};

use super::Query;
use crate::fault::Outcome;
use crate::rules::{Attribute, Step};
use crate::views::facets::{self, BLOCK, Bits, Facet};
use crate::views::hints::{self, Word};
use crate::views::norm::searchable;
use crate::views::row::Row;
use crate::views::rows;

/// Rows read at a time while a page is filled.
const STRIDE: usize = 64;
/// A word that leads to more items than this is passed over when another leads to fewer.
const COMMON: usize = 4_096;
/// So few items are read rather than narrowed down further.
const FEW: usize = 64;

/// Which items; every condition that is set must hold. The default is all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// One of these states.
    pub states: Vec<Step>,
    /// One of these attributes.
    pub attributes: Vec<Attribute>,
    /// One of these years.
    pub years: Vec<i16>,
    /// From before the ledger, or not.
    pub inherited: Option<bool>,
    /// Something of it public, or nothing.
    pub public: Option<bool>,
    /// Withheld, in whole or in part, or not.
    pub withheld: Option<bool>,
    /// With declared departures, or without.
    pub irregular: Option<bool>,
    /// A piece of its title; compared without regard to width, case and white space.
    pub text: Option<String>,
}

/// Which part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Where to begin: 0, or what `next` of the page before says.
    pub from: u32,
    /// Items of the list to pass over first.
    pub skip: u64,
    /// Items at most.
    pub limit: usize,
}

impl Page {
    /// The whole list.
    pub const ALL: Self = Self { from: 0, skip: 0, limit: usize::MAX };

    /// The first `limit` of the list.
    pub fn first(limit: usize) -> Self {
        Self { limit, ..Self::ALL }
    }
}

/// A page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed<T> {
    /// The items.
    pub items: Vec<T>,
    /// Items of the whole list; unknown when a text was searched and the page is not the last.
    pub total: Option<u64>,
    /// Where the next page begins; nothing when this is the last.
    pub next: Option<u32>,
}

impl<T> Listed<T> {
    /// The same page of something made from each item.
    pub fn map<U>(self, make: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(make).collect(), total: self.total, next: self.next }
    }
}

/// Conditions in terms of facets: one of each `any`, none of `none`.
#[derive(Debug, Clone, Default)]
pub(super) struct Clauses {
    pub any: Vec<Vec<Facet>>,
    pub none: Vec<Facet>,
}

impl Clauses {
    pub fn with(mut self, facet: Facet) -> Self {
        self.any.push(vec![facet]);
        self
    }

    pub fn without(mut self, facet: Facet) -> Self {
        self.none.push(facet);
        self
    }

    fn one_of(&mut self, facets: Vec<Facet>) {
        if !facets.is_empty() {
            self.any.push(facets);
        }
    }

    fn flag(&mut self, facet: Facet, wanted: Option<bool>) {
        match wanted {
            Some(true) => self.any.push(vec![facet]),
            Some(false) => self.none.push(facet),
            None => {}
        }
    }
}

impl Filter {
    pub(super) fn clauses(&self) -> Clauses {
        let mut clauses = Clauses::default();
        clauses.one_of(self.states.iter().map(|state| Facet::state(*state)).collect());
        clauses.one_of(self.attributes.iter().map(|attribute| Facet::attribute(*attribute)).collect());
        clauses.one_of(self.years.iter().map(|year| Facet::year(*year)).collect());
        clauses.flag(Facet::INHERITED, self.inherited);
        clauses.flag(Facet::PUBLIC, self.public);
        clauses.flag(Facet::WITHHELD, self.withheld);
        clauses.flag(Facet::IRREGULAR, self.irregular);
        clauses
    }
}

/// Whether a title holds the text, both in the form of [`searchable`].
fn has_text(row: &Row, text: &str) -> bool {
    let titles = [row.texts.title.as_deref(), row.open.as_ref().and_then(|open| open.title.as_deref())];
    titles.into_iter().flatten().any(|title| searchable(title).contains(text))
}

impl Query<'_> {
    /// Items by filter.
    pub fn list(&self, filter: &Filter, page: Page) -> Outcome<Listed<Row>> {
        let text = filter.text.as_deref().map(searchable).filter(|text| !text.is_empty());
        let mut chosen = self.chosen(&filter.clauses())?;
        let Some(text) = text else { return self.page(&chosen, page) };
        if let Some(items) = self.items_with(&text)? {
            keep_only(&mut chosen, &items);
        }
        self.page_where(&chosen, page, |row| has_text(row, &text))
    }

    /// How many items a filter without text chooses; its text is passed over.
    pub fn count(&self, filter: &Filter) -> Outcome<u64> {
        Ok(self.chosen(&filter.clauses())?.values().map(facets::count).sum())
    }

    /// Bits of the items that fulfil the clauses.
    pub(super) fn chosen(&self, clauses: &Clauses) -> Outcome<BTreeMap<u32, Bits>> {
        let items = self.items();
        let mut chosen: Option<BTreeMap<u32, Bits>> = None;
        for facets in &clauses.any {
            let mut union: BTreeMap<u32, Bits> = BTreeMap::new();
            for facet in facets {
                for (block, bits) in facets::blocks(self.table, *facet)? {
                    let into = union.entry(block).or_insert([0; 64]);
                    into.iter_mut().zip(bits).for_each(|(into, word)| *into |= word);
                }
            }
            chosen = Some(match chosen {
                None => union,
                Some(before) => both(before, &union),
            });
        }
        let every = || (0..items.div_ceil(BLOCK)).map(|block| (block, facets::every(items, block))).collect();
        let mut chosen = chosen.unwrap_or_else(every);
        for facet in &clauses.none {
            for (block, bits) in facets::blocks(self.table, *facet)? {
                if let Some(from) = chosen.get_mut(&block) {
                    from.iter_mut().zip(bits).for_each(|(from, word)| *from &= !word);
                }
            }
        }
        Ok(chosen)
    }

    /// A page of chosen items.
    pub(super) fn page(&self, chosen: &BTreeMap<u32, Bits>, page: Page) -> Outcome<Listed<Row>> {
        let total = chosen.values().map(facets::count).sum();
        let mut rest = after(chosen, page.from).skip(usize::try_from(page.skip).unwrap_or(usize::MAX));
        let items: Vec<u32> = rest.by_ref().take(page.limit).collect();
        let next = rest.next();
        Ok(Listed { items: rows::rows(self.table, &items)?, total: Some(total), next })
    }

    /// A page of those chosen items whose rows pass `wanted`.
    pub(super) fn page_where(
        &self,
        chosen: &BTreeMap<u32, Bits>,
        page: Page,
        wanted: impl Fn(&Row) -> bool,
    ) -> Outcome<Listed<Row>> {
        let (mut found, mut passed, mut rest) = (Vec::new(), 0u64, after(chosen, page.from));
        loop {
            let items: Vec<u32> = rest.by_ref().take(STRIDE).collect();
            if items.is_empty() {
                let total = (page.from == 0).then_some(passed);
                return Ok(Listed { items: found, total, next: None });
            }
            for (item, row) in items.iter().zip(rows::rows(self.table, &items)?) {
                if !wanted(&row) {
                    continue;
                }
                if found.len() >= page.limit {
                    return Ok(Listed { items: found, total: None, next: Some(*item) });
                }
                passed += 1;
                if passed > page.skip {
                    found.push(row);
                }
            }
        }
    }

    /// Items whose title may hold `text`; `None` when nothing can be said: a text of one letter.
    pub(super) fn items_with(&self, text: &str) -> Outcome<Option<BTreeSet<u32>>> {
        let pairs: BTreeSet<(char, char)> = text.chars().zip(text.chars().skip(1)).collect();
        // A pair that few titles have tells enough; where every pair is common, what they have in common does.
        let narrow = match self.items_with_all(&pairs, COMMON)? {
            None => self.items_with_all(&pairs, usize::MAX)?,
            narrow => narrow,
        };
        Ok(narrow.map(|items| items.into_iter().collect()))
    }

    /// Items that have all pairs, ascending; pairs that more than `most` have are passed over, and once few are left
    /// the rest are not looked at.
    fn items_with_all(&self, pairs: &BTreeSet<(char, char)>, most: usize) -> Outcome<Option<Vec<u32>>> {
        let mut narrow: Option<Vec<u32>> = None;
        for (a, b) in pairs {
            let Some(items) = hints::items_of(self.table, Word::Pair(*a, *b), most)? else { continue };
            let left = match narrow {
                None => items,
                Some(mut before) => {
                    before.retain(|item| items.binary_search(item).is_ok());
                    before
                }
            };
            let few = left.len() <= FEW;
            narrow = Some(left);
            if few {
                break;
            }
        }
        Ok(narrow)
    }
}

fn both(mut one: BTreeMap<u32, Bits>, other: &BTreeMap<u32, Bits>) -> BTreeMap<u32, Bits> {
    one.retain(|block, bits| {
        let Some(other) = other.get(block) else { return false };
        bits.iter_mut().zip(other).for_each(|(word, other)| *word &= other);
        true
    });
    one
}

fn keep_only(chosen: &mut BTreeMap<u32, Bits>, items: &BTreeSet<u32>) {
    for (block, bits) in chosen.iter_mut() {
        let mut kept = [0u64; 64];
        for item in items.range(block * BLOCK..).take_while(|item| **item / BLOCK == *block) {
            if let Some(word) = kept.get_mut((item % BLOCK) as usize / 64) {
                *word |= 1 << (item % 64);
            }
        }
        bits.iter_mut().zip(kept).for_each(|(word, kept)| *word &= kept);
    }
}

/// The chosen items from `from` on.
fn after(chosen: &BTreeMap<u32, Bits>, from: u32) -> impl Iterator<Item = u32> {
    let blocks = chosen.range(from / BLOCK..);
    blocks.flat_map(|(block, bits)| facets::items_in(*block, bits)).skip_while(move |item| *item < from)
}
