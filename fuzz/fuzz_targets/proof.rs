//! Proofs of one entry: no panic, and what holds shows the events that are in the log and no others.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::bundle::proof::check;
use zhaoce_fuzz::SAMPLE;

fuzz_target!(|bytes: &[u8]| {
    let Ok(report) = check(bytes, &SAMPLE.trust, SAMPLE.law()) else { return };
    if report.passed() {
        for event in &report.events {
            let event = event.to_bytes().expect("canonical");
            assert!(SAMPLE.log.windows(event.len()).any(|window| window == event), "an event that never was");
        }
    }
});
