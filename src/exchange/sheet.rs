//! One table for people, whatever it is written as.

use jiff::civil::Date;

use super::words::Word;
use crate::fault::Lang;

/// A table with a title, ready to be written as terminal table, CSV, JSON, XLSX or part of an HTML page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sheet {
    /// Short name: tab of a workbook, anchor of a page.
    pub name: String,
    /// Title above the table.
    pub title: String,
    /// Lines between title and table.
    pub notes: Vec<String>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Rows; each holds one cell for each column.
    pub rows: Vec<Vec<Cell>>,
}

/// One cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    #[default]
    Empty,
    /// Text as given; never interpreted.
    Text(String),
    /// A whole number.
    Number(i64),
    /// A day.
    Date(Date),
    /// A word of a closed list: JSON gets its code, people its name.
    Word(Word),
    /// Several words.
    Words(Vec<Word>),
}

/// What a column holds, which decides how it is aligned, wrapped and offered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Kind {
    /// Short text.
    #[default]
    Text,
    /// Text that may wrap over several lines.
    Long,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A whole number, right aligned.
    Number,
    /// Address of a page.
    Link,
    /// A word shown as a coloured label.
    Tag,
    /// Ids and digests, in a fixed-width face.
    Code,
    /// One of these texts, offered as a drop-down list.
    Choice(Vec<String>),
    /// Several of these texts, separated by `、`.
    Choices(Vec<String>),
}

/// Where a column stands on the HTML page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Place {
    /// A column of its own.
    #[default]
    Own,
    /// What the row is called; carries the row's link.
    Main,
    /// In small type under the main column.
    Under,
    /// Not shown.
    Hidden,
}

/// How the HTML page lets people narrow the list by a column.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// Not at all.
    #[default]
    None,
    /// By its values.
    Value,
    /// By the year of its date.
    Year,
}

/// One column of a [`Sheet`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// Stable ASCII name; member name in JSON.
    pub key: String,
    /// Chinese heading.
    pub zh: String,
    /// English heading.
    pub en: String,
    /// Width in half-width characters, for XLSX.
    pub width: u16,
    /// What it holds.
    pub kind: Kind,
    /// Where it stands on the HTML page.
    pub place: Place,
    /// How the HTML page filters by it.
    pub filter: Filter,
    /// Whether people are to fill it in; shaded in XLSX.
    pub fill: bool,
    /// Whether the terminal leaves it out.
    pub quiet: bool,
}

impl Column {
    /// A text column, `width` half-width characters wide.
    pub fn new(key: &str, zh: &str, en: &str, width: u16) -> Self {
        Self { key: key.to_owned(), zh: zh.to_owned(), en: en.to_owned(), width, ..Self::default() }
    }

    /// Sets what it holds. Links and codes are left out on a terminal unless [`Column::loud`] follows.
    #[must_use]
    pub fn kind(mut self, kind: Kind) -> Self {
        self.quiet = self.quiet || kind == Kind::Link;
        self.kind = kind;
        self
    }

    /// Sets its place on the HTML page.
    #[must_use]
    pub fn place(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Lets the HTML page filter by it.
    #[must_use]
    pub fn filter(mut self, filter: Filter) -> Self {
        self.filter = filter;
        self
    }

    /// Marks it as one to be filled in.
    #[must_use]
    pub fn fill(mut self) -> Self {
        self.fill = true;
        self
    }

    /// Leaves it out on a terminal.
    #[must_use]
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Shows it on a terminal whatever its kind.
    #[must_use]
    pub fn loud(mut self) -> Self {
        self.quiet = false;
        self
    }

    /// The heading in `lang`.
    pub fn heading(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

impl Cell {
    /// The text people see.
    pub fn show(&self, lang: Lang) -> String {
        let name = |word: &Word| if lang == Lang::Zh { word.zh.clone() } else { word.en.clone() };
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
            Self::Word(word) => name(word),
            Self::Words(words) => {
                let between = if lang == Lang::Zh { "、" } else { ", " };
                words.iter().map(name).collect::<Vec<_>>().join(between)
            }
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text) }
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<Date> for Cell {
    fn from(date: Date) -> Self {
        Self::Date(date)
    }
}

impl From<Word> for Cell {
    fn from(word: Word) -> Self {
        Self::Word(word)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}
