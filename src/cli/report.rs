//! Verification reports, for people and programs.

use std::path::{Path, PathBuf};

use super::Ui;
use crate::fault::{Fault, Lang, Outcome};
use crate::record::{Checkpoint, Class, Finding, Report};

/// Findings shown to people; all of them stand in the JSON.
const SHOWN: usize = 100;

/// Reads checkpoint files.
pub fn read_checkpoints(paths: &[PathBuf]) -> Outcome<Vec<Checkpoint>> {
    paths.iter().map(|path| read_checkpoint(path)).collect()
}

fn read_checkpoint(path: &Path) -> Outcome<Checkpoint> {
    let text = std::fs::read_to_string(path).map_err(|error| Fault::io(path.display(), &error))?;
    Checkpoint::parse(&text).map_err(|error| Fault::usage("checkpoint.form").with("found", error).with("expected", path.display()))
}

/// Shows a report; a failed one ends the command with `verify.failed`.
pub fn show_report(ui: &Ui, report: &Report) -> Outcome<()> {
    ui.say(counts(report, Lang::Zh), counts(report, Lang::En))?;
    for finding in report.findings.iter().take(SHOWN) {
        ui.say(line(finding, Lang::Zh), line(finding, Lang::En))?;
    }
    if report.findings.len() > SHOWN {
        let more = report.findings.len() - SHOWN;
        ui.say(format!("  ……另有 {more} 项，见 --json"), format!("  … and {more} more, see --json"))?;
    }
    let passed = report.passed();
    if passed {
        ui.say("核验通过。", "Verified.")?;
    }
    let mut answer = serde_json::to_value(report).unwrap_or_default();
    if let Some(object) = answer.as_object_mut() {
        object.insert("passed".into(), passed.into());
    }
    ui.json(&answer)?;
    let count: u64 = [Class::Integrity, Class::Unlawful, Class::Uncheckable].iter().map(|class| report.count(*class)).sum();
    if passed { Ok(()) } else { Err(Fault::refused("verify.failed").with("found", count)) }
}

fn counts(report: &Report, lang: Lang) -> String {
    let v = &report.verdicts;
    let (size, acts, parts, erased, root) = (report.size, report.acts, report.parts, report.erased, report.root);
    let (intact, lawful, irregular, unlawful, unchecked) = (v.intact, v.lawful, v.irregular, v.unlawful, v.uncheckable);
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
