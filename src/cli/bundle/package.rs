//! `bundle verify` and `bundle show` of a package for an archive.

use std::fs::File;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::archive::across::{Kind, Shelf, kind_of};
use crate::bundle::package::check::{PackageGiven, PackageReport, open};
use crate::bundle::package::derive::HANDOVER;
use crate::bundle::package::inspect::{Inspection, Stage};
use crate::bundle::package::{Handover, Input, Limits, OsTree, Passing, Tree};
use crate::bundle::verify::{Given, Saved};
use crate::cli::room::room;
use crate::cli::{Ctx, Ui, output};
use crate::fault::{Fault, Outcome};
use crate::record::{ChainHash, Checkpoint, Origin};
use crate::rules::Books;

/// Longest 移交信息.json, in bytes.
const SMALL: u64 = 1 << 20;

/// Whether this is a package for an archive rather than a bundle.
pub fn is_package(path: &Path) -> Outcome<bool> {
    if path.is_dir() {
        return Ok(true);
    }
    let file = File::open(path).map_err(|error| Fault::io(path.display(), &error))?;
    // What is neither is told by whoever reads it as a bundle.
    Ok(matches!(kind_of(file), Ok(Kind::Package)))
}

/// A package as a tree; a container is unpacked for as long as the tree is there.
fn tree(ctx: &Ctx<'_>, path: &Path) -> Outcome<Box<dyn Tree + Send>> {
    if path.is_dir() {
        return Ok(Box::new(OsTree::open(path)?));
    }
    let to = room(ctx)?;
    Ok(Box::new(Passing::unpack(Input::open(path)?, &Limits::default(), &to)?))
}

/// What is known from elsewhere.
pub struct Known {
    /// Origin and genesis hash.
    pub trust: Option<(Origin, ChainHash)>,
    /// Checkpoints.
    pub checkpoints: Vec<Checkpoint>,
    /// The state to go on from.
    pub saved: Option<Saved>,
}

/// What checking a package gave.
pub struct Checked {
    /// The report.
    pub report: PackageReport,
    /// The state behind it.
    pub saved: Option<Saved>,
}

/// Checks the package at `path`, after the packages handed over before it, each of which must be sound.
///
/// # Errors
/// `package.earlier_unsound`; what refuses a container; the machine.
pub fn check(ctx: &Ctx<'_>, path: &Path, earlier: &[PathBuf], known: Known) -> Outcome<Checked> {
    let books = Books::built_in()?;
    let mut before = Vec::new();
    for path in earlier {
        let tree = tree(ctx, path)?;
        let place = format!("data/{HANDOVER}");
        if tree.find(&place).is_none() {
            return Err(Fault::refused("package.handover").with("path", path.display()).with("found", "—"));
        }
        let handover = Handover::parse(&tree.read(&place, SMALL)?)?;
        before.push((handover.size, path, tree));
    }
    before.sort_by_key(|(size, ..)| *size);
    let (mut shelf, mut state) = (Shelf::default(), known.saved);
    let given = |saved| Given {
        trust: known.trust.clone(),
        checkpoints: known.checkpoints.clone(),
        saved,
        for_package: true,
        ..Given::default()
    };
    for (size, path, tree) in before {
        // A state that was given stands for what was verified to come to it.
        if state.as_ref().is_none_or(|state| state.size() < size) {
            let given = PackageGiven { given: given(state.take()), earlier: &shelf, custody: None };
            let (report, saved) = open(&*tree)?.judge(&*tree, given, &books)?;
            if !report.passed() {
                return Err(unsound(path, &report));
            }
            state = saved;
        }
        shelf.take(tree);
    }
    let tree = tree(ctx, path)?;
    let given = PackageGiven { given: given(state), earlier: &shelf, custody: None };
    let (report, saved) = open(&*tree)?.judge(&*tree, given, &books)?;
    Ok(Checked { report, saved })
}

fn unsound(path: &Path, report: &PackageReport) -> Fault {
    let first =
        report.refusing().first().map_or("package.unfinished", |finding| finding.code.as_str()).to_owned();
    Fault::refused("package.earlier_unsound").with("path", path.display()).with("found", first)
}

/// Writes the inspection of four properties into `folder`: JSON, XML and a page to print.
pub fn write_inspection(ui: &Ui, ctx: &Ctx<'_>, report: &PackageReport, folder: &Path) -> Outcome<()> {
    let inspection = Inspection::of(report, Stage::HandOver, ctx.today()?);
    std::fs::metadata(folder).map_err(|error| Fault::io(folder.display(), &error))?;
    for (ending, bytes) in
        [("html", inspection.page()?), ("json", inspection.json()?), ("xml", inspection.xml())]
    {
        output::write_file(&folder.join(format!("四性检测报告.{ending}")), &bytes)?;
    }
    let place = folder.join("四性检测报告.html");
    ui.say(format!("四性检测报告：{}", place.display()), format!("Inspection report: {}", place.display()))
}

/// Shows what a package says of itself and its files; checks the bag only.
pub fn show(ui: &Ui, ctx: &Ctx<'_>, path: &Path) -> Outcome<()> {
    let tree = tree(ctx, path)?;
    let report = open(&*tree)?.report;
    let found = report.refusing().len();
    let Some(handover) = &report.handover else {
        return Err(Fault::refused("package.handover").with("path", HANDOVER).with("found", "—"));
    };
    let sound = found == 0;
    let name = handover.bag_name();
    ui.say(
        format!(
            "{name}\n  移交单位  {}\n  全宗      {}\n  台账标识  {}\n  创世摘要  {}\n  事件      {} 至 {}\n  树根      {}\n  文件      {} 个，{} 字节\n  袋与清单  {}",
            handover.office, handover.fonds, handover.origin, handover.genesis, handover.from, handover.size,
            handover.root, report.files, report.octets,
            if sound { "完好（内容请用 bundle verify 核验）" } else { "有问题，请用 bundle verify 查明" }
        ),
        format!(
            "{name}\n  office    {}\n  fonds     {}\n  origin    {}\n  genesis   {}\n  events    {} to {}\n  root      {}\n  files     {}, {} bytes\n  bag       {}",
            handover.office, handover.fonds, handover.origin, handover.genesis, handover.from, handover.size,
            handover.root, report.files, report.octets,
            if sound { "sound (verify the content with bundle verify)" } else { "unsound, see bundle verify" }
        ),
    )?;
    let files: Vec<_> =
        tree.files().iter().map(|file| json!({ "path": file.path, "size": file.size })).collect();
    ui.json(&json!({
        "name": name, "handover": handover, "container_sound": sound, "manifest": report.manifest, "files": files,
    }))?;
    if sound { Ok(()) } else { Err(Fault::refused("verify.failed").with("found", found)) }
}
