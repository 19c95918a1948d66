//! `archive erase`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::place::{Place, Room};
use crate::archive::erase::Executed;
use crate::bundle::proof::PROOF_MAX;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 执行移交单位的删除指令：已入藏的副本同样删去，记入台账 · Execute erasure orders: the copies held here follow, and it is recorded
///
/// 指令由移交单位用 zhaoce bundle order 出具。删除不可恢复；谁提出、依据、摘要和指令本身一直保留。再次执行同一指令不起作用。
/// Offices write orders with zhaoce bundle order. What is erased cannot be brought back; who asked, on what ground, its digest and the order itself stay. The same order again does nothing.
#[derive(Args)]
pub struct Erase {
    /// 删除指令 · Orders
    #[arg(required = true, value_name = "ORDER")]
    orders: Vec<PathBuf>,
}

impl Erase {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let orders = self.orders.iter().map(|path| read(path)).collect::<Outcome<Vec<_>>>()?;
        let mut room = Room::open(ctx, place)?;
        let mut all = Vec::new();
        for bytes in &orders {
            let done = room.execute(|executor, register| executor.run(bytes, register))?;
            show(ui, &done)?;
            all.push(done);
        }
        ui.json(&all)
    }
}

fn read(path: &Path) -> Outcome<Vec<u8>> {
    let failed = |error: std::io::Error| Fault::io(path.display(), &error);
    if path.metadata().map_err(failed)?.len() > PROOF_MAX as u64 {
        return Err(Fault::usage("proof.form").with("found", path.display()));
    }
    std::fs::read(path).map_err(failed)
}

fn show(ui: &Ui, done: &Executed) -> Outcome<()> {
    let subject = &done.subject;
    let holdings: Vec<String> =
        done.holdings.iter().map(|(batch, files)| format!("{batch} ({files})")).collect();
    let holdings = holdings.join("、");
    match (done.act, done.again) {
        (Some((first, _)), _) => ui.say(
            format!("已执行：{subject}\n  批次（改动文件数）  {holdings}\n  记为第 {first} 号事件"),
            format!(
                "Executed: {subject}\n  batches (files changed)  {holdings}\n  recorded as event {first}"
            ),
        )?,
        (None, true) => ui.say(
            format!("此前已执行：{subject}。未作改动。"),
            format!("Executed before: {subject}; nothing was changed."),
        )?,
        (None, false) => ui.say(
            format!("本馆没有这些正文：{subject}。未作改动，未作记录。"),
            format!("The archive holds none of it: {subject}; nothing was changed, nothing recorded."),
        )?,
    }
    if !done.arrivals.is_empty() {
        let tickets = done.arrivals.join("、");
        ui.say(
            format!("  删除之前形成的来件，已去除内容：{tickets}"),
            format!("  arrivals made before the erasure, content removed: {tickets}"),
        )?;
    }
    if !done.unread.is_empty() {
        let tickets = done.unread.join("、");
        ui.say(
            format!("  读不懂的退回件，须人工查看是否含有该内容：{tickets}"),
            format!("  refused arrivals that could not be read; look whether they hold it: {tickets}"),
        )?;
    }
    Ok(())
}
