//! Signing: an open ledger, the signer's key and person, and the way wishes become acts.

use serde::Serialize;
use serde_json::json;

use super::first_key::key_name;
use super::history::Names;
use super::keystore::{KeyEntry, KeyName};
use super::lookup::{self, ItemView};
use super::ui::Refusal;
use super::{Ctx, Ui};
use crate::fault::{Fault, Outcome};
use crate::ledger::{Access, Entropy, Info, Ledger, Receipt, Wish, info_of};
use crate::record::{KeyId, Moment, Signer, Subject};

/// Seconds after which the clock must be confirmed.
const QUIET: i64 = 24 * 60 * 60;

/// A ledger opened for writing by somebody.
pub struct Desk<'a> {
    /// The ledger.
    pub ledger: Ledger,
    /// The signer's person.
    pub me: Subject,
    signer: Box<dyn Signer>,
    ctx: &'a Ctx<'a>,
    any_time: bool,
}

/// A wish, and where it comes from in words people understand.
pub struct Planned {
    /// The wish.
    pub wish: Wish,
    /// A title, or a line of a file.
    pub place: String,
}

/// What was signed, as JSON shows it.
#[derive(Serialize)]
struct Signed<'a> {
    #[serde(flatten)]
    receipt: Receipt,
    size: u64,
    subjects: Vec<&'a Subject>,
}

impl<'a> Desk<'a> {
    /// Unlocks the signer's key, then opens the ledger for writing: nobody types a passphrase while others wait.
    pub fn open(ctx: &'a Ctx<'a>) -> Outcome<Self> {
        let dir = ctx.ledger_dir()?;
        let name = ctx.signer_name(&info_of(&dir)?)?;
        let signer = ctx.keystore()?.unlock(&name, &ctx.passphrase())?;
        let mut ledger = Ledger::open(&dir, Access::Write)?;
        ctx.tell(&mut ledger);
        let me = holder(&mut ledger, &name, signer.key())?;
        Ok(Self { ledger, me, signer, ctx, any_time: false })
    }

    /// Lets the clock stand before the last act: for the act that corrects it.
    pub fn at_any_time(mut self) -> Self {
        self.any_time = true;
        self
    }

    /// The moment an act would be entered at.
    ///
    /// Errors: `clock.behind`, `clock.unconfirmed`.
    pub fn at(&self) -> Outcome<Moment> {
        let now = self.ctx.now()?;
        let Some(last) = self.ledger.head().at else { return Ok(now) };
        let says = |fault: Fault| fault.with("expected", last).with("found", now);
        if self.any_time {
            return Ok(now);
        }
        if now < last {
            return Err(says(Fault::refused("clock.behind")));
        }
        let quiet = now.unix().saturating_sub(last.unix());
        if quiet > QUIET && !self.ctx.globals.confirm_clock {
            return Err(says(Fault::refused("clock.unconfirmed")));
        }
        Ok(now)
    }

    /// The signer's key.
    pub fn key(&self) -> KeyId {
        self.signer.key()
    }

    /// Ledger, signer and randomness, for what is not an ordinary act.
    pub fn parts(&mut self) -> (&mut Ledger, &dyn Signer, std::cell::RefMut<'_, Box<dyn Entropy>>) {
        (&mut self.ledger, self.signer.as_ref(), self.ctx.env.entropy.borrow_mut())
    }

    /// Everything that refuses the plan, noted for the user; nothing is written.
    ///
    /// Errors: the refusal itself when one thing was planned, `act.refused` when several were.
    pub fn check(&mut self, ui: &Ui, plan: &[Planned]) -> Outcome<()> {
        let (at, key) = (self.at()?, self.key());
        let wishes: Vec<Wish> = plan.iter().map(|planned| planned.wish.clone()).collect();
        let mut refused = self.ledger.refusals(key, at, &wishes)?;
        let count = refused.len();
        if count > 0 {
            let names = Names::of(&self.ledger)?;
            refused.iter_mut().for_each(|(_, fault)| names.put_into(fault));
        }
        if plan.len() == 1
            && let Some((_, fault)) = refused.pop()
        {
            return Err(fault);
        }
        for (nth, fault) in refused {
            let planned = plan.get(nth);
            let place = planned.map(|planned| planned.place.clone()).unwrap_or_default();
            let subject = planned.map(|planned| planned.wish.subject.to_string());
            ui.refusal(Refusal { place, subject, fault });
        }
        if count == 0 {
            return Ok(());
        }
        Err(Fault::refused("act.refused").with("found", count).with("expected", plan.len()))
    }

    /// Signs the plan as one act, after finding everything that refuses it.
    pub fn sign(&mut self, ui: &Ui, plan: Vec<Planned>) -> Outcome<Receipt> {
        self.check(ui, &plan)?;
        let at = self.at()?;
        let wishes = plan.into_iter().map(|planned| planned.wish).collect();
        let mut entropy = self.ctx.env.entropy.borrow_mut();
        self.ledger.commit(self.signer.as_ref(), at, wishes, entropy.as_mut())
    }

    /// Signs the plan, or with `dry` only says whether it would be admitted, and shows what became of it.
    pub fn sign_and_show(&mut self, ui: &Ui, plan: Vec<Planned>, dry: bool) -> Outcome<()> {
        let mut subjects: Vec<Subject> = Vec::new();
        for planned in &plan {
            if !subjects.contains(&planned.wish.subject) {
                subjects.push(planned.wish.subject.clone());
            }
        }
        let count = plan.len();
        if dry {
            self.check(ui, &plan)?;
            ui.say(
                format!("可以办理：{count} 个事件。未写入。"),
                format!("{count} events would be admitted; nothing was written."),
            )?;
            return ui.json(&json!({ "events": count, "written": false }));
        }
        let receipt = self.sign(ui, plan)?;
        self.show(ui, receipt, &subjects)
    }

    fn show(&self, ui: &Ui, receipt: Receipt, subjects: &[Subject]) -> Outcome<()> {
        let (first, last, acts) = (receipt.first, receipt.end.saturating_sub(1), receipt.acts);
        let events = receipt.end - receipt.first;
        ui.say(
            format!(
                "已签署：{events} 个事件（{}），{acts} 个行为。",
                span(first, last, "第 ", " 至 ", " 号")
            ),
            format!("Signed: {events} event(s) ({}) in {acts} act(s).", span(first, last, "", " to ", "")),
        )?;
        for notice in &receipt.notices {
            ui.say(format!("  提示：{}", notice.zh), format!("  Note: {}", notice.en))?;
        }
        for subject in subjects.iter().filter(|subject| subject.class() == "item").take(SHOWN) {
            if let Some(item) = lookup::item(&self.ledger, subject)? {
                ui.say(line(&item, crate::fault::Lang::Zh), line(&item, crate::fault::Lang::En))?;
            }
        }
        if subjects.len() > SHOWN {
            let more = subjects.len() - SHOWN;
            ui.say(format!("  ……另有 {more} 件"), format!("  … and {more} more"))?;
        }
        let subjects = subjects.iter().collect();
        ui.json(&Signed { receipt, size: self.ledger.head().size(), subjects })
    }
}

/// What the ledger noticed while it was written to is told even when the command ends in an error.
impl Drop for Desk<'_> {
    fn drop(&mut self) {
        self.ctx.tell(&mut self.ledger);
    }
}

fn span(first: u64, last: u64, before: &str, to: &str, after: &str) -> String {
    if first == last {
        format!("{before}{first}{after}")
    } else {
        format!("{before}{first}{to}{last}{after}")
    }
}

/// Items shown one by one after an act.
const SHOWN: usize = 12;

fn line(item: &ItemView, lang: crate::fault::Lang) -> String {
    format!("  {}  {}  {}", item.id, item.standing(lang), item.called())
}

fn holder(ledger: &mut Ledger, name: &KeyName, key: KeyId) -> Outcome<Subject> {
    let unknown = || Fault::refused("signer.not_enrolled").with("name", name).with("found", key);
    ledger.holder(&key)?.ok_or_else(unknown)
}

impl<'a> Ctx<'a> {
    /// The key to sign with: `--as`, else the only key of this user that is enrolled in the ledger.
    pub fn signer_name(&self, info: &Info) -> Outcome<KeyName> {
        if let Some(name) = self.as_name()? {
            return Ok(name);
        }
        let own = [key_name(&info.origin, "ledger")?, key_name(&info.origin, "recovery")?];
        let here = |entry: &KeyEntry| {
            entry.origin.as_deref() == Some(info.origin.as_str()) && !own.contains(&entry.name)
        };
        let mut keys: Vec<_> = self.keystore()?.list()?.into_iter().filter(here).collect();
        match (keys.pop(), keys.is_empty()) {
            (Some(only), true) => Ok(only.name),
            (None, _) => Err(Fault::usage("signer.not_named").with("expected", "NAME")),
            (Some(one), _) => {
                keys.push(one);
                let names: Vec<&str> = keys.iter().map(|entry| entry.name.as_str()).collect();
                Err(Fault::usage("signer.not_named").with("expected", names.join("|")))
            }
        }
    }
}
