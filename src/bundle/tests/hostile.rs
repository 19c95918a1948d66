//! Containers made to do harm.

use std::io::{self, Write};

use super::altered::noise;
use super::*;

/// Adds one entry behind the payload of a small bag.
fn with_entry(block: [u8; BLOCK], content: &[u8]) -> BagReport {
    let files = entries(&write_tar(&small_files()));
    let mut tar = tar_of(&files[..4]);
    tar.truncate(tar.len() - 2 * BLOCK);
    tar.extend(block);
    tar.extend(content);
    tar.resize(tar.len() + padding(content.len() as u64), 0);
    tar.extend(tar_of(&files[4..]));
    let mut keep = Keep::default();
    let report = BagReader::tar(tar.as_slice()).read(&mut keep).unwrap();
    assert!(
        keep.0.iter().all(|(_, bytes)| bytes.is_empty() || bytes != content),
        "the visitor was shown a refused file"
    );
    report
}

#[test]
fn paths_that_could_escape_or_collide_are_refused() {
    for (name, code) in [
        ("bag/data/../../etc/passwd", "bundle.path_parent"),
        ("../bag/data/x", "bundle.path_parent"),
        ("bag/data/..", "bundle.path_parent"),
        ("bag/./data/x", "bundle.path_parent"),
        ("./bag/data/x", "bundle.path_parent"),
        ("/etc/passwd", "bundle.path_absolute"),
        ("//host/share", "bundle.path_absolute"),
        ("C:/windows/x", "bundle.path_absolute"),
        ("bag\\data\\x", "bundle.path_backslash"),
        ("bag/data/..\\x", "bundle.path_backslash"),
        ("bag//data/x", "bundle.path_empty"),
        ("bag/data/x/", "bundle.path_empty"),
        ("", "bundle.path_empty"),
        ("bag/data/a:b", "bundle.path_character"),
        ("bag/data/a b", "bundle.path_character"),
        ("bag/data/a%0Ab", "bundle.path_character"),
        ("bag/data/a\nb", "bundle.path_character"),
        ("bag/data/a\u{1b}[2J", "bundle.path_character"),
        ("bag/data/~x", "bundle.path_character"),
        ("bag/data/公开", "bundle.path_not_ascii"),
        ("bag/data/e\u{301}", "bundle.path_not_ascii"),
        ("bag/data/note\u{202e}txt", "bundle.path_not_ascii"),
        ("bag/data/.hidden", "bundle.path_reserved"),
        ("bag/data/-rf", "bundle.path_reserved"),
        ("bag/data/x.", "bundle.path_reserved"),
        ("bag/data/con", "bundle.path_reserved"),
        ("bag/data/Aux.txt", "bundle.path_reserved"),
        ("bag/data/LPT1", "bundle.path_reserved"),
        ("bag/data/note.TXT", "bundle.path_case"),
        ("bag/data/EVENTS/1.jsonl", "bundle.path_case"),
        ("bag/DATA/x", "bundle.path_case"),
        ("bag/data/empty", "bundle.path_duplicate"),
        ("bag/data/events", "bundle.path_file_and_directory"),
        ("bag/bagit.txt/x", "bundle.path_file_and_directory"),
        ("bag/data/empty/x", "bundle.path_file_and_directory"),
        ("other/data/x", "bundle.path_outside"),
        ("Bag/data/x", "bundle.path_outside"),
        ("bag", "bundle.path_outside"),
        ("bag/fetch.txt", "bundle.bag_unexpected_file"),
        ("bag/manifest-md5.txt", "bundle.bag_unexpected_file"),
        ("bag/metadata/x.xml", "bundle.bag_unexpected_file"),
    ] {
        let report = with_entry(header(name.as_bytes(), 5, MTIME), b"harm\n");
        assert!(report.findings.has(code), "{name:?}: {:?}", codes(&report));
        assert!(report.complete, "{name:?}: the rest is still checked");
    }
    let long = format!("bag/data/{}", "x".repeat(91));
    let report = with_entry(header(long.as_bytes(), 5, MTIME), b"harm\n");
    assert!(report.findings.has("bundle.path_too_long"));
}

#[test]
fn everything_but_regular_files_is_refused() {
    for (kind, code) in [
        (b'1', "bundle.tar_link"),
        (b'2', "bundle.tar_link"),
        (b'3', "bundle.tar_device"),
        (b'4', "bundle.tar_device"),
        (b'5', "bundle.tar_directory"),
        (b'6', "bundle.tar_device"),
        (b'7', "bundle.tar_type"),
        (0, "bundle.tar_type"),
        (b'x', "bundle.tar_pax"),
        (b'g', "bundle.tar_pax"),
        (b'L', "bundle.tar_gnu"),
        (b'K', "bundle.tar_gnu"),
        (b'S', "bundle.tar_gnu"),
        (b'V', "bundle.tar_gnu"),
        (b'Z', "bundle.tar_type"),
    ] {
        let mut block = header(b"bag/data/link", 0, MTIME);
        block[156] = kind;
        block[157..161].copy_from_slice(b"/etc");
        let report = with_entry(block, b"");
        assert_eq!(codes(&report), [code], "{}", kind.escape_ascii());
        assert!(!report.complete);
    }
}

#[test]
fn headers_of_other_tar_programs_are_findings() {
    let mut gnu = ::tar::Builder::new(Vec::new());
    for (name, bytes) in entries(&write_tar(&small_files())) {
        let mut header = ::tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mtime(MTIME);
        header.set_mode(0o755);
        header.set_entry_type(::tar::EntryType::Regular);
        gnu.append_data(&mut header, name, bytes.as_slice()).unwrap();
    }
    let report = read_tar(&gnu.into_inner().unwrap());
    assert_eq!(codes(&report), ["bundle.tar_header"; 8]);
    assert!(report.findings.list()[0].expected.starts_with("mode 0000644"));
    let mut gnu = ::tar::Builder::new(Vec::new());
    let mut header = ::tar::Header::new_gnu();
    header.set_size(0);
    gnu.append_data(&mut header, "bag/bagit.txt", io::empty()).unwrap();
    assert_eq!(codes(&read_tar(&gnu.into_inner().unwrap())), ["bundle.tar_header_unreadable"]);
}

#[test]
fn sizes_that_are_not_what_they_seem_are_refused() {
    for size in [
        &b"77777777777\0"[..],
        b"77777777777 ",
        b"-0000000005\0",
        b" 0000000005\0",
        b"5\0\0\0\0\0\0\0\0\0\0\0",
    ] {
        let mut block = header(b"bag/data/x", 5, MTIME);
        block[124..136].copy_from_slice(size);
        assert!(!with_entry(block, b"harm\n").is_valid());
    }
    let mut block = header(b"bag/data/x", 5, MTIME);
    block[124..136].copy_from_slice(&[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5]);
    assert_eq!(codes(&with_entry(block, b"harm\n")), ["bundle.tar_header_unreadable"]);
}

/// zstd of `head`, then `zeros` zero bytes.
fn bomb(head: &[u8], zeros: u64, checksum: bool) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.include_checksum(checksum).unwrap();
    encoder.set_pledged_src_size(Some(head.len() as u64 + zeros)).unwrap();
    encoder.write_all(head).unwrap();
    io::copy(&mut io::repeat(0).take(zeros), &mut encoder).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn bombs_are_refused_before_they_unfold() {
    let declaration = tar_of(&entries(&write_tar(&small_files()))[..1]);
    let first = &declaration[..2 * BLOCK];
    let zeros = 1 << 28;
    let inside = [first, &header(b"bag/data/zeros", zeros, MTIME)].concat();
    let report = read_zstd(bomb(&inside, zeros, true).as_slice());
    assert_eq!(codes(&report), ["bundle.limit_ratio"]);
    assert!(report.tar_bytes < 2 * RATIO_FREE_BYTES, "{}", report.tar_bytes);
    let report = read_zstd(bomb(&[], zeros, true).as_slice());
    assert_eq!(codes(&report), ["bundle.tar_trailing"]);
    assert_eq!(report.tar_bytes, 2 * BLOCK as u64);
}

#[test]
fn frames_that_ask_for_too_much_or_prove_too_little_are_refused() {
    let magic = [0x28, 0xb5, 0x2f, 0xfd];
    // Descriptor: content size flag (2 bits), single segment, unused, reserved, checksum, dictionary (2 bits).
    for (rest, code) in [
        (vec![0b1000_0100, 0x90, 0, 0, 0, 1], "bundle.limit_window"),
        (vec![0b1110_0100, 0, 0, 0, 0, 0, 0, 0, 1], "bundle.limit_window"),
        (vec![0b1000_0000, 0x58, 0, 0, 0, 1], "bundle.zst_header"),
        (vec![0b0000_0100, 0x58], "bundle.zst_header"),
        (vec![0b1000_0101, 0x58, 7, 0, 0, 0, 1], "bundle.zst_header"),
        (vec![0b1001_0100, 0x58, 0, 0, 0, 1], "bundle.zst_header"),
        (vec![0b1000_1100, 0x58, 0, 0, 0, 1], "bundle.zst_header"),
        (vec![0b0010_0100, 0], "bundle.zst_empty_frame"),
        (vec![0b1000_0100, 0x58, 0, 0], "bundle.zst_truncated"),
    ] {
        let bytes = [&magic[..], &rest].concat();
        assert_eq!(codes(&read_zstd(bytes.as_slice())), [code], "{rest:02x?}");
    }
    let plain = zstd::encode_all(write_tar(&small_files()).as_slice(), 3).unwrap();
    assert_eq!(codes(&read_zstd(plain.as_slice())), ["bundle.zst_header"]);
    let legacy = [0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0];
    assert_eq!(codes(&read_zstd(legacy.as_slice())), ["bundle.zst_foreign"]);
}

#[test]
fn limits_are_kept() {
    let tar = write_tar(&small_files());
    let read = |limits| codes(&BagReader::tar_with(tar.as_slice(), limits).read(&mut SkipPayload).unwrap());
    let all = Limits::default();
    assert!(read(Limits { entries: 8, tar_bytes: tar.len() as u64, ..all }).is_empty());
    assert_eq!(read(Limits { entries: 7, ..all }), ["bundle.limit_entries"]);
    assert_eq!(read(Limits { tar_bytes: 3 * BLOCK as u64, ..all }), ["bundle.limit_tar"]);
    let block = header(b"bag/bag-info.txt", MAX_TAG_FILE_BYTES + 1, MTIME);
    assert_eq!(codes(&with_entry(block, b"")), ["bundle.limit_tag_file"]);
}

#[test]
fn findings_are_kept_up_to_their_limit() {
    let count = MAX_FINDINGS + 50;
    let many: Vec<_> = (0..count).map(|at| (format!("bag/data/.{at}"), vec![])).collect();
    let report = read_tar(&tar_of(&many));
    assert_eq!(report.findings.list().len(), MAX_FINDINGS);
    assert!(report.findings.more() >= 50);
}

#[test]
fn the_visitor_may_leave_bytes_and_its_error_is_handed_on() {
    let tar = write_tar(&small_files());
    let mut one_line = |file: &Payload<'_>, content: &mut dyn BufRead| {
        let mut line = String::new();
        if file.path == "events/0.jsonl" {
            content.read_line(&mut line).unwrap();
            assert_eq!(line, "{\"event\":{\"seq\":0}}\n");
        }
        Ok(())
    };
    assert!(BagReader::tar(tar.as_slice()).read(&mut one_line).unwrap().is_valid());
    let mut refuse = |_: &Payload<'_>, _: &mut dyn BufRead| Err(crate::fault::Fault::refused("io.failed"));
    assert_eq!(BagReader::tar(tar.as_slice()).read(&mut refuse).unwrap_err().code, "io.failed");
    // Of a container that breaks off, the break is reported, not the visitor's error about it.
    let report = BagReader::tar(&tar[..4 * BLOCK - 10]).read(&mut refuse).unwrap_err();
    assert_eq!(report.code, "io.failed");
    let report = BagReader::tar(&tar[..3 * BLOCK + 10]).read(&mut refuse).unwrap();
    assert_eq!(codes(&report), ["bundle.tar_truncated"]);
}

#[test]
fn a_failing_disk_is_not_a_finding() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk"))
        }
    }
    let tar = write_tar(&small_files());
    let fault = BagReader::tar(tar[..700].chain(Failing)).read(&mut SkipPayload).unwrap_err();
    assert_eq!(fault.kind, crate::fault::FaultKind::Machine);
    let mut keep = Keep::default();
    let fault = BagReader::tar(tar[..1600].chain(Failing)).read(&mut keep).unwrap_err();
    assert_eq!(fault.kind, crate::fault::FaultKind::Machine);
}

#[test]
fn noise_is_answered() {
    for seed in 0..200 {
        let bytes = noise(2_000, seed);
        assert!(!read_tar(&bytes).is_valid());
        assert!(!read_zstd(bytes.as_slice()).is_valid());
        fuzz_read(&bytes).unwrap();
    }
}
