//! What a verb is told, as the rule book has it: one field for each fact of its kind, and for each member of its parts.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::cli::words::words;
use crate::exchange::ColumnSpec;
use crate::fault::Lang;
use crate::record::PartName;
use crate::rules::EDITIONS;
use crate::rules::data::{EditionData, FactForm, KindData};

/// Where a field goes.
#[derive(Debug, Clone, PartialEq)]
pub enum Place {
    /// A fact, with its type.
    Fact(FactForm),
    /// A member of a part.
    Part(PartName),
}

/// One thing a verb may be told.
#[derive(Debug)]
pub struct Field {
    /// Name of the fact or member.
    pub key: String,
    /// The option, without dashes in front.
    pub flag: String,
    /// Its help.
    pub help: String,
    /// What people call it, in both languages.
    pub title: (String, String),
    /// Where it goes.
    pub place: Place,
    /// Whether it must be told.
    pub required: bool,
    /// It may stand in the open or in the closed part.
    pub either: bool,
}

/// What the verb of a kind may be told.
#[derive(Debug, Default)]
pub struct Form {
    /// Title of the kind in both languages, as help shows it.
    pub about: String,
    /// It is recorded as taken over only.
    pub inherits: bool,
    /// The fields.
    pub fields: Vec<Field>,
}

static FORMS: LazyLock<BTreeMap<String, Form>> = LazyLock::new(|| {
    let newest = EDITIONS.last().copied().unwrap_or_default();
    let Ok(data) = serde_json::from_str::<EditionData>(newest) else { return BTreeMap::new() };
    data.kinds.iter().map(|(name, kind)| (name.clone(), Form::of(kind))).collect()
});

static NONE: LazyLock<Form> = LazyLock::new(Form::default);

/// Members that every verb takes with options of its own.
const COMMON: [&str; 2] = ["reason", "note"];

/// The form of a kind in the newest edition.
pub fn form(kind: &str) -> &'static Form {
    FORMS.get(kind).unwrap_or(&NONE)
}

impl Form {
    fn of(kind: &KindData) -> Self {
        let facts = kind
            .facts
            .iter()
            .map(|(key, rule)| Field::new(key, Place::Fact(rule.form.clone()), rule.required));
        let mut fields: Vec<Field> = facts.collect();
        // What may stand in the open or in the closed part is for the public unless something else is said.
        let mut parts: Vec<_> =
            kind.parts.iter().filter_map(|(name, part)| Some((part_name(name)?, part))).collect();
        parts.sort_by_key(|(place, _)| *place != PartName::Open);
        for (place, part) in parts {
            let must = part.members.iter().map(|member| (member, part.required));
            let may = part.optional.iter().map(|member| (member, false));
            for (member, required) in must.chain(may) {
                if COMMON.contains(&member.as_str()) {
                    continue;
                }
                match fields.iter_mut().find(|field| field.key == *member) {
                    None => fields.push(Field::new(member, Place::Part(place), required)),
                    Some(field) => {
                        field.either |=
                            field.place == Place::Part(PartName::Open) && place == PartName::Closed;
                    }
                }
            }
        }
        let about = format!("{} · {}", kind.zh, kind.en);
        Self { about, inherits: kind.modes == ["inherited"], fields }
    }

    /// The columns of a table that fills the form, a row an event.
    pub fn columns(&'static self) -> Vec<ColumnSpec> {
        let column = |field: &'static Field| ColumnSpec {
            key: &field.key,
            zh: &field.title.0,
            en: &field.title.1,
            aliases: &[],
        };
        self.fields.iter().map(column).collect()
    }
}

impl Field {
    fn new(key: &str, place: Place, required: bool) -> Self {
        let title = (words().text(key, Lang::Zh), words().text(key, Lang::En));
        let help = format!("{} · {}{}", title.0, title.1, hint(&place));
        // `--of` and `--from` would read the same as options that every verb has.
        let flag = if key == "from" { "source-text".into() } else { key.replace('_', "-") };
        Self { key: key.into(), flag, help, title, place, required, either: false }
    }
}

/// What may be written, where that is a closed list or a form.
fn hint(place: &Place) -> String {
    match place {
        Place::Fact(FactForm::Code { of } | FactForm::Codes { of, .. }) => {
            let words = words().vocab(of).words;
            let all: Vec<String> = words.iter().map(|word| format!("{} {}", word.zh, word.code)).collect();
            if all.len() > 13 { String::new() } else { format!("\n[{}]", all.join("、")) }
        }
        Place::Fact(FactForm::File) => "（文件，只登记摘要）".into(),
        _ => String::new(),
    }
}

fn part_name(name: &str) -> Option<PartName> {
    [PartName::Open, PartName::Closed, PartName::Personal].into_iter().find(|part| part.as_str() == name)
}
