//! As of a past day, against the model over the events chosen by hand.

use super::answers::{Model, check};
use super::sample::{Sample, event_of};
use crate::record::{Day, Event};
use crate::views::{EventLine, EventSource, Snapshot};

fn days(sample: &Sample) -> Vec<Day> {
    let mut days: Vec<Day> = sample.source.lines.iter().map(|line| event_of(line).at.day()).collect();
    days.dedup();
    days
}

fn is_of_the_office(event: &Event) -> bool {
    ["ledger", "person"].contains(&event.subject.class()) && event.kind.as_str() != "part.erased"
}

#[test]
fn past_days_are_answered_as_the_model_says() {
    for seed in [3, 4] {
        let sample = Sample::new(seed, 160);
        let days = days(&sample);
        assert!(days.len() > 6);
        let picks = [days[0], days[days.len() / 3], days[days.len() / 2], days[days.len() - 1]];
        for as_of in [None, Some(picks[0]), Some(picks[2]), Some("2020-01-01".parse().unwrap())] {
            for known in [None, Some(picks[1]), Some(picks[2]), Some(picks[3])] {
                let chosen = |line: &&EventLine| {
                    let event = event_of(line);
                    is_of_the_office(&event)
                        || (as_of.is_none_or(|day| event.on().unwrap() <= day)
                            && known.is_none_or(|day| event.at.day() <= day))
                };
                let model = Model::of(&sample, sample.source.lines.iter().filter(chosen));
                let snapshot =
                    Snapshot::fold(&sample.source, &sample.origin, &sample.books, as_of, known).unwrap();
                check(&snapshot.query(), &model);
            }
        }
    }
}

#[test]
fn all_days_are_today() {
    let sample = Sample::new(5, 200);
    let model = Model::of(&sample, sample.source.lines.iter());
    let far = Some("2100-01-01".parse().unwrap());
    let snapshot = Snapshot::fold(&sample.source, &sample.origin, &sample.books, far, far).unwrap();
    check(&snapshot.query(), &model);
    assert!(sample.source.end().size >= 200);
}
