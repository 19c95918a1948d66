//! The RFC 6962 Merkle tree over SHA-256; leaf data are the canonical bytes of the events.
//!
//! Shapes: a tree of `size` leaves; hashes of 32 bytes; proofs are lists of hashes, nearest the leaf first
//! (RFC 6962 §2.1.1, §2.1.2). Proofs are made from complete subtrees that a [`Nodes`] holder looks up.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::digest::TreeHash;

/// Root of the empty tree: SHA-256 of nothing.
pub fn empty_root() -> TreeHash {
    TreeHash(Sha256::digest([]).into())
}

/// RFC 6962 leaf hash: SHA-256(0x00 ‖ data).
pub fn leaf_hash(data: &[u8]) -> TreeHash {
    TreeHash(Sha256::new_with_prefix([0]).chain_update(data).finalize().into())
}

/// RFC 6962 node hash: SHA-256(0x01 ‖ left ‖ right).
pub fn node_hash(left: &TreeHash, right: &TreeHash) -> TreeHash {
    TreeHash(Sha256::new_with_prefix([1]).chain_update(left.0).chain_update(right.0).finalize().into())
}

/// The right edge of a growing tree: one hash for each complete subtree, largest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frontier {
    size: u64,
    hashes: Vec<TreeHash>,
}

impl Frontier {
    /// The frontier of a tree of `size` leaves; `None` when the number of hashes does not fit the size.
    pub fn from_parts(size: u64, hashes: Vec<TreeHash>) -> Option<Self> {
        (hashes.len() as u64 == u64::from(size.count_ones())).then_some(Self { size, hashes })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// One hash for each complete subtree, largest first.
    pub fn hashes(&self) -> &[TreeHash] {
        &self.hashes
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: TreeHash) {
        self.push_with(leaf, |_, _, _| ());
    }

    /// Appends a leaf by its hash and reports each subtree it completes: (height, index, hash), leaf first.
    pub fn push_with(&mut self, leaf: TreeHash, mut complete: impl FnMut(u32, u64, TreeHash)) {
        let mut hash = leaf;
        complete(0, self.size, hash);
        for height in 0..self.size.trailing_ones() {
            let left = self.hashes.pop().unwrap_or(hash);
            hash = node_hash(&left, &hash);
            complete(height + 1, self.size >> (height + 1), hash);
        }
        self.hashes.push(hash);
        self.size += 1;
    }

    /// The root hash.
    pub fn root(&self) -> TreeHash {
        let mut hashes = self.hashes.iter().rev();
        let Some(last) = hashes.next() else { return empty_root() };
        hashes.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Looks up the hash of the complete subtree at (height, index): leaves `index << height` and following.
pub trait Nodes {
    /// What may go wrong in a look-up.
    type Error;
    /// The hash of the complete subtree of `1 << height` leaves that begins at leaf `index << height`.
    fn node(&self, height: u32, index: u64) -> Result<TreeHash, Self::Error>;
}

/// Hash of the leaves `from..to`, which must be a range that a tree splits into: complete subtrees and a rest.
fn range_hash<N: Nodes>(nodes: &N, from: u64, to: u64) -> Result<TreeHash, N::Error> {
    let length = to - from;
    if length.is_power_of_two() {
        let height = length.trailing_zeros();
        return nodes.node(height, from >> height);
    }
    let split = from + split_of(length);
    Ok(node_hash(&range_hash(nodes, from, split)?, &range_hash(nodes, split, to)?))
}

/// Largest power of two smaller than `length`, for `length` ≥ 2 (RFC 6962 §2.1).
fn split_of(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

/// The root of the first `size` leaves.
pub fn root_at<N: Nodes>(nodes: &N, size: u64) -> Result<TreeHash, N::Error> {
    if size == 0 { Ok(empty_root()) } else { range_hash(nodes, 0, size) }
}

/// Inclusion proof of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1). `index` must be under `size`.
pub fn prove_inclusion<N: Nodes>(nodes: &N, index: u64, size: u64) -> Result<Vec<TreeHash>, N::Error> {
    let (mut from, mut to, mut path) = (0, size, Vec::new());
    while to - from > 1 {
        let split = from + split_of(to - from);
        if index < split {
            path.push(range_hash(nodes, split, to)?);
            to = split;
        } else {
            path.push(range_hash(nodes, from, split)?);
            from = split;
        }
    }
    path.reverse();
    Ok(path)
}

/// Consistency proof between the trees of `old` and `size` leaves (RFC 6962 §2.1.2). `old` must be 1 to `size`.
pub fn prove_consistency<N: Nodes>(nodes: &N, old: u64, size: u64) -> Result<Vec<TreeHash>, N::Error> {
    let (mut from, mut to, mut whole, mut path) = (0, size, true, Vec::new());
    while old != to {
        let split = from + split_of(to - from);
        if old <= split {
            path.push(range_hash(nodes, split, to)?);
            to = split;
        } else {
            path.push(range_hash(nodes, from, split)?);
            from = split;
            whole = false;
        }
    }
    if !whole {
        path.push(range_hash(nodes, from, to)?);
    }
    path.reverse();
    Ok(path)
}

/// Whether `path` proves that `leaf` stands at `index` in the tree with this size and root (RFC 9162 §2.1.3.2).
pub fn check_inclusion(leaf: TreeHash, index: u64, size: u64, root: TreeHash, path: &[TreeHash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, leaf);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == root
}

/// Whether `path` proves that the tree (`old`, `old_root`) is a prefix of (`size`, `root`) (RFC 9162 §2.1.4.2).
pub fn check_consistency(
    (old, old_root): (u64, TreeHash),
    (size, root): (u64, TreeHash),
    path: &[TreeHash],
) -> bool {
    if old == size {
        return path.is_empty() && old_root == root;
    }
    if old == 0 || old > size {
        return false;
    }
    let mut path = path.iter();
    let seed = if old.is_power_of_two() { Some(&old_root) } else { path.next() };
    let Some(seed) = seed else { return false };
    let skipped = (old - 1).trailing_ones();
    let (mut node, mut last) = ((old - 1) >> skipped, (size - 1) >> skipped);
    let (mut old_hash, mut new_hash) = (*seed, *seed);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old_root && new_hash == root
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
