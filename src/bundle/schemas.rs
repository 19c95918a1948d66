//! JSON Schemas of every stored and exported thing, generated from the types that read and write them.

use schemars::{JsonSchema, schema_for};
use serde_json::{Map, Value, json};

use super::files::{CatalogueFile, PeopleFile, WithheldFile};
use super::meta::{Consistency, Meta};
use super::proof::{Proof, ProofReport};
use super::verify::BundleReport;
use crate::ledger::Info;
use crate::record::{Event, Judged, LineForm, Part, Report};
use crate::rules::data::EditionData;

/// Greatest number in anything of ours.
const NUMBER_MAX: u64 = (1 << 53) - 1;

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
    "bundle-check.schema.json" => Judged<'_, BundleReport>,
    "bundle.schema.json" => Meta,
    "catalog.schema.json" => CatalogueFile,
    "consistency.schema.json" => Consistency,
    "event.schema.json" => Event,
    "ledger.schema.json" => Info,
    "line.schema.json" => LineForm,
    "part.schema.json" => Part,
    "people.schema.json" => PeopleFile,
    "proof-report.schema.json" => Judged<'_, ProofReport>,
    "proof.schema.json" => Proof,
    "report.schema.json" => Judged<'_, Report>,
    "rules.schema.json" => EditionData,
    "withheld.schema.json" => WithheldFile,
}

/// The schema of a type, as shipped.
pub fn text<T: JsonSchema>() -> String {
    let mut schema: Value = schema_for!(T).into();
    narrow(&mut schema, false);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Says what the types alone do not: nothing of ours holds a member that is not named here, a `null` for a member that
/// is absent, or a number of 2^53 and more. `part` is true where an object is described by several schemas together.
fn narrow(schema: &mut Value, part: bool) {
    let Some(schema) = schema.as_object_mut() else { return };
    if matches!(schema.get("format"), Some(Value::String(format)) if format.starts_with("uint")) {
        schema.remove("format");
        schema.entry("maximum").or_insert_with(|| NUMBER_MAX.into());
    }
    let several = ["oneOf", "anyOf", "allOf"].into_iter().any(|list| schema.contains_key(list));
    let object = schema.contains_key("properties");
    if object {
        no_nulls(schema);
        let open =
            ["additionalProperties", "unevaluatedProperties"].iter().all(|word| !schema.contains_key(*word));
        if open && !part {
            let word = if several { "unevaluatedProperties" } else { "additionalProperties" };
            schema.insert(word.into(), false.into());
        }
    }
    for (word, inner) in schema.iter_mut() {
        match (word.as_str(), inner) {
            ("properties" | "$defs", Value::Object(named)) => {
                named.values_mut().for_each(|s| narrow(s, false))
            }
            ("oneOf" | "anyOf" | "allOf", Value::Array(list)) => {
                list.iter_mut().for_each(|s| narrow(s, object))
            }
            ("items" | "additionalProperties", inner) => narrow(inner, false),
            _ => {}
        }
    }
}

/// A member that need not be there is left out, never `null`.
fn no_nulls(object: &mut Map<String, Value>) {
    let required = object.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(&json!(name))) {
        let Some(property) = property.as_object_mut() else { continue };
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
            if let [one] = &types[..] {
                let one = one.clone();
                property.insert("type".into(), one);
            }
        }
        let Some(Value::Array(any)) = property.get_mut("anyOf") else { continue };
        any.retain(|one| *one != json!({ "type": "null" }));
        if let [Value::Object(one)] = &any[..] {
            let one = one.clone();
            property.remove("anyOf");
            for (word, value) in one {
                property.entry(word).or_insert(value);
            }
        }
    }
}
