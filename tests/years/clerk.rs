//! The clerk enters what happened, and notes it on paper.

use jiff::Span;
use jiff::civil::{Date, date};
use zhaoce::ledger::Wish;
use zhaoce::record::{Day, PartName, Subject};

use super::{CAUSES, COLUMNS, Elsewhere, End, Fate, LEAVES, Life, Paper, REMEDIES, RESULTS, Sheet, TODAY};
use crate::common::Office;

/// Writes wishes and the paper beside them.
pub struct Clerk<'o> {
    pub office: &'o mut Office,
    pub wishes: Vec<Wish>,
    pub paper: Paper,
}

fn evidence() -> String {
    format!("sha256:{}", "a1".repeat(32))
}

pub fn later(day: Date, days: i32) -> Date {
    day.checked_add(Span::new().days(days)).unwrap()
}

impl Clerk<'_> {
    fn wish(&self, kind: &str, subject: &Subject, on: Date) -> Wish {
        let person = &self.office.people["admin"].0;
        let mode = if kind == "request.inherited" { "inherited" } else { "own" };
        Wish::new(kind, subject).unwrap().done(person, Day(on), mode)
    }

    fn push(&mut self, wish: Wish) {
        self.wishes.push(wish);
    }

    fn live(&mut self, life: &Life) {
        let subject = self.office.subject("request");
        let received = later(date(2019, 1, 1), life.received);
        let column = COLUMNS[life.column];
        let base = if life.inherited { later(received, 3) } else { received };
        let kind = if life.inherited { "request.inherited" } else { "request.received" };
        let wish = self.wish(kind, &subject, base);
        let wish = wish.fact("receipt", "in_person").fact("applicant", column).fact("asks", "information");
        let wish = wish.maybe("received", life.inherited.then(|| received.to_string()));
        self.push(wish.part(PartName::Closed, "content", "某件").part(PartName::Personal, "name", "某人"));
        let (closed, at) = self.end(&life.end, &subject, received, base);
        let diverted = matches!(life.end, End::Diverted);
        self.paper.requests.push(Sheet { received, column, closed, diverted });
        let at = self.remedies(life, &subject, at, closed);
        if life.archived && (closed.is_some() || diverted) {
            let wish = self.wish("request.archived", &subject, at);
            self.push(wish);
        }
    }

    /// Brings the request to its end, if that has come by today; says when, and how, and the day that was reached.
    fn end(
        &mut self,
        end: &End,
        subject: &Subject,
        received: Date,
        base: Date,
    ) -> (Option<(Date, &'static str)>, Date) {
        match *end {
            End::Open => (None, base),
            End::Diverted => {
                let wish = self.wish("request.classified", subject, base).fact("triage", "consultation");
                self.push(wish);
                (None, base)
            }
            End::Answered { leaf, days } => self.answer(subject, base, leaf, days),
            End::Stood { leaf, days } => {
                let wish = self.wish("request.consulted", subject, base).fact("party", "third_party");
                self.push(wish);
                self.answer(subject, base, leaf, days)
            }
            End::Backdated { leaf, days } => {
                let (leaf, reply) = LEAVES[leaf];
                let on = later(received, -days);
                let wish = self.answered("request.answered", subject, on, leaf, reply);
                self.push(wish.fact("irregular", vec!["backdated"]).fact("evidence", evidence()));
                (Some((received, leaf)), on)
            }
            End::Ended { cause, days } => self.give_up(subject, base, cause, days),
        }
    }

    fn answer(
        &mut self,
        subject: &Subject,
        base: Date,
        leaf: usize,
        days: i32,
    ) -> (Option<(Date, &'static str)>, Date) {
        let (leaf, reply) = LEAVES[leaf];
        let mut at = base;
        if leaf == "u_still_unclear" {
            let until = later(base, 10).to_string();
            let asked = self.wish("request.correction_asked", subject, base).fact("until", until);
            self.push(asked.part(PartName::Closed, "reason", "不明确"));
            at = later(base, 1);
            let corrected = self.wish("request.corrected", subject, at);
            self.push(corrected);
        }
        if leaf == "n_massive" {
            let wish = self.wish("request.reasons_asked", subject, base);
            self.push(wish.part(PartName::Closed, "reason", "数量过大"));
        }
        let on = later(at, days);
        if on > TODAY {
            return (None, at);
        }
        let wish = self.answered("request.answered", subject, on, leaf, reply);
        self.push(wish);
        (Some((on, leaf)), on)
    }

    fn answered(&self, kind: &str, subject: &Subject, on: Date, leaf: &str, reply: &str) -> Wish {
        let wish = self.wish(kind, subject, on).fact("leaf", leaf).fact("reply", reply);
        wish.fact("remedy_notice", "yes").part(PartName::Closed, "reason", "理由")
    }

    fn give_up(
        &mut self,
        subject: &Subject,
        base: Date,
        cause: usize,
        days: i32,
    ) -> (Option<(Date, &'static str)>, Date) {
        let (cause, leaf) = CAUSES[cause];
        let mut on = later(base, days);
        if cause == "not_corrected" {
            let until = later(base, 10);
            let wish = self.wish("request.correction_asked", subject, base).fact("until", until.to_string());
            self.push(wish.part(PartName::Closed, "reason", "不明确"));
            on = later(until, 1 + days);
        }
        if cause == "fee_unpaid" {
            let by = later(base, 20);
            let wish = self.wish("request.fee_noticed", subject, base).fact("amount", 1000);
            self.push(wish.fact("measure", "per_item").fact("pay_by", by.to_string()));
            on = later(by, 1 + days);
        }
        if on > TODAY {
            return (None, base);
        }
        let wish = self.wish("request.ended", subject, on).fact("cause", cause);
        self.push(wish.part(PartName::Closed, "reason", "理由"));
        (Some((on, leaf)), on)
    }

    fn remedies(
        &mut self,
        life: &Life,
        subject: &Subject,
        mut at: Date,
        closed: Option<(Date, &str)>,
    ) -> Date {
        for one in &life.remedies {
            let filed = later(at, one.after);
            // Since 2024 some answers go to reconsideration before a court.
            let review_first = closed
                .is_some_and(|(on, leaf)| on.year() >= 2024 && (leaf == "partial" || leaf.starts_with("d_")));
            let remedy = if review_first && one.remedy == 1 { "review" } else { REMEDIES[one.remedy] };
            if filed > TODAY {
                break;
            }
            at = filed;
            let wish = self.wish("request.remedy_filed", subject, filed).fact("remedy", remedy);
            self.push(wish);
            let of = self.seq_of_last();
            let decided = one.decided.map(|(days, result)| (later(filed, days), RESULTS[result]));
            let decided = decided.filter(|(on, _)| *on <= TODAY);
            if let Some((on, result)) = decided {
                at = on;
                let wish =
                    self.wish("request.remedy_decided", subject, on).fact("of", of).fact("result", result);
                self.push(wish);
                if result == "corrected" && life.anew && closed.is_some() {
                    let wish = self.answered("request.answered_anew", subject, on, "granted", "provided");
                    self.push(wish);
                }
            }
            self.paper.remedies.push((filed, remedy, decided));
        }
        at
    }

    /// The number that the newest wish will have.
    fn seq_of_last(&self) -> u64 {
        self.office.ledger.head().size() + self.wishes.len() as u64 - 1
    }

    fn hear(&mut self, said: &Elsewhere) {
        match *said {
            Elsewhere::Closed { year, column, leaf, cases, fate } => {
                self.state(year, &format!("new_received.{}", COLUMNS[column]), cases, fate);
                self.state(year, &format!("{}.{}", LEAVES[leaf].0, COLUMNS[column]), cases, fate);
            }
            Elsewhere::Carried { year, column, leaf, cases } => {
                let column = COLUMNS[column];
                for (year, row) in [
                    (year, "new_received"),
                    (year, "carried_out"),
                    (year + 1, "carried_in"),
                    (year + 1, LEAVES[leaf].0),
                ] {
                    self.state(year, &format!("{row}.{column}"), cases, Fate::Stands);
                }
            }
            Elsewhere::Remedies { year, remedy, result, cases, fate } => {
                self.state(year, &format!("{}.{}", REMEDIES[remedy], RESULTS[result]), cases, fate);
            }
            Elsewhere::Permits { year, cases, fate } => self.state(year, "permits.decisions", cases, fate),
        }
    }

    fn state(&mut self, year: i16, cell: &str, value: u64, fate: Fate) {
        let subject = self.office.subject("figure");
        let said = |wish: Wish, value: u64| {
            wish.fact("value", value).fact("source", "other_system").fact("evidence", evidence()).part(
                PartName::Closed,
                "from",
                "系统导出",
            )
        };
        let first = if matches!(fate, Fate::Corrected) { value + 7 } else { value };
        let wish = self.wish("figure.stated", &subject, TODAY).fact("year", year).fact("cell", cell);
        self.push(said(wish, first));
        match fate {
            Fate::Stands => {}
            Fate::Corrected => {
                let wish = self.wish("figure.corrected", &subject, TODAY);
                self.push(said(wish, value).part(PartName::Closed, "reason", "抄错"));
            }
            Fate::Withdrawn => {
                let wish = self.wish("figure.withdrawn", &subject, TODAY);
                return self.push(wish.part(PartName::Closed, "reason", "重复"));
            }
        }
        self.paper.stated.push((year, cell.to_owned(), value));
    }
}

/// An office whose one person has every role, with these lives behind it, and the paper.
pub fn office(lives: &[Life], elsewhere: &[Elsewhere]) -> (Office, Paper) {
    let mut office = Office::new();
    let admin = office.people["admin"].0.clone();
    let roles = ["admin", "approver", "archivist", "clerk", "head"];
    office.commit(vec![office.wish("person.changed", &admin).fact("roles", roles.to_vec())]).unwrap();
    let mut clerk = Clerk { office: &mut office, wishes: Vec::new(), paper: Paper::default() };
    lives.iter().for_each(|life| clerk.live(life));
    elsewhere.iter().for_each(|said| clerk.hear(said));
    let Clerk { wishes, paper, .. } = clerk;
    if !wishes.is_empty() {
        office.commit(wishes).unwrap();
    }
    (office, paper)
}
