//! What a bundle holds, in the hands of somebody who makes every digest right: one payload file is replaced, the bag
//! around it is sound. No panic; what passes differs at most in files that nothing depends on.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::bundle::verify::{Given, verify};
use zhaoce::bundle::{BagWriter, PayloadPath};
use zhaoce_fuzz::SAMPLE;

fuzz_target!(|bytes: &[u8]| {
    let Some((nth, content)) = bytes.split_first() else { return };
    let nth = usize::from(*nth) % SAMPLE.files.len();
    let mut writer = BagWriter::zstd(Vec::new(), 1, &SAMPLE.bag).expect("a bag");
    for (at, (path, sound)) in SAMPLE.files.iter().enumerate() {
        let path = PayloadPath::new(path).expect("a path");
        writer.payload(&path, if at == nth { content } else { sound }).expect("a file");
    }
    let bundle = writer.finish().expect("a bag").0;
    let trust = Some((SAMPLE.trust.origin.clone(), SAMPLE.trust.genesis));
    let given = Given { trust, checkpoints: SAMPLE.trust.checkpoints.clone(), saved: None };
    if let Ok((report, _)) = verify(&bundle[..], given, &SAMPLE.books) {
        let (path, sound) = &SAMPLE.files[nth];
        let free = path.ends_with("VERIFY.txt") || path.contains("schemas/");
        assert!(!report.report.passed() || free || content == sound, "an altered {path} passed");
    }
});
