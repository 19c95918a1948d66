//! Files that commands write for people.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::Ctx;
use crate::exchange::{self, BookInfo, Sheet};
use crate::fault::{Fault, Lang, Outcome};
use crate::ledger::Ledger;

/// Writes a file whole or not at all: what stood there before stays until the new content is on the disk.
pub fn write_file(path: &Path, bytes: &[u8]) -> Outcome<()> {
    let failed = |error: std::io::Error| Fault::io(path.display(), &error);
    // A pipe or a device is written to, never replaced.
    if path.exists() && !path.is_file() {
        return std::fs::write(path, bytes).map_err(failed);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    let name = path.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidInput.into()))?;
    let temporary = folder.join(format!(".{}.{}", name.to_string_lossy(), std::process::id()));
    let written = std::fs::File::create(&temporary).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let placed = written.and_then(|()| std::fs::rename(&temporary, path));
    placed.map_err(|error| {
        let _ = std::fs::remove_file(&temporary);
        failed(error)
    })
}

/// Writes sheets as the file's ending says: `.xlsx`, `.csv` (the first sheet), `.json`.
pub fn sheets(ctx: &Ctx<'_>, ledger: &Ledger, path: &Path, lang: Lang, sheets: &[Sheet]) -> Outcome<()> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_lowercase();
    let first = sheets.first().ok_or_else(|| Fault::usage("item.none_named"))?;
    let bytes = match ending.as_str() {
        "xlsx" => exchange::xlsx(sheets, lang, &book(ctx, ledger, &first.title)?)?,
        "csv" => exchange::csv(first, lang),
        "json" => exchange::json(first).into_bytes(),
        _ => {
            return Err(Fault::usage("output.ending")
                .with("found", path.display())
                .with("expected", ".xlsx、.csv、.json"));
        }
    };
    write_file(path, &bytes)
}

/// What a workbook says about itself.
pub fn book(ctx: &Ctx<'_>, ledger: &Ledger, title: &str) -> Outcome<BookInfo> {
    let office = ledger.info().office.clone();
    Ok(BookInfo { title: title.to_owned(), banner: banner(&office), office, created: ctx.now()?.0 })
}

/// 演示数据, where the office is the fictional one of the demo.
pub fn banner(office: &str) -> String {
    if office.contains("演示") { "演示数据".to_owned() } else { String::new() }
}
