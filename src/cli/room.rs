//! A place for what is unpacked for a while.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Ctx;
use crate::fault::Outcome;

/// A fresh path in the system's folder for temporary files. Nothing stands there yet; whoever makes something there makes it
/// for this user alone, and takes it away again.
pub fn room(ctx: &Ctx<'_>) -> Outcome<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let mut name = [0; 8];
    ctx.env.entropy.borrow_mut().fill(&mut name)?;
    let (process, nth) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    Ok(std::env::temp_dir().join(format!("zhaoce-{process}-{nth}-{}", hex::encode(name))))
}
