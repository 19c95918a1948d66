//! What an insider with every key can do to a ledger, and cannot hide: change an old event and sign everything after
//! it anew. Lives in the demo only.

use std::collections::BTreeMap;
use std::path::Path;

use crate::cli::Ctx;
use crate::fault::{Fault, Outcome};
use crate::ledger::{Access, Ledger};
use crate::log::LineKind;
use crate::record::act::{ActBuilder, Head, SealedPart};
use crate::record::event::{Event, Line, Parts, synced_line};
use crate::record::{KeyId, PartName, Signer};

fn astray(found: impl ToString) -> Fault {
    Fault::machine("demo.astray").with("found", found.to_string())
}

/// Writes into `target` a log like the one in `dir`, but with `change` applied to each event before it is signed anew by
/// the keys of its own signer.
pub fn rewrite(
    dir: &Path,
    target: &Path,
    keys: &BTreeMap<KeyId, Box<dyn Signer>>,
    change: &dyn Fn(&mut Event),
) -> Outcome<()> {
    let ledger = Ledger::open(dir, Access::Read)?;
    let (mut head, mut act, mut log) = (Head::at_origin(&ledger.info().origin), Vec::new(), Vec::new());
    for line in ledger.log().lines(0)?.strict() {
        let line = line?;
        match line.kind {
            LineKind::Event => act.push(read(&line.bytes)?),
            LineKind::Seal => head = forge(&ledger, head, std::mem::take(&mut act), keys, change, &mut log)?,
        }
    }
    let folder = target.join("log");
    let io = |error: std::io::Error| Fault::io(target.display(), &error);
    std::fs::create_dir_all(&folder).map_err(io)?;
    std::fs::copy(dir.join("ledger.json"), target.join("ledger.json")).map_err(io)?;
    std::fs::write(folder.join("000000000000.jsonl"), log).map_err(io)
}

fn read(line: &[u8]) -> Outcome<(Event, Parts)> {
    match Line::parse(line).map_err(astray)? {
        Line::Event(raw) => Ok((raw.event().map_err(astray)?, raw.parts().map_err(astray)?)),
        _ => Err(astray("not an event")),
    }
}

fn forge(
    ledger: &Ledger,
    head: Head,
    act: Vec<(Event, Parts)>,
    keys: &BTreeMap<KeyId, Box<dyn Signer>>,
    change: &dyn Fn(&mut Event),
    log: &mut Vec<u8>,
) -> Outcome<Head> {
    let Some((first, _)) = act.first() else { return Ok(head) };
    let signer = keys.get(&first.by).ok_or_else(|| astray("a key is missing"))?;
    let mut builder = ActBuilder::new(&ledger.info().origin, &head, first.at, first.by);
    for (event, parts) in &act {
        let mut forged = event.clone();
        change(&mut forged);
        let draft = crate::record::act::Draft {
            kind: forged.kind.clone(),
            subject: forged.subject.clone(),
            facts: forged.facts.clone(),
            parts: sealed(parts)?,
        };
        // Erased parts stay committed to by their digests.
        let mut anew = builder.event(&draft, event.last);
        anew.parts = event.parts.clone();
        builder.push(&anew, &draft.parts).map_err(astray)?;
    }
    log.extend(synced_line(head.size()));
    log.push(b'\n');
    let sealed = builder.seal(signer.as_ref()).map_err(astray)?;
    log.extend(sealed.lines);
    Ok(sealed.head)
}

fn sealed(parts: &Parts) -> Outcome<Vec<SealedPart>> {
    parts.iter().map(|(name, part): (&PartName, _)| SealedPart::new(*name, part).map_err(astray)).collect()
}

/// Every key in the demo's key store, unlocked.
pub fn all_keys(home: &Path, ctx: &Ctx<'_>) -> Outcome<BTreeMap<KeyId, Box<dyn Signer>>> {
    use crate::cli::keystore::{Env, Keystore, Passphrase, PassphraseFrom};
    let passphrase = Some(Passphrase::from_bytes(b"demo".to_vec()));
    let env = Env { home: Some(home.to_owned()), passphrase, lang: ctx.env.keys.lang, ..Env::default() };
    let (store, from) = (Keystore::of(&env)?, PassphraseFrom { env: &env, file: None });
    let unlock = |entry: crate::cli::keystore::KeyEntry| Ok((entry.key, store.unlock(&entry.name, &from)?));
    store.list()?.into_iter().map(unlock).collect()
}
