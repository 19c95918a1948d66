//! The nodes of the tree, in tiles of 64: a record holds the hashes of 64 neighbouring complete subtrees whose
//! height is a multiple of six; what lies between is computed when it is asked for.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::layout::key;
use super::store::damaged;
use super::table::{Puts, Table};
use crate::fault::{Fault, Outcome};
use crate::record::TreeHash;
use crate::record::tree::{Frontier, Nodes, node_hash};

const STEP: u32 = 6;
const WIDTH: u64 = 1 << STEP;
const HASH: usize = 32;

fn tile_key(level: u32, tile: u64) -> Vec<u8> {
    key(b't', [&[level as u8], &tile.to_be_bytes()])
}

/// The tree of the applied events.
pub struct Tiles<'t>(pub &'t Table);

impl Nodes for Tiles<'_> {
    type Error = Fault;

    fn node(&self, height: u32, index: u64) -> Outcome<TreeHash> {
        let (level, above) = (height / STEP, height % STEP);
        let first = index << above;
        let bytes =
            self.0.get(&tile_key(level, first / WIDTH))?.ok_or_else(|| damaged("a tile is missing"))?;
        let from = (first % WIDTH) as usize * HASH;
        let wanted = bytes.get(from..from + (HASH << above)).ok_or_else(|| damaged("a node is missing"))?;
        let mut row: Vec<TreeHash> = wanted.as_chunks().0.iter().map(|hash| TreeHash(*hash)).collect();
        while row.len() > 1 {
            row = row.as_chunks().0.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        row.pop().ok_or_else(|| damaged("a node is missing"))
    }
}

/// Appends leaves to the tree: to its frontier, and to the tiles they fall into.
pub fn put_leaves(
    table: &Table,
    puts: &mut Puts,
    frontier: &mut Frontier,
    leaves: impl Iterator<Item = TreeHash>,
) -> Outcome<()> {
    let mut tiles: BTreeMap<(u32, u64), Vec<u8>> = BTreeMap::new();
    for leaf in leaves {
        let mut fault = None;
        frontier.push_with(leaf, |height, index, hash| {
            if height % STEP != 0 || fault.is_some() {
                return;
            }
            let at = (height / STEP, index / WIDTH);
            match tile_to_extend(table, &mut tiles, at, index) {
                Ok(tile) => tile.extend_from_slice(&hash.0),
                Err(found) => fault = Some(found),
            }
        });
        if let Some(fault) = fault {
            return Err(fault);
        }
    }
    puts.extend(tiles.into_iter().map(|((level, tile), bytes)| (tile_key(level, tile), Some(bytes))));
    Ok(())
}

fn tile_to_extend<'a>(
    table: &Table,
    tiles: &'a mut BTreeMap<(u32, u64), Vec<u8>>,
    at: (u32, u64),
    index: u64,
) -> Outcome<&'a mut Vec<u8>> {
    let kept = (index % WIDTH) as usize * HASH;
    if let Entry::Vacant(place) = tiles.entry(at) {
        let before =
            if kept == 0 { Vec::new() } else { table.get(&tile_key(at.0, at.1))?.unwrap_or_default() };
        if before.len() != kept {
            return Err(damaged("a tile does not fit the tree"));
        }
        place.insert(before);
    }
    tiles.get_mut(&at).ok_or_else(|| damaged("a tile"))
}

#[cfg(test)]
mod tests {
    use super::super::mark::Mark;
    use super::super::mem_store::MemStore;
    use super::*;
    use crate::record::tree;

    #[test]
    fn roots_and_proofs_come_from_tiles_at_every_size() {
        let mark = Mark::at_origin(&"example.gov.cn/xxgk".parse().unwrap());
        let mut table = Table::new(Box::<MemStore>::default(), mark.clone());
        let leaf = |n: u64| tree::leaf_hash(&n.to_be_bytes());
        let (mut frontier, mut roots) = (Frontier::default(), vec![tree::empty_root()]);
        let mut plain = Frontier::default();
        for batch in [1u64, 2, 60, 1, 1, 70, 4096, 3, 400] {
            let mut puts = Puts::new();
            let from = frontier.size();
            put_leaves(&table, &mut puts, &mut frontier, (from..from + batch).map(leaf)).unwrap();
            table.commit(puts, mark.clone()).unwrap();
            for n in from..from + batch {
                plain.push(leaf(n));
                roots.push(plain.root());
            }
        }
        let size = frontier.size();
        let nodes = Tiles(&table);
        for at in (0..=size).step_by(13).chain([1, 64, 4096, 4097, size]) {
            assert_eq!(tree::root_at(&nodes, at).unwrap(), roots[at as usize], "size {at}");
        }
        for index in [0, 63, 64, 4095, 4096, size - 1] {
            let path = tree::prove_inclusion(&nodes, index, size).unwrap();
            assert!(tree::check_inclusion(leaf(index), index, size, roots[size as usize], &path));
        }
        assert!(nodes.node(0, size).is_err());
    }
}
