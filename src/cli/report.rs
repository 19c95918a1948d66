//! Verification reports, for people and programs.

use std::path::{Path, PathBuf};

use super::Ui;
use crate::bundle::package::check::{PackageReport, Step};
use crate::bundle::proof::ProofReport;
use crate::bundle::verify::BundleReport;
use crate::fault::{Fault, Lang, Outcome};
use crate::record::{Checkpoint, Class, CosignedBy, Finding, Judged, Report};
use crate::rules::Books;

/// Findings shown to people; all of them stand in the JSON.
const SHOWN: usize = 100;

/// Reads checkpoint files.
pub fn read_checkpoints(paths: &[PathBuf]) -> Outcome<Vec<Checkpoint>> {
    paths.iter().map(|path| read_checkpoint(path)).collect()
}

/// Reads a checkpoint file.
pub fn read_checkpoint(path: &Path) -> Outcome<Checkpoint> {
    let bytes = std::fs::read(path).map_err(|error| Fault::io(path.display(), &error))?;
    let form = |error: &dyn ToString| {
        Fault::usage("checkpoint.form").with("found", error.to_string()).with("expected", path.display())
    };
    let text = std::str::from_utf8(&bytes).map_err(|error| form(&error))?;
    Checkpoint::parse(text).map_err(|error| form(&error))
}

/// Shows a report; a failed one ends the command with `verify.failed`.
pub fn show_report(ui: &Ui, report: &Report, cosigned: Vec<CosignedBy>) -> Outcome<()> {
    show_counts(ui, report)?;
    show_cosigned(ui, &cosigned)?;
    let passed = report.passed();
    if passed {
        ui.say("核验通过。", "Verified.")?;
    }
    ui.json(&Judged { report, passed, cosigned })?;
    ended(passed, failing(report))
}

/// Shows what verifying a bundle gave, and what it could not check.
pub fn show_bundle_report(
    ui: &Ui,
    bundle: &BundleReport,
    cosigned: Vec<CosignedBy>,
    allow_partial: bool,
) -> Outcome<()> {
    let report = &bundle.report;
    show_counts(ui, report)?;
    for (zh, en) in &bundle.checked {
        ui.say(format!("  ・{zh}"), format!("  - {en}"))?;
    }
    show_cosigned(ui, &cosigned)?;
    let unchecked = report.count(Class::Uncheckable);
    let only_unchecked = failing(report) == unchecked;
    let passed = report.passed() || (allow_partial && report.from > 0 && only_unchecked);
    match (passed, unchecked) {
        (true, 0) => ui.say("核验通过。", "Verified.")?,
        (true, _) => {
            ui.say("部分核验通过（合法性未核验）。", "Verified in part; the law was not checked.")?
        }
        _ => {}
    }
    ui.json(&Judged { report: bundle, passed, cosigned })?;
    ended(passed, failing(report))
}

/// Shows what checking a package for an archive gave: which steps were made, what they found, who signed it.
pub fn show_package_report(
    ui: &Ui,
    package: &PackageReport,
    cosigned: Vec<CosignedBy>,
    allow_partial: bool,
) -> Outcome<()> {
    show_package(ui, package)?;
    show_findings(ui, &package.findings)?;
    if let Some(events) = &package.events {
        show_counts(ui, &events.report)?;
        for (zh, en) in &events.checked {
            ui.say(format!("  ・{zh}"), format!("  - {en}"))?;
        }
    }
    show_cosigned(ui, &cosigned)?;
    let refusing = package.refusing();
    let later = package.events.as_ref().is_some_and(|events| events.meta.from > 0);
    let only_unchecked = refusing.iter().all(|finding| finding.class == Class::Uncheckable);
    let in_part = !package.passed() && allow_partial && later && only_unchecked;
    match (package.passed(), in_part) {
        (true, _) => ui.say("核验通过。", "Verified.")?,
        (_, true) => ui.say(
            "部分核验通过（未办的步骤见上）。",
            "Verified in part; the steps above that were not made were not.",
        )?,
        _ => {}
    }
    let (passed, found) = (package.passed() || in_part, refusing.len() as u64);
    ui.json(&Judged { report: package, passed, cosigned })?;
    ended(passed, found.max(1))
}

/// What a package says it is, the steps of its check, and who signed it.
fn show_package(ui: &Ui, package: &PackageReport) -> Outcome<()> {
    if let Some(handover) = &package.handover {
        let (name, office, from, size) =
            (handover.bag_name(), &handover.office, handover.from, handover.size);
        ui.say(
            format!("{name}  {office}  事件 {from} 至 {size}"),
            format!("{name}  {office}  events {from} to {size}"),
        )?;
    }
    let (files, octets, records) = (package.files, package.octets, package.records);
    ui.say(
        format!("  文件 {files}，字节 {octets}，件 {records}"),
        format!("  {files} files, {octets} bytes, {records} records"),
    )?;
    for step in Step::ALL {
        let made = package.steps.contains(&step);
        let (zh, en) = step.name();
        let (mark_zh, mark_en) = if made { ("已核验", "checked") } else { ("未核验", "not checked") };
        ui.say(format!("  ・{zh}：{mark_zh}"), format!("  - {en}: {mark_en}"))?;
    }
    for (file, person, _) in &package.signed {
        ui.say(format!("  签名：{file}，{person}"), format!("  Signed: {file}, by {person}"))?;
    }
    Ok(())
}

/// Shows what checking a proof gave: the item's life, and what the file cannot prove.
pub fn show_proof_report(ui: &Ui, report: &ProofReport, books: &Books) -> Outcome<()> {
    let title = |kind: &str, lang| {
        books.newest().map_or_else(|| kind.to_owned(), |book| book.kind_title(kind, lang).to_owned())
    };
    ui.say(
        format!("{}（截至第 {} 个事件）", report.subject, report.size),
        format!("{} (as of {} events)", report.subject, report.size),
    )?;
    for event in &report.events {
        let (on, kind) = (event.fact("on").unwrap_or_default(), event.kind.as_str());
        let line = |lang| format!("  {on}  {}  #{}", title(kind, lang), event.seq);
        ui.say(line(Lang::Zh), line(Lang::En))?;
    }
    for finding in &report.findings {
        ui.say(line(finding, Lang::Zh), line(finding, Lang::En))?;
    }
    ui.say(
        "  仅凭本文件不能排除：此后另有事件，或者该信息末尾的事件未列入。合法性未核验。",
        "  This file alone cannot exclude later events, or events of this item left out at its end. The law was not judged.",
    )?;
    let passed = report.passed();
    if passed {
        ui.say("证明成立。", "The proof holds.")?;
    }
    ui.json(&Judged { report, passed, cosigned: Vec::new() })?;
    ended(passed, report.findings.len() as u64)
}

/// Who saw the ledger as the checkpoints state it, and when.
fn show_cosigned(ui: &Ui, cosigned: &[CosignedBy]) -> Outcome<()> {
    for CosignedBy { size, witness, at } in cosigned {
        ui.say(
            format!("  见证：{witness} 于 {at} 签署了 {size} 个事件的检查点"),
            format!("  Witnessed: {witness} cosigned the checkpoint of {size} events at {at}"),
        )?;
    }
    Ok(())
}

fn show_counts(ui: &Ui, report: &Report) -> Outcome<()> {
    ui.say(counts(report, Lang::Zh), counts(report, Lang::En))?;
    show_findings(ui, &report.findings)
}

fn show_findings(ui: &Ui, findings: &[Finding]) -> Outcome<()> {
    for finding in findings.iter().take(SHOWN) {
        ui.say(line(finding, Lang::Zh), line(finding, Lang::En))?;
    }
    if findings.len() > SHOWN {
        let more = findings.len() - SHOWN;
        ui.say(format!("  ……另有 {more} 项，见 --json"), format!("  … and {more} more, see --json"))?;
    }
    Ok(())
}

fn failing(report: &Report) -> u64 {
    [Class::Integrity, Class::Unlawful, Class::Uncheckable].iter().map(|class| report.count(*class)).sum()
}

fn ended(passed: bool, findings: u64) -> Outcome<()> {
    if passed { Ok(()) } else { Err(Fault::refused("verify.failed").with("found", findings)) }
}

fn counts(report: &Report, lang: Lang) -> String {
    let v = &report.verdicts;
    let (size, acts, parts, erased, root) =
        (report.size, report.acts, report.parts, report.erased, report.root);
    let (intact, lawful, irregular, unlawful, unchecked) =
        (v.intact, v.lawful, v.irregular, v.unlawful, v.uncheckable);
    let acknowledged = report.count(Class::Acknowledged);
    match lang {
        Lang::Zh => format!(
            "{}\n  事件 {size}，行为 {acts}，正文 {parts}（依法删除 {erased}），树根 {root}\n  \
             完好 {intact}；合法 {lawful}，申报的不合规 {irregular}，不合法 {unlawful}（已确认 {acknowledged}），无法核对 {unchecked}",
            report.origin
        ),
        Lang::En => format!(
            "{}\n  {size} events, {acts} acts, {parts} parts ({erased} erased), root {root}\n  \
             intact {intact}; lawful {lawful}, irregular (declared) {irregular}, unlawful {unlawful} (acknowledged {acknowledged}), not checkable {unchecked}",
            report.origin
        ),
    }
}

fn line(finding: &Finding, lang: Lang) -> String {
    let mut place = Vec::new();
    if let Some(seq) = finding.place.seq {
        place.push(format!("#{seq}"));
    }
    if let Some(file) = &finding.place.file {
        place.push(finding.place.line.map_or_else(|| file.clone(), |line| format!("{file}:{line}")));
    }
    let said = if lang == Lang::Zh { &finding.zh } else { &finding.en };
    let article = match &finding.article {
        Some(article) if lang == Lang::Zh => format!("（依据：《{}》{}）", article.name, article.article),
        Some(article) => format!(" ({} {})", article.name, article.article),
        None => String::new(),
    };
    format!("  {} [{}] {} {said}{article}", class(finding.class, lang), finding.code, place.join(" "))
}

fn class(class: Class, lang: Lang) -> &'static str {
    let (zh, en) = match class {
        Class::Integrity => ("损坏或改动", "integrity"),
        Class::Unlawful => ("不合法", "unlawful"),
        Class::Irregular => ("申报的不合规", "irregular"),
        Class::Acknowledged => ("已确认", "acknowledged"),
        Class::Uncheckable => ("无法核对", "not checkable"),
        Class::Notice => ("提示", "notice"),
    };
    if lang == Lang::Zh { zh } else { en }
}
