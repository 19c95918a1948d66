//! Workbooks: the first byte says what the rest is, a whole file or one part of a sound workbook.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce_fuzz::table::{read, workbook};

fuzz_target!(|bytes: &[u8]| {
    let Some((what, rest)) = bytes.split_first() else { return };
    match what % 4 {
        0 => read(rest),
        part => read(&workbook(usize::from(part) - 1, rest)),
    }
});
