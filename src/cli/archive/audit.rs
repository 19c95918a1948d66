//! `archive audit`.

use std::collections::BTreeSet;

use clap::Args;
use serde_json::json;

use super::place::{Place, Room};
use crate::archive::audit::{Audited, Share, audit, keep};
use crate::archive::register::Inspected;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::{Fault, Outcome};

/// 年度核查：逐字节核对馆藏，按接收时的要求重新检测，结果记入台账 · Inspect holdings again, byte by byte, and record it
///
/// 用 --part 1/30 至 30/30 可分三十晚查完全部，每个批次恰好一次。报告在 audits/ 下按日期存放。
/// With --part 1/30 to 30/30 thirty nights cover all of it, each batch once. Reports stand below audits/ by day.
#[derive(Args)]
pub struct Audit {
    /// 第几份/共几份，例如 3/30 · A share of all, such as 3/30
    #[arg(long, value_name = "N/M", conflicts_with = "batches")]
    part: Option<String>,
    /// 只查这些批次 · Only these batches
    #[arg(value_name = "BATCH")]
    batches: Vec<String>,
}

impl Audit {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let share = self.part.as_deref().map(Share::parse).transpose()?;
        let mut room = Room::open(ctx, place)?;
        let day = ctx.today()?.to_string();
        let disk = place.disk();
        let audited = room.execute(|executor, register| {
            let kept = register.kept();
            let all: BTreeSet<String> = kept.iter().map(|kept| kept.holding.claim.batch.clone()).collect();
            let chosen = self.chosen(share, &all)?;
            let bar = ui.bar("核查", "inspecting", chosen.len() as u64);
            let audited = audit(executor.judge, kept, &chosen, &|_| bar.inc(1))?;
            bar.finish_and_clear();
            let mut inspected = Vec::new();
            for one in audited.iter().filter(|one| one.behind.is_none()) {
                let report = keep(&*disk, &day, one)?;
                inspected.push(Inspected {
                    batch: one.batch.clone(),
                    share: share.map(|share| (share.nth, share.of)),
                    checked: one.checked,
                    failed: one.damage.len() as u64,
                    report,
                });
            }
            if !inspected.is_empty() {
                register.inspect(&inspected)?;
            }
            Ok(audited)
        })?;
        show(ui, &audited, place)
    }

    fn chosen(&self, share: Option<Share>, all: &BTreeSet<String>) -> Outcome<BTreeSet<String>> {
        if let Some(unknown) = self.batches.iter().find(|batch| !all.contains(*batch)) {
            return Err(Fault::usage("archive.no_batch").with("found", unknown));
        }
        let within = |batch: &&String| match share {
            Some(share) => share.has(batch),
            None => self.batches.is_empty() || self.batches.contains(batch),
        };
        Ok(all.iter().filter(within).cloned().collect())
    }
}

fn show(ui: &Ui, audited: &[Audited], place: &Place) -> Outcome<()> {
    let sound = audited.iter().filter(|one| one.damage.is_empty() && one.behind.is_none()).count();
    let (count, folder) = (audited.len(), place.below("audits"));
    if !ui.is_json() {
        ui.sheet(&sheet(audited))?;
    }
    ui.say(
        format!("核查 {count} 个批次，完好 {sound} 个。报告：{}", folder.display()),
        format!("{count} batches inspected, {sound} sound. Reports: {}", folder.display()),
    )?;
    ui.json(&json!({ "audited": audited, "sound": sound, "reports": folder }))?;
    if sound == count {
        return Ok(());
    }
    Err(Fault::refused("audit.damaged").with("found", count - sound).with("expected", count))
}

fn sheet(audited: &[Audited]) -> Sheet {
    let columns = vec![
        Column::new("batch", "批次", "Batch", 26).kind(Kind::Code).loud(),
        Column::new("outcome", "结论", "Outcome", 10).kind(Kind::Tag),
        Column::new("code", "代码", "Code", 28).kind(Kind::Code),
        Column::new("file", "文件", "File", 50).kind(Kind::Long),
        Column::new("told", "说明", "Told", 60).kind(Kind::Long),
    ];
    Sheet {
        name: "核查结果".into(),
        columns,
        rows: audited.iter().flat_map(rows).collect(),
        ..Sheet::default()
    }
}

fn rows(one: &Audited) -> Vec<Vec<Cell>> {
    let row = |outcome: &str, code: &str, file: &str, told: &str| {
        vec![one.batch.as_str().into(), outcome.into(), code.into(), file.into(), told.into()]
    };
    match &one.behind {
        Some(batch) => {
            vec![row("未核查", "audit.behind", "", &format!("此前的批次 {batch} 有损坏，无从核验"))]
        }
        None if one.damage.is_empty() => vec![row("完好", "", "", "")],
        None => one.damage.iter().map(|found| row("有损坏", &found.code, &found.file, &found.zh)).collect(),
    }
}
