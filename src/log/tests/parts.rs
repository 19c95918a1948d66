//! The parts of the log by themselves: frames, the mark, faults.

use std::sync::Arc;

use proptest::prelude::*;

use crate::fault::message;
use crate::log::cursor::{Cursor, Next};
use crate::log::disk::Disk as _;
use crate::log::durable;
use crate::log::fake::{FakeDisk, Office};
use crate::log::frames::{Packer, walk};
use crate::log::mark::{self, Mark};
use crate::log::position::Position;
use crate::log::segment::{Source, packed_path, plain_path};
use crate::log::{Log, LogReader, gaps};
use crate::record::ChainHash;

fn pack(lines: &[Vec<u8>]) -> FakeDisk {
    let disk = FakeDisk::default();
    disk.create_dir("log").unwrap();
    durable::replace(&disk, "log", &packed_path(0), |sink| {
        let mut packer = Packer::new(sink)?;
        lines.iter().try_for_each(|line| packer.line(line))?;
        packer.cut()
    })
    .unwrap();
    disk
}

fn line(nth: usize, len: usize) -> Vec<u8> {
    format!("{}\n", format!("{nth:x} ").repeat(len)).into_bytes()
}

fn read(disk: &FakeDisk) -> (Vec<Vec<u8>>, usize) {
    let mut cursor = Cursor::start(Arc::new(Source::open(disk, 0).unwrap()));
    let (mut lines, mut broken) = (Vec::new(), 0);
    loop {
        match cursor.next().unwrap() {
            Next::Line(_, line) => lines.push([line, b"\n"].concat()),
            Next::Broken(_) | Next::Unfinished(..) => broken += 1,
            Next::End => return (lines, broken),
        }
    }
}

#[test]
fn frames_hold_whole_lines_and_can_be_walked_and_unpacked_by_others() {
    let lines: Vec<_> = (0..300).map(|nth| line(nth, 10 + nth * 7)).collect();
    let disk = pack(&lines);
    let source = Source::open(&disk, 0).unwrap();
    let frames = source.frames().unwrap();
    assert!(frames.len() > 2);
    assert_eq!(read(&disk), (lines.clone(), 0));
    let packed = disk.content(&packed_path(0)).unwrap();
    assert_eq!(zstd::decode_all(&packed[..]).unwrap(), lines.concat());
    assert_eq!(frames.last().map(|frame| frame.at + frame.len), Some(packed.len() as u64));
    for frame in frames {
        let mut cursor = Cursor::from(Arc::new(Source::open(&disk, 0).unwrap()), frame.plain);
        let Next::Line(offset, first) = cursor.next().unwrap() else { panic!("no line") };
        assert_eq!(offset, frame.plain);
        assert!(lines.iter().any(|line| line.strip_suffix(b"\n") == Some(first)));
    }
}

#[test]
fn a_bad_frame_costs_its_own_lines_only() {
    let lines: Vec<_> = (0..300).map(|nth| line(0x100 + nth, 1000)).collect();
    let disk = pack(&lines);
    let packed = disk.content(&packed_path(0)).unwrap();
    let frames = walk(&*disk.open(&packed_path(0)).unwrap(), "").unwrap();
    assert!(frames.len() > 3);
    for (nth, frame) in frames.iter().enumerate() {
        for at in [0, 4, 5, 9, 12, frame.len / 2, frame.len - 1] {
            let mut bad = packed.clone();
            bad[(frame.at + at) as usize] ^= 0x11;
            disk.tamper(&packed_path(0), Some(bad));
            let (found, broken) = read(&disk);
            assert!(broken > 0, "frame {nth} byte {at}");
            let rest = found.iter().filter(|line| lines.contains(line)).count();
            assert_eq!(rest, found.len(), "frame {nth} byte {at}: a wrong line");
            let lost = (frame.plain_len as usize).div_ceil(lines[0].len());
            assert!(found.len() >= lines.len() - lost, "frame {nth} byte {at}: {} lines", found.len());
        }
    }
}

proptest! {
    #[test]
    fn any_bytes_can_be_walked(bytes in prop::collection::vec(any::<u8>(), 0..400), magic in any::<bool>()) {
        let disk = FakeDisk::default();
        let start: &[u8] = if magic { &[0x28, 0xb5, 0x2f, 0xfd] } else { &[] };
        let bytes = [start, &bytes].concat();
        let len = bytes.len() as u64;
        disk.tamper("log/x", Some(bytes));
        let frames = walk(&*disk.open("log/x").unwrap(), "log/x").unwrap();
        prop_assert_eq!(frames.iter().map(|frame| frame.len).sum::<u64>(), len);
    }
}

proptest! {
    #[test]
    fn any_files_can_be_read_around(
        tokens in prop::collection::vec((0usize..8, any::<u8>()), 0..60),
        cut in 0usize..3000,
        packed in any::<bool>(),
    ) {
        let (mut office, mut bytes) = (Office::new(1), Vec::new());
        let settings = office.settings(100);
        for (token, byte) in tokens {
            match token {
                0..3 => bytes.extend_from_slice(office.act(1, 20).lines()),
                3 => bytes.extend_from_slice(format!("{{\"synced\":{}}}\n", office.position().size).as_bytes()),
                4 => bytes.extend_from_slice(b"{\"synced\":"),
                5 => bytes.truncate(bytes.len() - bytes.len().min(byte.into())),
                6 => bytes.push(b'\n'),
                _ => bytes.push(byte),
            }
        }
        bytes.truncate(bytes.len() - cut.min(bytes.len()));
        let disk = FakeDisk::default();
        let path = if packed { packed_path(0) } else { plain_path(0) };
        let content = if packed { zstd::encode_all(&bytes[..], 1).unwrap() } else { bytes };
        disk.tamper(&path, Some(content));
        if let Ok((reader, report)) = LogReader::open(Arc::new(disk.clone()), &settings) {
            prop_assert!(reader.lines(0).unwrap().all(|entry| entry.is_ok()));
            prop_assert_eq!(reader.position(), report.position);
        }
        prop_assert!(gaps(&disk, &settings).is_ok());
        if let Ok((log, _)) = Log::open(Arc::new(disk.clone()), settings.clone(), None) {
            let size = log.position().size;
            drop(log);
            // What was cut off may uncover damage before it; it is not cut further.
            match Log::open(Arc::new(disk.clone()), settings, None) {
                Ok((_, report)) => prop_assert_eq!((report.position.size, report.torn), (size, None)),
                Err(fault) => prop_assert_eq!(fault.code, "log.damaged"),
            }
        }
    }
}

fn position(size: u64) -> Position {
    Position { size, head: ChainHash([size as u8; 32]) }
}

#[test]
fn the_mark_keeps_a_sound_slot_whatever_is_torn() {
    let disk = FakeDisk::with_page(512);
    assert_eq!(mark::read(&disk).unwrap(), None);
    let mut open = Mark::open(&disk, position(0)).unwrap();
    let mut synced = 0;
    for size in 1..40u64 {
        open.write(position(size)).unwrap();
        if size.is_multiple_of(7) {
            open.sync().unwrap();
            synced = size;
        }
        for image in disk.images(64, size) {
            let found = mark::read(&image).unwrap().unwrap();
            assert!((synced..=size).contains(&found.size) && found == position(found.size));
        }
        // The slot that is being written may be torn to pieces; the one that was synced stands.
        if synced < size {
            let mut content = disk.content("mark").unwrap();
            let written = format!(" {size:016} ").into_bytes();
            let at = content.windows(written.len()).position(|window| window == written).unwrap();
            content[at + 5] ^= 1;
            let torn = disk.images(1, 0).pop().unwrap();
            torn.tamper("mark", Some(content));
            let found = mark::read(&torn).unwrap().unwrap().size;
            assert!((synced..size).contains(&found), "{found} after {synced} was synced");
        }
        if size.is_multiple_of(10) {
            open = Mark::open(&disk, position(0)).unwrap();
        }
    }
}

#[test]
fn every_fault_of_the_log_has_its_texts() {
    let codes = [
        "io.full",
        "log.act_shape",
        "log.damaged",
        "log.forked",
        "log.locked",
        "log.mark_missing",
        "log.missing",
        "log.must_reread",
        "log.no_event",
        "log.not_next",
        "log.repair_other",
        "log.repair_part",
        "log.repair_short",
        "log.rolled_back",
        "log.torn",
    ];
    for code in codes {
        assert!(
            message(code).is_some_and(|message| !message.zh.is_empty() && !message.en.is_empty()),
            "{code}"
        );
    }
}
