//! Copies of a batch, and what a package shows of its log: read from the event lines, without judging them.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};

use super::intake::Shown;
use super::tree::Tree;
use crate::bundle::meta::{Consistency, Meta};
use crate::bundle::package::derive::{EVENTS, EVIDENCE, OTHER, PAGE, is_metadata};
use crate::fault::{Fault, Outcome};
use crate::record::act::Head;
use crate::record::event::Line;
use crate::record::tree::{check_consistency, leaf_hash};
use crate::record::{Checkpoint, TreeHash};

/// Longest small file that is read, in bytes.
const SMALL: u64 = 1 << 20;

/// An event line as far as copies of it are compared.
pub(super) struct EventLine {
    pub seq: u64,
    pub event: Vec<u8>,
    /// The parts that are here.
    pub parts: BTreeSet<String>,
}

/// The event lines of a package; nothing, when one of them holds a part that is not its own.
pub(super) fn lines(tree: &dyn Tree) -> Outcome<Option<Vec<EventLine>>> {
    let (mut all, mut sound) = (Vec::new(), true);
    each_line(tree, &mut |line| {
        let Line::Event(raw) = line else { return };
        match (raw.event(), raw.parts()) {
            (Ok(event), Ok(parts)) if raw.altered_part(&event).is_none() => all.push(EventLine {
                seq: event.seq,
                event: raw.event_bytes().to_vec(),
                parts: parts.keys().map(|part| part.as_str().to_owned()).collect(),
            }),
            _ => sound = false,
        }
    })?;
    Ok(sound.then_some(all))
}

/// Shows every line of a package's events that can be read.
pub(super) fn each_line(tree: &dyn Tree, each: &mut dyn FnMut(Line<'_>)) -> Outcome<()> {
    let below = format!("data/{EVIDENCE}/events/");
    for file in tree.files().iter().filter(|file| file.path.starts_with(&below)) {
        for line in BufReader::new(tree.open(&file.path)?).split(b'\n') {
            let line = line.map_err(|error| Fault::io(&file.path, &error))?;
            if let Ok(line) = Line::parse(&line) {
                each(line);
            }
        }
    }
    Ok(())
}

/// Parts of `one` that `other` lacks: event and part. Both have the same events.
pub(super) fn beyond(one: &[EventLine], other: &[EventLine]) -> BTreeSet<(u64, String)> {
    let pairs = one.iter().zip(other);
    pairs
        .flat_map(|(one, other)| one.parts.difference(&other.parts).map(|part| (one.seq, part.clone())))
        .collect()
}

/// Whether two copies have the same payload files, and the same bytes in those that no part of an event reaches.
pub(super) fn rest_is_same(one: &dyn Tree, other: &dyn Tree) -> Outcome<bool> {
    fn payload(tree: &dyn Tree) -> impl Iterator<Item = (&str, u64)> {
        let files = tree.files().iter().map(|file| (file.path.as_str(), file.size));
        files.filter(|(path, _)| path.starts_with("data/"))
    }
    if !payload(one).map(|(path, _)| path).eq(payload(other).map(|(path, _)| path)) {
        return Ok(false);
    }
    for ((path, size), (_, others)) in payload(one).zip(payload(other)) {
        if shows_parts(path) {
            continue;
        }
        if size != others || one.read(path, size)? != other.read(path, size)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether the texts of events stand in a file, or digests of files where they do.
fn shows_parts(path: &str) -> bool {
    let Some(path) = path.strip_prefix("data/") else { return false };
    if let Some(evidence) = path.strip_prefix(EVIDENCE).and_then(|path| path.strip_prefix('/')) {
        let lists = ["people.", "catalog.", "withheld.", "events/"];
        return lists.iter().any(|start| evidence.starts_with(start));
    }
    match path.rsplit_once('/') {
        None => true,
        Some((OTHER, name)) => [".xml", ".html", ".note"].iter().any(|end| name.ends_with(end)),
        Some((folder, name)) => {
            !folder.starts_with(OTHER) && (name == EVENTS || name == PAGE || is_metadata(name))
        }
    }
}

/// A small file, when it is there and small.
fn small(tree: &dyn Tree, name: &str) -> Outcome<Option<Vec<u8>>> {
    let path = format!("data/{EVIDENCE}/{name}");
    match tree.find(&path) {
        Some(file) if file.size <= SMALL => tree.read(&path, SMALL).map(Some),
        _ => Ok(None),
    }
}

/// The checkpoint that a package shows, and the roots at `sizes` that its events and its consistency proof lead from.
pub(super) fn shown(tree: &dyn Tree, sizes: &[u64]) -> Outcome<Option<Shown>> {
    let (Some(note), Some(meta)) = (small(tree, "checkpoint")?, small(tree, "bundle.json")?) else {
        return Ok(None);
    };
    let Ok(note) = String::from_utf8(note) else { return Ok(None) };
    let Ok(head) = Checkpoint::parse(&note).map(|note| note.head) else { return Ok(None) };
    let to = (head.size, head.root);
    let mut roots = match Meta::parse(&meta).and_then(|meta| meta.start_head()) {
        Ok(start) => on_the_way(tree, start, to, sizes)?,
        Err(_) => Vec::new(),
    };
    let proof = small(tree, "consistency.json")?;
    let proof = proof.and_then(|bytes| serde_json::from_slice::<Consistency>(&bytes).ok());
    roots.extend(proof.and_then(|proof| {
        let from = (proof.from.size, proof.from.root);
        (sizes.contains(&from.0) && check_consistency(from, to, &proof.proof)).then_some(from)
    }));
    Ok(Some(Shown { note, roots }))
}

/// Roots at `sizes`, from where the batch begins to its end; none, when the events do not lead to the tree of the note.
fn on_the_way(
    tree: &dyn Tree,
    start: Head,
    to: (u64, TreeHash),
    sizes: &[u64],
) -> Outcome<Vec<(u64, TreeHash)>> {
    let mut frontier = start.frontier;
    let mut roots = vec![(frontier.size(), frontier.root())];
    each_line(tree, &mut |line| {
        if let Line::Event(raw) = line {
            frontier.push(leaf_hash(raw.event_bytes()));
            if sizes.contains(&frontier.size()) {
                roots.push((frontier.size(), frontier.root()));
            }
        }
    })?;
    roots.retain(|(size, _)| *size > 0 && sizes.contains(size));
    Ok(if (frontier.size(), frontier.root()) == to { roots } else { Vec::new() })
}
