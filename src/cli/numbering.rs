//! 索引号 by the template the office adopted: the next one, and those that do not fit.

use std::collections::BTreeMap;

use clap::Args;

use super::lookup;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{Day, PartName};
use crate::rules::index_number::Template;
use crate::views::Filter;

/// Options of verbs that give numbers.
#[derive(Args, Default)]
pub struct Numbers {
    /// 没有索引号的，按本机关采用的规则编号：auto · Number what has no index number by the template adopted
    #[arg(long, value_name = "auto", value_parser = ["auto"])]
    pub index: Option<String>,
    /// 规则中其他字段的值，例如 category=GB · Values of other fields of the template
    #[arg(long, value_name = "NAME=VALUE", requires = "index")]
    pub index_field: Vec<String>,
}

/// The template in force.
pub struct Adopted {
    /// The template.
    pub template: Template,
    /// What stands for `{body}`.
    pub body: Option<String>,
    /// The event that adopted it.
    pub seq: u64,
}

/// The template that was adopted last; nothing when none was.
pub fn adopted(ledger: &Ledger) -> Outcome<Option<Adopted>> {
    let subject = lookup::ledger_subject()?;
    for seq in ledger.views().seqs_of(&subject)?.into_iter().rev() {
        let (event, parts) = lookup::event(ledger, seq)?;
        if event.kind.as_str() != "rules.index_number" {
            continue;
        }
        let open = parts.get(&PartName::Open).map(|part| &part.data);
        let text = |name: &str| open.and_then(|open| open.get(name)?.as_str());
        let Some(template) = text("template") else { continue };
        let template = Template::parse(template)?;
        return Ok(Some(Adopted { template, body: text("body").map(str::to_owned), seq }));
    }
    Ok(None)
}

/// Gives numbers, each once.
pub struct Numbering {
    template: Template,
    values: BTreeMap<String, String>,
    /// Values of the fields → the highest number in use with them.
    highest: BTreeMap<BTreeMap<String, String>, (u64, String)>,
}

impl Numbering {
    /// Of a ledger, if numbers are asked for.
    ///
    /// Errors: `index_number.not_adopted`, `index_number.value` for a field that is not `NAME=VALUE`.
    pub fn open(ledger: &Ledger, asked: &Numbers) -> Outcome<Option<Self>> {
        if asked.index.is_none() {
            return Ok(None);
        }
        let adopted = adopted(ledger)?.ok_or_else(|| Fault::usage("index_number.not_adopted"))?;
        let template = adopted.template;
        let mut values: BTreeMap<String, String> =
            adopted.body.map(|body| ("body".to_owned(), body)).into_iter().collect();
        for field in &asked.index_field {
            let fault = || {
                let fault = Fault::usage("index_number.value").with("expected", &template);
                fault.with("field", field).with("found", field)
            };
            let (name, value) = field.split_once('=').ok_or_else(fault)?;
            values.insert(name.trim().to_owned(), value.trim().to_owned());
        }
        let mut numbering = Self { template, values, highest: BTreeMap::new() };
        for item in lookup::list(ledger, &Filter::default(), None)? {
            let public = item.public.as_ref().and_then(|texts| texts.index_number.as_deref());
            for number in item.texts.index_number.as_deref().into_iter().chain(public) {
                numbering.take(number);
            }
        }
        Ok(Some(numbering))
    }

    /// Notes a number as in use.
    pub fn take(&mut self, text: &str) {
        let Some(number) = self.template.recognise(text) else { return };
        let highest = self.highest.entry(number.values).or_default();
        if number.serial >= highest.0 {
            *highest = (number.serial, text.to_owned());
        }
    }

    /// The next number for something of this day.
    pub fn next(&mut self, day: Day) -> Outcome<String> {
        let mut values = self.values.clone();
        let date = day.0;
        for (name, text) in [("year", "%Y"), ("month", "%m"), ("date", "%Y%m%d")] {
            values.entry(name.to_owned()).or_insert_with(|| date.strftime(text).to_string());
        }
        values.retain(|name, _| self.template.fields().any(|field| field == name));
        let highest = self.highest.get(&values).map(|(_, text)| text.as_str());
        let next = self.template.next(&values, highest)?;
        self.take(&next);
        Ok(next)
    }
}
