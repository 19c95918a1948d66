//! Workbooks: the first byte says what the rest is, a whole file or one part of a sound workbook.
#![no_main]
use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use zhaoce_fuzz::table::{read, workbook};

static PANICS: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The workbook reader is not ours, and the reading of tables answers its panics with an error. What nobody catches
    // ends the run all the same, once it has come out of the target.
    PANICS.call_once(|| {
        std::panic::set_hook(Box::new(|panic| {
            if panic.location().is_none_or(|place| !place.file().contains("/calamine-")) {
                eprintln!("{panic}");
            }
        }))
    });
    let Some((what, rest)) = bytes.split_first() else { return };
    match what % 4 {
        0 => read(rest),
        part => read(&workbook(usize::from(part) - 1, rest)),
    }
});
