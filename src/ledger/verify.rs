//! Verifying a ledger from the bytes as they stand on the disk, and replaying it whole.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::session::Session;
use super::{FILE, Info, Ledger};
use crate::fault::{Fault, Outcome};
use crate::log::{Damage, Disk, Look, OsDisk, Raw, read_file};
use crate::record::verify::{Chain, Copy, Trust, Verifier};
use crate::record::{Checkpoint, Class, Finding, Report};
use crate::rules::{Books, Replay, Witness};

/// How often a log in whose closed segments a writer erases meanwhile is read anew.
const PASSES: u32 = 3;
/// How long a writer may take over one act before it is taken for torn: so many times this long.
const WAITS: u32 = 10;
const WAIT: Duration = Duration::from_millis(100);

/// Reads `ledger.json` of the ledger in `dir`.
///
/// Errors: `ledger.missing`, `ledger.info`, `ledger.format`; the machine.
pub fn info_of(dir: &Path) -> Outcome<Info> {
    let bytes = read_file(&OsDisk::new(dir), FILE)?;
    Info::parse(&bytes.ok_or_else(|| Fault::usage("ledger.missing").with("path", dir.display()))?)
}

/// Verifies the log in `dir`, everything it holds; opens nothing else and repairs nothing. `seen` is told the bytes
/// read so far.
///
/// Errors: the machine. What is wrong with the log stands in the report.
pub fn verify_dir(dir: &Path, trust: Trust, books: Arc<Books>, seen: &mut dyn FnMut(u64)) -> Outcome<Report> {
    Ok(verify_whole(dir, trust, books, seen)?.report)
}

/// What verifying a ledger gives.
#[derive(Debug)]
pub struct Verified {
    /// Verdicts and findings.
    pub report: Report,
    /// The witnesses that the log has adopted at its end.
    pub witnesses: Vec<Witness>,
}

/// [`verify_dir`], and what the log says of its witnesses.
pub fn verify_whole(
    dir: &Path,
    trust: Trust,
    books: Arc<Books>,
    seen: &mut dyn FnMut(u64),
) -> Outcome<Verified> {
    let unproved = trust.checkpoints.is_empty();
    let (mut report, _, law) = run(dir, trust, books, seen)?;
    if unproved {
        report.add(Finding::new("prefix.unproved", Class::Notice, "a checkpoint", "none"));
    }
    Ok(Verified { report, witnesses: law.state().witnesses() })
}

fn run(
    dir: &Path,
    trust: Trust,
    books: Arc<Books>,
    seen: &mut dyn FnMut(u64),
) -> Outcome<(Report, Chain, Replay)> {
    let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(dir));
    let mut passes = 1;
    loop {
        let look = Look::new(Arc::clone(&disk))?;
        let run = run_once(&look, trust.clone(), Arc::clone(&books), seen)?;
        // A part may be gone from a segment by an erasure that was recorded after the look.
        let erased_since = run.0.findings.iter().any(|finding| finding.code == "part.absent");
        if !erased_since || passes == PASSES || !look.moved()? {
            return Ok(run);
        }
        passes += 1;
    }
}

fn run_once(
    look: &Look,
    trust: Trust,
    books: Arc<Books>,
    seen: &mut dyn FnMut(u64),
) -> Outcome<(Report, Chain, Replay)> {
    let law = Replay::new(books, trust.origin.clone());
    let mut verifier = Verifier::new(trust, Copy::Full, law);
    let (mut damage, mut read) = (Vec::new(), 0);
    let mut take = |raw: Raw<'_>| match raw {
        Raw::Segment(path) => verifier.file(path),
        Raw::Bytes(bytes) => {
            verifier.push(bytes);
            read += bytes.len() as u64;
            seen(read);
        }
        Raw::Damage(found) => damage.push(found),
    };
    look.pass(&mut take)?;
    if look.unfinished() > 0 && !goes_on(look)? {
        look.rest(&mut take)?;
    }
    let (mut report, chain, law) = verifier.finish();
    damage.into_iter().for_each(|found| report.add(damage_finding(found)));
    if let Some(mark) = look.mark().filter(|mark| mark.size > report.size) {
        report.add(Finding::integrity("log.rolled_back_mark", mark.size, report.size));
    }
    Ok((report, chain, law))
}

/// Whether a writer is still at the act that the log ended in when it was looked at. It is given some time: one that
/// writes goes on, what a crash tore stays as it is.
fn goes_on(look: &Look) -> Outcome<bool> {
    for _ in 0..WAITS {
        if look.moved()? {
            return Ok(true);
        }
        std::thread::sleep(WAIT);
    }
    look.moved()
}

fn damage_finding(damage: Damage) -> Finding {
    let expected = format!("a readable frame at byte {}", damage.byte);
    let mut finding = Finding::integrity("log.damaged_frame", expected, damage.why);
    finding.place.file = Some(damage.file);
    finding
}

impl Ledger {
    /// What an outsider would bring: this ledger's origin and genesis hash, and `checkpoints`.
    pub fn trust(&self, checkpoints: Vec<Checkpoint>) -> Trust {
        Trust { origin: self.info.origin.clone(), genesis: self.info.genesis, checkpoints }
    }

    /// [`verify_dir`] for this ledger.
    pub fn verify(&self, checkpoints: Vec<Checkpoint>, seen: &mut dyn FnMut(u64)) -> Outcome<Report> {
        verify_dir(&self.dir, self.trust(checkpoints), self.books.clone(), seen)
    }

    /// A session in which every event has been folded: for the acts that are judged by the whole ledger.
    ///
    /// Errors: `ledger.unsound` when the log does not verify; such an act would stand on sand.
    pub(super) fn replay(&self) -> Outcome<Session> {
        let (report, chain, law) = run(&self.dir, self.trust(Vec::new()), self.books.clone(), &mut |_| ())?;
        match report.findings.iter().find(|finding| finding.class == Class::Integrity) {
            Some(finding) => Err(Fault::refused("ledger.unsound").with("found", &finding.code)),
            None => Ok(Session::whole(law, chain.last)),
        }
    }
}
