//! Spreadsheets that go out to be filled in and come back: decisions and re-evaluations.
//!
//! Which combinations are lawful is not asked here; a row is only refused when what it means cannot be told.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::columns::Mapping;
use super::plan::Rejected;
use super::table::{Row, Table};
use super::text::{normal, normal_number, says_nothing};
use super::work_columns::{BESIDE, Step, WorkWords, Worklist};
use crate::fault::{Fault, Outcome};

/// How a row says which item it is about. At least one is there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ItemKey {
    /// `item/…`.
    pub id: Option<String>,
    /// 索引号 as given.
    pub index_number: Option<String>,
    /// 文号 as given.
    pub document_number: Option<String>,
    /// 标题 as given.
    pub title: Option<String>,
}

impl ItemKey {
    /// The strongest thing that names the item, normalised: two rows with the same one are about the same item.
    fn strongest(&self) -> (u8, String) {
        if let Some(id) = &self.id {
            (0, id.clone())
        } else if let Some(number) = &self.index_number {
            (1, normal_number(number))
        } else if let Some(number) = &self.document_number {
            (2, normal_number(number) + "\n" + &normal(self.title.as_deref().unwrap_or_default()))
        } else {
            (3, normal(self.title.as_deref().unwrap_or_default()))
        }
    }
}

/// Who did a step and when, as far as the row says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Done {
    /// Day it happened.
    pub on: Option<Date>,
    /// The person, by name or holder.
    pub person: Option<String>,
}

/// 公开属性建议.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalStep {
    /// Attribute code.
    pub attribute: String,
    /// Ground code.
    pub ground: Option<String>,
    /// Reason in words.
    pub reason: Option<String>,
    /// Who and when.
    pub done: Done,
}

/// 保密审查.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReviewStep {
    /// Outcome code.
    pub outcome: String,
    /// Scope code.
    pub scope: Option<String>,
    /// Reason in words.
    pub reason: Option<String>,
    /// Who and when.
    pub done: Done,
}

/// 定性.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionStep {
    /// Attribute code.
    pub attribute: String,
    /// Ground code.
    pub ground: Option<String>,
    /// Reason in words.
    pub reason: Option<String>,
    /// Ground code of what stays withheld of a redacted document.
    pub remainder_ground: Option<String>,
    /// Code of the basis: decided here, or following another organ's attribute.
    pub basis: Option<String>,
    /// Code of the text put on the document.
    pub mark: Option<String>,
    /// Who and when.
    pub done: Done,
}

/// 发布.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PublicationStep {
    /// Channel codes, never empty.
    pub channels: Vec<String>,
    /// Where it can be read.
    pub address: Option<String>,
    /// Who and when.
    pub done: Done,
}

/// One row of `import decisions`; at least one step is there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionRow {
    /// Line of the file.
    pub line: u64,
    /// Which item.
    pub item: ItemKey,
    /// 公开属性建议.
    pub proposal: Option<ProposalStep>,
    /// 保密审查.
    pub review: Option<ReviewStep>,
    /// 定性.
    pub decision: Option<DecisionStep>,
    /// 发布.
    pub publication: Option<PublicationStep>,
    /// `sha256:<64 hex>` of the redacted version that was reviewed, decided on or published.
    pub redacted: Option<String>,
    /// Codes of declared departures.
    pub irregular: Vec<String>,
    /// `sha256:<64 hex>` of the paper it was transcribed from.
    pub evidence: Option<String>,
}

/// One row of `import reassessments`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReassessmentRow {
    /// Line of the file.
    pub line: u64,
    /// Which item.
    pub item: ItemKey,
    /// Outcome code.
    pub outcome: String,
    /// Reason in words.
    pub reason: Option<String>,
    /// Trigger code, outside the yearly round.
    pub trigger: Option<String>,
    /// Ground code.
    pub ground: Option<String>,
    /// Ground code of what stays withheld.
    pub remainder_ground: Option<String>,
    /// `sha256:<64 hex>` of the redacted version.
    pub redacted: Option<String>,
    /// Entry of the negative list, by id or scope.
    pub exclusion: Option<String>,
    /// Who and when.
    pub done: Done,
    /// `sha256:<64 hex>` of the paper it was transcribed from.
    pub evidence: Option<String>,
}

/// A worklist that came back. Every row is in exactly one list.
#[derive(Debug, Clone)]
pub struct Returned<T> {
    /// Rows on which something was filled in.
    pub rows: Vec<T>,
    /// Lines on which nothing was filled in.
    pub blank: Vec<u64>,
    /// Rows that cannot be taken.
    pub rejected: Vec<Rejected>,
}

/// Reads a filled-in list of decisions.
///
/// # Errors
/// `table.column_missing` when neither an item nor any work can be told from the header; `table.column_twice`.
pub fn read_decisions(table: &Table, words: &WorkWords) -> Outcome<Returned<DecisionRow>> {
    read_worklist(table, words, Worklist::Decisions, decision_row)
}

/// Reads a filled-in list of re-evaluations.
///
/// # Errors
/// As [`read_decisions`].
pub fn read_reassessments(table: &Table, words: &WorkWords) -> Outcome<Returned<ReassessmentRow>> {
    read_worklist(table, words, Worklist::Reassessments, reassessment_row)
}

fn read_worklist<T>(
    table: &Table,
    words: &WorkWords,
    list: Worklist,
    build: fn(u64, ItemKey, &mut Values) -> T,
) -> Outcome<Returned<T>> {
    let mapping = table.columns(&list.columns())?;
    require_columns(table, &mapping, list)?;
    let mut returned = Returned { rows: Vec::new(), blank: Vec::new(), rejected: Vec::new() };
    let mut seen = BTreeMap::new();
    for row in &table.rows {
        match read_row(&mapping, words, list, row, &mut seen) {
            Ok(None) => returned.blank.push(row.line),
            Ok(Some((item, mut values))) => returned.rows.push(build(row.line, item, &mut values)),
            Err(fault) => returned.rejected.push(Rejected::new(row, fault)),
        }
    }
    Ok(returned)
}

fn require_columns(table: &Table, mapping: &Mapping, list: Worklist) -> Outcome<()> {
    let missing = |expected: &str| {
        let fault =
            Fault::usage("table.column_missing").with("file", &table.file).with("line", table.header_line);
        fault.with("expected", expected).with("found", table.header.join("、"))
    };
    let has = |key: &str| mapping.known.contains_key(key);
    if !["id", "index_number", "document_number", "title"].into_iter().any(has) {
        return Err(missing("编号"));
    }
    if !list.work().iter().any(|column| has(column.spec.key)) {
        return Err(missing(list.work().first().map_or("", |column| column.spec.zh)));
    }
    Ok(())
}

/// What a row says, by column key; several words of one cell are several values.
#[derive(Default)]
struct Values(BTreeMap<&'static str, Vec<String>>);

impl Values {
    fn one(&mut self, key: &str) -> Option<String> {
        self.0.get_mut(key).and_then(Vec::pop)
    }

    fn many(&mut self, key: &str) -> Vec<String> {
        self.0.remove(key).unwrap_or_default()
    }

    fn done(&mut self, on: &str, person: &str) -> Done {
        Done { on: self.one(on).and_then(|text| text.parse().ok()), person: self.one(person) }
    }

    fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }
}

type Seen = BTreeMap<(u8, String), u64>;

fn read_row(
    mapping: &Mapping,
    words: &WorkWords,
    list: Worklist,
    row: &Row,
    seen: &mut Seen,
) -> Outcome<Option<(ItemKey, Values)>> {
    if let Some(problem) = &row.problem {
        return Err(problem.clone());
    }
    let mut values = Values::default();
    for column in list.all() {
        let text = mapping.cell(column.spec.key, &row.cells).trim();
        if !says_nothing(&normal(text)) {
            let read = column.read(text, words)?;
            if !read.is_empty() {
                values.0.insert(column.spec.key, read);
            }
        }
    }
    let started = list.work().iter().any(|c| values.has(c.spec.key) && !BESIDE.contains(&c.spec.key));
    if !started {
        return Ok(None);
    }
    require_first_of_steps(list, &values)?;
    let item = item_key(&mut values)?;
    match seen.insert(item.strongest(), row.line) {
        Some(line) => Err(Fault::usage("row.twice").with("line", line)),
        None => Ok(Some((item, values))),
    }
}

/// A reason without an outcome, a ground without an attribute: the step was begun but does not say what was decided.
fn require_first_of_steps(list: Worklist, values: &Values) -> Outcome<()> {
    for step in [Step::Proposal, Step::Review, Step::Decision, Step::Publication, Step::Reassessment] {
        let mut columns = list.work().iter().filter(|column| column.step == step);
        let Some(first) = columns.next() else { continue };
        let begun = columns.find(|c| values.has(c.spec.key) && !BESIDE.contains(&c.spec.key));
        if let (Some(begun), false) = (begun, values.has(first.spec.key)) {
            return Err(Fault::usage("row.required")
                .with("column", first.spec.zh)
                .with("because", begun.spec.zh));
        }
    }
    let done = list
        .work()
        .iter()
        .any(|c| c.step != Step::Evidence && values.has(c.spec.key) && !BESIDE.contains(&c.spec.key));
    if done { Ok(()) } else { Err(Fault::usage("row.nothing")) }
}

fn item_key(values: &mut Values) -> Outcome<ItemKey> {
    let item = ItemKey {
        id: values.one("id"),
        index_number: values.one("index_number"),
        document_number: values.one("document_number"),
        title: values.one("title"),
    };
    if item == ItemKey::default() { Err(Fault::usage("row.no_key")) } else { Ok(item) }
}

fn decision_row(line: u64, item: ItemKey, values: &mut Values) -> DecisionRow {
    DecisionRow {
        line,
        item,
        proposal: proposal(values),
        review: review(values),
        decision: decision(values),
        publication: publication(values),
        redacted: values.one("redacted"),
        irregular: values.many("irregular"),
        evidence: values.one("evidence"),
    }
}

fn proposal(values: &mut Values) -> Option<ProposalStep> {
    let attribute = values.one("proposed_attribute")?;
    let (ground, reason) = (values.one("proposed_ground"), values.one("proposed_reason"));
    Some(ProposalStep { attribute, ground, reason, done: values.done("proposed_on", "proposed_by") })
}

fn review(values: &mut Values) -> Option<ReviewStep> {
    let outcome = values.one("review_outcome")?;
    let (scope, reason) = (values.one("review_scope"), values.one("review_reason"));
    Some(ReviewStep { outcome, scope, reason, done: values.done("reviewed_on", "reviewed_by") })
}

fn decision(values: &mut Values) -> Option<DecisionStep> {
    Some(DecisionStep {
        attribute: values.one("attribute")?,
        ground: values.one("ground"),
        reason: values.one("reason"),
        remainder_ground: values.one("remainder_ground"),
        basis: values.one("basis"),
        mark: values.one("mark"),
        done: values.done("decided_on", "decided_by"),
    })
}

fn publication(values: &mut Values) -> Option<PublicationStep> {
    let channels = values.many("channels");
    if channels.is_empty() {
        return None;
    }
    Some(PublicationStep {
        channels,
        address: values.one("address"),
        done: values.done("published_on", "published_by"),
    })
}

fn reassessment_row(line: u64, item: ItemKey, values: &mut Values) -> ReassessmentRow {
    ReassessmentRow {
        line,
        item,
        outcome: values.one("outcome").unwrap_or_default(),
        reason: values.one("reason"),
        trigger: values.one("trigger"),
        ground: values.one("ground"),
        remainder_ground: values.one("remainder_ground"),
        redacted: values.one("redacted"),
        exclusion: values.one("exclusion"),
        done: values.done("on", "person"),
        evidence: values.one("evidence"),
    }
}
