//! Every answer against a plain model: the whole law replayed, and every body looked through.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::sample::{Dice, Sample, event_of};
use crate::record::{Day, Event, Subject, tree};
use crate::rules::{Attribute, Item, Replay, Step, next_step};
use crate::views::{EventLine, EventSource, Filter, LinesInMemory, Outcomes, Page, Query, Views};

/// What the model knows of one item.
#[derive(Default, Clone)]
pub struct Plain {
    pub law: Option<Item>,
    pub events: Vec<Event>,
    /// (seq, part, data) of every body that is there.
    pub bodies: Vec<(u64, String, Value)>,
}

/// The model: everything, looked through from the beginning for each question.
pub struct Model {
    pub law: Replay,
    pub items: Vec<(Subject, Plain)>,
}

impl Model {
    pub fn of<'a>(sample: &Sample, lines: impl Iterator<Item = &'a EventLine>) -> Self {
        let mut law = Replay::new(sample.books.clone(), sample.origin.clone());
        let mut items: Vec<(Subject, Plain)> = Vec::new();
        for line in lines {
            let event = event_of(line);
            law.push(&event);
            if event.subject.class() != "item" {
                continue;
            }
            let place =
                items.iter().position(|(subject, _)| *subject == event.subject).unwrap_or_else(|| {
                    items.push((event.subject.clone(), Plain::default()));
                    items.len() - 1
                });
            let value: Value = serde_json::from_slice(&line.bytes).unwrap();
            for name in ["closed", "open"] {
                if let Some(part) = value["parts"].get(name) {
                    items[place].1.bodies.push((event.seq, name.into(), part["data"].clone()));
                }
            }
            items[place].1.events.push(event);
        }
        for (subject, plain) in &mut items {
            plain.law = law.state().item(subject.as_str()).cloned();
        }
        Self { law, items }
    }
}

impl Plain {
    fn newest(&self, text: &str) -> Option<&str> {
        self.bodies.iter().rev().find_map(|(_, _, data)| data.get(text)?.as_str())
    }

    fn newest_of(&self, kind: &str) -> Option<&Event> {
        self.events.iter().rev().find(|event| event.kind.as_str() == kind)
    }

    fn law(&self) -> &Item {
        self.law.as_ref().unwrap()
    }

    /// A row of `catalog.json`, as `docs/format.md` words it.
    pub fn catalogue(&self, subject: &Subject) -> Option<Value> {
        let law = self.law();
        let open = law.open?;
        let inherited = self.events[0].kind.as_str() == "item.inherited";
        let published = self.newest_of("item.published");
        let channels = published.map_or(json!([]), |event| event.facts["channels"].clone());
        let mut row = json!({"id": subject, "attribute": law.attribute, "state": law.state, "inherited": inherited, "channels": channels});
        match published {
            Some(event) => row["published"] = event.facts["on"].clone(),
            None => {
                if let Some(day) = self.events[0].facts.get("published") {
                    row["published"] = day.clone();
                }
            }
        }
        let body = self.bodies.iter().find(|(seq, part, _)| *seq == open && part == "open");
        for text in [
            "address",
            "document_number",
            "formed",
            "index_number",
            "issuer",
            "summary",
            "title",
            "topic",
            "validity",
        ] {
            if let Some(found) = body.and_then(|(_, _, data)| data.get(text)?.as_str()) {
                row[text] = found.into();
            }
        }
        Some(row)
    }

    /// A row of `withheld.json` of a full copy.
    pub fn withheld(&self, subject: &Subject) -> Option<Value> {
        let law = self.law();
        law.withheld_since?;
        let inherited = self.events[0].kind.as_str() == "item.inherited";
        let mut row = json!({"id": subject, "attribute": law.attribute, "state": law.state, "inherited": inherited, "secret": law.secret});
        let ground = if law.attribute == Attribute::Partial { "remainder_ground" } else { "ground" };
        if let Some(code) = &law.ground {
            row[ground] = (&**code).into();
        }
        let sets = |event: &&Event| match event.kind.as_str() {
            "item.decided" | "item.inherited" => true,
            "item.reassessed" => event.fact("outcome").is_some_and(|outcome| outcome.starts_with("to_")),
            _ => false,
        };
        if let Some(event) = self.events.iter().rev().find(sets) {
            row["decided"] = event.facts["on"].clone();
        }
        if let Some(event) = self.newest_of("item.reassessed") {
            row["reassessed"] = event.facts["on"].clone();
        }
        for text in ["title", "document_number", "index_number", "issuer", "formed"] {
            if let Some(found) = self.newest(text) {
                row[text] = found.into();
            }
        }
        Some(row)
    }
}

/// Compares every answer with the model's.
pub fn check(query: &Query<'_>, model: &Model) {
    let rows = query.list(&Filter::default(), Page::ALL).unwrap();
    let ids: Vec<&Subject> = model.items.iter().map(|(id, _)| id).collect();
    assert_eq!(rows.items.iter().map(|row| &row.id).collect::<Vec<_>>(), ids);
    assert_eq!(rows.total, Some(ids.len() as u64));
    for (row, (_, plain)) in rows.items.iter().zip(&model.items) {
        assert_eq!(row.law, plain.law);
        assert_eq!(row.texts.title.as_deref(), plain.newest("title"));
    }
    let as_json = |rows: Vec<Value>| rows;
    let catalogue: Vec<Value> = model.items.iter().filter_map(|(id, plain)| plain.catalogue(id)).collect();
    let found = query.catalogue(Page::ALL).unwrap().items;
    assert_eq!(
        found.iter().map(|row| serde_json::to_value(row).unwrap()).collect::<Vec<_>>(),
        as_json(catalogue)
    );
    let withheld: Vec<Value> = model.items.iter().filter_map(|(id, plain)| plain.withheld(id)).collect();
    let found = query.withheld(Page::ALL).unwrap().items;
    assert_eq!(found.iter().map(|row| serde_json::to_value(row).unwrap()).collect::<Vec<_>>(), withheld);
    check_timelines(query, model);
    check_lists(query, model);
    check_work(query, model);
    check_lookups(query, model);
}

fn check_timelines(query: &Query<'_>, model: &Model) {
    for (id, plain) in &model.items {
        let course = query.timeline(id).unwrap();
        assert_eq!(course.len(), plain.events.len());
        for (course, event) in course.iter().zip(&plain.events) {
            assert_eq!(
                (course.seq, &course.kind, course.at, &course.facts),
                (event.seq, &event.kind, event.at, &event.facts)
            );
            assert!(course.by.starts_with("person/"));
        }
    }
}

fn ids(model: &Model, wanted: impl Fn(&Plain) -> bool) -> Vec<&Subject> {
    model.items.iter().filter(|(_, plain)| wanted(plain)).map(|(id, _)| id).collect()
}

fn check_lists(query: &Query<'_>, model: &Model) {
    let listed = |filter: Filter| -> Vec<Subject> {
        let all = query.list(&filter, Page::ALL).unwrap();
        if filter.text.is_none() {
            assert_eq!(query.count(&filter).unwrap(), all.items.len() as u64);
        }
        assert_eq!(all.total, Some(all.items.len() as u64));
        // The same list, in pages of three.
        let (mut pages, mut from) = (Vec::new(), Some(0));
        while let Some(next) = from {
            let page = query.list(&filter, Page { from: next, skip: 0, limit: 3 }).unwrap();
            from = page.next;
            pages.extend(page.items);
        }
        assert_eq!(pages, all.items);
        let skipped = query.list(&filter, Page { from: 0, skip: 2, limit: usize::MAX }).unwrap().items;
        assert_eq!(skipped, all.items.iter().skip(2).cloned().collect::<Vec<_>>());
        all.items.into_iter().map(|row| row.id).collect()
    };
    for state in Step::ALL {
        let found = listed(Filter { states: vec![*state], ..Filter::default() });
        assert_eq!(found.iter().collect::<Vec<_>>(), ids(model, |plain| plain.law().state == *state));
    }
    for attribute in Attribute::ALL {
        let filter = Filter {
            attributes: vec![*attribute, Attribute::Open],
            inherited: Some(false),
            ..Filter::default()
        };
        let inherited = |plain: &Plain| plain.events[0].kind.as_str() == "item.inherited";
        let wanted = |plain: &Plain| {
            [*attribute, Attribute::Open].contains(&plain.law().attribute) && !inherited(plain)
        };
        assert_eq!(listed(filter).iter().collect::<Vec<_>>(), ids(model, wanted));
    }
    for text in ["通知", "关于", "ａbc项目", "x", "工作要点的通 知", "没有这个", "2025年度政府工作报告"]
    {
        let found = listed(Filter { text: Some(text.into()), ..Filter::default() });
        let plain_text = |text: &str| -> String {
            let narrow = |c: char| match c {
                '！'..='～' => char::from_u32(u32::from(c) - 0xfee0).unwrap(),
                other => other,
            };
            text.replace(' ', "").chars().map(narrow).collect::<String>().to_lowercase()
        };
        let holds =
            |title: Option<&str>| title.is_some_and(|title| plain_text(title).contains(&plain_text(text)));
        let open = |plain: &Plain| {
            let seq = plain.law().open?;
            plain
                .bodies
                .iter()
                .find(|(of, part, _)| *of == seq && part == "open")
                .map(|(_, _, data)| data["title"].as_str().unwrap().to_owned())
        };
        let wanted = |plain: &Plain| holds(plain.newest("title")) || holds(open(plain).as_deref());
        assert_eq!(found.iter().collect::<Vec<_>>(), ids(model, wanted), "{text}");
    }
    let on_request = query.on_request(Page::ALL).unwrap().items;
    let wanted =
        |plain: &Plain| plain.law().attribute == Attribute::OnRequest && plain.law().state != Step::Lapsed;
    assert_eq!(on_request.iter().map(|row| &row.id).collect::<Vec<_>>(), ids(model, wanted));
}

fn check_work(query: &Query<'_>, model: &Model) {
    let on: Day = "2027-01-01".parse().unwrap();
    let round = model.law.state().open_round().map(|(_, round)| round.clone());
    let waits = |plain: &Plain, kind: &str| match (kind, &round) {
        ("item.reassessed", round) => round.as_ref().is_some_and(|round| plain.law().waits_in(round)),
        _ => next_step(plain.law()).is_some_and(|next| next.kind == kind),
    };
    let mut counts = BTreeMap::new();
    for kind in [
        "item.proposed",
        "item.reviewed",
        "item.referred",
        "item.determined",
        "item.decided",
        "item.published",
        "item.reassessed",
    ] {
        for unstated in [false, true] {
            let is_inherited = |plain: &Plain| plain.law().state == Step::Inherited;
            let fits = |plain: &Plain| kind != "item.proposed" || is_inherited(plain) == unstated;
            let expected = ids(model, |plain| waits(plain, kind) && fits(plain));
            let found = query.waiting(kind, unstated, on, Page::ALL).unwrap().items;
            assert_eq!(found.iter().map(|waiting| &waiting.row.id).collect::<Vec<_>>(), expected, "{kind}");
            if !expected.is_empty() && (unstated == (kind == "item.proposed") || !unstated) {
                counts.insert((kind, unstated), expected.len() as u64);
            }
            for waiting in found {
                assert!(waiting.days > 0 && waiting.since < on);
            }
        }
    }
    let todo: BTreeMap<_, _> =
        query.todo().unwrap().into_iter().map(|task| ((task.kind, task.unstated), task.count)).collect();
    assert_eq!(todo, counts);
    for view in query.rounds() {
        assert_eq!(Some(&view.law), model.law.state().round(view.id.as_str()));
        let done = query.members(&view.id, Outcomes::There, Page::ALL).unwrap().items;
        let missing = query.members(&view.id, Outcomes::Missing, Page::ALL).unwrap().items;
        if view.law.state == Step::Opened {
            assert_eq!((done.len() + missing.len()) as u64, view.law.count);
        }
        assert_eq!(done.len() as u64, view.law.done);
    }
}

fn check_lookups(query: &Query<'_>, model: &Model) {
    for (id, plain) in &model.items {
        assert_eq!(query.item(id).unwrap().unwrap().id, *id);
        let short = &id.as_str()[5..12];
        assert!(query.by_prefix(short).unwrap().iter().any(|row| row.id == *id));
        for (text, look) in [("document_number", 0), ("index_number", 1), ("title", 2)] {
            let Some(value) = plain.newest(text) else { continue };
            let found = match look {
                0 => query.by_document_number(&value.replace('〔', "[").replace('〕', "] ")).unwrap(),
                1 => query.by_index_number(value).unwrap(),
                _ => query.by_title(value).unwrap(),
            };
            assert!(found.iter().any(|row| row.id == *id), "{text} {value}");
        }
    }
    assert!(query.by_document_number("示政办〔2025〕99号").unwrap().is_empty());
    assert!(query.by_prefix("zzzz").unwrap().is_empty());
    for n in 0..40 {
        let identity = format!("b3:{n:064x}");
        let holds = |plain: &&(Subject, Plain)| {
            plain.1.bodies.iter().any(|(_, _, data)| data.get("identity") == Some(&json!(identity)))
        };
        let expected = model.items.iter().find(holds).map(|(id, _)| id.clone());
        assert_eq!(query.imported(&identity).unwrap().map(|known| known.subject), expected);
    }
}

/// A source that goes no further than its first `size` events.
pub fn first(source: &LinesInMemory, size: usize) -> LinesInMemory {
    let lines: Vec<EventLine> = source.lines[..size].to_vec();
    let mut end = source.end;
    if let Some(next) = source.lines.get(size) {
        (end.size, end.head) = (size as u64, event_of(next).prev);
    }
    LinesInMemory { end, lines }
}

#[test]
fn every_answer_is_the_models_however_the_events_came_in() {
    for seed in 1..12 {
        let sample = Sample::new(seed, 250);
        let model = Model::of(&sample, sample.source.lines.iter());
        let whole = Views::in_memory(&sample.source, &sample.origin, &sample.books).unwrap();
        whole
            .ask(&sample.source, |query| {
                check(query, &model);
                Ok(())
            })
            .unwrap();

        let mut dice = Dice(seed + 77);
        let parts = Views::in_memory(&first(&sample.source, 1), &sample.origin, &sample.books).unwrap();
        let mut size = 1;
        while size < sample.source.lines.len() {
            let more = (1 + dice.below(40)).min(sample.source.lines.len() - size);
            let now = first(&sample.source, size + more);
            if dice.below(2) == 0 {
                parts.apply(&now, &now.lines[size..]).unwrap()
            } else {
                parts.follow(&now).unwrap()
            }
            size += more;
        }
        parts
            .ask(&sample.source, |query| {
                check(query, &model);
                Ok(())
            })
            .unwrap();
        assert_eq!(parts.head().unwrap(), whole.head().unwrap());
        check_index(&parts, &sample);
        assert!(parts.check(&sample.source).unwrap());
    }
}

fn check_index(views: &Views, sample: &Sample) {
    let mut of: BTreeMap<Subject, Vec<u64>> = BTreeMap::new();
    let mut frontier = tree::Frontier::default();
    for line in &sample.source.lines {
        assert_eq!(views.spot(line.seq).unwrap(), Some(line.spot));
        let event = event_of(line);
        frontier.push(tree::leaf_hash(&event.to_bytes().unwrap()));
        of.entry(event.subject).or_default().push(line.seq);
    }
    let size = sample.source.end().size;
    assert_eq!(views.spot(size).unwrap(), None);
    assert_eq!(tree::root_at(views, size).unwrap(), frontier.root());
    assert_eq!(views.head().unwrap().unwrap().frontier, frontier);
    for (subject, seqs) in of {
        assert_eq!(views.seqs_of(&subject).unwrap(), seqs);
    }
    assert_eq!(views.seqs_of(&"item/0000".parse().unwrap()).unwrap(), Vec::<u64>::new());
}
