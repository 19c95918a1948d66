//! The invariants of ARCHITECTURE.md that a compiler does not check, read off the source text: which floor names which,
//! who touches the disk, the clock, the terminal, how long things are, and that every code has its sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Floors by module. Each may name those with a smaller number, and itself.
const FLOORS: &[(&str, u8)] = &[
    ("fault", 0),
    ("record", 1),
    ("rules", 2),
    ("log", 3),
    ("views", 4),
    ("ledger", 5),
    ("bundle", 6),
    ("exchange", 6),
    ("archive", 7),
    ("cli", 8),
];

/// Codes that are never shown, and placeholders that hold a Chinese word and so stand in the Chinese sentence only.
const NEVER_SHOWN: &[&str] = &["io.broken_pipe"];
const CHINESE_ONLY: &[(&str, &str)] = &[("item.not_said", "name")];

/// The only files (or folders) that may write, rename, remove or sync files, and why.
const WRITERS: &[(&str, &str)] = &[
    ("log/disk.rs", "the real disk behind the log's trait"),
    ("log/durable.rs", "every durable write of the log, through that trait"),
    ("log/mark.rs", "the high-water mark, through that trait"),
    ("log/tail.rs", "settles a torn tail when the log is opened, through that trait"),
    ("views/open.rs", "sets sled's folder aside, and throws it away"),
    ("archive/durable.rs", "every durable write of the archive, through the same trait"),
    ("bundle/sink.rs", "a bag unpacked into a folder"),
    ("bundle/package/landing.rs", "a package unpacked into a private folder"),
    ("ledger/found.rs", "makes the ledger's folder"),
    ("cli/keystore/private.rs", "private keys"),
    ("cli/output.rs", "files that were asked for, whole or not at all"),
    ("cli/bundle/export.rs", "the bundle that was asked for"),
    ("cli/bundle/shelf.rs", "the package that was asked for"),
    ("cli/archive/init.rs", "makes the archive's folder"),
    ("cli/bundle/verify.rs", "the verifier's state that was asked for"),
    ("cli/proof/consistency.rs", "the proof that was asked for"),
    ("cli/proof/make.rs", "the proof that was asked for"),
    ("cli/demo/", "the demo's folder, and the damage it does there"),
];

const WRITES: &[&str] = &[
    "fs::write(",
    "fs::rename(",
    "fs::copy(",
    "fs::hard_link(",
    "fs::remove_file(",
    "fs::remove_dir",
    "fs::create_dir",
    "File::create",
    "File::options",
    "OpenOptions",
    "DirBuilder",
    ".sync_all(",
    ".sync_data(",
    ".set_len(",
];

/// What would make an answer depend on when, where or before whom it is computed.
const SURROUNDINGS: &[&str] = &[
    "std::env",
    "env::var",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
    "stdin(",
    "getrandom",
    "rand::",
];

const TERMINAL: &[&str] = &["stdout(", "stderr(", "println!", "eprintln!", "print!(", "eprint!(", "dbg!("];

const FUNCTION_MAX: usize = 70;
const FILE_MAX: usize = 500;

struct Source {
    /// Path below `src/`, with `/`.
    path: String,
    /// The text, with comments blanked.
    code: String,
    /// The text, with comments and the insides of strings blanked.
    bare: String,
    lines: usize,
    test: bool,
}

impl Source {
    fn floor(&self) -> Option<(&'static str, u8)> {
        let top = self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        FLOORS.iter().find(|(name, _)| *name == top).copied()
    }

    fn line_of(&self, at: usize) -> usize {
        self.bare[..at].matches('\n').count() + 1
    }

    /// Places where `token` stands, not as the end of a longer name.
    fn places(&self, token: &str) -> Vec<usize> {
        let inside_name = |at: usize| self.bare[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let named = token.starts_with(|c: char| c.is_alphabetic());
        let places = self.bare.match_indices(token).map(|(at, _)| at);
        places.filter(|at| !(named && inside_name(*at))).collect()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    files(&root(), &mut found);
    found.sort();
    found.iter().map(|path| read(path)).collect()
}

fn read(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap();
    let name = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
    let test =
        name.split('/').any(|part| part == "tests" || part == "tests.rs" || part.ends_with("_tests.rs"))
            || name.starts_with("log/fake");
    let (code, bare) = blank(&text);
    let lines = text.lines().count();
    let (code, bare) = if test { (code, bare) } else { without_test_modules(&code, &bare) };
    Source { path: name, code, bare, lines, test }
}

/// Blanks comments, and in the second copy the insides of strings too. Line breaks and byte offsets stay.
fn blank(text: &str) -> (String, String) {
    let bytes = text.as_bytes();
    let (mut code, mut bare) = (bytes.to_vec(), bytes.to_vec());
    let erase = |copy: &mut Vec<u8>, from: usize, to: usize| {
        copy[from..to].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
    };
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let in_word = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || bytes[at - 1] == b'_');
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            erase(&mut code, at, at + length);
            length
        } else if rest.starts_with('"') || (!in_word && (rest.starts_with("b\"") || is_raw_string(rest))) {
            string_length(rest)
        } else if rest.starts_with('\'') {
            character_length(rest)
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
            continue;
        };
        if length > 1 {
            erase(&mut bare, at, at + length);
        }
        at += length;
    }
    (String::from_utf8(code).unwrap(), String::from_utf8(bare).unwrap())
}

fn is_raw_string(rest: &str) -> bool {
    let rest = rest.strip_prefix('b').unwrap_or(rest);
    rest.strip_prefix('r').is_some_and(|rest| rest.trim_start_matches('#').starts_with('"'))
}

fn string_length(rest: &str) -> usize {
    if is_raw_string(rest) {
        let open = rest.find('"').unwrap();
        let close = format!("\"{}", "#".repeat(rest[..open].matches('#').count()));
        return open + 1 + rest[open + 1..].find(&close).unwrap() + close.len();
    }
    let mut escaped = false;
    let open = rest.find('"').unwrap() + 1;
    let close = rest[open..].find(|c| {
        let ends = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        ends
    });
    open + close.expect("a string ends") + 1
}

/// Length of a character literal; 1 for the quote of a lifetime.
fn character_length(rest: &str) -> usize {
    let mut inside = rest[1..].char_indices();
    match inside.next() {
        Some((_, '\\')) => rest[3..].find('\'').map_or(1, |end| end + 4),
        Some((_, first)) if rest[1 + first.len_utf8()..].starts_with('\'') => first.len_utf8() + 2,
        _ => 1,
    }
}

/// Blanks what `#[cfg(test)]` guards: a declaration or a block.
fn without_test_modules(code: &str, bare: &str) -> (String, String) {
    let (mut code, mut bare) = (code.as_bytes().to_vec(), bare.to_owned());
    while let Some(at) = bare.find("#[cfg(test)]") {
        let rest = &bare[at..];
        let open = rest.find('{').unwrap_or(rest.len());
        let end = match rest.find(';') {
            Some(semicolon) if semicolon < open => semicolon + 1,
            _ => block_end(rest, open),
        };
        code[at..at + end].iter_mut().filter(|b| **b != b'\n').for_each(|b| *b = b' ');
        let blank: String = rest[..end].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
        bare.replace_range(at..at + end, &blank);
    }
    (String::from_utf8_lossy(&code).into_owned(), bare)
}

/// The place behind the brace that closes the one at `open`.
fn block_end(text: &str, open: usize) -> usize {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at + 1,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// Names of the crate's modules that the text at `at`, just behind `crate::`, begins with.
fn modules_named(rest: &str) -> Vec<&str> {
    let name = |text: &'_ str| -> usize {
        text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
    };
    let Some(list) = rest.strip_prefix('{') else { return vec![&rest[..name(rest)]] };
    let (mut depth, mut names, mut expects) = (0usize, Vec::new(), true);
    for (at, c) in list.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects = true,
            c if expects && !c.is_whitespace() => {
                names.push(&list[at..at + name(&list[at..])]);
                expects = false;
            }
            _ => {}
        }
    }
    names
}

/// Paths from the crate's root: behind `crate::`, and behind as many `super::` as lead there.
fn crate_paths(source: &Source) -> Vec<(usize, &str)> {
    let file = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
    let up = "super::".repeat(file.split('/').count());
    let mut found: Vec<_> =
        source.places("crate::").into_iter().map(|at| (at, at + "crate::".len())).collect();
    found.extend(source.places(&up).into_iter().map(|at| (at, at + up.len())));
    found.into_iter().map(|(at, behind)| (at, &source.bare[behind..])).collect()
}

fn check(found: &[String], advice: &str) {
    assert!(found.is_empty(), "\n{}\n\n{advice}\n", found.join("\n"));
}

#[test]
fn floors_point_downwards_only() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.test) {
        let Some((own, floor)) = source.floor() else { continue };
        for (at, rest) in crate_paths(source) {
            for name in modules_named(rest) {
                let other = FLOORS.iter().find(|(module, _)| *module == name);
                if other.is_some_and(|(module, level)| *module != own && *level >= floor) {
                    found.push(format!("src/{}:{} names `{name}`", source.path, source.line_of(at)));
                }
            }
        }
    }
    check(
        &found,
        "A floor may use the floors below it only (ARCHITECTURE.md): pass the value in, or move the code.",
    );
}

#[test]
fn every_module_has_a_floor_and_main_only_calls_the_command_line() {
    for source in sources() {
        let rooted = ["lib.rs", "main.rs"].contains(&source.path.as_str());
        assert!(rooted || source.floor().is_some(), "src/{} belongs to no floor", source.path);
        if source.path == "main.rs" {
            let named: BTreeSet<_> =
                source.places("zhaoce::").iter().map(|at| &source.bare[*at..at + 13]).collect();
            assert!(named.iter().all(|path| path.starts_with("zhaoce::cli")), "main.rs names {named:?}");
        }
    }
}

#[test]
fn sled_is_named_in_one_file() {
    let sources = sources();
    let named: Vec<_> =
        sources.iter().filter(|s| !s.test && !s.places("sled::").is_empty()).map(|s| &s.path).collect();
    assert!(named.len() <= 1, "{named:?}: only one file of views may know sled (docs/sled.md)");
    assert!(named.iter().all(|path| path.starts_with("views/")), "{named:?}: sled belongs to the views");
}

#[test]
fn only_the_named_files_write_files() {
    let mut found = Vec::new();
    for source in
        sources().iter().filter(|s| !s.test && !WRITERS.iter().any(|(path, _)| s.path.starts_with(path)))
    {
        for token in WRITES {
            let places = source.places(token).into_iter();
            found
                .extend(places.map(|at| format!("src/{}:{} has `{token}`", source.path, source.line_of(at))));
        }
    }
    check(
        &found,
        "Durable writes go through log/durable.rs; the other writers are listed, with the reason, in tests/floors.rs.",
    );
}

#[test]
fn answers_depend_on_no_clock_environment_terminal_or_chance() {
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.test) {
        let Some((_, floor)) = source.floor() else { continue };
        let banned: Vec<_> = match floor {
            0..5 => SURROUNDINGS.iter().chain(TERMINAL).collect(),
            5..8 => TERMINAL.iter().collect(),
            _ => Vec::new(),
        };
        for token in banned {
            let places = source.places(token).into_iter();
            found
                .extend(places.map(|at| format!("src/{}:{} has `{token}`", source.path, source.line_of(at))));
        }
    }
    check(&found, "Pass the time, salts, ids and settings in; let the command line speak with people.");
}

#[test]
fn functions_and_files_are_short() {
    let mut found = Vec::new();
    for source in sources() {
        if source.lines > FILE_MAX {
            found.push(format!("src/{} has {} lines, the limit is {FILE_MAX}", source.path, source.lines));
        }
        for at in source.places("fn ").into_iter().filter(|_| !source.test) {
            let rest = &source.bare[at..];
            let open = rest.find('{').unwrap_or(rest.len());
            if rest.find(';').is_some_and(|semicolon| semicolon < open) {
                continue;
            }
            let lines = rest[..block_end(rest, open)].lines().count();
            if lines > FUNCTION_MAX {
                let name = rest[3..].split(['(', '<']).next().unwrap_or_default();
                let line = source.line_of(at);
                found.push(format!(
                    "src/{}:{line} {name} has {lines} lines, the limit is {FUNCTION_MAX}",
                    source.path
                ));
            }
        }
    }
    check(
        &found,
        "Push decisions up and loops down: give each step of a long function, each concern of a long file, its own name.",
    );
}

fn messages() -> BTreeMap<String, BTreeMap<String, String>> {
    serde_json::from_str(include_str!("../src/messages.json")).unwrap()
}

/// String literals that look like a code, by source line.
fn code_literals(source: &Source) -> Vec<(usize, &str)> {
    let looks = |text: &str| {
        let plain = |part: &str| {
            !part.is_empty() && part.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        };
        text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.split_once('.').is_some_and(|(class, name)| plain(class) && plain(name))
    };
    let quoted = source
        .code
        .lines()
        .enumerate()
        .flat_map(|(nth, line)| line.split('"').skip(1).step_by(2).map(move |text| (nth + 1, text)));
    quoted.filter(|(_, text)| looks(text)).collect()
}

/// Codes and kinds that stand in the rule books and not in the message table.
fn rule_book_words() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas");
    let mut words = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("rules-") {
            collect_words(&serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap(), &mut words);
        }
    }
    words
}

fn collect_words(value: &serde_json::Value, words: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) => drop(words.insert(text.clone())),
        serde_json::Value::Array(list) => list.iter().for_each(|value| collect_words(value, words)),
        serde_json::Value::Object(map) => {
            words.extend(map.keys().cloned());
            map.values().for_each(|value| collect_words(value, words));
        }
        _ => {}
    }
}

const FILE_ENDINGS: &[&str] =
    &[".json", ".jsonl", ".csv", ".xlsx", ".html", ".txt", ".pem", ".zst", ".new", ".tar", ".xml"];

#[test]
fn every_code_has_a_message() {
    let (messages, words) = (messages(), rule_book_words());
    let mut found = Vec::new();
    for source in sources().iter().filter(|source| !source.test) {
        for (line, text) in code_literals(source) {
            let known = messages.contains_key(text) || words.contains(text) || NEVER_SHOWN.contains(&text);
            if !known && !FILE_ENDINGS.iter().any(|ending| text.ends_with(ending)) {
                found.push(format!("src/{}:{line} \"{text}\"", source.path));
            }
        }
    }
    check(&found, "Add the code to src/messages.json, in Chinese and English.");
}

#[test]
fn every_message_is_used() {
    let sources = sources();
    let used: BTreeSet<_> =
        sources.iter().filter(|s| !s.test).flat_map(|s| code_literals(s)).map(|(_, text)| text).collect();
    let messages = messages();
    let unused: Vec<_> = messages.keys().filter(|code| !used.contains(code.as_str())).cloned().collect();
    check(&unused, "Nothing in src names these codes of src/messages.json: remove them.");
}

#[test]
fn every_message_says_the_same_in_both_languages() {
    let holes = |text: &str| -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|part| part.split_once('}'))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let mut found = Vec::new();
    for (code, texts) in messages() {
        let text = |name: &str| texts.get(name).map_or("", String::as_str);
        for (zh, en) in [("zh", "en"), ("next_zh", "next_en")] {
            let both = |text: &str| {
                let shared = |name: &String| !CHINESE_ONLY.contains(&(code.as_str(), name.as_str()));
                holes(text).into_iter().filter(shared).collect::<BTreeSet<_>>()
            };
            if text(zh).is_empty() != text(en).is_empty() || both(text(zh)) != both(text(en)) {
                found.push(format!("{code}: {zh} «{}», {en} «{}»", text(zh), text(en)));
            }
        }
        if text("zh").is_empty()
            || texts.keys().any(|name| !["zh", "en", "next_zh", "next_en"].contains(&name.as_str()))
        {
            found.push(format!(
                "{code}: `zh` and `en` must be there, besides them only `next_zh` and `next_en`"
            ));
        }
    }
    check(&found, "Both languages say the same, with the same {placeholders}.");
}

#[test]
fn the_reader_of_sources_is_not_fooled() {
    let text =
        "a /* not handled */ // x \"y\nlet s = \"// {\\\"\"; let c = '\"'; let l: &'a str = r#\"}\"#;\n";
    let (code, bare) = blank(text);
    assert_eq!((code.len(), bare.len()), (text.len(), text.len()));
    assert!(!code.contains("x \"y") && code.contains("// {") && !bare.contains('{') && !bare.contains('}'));
    assert!(bare.contains("&'a str"));
    assert_eq!(modules_named("{record::{a, b}, log::x, fault};"), ["record", "log", "fault"]);
    assert_eq!(modules_named("views::y;"), ["views"]);
}
