//! Services of the catalogue against the list of the government service site: names must be equal, letter for letter.

use std::collections::BTreeSet;

use serde::Serialize;

use super::row::MatterRow;
use crate::exchange::text::normal_heading;

/// Where the two lists differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Difference {
    /// A service of the catalogue that the site does not have under that name.
    NotListed {
        /// Position of the row, from 0.
        row: usize,
        /// 一级事项
        first: String,
        /// 二级事项
        second: String,
        /// Names that may be meant, the likeliest first, at most three.
        suggestions: Vec<Suggestion>,
    },
    /// A name of the site that no service of the catalogue has.
    NotInCatalogue {
        /// The name.
        name: String,
    },
    /// A name that the site's list has twice.
    ListedTwice {
        /// The name.
        name: String,
    },
}

/// A name that may be meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// The name on the site.
    pub name: String,
    /// How like it is.
    pub likeness: Likeness,
}

/// How like a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Likeness {
    /// Differs in width, white space or punctuation only.
    Dress,
    /// One is a part of the other.
    Part,
    /// Shares most pairs of letters.
    Near,
}

/// Compares the rows that are services with the names on the site.
///
/// A row is found when its 二级事项 or its 一级事项 is exactly one of the names: in the template a service is named by the one or the
/// other (最低生活保障 / 办事指南). Nothing is normalised for that; near names are suggested only.
pub fn compare(rows: &[MatterRow], names: &[String]) -> Vec<Difference> {
    let listed: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    let mut found: BTreeSet<&str> = BTreeSet::new();
    let mut differences = Vec::new();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.service) {
        let exact: Vec<&str> = [row.second.as_str(), row.first.as_str()]
            .into_iter()
            .filter(|name| listed.contains(name))
            .collect();
        found.extend(&exact);
        if exact.is_empty() {
            differences.push(Difference::NotListed {
                row: at,
                first: row.first.clone(),
                second: row.second.clone(),
                suggestions: suggestions(row, &listed),
            });
        }
    }
    let missing = listed.iter().filter(|name| !found.contains(**name));
    differences.extend(missing.map(|name| Difference::NotInCatalogue { name: (*name).to_owned() }));
    let mut seen = BTreeSet::new();
    let mut twice: Vec<&String> = names.iter().filter(|name| !seen.insert(name.as_str())).collect();
    twice.dedup();
    differences.extend(twice.into_iter().map(|name| Difference::ListedTwice { name: name.clone() }));
    differences
}

fn suggestions(row: &MatterRow, listed: &BTreeSet<&str>) -> Vec<Suggestion> {
    let mine = [bare(&row.second), bare(&row.first)];
    let mut near: Vec<(Likeness, u32, &str)> = Vec::new();
    for name in listed {
        let other = bare(name);
        let best = mine.iter().filter(|own| !own.is_empty()).filter_map(|own| likeness(own, &other));
        near.extend(best.max_by_key(|(_, score)| *score).map(|(likeness, score)| (likeness, score, *name)));
    }
    near.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.2.cmp(b.2)));
    let suggestion =
        |(likeness, _, name): (Likeness, u32, &str)| Suggestion { name: name.to_owned(), likeness };
    near.into_iter().take(3).map(suggestion).collect()
}

/// A name without what only dresses it.
fn bare(name: &str) -> String {
    normal_heading(name).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// How like two bare names are, and a score of at most 100 by which they are ranked.
fn likeness(own: &str, other: &str) -> Option<(Likeness, u32)> {
    if own == other {
        return Some((Likeness::Dress, 100));
    }
    let (a, b) = (pairs(own), pairs(other));
    let shared = u32::try_from(a.intersection(&b).count()).unwrap_or(0);
    let all = u32::try_from(a.len() + b.len()).unwrap_or(u32::MAX).max(1);
    let score = (200 * shared / all).min(99);
    let long = own.chars().count().min(other.chars().count()) >= 4;
    if long && (own.contains(other) || other.contains(own)) {
        return Some((Likeness::Part, score));
    }
    (score >= 60).then_some((Likeness::Near, score))
}

fn pairs(text: &str) -> BTreeSet<(char, char)> {
    text.chars().zip(text.chars().skip(1)).collect()
}

/// The names in a table: one a row, in the column called 事项名称, else in the first.
pub fn service_names(table: &crate::exchange::Table) -> Vec<String> {
    let named = table.header.iter().position(|name| {
        ["事项名称", "服务事项名称", "办事服务事项名称", "政务服务事项名称", "名称", "name"]
            .contains(&name.as_str())
    });
    let at = named.unwrap_or(0);
    let cell = |row: &crate::exchange::Row| row.cells.get(at).map(|cell| cell.trim().to_owned());
    table.rows.iter().filter_map(cell).filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::read_tests::annex;
    use super::*;

    fn service(first: &str, second: &str) -> MatterRow {
        let row = annex().remove(0);
        MatterRow { first: first.to_owned(), second: second.to_owned(), service: true, ..row }
    }

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn names_must_be_equal_letter_for_letter() {
        let rows = [service("最低生活保障", "办事指南"), service("养老服务", "养老机构设立备案")];
        assert_eq!(compare(&rows, &names(&["最低生活保障", "养老机构设立备案"])), []);
        let found = compare(&rows, &names(&["最低生活保障 ", "设立养老机构备案", "户口登记"]));
        let suggested = |at: usize| match &found[at] {
            Difference::NotListed { suggestions, .. } => suggestions.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(suggested(0)[0].likeness, Likeness::Dress);
        assert_eq!(
            (suggested(1)[0].name.as_str(), suggested(1)[0].likeness),
            ("设立养老机构备案", Likeness::Near)
        );
        assert_eq!(found.iter().filter(|d| matches!(d, Difference::NotInCatalogue { .. })).count(), 3);
    }

    #[test]
    fn rows_that_are_no_services_are_not_compared() {
        assert_eq!(compare(&annex(), &[]), []);
        let twice = compare(&[service("甲事项", "")], &names(&["甲事项", "甲事项"]));
        assert_eq!(twice, [Difference::ListedTwice { name: "甲事项".into() }]);
    }
}
