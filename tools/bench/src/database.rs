//! PostgreSQL with its usual durability: a row an event, linked by hashes; nothing is signed.

use postgres::{Client, NoTls};

use crate::table::{ACT, IMPORT, Table, VERIFY, VERIFY_ONE};
use crate::timed;

fn chain(prev: &[u8], line: &[u8]) -> Vec<u8> {
    blake3::Hasher::new_derive_key("bench").update(prev).update(line).finalize().as_bytes().to_vec()
}

pub fn rows(table: &mut Table, address: &str, lines: &[Vec<u8>], per_act: usize) {
    let mut db = Client::connect(address, NoTls).expect("the server");
    db.batch_execute(
        "DROP TABLE IF EXISTS events;
         CREATE TABLE events(seq bigint PRIMARY KEY, hash bytea NOT NULL, line bytea NOT NULL);",
    )
    .expect("a table");
    let (took, ()) = timed(|| write(&mut db, lines, per_act));
    let work = if per_act == 1 { ACT } else { IMPORT };
    table.add(work, "PostgreSQL, hash links", lines.len() as f64 / took, "/s");
    let (took, ()) = timed(|| verify(&mut db));
    let work = if per_act == 1 { VERIFY_ONE } else { VERIFY };
    table.add(work, "PostgreSQL, hash links only", lines.len() as f64 / took, "/s");
}

/// One statement an act, so one commit and one wait for the disk.
fn write(db: &mut Client, lines: &[Vec<u8>], per_act: usize) {
    let insert = "INSERT INTO events SELECT * FROM unnest($1::bigint[], $2::bytea[], $3::bytea[])";
    let insert = db.prepare(insert).expect("a statement");
    let (mut prev, mut seq) = (vec![0; 32], 0i64);
    for act in lines.chunks(per_act) {
        let (mut seqs, mut hashes) = (Vec::<i64>::new(), Vec::new());
        for line in act {
            prev = chain(&prev, line);
            hashes.push(prev.clone());
            seqs.push(seq);
            seq += 1;
        }
        db.execute(&insert, &[&seqs, &hashes, &act]).expect("rows");
    }
}

fn verify(db: &mut Client) {
    let (mut prev, mut seq) = (vec![0; 32], 0i64);
    let mut tx = db.transaction().expect("a transaction");
    let all = tx.bind("SELECT hash, line FROM events ORDER BY seq", &[]).expect("a portal");
    loop {
        let rows = tx.query_portal(&all, 20_000).expect("rows");
        if rows.is_empty() {
            break;
        }
        for row in rows {
            prev = chain(&prev, row.get(1));
            assert_eq!(row.get::<_, &[u8]>(0), prev);
            seq += 1;
        }
    }
    assert!(seq > 0);
}
