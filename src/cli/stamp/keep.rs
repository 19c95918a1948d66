//! `stamp keep`.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::Args;

use super::about::{About, token};
use super::check::{said, verdicts};
use crate::cli::desk::{Desk, Planned};
use crate::cli::input;
use crate::cli::item::doing::Doing;
use crate::cli::{Ctx, Ui};
use crate::exchange::stamp::{Certificates, Stamp, Verdict};
use crate::fault::{Fault, Outcome};
use crate::ledger::Wish;
use crate::record::{FileDigest, Moment, PartName};

/// 留存时间戳机构的答复：核对无误后原样记入台账 · Keep the reply of an authority in the ledger, as it came
#[derive(Args)]
pub struct Keep {
    /// 答复文件（.tsr） · The reply, .tsr
    reply: PathBuf,
    /// 当时的申请文件，用以核对随机数 · The request, to compare the nonce with
    #[arg(long, value_name = "FILE")]
    request: Option<PathBuf>,
    #[command(flatten)]
    keeping: Keeping,
}

/// What keeping a stamp takes besides the reply.
#[derive(Args)]
pub struct Keeping {
    #[command(flatten)]
    pub about: About,
    /// 信任的根证书（PEM 或 DER） · Trusted root certificates
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
    #[command(flatten)]
    doing: Doing,
}

impl Keep {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let request = self.request.as_deref().map(input::bytes).transpose()?;
        self.keeping.run(ui, ctx, &input::bytes(&self.reply)?, request.as_deref())
    }
}

impl Keeping {
    /// Checks the reply and records it.
    ///
    /// Errors: `stamp.unsound` when it is about something else, or its signature or its certificate does not hold.
    pub fn run(self, ui: &Ui, ctx: &Ctx<'_>, reply: &[u8], request: Option<&[u8]>) -> Outcome<()> {
        let stamp = Stamp::read(reply)?;
        request.map_or(Ok(()), |request| stamp.answers(request))?;
        let bytes = self.about.bytes()?;
        let size = self.about.size(&bytes)?;
        let mut desk = Desk::open(ctx)?;
        let renewed = self.about.renewed(&desk.ledger)?;
        let old = renewed.as_ref().map(token).transpose()?;
        let imprint = self.about.imprint(&bytes, old.as_deref());
        let roots = self.roots.as_deref().map(input::bytes).transpose()?;
        let roots = roots.map_or_else(|| Ok(Certificates::default()), |bytes| Certificates::read(&bytes))?;
        for (name, verdict) in verdicts(&stamp, &imprint, &roots) {
            if let Verdict::Broken(found) = verdict {
                return Err(Fault::refused("stamp.unsound").with("expected", name).with("found", found));
            }
            let (zh, en) = said(name, &verdict);
            ui.say(zh, en)?;
        }
        let done = self.doing.resolve(ctx, &desk)?;
        let wish = match &renewed {
            Some(row) => done.wish("stamp.renewed", &row.id)?,
            None => done.wish("stamp.kept", &ctx.fresh("stamp")?)?,
        };
        let wish = told(wish.fact("of", self.about.code()).maybe("size", size), &stamp)?;
        desk.sign_and_show(ui, vec![Planned { wish, place: String::new() }], self.doing.dry_run)
    }
}

fn told(wish: Wish, stamp: &Stamp) -> Outcome<Wish> {
    let moment = |unix| Moment::from_unix(unix).ok_or_else(|| Fault::usage("stamp.form").with("found", unix));
    let until = stamp.until.map(moment).transpose()?.map(|moment| moment.day().to_string());
    Ok(wish
        .fact("algorithm", stamp.imprint.algorithm.code())
        .fact("imprint", stamp.imprint.hex())
        .fact("time", moment(stamp.time)?.to_string())
        .maybe("until", until)
        .fact("token", FileDigest::of_file(&stamp.token).to_string())
        .part(PartName::Open, "stamp", STANDARD.encode(&stamp.token))
        .maybe_part(PartName::Open, "authority", stamp.authority.clone()))
}
