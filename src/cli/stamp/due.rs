//! `stamp due`.

use clap::Args;

use crate::cli::dossier;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Column, Sheet};
use crate::fault::Outcome;
use crate::record::Day;
use crate::views::DossierRow;

/// 应当续签的时间戳：证书将到期的，摘要算法弱于 SHA-512 与 SM3 的 · Stamps that should be renewed
#[derive(Args)]
pub struct Due {
    /// 多少日内到期 · Ending within so many days
    #[arg(long, value_name = "DAYS", default_value_t = 180)]
    within: u32,
}

impl Due {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let ledger = ctx.read()?;
        let span = jiff::Span::new().days(i64::from(self.within.min(36_500)));
        let limit = Day(ctx.today()?.0.saturating_add(span));
        let rows = dossier::rows(&ledger, "stamp")?;
        let due = rows.iter().filter_map(|row| {
            Some(vec![row.id.as_str().into(), text(row, "time"), text(row, "until"), why(row, limit)?.into()])
        });
        let columns = vec![
            Column::new("id", "编号", "Id", 24),
            Column::new("time", "时间", "Time", 26),
            Column::new("until", "证书到期", "Until", 12),
            Column::new("why", "原因", "Why", 40),
        ];
        ui.sheet(&Sheet {
            name: "应续签的时间戳".into(), columns, rows: due.collect(), ..Sheet::default()
        })
    }
}

fn text(row: &DossierRow, register: &str) -> crate::exchange::Cell {
    row.code(register).unwrap_or_default().into()
}

fn why(row: &DossierRow, limit: Day) -> Option<&'static str> {
    match row.day("until") {
        None => Some("不知证书何时到期 · end of the certificate not known"),
        Some(until) if until <= limit => Some("证书将到期 · the certificate ends"),
        _ if row.code("algorithm") == Some("sha256") => Some("摘要算法将老化 · the digest algorithm ages"),
        _ => None,
    }
}
