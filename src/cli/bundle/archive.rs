//! `bundle export --for archive`: the package that an archive is handed.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;
use sha2::{Digest as _, Sha256, Sha512};

use super::shelf::{Earlier, Staging};
use crate::bundle::export::{Export as Wanted, Prepared, prepare};
use crate::bundle::package::derive::{EVIDENCE, REGISTER};
use crate::bundle::package::export::{Said, copy, derived, evidence, handover, is_own_name, places, put};
use crate::bundle::package::{Contact, Content, Contents, Folder, Handover, Index, Inputs, Totals};
use crate::cli::desk::Desk;
use crate::cli::filing::{self, ClassArgs};
use crate::cli::item::doing::Doing;
use crate::cli::ledger::sign_checkpoint;
use crate::cli::ui::Refusal;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::verify::Copy;
use crate::record::{Signer, Statement};

/// Who the bundle is for.
#[derive(Debug, Clone, std::marker::Copy, PartialEq, Eq, ValueEnum)]
pub enum For {
    /// An archive.
    Archive,
}

/// The form of a package.
#[derive(Debug, Clone, std::marker::Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A folder.
    #[default]
    Directory,
    /// `.tar.zst`
    Tar,
    /// ZIP
    Zip,
}

/// Options of a package for an archive.
#[derive(Args, Default)]
pub struct ArchiveArgs {
    /// 交给谁：archive 档案馆移交信息包 · For whom: a package for an archive
    #[arg(long = "for", value_name = "WHOM", requires = "fonds")]
    pub whom: Option<For>,
    /// 全宗号，例如 Z109 · Fonds
    #[arg(long, value_name = "CODE", requires = "whom")]
    pub fonds: Option<String>,
    /// 全宗名称 · What the fonds is called
    #[arg(long, value_name = "TEXT", requires = "whom")]
    pub fonds_name: Option<String>,
    /// 接收单位 · The archive
    #[arg(long, value_name = "NAME", requires = "whom")]
    pub archive: Option<String>,
    /// 批次，缺省为上一批之后 · Batch, if not the one after the previous
    #[arg(long, value_name = "N", requires = "whom")]
    pub batch: Option<u64>,
    /// 正文和附件所在文件夹，其SHA-256须见于事件 · Folder of content files whose SHA-256 stands in events
    #[arg(long, value_name = "DIR", requires = "whom")]
    pub content: Option<PathBuf>,
    /// 形式：directory 文件夹，tar 即 .tar.zst，zip · Form
    #[arg(long, value_name = "FORM", requires = "whom")]
    pub form: Option<Form>,
    /// 联系人 · Contact: a name
    #[arg(long, value_name = "NAME", requires = "whom")]
    pub contact: Option<String>,
    /// 联系电话 · Contact: a telephone number
    #[arg(long, value_name = "NUMBER", requires = "contact")]
    pub phone: Option<String>,
    /// 内容描述 · What is handed over, in the office's words
    #[arg(long, value_name = "TEXT", requires = "whom")]
    pub description: Option<String>,
    #[command(flatten)]
    pub class: ClassArgs,
}

/// A package being made.
struct Making<'a> {
    ui: &'a Ui,
    prepared: Prepared<'a>,
    handover: Handover,
    earlier: Earlier,
    signer: Box<dyn Signer>,
}

/// Makes the package in `parent`.
pub fn run(ui: &Ui, ctx: &Ctx<'_>, asked: ArchiveArgs, previous: &[PathBuf], parent: &Path) -> Outcome<()> {
    let fonds = asked.fonds.clone().ok_or_else(|| Fault::usage("package.handover").with("found", "fonds"))?;
    let earlier = Earlier::open(previous, parent)?;
    let numbered = number(ui, ctx, &asked, &fonds)?;
    let ledger = ctx.read()?;
    let signer = ctx.keystore()?.unlock(&ctx.signer_name(ledger.info())?, &ctx.passphrase())?;
    let checkpoint = sign_checkpoint(ctx)?;
    let ledger = reopened(ctx, ledger)?;
    let from = earlier.previous().map_or(0, |previous| previous.size);
    let wanted = Wanted {
        edition: Copy::Full,
        from,
        checkpoint: &checkpoint,
        previous: earlier.checkpoint()?,
        for_package: true,
    };
    let bar = ui.bar("核验并整理", "verifying and deriving", ledger.head().size());
    let prepared = prepare(&ledger, wanted, &mut |seq| bar.set_position(seq))?;
    bar.finish_and_clear();
    let handover = handover(&prepared, &ledger.info().office, said(&asked, &ledger, fonds, &earlier)?)?;
    let making = Making { ui, prepared, handover, earlier, signer };
    let (path, totals) = making.make(&asked, parent)?;
    let (name, count) = (making.handover.bag_name(), totals.records);
    ui.say(
        format!("已生成移交信息包：{}\n  {count} 件，本次编档号 {numbered} 件", path.display()),
        format!("Package made: {}\n  {count} records, {numbered} numbered now", path.display()),
    )?;
    ui.json(&json!({
        "path": path, "name": name, "records": count, "numbered": numbered,
        "files": totals.files, "octets": totals.octets, "handover": making.handover,
    }))
}

/// What was read before the numbers were given is closed first.
fn reopened(ctx: &Ctx<'_>, before: Ledger) -> Outcome<Ledger> {
    drop(before);
    ctx.read()
}

/// Files what is due, where a class is named; how many.
fn number(ui: &Ui, ctx: &Ctx<'_>, asked: &ArchiveArgs, fonds: &str) -> Outcome<usize> {
    if asked.class.category.is_none() && asked.class.retention.is_none() {
        return Ok(0);
    }
    let class = asked.class.read(fonds)?;
    let mut desk = Desk::open(ctx)?;
    let done = Doing::default().resolve(ctx, &desk)?;
    filing::file_due(ui, ctx, &mut desk, &done, &class)
}

fn said(asked: &ArchiveArgs, ledger: &Ledger, fonds: String, earlier: &Earlier) -> Outcome<Said> {
    let adopted = filing::adopted(ledger, &fonds)?.and_then(|adopted| adopted.fonds_name);
    let contact = asked.contact.clone().map(|name| Contact {
        email: None,
        name: Some(name),
        phone: asked.phone.clone(),
    });
    Ok(Said {
        fonds,
        fonds_name: asked.fonds_name.clone().or(adopted),
        archive: asked.archive.clone(),
        contact,
        description: asked.description.clone(),
        batch: asked.batch,
        previous: earlier.previous().cloned(),
    })
}

impl Making<'_> {
    fn make(&self, asked: &ArchiveArgs, parent: &Path) -> Outcome<(PathBuf, Totals)> {
        let name = self.handover.bag_name();
        let mut staging = Staging::new(parent, &name)?;
        evidence(&self.prepared, &self.handover.office, &mut staging)?;
        let deriving = self.prepared.deriving();
        let lines = Folder(staging.payload(&format!("{EVIDENCE}/events")));
        let index = Index::build(&lines, deriving, &self.handover.fonds)?;
        let given = self.given(asked.content.as_deref(), &index)?;
        let inputs = Inputs {
            handover: &self.handover,
            deriving,
            lines: &lines,
            index: &index,
            contents: &given.contents,
            earlier: &self.earlier,
        };
        let totals = derived(&inputs, &mut staging)?;
        for (path, sha256) in places(&index, &given.contents)? {
            let Some((file, size)) = given.files.get(&sha256) else { continue };
            let mut from = File::open(file).map_err(|error| Fault::io(file.display(), &error))?;
            copy(&mut staging, &path, *size, &mut from)?;
        }
        let register = staging.read(REGISTER)?;
        let note = self.signed(Sha512::digest(&register).into())?;
        put(&mut staging, &format!("{REGISTER}.note"), note.as_bytes())?;
        let form = asked.form.unwrap_or_default();
        let path = staging.finish(&self.info(), (self.mtime(), form), |digest| self.signed(digest))?;
        Ok((path, totals))
    }

    fn signed(&self, sha512: [u8; 64]) -> Outcome<String> {
        let (origin, package) = (self.handover.origin.clone(), self.handover.bag_name());
        let statement = Statement { origin, package, sha512 };
        let failed =
            |error: crate::record::keys::SignError| Fault::machine(error.code()).with("found", error);
        statement.sign(self.signer.as_ref()).map_err(failed)
    }

    fn mtime(&self) -> u64 {
        u64::try_from(self.handover.made.unix()).unwrap_or(0)
    }

    fn info(&self) -> Vec<(String, String)> {
        let handover = &self.handover;
        let contact = handover.contact.clone().unwrap_or_default();
        let mut info = vec![
            ("Source-Organization", handover.office.clone()),
            ("Bagging-Date", handover.made.day().to_string()),
            (
                "External-Description",
                "政府信息公开决定记录移交信息包，格式1（DA/T 93，按公开资料实现）".into(),
            ),
            ("External-Identifier", format!("{} {}-{}", handover.origin, handover.from, handover.size)),
            ("Bag-Group-Identifier", handover.fonds.clone()),
            ("Internal-Sender-Identifier", handover.bag_name()),
            ("BagIt-Profile-Identifier", "urn:zhaoce:bagit-profile:package:1".into()),
        ];
        info.extend(contact.name.map(|name| ("Contact-Name", name)));
        info.extend(contact.phone.map(|phone| ("Contact-Phone", phone)));
        info.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
    }

    /// Content files, each with the records whose events name its digest; others are refused by name.
    fn given(&self, folder: Option<&Path>, index: &Index) -> Outcome<Given> {
        let mut given = Given::default();
        let Some(folder) = folder else { return Ok(given) };
        let (mut refused, mut seen) = (0_usize, 0_usize);
        for file in files(folder)? {
            seen += 1;
            if let Err(fault) = given.take(&file, index) {
                refused += 1;
                self.ui.refusal(Refusal { place: file.display().to_string(), subject: None, fault });
            }
        }
        match refused {
            0 => Ok(given),
            _ => Err(Fault::refused("act.refused").with("found", refused).with("expected", seen)),
        }
    }
}

/// Content files as they were given.
#[derive(Default)]
struct Given {
    contents: Contents,
    files: BTreeMap<[u8; 32], (PathBuf, u64)>,
}

impl Given {
    fn take(&mut self, path: &Path, index: &Index) -> Outcome<()> {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if !is_own_name(name) {
            return Err(Fault::refused("package.content_name").with("path", name));
        }
        let (sha256, size) = hashed(path)?;
        let digest = format!("sha256:{}", hex::encode(sha256));
        let mut named = false;
        for record in index.records() {
            let Some(fact) = record.digests.get(&digest) else { continue };
            named = true;
            self.contents.add(&record.number, Content::given(name.to_owned(), fact, size, sha256));
        }
        if !named {
            return Err(Fault::refused("package.content_unnamed").with("path", name).with("found", digest));
        }
        self.files.insert(sha256, (path.to_owned(), size));
        Ok(())
    }
}

/// The files right in a folder, by name.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let io = |error: std::io::Error| Fault::io(folder.display(), &error);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn hashed(path: &Path) -> Outcome<([u8; 32], u64)> {
    let io = |error: std::io::Error| Fault::io(path.display(), &error);
    let mut file = File::open(path).map_err(io)?;
    let (mut hash, mut size, mut room) = (Sha256::new(), 0_u64, vec![0; 256 << 10]);
    loop {
        let read = file.read(&mut room).map_err(io)?;
        if read == 0 {
            return Ok((hash.finalize().into(), size));
        }
        hash.update(room.get(..read).unwrap_or_default());
        size += read as u64;
    }
}
