//! A package in any form, unpacked, checked and packed again. See `zhaoce::bundle::package::fuzz_unpack` for what is promised.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    zhaoce::bundle::package::fuzz_unpack(bytes).expect("a promise of the package");
});
