//! What importing a standard catalogue comes to: which matter each row is, and what has changed.

use std::collections::{BTreeMap, BTreeSet};

use super::matters::twice;
use crate::cli::catalog::matters::{listed, order};
use crate::exchange::standard::{Audience, Manner, MatterRow, Pace, ReadMatters, TimeLimit, places};
use crate::fault::Outcome;
use crate::ledger::Wish;
use crate::record::{PartName, Subject};
use crate::views::DossierRow;

/// Above every place that can be given: where the matters without a place stand, in their order.
const UNPLACED: u64 = 1 << 32;

/// The rows of a table beside the matters they are.
pub struct Plan {
    /// The rows.
    pub rows: Vec<Row>,
    /// Listed matters that the table has not got: subject and name.
    pub missing: Vec<(Subject, String)>,
    /// Their number.
    pub missing_count: usize,
}

/// Which matter a row is.
pub enum Matched {
    /// One that is not in the ledger.
    New,
    /// One that was retired.
    Retired(Box<DossierRow>),
    /// One that is listed.
    Listed(Box<DossierRow>, Box<MatterRow>),
}

/// A row of the table.
pub struct Row {
    /// Its line.
    pub line: u64,
    /// What it says; what the table has no column for stands as it is in the ledger.
    pub says: MatterRow,
    /// The matter.
    pub matched: Matched,
    /// The place it is given; nothing leaves it without one.
    place: Option<u64>,
}

/// What a row comes to.
pub enum Told {
    /// Nothing: the ledger says the same.
    Nothing,
    /// An event.
    Event {
        /// Its kind.
        kind: &'static str,
        /// Its matter; nothing for a new one.
        subject: Option<Subject>,
    },
}

/// What names a matter besides its id.
fn name_of(row: &MatterRow) -> (String, String, String) {
    (row.first.clone(), row.second.clone(), row.body.clone())
}

impl Plan {
    /// Matches the rows of a table with the matters of the ledger.
    ///
    /// Errors: `matter.twice` when two rows name the same matter by its id.
    pub fn of(dossiers: Vec<DossierRow>, read: &ReadMatters) -> Outcome<Self> {
        let retired: BTreeMap<String, DossierRow> = dossiers
            .iter()
            .filter(|row| row.state() == "retired")
            .map(|row| (row.id.to_string(), row.clone()))
            .collect();
        let listed = listed(dossiers);
        let mut known = Known::of(&listed);
        let mut named = BTreeSet::new();
        let mut rows = Vec::with_capacity(read.rows.len());
        for (line, says) in &read.rows {
            let id = says.id.as_deref().map(full_id);
            let at = id.as_deref().and_then(|id| known.by_id(id));
            let back = id.as_ref().filter(|_| at.is_none()).and_then(|id| retired.get(id));
            if (at.is_some() || back.is_some()) && !named.insert(id.unwrap_or_default()) {
                return Err(twice(*line, &says.first));
            }
            rows.push((*line, says, at, back));
        }
        let matched = rows.into_iter().map(|(line, says, at, back)| {
            let at = at.or_else(|| if back.is_some() { None } else { known.by_name(says) });
            let found = at.and_then(|at| listed.get(at));
            let matched = match (found, back) {
                (Some((row, matter)), _) => Matched::Listed(row.clone().into(), matter.clone().into()),
                (None, Some(row)) => Matched::Retired(row.clone().into()),
                (None, None) => Matched::New,
            };
            (at, Row::new(line, says, matched, read))
        });
        let (found, mut rows): (Vec<Option<usize>>, Vec<Row>) = matched.unzip();
        place_all(&mut rows, &found);
        let met: BTreeSet<usize> = found.into_iter().flatten().collect();
        let missing: Vec<(Subject, String)> = listed
            .iter()
            .enumerate()
            .filter(|(at, _)| !met.contains(at))
            .map(|(_, (row, matter))| (row.id.clone(), called(matter)))
            .collect();
        Ok(Self { rows, missing_count: missing.len(), missing })
    }
}

fn full_id(id: &str) -> String {
    if id.starts_with("matter/") { id.to_owned() } else { format!("matter/{id}") }
}

fn called(row: &MatterRow) -> String {
    if row.second.is_empty() { row.first.clone() } else { format!("{} / {}", row.first, row.second) }
}

/// The listed matters by id and by name, each to be found once.
struct Known {
    ids: BTreeMap<String, usize>,
    names: BTreeMap<(String, String, String), Vec<usize>>,
    taken: BTreeSet<usize>,
}

impl Known {
    fn of(listed: &[(DossierRow, MatterRow)]) -> Self {
        let mut names: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (at, (_, matter)) in listed.iter().enumerate() {
            names.entry(name_of(&as_read(matter))).or_default().push(at);
        }
        let ids = listed.iter().enumerate().map(|(at, (row, _))| (row.id.to_string(), at)).collect();
        Self { ids, names, taken: BTreeSet::new() }
    }

    fn by_id(&mut self, id: &str) -> Option<usize> {
        let at = *self.ids.get(id)?;
        self.taken.insert(at);
        Some(at)
    }

    fn by_name(&mut self, row: &MatterRow) -> Option<usize> {
        let found = self.names.get(&name_of(row))?.iter().copied().find(|at| !self.taken.contains(at))?;
        self.taken.insert(found);
        Some(found)
    }
}

/// Gives places in the order of the table; what stands in that order already keeps what it has.
fn place_all(rows: &mut [Row], found: &[Option<usize>]) {
    let real = |row: &Row| match &row.matched {
        Matched::Listed(dossier, _) => order(dossier),
        _ => None,
    };
    let unplaced = |at: usize| UNPLACED + 10 * (at as u64 + 1);
    let now: Vec<Option<u64>> =
        rows.iter().zip(found).map(|(row, at)| real(row).or_else(|| at.map(unplaced))).collect();
    let given = places(&now);
    let last_kept = now.iter().zip(&given).rposition(|(now, given)| *now == Some(*given));
    let stays = |at: usize, given: u64, now: Option<u64>| {
        given < UNPLACED || now == Some(given) || (now.is_none() && last_kept.is_none_or(|last| at > last))
    };
    let lawful = given.iter().zip(&now).enumerate().all(|(at, (given, now))| stays(at, *given, *now));
    if lawful {
        let place = |given: u64| Some(given).filter(|given| *given < UNPLACED);
        rows.iter_mut().zip(given).for_each(|(row, given)| row.place = place(given));
        return;
    }
    // A row stands between matters that have no place: all get one.
    let now: Vec<Option<u64>> = rows.iter().map(real).collect();
    rows.iter_mut().zip(places(&now)).for_each(|(row, given)| row.place = Some(given));
}

impl Row {
    fn new(line: u64, says: &MatterRow, matched: Matched, read: &ReadMatters) -> Self {
        let mut says = says.clone();
        let stands = match &matched {
            Matched::Listed(_, matter) => Some(matter.as_ref()),
            _ => None,
        };
        if let Some(stands) = stands {
            if !read.known.contains("field") && says.field.is_none() {
                says.field = stands.field;
            }
            if !read.known.contains("service") {
                says.service = stands.service;
            }
        }
        Self { line, says, matched, place: None }
    }

    /// How to call it in messages.
    pub fn place(&self) -> String {
        format!("第 {} 行 line {}: {}", self.line, self.line, called(&self.says))
    }

    fn dossier(&self) -> Option<&DossierRow> {
        match &self.matched {
            Matched::New => None,
            Matched::Retired(row) | Matched::Listed(row, _) => Some(row),
        }
    }

    /// Tells a wish what the row says, and what only the ledger says.
    pub fn fill(&self, wish: Wish) -> Wish {
        let says = &self.says;
        let mut channels: Vec<&str> = says.channels.iter().map(|channel| channel.code()).collect();
        channels.sort_unstable();
        let manner = |manner: &Manner| if *manner == Manner::Open { "open" } else { "on_request" };
        let mut manners: Vec<&str> = says.manners.iter().map(manner).collect();
        manners.sort_unstable();
        let (audience, who) = match &says.audience {
            Audience::All => ("all", None),
            Audience::Specific(who) => ("specific", Some(who.clone()).filter(|who| !who.is_empty())),
        };
        let days = says.limit.days.filter(|days| says.limit.pace == Pace::Days && (1..=365).contains(days));
        let unit_of_days = days.map(|_| if says.limit.working { "working" } else { "calendar" });
        let kept = |name: &str| self.dossier().and_then(|row| row.code(name)).map(str::to_owned);
        let note = self.dossier().and_then(|row| row.open()?.get("note")?.as_str().map(str::to_owned));
        let second = Some(says.second.clone()).filter(|second| !second.is_empty());
        wish.maybe("field", says.field.map(|field| field.code()))
            .fact("channels", channels)
            .fact("manners", manners)
            .fact("audience", audience)
            .fact("service", if says.service { "yes" } else { "no" })
            .maybe("days", days)
            .maybe("unit_of_days", unit_of_days)
            .maybe("unit", kept("unit"))
            .maybe("order", self.place)
            .part(PartName::Open, "first", says.first.as_str())
            .maybe_part(PartName::Open, "second", second)
            .part(PartName::Open, "content", says.content.as_str())
            .part(PartName::Open, "basis", says.basis.as_str())
            .part(PartName::Open, "limit", says.limit.text.as_str())
            .part(PartName::Open, "body", says.body.as_str())
            .maybe_part(PartName::Open, "who", who)
            .maybe_part(PartName::Open, "other_channel", says.other_channel.clone())
            .maybe_part(PartName::Open, "note", note)
    }
}

/// What a row comes to.
pub fn told(row: &Row) -> Told {
    match &row.matched {
        Matched::New => Told::Event { kind: "matter.listed", subject: None },
        Matched::Retired(dossier) => Told::Event { kind: "matter.listed", subject: Some(dossier.id.clone()) },
        Matched::Listed(dossier, stands) => {
            let says = MatterRow { id: stands.id.clone(), ..as_read(&row.says) };
            if as_read(stands) == says && order(dossier) == row.place {
                return Told::Nothing;
            }
            Told::Event { kind: "matter.revised", subject: Some(dossier.id.clone()) }
        }
    }
}

/// A row as it would come back from a table: white space around texts is not a change.
fn as_read(row: &MatterRow) -> MatterRow {
    let text = |text: &str| text.replace("\r\n", "\n").trim().to_owned();
    MatterRow {
        first: text(&row.first),
        second: text(&row.second),
        content: text(&row.content),
        basis: text(&row.basis),
        limit: TimeLimit::read(&text(&row.limit.text)),
        body: text(&row.body),
        other_channel: row.other_channel.as_deref().map(text),
        audience: match &row.audience {
            Audience::All => Audience::All,
            Audience::Specific(who) => Audience::Specific(text(who)),
        },
        ..row.clone()
    }
}
