//! Digests of files: all of one file in one pass, several files at once.

use std::collections::BTreeMap;
use std::io::{self, Read};

use rayon::prelude::*;
use sha2::Digest;

use super::algorithm::Algorithm;
use crate::bundle::package::finding::refuse;
use crate::bundle::package::tree::Tree;
use crate::fault::{Fault, Outcome};

/// Bytes hashed at once.
const PIECE: usize = 256 << 10;
/// From this size on the digests of one file are computed side by side.
const BESIDE_FROM: u64 = 4 << 20;

/// Digests of one file, by algorithm.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Digests(BTreeMap<Algorithm, Box<[u8]>>);

impl Digests {
    /// The digest, when it was computed.
    pub fn get(&self, algorithm: Algorithm) -> Option<&[u8]> {
        self.0.get(&algorithm).map(AsRef::as_ref)
    }

    /// The same in lower-case hex; empty when it was not computed.
    pub fn hex(&self, algorithm: Algorithm) -> String {
        self.get(algorithm).map(hex::encode).unwrap_or_default()
    }
}

trait Hash: Send {
    fn update(&mut self, bytes: &[u8]);
    fn finish(self: Box<Self>) -> Box<[u8]>;
}

struct Of<D>(D);

impl<D: Digest + Send> Hash for Of<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Box<[u8]> {
        self.0.finalize().as_slice().into()
    }
}

impl Hash for blake3::Hasher {
    fn update(&mut self, bytes: &[u8]) {
        Self::update(self, bytes);
    }

    fn finish(self: Box<Self>) -> Box<[u8]> {
        self.finalize().as_bytes().as_slice().into()
    }
}

fn hasher(algorithm: Algorithm) -> Box<dyn Hash> {
    match algorithm {
        Algorithm::Md5 => Box::new(Of(md5::Md5::new())),
        Algorithm::Sha1 => Box::new(Of(sha1::Sha1::new())),
        Algorithm::Sha224 => Box::new(Of(sha2::Sha224::new())),
        Algorithm::Sha256 => Box::new(Of(sha2::Sha256::new())),
        Algorithm::Sha384 => Box::new(Of(sha2::Sha384::new())),
        Algorithm::Sha512 => Box::new(Of(sha2::Sha512::new())),
        Algorithm::Sm3 => Box::new(Of(sm3::Sm3::new())),
        Algorithm::Blake3 => Box::new(blake3::Hasher::new()),
    }
}

/// The digests of a stream, and how long it is. `size` is what is expected; it only decides how the work is divided.
pub fn digest(mut input: impl Read, size: u64, wanted: &[Algorithm]) -> io::Result<(u64, Digests)> {
    let mut hashers: Vec<_> = wanted.iter().map(|algorithm| (*algorithm, hasher(*algorithm))).collect();
    let mut room = vec![0; PIECE.min(usize::try_from(size).unwrap_or(PIECE).max(512))];
    let mut length = 0;
    loop {
        let count = match input.read(&mut room) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        let Some(piece) = room.get(..count).filter(|piece| !piece.is_empty()) else { break };
        length += count as u64;
        if size >= BESIDE_FROM {
            hashers.par_iter_mut().for_each(|(_, hasher)| hasher.update(piece));
        } else {
            hashers.iter_mut().for_each(|(_, hasher)| hasher.update(piece));
        }
    }
    let digests = hashers.into_iter().map(|(algorithm, hasher)| (algorithm, hasher.finish())).collect();
    Ok((length, Digests(digests)))
}

/// The digests wanted of each file of a tree, in the order asked, computed in parallel.
pub fn digest_all(tree: &dyn Tree, wanted: &[(&str, Vec<Algorithm>)]) -> Outcome<Vec<Digests>> {
    wanted.par_iter().map(|(path, algorithms)| one(tree, path, algorithms)).collect()
}

fn one(tree: &dyn Tree, path: &str, algorithms: &[Algorithm]) -> Outcome<Digests> {
    let size = tree.find(path).map_or(0, |file| file.size);
    let (length, digests) =
        digest(tree.open(path)?, size, algorithms).map_err(|error| Fault::io(path, &error))?;
    if length == size {
        Ok(digests)
    } else {
        Err(refuse("package.tree_changed", path.as_bytes(), size, length))
    }
}
