//! A package held against what its events give: the same derivation, compared byte for byte.

use std::collections::BTreeSet;
use std::io::Read;

use rayon::prelude::*;
use sha2::{Digest as _, Sha256};

use super::derive::{EVENTS, EVIDENCE, PAGE, REGISTER, derive, is_metadata};
use super::{
    Content, Contents, Earlier, Finding, FindingList, Handover, Index, Inputs, Lines, Record, Totals, Tree,
};
use crate::bundle::derived::Deriving;
use crate::bundle::derived::Texts;
use crate::bundle::verify::Saved;
use crate::fault::{Fault, Outcome};
use crate::record::Report;
use crate::record::verify::{Copy, Erased, Trust, Verifier};
use crate::rules::{Books, Replay};

/// Where the payload stands in a bag.
const DATA: &str = "data/";

/// Event files of a package's evidence.
pub struct TreeLines<'t>(pub &'t dyn Tree);

impl TreeLines<'_> {
    fn path(file: &str) -> String {
        format!("{DATA}{EVIDENCE}/events/{file}")
    }
}

impl Lines for TreeLines<'_> {
    fn files(&self) -> Outcome<Vec<String>> {
        let below = Self::path("");
        let names = self.0.files().iter().filter_map(|file| file.path.strip_prefix(&below));
        Ok(names.map(str::to_owned).collect())
    }

    fn open(&self, file: &str) -> Outcome<Box<dyn Read + '_>> {
        self.0.open(&Self::path(file))
    }

    fn read(&self, file: &str, offset: u64, length: usize) -> Outcome<Vec<u8>> {
        self.0.read_at(&Self::path(file), offset, length)
    }
}

/// Pushes the events of a package's evidence, file by file.
///
/// # Errors
/// The machine.
pub fn push_events(tree: &dyn Tree, verifier: &mut Verifier<Deriving>) -> Outcome<()> {
    let lines = TreeLines(tree);
    for file in lines.files()? {
        verifier.file(&format!("events/{file}"));
        let mut input = lines.open(&file)?;
        let mut room = vec![0; 1 << 20];
        loop {
            let read = input.read(&mut room).map_err(|error| Fault::io(&file, &error))?;
            if read == 0 {
                break;
            }
            verifier.push(room.get(..read).unwrap_or_default());
        }
    }
    Ok(())
}

/// Goes through a package's events alone: what is found of them, and the state they leave, whatever was found.
///
/// # Errors
/// The machine.
pub fn replay(
    tree: &dyn Tree,
    handover: &Handover,
    before: Option<Saved>,
    erased: &Erased,
    books: &Books,
) -> Outcome<(Report, Saved)> {
    let (origin, genesis) = (handover.origin.clone(), handover.genesis);
    let trust = Trust { origin: origin.clone(), genesis, checkpoints: Vec::new() };
    let verifier = match before {
        Some(saved) => saved.resume(trust, books),
        None => {
            let law = Replay::new(std::sync::Arc::new(books.clone()), origin);
            Verifier::new(trust, Copy::Full, Deriving::new(law, Texts::for_package())).exported()
        }
    };
    let mut verifier = verifier.excusing(erased.clone());
    push_events(tree, &mut verifier)?;
    let (report, chain, deriving) = verifier.finish();
    let saved = Saved::of(&report, chain, deriving);
    Ok((report, saved))
}

/// Derives the payload of `tree` again from its events and content files; `take` is given each file that is not what is there, with
/// its path in the bag. The evidence is left out but for the lists of the bundle.
///
/// # Errors
/// What [`derive()`] gives; the machine.
pub fn rederive(
    tree: &dyn Tree,
    handover: &Handover,
    deriving: &Deriving,
    earlier: &dyn Earlier,
    take: &mut dyn FnMut(String, Vec<u8>),
) -> Outcome<()> {
    let lines = TreeLines(tree);
    let index = Index::build(&lines, deriving, &handover.fonds)?;
    let contents = contents(tree, &index, &mut BTreeSet::new(), &mut FindingList::default())?;
    let inputs = Inputs { handover, deriving, lines: &lines, index: &index, contents: &contents, earlier };
    let mut each = |path: String, bytes: &[u8]| -> Outcome<()> {
        if difference(tree, &path, bytes)?.is_some() {
            take(path, bytes.to_vec());
        }
        Ok(())
    };
    derive(&inputs, &mut |path, bytes| each(format!("{DATA}{path}"), bytes))?;
    for (path, bytes) in deriving.files(&handover.made.day().to_string(), true)?.files {
        each(format!("{DATA}{EVIDENCE}/{path}"), &bytes)?;
    }
    Ok(())
}

/// Compares the payload of `tree`, a bag, with what its events give. The events themselves and the rest of 固化验证信息 are held
/// against each other by the verification of the bundle; only what belongs to the package is looked at here.
///
/// # Errors
/// What [`derive()`] gives: the package cannot be derived at all; the machine.
pub fn compare(
    tree: &dyn Tree,
    handover: &Handover,
    deriving: &Deriving,
    earlier: &dyn Earlier,
    findings: &mut FindingList,
) -> Outcome<Totals> {
    let lines = TreeLines(tree);
    let index = Index::build(&lines, deriving, &handover.fonds)?;
    let mut seen = BTreeSet::new();
    let contents = contents(tree, &index, &mut seen, findings)?;
    let inputs = Inputs { handover, deriving, lines: &lines, index: &index, contents: &contents, earlier };
    let totals = derive(&inputs, &mut |path, bytes| {
        let path = format!("{DATA}{path}");
        if let Some(code) = difference(tree, &path, bytes)? {
            findings.push(Finding::error(code).path(&path).expected("what the events give"));
        }
        seen.insert(path);
        Ok(())
    })?;
    seen.insert(format!("{DATA}{REGISTER}.note"));
    unknown(tree, &seen, findings);
    Ok(totals)
}

/// What is wrong with a file that should hold `bytes`.
fn difference(tree: &dyn Tree, path: &str, bytes: &[u8]) -> Outcome<Option<&'static str>> {
    let Some(file) = tree.find(path) else { return Ok(Some("package.missing_file")) };
    if file.size != bytes.len() as u64 {
        return Ok(Some("package.derived_differs"));
    }
    let same = tree.read(path, file.size)? == bytes;
    Ok((!same).then_some("package.derived_differs"))
}

fn unknown(tree: &dyn Tree, seen: &BTreeSet<String>, findings: &mut FindingList) {
    let evidence = format!("{DATA}{EVIDENCE}/");
    let ours = |path: &str| !path.starts_with(DATA) || path.starts_with(&evidence) || seen.contains(path);
    let strange = tree.files().iter().filter(|file| !ours(&file.path));
    findings.extend(strange.map(|file| Finding::error("package.unknown_file").path(&file.path)));
}

/// The content files in the records' folders; one that no event names is found fault with.
fn contents(
    tree: &dyn Tree,
    index: &Index,
    seen: &mut BTreeSet<String>,
    findings: &mut FindingList,
) -> Outcome<Contents> {
    let given: Vec<(&Record, &str, u64)> =
        index.records().iter().flat_map(|record| given(tree, record)).collect();
    let hashed: Vec<[u8; 32]> = given
        .par_iter()
        .map(|(record, name, _)| sha256(tree, &format!("{DATA}{}/{name}", record.folder)))
        .collect::<Outcome<_>>()?;
    let mut contents = Contents::default();
    for ((record, name, size), sha256) in given.into_iter().zip(hashed) {
        let digest = format!("sha256:{}", hex::encode(sha256));
        let path = format!("{DATA}{}/{name}", record.folder);
        match record.digests.get(&digest) {
            Some(fact) => contents.add(&record.number, Content::given(name.to_owned(), fact, size, sha256)),
            None => findings.push(Finding::error("package.content_unnamed").path(&path).found(&digest)),
        }
        seen.insert(path);
    }
    Ok(contents)
}

/// Files of a record's folder that are not derived: name and size.
fn given<'t>(tree: &'t dyn Tree, record: &'t Record) -> Vec<(&'t Record, &'t str, u64)> {
    let below = format!("{DATA}{}/", record.folder);
    let files = tree.files();
    let from = files.partition_point(|file| file.path.as_str() < below.as_str());
    let inside = files.iter().skip(from).map_while(|file| Some((file.path.strip_prefix(&below)?, file.size)));
    let own = |name: &str| name == EVENTS || name == PAGE || is_metadata(name);
    inside.filter(|(name, _)| !own(name)).map(|(name, size)| (record, name, size)).collect()
}

/// SHA-256 of a file of a tree.
pub(super) fn sha256(tree: &dyn Tree, path: &str) -> Outcome<[u8; 32]> {
    let mut input = tree.open(path)?;
    let (mut hash, mut room) = (Sha256::new(), vec![0; 256 << 10]);
    loop {
        let read = input.read(&mut room).map_err(|error| Fault::io(path, &error))?;
        if read == 0 {
            return Ok(hash.finalize().into());
        }
        hash.update(room.get(..read).unwrap_or_default());
    }
}
