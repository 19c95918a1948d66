//! Standard catalogues from outside: the table of the annex as XLSX or CSV, and what offices make of it.

use std::collections::{BTreeMap, BTreeSet};

use super::channel::{is_tick, read_boxes, split_mark};
use super::field::Field;
use super::limit::TimeLimit;
use super::row::{Audience, Manner, MatterRow};
use super::template::COLUMNS;
use crate::exchange::Rejected;
use crate::exchange::columns::{Mapping, matching};
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
    let mut reader = Reader { mapping, csv: matches!(format, Format::Csv(_)), field, first: String::new() };
    let mut read = ReadMatters { title, header_line: header.line, rows: Vec::new(), rejected: Vec::new() };
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

/// How many of the expected columns are named.
fn score(names: &[String]) -> usize {
    COLUMNS.iter().filter(|spec| names.iter().any(|name| spec.is_named(name))).count()
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

#[cfg(test)]
pub(super) mod tests {
    use super::super::template::Catalogue;
    use super::super::{Channel, matters_csv, matters_xlsx};
    use super::*;
    use crate::exchange::BookInfo;

    /// The two rows of the annex.
    pub fn annex() -> Vec<MatterRow> {
        let row = |second: &str, content: &str| MatterRow {
            id: None,
            field: None,
            first: "最低生活保障".into(),
            second: second.into(),
            content: content.into(),
            basis: "《国务院关于加强和改进最低生活保障工作的意见》(国发〔2012〕45号)、各地相关政策法规文件"
                .into(),
            limit: TimeLimit::read("制定或获取信息之日起10个工作日"),
            body: "县级人民政府民政部门、乡镇政府(街道办事处)".into(),
            channels: [Channel::Website, Channel::ReadingPoint, Channel::ServiceCenter].into(),
            other_channel: None,
            audience: Audience::All,
            manners: [Manner::Open].into(),
            service: false,
        };
        vec![
            row(
                "办事指南",
                "办理事项、办理条件、最低生活保障标准、申请材料、办理流程、办理时间和地点、联系方式",
            ),
            row("审核信息", "初审对象名单及相关信息"),
        ]
    }

    fn take(name: &str, bytes: &[u8]) -> ReadMatters {
        let read = read_matters(name, bytes, &ReadOptions::default()).unwrap();
        assert!(read.rejected.is_empty(), "{:?}", read.rejected);
        read
    }

    fn rows(read: &ReadMatters) -> Vec<MatterRow> {
        read.rows.iter().map(|(_, row)| row.clone()).collect()
    }

    #[test]
    fn the_annex_is_read_as_it_stands() {
        let text = include_str!("../../../tests/fixtures/exchange/standard_annex.tsv");
        let read = take("附件.tsv", text.as_bytes());
        assert_eq!(rows(&read), annex());
        assert_eq!(read.title, "基层政务公开标准事项目录格式模板");
        assert_eq!(read.rows[0].1.limit.days, Some(10));
    }

    #[test]
    fn every_form_gives_back_what_went_in() {
        let mut list = annex();
        list[0].field = Field::read("社会救助");
        list[1].field = Field::read("社会救助");
        list[0].service = true;
        list[1].audience = Audience::Specific("低保对象\n及其家属".into());
        list[1].manners = [Manner::Open, Manner::OnRequest].into();
        list[1].channels.insert(Channel::Other);
        list[1].other_channel = Some("村村响、大喇叭".into());
        list[1].content = "=SUM(A1)\n第二行".into();
        let more = MatterRow {
            id: Some("matter/abc".into()),
            audience: Audience::Specific(String::new()),
            ..annex().remove(1)
        };
        list.push(more);
        for merge in [false, true] {
            let catalogue = Catalogue {
                title: "某县基层政务公开标准目录".into(),
                rows: list.clone(),
                merge,
                beside: true,
                ..Catalogue::default()
            };
            let info = BookInfo::default();
            let book = take("a.xlsx", &matters_xlsx(&catalogue, &info).unwrap());
            assert_eq!(
                (rows(&book), book.header_line, book.title.as_str()),
                (list.clone(), 2, "某县基层政务公开标准目录")
            );
            assert_eq!(rows(&take("a.csv", &matters_csv(&catalogue))), list);
            assert_eq!(matters_xlsx(&catalogue, &info).unwrap(), matters_xlsx(&catalogue, &info).unwrap());
        }
    }

    const FLAT: &str = "序号,领域,公开事项,二级事项,公开内容（要素）,公开依据,公开时限,公开主体,公开渠道,公开对象,公开方式\n";

    #[test]
    fn flat_tables_and_section_lines_are_read() {
        let text = format!(
            "某县养老服务领域目录,,,,,,,,,,\n{FLAT}\
             1,,养老服务通知,,内容,依据,20个工作日,民政局,政府网站、公开查阅点,全社会,主动公开\n\
             （二）社会救助领域,,,,,,,,,,\n\
             {FLAT}\
             2,,,审批信息,内容,依据,长期公开,民政局,■政府网站□其他,特定群体：低保对象,主动公开、依申请公开\n\
             3,就业,岗位,,内容,依据,及时,人社局,网站,特定群众,依申请\n\
             注释：,,,,,,,,,,\n1. 公开事项：指,,,,,,,,,,\n"
        );
        let read = take("flat.csv", text.as_bytes());
        let rows = rows(&read);
        let fields: Vec<_> = rows.iter().map(|row| row.field.map(Field::zh)).collect();
        assert_eq!(fields, [Some("养老服务"), Some("社会救助"), Some("就业")]);
        assert_eq!((rows[1].first.as_str(), rows[1].manners.len()), ("养老服务通知", 2));
        assert_eq!(rows[1].audience, Audience::Specific("低保对象".into()));
        assert_eq!(rows[2].audience, Audience::Specific(String::new()));
        assert_eq!(read.rows.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [3, 6, 7]);
    }

    #[test]
    fn each_bad_row_has_its_reason_and_its_line() {
        let good = "甲,乙,内容,依据,20个工作日,民政局,政府网站";
        let head = "一级事项,二级事项,公开内容,公开依据,公开时限,公开主体,公开渠道,全社会,特定群体,主动公开,依申请公开\n";
        let text = format!(
            "{head}{good},√,,√,\n\
             ,乙,,依据,20个工作日,民政局,政府网站,√,,√,\n\
             甲,乙,内容,依据,20个工作日,民政局,电报,√,,√,\n\
             甲,乙,内容,依据,20个工作日,民政局,□政府网站,√,,√,\n\
             {good},√,√,√,\n{good},,,√,\n{good},√,,,\n{good},大概,,√,\n{good},√,,√,,多\n"
        );
        let read = read_matters("b.csv", text.as_bytes(), &ReadOptions::default()).unwrap();
        let found: Vec<_> = read.rejected.iter().map(|bad| (bad.line, bad.code)).collect();
        assert_eq!(
            found,
            [
                (3, "standard.missing"),
                (4, "standard.channel"),
                (5, "standard.missing"),
                (6, "standard.audience_both"),
                (7, "standard.missing"),
                (8, "standard.missing"),
                (9, "standard.mark"),
                (10, "row.too_many_cells")
            ]
        );
        assert_eq!(read.rows.len(), 1);
    }

    #[test]
    fn a_table_that_is_another_is_refused() {
        let code = |text: &str| {
            read_matters("c.csv", text.as_bytes(), &ReadOptions::default()).err().map(|f| f.code)
        };
        assert_eq!(code("标题,文号\n甲,乙\n"), Some("table.column_missing"));
        assert_eq!(code(""), Some("table.empty"));
        assert_eq!(code(&FLAT.replace("领域", "公开主体")), Some("table.column_twice"));
        assert_eq!(code(FLAT), None);
    }

    #[test]
    fn merged_cells_of_another_program_count_for_every_row() {
        let bytes = include_bytes!("../../../tests/fixtures/exchange/standard_merged.xlsx");
        let read = take("m.xlsx", bytes);
        assert_eq!(
            rows(&read),
            annex()
                .into_iter()
                .map(|row| MatterRow { field: Field::read("社会救助"), ..row })
                .collect::<Vec<_>>()
        );
        assert_eq!(read.header_line, 6);
    }

    #[test]
    fn a_workbook_that_libreoffice_saved_again_is_read() {
        let bytes = include_bytes!("../../../tests/fixtures/exchange/standard_libreoffice.xlsx");
        let rows = rows(&take("lo.xlsx", bytes));
        assert_eq!(rows.len(), 26);
        let field = Field::read("社会救助");
        assert_eq!(rows[..2], annex().into_iter().map(|row| MatterRow { field, ..row }).collect::<Vec<_>>());
        assert_eq!(
            (rows[25].first.as_str(), rows[25].other_channel.as_deref()),
            ("养老服务业务办理", Some("村村响"))
        );
    }

    fn any_row() -> impl proptest::strategy::Strategy<Value = MatterRow> {
        use proptest::prelude::*;
        // Texts as people write them, some of which a spreadsheet would run.
        let text = || "[=+@a甲（）、“”《》;,\"'\n7〔]{0,9}".prop_map(|text| format!("事{}项", text));
        let channels = proptest::collection::btree_set(0usize..13, 1..13);
        let who = prop_oneof![Just(None), Just(Some(String::new())), text().prop_map(Some)];
        let all = (text(), text(), text(), channels, who, 0usize..27, 1u8..4, any::<bool>());
        all.prop_map(|(first, content, limit, channels, who, field, manners, service)| MatterRow {
            id: None,
            field: super::super::fields().get(field).and_then(|field| Field::read(&field.code)),
            second: if service { content.clone() } else { String::new() },
            first,
            basis: content.clone(),
            body: content.clone(),
            content,
            limit: TimeLimit::read(&limit),
            channels: channels.into_iter().filter_map(|at| Channel::all().nth(at)).collect(),
            other_channel: None,
            audience: who.map_or(Audience::All, Audience::Specific),
            manners: [Manner::Open, Manner::OnRequest]
                .into_iter()
                .enumerate()
                .filter(|(at, _)| manners & (1 << at) != 0)
                .map(|(_, manner)| manner)
                .collect(),
            service,
        })
    }

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(48))]
        #[test]
        fn any_list_survives_its_forms(list in proptest::collection::vec(any_row(), 1..6), merge: bool) {
            let catalogue = Catalogue { title: "目录".into(), rows: list.clone(), merge, beside: true, ..Catalogue::default() };
            let book = matters_xlsx(&catalogue, &BookInfo::default()).unwrap();
            proptest::prop_assert_eq!(rows(&take("a.xlsx", &book)), list.clone());
            proptest::prop_assert_eq!(rows(&take("a.csv", &matters_csv(&catalogue))), list);
        }
    }
}
