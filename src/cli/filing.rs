//! Giving 档号: which series an item belongs to, and the next number of each.

use std::collections::{BTreeMap, BTreeSet};

use clap::Args;

use super::Ctx;
use super::desk::{Desk, Planned};
use super::dossier;
use super::item::doing::Done;
use super::lookup::{self, ItemView};
use crate::bundle::package::number::{self, Series};
use crate::exchange::read_date;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{Day, PartName, Subject};
use crate::rules::index_number::Template;
use crate::rules::{Attribute, Step};
use crate::views::Filter;

/// The last-level class that items are filed in.
#[derive(Args, Debug, Clone, Default)]
pub struct ClassArgs {
    /// 门类，例如 WS · Category
    #[arg(long, value_name = "CODE")]
    pub category: Option<String>,
    /// 保管期限：永久 Y、30年 D30、10年 D10 · Retention
    #[arg(long, value_name = "TERM")]
    pub retention: Option<String>,
    /// 机构（问题）代码，例如 BGS · Unit
    #[arg(long, value_name = "CODE")]
    pub unit: Option<String>,
    /// 年度；缺省为形成或登记的年度 · Year, if not that of its formation
    #[arg(long, value_name = "YEAR")]
    pub year: Option<u64>,
}

/// A class, read.
#[derive(Debug, Clone)]
pub struct Class {
    fonds: String,
    category: String,
    retention: &'static str,
    unit: Option<String>,
    year: Option<u64>,
}

impl ClassArgs {
    /// Reads the class.
    ///
    /// Errors: `item.not_said` for what is missing, `package.retention`.
    pub fn read(&self, fonds: &str) -> Outcome<Class> {
        let need =
            |text: &Option<String>, key: &str| text.clone().ok_or_else(|| super::item::filling::missing(key));
        let retention = need(&self.retention, "retention")?;
        let unknown = || Fault::usage("package.retention").with("found", &retention);
        Ok(Class {
            fonds: fonds.to_owned(),
            category: need(&self.category, "category")?,
            retention: number::retention_code(&retention).ok_or_else(unknown)?,
            unit: self.unit.clone(),
            year: self.year,
        })
    }
}

impl Class {
    fn series(&self, item: &ItemView) -> Series {
        Series {
            fonds: self.fonds.clone(),
            category: self.category.clone(),
            year: self.year.unwrap_or_else(|| year(item)),
            retention: self.retention.to_owned(),
            unit: self.unit.clone(),
        }
    }
}

/// The year it was formed in, else of its first event.
fn year(item: &ItemView) -> u64 {
    let formed = item.texts.formed.as_deref();
    let formed = formed.and_then(|text| text.parse().ok().or_else(|| read_date(text).map(Day)));
    let first = item.course.first().and_then(|event| event.on());
    let day: Option<Day> = formed.or(first);
    day.and_then(|day| u64::try_from(day.0.year()).ok()).unwrap_or_default()
}

/// Items without a number whose handling has ended: decided, published, withdrawn, lapsed, or taken over as such.
pub fn due(ledger: &Ledger) -> Outcome<Vec<ItemView>> {
    let mut items = lookup::list(ledger, &Filter::default(), None)?;
    items.retain(|item| !is_filed(item) && is_settled(item));
    items.sort_by_key(|item| item.law.first);
    Ok(items)
}

/// Whether it has a number.
pub fn is_filed(item: &ItemView) -> bool {
    item.law.values.contains_key("number")
}

fn is_settled(item: &ItemView) -> bool {
    match item.law.state {
        Step::Decided | Step::Published | Step::Withdrawn | Step::Lapsed => true,
        Step::Inherited => item.law.attribute != Attribute::Unstated,
        _ => false,
    }
}

/// The template a fonds has adopted last, and what it is called.
#[derive(Debug, Clone)]
pub struct Adopted {
    /// The template.
    pub template: Template,
    /// 全宗名称
    pub fonds_name: Option<String>,
    /// The event that adopted it.
    pub seq: u64,
}

/// The template in force for a fonds; nothing when none was adopted.
pub fn adopted(ledger: &Ledger, fonds: &str) -> Outcome<Option<Adopted>> {
    for seq in ledger.views().seqs_of(&lookup::ledger_subject()?)?.into_iter().rev() {
        let (event, parts) = lookup::event(ledger, seq)?;
        if event.kind.as_str() != "rules.archival_number" || event.fact("fonds") != Some(fonds) {
            continue;
        }
        let open = parts.get(&PartName::Open).map(|part| &part.data);
        let text = |name: &str| open.and_then(|open| open.get(name)?.as_str());
        let Some(template) = text("template") else { continue };
        let fonds_name = text("fonds_name").map(str::to_owned);
        return Ok(Some(Adopted { template: Template::parse(template)?, fonds_name, seq }));
    }
    Ok(None)
}

/// A series of the ledger, and how far it has counted.
struct Counted {
    subject: Subject,
    last: u64,
}

/// Numbers in the order they are given.
pub struct Filing<'a> {
    ctx: &'a Ctx<'a>,
    template: Option<Template>,
    series: BTreeMap<Series, Counted>,
    taken: BTreeSet<String>,
}

impl<'a> Filing<'a> {
    /// What the ledger has given so far in `fonds`.
    pub fn open(ctx: &'a Ctx<'a>, ledger: &Ledger, fonds: &str) -> Outcome<Self> {
        let mut series = BTreeMap::new();
        for row in dossier::rows(ledger, "series")? {
            let Some(law) = &row.law else { continue };
            let Some(known) = Series::of(law).filter(|series| series.fonds == fonds) else { continue };
            let last = law.get("last").and_then(|last| last.number()).unwrap_or(0);
            // Of two that are the same, numbers go on in the first: a second one would repeat them.
            series.entry(known).or_insert(Counted { subject: row.id.clone(), last });
        }
        let template = adopted(ledger, fonds)?.map(|adopted| adopted.template);
        Ok(Self { ctx, template, series, taken: BTreeSet::new() })
    }

    /// The wishes that file `items`: a series is opened where there is none.
    ///
    /// Errors: `package.number_form`, `index_number.full`, `package.number_twice`.
    pub fn plan(&mut self, done: &Done, class: &Class, items: &[ItemView]) -> Outcome<Vec<Planned>> {
        let mut plan = Vec::new();
        for item in items {
            let series = class.series(item);
            let place = format!("{} {}", item.id, item.called());
            if !self.series.contains_key(&series) {
                let subject = self.ctx.fresh("series")?;
                let wish = opening(done, &subject, &series)?;
                plan.push(Planned { wish, place: place.clone() });
                self.series.insert(series.clone(), Counted { subject, last: 0 });
            }
            let Some(counted) = self.series.get_mut(&series) else { continue };
            counted.last += 1;
            let (number, subject) = (counted.last, counted.subject.clone());
            let written = series.write(self.template.as_ref(), number)?;
            if !self.taken.insert(written.clone()) {
                return Err(Fault::refused("package.number_twice").with("found", written));
            }
            let place = format!("{written}  {place}");
            let numbered = done.wish("series.numbered", &subject)?;
            let numbered = numbered.fact("item", item.id.as_str()).fact("number", number);
            let filed = done.wish("item.filed", &item.id)?;
            let filed = filed.fact("series", subject.as_str()).fact("number", number);
            plan.push(Planned { wish: numbered, place: place.clone() });
            plan.push(Planned { wish: filed, place });
        }
        Ok(plan)
    }
}

fn opening(done: &Done, subject: &Subject, series: &Series) -> Outcome<crate::ledger::Wish> {
    Ok(done
        .wish("series.opened", subject)?
        .fact("fonds", series.fonds.as_str())
        .fact("category", series.category.as_str())
        .fact("year", series.year)
        .fact("retention", series.retention.as_str())
        .maybe("unit", series.unit.as_deref()))
}

/// Files everything that is due, as one act; how many there were.
pub fn file_due(
    ui: &super::Ui,
    ctx: &Ctx<'_>,
    desk: &mut Desk<'_>,
    done: &Done,
    class: &Class,
) -> Outcome<usize> {
    let items = due(&desk.ledger)?;
    if items.is_empty() {
        return Ok(0);
    }
    let plan = Filing::open(ctx, &desk.ledger, &class.fonds)?.plan(done, class, &items)?;
    desk.sign(ui, plan)?;
    Ok(items.len())
}
