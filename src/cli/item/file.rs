//! `item file`.

use clap::Args;

use super::doing::Doing;
use super::each::Step;
use super::which::Which;
use crate::cli::desk::Desk;
use crate::cli::filing::{ClassArgs, Filing, due};
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};

/// 归档编号：为办理完毕的政府信息编档号 · Give archival numbers to items whose handling has ended
///
/// 不写编号时，为所有办理完毕而没有档号的编号。件号在最低一级类目内连续编制，编定后不变。
/// Without items, all that have ended and have none. Numbers count on in each class and never change.
#[derive(Args)]
pub struct File {
    #[command(flatten)]
    which: Which,
    /// 全宗号，例如 Z109 · Fonds
    #[arg(long, value_name = "CODE")]
    fonds: String,
    #[command(flatten)]
    class: ClassArgs,
    #[command(flatten)]
    doing: Doing,
}

impl File {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let class = self.class.read(&self.fonds)?;
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let step = Step { kind: "item.filed", columns: &[] };
        let all = self.which.items.is_empty() && self.which.from.is_none();
        let items = if all {
            due(&desk.ledger)?
        } else {
            let targets = self.which.targets(&desk.ledger, &step, ctx.today()?)?;
            targets.into_iter().map(|target| target.item).collect()
        };
        if items.is_empty() {
            return Err(Fault::usage("item.none_waiting"));
        }
        let plan = Filing::open(ctx, &desk.ledger, &self.fonds)?.plan(&done, &class, &items)?;
        desk.sign_and_show(ui, plan, self.doing.dry_run)
    }
}
