//! Editions of the rule book: no panic, and what is read is the same however it is written.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::rules::RuleBook;

fuzz_target!(|text: &str| {
    let Ok(book) = RuleBook::parse(text) else { return };
    let canonical = String::from_utf8(book.canonical().to_vec()).expect("canonical JSON is UTF-8");
    let again = RuleBook::parse(&canonical).expect("its own canonical form");
    assert_eq!(again.digest(), book.digest());
});
