use serde_json::json;

use super::*;
use crate::record::act::{ActBuilder, Draft, Head, SealedPart, sign_checkpoint};
use crate::record::event::{Event, Part, PartName, synced_line};
use crate::record::ids::{Moment, Subject};
use crate::record::keys::{KeyId, SecretKey, Signer};
use crate::record::law::Authority;

/// A law that admits everything by the one enrolled key: these tests are about bytes.
#[derive(Clone)]
struct AnyLaw(Vec<KeyId>);

impl Law for AnyLaw {
    fn authority(&self, key: &KeyId, _act: u64) -> Authority {
        if self.0.contains(key) { Authority::Enrolled } else { Authority::Unknown }
    }
    fn judge(&mut self, _event: &Event) -> Vec<Finding> {
        Vec::new()
    }
    fn acknowledged(&self, _seq: u64, _code: &str) -> bool {
        false
    }
    fn edition_known(&self) -> bool {
        true
    }
    fn ledger_key(&self) -> Option<KeyId> {
        self.0.first().copied()
    }
    fn missing_member(
        &self,
        _event: &Event,
        part: PartName,
        data: &serde_json::Map<String, serde_json::Value>,
    ) -> Option<String> {
        (part == PartName::Closed && !data.contains_key("title")).then(|| "title".into())
    }
    fn standing_open(&self, _event: &Event) -> bool {
        true
    }
    fn open_in_force(&self, _subject: &Subject) -> Option<u64> {
        None
    }
    fn opens_in_force(&self) -> Vec<(u64, Subject)> {
        Vec::new()
    }
}

struct Sample {
    trust: Trust,
    law: AnyLaw,
    log: Vec<u8>,
    heads: Vec<Head>,
    key: SecretKey,
}

fn draft(kind: &str, subject: &str, title: &str) -> Draft {
    let data = json!({"title": title, "on": "2026-01-05"}).as_object().unwrap().clone();
    let part = Part::new(data, [7; 16]);
    Draft {
        kind: kind.parse().unwrap(),
        subject: subject.parse().unwrap(),
        facts: json!({"on": "2026-01-05"}).as_object().unwrap().clone(),
        parts: vec![SealedPart::new(PartName::Closed, &part).unwrap()],
    }
}

fn sample() -> Sample {
    let origin: Origin = "example.gov.cn/xxgk".parse().unwrap();
    let key = SecretKey::from_seed([1; 32]);
    let mut head = Head::at_origin(&origin);
    let (mut log, mut heads, mut last) = (Vec::new(), Vec::new(), std::collections::HashMap::new());
    let acts: [&[(&str, &str)]; 3] = [
        &[("ledger.opened", "ledger/main"), ("person.added", "person/a")],
        &[("item.registered", "item/a"), ("item.registered", "item/b")],
        &[("item.proposed", "item/a")],
    ];
    for (nth, act) in acts.iter().enumerate() {
        let at: Moment = format!("2026-01-05T09:0{nth}:00+08:00").parse().unwrap();
        let mut builder = ActBuilder::new(&origin, &head, at, Signer::key(&key));
        for (kind, subject) in *act {
            let draft = draft(kind, subject, "关于印发\"通知\"");
            let event = builder.event(&draft, last.get(*subject).copied());
            last.insert(subject.to_string(), event.seq);
            builder.push(&event, &draft.parts).unwrap();
        }
        log.extend_from_slice(&synced_line(head.size()));
        log.push(b'\n');
        let sealed = builder.seal(&key).unwrap();
        log.extend_from_slice(&sealed.lines);
        head = sealed.head;
        heads.push(head.clone());
    }
    let genesis = {
        let line = log.split(|b| *b == b'\n').nth(1).unwrap();
        let crate::record::Line::Event(raw) = crate::record::Line::parse(line).unwrap() else { panic!() };
        ChainHash::of_event(raw.event_bytes())
    };
    let trust = Trust { origin, genesis, checkpoints: Vec::new() };
    Sample { trust, law: AnyLaw(vec![Signer::key(&key)]), log, heads, key }
}

impl Sample {
    fn verify(&self, log: &[u8]) -> Report {
        self.verify_with(log, Vec::new())
    }

    fn verify_with(&self, log: &[u8], checkpoints: Vec<Checkpoint>) -> Report {
        let trust = Trust { checkpoints, ..self.trust.clone() };
        let mut verifier = Verifier::new(trust, Copy::Full, self.law.clone());
        verifier.file("log");
        verifier.push(log);
        verifier.finish().0
    }

    fn checkpoint(&self, nth: usize) -> Checkpoint {
        let note = sign_checkpoint(&self.trust.origin, &self.heads[nth], &self.key).unwrap();
        Checkpoint::parse(&note).unwrap()
    }

    fn lines(&self) -> Vec<&[u8]> {
        self.log.split_inclusive(|b| *b == b'\n').collect()
    }
}

fn codes(report: &Report) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.code.as_str()).collect()
}

#[test]
fn a_sound_log_passes() {
    let sample = sample();
    let report = sample.verify_with(&sample.log, vec![sample.checkpoint(1), sample.checkpoint(2)]);
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert!(report.passed());
    assert_eq!((report.size, report.acts, report.parts, report.verdicts.intact), (5, 3, 5, 5));
    assert_eq!(report.root, sample.heads[2].frontier.root());
}

#[test]
fn it_does_not_matter_in_which_pieces_the_bytes_arrive() {
    let sample = sample();
    let mut verifier = Verifier::new(sample.trust.clone(), Copy::Full, sample.law.clone());
    for piece in sample.log.chunks(7) {
        verifier.push(piece);
        verifier.state();
    }
    assert!(verifier.finish().0.passed());
}

#[test]
fn every_flipped_bit_is_found() {
    let sample = sample();
    for at in 0..sample.log.len() {
        for mask in [0x01, 0x20, 0x80] {
            let mut log = sample.log.clone();
            log[at] ^= mask;
            assert!(!sample.verify(&log).passed(), "byte {at} mask {mask:#x}");
        }
    }
}

#[test]
fn every_dropped_doubled_or_swapped_line_is_found() {
    let sample = sample();
    let lines = sample.lines();
    let synced = |line: &[u8]| line.starts_with(b"{\"synced\"");
    for nth in 0..lines.len() {
        let mut dropped = lines.clone();
        dropped.remove(nth);
        // A synced line is local and may begin a batch of many acts: its absence says nothing.
        assert!(synced(lines[nth]) || !sample.verify(&dropped.concat()).passed(), "line {nth} dropped");
        let mut doubled = lines.clone();
        doubled.insert(nth, lines[nth]);
        assert!(!sample.verify(&doubled.concat()).passed(), "line {nth} doubled");
        if nth + 1 < lines.len() {
            let mut swapped = lines.clone();
            swapped.swap(nth, nth + 1);
            assert!(!sample.verify(&swapped.concat()).passed(), "line {nth} swapped");
        }
    }
}

#[test]
fn one_fault_is_reported_once_and_reading_goes_on() {
    let sample = sample();
    let text = String::from_utf8(sample.log.clone()).unwrap();
    let damaged = text.replacen("item/b", "item/c", 1);
    let report = sample.verify(damaged.as_bytes());
    assert_eq!(codes(&report), ["seal.act", "seal.root", "chain.broken"]);
    assert_eq!(report.findings[0].place.line, Some(8));
    assert_eq!((report.size, report.acts), (5, 3));
}

#[test]
fn a_cut_log_is_found_by_a_checkpoint_and_only_by_it() {
    let sample = sample();
    let lines = sample.lines();
    let cut = lines[..lines.len() - 3].concat();
    assert!(sample.verify(&cut).passed());
    let report = sample.verify_with(&cut, vec![sample.checkpoint(2)]);
    assert_eq!(codes(&report), ["checkpoint.shorter"]);
}

#[test]
fn checkpoints_of_others_and_forks_are_found() {
    let sample = sample();
    let sign = |origin: &str, head: &Head, seed: u8| {
        let key = SecretKey::from_seed([seed; 32]);
        Checkpoint::parse(&sign_checkpoint(&origin.parse().unwrap(), head, &key).unwrap()).unwrap()
    };
    let mut forked = sample.heads[1].clone();
    forked.frontier =
        crate::record::tree::Frontier::from_parts(4, vec![crate::record::TreeHash([9; 32])]).unwrap();
    let verify = |checkpoint| sample.verify_with(&sample.log, vec![checkpoint]);
    assert_eq!(codes(&verify(sign("example.gov.cn/xxgk", &forked, 1))), ["checkpoint.fork"]);
    assert_eq!(codes(&verify(sign("example.gov.cn/xxgk", &sample.heads[1], 2))), ["checkpoint.signature"]);
    assert_eq!(codes(&verify(sign("other.gov.cn", &sample.heads[1], 1))), ["checkpoint.origin"]);
}

#[test]
fn another_genesis_and_an_unenrolled_signer_are_found() {
    let mut sample = sample();
    sample.trust.genesis = ChainHash([0; 32]);
    assert_eq!(codes(&sample.verify(&sample.log)), ["genesis.pin"]);
    let mut sample = self::sample();
    sample.law = AnyLaw(Vec::new());
    assert_eq!(
        codes(&sample.verify(&sample.log)),
        ["signer.unknown"; 3],
        "the first act's second event tells"
    );
}

#[test]
fn a_missing_part_needs_an_erasure_and_a_wrong_one_is_found() {
    let sample = sample();
    let text = String::from_utf8(sample.log.clone()).unwrap();
    let start = text.find("\"parts\":{\"closed\":{").unwrap();
    let end = start + text[start..].find("}}}\n").unwrap();
    let without = format!("{}\"parts\":{{{}", &text[..start], &text[end + 1..]);
    assert_eq!(codes(&sample.verify(without.as_bytes())), ["part.absent"]);
    let renamed = text.replacen("\"parts\":{\"closed\":{", "\"parts\":{\"open\":{", 1);
    assert_eq!(codes(&sample.verify(renamed.as_bytes())), ["part.unlisted", "part.absent"]);
}

#[test]
fn an_endless_line_is_reported_once_and_costs_no_memory() {
    let sample = sample();
    let mut verifier = Verifier::new(sample.trust.clone(), Copy::Full, sample.law.clone());
    for _ in 0..40 {
        verifier.push(&vec![b'x'; 1 << 20]);
        assert!(verifier.buffer.len() <= 6 << 20);
    }
    verifier.push(b"\n");
    verifier.push(&sample.log);
    let report = verifier.finish().0;
    assert_eq!(codes(&report), ["line.canonical"]);
    assert_eq!(report.size, 5);
}

#[test]
fn reading_goes_on_from_a_saved_state() {
    let sample = sample();
    let lines = sample.lines();
    let mut first = Verifier::new(sample.trust.clone(), Copy::Full, sample.law.clone());
    first.push(&lines[..4].concat());
    let (report, chain, law) = first.finish();
    assert!(report.passed());
    let saved = serde_json::to_string(&chain).unwrap();
    let mut second =
        Verifier::resume(sample.trust.clone(), Copy::Full, law, serde_json::from_str(&saved).unwrap());
    second.push(&lines[4..].concat());
    let (report, _, _) = second.finish();
    assert_eq!(codes(&report), Vec::<&str>::new());
    assert_eq!((report.from, report.size, report.verdicts.intact), (2, 5, 3));
}
