//! Founding a ledger: genesis, and the file that says where it comes from.

use std::collections::HashMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::session::{Session, ledger_subject};
use super::wish::Wish;
use super::{Entropy, FILE, Info, Ledger};
use crate::fault::{Fault, Outcome};
use crate::log::{OsDisk, place_file};
use crate::record::keys::prove_possession;
use crate::record::{ChainHash, Day, Moment, Origin, PartName, Signer, Subject};
use crate::rules::Books;

/// One of the keys that genesis enrols.
pub struct FirstKey<'a> {
    /// Its holder: a person.
    pub holder: Subject,
    /// The holder's name; stands in the personal part.
    pub name: String,
    /// Roles; `ledger` or `recovery` stand alone.
    pub roles: Vec<String>,
    /// The key itself, which signs its own enrolment.
    pub signer: &'a dyn Signer,
}

/// What a new ledger begins with.
pub struct Founding<'a> {
    /// Where it comes from, for ever.
    pub origin: Origin,
    /// Name of the office.
    pub office: String,
    /// The first keys: at least one 管理, exactly one ledger key, exactly one recovery key.
    pub keys: Vec<FirstKey<'a>>,
    /// Which of them signs genesis: a place in `keys`, of a 管理.
    pub founder: usize,
}

impl Founding<'_> {
    fn wish(&self, on: Day) -> Outcome<Wish> {
        let founder = self.keys.get(self.founder).ok_or_else(|| Fault::usage("ledger.no_founder"))?;
        let mut rows: Vec<(String, Value)> = Vec::new();
        let mut names = Map::new();
        for first in &self.keys {
            let possession = prove_possession(first.signer, self.origin.as_str(), first.holder.as_str())
                .map_err(|error| Fault::machine(error.code()).with("found", error))?;
            let key = first.signer.key().to_string();
            let mut roles = first.roles.clone();
            roles.sort();
            roles.dedup();
            let row = json!({ "holder": first.holder, "key": key, "possession": possession, "roles": roles });
            rows.push((key, row));
            names.insert(first.holder.to_string(), first.name.clone().into());
        }
        rows.sort_by(|a, b| a.0.cmp(&b.0));
        let keys: Vec<Value> = rows.into_iter().map(|(_, row)| row).collect();
        let books = Books::built_in()?;
        let edition = books.newest().map(|book| book.digest().to_string());
        Ok(Wish::new("ledger.opened", &ledger_subject()?)?
            .fact("format", 1)
            .fact("suite", "zc1")
            .maybe("rules", edition)
            .fact("keys", keys)
            .done(&founder.holder, on, "own")
            .part(PartName::Open, "office", self.office.clone())
            .part(PartName::Personal, "names", names))
    }
}

impl Ledger {
    /// Founds a ledger in `dir`, which must not exist or be empty; entered at `at`.
    ///
    /// Errors: `ledger.exists`; whatever the rule book objects to in the genesis; the machine.
    pub fn found(
        dir: &Path,
        founding: &Founding<'_>,
        at: Moment,
        entropy: &mut dyn Entropy,
    ) -> Outcome<Self> {
        let occupied = std::fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
        if occupied {
            return Err(Fault::usage("ledger.exists").with("path", dir.display()));
        }
        std::fs::create_dir_all(dir).map_err(|error| Fault::io(dir.display(), &error))?;
        let founder = founding.keys.get(founding.founder).ok_or_else(|| Fault::usage("ledger.no_founder"))?;
        let unborn = Info {
            format: 1,
            genesis: ChainHash::of_origin(founding.origin.as_str()),
            office: founding.office.clone(),
            origin: founding.origin.clone(),
        };
        let mut ledger = Self::open_with(dir, unborn, super::Access::Write)?;
        ledger.session = Some(Session::whole(ledger.fresh_law(), HashMap::new()));
        let wish = founding.wish(at.day())?;
        ledger.commit(founder.signer, at, vec![wish], entropy)?;
        ledger.info.genesis = ledger.head.chain;
        place_file(&OsDisk::new(dir), FILE, &ledger.info.to_bytes()?)?;
        Ok(ledger)
    }
}
