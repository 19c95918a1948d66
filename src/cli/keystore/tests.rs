#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::fault::{Fault, FaultKind, Lang, message};
use crate::record::keys::{PublicKey, SecretKey};

fn name(text: &str) -> KeyName {
    KeyName::parse(text).unwrap()
}

fn env(home: &TempDir) -> Env {
    Env { home: Some(home.path().join("home")), ..Env::default() }
}

fn with_passphrase(home: &TempDir, passphrase: &str) -> Env {
    Env { passphrase: Some(Passphrase::from_bytes(passphrase.into())), ..env(home) }
}

fn from(env: &Env) -> PassphraseFrom<'_> {
    PassphraseFrom { env, file: None }
}

/// A terminal on which somebody types these lines.
fn typing(home: &TempDir, lines: &[&str]) -> Env {
    let lines = RefCell::new(lines.iter().rev().map(|line| (*line).to_owned()).collect::<Vec<_>>());
    let ask = move |_: &str| lines.borrow_mut().pop().ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into());
    Env { ask: Some(Box::new(ask)), ..env(home) }
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn chmod(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// A home with the key 张三 under the passphrase `correct horse`.
fn office() -> (TempDir, Keystore, KeyEntry) {
    let home = TempDir::new().unwrap();
    let env = with_passphrase(&home, "correct horse");
    let store = Keystore::of(&env).unwrap();
    let entry = store.create(&name("张三"), &from(&env)).unwrap();
    (home, store, entry)
}

fn code<T>(outcome: Result<T, Fault>) -> &'static str {
    match outcome {
        Ok(_) => panic!("should have been refused"),
        Err(fault) => {
            let text = fault.text(Lang::Zh) + &fault.text(Lang::En);
            assert!(!text.contains('{') && text.contains(' '), "unfilled: {text}");
            fault.code
        }
    }
}

#[test]
fn a_new_key_is_private_complete_and_usable() {
    let (home, store, entry) = office();
    let keys = home.path().join("home/keys");
    assert_eq!(store.folder(), keys);
    assert_eq!(
        (mode(&keys), mode(&keys.join("张三.pem")), mode(&keys.join("张三.json"))),
        (0o700, 0o600, 0o600)
    );
    assert_eq!(fs::read_dir(&keys).unwrap().count(), 2);
    let side = fs::read_to_string(keys.join("张三.json")).unwrap();
    assert_eq!(side, format!("{{\"name\":\"张三\",\"key\":\"{}\"}}\n", entry.key));
    let signer = store.unlock(&name("张三"), &from(&with_passphrase(&home, "correct horse"))).unwrap();
    assert_eq!(signer.key(), entry.key);
    assert!(PublicKey::decode(entry.key).unwrap().verify(b"m", &signer.sign(b"m").unwrap()));
}

#[test]
fn keys_differ_and_so_do_salts() {
    let (home, store, first) = office();
    let env = with_passphrase(&home, "correct horse");
    let second = store.create(&name("李四"), &from(&env)).unwrap();
    assert_ne!(first.key, second.key);
    let read = |file| fs::read_to_string(store.folder().join(file)).unwrap();
    // The first 48 bytes of DER are tags; salt and IV follow.
    assert_ne!(read("张三.pem").lines().nth(2), read("李四.pem").lines().nth(2));
    assert_eq!(store.list().unwrap(), [first, second]);
}

#[test]
fn a_key_is_never_overwritten() {
    let (home, store, entry) = office();
    let read = || fs::read(store.folder().join("张三.pem")).unwrap();
    let before = read();
    let env = with_passphrase(&home, "other");
    assert_eq!(code(store.create(&name("张三"), &from(&env))), "key.exists");
    fs::remove_file(store.folder().join("张三.json")).unwrap();
    assert_eq!(code(store.create(&name("张三"), &from(&env))), "key.exists");
    assert_eq!(read(), before);
    // Nor does a race: the file system itself refuses a taken name.
    assert!(!private::create(store.folder(), "张三.pem", b"x").unwrap());
    assert_eq!(read(), before);
    // The side file is made again at the next unlocking.
    store.unlock(&name("张三"), &from(&with_passphrase(&home, "correct horse"))).unwrap();
    assert_eq!(store.entry(&name("张三")).unwrap(), Some(entry));
    // A side file whose private key is elsewhere keeps its name, too.
    fs::remove_file(store.folder().join("张三.pem")).unwrap();
    assert_eq!(code(store.create(&name("张三"), &from(&env))), "key.exists");
}

#[test]
fn nobody_is_asked_for_the_passphrase_of_a_taken_or_missing_name() {
    let (home, store, _) = office();
    let nobody = typing(&home, &[]);
    assert_eq!(code(store.create(&name("张三"), &from(&nobody))), "key.exists");
    assert_eq!(code(store.unlock(&name("李四"), &from(&nobody))), "key.unknown");
    assert_eq!(code(store.unlock(&name("张三"), &from(&nobody))), "passphrase.not_read");
}

#[test]
fn what_others_may_touch_is_refused() {
    let (home, store, _) = office();
    let env = with_passphrase(&home, "correct horse");
    for (file, good) in [("张三.pem", 0o600), ("张三.json", 0o600)] {
        let path = store.folder().join(file);
        for bad in [0o640, 0o604, 0o620, 0o602, 0o610] {
            chmod(&path, bad);
            assert_eq!(
                code(store.unlock(&name("张三"), &from(&env))),
                "key.file_open_to_others",
                "{file} {bad:o}"
            );
        }
        chmod(&path, good);
    }
    chmod(store.folder(), 0o750);
    assert_eq!(code(store.unlock(&name("张三"), &from(&env))), "key.folder_open_to_others");
    assert_eq!(code(store.create(&name("李四"), &from(&env))), "key.folder_open_to_others");
    assert_eq!(code(store.list()), "key.folder_open_to_others");
    chmod(store.folder(), 0o700);
    chmod(&store.folder().join("张三.pem"), 0o400);
    store.unlock(&name("张三"), &from(&env)).unwrap();
}

#[test]
fn links_and_folders_are_no_keys() {
    let (home, store, _) = office();
    let env = with_passphrase(&home, "correct horse");
    symlink("张三.pem", store.folder().join("a.pem")).unwrap();
    fs::create_dir(store.folder().join("b.pem")).unwrap();
    symlink("nowhere", store.folder().join("c.pem")).unwrap();
    for link in ["a", "b", "c"] {
        assert_eq!(code(store.unlock(&name(link), &from(&env))), "key.not_a_file");
        assert_eq!(code(store.create(&name(link), &from(&env))), "key.not_a_file");
    }
    assert!(!store.folder().join("nowhere").exists());
}

#[test]
fn an_exchanged_key_file_is_found() {
    let (home, store, entry) = office();
    let planted = SecretKey::from_seed([9; 32]);
    let pem = planted.to_encrypted_pem(b"correct horse", &[1; 16], &[2; 16]).unwrap();
    fs::write(store.folder().join("张三.pem"), pem).unwrap();
    let fault = store.unlock(&name("张三"), &from(&with_passphrase(&home, "correct horse"))).err().unwrap();
    assert_eq!(fault.code, "key.mismatch");
    assert_eq!(fault.args["expected"], entry.key.to_string());
    assert_eq!(fault.args["found"], planted.key().to_string());
}

#[test]
fn damaged_files_are_named() {
    let (home, store, _) = office();
    let env = with_passphrase(&home, "correct horse");
    let (pem, side) = (store.folder().join("张三.pem"), store.folder().join("张三.json"));
    for bad in [&b"{"[..], b"{\"name\":\"\xe6\x9d\x8e\",\"key\":\"ed25519:00\"}", &[b' '; 20_000]] {
        fs::write(&side, bad).unwrap();
        assert_eq!(code(store.unlock(&name("张三"), &from(&env))), "key.bad_side_file");
    }
    let of_another = format!("{{\"name\":\"李四\",\"key\":\"{}\"}}", SecretKey::from_seed([1; 32]).key());
    fs::write(&side, of_another).unwrap();
    assert_eq!(code(store.list()), "key.bad_side_file");
    fs::remove_file(&side).unwrap();
    for bad in [&b""[..], b"\xff\xfe", &[b'-'; 10_000]] {
        fs::write(&pem, bad).unwrap();
        assert_eq!(code(store.unlock(&name("张三"), &from(&env))), "key.bad_pem");
    }
}

#[test]
fn an_enrolment_is_noted() {
    let (_home, store, entry) = office();
    store.note_enrolment(&name("张三"), "person/abc", "linyi.gov.cn/xxgk").unwrap();
    let noted = store.entry(&name("张三")).unwrap().unwrap();
    assert_eq!((noted.key, noted.holder.as_deref()), (entry.key, Some("person/abc")));
    assert_eq!(noted.origin.as_deref(), Some("linyi.gov.cn/xxgk"));
    assert_eq!(mode(&store.folder().join("张三.json")), 0o600);
    assert_eq!(code(store.note_enrolment(&name("李四"), "person/abc", "o")), "key.unknown");
}

#[test]
fn foreign_files_are_passed_over() {
    let (_home, store, entry) = office();
    for file in ["README", "%2e.json", "%E5.json", ".json", "Li.json", ".张三.json.0123456789abcdef"] {
        fs::write(store.folder().join(file), "x").unwrap();
    }
    assert_eq!(store.list().unwrap(), [entry]);
}

#[test]
fn the_home_is_found_in_order() {
    let path = |text: &str| Some(PathBuf::from(text));
    let mut env = Env { home: path("/z"), config_home: path("/c"), user_home: path("/u"), ..Env::default() };
    assert_eq!(Keystore::of(&env).unwrap().folder(), Path::new("/z/keys"));
    env.home = None;
    assert_eq!(Keystore::of(&env).unwrap().folder(), Path::new("/c/zhaoce/keys"));
    env.config_home = None;
    assert_eq!(Keystore::of(&env).unwrap().folder(), Path::new("/u/.config/zhaoce/keys"));
    env.user_home = None;
    assert_eq!(code(Keystore::of(&env)), "key.no_home");
    assert_eq!(Keystore::of(&Env { home: path("/nowhere"), ..Env::default() }).unwrap().list().unwrap(), []);
}

fn file(home: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = home.path().join("passphrase");
    fs::write(&path, bytes).unwrap();
    chmod(&path, 0o600);
    path
}

#[test]
fn the_passphrase_file_comes_first_and_gives_its_first_line() {
    let (home, store, entry) = office();
    let env = with_passphrase(&home, "wrong");
    for content in
        ["correct horse", "correct horse\n", "correct horse\r\nsecond line\n", "\u{feff}correct horse\n"]
    {
        let path = file(&home, content.as_bytes());
        let from = PassphraseFrom { env: &env, file: Some(&path) };
        assert_eq!(store.unlock(&name("张三"), &from).unwrap().key(), entry.key);
    }
    for (content, expected) in [
        (&b" correct horse\n"[..], "key.wrong_passphrase"),
        (b"\ncorrect horse\n", "passphrase.empty"),
        (b"", "passphrase.empty"),
        (&[b'x'; 1025], "passphrase.too_long"),
        (&[b'x'; 100_000], "passphrase.too_long"),
    ] {
        let path = file(&home, content);
        assert_eq!(
            code(store.unlock(&name("张三"), &PassphraseFrom { env: &env, file: Some(&path) })),
            expected
        );
    }
}

#[test]
fn a_passphrase_file_must_be_there_and_private() {
    let (home, store, _) = office();
    let env = env(&home);
    let path = file(&home, b"correct horse\n");
    chmod(&path, 0o644);
    let with =
        |path: &Path| code(store.unlock(&name("张三"), &PassphraseFrom { env: &env, file: Some(path) }));
    assert_eq!(with(&path), "passphrase.file_open_to_others");
    assert_eq!(with(&home.path().join("none")), "io.failed");
}

#[test]
fn without_a_terminal_nothing_prompts() {
    let (home, store, _) = office();
    let env = env(&home);
    let fault = store.unlock(&name("张三"), &from(&env)).err().unwrap();
    assert_eq!((fault.code, fault.kind), ("passphrase.missing", FaultKind::Usage));
    assert!(
        fault.text(Lang::En).contains("ZHAOCE_PASSPHRASE")
            && fault.text(Lang::Zh).contains("ZHAOCE_PASSPHRASE")
    );
    assert_eq!(code(store.create(&name("李四"), &from(&env))), "passphrase.missing");
    assert_eq!(store.entry(&name("李四")).unwrap(), None);
}

#[test]
fn a_typed_passphrase_is_typed_twice() {
    let (home, store, _) = office();
    let typed = |lines: &[&str]| store.create(&name("李四"), &from(&typing(&home, lines)));
    assert_eq!(code(typed(&["correct horse", "correct house"])), "passphrase.differs");
    assert_eq!(code(typed(&["short", "short"])), "passphrase.too_short");
    assert_eq!(code(typed(&[""])), "passphrase.empty");
    assert_eq!(code(typed(&["correct horse"])), "passphrase.not_read");
    assert_eq!(store.list().unwrap().len(), 1);
    let entry = typed(&["政府信息公开条例", "政府信息公开条例"]).unwrap();
    let signer = store.unlock(&name("李四"), &from(&typing(&home, &["政府信息公开条例"]))).unwrap();
    assert_eq!(signer.key(), entry.key);
}

#[test]
fn no_fault_repeats_a_passphrase() {
    let (home, store, _) = office();
    let secret = "battery staple";
    let faults = [
        store.unlock(&name("张三"), &from(&with_passphrase(&home, secret))).err(),
        store.unlock(&name("张三"), &from(&typing(&home, &[secret]))).err(),
        store.create(&name("李四"), &from(&typing(&home, &[secret, "other"]))).err(),
        store.unlock(&name("张三"), &from(&with_passphrase(&home, &secret.repeat(100)))).err(),
    ];
    for fault in faults {
        let fault = fault.unwrap();
        let shown = format!("{fault:?} {fault} {}", serde_json::to_string(&fault).unwrap());
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn names_and_their_files() {
    for (text, stem) in [
        ("张三", "张三"),
        ("clerk-1_a", "clerk-1_a"),
        ("Li Na", "%4Ci%20%4Ea"),
        ("../etc/passwd", "%2E%2E%2Fetc%2Fpasswd"),
        (".", "%2E"),
        ("50%", "50%25"),
        ("é", "%C3%A9"),
        ("e\u{301}", "%C3%A9"),
    ] {
        assert_eq!(name(text).stem(), stem);
    }
    let long = "公".repeat(41);
    let emoji = "😀".repeat(17);
    for bad in ["", " ", " 张", "张 ", "a\0b", "a\nb", "a\u{202e}b", "a\u{200b}", "\u{feff}", &long, &emoji]
    {
        let fault = KeyName::parse(bad).unwrap_err();
        assert_eq!(fault.code, "key.bad_name", "{bad:?}");
        assert!(!fault.args["found"].chars().any(char::is_control));
    }
    assert_eq!(name(&"公".repeat(40)).stem(), "公".repeat(40));
    for stem in ["A", "%2f", "%2F%", "%zz", "%E5", "a.b", "%61", "", "a/b", "é", "% 2", "%+2"] {
        assert_eq!(KeyName::from_stem(stem), None, "{stem}");
    }
}

proptest! {
    /// Every accepted name has a file name of its own that cannot leave the folder, and reads back.
    #[test]
    fn any_name_is_a_safe_file_name(text in "\\PC{1,40}") {
        let Ok(name) = KeyName::parse(&text) else { return Ok(()) };
        let stem = name.stem();
        prop_assert!(!stem.is_empty() && stem.len() <= 200);
        prop_assert!(!stem.contains(['.', '/', '\\', '\0', ' ']));
        prop_assert_eq!(Path::new(&stem).components().count(), 1);
        prop_assert_eq!(stem.to_lowercase().replace(|c: char| c.is_ascii_hexdigit(), ""),
            stem.replace(|c: char| c.is_ascii_hexdigit(), ""));
        prop_assert_eq!(KeyName::from_stem(&stem), Some(name));
    }

    #[test]
    fn different_names_have_different_files(one in "[aA张.%/ é2E]{1,6}", other in "[aA张.%/ é2E]{1,6}") {
        let (Ok(one), Ok(other)) = (KeyName::parse(&one), KeyName::parse(&other)) else { return Ok(()) };
        prop_assert_eq!(one == other, one.stem().to_lowercase() == other.stem().to_lowercase());
    }

    #[test]
    fn any_stem_is_survived(stem in "\\PC{0,40}|[%0-9A-Fa-f张]{0,12}") {
        if let Some(name) = KeyName::from_stem(&stem) {
            prop_assert_eq!(name.stem(), stem);
        }
    }
}

/// Every code that key custody names in its source stands in the table, in both languages.
#[test]
fn every_code_has_its_texts() {
    let sources = [
        include_str!("agent.rs"),
        include_str!("name.rs"),
        include_str!("passphrase.rs"),
        include_str!("private.rs"),
        include_str!("store.rs"),
        include_str!("unlock.rs"),
    ];
    let mut codes = Vec::new();
    for quoted in sources.iter().flat_map(|source| source.split('"')) {
        let class = quoted.split_once('.').map(|(class, _)| class);
        let plain = quoted.bytes().all(|b| b.is_ascii_lowercase() || matches!(b, b'.' | b'_'));
        if plain && matches!(class, Some("key" | "agent" | "passphrase" | "random" | "io")) {
            codes.push(quoted);
        }
    }
    assert!(codes.len() > 25, "{codes:?}");
    for code in codes {
        let message = message(code).unwrap_or_else(|| panic!("{code} has no text"));
        assert!(!message.zh.is_empty() && message.zh != message.en, "{code}");
        assert_eq!(message.next_zh.is_empty(), message.next_en.is_empty(), "{code}");
    }
}
