//! `item reassess`.

use std::path::PathBuf;

use clap::Args;

use super::columns::REASSESS;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::Filling;
use super::which::Which;
use crate::cli::{Ctx, Ui, lookup};
use crate::fault::Outcome;
use crate::ledger::Wish;

/// 评估不予公开的信息 · Re-evaluate what is withheld
///
/// 年度评估进行中且该件在内的，归入该轮；轮次之外的须写触发情形。维持的，依据不写则照旧。
/// Belongs to the open round when the item is in it; else a trigger must be given. Grounds stay as they are if not given.
#[derive(Args)]
pub struct Reassess {
    #[command(flatten)]
    which: Which,
    /// 评估结果：维持原属性、转依申请公开、转主动公开、转删减后公开、已失效、暂缓 · maintain, to_on_request, to_open, to_partial, lapsed or deferred
    #[arg(long, value_name = "CODE")]
    outcome: Option<String>,
    /// 触发情形（轮次之外） · Trigger, outside the round
    #[arg(long, value_name = "CODE")]
    trigger: Option<String>,
    /// 不予公开依据 · Ground of withholding
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// 未公开部分的依据 · Ground for what stays withheld of a redacted document
    #[arg(long, value_name = "CODE")]
    remainder_ground: Option<String>,
    /// 删减版文件 · The redacted version
    #[arg(long, value_name = "FILE")]
    redacted: Option<PathBuf>,
    /// 对应的负面清单条目 · Entry of the negative list that covers it
    #[arg(long, value_name = "EXCLUSION")]
    exclusion: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Reassess {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.reassessed", columns: &REASSESS };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it))
    }

    fn wish(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let given = Given {
            outcome: it.need("outcome", "reassess_outcome", self.outcome.as_deref())?,
            trigger: it.code("trigger", "trigger", self.trigger.as_deref())?,
            ground: it.code("ground", "ground", self.ground.as_deref())?,
            remainder: it.code("remainder_ground", "ground", self.remainder_ground.as_deref())?,
            redacted: it.file("redacted", self.redacted.as_deref())?,
            exclusion: it.exclusion(self.exclusion.as_deref())?,
        };
        reassessment(it, given)
    }
}

/// What is said of a re-evaluation.
pub struct Given {
    /// Outcome code.
    pub outcome: String,
    /// Trigger code.
    pub trigger: Option<String>,
    /// Ground code.
    pub ground: Option<String>,
    /// Ground code of the remainder.
    pub remainder: Option<String>,
    /// Digest of the redacted version.
    pub redacted: Option<String>,
    /// `exclusion/…` that covers it.
    pub exclusion: Option<String>,
}

/// The wish to re-evaluate, in the open round if the item waits in it.
pub fn reassessment(it: &Filling<'_>, given: Given) -> Outcome<Wish> {
    let law = &it.item.law;
    let keeps = matches!(given.outcome.as_str(), "maintain" | "deferred");
    let (mut ground, mut remainder) = (given.ground, given.remainder);
    let standing = law.ground.as_deref().map(str::to_owned);
    match law.attribute.as_str() {
        "withheld" if given.outcome == "maintain" => ground = ground.or(standing),
        // The withheld rest of a redacted document is named by its own ground.
        "partial" if keeps => remainder = remainder.or(ground.take()).or(standing),
        _ => {}
    }
    if given.outcome == "to_partial" {
        remainder = remainder.or(ground.take());
    }
    let wish = it.wish("item.reassessed")?.fact("outcome", given.outcome);
    Ok(wish
        .maybe("round", lookup::round_of(&it.desk.ledger, it.item)?.map(|round| round.to_string()))
        .maybe("trigger", given.trigger)
        .maybe("ground", ground)
        .maybe("remainder_ground", remainder)
        .maybe("redacted", given.redacted)
        .maybe("exclusion", given.exclusion))
}
