//! Founding a ledger: its first keys, its first two acts.

use crate::cli::Ctx;
use crate::cli::calendar::shipped_wishes;
use crate::cli::first_key::{FirstKey, ensure_key, key_name};
use crate::cli::keystore::KeyName;
use crate::fault::{Fault, Outcome};
use crate::ledger::{self, Founding, Ledger};
use crate::record::Origin;

/// What a ledger begins with.
pub struct Beginning<'a> {
    /// The origin, as given.
    pub origin: &'a str,
    /// Name of the office.
    pub office: &'a str,
    /// Name of the first administrator.
    pub admin: &'a str,
    /// Their roles.
    pub roles: Vec<String>,
    /// Further keys, each with a role of that name: (role, what it is called).
    pub more: &'a [(&'a str, &'a str)],
}

/// A ledger that was founded, and its keys.
pub struct Begun {
    /// The ledger, open for writing.
    pub ledger: Ledger,
    /// The administrator's key.
    pub admin: FirstKey,
    /// The ledger key.
    pub seal: FirstKey,
    /// The recovery key.
    pub recovery: FirstKey,
    /// The further keys.
    pub more: Vec<FirstKey>,
}

/// Founds a ledger where the context says, and adopts the calendars that ship.
///
/// Errors: `ledger.exists`, `origin.unreadable`, what founding gives.
pub fn begin(ctx: &Ctx<'_>, beginning: &Beginning<'_>) -> Outcome<Begun> {
    let dir = ctx.ledger_dir()?;
    if std::fs::read_dir(&dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Fault::usage("ledger.exists").with("path", dir.display()));
    }
    let unreadable = |found| Fault::usage("origin.unreadable").with("found", found);
    let origin: Origin = beginning.origin.parse().map_err(unreadable)?;
    let name = ctx.as_name()?.map_or_else(|| KeyName::parse(beginning.admin), Ok)?;
    let admin = ensure_key(ctx, &name)?;
    let seal = ensure_key(ctx, &key_name(&origin, "ledger")?)?;
    let recovery = ensure_key(ctx, &key_name(&origin, "recovery")?)?;
    let more: Vec<FirstKey> = beginning
        .more
        .iter()
        .map(|(role, _)| ensure_key(ctx, &key_name(&origin, role)?))
        .collect::<Outcome<_>>()?;
    let mut keys = vec![
        first(ctx, beginning.admin, beginning.roles.clone(), &admin)?,
        first(ctx, "台账密钥", vec!["ledger".into()], &seal)?,
        first(ctx, "恢复密钥", vec!["recovery".into()], &recovery)?,
    ];
    for ((role, called), key) in beginning.more.iter().zip(&more) {
        keys.push(first(ctx, called, vec![(*role).to_owned()], key)?);
    }
    let founding = Founding { origin: origin.clone(), office: beginning.office.to_owned(), keys, founder: 0 };
    let mut entropy = ctx.env.entropy.borrow_mut();
    let now = ctx.now()?;
    let mut ledger = Ledger::found(&dir, &founding, now, entropy.as_mut())?;
    let holder = &founding.keys.first().ok_or_else(|| Fault::usage("ledger.no_founder"))?.holder;
    let calendars = shipped_wishes(holder, now.day())?;
    ledger.commit(admin.signer.as_ref(), now, calendars, entropy.as_mut())?;
    let store = ctx.keystore()?;
    for (key, first) in [&admin, &seal, &recovery].into_iter().chain(&more).zip(&founding.keys) {
        store.note_enrolment(&key.name, first.holder.as_str(), origin.as_str())?;
    }
    drop(founding);
    Ok(Begun { ledger, admin, seal, recovery, more })
}

fn first<'k>(
    ctx: &Ctx<'_>,
    name: &str,
    roles: Vec<String>,
    key: &'k FirstKey,
) -> Outcome<ledger::FirstKey<'k>> {
    let holder = ctx.fresh("person")?;
    Ok(ledger::FirstKey { holder, name: name.to_owned(), roles, signer: key.signer.as_ref() })
}
