//! SQLite with `synchronous=FULL` in WAL mode and the same crypto: BLAKE3 chain, SHA-256 tree, a strict Ed25519
//! signature an act. No rule book, no parts, no back-chains.

use rayon::prelude::*;
use rusqlite::{Connection, params};
use zhaoce::record::keys::SecretKey;
use zhaoce::record::tree::{Frontier, leaf_hash};
use zhaoce::record::{PublicKey, Signer};

use crate::table::{ACT, IMPORT, Table, VERIFY, VERIFY_ONE};
use crate::timed;

const NAME: &str = "SQLite FULL, same crypto";

fn chain(prev: &[u8; 32], line: &[u8]) -> [u8; 32] {
    *blake3::Hasher::new_derive_key("bench").update(prev).update(line).finalize().as_bytes()
}

fn open(path: &std::path::Path) -> Connection {
    let db = Connection::open(path).expect("a database");
    db.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
         CREATE TABLE events(seq INTEGER PRIMARY KEY, hash BLOB NOT NULL, line BLOB NOT NULL);
         CREATE TABLE seals(last INTEGER PRIMARY KEY, root BLOB NOT NULL, signature BLOB NOT NULL);",
    )
    .expect("tables");
    db
}

pub fn rows(table: &mut Table, lines: &[Vec<u8>], per_act: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut db = open(&folder.path().join("db"));
    let key = SecretKey::from_seed([1; 32]);
    let (took, ()) = timed(|| write(&mut db, lines, per_act, &key));
    table.add(if per_act == 1 { ACT } else { IMPORT }, NAME, lines.len() as f64 / took, "/s");
    let public = PublicKey::decode(key.key()).expect("a key");
    let (took, ()) = timed(|| verify(&db, &public, per_act));
    let work = if per_act == 1 { VERIFY_ONE } else { VERIFY };
    table.add(work, "SQLite, same crypto, all threads", lines.len() as f64 / took, "/s");
}

fn write(db: &mut Connection, lines: &[Vec<u8>], per_act: usize, key: &SecretKey) {
    let (mut prev, mut tree, mut seq) = ([0; 32], Frontier::default(), 0u64);
    for act in lines.chunks(per_act) {
        let tx = db.transaction().expect("a transaction");
        {
            let mut event = tx.prepare_cached("INSERT INTO events VALUES(?1, ?2, ?3)").expect("a statement");
            for line in act {
                prev = chain(&prev, line);
                tree.push(leaf_hash(line));
                event.execute(params![seq as i64, &prev[..], line]).expect("a row");
                seq += 1;
            }
            let root = tree.root().0;
            let signature = Signer::sign(key, &[&prev[..], &root[..]].concat()).expect("a signature");
            let mut seal = tx.prepare_cached("INSERT INTO seals VALUES(?1, ?2, ?3)").expect("a statement");
            seal.execute(params![seq as i64 - 1, &root[..], &signature[..]]).expect("a row");
        }
        tx.commit().expect("a commit");
    }
}

/// Chain and tree in order; signatures on all threads, a block at a time.
fn verify(db: &Connection, key: &PublicKey, per_act: usize) {
    let mut events = db.prepare("SELECT hash, line FROM events ORDER BY seq").expect("a statement");
    let mut seals = db.prepare("SELECT root, signature FROM seals ORDER BY last").expect("a statement");
    let (mut events, mut seals) = (events.query([]).expect("rows"), seals.query([]).expect("rows"));
    let (mut prev, mut tree, mut waiting) = ([0; 32], Frontier::default(), Vec::new());
    while let Some(row) = events.next().expect("a row") {
        let blob = |nth| row.get_ref(nth).expect("a column").as_blob().expect("bytes");
        prev = chain(&prev, blob(1));
        tree.push(leaf_hash(blob(1)));
        assert_eq!(blob(0), prev);
        if tree.size().is_multiple_of(per_act as u64) {
            let seal = seals.next().expect("a row").expect("a seal");
            let root: [u8; 32] = seal.get(0).expect("a root");
            assert_eq!(root, tree.root().0);
            waiting.push(([&prev[..], &root[..]].concat(), seal.get(1).expect("a signature")));
        }
        if waiting.len() == 4096 {
            check(key, &std::mem::take(&mut waiting));
        }
    }
    check(key, &waiting);
}

fn check(key: &PublicKey, seals: &[(Vec<u8>, [u8; 64])]) {
    assert!(seals.par_iter().all(|(text, signature)| key.verify(text, signature)));
}
