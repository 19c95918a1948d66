//! Where a verification stands, so that it can go on later.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::record::act::Head;
use crate::record::digest::PartDigest;
use crate::record::event::PartName;
use crate::record::ids::{Origin, Subject};
use crate::record::verify::times::Times;

/// Where a chain stands: enough to go on verifying, given the law's state beside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    /// Tree, chain hash, time, newest `keys` link.
    pub head: Head,
    /// `seq` of each subject's newest event.
    pub last: HashMap<Subject, u64>,
    /// Parts that were missing and are not yet known to be erased.
    #[serde(with = "pairs")]
    pub absent: HashMap<(u64, PartName), PartDigest>,
    /// When events were entered.
    pub times: Times,
}

/// JSON has no tuple keys: a map as a list of pairs.
mod pairs {
    use super::{HashMap, PartDigest, PartName};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    type Absent = HashMap<(u64, PartName), PartDigest>;

    pub fn serialize<S: Serializer>(map: &Absent, to: S) -> Result<S::Ok, S::Error> {
        let mut list: Vec<_> = map.iter().collect();
        list.sort();
        list.serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Absent, D::Error> {
        Ok(Vec::deserialize(from)?.into_iter().collect())
    }
}

impl Chain {
    /// Before event 0.
    pub fn at_origin(origin: &Origin) -> Self {
        Self::at(Head::at_origin(origin))
    }

    /// At an act boundary inside a log: what a partial bundle states about its beginning.
    pub fn at(head: Head) -> Self {
        Self { head, last: HashMap::new(), absent: HashMap::new(), times: Times::default() }
    }
}
