//! After a step: the verifier, the views and the bundles must say what the model says.

use std::collections::BTreeSet;

use serde_json::Value;
use zhaoce::fault::Outcome;
use zhaoce::record::verify::Copy;
use zhaoce::views::{Outcomes, Page, Query};

use super::Life;
use crate::bags;
use crate::model::Item;

fn ids(rows: impl Iterator<Item = String>) -> BTreeSet<String> {
    rows.collect()
}

impl Life {
    fn those(&self, which: impl Fn(&Item) -> bool) -> BTreeSet<String> {
        ids(self.model.items.iter().filter(|(_, item)| which(item)).map(|(id, _)| id.clone()))
    }

    /// The verifier passes, and every question is answered as the model answers it.
    pub fn check(&self) {
        let report = self.office.verify();
        assert!(report.passed(), "{:#?}", report.findings);
        assert_eq!((report.size, report.erased), (self.model.size, self.erased));
        let verdicts = &report.verdicts;
        assert_eq!((verdicts.intact, verdicts.irregular), (self.model.size, self.model.irregular));
        assert_eq!(verdicts.lawful + verdicts.irregular, self.model.size);
        let ledger = &self.office.ledger;
        let ask = |query: &Query<'_>| {
            self.rows(query)?;
            self.lists(query)?;
            self.rounds(query)
        };
        ledger.views().ask(ledger.log(), ask).unwrap();
    }

    fn rows(&self, query: &Query<'_>) -> Outcome<()> {
        for (id, item) in &self.model.items {
            let row = query.item(&id.parse().unwrap())?.unwrap();
            let law = row.law.as_ref().unwrap();
            let seen = (row.state().as_str(), row.attribute().as_str(), law.open, law.round_done);
            assert_eq!(seen, (&*item.state, &*item.attribute, item.open, item.round_done), "{id}");
            let flags = (law.withheld_since, law.transferred);
            assert_eq!(flags, (item.withheld_since, item.transferred), "{id}");
            let kept = (law.review.as_ref().map(|review| review.seq), law.decided.is_some(), law.content);
            let review = item.review.as_ref().map(|review| review.seq);
            assert_eq!(kept, (review, item.decided, item.content), "{id}");
            assert_eq!((law.secret, law.other_body), (item.secret, item.other), "{id}");
        }
        Ok(())
    }

    fn lists(&self, query: &Query<'_>) -> Outcome<()> {
        let catalogue = ids(query.catalogue(Page::ALL)?.items.iter().map(|row| row.id.to_string()));
        assert_eq!(catalogue, self.those(|item| item.open.is_some()));
        let listed = ids(query.withheld(Page::ALL)?.items.iter().map(|row| row.id.to_string()));
        let withheld = self.those(|item| item.withheld_since.is_some());
        assert_eq!(withheld.len() as u64, self.model.withheld);
        assert_eq!(listed, withheld);
        let listed = ids(query.on_request(Page::ALL)?.items.iter().map(|row| row.id.to_string()));
        let on_request = self.those(|item| item.is("on_request") && item.state != "lapsed");
        assert_eq!(listed, on_request);
        Ok(())
    }

    fn rounds(&self, query: &Query<'_>) -> Outcome<()> {
        let open = query.open_round();
        assert_eq!(open.as_ref().map(|round| round.id.to_string()), self.model.open_round);
        let Some(view) = open else { return Ok(()) };
        let round = &self.model.rounds[view.id.as_str()];
        assert_eq!((view.law.count, view.law.done), (round.count, round.done));
        let waiting = query.members(&view.id, Outcomes::Missing, Page::ALL)?.items;
        let expected = self.those(|item| self.model.member(item, round));
        assert_eq!(round.count - round.done, expected.len() as u64);
        assert_eq!(ids(waiting.iter().map(|member| member.row.id.to_string())), expected);
        Ok(())
    }

    /// Both editions verify, and say what the model says.
    pub fn export(&mut self) {
        for edition in [Copy::Full, Copy::Public] {
            let bundle = bags::export(&mut self.office, edition);
            let outcome = bags::Outsider::of(&self.office).verify(&bundle);
            assert!(outcome.passed(), "{:?}", outcome.codes());
            let bag = bags::Bag::open(&bundle);
            let listed = |path: &str| {
                let file: Value = serde_json::from_slice(bag.bytes(path)).unwrap();
                ids(file["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|row| row["id"].as_str().unwrap().to_owned()))
            };
            assert_eq!(listed("catalog.json"), self.those(|item| item.open.is_some()));
            assert_eq!(listed("withheld.json"), self.those(|item| item.withheld_since.is_some()));
        }
    }
}
