//! One tree through all three forms, and the folder it lands in.

use std::io::Cursor;
use std::io::Read as _;

use super::super::{
    FolderLanding, Form, Input, Limits, Nowhere, OsTree, PackageName, Tree, ZipMethod, pack, unpack,
    unpack_folder,
};
use super::{NAME, name, opened, sample, tree};

#[test]
fn a_tree_is_the_same_whatever_it_travelled_in() {
    let tree = sample();
    let zst = pack::tar_zst(&tree, &name(), 1_767_225_600, 3, Vec::new()).unwrap();
    let zips = [ZipMethod::Stored, ZipMethod::Deflated]
        .map(|method| pack::zip(&tree, &name(), method, Cursor::new(Vec::new())).unwrap().into_inner());
    for bytes in [&zst, &zips[0], &zips[1]] {
        let (unpacked, same) = opened(bytes, &Limits::default()).unwrap();
        assert_eq!((unpacked.name.as_str(), unpacked.files), (NAME, tree.files().len()));
        assert_eq!(unpacked.octets, tree.files().iter().map(|file| file.size).sum::<u64>());
        assert_eq!(same, tree);
    }
    assert_eq!(Form::sniff(&zst), Some(Form::TarZst));
    assert_eq!(Form::sniff(&zips[0]), Some(Form::Zip));
    assert_eq!(Form::sniff(b"PDF"), None);
}

#[test]
fn one_tree_has_one_tar_and_one_zip() {
    let tar = |level| {
        let zst = pack::tar_zst(&sample(), &name(), 5, level, Vec::new()).unwrap();
        zstd::decode_all(&zst[..]).unwrap()
    };
    assert_eq!(tar(1), tar(19));
    assert_eq!(tar(1), pack::tar(&sample(), &name(), 5, Vec::new()).unwrap());
    let zip =
        || pack::zip(&sample(), &name(), ZipMethod::Deflated, Cursor::new(Vec::new())).unwrap().into_inner();
    assert_eq!(zip(), zip());
}

#[test]
fn another_reader_of_tars_sees_the_names_and_modes() {
    let tar = pack::tar(&sample(), &name(), 1_767_225_600, Vec::new()).unwrap();
    let mut seen = Vec::new();
    for entry in ::tar::Archive::new(&tar[..]).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = String::from_utf8(entry.path_bytes().into_owned()).unwrap();
        let header = entry.header();
        assert_eq!((header.mode().unwrap(), header.uid().unwrap(), header.gid().unwrap()), (0o644, 0, 0));
        assert_eq!(header.mtime().unwrap(), 1_767_225_600);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        let path = path.strip_prefix(&format!("{NAME}/")).unwrap().to_owned();
        assert_eq!(sample().bytes(&path), Some(&bytes[..]), "{path}");
        seen.push(path);
    }
    assert_eq!(seen, sample().files().iter().map(|file| file.path.clone()).collect::<Vec<_>>());
}

#[test]
fn a_folder_is_private_and_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let zst = pack::tar_zst(&sample(), &name(), 5, 1, Vec::new()).unwrap();
    let to = home.path().join("in");
    let (unpacked, there) =
        unpack_folder(Input::sniff(Cursor::new(zst)).unwrap(), &Limits::default(), &to).unwrap();
    assert_eq!(unpacked.name, name());
    assert_eq!(there.files(), sample().files());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &str| std::fs::metadata(to.join(path)).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(""), mode("data"), mode("bagit.txt")), (0o700, 0o700, 0o600));
    }
    // What stands there as a folder is a package too, and can be packed again.
    let folder = home.path().join(NAME);
    std::fs::rename(&to, &folder).unwrap();
    let input = Input::open(&folder).unwrap();
    assert_eq!(input.form(), Form::Directory);
    let (again, copied) = unpack_folder(input, &Limits::default(), &home.path().join("two")).unwrap();
    assert_eq!(again, unpacked);
    let bytes = pack::tar(&copied, &name(), 5, Vec::new()).unwrap();
    assert_eq!(bytes, pack::tar(&sample(), &name(), 5, Vec::new()).unwrap());
}

#[test]
fn a_folder_that_is_there_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("kept"), "x").unwrap();
    assert_eq!(FolderLanding::new(home.path()).unwrap_err().code, "io.failed");
    assert!(home.path().join("kept").exists());
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_refused() {
    let home = tempfile::tempdir().unwrap();
    let root = home.path().join(NAME);
    std::fs::create_dir_all(root.join("data")).unwrap();
    std::fs::write(root.join("data/a"), "x").unwrap();
    assert!(OsTree::open(&root).is_ok());
    for target in ["a", "/etc/passwd", "nowhere", ".."] {
        std::os::unix::fs::symlink(target, root.join("data/link")).unwrap();
        assert_eq!(OsTree::open(&root).unwrap_err().code, "package.tree_entry", "{target}");
        std::fs::remove_file(root.join("data/link")).unwrap();
    }
    let socket = std::os::unix::net::UnixListener::bind(root.join("s")).unwrap();
    assert_eq!(OsTree::open(&root).unwrap_err().code, "package.tree_entry");
    drop(socket);
    std::fs::remove_file(root.join("s")).unwrap();
    let name = std::ffi::OsStr::from_encoded_bytes_checked(b"data/\xff");
    std::fs::write(root.join(name), "x").unwrap();
    assert_eq!(OsTree::open(&root).unwrap_err().code, "package.path_not_utf8");
}

#[cfg(unix)]
trait Checked {
    fn from_encoded_bytes_checked(bytes: &[u8]) -> &std::ffi::OsStr;
}

#[cfg(unix)]
impl Checked for std::ffi::OsStr {
    fn from_encoded_bytes_checked(bytes: &[u8]) -> &std::ffi::OsStr {
        std::os::unix::ffi::OsStrExt::from_bytes(bytes)
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_became_a_link_is_not_followed() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("a"), "abc").unwrap();
    let listed = OsTree::open(home.path()).unwrap();
    std::fs::remove_file(home.path().join("a")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", home.path().join("a")).unwrap();
    assert_eq!(listed.open("a").map(drop).unwrap_err().code, "package.tree_changed");
    assert_eq!(listed.open("../a").map(drop).unwrap_err().code, "file.missing");
}

#[test]
fn a_file_that_grew_or_shrank_is_noticed() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("a"), "abc").unwrap();
    let listed = OsTree::open(home.path()).unwrap();
    for other in ["ab", "abcd"] {
        std::fs::write(home.path().join("a"), other).unwrap();
        assert_eq!(pack::tar(&listed, &name(), 0, Vec::new()).unwrap_err().code, "package.tree_changed");
    }
}

#[test]
fn what_no_reader_would_take_is_not_written() {
    let cases: [(&[(&str, &[u8])], &str); 4] = [
        (&[("data/../a", b"")], "package.path_dots"),
        (&[("data/a", b""), ("data/A", b"")], "package.path_case_equal"),
        (&[("data", b""), ("data/A", b"")], "package.path_file_and_directory"),
        (&[("data/cafe\u{301}", b"")], "package.path_not_nfc"),
    ];
    for (files, code) in cases {
        let tree = tree(files);
        assert_eq!(pack::tar(&tree, &name(), 0, Vec::new()).unwrap_err().code, code);
        assert_eq!(pack::tar_zst(&tree, &name(), 0, 1, Vec::new()).map(drop).unwrap_err().code, code);
        let zip = pack::zip(&tree, &name(), ZipMethod::Stored, Cursor::new(Vec::new()));
        assert_eq!(zip.unwrap_err().code, code);
        assert_eq!(pack::copy(&tree, &mut Nowhere).unwrap_err().code, code);
        let input = Input::Directory(Box::new(tree), NAME.to_owned());
        assert_eq!(unpack(input, &Limits::default(), &mut Nowhere).unwrap_err().code, code);
    }
    assert_eq!(PackageName::new("a/b").unwrap_err().code, "package.path_top");
    let late = pack::tar(&sample(), &name(), 1 << 40, Vec::new());
    assert_eq!(late.unwrap_err().code, "package.tar_number");
}

#[test]
fn limits_hold_for_a_directory_too() {
    let limits = |change: fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        let input = Input::Directory(Box::new(sample()), NAME.to_owned());
        unpack(input, &limits, &mut Nowhere).unwrap_err().code
    };
    assert_eq!(limits(|limits| limits.files = 3), "package.limit_files");
    assert_eq!(limits(|limits| limits.bytes = 1_000), "package.limit_bytes");
    assert_eq!(limits(|limits| limits.file_bytes = 1_000), "package.limit_file");
    assert_eq!(limits(|limits| limits.tag_file_bytes = 10), "package.limit_tag_file");
}
