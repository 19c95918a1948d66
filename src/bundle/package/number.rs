//! 档号 by DA/T 22 and DA/T 13, 按公开资料实现: how the number of a record is written, taken apart, and where its folder stands.
//!
//! A series is a last-level class: fonds, category, year, retention and, perhaps, unit. Numbers count from 1 in each series without a
//! gap. How they are written is a template of the fonds, like that of 索引号; what was written once stays.

use std::collections::BTreeMap;

use crate::fault::{Fault, Outcome};
use crate::rules::Dossier;
use crate::rules::index_number::{IndexNumber, Template};

/// The template where a fonds has adopted none.
pub const DEFAULT: &str = "{fonds}-{category}·{year}-{retention}-{unit}-{serial:4}";
/// The same for a series without a unit.
pub const DEFAULT_WITHOUT_UNIT: &str = "{fonds}-{category}·{year}-{retention}-{serial:4}";
/// Longest 档号, in bytes: it is the name of a folder.
const LONGEST: usize = 160;

/// A series: what the numbers of a last-level class have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Series {
    /// 全宗号
    pub fonds: String,
    /// 门类
    pub category: String,
    /// 年度
    pub year: u64,
    /// 保管期限, as the rule book codes it: `y`, `d30`, `d10`.
    pub retention: String,
    /// 机构（问题）
    pub unit: Option<String>,
}

impl Series {
    /// What the law remembers of a series.
    pub fn of(dossier: &Dossier) -> Option<Self> {
        let text = |name: &str| dossier.text(name).map(str::to_owned);
        Some(Self {
            fonds: text("fonds")?,
            category: text("category")?,
            year: dossier.get("year")?.number()?,
            retention: text("retention")?,
            unit: text("unit"),
        })
    }

    /// Where its records stand: `Z109/WS·2026/D30/BGS`.
    pub fn folder(&self) -> String {
        let (mark, unit) = (retention_mark(&self.retention), self.unit.as_deref());
        let unit = unit.map(|unit| format!("/{unit}")).unwrap_or_default();
        format!("{}/{}·{}/{mark}{unit}", self.fonds, self.category, self.year)
    }

    /// Its `number`th record by `template`, or by the default one.
    ///
    /// # Errors
    /// `package.number_form` when it could not be the name of a folder, `index_number.value`, `index_number.full` when the template
    /// cannot write it.
    pub fn write(&self, template: Option<&Template>, number: u64) -> Outcome<String> {
        let own;
        let template = match template {
            Some(template) => template,
            None => {
                own = Template::parse(if self.unit.is_some() { DEFAULT } else { DEFAULT_WITHOUT_UNIT })?;
                &own
            }
        };
        let text = template.write(&IndexNumber { values: self.values(), serial: number })?;
        if is_sound(&text) {
            Ok(text)
        } else {
            Err(Fault::refused("package.number_form").with("found", text))
        }
    }

    /// The same, whatever the template: where it cannot write the number, the default says it.
    pub fn write_anyway(&self, template: Option<&Template>, number: u64) -> String {
        let written = self.write(template, number).or_else(|_| self.write(None, number));
        written.unwrap_or_else(|_| {
            let unit = self.unit.as_deref().map(|unit| format!("-{unit}")).unwrap_or_default();
            let mark = retention_mark(&self.retention);
            format!("{}-{}·{}-{mark}{unit}-{number:04}", self.fonds, self.category, self.year)
        })
    }

    fn values(&self) -> BTreeMap<String, String> {
        let mut values = BTreeMap::from([
            ("fonds".to_owned(), self.fonds.clone()),
            ("category".to_owned(), self.category.clone()),
            ("year".to_owned(), self.year.to_string()),
            ("retention".to_owned(), retention_mark(&self.retention).to_owned()),
        ]);
        values.extend(self.unit.clone().map(|unit| ("unit".to_owned(), unit)));
        values
    }
}

/// Takes a 档号 of the default form apart: series and number.
pub fn parse(text: &str) -> Option<(Series, u64)> {
    let (with, without) = (Template::parse(DEFAULT).ok()?, Template::parse(DEFAULT_WITHOUT_UNIT).ok()?);
    let number = with.recognise(text).or_else(|| without.recognise(text))?;
    let value = |name: &str| number.values.get(name).cloned();
    let series = Series {
        fonds: value("fonds")?,
        category: value("category")?,
        year: value("year")?.parse().ok()?,
        retention: retention_code(&value("retention")?)?.to_owned(),
        unit: value("unit"),
    };
    Some((series, number.serial))
}

/// Checks a template before it is adopted: it must write numbers that are names of folders, and have the fields a series has.
///
/// # Errors
/// `index_number.template`, `index_number.value`, `package.number_form`.
pub fn check(template: &Template, fonds: &str) -> Outcome<String> {
    let sample = Series {
        fonds: fonds.into(),
        category: "WS".into(),
        year: 2026,
        retention: "d30".into(),
        unit: Some("BGS".into()),
    };
    sample.write(Some(template), 1)
}

/// `Y`, `D30`, `D10`.
pub fn retention_mark(code: &str) -> &str {
    match code {
        "y" => "Y",
        "d30" => "D30",
        "d10" => "D10",
        other => other,
    }
}

/// The code of a mark, of a code, or of what people write: `30`, `30年`, `永久`.
pub fn retention_code(text: &str) -> Option<&'static str> {
    match text.trim() {
        "y" | "Y" | "永久" => Some("y"),
        "d30" | "D30" | "30" | "30年" => Some("d30"),
        "d10" | "D10" | "10" | "10年" => Some("d10"),
        _ => None,
    }
}

/// 永久, 30年, 10年.
pub fn retention_name(code: &str) -> &str {
    match code {
        "y" => "永久",
        "d30" => "30年",
        "d10" => "10年",
        other => other,
    }
}

/// Whether a text can be the name of a folder everywhere.
fn is_sound(text: &str) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '·' | '〔' | '〕' | '（' | '）');
    !text.is_empty()
        && text.len() <= LONGEST
        && !text.starts_with('.')
        && !text.ends_with('.')
        && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(unit: Option<&str>) -> Series {
        Series {
            fonds: "Z109".into(),
            category: "WS".into(),
            year: 2011,
            retention: "y".into(),
            unit: unit.map(str::to_owned),
        }
    }

    #[test]
    fn a_number_is_written_as_the_standard_shows_it() {
        assert_eq!(series(Some("BGS")).write(None, 1).unwrap(), "Z109-WS·2011-Y-BGS-0001");
        assert_eq!(series(None).write(None, 12).unwrap(), "Z109-WS·2011-Y-0012");
        assert_eq!(series(Some("BGS")).folder(), "Z109/WS·2011/Y/BGS");
        assert_eq!(series(None).folder(), "Z109/WS·2011/Y");
    }

    #[test]
    fn what_was_written_is_taken_apart_again() {
        for unit in [Some("BGS"), None] {
            for number in [1, 9999] {
                let text = series(unit).write(None, number).unwrap();
                assert_eq!(parse(&text), Some((series(unit), number)), "{text}");
            }
        }
        assert_eq!(parse("Z109-WS·2011-Y-BGS-0000"), None);
        assert_eq!(parse("随便"), None);
    }

    #[test]
    fn a_full_series_is_refused_and_still_has_a_name() {
        assert_eq!(series(None).write(None, 10_000).unwrap_err().code, "index_number.full");
        assert_eq!(series(None).write_anyway(None, 10_000), "Z109-WS·2011-Y-10000");
    }

    #[test]
    fn a_template_that_makes_no_folder_is_refused() {
        let bad = Template::parse("{fonds}/{serial:4}").unwrap();
        assert_eq!(check(&bad, "Z109").unwrap_err().code, "package.number_form");
        let good = Template::parse("{fonds}.{year}.{serial:5}").unwrap();
        assert_eq!(check(&good, "Z109").unwrap(), "Z109.2026.00001");
    }
}
