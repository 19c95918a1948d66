//! What is written is read again, the same bytes every time, by us and by another tar reader.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::altered::noise;
use super::*;
use crate::fault::FaultKind;

#[test]
fn a_small_bag_has_these_bytes_for_ever() {
    let tar = write_tar(&small_files());
    let names: Vec<String> = entries(&tar).into_iter().map(|(name, _)| name).collect();
    assert_eq!(
        names,
        [
            "bag/bagit.txt",
            "bag/data/events/0.jsonl",
            "bag/data/empty",
            "bag/data/note.txt",
            "bag/bag-info.txt",
            "bag/manifest-sha512.txt",
            "bag/manifest-blake3.txt",
            "bag/tagmanifest-sha512.txt",
        ]
    );
    let info = String::from_utf8(entries(&tar)[4].1.clone()).unwrap();
    assert_eq!(info, "Bagging-Date: 2026-11-22\nSource-Organization: 演示局\nPayload-Oxum: 552.3\n");
    let digest = blake3::hash(&tar).to_string();
    assert_eq!(digest, "f9ecee3139e5fb0dcbb028f4fe248d5fd1e5de79794317ec3e7f766c4be07002");
}

#[test]
fn another_tar_reader_sees_the_same() {
    let tar = write_tar(&small_files());
    let mut archive = ::tar::Archive::new(tar.as_slice());
    let mut seen = Vec::new();
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let header = entry.header();
        assert_eq!(header.mtime().unwrap(), MTIME);
        assert_eq!(header.mode().unwrap(), 0o644);
        assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
        assert!(header.as_ustar().is_some() && header.entry_type().is_file());
        let name = entry.path().unwrap().to_str().unwrap().to_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        seen.push((name, bytes));
    }
    assert_eq!(seen, entries(&tar));
}

#[test]
fn the_zstd_form_holds_the_same_tar() {
    let files = vec![("big.jsonl".to_owned(), noise(FRAME_BYTES + 12_345, 3)), ("b".to_owned(), vec![1])];
    let whole = write_zstd(&files);
    assert_eq!(zstd::decode_all(whole.as_slice()).unwrap(), write_tar(&files));
    let mut keep = Keep::default();
    let report = BagReader::zstd(whole.as_slice()).unwrap().read(&mut keep).unwrap();
    assert!(report.is_valid());
    assert_eq!((report.frames, keep.0), (2, files.clone()));
    for (file, (path, bytes)) in report.payload.iter().zip(&files) {
        assert_eq!((&file.path, file.size, file.digests), (path, bytes.len() as u64, FileDigests::of(bytes)));
    }
}

#[test]
fn a_tar_compressed_anew_by_others_is_still_the_bundle() {
    let tar = write_tar(&small_files());
    let mut encoder = zstd::Encoder::new(Vec::new(), 19).unwrap();
    encoder.include_checksum(true).unwrap();
    encoder.set_pledged_src_size(Some(tar.len() as u64)).unwrap();
    std::io::Write::write_all(&mut encoder, &tar).unwrap();
    assert!(read_zstd(encoder.finish().unwrap().as_slice()).is_valid());
}

#[test]
fn the_directory_holds_the_same_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = BagWriter::directory(folder.path(), &head()).unwrap();
    for (name, bytes) in small_files() {
        writer.payload(&path(&name), &bytes).unwrap();
    }
    let (root, summary) = writer.finish_directory().unwrap();
    assert_eq!(root, folder.path().join("bag"));
    let tar = write_tar(&small_files());
    assert_eq!(summary.tar_bytes, tar.len() as u64);
    for (name, bytes) in entries(&tar) {
        assert_eq!(std::fs::read(folder.path().join(name)).unwrap(), bytes);
    }
    let again = BagWriter::directory(folder.path(), &head()).err().unwrap();
    assert_eq!((again.code, again.kind), ("bundle.exists", FaultKind::Refused));
}

#[test]
fn refused_files_leave_the_writer_as_it_was() {
    let mut writer = BagWriter::tar(Vec::new(), &head()).unwrap();
    writer.payload(&path("events/0.jsonl"), &small_files()[0].1).unwrap();
    let long = "x".repeat(91);
    for (name, code) in [
        ("events/0.jsonl", "bundle.path_duplicate"),
        ("Events/0.jsonl", "bundle.path_case"),
        ("events", "bundle.path_file_and_directory"),
        (long.as_str(), "bundle.path_too_long"),
    ] {
        assert_eq!(writer.payload(&path(name), b"x").unwrap_err().code, code);
    }
    let huge = writer.payload_stream(&path("huge"), MAX_FILE_BYTES + 1, &mut std::io::empty());
    assert_eq!(huge.unwrap_err().code, "bundle.limit_file");
    for (name, bytes) in &small_files()[1..] {
        writer.payload(&path(name), bytes).unwrap();
    }
    assert_eq!(writer.finish_tar().unwrap().0, write_tar(&small_files()));
}

#[test]
fn a_stream_of_another_length_spoils_the_bag() {
    for (said, given) in [(4, 5), (5, 4), (1, 0), (0, 1), (300_000, 300_001), (300_001, 300_000)] {
        let mut writer = BagWriter::tar(Vec::new(), &head()).unwrap();
        let bytes = vec![7; given];
        let fault = writer.payload_stream(&path("a"), said, &mut bytes.as_slice()).unwrap_err();
        assert_eq!(fault.code, "bundle.size_changed");
        assert_eq!(writer.payload(&path("b"), b"x").unwrap_err().code, "bundle.writer_failed");
        assert!(writer.finish_tar().is_err());
    }
}

#[test]
fn bad_heads_are_refused_before_anything_is_written() {
    let with = |change: &dyn Fn(&mut BagHead)| {
        let mut head = head();
        change(&mut head);
        let mut out = Vec::new();
        let code = BagWriter::tar(&mut out, &head).err().map(|fault| fault.code);
        assert!(out.is_empty());
        code.unwrap_or_default()
    };
    assert_eq!(with(&|head| head.mtime_unix = MAX_FILE_BYTES + 1), "bundle.mtime");
    for date in ["", "2026-02-30", "2026-1-1", "2026-11-22T00:00"] {
        assert_eq!(with(&|head| head.bagging_date = date.into()), "bundle.info_date");
    }
    for label in ["", "Payload-Oxum", "PAYLOAD-OXUM", "bagging-date", "A B", "A:", "标签", "A\n"] {
        assert_eq!(with(&|head| head.info[0].0 = label.into()), "bundle.info_label");
    }
    for value in ["", " x", "x ", "a\nb", "a\rb", "a\u{2028}b", "\u{feff}a"] {
        assert_eq!(with(&|head| head.info[0].1 = value.into()), "bundle.info_value");
    }
    for name in ["", "a/b", "..", "局", "/a"] {
        assert!(BagName::new(name).is_err());
    }
    let empty = BagWriter::tar(Vec::new(), &head()).unwrap().finish_tar().err().unwrap();
    assert_eq!(empty.code, "bundle.bag_no_payload");
}

#[test]
fn a_full_disk_is_the_machines_fault() {
    struct Full(usize);
    impl std::io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| std::io::Error::other("full"))?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let whole = write_tar(&small_files()).len();
    for room in (0..whole).step_by(100) {
        let write = || {
            let mut writer = BagWriter::tar(Full(room), &head())?;
            for (name, bytes) in small_files() {
                writer.payload(&path(&name), &bytes)?;
            }
            writer.finish_tar()
        };
        assert_eq!(write().err().unwrap().kind, FaultKind::Machine, "room {room}");
    }
}

fn any_files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let part = "[a-z0-9_][a-z0-9_-]{0,9}(\\.[a-z]{1,4})?";
    let name = proptest::collection::vec(part, 1..4).prop_map(|parts| parts.join("/"));
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..1500),
        (0_usize..1_200_000, any::<u64>()).prop_map(|(length, seed)| noise(length, seed)),
    ];
    proptest::collection::btree_map(name, bytes, 1..8).prop_map(|files: BTreeMap<_, _>| sound(files))
}

/// Leaves out names that are reserved or collide with one before.
fn sound(files: BTreeMap<String, Vec<u8>>) -> Vec<(String, Vec<u8>)> {
    let mut names = super::super::names::NamesSeen::default();
    let fits = |name: &str| super::super::names::check_path(name.as_bytes()).is_ok();
    let mut files: Vec<_> =
        files.into_iter().filter(|(name, _)| fits(name) && names.take(name).is_ok()).collect();
    if files.is_empty() {
        files.push(("a".into(), vec![]));
    }
    files
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_written_is_read(files in any_files()) {
        let tar = write_tar(&files);
        let mut keep = Keep::default();
        let report = BagReader::zstd(write_zstd(&files).as_slice()).unwrap().read(&mut keep).unwrap();
        prop_assert!(report.is_valid(), "{:?}", report.findings);
        prop_assert_eq!(report.tar_bytes, tar.len() as u64);
        prop_assert_eq!(&keep.0, &files);
        let plain = read_tar(&tar);
        prop_assert_eq!((plain.payload, plain.info, plain.tagmanifest_sha512),
            (report.payload, report.info, report.tagmanifest_sha512));
    }

    #[test]
    fn what_passes_is_what_the_writer_makes(
        edits in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6),
    ) {
        let mut tar = write_tar(&small_files());
        for (at, byte, kind) in edits {
            let at = at.index(tar.len());
            match kind {
                0 => tar[at] = byte,
                1 => tar.insert(at, byte),
                _ => drop(tar.remove(at)),
            }
        }
        prop_assert_eq!(fuzz_read(&tar), Ok(()));
    }
}

/// The example of docs/format-container.md.
#[test]
fn the_documented_header_is_the_one_written() {
    let block = header(b"office-2026/bagit.txt", 54, 1_795_312_000);
    let fields = &block[100..157];
    assert_eq!(fields, b"0000644\x000000000\x000000000\x0000000000066\x0015300444600\x00012713\x00 0");
    assert_eq!(&block[257..265], b"ustar\x0000");
    assert_eq!(&block[329..345], b"0000000\x000000000\x00");
    let page = include_str!("../../../docs/format-container.md");
    assert!(page.contains("00000000066·15300444600·") && page.contains("012713·␠0"));
}

/// The limits that the page names are the limits in force.
#[test]
fn the_documented_limits_are_those_kept() {
    let page = include_str!("../../../docs/format-container.md");
    for (limit, said) in [
        (MAX_TAR_BYTES == 256 << 30, "| tar | 256 GiB |"),
        (MAX_ENTRIES == 10_000, "| 10,000 |"),
        (MAX_FILE_BYTES == (8 << 30) - 1, "| 8 GiB − 1 "),
        (MAX_TAG_FILE_BYTES == 4 << 20, "| one tag file | 4 MiB |"),
        (MAX_WINDOW_BYTES == 128 << 20, "| zstd window | 128 MiB |"),
        (MAX_RATIO == 250 && RATIO_FREE_BYTES == 32 << 20, "| 250, after the first 32 MiB |"),
        (MAX_INFO_LINES == 1_000 && MAX_INFO_VALUE_BYTES == 1_000, "| 1,000 lines, 1,000 bytes a value |"),
        (MAX_NAME_BYTES == 99, "at most 99 bytes"),
        (FRAME_BYTES == 4 << 20, "pieces of 4 MiB"),
        (MAX_FINDINGS == 1_000, "| 1,000, the rest counted |"),
    ] {
        assert!(limit && page.contains(said), "{said}");
    }
}
