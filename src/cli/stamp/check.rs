//! `stamp check`.

use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use crate::cli::{Ctx, Ui, input};
use crate::exchange::stamp::{Certificates, Imprint, Stamp, Verdict};
use crate::fault::{Fault, Outcome};
use crate::record::Moment;

/// 离线核验一个时间戳：所盖的是不是此文件、签名、证书、有效期，分别说明 · Check a time stamp offline
///
/// 分四项说明，互不相代；本程序没有的算法说明“未核验”，可用 openssl ts -verify 核验。
/// Four answers, none of which stands for another; what is signed with an algorithm that is not here is said to be
/// unchecked, and openssl ts -verify can check it.
#[derive(Args)]
pub struct Check {
    /// 时间戳（.tsr 或令牌） · Time stamp: a reply or a token
    stamp: PathBuf,
    /// 所盖的文件 · The file it is about
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// 信任的根证书（PEM 或 DER） · Trusted root certificates
    #[arg(long, value_name = "FILE")]
    roots: Option<PathBuf>,
    /// 被续签的时间戳 · The stamp that it renews
    #[arg(long, value_name = "FILE")]
    renews: Option<PathBuf>,
}

impl Check {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let stamp = Stamp::read(&input::bytes(&self.stamp)?)?;
        let data = input::bytes(&self.data)?;
        let algorithm = stamp.imprint.algorithm;
        let imprint = match &self.renews {
            Some(old) => Imprint::renewing(algorithm, &data, &Stamp::read(&input::bytes(old)?)?.token),
            None => Imprint::of(algorithm, &data),
        };
        let roots = self.roots.as_deref().map(input::bytes).transpose()?;
        let roots = roots.map_or_else(|| Ok(Certificates::default()), |bytes| Certificates::read(&bytes))?;
        let verdicts = verdicts(&stamp, &imprint, &roots);
        let time = moment(stamp.time);
        ui.say(format!("时间：{time}"), format!("time: {time}"))?;
        for (name, verdict) in &verdicts {
            let (zh, en) = said(name, verdict);
            ui.say(zh, en)?;
        }
        let until = stamp.until.map(moment).unwrap_or_default();
        let over = stamp.until.is_some_and(|until| ctx.now().is_ok_and(|now| now.unix() > until));
        let (zh, en) = if over {
            ("证书已于此日到期", "its certificate ended on")
        } else {
            ("证书到期", "its certificate ends on")
        };
        ui.say(format!("{zh}：{until}"), format!("{en}: {until}"))?;
        let each = verdicts.iter().map(|(name, verdict)| ((*name).to_owned(), as_json(verdict)));
        let each: serde_json::Map<String, Value> = each.collect();
        ui.json(&json!({ "time": time, "until": until, "serial": stamp.serial, "policy": stamp.policy, "authority": stamp.authority, "checks": each }))?;
        let broken = verdicts.iter().find(|(_, verdict)| matches!(verdict, Verdict::Broken(_)));
        broken.map_or(Ok(()), |(name, _)| {
            Err(Fault::refused("stamp.unsound").with("expected", name).with("found", "—"))
        })
    }
}

fn moment(unix: i64) -> String {
    Moment::from_unix(unix).map_or_else(|| unix.to_string(), |moment| moment.to_string())
}

/// What is said of a stamp, each by name: none stands for another.
pub fn verdicts(stamp: &Stamp, imprint: &Imprint, roots: &Certificates) -> Vec<(&'static str, Verdict)> {
    vec![
        ("imprint", stamp.is_about(imprint)),
        ("signature", stamp.is_signed(roots)),
        ("certificate", stamp.is_trusted(roots)),
    ]
}

/// A verdict in both languages.
pub fn said(name: &str, verdict: &Verdict) -> (String, String) {
    let (zh, en) = match name {
        "imprint" => ("所盖的文件", "it is about this file"),
        "signature" => ("签名", "signature"),
        _ => ("证书", "certificate"),
    };
    match verdict {
        Verdict::Holds => (format!("{zh}：成立"), format!("{en}: holds")),
        Verdict::Broken(why) => (format!("{zh}：不成立（{why}）"), format!("{en}: does not hold ({why})")),
        Verdict::NotChecked(why) => (format!("{zh}：未核验（{why}）"), format!("{en}: not checked ({why})")),
    }
}

fn as_json(verdict: &Verdict) -> Value {
    match verdict {
        Verdict::Holds => json!({ "outcome": "holds" }),
        Verdict::Broken(why) => json!({ "outcome": "broken", "why": why }),
        Verdict::NotChecked(why) => json!({ "outcome": "not_checked", "why": why }),
    }
}
