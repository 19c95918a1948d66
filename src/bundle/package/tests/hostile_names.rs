//! Names that would mean something else somewhere, in a tar and in a ZIP alike.

use super::super::names::{PathSet, check_path};
use super::hostile_tar::{Entry, packed};
use super::hostile_zip::Zip;
use super::{all_as, refused};

/// Name below the top directory, and the code.
fn names() -> Vec<(String, &'static str)> {
    let plain = [
        ("data//a", "package.path_empty"),
        ("/data/a", "package.path_absolute"),
        ("C:/a", "package.path_drive"),
        ("c:a", "package.path_drive"),
        ("data\\..\\a", "package.path_backslash"),
        ("data/../../a", "package.path_dots"),
        ("../a", "package.path_dots"),
        ("data/./a", "package.path_dots"),
        ("..", "package.path_dots"),
        ("data/a\nb", "package.path_control"),
        ("data/a\u{1b}[2J", "package.path_control"),
        ("data/a\u{7f}", "package.path_control"),
        ("data/a\u{85}", "package.path_control"),
        ("data/a\u{2028}b", "package.path_control"),
        ("data/\u{feff}a", "package.path_bom"),
        ("data/\u{202e}cod.exe", "package.path_bidi"),
        ("data/a\u{200f}", "package.path_bidi"),
        ("data/a\u{2066}b", "package.path_bidi"),
        ("data/a.", "package.path_trailing"),
        ("data/a ", "package.path_trailing"),
        ("data/a\u{3000}", "package.path_trailing"),
        ("data./a", "package.path_trailing"),
        ("data/...", "package.path_trailing"),
        ("data/CON", "package.path_device"),
        ("data/nul.txt", "package.path_device"),
        ("data/com1.tar.gz", "package.path_device"),
        ("data/LPT²", "package.path_device"),
        ("data/con .txt", "package.path_device"),
        ("data/a:b", "package.path_character"),
        ("data/a?", "package.path_character"),
        ("data/a*b", "package.path_character"),
        ("data/<a>", "package.path_character"),
        ("data/a|b", "package.path_character"),
        ("data/\"a\"", "package.path_character"),
        ("data/cafe\u{301}", "package.path_not_nfc"),
        ("data/\u{212b}", "package.path_not_nfc"),
    ];
    let mut names: Vec<_> = plain.iter().map(|(name, code)| ((*name).to_owned(), *code)).collect();
    names.push((format!("data/{}", "a".repeat(241)), "package.path_part_too_long"));
    names.push((format!("data/{}", "件".repeat(81)), "package.path_part_too_long"));
    names.push((["data", &"a/".repeat(8)].concat() + &"b".repeat(400), "package.path_too_long"));
    names.push(("d/".repeat(16) + "a", "package.path_deep"));
    names
}

#[test]
fn no_container_hands_on_a_name_that_is_not_plain() {
    let mut cases = Vec::new();
    for (name, code) in names() {
        assert_eq!(check_path(&name), Err(code), "{name:?}");
        let full = format!("top/{name}");
        cases.push((format!("tar {name:?}"), code, refused(&packed(&[Entry::file(&full, b"x")]))));
        cases.push((format!("zip {name:?}"), code, refused(&Zip::of(&[(&full, b"x")]).bytes())));
        let second = [Entry::file("top/data/first", b"x"), Entry::file(&full, b"x")];
        cases.push((format!("second in the tar {name:?}"), code, refused(&packed(&second))));
    }
    all_as(cases);
}

#[test]
fn no_container_hands_on_two_names_for_one_file() {
    let pairs = [
        (["top/data/a", "top/data/a"], "package.path_duplicate"),
        (["top/data/a", "top/data/A"], "package.path_case_equal"),
        (["top/data/É", "top/data/é"], "package.path_case_equal"),
        (["top/data/x/a", "top/data/X/b"], "package.path_case_equal"),
        (["top/data/a", "top/data/a/b"], "package.path_file_and_directory"),
        (["top/data/a/b", "top/data/a"], "package.path_file_and_directory"),
        (["top/data/a/b", "top/data/A"], "package.path_file_and_directory"),
        (["top/data/a", "other/data/b"], "package.path_top"),
        (["top/data/a", "Top/data/b"], "package.path_top"),
        (["top/data/a", "loose"], "package.path_top"),
        (["top/data/a", "/etc/cron.d/x"], "package.path_absolute"),
        (["top/data/a", "../x"], "package.path_top"),
        (["../x", "top/data/a"], "package.path_dots"),
        (["./data/a", "./data/b"], "package.path_dots"),
        (["C:/a", "C:/b"], "package.path_drive"),
    ];
    let mut cases = Vec::new();
    for ([one, other], code) in pairs {
        let label = format!("{one:?} {other:?}");
        let tar = packed(&[Entry::file(one, b"1"), Entry::file(other, b"2")]);
        cases.push((format!("tar {label}"), code, refused(&tar)));
        cases.push((format!("zip {label}"), code, refused(&Zip::of(&[(one, b"1"), (other, b"2")]).bytes())));
    }
    all_as(cases);
}

#[test]
fn names_that_are_equal_in_form_c_are_told_apart_from_others() {
    let mut seen = PathSet::default();
    assert_eq!(seen.file("data/caf\u{e9}"), Ok(()));
    assert_eq!(seen.file("data/cafe\u{301}").unwrap_err().0, "package.path_nfc_equal");
    assert_eq!(seen.file("data/CAFE\u{301}").unwrap_err().0, "package.path_case_equal");
    assert_eq!(seen.directory("data/caf\u{e9}").unwrap_err().0, "package.path_file_and_directory");
    assert_eq!((seen.directory("data/d"), seen.directory("data/d")), (Ok(()), Ok(())));
    assert_eq!(seen.file("data/d").unwrap_err().0, "package.path_file_and_directory");
}

#[test]
fn plain_names_of_any_script_are_taken() {
    for name in [
        "data/说明文件.TXT",
        "data/Z109/WS·2026/Y/办公室/Z109-WS·2026-Y-办公室-0001/正文.ofd",
        "data/ a",
        "data/.x",
        "data/-",
    ] {
        assert_eq!(check_path(name), Ok(()), "{name}");
    }
    assert_eq!(check_path(&format!("data/{}", "件".repeat(80))), Ok(()));
    assert_eq!(check_path(&("d/".repeat(15) + "a")), Ok(()));
}
