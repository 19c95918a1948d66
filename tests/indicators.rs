//! What the units have done in a period: each act counts on the day it happened, for the unit that is noted.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::Office;
use zhaoce::ledger::Wish;
use zhaoce::record::{Day, PartName, Subject};
use zhaoce::views::{Indicator, Indicators};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

struct Clerk {
    office: Office,
    units: [Subject; 3],
    evidence: String,
}

impl Clerk {
    /// An office whose "admin" may also approve and supervise, with two units that work and one that does not.
    fn new() -> Self {
        let mut office = Office::new();
        let admin = office.people["admin"].0.clone();
        let roles = ["admin", "approver", "clerk", "head", "publisher"];
        office.commit(vec![office.wish("person.changed", &admin).fact("roles", roles.to_vec())]).unwrap();
        let review = office.people["review"].0.clone();
        let roles = ["reviewer", "supervisor"];
        office.commit(vec![office.wish("person.changed", &review).fact("roles", roles.to_vec())]).unwrap();
        let units = [office.subject("unit"), office.subject("unit"), office.subject("unit")];
        for (unit, name) in units.iter().zip(["办公室", "业务科", "执法队"]) {
            let wish = office.wish("unit.added", unit).part(PartName::Closed, "name", name);
            office.commit(vec![wish]).unwrap();
        }
        Self { office, units, evidence: format!("sha256:{}", "b2".repeat(32)) }
    }

    fn wish(&self, who: &str, kind: &str, subject: &Subject, on: &str) -> Wish {
        Wish::new(kind, subject).unwrap().done(&self.office.people[who].0, day(on), "own")
    }

    fn commit(&mut self, wish: Wish) {
        let kind = wish.kind.clone();
        self.office.commit(vec![wish]).unwrap_or_else(|fault| panic!("{kind}: {fault}"));
    }

    fn irregular(&self, wish: Wish) -> Wish {
        let wish = wish.fact("irregular", vec!["late"]).fact("evidence", self.evidence.as_str());
        wish.part(PartName::Closed, "reason", "节假日集中")
    }

    /// An item of a unit, decided on the day `on`.
    fn decided(&mut self, unit: usize, attribute: &str, on: &str) -> Subject {
        let item = self.office.subject("item");
        let registered = self.office.register(&item, "一件").fact("on", on);
        self.commit(registered.fact("unit", self.units[unit].as_str()).fact("field", "environment"));
        let proposed = self.wish("admin", "item.proposed", &item, on).fact("attribute", attribute);
        let withheld = attribute == "withheld";
        self.commit(proposed.maybe("ground", withheld.then_some("privacy")).part(
            PartName::Closed,
            "reason",
            "理由",
        ));
        let outcome = if withheld { "exempt" } else { "open" };
        let reviewed =
            self.wish("review", "item.reviewed", &item, on).fact("outcome", outcome).fact("scope", "whole");
        self.commit(reviewed);
        let decided =
            self.wish("approve", "item.decided", &item, on).fact("attribute", attribute).fact("basis", "own");
        self.commit(decided.maybe("ground", withheld.then_some("privacy")).part(
            PartName::Closed,
            "reason",
            "理由",
        ));
        item
    }

    fn publish(&self, item: &Subject, on: &str, channels: &[&str]) -> Wish {
        let wish = self.wish("admin", "item.published", item, on).fact("channels", channels.to_vec());
        wish.part(PartName::Open, "title", "一件")
    }

    fn request(&mut self, unit: usize, on: &str) -> Subject {
        let request = self.office.subject("request");
        let wish = self.wish("admin", "request.received", &request, on).fact("receipt", "in_person");
        let wish = wish.fact("applicant", "commercial").fact("asks", "information");
        let wish = wish.fact("unit", self.units[unit].as_str()).part(PartName::Closed, "content", "某件");
        self.commit(wish.part(PartName::Personal, "name", "某人"));
        request
    }

    fn answer(&self, request: &Subject, on: &str) -> Wish {
        let wish = self.wish("admin", "request.answered", request, on);
        wish.fact("reply", "provided").fact("leaf", "granted")
    }

    fn counted(&self, from: &str, until: &str, today: &str) -> Indicators {
        let ledger = &self.office.ledger;
        let ask = |query: &zhaoce::views::Query<'_>| {
            query.indicators(ledger.books(), day(from), day(until), day(today))
        };
        ledger.views().ask(ledger.log(), ask).unwrap()
    }

    fn months(&self, counted: &Indicators, unit: usize, indicator: Indicator) -> Vec<i64> {
        counted.units[self.units[unit].as_str()].of.get(&indicator).cloned().unwrap_or_default()
    }
}

#[test]
fn publication_counts_by_month_channel_and_field() {
    let mut clerk = Clerk::new();
    let first = clerk.decided(0, "open", "2025-07-03");
    clerk.commit(clerk.publish(&first, "2025-07-31", &["gazette", "website"]));
    let second = clerk.decided(0, "open", "2025-07-08");
    let late = clerk.publish(&second, "2025-09-01", &["website"]);
    clerk.commit(clerk.irregular(late));
    clerk.decided(0, "withheld", "2025-09-30");
    clerk.commit(clerk.wish("admin", "item.withdrawn", &first, "2025-10-01").fact("cause", "error"));
    clerk.decided(1, "open", "2025-06-30");
    let counted = clerk.counted("2025-07-01", "2025-09-30", "2026-01-05");
    assert_eq!(counted.months, 3);
    assert_eq!(clerk.months(&counted, 0, Indicator::Registered), [2, 0, 1]);
    assert_eq!(clerk.months(&counted, 0, Indicator::Decided), [2, 0, 1]);
    assert_eq!(clerk.months(&counted, 0, Indicator::Withheld), [0, 0, 1]);
    assert_eq!(clerk.months(&counted, 0, Indicator::Published), [1, 0, 1]);
    assert_eq!(clerk.months(&counted, 0, Indicator::PublishedLate), [0, 0, 1]);
    assert_eq!(clerk.months(&counted, 0, Indicator::Withdrawn), Vec::<i64>::new());
    assert_eq!(clerk.months(&counted, 1, Indicator::Registered), Vec::<i64>::new());
    let office = &counted.units[clerk.units[0].as_str()];
    assert_eq!(office.channels["website"], [1, 0, 1]);
    assert_eq!(office.channels["gazette"], [1, 0, 0]);
    assert_eq!(office.fields["environment"], [1, 0, 1]);
    // The third unit did nothing, and stands there with nothing.
    assert_eq!(counted.units[clerk.units[2].as_str()].of.len(), 0);
    assert_eq!(
        clerk.counted("2025-10-01", "2025-10-31", "2026-01-05").units[clerk.units[0].as_str()]
            .total(Indicator::Withdrawn),
        1
    );
}

#[test]
fn requests_stand_at_the_end_of_the_period_or_today() {
    let mut clerk = Clerk::new();
    let [quick, slow, _open] = ["2025-11-03", "2025-11-04", "2025-12-30"].map(|on| clerk.request(1, on));
    clerk.commit(clerk.answer(&quick, "2025-11-10"));
    let late = clerk.answer(&slow, "2026-01-02");
    clerk.commit(clerk.irregular(late));
    let fourth = clerk.counted("2025-10-01", "2025-12-31", "2026-01-05");
    assert_eq!(clerk.months(&fourth, 1, Indicator::Received), [0, 2, 1]);
    assert_eq!(clerk.months(&fourth, 1, Indicator::Answered), [0, 1, 0]);
    assert_eq!(clerk.months(&fourth, 1, Indicator::AnsweredLate), Vec::<i64>::new());
    assert_eq!(clerk.months(&fourth, 1, Indicator::Pending), [2]);
    let first = clerk.counted("2026-01-01", "2026-03-31", "2026-01-05");
    assert_eq!(clerk.months(&first, 1, Indicator::AnsweredLate), [1, 0, 0]);
    assert_eq!(clerk.months(&first, 1, Indicator::Pending), [1]);
    assert_eq!(clerk.months(&first, 1, Indicator::Overdue), Vec::<i64>::new());
    // Twenty working days later the open one is overdue.
    let later = clerk.counted("2026-01-01", "2026-03-31", "2026-02-20");
    assert_eq!(clerk.months(&later, 1, Indicator::Overdue), [1]);
}

#[test]
fn findings_are_followed_until_they_are_put_right() {
    let mut clerk = Clerk::new();
    let ids = [clerk.office.subject("inspection"), clerk.office.subject("inspection")];
    for id in &ids {
        let found = clerk.wish("review", "inspection.found", id, "2025-10-09").fact("about", "late");
        let found = found.fact("severity", "yellow").fact("unit", clerk.units[0].as_str());
        clerk.commit(found.part(PartName::Closed, "content", "逾期"));
        let ordered =
            clerk.wish("review", "inspection.ordered", id, "2025-10-10").fact("until", "2025-11-30");
        clerk.commit(ordered.fact("instrument", "recommendation").part(
            PartName::Closed,
            "content",
            "限期整改",
        ));
    }
    let rectified = clerk.wish("admin", "inspection.rectified", &ids[0], "2025-12-01");
    clerk.commit(rectified.part(PartName::Closed, "content", "已发布"));
    let november = clerk.counted("2025-11-01", "2025-11-30", "2026-01-05");
    assert_eq!(clerk.months(&november, 0, Indicator::Unrectified), Vec::<i64>::new());
    let fourth = clerk.counted("2025-10-01", "2025-12-31", "2026-01-05");
    assert_eq!(clerk.months(&fourth, 0, Indicator::Found), [2, 0, 0]);
    assert_eq!(clerk.months(&fourth, 0, Indicator::Rectified), [0, 0, 1]);
    assert_eq!(clerk.months(&fourth, 0, Indicator::Unrectified), [1]);
    assert_eq!(clerk.months(&fourth, 0, Indicator::Overdue), [1]);
    assert!(clerk.office.verify().passed());
}
