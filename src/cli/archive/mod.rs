//! `archive`: the archive's side. Packages in, receipts out, holdings looked after.

mod access;
mod across_sheets;
mod approve;
mod audit;
mod catalog;
mod cosign;
mod erase;
mod ingest;
mod init;
mod list;
mod place;
mod receipt;
mod show;

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::args::Globals;
use super::{Ctx, Ui, dossier};
use crate::fault::Outcome;
use place::Place;

/// What every verb of an archive takes.
#[derive(Args)]
pub struct Archive {
    /// 档案馆所在文件夹；也可用环境变量 ZHAOCE_ARCHIVE · Folder of the archive, or ZHAOCE_ARCHIVE
    #[arg(long, global = true, value_name = "DIR", env = "ZHAOCE_ARCHIVE")]
    archive: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Init(init::Init),
    /// 移交单位：登记、停止接收、列出、查看 · Offices that hand over
    #[command(subcommand)]
    Office(dossier::Verb<dossier::Office>),
    Ingest(ingest::Ingest),
    Approve(approve::Approve),
    Decline(approve::Decline),
    List(list::List),
    Show(show::Show),
    Receipt(receipt::Receipt),
    Cosign(cosign::Cosign),
    Audit(audit::Audit),
    Access(Box<access::Access>),
    Erase(erase::Erase),
    Catalog(catalog::Catalog),
    /// 馆藏批次的全过程 · Holdings and their course
    #[command(subcommand)]
    Holding(dossier::Verb<dossier::Holding>),
}

impl Archive {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        if let Verb::Catalog(verb) = self.verb {
            return verb.run(ui, ctx, self.archive);
        }
        let place = Place::named(self.archive)?;
        let globals = Globals { ledger: Some(place.ledger()), ..ctx.globals.clone() };
        let ctx = &Ctx::new(&globals, ctx.env);
        match self.verb {
            Verb::Init(verb) => verb.run(ui, ctx, &place),
            Verb::Office(verb) => verb.run(ui, ctx),
            Verb::Ingest(verb) => verb.run(ui, ctx, &place),
            Verb::Approve(verb) => verb.run(ui, ctx, &place),
            Verb::Decline(verb) => verb.run(ui, ctx, &place),
            Verb::List(verb) => verb.run(ui, ctx, &place),
            Verb::Show(verb) => verb.run(ui, ctx, &place),
            Verb::Receipt(verb) => verb.run(ui, ctx),
            Verb::Cosign(verb) => verb.run(ui, ctx, &place),
            Verb::Audit(verb) => verb.run(ui, ctx, &place),
            Verb::Access(verb) => verb.run(ui, ctx),
            Verb::Erase(verb) => verb.run(ui, ctx, &place),
            Verb::Holding(verb) => verb.run(ui, ctx),
            Verb::Catalog(_) => Ok(()),
        }
    }
}
