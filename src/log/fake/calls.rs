//! The calls a disk takes, as the fake disk does them.

use std::io;

use super::names::Node;
use super::{Call, FakeDisk, FakeLock, Inode};
use crate::log::disk::{Disk, EntryKind, LockError, LockGuard, ReadFile, WriteFile};

impl Disk for FakeDisk {
    fn list(&self, dir: &str) -> io::Result<Vec<String>> {
        let files = self.entries(dir)?.into_iter().filter(|(_, kind)| *kind == EntryKind::File);
        Ok(files.map(|(name, _)| name).collect())
    }

    fn entries(&self, dir: &str) -> io::Result<Vec<(String, EntryKind)>> {
        let state = self.state();
        let Ok(dir) = state.live.dir(dir) else { return Ok(Vec::new()) };
        let kind = |node| match node {
            Node::File(_) => EntryKind::File,
            Node::Dir(_) => EntryKind::Dir,
        };
        Ok(state.live.entries(dir).map(|(name, node)| (name.clone(), kind(node))).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn ReadFile>> {
        let id = self.state().live.file(path)?;
        Ok(Box::new(self.file(id, path)))
    }

    fn open_write(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        let id = self.state().live.file(path)?;
        Ok(Box::new(self.file(id, path)))
    }

    fn create(&self, path: &str) -> io::Result<Box<dyn WriteFile>> {
        let mut state = self.state();
        state.plain(Call::Create(path.into()), true)?;
        if state.live.find(path).is_some() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let place = state.live.place(path)?;
        let id = state.inodes.len();
        state.inodes.push(Inode::default());
        state.live.link(&place, Node::File(id));
        state.pending.link(place, Node::File(id));
        Ok(Box::new(self.file(id, path)))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut state = self.state();
        state.plain(Call::Rename(from.into(), to.into()), false)?;
        let (old, new) = (state.live.place(from)?, state.live.place(to)?);
        let node = state.live.find(from).ok_or(io::ErrorKind::NotFound)?;
        match (node, state.live.find(to)) {
            (_, None) | (Node::File(_), Some(Node::File(_))) => {}
            (Node::Dir(_), Some(Node::Dir(id))) if state.live.entries(id).next().is_none() => {}
            _ => return Err(io::ErrorKind::DirectoryNotEmpty.into()),
        }
        state.live.unlink(&old);
        state.live.link(&new, node);
        state.pending.rename(old, new);
        Ok(())
    }

    fn remove(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        state.live.file(path)?;
        state.plain(Call::Remove(path.into()), false)?;
        let place = state.live.place(path)?;
        state.live.unlink(&place);
        state.pending.unlink(place);
        Ok(())
    }

    fn create_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        state.plain(Call::CreateDir(path.into()), true)?;
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for dir in ends.filter_map(|end| path.get(..end)) {
            if state.live.find(dir).is_some() {
                state.live.dir(dir)?;
                continue;
            }
            let place = state.live.place(dir)?;
            let node = Node::Dir(state.live.new_dir());
            state.durable.new_dir();
            state.live.link(&place, node);
            state.pending.link(place, node);
        }
        Ok(())
    }

    fn remove_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        let dir = state.live.dir(path)?;
        state.plain(Call::RemoveDir(path.into()), false)?;
        if state.live.entries(dir).next().is_some() {
            return Err(io::ErrorKind::DirectoryNotEmpty.into());
        }
        let place = state.live.place(path)?;
        state.live.unlink(&place);
        state.pending.unlink(place);
        Ok(())
    }

    fn sync_dir(&self, path: &str) -> io::Result<()> {
        let mut state = self.state();
        state.plain(Call::SyncDir(path.into()), false)?;
        let dir = state.live.dir(path)?;
        state.settle_dir(dir);
        Ok(())
    }

    fn lock(&self, _path: &str, note: &str) -> Result<Box<dyn LockGuard>, LockError> {
        let mut state = self.state();
        if let Some(holder) = &state.locked {
            return Err(LockError::Held(holder.clone()));
        }
        state.locked = Some(note.trim().to_owned());
        Ok(Box::new(FakeLock(self.clone())))
    }
}
