//! `bundle order`: what follows bundles and packages that were handed over before a part was erased.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use crate::bundle::proof::make;
use crate::bundle::proof_source::LogSource;
use crate::cli::item::find_item;
use crate::cli::ledger::sign_checkpoint;
use crate::cli::{Ctx, Ui, output};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{Event, Line, Subject};

/// 出具删除指令：已移交的包含有后来删除的正文的，交档案馆照此删除 · Write erasure orders for copies that were handed over
///
/// 指令是该事项的证明文件，含删除事件、签名和检查点，不含被删除的内容。档案馆用 zhaoce archive erase 执行。
/// An order is the proof of the subject, with the events that erase; nothing of what was erased is in it. An archive executes it with zhaoce archive erase.
#[derive(Args)]
pub struct Order {
    /// 事项编号 · The subject
    #[arg(value_name = "SUBJECT", required_unless_present = "since")]
    subject: Option<String>,
    /// 自该序号起记入的全部删除，每个事项一份 · Every erasure recorded from this event on, a file for each subject
    #[arg(long, value_name = "SEQ", conflicts_with = "subject")]
    since: Option<u64>,
    /// 写入的文件；用 --since 时为文件夹 · File to write; a folder with --since
    #[arg(short, long, value_name = "PATH")]
    output: PathBuf,
}

/// One erasure, as it is told.
struct Told {
    subject: Subject,
    seq: u64,
    of: u64,
    part: String,
}

impl Order {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let checkpoint = sign_checkpoint(ctx)?;
        let mut ledger = ctx.read()?;
        let wanted = self.subject.as_deref().map(|text| subject(&ledger, text)).transpose()?;
        let erasures = erasures(&ledger, self.since.unwrap_or(0), wanted.as_ref())?;
        if erasures.is_empty() {
            let found =
                wanted.map_or_else(|| format!("≥ {}", self.since.unwrap_or(0)), |one| one.to_string());
            return Err(Fault::refused("erase.order_empty").with("found", found));
        }
        let mut subjects: Vec<Subject> = erasures.iter().map(|told| told.subject.clone()).collect();
        subjects.sort();
        subjects.dedup();
        let mut written = Vec::new();
        for subject in subjects {
            let open = ledger.open_in_force(&subject)?;
            let bytes =
                make(&LogSource::new(&ledger), &ledger.trust(Vec::new()), &subject, &checkpoint, open)?;
            let path = self.path(&subject)?;
            output::write_file(&path, &bytes)?;
            let own: Vec<&Told> = erasures.iter().filter(|told| told.subject == subject).collect();
            tell(ui, &subject, &path, &own)?;
            let parts = own.iter().map(|told| json!({ "of": told.of, "part": told.part, "seq": told.seq }));
            written.push(json!({ "subject": subject, "path": path, "parts": parts.collect::<Vec<_>>() }));
        }
        ui.json(&json!({ "orders": written, "size": ledger.head().size() }))
    }

    fn path(&self, subject: &Subject) -> Outcome<PathBuf> {
        if self.since.is_none() {
            return Ok(self.output.clone());
        }
        if !self.output.is_dir() {
            return Err(Fault::usage("file.missing").with("path", self.output.display()));
        }
        Ok(self.output.join(format!("{}.json", subject.as_str().replace('/', "-"))))
    }
}

fn subject(ledger: &Ledger, text: &str) -> Outcome<Subject> {
    match text.parse::<Subject>() {
        Ok(subject) if subject.class() != "item" => Ok(subject),
        _ => find_item(ledger, text),
    }
}

/// The erasures recorded from `since` on.
fn erasures(ledger: &Ledger, since: u64, wanted: Option<&Subject>) -> Outcome<Vec<Told>> {
    let mut found = Vec::new();
    for line in ledger.log().lines(since)?.strict() {
        let line = line?;
        let Ok(Line::Event(raw)) = Line::parse(&line.bytes) else { continue };
        if let Ok(event) = raw.event()
            && event.seq >= since
            && wanted.is_none_or(|wanted| *wanted == event.subject)
        {
            found.extend(told(&event));
        }
    }
    Ok(found)
}

fn told(event: &Event) -> Option<Told> {
    let erases = event.kind.as_str() == "part.erased";
    let (of, part) = (event.fact_number("of")?, event.fact("part")?.to_owned());
    erases.then(|| Told { subject: event.subject.clone(), seq: event.seq, of, part })
}

/// Which of what was handed over is concerned: batches and bundles that hold the event and were made before it was erased.
fn tell(ui: &Ui, subject: &Subject, path: &Path, erasures: &[&Told]) -> Outcome<()> {
    let path = path.display();
    ui.say(format!("已出具 {subject} 的删除指令：{path}"), format!("Order for {subject}: {path}"))?;
    for Told { seq, of, part, .. } in erasures {
        let from = of + 1;
        ui.say(
            format!("  第 {of} 号事件的正文（{part}），第 {seq} 号事件删除：涉及截至 {from} 至 {seq} 个事件之间形成的归档包和移交批次，以及其后各批次中的目录和封装包"),
            format!("  the {part} part of event {of}, erased by event {seq}: concerns bundles and batches made at sizes {from} to {seq}, and lists and packages in later batches that go back to them"),
        )?;
    }
    Ok(())
}
