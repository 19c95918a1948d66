//! One entry for fuzzing the container: whatever the bytes are, no panic, and what passes is canonical.

use std::io::BufRead;

use super::limits::Limits;
use super::names::{BagName, PayloadPath};
use super::reader::{BagReader, BagReport, Payload};
use super::writer::{BagHead, BagWriter};
use crate::fault::{Fault, Outcome};

/// Reads `bytes` as a bundle and as a plain tar. `Err` tells of a promise broken: a container that passed is not, byte
/// for byte, what the writer makes of its content.
pub fn fuzz_read(bytes: &[u8]) -> Result<(), String> {
    let limits = Limits { tar_bytes: 16 << 20, entries: 100, ratio_free_bytes: 1 << 20, ..Limits::default() };
    let mut files = Vec::new();
    let mut keep = |file: &Payload<'_>, content: &mut dyn BufRead| keep(&mut files, file, content);
    if let Ok(reader) = BagReader::zstd_with(bytes, limits) {
        let _ = reader.read(&mut |file: &Payload<'_>, content: &mut dyn BufRead| {
            let mut line = Vec::new();
            let _ = content.read_until(b'\n', &mut line);
            let _ = file;
            Ok(())
        });
    }
    let report = BagReader::tar_with(bytes, limits).read(&mut keep).map_err(|fault| fault.to_string())?;
    if report.is_valid() {
        let again = rewrite(&report, &files).map_err(|fault| fault.to_string())?;
        if again != bytes {
            return Err("a valid tar differs from what the writer makes of it".to_owned());
        }
    }
    Ok(())
}

fn keep(files: &mut Vec<(String, Vec<u8>)>, file: &Payload<'_>, content: &mut dyn BufRead) -> Outcome<()> {
    let mut bytes = Vec::new();
    let _ = content.read_to_end(&mut bytes);
    files.push((file.path.to_owned(), bytes));
    Ok(())
}

fn rewrite(report: &BagReport, files: &[(String, Vec<u8>)]) -> Outcome<Vec<u8>> {
    let [(_, date), info @ .., _] = report.info.as_slice() else {
        return Err(Fault::refused("bundle.bag_info"));
    };
    let head = BagHead {
        name: BagName::new(&report.name)?,
        mtime_unix: report.mtime_unix.unwrap_or(0),
        bagging_date: date.clone(),
        info: info.to_vec(),
    };
    let mut writer = BagWriter::tar(Vec::new(), &head)?;
    for (path, bytes) in files {
        writer.payload(&PayloadPath::new(path)?, bytes)?;
    }
    Ok(writer.finish_tar()?.0)
}
