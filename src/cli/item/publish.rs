//! `item publish`.

use std::cell::RefCell;
use std::path::PathBuf;

use clap::Args;

use super::columns::PUBLISH;
use super::doing::Doing;
use super::each::{Step, each};
use super::filling::Filling;
use super::open_part::{Public, open_part};
use super::which::Which;
use crate::cli::numbering::{Numbering, Numbers};
use crate::cli::{Ctx, Ui};
use crate::exchange::read_date;
use crate::fault::Outcome;
use crate::ledger::Wish;
use crate::record::{Day, PartName};

/// 发布 · Publish
///
/// 公众所见内容取自登记信息；删减后公开的须另写公开标题。
/// What the public sees is taken from the registration; for a redacted document the public title must be given.
#[derive(Args)]
pub struct Publish {
    #[command(flatten)]
    which: Which,
    /// 发布渠道，可写多个：政府网站、政府公报、两微一端…… · Channels, several if need be
    #[arg(long, value_name = "CODE", value_delimiter = ',', num_args = 1..)]
    channels: Vec<String>,
    /// 删减版文件，缺省为定性时的那一份 · The redacted version; the decided one if not given
    #[arg(long, value_name = "FILE")]
    redacted: Option<PathBuf>,
    #[command(flatten)]
    public: Public,
    #[command(flatten)]
    numbers: Numbers,
    #[command(flatten)]
    doing: Doing,
}

impl Publish {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let step = Step { kind: "item.published", columns: &PUBLISH };
        let numbering = RefCell::new(None);
        each(ui, ctx, (&self.which, &self.doing), &step, |it| self.wish(it, &numbering))
    }

    fn wish(&self, it: &Filling<'_>, numbering: &RefCell<Option<Numbering>>) -> Outcome<Wish> {
        let channels = it.codes("channels", "channel", &self.channels)?;
        let redacted = it.file("redacted", self.redacted.as_deref())?;
        let wish = publication(it, it.item.law.attribute.as_str(), channels, redacted, &self.public)?;
        let open = wish.parts.get(&PartName::Open);
        if self.numbers.index.is_none() || open.is_some_and(|open| open.contains_key("index_number")) {
            return Ok(wish);
        }
        let mut numbering = numbering.borrow_mut();
        if numbering.is_none() {
            *numbering = Numbering::open(&it.desk.ledger, &self.numbers)?;
        }
        let formed = open.and_then(|open| read_date(open.get("formed")?.as_str()?));
        let day = formed.map_or_else(|| it.done.on(), Day);
        let next = numbering.as_mut().map(|numbering| numbering.next(day)).transpose()?;
        Ok(wish.maybe_part(PartName::Open, "index_number", next))
    }
}

/// The wish to publish, under the attribute that will then be in force.
pub fn publication(
    it: &Filling<'_>,
    attribute: &str,
    channels: Vec<String>,
    redacted: Option<String>,
    public: &Public,
) -> Outcome<Wish> {
    let partial = attribute == "partial";
    let reviewed =
        it.item.law.review.as_ref().and_then(|review| review.redacted.as_ref()).map(ToString::to_string);
    let redacted = redacted.or_else(|| reviewed.filter(|_| partial));
    let wish = it.wish("item.published")?.fact("channels", channels).maybe("redacted", redacted);
    open_part(wish, it, public, it.item.before_publication(partial))
}
