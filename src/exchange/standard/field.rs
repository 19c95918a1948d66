//! 试点领域: the 26 fields for which standard catalogues are kept (`schemas/fields.json`).

use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::exchange::text::normal_heading;

/// A field.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub struct FieldEntry {
    /// Stable ASCII name.
    pub code: String,
    /// Chinese name, without 领域.
    pub zh: String,
    /// English name.
    pub en: String,
    /// Number of the paragraph that names it, 1 to 20.
    pub item: u8,
    /// 责任单位
    pub units: Vec<String>,
}

#[derive(Deserialize, Default)]
struct List {
    fields: Vec<FieldEntry>,
}

static FIELDS: LazyLock<List> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../../schemas/fields.json")).unwrap_or_default());

/// All fields, in the order of the document that names them.
pub fn fields() -> &'static [FieldEntry] {
    &FIELDS.fields
}

/// One of the 26 fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field(&'static FieldEntry);

impl Field {
    /// The field with this code or name; 领域, white space and width do not matter.
    pub fn read(text: &str) -> Option<Self> {
        let wanted = normal_heading(text);
        let wanted = wanted.strip_suffix("领域").unwrap_or(&wanted);
        let is = |field: &&FieldEntry| {
            [&field.code, &field.zh, &field.en].iter().any(|n| normal_heading(n) == wanted)
        };
        fields().iter().find(is).map(Self)
    }

    /// The field that a heading such as `三、社会救助领域` or `某县社会救助领域基层政务公开标准目录` names.
    pub fn in_heading(text: &str) -> Option<Self> {
        let text = normal_heading(text);
        let (before, _) = text.split_once("领域")?;
        let named = fields().iter().filter(|field| before.ends_with(&normal_heading(&field.zh)));
        named.max_by_key(|field| field.zh.len()).map(Self)
    }

    /// The entry.
    pub fn entry(self) -> &'static FieldEntry {
        self.0
    }

    /// Stable code.
    pub fn code(self) -> &'static str {
        &self.0.code
    }

    /// Chinese name.
    pub fn zh(self) -> &'static str {
        &self.0.zh
    }
}

impl Serialize for Field {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let found = fields().iter().find(|field| field.code == text).map(Self);
        found.ok_or_else(|| serde::de::Error::custom(format!("no field {text}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_26_and_each_has_its_units() {
        assert_eq!(fields().len(), 26);
        assert!(fields().iter().all(|field| !field.units.is_empty()));
        let mut codes: Vec<_> = fields().iter().map(|field| &field.code).collect();
        codes.sort();
        codes.dedup();
        assert_eq!(codes.len(), 26);
    }

    #[test]
    fn a_field_is_read_by_name_and_out_of_a_heading() {
        assert_eq!(Field::read("社会救助领域").map(Field::code), Some("social_assistance"));
        assert_eq!(Field::read("tax").map(Field::zh), Some("税收管理"));
        assert_eq!(Field::read("军事"), None);
        let heading = |text| Field::in_heading(text).map(Field::zh);
        assert_eq!(heading("（三）社会救助领域"), Some("社会救助"));
        assert_eq!(heading("某县农村危房改造领域基层政务公开标准目录"), Some("农村危房改造"));
        assert_eq!(heading("基层政务公开标准目录"), None);
        assert_eq!(heading("就业"), None);
    }
}
