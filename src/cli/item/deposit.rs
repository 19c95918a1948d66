//! `item deposit`.

use clap::Args;

use super::columns::DEPOSIT;
use super::doing::Doing;
use super::each::{Step, each};
use super::which::Which;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 登记已送查阅场所（档案馆、图书馆、政务服务场所……） · Record that what is public was deposited where people can read it
#[derive(Args)]
pub struct Deposit {
    #[command(flatten)]
    which: Which,
    /// 查阅场所：国家档案馆 archive、公共图书馆 library、政务服务场所 service_hall、其他查阅点 reading_point · The place
    #[arg(long, value_name = "CODE")]
    place: Option<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Deposit {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.deposited", columns: &DEPOSIT };
        each(ui, ctx, (&self.which, &self.doing), &step, |it| {
            let place = it.need("place", "deposit_place", self.place.as_deref())?;
            Ok(it.wish("item.deposited")?.fact("place", place))
        })
    }
}
