//! Which column of a file is which: names as offices use them, in both languages.

use std::collections::BTreeMap;

use super::text::normal_heading;
use crate::fault::{Fault, Outcome};

/// A column that is expected, with every name it goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnSpec {
    /// Stable ASCII name.
    pub key: &'static str,
    /// Usual Chinese name, used in messages and in tables written here.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// Further names that are accepted.
    pub aliases: &'static [&'static str],
}

impl ColumnSpec {
    /// Whether a heading names this column. White space, case, width, `_`, `*`, colons and a remark in brackets do not matter.
    pub fn is_named(&self, heading: &str) -> bool {
        let heading = normal_heading(heading);
        if heading.is_empty() {
            return false;
        }
        let bare = heading.split(['(', '〔', '[', '【']).next().unwrap_or_default();
        let names = [self.key, self.zh, self.en].into_iter().chain(self.aliases.iter().copied());
        names.map(normal_heading).any(|name| name == heading || name == bare)
    }
}

/// Where the expected columns stand in a table, and which columns are beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Key of an expected column → its position, from 0.
    pub known: BTreeMap<&'static str, usize>,
    /// Positions and names of all other columns, in the file's order.
    pub extra: Vec<(usize, String)>,
}

impl Mapping {
    /// The cell of an expected column in a row; empty when the table has no such column.
    pub fn cell<'a>(&self, key: &str, cells: &'a [String]) -> &'a str {
        self.known.get(key).and_then(|at| cells.get(*at)).map_or("", String::as_str)
    }
}

/// Finds the expected columns in a header.
///
/// # Errors
/// `table.column_twice`, naming both columns, when two name the same one: which of them counts would be a guess.
pub fn matching(file: &str, line: u64, header: &[String], specs: &[ColumnSpec]) -> Outcome<Mapping> {
    let mut mapping = Mapping::default();
    for (at, name) in header.iter().enumerate() {
        let Some(spec) = specs.iter().find(|spec| spec.is_named(name)) else {
            mapping.extra.push((at, name.clone()));
            continue;
        };
        if let Some(before) = mapping.known.insert(spec.key, at) {
            let first = header.get(before).map_or("", String::as_str);
            let fault = Fault::usage("table.column_twice").with("file", file).with("line", line);
            return Err(fault.with("first", first).with("second", name).with("column", spec.zh));
        }
    }
    Ok(mapping)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPECS: &[ColumnSpec] = &[
        ColumnSpec { key: "title", zh: "标题", en: "Title", aliases: &["信息名称", "名称"] },
        ColumnSpec {
            key: "date_written", zh: "成文日期", en: "Date written", aliases: &["生成日期"]
        },
    ];

    fn header(names: &[&str]) -> Vec<String> {
        names.iter().map(|n| (*n).to_owned()).collect()
    }

    #[test]
    fn names_are_matched_whatever_their_dress() {
        let found = matching("f", 1, &header(&["* 信息 名称：", "备注", "Date_Written"]), SPECS).unwrap();
        assert_eq!(found.known, BTreeMap::from([("title", 0), ("date_written", 2)]));
        assert_eq!(found.extra, [(1, "备注".to_owned())]);
        assert!(SPECS[1].is_named("成文日期（必填）") && !SPECS[1].is_named("（必填）"));
    }

    #[test]
    fn a_column_named_twice_is_a_fault() {
        let fault = matching("f", 3, &header(&["标题", "名称"]), SPECS).unwrap_err();
        assert_eq!(
            (fault.code, fault.args["first"].as_str(), fault.args["second"].as_str()),
            ("table.column_twice", "标题", "名称")
        );
    }
}
