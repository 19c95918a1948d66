//! The rule book: events, one a line, in any order and against any sense: no panic, and asking changes nothing.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::record::{Event, Law};
use zhaoce::rules::admit;
use zhaoce_fuzz::SAMPLE;

fuzz_target!(|bytes: &[u8]| {
    let mut law = SAMPLE.law();
    for line in bytes.split(|b| *b == b'\n').take(64) {
        let Ok(event) = serde_json::from_slice::<Event>(line) else { continue };
        law.authority(&event.by, event.act);
        let asked: Vec<_> = admit(law.books(), law.state(), &event).iter().map(|b| b.code).collect();
        law.clone().judge(&event);
        let replayed: Vec<_> = law.push(&event).iter().map(|b| b.code).collect();
        assert_eq!(asked, replayed, "the writer and the verifier ask the same rule book");
    }
});
