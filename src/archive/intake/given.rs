//! What is given to the intake, and its ticket.

use std::fmt::Write as _;
use std::io::Read;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::archive::digest::{fact, fact_of};
use crate::archive::tree::Tree;
use crate::fault::{Fault, Outcome};

/// Gives the bytes of a file from its start, each time it is called.
pub type Reopen<'a> = dyn Fn() -> Outcome<Box<dyn Read>> + Sync + 'a;

/// A package as it is given.
pub enum Given<'a> {
    /// A file: a container.
    File {
        /// Its name.
        name: String,
        /// Opens it.
        open: &'a Reopen<'a>,
    },
    /// A folder: the bag itself.
    Folder {
        /// Its name.
        name: String,
        /// What is in it.
        tree: &'a dyn Tree,
    },
}

/// What an arrival is known by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    /// 16 hex digits of the BLAKE3 of its bytes; of a folder, of the list of its files with their digests.
    pub ticket: String,
    /// The SHA-256 of the same.
    pub original: String,
    /// BLAKE3 of each file of a folder, in the order of the tree.
    pub listed: Vec<[u8; 32]>,
}

impl Given<'_> {
    /// The name it is given under.
    pub fn name(&self) -> &str {
        match self {
            Self::File { name, .. } | Self::Folder { name, .. } => name,
        }
    }

    /// Reads all of it.
    pub(super) fn ticket(&self) -> Outcome<Ticket> {
        match self {
            Self::File { name, open } => of_file(name, open()?),
            Self::Folder { tree, .. } => of_folder(*tree),
        }
    }
}

fn short(hash: blake3::Hash) -> String {
    hash.to_hex().chars().take(16).collect()
}

fn of_file(name: &str, input: Box<dyn Read>) -> Outcome<Ticket> {
    let (mut blake3, mut sha256) = (blake3::Hasher::new(), Sha256::new());
    read_all(name, input, &mut |bytes| {
        blake3.update(bytes);
        sha256.update(bytes);
    })?;
    let original = fact(sha256.finalize().into());
    Ok(Ticket { ticket: short(blake3.finalize()), original, listed: Vec::new() })
}

fn of_folder(tree: &dyn Tree) -> Outcome<Ticket> {
    let digest = |path: &str| {
        let mut hasher = blake3::Hasher::new();
        read_all(path, tree.open(path)?, &mut |bytes| {
            hasher.update(bytes);
        })?;
        Ok(*hasher.finalize().as_bytes())
    };
    let listed: Vec<[u8; 32]> =
        tree.files().par_iter().map(|file| digest(&file.path)).collect::<Outcome<_>>()?;
    let mut list = String::new();
    for (file, digest) in tree.files().iter().zip(&listed) {
        // Writing to a String cannot fail.
        let _ = writeln!(list, "{}  {}", hex::encode(digest), file.path);
    }
    let ticket = short(blake3::hash(list.as_bytes()));
    Ok(Ticket { ticket, original: fact_of(list.as_bytes()), listed })
}

fn read_all<'r>(path: &str, mut input: Box<dyn Read + 'r>, each: &mut dyn FnMut(&[u8])) -> Outcome<()> {
    let mut piece = vec![0; 256 << 10];
    loop {
        match input.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(got) => each(piece.get(..got).unwrap_or_default()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Fault::io(path, &error)),
        }
    }
}
