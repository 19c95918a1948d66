//! `item review`.

use std::path::PathBuf;

use clap::Args;

use super::columns::REVIEW;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::Filling;
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::Wish;

/// 保密审查 · Review for secrecy
#[derive(Args)]
pub struct Review {
    #[command(flatten)]
    which: Which,
    /// 审查意见：公开、免于公开、需报审 · open, exempt or refer
    #[arg(long, value_name = "CODE")]
    outcome: Option<String>,
    /// 审查范围：全文、删减版；给出删减版文件时即为删减版 · whole or redacted
    #[arg(long, value_name = "CODE")]
    scope: Option<String>,
    /// 删减版文件；只登记其摘要 · The redacted version; only its digest is recorded
    #[arg(long, value_name = "FILE")]
    redacted: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

impl Review {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.reviewed", columns: &REVIEW };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it))
    }

    fn wish(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let outcome = it.need("outcome", "review_outcome", self.outcome.as_deref())?;
        let redacted = it.file("redacted", self.redacted.as_deref())?;
        let scope = it.code("scope", "scope", self.scope.as_deref())?;
        let implied = if redacted.is_some() { "redacted" } else { "whole" };
        let wish = it.wish("item.reviewed")?.fact("outcome", outcome);
        Ok(wish.fact("scope", scope.unwrap_or_else(|| implied.into())).maybe("redacted", redacted))
    }
}
