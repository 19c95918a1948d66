//! The columns of worklists: one list makes the sheet that is exported and reads the one that comes back, so that they cannot drift apart.

use std::collections::BTreeMap;

use Reading::{Context, Digest, ItemId, Many, One, Text};

use super::columns::ColumnSpec;
use super::dates::read_date;
use super::sheet::{Cell, Column, Kind, Sheet};
use super::text::normal;
use super::words::Vocab;
use crate::fault::{Fault, Outcome};

/// The closed lists that worklists offer; the caller fills them from the rule book.
#[derive(Debug, Clone, Default)]
pub struct WorkWords {
    /// 公开属性.
    pub attributes: Vocab,
    /// 审查意见.
    pub review_outcomes: Vocab,
    /// What was reviewed: the whole or the redacted version.
    pub review_scopes: Vocab,
    /// 不予公开依据.
    pub grounds: Vocab,
    /// 发布渠道.
    pub channels: Vocab,
    /// 评估结果.
    pub outcomes: Vocab,
    /// What set a re-evaluation off outside the yearly round.
    pub triggers: Vocab,
    /// Declared departures.
    pub irregular: Vocab,
    /// 标注文字.
    pub marks: Vocab,
    /// Whether the attribute was decided here or follows that of the organ the document comes from.
    pub bases: Vocab,
}

/// Which worklist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worklist {
    /// Proposal, review, decision and publication of items.
    Decisions,
    /// Re-evaluation of what is withheld.
    Reassessments,
}

/// How a column of a worklist is read.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// Shown to people, not read back.
    Context,
    Text,
    Date,
    Digest,
    ItemId,
    One(fn(&WorkWords) -> &Vocab),
    Many(fn(&WorkWords) -> &Vocab),
}

/// Part of the work a column belongs to. The first column of a step says whether the step was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Finding the item: not filled in.
    Find,
    /// 公开属性建议.
    Proposal,
    /// 保密审查.
    Review,
    /// 定性.
    Decision,
    /// 发布.
    Publication,
    /// 评估.
    Reassessment,
    /// What belongs to the whole row: redacted version, declared departures, evidence.
    Evidence,
}

pub(super) struct WorkColumn {
    pub(super) spec: ColumnSpec,
    pub(super) step: Step,
    reading: Reading,
    width: u16,
}

const fn column(
    key: &'static str,
    zh: &'static str,
    en: &'static str,
    step: Step,
    reading: Reading,
    width: u16,
    aliases: &'static [&'static str],
) -> WorkColumn {
    WorkColumn { spec: ColumnSpec { key, zh, en, aliases }, step, reading, width }
}

const FIND: [WorkColumn; 12] = [
    column("id", "编号", "Id", Step::Find, ItemId, 23, &["条目编号", "item"]),
    column("title", "标题", "Title", Step::Find, Text, 46, &["信息名称", "名称"]),
    column("document_number", "文号", "Document number", Step::Find, Text, 21, &["发文字号"]),
    column("index_number", "索引号", "Index number", Step::Find, Text, 18, &[]),
    column("issuer", "发文机关", "Issuer", Step::Find, Context, 22, &[]),
    column("date_written", "成文日期", "Date written", Step::Find, Context, 12, &[]),
    column("state", "当前状态", "State", Step::Find, Context, 12, &[]),
    column("current_attribute", "当前属性", "Current attribute", Step::Find, Context, 12, &["当前公开属性"]),
    column("current_ground", "当前依据", "Current ground", Step::Find, Context, 28, &["当前不予公开依据"]),
    column("current_reason", "当前理由", "Current reason", Step::Find, Context, 28, &["当前不予公开理由"]),
    column(
        "current_exclusion",
        "当前负面清单条目",
        "Current entry of the negative list",
        Step::Find,
        Context,
        26,
        &[],
    ),
    column("occasions", "评估提示", "Why to look", Step::Find, Context, 36, &[]),
];

const DECISIONS: [WorkColumn; 25] = [
    column(
        "proposed_attribute",
        "公开属性建议",
        "Proposed attribute",
        Step::Proposal,
        One(|w| &w.attributes),
        14,
        &["建议属性"],
    ),
    column("proposed_ground", "建议依据", "Proposed ground", Step::Proposal, One(|w| &w.grounds), 28, &[]),
    column("proposed_reason", "建议理由", "Proposal reason", Step::Proposal, Text, 28, &[]),
    column("proposed_on", "建议日期", "Proposed on", Step::Proposal, Reading::Date, 12, &["拟稿日期"]),
    column("proposed_by", "承办人", "Proposed by", Step::Proposal, Text, 12, &["拟稿人"]),
    column(
        "review_outcome",
        "审查意见",
        "Review outcome",
        Step::Review,
        One(|w| &w.review_outcomes),
        12,
        &["保密审查意见", "审查结果"],
    ),
    column("review_scope", "审查范围", "Reviewed", Step::Review, One(|w| &w.review_scopes), 12, &[]),
    column("review_reason", "审查理由", "Review reason", Step::Review, Text, 28, &["审查说明"]),
    column("reviewed_on", "审查日期", "Reviewed on", Step::Review, Reading::Date, 12, &["保密审查日期"]),
    column("reviewed_by", "审查人", "Reviewed by", Step::Review, Text, 12, &["保密审查人"]),
    column("attribute", "公开属性", "Attribute", Step::Decision, One(|w| &w.attributes), 14, &["定性"]),
    column("ground", "不予公开依据", "Ground", Step::Decision, One(|w| &w.grounds), 28, &[]),
    column("reason", "不予公开理由", "Reason", Step::Decision, Text, 28, &["理由", "定性理由"]),
    column(
        "remainder_ground",
        "未公开部分依据",
        "Ground of the remainder",
        Step::Decision,
        One(|w| &w.grounds),
        28,
        &[],
    ),
    column("basis", "决定方式", "Basis", Step::Decision, One(|w| &w.bases), 16, &["定性方式"]),
    column("mark", "标注文字", "Mark", Step::Decision, One(|w| &w.marks), 18, &["标注"]),
    column("decided_on", "审签日期", "Decided on", Step::Decision, Reading::Date, 12, &["决定日期"]),
    column("decided_by", "审签人", "Decided by", Step::Decision, Text, 12, &["签发人"]),
    column("channels", "发布渠道", "Channels", Step::Publication, Many(|w| &w.channels), 20, &["公开渠道"]),
    column("address", "发布地址", "Address", Step::Publication, Text, 36, &["公开地址", "链接"]),
    column("published_on", "发布日期", "Published on", Step::Publication, Reading::Date, 12, &["公开日期"]),
    column("published_by", "发布人", "Published by", Step::Publication, Text, 12, &[]),
    column("redacted", "删减稿摘要", "Redacted digest", Step::Evidence, Digest, 20, &["删减版摘要"]),
    column("irregular", "特殊情形", "Irregular", Step::Evidence, Many(|w| &w.irregular), 18, &["非常规情形"]),
    column("evidence", "凭证摘要", "Evidence digest", Step::Evidence, Digest, 20, &["凭证"]),
];

const REASSESSMENTS: [WorkColumn; 10] = [
    column(
        "outcome",
        "评估结果",
        "Outcome",
        Step::Reassessment,
        One(|w| &w.outcomes),
        16,
        &["评估意见", "结果"],
    ),
    column("reason", "评估理由", "Reason", Step::Reassessment, Text, 36, &["理由"]),
    column("trigger", "触发情形", "Trigger", Step::Reassessment, One(|w| &w.triggers), 18, &[]),
    column("ground", "不予公开依据", "Ground", Step::Reassessment, One(|w| &w.grounds), 28, &["新依据"]),
    column(
        "remainder_ground",
        "未公开部分依据",
        "Ground of the remainder",
        Step::Reassessment,
        One(|w| &w.grounds),
        28,
        &[],
    ),
    column(
        "exclusion",
        "负面清单条目",
        "Entry of the negative list",
        Step::Reassessment,
        Text,
        26,
        &["负面清单", "对应条目"],
    ),
    column("redacted", "删减稿摘要", "Redacted digest", Step::Reassessment, Digest, 20, &["删减版摘要"]),
    column("on", "评估日期", "Assessed on", Step::Reassessment, Reading::Date, 12, &[]),
    column("person", "评估人", "Assessed by", Step::Reassessment, Text, 12, &[]),
    column("evidence", "凭证摘要", "Evidence digest", Step::Evidence, Digest, 20, &["凭证"]),
];

/// Columns that are often filled in for the whole list beforehand; alone they do not start a step.
pub(super) const BESIDE: [&str; 11] = [
    "proposed_on",
    "proposed_by",
    "reviewed_on",
    "reviewed_by",
    "decided_on",
    "decided_by",
    "published_on",
    "published_by",
    "on",
    "person",
    "review_scope",
];

impl Worklist {
    pub(super) fn work(self) -> &'static [WorkColumn] {
        match self {
            Self::Decisions => &DECISIONS,
            Self::Reassessments => &REASSESSMENTS,
        }
    }

    pub(super) fn all(self) -> impl Iterator<Item = &'static WorkColumn> {
        FIND.iter().chain(self.work())
    }

    /// The columns that this worklist is read by; pass them in [`super::ReadOptions::columns`].
    pub fn columns(self) -> Vec<ColumnSpec> {
        self.all().map(|column| column.spec).collect()
    }

    /// The sheet to be filled in: drop-down lists for every closed list, columns to fill in marked.
    ///
    /// Only the columns of `steps` are offered, all of them when it is empty; columns that only inform are left out when no row
    /// has anything there. `rows` hold cells by column key; keys that the worklist does not have are left out.
    pub fn sheet(
        self,
        name: &str,
        title: &str,
        words: &WorkWords,
        steps: &[Step],
        rows: &[BTreeMap<&str, Cell>],
    ) -> Sheet {
        let says = |key: &str| rows.iter().any(|row| row.get(key).is_some_and(|cell| *cell != Cell::Empty));
        let offered = |column: &&WorkColumn| match column.step {
            Step::Find => matches!(column.spec.key, "id" | "title") || says(column.spec.key),
            Step::Evidence if column.spec.key == "redacted" && !steps.contains(&Step::Proposal) => true,
            step => steps.is_empty() || steps.contains(&step) || says(column.spec.key),
        };
        let columns: Vec<Column> =
            self.all().filter(offered).map(|column| column.for_people(words)).collect();
        let cells = |row: &BTreeMap<&str, Cell>| {
            columns.iter().map(|column| row.get(column.key.as_str()).cloned().unwrap_or_default()).collect()
        };
        let rows = rows.iter().map(cells).collect();
        let note = "请只填写底色为黄色的列；没有办理的行留空即可。原样存为 XLSX 后导入。";
        Sheet { name: name.to_owned(), title: title.to_owned(), notes: vec![note.to_owned()], columns, rows }
    }
}

impl WorkColumn {
    fn for_people(&self, words: &WorkWords) -> Column {
        let kind = match self.reading {
            Reading::Date => Kind::Date,
            Digest | ItemId => Kind::Code,
            One(list) => Kind::Choice(list(words).all_zh()),
            Many(list) => Kind::Choices(list(words).all_zh()),
            Text | Context => Kind::Long,
        };
        let column = Column::new(self.spec.key, self.spec.zh, self.spec.en, self.width).kind(kind);
        if self.step == Step::Find { column } else { column.fill() }
    }
}

impl WorkColumn {
    /// What a cell of this column says; codes for words, ISO for dates.
    pub(super) fn read(&self, text: &str, words: &WorkWords) -> Outcome<Vec<String>> {
        let fault = |code| Fault::usage(code).with("column", self.spec.zh).with("found", text);
        match self.reading {
            Context => Ok(Vec::new()),
            Text => Ok(vec![text.to_owned()]),
            Reading::Date => read_date(text).map(|d| vec![d.to_string()]).ok_or_else(|| fault("row.date")),
            Digest => file_digest(text).map(|d| vec![d]).ok_or_else(|| fault("row.digest")),
            ItemId => item_id(text).map(|id| vec![id]).ok_or_else(|| fault("row.item_id")),
            One(list) => self.word(text, list(words)).map(|code| vec![code]),
            Many(list) => {
                let parts = text
                    .split(['、', ',', '，', ';', '；', '\n'])
                    .map(str::trim)
                    .filter(|part| !part.is_empty());
                parts.map(|part| self.word(part, list(words))).collect()
            }
        }
    }

    fn word(&self, text: &str, vocab: &Vocab) -> Outcome<String> {
        let unknown = || {
            let fault = Fault::usage("row.choice").with("column", self.spec.zh).with("found", text);
            fault.with("expected", vocab.all_zh().join("、"))
        };
        vocab.read(text).map(|word| word.code.clone()).ok_or_else(unknown)
    }
}

/// `sha256:<64 hex>` or the 64 digits alone.
fn file_digest(text: &str) -> Option<String> {
    let text = normal(text).to_lowercase();
    let digits = text.strip_prefix("sha256:").unwrap_or(&text);
    (digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit())).then(|| format!("sha256:{digits}"))
}

/// `item/<id>` or the id alone.
fn item_id(text: &str) -> Option<String> {
    let text = normal(text);
    let id = text.strip_prefix("item/").unwrap_or(&text);
    let fits = (1..=32).contains(&id.len()) && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'z'));
    fits.then(|| format!("item/{id}"))
}
