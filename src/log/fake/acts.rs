//! Acts for tests: signed like real ones, with made-up content.

use serde_json::json;

use super::image::mixed;
use crate::log::position::{Position, Settings};
use crate::log::writer::Act;
use crate::record::event::{event_line, seal_line};
use crate::record::keys::SecretKey;
use crate::record::note::{Note, seal_key_name};
use crate::record::{ChainHash, Event, Origin, Part, PartName, Seal, Signer, TreeHash, TreeHead};

/// An office that acts at random, from a fixed seed.
pub struct Office {
    key: SecretKey,
    origin: Origin,
    position: Position,
    random: u64,
}

/// A test that cannot make its acts has failed already.
macro_rules! must {
    ($result:expr) => {
        match $result {
            Ok(value) => value,
            Err(error) => panic!("the test's own act: {error:?}"),
        }
    };
}

impl Office {
    /// An office whose log is empty.
    pub fn new(seed: u64) -> Self {
        let origin: Origin = must!("linyi.gov.cn/xxgk".parse());
        let position = Position { size: 0, head: ChainHash::of_origin(origin.as_str()) };
        let key = SecretKey::from_seed([7; 32]);
        Self { key, origin, position, random: seed }
    }

    /// Settings of its log: nothing in the background, small segments.
    pub fn settings(&self, segment_events: u64) -> Settings {
        let start = ChainHash::of_origin(self.origin.as_str());
        Settings { segment_events, background: false, ..Settings::new(start, "test") }
    }

    /// Goes on from another place: after a failure some acts are not in the log.
    pub fn resume(&mut self, position: Position) {
        self.position = position;
    }

    /// Where the next act begins.
    pub fn position(&self) -> Position {
        self.position
    }

    fn draw(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mixed(self.random)
    }

    fn part(&mut self, text_len: usize) -> (Vec<u8>, crate::record::PartDigest) {
        let text: String = (0..text_len).map(|_| char::from(b'a' + (self.draw() % 26) as u8)).collect();
        let salt = [self.draw().to_le_bytes(), self.draw().to_le_bytes()].concat();
        let salt: [u8; 16] = must!(salt.try_into());
        let data = json!({ "title": text }).as_object().cloned().unwrap_or_default();
        must!(Part::new(data, salt).to_bytes())
    }

    fn event(&mut self, first: u64, at: Position, text_len: usize) -> (Vec<u8>, ChainHash) {
        let (closed, closed_digest) = self.part(text_len);
        let (personal, personal_digest) = self.part(12);
        let event = json!({
            "act": first, "at": "2026-11-22T09:00:00+08:00", "by": self.key.key().to_string(),
            "facts": {"mode": "own", "on": "2026-11-22", "person": "person/3f9k2m7q1x8z4c5v"},
            "kind": "item.registered",
            "parts": {"closed": closed_digest, "personal": personal_digest},
            "prev": at.head, "seq": at.size, "subject": format!("item/{:016x}", self.draw()), "v": 1
        });
        let event: Event = must!(serde_json::from_value(event));
        let bytes = must!(event.to_bytes());
        let parts = [(PartName::Closed, &closed[..]), (PartName::Personal, &personal[..])];
        (event_line(&bytes, parts), ChainHash::of_event(&bytes))
    }

    /// The next act, of so many events with so much text in each.
    pub fn act(&mut self, events: u64, text_len: usize) -> Act {
        let before = self.position;
        let (mut at, mut lines) = (before, Vec::new());
        for _ in 0..events {
            let (line, head) = self.event(before.size, at, text_len);
            lines.extend_from_slice(&line);
            lines.push(b'\n');
            at = Position { size: at.size + 1, head };
        }
        let head = TreeHead { origin: self.origin.clone(), size: at.size, root: TreeHash(at.head.0) };
        let text = Seal::text_of(&head, before.size, &at.head);
        let signature = must!(self.key.sign(text.as_bytes()));
        let name = seal_key_name(&self.origin, &self.key.key());
        let note = Note::sign(text, &name, &self.key.key(), signature);
        lines.extend_from_slice(&seal_line(&note.encode()));
        lines.push(b'\n');
        self.position = at;
        must!(Act::new(before, at, lines))
    }
}
