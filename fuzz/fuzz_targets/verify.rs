//! The verifier with the law: no panic whatever is pushed in whatever pieces, and nothing passes but the sound log.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::record::verify::{Copy, Verifier};
use zhaoce_fuzz::SAMPLE;

fn exported(log: &[u8]) -> Vec<&[u8]> {
    log.split_inclusive(|b| *b == b'\n').filter(|line| !line.starts_with(b"{\"synced\"")).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let (first, rest) = bytes.split_first().unwrap_or((&0, &[]));
    let piece = (usize::from(*first) + 1) * 64;
    for copy in [Copy::Full, Copy::Public] {
        let mut verifier = Verifier::new(SAMPLE.trust.clone(), copy, SAMPLE.law());
        verifier.file("log");
        for (nth, bytes) in rest.chunks(piece).enumerate() {
            verifier.push(bytes);
            if nth.is_multiple_of(3) {
                verifier.state();
            }
        }
        let (report, ..) = verifier.finish();
        if report.passed() {
            assert!(copy == Copy::Full, "a full log passed as a public one");
            assert_eq!(exported(rest), exported(&SAMPLE.log), "an altered log passed");
        }
    }
});
