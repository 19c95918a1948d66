//! Who did it, when, why, and on what evidence.

use std::path::{Path, PathBuf};

use clap::Args;

use super::which::Cells;
use crate::cli::Ctx;
use crate::cli::desk::Desk;
use crate::cli::input;
use crate::cli::lookup;
use crate::cli::words::words;
use crate::exchange::{read_date, worklist};
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::record::{Day, FileDigest, PartName, Subject};

/// Options of every verb that signs.
#[derive(Args, Default)]
pub struct Doing {
    /// 发生日期，缺省为今天 · Date it happened; today if not given
    #[arg(long, value_name = "DATE")]
    pub on: Option<String>,
    /// 办理人（姓名或编号），缺省为签署人；他人办理的须附佐证 · Who did it, if not the signer; needs evidence
    #[arg(long, value_name = "NAME")]
    pub person: Option<String>,
    /// 理由（只供内部） · Reason, for the office only
    #[arg(long, value_name = "TEXT", conflicts_with = "reason_file")]
    pub reason: Option<String>,
    /// 理由所在文件 · File with the reason
    #[arg(long, value_name = "FILE")]
    pub reason_file: Option<PathBuf>,
    /// 备注（只供内部） · Note, for the office only
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    /// 佐证文件，例如审批单的扫描件；只登记其摘要 · Evidence, such as a scan; only its digest is recorded
    #[arg(long, value_name = "FILE")]
    pub evidence: Option<PathBuf>,
    /// 申报的不合规（须有理由和佐证） · Declared departures; needs a reason and evidence
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1..)]
    pub irregular: Vec<String>,
    /// 只检查，不写入 · Check only, write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// [`Doing`], resolved.
#[derive(Debug, Clone)]
pub struct Done {
    on: Day,
    person: Subject,
    own: bool,
    reason: Option<String>,
    note: Option<String>,
    evidence: Option<String>,
    irregular: Vec<String>,
}

impl Doing {
    /// Resolves names and files, once for the whole command.
    pub fn resolve(&self, ctx: &Ctx<'_>, desk: &Desk<'_>) -> Outcome<Done> {
        let on = match &self.on {
            Some(text) => day(text)?,
            None => ctx.today()?,
        };
        let person = match &self.person {
            Some(text) => lookup::person(&desk.ledger, text)?,
            None => desk.me.clone(),
        };
        let reason = match &self.reason_file {
            Some(path) => Some(input::text(path)?),
            None => self.reason.clone(),
        };
        let evidence = self.evidence.as_deref().map(file_digest).transpose()?;
        let irregular = codes("irregular", &self.irregular)?;
        let own = person == desk.me;
        Ok(Done { on, person, own, reason, note: self.note.clone(), evidence, irregular })
    }
}

impl Done {
    /// The same for one row of a table, whose cells win.
    pub fn for_row(&self, desk: &Desk<'_>, cells: &Cells) -> Outcome<Self> {
        let mut done = self.clone();
        if let Some(text) = cells.get("on") {
            done.on = day(text)?;
        }
        if let Some(text) = cells.get("person") {
            done.person = lookup::person(&desk.ledger, text)?;
            done.own = done.person == desk.me;
        }
        if let Some(text) = cells.get("evidence") {
            done.evidence = Some(digest_text(text)?);
        }
        if let Some(text) = cells.get("irregular") {
            done.irregular = codes("irregular", &split(text))?;
        }
        done.reason = cells.get("reason").map(str::to_owned).or(done.reason);
        done.note = cells.get("note").map(str::to_owned).or(done.note);
        Ok(done)
    }

    /// The same for one step of a row: who did it and when, and why.
    pub fn for_step(&self, desk: &Desk<'_>, step: &worklist::Done, reason: Option<&String>) -> Outcome<Self> {
        let mut done = self.clone();
        done.on = step.on.map_or(done.on, Day);
        if let Some(text) = &step.person {
            done.person = lookup::person(&desk.ledger, text)?;
            done.own = done.person == desk.me;
        }
        done.reason = reason.cloned().or(done.reason);
        Ok(done)
    }

    /// The same with other evidence and declared departures, where there are any.
    #[must_use]
    pub fn with(mut self, evidence: Option<&String>, irregular: Vec<String>) -> Self {
        self.evidence = evidence.cloned().or(self.evidence);
        if !irregular.is_empty() {
            self.irregular = irregular;
        }
        self
    }

    /// The date it happened.
    pub fn on(&self) -> Day {
        self.on
    }

    /// Whether the signer did it, and not somebody else on paper.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// Whether there is evidence for it.
    pub fn has_evidence(&self) -> bool {
        self.evidence.is_some()
    }

    /// Starts a wish: common facts and the closed part.
    pub fn wish(&self, kind: &str, subject: &Subject) -> Outcome<Wish> {
        let wish = self.bare(kind, subject)?;
        let wish = wish.maybe_part(PartName::Closed, "reason", self.reason.clone());
        Ok(wish.maybe_part(PartName::Closed, "note", self.note.clone()))
    }

    /// Starts a wish without the closed part.
    pub fn bare(&self, kind: &str, subject: &Subject) -> Outcome<Wish> {
        let mode = if self.own { "own" } else { "transcribed" };
        let wish = Wish::new(kind, subject)?.done(&self.person, self.on, mode);
        let irregular = (!self.irregular.is_empty()).then(|| self.irregular.clone());
        Ok(wish.maybe("evidence", self.evidence.clone()).maybe("irregular", irregular))
    }
}

/// A date as people write it.
pub fn day(text: &str) -> Outcome<Day> {
    read_date(text).map(Day).ok_or_else(|| Fault::usage("date.unreadable").with("found", text))
}

/// Sorted codes of a vocabulary.
pub fn codes(vocabulary: &str, texts: &[String]) -> Outcome<Vec<String>> {
    let mut codes: Vec<String> =
        texts.iter().map(|text| words().read(vocabulary, text)).collect::<Outcome<_>>()?;
    codes.sort();
    codes.dedup();
    Ok(codes)
}

/// The words of a cell that holds several.
pub fn split(text: &str) -> Vec<String> {
    let parts = text.split(['、', ',', '，', ';', '；', '\n']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// `sha256:…` of a file.
pub fn file_digest(path: &Path) -> Outcome<String> {
    Ok(FileDigest::of_file(&input::bytes(path)?).to_string())
}

/// A digest as a cell holds it, with or without its prefix.
pub fn digest_text(text: &str) -> Outcome<String> {
    let lower = text.trim().to_lowercase();
    let full = if lower.starts_with("sha256:") { lower } else { format!("sha256:{lower}") };
    let digest: Result<FileDigest, _> = full.parse();
    digest.map(|digest| digest.to_string()).map_err(|_| Fault::usage("digest.unreadable").with("found", text))
}
