//! Containers that are cut short, go on too long, or lead out of their folder.

use std::io::{Cursor, Write as _};

use zhaoce::bundle::FrameWriter;
use zhaoce::bundle::package::{PackageName, ZipMethod, pack};

use crate::make::Bag;
use crate::world::World;
use crate::{Arrival, Kind, first};

const NAME: &str = "GZK-Z109-2026-0001";
/// The name of a file that is put in last, to be written over with another of the same length.
const MARK: &str = "GZK-Z109-2026-0001/data/zz/marker-of-a-fil\u{e9}";

fn name() -> PackageName {
    PackageName::new(NAME).unwrap()
}

fn framed(tar: &[u8]) -> Vec<u8> {
    let mut frames = FrameWriter::new(Vec::new(), 1).unwrap();
    frames.write_all(tar).unwrap();
    frames.finish().unwrap().0
}

fn plain_tar(world: &World) -> Vec<u8> {
    pack::tar(&world.batch(1).tree(), &name(), 1_767_600_000, Vec::new()).unwrap()
}

fn tar_file(bytes: Vec<u8>) -> Arrival {
    Arrival::File("package.tar.zst", bytes)
}

/// A whole package with one more entry of this kind and name behind the others.
fn tar_with(world: &World, kind: u8, name: &str, link: &str) -> Arrival {
    let mut tar = plain_tar(world);
    tar.truncate(tar.len() - 1024);
    tar.extend(header(kind, name.as_bytes(), link.as_bytes()));
    tar.resize(tar.len() + 1024, 0);
    tar_file(framed(&tar))
}

fn header(kind: u8, name: &[u8], link: &[u8]) -> [u8; 512] {
    let mut header = [0; 512];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, name);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, b"00000000000\0");
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, &[kind]);
    put(157, link);
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header
}

fn cut_tar(world: &World, part: usize) -> Arrival {
    let whole = framed(&plain_tar(world));
    let at = whole.len() * part / 8;
    tar_file(whole[..at].to_vec())
}

fn plain_zip(bag: &Bag) -> Vec<u8> {
    pack::zip(&bag.tree(), &name(), ZipMethod::Stored, Cursor::new(Vec::new())).unwrap().into_inner()
}

fn zip_file(bytes: Vec<u8>) -> Arrival {
    Arrival::File("package.zip", bytes)
}

/// A whole package with one more entry, whose name is written over in both places.
fn zip_named(world: &World, to: &str) -> Arrival {
    assert!(to.len() <= MARK.len(), "{to}");
    let path = MARK.strip_prefix("GZK-Z109-2026-0001/").unwrap();
    let zip = plain_zip(&world.batch(1).put(path, "x"));
    zip_file(over(zip, MARK.as_bytes(), &padded(to)))
}

/// As long as the mark.
fn padded(to: &str) -> Vec<u8> {
    format!("{to}{}", "x".repeat(MARK.len() - to.len())).into_bytes()
}

fn over(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> =
        (0..bytes.len() - from.len()).filter(|at| bytes[*at..].starts_with(from)).collect();
    assert_eq!(places.len(), 2, "a name stands in two places");
    for at in places {
        bytes[at..at + to.len()].copy_from_slice(to);
    }
    bytes
}

/// A whole package with two bytes of the last entry's headers changed, `local` and `central` of them.
fn zip_patched(world: &World, local: Option<usize>, central: usize, bits: [u8; 2]) -> Arrival {
    let mut zip = plain_zip(&world.batch(1));
    let find = |sign: &[u8]| zip.windows(4).rposition(|window| window == sign).unwrap();
    let (at_local, at_central) = (find(b"PK\x03\x04"), find(b"PK\x01\x02"));
    for at in local.map(|at| at_local + at).into_iter().chain([at_central + central]) {
        zip[at] |= bits[0];
        zip[at + 1] |= bits[1];
    }
    zip_file(zip)
}

fn cut_zip(world: &World, part: usize) -> Arrival {
    let whole = plain_zip(&world.batch(1));
    let at = whole.len() * part / 8;
    zip_file(whole[..at].to_vec())
}

#[rustfmt::skip]
pub const KINDS: &[Kind] = &[
    first("package.form_unknown", "no container at all", |_| Arrival::File("package.tar.zst", b"no container".to_vec())),
    first("package.form_unknown", "an empty file", |_| Arrival::File("package.zip", Vec::new())),
    first("bundle.zst_truncated", "a tar cut short at an eighth", |w| cut_tar(w, 1)),
    first("bundle.zst_truncated", "a tar cut short at a half", |w| cut_tar(w, 4)),
    first("bundle.zst_truncated", "a tar cut short at seven eighths", |w| cut_tar(w, 7)),
    first("bundle.zst_truncated", "a tar without its last byte", |w| { let mut bytes = framed(&plain_tar(w)); bytes.pop(); tar_file(bytes) }),
    first("bundle.tar_truncated", "a tar that ends between two files", |w| { let tar = plain_tar(w); tar_file(framed(&tar[..tar.len() - 1024])) }),
    first("package.tar_tail", "bytes behind the end of the tar", |w| { let mut tar = plain_tar(w); tar.extend([b'x'; 512]); tar_file(framed(&tar)) }),
    first("bundle.zst_foreign", "bytes behind the last frame", |w| { let mut bytes = framed(&plain_tar(w)); bytes.extend(b"more"); tar_file(bytes) }),
    first("package.tar_header", "a header whose sum is wrong", |w| { let mut tar = plain_tar(w); tar[3] ^= 1; tar_file(framed(&tar)) }),
    first("package.path_absolute", "an absolute path in a tar", |w| tar_with(w, b'0', "/etc/cron.d/x", "")),
    first("package.path_dots", "a path out of the folder in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/../../x", "")),
    first("package.path_backslash", "a backslash in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/data\\..\\x", "")),
    first("package.path_top", "a second top folder in a tar", |w| tar_with(w, b'0', "other/x", "")),
    first("package.path_duplicate", "a path twice in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/bagit.txt", "")),
    first("package.path_case_equal", "two names that differ in case in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/BAGIT.txt", "")),
    first("package.path_control", "a control character in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/data/\x1b[2J", "")),
    first("package.path_device", "the name of a device in a tar", |w| tar_with(w, b'0', "GZK-Z109-2026-0001/data/CON", "")),
    first("package.tar_link", "a symbolic link in a tar", |w| tar_with(w, b'2', "GZK-Z109-2026-0001/data/l", "/etc/passwd")),
    first("package.tar_link", "a hard link in a tar", |w| tar_with(w, b'1', "GZK-Z109-2026-0001/data/l", "/etc/passwd")),
    first("package.tar_device", "a device in a tar", |w| tar_with(w, b'3', "GZK-Z109-2026-0001/data/d", "")),
    first("package.tar_device", "a pipe in a tar", |w| tar_with(w, b'6', "GZK-Z109-2026-0001/data/p", "")),
    first("package.zip_end", "a ZIP cut short at a half", |w| cut_zip(w, 4)),
    first("package.zip_end", "a ZIP without its last byte", |w| { let mut bytes = plain_zip(&w.batch(1)); bytes.pop(); zip_file(bytes) }),
    first("package.zip_end", "bytes behind a ZIP", |w| { let mut bytes = plain_zip(&w.batch(1)); bytes.extend(b"more"); zip_file(bytes) }),
    first("package.zip_encrypted", "an encrypted entry of a ZIP", |w| zip_patched(w, Some(6), 8, [1, 0])),
    first("package.zip_method", "another compression in a ZIP", |w| zip_patched(w, Some(8), 10, [12, 0])),
    first("package.zip_link", "a symbolic link in a ZIP", |w| zip_patched(w, None, 40, [0xff, 0xa1])),
    first("package.path_absolute", "an absolute path in a ZIP", |w| zip_named(w, "/etc/cron.d/")),
    first("package.path_dots", "a path out of the folder in a ZIP", |w| zip_named(w, "GZK-Z109-2026-0001/../../")),
    first("package.path_backslash", "a backslash in a ZIP", |w| zip_named(w, "GZK-Z109-2026-0001/data\\..\\")),
    first("package.path_not_nfc", "a name in a ZIP that is not composed", |w| zip_named(w, "GZK-Z109-2026-0001/data/e\u{301}")),
    first("package.path_not_nfc", "two names in a ZIP that differ in composition", twins),
    first("package.zip_disagrees", "a ZIP whose two names of a file differ", |w| {
        let mut zip = plain_zip(&w.batch(1));
        let at = zip.windows(4).rposition(|window| window == b"PK\x03\x04").unwrap();
        zip[at + 30] ^= 1;
        zip_file(zip)
    }),
    first("package.zip_damaged", "a byte of a ZIP's content is another", |w| {
        let mut zip = plain_zip(&w.batch(1));
        let at = zip.windows(12).position(|window| window == "BagIt-Versio".as_bytes()).unwrap();
        zip[at] ^= 1;
        zip_file(zip)
    }),
];

/// The composed name stands there too.
fn twins(world: &World) -> Arrival {
    let to = padded("GZK-Z109-2026-0001/data/e\u{301}");
    let composed = String::from_utf8(to.clone()).unwrap().replace("e\u{301}", "\u{e9}");
    let path = |full: &str| full.strip_prefix("GZK-Z109-2026-0001/").unwrap().to_owned();
    let bag = world.batch(1).put(&path(&composed), "x").put(&path(MARK), "x");
    zip_file(over(plain_zip(&bag), MARK.as_bytes(), &to))
}
