//! The log against a plain list of acts, under random work, failures and crashes.

use std::sync::Arc;

use proptest::prelude::*;

use super::support::{body_of, holds, open};
use crate::log::erase::without_parts;
use crate::log::fake::{Failure, FakeDisk, Office};
use crate::log::{Act, Erasure, Log, LogReader, Settings};
use crate::record::PartName;

#[derive(Debug, Clone)]
enum Step {
    /// Acts of so many events are submitted together and then awaited.
    Append(Vec<u64>),
    /// The same, with one of the next calls failing.
    Fail(Vec<u64>, u64, Failure),
    /// The log is closed, or just left, and opened again.
    Reopen(bool),
    /// The power goes before one of the next calls of an append; the image is chosen by the number.
    Crash(u64, usize),
    /// A part of some event is erased.
    Erase(u64),
    /// A reader of its own looks at everything.
    Read,
}

fn step() -> impl Strategy<Value = Step> {
    let acts = || prop::collection::vec(1u64..4, 1..4);
    let failure = prop_oneof![Just(Failure::Error), Just(Failure::Short), Just(Failure::Full)];
    prop_oneof![
        4 => acts().prop_map(Step::Append),
        2 => (acts(), 0u64..8, failure).prop_map(|(acts, call, failure)| Step::Fail(acts, call, failure)),
        2 => any::<bool>().prop_map(Step::Reopen),
        2 => (0u64..16, 0usize..12).prop_map(|(call, image)| Step::Crash(call, image)),
        1 => any::<u64>().prop_map(Step::Erase),
        1 => Just(Step::Read),
    ]
}

/// The log under test and what should be in it.
struct Model {
    disk: FakeDisk,
    settings: Settings,
    office: Office,
    log: Option<Log>,
    /// Lines of all acts in the log, as they should stand there.
    lines: Vec<Vec<u8>>,
    erased: Vec<String>,
}

impl Model {
    fn new() -> Self {
        let (disk, office) = (FakeDisk::with_page(512), Office::new(1));
        let settings = office.settings(6);
        let log = Some(open(&disk, &settings).unwrap().0);
        Self { disk, settings, office, log, lines: vec![], erased: vec![] }
    }

    fn log(&self) -> &Log {
        self.log.as_ref().unwrap()
    }

    fn append(&mut self, sizes: &[u64]) -> Vec<Act> {
        let acts: Vec<Act> = sizes.iter().map(|events| self.office.act(*events, 150)).collect();
        let tickets: Vec<_> = acts.iter().map(|act| self.log().submit(act.clone())).collect();
        let mut unknown = Vec::new();
        for (act, ticket) in acts.into_iter().zip(tickets) {
            match ticket.and_then(|ticket| self.log().wait(ticket)) {
                Ok(appended) => {
                    assert_eq!((appended.position, unknown.len()), (act.after(), 0));
                    self.lines.extend(lines_of(&act));
                }
                Err(_) => unknown.push(act),
            }
        }
        unknown
    }

    /// What is in the log must be what is known and a whole prefix of what is not known.
    fn settle(&mut self, unknown: &[Act]) {
        let found = super::support::lines(&self.log().reader());
        for act in unknown {
            if self.lines.len() < found.len() {
                self.lines.extend(lines_of(act));
            }
        }
        assert!(found == self.lines, "{} lines, {} are due", found.len(), self.lines.len());
        self.office.resume(self.log().position());
    }

    fn run(&mut self, step: Step) {
        match step {
            Step::Append(sizes) => assert!(self.append(&sizes).is_empty()),
            Step::Fail(sizes, call, failure) => {
                let now = self.disk.calls().len() as u64;
                self.disk.fail(now + call..now + call + 1, failure);
                let unknown = self.append(&sizes);
                self.disk.heal();
                self.disk.evict();
                self.log().reread().unwrap();
                self.settle(&unknown);
            }
            Step::Reopen(close) => {
                let log = self.log.take().unwrap();
                if close {
                    log.close().unwrap()
                } else {
                    drop(log)
                }
                self.log = Some(open(&self.disk, &self.settings).unwrap().0);
            }
            Step::Crash(call, image) => {
                self.disk.stop_before(self.disk.calls().len() as u64 + call);
                let unknown = self.append(&[2, 1]);
                self.log = None;
                let images = self.disk.images(12, image as u64);
                self.disk = images[image % images.len()].clone();
                self.log = Some(open(&self.disk, &self.settings).unwrap().0);
                self.settle(&unknown);
            }
            Step::Erase(draw) => self.erase(draw),
            Step::Read => {
                let (reader, _) = LogReader::open(Arc::new(self.disk.clone()), &self.settings).unwrap();
                assert!(super::support::lines(&reader) == self.lines);
            }
        }
    }

    fn erase(&mut self, draw: u64) {
        let Some(seq) = draw.checked_rem(self.log().position().size) else { return };
        let events = self.lines.iter_mut().filter(|line| line.starts_with(b"{\"event\":"));
        let line = { events }.nth(seq as usize).unwrap();
        let (without, gone) = without_parts(line, |part| part == PartName::Personal).unwrap();
        if gone > 0 {
            self.erased.push(body_of(line, "personal"));
        }
        *line = without;
        let done = self.log().erase(&[Erasure { seq, part: PartName::Personal }]).unwrap();
        assert_eq!(done.parts, gone);
        assert!(!self.erased.iter().any(|body| holds(&self.disk, body)));
    }

    fn check(&self) {
        let reader = self.log().reader();
        assert!(super::support::lines(&reader) == self.lines);
        let events = self.lines.iter().filter(|line| line.starts_with(b"{\"event\":"));
        for (seq, line) in (0..).zip(events) {
            let found = reader.event(seq, None).unwrap();
            assert!(found.bytes == *line && reader.event(seq, Some(found.spot)).unwrap().bytes == *line);
            let from = reader.lines(seq).unwrap().strict().next().unwrap().unwrap();
            assert!(from.bytes == *line && from.seq == seq && from.spot == found.spot);
            if let Some(number) = from.number {
                assert_eq!(reader.line_number(from.spot).unwrap(), number);
            }
        }
    }
}

fn lines_of(act: &Act) -> Vec<Vec<u8>> {
    act.lines().split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_log_is_a_list_of_acts(steps in prop::collection::vec(step(), 1..14)) {
        let mut model = Model::new();
        for step in steps {
            model.run(step);
        }
        model.check();
    }
}
