//! A row of an older catalogue as the event that takes it over.

use serde_json::json;

use super::desk::Desk;
use super::words::words;
use crate::exchange::{RecordRow, normal};
use crate::fault::Outcome;
use crate::ledger::Wish;
use crate::record::{Day, PartName, Subject};

/// What holds for all rows of an import.
pub struct Taker {
    person: Subject,
    on: Day,
    file: String,
    attribute: Option<String>,
    own: Vec<String>,
    unit: Option<Subject>,
}

impl Taker {
    /// Rows of `file`, taken over by the signer on `on`. `own`: names of this office, else that of the ledger.
    pub fn new(desk: &Desk<'_>, on: Day, file: &str, attribute: Option<String>, own: &[String]) -> Self {
        let own = if own.is_empty() { vec![desk.ledger.info().office.clone()] } else { own.to_vec() };
        let own = own.iter().map(|name| normal(name)).collect();
        Self { person: desk.me.clone(), on, file: file.to_owned(), attribute, own, unit: None }
    }

    /// The same, all rows belonging to a unit.
    pub fn of_unit(mut self, unit: Option<Subject>) -> Self {
        self.unit = unit;
        self
    }

    /// Without an issuer the row is this office's: it stands in its catalogue.
    fn is_own(&self, row: &RecordRow) -> bool {
        row.issuer.as_deref().is_none_or(|issuer| self.own.contains(&normal(issuer)))
    }

    fn attribute(&self, row: &RecordRow) -> String {
        let out = row.date_published.is_some() || row.url.is_some();
        let implied = if out { "open" } else { "unstated" };
        row.attribute.clone().or_else(|| self.attribute.clone()).unwrap_or_else(|| implied.into())
    }
}

/// The wish to take a row over. Legal dates stand as the row gives them.
pub fn inherited(taker: &Taker, id: &Subject, row: &RecordRow) -> Outcome<Wish> {
    let attribute = taker.attribute(row);
    let part = if attribute == "open" { PartName::Open } else { PartName::Closed };
    let (origin, responsible) = if taker.is_own(row) { ("made", "self") } else { ("obtained", "other") };
    let formed = row.date_written.map(|date| date.to_string());
    let published = row.date_published.map(|date| date.to_string());
    // A ground in other words than the law's stays in the row only.
    let ground = row.ground.as_deref().and_then(|text| words().read("ground", text).ok());
    let ground = ground.filter(|_| matches!(attribute.as_str(), "withheld" | "partial"));
    let wish = Wish::new("item.inherited", id)?
        .done(&taker.person, taker.on, "inherited")
        .fact("attribute", attribute)
        .fact("origin", origin)
        .fact("responsible", responsible)
        .maybe("ground", ground)
        .maybe("formed", formed.clone())
        .maybe("published", published.clone())
        .maybe("unit", taker.unit.as_ref().map(Subject::as_str))
        .part(PartName::Closed, "identity", row.identity.to_string())
        .part(PartName::Closed, "fingerprint", row.fingerprint.to_string())
        .part(PartName::Closed, "row", json!(row.given))
        .part(PartName::Closed, "source", json!({ "file": taker.file, "line": row.line }));
    let texts = [
        ("title", Some(row.title.clone())),
        ("document_number", row.document_number.clone()),
        ("index_number", row.index_number.clone()),
        ("issuer", row.issuer.clone()),
        ("formed", formed),
        ("published", published),
        ("topic", row.topic.clone()),
        ("validity", row.validity.clone()),
        ("address", row.url.clone()),
        ("summary", row.summary.clone()),
    ];
    Ok(texts.into_iter().fold(wish, |wish, (name, text)| wish.maybe_part(part, name, text)))
}
