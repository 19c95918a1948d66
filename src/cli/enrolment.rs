//! A request to be enrolled: what the future holder hands to the administrator. Nothing in it is secret.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::fault::{Fault, Outcome};
use crate::record::keys::prove_possession;
use crate::record::{KeyId, Origin, PublicKey, Signer, Subject};

/// Largest request file, bytes.
const MAX: usize = 16 << 10;

/// The request file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// 1
    pub format: u64,
    /// The ledger it is for.
    pub origin: Origin,
    /// The person.
    pub holder: Subject,
    /// The person's name.
    pub name: String,
    /// The key.
    pub key: KeyId,
    /// Its signature over origin, key and holder.
    pub possession: String,
}

impl Request {
    /// Makes a request, signed by the key it is about.
    pub fn make(signer: &dyn Signer, origin: Origin, holder: Subject, name: String) -> Outcome<Self> {
        let possession = prove_possession(signer, origin.as_str(), holder.as_str())
            .map_err(|error| Fault::machine(error.code()).with("found", error))?;
        Ok(Self { format: 1, origin, holder, name, key: signer.key(), possession })
    }

    /// Reads a request file.
    ///
    /// Errors: `request.form`; `request.origin` when it is for another ledger; `request.possession`.
    pub fn read(path: &Path, origin: &Origin) -> Outcome<Self> {
        let bytes = std::fs::read(path).map_err(|error| Fault::io(path.display(), &error))?;
        let bad =
            |found: String| Fault::usage("request.form").with("path", path.display()).with("found", found);
        if bytes.len() > MAX {
            return Err(bad(format!("{} bytes", bytes.len())));
        }
        let request: Self = serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        if request.format != 1 {
            return Err(bad(format!("format {}", request.format)));
        }
        if request.origin != *origin {
            return Err(Fault::usage("request.origin")
                .with("expected", origin)
                .with("found", &request.origin));
        }
        let key = PublicKey::decode(request.key).map_err(|error| bad(error.to_string()))?;
        if key.proves_possession(origin.as_str(), request.holder.as_str(), &request.possession) {
            Ok(request)
        } else {
            Err(Fault::refused("request.possession").with("path", path.display()))
        }
    }

    /// The file's bytes.
    pub fn to_bytes(&self) -> Outcome<Vec<u8>> {
        let text = serde_json::to_string_pretty(self);
        let text =
            text.map_err(|error| Fault::machine("io.failed").with("path", "JSON").with("found", error))?;
        Ok((text + "\n").into_bytes())
    }
}
