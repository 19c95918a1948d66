//! Lists that go out to be filled in, with what the ledger knows already.

use std::collections::BTreeMap;

use super::Ctx;
use super::catalog::negative::scopes;
use super::history::Names;
use super::lookup::{self, ItemView};
use super::words::words;
use crate::exchange::{Cell, Sheet, Step, Worklist, read_date};
use crate::fault::Outcome;
use crate::ledger::Ledger;
use crate::record::PartName;
use crate::views::{Course, Occasion, What};

type Cells = BTreeMap<&'static str, Cell>;

/// The list of proposals, reviews, decisions and publications. `steps` are those to be filled in; steps that were taken
/// already stand beside them.
pub fn decision_sheet(ledger: &Ledger, items: &[ItemView], steps: &[Step]) -> Outcome<Sheet> {
    let names = Names::of(ledger)?;
    let rows: Vec<Cells> =
        items.iter().map(|item| taken_steps(ledger, &names, item)).collect::<Outcome<_>>()?;
    Ok(Worklist::Decisions.sheet("待办", "待办事项", &words().for_work(), steps, &rows))
}

/// The list of withheld items to be re-evaluated, with what the records say has changed by `today`.
pub fn reassessment_sheet(ctx: &Ctx<'_>, ledger: &Ledger, items: &[ItemView], title: &str) -> Outcome<Sheet> {
    let occasions = lookup::occasions(ledger, ctx.today()?)?;
    let scopes = scopes(ctx, ledger, &lookup::Past::default())?;
    let row = |item: &ItemView| {
        let mut cells = about(item);
        let entry = item.register("exclusion").map(|id| scopes.get(id).map_or(id, String::as_str));
        cells.insert("current_exclusion", entry.unwrap_or_default().into());
        let why: Vec<String> = occasions.of(&item.id, &item.law).iter().map(occasion).collect();
        cells.insert("occasions", why.join("；").as_str().into());
        cells
            .insert("current_attribute", words().cell("stated_attribute", Some(item.law.attribute.as_str())));
        cells.insert("current_ground", words().cell("ground", item.law.ground.as_deref()));
        cells.insert("current_reason", reason(ledger, item)?.into());
        Ok(cells)
    };
    let rows: Vec<Cells> = items.iter().map(row).collect::<Outcome<_>>()?;
    Ok(Worklist::Reassessments.sheet("评估", title, &words().for_work(), &[Step::Reassessment], &rows))
}

/// An occasion in words: the trigger, and what it is.
fn occasion(occasion: &Occasion) -> String {
    let trigger = words().word("trigger", occasion.trigger).zh;
    let what = match occasion.what {
        What::ReviewDue(day) => format!("应于 {day} 前复核"),
        What::EntryRetired => "所引用的负面清单条目已退出".to_owned(),
        What::EntryDue(day) => format!("负面清单条目应于 {day} 前复核"),
        What::Superseded(day) => format!("负面清单条目的依据自 {day} 起失效"),
        What::AskedFor(count) => format!("{count} 件申请"),
        What::DocumentRepealed(Some(day)) => format!("{day} 废止"),
        What::DocumentRepealed(None) => "已废止".to_owned(),
    };
    format!("{trigger}（{what}）")
}

fn about(item: &ItemView) -> Cells {
    let text = |text: &Option<Box<str>>| Cell::from(text.as_deref().unwrap_or_default());
    let formed = item.texts.formed.as_deref().and_then(read_date);
    BTreeMap::from([
        ("id", item.id.as_str().into()),
        ("title", text(&item.texts.title)),
        ("document_number", text(&item.texts.document_number)),
        ("index_number", text(&item.texts.index_number)),
        ("issuer", text(&item.texts.issuer)),
        ("date_written", formed.into()),
        ("state", words().word("state", item.law.state.as_str()).into()),
    ])
}

/// Columns of a step: facts with their vocabularies, then date, person, reason.
type StepColumns = (&'static str, &'static [(&'static str, &'static str, &'static str)], [&'static str; 3]);

const TAKEN: [StepColumns; 3] = [
    (
        "item.proposed",
        &[("proposed_attribute", "attribute", "attribute"), ("proposed_ground", "ground", "ground")],
        ["proposed_on", "proposed_by", "proposed_reason"],
    ),
    (
        "item.reviewed",
        &[("review_outcome", "outcome", "review_outcome"), ("review_scope", "scope", "scope")],
        ["reviewed_on", "reviewed_by", "review_reason"],
    ),
    (
        "item.decided",
        &[
            ("attribute", "attribute", "attribute"),
            ("ground", "ground", "ground"),
            ("mark", "mark", "mark"),
            ("remainder_ground", "remainder_ground", "ground"),
        ],
        ["decided_on", "decided_by", "reason"],
    ),
];

fn taken_steps(ledger: &Ledger, names: &Names, item: &ItemView) -> Outcome<Cells> {
    let mut cells = about(item);
    for (kind, facts, [on, by, reason]) in TAKEN {
        let Some(event) = in_force(item, kind) else { continue };
        for (column, fact, vocabulary) in facts {
            cells.insert(column, words().cell(vocabulary, event.fact(fact)));
        }
        cells.insert(on, event.on().map(|day| day.0).into());
        cells.insert(by, event.fact("person").map(|id| names.person(id)).into());
        cells.insert(reason, closed_reason(ledger, event.seq)?.into());
        if let Some(redacted) = event.fact("redacted") {
            cells.insert("redacted", redacted.into());
        }
    }
    Ok(cells)
}

/// The newest event of a kind, if it still holds.
fn in_force<'i>(item: &'i ItemView, kind: &str) -> Option<&'i Course> {
    let event = item.newest(kind)?;
    let undone = item.newest("item.withdrawn").is_some_and(|undone| undone.seq > event.seq);
    let holds = match kind {
        "item.reviewed" => item.law.review.as_ref().is_some_and(|review| review.seq >= event.seq),
        "item.decided" => item.law.decided == Some(event.seq),
        _ => true,
    };
    (holds && !undone).then_some(event)
}

fn closed_reason(ledger: &Ledger, seq: u64) -> Outcome<Option<String>> {
    let (_, parts) = lookup::event(ledger, seq)?;
    let reason = parts.get(&PartName::Closed).and_then(|part| part.data.get("reason"));
    Ok(reason.and_then(|reason| reason.as_str()).map(str::to_owned))
}

/// Why the item is withheld, in the words of the newest event that says so.
fn reason(ledger: &Ledger, item: &ItemView) -> Outcome<Option<String>> {
    for kind in ["item.reassessed", "item.decided"] {
        if let Some(event) = item.newest(kind)
            && let Some(reason) = closed_reason(ledger, event.seq)?
        {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}
