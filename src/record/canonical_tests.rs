use proptest::prelude::*;
use serde_json::Value;

use super::{check, to_bytes};

fn refused(text: &str) -> &'static str {
    check(text.as_bytes()).expect_err(text).why
}

#[test]
fn accepts_what_rfc_8785_writes() {
    for text in [
        "{}",
        "[]",
        "0",
        "-1",
        "9007199254740991",
        r#"{"a":[1,{"b":null}],"c":"\u001f\n公开"}"#,
        r#""\"\\/""#,
    ] {
        assert_eq!(check(text.as_bytes()), Ok(text), "{text}");
    }
}

#[test]
fn refuses_every_other_spelling() {
    for text in [
        "",
        " {}",
        "{} ",
        r#"{"b":1,"a":1}"#,
        r#"{"a":1,"a":1}"#,
        "01",
        "-0",
        "1.0",
        "1e3",
        "9007199254740992",
        "+1",
        r#""\/""#,
        r#""\u0041""#,
        r#""\u000a""#,
        r#""\u001F""#,
        r#""\u0000""#,
        r#""\ud800""#,
        "\"\u{1}\"",
        r#"{"é":1}"#,
        r#"{"\n":1}"#,
        "[1,]",
        "{\"a\":}",
        "tru",
        "\"open",
        "[1 ,2]",
        "NaN",
    ] {
        refused(text);
    }
    assert_eq!(check(b"\"\xff\"").unwrap_err().why, "not UTF-8");
}

#[test]
fn depth_and_length_have_limits() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert_eq!(check(nested(16).as_bytes()).map(|_| ()), Ok(()));
    assert_eq!(refused(&nested(17)), "deeper than is allowed");
    assert_eq!(refused(&nested(100_000)), "deeper than is allowed");
    let long = format!("\"{}\"", "x".repeat(super::LINE_MAX - 2));
    assert_eq!(check(long.as_bytes()).map(|_| ()), Ok(()));
    assert_eq!(refused(&format!("\"{}\"", "x".repeat(super::LINE_MAX - 1))), "longer than is allowed");
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-(1i64 << 53) + 1..1i64 << 53).prop_map(Value::from),
        "[^\u{0}]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[ -!#-\\[\\]-~]{0,6}", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// The scanner agrees with an independent canonicaliser on every value and on every damaged text.
    #[test]
    fn agrees_with_an_independent_writer(value in json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = to_bytes(&value).unwrap();
        let index = at.index(bytes.len());
        bytes[index] = byte;
        let rewritten = serde_json::from_slice::<Value>(&bytes).ok().and_then(|v| to_bytes(&v).ok());
        if check(&bytes).is_ok() {
            prop_assert_eq!(rewritten.as_deref(), Some(&bytes[..]));
        } else {
            prop_assert_ne!(rewritten.as_deref(), Some(&bytes[..]));
        }
    }
}
