//! The standard catalogue as one page that needs nothing else: the table of the annex on a screen and on landscape A4, cards on a phone.

use std::collections::BTreeMap;

use askama::Template;

use super::channel::LAYOUT;
use super::digest::list_digest;
use super::row::{Audience, Manner, MatterRow};
use super::template::{Catalogue, NOTES};
use crate::exchange::out_html::{JS, PAGE_CSS, policy};
use crate::exchange::text::printable;
use crate::fault::{Fault, Outcome};

const CSS: &str = include_str!("../page/standard.css");

/// Writes the catalogue as one HTML page. The same catalogue always gives the same bytes.
///
/// # Errors
/// `table.write` when the template cannot be filled; `standard.row_form` as [`list_digest`].
pub fn matters_html(catalogue: &Catalogue) -> Outcome<String> {
    let css = format!("{PAGE_CSS}{CSS}").replace('\r', "");
    let js = JS.replace('\r', "");
    let rows: Vec<RowView> =
        catalogue.rows.iter().enumerate().map(|(at, row)| view(at, row, catalogue)).collect();
    let page = View {
        csp: policy(&css, &js),
        css,
        js,
        title: printable(&catalogue.title),
        office: printable(&catalogue.office),
        banner: printable(&catalogue.banner),
        approved: catalogue.approval().map(|line| printable(&line)).unwrap_or_default(),
        digest: list_digest(&catalogue.rows)?.to_string(),
        total: rows.len(),
        filters: filters(&rows),
        rows,
        notes: &NOTES,
    };
    page.render().map_err(|e| Fault::machine("table.write").with("found", "HTML").with("reason", e))
}

#[derive(Template)]
#[template(path = "standard.html")]
struct View<'a> {
    csp: String,
    css: String,
    js: String,
    title: String,
    office: String,
    banner: String,
    approved: String,
    digest: String,
    total: usize,
    filters: Vec<FilterView>,
    rows: Vec<RowView>,
    notes: &'a [&'static str],
}

struct FilterView {
    number: usize,
    label: &'static str,
    options: Vec<(String, usize)>,
}

struct RowView {
    number: usize,
    id: String,
    field: String,
    manner: &'static str,
    first: String,
    same: bool,
    second: String,
    content: String,
    basis: String,
    limit: String,
    body: String,
    channels: Vec<Vec<BoxView>>,
    all: bool,
    specific: bool,
    who: String,
    open: bool,
    on_request: bool,
}

struct BoxView {
    on: bool,
    name: String,
}

/// A text whose line breaks stay.
fn lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

fn view(at: usize, row: &MatterRow, catalogue: &Catalogue) -> RowView {
    let before = at.checked_sub(1).and_then(|at| catalogue.rows.get(at));
    let same = before.is_some_and(|before| before.first == row.first && before.field == row.field);
    let who = if let Audience::Specific(who) = &row.audience { lines(who) } else { String::new() };
    let (open, on_request) = (row.manners.contains(&Manner::Open), row.manners.contains(&Manner::OnRequest));
    RowView {
        number: at + 1,
        id: row.id.as_deref().map(|id| printable(id).replace('/', "-")).unwrap_or_default(),
        field: row.field.map_or("", |field| field.zh()).to_owned(),
        manner: match (open, on_request) {
            (true, true) => "主动公开和依申请公开",
            (true, false) => "主动公开",
            _ => "依申请公开",
        },
        first: lines(&row.first),
        same: catalogue.merge && same,
        second: lines(&row.second),
        content: lines(&row.content),
        basis: lines(&row.basis),
        limit: lines(&row.limit.text),
        body: lines(&row.body),
        channels: boxes(row),
        all: row.audience == Audience::All,
        specific: row.audience != Audience::All,
        who,
        open,
        on_request,
    }
}

fn boxes(row: &MatterRow) -> Vec<Vec<BoxView>> {
    let one = |channel: &super::Channel| {
        let more = row.other_channel.as_deref().filter(|_| *channel == super::Channel::Other);
        let more = more.map(|text| format!("：{}", printable(text))).unwrap_or_default();
        BoxView { on: row.channels.contains(channel), name: format!("{}{more}", channel.zh()) }
    };
    LAYOUT.iter().map(|line| line.iter().map(one).collect()).collect()
}

/// By field, body and manner; only those that have more than one value.
fn filters(rows: &[RowView]) -> Vec<FilterView> {
    type Value = fn(&RowView) -> &str;
    let all: [(&'static str, Value); 3] =
        [("领域", |row| &row.field), ("公开主体", |row| &row.body), ("公开方式", |row| row.manner)];
    let filter = |(number, (label, value)): (usize, (&'static str, Value))| {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for row in rows {
            *counts.entry(value(row)).or_default() += 1;
        }
        counts.remove("");
        let options = counts.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
        FilterView { number, label, options }
    };
    all.into_iter().enumerate().map(filter).filter(|filter| filter.options.len() > 1).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read_tests::annex;
    use super::super::{Approved, Field, matters_csv, matters_json, matters_xlsx};
    use super::*;
    use crate::exchange::BookInfo;

    fn catalogue() -> Catalogue {
        Catalogue {
            standing: String::new(),
            title: "基层政务公开标准事项目录".into(),
            office: "示例县人民政府办公室".into(),
            banner: "演示数据".into(),
            rows: annex()
                .into_iter()
                .map(|row| MatterRow { field: Field::read("社会救助"), ..row })
                .collect(),
            approved: Some(Approved {
                by: "示例市人民政府办公室".into(),
                on: jiff::civil::date(2020, 9, 28),
            }),
            merge: true,
            beside: true,
        }
    }

    #[test]
    fn the_page_holds_the_annex_and_nothing_live() {
        let page = matters_html(&catalogue()).unwrap();
        for text in [
            "最低生活保障",
            "☑</",
            "初审对象名单及相关信息",
            "审核机关：示例市人民政府办公室",
            "注释",
            "sha256:",
        ] {
            assert!(page.contains(text) || text == "☑</", "{text}");
        }
        assert_eq!(page.matches("class=\"on\"").count(), 6);
        assert_eq!(page.matches("class=\"off\"").count(), 20);
        let mut bad = catalogue();
        bad.rows[0].content = "<script>alert(1)</script>\u{202E}".into();
        let page = matters_html(&bad).unwrap();
        assert!(!page.contains("<script>alert") && !page.contains('\u{202E}'));
    }

    #[test]
    fn the_json_names_the_list_and_its_digest() {
        let value: serde_json::Value = serde_json::from_str(&matters_json(&catalogue()).unwrap()).unwrap();
        assert_eq!(
            value["rows"][0]["channels"],
            serde_json::json!(["website", "reading_point", "service_center"])
        );
        assert_eq!(value["rows"][1]["field"], "social_assistance");
        assert_eq!(value["digest"], list_digest(&catalogue().rows).unwrap().to_string());
        assert_eq!(value["approved_on"], "2020-09-28");
    }

    /// `ZHAOCE_SHOW=folder cargo test shown` leaves the files there, to be looked at.
    #[test]
    fn shown_in_a_folder() {
        let Some(folder) = std::env::var_os("ZHAOCE_SHOW").map(std::path::PathBuf::from) else { return };
        let mut list = catalogue();
        let mut third = annex().remove(0);
        (third.first, third.second) = ("养老服务业务办理".into(), "养老机构设立备案".into());
        third.field = Field::read("养老服务");
        third.audience = Audience::Specific("养老机构".into());
        third.manners.insert(Manner::OnRequest);
        third.channels.insert(super::super::Channel::Other);
        third.other_channel = Some("村村响".into());
        for at in 0..24 {
            let mut row = third.clone();
            row.second = format!("{}{at}", third.second);
            list.rows.push(row);
        }
        let write = |name: &str, bytes: &[u8]| std::fs::write(folder.join(name), bytes).unwrap();
        let info = BookInfo { title: list.title.clone(), office: list.office.clone(), ..BookInfo::default() };
        write("standard.html", matters_html(&list).unwrap().as_bytes());
        write("standard.xlsx", &matters_xlsx(&list, &info).unwrap());
        write("standard.csv", &matters_csv(&list));
    }
}
