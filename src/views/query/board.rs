//! The deadline board (电子监察): everything that is due or late, and what the records say should be looked at.

use super::occasions::asked_for;
use super::{DossierRow, Filter, Page, Query, Row};
use crate::fault::Outcome;
use crate::record::{Day, Subject};
use crate::rules::data::Cite;
use crate::rules::{Attribute, Books, Holder, RuleBook, Running, Step, book_for, clocks_of, working_days};

/// Working days left at which a duty becomes yellow.
const SOON: i64 = 5;

/// How pressing a duty is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Late, or a signal that the law is not kept.
    Red,
    /// Due within five working days, or a signal to look at.
    Yellow,
    /// Not yet due.
    Green,
    /// Standing while an opinion is asked for.
    Paused,
}

impl Level {
    /// Its code.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Paused => "paused",
        }
    }
}

/// Something to be done by a day, or to be looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Duty {
    /// A clock of the rule book, or a signal: `round`, `annual_report`, `many_requests`, `uncovered`, `unsupported`, `superseded`, `uninterpreted`.
    pub what: String,
    /// What it is about; nothing for what concerns the whole office.
    pub subject: Option<Subject>,
    /// What that is called.
    pub called: String,
    /// `unit/…` that is responsible, where one is noted.
    pub unit: Option<String>,
    /// The last day.
    pub due: Option<Day>,
    /// Working days left; below 0 when late.
    pub left: Option<i64>,
    /// How pressing it is.
    pub level: Level,
    /// The last day may change: a year's calendar is not adopted.
    pub provisional: bool,
    /// The length of the period was not at hand.
    pub unsourced: bool,
    /// How the day was found, without words.
    pub count: String,
    /// The provisions.
    pub cites: Vec<Cite>,
}

/// Builds the board as of one day.
struct Board<'q> {
    query: &'q Query<'q>,
    book: &'q RuleBook,
    today: Day,
    duties: Vec<Duty>,
}

impl Query<'_> {
    /// The board as of `today`, the most pressing first. Empty when no edition is at hand.
    pub fn board(&self, books: &Books, today: Day) -> Outcome<Vec<Duty>> {
        let Some(book) = book_for(books, &self.office().law) else { return Ok(Vec::new()) };
        let mut board = Board { query: self, book, today, duties: Vec::new() };
        board.items()?;
        let requests = self.dossiers("request/")?;
        let exclusions = self.dossiers("exclusion/")?;
        requests.iter().chain(&exclusions).for_each(|row| board.dossier(row));
        for class in ["complaint", "inspection", "document", "consultation"] {
            self.dossiers(&format!("{class}/"))?.iter().for_each(|row| board.dossier(row));
        }
        board.asked_by_several(&requests)?;
        board.negative_list(&exclusions)?;
        board.round()?;
        let mut duties = board.duties;
        duties.sort_by(|a, b| {
            (a.level, a.due, &a.what, &a.subject).cmp(&(b.level, b.due, &b.what, &b.subject))
        });
        Ok(duties)
    }
}

impl Board<'_> {
    fn items(&mut self) -> Outcome<()> {
        let states = vec![
            Step::Registered,
            Step::Proposed,
            Step::Reviewed,
            Step::Referred,
            Step::Determined,
            Step::Decided,
        ];
        let rows = self.query.list(&Filter { states, ..Filter::default() }, Page::ALL)?.items;
        for row in &rows {
            let Some(law) = &row.law else { continue };
            let running = clocks_of(self.book, &self.query.office().law, Holder::Item(law), "item");
            // A secret stub has no clock of publication, and nothing else has one of secrecy.
            let fits = |clock: &&Running<'_>| law.secret == (clock.name == "secrecy");
            let unit = law.values.get("unit").map(ToString::to_string);
            for clock in running.iter().filter(fits) {
                self.clock(clock, &row.id, item_name(row), unit.clone());
            }
            let lacks = law.values.get("interpretation").and_then(|need| need.text()) == Some("needed")
                && law.state == Step::Decided
                && !law.values.contains_key("interpreted_by");
            if lacks {
                self.signal("uninterpreted", Level::Yellow, &row.id, item_name(row), unit);
            }
        }
        Ok(())
    }

    fn dossier(&mut self, row: &DossierRow) {
        let Some(law) = &row.law else { return };
        let unit = row.code("unit").map(str::to_owned);
        for clock in clocks_of(self.book, &self.query.office().law, Holder::Dossier(law), row.id.class()) {
            self.clock(&clock, &row.id, dossier_name(row), unit.clone());
        }
    }

    fn clock(&mut self, clock: &Running<'_>, subject: &Subject, called: String, unit: Option<String>) {
        let calendar = &self.query.office().law.office.calendar;
        let due = clock.due(calendar);
        let left = due.day.map(|day| working_days(calendar, self.today, day));
        self.duties.push(Duty {
            what: clock.name.to_owned(),
            subject: Some(subject.clone()),
            called,
            unit,
            due: due.day,
            left,
            level: left.map_or(Level::Paused, level),
            provisional: due.provisional,
            unsourced: !clock.provision.sourced,
            count: clock.short(calendar),
            cites: clock.provision.cites.clone(),
        });
    }

    fn signal(&mut self, what: &str, level: Level, subject: &Subject, called: String, unit: Option<String>) {
        self.duties.push(Duty {
            what: what.to_owned(),
            subject: Some(subject.clone()),
            called,
            unit,
            due: None,
            left: None,
            level,
            provisional: false,
            unsourced: false,
            count: String::new(),
            cites: Vec::new(),
        });
    }

    /// Items that several requests asked for and that are not public for all (条例 44).
    fn asked_by_several(&mut self, requests: &[DossierRow]) -> Outcome<()> {
        for (item, _) in asked_for(requests).into_iter().filter(|(_, requests)| requests.len() > 1) {
            let Some(row) = item.parse().ok().map(|id| self.query.item(&id)).transpose()?.flatten() else {
                continue;
            };
            if row.attribute() != Attribute::Open {
                self.signal("many_requests", Level::Yellow, &row.id, item_name(&row), None);
            }
        }
        Ok(())
    }

    /// Withheld items that no current exclusion covers, and exclusions that rest on nothing in force. An office without a
    /// negative list is not asked.
    fn negative_list(&mut self, exclusions: &[DossierRow]) -> Outcome<()> {
        let current: Vec<&DossierRow> = exclusions.iter().filter(|row| row.state() == "current").collect();
        for row in &current {
            let provision = row.code("provision").unwrap_or_default();
            let ended = self.book.code("exclusion_basis", provision).and_then(|code| code.ended);
            if ended.is_some_and(|ended| ended <= self.today) {
                self.signal("superseded", Level::Red, &row.id, dossier_name(row), None);
            }
            if matches!(provision, "norm" | "none") {
                self.signal("unsupported", Level::Red, &row.id, dossier_name(row), None);
            }
        }
        if current.is_empty() {
            return Ok(());
        }
        let withheld = Filter { withheld: Some(true), ..Filter::default() };
        for row in self.query.list(&withheld, Page::ALL)?.items {
            let named = row.law.as_ref().and_then(|law| law.values.get("exclusion")?.text());
            if !current.iter().any(|exclusion| Some(exclusion.id.as_str()) == named) {
                self.signal("uncovered", Level::Yellow, &row.id, item_name(&row), None);
            }
        }
        Ok(())
    }

    /// The yearly re-evaluation: the next round, or the end of the year for the one that is open.
    fn round(&mut self) -> Outcome<()> {
        let (query, law) = (self.query, &self.query.office().law);
        let last = query.rounds().pop();
        let (subject, due) = match &last {
            Some(round) if round.law.state == Step::Opened => {
                let year = i16::try_from(round.law.year).unwrap_or(i16::MAX);
                (Some(round.id.clone()), jiff::civil::Date::new(year, 12, 31).ok().map(Day))
            }
            Some(round) => (None, round.dates.opened_on.and_then(|day| self.after_months(day))),
            None if law.office.withheld > 0 => {
                (None, query.first_day()?.and_then(|day| self.after_months(day)))
            }
            None => return Ok(()),
        };
        let Some(due) = due else { return Ok(()) };
        let left = working_days(&law.office.calendar, self.today, due);
        let cite = |source: &str, article: &str, en: &str| Cite {
            source: source.into(),
            article: Some(article.into()),
            en: Some(en.into()),
        };
        self.duties.push(Duty {
            what: "round".into(),
            subject,
            called: String::new(),
            unit: None,
            due: Some(due),
            left: Some(left),
            level: level(left),
            provisional: false,
            unsourced: false,
            count: due.to_string(),
            cites: vec![cite("foi", "第十八条", "art. 18"), cite("secrecy_law", "第二十四条", "art. 24")],
        });
        Ok(())
    }

    fn after_months(&self, day: Day) -> Option<Day> {
        let months = i64::try_from(self.query.office().law.office.policy.round_months).ok()?;
        let span = jiff::Span::new().try_months(months).ok()?;
        day.0.checked_add(span).ok().map(Day)
    }
}

fn level(left: i64) -> Level {
    match left {
        i64::MIN..0 => Level::Red,
        0..=SOON => Level::Yellow,
        _ => Level::Green,
    }
}

fn item_name(row: &Row) -> String {
    row.texts.title.as_deref().unwrap_or_default().to_owned()
}

fn dossier_name(row: &DossierRow) -> String {
    let name = ["title", "name", "content", "scope"].into_iter().find_map(|name| row.text(name));
    name.unwrap_or_default().to_owned()
}
