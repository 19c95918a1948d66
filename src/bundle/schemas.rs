//! JSON Schemas of every stored and exported thing, generated from the types that read and write them.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use super::files::{CatalogueFile, PeopleFile, WithheldFile};
use super::meta::{Consistency, Meta};
use super::proof::{Proof, ProofReport};
use crate::ledger::Info;
use crate::record::{Event, Part, Report};
use crate::rules::data::EditionData;

macro_rules! schemas {
    ($($file:literal => $type:ty),+ $(,)?) => {
        /// File name and text of each schema, as shipped.
        pub fn all() -> Vec<(&'static str, &'static str)> {
            vec![$(($file, include_str!(concat!("../../schemas/", $file)))),+]
        }

        /// The same, generated anew.
        pub fn generate() -> Vec<(&'static str, String)> {
            vec![$(($file, text::<$type>())),+]
        }
    };
}

schemas! {
    "bundle.schema.json" => Meta,
    "catalog.schema.json" => CatalogueFile,
    "consistency.schema.json" => Consistency,
    "event.schema.json" => Event,
    "ledger.schema.json" => Info,
    "part.schema.json" => Part,
    "people.schema.json" => PeopleFile,
    "proof-report.schema.json" => ProofReport,
    "proof.schema.json" => Proof,
    "report.schema.json" => Report,
    "rules.schema.json" => EditionData,
    "withheld.schema.json" => WithheldFile,
}

fn text<T: JsonSchema>() -> String {
    let schema: Value = schema_for!(T).into();
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
