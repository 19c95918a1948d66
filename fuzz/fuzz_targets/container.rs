//! The bundle's container: tar, zstd frames, bag. See `zhaoce::bundle::fuzz_read` for what is promised.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    zhaoce::bundle::fuzz_read(bytes).expect("a promise of the container");
});
