//! The signatures and trees of what was exported, in the eyes of packages that are not ours and read the files alone:
//! `signed_note` (C2SP signed notes), `ct-merkle` (RFC 6962).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod exports;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use exports::{EARLIER, Exported, exports};
use serde_json::Value;
use sha2::Sha256;
use signed_note::{Note, StandardVerifier, VerifierList};
use zhaoce::record::{Checkpoint, KeyId, PublicKey, Seal};

const PROOF: &str = "demo/out/证明.json";

/// Whether `signed_note` takes the note for one signed by `key` under `name`.
fn holds(note: &[u8], name: &str, key: &str) -> bool {
    let raw = hex::decode(key.strip_prefix("ed25519:").unwrap()).unwrap();
    let typed = [&[1], &raw[..]].concat();
    let vkey = format!("{name}+{:08x}+{}", signed_note::key_id(name, &typed), STANDARD.encode(&typed));
    let known = VerifierList::new(vec![Box::new(StandardVerifier::new(&vkey).unwrap())]);
    Note::from_bytes(note).is_ok_and(|note| note.verify(&known).is_ok_and(|(good, _)| good.len() == 1))
}

fn public_key(key: &str) -> PublicKey {
    PublicKey::decode(key.parse::<KeyId>().unwrap()).unwrap()
}

/// Key name of a seal, from the origin and the key alone.
fn seal_name(origin: &str, key: &str) -> String {
    format!("{origin}/{}", &key["ed25519:".len()..][..16])
}

fn origin(bundle: &Exported) -> String {
    bundle.json("bundle.json")["origin"].as_str().unwrap().to_owned()
}

/// The key that genesis gives the role `ledger`, from a bundle that has event 0.
fn ledger_key() -> String {
    let genesis = exports().bundles[0].acts()[0].first();
    let mut keys = genesis["facts"]["keys"].as_array().unwrap().iter();
    let key = keys.find(|key| key["roles"] == serde_json::json!(["ledger"])).unwrap();
    key["key"].as_str().unwrap().to_owned()
}

/// A note with one byte changed, for every byte of it.
fn altered(note: &str) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..note.len()).map(|at| {
        let mut bytes = note.as_bytes().to_vec();
        bytes[at] ^= 1 << (at % 5);
        bytes
    })
}

#[test]
fn every_seal_is_a_signed_note_and_no_altered_one_is() {
    for bundle in &exports().bundles {
        let (origin, acts) = (origin(bundle), bundle.acts());
        assert!(acts.len() > if bundle.is_partial() { 0 } else { 10 }, "{}", bundle.name);
        for act in acts {
            let by = act.first()["by"].as_str().unwrap().to_owned();
            let name = seal_name(&origin, &by);
            assert!(holds(act.seal.as_bytes(), &name, &by), "{}: {}", bundle.name, act.seal);
            assert!(Seal::parse(&act.seal).unwrap().verifies(&public_key(&by)));
            assert!(!holds(act.seal.as_bytes(), &origin, &by), "under another name");
            assert!(!holds(act.seal.as_bytes(), &name, &ledger_key()), "under another key");
        }
        let act = &bundle.acts()[0];
        let by = act.first()["by"].as_str().unwrap().to_owned();
        for bytes in altered(&act.seal) {
            let ours = std::str::from_utf8(&bytes).ok().and_then(|text| Seal::parse(text).ok());
            let ours = ours.is_some_and(|seal| seal.verifies(&public_key(&by)));
            let theirs = holds(&bytes, &seal_name(&origin, &by), &by);
            assert_eq!((theirs, ours), (false, false), "{}", String::from_utf8_lossy(&bytes));
        }
    }
}

#[test]
fn every_checkpoint_is_a_signed_note_and_no_altered_one_is() {
    let key = ledger_key();
    let earlier = std::fs::read_to_string(exports().folder.path().join(EARLIER)).unwrap();
    let mut notes: Vec<String> = exports().bundles.iter().map(|bundle| bundle.text("checkpoint")).collect();
    notes.push(earlier);
    notes.push(proof()["checkpoint"].as_str().unwrap().to_owned());
    let origin = origin(&exports().bundles[0]);
    for note in notes {
        assert!(holds(note.as_bytes(), &origin, &key), "{note}");
        assert!(Checkpoint::parse(&note).unwrap().verifies(&public_key(&key)));
        for bytes in altered(&note) {
            let ours = std::str::from_utf8(&bytes).ok().and_then(|text| Checkpoint::parse(text).ok());
            let ours = ours.is_some_and(|checkpoint| checkpoint.verifies(&public_key(&key)));
            assert_eq!((holds(&bytes, &origin, &key), ours), (false, false), "{bytes:?}");
        }
    }
}

/// Size and root from the text of a seal or checkpoint.
fn head(note: &str) -> RootHash<Sha256> {
    let mut lines = note.lines().skip(1);
    let size = lines.next().unwrap().parse().unwrap();
    RootHash::new(array(&STANDARD.decode(lines.next().unwrap()).unwrap()), size)
}

fn array(bytes: &[u8]) -> sha2::digest::Output<Sha256> {
    <[u8; 32]>::try_from(bytes).unwrap().into()
}

fn path(hashes: &Value) -> Vec<u8> {
    let hashes = hashes.as_array().unwrap().iter();
    hashes.flat_map(|hash| hex::decode(hash.as_str().unwrap()).unwrap()).collect()
}

fn proof() -> Value {
    serde_json::from_slice(&std::fs::read(exports().folder.path().join(PROOF)).unwrap()).unwrap()
}

#[test]
fn every_root_that_was_signed_is_that_of_an_independent_tree() {
    for bundle in exports().bundles.iter().filter(|bundle| !bundle.is_partial()) {
        let mut tree = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        for act in bundle.acts() {
            act.events.into_iter().for_each(|event| tree.push(event));
            assert!(tree.root() == head(&act.seal), "{}: {}", bundle.name, act.seal);
        }
        assert!(tree.root() == head(&bundle.text("checkpoint")), "{}", bundle.name);
        let meta = bundle.json("bundle.json");
        assert_eq!(meta["root"], hex::encode(tree.root().as_bytes()));
        assert_eq!(meta["size"], tree.len());
    }
}

#[test]
fn every_path_of_a_proof_holds_by_ct_merkle_and_no_altered_one_does() {
    let proof = proof();
    let checkpoint = head(proof["checkpoint"].as_str().unwrap());
    let lists = ["events", "keys"].map(|list| proof[list].as_array().unwrap().clone());
    assert!(lists.iter().all(|list| list.len() > 3));
    for entry in lists.concat() {
        // Canonical JSON: what was parsed is written as the same bytes by a canonicalizer that is not ours.
        let event = serde_json_canonicalizer::to_vec(&entry["event"]).unwrap();
        let seq = entry["event"]["seq"].as_u64().unwrap();
        for (root, member) in [(&checkpoint, "inclusion"), (&head(entry["seal"].as_str().unwrap()), "sealed")]
        {
            let bytes = path(&entry[member]);
            let check = |leaf: &Vec<u8>, seq: u64, path: &[u8]| {
                InclusionProof::<Sha256>::try_from_bytes(path.to_vec())
                    .is_ok_and(|proof| root.verify_inclusion(leaf, seq, &proof).is_ok())
            };
            assert!(check(&event, seq, &bytes), "{member} of {seq}");
            let other = [&event[..], b" "].concat();
            assert!(!check(&other, seq, &bytes));
            if let Some(shorter) = bytes.len().checked_sub(32) {
                assert!(!check(&event, seq, &bytes[..shorter]));
                assert!(!check(&event, seq ^ 1, &bytes));
            }
            for at in (0..bytes.len()).step_by(17) {
                let mut bytes = bytes.clone();
                bytes[at] ^= 4;
                assert!(!check(&event, seq, &bytes), "{member} of {seq}, byte {at}");
            }
        }
    }
}

/// The earlier checkpoint as it was handed out, the later one as it stands in the bundle, and the path between them.
#[test]
fn the_tree_only_grew_between_two_checkpoints_by_ct_merkle() {
    let old = std::fs::read_to_string(exports().folder.path().join(EARLIER)).unwrap();
    let partial: Vec<&Exported> = exports().bundles.iter().filter(|bundle| bundle.is_partial()).collect();
    assert_eq!(partial.len(), 2);
    for bundle in partial {
        let (old, new) = (head(&old), head(&bundle.text("checkpoint")));
        let shipped = bundle.json("consistency.json");
        for (side, head) in [("from", &old), ("to", &new)] {
            assert_eq!(shipped[side]["root"], hex::encode(head.as_bytes()));
            assert_eq!(shipped[side]["size"], head.num_leaves());
        }
        let bytes = path(&shipped["proof"]);
        let check = |old: &RootHash<Sha256>, path: &[u8]| {
            ConsistencyProof::<Sha256>::try_from_bytes(path.to_vec())
                .is_ok_and(|proof| new.verify_consistency(old, &proof).is_ok())
        };
        assert!(check(&old, &bytes), "{}", bundle.name);
        assert!(!check(&RootHash::new(*new.as_bytes(), old.num_leaves()), &bytes));
        assert!(!check(&old, &bytes[32..]));
        for at in 0..bytes.len() {
            let mut bytes = bytes.clone();
            bytes[at] ^= 1;
            assert!(!check(&old, &bytes), "byte {at}");
        }
    }
}
