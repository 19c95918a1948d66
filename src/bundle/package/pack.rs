//! Writing a tree in one of the three transport forms. The same tree gives the same bytes (of the tar, whatever zstd makes
//! of them).

use std::io::{self, Seek, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::finding::refuse;
use super::gate::Gate;
use super::landing::{Landing, Nowhere};
use super::limits::{Limits, MAX_ZIP_BYTES, MAX_ZIP_FILES};
use super::names::{PackageName, PackagePath};
use super::tree::{Tree, TreeFile};
use crate::bundle::frames::FrameWriter;
use crate::bundle::tar::{BLOCK, MAX_OCTAL, header, header_of, padding};
use crate::fault::{Fault, Outcome};

/// Bytes copied at once.
const PIECE: usize = 256 << 10;
/// The name of a pax header's own entry, as other programs write it; readers pay no heed to it.
const PAX_NAME: &[u8] = b"././@PaxHeader";
/// Longest name that stands in the header itself.
const PLAIN_NAME: usize = 100;
/// How deflate is asked to work: its usual balance.
const DEFLATE_LEVEL: i64 = 6;

/// How a ZIP keeps its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZipMethod {
    /// As they are.
    Stored,
    /// Compressed.
    Deflated,
}

fn failed(error: impl std::fmt::Display) -> Fault {
    Fault::machine("io.failed").with("path", "package").with("found", error)
}

/// Refuses a tree that no reader of packages would take.
fn check_tree(tree: &dyn Tree) -> Outcome<()> {
    let (limits, mut nowhere) = (Limits::default(), Nowhere);
    let mut gate = Gate::new(&limits, &mut nowhere);
    tree.files().iter().try_for_each(|file| gate.below(&file.path, file.size).map(drop))
}

/// Hands the content of a file on in pieces; it must have the size that the tree told.
pub(super) fn copy_file(
    tree: &dyn Tree,
    file: &TreeFile,
    mut piece: impl FnMut(&[u8]) -> Outcome<()>,
) -> Outcome<()> {
    let mut input = tree.open(&file.path)?;
    let mut room = vec![0; PIECE];
    let mut left = file.size;
    loop {
        let count = match input.read(&mut room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other.map_err(|error| Fault::io(&file.path, &error))?,
        };
        if count == 0 {
            break;
        }
        left = left.checked_sub(count as u64).ok_or_else(|| changed(file))?;
        piece(room.get(..count).unwrap_or_default())?;
    }
    if left == 0 { Ok(()) } else { Err(changed(file)) }
}

fn changed(file: &TreeFile) -> Fault {
    refuse("package.tree_changed", file.path.as_bytes(), file.size, "another size")
}

/// Copies a tree to where it is wanted, for example into a folder.
pub fn copy(tree: &dyn Tree, landing: &mut dyn Landing) -> Outcome<()> {
    check_tree(tree)?;
    for file in tree.files() {
        landing.begin(&PackagePath::new(&file.path)?, file.size)?;
        copy_file(tree, file, |bytes| landing.bytes(bytes))?;
        landing.end()?;
    }
    Ok(())
}

/// Writes the tar: one top directory, regular files in the order of their paths, nobody's, mode 0644, all of the same
/// time in Unix seconds. A name that is long or not ASCII stands in a pax header. Gives `out` back.
pub fn tar<W: Write>(tree: &dyn Tree, name: &PackageName, mtime: u64, mut out: W) -> Outcome<W> {
    check_tree(tree)?;
    if mtime > MAX_OCTAL {
        return Err(refuse("package.tar_number", b"mtime", format!("≤ {MAX_OCTAL}"), mtime));
    }
    for file in tree.files() {
        let full = format!("{name}/{}", file.path);
        out.write_all(&entry_header(&full, file.size, mtime)).map_err(failed)?;
        copy_file(tree, file, |bytes| out.write_all(bytes).map_err(failed))?;
        out.write_all(zeros(file.size)).map_err(failed)?;
    }
    out.write_all(&[0; 2 * BLOCK]).map_err(failed)?;
    out.flush().map_err(failed)?;
    Ok(out)
}

fn zeros(size: u64) -> &'static [u8] {
    const ZEROS: [u8; BLOCK] = [0; BLOCK];
    ZEROS.get(..padding(size)).unwrap_or_default()
}

/// The header of a file, and before it the pax header that its name may need.
fn entry_header(full: &str, size: u64, mtime: u64) -> Vec<u8> {
    let mut blocks = Vec::with_capacity(BLOCK);
    let mut end = full.len().min(PLAIN_NAME);
    if full.len() > PLAIN_NAME || !full.is_ascii() {
        let record = pax_record("path", full);
        blocks.extend(header_of(b'x', PAX_NAME, record.len() as u64, mtime));
        blocks.extend(record.as_bytes());
        blocks.extend(zeros(record.len() as u64));
        while !full.is_char_boundary(end) {
            end -= 1;
        }
    }
    blocks.extend(header(full.as_bytes().get(..end).unwrap_or_default(), size, mtime));
    blocks
}

/// `<length of the whole line in decimal> <key>=<value>⏎`.
fn pax_record(key: &str, value: &str) -> String {
    let rest = format!(" {key}={value}\n");
    let mut length = rest.len();
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

/// Writes the tar in zstd frames of `level` (1–22), each with content size and checksum. Gives `out` back.
pub fn tar_zst<W: Write>(tree: &dyn Tree, name: &PackageName, mtime: u64, level: i32, out: W) -> Outcome<W> {
    let frames = FrameWriter::new(out, level).map_err(failed)?;
    let (out, _) = tar(tree, name, mtime, frames)?.finish().map_err(failed)?;
    Ok(out)
}

/// Writes a ZIP: one top directory, the files in the order of their paths, all of the same time, no ZIP64, nothing
/// encrypted. Refuses a tree that does not fit in one. Gives `out` back.
pub fn zip<W: Write + Seek>(tree: &dyn Tree, name: &PackageName, method: ZipMethod, out: W) -> Outcome<W> {
    check_tree(tree)?;
    fits_zip(tree)?;
    let method = match method {
        ZipMethod::Stored => SimpleFileOptions::default().compression_method(CompressionMethod::Stored),
        ZipMethod::Deflated => SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(DEFLATE_LEVEL)),
    };
    let options = method.last_modified_time(DateTime::default()).unix_permissions(0o644).large_file(false);
    let mut writer = ZipWriter::new(out);
    for file in tree.files() {
        writer.start_file(format!("{name}/{}", file.path), options).map_err(failed)?;
        copy_file(tree, file, |bytes| writer.write_all(bytes).map_err(failed))?;
    }
    writer.finish().map_err(failed)
}

fn fits_zip(tree: &dyn Tree) -> Outcome<()> {
    let files = tree.files();
    // Local header, directory entry and descriptor take less than 200 bytes and twice the name; deflate adds a little.
    let each = |file: &TreeFile| file.size + file.size / 1000 + 1_000 + 2 * file.path.len() as u64;
    let bytes: u64 = files.iter().map(each).fold(0, u64::saturating_add);
    if files.len() > MAX_ZIP_FILES {
        return Err(refuse("package.limit_zip", b"", format!("≤ {MAX_ZIP_FILES}"), files.len()));
    }
    if bytes > MAX_ZIP_BYTES {
        return Err(refuse("package.limit_zip", b"", format!("≤ {MAX_ZIP_BYTES}"), bytes));
    }
    Ok(())
}
