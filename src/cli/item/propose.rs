//! `item propose`.

use clap::Args;

use super::columns::ATTRIBUTE;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::{Filling, need};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::Wish;

/// 提出公开属性建议 · Propose the disclosure attribute
#[derive(Args)]
pub struct Propose {
    #[command(flatten)]
    which: Which,
    /// 公开属性：主动公开、依申请公开、不予公开、删减后公开 · open, on_request, withheld or partial
    #[arg(long, value_name = "CODE")]
    attribute: Option<String>,
    /// 不予公开依据 · Ground of withholding
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// 对应的负面清单条目 · Entry of the negative list
    #[arg(long, value_name = "EXCLUSION")]
    exclusion: Option<String>,
    /// 需要同步解读 · An interpretation is needed with it
    #[arg(long)]
    interpretation_needed: bool,
    #[command(flatten)]
    doing: Doing,
}

impl Propose {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.proposed", columns: &ATTRIBUTE };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it))
    }

    fn wish(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let ground = it.code("ground", "ground", self.ground.as_deref())?;
        let attribute = it.need("attribute", "attribute", self.attribute.as_deref())?;
        let interpretation = need(it.cells.get("interpretation_needed"), self.interpretation_needed)?;
        let wish = it.wish("item.proposed")?.fact("attribute", attribute).maybe("ground", ground);
        let exclusion = it.exclusion(self.exclusion.as_deref())?;
        Ok(wish.maybe("interpretation", interpretation).maybe("exclusion", exclusion))
    }
}
