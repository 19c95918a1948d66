//! What waits for the signer, or for anybody.

use crate::cli::lookup::{self, ItemView, Past, Waits};
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::exchange::{Cell, Column, Kind, Sheet};
use crate::fault::Outcome;
use crate::ledger::Ledger;
use crate::rules::Role;
use crate::views::Level;

/// Items that wait, with what they wait for: of the signer's roles, or with `all` of any. Beside them the number of
/// those taken over without an attribute, which nobody has to hurry with.
pub fn waiting(ctx: &Ctx<'_>, ledger: &mut Ledger, all: bool) -> Outcome<(Vec<(ItemView, Waits)>, u64)> {
    let mine = if all { None } else { my_roles(ctx, ledger)? };
    let (mut list, unstated) = lookup::waiting_all(ledger, ctx.today()?)?;
    list.retain(|(_, waits)| mine.as_ref().is_none_or(|roles| roles.contains(&waits.role)));
    Ok((list, unstated))
}

/// Roles of whoever would sign; none when it cannot be told, and then everything is shown.
fn my_roles(ctx: &Ctx<'_>, ledger: &mut Ledger) -> Outcome<Option<Vec<Role>>> {
    let Ok(name) = ctx.signer_name(ledger.info()) else { return Ok(None) };
    let Some(entry) = ctx.keystore()?.entry(&name)? else { return Ok(None) };
    let Some(me) = ledger.holder(&entry.key)? else { return Ok(None) };
    let office = ledger.office()?;
    Ok(office.office.people.get(me.as_str()).map(|person| person.roles.iter().collect()))
}

/// Shows the list.
pub fn show(ui: &Ui, ctx: &Ctx<'_>, all: bool) -> Outcome<()> {
    let mut ledger = ctx.read()?;
    let (rows, unstated) = waiting(ctx, &mut ledger, all)?;
    ui.sheet(&Sheet {
        name: "待办".into(),
        columns: vec![
            Column::new("step", "待办步骤", "Next step", 16).kind(Kind::Tag),
            Column::new("role", "职责", "Role", 10).kind(Kind::Tag),
            Column::new("days", "已等天数", "Days waiting", 8).kind(Kind::Number),
            Column::new("id", "编号", "Id", 22).kind(Kind::Code),
            Column::new("document_number", "文号", "Document number", 22),
            Column::new("title", "标题", "Title", 60).kind(Kind::Long),
        ],
        rows: rows.into_iter().map(|(item, waits)| row(item, &waits)).collect(),
        ..Sheet::default()
    })?;
    if unstated > 0 {
        ui.remark(
            format!("另有承接的记录 {unstated} 件未载明公开属性：todo export --inherited"),
            format!(
                "Beside them {unstated} records taken over without an attribute: todo export --inherited"
            ),
        );
    }
    pressing(ui, ctx, &ledger)
}

/// What the deadline board has in red and yellow: requests, publications, complaints, the yearly round.
fn pressing(ui: &Ui, ctx: &Ctx<'_>, ledger: &Ledger) -> Outcome<()> {
    let duties = lookup::board(ctx, ledger, ctx.today()?, &Past::default())?;
    let count = |level| duties.iter().filter(|duty| duty.level == level).count();
    let (red, yellow) = (count(Level::Red), count(Level::Yellow));
    if red + yellow > 0 {
        ui.remark(
            format!("电子监察：红 {red} 项，黄 {yellow} 项：watch --pressing"),
            format!("Deadline board: {red} red, {yellow} yellow: watch --pressing"),
        );
    }
    Ok(())
}

fn row(item: ItemView, waits: &Waits) -> Vec<Cell> {
    vec![
        words().kind(waits.kind).into(),
        words().word("role", waits.role.as_str()).into(),
        waits.days.max(0).into(),
        item.id.as_str().into(),
        item.texts.document_number.as_deref().unwrap_or_default().into(),
        item.texts.title.as_deref().unwrap_or_default().into(),
    ]
}
