//! One entry for fuzzing the containers: whatever the bytes are, no panic; and what passes can be packed again.

use std::io::{self, Cursor, Write};

use super::landing::Collected;
use super::limits::Limits;
use super::tree::Tree;
use super::unpack::{Form, Input, unpack};
use super::{ZipMethod, bag, pack};
use crate::bundle::frames::FrameWriter;

/// What has no form of its own is taken for a tar and framed: no fuzzer guesses a frame's checksum.
pub fn packed(bytes: &[u8]) -> io::Result<Vec<u8>> {
    if Form::sniff(bytes).is_some() {
        return Ok(bytes.to_vec());
    }
    let mut frames = FrameWriter::new(Vec::new(), 1)?;
    frames.write_all(bytes)?;
    Ok(frames.finish()?.0)
}

/// Unpacks `bytes`, whatever form they have. `Err` tells of a promise broken: a tree that came out of one container does
/// not come out of another that is made of it.
pub fn fuzz_unpack(bytes: &[u8]) -> Result<(), String> {
    let limits = Limits { files: 100, bytes: 16 << 20, ratio_free_bytes: 1 << 20, ..Limits::default() };
    let form = packed(bytes).map_err(|error| error.to_string())?;
    let Ok(input) = Input::sniff(Cursor::new(form)) else { return Ok(()) };
    let mut landing = Collected::default();
    let Ok(unpacked) = unpack(input, &limits, &mut landing) else { return Ok(()) };
    let tree = landing.tree();
    if tree.files().len() != unpacked.files {
        return Err("a file came twice".to_owned());
    }
    let _ = bag::check(&tree, bag::Rules::Any);
    let again = pack::tar_zst(&tree, &unpacked.name, 0, 1, Vec::new()).map_err(|fault| fault.to_string())?;
    let zip = pack::zip(&tree, &unpacked.name, ZipMethod::Deflated, Cursor::new(Vec::new()));
    let zip = zip.map_err(|fault| fault.to_string())?.into_inner();
    for form in [again, zip] {
        let input = Input::sniff(Cursor::new(form)).map_err(|fault| fault.to_string())?;
        let mut second = Collected::default();
        let told = unpack(input, &Limits::default(), &mut second).map_err(|fault| fault.to_string())?;
        if told != unpacked || second.tree() != tree {
            return Err("another tree came back".to_owned());
        }
    }
    Ok(())
}
