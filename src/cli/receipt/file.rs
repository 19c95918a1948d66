//! The file of a receipt: a cosigned checkpoint as it is, or a JSON object that holds one.

use std::path::Path;

use serde::Deserialize;

use crate::cli::input;
use crate::fault::{Fault, Outcome};
use crate::record::{Checkpoint, FileDigest};

/// Bytes that a receipt's file may have.
const MAX: usize = 1 << 20;

/// What a witness hands back.
#[derive(Deserialize)]
pub struct ReceiptFile {
    format: u64,
    /// The cosigned checkpoint, as it is kept.
    pub note: String,
    /// Number of the batch it is about.
    pub batch: Option<String>,
    /// Digest of the package it is about.
    pub package: Option<FileDigest>,
    /// Name of the archive.
    pub archive: Option<String>,
}

impl ReceiptFile {
    /// Reads one of both forms, and the checkpoint in it.
    ///
    /// Errors: `receipt.form`, `checkpoint.form`.
    pub fn read(path: &Path) -> Outcome<(Self, Checkpoint)> {
        let bytes = input::bytes(path)?;
        let bad = |found: &dyn ToString| {
            Fault::usage("receipt.form").with("path", path.display()).with("found", found.to_string())
        };
        if bytes.len() > MAX {
            return Err(bad(&format!("{} bytes", bytes.len())));
        }
        let text = String::from_utf8(bytes).map_err(|error| bad(&error))?;
        let file = if text.trim_start().starts_with('{') {
            serde_json::from_str::<Self>(&text).map_err(|error| bad(&error))?
        } else {
            Self { format: 1, note: text, batch: None, package: None, archive: None }
        };
        if file.format != 1 {
            return Err(bad(&format!("format {}", file.format)));
        }
        let form = |error| Fault::usage("checkpoint.form").with("found", error);
        let checkpoint = Checkpoint::parse(&file.note).map_err(form)?;
        Ok((file, checkpoint))
    }
}
