//! `proof check`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use crate::bundle::proof::{PROOF_MAX, check};
use crate::cli::Ui;
use crate::cli::ledger::given;
use crate::cli::report::show_proof_report;
use crate::fault::{Fault, Outcome};
use crate::record::verify::Trust;
use crate::record::{ChainHash, Origin};
use crate::rules::{Books, Replay};

/// 核对证明文件；只需台账标识和创世摘要 · Check a proof; takes nothing but origin and genesis hash
#[derive(Args)]
pub struct Check {
    /// 证明文件 · The proof
    file: PathBuf,
    /// 从别处得知的台账标识 · Origin, known from elsewhere
    #[arg(long, value_name = "ORIGIN")]
    origin: String,
    /// 从别处得知的创世摘要 · Genesis hash, known from elsewhere
    #[arg(long, value_name = "HASH")]
    genesis: String,
}

impl Check {
    pub(super) fn run(self, ui: &Ui) -> Outcome<()> {
        let missing = || Fault::usage("origin.unreadable").with("found", "");
        let origin = given::<Origin>(Some(&self.origin), "origin.unreadable")?.ok_or_else(missing)?;
        let genesis = given::<ChainHash>(Some(&self.genesis), "digest.unreadable")?.ok_or_else(missing)?;
        let io = |error: std::io::Error| Fault::io(self.file.display(), &error);
        let facts = std::fs::metadata(&self.file).map_err(io)?;
        if facts.len() > PROOF_MAX as u64 {
            return Err(Fault::usage("proof.form").with("found", format!("{} bytes", facts.len())));
        }
        let bytes = std::fs::read(&self.file).map_err(io)?;
        let trust = Trust { origin: origin.clone(), genesis, checkpoints: Vec::new() };
        let books = Arc::new(Books::built_in()?);
        let report = check(&bytes, &trust, Replay::new(books.clone(), origin))?;
        show_proof_report(ui, &report, &books)
    }
}
