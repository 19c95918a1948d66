//! Erasing a part of any subject.

use clap::Args;
use serde_json::json;

use super::doing::Doing;
use crate::cli::desk::Desk;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::Ledger;
use crate::record::{PartName, Subject};

/// Which part, on what ground, who asked.
#[derive(Args)]
pub struct Erasing {
    /// 事件序号（见 show） · Number of the event, as show gives it
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
}

/// Erases the part, of the subject that `find` finds.
pub fn erase(
    ui: &Ui,
    ctx: &Ctx<'_>,
    erasing: &Erasing,
    doing: &Doing,
    find: impl Fn(&Ledger) -> Outcome<Subject>,
) -> Outcome<()> {
    let mut desk = Desk::open(ctx)?;
    let done = doing.resolve(ctx, &desk)?;
    let (id, seq) = (find(&desk.ledger)?, erasing.seq);
    let part = part(&erasing.part)?;
    if desk.ledger.event(seq)?.subject != id {
        return Err(Fault::usage("erase.other_item").with("seq", seq).with("found", &id));
    }
    let wish = done
        .wish("part.erased", &id)?
        .fact("ground", words().read("erase_ground", &erasing.ground)?)
        .fact("asked_by", words().read("asked_by", &erasing.asked_by)?);
    let at = desk.at()?;
    let (ledger, signer, mut entropy) = desk.parts();
    let receipt = ledger.erase(signer, at, (seq, part), wish, entropy.as_mut())?;
    let (name, by) = (&erasing.part, receipt.first);
    ui.say(
        format!("已删除第 {seq} 号事件的正文（{name}），记为第 {by} 号事件。"),
        format!("The {name} part of event {seq} is erased; recorded as event {by}."),
    )?;
    ui.json(&json!({ "subject": id, "of": seq, "part": part.as_str(), "seq": by }))
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
