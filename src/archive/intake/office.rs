//! Where verification of an office's next batch goes on.

use serde::{Deserialize, Serialize};

use super::ask::{Claim, Holding, Office, Verdict};
use super::{Intake, STATES};
use crate::archive::durable;
use crate::fault::{Fault, Outcome};

/// First line of a saved state: of which office, and where it stood.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    origin: String,
    root: String,
    size: u64,
}

pub(super) fn path_of(origin: &str) -> String {
    let name: String = blake3::hash(origin.as_bytes()).to_hex().chars().take(16).collect();
    format!("{STATES}/{name}.state")
}

impl Intake<'_> {
    /// Keeps the state that a batch left. It is a cache: if it cannot be kept, it is made again from the store.
    pub(super) fn remember(&self, claim: &Claim, root: &str, state: &[u8]) {
        let head = Head { origin: claim.origin.clone(), root: root.into(), size: claim.size };
        if let Ok(mut bytes) = serde_json::to_vec(&head) {
            bytes.push(b'\n');
            bytes.extend_from_slice(state);
            let _ = durable::place(self.disk(), &path_of(&claim.origin), &bytes);
        }
    }

    fn remembered(&self, origin: &str, office: &Office) -> Outcome<Option<Vec<u8>>> {
        let Some(mut bytes) = durable::read(self.disk(), &path_of(origin))? else { return Ok(None) };
        let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return Ok(None) };
        let state = bytes.split_off(end + 1);
        let head: Option<Head> = serde_json::from_slice(&bytes).ok();
        let fits = head.is_some_and(|head| {
            head.origin == origin && head.size == office.size && Some(&head.root) == office.root.as_ref()
        });
        Ok(fits.then_some(state))
    }

    /// The state before the office's next batch; nothing before its first.
    ///
    /// Errors: `archive.state_lost` when a stored batch does not verify any more.
    pub(super) fn before(
        &self,
        origin: &str,
        office: &Office,
        holdings: impl FnOnce() -> Outcome<Vec<Holding>>,
    ) -> Outcome<Option<Vec<u8>>> {
        if office.size == 0 {
            return Ok(None);
        }
        if let Some(state) = self.remembered(origin, office)? {
            return Ok(Some(state));
        }
        let mut state = None;
        for holding in holdings()? {
            let tree = self.store.object(&holding.key()?)?.tree("bag")?;
            let judged = self.judge.judge(&tree, &holding.claim, state.as_deref())?;
            let Verdict::Sound(sound) = judged.verdict else {
                return Err(Fault::refused("archive.state_lost").with("path", &holding.claim.batch));
            };
            self.remember(&holding.claim, &sound.root, &sound.state);
            state = Some(sound.state);
        }
        Ok(state)
    }
}
