//! `archive ingest`.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::list::sheet;
use super::place::{Place, Room};
use crate::archive::intake::{Answer, Given, Progress, State};
use crate::bundle::package::OsTree;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, FaultKind, Outcome};

/// 接收移交包：核验、检测、入藏，签发回执；不合格的退回并附检测报告 · Take packages in: verify, inspect, keep, and sign receipts
///
/// 可给文件（.tar.zst、.zip）、包的文件夹，或装有许多包的文件夹。中断后再次运行即接着办理；已接收的再次给出不重复接收。
/// Files, folders of packages, or folders of many. Run it again after an interruption and it goes on; what was taken in is not taken twice.
#[derive(Args)]
pub struct Ingest {
    /// 移交包 · Packages
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Ingest {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>, place: &Place) -> Outcome<()> {
        let paths = packages(&self.files)?;
        let mut room = Room::open(ctx, place)?;
        let bar = ui.bar("接收", "taking in", paths.len() as u64);
        let told = |progress: &Progress<'_>| {
            bar.set_length(progress.total as u64);
            bar.set_position(progress.answered as u64);
        };
        let trees: Vec<_> = paths.iter().map(|path| tree(path)).collect();
        let opens: Vec<_> = paths.iter().map(|path| move || open(path)).collect();
        let (mut given, mut answers) = (Vec::new(), Vec::new());
        for ((path, tree), open) in paths.iter().zip(&trees).zip(&opens) {
            match tree {
                Ok(Some(tree)) => given.push(Given::Folder { name: name(path), tree }),
                Ok(None) => given.push(Given::File { name: name(path), open }),
                // A folder that is no tree of files cannot come in as it is; the others can.
                Err(fault) => answers.push(Answer::failed(&name(path), fault.clone())),
            }
        }
        answers.extend(room.work(|intake, register, now| intake.ingest(&given, register, now, &told))?);
        bar.finish_and_clear();
        show(ui, answers)
    }
}

/// Shows what became of each; one that was refused, or could not be decided, ends the command so.
pub fn show(ui: &Ui, answers: Vec<Answer>) -> Outcome<()> {
    ui.sheet(&sheet(&answers))?;
    let refused = |answer: &&Answer| {
        answer.fault.is_some() || matches!(answer.state, None | Some(State::Rejected | State::Conflict))
    };
    let count = answers.iter().filter(refused).count();
    if count == 0 {
        return Ok(());
    }
    let faults = || answers.iter().filter_map(|answer| answer.fault.clone());
    let alone = || faults().next().filter(|_| answers.len() == 1);
    // What the machine could not do ends the command as such, whatever else was refused.
    match faults().find(|fault| fault.kind == FaultKind::Machine).or_else(alone) {
        Some(fault) => Err(fault),
        None => Err(Fault::refused("archive.not_all").with("found", count).with("expected", answers.len())),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn open(path: &Path) -> Outcome<Box<dyn Read>> {
    File::open(path)
        .map(|file| Box::new(file) as Box<dyn Read>)
        .map_err(|error| Fault::io(path.display(), &error))
}

fn tree(path: &Path) -> Outcome<Option<OsTree>> {
    if path.is_dir() { OsTree::open(path).map(Some) } else { Ok(None) }
}

/// The packages that are named: files, bags, and what stands in folders that are no bags.
fn packages(named: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        if !path.exists() {
            return Err(Fault::usage("file.missing").with("path", path.display()));
        }
        // A bag that lost its declaration is a package all the same, and no folder of packages.
        if !path.is_dir() || path.join("bagit.txt").exists() || path.join("data").is_dir() {
            found.push(path.clone());
            continue;
        }
        let failed = |error: std::io::Error| Fault::io(path.display(), &error);
        let mut inside = Vec::new();
        for entry in std::fs::read_dir(path).map_err(failed)? {
            inside.push(entry.map_err(failed)?.path());
        }
        inside.sort();
        found.extend(inside);
    }
    Ok(found)
}
