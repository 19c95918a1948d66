//! What people write, as values of facts.

use serde_json::{Value, json};

use super::find;
use crate::cli::desk::Desk;
use crate::cli::item::doing::{codes, day, digest_text, file_digest, split};
use crate::cli::item::which;
use crate::cli::lookup;
use crate::cli::words::words;
use crate::fault::{Fault, Outcome};
use crate::record::Subject;
use crate::rules::data::FactForm;

/// A fact of this type from a text. `given` names the text in messages; a file is named by its path on the command line
/// and by its digest in a table.
pub fn fact(desk: &Desk<'_>, form: &FactForm, text: &str, in_table: bool) -> Outcome<Value> {
    let text = text.trim();
    Ok(match form {
        FactForm::Code { of } => json!(words().read(of, text)?),
        FactForm::Codes { of, .. } => json!(codes(of, &split(text))?),
        FactForm::Date => json!(day(text)?.to_string()),
        FactForm::Dates => {
            let mut days = split(text).iter().map(|text| day(text)).collect::<Outcome<Vec<_>>>()?;
            days.sort_unstable();
            days.dedup();
            json!(days.iter().map(ToString::to_string).collect::<Vec<_>>())
        }
        FactForm::Int { .. } | FactForm::Seq => json!(number(text)?),
        FactForm::File if in_table => json!(digest_text(text)?),
        FactForm::File => json!(file_digest(text.as_ref())?),
        FactForm::Subject { of } => json!(subject(desk, of, text)?),
        _ => json!(text),
    })
}

fn number(text: &str) -> Outcome<u64> {
    text.replace(['_', ','], "").parse().map_err(|_| Fault::usage("number.unreadable").with("found", text))
}

/// The subject of a class that a text names: a person by name, an item by number, others by name or beginning of the id.
fn subject(desk: &Desk<'_>, class: &str, text: &str) -> Outcome<Subject> {
    match class {
        "person" => lookup::person(&desk.ledger, text),
        "item" => which::find_item(&desk.ledger, text),
        class => Ok(find::find(&desk.ledger, class, text)?.id),
    }
}
