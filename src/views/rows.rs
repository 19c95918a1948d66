//! Rows on record: packed by sixteen where a batch changed many of a group, single where it changed few.
//!
//! A single row wins over the one in its group. Packing keeps the number of records small, which is what sled's
//! speed, size and opening time depend on; single rows keep a lone act from rewriting its neighbours.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;

use rayon::prelude::*;

use super::layout::{key, last_u32, put_varint, take_varint};
use super::row::{Course, Row};
use super::store::damaged;
use super::table::{Puts, Table};
use crate::fault::Outcome;

const GROUP: u32 = 16;
/// So many changed rows of a group are worth packing it.
const PACK: usize = 6;
/// Plain bytes a group may have; larger rows stay single.
const GROUP_BYTES: usize = 1 << 20;
/// Events a row keeps; beyond, the oldest [`CHUNK`] move to a record of their own.
const KEPT: usize = 96;
const CHUNK: usize = 64;

thread_local! {
    static PACKER: RefCell<Option<zstd::bulk::Compressor<'static>>> = const { RefCell::new(None) };
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

fn single_key(item: u32) -> Vec<u8> {
    key(b'r', [&item.to_be_bytes()])
}

fn group_key(group: u32) -> Vec<u8> {
    key(b'g', [&group.to_be_bytes()])
}

fn chunk_key(item: u32, chunk: u32) -> Vec<u8> {
    key(b'e', [&item.to_be_bytes(), &chunk.to_be_bytes()])
}

fn pack(plain: &[u8]) -> Outcome<Vec<u8>> {
    PACKER.with_borrow_mut(|packer| {
        if packer.is_none() {
            *packer = Some(zstd::bulk::Compressor::new(1).map_err(damaged)?);
        }
        packer.as_mut().map_or_else(|| Err(damaged("zstd")), |packer| packer.compress(plain).map_err(damaged))
    })
}

fn unpack(packed: &[u8]) -> Outcome<Vec<u8>> {
    UNPACKER.with_borrow_mut(|unpacker| {
        if unpacker.is_none() {
            *unpacker = Some(zstd::bulk::Decompressor::new().map_err(damaged)?);
        }
        let Some(unpacker) = unpacker else { return Err(damaged("zstd")) };
        let size = zstd::bulk::Decompressor::upper_bound(packed).unwrap_or(2 * GROUP_BYTES);
        unpacker.decompress(packed, size.min(2 * GROUP_BYTES)).map_err(damaged)
    })
}

/// Rows of a group by their place in it, as bytes.
type Group = BTreeMap<u32, Vec<u8>>;

fn encode_group(group: &Group) -> Outcome<Vec<u8>> {
    let mut plain = Vec::new();
    for (place, row) in group {
        put_varint(&mut plain, u64::from(*place));
        put_varint(&mut plain, row.len() as u64);
        plain.extend_from_slice(row);
    }
    pack(&plain)
}

/// Visits the rows of a packed group.
fn visit_group(packed: &[u8], mut visit: impl FnMut(u32, &[u8]) -> Outcome<()>) -> Outcome<()> {
    let plain = unpack(packed)?;
    let mut rest = &plain[..];
    while !rest.is_empty() {
        let header = (take_varint(&mut rest), take_varint(&mut rest));
        let (Some(place), Some(len)) = header else { return Err(damaged("a group of rows")) };
        let Some((row, behind)) = rest.split_at_checked(len as usize) else {
            return Err(damaged("a group of rows"));
        };
        visit(place as u32, row)?;
        rest = behind;
    }
    Ok(())
}

fn decode(bytes: &[u8]) -> Outcome<Row> {
    serde_json::from_slice(bytes).map_err(damaged)
}

/// The row of an item.
///
/// Errors: `views.damaged` when there is none; every item under the mark's count has one.
pub fn row(table: &Table, item: u32) -> Outcome<Row> {
    if let Some(bytes) = table.get(&single_key(item))? {
        return decode(&bytes);
    }
    let packed = table.get(&group_key(item / GROUP))?.ok_or_else(|| damaged("a group of rows is missing"))?;
    let mut found = None;
    visit_group(&packed, |place, bytes| {
        if place == item % GROUP {
            found = Some(decode(bytes)?);
        }
        Ok(())
    })?;
    found.ok_or_else(|| damaged("a row is missing"))
}

/// Rows of several items, in their order, read in parallel.
pub fn rows(table: &Table, items: &[u32]) -> Outcome<Vec<Row>> {
    let groups: Vec<&[u32]> = items.chunk_by(|a, b| a / GROUP == b / GROUP).collect();
    let read: Vec<Vec<Row>> =
        groups.par_iter().with_min_len(8).map(|items| rows_of_group(table, items)).collect::<Outcome<_>>()?;
    Ok(read.into_iter().flatten().collect())
}

/// Rows of items of one group.
fn rows_of_group(table: &Table, items: &[u32]) -> Outcome<Vec<Row>> {
    let Some(first) = items.first() else { return Ok(Vec::new()) };
    if let [item] = items {
        return Ok(vec![row(table, *item)?]);
    }
    let (group, _) = load_group(table, first / GROUP)?;
    let find = |item: &u32| {
        let bytes = group.get(&(item % GROUP)).ok_or_else(|| damaged("a row is missing"))?;
        decode(bytes)
    };
    items.iter().map(find).collect()
}

/// The rows of a group, and the places of those that are single.
fn load_group(table: &Table, number: u32) -> Outcome<(Group, Vec<u32>)> {
    let (mut group, mut singles) = (Group::new(), Vec::new());
    if let Some(packed) = table.get(&group_key(number))? {
        visit_group(&packed, |place, bytes| {
            group.insert(place, bytes.to_vec());
            Ok(())
        })?;
    }
    let (from, to) = (single_key(number * GROUP), single_key(number * GROUP + GROUP));
    table.scan(&from, &to, &mut |key, bytes| {
        let item = last_u32(key).ok_or_else(|| damaged("a key of a row"))?;
        group.insert(item % GROUP, bytes.to_vec());
        singles.push(item % GROUP);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((group, singles))
}

/// Writes changed rows.
pub fn put_rows(table: &Table, puts: &mut Puts, changed: BTreeMap<u32, &mut Row>) -> Outcome<()> {
    let encoded: Vec<(u32, Vec<u8>, Spilled)> = changed
        .into_par_iter()
        .map(|(item, row)| {
            let spilled = spill(item, row)?;
            Ok((item, serde_json::to_vec(row).map_err(damaged)?, spilled))
        })
        .collect::<Outcome<_>>()?;
    let mut all = BTreeMap::new();
    for (item, bytes, spilled) in encoded {
        all.insert(item, bytes);
        puts.extend(spilled.into_iter().map(|(key, bytes)| (key, Some(bytes))));
    }
    let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
    for (item, bytes) in all {
        groups.entry(item / GROUP).or_default().insert(item % GROUP, bytes);
    }
    let written: Vec<Puts> = groups
        .into_par_iter()
        .map(|(number, group)| put_group(table, number, group))
        .collect::<Outcome<_>>()?;
    written.into_iter().for_each(|more| puts.extend(more));
    Ok(())
}

fn put_group(table: &Table, number: u32, changed: Group) -> Outcome<Puts> {
    let mut puts = Puts::new();
    let item = |place: &u32| number * GROUP + place;
    if changed.len() < PACK {
        puts.extend(changed.into_iter().map(|(place, bytes)| (single_key(item(&place)), Some(bytes))));
        return Ok(puts);
    }
    let is_new = u64::from(number) * u64::from(GROUP) >= u64::from(table.mark().items);
    let (mut group, singles) = if is_new { Default::default() } else { load_group(table, number)? };
    group.extend(changed);
    let total: usize = group.values().map(Vec::len).sum();
    if total > GROUP_BYTES {
        puts.extend(group.into_iter().map(|(place, bytes)| (single_key(item(&place)), Some(bytes))));
        return Ok(puts);
    }
    puts.extend(singles.iter().map(|place| (single_key(item(place)), None)));
    puts.insert(group_key(number), Some(encode_group(&group)?));
    Ok(puts)
}

/// Records of older events: key and bytes.
type Spilled = Vec<(Vec<u8>, Vec<u8>)>;

/// Moves the oldest events of a row with very many to records of their own.
fn spill(item: u32, row: &mut Row) -> Outcome<Spilled> {
    let mut spilled = Vec::new();
    while row.course.len() >= KEPT {
        let older: Vec<Course> = row.course.drain(..CHUNK).collect();
        spilled.push((chunk_key(item, row.chunks), serde_json::to_vec(&older).map_err(damaged)?));
        row.chunks += 1;
    }
    Ok(spilled)
}

/// The whole course of an item, oldest event first.
pub fn course(table: &Table, item: u32, row: &Row) -> Outcome<Vec<Course>> {
    let mut all = Vec::with_capacity(row.course.len());
    for chunk in 0..row.chunks {
        let bytes =
            table.get(&chunk_key(item, chunk))?.ok_or_else(|| damaged("a chunk of events is missing"))?;
        let some: Vec<Course> = serde_json::from_slice(&bytes).map_err(damaged)?;
        all.extend(some);
    }
    all.extend(row.course.iter().cloned());
    Ok(all)
}
