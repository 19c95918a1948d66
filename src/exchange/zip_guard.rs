//! Looks into an XLSX before the workbook reader does: what it would unpack to, and whether it says the truth.

use std::collections::BTreeSet;
use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::limits::Limits;
use crate::fault::{Fault, Outcome};

const DIRECTORY_ENTRY: &[u8] = b"PK\x01\x02";

/// Refuses a zip that is damaged, holds too many files or the same name twice, is encrypted, or inflates beyond the limit.
///
/// Every file inside is really inflated, in pieces, and counted; what the directory declares is not believed.
pub(super) fn check_zip(file: &str, bytes: &[u8], limits: &Limits) -> Outcome<()> {
    // Counted in the raw bytes, because the reader below allocates for every entry before it can be asked how many there are.
    let entries = bytes.windows(DIRECTORY_ENTRY.len()).filter(|w| *w == DIRECTORY_ENTRY).count();
    if entries > limits.zip_entries {
        return Err(Fault::usage("table.zip_entries").with("file", file).with("limit", limits.zip_entries));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(file, e))?;
    let mut names = BTreeSet::new();
    let mut left = limits.inflated_bytes;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|e| broken(file, e))?;
        let name = entry.name().map_err(|e| broken(file, e))?.to_lowercase();
        let bomb = || Fault::usage("table.zip_bomb").with("file", file).with("limit", limits.inflated_bytes);
        if entry.size() > left {
            return Err(bomb());
        }
        let strings = name.ends_with("sharedstrings.xml");
        let inflated = inflate(&mut entry, left, strings).map_err(|e| broken(file, e))?;
        left = left.checked_sub(inflated.bytes).ok_or_else(bomb)?;
        if inflated.false_count {
            return Err(broken(file, "uniqueCount"));
        }
        if !names.insert(name.clone()) {
            return Err(broken(file, name));
        }
    }
    if !names.contains("[content_types].xml") {
        return Err(Fault::usage("table.not_a_table").with("file", file).with("found", "ZIP"));
    }
    Ok(())
}

fn broken(file: &str, found: impl std::fmt::Display) -> Fault {
    Fault::usage("table.zip_broken").with("file", file).with("found", found)
}

struct Inflated {
    bytes: u64,
    false_count: bool,
}

fn inflate(entry: &mut impl Read, left: u64, strings: bool) -> std::io::Result<Inflated> {
    let mut limited = entry.take(left.saturating_add(1));
    if !strings {
        let bytes = std::io::copy(&mut limited, &mut std::io::sink())?;
        return Ok(Inflated { bytes, false_count: false });
    }
    let mut content = Vec::new();
    limited.read_to_end(&mut content)?;
    Ok(Inflated { bytes: content.len() as u64, false_count: declares_too_many(&content) })
}

/// The workbook reader reserves memory for as many shared strings as the file declares, so a lie there is a bomb of a few bytes.
/// Each string takes at least `<si/>`. A text in UTF-16 would hide the declaration and is not what any program writes.
fn declares_too_many(content: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let most = content.len() as u64 / 5 + 1;
    let declared = |at: usize| {
        let rest = content.get(at + NAME.len()..).unwrap_or_default();
        let digits = rest.iter().skip_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+' | b'0'));
        digits.take_while(|b| b.is_ascii_digit()).take(19).fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')))
    };
    let wide = content.iter().take(64).any(|b| *b == 0);
    wide || content.windows(NAME.len()).enumerate().any(|(at, w)| w == NAME && declared(at) > most)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use zip::write::SimpleFileOptions;

    use super::*;

    fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, content) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn code(bytes: &[u8], limits: &Limits) -> Option<&'static str> {
        check_zip("t.xlsx", bytes, limits).map_err(|f| f.code).err()
    }

    #[test]
    fn bombs_are_refused_by_what_they_really_inflate_to() {
        let limits = Limits { inflated_bytes: 100_000, zip_entries: 3, ..Limits::default() };
        let zeros = vec![0; 99_000];
        let good = zip_of(&[("[Content_Types].xml", b"x"), ("a", &zeros)]);
        assert_eq!(code(&good, &limits), None);
        assert_eq!(code(&zip_of(&[("[Content_Types].xml", b"x"), ("a", &zeros), ("b", &zeros)]), &limits), Some("table.zip_bomb"));
        let lying = understate(&zip_of(&[("[Content_Types].xml", b"x"), ("a", &vec![0; 900_000])]), 900_000);
        assert!(matches!(code(&lying, &limits), Some("table.zip_bomb" | "table.zip_broken")));
        let many = zip_of(&[("[Content_Types].xml", b""), ("b", b""), ("c", b""), ("d", b"")]);
        assert_eq!(code(&many, &limits), Some("table.zip_entries"));
        assert_eq!(code(&zip_of(&[("a", b"")]), &limits), Some("table.not_a_table"));
    }

    /// The same zip with every stored `size` replaced by 10.
    fn understate(zip: &[u8], size: u32) -> Vec<u8> {
        let mut zip = zip.to_vec();
        let wanted = size.to_le_bytes();
        for at in 0..zip.len() - 4 {
            if zip[at..at + 4] == wanted {
                zip[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
            }
        }
        zip
    }

    #[test]
    fn a_workbook_that_declares_more_strings_than_it_can_hold_is_refused() {
        let strings = br#"<sst uniqueCount = "99999999999"><si><t>a</t></si></sst>"#;
        let bytes = zip_of(&[("[Content_Types].xml", b"x"), ("xl/sharedStrings.xml", strings)]);
        assert_eq!(code(&bytes, &Limits::default()), Some("table.zip_broken"));
        let honest = br#"<sst uniqueCount="1"><si><t>uniqueCount</t></si></sst>"#;
        let bytes = zip_of(&[("[Content_Types].xml", b"x"), ("xl/sharedStrings.xml", honest)]);
        assert_eq!(code(&bytes, &Limits::default()), None);
    }
}
