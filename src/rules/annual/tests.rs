//! Relations hold in real reports, and every break of one is found.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::fault::Lang;

#[derive(Deserialize)]
struct Real {
    year: i16,
    rows: BTreeMap<String, BTreeMap<String, i64>>,
}

fn real(text: &str) -> (Figures, usize) {
    let real: Real = serde_json::from_str(text).unwrap();
    let mut figures = Figures::new(real.year).unwrap();
    let mut put = 0;
    for (row, columns) in &real.rows {
        for (column, value) in columns {
            let cell = figures.form().cell(&format!("{row}.{column}")).unwrap();
            figures.set(cell, Figure::stated(*value, 7));
            put += 1;
        }
    }
    (figures, put)
}

fn cell(figures: &Figures, name: &str) -> CellId {
    figures.form().cell(name).unwrap()
}

fn errors(found: &[Mismatch]) -> Vec<&'static str> {
    found.iter().filter(|m| !m.notice).map(|m| m.code).collect()
}

/// A report whose own cells hold these numbers, in the form's order, and whose sums are computed and then stated.
fn filled(year: i16, numbers: &[i64]) -> Figures {
    let mut figures = Figures::new(year).unwrap();
    let form = figures.form();
    let mut numbers = numbers.iter().cycle();
    for cell in form.cells().filter(|cell| form.addends(*cell).is_empty()) {
        let value = *numbers.next().unwrap();
        figures.set(cell, Figure::stated(value, 1));
    }
    for column in ["natural_person", "commercial", "research", "public_welfare", "legal_service", "other"] {
        let at = |row: &str| form.cell_for(row, column).unwrap();
        let gone: i64 = form.addends(at("total")).iter().map(|cell| figures.value(*cell).unwrap()).sum();
        let value = |row: &str| figures.value(at(row)).unwrap();
        let received = gone + value("carried_out") - value("carried_in");
        figures.set(at("new_received"), Figure::stated(received, 1));
    }
    figures.sum();
    for cell in form.cells() {
        let value = figures.value(cell).unwrap();
        figures.set(cell, Figure::stated(value, 1));
    }
    figures
}

#[test]
fn the_forms_are_there_and_their_cells_have_names_of_their_own() {
    assert_eq!(Form::all().iter().map(|f| f.id.as_str()).collect::<Vec<_>>(), ["2019-60", "2021-30"]);
    for (form, cells) in Form::all().iter().zip([4 * 3 + 6 + 2 + 2 + 23 * 7 + 15, 6 + 4 + 25 * 7 + 15]) {
        let names: Vec<String> = form.cells().map(|cell| cell.to_string()).collect();
        assert_eq!(names.len(), cells, "{}", form.id);
        for (name, cell) in names.iter().zip(form.cells()) {
            assert_eq!(form.cell(name).unwrap(), cell);
            assert_ne!(form.title(cell, Lang::Zh), form.title(cell, Lang::En));
        }
        for table in &form.tables {
            let groups = table.columns.iter().filter_map(|c| c.group.as_ref());
            let mut groups = groups.chain(table.rows.iter().flat_map(|row| &row.groups));
            assert!(groups.all(|code| table.group(code).is_some()));
        }
    }
}

#[test]
fn the_form_is_that_of_the_report_year() {
    for (year, form) in [(2019, "2019-60"), (2020, "2019-60"), (2021, "2021-30"), (2026, "2021-30")] {
        assert_eq!(Form::for_year(year).unwrap().id, form);
    }
    let fault = Form::for_year(2018).unwrap_err();
    assert_eq!(fault.code, "annual.no_form");
    assert!(fault.text(Lang::Zh).contains("2018"));
    let form = Form::for_year(2020).unwrap();
    assert_eq!(form.cell("o_no_fee.natural_person").unwrap_err().code, "annual.no_cell");
    let cell = form.cell_for("o_no_fee", "natural_person").unwrap();
    assert_eq!(cell.to_string(), "o_other.natural_person");
}

#[test]
fn sums_are_made_of_the_cells_that_the_tables_say() {
    let form = Form::for_year(2023).unwrap();
    let addends = |name: &str| form.addends(form.cell(name).unwrap()).len();
    assert_eq!(
        [
            addends("total.natural_person"),
            addends("granted.total"),
            addends("total.total"),
            addends("carried_out.total"),
            addends("review.total"),
            addends("granted.other"),
            addends("regulations.in_force")
        ],
        [21, 6, 126, 6, 4, 0, 0]
    );
}

#[test]
fn the_real_report_of_2023_keeps_every_relation() {
    let (figures, put) = real(include_str!("../../../tests/fixtures/annual/hebei-2023.json"));
    assert_eq!(put, 175);
    let found = check(&figures, None);
    assert_eq!(errors(&found), [""; 0]);
    assert!(
        found.iter().all(|m| m.code == "annual.missing" && m.cells.iter().all(|c| c.table() != TableId::T3))
    );

    let mut computed = figures.clone();
    let form = figures.form();
    for cell in form.cells().filter(|cell| cell.table() == TableId::T3 && !form.addends(*cell).is_empty()) {
        computed.set(cell, Figure::default());
    }
    computed.sum();
    for cell in form.cells() {
        assert_eq!(computed.value(cell), figures.value(cell), "{cell}");
    }
}

#[test]
fn a_real_report_of_2019_keeps_every_relation_of_its_form() {
    let (figures, _) = real(include_str!("../../../tests/fixtures/annual/shanghai-2019.json"));
    let mut counted = figures.clone();
    counted.counted(TableId::T3);
    counted.counted(TableId::T4);
    counted.sum();
    assert_eq!(errors(&check(&counted, None)), [""; 0]);
    assert_eq!(counted.value(cell(&counted, "total.total")), Some(805));
    assert_eq!(counted.missing(), []);
}

#[test]
fn each_relation_is_found_broken() {
    let broken = |name: &str, value: i64| {
        let mut figures = filled(2023, &[3, 5, 0, 8, 1]);
        assert_eq!(check(&figures, None), []);
        let cell = cell(&figures, name);
        figures.set(cell, Figure::stated(value, 1));
        errors(&check(&figures, None))
    };
    assert_eq!(broken("new_received.natural_person", 0), ["annual.balance", "annual.applicants"]);
    assert_eq!(broken("total.research", 999), ["annual.balance", "annual.outcomes", "annual.applicants"]);
    assert_eq!(broken("granted.total", 999), ["annual.outcomes", "annual.applicants"]);
    assert_eq!(broken("direct_suit.total", 999), ["annual.remedies"]);
    assert_eq!(broken("permits.decisions", -1), ["annual.negative"]);
    assert_eq!(broken("review.upheld", -1), ["annual.negative", "annual.remedies"]);
}

#[test]
fn two_years_are_compared() {
    let (mut last, mut this) = (filled(2022, &[4]), filled(2023, &[4]));
    assert_eq!(check(&this, Some(&last)).iter().map(|m| m.code).collect::<Vec<_>>(), [""; 0]);
    last.set(cell(&last, "carried_out.other"), Figure::stated(9, 1));
    this.set(cell(&this, "regulations.in_force"), Figure::stated(5, 1));
    let found = check(&this, Some(&last));
    let said: Vec<_> = found.iter().map(|m| (m.code, m.notice, m.expected, m.found)).collect();
    assert_eq!(
        said,
        [("annual.in_force", true, Some(4), Some(5)), ("annual.carried", false, Some(9), Some(4)),]
    );
    assert!(
        found[1]
            .text(Lang::Zh)
            .contains("二、上年结转政府信息公开申请数量 · 其他 应为上年度报告的结转数 9，实为 4")
    );
    assert!(found[1].text(Lang::En).contains("carried over, 9; it is 4"));
    let other = check(&this, Some(&filled(2021, &[4])));
    assert_eq!(other.last().map(|m| (m.code, m.notice)), Some(("annual.other_year", true)));
    assert!(other.last().unwrap().text(Lang::Zh).contains("2022 年度"));
}

#[test]
fn the_trial_form_of_2020_is_followed_by_that_of_2021() {
    let (mut last, this) = (filled(2020, &[4]), filled(2021, &[4]));
    assert_eq!(check(&this, Some(&last)), []);
    last.set(cell(&last, "carried_out.natural_person"), Figure::stated(1, 1));
    assert_eq!(errors(&check(&this, Some(&last))), ["annual.carried"]);
}

#[test]
fn missing_is_not_zero() {
    let mut figures = Figures::new(2023).unwrap();
    figures.counted(TableId::T3);
    figures.counted(TableId::T4);
    figures.sum();
    assert_eq!(figures.value(cell(&figures, "total.total")), Some(0));
    assert_eq!(figures.value(cell(&figures, "permits.decisions")), None);
    let found = check(&figures, None);
    assert_eq!(found.iter().map(|m| m.code).collect::<Vec<_>>(), ["annual.missing"; 6]);
    assert!(found[2].text(Lang::Zh).contains("行政许可 · 本年处理决定数量"));
    let mut part = Figures::new(2023).unwrap();
    part.count(cell(&part, "review.upheld"), 5);
    part.sum();
    assert_eq!(part.value(cell(&part, "review.total")), None);
}

#[test]
fn an_event_counts_once_and_a_count_has_its_events() {
    let mut figures = Figures::new(2023).unwrap();
    let (granted, partial) =
        (cell(&figures, "granted.natural_person"), cell(&figures, "partial.natural_person"));
    figures.count(granted, 12);
    figures.count(granted, 12);
    figures.count(partial, 12);
    figures.count(cell(&figures, "new_received.natural_person"), 12);
    let found = check(&figures, None);
    assert_eq!(errors(&found), ["annual.counted_twice"]);
    let twice = found.iter().find(|m| m.code == "annual.counted_twice").unwrap();
    assert_eq!((twice.cells.as_slice(), twice.found), ([partial, granted].as_slice(), Some(12)));
    figures.set(partial, Figure { value: 2, sources: vec![30], stated: false });
    assert_eq!(errors(&check(&figures, None)), ["annual.untraceable"]);
}

#[test]
fn what_was_counted_and_what_was_stated_add_up() {
    let mut figures = Figures::new(2023).unwrap();
    let carried = cell(&figures, "carried_in.natural_person");
    figures.state(carried, 5, 3);
    figures.count(carried, 9);
    let expected = Figure { value: 6, sources: vec![3, 9], stated: true };
    assert_eq!(figures.get(carried), Some(&expected));
    assert_eq!(errors(&check(&figures, None)), [""; 0]);
}

#[test]
fn amounts_are_exact() {
    for (fen, wan) in [
        (397_619_000_i64, "397.619"),
        (0, "0"),
        (1, "0.000001"),
        (-2_500_000, "-2.5"),
        (316_441_000_000, "316441"),
    ] {
        assert_eq!((Unit::FenAsWan.show(fen), Unit::FenAsWan.read(wan)), (wan.to_owned(), Some(fen)));
    }
    for bad in ["", ".", "1.", ".5", "1.2.3", "1,000", "1.0000001", "--1", "9223372036854775807", "1e3", "１"]
    {
        assert_eq!(Unit::FenAsWan.read(bad), None, "{bad}");
    }
    assert_eq!(Unit::FenAsYuan.show(25_100_050), "251000.5");
    assert_eq!(
        (Unit::Change.read("+1036"), Unit::Count.read("1.5"), Unit::Count.read("1.0")),
        (Some(1036), None, Some(1))
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_year_keeps_the_relations_and_any_altered_sum_is_found(
        numbers in prop::collection::vec(0..1_000_000_i64, 60..160),
        year in 2019..2030_i16,
        at in any::<prop::sample::Index>(),
        by in prop_oneof![-1000..0_i64, 1..1000_i64],
    ) {
        let mut figures = filled(year, &numbers);
        let negative = |m: &Mismatch| m.code == "annual.negative";
        prop_assert!(check(&figures, None).iter().all(|m| negative(m) && m.cells[0].row() == "new_received"));
        let form = figures.form();
        let sums: Vec<CellId> = form.cells().filter(|cell| !form.addends(*cell).is_empty()).collect();
        let cell = sums[at.index(sums.len())];
        let value = figures.value(cell).unwrap();
        figures.set(cell, Figure::stated(value + by, 1));
        let found = check(&figures, None);
        prop_assert!(found.iter().any(|m| !negative(m) && m.cells.contains(&cell)), "{cell}");
    }

    #[test]
    fn a_shown_amount_reads_as_itself(fen in any::<i64>().prop_map(|n| n / 2)) {
        for unit in [Unit::Count, Unit::FenAsWan, Unit::FenAsYuan] {
            prop_assert_eq!(unit.read(&unit.show(fen)), Some(fen));
        }
    }
}
