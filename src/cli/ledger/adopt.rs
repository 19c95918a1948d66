//! `ledger adopt`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::Doing;
use crate::cli::lookup::{self, ledger_subject};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 采用本程序的最新规则集；此前的事件仍按当时的规则集核验 · Adopt the newest rule book; earlier events are judged by theirs
#[derive(Args)]
pub struct Adopt {
    #[command(flatten)]
    doing: Doing,
}

impl Adopt {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let newest = desk.ledger.books().newest().map(|book| book.digest());
        let now = lookup::office_law(&desk.ledger)?.office.edition;
        let edition = newest.filter(|newest| Some(*newest) != now);
        let edition = edition.ok_or_else(|| Fault::usage("edition.newest"))?;
        let wish = done.wish("rules.adopted", &ledger_subject()?)?.fact("edition", edition.to_string());
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}
