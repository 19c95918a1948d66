//! `ledger.json`: what a ledger says of itself. Public; no secret. Nothing in it is trusted beyond finding the log:
//! origin and genesis hash come to an outsider by another way.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Outcome};
use crate::record::{ChainHash, Origin, canonical};

/// Name of the file in the ledger's directory.
pub const FILE: &str = "ledger.json";

/// What `ledger.json` holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Info {
    /// Format version: 1.
    #[schemars(extend("const" = 1))]
    pub format: u64,
    /// Chain hash of event 0.
    pub genesis: ChainHash,
    /// Name of the office.
    pub office: String,
    /// The origin, for ever.
    pub origin: Origin,
}

impl Info {
    /// Reads the file's bytes.
    ///
    /// Errors: `ledger.info` when they are not what [`Info::to_bytes`] writes.
    pub fn parse(bytes: &[u8]) -> Outcome<Self> {
        let info: Self = serde_json::from_slice(bytes)
            .map_err(|error| Fault::usage("ledger.info").with("found", error))?;
        if info.format == 1 {
            Ok(info)
        } else {
            Err(Fault::usage("ledger.format").with("found", info.format))
        }
    }

    /// The file's bytes: canonical JSON and a line end.
    pub fn to_bytes(&self) -> Outcome<Vec<u8>> {
        let bytes =
            canonical::to_bytes(self).map_err(|error| Fault::usage("ledger.info").with("found", error))?;
        Ok([bytes, b"\n".to_vec()].concat())
    }
}
