//! `item decide`.

use std::path::PathBuf;

use clap::Args;

use super::columns::ATTRIBUTE;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::{Filling, missing};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;
use crate::ledger::Wish;

/// 定性：决定公开属性 · Decide the disclosure attribute
///
/// 未写公开属性的，照公开属性建议（依据一并照用）；其他机关的信息沿用原机关属性。
/// Without --attribute the proposal is followed; for another body's document, that body's attribute.
#[derive(Args)]
pub struct Decide {
    #[command(flatten)]
    which: Which,
    /// 公开属性：主动公开、依申请公开、不予公开、删减后公开 · open, on_request, withheld or partial
    #[arg(long, value_name = "CODE")]
    attribute: Option<String>,
    /// 不予公开依据 · Ground of withholding
    #[arg(long, value_name = "CODE")]
    ground: Option<String>,
    /// 删减后公开的，未公开部分的依据 · Ground for what stays withheld of a redacted document
    #[arg(long, value_name = "CODE")]
    remainder_ground: Option<String>,
    /// 删减版文件，缺省为审查过的那一份 · The redacted version; the reviewed one if not given
    #[arg(long, value_name = "FILE")]
    redacted: Option<PathBuf>,
    /// 公文标注 · Mark put on the document
    #[arg(long, value_name = "CODE")]
    mark: Option<String>,
    /// 对应的负面清单条目 · Entry of the negative list that covers it
    #[arg(long, value_name = "EXCLUSION")]
    exclusion: Option<String>,
    /// 同时审签的解读材料（编号、索引号或文号） · The interpretation that is signed off with it
    #[arg(long, value_name = "ITEM")]
    interpretation: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Decide {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.decided", columns: &ATTRIBUTE };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it))
    }

    fn wish(&self, it: &Filling<'_>) -> Outcome<Wish> {
        let given = Given {
            attribute: it.code("attribute", "attribute", self.attribute.as_deref())?,
            ground: it.code("ground", "ground", self.ground.as_deref())?,
            remainder: it.code("remainder_ground", "ground", self.remainder_ground.as_deref())?,
            redacted: it.file("redacted", self.redacted.as_deref())?,
            mark: it.code("mark", "mark", self.mark.as_deref())?,
            basis: None,
            exclusion: it.exclusion(self.exclusion.as_deref())?,
            interpretation: it.other_item("interpretation", self.interpretation.as_deref())?,
        };
        decision(it, given)
    }
}

/// What is said of a decision; the rest follows from the item.
#[derive(Default)]
pub struct Given {
    /// Attribute code.
    pub attribute: Option<String>,
    /// Ground code.
    pub ground: Option<String>,
    /// Ground code of the remainder.
    pub remainder: Option<String>,
    /// Digest of the redacted version.
    pub redacted: Option<String>,
    /// Code of the mark.
    pub mark: Option<String>,
    /// Code of the basis.
    pub basis: Option<String>,
    /// `exclusion/…` that covers it.
    pub exclusion: Option<String>,
    /// `item/…` that interprets it.
    pub interpretation: Option<String>,
}

/// The wish to decide, what was not said taken from the responsible body, the proposal and the review.
pub fn decision(it: &Filling<'_>, given: Given) -> Outcome<Wish> {
    let law = &it.item.law;
    let followed = law.source_attribute.filter(|_| law.other_body).map(|a| a.as_str().to_owned());
    let followed = followed.filter(|attribute| attribute != "unstated");
    let proposal = it.item.newest("item.proposed");
    let fact = |name: &str| proposal.and_then(|event| event.fact(name)).map(str::to_owned);
    let attribute = given.attribute.or(followed).or_else(|| fact("attribute"));
    let attribute = attribute.ok_or_else(|| missing("attribute"))?;
    let proposed =
        if fact("attribute").as_deref() == Some(attribute.as_str()) { fact("ground") } else { None };
    let basis = given.basis.unwrap_or_else(|| if law.other_body { "followed" } else { "own" }.into());
    let wish = it.wish("item.decided")?.fact("basis", basis);
    let reviewed = law.review.as_ref().and_then(|review| review.redacted.as_ref()).map(ToString::to_string);
    let wish = match attribute.as_str() {
        "withheld" => wish.maybe("ground", given.ground.or(proposed)),
        "partial" => wish
            .maybe("remainder_ground", given.remainder.or(given.ground).or(proposed))
            .maybe("redacted", given.redacted.or(reviewed)),
        _ => wish.maybe("ground", given.ground).maybe("redacted", given.redacted),
    };
    let wish = wish.maybe("exclusion", given.exclusion).maybe("interpretation", given.interpretation);
    Ok(wish.fact("attribute", attribute).maybe("mark", given.mark))
}
