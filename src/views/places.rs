//! Where events stand in the log, and which events a person, a round or the ledger itself has.

use std::collections::BTreeMap;

use super::layout::{key, put_varint, take_varint};
use super::store::damaged;
use super::table::{Puts, Table};
use crate::fault::Outcome;
use crate::log::Spot;
use crate::record::Subject;

const PLACES: u64 = 256;
const NUMBERS: u64 = 512;

fn block_key(block: u64) -> Vec<u8> {
    key(b'p', [&block.to_be_bytes()])
}

fn decode_places(bytes: &[u8]) -> Option<Vec<Spot>> {
    let (mut rest, mut spots) = (bytes, Vec::with_capacity(PLACES as usize));
    while !rest.is_empty() {
        let segment = take_varint(&mut rest)?;
        let count = take_varint(&mut rest)?;
        let mut offset = 0;
        for _ in 0..count {
            offset += take_varint(&mut rest)?;
            spots.push(Spot { segment, offset });
        }
    }
    Some(spots)
}

/// Runs of one segment each: segment, count, then the differences of the offsets.
fn encode_places(spots: &[Spot]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(spots.len() * 2 + 8);
    for run in spots.chunk_by(|a, b| a.segment == b.segment && a.offset <= b.offset) {
        put_varint(&mut bytes, run.first().map_or(0, |spot| spot.segment));
        put_varint(&mut bytes, run.len() as u64);
        let mut before = 0;
        for spot in run {
            put_varint(&mut bytes, spot.offset - before);
            before = spot.offset;
        }
    }
    bytes
}

fn block(table: &Table, block: u64) -> Outcome<Vec<Spot>> {
    let bytes = table.get(&block_key(block))?.ok_or_else(|| damaged("places are missing"))?;
    decode_places(&bytes).ok_or_else(|| damaged("a block of places"))
}

/// Where event `seq` stands; `seq` must be applied.
pub fn place(table: &Table, seq: u64) -> Outcome<Spot> {
    let spots = block(table, seq / PLACES)?;
    spots.get((seq % PLACES) as usize).copied().ok_or_else(|| damaged("a place is missing"))
}

/// Sets the places of the events from `first` on. Those before `first` must be there.
pub fn put_places(table: &Table, puts: &mut Puts, first: u64, spots: &[Spot]) -> Outcome<()> {
    let mut rest = spots;
    let mut seq = first;
    while !rest.is_empty() {
        let nth = seq / PLACES;
        let kept = (seq % PLACES) as usize;
        let mut all = if table.get(&block_key(nth))?.is_some() { block(table, nth)? } else { Vec::new() };
        let take = rest.len().min(PLACES as usize - kept);
        let (now, later) = rest.split_at(take);
        let behind = all.split_off((kept + take).min(all.len()));
        all.truncate(kept);
        if all.len() < kept {
            return Err(damaged("places are missing"));
        }
        all.extend_from_slice(now);
        all.extend(behind);
        puts.insert(block_key(nth), Some(encode_places(&all)));
        seq += take as u64;
        rest = later;
    }
    Ok(())
}

fn chunk_key(subject: &str, chunk: u32) -> Vec<u8> {
    key(b's', [subject.as_bytes(), &[0], &chunk.to_be_bytes()])
}

fn decode_numbers(bytes: &[u8]) -> Option<Vec<u64>> {
    let (mut rest, mut seq, mut seqs) = (bytes, 0, Vec::new());
    while !rest.is_empty() {
        seq += take_varint(&mut rest)?;
        seqs.push(seq);
    }
    Some(seqs)
}

fn encode_numbers(seqs: &[u64]) -> Vec<u8> {
    let (mut bytes, mut before) = (Vec::new(), 0);
    for seq in seqs {
        put_varint(&mut bytes, seq - before);
        before = *seq;
    }
    bytes
}

/// Numbers of the events of a subject that is no item, in order.
pub fn events_of(table: &Table, subject: &Subject) -> Outcome<Vec<u64>> {
    let mut seqs = Vec::new();
    for chunk in 0.. {
        let Some(bytes) = table.get(&chunk_key(subject.as_str(), chunk))? else { break };
        let some = decode_numbers(&bytes).ok_or_else(|| damaged("numbers of events"))?;
        let full = some.len() as u64 >= NUMBERS;
        seqs.extend(some);
        if !full {
            break;
        }
    }
    Ok(seqs)
}

/// Adds events to subjects that are no items.
pub fn put_events(table: &Table, puts: &mut Puts, new: &BTreeMap<Subject, Vec<u64>>) -> Outcome<()> {
    for (subject, seqs) in new {
        let all: Vec<u64> = events_of(table, subject)?;
        let kept = all.len() as u64 / NUMBERS;
        let tail = all.get((kept * NUMBERS) as usize..).unwrap_or_default();
        let open: Vec<u64> = tail.iter().chain(seqs).copied().collect();
        for (nth, chunk) in (kept as u32..).zip(open.chunks(NUMBERS as usize)) {
            puts.insert(chunk_key(subject.as_str(), nth), Some(encode_numbers(chunk)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::mark::Mark;
    use super::super::mem_store::MemStore;
    use super::*;

    fn table() -> Table {
        Table::new(Box::<MemStore>::default(), Mark::at_origin(&"example.gov.cn/xxgk".parse().unwrap()))
    }

    fn write(table: &mut Table, fill: impl FnOnce(&Table, &mut Puts)) {
        let mut puts = Puts::new();
        fill(table, &mut puts);
        let mark = table.mark().clone();
        table.commit(puts, mark).unwrap();
    }

    #[test]
    fn places_come_back_however_they_were_added() {
        let spots: Vec<Spot> =
            (0..1500).map(|n| Spot { segment: n / 700 * 700, offset: n % 700 * 613 + n % 3 }).collect();
        let mut table = table();
        let mut from = 0;
        for to in [1, 2, 255, 256, 257, 900, 1500] {
            write(&mut table, |table, puts| put_places(table, puts, from as u64, &spots[from..to]).unwrap());
            from = to;
        }
        let moved = Spot { segment: 700, offset: 7 };
        write(&mut table, |table, puts| put_places(table, puts, 800, &[moved]).unwrap());
        for (seq, spot) in spots.iter().enumerate() {
            let expected = if seq == 800 { moved } else { *spot };
            assert_eq!(place(&table, seq as u64).unwrap(), expected);
        }
        assert!(place(&table, 1500).is_err());
    }

    #[test]
    fn numbers_of_events_come_back() {
        let mut table = table();
        let subject: Subject = "ledger/main".parse().unwrap();
        let all: Vec<u64> = (0..2000).map(|n| n * 3).collect();
        for part in [&all[..1], &all[1..511], &all[511..512], &all[512..1700], &all[1700..]] {
            let new = BTreeMap::from([(subject.clone(), part.to_vec())]);
            write(&mut table, |table, puts| put_events(table, puts, &new).unwrap());
        }
        assert_eq!(events_of(&table, &subject).unwrap(), all);
        assert_eq!(events_of(&table, &"ledger/mai".parse().unwrap()).unwrap(), Vec::<u64>::new());
    }
}
