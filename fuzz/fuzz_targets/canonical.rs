//! Canonical JSON, against another implementation of RFC 8785: what `check` passes is a fixed point of it, and what
//! is a fixed point but not passed lies outside the narrower stored format.
#![no_main]
use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use zhaoce::record::canonical::{DEPTH_MAX, check};

const INTEGER_LIMIT: u64 = 1 << 53;

/// Whether a value lies inside the stored format: integers under 2^53, plain ASCII names, no U+0000, 16 deep.
fn storable(value: &Value, depth: usize) -> bool {
    let name_is_plain =
        |name: &String| name.bytes().all(|b| matches!(b, b' '..=0x7f) && b != b'"' && b != b'\\');
    match value {
        Value::Number(n) => n.as_i64().is_some_and(|n| n.unsigned_abs() < INTEGER_LIMIT),
        Value::String(text) => !text.contains('\0'),
        Value::Array(list) => depth < DEPTH_MAX && list.iter().all(|value| storable(value, depth + 1)),
        Value::Object(map) => {
            depth < DEPTH_MAX
                && map.iter().all(|(name, value)| name_is_plain(name) && storable(value, depth + 1))
        }
        Value::Null | Value::Bool(_) => true,
    }
}

fuzz_target!(|bytes: &[u8]| {
    let passed = check(bytes).is_ok();
    let value = serde_json::from_slice::<Value>(bytes);
    let Ok(value) = value else {
        assert!(!passed, "passed, but is no JSON");
        return;
    };
    let fixed = serde_json_canonicalizer::to_vec(&value).is_ok_and(|again| again == bytes);
    assert_eq!(passed, fixed && storable(&value, 0), "check says {passed}, RFC 8785 says {fixed}");
});
