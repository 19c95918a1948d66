//! The durable high-water mark: how far the log has been acknowledged, in a file of its own.
//!
//! It tells a log that lost its end (a restored backup, a cut file) from one that never had it, and a bad byte in
//! the last batch from a batch that a power cut tore. It must never be ahead of the log, so it is written after
//! the batch is durable; being behind for a while only makes it see less.
//!
//! The file has two slots of one page each. A slot is one line, `zhaoce mark <turn> <size> <head> <checksum>`,
//! and the newer sound one counts. The slot that was synced last is never written to, so that whatever becomes of
//! an unsynced write, one sound slot stays. The mark is written at every batch without a sync, and synced when a
//! segment is closed, when the log is closed, and before anything leaves the machine.

use super::disk::{Disk, WriteFile};
use super::durable::{self, At, read_range};
use super::position::Position;
use crate::fault::Outcome;
use crate::record::ChainHash;

/// Path of the mark.
pub const PATH: &str = "mark";
const SLOT: u64 = 4096;
const LINE: usize = 135;

/// The mark, open for writing.
pub struct Mark {
    file: Box<dyn WriteFile>,
    turn: u64,
    slot: u64,
    /// Nothing when it is not known what the file holds.
    written: Option<Position>,
    synced: bool,
}

fn encode(turn: u64, position: Position) -> String {
    let text = format!("zhaoce mark {turn:020} {:016} {}", position.size, position.head);
    let check = blake3::hash(text.as_bytes()).to_hex();
    format!("{text} {}\n", check.get(..16).unwrap_or_default())
}

fn decode(bytes: &[u8]) -> Option<(u64, Position)> {
    let text = std::str::from_utf8(bytes.get(..LINE)?).ok()?;
    let mut words = text.split_whitespace().skip(2);
    let turn = words.next()?.parse().ok()?;
    let size = words.next()?.parse().ok()?;
    let head: ChainHash = words.next()?.parse().ok()?;
    let position = Position { size, head };
    (encode(turn, position) == text).then_some((turn, position))
}

/// Slot, turn and position of the newest sound slot.
fn newest(disk: &dyn Disk) -> Outcome<Option<(u64, u64, Position)>> {
    let file = match disk.open(PATH) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        file => file.at(PATH)?,
    };
    let mut newest: Option<(u64, u64, Position)> = None;
    for slot in 0..2 {
        let bytes = read_range(&*file, PATH, slot * SLOT, slot * SLOT + LINE as u64)?;
        if let Some((turn, position)) = decode(&bytes)
            && newest.is_none_or(|(_, newer, _)| turn > newer)
        {
            newest = Some((slot, turn, position));
        }
    }
    Ok(newest)
}

/// What the mark states; nothing if there is no sound one.
pub fn read(disk: &dyn Disk) -> Outcome<Option<Position>> {
    Ok(newest(disk)?.map(|(_, _, position)| position))
}

impl Mark {
    /// Opens the mark for writing; creates it, stating `position`, if there is no sound one.
    pub fn open(disk: &dyn Disk, position: Position) -> Outcome<Self> {
        let (slot, turn, written) = match newest(disk)? {
            Some(newest) => newest,
            None => {
                create(disk, position)?;
                (1, 1, position)
            }
        };
        let file = disk.open_write(PATH).at(PATH)?;
        // A mark that was found may not have been synced by whoever wrote it. Then the other slot was.
        Ok(Self { file, turn, slot, written: Some(written), synced: false })
    }

    /// States a new position, without a sync.
    pub fn write(&mut self, position: Position) -> Outcome<()> {
        if self.written == Some(position) {
            return Ok(());
        }
        if std::mem::take(&mut self.synced) {
            self.slot = 1 - self.slot;
        }
        self.turn += 1;
        self.written = None;
        self.file.write_at(self.slot * SLOT, encode(self.turn, position).as_bytes()).at(PATH)?;
        self.written = Some(position);
        Ok(())
    }

    /// Makes the stated position durable.
    pub fn sync(&mut self) -> Outcome<()> {
        if !self.synced {
            // A failed sync may have forgotten the page: then the mark is written again before the next one.
            let written = self.written.take();
            self.file.sync_data().at(PATH)?;
            (self.written, self.synced) = (written, true);
        }
        Ok(())
    }
}

fn create(disk: &dyn Disk, position: Position) -> Outcome<()> {
    durable::replace(disk, "", PATH, |sink| {
        for turn in 0..2 {
            let mut slot = encode(turn, position).into_bytes();
            slot.resize(SLOT as usize, b'\n');
            sink.put(&slot)?;
        }
        Ok(())
    })
}
