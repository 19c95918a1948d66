//! Lines: no panic, and an event that is read is written as the very bytes that were read.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::record::Line;
use zhaoce::record::event::event_line;

fuzz_target!(|bytes: &[u8]| {
    let Ok(Line::Event(raw)) = Line::parse(bytes) else { return };
    let raw_parts = raw.parts.iter().map(|(name, part)| (*name, part.get().as_bytes()));
    assert_eq!(event_line(raw.event_bytes(), raw_parts), bytes);
    if let Ok(event) = raw.event() {
        assert_eq!(event.to_bytes().expect("read as canonical"), raw.event_bytes());
    }
    for (name, part) in raw.parts().unwrap_or_default() {
        assert_eq!(part.to_bytes().expect("read as canonical").0, raw.parts[&name].get().as_bytes());
    }
});
