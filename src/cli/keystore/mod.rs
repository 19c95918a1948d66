//! Key custody: private keys of one user of the machine, outside every ledger.
//!
//! ```text
//! $ZHAOCE_HOME/                  else $XDG_CONFIG_HOME/zhaoce/, else ~/.config/zhaoce/
//!   keys/                        0700
//!     张三.pem                   0600  encrypted PKCS#8
//!     张三.json                  0600  {"name":"张三","key":"ed25519:…"}, nothing secret
//! ```
//!
//! A key is used through the user's ssh-agent while it is there ([`Keystore::unlock_in_agent`]), else from its file
//! with a passphrase. `docs/keys.md` says what this protects against and what it does not. Passphrases and private
//! keys appear in no fault, no `Debug` and no side file.

mod agent;
mod env;
mod name;
mod passphrase;
mod private;
mod store;
#[cfg(all(test, unix))]
mod tests;
mod unlock;

pub use agent::Agent;
pub use env::{Ask, Env};
pub use name::KeyName;
pub use passphrase::{MIN_TYPED, Passphrase, PassphraseFrom};
pub use store::{KeyEntry, Keystore};
pub use unlock::MAX_MINUTES;
