//! Side files: bytes that were taken out of a segment, kept as evidence beside it.
//!
//! They are never read back into the log. They may hold bodies of parts; when a part is erased from the log, every
//! side file loses all bodies it has, because the same body may stand in a torn act under another digest, and all
//! lines that are not whole, because what they hold cannot be told.

use super::cursor::lines_of;
use super::disk::Disk;
use super::durable::{self, At, read_range};
use super::erase::without_parts;
use super::segment::DIR;
use crate::fault::Outcome;
use crate::record::Line;

const SUFFIX: &str = ".side";

/// Keeps bytes in a new side file `log/<name>-<n>.side` and gives its path. Bytes that are already there, because
/// an earlier attempt was interrupted, are not kept twice.
pub fn keep(disk: &dyn Disk, name: &str, bytes: &[u8]) -> Outcome<String> {
    for nth in 0u32.. {
        let path = format!("{DIR}/{name}-{nth}{SUFFIX}");
        match disk.open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                durable::replace(disk, DIR, &path, |sink| sink.put(bytes))?;
                return Ok(path);
            }
            file => {
                let file = file.at(&path)?;
                let len = file.len().at(&path)?;
                if len == bytes.len() as u64 && read_range(&*file, &path, 0, len)? == bytes {
                    disk.sync_dir(DIR).at(DIR)?;
                    return Ok(path);
                }
            }
        }
    }
    Ok(String::new())
}

/// Takes all bodies out of all side files. What cannot be read as a line becomes `{"scrubbed":<bytes>}`.
pub fn scrub(disk: &dyn Disk) -> Outcome<()> {
    for name in disk.list(DIR).at(DIR)?.iter().filter(|name| name.ends_with(SUFFIX)) {
        let path = format!("{DIR}/{name}");
        let file = disk.open(&path).at(&path)?;
        let bytes = read_range(&*file, &path, 0, file.len().at(&path)?)?;
        let scrubbed = without_bodies(&bytes);
        if scrubbed != bytes {
            durable::replace(disk, DIR, &path, |sink| sink.put(&scrubbed))?;
        }
    }
    Ok(())
}

fn without_bodies(bytes: &[u8]) -> Vec<u8> {
    let (mut kept, mut lost) = (Vec::new(), 0);
    for (_, line, ended) in lines_of(bytes) {
        match harmless(line).filter(|_| ended) {
            Some(line) => {
                note_loss(&mut kept, &mut lost);
                kept.extend_from_slice(&line);
                kept.push(b'\n');
            }
            None => lost += line.len() + usize::from(ended),
        }
    }
    note_loss(&mut kept, &mut lost);
    kept
}

fn note_loss(kept: &mut Vec<u8>, lost: &mut usize) {
    if *lost > 0 {
        kept.extend_from_slice(format!("{{\"scrubbed\":{lost}}}\n").as_bytes());
        *lost = 0;
    }
}

/// A line without bodies, if it is one that can be told to have none then.
fn harmless(line: &[u8]) -> Option<Vec<u8>> {
    let number = line.strip_prefix(b"{\"scrubbed\":").and_then(|rest| rest.strip_suffix(b"}"));
    if number.is_some_and(|number| number.iter().all(u8::is_ascii_digit)) {
        return Some(line.to_vec());
    }
    match Line::parse(line) {
        Ok(Line::Event(_)) => without_parts(line, |_| true).map(|(line, _)| line),
        Ok(_) => Some(line.to_vec()),
        Err(_) => None,
    }
}
