//! The tables stand in every file as the form has them, and every figure is where it belongs.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::{Data, Dimensions, Reader, Xlsx};
use jiff::civil::date;
use quick_xml::events::Event;
use serde::Deserialize;

use super::grid::{Grid, Holds, lines};
use super::*;
use crate::exchange::sheet::{Cell, Column};
use crate::fault::Lang;
use crate::rules::annual::{CellId, Figure, Figures, TableId, Unit, check};

#[derive(Deserialize)]
struct Real {
    year: i16,
    rows: BTreeMap<String, BTreeMap<String, i64>>,
}

fn real(text: &str) -> Figures {
    let real: Real = serde_json::from_str(text).unwrap();
    let mut figures = Figures::new(real.year).unwrap();
    for (row, columns) in &real.rows {
        for (column, value) in columns {
            put(&mut figures, &format!("{row}.{column}"), *value);
        }
    }
    figures
}

fn put(figures: &mut Figures, cell: &str, value: i64) {
    let cell = figures.form().cell(cell).unwrap();
    figures.set(cell, Figure::stated(value, 41));
}

/// 表三 of a real report of 2023; the other tables are made up, and one cell is left blank.
fn of_2023() -> Figures {
    let mut figures = real(include_str!("../../../tests/fixtures/annual/hebei-2023.json"));
    let made_up = [
        ("regulations.issued", 0),
        ("regulations.repealed", 0),
        ("regulations.in_force", 3),
        ("normative_documents.issued", 12),
        ("normative_documents.repealed", 4),
        ("permits.decisions", 1036),
        ("penalties.decisions", 2),
        ("coercions.decisions", 0),
        ("fees.amount", 397_619_000),
    ];
    made_up.iter().for_each(|(cell, value)| put(&mut figures, cell, *value));
    figures.counted(TableId::T4);
    let upheld = figures.form().cell("direct_suit.upheld").unwrap();
    [51, 52, 64].iter().for_each(|seq| figures.count(upheld, *seq));
    figures.sum();
    figures
}

fn of_2019() -> Figures {
    let mut figures = real(include_str!("../../../tests/fixtures/annual/shanghai-2019.json"));
    figures.counted(TableId::T3);
    figures.counted(TableId::T4);
    figures.sum();
    figures
}

fn info(figures: &Figures) -> ReportInfo {
    ReportInfo {
        office: "河阴县教育局".into(),
        banner: "演示数据，不是真实报告".into(),
        as_of: Some(date(2023, 12, 31)),
        known: Some(date(2024, 1, 12)),
        created: date(2024, 1, 12).at(9, 30, 0, 0),
        ledger: Some(LedgerFacts {
            origin: "heyin.gov.cn/jyj".into(),
            size: 1204,
            root: "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=".into(),
            genesis: "b3:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        }),
        narrative: Narrative {
            overview: "2023年，本机关坚持以公开为常态、不公开为例外，依法做好政府信息公开工作。\n（一）主动公开。全年公开政府信息86条，其中行政规范性文件12件。\n（二）依申请公开。收到申请19件，均在法定期限内办结。\n（三）政府信息管理。完成年度动态评估，将3件原不予公开的信息转为公开。\n（四）平台建设。公开平台按四个固定栏目调整。\n（五）监督保障。组织培训2次。".into(),
            problems: "<b>存在的主要问题</b>是解读形式单一 & 更新不够及时。".into(),
            other: String::new(),
        },
        findings: check(figures, None),
    }
}

/// What every place of a table is to show.
fn places(grid: &Grid) -> BTreeMap<(usize, usize), String> {
    grid.spots.iter().map(|spot| ((spot.row, spot.column), spot.text.clone())).collect()
}

#[test]
fn a_table_is_covered_without_gap_or_overlap() {
    for figures in [of_2023(), of_2019()] {
        for (id, lang) in [TableId::T2, TableId::T3, TableId::T4]
            .into_iter()
            .flat_map(|id| [(id, Lang::Zh), (id, Lang::En)])
        {
            let grid = Grid::new(id, &figures, lang);
            assert_eq!(grid.widths.iter().map(|w| u32::from(*w)).sum::<u32>(), 1000);
            for (row, column) in (0..grid.height).flat_map(|r| (0..grid.widths.len()).map(move |c| (r, c))) {
                let covers = |s: &&super::grid::Spot| {
                    (s.row..s.row + s.down).contains(&row)
                        && (s.column..s.column + s.across).contains(&column)
                };
                assert_eq!(grid.spots.iter().filter(covers).count(), 1, "{id:?} {row} {column}");
            }
            let shown = grid.spots.iter().filter(|s| matches!(s.holds, Holds::Figure(_))).count();
            assert_eq!(shown, figures.form().cells().filter(|cell| cell.table() == id).count());
        }
    }
}

#[test]
fn the_tables_are_laid_out_as_the_official_form() {
    let figures = of_2023();
    let merged = |id: TableId, text: &str| {
        let grid = Grid::new(id, &figures, Lang::Zh);
        let spot = grid.spots.iter().find(|spot| spot.text == text).unwrap();
        (spot.row, spot.column, spot.down, spot.across)
    };
    let note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）";
    assert_eq!(merged(TableId::T3, note), (0, 0, 3, 3));
    assert_eq!(merged(TableId::T3, "申请人情况"), (0, 3, 1, 7));
    assert_eq!(merged(TableId::T3, "自然人"), (1, 3, 2, 1));
    assert_eq!(merged(TableId::T3, "法人或其他组织"), (1, 4, 1, 5));
    assert_eq!(merged(TableId::T3, "商业企业"), (2, 4, 1, 1));
    assert_eq!(merged(TableId::T3, "总计"), (1, 9, 2, 1));
    assert_eq!(merged(TableId::T3, "一、本年新收政府信息公开申请数量"), (3, 0, 1, 3));
    assert_eq!(merged(TableId::T3, "三、本年度办理结果"), (5, 0, 22, 1));
    assert_eq!(merged(TableId::T3, "（一）予以公开"), (5, 1, 1, 2));
    assert_eq!(merged(TableId::T3, "（三）不予公开"), (7, 1, 8, 1));
    assert_eq!(merged(TableId::T3, "8.属于行政查询事项"), (14, 2, 1, 1));
    assert_eq!(merged(TableId::T3, "（六）其他处理"), (23, 1, 3, 1));
    assert_eq!(merged(TableId::T3, "（七）总计"), (26, 1, 1, 2));
    assert_eq!(merged(TableId::T3, "四、结转下年度继续办理"), (27, 0, 1, 3));
    assert_eq!(merged(TableId::T4, "行政复议"), (0, 0, 1, 5));
    assert_eq!(merged(TableId::T4, "行政诉讼"), (0, 5, 1, 10));
    assert_eq!(merged(TableId::T4, "结果维持"), (1, 0, 2, 1));
    assert_eq!(merged(TableId::T4, "复议后起诉"), (1, 10, 1, 5));
    assert_eq!(merged(TableId::T2, "第二十条第（五）项"), (4, 0, 1, 4));
    assert_eq!(merged(TableId::T2, "本年收费金额（单位：万元）"), (12, 1, 1, 3));
    assert_eq!(Grid::new(TableId::T4, &figures, Lang::Zh).widths.len(), 15);
    let old = Grid::new(TableId::T3, &of_2019(), Lang::Zh);
    let side = old.spots.iter().find(|spot| spot.text == "三、本年度办理结果").unwrap();
    assert_eq!(side.down, 20);
}

#[test]
fn headings_break_into_even_lines() {
    assert_eq!(lines("社会公益组织", 5), ["社会公", "益组织"]);
    assert_eq!(lines("结果维持", 3), ["结果", "维持"]);
    assert_eq!(lines("自然人", 3), ["自然人"]);
    assert_eq!(lines("Legal services", 3), ["Legal services"]);
}

#[test]
fn a_workbook_holds_each_figure_where_the_form_has_it() {
    for (figures, lang) in [(of_2023(), Lang::Zh), (of_2023(), Lang::En), (of_2019(), Lang::Zh)] {
        let bytes = xlsx(&figures, &info(&figures), lang).unwrap();
        assert_eq!(bytes, xlsx(&figures, &info(&figures), lang).unwrap());
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let names = book.sheet_names();
        assert_eq!(names.len(), if info(&figures).findings.is_empty() { 3 } else { 4 });
        for (id, name) in [TableId::T2, TableId::T3, TableId::T4].into_iter().zip(&names) {
            same_sheet(&mut book, name, &Grid::new(id, &figures, lang), &figures);
        }
    }
}

fn same_sheet(book: &mut Xlsx<Cursor<Vec<u8>>>, name: &str, grid: &Grid, figures: &Figures) {
    let merged: Vec<Dimensions> = book.merge_cells_by_sheet_name(name).unwrap();
    let range = book.worksheet_range(name).unwrap();
    for spot in &grid.spots {
        let (row, column) = (spot.row as u32 + super::xlsx::TOP, spot.column as u32);
        let end = (row + spot.down as u32 - 1, column + spot.across as u32 - 1);
        let is_merged = merged.contains(&Dimensions { start: (row, column), end });
        assert_eq!(is_merged, spot.down * spot.across > 1, "{name} {spot:?}");
        let found = range.get_value((row, column)).unwrap_or(&Data::Empty);
        match spot.holds {
            Holds::Figure(cell) => match figures.value(cell) {
                None => assert_eq!(found, &Data::Empty, "{cell}"),
                Some(value) => {
                    let Data::Float(number) = found else { panic!("{cell} {found:?}") };
                    assert_eq!(figures.form().unit(cell).read(&number.to_string()), Some(value), "{cell}");
                }
            },
            _ => assert_eq!(found.to_string(), spot.text),
        }
    }
}

/// Tables of a Word document: rows of cells with span, vertical merge and text.
type WordTable = Vec<Vec<(usize, String, String)>>;

fn part(bytes: &[u8], name: &str) -> String {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

/// The cell that was begun last.
fn last(tables: &mut [WordTable]) -> &mut (usize, String, String) {
    tables.last_mut().unwrap().last_mut().unwrap().last_mut().unwrap()
}

fn word_tables(bytes: &[u8]) -> Vec<WordTable> {
    let xml = part(bytes, "word/document.xml");
    let mut reader = quick_xml::Reader::from_str(&xml);
    let (mut tables, mut inside) = (Vec::<WordTable>::new(), false);
    loop {
        let event = reader.read_event().unwrap();
        let attribute = |e: &quick_xml::events::BytesStart<'_>| {
            let value = e.try_get_attribute("w:val").unwrap().unwrap();
            value.value.into_owned()
        };
        match &event {
            Event::Eof => return tables,
            Event::Start(e) => match e.name().as_ref() {
                "w:tbl" => tables.push(Vec::new()),
                "w:tr" => tables.last_mut().unwrap().push(Vec::new()),
                "w:tc" => {
                    inside = true;
                    tables.last_mut().unwrap().last_mut().unwrap().push((1, String::new(), String::new()));
                }
                _ => {}
            },
            Event::Empty(e) if e.name().as_ref() == "w:gridSpan" => {
                last(&mut tables).0 = attribute(e).parse().unwrap()
            }
            Event::Empty(e) if e.name().as_ref() == "w:vMerge" => last(&mut tables).1 = attribute(e),
            Event::End(e) if e.name().as_ref() == "w:tc" => inside = false,
            Event::Text(text) if inside => {
                last(&mut tables).2.push_str(text.xml10_content().trim_matches('\n'))
            }
            Event::GeneralRef(one) if inside => {
                last(&mut tables).2.push(one.resolve_char_ref().unwrap().unwrap())
            }
            _ => {}
        }
    }
}

#[test]
fn a_word_document_holds_each_figure_where_the_form_has_it() {
    for (figures, lang) in [(of_2023(), Lang::Zh), (of_2023(), Lang::En), (of_2019(), Lang::Zh)] {
        let bytes = docx(&figures, &info(&figures), lang).unwrap();
        assert_eq!(bytes, docx(&figures, &info(&figures), lang).unwrap());
        let tables = word_tables(&bytes);
        assert_eq!(tables.len(), 3);
        for (id, table) in [TableId::T2, TableId::T3, TableId::T4].into_iter().zip(&tables) {
            same_table(table, &Grid::new(id, &figures, lang));
        }
    }
}

fn same_table(table: &WordTable, grid: &Grid) {
    assert_eq!(table.len(), grid.height);
    let wanted = places(grid);
    let mut seen = 0;
    for (row, cells) in table.iter().enumerate() {
        let mut column = 0;
        for (across, merge, text) in cells {
            let spot = grid.covering(row, column).unwrap();
            assert_eq!((*across, spot.column), (spot.across, column));
            let expected = match (spot.down, spot.row == row) {
                (1, _) => "",
                (_, true) => "restart",
                (_, false) => "continue",
            };
            assert_eq!(merge, expected);
            if let Some(wanted) = wanted.get(&(row, column)) {
                assert_eq!(text, wanted);
                seen += 1;
            } else {
                assert_eq!(text, "");
            }
            column += across;
        }
        assert_eq!(column, grid.widths.len());
    }
    assert_eq!(seen, wanted.len());
}

#[test]
fn every_part_of_a_word_document_is_well_formed() {
    let figures = of_2023();
    let mut info = info(&figures);
    info.office = "a<b>&\"'\u{1}\u{202E}\u{FFFF}]]>".into();
    info.banner = info.office.clone();
    info.narrative.overview = info.office.clone();
    let bytes = docx(&figures, &info, Lang::Zh).unwrap();
    let names: Vec<String> = zip::ZipArchive::new(Cursor::new(&bytes))
        .unwrap()
        .file_names()
        .map(|name| name.unwrap().into_owned())
        .collect();
    assert_eq!(names.len(), 9);
    for name in names {
        let text = part(&bytes, &name);
        assert!(
            !text
                .chars()
                .any(|c| matches!(c, '\u{0}'..='\u{8}' | '\u{B}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')),
            "{name}"
        );
        let mut reader = quick_xml::Reader::from_str(&text);
        reader.config_mut().check_end_names = true;
        while !matches!(reader.read_event().unwrap(), Event::Eof) {}
    }
    assert!(part(&bytes, "word/header.xml").contains("a&#60;b&#62;&#38;"));
    assert!(part(&bytes, "docProps/core.xml").contains("2024-01-12T09:30:00Z"));
}

/// What a reader of the page sees: its text, one block a line, cells between bars.
fn seen(page: &str) -> String {
    let body = page.split_once("<body>").unwrap().1;
    let ended = body.replace("</td>", " | ").replace("</th>", " | ").replace("<br>", "");
    let mut text = String::new();
    for piece in ended.split('<') {
        text.push_str(piece.split_once('>').map_or(piece, |(_, rest)| rest));
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_page_reads_as_the_report() {
    let figures = of_2023();
    insta::assert_snapshot!("page_zh", seen(&html(&figures, &info(&figures), Lang::Zh).unwrap()));
    insta::assert_snapshot!("page_en", seen(&html(&figures, &info(&figures), Lang::En).unwrap()));
    let old = of_2019();
    insta::assert_snapshot!("page_2019", seen(&html(&old, &ReportInfo::default(), Lang::Zh).unwrap()));
}

#[test]
fn the_page_holds_each_figure_and_runs_nothing() {
    let figures = of_2023();
    let page = html(&figures, &info(&figures), Lang::Zh).unwrap();
    assert!(
        !page.contains("<script")
            && !page.contains("<b>")
            && page.contains("script") == page.contains("<script")
    );
    for cell in figures.form().cells() {
        let at = format!("data-cell=\"{cell}\">");
        let (_, rest) = page.split_once(&at).unwrap();
        assert!(!rest.contains(&at));
        let shown =
            figures.value(cell).map(|value| figures.form().unit(cell).show(value)).unwrap_or_default();
        assert_eq!(rest.split_once('<').unwrap().0, shown, "{cell}");
    }
    assert!(page.contains(">397.619<"));
}

/// `ZHAOCE_WRITE_SCHEMAS=1` writes the file; `tools/test_schemas.py` reads it as another program would.
#[test]
fn the_json_is_the_one_that_other_tests_read() {
    let figures = of_2023();
    let text = json(&figures, &info(&figures)).unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/annual/report-2023.json");
    if std::env::var_os("ZHAOCE_WRITE_SCHEMAS").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), text);
    let file: AnnualFile = serde_json::from_str(&text).unwrap();
    let values: Vec<Option<i64>> = file.cells.iter().map(|cell| cell.value).collect();
    assert_eq!(values, figures.form().cells().map(|cell| figures.value(cell)).collect::<Vec<_>>());
    assert_eq!(values.iter().filter(|value| value.is_none()).count(), 1);
}

#[test]
fn a_cell_explains_itself() {
    let figures = of_2023();
    let form = figures.form();
    let sheet = |name: &str| {
        let cell: CellId = form.cell(name).unwrap();
        let columns = vec![Column::new("on", "日期", "Date", 12)];
        explain(&figures, cell, columns, &|seq| vec![Cell::Text(format!("第{seq}件"))], Lang::Zh)
    };
    let sum = sheet("direct_suit.total");
    assert_eq!(sum.title, "2023 未经复议直接起诉 · 总计 = 3");
    assert_eq!(sum.notes, ["合计：未经复议直接起诉 · 结果维持 3"]);
    let rows: Vec<_> = sum
        .rows
        .iter()
        .map(|row| row.iter().map(|cell| cell.show(Lang::Zh)).collect::<Vec<_>>().join(" / "))
        .collect();
    assert_eq!(rows[2], "未经复议直接起诉 · 结果维持 / 64 / 第64件");
    assert_eq!((rows.len(), sum.columns.len()), (3, 3));
    assert_eq!(sheet("fees.amount").notes, ["含另行填报的数字，依据见下列事件。"]);
    let blank = sheet("normative_documents.in_force");
    assert_eq!((blank.title.as_str(), blank.rows.len()), ("2023 行政规范性文件 · 现行有效件数 = 空白", 0));
    assert_eq!(blank.notes, ["没有填报，不等于零。"]);
    assert_eq!(form.unit(form.cell("fees.amount").unwrap()), Unit::FenAsWan);
}

/// Writes the files for looking at: `ZHAOCE_ANNUAL_OUT=folder cargo test annual`.
#[test]
fn files_for_looking_at() {
    let Some(folder) = std::env::var_os("ZHAOCE_ANNUAL_OUT").map(std::path::PathBuf::from) else { return };
    for (figures, lang, name) in
        [(of_2023(), Lang::Zh, "2023"), (of_2023(), Lang::En, "2023-en"), (of_2019(), Lang::Zh, "2019")]
    {
        let info = info(&figures);
        std::fs::write(folder.join(format!("{name}.xlsx")), xlsx(&figures, &info, lang).unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.docx")), docx(&figures, &info, lang).unwrap()).unwrap();
        std::fs::write(folder.join(format!("{name}.html")), html(&figures, &info, lang).unwrap()).unwrap();
    }
}
