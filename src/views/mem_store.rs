//! The store in memory: when sled is held by another process or fails, and for answers as of a past day.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use super::store::{Batch, Store, Visit};
use crate::fault::Outcome;

/// A `BTreeMap` behind a lock.
#[derive(Debug, Default)]
pub struct MemStore {
    map: RwLock<BTreeMap<Vec<u8>, Vec<u8>>>,
}

impl Store for MemStore {
    fn get(&self, key: &[u8]) -> Outcome<Option<Vec<u8>>> {
        Ok(self.map.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned())
    }

    fn scan(&self, from: &[u8], to: &[u8], visit: &mut Visit<'_>) -> Outcome<()> {
        if from >= to {
            return Ok(());
        }
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in
            map.range::<[u8], _>((std::ops::Bound::Included(from), std::ops::Bound::Excluded(to)))
        {
            if visit(key, value)?.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn last(&self, from: &[u8], to: &[u8]) -> Outcome<Option<(Vec<u8>, Vec<u8>)>> {
        if from >= to {
            return Ok(None);
        }
        let map = self.map.read().unwrap_or_else(PoisonError::into_inner);
        let range = (std::ops::Bound::Included(from), std::ops::Bound::Excluded(to));
        Ok(map.range::<[u8], _>(range).next_back().map(|(key, value)| (key.clone(), value.clone())))
    }

    fn commit(&self, batch: Batch) -> Outcome<()> {
        let mut map = self.map.write().unwrap_or_else(PoisonError::into_inner);
        for (key, value) in batch {
            match value {
                Some(value) => map.insert(key, value),
                None => map.remove(&key),
            };
        }
        Ok(())
    }

    fn flush(&self) -> Outcome<()> {
        Ok(())
    }

    fn may_rot(&self) -> bool {
        false
    }
}
