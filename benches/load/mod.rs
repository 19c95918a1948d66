//! The events that every measurement uses: lives of items from registration to publication, about 600 bytes a line,
//! written through the ledger like any others.
#![allow(dead_code, missing_docs, clippy::unwrap_used)]

#[path = "../../tests/common/mod.rs"]
pub mod common;

use common::Office;
use zhaoce::ledger::Wish;
use zhaoce::record::{Authority, ChainHash, Event, Finding, KeyId, Law, Line, PartName, Subject};

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A law that admits everything by whoever signs: what is measured then are bytes, hashes and signatures.
#[derive(Clone)]
pub struct NoLaw(pub KeyId);

impl Law for NoLaw {
    fn authority(&self, _key: &KeyId, _act: u64) -> Authority {
        Authority::Enrolled
    }
    fn judge(&mut self, _event: &Event) -> Vec<Finding> {
        Vec::new()
    }
    fn acknowledged(&self, _seq: u64, _code: &str) -> bool {
        false
    }
    fn ledger_key(&self) -> Option<KeyId> {
        Some(self.0)
    }
    fn missing_member(
        &self,
        _event: &Event,
        _part: PartName,
        _data: &serde_json::Map<String, serde_json::Value>,
    ) -> Option<String> {
        None
    }
    fn standing_open(&self, _event: &Event) -> bool {
        false
    }
    fn open_in_force(&self, _subject: &Subject) -> Option<u64> {
        None
    }
    fn edition_known(&self) -> bool {
        true
    }
    fn opens_in_force(&self) -> Vec<(u64, Subject)> {
        Vec::new()
    }
}

/// Steps of an item's life that the load takes.
pub const STEPS: usize = 5;

fn title(nth: u64) -> String {
    format!("关于印发《示例县第{nth}号公共服务事项工作方案》的通知")
}

/// The wishes of step `step` for the `nth` item.
pub fn wish(office: &Office, step: usize, nth: u64, item: &Subject) -> Wish {
    let number = format!("示政办发〔2026〕{nth}号");
    match step {
        0 => office.register(item, &title(nth)).part(PartName::Closed, "document_number", number),
        1 => office.wish("item.proposed", item).fact("attribute", "open").part(
            PartName::Closed,
            "reason",
            "属于本机关主动公开范围：规范性文件、行政许可事项、公共服务事项",
        ),
        2 => office.by("review", "item.reviewed", item).fact("outcome", "open").fact("scope", "whole").part(
            PartName::Closed,
            "reason",
            "经审查不涉及国家秘密、商业秘密和个人隐私",
        ),
        3 => office.by("approve", "item.decided", item).fact("attribute", "open").fact("basis", "own").part(
            PartName::Closed,
            "reason",
            "同意公开，由办公室在二十个工作日内发布",
        ),
        _ => office
            .wish("item.published", item)
            .fact("channels", vec!["website"])
            .part(PartName::Open, "title", title(nth))
            .part(PartName::Open, "document_number", number)
            .part(PartName::Open, "address", format!("https://www.example.gov.cn/xxgk/{nth}.html")),
    }
}

/// A ledger of at least `events` events, in acts of `per_act`.
pub fn live(events: u64, per_act: usize) -> Office {
    let mut office = Office::new();
    grow(&mut office, events, per_act);
    office
}

/// Lets a ledger grow until it holds `events` events.
pub fn grow(office: &mut Office, events: u64, per_act: usize) {
    let mut nth = office.ledger.head().size();
    while office.ledger.head().size() < events {
        let items: Vec<(u64, Subject)> =
            (0..per_act.max(100)).map(|at| (nth + at as u64, office.subject("item"))).collect();
        nth += items.len() as u64;
        for step in 0..STEPS {
            let wishes: Vec<Wish> = items.iter().map(|(nth, item)| wish(office, step, *nth, item)).collect();
            let mut wishes = wishes.into_iter();
            loop {
                let act: Vec<Wish> = wishes.by_ref().take(per_act).collect();
                if act.is_empty() || office.ledger.head().size() >= events {
                    break;
                }
                office.commit(act).unwrap();
            }
        }
    }
}

/// Event and seal lines of a ledger, as they are exported.
pub fn lines(office: &Office) -> Vec<u8> {
    lines_from(office, 0)
}

/// The same from an event on that begins an act.
pub fn lines_from(office: &Office, seq: u64) -> Vec<u8> {
    let mut log = Vec::new();
    for line in office.ledger.log().lines(seq).unwrap().strict() {
        let line = line.unwrap();
        if !line.bytes.starts_with(b"{\"synced\"") {
            log.extend_from_slice(&line.bytes);
            log.push(b'\n');
        }
    }
    log
}

/// Event lines only, without line ends.
pub fn event_lines(log: &[u8]) -> Vec<&[u8]> {
    log.split(|b| *b == b'\n').filter(|line| line.starts_with(b"{\"event\"")).collect()
}

/// Chain hash of an event line's event.
pub fn chain_hash(line: &[u8]) -> ChainHash {
    let Ok(Line::Event(raw)) = Line::parse(line) else { unreachable!("an event line") };
    ChainHash::of_event(raw.event_bytes())
}
