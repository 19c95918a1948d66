//! What the archive's own ledger says of what it keeps: which parts were erased by order, and whose keys stand for the archive.

use std::collections::BTreeMap;

use crate::bundle::package::check::{Custody, EVIDENCE_FILES, Evidence};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::event::Line;
use crate::record::verify::Erased;
use crate::record::{Event, KeyId, Origin, PartName};

use super::store::{Key, Store};
use super::tree::Tree;

/// Where an object keeps what the office had signed, and the orders by which that was changed.
pub const KEPT: &str = "evidence";
/// Longest file that is read whole, in bytes.
const SMALL: u64 = 64 << 20;

/// Erasures and keys, as the archive's ledger has them.
#[derive(Debug, Clone, Default)]
pub struct Keeping {
    /// The archive.
    origin: Option<Origin>,
    /// Keys enrolled for acts, and whose.
    keys: Vec<(KeyId, String)>,
    /// What was erased, by the office's origin.
    erased: BTreeMap<String, Erased>,
    /// Offices' origins by subject, and by holding.
    offices: BTreeMap<String, String>,
    holdings: BTreeMap<String, String>,
}

impl Keeping {
    /// Reads the ledger.
    ///
    /// Errors: `log.damaged`, `ledger.unreadable_event`, the machine.
    pub fn read(ledger: &Ledger) -> Outcome<Self> {
        let mut keeping = Self { origin: Some(ledger.info().origin.clone()), ..Self::default() };
        each_event(ledger, &mut |event| keeping.take(event))?;
        Ok(keeping)
    }

    fn take(&mut self, event: &Event) {
        let text = |name: &str| event.fact(name).unwrap_or_default().to_owned();
        match event.kind.as_str() {
            "ledger.opened" => self.first_keys(event),
            "key.enrolled" => self.enrolled(&text("key"), event.subject.as_str()),
            "office.enrolled" => drop(self.offices.insert(event.subject.to_string(), text("origin"))),
            "holding.accepted" => drop(self.holdings.insert(event.subject.to_string(), text("office"))),
            "holding.erased" => self.erased(event),
            _ => {}
        }
    }

    fn enrolled(&mut self, key: &str, holder: &str) {
        self.keys.extend(KeyId::parse(key).ok().map(|key| (key, holder.to_owned())));
    }

    fn first_keys(&mut self, event: &Event) {
        let keys = event.facts.get("keys").and_then(serde_json::Value::as_array);
        for key in keys.into_iter().flatten() {
            let roles = key.get("roles").and_then(serde_json::Value::as_array);
            let own = |role: &serde_json::Value| {
                ["ledger", "recovery"].contains(&role.as_str().unwrap_or_default())
            };
            if roles.is_some_and(|roles| !roles.iter().any(own)) {
                let text = |name: &str| key.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
                self.enrolled(text("key"), text("holder"));
            }
        }
    }

    fn erased(&mut self, event: &Event) {
        let origin = self.holdings.get(event.subject.as_str()).and_then(|office| self.offices.get(office));
        let part = event.fact("part").and_then(PartName::parse);
        let digest = event.fact("digest").and_then(|digest| digest.parse().ok());
        if let (Some(origin), Some(of), Some(part), Some(digest)) =
            (origin, event.fact_number("event"), part, digest)
        {
            self.erased.entry(origin.clone()).or_default().insert((of, part), digest);
        }
    }

    /// The same, with erasures that are about to be recorded.
    #[must_use]
    pub fn with(mut self, origin: &str, erased: Erased) -> Self {
        self.erased.entry(origin.to_owned()).or_default().extend(erased);
        self
    }

    /// What was erased of an office's events.
    pub fn of(&self, origin: &str) -> Erased {
        self.erased.get(origin).cloned().unwrap_or_default()
    }

    /// The archive as the keeper of an object, with what the office had signed where the object keeps that.
    pub fn custody(&self, store: &Store, key: &Key, office: &str) -> Outcome<Option<Custody>> {
        let evidence =
            if store.has(key)? { evidence(&store.object(key)?.tree(KEPT)?, office)? } else { None };
        Ok(self.custody_with(evidence))
    }

    /// The same with evidence that is at hand.
    pub fn custody_with(&self, evidence: Option<Evidence>) -> Option<Custody> {
        let origin = self.origin.clone()?;
        Some(Custody { origin, keys: self.keys.clone(), evidence })
    }
}

/// What the office had signed, of what a tree of evidence keeps: of later changes it is the archive's own signature that is kept.
pub fn evidence(tree: &dyn Tree, office: &str) -> Outcome<Option<Evidence>> {
    let [(_, note), _] = EVIDENCE_FILES;
    let mut found = None;
    for file in tree.files() {
        if let Some((folder, name)) = file.path.split_once('/')
            && name == note
            && tree.read(&file.path, SMALL)?.starts_with(format!("{office}\n").as_bytes())
        {
            found = Some(folder);
        }
    }
    let Some(folder) = found else { return Ok(None) };
    let read = |name: &str| {
        let path = format!("{folder}/{name}");
        tree.find(&path).map_or(Ok(Vec::new()), |_| tree.read(&path, SMALL))
    };
    let [tags, register] = EVIDENCE_FILES;
    Ok(Some(Evidence {
        tag_manifest: read(tags.0)?,
        signature: read(tags.1)?,
        register: read(register.0)?,
        register_signature: read(register.1)?,
    }))
}

/// Every event of a ledger, from its log.
///
/// Errors: `log.damaged`, `ledger.unreadable_event`, the machine.
pub fn each_event(ledger: &Ledger, each: &mut dyn FnMut(&Event)) -> Outcome<()> {
    for line in ledger.log().lines(0)?.strict() {
        let line = line?;
        let unreadable = |found: &dyn ToString| {
            Fault::machine("ledger.unreadable_event").with("seq", line.seq).with("found", found.to_string())
        };
        if let Line::Event(raw) = Line::parse(&line.bytes).map_err(|error| unreadable(&error))? {
            each(&raw.event().map_err(|error| unreadable(&error))?);
        }
    }
    Ok(())
}
