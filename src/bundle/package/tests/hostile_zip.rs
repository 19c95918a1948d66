//! ZIPs that are not what they seem. They are written by hand, so that any byte can lie.

use std::io::{Cursor, Write as _};

use super::super::{Limits, ZipMethod, pack};
use super::{all_as, name, refused, refused_with, sample};

/// One entry with everything both headers say.
#[derive(Clone)]
pub(super) struct Item {
    name: Vec<u8>,
    local_name: Vec<u8>,
    content: Vec<u8>,
    flags: u16,
    local_flags: u16,
    method: u16,
    size: u32,
    compressed: u32,
    local_size: u32,
    attributes: u32,
    extra: Vec<u8>,
    local_extra: Vec<u8>,
    before: Vec<u8>,
    descriptor: Vec<u8>,
    offset: Option<u32>,
    crc: u32,
    disk: u16,
}

#[derive(Clone)]
pub(super) struct Zip {
    items: Vec<Item>,
    behind: Vec<u8>,
    before_end: Vec<u8>,
    comment: Vec<u8>,
    count: Option<u16>,
    disk: u16,
    central: [u8; 4],
}

fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 },
        )
    }) ^ !0
}

impl Item {
    fn new(name: &str, content: &[u8]) -> Self {
        let size = content.len() as u32;
        Self {
            name: name.into(),
            local_name: name.into(),
            content: content.to_vec(),
            flags: 1 << 11,
            local_flags: 1 << 11,
            method: 0,
            size,
            compressed: size,
            local_size: size,
            attributes: 0o100644 << 16,
            extra: Vec::new(),
            local_extra: Vec::new(),
            before: Vec::new(),
            descriptor: Vec::new(),
            offset: None,
            crc: crc32(content),
            disk: 0,
        }
    }

    fn local(&self, out: &mut Vec<u8>) {
        out.extend(b"PK\x03\x04\x14\0");
        for number in [self.local_flags, self.method, 0, 0x21] {
            out.extend(number.to_le_bytes());
        }
        let described = self.local_flags & 8 != 0;
        for number in [self.crc, self.compressed, self.local_size] {
            out.extend(if described { 0 } else { number }.to_le_bytes());
        }
        out.extend((self.local_name.len() as u16).to_le_bytes());
        out.extend((self.local_extra.len() as u16).to_le_bytes());
        out.extend([&self.local_name[..], &self.local_extra, &self.content, &self.descriptor].concat());
    }

    fn central(&self, at: u32, sign: [u8; 4], out: &mut Vec<u8>) {
        out.extend(sign);
        for number in [0x0314, 20, self.flags, self.method, 0, 0x21] {
            out.extend(u16::to_le_bytes(number));
        }
        for number in [self.crc, self.compressed, self.size] {
            out.extend(number.to_le_bytes());
        }
        for number in [self.name.len() as u16, self.extra.len() as u16, 0, self.disk, 0] {
            out.extend(number.to_le_bytes());
        }
        out.extend(self.attributes.to_le_bytes());
        out.extend(self.offset.unwrap_or(at).to_le_bytes());
        out.extend([&self.name[..], &self.extra].concat());
    }
}

impl Zip {
    pub(super) fn of(files: &[(&str, &[u8])]) -> Self {
        Self {
            items: files.iter().map(|(name, content)| Item::new(name, content)).collect(),
            behind: Vec::new(),
            before_end: Vec::new(),
            comment: Vec::new(),
            count: None,
            disk: 0,
            central: *b"PK\x01\x02",
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let (mut out, mut central) = (Vec::new(), Vec::new());
        for item in &self.items {
            out.extend(&item.before);
            item.central(out.len() as u32, self.central, &mut central);
            item.local(&mut out);
        }
        out.extend(&self.behind);
        let start = out.len() as u32;
        out.extend(&central);
        out.extend(&self.before_end);
        let count = self.count.unwrap_or(self.items.len() as u16);
        out.extend(b"PK\x05\x06");
        for number in [self.disk, 0, count, count] {
            out.extend(number.to_le_bytes());
        }
        out.extend((central.len() as u32).to_le_bytes());
        out.extend(start.to_le_bytes());
        out.extend((self.comment.len() as u16).to_le_bytes());
        out.extend(&self.comment);
        out
    }
}

fn sound() -> Zip {
    Zip::of(&[("top/bagit.txt", b"tag"), ("top/data/a", b"content")])
}

/// A sound ZIP with its second entry changed.
fn with(change: impl FnOnce(&mut Item)) -> Vec<u8> {
    let mut zip = sound();
    change(&mut zip.items[1]);
    zip.bytes()
}

fn whole(change: impl FnOnce(&mut Zip)) -> Vec<u8> {
    let mut zip = sound();
    change(&mut zip);
    zip.bytes()
}

fn extra(id: u16, content: &[u8]) -> Vec<u8> {
    [&id.to_le_bytes()[..], &(content.len() as u16).to_le_bytes(), content].concat()
}

fn described(item: &mut Item) {
    item.flags |= 8;
    item.local_flags |= 8;
}

fn numbers(item: &Item) -> Vec<u8> {
    [item.crc, item.compressed, item.size].iter().flat_map(|number| number.to_le_bytes()).collect()
}

#[test]
fn common_zips_are_taken() {
    let cases = [
        sound().bytes(),
        with(|item| item.attributes = 0),
        with(|item| item.extra = extra(0x5455, b"\x01abcd")),
        with(|item| {
            described(item);
            item.descriptor = numbers(item);
        }),
        with(|item| {
            described(item);
            item.descriptor = [b"PK\x07\x08", &numbers(item)[..]].concat();
        }),
        whole(|zip| {
            zip.items.insert(1, Item { attributes: 0o040755 << 16 | 0x10, ..Item::new("top/data/", b"") })
        }),
        whole(|zip| zip.items.insert(0, Item { attributes: 0x10, ..Item::new("top/", b"") })),
    ];
    for (nth, case) in cases.iter().enumerate() {
        assert_eq!(refused(case), "taken", "{nth}");
    }
}

#[test]
fn entries_that_are_no_plain_files_are_refused() {
    let cases: Vec<(&str, &'static str, Vec<u8>)> = vec![
        ("symbolic link", "package.zip_link", with(|item| item.attributes = 0o120777 << 16)),
        ("device", "package.zip_device", with(|item| item.attributes = 0o020666 << 16)),
        ("pipe", "package.zip_device", with(|item| item.attributes = 0o010666 << 16)),
        ("socket", "package.zip_device", with(|item| item.attributes = 0o140666 << 16)),
        ("a directory named as a file", "package.zip_folder", with(|item| item.attributes = 0o040755 << 16)),
        ("the same for DOS", "package.zip_folder", with(|item| item.attributes = 0x10)),
        (
            "a file named as a directory",
            "package.zip_folder",
            whole(|zip| zip.items[1] = Item::new("top/data/", b"x")),
        ),
        ("encrypted", "package.zip_encrypted", with(|item| item.flags |= 1)),
        ("strongly encrypted", "package.zip_encrypted", with(|item| item.flags |= 1 << 6)),
        ("masked", "package.zip_encrypted", with(|item| item.flags |= 1 << 13)),
        (
            "AES by its extra field",
            "package.zip_encrypted",
            with(|item| item.extra = extra(0x9901, b"1234567")),
        ),
        ("patch data", "package.zip_flags", with(|item| item.flags |= 1 << 5)),
        ("bzip2", "package.zip_method", with(|item| item.method = 12)),
        ("deflate64", "package.zip_method", with(|item| item.method = 9)),
        ("zstd", "package.zip_method", with(|item| item.method = 93)),
        ("AES by its method", "package.zip_method", with(|item| item.method = 99)),
        (
            "name without its sign",
            "package.zip_name",
            whole(|zip| {
                zip.items[1] = Item { flags: 0, local_flags: 0, ..Item::new("top/data/件", b"x") };
            }),
        ),
        (
            "name not UTF-8",
            "package.path_not_utf8",
            with(|item| {
                item.name = b"top/data/\xff".to_vec();
                item.local_name = item.name.clone();
            }),
        ),
        (
            "name with NUL",
            "package.path_control",
            with(|item| {
                item.name = b"top/data/a\0.txt".to_vec();
                item.local_name = item.name.clone();
            }),
        ),
        ("no name", "package.path_top", with(|item| (item.name, item.local_name) = (Vec::new(), Vec::new()))),
        ("a second name", "package.zip_name", with(|item| item.extra = extra(0x7075, b"\x01abcdtop/x"))),
        (
            "a second name in the local header",
            "package.zip_name",
            with(|item| item.local_extra = extra(0x7075, b"\x01abcdx")),
        ),
        ("ZIP64 extra", "package.zip_64", with(|item| item.extra = extra(1, &[0; 16]))),
        (
            "ZIP64 extra in the local header",
            "package.zip_64",
            with(|item| item.local_extra = extra(1, &[0; 16])),
        ),
        ("ZIP64 size", "package.zip_64", with(|item| item.size = u32::MAX)),
        ("broken extra", "package.zip_extra", with(|item| item.extra = b"\x01\x54\xff\xff".to_vec())),
        ("short extra", "package.zip_extra", with(|item| item.extra = b"abc".to_vec())),
        ("another volume", "package.zip_end", with(|item| item.disk = 1)),
    ];
    all_as(cases.into_iter().map(|(name, code, zip)| (name.to_owned(), code, refused(&zip))).collect());
}

#[test]
fn headers_that_disagree_and_files_that_overlap_are_refused() {
    let cases: Vec<(&str, &'static str, Vec<u8>)> = vec![
        ("another name", "package.zip_disagrees", with(|item| item.local_name = b"top/data/b".to_vec())),
        ("another flag", "package.zip_disagrees", with(|item| item.local_flags |= 2)),
        ("another size", "package.zip_disagrees", with(|item| item.local_size = 5)),
        ("stored, of two sizes", "package.zip_disagrees", with(|item| item.size = 6)),
        ("another checksum", "package.zip_damaged", with(|item| item.crc ^= 1)),
        ("no descriptor", "package.zip_disagrees", with(described)),
        (
            "a false descriptor",
            "package.zip_disagrees",
            with(|item| {
                described(item);
                item.descriptor = vec![0; 12];
            }),
        ),
        ("bytes before the first", "package.zip_gap", whole(|zip| zip.items[0].before = b"PK".to_vec())),
        ("bytes between", "package.zip_gap", with(|item| item.before = b"hidden".to_vec())),
        ("bytes behind the last", "package.zip_gap", whole(|zip| zip.behind = b"hidden".to_vec())),
        ("two entries for one file", "package.zip_overlap", with(|item| item.offset = Some(0))),
        ("an entry inside another", "package.zip_gap", with(|item| item.offset = Some(47))),
        ("an entry that is not there", "package.zip_gap", with(|item| item.offset = Some(9_999))),
        (
            "compressed beyond the end",
            "package.zip_overlap",
            with(|item| (item.compressed, item.size, item.local_size) = (70, 70, 70)),
        ),
        (
            "a file not in the directory",
            "package.zip_gap",
            whole(|zip| {
                let mut hidden = Vec::new();
                Item::new("top/data/hidden", b"x").local(&mut hidden);
                zip.behind = hidden;
            }),
        ),
    ];
    all_as(cases.into_iter().map(|(name, code, zip)| (name.to_owned(), code, refused(&zip))).collect());
}

#[test]
fn ends_that_are_not_the_end_are_refused() {
    let bytes = sound().bytes();
    let cases: Vec<(&str, &'static str, Vec<u8>)> = vec![
        ("comment", "package.zip_end", whole(|zip| zip.comment = b"hello".to_vec())),
        ("bytes behind", "package.zip_end", [&bytes[..], b"x"].concat()),
        ("a ZIP behind another", "package.zip_end", [&bytes[..], &bytes[..]].concat()),
        ("another volume", "package.zip_end", whole(|zip| zip.disk = 1)),
        ("more entries", "package.zip_directory", whole(|zip| zip.count = Some(3))),
        ("fewer entries", "package.zip_end", whole(|zip| zip.count = Some(1))),
        ("no entry's sign", "package.zip_directory", whole(|zip| zip.central = *b"PK\x01\x03")),
        ("a gap before the end", "package.zip_end", whole(|zip| zip.before_end = vec![0; 30])),
        (
            "ZIP64 locator",
            "package.zip_64",
            whole(|zip| zip.before_end = [&b"PK\x06\x07"[..], &[0; 16]].concat()),
        ),
        ("ZIP64 count", "package.zip_64", whole(|zip| zip.count = Some(0xffff))),
        ("cut", "package.zip_end", bytes[..bytes.len() - 5].to_vec()),
        ("a few bytes", "package.zip_truncated", b"PK\x03\x04".to_vec()),
        ("nothing in it", "package.empty", Zip::of(&[]).bytes()),
    ];
    all_as(cases.into_iter().map(|(name, code, zip)| (name.to_owned(), code, refused(&zip))).collect());
}

#[test]
fn bombs_are_stopped_before_they_land() {
    let bomb = {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file("top/data/a", zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&vec![0; 64 << 20]).unwrap();
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(refused(&bomb), "package.limit_ratio");
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits { ratio: 100_000, ..Limits::default() };
        change(&mut limits);
        refused_with(&bomb, &limits)
    };
    assert_eq!(limits(|_| ()), "taken");
    assert_eq!(limits(|limits| limits.file_bytes = 1 << 20), "package.limit_file");
    assert_eq!(limits(|limits| limits.bytes = 1 << 20), "package.limit_bytes");
    let many =
        pack::zip(&sample(), &name(), ZipMethod::Stored, Cursor::new(Vec::new())).unwrap().into_inner();
    assert_eq!(refused_with(&many, &Limits { files: 2, ..Limits::default() }), "package.limit_files");
    // Sizes that lie: fewer bytes are said than come out, and more.
    for (said, code) in [(10_u32, "package.zip_disagrees"), (70 << 20, "package.zip_disagrees")] {
        let mut lying = bomb.clone();
        let (true_size, said) = ((64_u32 << 20).to_le_bytes(), said.to_le_bytes());
        for at in 0..lying.len() - 4 {
            if lying[at..at + 4] == true_size {
                lying[at..at + 4].copy_from_slice(&said);
            }
        }
        let found = refused_with(&lying, &Limits { ratio: 100_000, ..Limits::default() });
        assert!(found == code || found == "package.zip_damaged", "{found}");
    }
}
