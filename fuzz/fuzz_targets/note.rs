//! Signed notes, seals, checkpoints: no panic, and what is read is written as the very bytes that were read.
#![no_main]
use libfuzzer_sys::fuzz_target;
use zhaoce::record::note::Note;
use zhaoce::record::{Checkpoint, PublicKey, Seal, TreeHead};

fuzz_target!(|text: &str| {
    let key =
        PublicKey::decode(zhaoce::record::keys::SecretKey::from_seed([1; 32]).key()).expect("a sound key");
    let Ok(note) = Note::parse(text) else {
        assert!(Seal::parse(text).is_err() && Checkpoint::parse(text).is_err());
        return;
    };
    assert_eq!(note.encode(), text);
    if let Ok(seal) = Seal::parse(text) {
        assert_eq!(Seal::text_of(&seal.head, seal.first, &seal.last), note.text);
        assert_eq!([seal.signature.clone()], note.signatures[..]);
        seal.verifies(&key);
    }
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(TreeHead::text(&checkpoint.head), note.text);
        assert_eq!(checkpoint.signatures, note.signatures);
        checkpoint.verifies(&key);
    }
});
