//! Tests of the packages.

mod containers;
mod hostile_names;
mod hostile_tar;
mod hostile_zip;
mod sealing;

use std::io::Cursor;

use super::{Collected, Input, Limits, PackageName, Plain, Unpacked, unpack};
use crate::fault::Outcome;

const NAME: &str = "GZK-Z109-2026-0001";

fn name() -> PackageName {
    PackageName::new(NAME).unwrap()
}

fn tree(files: &[(&str, &[u8])]) -> Plain {
    Plain::new(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())))
}

/// A few files: long names, names that are not ASCII, empty ones, one of several pieces.
fn sample() -> Plain {
    let long = format!("data/{}/{}.txt", "卷".repeat(40), "long".repeat(30));
    tree(&[
        ("bagit.txt", b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
        ("data/empty", b""),
        ("data/说明文件.TXT", "移交单位".as_bytes()),
        ("data/large.bin", &(0..700_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect::<Vec<_>>()),
        ("data/exact", &[7; 512]),
        ("data/100%.txt", b"percent"),
        (&long, b"far down"),
        (&format!("data/{}", "x".repeat(100 - NAME.len() - 6)), b"a name of 100 bytes"),
    ])
}

fn opened(bytes: &[u8], limits: &Limits) -> Outcome<(Unpacked, Plain)> {
    let mut landing = Collected::default();
    let unpacked = unpack(Input::sniff(Cursor::new(bytes))?, limits, &mut landing)?;
    Ok((unpacked, landing.tree()))
}

/// The code with which `bytes` are refused. Nothing stays of what landed before, and nothing lands elsewhere.
fn refused(bytes: &[u8]) -> &'static str {
    refused_with(bytes, &Limits::default())
}

fn refused_with(bytes: &[u8], limits: &Limits) -> &'static str {
    let folder = tempfile::tempdir().unwrap();
    let input = match Input::sniff(Cursor::new(bytes)) {
        Ok(input) => input,
        Err(fault) => return fault.code,
    };
    let fault = super::unpack_folder(input, limits, &folder.path().join("in")).map(|found| found.0);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    match fault {
        Ok(_) => "taken",
        Err(_) if !left.is_empty() => "something stayed",
        Err(fault) => {
            assert!(crate::fault::message(fault.code).is_some(), "{}", fault.code);
            let text = fault.text(crate::fault::Lang::Zh);
            assert!(!text.contains('{'), "{text}");
            fault.code
        }
    }
}

fn all_as(cases: Vec<(String, &'static str, &'static str)>) {
    let wrong: Vec<_> = cases.iter().filter(|(_, expected, found)| expected != found).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}
