//! Records over a store: checked one by one and, section by section, as a whole.
//!
//! A record is `checksum (16) ‖ shape (1) ‖ bytes`. The checksum covers the key too, so a value that has strayed to
//! another key is found. That a record is missing, or an older one has come back, no single checksum can tell;
//! therefore the mark holds the sum of the checksums of each section, kept up in the batch of every change, and a
//! section of a store that may rot is added up before it is used for the first time.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use rayon::prelude::*;

use super::layout::{MARK, SECTION_COUNT, SECTIONS, after_prefix, key, section_of, section_range};
use super::mark::{Mark, Sum};
use super::store::{Batch, Store, Visit, damaged};
use crate::fault::Outcome;

/// Changes to records: key → new bytes, or `None` to remove it.
pub type Puts = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// sled keeps values beyond 128 KiB in files that it never syncs; ours are cut before that.
const PIECE: usize = 64 << 10;
const HEADER: usize = 17;
const WHOLE: u8 = 0;
const IN_PIECES: u8 = 1;

/// A store, its mark, and which of its sections have been found sound.
pub struct Table {
    store: Box<dyn Store>,
    mark: Mark,
    sound: [AtomicBool; SECTION_COUNT],
}

fn checksum(key: &[u8], body: &[u8]) -> u128 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(key.len() as u64).to_be_bytes()).update(key).update(body);
    let digest = hasher.finalize();
    digest.as_bytes().first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

fn encode(key: &[u8], shape: u8, bytes: &[u8]) -> Vec<u8> {
    let mut record = Vec::with_capacity(HEADER + bytes.len());
    record.extend_from_slice(&[0; HEADER - 1]);
    record.push(shape);
    record.extend_from_slice(bytes);
    let sum = checksum(key, record.get(HEADER - 1..).unwrap_or_default());
    if let Some(head) = record.first_chunk_mut() {
        *head = sum.to_be_bytes();
    }
    record
}

fn stated_sum(record: &[u8]) -> u128 {
    record.first_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes))
}

/// The checksum and shape of a record and its bytes, if they fit.
fn decode<'r>(key: &[u8], record: &'r [u8]) -> Outcome<(u128, u8, &'r [u8])> {
    let body = record.get(HEADER - 1..).filter(|body| !body.is_empty());
    let found = body.map(|body| checksum(key, body));
    match (found, body.and_then(|body| body.split_first())) {
        (Some(sum), Some((shape, bytes))) if sum == stated_sum(record) => Ok((sum, *shape, bytes)),
        _ => Err(damaged("a checksum")),
    }
}

impl Table {
    /// An empty table over an empty store.
    pub fn new(store: Box<dyn Store>, mark: Mark) -> Self {
        let sound = std::array::from_fn(|_| AtomicBool::new(true));
        Self { store, mark, sound }
    }

    /// The table a store holds; `None` when it holds nothing.
    ///
    /// Errors: `views.damaged`, when there is something without a sound mark.
    pub fn open(store: Box<dyn Store>) -> Outcome<Option<Self>> {
        let Some(record) = store.get(MARK)? else {
            let something = store.last(&[], &[u8::MAX])?.is_some();
            return if something { Err(damaged("records without a mark")) } else { Ok(None) };
        };
        let (_, _, bytes) = decode(MARK, &record)?;
        let mark: Mark = serde_json::from_slice(bytes).map_err(damaged)?;
        let sound = std::array::from_fn(|_| AtomicBool::new(!store.may_rot()));
        Ok(Some(Self { store, mark, sound }))
    }

    /// The mark.
    pub fn mark(&self) -> &Mark {
        &self.mark
    }

    /// The bytes of a record.
    pub fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        self.ensure(key)?;
        match self.store.get(key)? {
            None => Ok(None),
            Some(mut record) => match decode(key, &record)? {
                (_, WHOLE, _) => Ok(Some(record.split_off(HEADER))),
                (_, _, count) => self.joined(key, count).map(Some),
            },
        }
    }

    /// Visits the records with `from` ≤ key < `to`, all in one section, in key order.
    pub fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Outcome<()> {
        self.ensure(from)?;
        self.store.scan(from, to, &mut |key, record| match decode(key, record)? {
            (_, WHOLE, bytes) => visit(key, bytes),
            (_, _, count) => visit(key, &self.joined(key, count)?),
        })
    }

    /// The record with the greatest key in `from` ≤ key < `to`, both in one section.
    pub fn last(&self, from: &[u8], to: &[u8]) -> Outcome<Option<(Vec<u8>, Vec<u8>)>> {
        self.ensure(from)?;
        let Some((key, record)) = self.store.last(from, to)? else { return Ok(None) };
        let bytes = match decode(&key, &record)? {
            (_, WHOLE, bytes) => bytes.to_vec(),
            (_, _, count) => self.joined(&key, count)?,
        };
        Ok(Some((key, bytes)))
    }

    /// Applies changes and the new mark atomically. The sums in `mark` are kept here, whatever it says of them.
    pub fn commit(&mut self, puts: Puts, mut mark: Mark) -> Outcome<()> {
        mark.sums = self.mark.sums;
        let mut batch = Batch::new();
        for (key, bytes) in puts {
            self.replace(&mut batch, &mut mark, key, bytes)?;
        }
        let text = serde_json::to_vec(&mark).map_err(damaged)?;
        batch.insert(MARK.to_vec(), Some(encode(MARK, WHOLE, &text)));
        self.store.commit(batch)?;
        self.mark = mark;
        Ok(())
    }

    /// Hands what was committed to the disk.
    pub fn flush(&self) -> Outcome<()> {
        self.store.flush()
    }

    /// Adds every section up; `views.damaged` where one does not come to what the mark says.
    pub fn check(&self) -> Outcome<()> {
        self.sound.iter().for_each(|sound| sound.store(!self.store.may_rot(), Ordering::Relaxed));
        SECTIONS.iter().try_for_each(|section| self.ensure(&[*section]))
    }

    fn replace(
        &self,
        batch: &mut Batch,
        mark: &mut Mark,
        key: Vec<u8>,
        bytes: Option<Vec<u8>>,
    ) -> Outcome<()> {
        let before = self.store.get(&key)?;
        let pieces = bytes
            .as_ref()
            .map_or(0, |bytes| if bytes.len() > PIECE { bytes.len().div_ceil(PIECE) } else { 0 });
        if let Some(before) = &before
            && before.get(HEADER - 1) == Some(&IN_PIECES)
        {
            for nth in pieces as u32..count_of(before.get(HEADER..).unwrap_or_default())? {
                self.put(batch, mark, piece_key(&key, nth), None, None)?;
            }
        }
        let record = match &bytes {
            Some(bytes) if pieces > 0 => {
                for (nth, piece) in (0u32..).zip(bytes.chunks(PIECE)) {
                    let at = piece_key(&key, nth);
                    let record = encode(&at, WHOLE, piece);
                    self.put(batch, mark, at, None, Some(record))?;
                }
                Some(encode(&key, IN_PIECES, &(pieces as u32).to_be_bytes()))
            }
            Some(bytes) => Some(encode(&key, WHOLE, bytes)),
            None => None,
        };
        self.put(batch, mark, key, Some(before), record)
    }

    /// Adds one change to a batch and to the sum of its section. `before` is what stood there, if already known.
    fn put(
        &self,
        batch: &mut Batch,
        mark: &mut Mark,
        key: Vec<u8>,
        before: Option<Option<Vec<u8>>>,
        record: Option<Vec<u8>>,
    ) -> Outcome<()> {
        let before = match before {
            Some(before) => before,
            None => self.store.get(&key)?,
        };
        if let Some(Sum(sum)) = section_of(&key).and_then(|section| mark.sums.get_mut(section)) {
            *sum = sum.wrapping_sub(before.as_deref().map_or(0, stated_sum));
            *sum = sum.wrapping_add(record.as_deref().map_or(0, stated_sum));
        }
        if before.is_some() || record.is_some() {
            batch.insert(key, record);
        }
        Ok(())
    }

    fn joined(&self, whole: &[u8], count: &[u8]) -> Outcome<Vec<u8>> {
        let mut bytes = Vec::new();
        for nth in 0..count_of(count)? {
            let piece = self.get(&piece_key(whole, nth))?.ok_or_else(|| damaged("a piece is missing"))?;
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    fn ensure(&self, key: &[u8]) -> Outcome<()> {
        let Some(section) = section_of(key) else { return Ok(()) };
        let Some(sound) = self.sound.get(section) else { return Ok(()) };
        if sound.load(Ordering::Relaxed) {
            return Ok(());
        }
        let expected = self.mark.sums.get(section).copied().unwrap_or_default();
        if self.add_up(section)? != expected {
            return Err(damaged("a section does not add up"));
        }
        sound.store(true, Ordering::Relaxed);
        Ok(())
    }

    fn add_up(&self, section: usize) -> Outcome<Sum> {
        let bounds = self.bounds(section)?;
        let sums = bounds.par_windows(2).map(|pair| match pair {
            [from, to] => self.sum_of(from, to),
            _ => Ok(0),
        });
        sums.try_reduce(|| 0, |a, b| Ok(a.wrapping_add(b))).map(Sum)
    }

    fn sum_of(&self, from: &[u8], to: &[u8]) -> Outcome<u128> {
        let mut sum = 0u128;
        self.store.scan(from, to, &mut |key, record| {
            sum = sum.wrapping_add(decode(key, record)?.0);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(sum)
    }

    /// Cuts a section into about 16 ranges of keys, evenly between its first key and its last.
    fn bounds(&self, section: usize) -> Outcome<Vec<Vec<u8>>> {
        let (from, to) = section_range(section);
        let number = |key: &[u8]| {
            let mut bytes = [0; 8];
            let rest = key.get(1..).unwrap_or_default();
            bytes.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
            u64::from_be_bytes(bytes)
        };
        let last = self.store.last(&from, &to)?.map_or(0, |(key, _)| number(&key));
        let step = (last / 16).max(1);
        let section = from.first().copied().unwrap_or_default();
        let mut bounds = vec![from];
        bounds.extend((1..16).map(|nth| key(section, [&(step * nth).to_be_bytes()])));
        bounds.push(to);
        bounds.dedup();
        Ok(bounds)
    }
}

fn count_of(bytes: &[u8]) -> Outcome<u32> {
    bytes.try_into().map(u32::from_be_bytes).map_err(|_| damaged("a count of pieces"))
}

fn piece_key(whole: &[u8], nth: u32) -> Vec<u8> {
    key(b'z', [whole, &nth.to_be_bytes()])
}

/// The range of all keys that begin with `prefix`.
pub fn under(prefix: &[u8]) -> (Vec<u8>, Vec<u8>) {
    (prefix.to_vec(), after_prefix(prefix))
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
