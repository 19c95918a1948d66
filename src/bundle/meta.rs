//! `bundle.json` and the other small files of a bundle.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BagName, MAX_TAG_FILE_BYTES};
use crate::fault::{Fault, Outcome};
use crate::record::act::Head;
use crate::record::tree::Frontier;
use crate::record::verify::Copy;
use crate::record::{ChainHash, Origin, TreeHash};

/// Paths below `data/`, in the order of the bundle.
pub(super) const META: &str = "bundle.json";
pub(super) const CHECKPOINT: &str = "checkpoint";
pub(super) const VERIFY: &str = "VERIFY.txt";
pub(super) const CONSISTENCY: &str = "consistency.json";
/// Largest small file that is read, in bytes.
pub(super) const SMALL_MAX: u64 = MAX_TAG_FILE_BYTES;

/// Most characters of an origin that stand in a bag's name whole; a longer one is cut and told apart by a digest. With
/// numbers of twelve digits the longest path of a bundle then fits in a tar header.
const ORIGIN_MAX: usize = 21;
const ORIGIN_CUT: usize = 12;

/// Where a partial bundle begins.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Hashes of the complete subtrees of the first `from` leaves, largest first.
    pub frontier: Vec<TreeHash>,
    /// Chain hash of event `from` − 1.
    pub head: ChainHash,
}

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    /// Which parts it has.
    pub edition: Copy,
    /// 1.
    pub format: u64,
    /// First event.
    pub from: u64,
    /// Chain hash of event 0.
    pub genesis: ChainHash,
    /// Chain hash of the last event.
    pub head: ChainHash,
    /// The origin.
    pub origin: Origin,
    /// Root of the tree.
    pub root: TreeHash,
    /// Events, those before `from` included.
    pub size: u64,
    /// Where it begins, when that is not event 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
}

impl Meta {
    /// Reads `bundle.json`.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        let bad = |found: &dyn ToString| Fault::refused("bundle.meta").with("found", found.to_string());
        let meta: Self = serde_json::from_slice(bytes).map_err(|e| bad(&e))?;
        if meta.format != 1 {
            return Err(bad(&format!("format {}", meta.format)));
        }
        if (meta.from > 0) != meta.start.is_some() || meta.from >= meta.size {
            return Err(bad(&"from and start do not fit"));
        }
        Ok(meta)
    }

    /// Where the chain stands before the first event of the bundle.
    pub fn start_head(&self) -> Outcome<Head> {
        let Some(start) = &self.start else { return Ok(Head::at_origin(&self.origin)) };
        let frontier = Frontier::from_parts(self.from, start.frontier.clone());
        let frontier = frontier.ok_or_else(|| Fault::refused("bundle.meta").with("found", "frontier"))?;
        Ok(Head { frontier, chain: start.head, at: None, keys: None })
    }

    /// The bag's name. It is for people: which ledger it is, the origin and the genesis hash say.
    pub fn bag_name(&self) -> Outcome<BagName> {
        let plain = |c: char| c.is_ascii_digit() || c.is_ascii_lowercase() || c == '.';
        let mut origin: String =
            self.origin.as_str().chars().map(|c| if plain(c) { c } else { '-' }).collect();
        if origin.len() > ORIGIN_MAX {
            let digest = ChainHash::of_origin(self.origin.as_str()).to_string();
            let digest: String = digest.chars().skip("b3:".len()).take(8).collect();
            origin.truncate(ORIGIN_CUT);
            origin = format!("{origin}-{digest}");
        }
        let edition = if self.edition == Copy::Full { "full" } else { "public" };
        BagName::new(&format!("zhaoce-{origin}-{}-{}-{edition}", self.from, self.size))
    }
}

/// A tree head in `consistency.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SizedRoot {
    /// Root of the tree.
    pub root: TreeHash,
    /// Events.
    pub size: u64,
}

/// `consistency.json`: the earlier tree is a prefix of the later one (RFC 6962 §2.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Consistency {
    /// The earlier tree.
    pub from: SizedRoot,
    /// The path.
    pub proof: Vec<TreeHash>,
    /// The later tree.
    pub to: SizedRoot,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(origin: &str, from: u64, size: u64) -> String {
        let genesis = ChainHash([0; 32]);
        let (origin, root) = (origin.parse().unwrap(), TreeHash([0; 32]));
        let meta = Meta {
            edition: Copy::Public,
            format: 1,
            from,
            genesis,
            head: genesis,
            origin,
            root,
            size,
            start: None,
        };
        meta.bag_name().unwrap().as_str().to_owned()
    }

    #[test]
    fn the_longest_path_fits_whatever_the_origin() {
        let most = 999_999_999_999;
        assert_eq!(named("linyi.gov.cn/xxgk", 0, 7), "zhaoce-linyi.gov.cn-xxgk-0-7-public");
        let long = |end: &str| format!("{}/{end}", "a".repeat(190));
        let (one, other) = (named(&long("x"), most, most), named(&long("y"), most, most));
        assert_ne!(one, other, "cut origins are told apart");
        assert_eq!(one.get(..20), Some("zhaoce-aaaaaaaaaaaa-"));
        let paths = super::super::schemas::all();
        let longest = paths.iter().map(|(name, _)| "data/schemas/".len() + name.len()).max().unwrap();
        assert!(
            one.len() + 1 + longest <= super::super::limits::MAX_NAME_BYTES,
            "{}",
            one.len() + 1 + longest
        );
    }
}
