//! `round open`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::{Ctx, Ui, lookup};
use crate::fault::Outcome;

/// 开始年度评估 · Open the yearly round
#[derive(Args)]
pub struct Open {
    /// 年度，缺省为发生日期所在年 · Year; that of the date if not given
    #[arg(long, value_name = "YEAR")]
    year: Option<u64>,
    #[command(flatten)]
    doing: Doing,
}

impl Open {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let count = lookup::withheld(&desk.ledger)?;
        let year = self.year.unwrap_or_else(|| u64::try_from(done.on().0.year()).unwrap_or_default());
        let id = ctx.fresh("round")?;
        let wish = done.wish("round.opened", &id)?.fact("year", year).fact("count", count);
        desk.sign_and_show(ui, vec![Planned { wish, place: id.to_string() }], self.doing.dry_run)?;
        ui.say(
            format!("{year} 年度评估开始：{id}，共 {count} 件。\n下一步：round worklist -o 评估.xlsx"),
            format!("Round {year} opened: {id}, {count} items.\nNext: round worklist -o FILE.xlsx"),
        )
    }
}
