//! Packages on this disk: the one being made, and those that were made before.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha512};

use super::archive::Form;
use crate::bundle::DEFAULT_LEVEL;
use crate::bundle::package::derive::{EVIDENCE, HANDOVER, is_metadata};
use crate::bundle::package::export::Put;
use crate::bundle::package::{
    Handover, Input, Limits, OsTree, PackageName, Previous, ZipMethod, bag, derive, pack, unpack_folder,
};
use crate::fault::{Fault, Outcome};
use crate::record::Checkpoint;

/// Where the signature over the tag manifest stands.
const SIGNATURE: &str = "signature/tagmanifest-sha512.txt.note";

/// A package being made, beside the place it will have. It goes away again unless it is finished.
pub struct Staging {
    name: String,
    root: PathBuf,
    place: PathBuf,
    file: Option<(PathBuf, BufWriter<File>)>,
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> Fault {
    let path = path.display().to_string();
    move |error| Fault::io(&path, &error)
}

impl Staging {
    /// Beside `parent/name`, which must not be there.
    pub fn new(parent: &Path, name: &str) -> Outcome<Self> {
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let place = parent.join(name);
        if place.exists() {
            return Err(Fault::refused("bundle.exists").with("path", place.display()));
        }
        let root = parent.join(format!("{name}.new"));
        fs::create_dir(&root).map_err(failed(&root))?;
        Ok(Self { name: name.to_owned(), root, place, file: None })
    }

    /// A path of the payload on the disk.
    pub fn payload(&self, path: &str) -> PathBuf {
        self.root.join("data").join(path)
    }

    /// A file of the payload.
    pub fn read(&self, path: &str) -> Outcome<Vec<u8>> {
        let path = self.payload(path);
        fs::read(&path).map_err(failed(&path))
    }

    /// Makes the bag around the payload, signs its tag manifest, and gives it its place.
    pub fn finish(
        self,
        info: &[(String, String)],
        (mtime, form): (u64, Form),
        sign: impl Fn([u8; 64]) -> Outcome<String>,
    ) -> Outcome<PathBuf> {
        let sealed = bag::seal(&OsTree::open(&self.root)?, info)?;
        for (path, bytes) in sealed.tags.clone().into_files() {
            self.tag(&path, &bytes)?;
        }
        self.tag(SIGNATURE, sign(sealed.tag_manifest_sha512)?.as_bytes())?;
        if form == Form::Directory {
            fs::rename(&self.root, &self.place).map_err(failed(&self.place))?;
            return Ok(self.place.clone());
        }
        self.packed(mtime, form)
    }

    /// A file beside the payload.
    fn tag(&self, path: &str, bytes: &[u8]) -> Outcome<()> {
        let path = self.root.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        fs::write(&path, bytes).map_err(failed(&path))
    }

    /// The same tree in one file, written beside its place and renamed.
    fn packed(&self, mtime: u64, form: Form) -> Outcome<PathBuf> {
        let name = PackageName::new(&self.name)?;
        let tree = OsTree::open(&self.root)?;
        let ending = if form == Form::Zip { "zip" } else { "tar.zst" };
        let (place, new) = (self.beside(ending), self.beside(&format!("{ending}.new")));
        let out = File::create(&new).map_err(failed(&new))?;
        let written = match form {
            Form::Zip => pack::zip(&tree, &name, ZipMethod::Deflated, out),
            _ => pack::tar_zst(&tree, &name, mtime, DEFAULT_LEVEL, out),
        };
        let placed = written.and_then(|out| {
            out.sync_all().map_err(failed(&new))?;
            fs::rename(&new, &place).map_err(failed(&place))
        });
        if placed.is_err() {
            let _ = fs::remove_file(&new);
        }
        placed.map(|()| place)
    }

    fn beside(&self, ending: &str) -> PathBuf {
        self.place.with_file_name(format!("{}.{ending}", self.name))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // Half of a package is of no use; that it could not be removed is not worth hiding the cause for.
        let _ = fs::remove_dir_all(&self.root);
    }
}

impl Put for Staging {
    fn begin(&mut self, path: &str, _size: u64) -> Outcome<()> {
        let path = self.payload(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed(parent))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).open(&path).map_err(failed(&path))?;
        self.file = Some((path, BufWriter::new(file)));
        Ok(())
    }

    fn bytes(&mut self, bytes: &[u8]) -> Outcome<()> {
        let Some((path, file)) = &mut self.file else { return Ok(()) };
        file.write_all(bytes).map_err(failed(path))
    }

    fn end(&mut self) -> Outcome<()> {
        let Some((path, mut file)) = self.file.take() else { return Ok(()) };
        file.flush().map_err(failed(&path))
    }
}

/// The packages handed over before, newest first.
pub struct Earlier {
    packages: Vec<PathBuf>,
    previous: Option<Previous>,
    /// 档号 → the newest metadata.
    metadata: BTreeMap<String, PathBuf>,
    _unpacked: Vec<Unpacked>,
}

/// A package as a folder; what was unpacked for it goes away again.
struct Unpacked {
    root: PathBuf,
    made: bool,
}

impl Unpacked {
    fn of(package: &Path, parent: &Path) -> Outcome<Self> {
        if package.is_dir() {
            return Ok(Self { root: package.to_owned(), made: false });
        }
        fs::create_dir_all(parent).map_err(failed(parent))?;
        let name = package.file_name().and_then(|name| name.to_str()).unwrap_or("package");
        let root = parent.join(format!(".{name}.unpacked"));
        unpack_folder(Input::open(package)?, &Limits::default(), &root)?;
        Ok(Self { root, made: true })
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if self.made {
            // A copy of ours; that it could not be removed is not worth an error.
            let _ = fs::remove_dir_all(&self.root);
        }
    }
}

impl Earlier {
    /// Reads what the next batch needs of them.
    ///
    /// Errors: `package.handover`; the machine.
    pub fn open(packages: &[PathBuf], parent: &Path) -> Outcome<Self> {
        let unpacked =
            packages.iter().map(|package| Unpacked::of(package, parent)).collect::<Outcome<Vec<_>>>()?;
        let packages: Vec<PathBuf> = unpacked.iter().map(|unpacked| unpacked.root.clone()).collect();
        let mut known: Vec<(Handover, PathBuf)> = Vec::new();
        for package in &packages {
            let path = package.join("data").join(HANDOVER);
            known.push((Handover::parse(&fs::read(&path).map_err(failed(&path))?)?, package.clone()));
        }
        known.sort_by_key(|(handover, _)| std::cmp::Reverse(handover.batch));
        let mut metadata = BTreeMap::new();
        for (handover, package) in &known {
            collect(&package.join("data").join(&handover.fonds), &mut metadata)?;
        }
        let previous = known.first().map(|(handover, package)| previous(handover, package)).transpose()?;
        let packages = known.into_iter().map(|(_, package)| package).collect();
        Ok(Self { packages, previous, metadata, _unpacked: unpacked })
    }

    /// The batch before the one being made.
    pub fn previous(&self) -> Option<&Previous> {
        self.previous.as_ref()
    }

    /// Its checkpoint.
    pub fn checkpoint(&self) -> Outcome<Option<Checkpoint>> {
        let newest = self.packages.first();
        newest
            .map(|package| {
                crate::cli::report::read_checkpoint(&package.join("data").join(EVIDENCE).join("checkpoint"))
            })
            .transpose()
    }
}

impl derive::Earlier for Earlier {
    fn eep(&self, number: &str) -> Outcome<Option<Vec<u8>>> {
        self.metadata.get(number).map(|path| fs::read(path).map_err(failed(path))).transpose()
    }
}

fn previous(handover: &Handover, package: &Path) -> Outcome<Previous> {
    let path = package.join("tagmanifest-sha512.txt");
    let manifest = fs::read(&path).map_err(failed(&path))?;
    Ok(Previous {
        manifest: hex::encode(Sha512::digest(&manifest)),
        name: handover.bag_name(),
        root: handover.root,
        size: handover.size,
    })
}

/// Notes the metadata of every record below `folder`; the newest, met first, stays.
fn collect(folder: &Path, metadata: &mut BTreeMap<String, PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder).map_err(failed(folder))? {
        let path = entry.map_err(failed(folder))?.path();
        if path.is_dir() {
            collect(&path, metadata)?;
            continue;
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let number = folder.file_name().and_then(|name| name.to_str());
        if let Some(number) = number.filter(|_| is_metadata(name)) {
            metadata.entry(number.to_owned()).or_insert(path);
        }
    }
    Ok(())
}
