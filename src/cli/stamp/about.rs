//! What a stamp is about: a checkpoint or a package's tag manifest, or the stamp that it renews.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, ValueEnum};

use crate::cli::dossier;
use crate::cli::input;
use crate::exchange::stamp::{Imprint, ImprintAlgorithm};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::Checkpoint;
use crate::views::DossierRow;

/// Options that say what is stamped.
#[derive(Args)]
pub struct About {
    /// 检查点文件 · A checkpoint
    #[arg(long, value_name = "FILE", conflicts_with = "manifest", required_unless_present = "manifest")]
    checkpoint: Option<PathBuf>,
    /// 归档包的 tagmanifest-sha512.txt · The tag manifest of a package
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// 续签哪一个时间戳 · The stamp that is renewed
    #[arg(long, value_name = "STAMP")]
    pub renew: Option<String>,
    /// 摘要算法 · Digest algorithm
    #[arg(long, value_name = "NAME", default_value = "sha512")]
    algorithm: Algorithm,
}

#[derive(Clone, Copy, ValueEnum)]
enum Algorithm {
    Sha256,
    Sha384,
    Sha512,
    Sm3,
}

impl From<Algorithm> for ImprintAlgorithm {
    fn from(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Sha256 => Self::Sha256,
            Algorithm::Sha384 => Self::Sha384,
            Algorithm::Sha512 => Self::Sha512,
            Algorithm::Sm3 => Self::Sm3,
        }
    }
}

impl About {
    /// Its code in the rule book.
    pub fn code(&self) -> &'static str {
        if self.manifest.is_some() { "manifest" } else { "checkpoint" }
    }

    /// The bytes that are stamped.
    pub fn bytes(&self) -> Outcome<Vec<u8>> {
        let path = self.checkpoint.as_ref().or(self.manifest.as_ref());
        path.map_or_else(|| Err(Fault::usage("usage.incomplete")), |path| input::bytes(path))
    }

    /// Number of events of the checkpoint, if it is one.
    ///
    /// Errors: `checkpoint.form` when `--checkpoint` names no checkpoint.
    pub fn size(&self, bytes: &[u8]) -> Outcome<Option<u64>> {
        if self.checkpoint.is_none() {
            return Ok(None);
        }
        let note = std::str::from_utf8(bytes).map_err(|error| error.to_string());
        let note = note.and_then(|note| Checkpoint::parse(note).map_err(|error| error.to_string()));
        note.map(|note| Some(note.head.size))
            .map_err(|found| Fault::usage("checkpoint.form").with("found", found))
    }

    /// The digest to be stamped; for a renewal that of the bytes and the old token.
    pub fn imprint(&self, bytes: &[u8], renewed: Option<&[u8]>) -> Imprint {
        let algorithm = self.algorithm.into();
        match renewed {
            Some(token) => Imprint::renewing(algorithm, bytes, token),
            None => Imprint::of(algorithm, bytes),
        }
    }

    /// The stamp that is renewed.
    pub fn renewed(&self, ledger: &Ledger) -> Outcome<Option<DossierRow>> {
        self.renew.as_deref().map(|text| dossier::find(ledger, "stamp", text)).transpose()
    }
}

/// The newest token of a stamp that stands in the ledger.
///
/// Errors: `stamp.form` when this copy does not have it.
pub fn token(row: &DossierRow) -> Outcome<Vec<u8>> {
    let text = row.text("stamp");
    let token = text.and_then(|text| STANDARD.decode(text).ok());
    token.ok_or_else(|| Fault::usage("stamp.form").with("expected", "a token").with("found", &row.id))
}
