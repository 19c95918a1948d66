//! A place for what is unpacked for a while.

use std::path::PathBuf;

use super::Ctx;
use crate::fault::Outcome;

/// A fresh path in the system's folder for temporary files. Nothing stands there yet; whoever makes something there makes it
/// for this user alone, and takes it away again.
pub fn room(ctx: &Ctx<'_>) -> Outcome<PathBuf> {
    let mut name = [0; 8];
    ctx.env.entropy.borrow_mut().fill(&mut name)?;
    Ok(std::env::temp_dir().join(format!("zhaoce-{}-{}", std::process::id(), hex::encode(name))))
}
