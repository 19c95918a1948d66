//! Finding packages and bundles: in OCFL storage roots, whoever made them, and in folders.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::look::{Kind, Look, kind_of, of_file, of_tree};
use super::source::{Opened, Source};
use crate::archive::durable;
use crate::archive::keeping::KEPT;
use crate::archive::store::Object;
use crate::bundle::package::{Form, Input, Limits, OsTree, Passing, Tree};
use crate::fault::{Fault, Outcome};
use crate::log::OsDisk;
use crate::log::disk::{Disk, EntryKind};

/// How deep folders are searched.
const DEPTH: usize = 16;
/// What an OCFL storage root and an OCFL object begin the name of their declaration with.
const ROOT: &str = "0=ocfl_1.";
const OBJECT: &str = "0=ocfl_object_1.";

/// What was found.
#[derive(Default)]
pub struct Found {
    /// Packages and bundles.
    pub sources: Vec<Box<dyn Source>>,
    /// Files that are neither.
    pub others: u64,
}

/// Everything at `paths`. `room` is the folder below which containers of packages are unpacked for a while.
///
/// # Errors
/// `file.missing`; the machine.
pub fn find(paths: &[PathBuf], room: &Path) -> Outcome<Found> {
    let room = Arc::new(Room { folder: room.to_owned(), next: AtomicU64::new(0) });
    let mut search = Search { room, found: Found::default() };
    for path in paths {
        let told = fs::metadata(path).map_err(|error| Fault::io(path.display(), &error))?;
        if told.is_dir() { search.folder(path, 0)? } else { search.file(path)? }
    }
    Ok(search.found)
}

/// Where containers are unpacked.
struct Room {
    folder: PathBuf,
    next: AtomicU64,
}

impl Room {
    fn fresh(&self) -> PathBuf {
        let nth = self.next.fetch_add(1, Ordering::Relaxed);
        let (folder, name) =
            (self.folder.parent(), self.folder.file_name().unwrap_or_default().to_string_lossy());
        folder.unwrap_or(Path::new("")).join(format!("{name}-{nth}"))
    }
}

struct Search {
    room: Arc<Room>,
    found: Found,
}

impl Search {
    fn folder(&mut self, path: &Path, depth: usize) -> Outcome<()> {
        // What an archive has not accepted is not what it holds.
        if path.join("archive.json").is_file() && path.join("store").is_dir() {
            return self.folder(&path.join("store"), depth);
        }
        if path.join("bagit.txt").is_file() {
            self.found.sources.push(Box::new(FolderSource::new(path)));
            return Ok(());
        }
        let entries = entries(path)?;
        if entries.iter().any(|(name, _)| name.starts_with(ROOT)) {
            return self.store(path);
        }
        for (name, kind) in entries {
            let below = path.join(name);
            match kind {
                EntryKind::Dir if depth < DEPTH => self.folder(&below, depth + 1)?,
                EntryKind::File => self.file(&below)?,
                _ => self.found.others += 1,
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Outcome<()> {
        let open = || File::open(path).map_err(|error| Fault::io(path.display(), &error));
        let mut head = [0; 4];
        let read = std::io::Read::read(&mut open()?, &mut head);
        let read = read.map_err(|error| Fault::io(path.display(), &error))?;
        if Form::sniff(head.get(..read).unwrap_or_default()).is_none() {
            self.found.others += 1;
            return Ok(());
        }
        let kind = kind_of(open()?)?;
        let source = FileSource {
            name: path.display().to_string(),
            path: path.to_owned(),
            kind,
            room: self.room.clone(),
        };
        self.found.sources.push(Box::new(source));
        Ok(())
    }

    /// Every object of a storage root, wherever it stands in it.
    fn store(&mut self, root: &Path) -> Outcome<()> {
        let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(root));
        for (name, kind) in durable::entries(&*disk, "")? {
            if kind == EntryKind::Dir && name != "extensions" {
                self.objects(&disk, root, &name, 0)?;
            }
        }
        Ok(())
    }

    fn objects(&mut self, disk: &Arc<dyn Disk>, root: &Path, place: &str, depth: usize) -> Outcome<()> {
        let mut entries = durable::entries(&**disk, place)?;
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        if entries.iter().any(|(name, _)| name.starts_with(OBJECT)) {
            let name = root.join(place).display().to_string();
            self.found.sources.push(Box::new(ObjectSource {
                name,
                disk: disk.clone(),
                place: place.to_owned(),
            }));
            return Ok(());
        }
        for (name, kind) in entries {
            match kind {
                EntryKind::Dir if depth < DEPTH => {
                    self.objects(disk, root, &format!("{place}/{name}"), depth + 1)?;
                }
                _ => self.found.others += 1,
            }
        }
        Ok(())
    }
}

/// What is in a folder, by name; links are not followed.
fn entries(path: &Path) -> Outcome<Vec<(String, EntryKind)>> {
    let mut entries = durable::entries(&OsDisk::new(path), "")?;
    entries.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(entries)
}

/// A package as a folder.
struct FolderSource {
    name: String,
    path: PathBuf,
}

impl FolderSource {
    fn new(path: &Path) -> Self {
        Self { name: path.display().to_string(), path: path.to_owned() }
    }
}

impl Source for FolderSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn look(&self) -> Outcome<Look> {
        of_tree(&OsTree::open(&self.path)?)
    }

    fn open(&self) -> Outcome<Opened<'_>> {
        Ok(Opened::Package(Box::new(OsTree::open(&self.path)?)))
    }
}

/// A package or a bundle in one file.
struct FileSource {
    name: String,
    path: PathBuf,
    kind: Kind,
    room: Arc<Room>,
}

impl FileSource {
    fn file(&self) -> Outcome<File> {
        File::open(&self.path).map_err(|error| Fault::io(&self.name, &error))
    }
}

impl Source for FileSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn look(&self) -> Outcome<Look> {
        of_file(self.kind, self.file()?)
    }

    fn open(&self) -> Outcome<Opened<'_>> {
        match self.kind {
            Kind::Bundle => Ok(Opened::Bundle(Box::new(self.file()?))),
            Kind::Package => {
                let input = Input::sniff(self.file()?)?;
                let tree = Passing::unpack(input, &Limits::default(), &self.room.fresh())?;
                Ok(Opened::Package(Box::new(tree)))
            }
        }
    }
}

/// A package in an object of a storage root: its newest version.
struct ObjectSource {
    name: String,
    disk: Arc<dyn Disk>,
    place: String,
}

impl ObjectSource {
    /// The bag stands below `bag/`; in objects of others it may be all there is.
    fn tree(&self) -> Outcome<crate::archive::store::ObjectTree> {
        let object = Object::open(self.disk.clone(), &self.place)?;
        let tree = object.tree("bag")?;
        if tree.files().is_empty() { object.tree("") } else { Ok(tree) }
    }
}

impl Source for ObjectSource {
    fn name(&self) -> &str {
        &self.name
    }

    fn look(&self) -> Outcome<Look> {
        of_tree(&self.tree()?)
    }

    fn open(&self) -> Outcome<Opened<'_>> {
        Ok(Opened::Package(Box::new(self.tree()?)))
    }

    fn evidence(&self) -> Outcome<Option<Box<dyn Tree + Send + '_>>> {
        let tree = Object::open(self.disk.clone(), &self.place)?.tree(KEPT)?;
        Ok((!tree.files().is_empty()).then(|| Box::new(tree) as Box<dyn Tree + Send>))
    }
}
