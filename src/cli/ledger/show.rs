//! `ledger show`.

use clap::Args;
use serde_json::json;

use crate::cli::lookup;
use crate::cli::words::words;
use crate::cli::{Ctx, Ui};
use crate::fault::{Lang, Outcome};

/// 查看台账概况 · Show what the ledger is and where it stands
#[derive(Args)]
pub struct Show {}

impl Show {
    pub(super) fn run(self, ui: &Ui, ctx: &Ctx<'_>) -> Outcome<()> {
        let mut ledger = ctx.read()?;
        let office = ledger.office()?.office.clone();
        ctx.tell(&mut ledger);
        let info = ledger.info();
        let (head, size) = (ledger.head(), ledger.head().size());
        let edition = office.edition.map(|digest| digest.to_string()).unwrap_or_default();
        let book = office.edition.and_then(|digest| ledger.books().get(&digest).cloned());
        let name = book.as_ref().map(|book| book.name().to_owned()).unwrap_or_default();
        let at = head.at.map(|at| at.to_string()).unwrap_or_default();
        let round = lookup::open_round(&ledger)?.map(|round| round.id.to_string()).unwrap_or_default();
        let people = lookup::people(&ledger)?
            .iter()
            .filter(|person| person.person.roles.iter().next().is_some())
            .count();
        let policy = |lang| words().name("separation", office.policy.separation.as_str(), lang);
        let (root, chain, withheld) = (head.frontier.root(), head.chain, lookup::withheld(&ledger)?);
        ui.say(
            format!(
                "{}\n  台账标识  {}\n  创世摘要  {}\n  规则集    {name}\n  事件数    {size}\n  链首      {chain}\n  树根      {root}\n  最近录入  {at}\n  \
                 在册人员  {people}\n  不予公开  {withheld} 件\n  评估轮次  {}\n  拟审分离  {}",
                info.office, info.origin, info.genesis, if round.is_empty() { "（无进行中的轮次）" } else { &round }, policy(Lang::Zh),
            ),
            format!(
                "{}\n  origin        {}\n  genesis hash  {}\n  rule book     {name}\n  events        {size}\n  head          {chain}\n  root          {root}\n  last entry    {at}\n  \
                 people        {people}\n  withheld      {withheld}\n  open round    {}\n  separation    {}",
                info.office, info.origin, info.genesis, if round.is_empty() { "none" } else { &round }, policy(Lang::En),
            ),
        )?;
        ui.json(&json!({
            "origin": info.origin, "office": info.office, "genesis": info.genesis, "format": info.format, "suite": "zc1",
            "size": size, "head": chain, "root": root, "at": head.at,
            "edition": { "name": name, "digest": edition },
            "policy": office.policy, "people": people, "withheld": withheld, "open_round": office.open_round, "closed": office.ended,
        }))
    }
}
