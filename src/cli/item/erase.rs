//! `item erase`.

use clap::Args;
use serde_json::json;

use super::doing::Doing;
use super::which::find_item;
use crate::cli::desk::Desk;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::record::PartName;

/// 依法删除一个正文（事件和摘要保留，可继续核验） · Erase a part; the event and its digest stay and still verify
///
/// 删除不可恢复。The body cannot be brought back.
#[derive(Args)]
pub struct Erase {
    /// 政府信息 · The item
    #[arg(value_name = "ITEM")]
    item: String,
    /// 事件序号（见 item show） · Number of the event, as item show gives it
    #[arg(long, value_name = "N")]
    seq: u64,
    /// 正文：open、closed、personal · The part
    #[arg(long, value_name = "PART")]
    part: String,
    /// 删除依据 · Ground: personal, third_party, secret_spill, authority_order or mistake
    #[arg(long, value_name = "CODE")]
    ground: String,
    /// 提出者 · Who asked: subject, third_party, secrecy_admin, authority or office
    #[arg(long, value_name = "CODE")]
    asked_by: String,
    #[command(flatten)]
    doing: Doing,
}

impl Erase {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut desk = Desk::open(ctx)?;
        let done = self.doing.resolve(ctx, &desk)?;
        let id = find_item(&desk.ledger, &self.item)?;
        let part = part(&self.part)?;
        if desk.ledger.event(self.seq)?.subject != id {
            return Err(Fault::usage("erase.other_item").with("seq", self.seq).with("found", &id));
        }
        let wish = done
            .wish("part.erased", &id)?
            .fact("ground", words().read("erase_ground", &self.ground)?)
            .fact("asked_by", words().read("asked_by", &self.asked_by)?);
        let at = desk.at()?;
        let (ledger, signer, mut entropy) = desk.parts();
        let receipt = ledger.erase(signer, at, (self.seq, part), wish, entropy.as_mut())?;
        ui.say(
            format!("已删除第 {} 号事件的正文（{}），记为第 {} 号事件。", self.seq, self.part, receipt.first),
            format!(
                "The {} part of event {} is erased; recorded as event {}.",
                self.part, self.seq, receipt.first
            ),
        )?;
        ui.json(&json!({ "subject": id, "of": self.seq, "part": part.as_str(), "seq": receipt.first }))
    }
}

fn part(text: &str) -> Outcome<PartName> {
    let code = words().read("part", text)?;
    [PartName::Open, PartName::Closed, PartName::Personal]
        .into_iter()
        .find(|part| part.as_str() == code)
        .ok_or_else(|| {
            Fault::usage("word.unknown").with("found", text).with("expected", "open、closed、personal")
        })
}
