//! Where packages and bundles come from.

use std::io::Read;

use super::look::{Look, of_tree};
use crate::bundle::package::Tree;
use crate::fault::Outcome;

/// A package or a bundle that stands somewhere. It can be opened again and again.
pub trait Source: Send + Sync {
    /// What it is called, for people.
    fn name(&self) -> &str;

    /// What it says it is. Nothing of it is believed until it has been verified.
    fn look(&self) -> Outcome<Look>;

    /// Opens it; a container of a package is unpacked.
    fn open(&self) -> Outcome<Opened<'_>>;

    /// What its archive keeps beside a package of which parts were erased: what the office had signed. Nothing for others.
    fn evidence(&self) -> Outcome<Option<Box<dyn Tree + Send + '_>>> {
        Ok(None)
    }
}

/// A source that is open.
pub enum Opened<'a> {
    /// A package, as a tree.
    Package(Box<dyn Tree + Send + 'a>),
    /// A bundle, as the bytes of its container.
    Bundle(Box<dyn Read + Send + 'a>),
}

/// A package whose tree is at hand.
pub struct TreeSource<T> {
    name: String,
    tree: T,
}

impl<T: Tree + Send> TreeSource<T> {
    /// The package `tree`, called `name`.
    pub fn new(name: impl Into<String>, tree: T) -> Self {
        Self { name: name.into(), tree }
    }
}

impl<T: Tree + Send> Source for TreeSource<T> {
    fn name(&self) -> &str {
        &self.name
    }

    fn look(&self) -> Outcome<Look> {
        of_tree(&self.tree)
    }

    fn open(&self) -> Outcome<Opened<'_>> {
        Ok(Opened::Package(Box::new(&self.tree)))
    }
}
