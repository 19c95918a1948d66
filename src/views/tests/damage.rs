//! Whatever happens to the directory, the answers stay those of the log.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::answers::{Model, check, first};
use super::sample::{Dice, Sample};
use crate::record::act::Head;
use crate::record::tree;
use crate::views::{Backing, EventSource, Filter, LinesInMemory, Page, Views};

struct Case {
    folder: tempfile::TempDir,
    sample: Sample,
    /// Where the views stand, and every answer, from the log alone.
    expected: (Head, String),
}

impl Case {
    /// A ledger whose views stand on the disk, closed.
    fn new(seed: u64) -> Self {
        let sample = Sample::new(seed, 200);
        let plain = Views::in_memory(&sample.source, &sample.origin, &sample.books).unwrap();
        let expected = answers(&plain, &sample.source);
        let case = Self { folder: tempfile::tempdir().unwrap(), sample, expected };
        let views = case.open(&first(&case.sample.source, 120));
        views.follow(&case.sample.source).unwrap();
        assert_eq!(views.condition().backing, Backing::Sled);
        case
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().join("views")
    }

    fn open(&self, source: &LinesInMemory) -> Views {
        Views::open(self.folder.path(), source, &self.sample.origin, &self.sample.books).unwrap()
    }

    /// Opens and compares every answer; gives the views back for more.
    fn answers(&self) -> Views {
        let views = self.open(&self.sample.source);
        assert_eq!(answers(&views, &self.sample.source), self.expected);
        views
    }

    fn set_aside(&self) -> usize {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("views.bad-")).count()
    }
}

/// The head and every answer, in words. That they are right is the model's test.
fn answers(views: &Views, source: &LinesInMemory) -> (Head, String) {
    let text = views.ask(source, |query| {
        let rows = query.list(&Filter::default(), Page::ALL)?.items;
        let mut text =
            format!("{rows:?}\n{:?}\n{:?}", query.catalogue(Page::ALL)?, query.withheld(Page::ALL)?);
        write!(text, "{:?}{:?}{:?}", query.todo()?, query.rounds(), query.people()).unwrap();
        for title in ["通知", "报告"] {
            let filter = Filter { text: Some(title.into()), ..Filter::default() };
            write!(text, "{:?}", query.list(&filter, Page::ALL)?).unwrap();
        }
        for row in rows {
            write!(text, "{:?}{:?}", query.timeline(&row.id)?, query.item(&row.id)?).unwrap();
        }
        Ok(text)
    });
    let size = source.end().size;
    let mut text = text.unwrap();
    for seq in 0..size {
        write!(text, "{:?}", views.spot(seq).unwrap()).unwrap();
    }
    write!(text, "{:?}", tree::root_at(views, size)).unwrap();
    (views.head().unwrap().unwrap(), text)
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

#[test]
fn sound_views_are_used_as_they_are() {
    let case = Case::new(1);
    assert_eq!(case.answers().condition().backing, Backing::Sled);
    assert_eq!(case.answers().condition().aside, []);
    assert_eq!(case.set_aside(), 0);
}

#[test]
fn deleting_or_emptying_the_directory_changes_no_answer() {
    let case = Case::new(2);
    fs::remove_dir_all(case.dir()).unwrap();
    case.answers();
    assert_eq!(case.set_aside(), 0);
    for file in files(&case.dir()) {
        fs::remove_file(file).unwrap();
    }
    case.answers();
    fs::remove_dir_all(case.dir()).unwrap();
    fs::create_dir(case.dir()).unwrap();
    assert_eq!(case.answers().condition().backing, Backing::Sled);
}

#[test]
fn a_file_in_place_of_the_directory_changes_no_answer() {
    let case = Case::new(3);
    fs::remove_dir_all(case.dir()).unwrap();
    fs::write(case.dir(), b"not a directory").unwrap();
    case.answers();
}

#[test]
fn removing_emptying_or_cutting_any_file_changes_no_answer() {
    let case = Case::new(4);
    // sled writes its snapshot when it opens what is there.
    case.answers();
    let names: Vec<_> = files(&case.dir()).iter().map(|path| path.file_name().unwrap().to_owned()).collect();
    assert!(names.len() >= 3, "{names:?}");
    for name in names {
        for cut in [0, 1, 2, 3, 4] {
            let Ok(bytes) = fs::read(case.dir().join(&name)) else { continue };
            let len = bytes.len();
            match cut {
                0 => fs::remove_file(case.dir().join(&name)).unwrap(),
                1 => fs::write(case.dir().join(&name), b"").unwrap(),
                2 => fs::write(case.dir().join(&name), &bytes[..len / 2]).unwrap(),
                3 => fs::write(case.dir().join(&name), &bytes[..len - len.min(1)]).unwrap(),
                _ => fs::write(case.dir().join(&name), [&bytes[..], &[0xff; 5000]].concat()).unwrap(),
            }
            case.answers();
        }
    }
}

#[test]
fn flipped_bytes_change_no_answer() {
    // Side by side: what takes time is the disk.
    let set_aside: usize = std::thread::scope(|scope| {
        let cases: Vec<_> = (0..4).map(|seed| scope.spawn(move || flip_in(40 + seed))).collect();
        cases.into_iter().map(|case| case.join().unwrap()).sum()
    });
    assert!(set_aside > 0);
}

fn flip_in(seed: u64) -> usize {
    let (case, mut dice) = (Case::new(seed), Dice(seed));
    for _ in 0..15 {
        let all = files(&case.dir());
        let file = dice.pick(&all).clone();
        let mut bytes = fs::read(&file).unwrap();
        if bytes.is_empty() {
            continue;
        }
        // Mostly where something is written: sled fills its segments up with zeros.
        let used: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at] != 0).collect();
        for _ in 0..1 + dice.below(3) {
            let at = if used.is_empty() { dice.below(bytes.len()) } else { *dice.pick(&used) };
            bytes[at] ^= 1 << dice.below(8);
        }
        fs::write(&file, bytes).unwrap();
        case.answers();
    }
    case.set_aside()
}

#[test]
fn records_from_an_earlier_state_change_no_answer() {
    let case = Case::new(6);
    let early = tempfile::tempdir().unwrap();
    let source = first(&case.sample.source, 150);
    drop(Views::open(early.path(), &source, &case.sample.origin, &case.sample.books).unwrap());
    fs::remove_dir_all(case.dir()).unwrap();
    fs::rename(early.path().join("views"), case.dir()).unwrap();
    let views = case.answers();
    assert_eq!((views.condition().backing, case.set_aside()), (Backing::Sled, 0));
}

#[test]
fn acts_that_the_views_missed_are_caught_up_with() {
    let case = Case::new(7);
    let size = case.sample.source.lines.len();
    for behind in [1, 7, size - 1, size] {
        fs::remove_dir_all(case.dir()).unwrap();
        drop(case.open(&first(&case.sample.source, size - behind)));
        case.answers();
        assert_eq!(case.set_aside(), 0);
    }
}

#[test]
fn a_log_that_ends_before_the_views_is_a_rollback() {
    let case = Case::new(8);
    let short = first(&case.sample.source, 130);
    let views = case.open(&short);
    let rollback = views.condition().rollback.unwrap();
    assert_eq!(rollback.code, "views.rollback");
    assert_eq!(views.follow(&case.sample.source).unwrap_err().code, "views.rollback");
    assert_eq!(
        views.apply(&case.sample.source, &case.sample.source.lines[130..]).unwrap_err().code,
        rollback.code
    );
    let model = Model::of(&case.sample, short.lines.iter());
    views
        .ask(&short, |query| {
            check(query, &model);
            Ok(())
        })
        .unwrap();
    drop(views);
    // The whole log is back: the directory had been left as it was.
    let condition = case.answers().condition();
    assert!(condition.rollback.is_none() && condition.aside.is_empty());
    assert_eq!((condition.backing, case.set_aside()), (Backing::Sled, 0));
}

#[test]
fn another_history_is_a_rollback_until_it_is_accepted() {
    let case = Case::new(9);
    for size in [200, 260] {
        let other = Sample::new(77, size);
        let mut views = Views::open(case.folder.path(), &other.source, &other.origin, &other.books).unwrap();
        if other.source.end().size == case.sample.source.end().size {
            continue;
        }
        assert!(views.condition().rollback.is_some(), "{size}");
        assert!(views.follow(&other.source).is_err());
        if size == 260 {
            views.rebuild(&other.source).unwrap();
            assert!(views.condition().rollback.is_none());
            drop(views);
            views = Views::open(case.folder.path(), &other.source, &other.origin, &other.books).unwrap();
            assert_eq!((views.condition().backing, case.set_aside()), (Backing::Sled, 1));
        }
    }
}

#[test]
fn a_directory_that_is_let_go_of_in_a_moment_is_waited_for() {
    let case = Case::new(12);
    let holder = case.open(&case.sample.source);
    std::thread::scope(|scope| {
        scope.spawn(move || {
            std::thread::sleep(std::time::Duration::from_millis(80));
            drop(holder);
        });
        assert_eq!(case.answers().condition().backing, Backing::Sled);
    });
    assert_eq!(case.set_aside(), 0);
}

const HELD: &str = "ZHAOCE_TEST_HOLD_VIEWS";

/// Not a test of its own: the process that holds the directory for the next one.
#[test]
#[ignore = "helper of another test"]
fn hold_the_directory() {
    let Ok(folder) = std::env::var(HELD) else { return };
    let sample = Sample::new(10, 200);
    let views = Views::open(Path::new(&folder), &sample.source, &sample.origin, &sample.books).unwrap();
    assert_eq!(views.condition().backing, Backing::Sled);
    println!("\nheld");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn another_process_holding_the_directory_changes_no_answer() {
    let case = Case::new(10);
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "views::tests::damage::hold_the_directory", "--ignored", "--nocapture"])
        .env(HELD, case.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap() == "held"));
    let views = case.answers();
    assert_eq!(views.condition().backing, Backing::Memory("views.held"));
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(case.answers().condition().backing, Backing::Sled);
    assert_eq!(case.set_aside(), 0);
}
