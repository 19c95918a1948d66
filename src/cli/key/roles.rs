//! `key roles`.

use clap::Args;

use crate::cli::desk::{Desk, Planned};
use crate::cli::item::doing::{Doing, codes};
use crate::cli::lookup;
use crate::cli::{Ctx, Ui};
use crate::fault::Outcome;

/// 调整一个人的职责 · Change a person's roles
#[derive(Args)]
pub struct Roles {
    /// 姓名或人员编号 · Name or id
    #[arg(value_name = "PERSON")]
    of: String,
    /// 今后的全部职责；不写为没有职责 · All roles from now on; none if left out
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 0..)]
    roles: Vec<String>,
    #[command(flatten)]
    doing: Doing,
}

impl Roles {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let holder = lookup::person(&desk.ledger, &self.of)?;
        let wish = done.wish("person.changed", &holder)?.fact("roles", codes("role", &self.roles)?);
        desk.sign_and_show(ui, vec![Planned { wish, place: self.of }], self.doing.dry_run)
    }
}
