//! `ledger.json`: no panic, and what is read can be written and read again as the same.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::ledger::Info;

fuzz_target!(|bytes: &[u8]| {
    let Ok(info) = Info::parse(bytes) else { return };
    if let Ok(again) = info.to_bytes() {
        assert_eq!(Info::parse(&again).ok(), Some(info));
    }
});
