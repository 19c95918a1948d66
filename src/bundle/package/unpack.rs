//! One way in for all three forms.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde::Serialize;

use super::finding::refuse;
use super::gate::Gate;
use super::landing::{FolderLanding, Landing};
use super::limits::Limits;
use super::names::PackageName;
use super::pack::copy_file;
use super::tree::{OsTree, Tree};
use super::{read_tar, read_zip};
use crate::fault::{Fault, Outcome};

const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// What a zstd frame to be skipped begins with, the low half of the first byte aside.
const SKIPPABLE: [u8; 4] = [0x50, 0x2a, 0x4d, 0x18];

/// How a package travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A plain directory.
    Directory,
    /// A tar in zstd frames.
    TarZst,
    /// A ZIP.
    Zip,
}

impl Form {
    /// The form that a file's first bytes tell, whatever its name is.
    pub fn sniff(head: &[u8]) -> Option<Self> {
        match head.get(..4)? {
            magic if magic == ZSTD => Some(Self::TarZst),
            [first, rest @ ..] if first & 0xf0 == 0x50 && rest == &SKIPPABLE[1..] => Some(Self::TarZst),
            [b'P', b'K', ..] => Some(Self::Zip),
            _ => None,
        }
    }
}

/// What can be read at any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek + ?Sized> ReadSeek for T {}

/// A package as it came.
pub enum Input<'a> {
    /// A directory tree, and the name of the directory.
    Directory(Box<dyn Tree + 'a>, String),
    /// A stream of zstd frames; it is read once, from its beginning to its end.
    TarZst(Box<dyn Read + 'a>),
    /// A ZIP.
    Zip(Box<dyn ReadSeek + 'a>),
}

impl<'a> Input<'a> {
    /// The directory or file at `path`.
    pub fn open(path: &Path) -> Outcome<Input<'static>> {
        Self::open_with(path, &Limits::default())
    }

    /// The same with other limits.
    pub fn open_with(path: &Path, limits: &Limits) -> Outcome<Input<'static>> {
        let failed = |error: &io::Error| Fault::io(path.display(), error);
        let told = fs::metadata(path).map_err(|error| failed(&error))?;
        if told.is_dir() {
            let whole = path.canonicalize().map_err(|error| failed(&error))?;
            let name = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Ok(Input::Directory(Box::new(OsTree::open_with(path, limits)?), name));
        }
        if !told.is_file() {
            let name = path.as_os_str().as_encoded_bytes();
            return Err(refuse(
                "package.tree_entry",
                name,
                "a regular file or a directory",
                "something else",
            ));
        }
        Input::sniff(File::open(path).map_err(|error| failed(&error))?)
    }

    /// A file whose first bytes tell its form.
    pub fn sniff<R: Read + Seek + 'a>(mut file: R) -> Outcome<Self> {
        let failed =
            |error: io::Error| Fault::machine("io.failed").with("path", "package").with("found", error);
        let mut head = Vec::new();
        file.by_ref().take(4).read_to_end(&mut head).map_err(failed)?;
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        match Form::sniff(&head) {
            Some(Form::TarZst) => Ok(Self::TarZst(Box::new(file))),
            Some(Form::Zip) => Ok(Self::Zip(Box::new(file))),
            _ => Err(refuse("package.form_unknown", b"", "directory, .tar.zst, ZIP", head.escape_ascii())),
        }
    }

    /// Its form.
    pub fn form(&self) -> Form {
        match self {
            Self::Directory(..) => Form::Directory,
            Self::TarZst(_) => Form::TarZst,
            Self::Zip(_) => Form::Zip,
        }
    }
}

/// What came out of a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unpacked {
    /// The package's name: its one top directory.
    pub name: PackageName,
    /// Files.
    pub files: usize,
    /// Bytes of all files.
    pub octets: u64,
}

/// Hands the files of a package to `landing`. A refusal comes before the first byte of what it refuses; the files before
/// it may have landed, and are the landing's to throw away.
pub fn unpack(input: Input<'_>, limits: &Limits, landing: &mut dyn Landing) -> Outcome<Unpacked> {
    match input {
        Input::Directory(tree, name) => from_tree(&*tree, &name, limits, landing),
        Input::TarZst(stream) => read_tar::unpack(stream, limits, landing),
        Input::Zip(mut file) => read_zip::unpack(&mut *file, limits, landing),
    }
}

fn from_tree(tree: &dyn Tree, name: &str, limits: &Limits, landing: &mut dyn Landing) -> Outcome<Unpacked> {
    let name = PackageName::new(name)?;
    let mut gate = Gate::new(limits, landing);
    let paths =
        tree.files().iter().map(|file| gate.below(&file.path, file.size)).collect::<Outcome<Vec<_>>>()?;
    for (file, path) in tree.files().iter().zip(&paths) {
        gate.landing().begin(path, file.size)?;
        copy_file(tree, file, |bytes| gate.landing().bytes(bytes))?;
        gate.landing().end()?;
    }
    gate.finish_named(name)
}

/// Unpacks into the folder `to`, which is made for this user alone. After a refusal it is not there.
pub fn unpack_folder(input: Input<'_>, limits: &Limits, to: &Path) -> Outcome<(Unpacked, OsTree)> {
    let mut landing = FolderLanding::new(to)?;
    let unpacked = unpack(input, limits, &mut landing)?;
    Ok((unpacked, landing.keep()?))
}
