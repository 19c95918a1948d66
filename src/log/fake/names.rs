//! The names of the fake disk: directories are things of their own, so renaming one takes along what is in it.
//!
//! An operation on a directory is durable once every directory it touches has been synced; operations on one name become
//! durable in their order. A rename is one operation: after a crash it has happened or not.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    File(usize),
    Dir(usize),
}

/// A name in a directory.
pub(super) type Place = (usize, String);

/// Directories by number; 0 is the root.
#[derive(Debug, Clone)]
pub(super) struct Names(Vec<BTreeMap<String, Node>>);

#[derive(Debug, Clone)]
enum Op {
    Link(Place, Node),
    Rename(Place, Place),
    Unlink(Place),
}

/// Operations that no sync has made durable yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending(Vec<(Op, BTreeSet<usize>)>);

impl Default for Names {
    fn default() -> Self {
        Self(vec![BTreeMap::new()])
    }
}

impl Names {
    /// What stands at `path`.
    pub fn find(&self, path: &str) -> Option<Node> {
        let mut node = Node::Dir(0);
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let Node::Dir(dir) = node else { return None };
            node = *self.0.get(dir)?.get(part)?;
        }
        Some(node)
    }

    /// The file at `path`.
    pub fn file(&self, path: &str) -> io::Result<usize> {
        match self.find(path) {
            Some(Node::File(id)) => Ok(id),
            Some(Node::Dir(_)) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// The directory at `path`.
    pub fn dir(&self, path: &str) -> io::Result<usize> {
        match self.find(path) {
            Some(Node::Dir(id)) => Ok(id),
            Some(Node::File(_)) => Err(io::ErrorKind::NotADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    /// Where `path` would stand; its directory must be there.
    pub fn place(&self, path: &str) -> io::Result<Place> {
        let (parent, name) = path.rsplit_once('/').unwrap_or(("", path));
        Ok((self.dir(parent)?, name.to_owned()))
    }

    /// What is in a directory.
    pub fn entries(&self, dir: usize) -> impl Iterator<Item = (&String, Node)> {
        self.0.get(dir).into_iter().flatten().map(|(name, node)| (name, *node))
    }

    /// Every file with its path.
    pub fn files(&self) -> Vec<(String, usize)> {
        let mut found = Vec::new();
        self.walk(0, "", &mut found);
        found
    }

    fn walk(&self, dir: usize, path: &str, found: &mut Vec<(String, usize)>) {
        for (name, node) in self.entries(dir) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
            match node {
                Node::File(id) => found.push((path, id)),
                Node::Dir(id) => self.walk(id, &path, found),
            }
        }
    }

    /// A directory that no name leads to yet.
    pub fn new_dir(&mut self) -> usize {
        self.0.push(BTreeMap::new());
        self.0.len() - 1
    }

    pub fn link(&mut self, (dir, name): &Place, node: Node) {
        if let Some(names) = self.0.get_mut(*dir) {
            names.insert(name.clone(), node);
        }
    }

    pub fn unlink(&mut self, (dir, name): &Place) -> Option<Node> {
        self.0.get_mut(*dir)?.remove(name)
    }

    /// Applies an operation to what an earlier, lost operation may have left out.
    fn apply(&mut self, op: &Op) {
        match op {
            Op::Link(place, node) => self.link(place, *node),
            Op::Rename(from, to) => {
                if let Some(node) = self.unlink(from) {
                    self.link(to, node);
                }
            }
            Op::Unlink(place) => {
                self.unlink(place);
            }
        }
    }
}

impl Op {
    fn places(&self) -> Vec<&Place> {
        match self {
            Self::Link(place, _) | Self::Unlink(place) => vec![place],
            Self::Rename(from, to) => vec![from, to],
        }
    }
}

impl Pending {
    pub fn link(&mut self, place: Place, node: Node) {
        self.push(Op::Link(place, node));
    }

    pub fn rename(&mut self, from: Place, to: Place) {
        self.push(Op::Rename(from, to));
    }

    pub fn unlink(&mut self, place: Place) {
        self.push(Op::Unlink(place));
    }

    fn push(&mut self, op: Op) {
        let dirs = op.places().into_iter().map(|(dir, _)| *dir).collect();
        self.0.push((op, dirs));
    }

    /// A directory was synced: what waited for nothing else becomes durable.
    pub fn settle(&mut self, dir: usize, durable: &mut Names) {
        for (_, waits) in &mut self.0 {
            waits.remove(&dir);
        }
        let (mut settled, mut left, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (op, waits) in std::mem::take(&mut self.0).into_iter().rev() {
            if waits.is_empty() || op.places().into_iter().any(|place| names.contains(place)) {
                names.extend(op.places().into_iter().cloned());
                settled.push(op);
            } else {
                left.push((op, waits));
            }
        }
        settled.iter().rev().for_each(|op| durable.apply(op));
        left.reverse();
        self.0 = left;
    }

    /// The names after a crash that kept those operations for which `landed` says so.
    pub fn after_crash(&self, durable: &Names, mut landed: impl FnMut() -> bool) -> Names {
        let mut names = durable.clone();
        for (op, _) in &self.0 {
            if landed() {
                names.apply(op);
            }
        }
        names
    }
}
