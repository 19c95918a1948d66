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
        let inflated = inflate(&mut entry, left, Look::of(&name)).map_err(|e| broken(file, e))?;
        left = left.checked_sub(inflated.bytes).ok_or_else(bomb)?;
        match inflated.seen {
            Some(Look::Strings) => return Err(broken(file, "uniqueCount")),
            Some(Look::Cells) => return Err(Fault::usage("table.formula_unsaved").with("file", file)),
            None => {}
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

/// What is looked for inside a file of the zip, by its name.
#[derive(Clone, Copy)]
enum Look {
    /// A false count of shared strings.
    Strings,
    /// Formulas without a saved value.
    Cells,
}

impl Look {
    fn of(name: &str) -> Option<Self> {
        if name.ends_with("sharedstrings.xml") {
            Some(Self::Strings)
        } else if name.contains("worksheets/") && name.ends_with(".xml") {
            Some(Self::Cells)
        } else {
            None
        }
    }

    fn finds(self, content: &[u8]) -> bool {
        match self {
            Self::Strings => declares_too_many(content),
            Self::Cells => leaves_formula_empty(content),
        }
    }
}

struct Inflated {
    bytes: u64,
    seen: Option<Look>,
}

fn inflate(entry: &mut impl Read, left: u64, look: Option<Look>) -> std::io::Result<Inflated> {
    let mut limited = entry.take(left.saturating_add(1));
    let Some(look) = look else {
        let bytes = std::io::copy(&mut limited, &mut std::io::sink())?;
        return Ok(Inflated { bytes, seen: None });
    };
    let mut content = Vec::new();
    limited.read_to_end(&mut content)?;
    Ok(Inflated { bytes: content.len() as u64, seen: look.finds(&content).then_some(look) })
}

/// Programs that write formulas without computing them leave cells that look filled in but read as empty; taking such a row would
/// be taking half of it. A formula whose saved value is the empty text says so with `t="str"` and is fine.
fn leaves_formula_empty(content: &[u8]) -> bool {
    const END: &[u8] = b"</f>";
    const EMPTY: [&[u8]; 4] = [b"</c>", b"<v></v></c>", b"<v/></c>", b"<v /></c>"];
    let text_cell = |at: usize| {
        let before = content.get(..at).unwrap_or_default();
        let opened = before.windows(3).rposition(|w| w == b"<c ").unwrap_or(0);
        before.get(opened..).is_some_and(|cell| cell.windows(7).any(|w| w == b"t=\"str\""))
    };
    content.windows(END.len()).enumerate().filter(|(_, w)| *w == END).any(|(at, _)| {
        let rest = content.get(at + END.len()..).unwrap_or_default();
        EMPTY.iter().any(|empty| rest.starts_with(empty)) && !text_cell(at)
    })
}

/// The workbook reader reserves memory for as many shared strings as the file declares, so a lie there is a bomb of a few bytes.
/// Each string takes at least `<si/>`. A text in UTF-16 would hide the declaration and is not what any program writes.
fn declares_too_many(content: &[u8]) -> bool {
    const NAME: &[u8] = b"uniqueCount";
    let most = content.len() as u64 / 5 + 1;
    let declared = |at: usize| {
        let rest = content.get(at + NAME.len()..).unwrap_or_default();
        let digits = rest
            .iter()
            .skip_while(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'"' | b'\'' | b'+' | b'0'));
        digits
            .take_while(|b| b.is_ascii_digit())
            .take(19)
            .fold(0u64, |n, b| n.saturating_mul(10).saturating_add(u64::from(b - b'0')))
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
        assert_eq!(
            code(&zip_of(&[("[Content_Types].xml", b"x"), ("a", &zeros), ("b", &zeros)]), &limits),
            Some("table.zip_bomb")
        );
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
    fn formulas_without_a_saved_value_are_noticed() {
        assert!(leaves_formula_empty(br#"<c r="A1"><f>1+1</f><v></v></c>"#));
        assert!(leaves_formula_empty(br#"<c r="A1" t="str"><v>x</v></c><c r="A2"><f>1+1</f></c>"#));
        assert!(!leaves_formula_empty(br#"<c r="A1"><f>1+1</f><v>2</v></c>"#));
        assert!(!leaves_formula_empty(br#"<c r="A1" t="str"><f>IF(1,"")</f><v></v></c>"#));
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
