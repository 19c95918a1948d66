//! The JSON Schemas in `schemas/` are what the types say, and every code of a bundle is described. `ZHAOCE_WRITE_SCHEMAS=1 cargo test --test schemas` writes them.
#![allow(clippy::unwrap_used)]

use zhaoce::bundle::schemas;
use zhaoce::exchange::annual::AnnualFile;
use zhaoce::rules::annual::Forms;

/// Schemas of things that are in no bundle: name, text as shipped, text generated anew.
fn apart() -> [(&'static str, &'static str, String); 2] {
    [
        ("annual.schema.json", include_str!("../schemas/annual.schema.json"), schemas::text::<AnnualFile>()),
        (
            "annual-forms.schema.json",
            include_str!("../schemas/annual-forms.schema.json"),
            schemas::text::<Forms>(),
        ),
    ]
}

#[test]
fn the_shipped_schemas_are_current() {
    let bundled = schemas::all().into_iter().zip(schemas::generate());
    let bundled = bundled.map(|((name, shipped), (_, generated))| (name, shipped, generated));
    for (name, shipped, generated) in bundled.chain(apart()) {
        if std::env::var_os("ZHAOCE_WRITE_SCHEMAS").is_some() {
            std::fs::write(format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR")), &generated).unwrap();
        } else {
            assert!(shipped == generated, "{name} is not current");
        }
    }
}

/// A third verifier can be written from the pages alone: they name every code.
#[test]
fn every_code_of_a_bundle_is_in_the_container_page() {
    let page = include_str!("../docs/format-container.md");
    let table: serde_json::Value = serde_json::from_str(include_str!("../src/messages.json")).unwrap();
    let codes = table.as_object().unwrap().keys().filter(|code| code.starts_with("bundle."));
    let missing: Vec<&String> = codes.filter(|code| !page.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
