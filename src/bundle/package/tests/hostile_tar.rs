//! Tars that are not what they seem.

use super::super::Limits;
use super::{all_as, refused, refused_with};
use crate::bundle::tar::{header_of, padding, sum};
use crate::bundle::{FRAME_BYTES, FrameWriter};

/// One entry of a tar, its header free to be spoilt.
pub(super) struct Entry {
    header: [u8; 512],
    content: Vec<u8>,
    pax: Option<Vec<u8>>,
}

impl Entry {
    pub(super) fn of(kind: u8, name: &str, content: &[u8]) -> Self {
        let pax = (name.len() > 100 || !name.is_ascii()).then(|| record("path", name));
        let size = content.len() as u64;
        Self { header: header_of(kind, name.as_bytes(), size, 0), content: content.to_vec(), pax }
    }

    pub(super) fn file(name: &str, content: &[u8]) -> Self {
        Self::of(b'0', name, content)
    }

    /// Puts bytes into the header and makes the checksum right.
    fn set(mut self, at: usize, bytes: &[u8]) -> Self {
        self.header[at..at + bytes.len()].copy_from_slice(bytes);
        let sum = format!("{:06o}\0 ", sum(&self.header));
        self.header[148..156].copy_from_slice(sum.as_bytes());
        self
    }

    fn pax(mut self, records: &[u8]) -> Self {
        self.pax = Some(records.to_vec());
        self
    }

    fn write(&self, tar: &mut Vec<u8>) {
        let mut put = |header: &[u8; 512], content: &[u8]| {
            tar.extend(header);
            tar.extend(content);
            tar.resize(tar.len() + padding(content.len() as u64), 0);
        };
        if let Some(pax) = &self.pax {
            put(&header_of(b'x', b"pax", pax.len() as u64, 0), pax);
        }
        put(&self.header, &self.content);
    }
}

fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = format!(" {key}={value}\n").into_bytes();
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length += 1;
    }
    [length.to_string().into_bytes(), rest].concat()
}

pub(super) fn tar_of(entries: &[Entry]) -> Vec<u8> {
    let mut tar = Vec::new();
    entries.iter().for_each(|entry| entry.write(&mut tar));
    tar.resize(tar.len() + 1024, 0);
    tar
}

pub(super) fn framed(tar: &[u8]) -> Vec<u8> {
    let mut frames = FrameWriter::new(Vec::new(), 1).unwrap();
    std::io::Write::write_all(&mut frames, tar).unwrap();
    frames.finish().unwrap().0
}

pub(super) fn packed(entries: &[Entry]) -> Vec<u8> {
    framed(&tar_of(entries))
}

fn sound() -> Entry {
    Entry::file("top/data/a", b"content")
}

#[test]
fn common_tars_are_taken() {
    let gnu = || sound().set(257, b"ustar  \0");
    let cases = [
        vec![sound()],
        vec![gnu()],
        vec![sound().set(156, b"\0")],
        vec![Entry::of(b'5', "top/", b""), Entry::of(b'5', "top/data/", b""), sound()],
        vec![Entry::of(b'5', "top", b""), sound()],
        vec![sound().pax(&[record("mtime", "1.5"), record("path", "top/data/件")].concat())],
        vec![Entry::file("data/a", b"x").set(345, b"top")],
        vec![sound().set(124, b"      7 \0\0\0\0")],
    ];
    for (nth, case) in cases.iter().enumerate() {
        assert_eq!(refused(&packed(case)), "taken", "{nth}");
    }
    // A record of ten thousand bytes, as GNU tar fills up to.
    let mut tar = tar_of(&[sound()]);
    tar.resize(10_240, 0);
    assert_eq!(refused(&framed(&tar)), "taken");
}

#[test]
fn what_is_no_file_is_refused() {
    let link = |kind| Entry::of(kind, "top/data/l", b"").set(157, b"/etc/passwd");
    let cases: Vec<(&str, &'static str, Entry)> = vec![
        ("symbolic link", "package.tar_link", link(b'2')),
        ("hard link", "package.tar_link", link(b'1')),
        ("character device", "package.tar_device", link(b'3')),
        ("block device", "package.tar_device", link(b'4')),
        ("pipe", "package.tar_device", link(b'6')),
        ("GNU long name", "package.tar_gnu", Entry::of(b'L', "././@LongLink", b"top/x\0")),
        ("GNU long link", "package.tar_gnu", Entry::of(b'K', "././@LongLink", b"top/x\0")),
        ("GNU sparse", "package.tar_gnu", link(b'S')),
        ("GNU volume", "package.tar_gnu", link(b'V')),
        ("global pax", "package.tar_pax", Entry::of(b'g', "g", &record("path", "top/data/x"))),
        ("contiguous file", "package.tar_type", link(b'7')),
        ("unknown type", "package.tar_type", link(b'Z')),
        ("directory with content", "package.tar_directory", Entry::of(b'5', "top/d", b"hidden")),
        ("file named as a directory", "package.path_empty", Entry::file("top/data/a/", b"x")),
        ("no magic", "package.tar_header", sound().set(257, b"tar")),
        ("another version", "package.tar_header", sound().set(263, b"01")),
        ("GNU times in the prefix", "package.tar_header", sound().set(257, b"ustar  \0").set(345, b"1")),
        ("a second name behind NUL", "package.tar_header", sound().set(50, b"top/b")),
        (
            "size in base 256",
            "package.tar_number",
            sound().set(124, &[0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]),
        ),
        ("negative size", "package.tar_number", sound().set(124, b"-0000000007\0")),
        ("no size", "package.tar_number", sound().set(124, b"           \0")),
        ("size of eight", "package.tar_number", sound().set(124, b"00000000008\0")),
        ("name not UTF-8", "package.path_not_utf8", sound().set(4, b"\xff")),
        ("prefix that goes out", "package.path_top", Entry::file("data/a", b"x").set(345, b"../..")),
        ("absolute prefix", "package.path_absolute", Entry::file("data/a", b"x").set(345, b"/etc")),
    ];
    let found = |(name, code, entry): (&str, &'static str, Entry)| {
        (name.to_owned(), code, refused(&packed(&[Entry::file("top/bagit.txt", b""), entry, sound()])))
    };
    all_as(cases.into_iter().map(found).collect());
}

#[test]
fn pax_headers_give_a_name_and_nothing_else() {
    let pax = |records: &[u8]| refused(&packed(&[sound().pax(records)]));
    let twice = [record("path", "top/data/x"), record("path", "top/data/y")].concat();
    let cases = vec![
        ("size", "package.tar_pax", pax(&record("size", "1"))),
        ("link", "package.tar_pax", pax(&record("linkpath", "/etc"))),
        ("sparse", "package.tar_pax", pax(&record("GNU.sparse.name", "/etc/x"))),
        ("charset", "package.tar_pax", pax(&record("hdrcharset", "BINARY"))),
        ("two names", "package.tar_pax", pax(&twice)),
        ("no name", "package.tar_pax", pax(&record("path", ""))),
        ("a length too long", "package.tar_pax", pax(b"99 path=top/a\n")),
        ("a length too short", "package.tar_pax", pax(b"8 path=top/a\n")),
        ("a length of zero", "package.tar_pax", pax(b"0 path=top/a\n")),
        ("a length with a sign", "package.tar_pax", pax(b"+15 path=top/a\n")),
        ("not UTF-8", "package.tar_pax", pax(b"12 path=t/\xff\n")),
        ("no line", "package.tar_pax", pax(b"x")),
        ("going out", "package.path_dots", pax(&record("path", "top/../../x"))),
        ("absolute", "package.path_absolute", pax(&record("path", "/etc/x"))),
        ("a NUL in it", "package.path_control", pax(&record("path", "top/a\0b"))),
        ("large", "package.limit_pax", pax(&record("comment", &"x".repeat(20_000)))),
        (
            "nothing behind it",
            "package.tar_pax",
            refused(&packed(&[Entry::of(b'x', "p", &record("path", "top/a"))])),
        ),
        ("two of them", "package.tar_pax", {
            let one = Entry::of(b'x', "p", &record("path", "top/a"));
            refused(&packed(&[one, sound().pax(&record("path", "top/b"))]))
        }),
    ];
    all_as(cases.into_iter().map(|(name, code, found)| (name.to_owned(), code, found)).collect());
}

#[test]
fn tars_that_end_otherwise_than_they_should() {
    let tar = tar_of(&[sound()]);
    let mut bad_sum = tar.clone();
    bad_sum[0] = b'T';
    let mut filled = tar.clone();
    filled[512 + 100] = 1;
    let cases = vec![
        ("no end", "bundle.tar_truncated", refused(&framed(&tar[..1024]))),
        ("half an end", "bundle.tar_truncated", refused(&framed(&tar[..1536]))),
        ("cut in the content", "bundle.tar_truncated", refused(&framed(&tar[..515]))),
        ("cut in the header", "bundle.tar_truncated", refused(&framed(&tar[..500]))),
        ("more behind the end", "package.tar_tail", refused(&framed(&[&tar[..], &tar[..]].concat()))),
        ("zeros without end", "package.tar_tail", refused(&framed(&[&tar[..], &vec![0; 2 << 20]].concat()))),
        ("checksum", "package.tar_header", refused(&framed(&bad_sum))),
        ("padding", "package.tar_padding", refused(&framed(&filled))),
        ("nothing", "package.empty", refused(&framed(&[0; 1024]))),
        ("directories only", "package.empty", refused(&packed(&[Entry::of(b'5', "top/", b"")]))),
    ];
    all_as(cases.into_iter().map(|(name, code, found)| (name.to_owned(), code, found)).collect());
}

#[test]
fn frames_that_are_not_plain_are_refused() {
    let sound = framed(&tar_of(&[sound()]));
    let with = |more: &[u8]| refused(&[&sound[..], more].concat());
    let no_checksum = zstd::bulk::compress(&tar_of(&[self::sound()]), 1).unwrap();
    let no_size = zstd::stream::encode_all(&tar_of(&[self::sound()])[..], 1).unwrap();
    let mut damaged = sound.clone();
    let middle = damaged.len() - 2;
    damaged[middle] ^= 1;
    let skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";
    let cases = vec![
        ("foreign bytes behind", "bundle.zst_foreign", with(b"PK\x03\x04")),
        ("text behind", "bundle.zst_foreign", with(b"hello, world")),
        ("skippable frame behind", "bundle.zst_skippable", with(skippable)),
        ("skippable frame before", "bundle.zst_skippable", refused(&[skippable, &sound[..]].concat())),
        ("another frame behind", "package.tar_tail", with(&framed(b"x"))),
        ("no checksum", "bundle.zst_header", refused(&no_checksum)),
        ("no size", "bundle.zst_header", refused(&no_size)),
        ("damaged", "bundle.zst_damaged", refused(&damaged)),
        ("cut", "bundle.zst_truncated", refused(&sound[..sound.len() - 3])),
        ("half a magic", "package.form_unknown", refused(&sound[..3])),
        ("a tar that is not compressed", "package.form_unknown", refused(&tar_of(&[self::sound()]))),
        ("nothing", "package.form_unknown", refused(b"")),
    ];
    all_as(cases.into_iter().map(|(name, code, found)| (name.to_owned(), code, found)).collect());
}

#[test]
fn bombs_are_stopped_before_they_land() {
    let zeros = vec![0; 3 * FRAME_BYTES];
    let bomb = packed(&[Entry::file("top/data/a", &zeros)]);
    let tight = Limits { ratio_free_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused_with(&bomb, &tight), "package.limit_ratio");
    let file = Limits { file_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused_with(&bomb, &file), "package.limit_file");
    let bytes = Limits { bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused_with(&bomb, &bytes), "package.limit_bytes");
    let declared = packed(&[sound().set(124, b"77777777777\0")]);
    assert_eq!(refused_with(&declared, &bytes), "package.limit_bytes", "what is said is enough");
    let many: Vec<_> = (0..9).map(|n| Entry::file(&format!("top/data/{n}"), b"")).collect();
    let few = Limits { files: 8, ..Limits::default() };
    assert_eq!(refused_with(&packed(&many), &few), "package.limit_files");
    let folders: Vec<_> = (0..20).map(|n| Entry::of(b'5', &format!("top/d{n}"), b"")).collect();
    assert_eq!(refused_with(&packed(&folders), &few), "package.limit_files");
    let tag = packed(&[Entry::file("top/bagit.txt", &zeros)]);
    let tags = Limits { tag_file_bytes: 1 << 20, ..Limits::default() };
    assert_eq!(refused_with(&tag, &tags), "package.limit_tag_file");
}
