//! SHA-512 and BLAKE3 of a file that streams by.
//!
//! SHA-512 is the slowest of all steps of a bundle, so for large files it runs beside the others in a thread of
//! its own; small files are not worth the thread.

use std::fmt;
use std::io;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{Builder, JoinHandle};

use sha2::{Digest, Sha512};

/// From this many bytes on, SHA-512 moves to its own thread.
const THREAD_FROM: u64 = 1 << 20;
/// Bytes handed over at once.
const CHUNK: usize = 256 << 10;
/// Chunks that may wait; bounds memory when hashing is slower than decompression.
const WAITING: usize = 4;

/// A SHA-512 digest of a whole file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sha512Digest(pub [u8; 64]);

/// A BLAKE3 digest of a whole file, 256 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blake3Digest(pub [u8; 32]);

impl Blake3Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }
}

impl fmt::Display for Sha512Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

impl fmt::Display for Blake3Digest {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&hex::encode(self.0))
    }
}

/// Both digests of one file. Shown as lower-case hex, 128 and 64 digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileDigests {
    /// For every BagIt tool and `sha512sum`.
    pub sha512: Sha512Digest,
    /// The digest the rest of the ledger uses; for `b3sum`.
    pub blake3: Blake3Digest,
}

impl FileDigests {
    /// Digests of bytes at hand.
    pub fn of(bytes: &[u8]) -> Self {
        let sha512 = Sha512Digest(Sha512::digest(bytes).into());
        Self { sha512, blake3: Blake3Digest(*blake3::hash(bytes).as_bytes()) }
    }
}

/// Both digests of one file, fed piece by piece.
pub(super) struct FileHasher {
    blake3: blake3::Hasher,
    sha512: Side,
    seen: u64,
}

enum Side {
    Here(Sha512),
    There(Beside),
}

impl FileHasher {
    pub(super) fn new() -> Self {
        Self { blake3: blake3::Hasher::new(), sha512: Side::Here(Sha512::new()), seen: 0 }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.blake3.update(bytes);
        self.seen += bytes.len() as u64;
        match &mut self.sha512 {
            Side::Here(hasher) if self.seen >= THREAD_FROM => {
                let mut beside = Beside::start(hasher.clone())?;
                beside.update(bytes)?;
                self.sha512 = Side::There(beside);
            }
            Side::Here(hasher) => hasher.update(bytes),
            Side::There(beside) => beside.update(bytes)?,
        }
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<FileDigests> {
        let sha512 = match self.sha512 {
            Side::Here(hasher) => hasher,
            Side::There(beside) => beside.finish()?,
        };
        Ok(FileDigests {
            sha512: Sha512Digest(sha512.finalize().into()),
            blake3: Blake3Digest(*self.blake3.finalize().as_bytes()),
        })
    }
}

/// A SHA-512 that runs in its own thread.
struct Beside {
    pending: Vec<u8>,
    send: SyncSender<Vec<u8>>,
    thread: JoinHandle<Sha512>,
}

impl Beside {
    fn start(mut hasher: Sha512) -> io::Result<Self> {
        let (send, receive) = sync_channel::<Vec<u8>>(WAITING);
        let thread = Builder::new().name("sha512".into()).spawn(move || {
            while let Ok(chunk) = receive.recv() {
                hasher.update(&chunk);
            }
            hasher
        })?;
        Ok(Self { pending: Vec::with_capacity(CHUNK), send, thread })
    }

    fn update(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() < CHUNK {
            return Ok(());
        }
        let chunk = std::mem::replace(&mut self.pending, Vec::with_capacity(CHUNK));
        self.send.send(chunk).map_err(|_| stopped())
    }

    fn finish(self) -> io::Result<Sha512> {
        self.send.send(self.pending).map_err(|_| stopped())?;
        drop(self.send);
        self.thread.join().map_err(|_| stopped())
    }
}

fn stopped() -> io::Error {
    io::Error::other("the SHA-512 thread stopped")
}
