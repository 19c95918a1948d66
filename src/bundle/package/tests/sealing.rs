//! The tag files of a package.

use super::super::bag::{Algorithm, Rules, check, profile, seal};
use super::super::{Layered, Plain, Tree, bag};
use super::{sample, tree};

pub(super) fn info() -> Vec<(String, String)> {
    let line = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    vec![
        line("Source-Organization", "临沂市某局"),
        line("Bagging-Date", "2026-11-22"),
        line("External-Identifier", "linyi.gov.cn/xxgk 0-25"),
        line("Bag-Group-Identifier", "Z109"),
        line("Internal-Sender-Identifier", "0001"),
        line("BagIt-Profile-Identifier", profile::IDENTIFIER),
    ]
}

fn payload() -> Plain {
    let files = sample().into_files().into_iter().filter(|(path, _)| path.starts_with("data/"));
    Plain::new(files)
}

#[test]
fn a_sealed_payload_is_a_package() {
    let payload = payload();
    let sealed = seal(&payload, &info()).unwrap();
    let note = tree(&[("signature/tagmanifest-sha512.txt.note", b"note")]);
    let whole = Layered::new(vec![&payload, &sealed.tags, &note]).unwrap();
    let report = check(&whole, Rules::Package).unwrap();
    assert!(report.passed() && report.findings.list().is_empty(), "{:#?}", report.findings);
    assert_eq!(report.checked, 3 * sealed.files as u64);
    assert_eq!((report.payload_files, report.payload_octets), (sealed.files, sealed.octets));
    assert_eq!(report.tag_manifest_sha512, Some(sealed.tag_manifest_sha512));
    assert_eq!(report.info("bag-group-identifier"), Some("Z109"));
    assert_eq!(report.files.len(), whole.files().len());
    assert!(report.files.iter().all(|file| file.digests.get(Algorithm::Sha512).is_some()));
    let manifest = String::from_utf8(sealed.tags.bytes("manifest-sm3.txt").unwrap().to_vec()).unwrap();
    assert!(manifest.contains("  data/100%25.txt\n"), "{manifest}");
    assert_eq!(sealed, seal(&payload, &info()).unwrap());
}

#[test]
fn the_tag_files_are_byte_for_byte() {
    let sealed = seal(&tree(&[("data/a", b"abc")]), &info()[..1]).unwrap();
    let text = |name| String::from_utf8(sealed.tags.bytes(name).unwrap().to_vec()).unwrap();
    assert_eq!(text("bagit.txt"), "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
    assert_eq!(text("bag-info.txt"), "Source-Organization: 临沂市某局\nPayload-Oxum: 3.1\n");
    let sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
    assert_eq!(text("manifest-sm3.txt"), format!("{sm3}  data/a\n"));
    let blake3 = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
    assert_eq!(text("manifest-blake3.txt"), format!("{blake3}  data/a\n"));
    let listed: Vec<String> =
        text("tagmanifest-sha512.txt").lines().map(|line| line[130..].to_owned()).collect();
    let five =
        ["bag-info.txt", "bagit.txt", "manifest-blake3.txt", "manifest-sha512.txt", "manifest-sm3.txt"];
    assert_eq!(listed, five);
}

#[test]
fn what_cannot_be_a_package_is_not_sealed() {
    let code = |files: &[(&str, &[u8])], info: &[(&str, &str)]| {
        let info: Vec<_> = info.iter().map(|(l, v)| ((*l).to_owned(), (*v).to_owned())).collect();
        seal(&tree(files), &info).unwrap_err().code
    };
    let good: &[(&str, &[u8])] = &[("data/a", b"")];
    assert_eq!(code(&[], &[]), "package.empty");
    assert_eq!(code(&[("a", b"")], &[]), "package.bag_payload");
    assert_eq!(code(&[("data/a", b""), ("data/A", b"")], &[]), "package.path_case_equal");
    assert_eq!(code(&[("data/a\nb", b"")], &[]), "package.path_control");
    assert_eq!(code(good, &[("payload-oxum", "1.1")]), "package.info_oxum");
    assert_eq!(code(good, &[("a b", "x")]), "package.info_label");
    assert_eq!(code(good, &[("A", "x\ny")]), "package.info_value");
    assert_eq!(code(good, &[("A", " x")]), "package.info_value");
    assert_eq!(code(good, &[("A", "")]), "package.limit_info");
    assert_eq!(code(good, &[("A", &"x".repeat(1_001))]), "package.limit_info");
    let twice = Layered::new(vec![&payload(), &payload()]).map(drop);
    assert_eq!(twice.unwrap_err().code, "package.path_duplicate");
}

#[test]
fn digests_of_large_files_are_the_same_side_by_side() {
    let bytes: Vec<u8> = (0..5_000_000_u32).map(|n| (n >> 3) as u8).collect();
    let (length, whole) = bag::digest(&bytes[..], bytes.len() as u64, &Algorithm::ALL).unwrap();
    let (_, small) = bag::digest(&bytes[..], 0, &Algorithm::ALL).unwrap();
    assert_eq!((length, &whole), (5_000_000, &small));
    for algorithm in Algorithm::ALL {
        assert_eq!(whole.hex(algorithm).len(), algorithm.digits());
    }
}
