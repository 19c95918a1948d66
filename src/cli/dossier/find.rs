//! Dossiers by name, number or id.

use std::collections::BTreeMap;

use super::show::called;
use crate::exchange::normal;
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::views::{DossierRow, Query};

/// Members by which people name a dossier.
const NAMES: [&str; 7] = ["name", "title", "document_number", "second", "first", "scope", "content"];

fn ask<T>(ledger: &Ledger, question: impl Fn(&Query<'_>) -> Outcome<T>) -> Outcome<T> {
    ledger.views().ask(ledger.log(), question)
}

/// Every dossier of a class, in the order of their first events.
pub fn rows(ledger: &Ledger, class: &str) -> Outcome<Vec<DossierRow>> {
    ask(ledger, |query| query.dossiers(&format!("{class}/")))
}

/// Names of the units, by id.
pub fn unit_names(ledger: &Ledger) -> Outcome<BTreeMap<String, String>> {
    let units = rows(ledger, "unit")?;
    Ok(units.iter().filter_map(|unit| Some((unit.id.to_string(), unit.text("name")?.to_owned()))).collect())
}

/// The one dossier of a class that a text names: its id, the beginning of it, a name or a number.
///
/// Errors: `dossier.unknown`, `dossier.ambiguous`.
pub fn find(ledger: &Ledger, class: &str, text: &str) -> Outcome<DossierRow> {
    let bare = text.trim().trim_start_matches(class).trim_start_matches('/');
    let is_id = !bare.is_empty() && bare.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let mut found =
        if is_id { ask(ledger, |query| query.dossiers(&format!("{class}/{bare}")))? } else { Vec::new() };
    if found.is_empty() {
        let wanted = normal(text);
        let is = |row: &DossierRow| {
            let known = NAMES.iter().filter_map(|name| row.text(name)).chain(row.code("name"));
            known.into_iter().any(|known| normal(known) == wanted)
        };
        found = rows(ledger, class)?.into_iter().filter(is).collect();
    }
    match (found.pop(), found.len()) {
        (Some(only), 0) => Ok(only),
        (None, _) => Err(Fault::usage("dossier.unknown").with("found", text)),
        (Some(last), more) => {
            found.push(last);
            let shown: Vec<String> =
                found.iter().take(5).map(|row| format!("{} {}", row.id, called(row))).collect();
            let fault = Fault::usage("dossier.ambiguous").with("found", text).with("count", more + 1);
            Err(fault.with("expected", shown.join("、")))
        }
    }
}
