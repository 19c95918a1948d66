//! The JSON Schemas in `schemas/` are what the types say. `ZHAOCE_WRITE_SCHEMAS=1 cargo test --test schemas` writes them.
#![allow(clippy::unwrap_used)]

use zhaoce::bundle::schemas;

#[test]
fn the_shipped_schemas_are_current() {
    for ((name, shipped), (_, generated)) in schemas::all().into_iter().zip(schemas::generate()) {
        if std::env::var_os("ZHAOCE_WRITE_SCHEMAS").is_some() {
            std::fs::write(format!("{}/schemas/{name}", env!("CARGO_MANIFEST_DIR")), &generated).unwrap();
        } else {
            assert!(shipped == generated, "{name} is not current");
        }
    }
}
