//! The registers of persons and of keys. Both only grow.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::code::{KeyUse, Role, Roles};
use crate::record::KeyId;

/// Place of a person in the register: persons are only ever added, so it never changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PersonIx(u32);

/// One person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// `person/…`
    pub id: Box<str>,
    /// Roles held now.
    pub roles: Roles,
    /// Its first folded event.
    pub first: u64,
    /// Its newest folded event.
    pub last: u64,
}

/// The register of persons, in the order they were added.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Person>", into = "Vec<Person>")]
pub struct People {
    list: Vec<Person>,
    index: HashMap<Box<str>, PersonIx>,
}

impl From<Vec<Person>> for People {
    fn from(list: Vec<Person>) -> Self {
        let mut people = Self::default();
        list.into_iter().for_each(|person| people.put(person));
        people
    }
}

impl From<People> for Vec<Person> {
    fn from(people: People) -> Self {
        people.list
    }
}

impl People {
    /// Every person, in the order of addition.
    pub fn iter(&self) -> impl Iterator<Item = &Person> {
        self.list.iter()
    }

    /// The person with this id.
    pub fn get(&self, id: &str) -> Option<&Person> {
        self.index.get(id).and_then(|ix| self.list.get(ix.0 as usize))
    }

    /// The place of the person with this id.
    pub fn place(&self, id: &str) -> Option<PersonIx> {
        self.index.get(id).copied()
    }

    /// The person at a place.
    pub fn at(&self, place: PersonIx) -> Option<&Person> {
        self.list.get(place.0 as usize)
    }

    /// Whether the person is there and has the role.
    pub fn holds(&self, id: &str, role: Role) -> bool {
        self.get(id).is_some_and(|person| person.roles.has(role))
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Person> {
        let ix = self.index.get(id)?;
        self.list.get_mut(ix.0 as usize)
    }

    /// Adds a person, or replaces the one with the same id.
    pub(super) fn put(&mut self, person: Person) {
        match self.get_mut(&person.id) {
            Some(known) => *known = person,
            None => {
                let ix = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
                self.index.insert(person.id.clone(), PersonIx(ix));
                self.list.push(person);
            }
        }
    }
}

/// One key, for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The public key.
    pub key: KeyId,
    /// `person/…`
    pub holder: Box<str>,
    /// What it may sign.
    #[serde(rename = "use")]
    pub usage: KeyUse,
    /// `seq` of its enrolment.
    pub enrolled: u64,
    /// First act it may sign.
    pub from: u64,
    /// Act of its revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<u64>,
    /// Newest event it signed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<u64>,
}

/// Keys in the order of enrolment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<Key>", into = "Vec<Key>")]
pub struct Keys {
    list: Vec<Key>,
    index: HashMap<KeyId, u32>,
}

impl From<Vec<Key>> for Keys {
    fn from(list: Vec<Key>) -> Self {
        let mut keys = Self::default();
        list.into_iter().for_each(|key| keys.put(key));
        keys
    }
}

impl From<Keys> for Vec<Key> {
    fn from(keys: Keys) -> Self {
        keys.list
    }
}

impl Keys {
    /// Every key, in the order of enrolment.
    pub fn iter(&self) -> impl Iterator<Item = &Key> {
        self.list.iter()
    }

    /// The key.
    pub fn get(&self, key: &KeyId) -> Option<&Key> {
        self.index.get(key).and_then(|ix| self.list.get(*ix as usize))
    }

    pub(super) fn get_mut(&mut self, key: &KeyId) -> Option<&mut Key> {
        let ix = self.index.get(key)?;
        self.list.get_mut(*ix as usize)
    }

    pub(super) fn put(&mut self, key: Key) {
        if self.index.contains_key(&key.key) {
            return;
        }
        self.index.insert(key.key, u32::try_from(self.list.len()).unwrap_or(u32::MAX));
        self.list.push(key);
    }
}
