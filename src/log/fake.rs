//! A storage for tests that keeps what is live and what is durable apart.
//!
//! - Written pages are live at once and durable only after a sync of their file; a crash keeps any subset of them.
//! - A file's length is durable only after a sync; a crash keeps the old one, the new one or one between.
//! - Creating, renaming and removing is durable only after a sync of the directory (of both, for a rename from one
//!   into another); a crash keeps any subset. Directories are renamed with all that is in them.
//! - A failed sync forgets which pages were dirty, as Linux does: a later sync succeeds without writing them.
//!
//! Calls that change something are numbered from 0. A plan can make one of them fail, or stop the machine before
//! it; [`FakeDisk::images`] then gives the disks that may be found after the crash.

mod acts;
mod calls;
mod image;
mod names;

use std::collections::BTreeSet;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use acts::Office;

use super::disk::{LockGuard, ReadFile, WriteFile};
use names::{Names, Node, Pending};

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing happens; an error is returned. For a sync: the dirty pages are forgotten.
    Error,
    /// A write puts half of its bytes down and then fails; other calls fail as with `Error`.
    Short,
    /// The disk is full: writes put half of their bytes down, creating fails. Other calls succeed.
    Full,
}

/// What a recorded call was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// A file was created.
    Create(String),
    /// So many bytes were written at an offset.
    Write(String, u64, usize),
    /// A file was cut.
    SetLen(String, u64),
    /// Content and length were synced.
    SyncData(String),
    /// A file was renamed.
    Rename(String, String),
    /// A file was removed.
    Remove(String),
    /// A directory was created.
    CreateDir(String),
    /// An empty directory was removed.
    RemoveDir(String),
    /// A directory was synced.
    SyncDir(String),
}

#[derive(Debug, Clone, Default)]
struct Inode {
    live: Vec<u8>,
    durable: Vec<u8>,
    dirty: BTreeSet<usize>,
}

#[derive(Debug, Default)]
struct State {
    page: usize,
    inodes: Vec<Inode>,
    live: Names,
    durable: Names,
    pending: Pending,
    calls: Vec<Call>,
    failures: Vec<(Range<u64>, Failure)>,
    stop_before: Option<u64>,
    stopped: bool,
    locked: Option<String>,
}

/// The fake disk; clones are handles to the same one.
#[derive(Debug, Clone)]
pub struct FakeDisk(Arc<Mutex<State>>);

impl Default for FakeDisk {
    fn default() -> Self {
        Self::with_page(4096)
    }
}

impl FakeDisk {
    /// An empty disk whose pages have `page` bytes.
    pub fn with_page(page: usize) -> Self {
        Self(Arc::new(Mutex::new(State { page, ..State::default() })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops the machine before the `call`th changing call: it and all later calls fail and change nothing.
    pub fn stop_before(&self, call: u64) {
        self.state().stop_before = Some(call);
    }

    /// Lets a stopped machine go on with what is live: only the writer's process was stopped.
    pub fn go_on(&self) {
        let mut state = self.state();
        (state.stopped, state.stop_before, state.locked) = (false, None, None);
    }

    /// Whether the machine has been stopped.
    pub fn stopped(&self) -> bool {
        self.state().stopped
    }

    /// Makes the changing calls in `range` fail.
    pub fn fail(&self, range: Range<u64>, failure: Failure) {
        self.state().failures.push((range, failure));
    }

    /// Makes all further calls work again.
    pub fn heal(&self) {
        self.state().failures.clear();
    }

    /// The changing calls so far, failed ones included.
    pub fn calls(&self) -> Vec<Call> {
        self.state().calls.clone()
    }

    /// The live content of a file.
    pub fn content(&self, path: &str) -> Option<Vec<u8>> {
        let state = self.state();
        let inode = state.inodes.get(state.live.file(path).ok()?)?;
        Some(inode.live.clone())
    }

    /// The names of all files.
    pub fn files(&self) -> Vec<String> {
        self.state().live.files().into_iter().map(|(path, _)| path).collect()
    }

    /// Changes a file behind everybody's back, durably: a bad byte, a restored backup. `None` removes it.
    pub fn tamper(&self, path: &str, content: Option<Vec<u8>>) {
        let mut state = self.state();
        state.tamper_dirs(path);
        let Ok(place) = state.live.place(path) else { return };
        match content {
            None => {
                state.live.unlink(&place);
                state.durable.unlink(&place);
            }
            Some(content) => {
                let id = state.inodes.len();
                state.inodes.push(Inode { live: content.clone(), durable: content, dirty: BTreeSet::new() });
                state.live.link(&place, Node::File(id));
                state.durable.link(&place, Node::File(id));
            }
        }
    }

    /// Lets the kernel drop its cache: pages that a failed sync forgot show what is really on the disk.
    pub fn evict(&self) {
        let mut state = self.state();
        let page = state.page;
        for inode in &mut state.inodes {
            for (at, byte) in inode.live.iter_mut().enumerate() {
                if !inode.dirty.contains(&(at / page)) {
                    *byte = inode.durable.get(at).copied().unwrap_or(0);
                }
            }
        }
    }
}

impl State {
    /// Numbers a call and says how it fails.
    fn begin(&mut self, call: Call) -> io::Result<Option<Failure>> {
        let number = self.calls.len() as u64;
        if self.stopped || self.stop_before == Some(number) {
            self.stopped = true;
            return Err(io::Error::other("the machine has stopped"));
        }
        self.calls.push(call);
        Ok(self.failures.iter().find(|(range, _)| range.contains(&number)).map(|(_, failure)| *failure))
    }

    /// Numbers a call that either works or fails without effect.
    fn plain(&mut self, call: Call, needs_space: bool) -> io::Result<()> {
        match self.begin(call)? {
            None => Ok(()),
            Some(Failure::Full) if !needs_space => Ok(()),
            Some(Failure::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(_) => Err(io::Error::other("injected failure")),
        }
    }

    /// Makes the directories that lead to `path`, durably.
    fn tamper_dirs(&mut self, path: &str) {
        for (at, _) in path.match_indices('/') {
            let Some(dir) = path.get(..at).filter(|dir| self.live.find(dir).is_none()) else { continue };
            let Ok(place) = self.live.place(dir) else { continue };
            let node = Node::Dir(self.live.new_dir());
            self.durable.new_dir();
            self.live.link(&place, node);
            self.durable.link(&place, node);
        }
    }

    fn inode(&mut self, id: usize) -> io::Result<&mut Inode> {
        self.inodes.get_mut(id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn write(&mut self, id: usize, path: &str, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let failure = self.begin(Call::Write(path.into(), offset, bytes.len()))?;
        let put = match failure {
            None => bytes,
            Some(Failure::Error) => &[],
            Some(Failure::Short | Failure::Full) => bytes.get(..bytes.len() / 2).unwrap_or_default(),
        };
        let (page, offset) = (self.page, offset as usize);
        let inode = self.inode(id)?;
        let end = offset + put.len();
        if !put.is_empty() {
            inode.live.resize(inode.live.len().max(end), 0);
            inode.dirty.extend(offset / page..=(end - 1) / page);
            if let Some(room) = inode.live.get_mut(offset..end) {
                room.copy_from_slice(put);
            }
        }
        match failure {
            None => Ok(()),
            Some(Failure::Full) => Err(io::ErrorKind::StorageFull.into()),
            Some(_) => Err(io::Error::other("injected failure")),
        }
    }

    fn sync(&mut self, id: usize, path: &str) -> io::Result<()> {
        let failed = self.plain(Call::SyncData(path.into()), false);
        let (page, stopped) = (self.page, self.stopped);
        let inode = self.inode(id)?;
        if let Err(error) = failed {
            if !stopped {
                inode.dirty.clear();
            }
            return Err(error);
        }
        inode.durable.resize(inode.live.len(), 0);
        for nth in std::mem::take(&mut inode.dirty) {
            let range = nth * page..((nth + 1) * page).min(inode.live.len());
            if let (Some(to), Some(from)) = (inode.durable.get_mut(range.clone()), inode.live.get(range)) {
                to.copy_from_slice(from);
            }
        }
        Ok(())
    }

    fn set_len(&mut self, id: usize, path: &str, len: u64) -> io::Result<()> {
        self.plain(Call::SetLen(path.into(), len), false)?;
        let page = self.page;
        let inode = self.inode(id)?;
        inode.live.truncate(len as usize);
        inode.dirty.retain(|nth| nth * page < len as usize);
        if !(len as usize).is_multiple_of(page) {
            inode.dirty.insert(len as usize / page);
        }
        Ok(())
    }
}

struct FakeFile {
    disk: FakeDisk,
    id: usize,
    path: String,
}

impl ReadFile for FakeFile {
    fn len(&self) -> io::Result<u64> {
        Ok(self.disk.state().inode(self.id)?.live.len() as u64)
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> io::Result<usize> {
        let mut state = self.disk.state();
        let live = &state.inode(self.id)?.live;
        let from = (offset as usize).min(live.len());
        let len = into.len().min(live.len() - from);
        if let (Some(to), Some(bytes)) = (into.get_mut(..len), live.get(from..from + len)) {
            to.copy_from_slice(bytes);
        }
        Ok(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.disk.state().sync(self.id, &self.path)
    }
}

impl WriteFile for FakeFile {
    fn write_at(&mut self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.disk.state().write(self.id, &self.path, offset, bytes)
    }

    fn sync_data(&mut self) -> io::Result<()> {
        self.disk.state().sync(self.id, &self.path)
    }

    fn set_len(&mut self, len: u64) -> io::Result<()> {
        self.disk.state().set_len(self.id, &self.path, len)
    }
}

impl LockGuard for FakeLock {}

struct FakeLock(FakeDisk);

impl Drop for FakeLock {
    fn drop(&mut self) {
        self.0.state().locked = None;
    }
}

impl FakeDisk {
    fn file(&self, id: usize, path: &str) -> FakeFile {
        FakeFile { disk: self.clone(), id, path: path.into() }
    }
}
