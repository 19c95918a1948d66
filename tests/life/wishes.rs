//! What someone might wish for next: mostly what fits, sometimes what does not.

use serde_json::json;
use zhaoce::ledger::Wish;
use zhaoce::record::{Moment, PartName, Subject};

use super::{Dice, Life};
use crate::model::{Item, Model};

const ATTRIBUTES: [&str; 4] = ["open", "partial", "withheld", "on_request"];
/// What is tried where it does not fit.
pub const ANY_KIND: [&str; 12] = [
    "item.proposed",
    "item.reviewed",
    "item.referred",
    "item.determined",
    "item.decided",
    "item.published",
    "item.corrected",
    "item.withdrawn",
    "item.reassessed",
    "item.lapsed",
    "item.transferred",
    "item.registered",
];

fn file(digit: usize) -> String {
    format!("sha256:{}", digit.to_string().repeat(64))
}

impl Life {
    /// Who does it and who enters it, whether a departure is declared; now and then something is amiss.
    pub fn manner(&self, model: &Model, wish: Wish, dice: &mut Dice) -> (Wish, String) {
        let person = |who: &str| self.office.people[who].0.to_string();
        let who = match wish.kind.as_str() {
            "item.reviewed" | "item.referred" | "item.determined" => "review",
            "item.decided" | "item.reassessed" | "round.opened" | "round.closed" => "approve",
            "item.proposed" if dice.once(4) => "review",
            _ => "admin",
        };
        let who = if dice.once(25) { dice.of(&["admin", "review", "approve"]) } else { who };
        let mut wish = spoiled(wish.fact("person", person(who)), dice);
        if dice.once(8) {
            let on = Moment::from_unix(self.office.now.unix() - 86_400 * 2).unwrap().day();
            wish = wish.fact("on", on.to_string());
        }
        let mut signer = person(who);
        if dice.once(8) {
            signer = person(dice.of(&["approve", "approve", "admin", "review"]));
            if !dice.once(8) {
                wish = wish.fact("mode", "transcribed");
            }
            if !dice.once(8) {
                wish = wish.fact("evidence", file(5));
            }
        }
        self.declared(model, wish, signer, dice)
    }

    /// The wish with its departures declared, perhaps; or with some that are none.
    fn declared(&self, model: &Model, wish: Wish, signer: String, dice: &mut Dice) -> (Wish, String) {
        let late = dice.once(6) && wish.kind.as_str() == "item.published";
        let waivers = model.waivers(&wish, &signer);
        if !late && (waivers.is_empty() || dice.once(2)) {
            return (wish, signer);
        }
        let mut codes = if dice.once(10) { vec!["self_review"] } else { waivers };
        codes.extend(late.then_some("late"));
        codes.sort_unstable();
        codes.dedup();
        let closed = wish.parts.contains_key(&PartName::Closed);
        let mode = if wish.kind.as_str() == "item.inherited" { "inherited" } else { "transcribed" };
        let mut wish = wish.fact("mode", mode).fact("irregular", codes);
        if !dice.once(10) {
            wish = wish.fact("evidence", file(6));
        }
        if !closed && !dice.once(10) {
            wish = wish.part(PartName::Closed, "reason", "补录");
        }
        let who = if dice.once(10) { "admin" } else { "approve" };
        (wish, self.office.people[who].0.to_string())
    }

    pub fn wish(&self, kind: &str, subject: &Subject, it: &Item, dice: &mut Dice) -> Wish {
        let wish = self.office.wish(kind, subject);
        let ground = if it.secret { "state_secret" } else { "privacy" };
        match kind {
            "item.registered" => registered(wish, dice),
            "item.proposed" => {
                let attribute = if it.secret && !dice.once(6) { "withheld" } else { dice.of(&ATTRIBUTES) };
                let withheld = ["withheld", "partial"].contains(&attribute) != dice.once(15);
                wish.fact("attribute", attribute).maybe("ground", withheld.then_some(ground))
            }
            "item.reviewed" => {
                let outcome =
                    if it.secret { "exempt" } else { dice.of(&["open", "open", "exempt", "refer"]) };
                let redacted = dice.once(3);
                wish.fact("outcome", outcome)
                    .fact("scope", if redacted { "redacted" } else { "whole" })
                    .maybe("redacted", (redacted != dice.once(15)).then(|| file(1 + dice.roll(2))))
            }
            "item.referred" => wish.fact("to", "secrecy_admin"),
            "item.determined" => {
                wish.fact("outcome", dice.of(&["open", "exempt"])).fact("by_authority", "secrecy_admin")
            }
            "item.decided" => decided(wish, it, ground, dice),
            "item.published" | "item.corrected" => self.release(wish, it, dice),
            "item.withdrawn" => wish.fact("cause", "error"),
            "item.reassessed" => self.reassessed(wish, it, dice),
            "item.lapsed" => wish.fact("cause", "expired"),
            _ => wish,
        }
    }

    pub fn release(&self, wish: Wish, it: &Item, dice: &mut Dice) -> Wish {
        let content = dice.once(2);
        let extent = if content { "content" } else { "catalogue" };
        let published = wish.kind.as_str() == "item.published";
        let redacted = it.is("partial") && (published || content);
        let shown = it.review.as_ref().and_then(|review| review.redacted.clone()).unwrap_or_else(|| file(1));
        let title = format!("第{}版", self.model.size);
        wish.maybe("channels", published.then(|| json!(["website"])))
            .maybe("extent", (!published).then_some(extent))
            .maybe("redacted", (redacted != dice.once(15)).then_some(shown))
            .part(PartName::Open, "title", title)
    }

    pub fn reassessed(&self, wish: Wish, it: &Item, dice: &mut Dice) -> Wish {
        let outcomes =
            ["maintain", "maintain", "deferred", "to_on_request", "to_open", "to_partial", "lapsed"];
        let outcome = dice.of(&outcomes);
        let round = self.model.open_round.clone().filter(|_| !dice.once(4));
        let strange = self.rounds.first().map(ToString::to_string).filter(|_| dice.once(10));
        let trigger = if it.secret { "secrecy_over" } else { dice.of(&["circumstances", "source_changed"]) };
        let named = round.is_some() && !dice.once(3);
        let ground = if it.secret { "state_secret" } else { "process" };
        let (keep, to_partial) = (outcome == "maintain", outcome == "to_partial");
        wish.fact("outcome", outcome)
            .maybe("round", strange.or(round))
            .maybe("trigger", (!named).then_some(trigger))
            .maybe("ground", (keep && it.is("withheld")).then_some(ground))
            .maybe("remainder_ground", (to_partial || keep && it.is("partial")).then_some("privacy"))
            .part(PartName::Closed, "reason", "评估")
    }

    pub fn inherited(&self, subject: &Subject, dice: &mut Dice) -> Wish {
        let attribute = dice.of(&["open", "partial", "withheld", "on_request", "unstated"]);
        let (origin, body) = if dice.once(3) { ("obtained", "other") } else { ("made", "self") };
        let wish = self.office.wish("item.inherited", subject).fact("mode", "inherited");
        let wish = wish.fact("attribute", attribute).fact("responsible", body).fact("origin", origin);
        let ground = (["withheld", "partial"].contains(&attribute) || dice.once(10)).then_some("privacy");
        let wish = wish
            .maybe("ground", ground)
            .part(PartName::Closed, "identity", subject.to_string())
            .part(PartName::Closed, "row", json!([["标题", "旧文"]]))
            .part(PartName::Closed, "source", json!({ "file": "旧.csv", "line": 2 }));
        let open = attribute == "open" || attribute == "partial" && dice.once(2);
        if open != dice.once(15) { wish.part(PartName::Open, "title", "旧文") } else { wish }
    }
}

/// Facts that a kind may have, each with a value for it.
const OPTIONAL: [(&str, &str, &str); 16] = [
    ("item.registered", "source_attribute", "open"),
    ("item.registered", "secret_basis", "classified"),
    ("item.registered", "review_by", "2030-01-01"),
    ("item.registered", "responsible", "other"),
    ("item.registered", "origin", "obtained"),
    ("item.inherited", "ground", "privacy"),
    ("item.proposed", "ground", "privacy"),
    ("item.decided", "ground", "privacy"),
    ("item.decided", "remainder_ground", "privacy"),
    ("item.decided", "redacted", FILE),
    ("item.published", "redacted", FILE),
    ("item.corrected", "redacted", FILE),
    ("item.reassessed", "ground", "privacy"),
    ("item.reassessed", "remainder_ground", "privacy"),
    ("item.reassessed", "redacted", FILE),
    ("item.reassessed", "trigger", "circumstances"),
];
const FILE: &str = "sha256:7777777777777777777777777777777777777777777777777777777777777777";

/// Now and then with a fact too many, one too few, or a file or part that is another or not there.
fn spoiled(mut wish: Wish, dice: &mut Dice) -> Wish {
    let fitting: Vec<_> = OPTIONAL.iter().filter(|(kind, ..)| *kind == wish.kind.as_str()).collect();
    if fitting.is_empty() || !dice.once(8) {
        return wish;
    }
    let (_, name, value) = fitting[dice.roll(fitting.len())];
    let required = ["responsible", "origin"].contains(name);
    if dice.once(2) && !required && wish.facts.remove(*name).is_some() {
        return wish;
    }
    if wish.kind.as_str() == "item.registered" && dice.once(3) {
        wish.parts.remove(&PartName::Closed);
    }
    wish.fact(name, *value)
}

fn decided(wish: Wish, it: &Item, ground: &str, dice: &mut Dice) -> Wish {
    let review = it.review.as_ref();
    let fit = match review.map(|review| (review.outcome.as_str(), review.scope.as_str())) {
        Some(("open", "whole")) => "open",
        Some(("open", _)) => "partial",
        _ => dice.of(&["withheld", "on_request"]),
    };
    let source = it.source.as_deref().filter(|source| it.other && *source != "unstated");
    let attribute = if dice.once(8) { dice.of(&ATTRIBUTES) } else { source.unwrap_or(fit) };
    let basis = if it.other != dice.once(20) { "followed" } else { "own" };
    let shown = review.and_then(|review| review.redacted.clone()).unwrap_or_else(|| file(1));
    wish.fact("attribute", attribute)
        .fact("basis", basis)
        .maybe("ground", (attribute == "withheld").then_some(ground))
        .maybe("remainder_ground", (attribute == "partial").then_some("privacy"))
        .maybe("redacted", (attribute == "partial").then_some(shown))
}

pub fn registered(wish: Wish, dice: &mut Dice) -> Wish {
    let secret = dice.once(8);
    let (ground, origin, body) =
        if dice.once(4) { ("organ", "obtained", "other") } else { ("made", "made", "self") };
    let source = (body == "other").then(|| dice.of(&ATTRIBUTES));
    let wish = wish.fact("origin", origin).fact("responsible", body).fact("responsible_ground", ground);
    let wish = wish.maybe("source_attribute", source.filter(|_| !dice.once(15)));
    let wish = wish.maybe("secret_basis", secret.then_some("classified"));
    let wish = wish.maybe("review_by", (secret != dice.once(20)).then_some("2030-01-01"));
    if secret != dice.once(20) { wish } else { wish.part(PartName::Closed, "title", "通知") }
}

/// What would come next.
pub fn natural(it: &Item, dice: &mut Dice) -> &'static str {
    let released = it.is("open") || it.is("partial");
    match it.state.as_str() {
        "registered" => "item.proposed",
        "withdrawn" => dice.of(&["item.proposed", "item.proposed", "item.reviewed", "item.decided"]),
        "inherited" if it.is("unstated") => "item.proposed",
        "inherited" if it.open.is_some() => "item.withdrawn",
        "proposed" => "item.reviewed",
        "reviewed" if it.review.as_ref().is_some_and(|review| review.outcome == "refer") => "item.referred",
        "referred" => "item.determined",
        "reviewed" | "determined" => "item.decided",
        "decided" if released && !it.cleared(&it.attribute) => "item.reviewed",
        "decided" if released => "item.published",
        "published" => {
            dice.of(&["item.corrected", "item.withdrawn", "item.reviewed", "item.decided", "item.reassessed"])
        }
        "lapsed" => dice.of(&["item.withdrawn", "item.transferred"]),
        _ => "item.reassessed",
    }
}
