//! Digests of files on the archive's disk, many at a time.

use std::io::Read;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256, Sha512};

use crate::fault::{Fault, Outcome};

/// Bytes that are hashed at a time.
const PIECE: usize = 256 << 10;

/// SHA-512 of what a reader gives, in lower-case hex.
pub fn sha512(path: &str, mut input: impl Read) -> Outcome<String> {
    let (mut hasher, mut piece) = (Sha512::new(), vec![0; PIECE]);
    loop {
        match input.read(&mut piece) {
            Ok(0) => return Ok(hex::encode(hasher.finalize())),
            Ok(got) => hasher.update(piece.get(..got).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Fault::io(path, &error)),
        }
    }
}

/// SHA-512 of each path, in their order, computed in parallel.
pub fn sha512_all<'p, R: Read>(
    paths: &'p [String],
    open: impl Fn(&'p str) -> Outcome<R> + Sync,
) -> Outcome<Vec<String>> {
    paths.par_iter().map(|path| sha512(path, open(path)?)).collect()
}

/// SHA-512 of bytes at hand, in lower-case hex.
pub fn sha512_of(bytes: &[u8]) -> String {
    hex::encode(Sha512::digest(bytes))
}

/// SHA-256 as facts write the digest of a file: `sha256:<hex>`.
pub fn fact_of(bytes: &[u8]) -> String {
    fact(Sha256::digest(bytes).into())
}

/// A SHA-256 as facts write it.
pub fn fact(digest: [u8; 32]) -> String {
    format!("sha256:{}", hex::encode(digest))
}
