//! How the catalogue covers the 26 fields: which of them have no matters.

use super::field::fields;
use super::row::MatterRow;
use crate::exchange::sheet::{Cell, Column, Kind, Place, Sheet};

/// One row for each of the 26 fields with the number of its matters, those without any marked; then the matters of no field.
pub fn coverage_sheet(office: &str, rows: &[MatterRow]) -> Sheet {
    let count = |code: Option<&str>| {
        let of = rows.iter().filter(|row| row.field.map(|field| field.code()) == code).count();
        i64::try_from(of).unwrap_or(i64::MAX)
    };
    let line = |at: usize, name: &str, units: String, count: i64| {
        let lacks = if count == 0 { "缺" } else { "" };
        let number = i64::try_from(at).unwrap_or(i64::MAX);
        vec![Cell::Number(number), name.into(), Cell::Number(count), lacks.into(), units.into()]
    };
    let mut lines: Vec<Vec<Cell>> = fields()
        .iter()
        .enumerate()
        .map(|(at, field)| line(at + 1, &field.zh, field.units.join("、"), count(Some(&field.code))))
        .collect();
    let listed = fields().iter().filter(|field| count(Some(&field.code)) > 0).count();
    let other = count(None);
    if other > 0 {
        let cells = vec![Cell::Empty, "未写明领域".into(), Cell::Number(other), Cell::Empty, Cell::Empty];
        lines.push(cells);
    }
    Sheet {
        name: "领域覆盖".into(),
        title: format!("{office} 标准目录领域覆盖情况"),
        notes: vec![format!("{} 个领域中 {listed} 个已有事项，共 {} 项", fields().len(), rows.len())],
        columns: vec![
            Column::new("number", "序号", "No.", 6).kind(Kind::Number).place(Place::Hidden),
            Column::new("field", "领域", "Field", 30),
            Column::new("count", "事项数", "Matters", 8).kind(Kind::Number),
            Column::new("lacks", "缺项", "Lacking", 6).kind(Kind::Tag),
            Column::new("units", "责任单位", "Units named by the document", 60).kind(Kind::Long),
        ],
        rows: lines,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read_tests::annex;
    use super::*;

    #[test]
    fn every_field_is_listed_and_those_without_matters_are_marked() {
        let mut rows = annex();
        rows.iter_mut().for_each(|row| row.field = super::super::Field::read("养老服务"));
        rows[0].field = None;
        let sheet = coverage_sheet("示例县", &rows);
        assert_eq!(sheet.rows.len(), 27);
        let lacking = sheet.rows.iter().filter(|row| row[3] == Cell::from("缺")).count();
        assert_eq!(lacking, 25);
        assert_eq!(sheet.rows[26][2], Cell::Number(1));
    }
}
