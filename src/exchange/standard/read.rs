//! Standard catalogues from outside: the table of the annex as XLSX or CSV, and what offices make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::channel::{is_tick, read_boxes, split_mark};
use super::field::Field;
use super::limit::TimeLimit;
use super::row::{Audience, Manner, MatterRow};
use super::template::COLUMNS;
use crate::exchange::Rejected;
use crate::exchange::columns::{ColumnSpec, Mapping, matching};
use crate::exchange::table::{Format, ReadOptions, Row, check_row, numbered_rows};
use crate::exchange::text::{normal, normal_heading, says_nothing};
use crate::fault::{Fault, Outcome};

/// A catalogue that was read.
#[derive(Debug, Clone)]
pub struct ReadMatters {
    /// The line above the header, normalised; empty when there is none.
    pub title: String,
    /// Line or row of the file that the header begins on.
    pub header_line: u64,
    /// Names of the columns, normalised.
    pub header: Vec<String>,
    /// Keys of the columns that were found: `first`, `field`, `service`, `id` …
    pub known: BTreeSet<&'static str>,
    /// The rows that can be taken, each with its line or row in the file.
    pub rows: Vec<(u64, MatterRow)>,
    /// The rows that cannot, with the reason.
    pub rejected: Vec<Rejected>,
}

/// How many rows from the top the header may begin on.
const TOP: usize = 30;
/// Columns without which there is no such table.
const NEEDED: [&str; 6] = ["first", "content", "basis", "limit", "body", "channels"];
/// Columns in which an empty cell of a CSV means the one above: a merged area leaves them so.
const CARRIED: &str = "first";

/// Reads a catalogue. `options.columns` is not used.
///
/// The header has one or two lines and stands in the top 30 rows. Merged areas of a workbook count for every row they span; in a CSV, where
/// merging leaves empty cells, an empty 一级事项 is that of the row above. A line that only names one of the 26 fields sets it for
/// the rows below, as a title that names one does for all. Reading ends at the notes (注释).
///
/// # Errors
/// As [`crate::exchange::read_table`]; `table.column_missing` when no header names the columns, `table.column_twice`.
pub fn read_matters(name: &str, bytes: &[u8], options: &ReadOptions) -> Outcome<ReadMatters> {
    let (format, rows) = numbered_rows(name, bytes, options)?;
    let header = Header::find(&rows);
    let mapping = header.mapping(name)?;
    let above = rows.iter().take(header.at);
    let titles: Vec<String> =
        above.flat_map(|row| &row.cells).map(|cell| normal(cell)).filter(|cell| !cell.is_empty()).collect();
    let field = titles.iter().find_map(|title| Field::in_heading(title));
    let title = titles.into_iter().next().unwrap_or_default();
    let known = mapping.known.keys().copied().collect();
    let mut reader = Reader { mapping, csv: matches!(format, Format::Csv(_)), field, first: String::new() };
    let mut read = ReadMatters {
        title,
        header_line: header.line,
        header: header.names.clone(),
        known,
        rows: Vec::new(),
        rejected: Vec::new(),
    };
    for row in rows.into_iter().skip(header.at + header.height) {
        let mut row = row;
        if reader.ends(&row) {
            break;
        }
        check_row(&mut row, header.names.len(), &options.limits, &header.names);
        match reader.row(&row) {
            Ok(Some(matter)) => read.rows.push((row.line, matter)),
            Ok(None) => {}
            Err(fault) => read.rejected.push(Rejected::new(&row, fault)),
        }
    }
    Ok(read)
}

/// Where the header stands and what it names.
struct Header {
    at: usize,
    height: usize,
    line: u64,
    names: Vec<String>,
}

impl Header {
    /// The one or two rows of the top that name most columns.
    fn find(rows: &[Row]) -> Self {
        let mut best = Self { at: 0, height: 1, line: 1, names: Vec::new() };
        let mut most = 0;
        for (at, row) in rows.iter().take(TOP).enumerate() {
            let one = row.cells.clone();
            // A title line above a header of one line is no heading of its own.
            let lower = rows.get(at + 1).filter(|_| score(&row.cells) > 0);
            let two = lower.map(|lower| over(&row.cells, &lower.cells));
            for (height, names) in [Some(one), two].into_iter().enumerate() {
                let Some(names) = names else { continue };
                let found = score(&names);
                if found > most {
                    most = found;
                    best = Self { at, height: height + 1, line: row.line, names };
                }
            }
        }
        best.names = best.names.iter().map(|name| normal(name)).collect();
        while best.names.last().is_some_and(String::is_empty) {
            best.names.pop();
        }
        best
    }

    fn mapping(&self, file: &str) -> Outcome<Mapping> {
        let mapping = matching(file, self.line, &self.names, COLUMNS)?;
        let missing = NEEDED.iter().find(|key| !mapping.known.contains_key(*key));
        let Some(missing) = missing else { return Ok(mapping) };
        let expected = COLUMNS.iter().find(|spec| spec.key == *missing).map_or(*missing, |spec| spec.zh);
        let found: Vec<&str> =
            self.names.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
        Err(Fault::usage("table.column_missing")
            .with("file", file)
            .with("line", self.line)
            .with("expected", expected)
            .with("found", found.join("、")))
    }
}

/// The names of two heading rows: the lower one where it says anything.
fn over(upper: &[String], lower: &[String]) -> Vec<String> {
    let name = |at: usize| {
        let below = lower.get(at).filter(|cell| !cell.trim().is_empty());
        below.or_else(|| upper.get(at)).cloned().unwrap_or_default()
    };
    (0..upper.len().max(lower.len())).map(name).collect()
}

/// Every name of every expected column, as headings are compared.
static NAMES: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| {
    let names = |spec: &'static ColumnSpec| {
        let all = [spec.key, spec.zh, spec.en].into_iter().chain(spec.aliases.iter().copied());
        all.map(|name| (normal_heading(name), spec.key))
    };
    COLUMNS.iter().flat_map(names).collect()
});

/// How many of the expected columns are named, as [`ColumnSpec::is_named`] has it, but asked of every row.
fn score(names: &[String]) -> usize {
    let key = |name: &String| {
        let heading = normal_heading(name);
        let bare = heading.split(['(', '〔', '[', '【']).next().unwrap_or_default();
        NAMES.get(&heading).or_else(|| NAMES.get(bare)).copied()
    };
    names.iter().filter_map(key).collect::<BTreeSet<_>>().len()
}

struct Reader {
    mapping: Mapping,
    csv: bool,
    field: Option<Field>,
    first: String,
}

impl Reader {
    /// The notes below the table, or the line of approval.
    fn ends(&self, row: &Row) -> bool {
        let mut said = row.cells.iter().map(|cell| normal_heading(cell)).filter(|cell| !cell.is_empty());
        let (first, more) = (said.next().unwrap_or_default(), said.next());
        more.is_none()
            && (["注释", "备注", "填表说明", "审核机关", "注1"].iter().any(|word| first.starts_with(word))
                || first == "注")
    }

    /// The matter of a row; nothing for a row that is a heading itself.
    fn row(&mut self, row: &Row) -> Outcome<Option<MatterRow>> {
        if let Some(problem) = &row.problem {
            return Err(problem.clone());
        }
        if score(&row.cells) >= 5 {
            return Ok(None);
        }
        let mut said = row.cells.iter().filter(|cell| !cell.trim().is_empty());
        if let (Some(only), None) = (said.next(), said.next())
            && let Some(field) = Field::in_heading(only)
        {
            self.field = Some(field);
            return Ok(None);
        }
        let cells = Cells { row, mapping: &self.mapping };
        let mut first = cells.text(CARRIED);
        if first.is_empty() && self.csv && !cells.text("second").is_empty() {
            first.clone_from(&self.first);
        }
        self.first.clone_from(&first);
        let matter = cells.matter(first, self.field)?;
        Ok(Some(matter))
    }
}

struct Cells<'a> {
    row: &'a Row,
    mapping: &'a Mapping,
}

impl Cells<'_> {
    fn cell(&self, key: &str) -> &str {
        self.mapping.cell(key, &self.row.cells)
    }

    fn text(&self, key: &str) -> String {
        self.cell(key).replace("\r\n", "\n").trim().to_owned()
    }

    /// A text that has to be there.
    fn needed(&self, key: &str) -> Outcome<String> {
        let text = self.text(key);
        if says_nothing(&normal(&text)) { Err(missing(key)) } else { Ok(text) }
    }

    fn matter(&self, first: String, field: Option<Field>) -> Outcome<MatterRow> {
        if first.is_empty() {
            return Err(missing("first"));
        }
        let ticked = read_boxes(self.cell("channels")).map_err(|found| {
            Fault::usage("standard.channel").with("found", found).with("column", column("channels"))
        })?;
        if ticked.channels.is_empty() {
            return Err(missing("channels"));
        }
        let id = self.text("id");
        Ok(MatterRow {
            id: Some(id).filter(|id| !id.is_empty()),
            field: self.field(field)?,
            first,
            second: self.text("second"),
            content: self.needed("content")?,
            basis: self.needed("basis")?,
            limit: TimeLimit::read(&self.needed("limit")?),
            body: self.needed("body")?,
            channels: ticked.channels,
            other_channel: ticked.other,
            audience: self.audience()?,
            manners: self.manners()?,
            service: self.yes("service")?,
        })
    }

    fn field(&self, above: Option<Field>) -> Outcome<Option<Field>> {
        let text = self.text("field");
        if says_nothing(&normal(&text)) {
            return Ok(above);
        }
        let found = Field::read(&text);
        found.map(Some).ok_or_else(|| Fault::usage("standard.field").with("found", normal(&text)))
    }

    /// Whether a cell that holds a mark or nothing says yes.
    fn yes(&self, key: &str) -> Outcome<bool> {
        let text = normal_heading(self.cell(key));
        if is_tick(self.cell(key)) {
            return Ok(true);
        }
        match text.as_str() {
            "是" | "有" | "y" | "yes" | "v" | "x" | "1" | "true" | "☑" => Ok(true),
            "" | "否" | "不" | "n" | "no" | "0" | "false" | "-" | "/" | "—" | "无" | "□" | "☐" | "×" => {
                Ok(false)
            }
            other if column(key) == other => Ok(true),
            other => Err(Fault::usage("standard.mark").with("column", column(key)).with("found", other)),
        }
    }

    fn audience(&self) -> Outcome<Audience> {
        let (mut all, mut specific) = (false, None);
        if self.mapping.known.contains_key("all") || self.mapping.known.contains_key("specific") {
            all = self.yes("all")?;
            specific = self.specific();
        } else {
            let text = self.text("audience");
            let said = normal(&text);
            match said.strip_prefix("特定群众").or_else(|| said.strip_prefix("特定群体")) {
                Some(who) => {
                    specific =
                        Some(who.trim_start_matches([':', '(']).trim_end_matches(')').trim().to_owned())
                }
                None if ["全社会", "社会公众", "公众", "社会"].contains(&said.as_str()) => {
                    all = true
                }
                None if says_nothing(&said) => {}
                None => specific = Some(text),
            }
        }
        match (all, specific) {
            (true, None) => Ok(Audience::All),
            (false, Some(who)) => Ok(Audience::Specific(who)),
            (true, Some(_)) => Err(Fault::usage("standard.audience_both")),
            (false, None) => Err(missing("audience")),
        }
    }

    /// 特定群众: a mark, a mark and who, or only who.
    fn specific(&self) -> Option<String> {
        let text = self.text("specific");
        let (mark, who) = split_mark(&text);
        let word = ["y", "是", "v", "1"].contains(&normal_heading(&who).as_str());
        match mark {
            Some(false) => None,
            Some(true) => Some(who),
            None if word => Some(String::new()),
            None if says_nothing(&normal(&text)) || ["否", "×"].contains(&text.as_str()) => None,
            None => Some(text),
        }
    }

    fn manners(&self) -> Outcome<BTreeSet<Manner>> {
        let mut manners = BTreeSet::new();
        if self.mapping.known.contains_key("open") || self.mapping.known.contains_key("on_request") {
            for (key, manner) in [("open", Manner::Open), ("on_request", Manner::OnRequest)] {
                if self.yes(key)? {
                    manners.insert(manner);
                }
            }
        } else {
            let text = normal(self.cell("manner"));
            let words: BTreeMap<&str, Manner> =
                [("主动", Manner::Open), ("依申请", Manner::OnRequest)].into();
            manners
                .extend(words.into_iter().filter(|(word, _)| text.contains(word)).map(|(_, manner)| manner));
        }
        if manners.is_empty() { Err(missing("manner")) } else { Ok(manners) }
    }
}

fn column(key: &str) -> &'static str {
    COLUMNS.iter().find(|spec| spec.key == key).map_or("", |spec| spec.zh)
}

fn missing(key: &str) -> Fault {
    Fault::usage("standard.missing").with("column", column(key))
}
