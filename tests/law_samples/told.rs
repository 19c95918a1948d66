//! The stories, signed: kept, broken and declared.

use serde_json::{Value, json};
use zhaoce::record::Class;
use zhaoce::rules::Books;

use super::forge::{Ev, Forge, books, ev, ev_with, possession};
use super::stories::{self, CAST, Step, Story};
use super::{found, keep};

/// An office with everybody in the stories, founded on the morning of the first of these steps.
fn office(steps: &[Step]) -> Forge {
    let mut forge = Forge::blank();
    forge.now = format!("{}T07:00:00+08:00", steps[0].on).parse().unwrap();
    forge.found(forge.first_keys());
    hired(&mut forge, &CAST);
    forge
}

fn hired(forge: &mut Forge, cast: &[(&'static str, &[&str])]) {
    for (nth, (name, roles)) in cast.iter().enumerate() {
        let (person, seed) = (format!("person/{name}"), 40 + u8::try_from(nth).unwrap());
        forge.add_key(name, &person, seed);
        let key = zhaoce::record::Signer::key(&super::forge::key(seed)).to_string();
        let added = json!({ "roles": roles });
        let enrolled = json!({ "key": key, "possession": possession(&person, seed) });
        let named = json!({ "personal": {"name": "某人"} });
        forge.act(
            "a",
            &[ev_with("person.added", &person, added, named), ev("key.enrolled", &person, enrolled)],
        );
    }
}

fn tell(forge: &mut Forge, steps: &[Step]) {
    for step in steps {
        let mut facts = step.facts.clone();
        for value in facts.values_mut() {
            let back = value.as_str().and_then(|text| text.strip_prefix("@-")?.parse::<u64>().ok());
            if let Some(back) = back {
                *value = Value::from(forge.head.size() - back);
            }
        }
        let morning = format!("{}T08:00:00+08:00", step.on).parse().unwrap();
        forge.now = forge.now.max(morning);
        facts.insert("on".into(), json!(step.on));
        let who = if step.who == "admin" { "a" } else { step.who };
        forge.act(who, &[Ev(step.kind, step.subject, facts.into(), step.parts.clone().into())]);
    }
}

/// Tells the steps and keeps them as a sample; what is found in the last event.
fn last_found(name: &str, steps: &[Step]) -> Vec<(String, Class)> {
    let mut forge = office(steps);
    tell(&mut forge, steps);
    let report = forge.verify();
    keep("law", name, &forge, &report);
    let last = forge.head.size() - 1;
    let here = report.findings.iter().filter(|finding| finding.place.seq == Some(last));
    let mut codes: Vec<_> = here.map(|finding| (finding.code.to_string(), finding.class)).collect();
    codes.sort_unstable();
    let before = found(&report);
    let stray = before.iter().find(|finding| finding["seq"].as_u64().is_some_and(|seq| seq < last));
    assert!(stray.is_none_or(|finding| finding["class"] == "notice"), "{name}: {before:?}");
    codes
}

fn class(code: &str) -> Class {
    books().newest().unwrap().rule(code).unwrap().class
}

#[test]
fn every_story_is_found_as_it_is_told() {
    let books = Books::built_in().unwrap();
    let waiver = |code: &str| books.newest().unwrap().rule(code).unwrap().waiver.clone();
    for Story { name, rule, lawful, mut broken, also } in stories::all() {
        let kept = last_found(&format!("{name}-kept"), &lawful);
        assert!(kept.iter().all(|(code, class)| *class == Class::Notice && code != rule), "{name}: {kept:?}");
        let mut codes: Vec<_> =
            also.iter().chain([&rule]).map(|code| (code.to_string(), class(code))).collect();
        codes.sort_unstable();
        assert_eq!(last_found(&format!("{name}-broken"), &broken), codes, "{name}");
        let waivers: Option<Vec<String>> = codes.iter().map(|(code, _)| waiver(code)).collect();
        if let (Some(waivers), Some(last)) = (waivers, broken.pop()) {
            broken.push(last.declared(&waivers.iter().map(String::as_str).collect::<Vec<_>>()));
            codes.iter_mut().for_each(|(_, class)| *class = Class::Irregular);
            assert_eq!(last_found(&format!("{name}-declared"), &broken), codes, "{name}");
        }
    }
}

#[test]
fn a_requests_life_gives_no_finding() {
    let steps = stories::life();
    let mut forge = office(&steps);
    tell(&mut forge, &steps);
    let report = forge.verify();
    keep("good", "request", &forge, &report);
    assert_eq!(found(&report), Vec::<Value>::new());
    assert_eq!(report.verdicts.lawful, report.size);
}

/// A dossier is of no kind that edition 2026-1 has; once the newest is adopted it is.
#[test]
fn dossiers_begin_with_the_edition_that_has_them() {
    let books = books();
    let (first, newest) = (books.all()[0].digest().to_string(), books.newest().unwrap().digest().to_string());
    let steps = stories::life();
    let mut forge = Forge::blank();
    forge.now = format!("{}T07:00:00+08:00", steps[0].on).parse().unwrap();
    forge.found_under(&first, forge.first_keys());
    hired(&mut forge, &CAST[..1]);
    let request: Vec<Step> = steps.into_iter().filter(|step| step.kind == "request.received").collect();
    tell(&mut forge, &request);
    let early = forge.head.size() - 1;
    forge.act("a", &[ev("rules.adopted", "ledger/main", json!({ "edition": newest }))]);
    tell(&mut forge, &request);
    let report = forge.verify();
    keep("law", "adopted", &forge, &report);
    assert_eq!(found(&report), [json!({ "code": "schema.kind", "class": "unlawful", "seq": early })]);
}
