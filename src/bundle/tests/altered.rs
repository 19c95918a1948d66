//! Nothing altered passes: every bit, every length, every entry.

use rayon::prelude::*;

use super::*;

#[test]
fn every_flipped_bit_of_the_tar_is_found() {
    let tar = write_tar(&small_files());
    assert!(read_tar(&tar).is_valid());
    let passed: Vec<_> = (0..tar.len() * 8)
        .into_par_iter()
        .filter(|bit| {
            let mut altered = tar.clone();
            altered[bit / 8] ^= 1 << (bit % 8);
            read_tar(&altered).findings.is_empty()
        })
        .collect();
    assert!(passed.is_empty(), "bits that may be flipped unseen: {passed:?}");
}

#[test]
fn bytes_of_the_tar_set_to_telling_values_are_found() {
    let tar = write_tar(&small_files());
    let passed: Vec<_> = (0..tar.len())
        .into_par_iter()
        .flat_map_iter(|at| [0, b'0'].map(|byte| (at, byte)))
        .filter(|(at, byte)| {
            let mut altered = tar.clone();
            altered[*at] = *byte;
            tar[*at] != *byte && read_tar(&altered).findings.is_empty()
        })
        .collect();
    assert!(passed.is_empty(), "{passed:?}");
}

#[test]
fn every_shorter_tar_is_found() {
    let tar = write_tar(&small_files());
    for length in 0..tar.len() {
        let report = read_tar(&tar[..length]);
        assert!(!report.complete && report.findings.has("bundle.tar_truncated"), "length {length}");
    }
}

#[test]
fn every_shorter_bundle_is_found() {
    let files = vec![("a".to_owned(), noise(300_000, 1)), ("b".to_owned(), noise(10, 2))];
    let whole = write_zstd(&files);
    assert!(read_zstd(whole.as_slice()).is_valid());
    let lengths = (0..2_000).chain((2_000..whole.len()).step_by(997)).chain(whole.len() - 2_000..whole.len());
    for length in lengths {
        let report = read_zstd(&whole[..length]);
        assert!(!report.complete && !report.findings.is_empty(), "length {length}");
    }
}

/// A flipped bit of the compressed file either changes nothing of what is read or is found.
#[test]
fn flipped_bits_of_the_bundle_never_change_what_is_read() {
    let whole = write_zstd(&small_files());
    let sound = read_zstd(whole.as_slice());
    (0..whole.len() * 8).into_par_iter().for_each(|bit| {
        let mut altered = whole.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        let report = read_zstd(altered.as_slice());
        assert!(!report.is_valid() || report == sound, "bit {bit}");
    });
}

#[test]
fn dropped_entries_are_found() {
    let whole = entries(&write_tar(&small_files()));
    for at in 0..whole.len() {
        let mut fewer = whole.clone();
        let (name, _) = fewer.remove(at);
        let report = read_tar(&tar_of(&fewer));
        let code =
            if name.contains("/data/") { "bundle.manifest_absent_file" } else { "bundle.bag_missing_file" };
        assert!(report.complete && report.findings.has(code), "{name}: {:?}", codes(&report));
    }
}

#[test]
fn doubled_entries_are_found_and_shown_once() {
    let whole = entries(&write_tar(&small_files()));
    for at in 0..whole.len() {
        for to in 0..=whole.len() {
            let mut more = whole.clone();
            more.insert(to, whole[at].clone());
            let tar = tar_of(&more);
            let mut keep = Keep::default();
            let report = BagReader::tar(tar.as_slice()).read(&mut keep).unwrap();
            assert!(report.findings.has("bundle.path_duplicate"), "{at} {to}");
            assert_eq!(keep.0.len(), 3);
        }
    }
}

#[test]
fn exchanged_entries_are_found() {
    let whole = entries(&write_tar(&small_files()));
    for one in 0..whole.len() {
        for other in one + 1..whole.len() {
            let mut exchanged = whole.clone();
            exchanged.swap(one, other);
            let report = read_tar(&tar_of(&exchanged));
            let payload = exchanged[one].0.contains("/data/") && exchanged[other].0.contains("/data/");
            let code = if payload { "bundle.manifest_order" } else { "bundle.bag_order" };
            assert!(report.findings.has(code), "{one} {other}: {:?}", codes(&report));
        }
    }
}

#[test]
fn exchanged_contents_and_names_are_found() {
    let whole = entries(&write_tar(&small_files()));
    for (one, other) in [(1, 2), (1, 3), (5, 6), (0, 4)] {
        let mut exchanged = whole.clone();
        exchanged[one].1 = whole[other].1.clone();
        exchanged[other].1 = whole[one].1.clone();
        assert!(!read_tar(&tar_of(&exchanged)).is_valid(), "{one} {other}");
    }
}

#[test]
fn anything_after_the_end_of_the_tar_is_found() {
    let tar = write_tar(&small_files());
    for more in [vec![0], vec![b'x'], vec![0; 512], vec![0; 1024], vec![0; 9216], tar.clone()] {
        let longer = [tar.clone(), more].concat();
        let report = read_tar(&longer);
        assert_eq!(codes(&report), ["bundle.tar_trailing"]);
        assert_eq!(report.findings.list()[0].offset, Some(tar.len() as u64));
    }
}

#[test]
fn frames_that_do_not_belong_are_found() {
    let whole = write_zstd(&small_files());
    let skippable = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let empty = {
        let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
        encoder.include_checksum(true).unwrap();
        encoder.set_pledged_src_size(Some(0)).unwrap();
        encoder.finish().unwrap()
    };
    for (frame, code) in [
        (skippable, "bundle.zst_skippable"),
        (empty, "bundle.zst_empty_frame"),
        (b"garbage".to_vec(), "bundle.zst_foreign"),
        (vec![0], "bundle.zst_truncated"),
        (whole.clone(), "bundle.tar_trailing"),
    ] {
        let report = read_zstd([whole.clone(), frame.clone()].concat().as_slice());
        assert_eq!(codes(&report), [code], "behind");
        if code != "bundle.tar_trailing" && frame.len() > 1 {
            let report = read_zstd([frame, whole.clone()].concat().as_slice());
            assert_eq!(codes(&report), [code], "before");
        }
    }
}

#[test]
fn frames_dropped_or_exchanged_are_found() {
    let files = vec![("a".to_owned(), noise(3 * FRAME_BYTES, 7))];
    let whole = write_zstd(&files);
    let report = read_zstd(whole.as_slice());
    assert!(report.is_valid());
    assert_eq!(report.frames, 4);
    let mut cuts = vec![0];
    while let Some(rest) = whole.get(cuts[cuts.len() - 1]..).filter(|rest| !rest.is_empty()) {
        let length = zstd::zstd_safe::find_frame_compressed_size(rest).unwrap();
        cuts.push(cuts[cuts.len() - 1] + length);
    }
    let frames: Vec<&[u8]> = cuts.windows(2).map(|cut| &whole[cut[0]..cut[1]]).collect();
    assert_eq!(frames.len(), 4);
    for at in 0..4 {
        let mut fewer = frames.clone();
        fewer.remove(at);
        assert!(!read_zstd(fewer.concat().as_slice()).is_valid());
        let mut exchanged = frames.clone();
        exchanged.swap(at, (at + 1) % 4);
        assert!(!read_zstd(exchanged.concat().as_slice()).is_valid());
    }
}

/// Bytes that do not compress, the same for the same seed.
pub(super) fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut bytes);
    bytes
}
