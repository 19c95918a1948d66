//! The same ledger in closed, compressed segments: every byte of the compressed form that is changed is found, or
//! leaves the plain bytes as they were; segments that are missing, renamed, doubled or cut elsewhere are found.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod forge;

use std::path::Path;

use damage::{Expect, codes, is_seal, lines};
use forge::{Forge, ORIGIN};
use rayon::prelude::*;
use zhaoce::ledger::verify_dir;
use zhaoce::record::Report;

const I: &str = "item/x";

/// The lines of two segments, cut at an act.
fn segments() -> (Forge, Vec<u8>, Vec<u8>, u64) {
    let mut forge = Forge::new();
    forge.registered(I);
    let (cut, first) = (forge.log.len(), forge.head.size());
    forge.registered("item/y");
    let (a, b) = forge.log.split_at(cut);
    let (a, b) = (a.to_vec(), b.to_vec());
    (forge, a, b, first)
}

/// One frame as a closed segment has them: content size and checksum.
fn frame(plain: &[u8]) -> Vec<u8> {
    let mut zstd = zstd::bulk::Compressor::new(3).unwrap();
    zstd.include_checksum(true).unwrap();
    zstd.compress(plain).unwrap()
}

fn write(dir: &Path, files: &[(&str, &[u8])]) {
    let _ = std::fs::remove_dir_all(dir.join("log"));
    std::fs::create_dir_all(dir.join("log")).unwrap();
    for (name, bytes) in files {
        std::fs::write(dir.join("log").join(name), bytes).unwrap();
    }
}

fn verify(forge: &Forge, dir: &Path, files: &[(&str, &[u8])]) -> Report {
    write(dir, files);
    verify_dir(dir, forge.trust(), forge::books(), &mut |_| ()).unwrap()
}

#[test]
fn every_byte_of_a_compressed_segment_is_found_or_means_nothing() {
    let (forge, first, second, begins) = segments();
    let second_name = format!("{begins:012}.jsonl");
    let lines = lines(&first);
    let packed = [frame(&lines[..2].concat()), frame(&lines[2..].concat())].concat();
    let files = |packed: &[u8], dir: &Path| {
        verify(&forge, dir, &[("000000000000.jsonl.zst", packed), (&second_name, &second)])
    };
    let folder = tempfile::tempdir().unwrap();
    let sound = files(&packed, folder.path());
    assert!(sound.passed(), "{:?}", codes(&sound));
    assert_eq!(sound.head, forge.head.chain);
    let missed: Vec<(usize, u8)> = (0..packed.len())
        .into_par_iter()
        .flat_map_iter(|at| [(at, 1 << (at % 8))])
        .map_init(
            || tempfile::tempdir().unwrap(),
            |folder, (at, mask)| {
                let mut flipped = packed.clone();
                flipped[at] ^= mask;
                let passed = files(&flipped, folder.path()).passed();
                let harmless = || zstd::decode_all(&flipped[..]).is_ok_and(|plain| plain == first);
                (passed && !harmless()).then_some((at, mask))
            },
        )
        .flatten()
        .collect();
    assert!(missed.is_empty(), "{missed:?}");
}

/// Cuts, doubles and fills that no byte flip makes.
#[test]
fn a_segment_cannot_be_cut_or_filled() {
    let (forge, first, second, begins) = segments();
    let second_name = format!("{begins:012}.jsonl");
    let rows = lines(&first);
    let (one, two) = (frame(&rows[..2].concat()), frame(&rows[2..].concat()));
    let packed = [&one[..], &two].concat();
    let no_checksum = zstd::bulk::compress(&rows[2..].concat(), 3).unwrap();
    let cases: [(&str, Vec<u8>); 7] = [
        ("frame dropped", one.clone()),
        ("frame doubled", [&packed[..], &two].concat()),
        ("frames swapped", [&two[..], &one].concat()),
        ("frame cut", packed[..packed.len() - 3].to_vec()),
        ("bytes behind", [&packed[..], b"zst"].concat()),
        ("nothing", Vec::new()),
        ("no checksum, other content", [&one[..], &no_checksum[..no_checksum.len() - 9]].concat()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (nth, (what, bytes)) in cases.into_iter().enumerate() {
        let files: [(&str, &[u8]); 2] = [("000000000000.jsonl.zst", &bytes), (&second_name, &second)];
        let report = verify(&forge, folder.path(), &files);
        damage::keep_segments(
            &format!("90{nth}-segment"),
            &files,
            Expect::of(ORIGIN, forge.genesis, &[], &report),
        );
        damage::assert_integrity(what, &report);
    }
}

#[test]
fn segments_stand_under_their_names_and_end_with_their_acts() {
    let (forge, first, second, begins) = segments();
    let second_name = format!("{begins:012}.jsonl");
    let folder = tempfile::tempdir().unwrap();
    let sound: [(&str, &[u8]); 2] = [("000000000000.jsonl", &first), (&second_name, &second)];
    assert!(verify(&forge, folder.path(), &sound).passed());
    let rows = lines(&forge.log);
    let inside = rows.iter().position(|line| is_seal(line)).unwrap();
    let (a, b) = (rows[..inside].concat(), rows[inside..].concat());
    let cases: [(&str, Vec<(&str, &[u8])>); 6] = [
        ("first missing", vec![(&second_name, &second)]),
        ("middle of an act", vec![("000000000000.jsonl", &a), ("000000000001.jsonl", &b)]),
        ("swapped", vec![("000000000000.jsonl", &second), (&second_name, &first)]),
        ("named too high", vec![("000000000000.jsonl", &first), ("000000000009.jsonl", &second)]),
        ("first named otherwise", vec![("000000000001.jsonl", &first), (&second_name, &second)]),
        (
            "doubled",
            vec![("000000000000.jsonl", &first), (&second_name, &second), ("000000000003.jsonl", &second)],
        ),
    ];
    for (nth, (what, files)) in cases.into_iter().enumerate() {
        let report = verify(&forge, folder.path(), &files);
        damage::keep_segments(
            &format!("91{nth}-segments"),
            &files,
            Expect::of(ORIGIN, forge.genesis, &[], &report),
        );
        damage::assert_integrity(what, &report);
    }
}
