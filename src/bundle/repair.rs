//! Restoring a damaged log from a bundle of the same ledger.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};

use super::verify::{Given, verify};
use super::{BagReader, Payload};
use crate::fault::{Fault, Outcome};
use crate::ledger::{info_of, settings};
use crate::log::{Disk, Erasure, Look, OsDisk, Raw, Repaired, repair};
use crate::record::canonical::LINE_MAX;
use crate::record::{Class, Line, PartName};
use crate::rules::Books;

/// Lines that may wait between the reader of the bundle and the writer of the log.
const LINES_AHEAD: usize = 1024;

/// Restores the acts that the log in `dir` has lost from a full bundle, which is verified first against the ledger's own
/// origin and genesis hash. `open` opens the bundle; it is read three times. What has been erased stays gone.
///
/// Errors: `repair.bundle_unsound` when the bundle does not verify; `log.repair_short`, `log.repair_other`,
/// `log.repair_part`, `log.locked`; nothing has been changed then.
pub fn repair_from<R: Read + Send>(
    dir: &Path,
    books: &Books,
    open: impl Fn() -> Outcome<R>,
) -> Outcome<Repaired> {
    let info = info_of(dir)?;
    let trust = Some((info.origin.clone(), info.genesis));
    let report = verify(open()?, Given { trust, ..Given::default() }, books)?.0.report;
    if let Some(finding) = report.findings.iter().find(|finding| finding.class == Class::Integrity) {
        return Err(Fault::refused("repair.bundle_unsound").with("found", &finding.code));
    }
    let disk: Arc<dyn Disk> = Arc::new(OsDisk::new(dir));
    let mut erased = erased_in_log(&disk)?;
    with_lines(open()?, |lines| {
        for line in lines {
            erased.extend(erasure_in(&line?));
        }
        Ok(())
    })?;
    with_lines(open()?, |lines| repair(&disk, &settings(&info), lines, &erased))
}

/// The erasures that can still be read in a log.
fn erased_in_log(disk: &Arc<dyn Disk>) -> Outcome<Vec<Erasure>> {
    let (mut erased, mut rest) = (Vec::new(), Vec::new());
    let look = Look::new(Arc::clone(disk))?;
    let mut take = |raw: Raw<'_>| match raw {
        Raw::Bytes(bytes) => {
            rest.extend_from_slice(bytes);
            let whole = rest.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
            let tail = rest.split_off(whole);
            erased.extend(rest.split(|b| *b == b'\n').filter_map(erasure_in));
            rest = tail;
            if rest.len() > LINE_MAX {
                rest.clear();
            }
        }
        Raw::Segment(_) | Raw::Damage(_) => rest.clear(),
    };
    look.pass(&mut take)?;
    look.rest(&mut take)?;
    Ok(erased)
}

fn erasure_in(line: impl AsRef<[u8]>) -> Option<Erasure> {
    let line = line.as_ref();
    let marked = line.windows(20).any(|window| window == b"\"kind\":\"part.erased\"");
    let Line::Event(raw) = marked.then(|| Line::parse(line).ok()).flatten()? else { return None };
    let event = raw.event().ok().filter(|event| event.kind.as_str() == "part.erased")?;
    let part = match event.fact("part")? {
        "closed" => PartName::Closed,
        "open" => PartName::Open,
        _ => PartName::Personal,
    };
    Some(Erasure { seq: event.fact_number("of")?, part })
}

/// Hands the event and seal lines of a bundle over one by one, while another thread unpacks it.
fn with_lines<R: Read + Send, T>(
    bundle: R,
    take: impl FnOnce(&mut dyn Iterator<Item = Outcome<Vec<u8>>>) -> Outcome<T>,
) -> Outcome<T> {
    let (send, receive) = sync_channel(LINES_AHEAD);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            if let Err(fault) = send_lines(bundle, &send) {
                // The receiver may have had enough; then nobody waits for the fault either.
                let _ = send.send(Err(fault));
            }
        });
        let mut lines = receive.into_iter();
        take(&mut lines)
    })
}

fn send_lines<R: Read>(bundle: R, send: &SyncSender<Outcome<Vec<u8>>>) -> Outcome<()> {
    let mut visit = |file: &Payload<'_>, content: &mut dyn BufRead| {
        if file.path.starts_with("events/") {
            let lines = BufReader::new(content).split(b'\n');
            for line in lines.map_while(Result::ok) {
                if send.send(Ok(line)).is_err() {
                    return Err(Fault::refused("repair.enough"));
                }
            }
        }
        Ok(())
    };
    match BagReader::zstd(bundle)?.read(&mut visit) {
        Err(fault) if fault.code == "repair.enough" => Ok(()),
        read => read.map(|_| ()),
    }
}
