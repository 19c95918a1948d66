//! The report as JSON, for other programs. Shape: `schemas/annual.schema.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::ReportInfo;
use crate::fault::{Fault, Lang, Outcome};
use crate::rules::annual::{CellId, Figure, Figures, Mismatch, TableId, Unit};

/// The annual report of an office: every cell of the form, in the form's order. Texts are as the office wrote them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualFile {
    /// Always 1.
    pub format: u32,
    /// Name of the office.
    pub office: String,
    /// Report year.
    pub year: i16,
    /// The form, by its name in `annual-forms.json`.
    pub form: String,
    /// What is printed at the head of every page, such as 演示数据.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banner: Option<String>,
    /// State as of this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// As far as it was entered by this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<String>,
    /// The ledger the figures come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ledger: Option<AnnualLedger>,
    /// 一、总体情况
    pub overview: String,
    /// 五、存在的主要问题及改进情况
    pub problems: String,
    /// 六、其他需要报告的事项
    pub other: String,
    /// Every cell of the form.
    pub cells: Vec<AnnualCell>,
    /// What checking found.
    pub findings: Vec<AnnualFinding>,
}

/// What pins the figures to a ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualLedger {
    /// Origin of the ledger.
    pub origin: String,
    /// Genesis hash.
    pub genesis: String,
    /// Number of events.
    pub size: u64,
    /// Root of the tree, base64.
    pub root: String,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualCell {
    /// The table it stands in.
    pub table: TableId,
    /// Code of its row.
    pub row: String,
    /// Code of its column.
    pub column: String,
    /// What the value counts; amounts are in fen, however they are shown.
    pub unit: Unit,
    /// The figure; absent when it is missing, which is not zero.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    /// Whether somebody stated it, wholly or in part.
    pub stated: bool,
    /// Sequence numbers of the events behind it.
    pub sources: Vec<u64>,
}

/// A relation that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AnnualFinding {
    /// Stable code.
    pub code: String,
    /// Whether it is only a notice.
    pub notice: bool,
    /// The cells of the relation, `ROW.COLUMN`; what was found stands in the first.
    pub cells: Vec<String>,
    /// What the others demand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<i64>,
    /// What was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<i64>,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

/// Writes the report as JSON, in the shape of [`AnnualFile`].
///
/// # Errors
/// `table.write` when it cannot be written.
pub fn json(figures: &Figures, info: &ReportInfo) -> Outcome<String> {
    let file = AnnualFile::new(figures, info);
    let failed = |e| Fault::machine("table.write").with("found", "JSON").with("reason", e);
    serde_json::to_string_pretty(&file).map(|text| text + "\n").map_err(failed)
}

impl AnnualFile {
    /// The report in this shape.
    pub fn new(figures: &Figures, info: &ReportInfo) -> Self {
        Self {
            format: 1,
            office: info.office.clone(),
            year: figures.year(),
            form: figures.form().id.clone(),
            banner: Some(info.banner.clone()).filter(|banner| !banner.is_empty()),
            as_of: info.as_of.map(|day| day.to_string()),
            known: info.known.map(|day| day.to_string()),
            ledger: info.ledger.as_ref().map(|ledger| AnnualLedger {
                origin: ledger.origin.clone(),
                genesis: ledger.genesis.clone(),
                size: ledger.size,
                root: ledger.root.clone(),
            }),
            overview: info.narrative.overview.clone(),
            problems: info.narrative.problems.clone(),
            other: info.narrative.other.clone(),
            cells: figures.form().cells().map(|cell| AnnualCell::new(figures, cell)).collect(),
            findings: info.findings.iter().map(AnnualFinding::new).collect(),
        }
    }

    /// The figures in it. A cell that the form of its year has not got is passed over.
    ///
    /// # Errors
    /// `annual.no_form` when there is no form for its year.
    pub fn figures(&self) -> Outcome<Figures> {
        let mut figures = Figures::new(self.year)?;
        for cell in &self.cells {
            let place = figures.form().cell_for(&cell.row, &cell.column);
            if let (Some(place), Some(value)) = (place, cell.value) {
                figures.set(place, Figure { value, sources: cell.sources.clone(), stated: cell.stated });
            }
        }
        Ok(figures)
    }
}

impl AnnualCell {
    fn new(figures: &Figures, cell: CellId) -> Self {
        let figure = figures.get(cell);
        Self {
            table: cell.table(),
            row: cell.row().to_owned(),
            column: cell.column().to_owned(),
            unit: figures.form().unit(cell),
            value: figure.map(|figure| figure.value),
            stated: figure.is_some_and(|figure| figure.stated),
            sources: figure.map(|figure| figure.sources.clone()).unwrap_or_default(),
        }
    }
}

impl AnnualFinding {
    fn new(found: &Mismatch) -> Self {
        Self {
            code: found.code.to_owned(),
            notice: found.notice,
            cells: found.cells.iter().map(ToString::to_string).collect(),
            expected: found.expected,
            found: found.found,
            zh: found.text(Lang::Zh),
            en: found.text(Lang::En),
        }
    }
}
