use std::convert::Infallible;

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2::Sha256;

use super::*;

struct Leaves(Vec<TreeHash>);

impl Nodes for Leaves {
    type Error = Infallible;

    fn node(&self, height: u32, index: u64) -> Result<TreeHash, Infallible> {
        if height == 0 {
            return Ok(self.0[index as usize]);
        }
        Ok(node_hash(&self.node(height - 1, index * 2)?, &self.node(height - 1, index * 2 + 1)?))
    }
}

fn data(n: u64) -> Vec<u8> {
    format!("event {n}").into_bytes()
}

fn leaves(size: u64) -> Leaves {
    Leaves((0..size).map(|n| leaf_hash(&data(n))).collect())
}

fn judge(size: u64) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    (0..size).for_each(|n| tree.push(data(n)));
    tree
}

#[test]
fn the_empty_root_is_the_rfc_vector() {
    assert_eq!(empty_root().to_string(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Frontier::default().root(), empty_root());
}

#[test]
fn roots_agree_with_an_independent_tree() {
    let mut frontier = Frontier::default();
    for size in 1..70 {
        frontier.push(leaf_hash(&data(size - 1)));
        assert_eq!(frontier.root().0, <[u8; 32]>::from(*judge(size).root().as_bytes()));
        assert_eq!(root_at(&leaves(size), size), Ok(frontier.root()));
    }
}

#[test]
fn every_proof_of_small_trees_holds_and_agrees_with_an_independent_tree() {
    for size in 1..34u64 {
        let (nodes, tree) = (leaves(size), judge(size));
        let root = root_at(&nodes, size).unwrap();
        for index in 0..size {
            let path = prove_inclusion(&nodes, index, size).unwrap();
            let bytes: Vec<u8> = path.iter().flat_map(|h| h.0).collect();
            assert_eq!(bytes, tree.prove_inclusion(index as usize).as_bytes());
            assert!(check_inclusion(nodes.0[index as usize], index, size, root, &path));
        }
        for old in 1..size {
            let path = prove_consistency(&nodes, old, size).unwrap();
            let bytes: Vec<u8> = path.iter().flat_map(|h| h.0).collect();
            assert_eq!(bytes, tree.prove_consistency((size - old) as usize).as_bytes());
            assert!(check_consistency((old, root_at(&nodes, old).unwrap()), (size, root), &path));
        }
    }
}

proptest! {
    #[test]
    fn a_wrong_proof_is_refused(size in 2u64..200, index in any::<u64>(), old in any::<u64>(), bit in 0usize..256, at in any::<prop::sample::Index>()) {
        let (index, old, nodes) = (index % size, old % (size - 1) + 1, leaves(size));
        let root = root_at(&nodes, size).unwrap();
        let leaf = nodes.0[index as usize];
        let flip = |path: &[TreeHash]| {
            let mut path = path.to_vec();
            let nth = at.index(path.len());
            path[nth].0[bit / 8] ^= 1 << (bit % 8);
            path
        };
        let path = prove_inclusion(&nodes, index, size).unwrap();
        prop_assert!(!check_inclusion(leaf, index, size, root, &flip(&path)));
        prop_assert!(!check_inclusion(leaf, index, size, root, &path[1..]));
        prop_assert!(!check_inclusion(leaf, (index + 1) % size, size, root, &path));
        let old_root = root_at(&nodes, old).unwrap();
        let path = prove_consistency(&nodes, old, size).unwrap();
        prop_assert!(!check_consistency((old, old_root), (size, root), &flip(&path)));
        prop_assert!(!check_consistency((old, root), (size, root), &path));
    }
}
