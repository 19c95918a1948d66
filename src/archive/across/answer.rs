//! Questions across ledgers, and what is counted for an answer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::look::Kind;
use crate::bundle::derived::Deriving;
use crate::record::Day;
use crate::record::verify::Copy;
use crate::rules::{Attribute, Item, Step};

/// Which items' rows are kept.
#[derive(Debug, Clone, std::marker::Copy, Default, PartialEq, Eq)]
pub enum Rows {
    /// None: counts only.
    #[default]
    None,
    /// 主动公开目录
    Public,
    /// 不予公开清单
    Withheld,
}

/// What is asked. Everything that is set narrows what is counted.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Which rows are kept beside the counts.
    pub rows: Rows,
    /// Items with this ground.
    pub ground: Option<String>,
    /// Items with this attribute.
    pub attribute: Option<Attribute>,
    /// Offices whose origin or name has this in it.
    pub office: Option<String>,
    /// On this day or later: what is public by its publication, what is withheld by the day since when, the rest by its decision.
    pub since: Option<Day>,
    /// On this day or earlier.
    pub until: Option<Day>,
    /// Items with this in their title, 文号 or 索引号.
    pub find: Option<String>,
}

/// An item as one of the lists shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `item/…`.
    pub id: String,
    /// 公开属性
    pub attribute: Attribute,
    /// Where it stands.
    pub state: Step,
    /// The ground it is withheld on, in whole or for the rest.
    pub ground: Option<String>,
    /// Title; of a public copy or a public row what the public was given.
    pub title: Option<String>,
    /// 文号
    pub document_number: Option<String>,
    /// 索引号
    pub index_number: Option<String>,
    /// 成文日期
    pub formed: Option<String>,
    /// Day of the newest publication.
    pub published: Option<Day>,
    /// Day of the decision in force.
    pub decided: Option<Day>,
    /// Since when it is withheld without a break.
    pub since: Option<Day>,
    /// Day of the newest re-evaluation.
    pub reassessed: Option<Day>,
    /// A stub of a state secret.
    pub secret: bool,
    /// It was taken over from before the ledger.
    pub inherited: bool,
}

/// How many items are what. An item published with parts removed is both public and withheld.
#[derive(Debug, Clone, std::marker::Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Items of any kind.
    pub items: u64,
    /// Items of which something is public.
    pub public: u64,
    /// Items withheld, in whole or in part.
    pub withheld: u64,
    /// Those of them withheld in part.
    pub partial: u64,
    /// Items that can be had on request.
    pub on_request: u64,
}

/// A batch that belongs to an office's history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Batch {
    /// Where it was found.
    pub name: String,
    /// Package or bundle.
    pub kind: Kind,
    /// First event.
    pub from: u64,
    /// Events, those before `from` included.
    pub size: u64,
    /// Whether the history was verified with it; else others hold the same events.
    pub counted: bool,
}

/// Something that is not counted, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Where it was found.
    pub name: String,
    /// Of which ledger it says it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// First event it says it has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<u64>,
    /// Events it says the ledger has at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Code of the gravest finding.
    pub code: String,
    /// What it says, Chinese.
    pub zh: String,
    /// What it says, English.
    pub en: String,
    /// How many findings there are.
    pub findings: u64,
}

/// What one office's ledger says.
#[derive(Debug, Clone)]
pub struct OfficeAnswer {
    /// Origin of the ledger.
    pub origin: String,
    /// What the office called itself when it opened the ledger.
    pub name: String,
    /// Chain hash of event 0.
    pub genesis: String,
    /// Events verified.
    pub events: u64,
    /// Root of their tree.
    pub root: String,
    /// Day of the newest event.
    pub as_of: Option<Day>,
    /// Public, when a public copy is among what was counted: then closed texts may be missing.
    pub edition: Copy,
    /// Its batches.
    pub batches: Vec<Batch>,
    /// Counts of what the question chooses.
    pub counts: Counts,
    /// Withheld items by ground; those without one under the empty text.
    pub grounds: BTreeMap<String, u64>,
    /// The earliest day since which one of them is withheld.
    pub oldest: Option<Day>,
    /// The rows that were asked for, in the order of the log.
    pub rows: Vec<Entry>,
}

impl Default for OfficeAnswer {
    fn default() -> Self {
        Self {
            origin: String::new(),
            name: String::new(),
            genesis: String::new(),
            events: 0,
            root: String::new(),
            as_of: None,
            edition: Copy::Full,
            batches: Vec::new(),
            counts: Counts::default(),
            grounds: BTreeMap::new(),
            oldest: None,
            rows: Vec::new(),
        }
    }
}

/// What all ledgers say.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    /// Offices, by origin.
    pub offices: Vec<OfficeAnswer>,
    /// What is not counted.
    pub left: Vec<Left>,
}

impl Answer {
    pub(super) fn add(&mut self, other: Self) {
        self.offices.extend(other.offices);
        self.left.extend(other.left);
    }

    pub(super) fn sort(&mut self) {
        self.offices.sort_by(|a, b| a.origin.cmp(&b.origin));
        self.left.sort_by(|a, b| (&a.name, a.from).cmp(&(&b.name, b.from)));
    }

    /// The sums over the offices.
    pub fn totals(&self) -> Counts {
        self.offices.iter().fold(Counts::default(), |sum, office| sum.plus(office.counts))
    }
}

impl Counts {
    /// Each number added up.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            items: self.items + other.items,
            public: self.public + other.public,
            withheld: self.withheld + other.withheld,
            partial: self.partial + other.partial,
            on_request: self.on_request + other.on_request,
        }
    }
}

/// An item with what is known of it.
struct Known<'a> {
    id: &'a str,
    item: &'a Item,
    deriving: &'a Deriving,
}

/// Counts what the question chooses; nothing for an office it does not choose.
pub(super) fn count(
    mut office: OfficeAnswer,
    deriving: &Deriving,
    question: &Question,
) -> Option<OfficeAnswer> {
    office.name = deriving.office().unwrap_or_default().to_owned();
    let chosen = |text: &String| office.origin.contains(text.as_str()) || office.name.contains(text.as_str());
    if !question.office.as_ref().is_none_or(chosen) {
        return None;
    }
    let items = &deriving.law().state().items;
    let mut items: Vec<Known<'_>> = items.iter().map(|(id, item)| Known { id, item, deriving }).collect();
    items.sort_by_key(|known| known.item.first);
    for known in items.iter().filter(|known| known.is_chosen(question)) {
        office.take(known, question);
    }
    Some(office)
}

impl OfficeAnswer {
    fn take(&mut self, known: &Known<'_>, question: &Question) {
        let within = |day: Option<Day>| question.covers(day);
        let (item, since) = (known.item, known.since());
        let withheld = item.is_withheld() && within(since);
        let public = item.is_public() && within(known.published());
        let plain = within(known.decided());
        let counts = &mut self.counts;
        let on_request = item.attribute == Attribute::OnRequest && item.state != Step::Lapsed && plain;
        let other = !item.is_withheld() && !item.is_public() && plain;
        counts.items += u64::from(withheld || public || on_request || other);
        counts.public += u64::from(public);
        counts.withheld += u64::from(withheld);
        counts.partial += u64::from(withheld && item.attribute == Attribute::Partial);
        counts.on_request += u64::from(on_request);
        if withheld {
            *self.grounds.entry(item.ground.as_deref().unwrap_or_default().to_owned()).or_default() += 1;
            self.oldest = self.oldest.into_iter().chain(since).min();
        }
        match question.rows {
            Rows::Public if public => self.rows.push(known.entry(true)),
            Rows::Withheld if withheld => self.rows.push(known.entry(false)),
            _ => {}
        }
    }
}

impl Question {
    fn covers(&self, day: Option<Day>) -> bool {
        let from = self.since.is_none_or(|since| day.is_some_and(|day| day >= since));
        from && self.until.is_none_or(|until| day.is_some_and(|day| day <= until))
    }
}

fn day(text: Option<&String>) -> Option<Day> {
    text?.parse().ok()
}

impl Known<'_> {
    fn is_chosen(&self, question: &Question) -> bool {
        let ground = question.ground.as_deref();
        ground.is_none_or(|ground| self.item.ground.as_deref() == Some(ground))
            && question.attribute.is_none_or(|attribute| self.item.attribute == attribute)
            && question.find.as_deref().is_none_or(|text| self.says(text))
    }

    /// Whether a text that people look things up by has this in it.
    fn says(&self, wanted: &str) -> bool {
        let Some(kept) = self.deriving.texts(self.id) else { return false };
        [&kept.newest, &kept.open].into_iter().any(|texts| {
            let texts = [&texts.title, &texts.document_number, &texts.index_number];
            texts.into_iter().flatten().any(|text| text.contains(wanted))
        })
    }

    fn published(&self) -> Option<Day> {
        day(self.deriving.texts(self.id)?.published.as_ref())
    }

    fn decided(&self) -> Option<Day> {
        day(self.deriving.texts(self.id)?.decided.as_ref())
    }

    /// The day of the event since which it is withheld.
    fn since(&self) -> Option<Day> {
        let seq = self.item.withheld_since?;
        let changes = self.deriving.memory().map_or(&[][..], |memory| memory.changes(self.id));
        let change = changes.iter().find(|change| change.seq == seq);
        change.and_then(|change| change.on.parse().ok()).or_else(|| self.decided())
    }

    fn entry(&self, public: bool) -> Entry {
        let kept = self.deriving.texts(self.id);
        let texts = kept.map(|kept| if public { &kept.open } else { &kept.newest });
        let owned = |text: Option<&Box<str>>| text.map(ToString::to_string);
        Entry {
            id: self.id.to_owned(),
            attribute: self.item.attribute,
            state: self.item.state,
            ground: self.item.ground.as_deref().map(str::to_owned),
            title: owned(texts.and_then(|texts| texts.title.as_ref())),
            document_number: owned(texts.and_then(|texts| texts.document_number.as_ref())),
            index_number: owned(texts.and_then(|texts| texts.index_number.as_ref())),
            formed: owned(texts.and_then(|texts| texts.formed.as_ref())),
            published: self.published(),
            decided: self.decided(),
            since: self.since(),
            reassessed: kept.and_then(|kept| day(kept.reassessed.as_ref())),
            secret: self.item.secret,
            inherited: kept.is_some_and(|kept| kept.inherited),
        }
    }
}
