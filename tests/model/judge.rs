//! What the model objects to: docs/rules.md §5, stages 3 to 6, and §6.

use serde_json::Value;
use zhaoce::ledger::Wish;
use zhaoce::record::PartName;

use super::{Breach, Item, Model, Round, fact, has, number};

/// Kind, roles, states it may follow, states it may follow when that is declared.
type Order = (&'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

const LIVE: [&str; 7] =
    ["inherited", "proposed", "reviewed", "referred", "determined", "decided", "published"];

const ORDER: [Order; 14] = [
    ("item.registered", &["clerk"], &["none"], &[]),
    ("item.inherited", &["admin", "clerk"], &["none"], &[]),
    ("item.proposed", &["clerk"], &["registered", "inherited", "proposed", "reviewed", "withdrawn"], &[]),
    (
        "item.reviewed",
        &["reviewer"],
        &["inherited", "proposed", "reviewed", "decided", "published", "withdrawn"],
        &["registered"],
    ),
    ("item.referred", &["approver", "reviewer"], &["inherited", "reviewed", "decided", "published"], &[]),
    (
        "item.determined",
        &["approver", "reviewer"],
        &["referred"],
        &["registered", "proposed", "reviewed", "decided"],
    ),
    (
        "item.decided",
        &["approver"],
        &["reviewed", "determined", "decided", "published", "withdrawn"],
        &["registered", "inherited", "proposed", "referred"],
    ),
    (
        "item.published",
        &["publisher"],
        &["decided"],
        &["registered", "inherited", "proposed", "reviewed", "referred", "determined", "withdrawn"],
    ),
    (
        "item.corrected",
        &["publisher"],
        &["inherited", "reviewed", "referred", "determined", "decided", "published", "lapsed"],
        &[],
    ),
    (
        "item.withdrawn",
        &["approver", "publisher"],
        &["inherited", "reviewed", "referred", "determined", "decided", "published", "lapsed"],
        &[],
    ),
    ("round.opened", &["admin", "approver"], &["none"], &[]),
    ("round.closed", &["admin", "approver"], &["opened"], &[]),
    ("round.published", &["publisher"], &["closed", "published"], &[]),
    ("part.erased", &["admin", "approver"], &[], &[]),
];

/// Roles and order of a kind: whether it may follow, and whether only when declared.
fn order(kind: &str, state: &str) -> (&'static [&'static str], bool, bool) {
    let live = LIVE.contains(&state) || state == "withdrawn";
    match kind {
        "item.reassessed" => (&["approver"], live, false),
        "item.lapsed" => (&["approver", "clerk"], live || state == "registered", false),
        "item.transferred" => (&["archivist"], state != "none", false),
        _ => {
            let (_, roles, from, waivable) = ORDER.iter().find(|(name, ..)| *name == kind).unwrap();
            (roles, from.contains(&state) || from.is_empty(), waivable.contains(&state))
        }
    }
}

impl Model {
    /// Everything that refuses the event as the next, signed by a person for one who did it: codes. Empty: admitted.
    /// The second value says whether it is irregular.
    pub fn refusals(&self, wish: &Wish, signer: &str) -> (Vec<&'static str>, bool) {
        let codes = wish.facts.get("irregular").and_then(Value::as_array);
        let declared: Vec<&str> = codes.into_iter().flatten().filter_map(Value::as_str).collect();
        let breaches = self.breaches(wish, signer);
        if breaches.iter().any(|(code, _)| *code == "order.state") {
            // Nothing is waived, and no declaration looked at, where the event cannot follow at all.
            return (breaches.into_iter().map(|(code, _)| code).collect(), false);
        }
        let waived = |breach: &Breach| breach.1.is_some_and(|waiver| declared.contains(&waiver));
        let mut refusing: Vec<&'static str> =
            breaches.iter().filter(|breach| !waived(breach)).map(|(code, _)| *code).collect();
        if has(wish, "irregular") {
            let used = |code: &str| breaches.iter().any(|(_, waiver)| *waiver == Some(code));
            for (wrong, code) in [
                (!has(wish, "evidence"), "irregular.evidence"),
                (!wish.parts.contains_key(&PartName::Closed), "irregular.reason"),
                (!self.holds(signer, "approver"), "irregular.signer"),
                (declared.iter().any(|code| !used(code)), "irregular.unneeded"),
            ] {
                if wrong {
                    refusing.push(code);
                }
            }
        }
        let irregular = refusing.is_empty() && breaches.iter().any(waived);
        (refusing, irregular)
    }

    /// The codes that would have to be declared.
    pub fn waivers(&self, wish: &Wish, signer: &str) -> Vec<&'static str> {
        let mut waivers: Vec<&'static str> =
            self.breaches(wish, signer).into_iter().filter_map(|(_, waiver)| waiver).collect();
        waivers.sort_unstable();
        waivers.dedup();
        waivers
    }

    pub fn holds(&self, person: &str, role: &str) -> bool {
        self.roles.get(person).is_some_and(|roles| roles.contains(role))
    }

    fn state_and_last(&self, wish: &Wish) -> (String, Option<String>) {
        let id = wish.subject.as_str();
        match (self.items.get(id), self.rounds.get(id)) {
            (Some(item), _) => (item.state.clone(), Some(item.last_on.clone())),
            (_, Some(round)) => (round.state.clone(), Some(round.last_on.clone())),
            _ => ("none".into(), None),
        }
    }

    fn breaches(&self, wish: &Wish, signer: &str) -> Vec<Breach> {
        let kind = wish.kind.as_str();
        let (state, last_on) = self.state_and_last(wish);
        let (person, mode) = (fact(wish, "person").unwrap(), fact(wish, "mode").unwrap());
        let (roles, may, if_declared) = order(kind, &state);
        let transcribed = mode == "transcribed";
        let signs = ["clerk", "approver", "admin"].iter().any(|role| self.holds(signer, role));
        let backdated = last_on.is_some_and(|last| fact(wish, "on").unwrap() < last.as_str());
        let common: [(bool, Breach); 8] = [
            (lacks_title(wish), ("part.member_missing", None)),
            ((kind == "item.inherited") != (mode == "inherited"), ("mode.forbidden", None)),
            (!transcribed && person != signer, ("person.not_signer", None)),
            (!roles.iter().any(|role| self.holds(person, role)), ("role.missing", None)),
            (transcribed && !signs, ("transcribe.signer", None)),
            (transcribed && !has(wish, "evidence"), ("transcribe.evidence", None)),
            (backdated, ("date.backdated", Some("backdated"))),
            (!may && if_declared, ("order.step", Some("step_missing"))),
        ];
        let mut found: Vec<Breach> =
            common.into_iter().filter(|(breach, _)| *breach).map(|(_, rule)| rule).collect();
        if !may && !if_declared {
            found.push(("order.state", None));
            return found;
        }
        let item = self.item(wish.subject.as_str());
        match wish.subject.class() {
            "item" if kind != "part.erased" => found.extend(self.of_item(&item, wish)),
            "round" => found.extend(self.of_round(wish)),
            _ => {}
        }
        found
    }

    fn of_item(&self, it: &Item, wish: &Wish) -> Vec<Breach> {
        let mut found = match wish.kind.as_str() {
            "item.registered" => registered(wish),
            "item.inherited" => inherited(wish),
            "item.proposed" => proposed(it, wish),
            "item.reviewed" => self.reviewed(it, wish),
            "item.referred" => {
                when(it.review.as_ref().is_none_or(|review| review.outcome != "refer"), "refer.outcome")
            }
            "item.determined" => when(it.secret && fact(wish, "outcome") == Some("open"), "secret.review"),
            "item.decided" => decided(it, wish),
            "item.published" => published(it, wish),
            "item.corrected" => corrected(it, wish),
            "item.withdrawn" => when(it.open.is_none(), "withdraw.public"),
            "item.reassessed" => self.reassessed(it, wish),
            "item.transferred" => when(it.transferred, "transfer.again"),
            _ => Vec::new(),
        };
        let late = wish.facts.get("irregular").is_some_and(|codes| codes.to_string().contains("late"));
        // Without calendars nothing proves that a publication is late: whoever declares it is believed, but of what is
        // public already.
        match wish.kind.as_str() {
            "item.published" if late && it.open.is_none() => found.push(("publish.overdue", Some("late"))),
            "item.corrected" if late => found.push(("publish.late", Some("late"))),
            _ => {}
        }
        found
    }

    fn reviewed(&self, it: &Item, wish: &Wish) -> Vec<Breach> {
        let mut found = Vec::new();
        if !self.relaxed && it.drafter.as_deref() == fact(wish, "person") {
            found.push(("review.self", Some("self_review")));
        }
        let expected = fact(wish, "scope") == Some("redacted");
        found.extend(when(has(wish, "redacted") != expected, "redaction.fits"));
        found.extend(when(it.secret && fact(wish, "outcome") == Some("open"), "secret.review"));
        found
    }

    fn reassessed(&self, it: &Item, wish: &Wish) -> Vec<Breach> {
        let (outcome, trigger) = (fact(wish, "outcome").unwrap(), fact(wish, "trigger"));
        let round = fact(wish, "round");
        let named = round.and_then(|id| self.rounds.get(id)).filter(|round| round.state == "opened");
        let keep = outcome == "maintain" || outcome == "deferred";
        let changes = ["to_on_request", "to_open", "to_partial"].contains(&outcome);
        let (ground, rest) = (has(wish, "ground"), has(wish, "remainder_ground"));
        let wrong_ground = ground && !(keep && it.is("withheld"))
            || outcome == "maintain" && it.is("withheld") && !ground
            || rest && !(outcome == "to_partial" || keep && it.is("partial"))
            || (outcome == "to_partial" || outcome == "maintain" && it.is("partial")) && !rest;
        let settled = it.is("open") || it.is("unstated") || outcome == "to_on_request" && it.is("on_request");
        let secret = changes && trigger != Some("secrecy_over")
            || ground && fact(wish, "ground") != Some("state_secret");
        let mut found = when(round.is_none() && trigger.is_none(), "reassess.occasion");
        found.extend(when(round.is_some() && named.is_none(), "reassess.round"));
        found.extend(when(named.is_some_and(|round| !self.member(it, round)), "reassess.member"));
        found.extend(when(settled, "reassess.attribute"));
        found.extend(when(wrong_ground, "reassess.ground"));
        found.extend(when(has(wish, "redacted") && outcome != "to_partial", "redaction.fits"));
        found.extend(when(it.other && changes && trigger != Some("source_changed"), "reassess.followed"));
        found.extend(when(outcome == "to_on_request" && it.open.is_some(), "reassess.public"));
        found.extend(when(it.secret && secret, "reassess.secret"));
        found
    }

    fn of_round(&self, wish: &Wish) -> Vec<Breach> {
        let none = Round::default();
        let round = self.rounds.get(wish.subject.as_str()).unwrap_or(&none);
        let year: u64 = fact(wish, "on").unwrap()[..4].parse().unwrap();
        let (named, count) = (number(wish, "year").unwrap_or(0), number(wish, "count").unwrap_or(0));
        let mut found = Vec::new();
        match wish.kind.as_str() {
            "round.opened" => {
                found.extend(when(self.open_round.is_some(), "round.one_open"));
                found.extend(when(count != self.withheld, "round.count"));
                found.extend(when(named > year, "round.year"));
                if named < year {
                    found.push(("round.late", Some("late")));
                }
            }
            "round.closed" => {
                found.extend(when((named, count) != (round.year, round.count), "round.figures"));
                found.extend(when(round.done != round.count, "round.unfinished"));
            }
            _ => {}
        }
        found
    }
}

/// §8: a registration's closed part and an open part of an item hold a title.
fn lacks_title(wish: &Wish) -> bool {
    let of = |name| wish.parts.get(&name).is_some_and(|body| !body.contains_key("title"));
    of(PartName::Open) || wish.kind.as_str() == "item.registered" && of(PartName::Closed)
}

fn when(breach: bool, code: &'static str) -> Vec<Breach> {
    if breach { vec![(code, None)] } else { Vec::new() }
}

fn registered(wish: &Wish) -> Vec<Breach> {
    let secret = has(wish, "secret_basis");
    let closed = wish.parts.contains_key(&PartName::Closed);
    let other = fact(wish, "responsible") == Some("other");
    let (origin, body) = match fact(wish, "responsible_ground").unwrap() {
        "made" | "lead" => ("made", "self"),
        "organ" => ("obtained", "other"),
        code => panic!("{code}"),
    };
    let fits = fact(wish, "origin") == Some(origin) && fact(wish, "responsible") == Some(body);
    let mut found = when(!fits, "item.responsible");
    found.extend(when(other != has(wish, "source_attribute"), "item.source_attribute"));
    found.extend(when(!secret && !closed, "register.title"));
    found.extend(when(secret && closed, "secret.content"));
    found.extend(when(secret != has(wish, "review_by"), "secret.stub"));
    found
}

fn inherited(wish: &Wish) -> Vec<Breach> {
    let attribute = fact(wish, "attribute").unwrap();
    let open = wish.parts.contains_key(&PartName::Open);
    let wrong = attribute == "open" && !open || open && !["open", "partial"].contains(&attribute);
    let withheld = ["withheld", "partial"].contains(&attribute);
    let mut found = when(wrong, "inherit.open_part");
    found.extend(when(has(wish, "ground") && !withheld, "inherit.ground"));
    found
}

fn proposed(it: &Item, wish: &Wish) -> Vec<Breach> {
    let withheld = ["withheld", "partial"].contains(&fact(wish, "attribute").unwrap());
    let mut found = when(it.state == "inherited" && !it.is("unstated"), "propose.settled");
    found.extend(when(has(wish, "ground") != withheld, "ground.fits"));
    found.extend(secret_attribute(it, wish));
    found
}

fn secret_attribute(it: &Item, wish: &Wish) -> Vec<Breach> {
    let fits = fact(wish, "attribute") == Some("withheld") && fact(wish, "ground") == Some("state_secret");
    when(it.secret && !fits, "secret.attribute")
}

fn decided(it: &Item, wish: &Wish) -> Vec<Breach> {
    let attribute = fact(wish, "attribute").unwrap();
    let (open, partial) = (attribute == "open", attribute == "partial");
    let followed = it.other != (fact(wish, "basis") == Some("followed"));
    let source = it.source.as_deref().filter(|source| it.other && *source != "unstated");
    let grounds =
        has(wish, "ground") != (attribute == "withheld") || has(wish, "remainder_ground") != partial;
    let stays_out = open || partial && it.is("partial");
    let mut found = when(followed || source.is_some_and(|source| source != attribute), "decide.followed");
    found.extend(when(grounds, "ground.fits"));
    found.extend(when(has(wish, "redacted") != partial, "redaction.fits"));
    found.extend(same_redaction(it, wish));
    if (open || partial) && !it.cleared(attribute) {
        found.push(("decide.unreviewed", Some("unreviewed")));
    }
    found.extend(when(it.open.is_some() && !stays_out, "decide.public"));
    found.extend(secret_attribute(it, wish));
    found
}

fn same_redaction(it: &Item, wish: &Wish) -> Vec<Breach> {
    let reviewed = it.review.as_ref().and_then(|review| review.redacted.as_deref());
    let differs = fact(wish, "redacted").zip(reviewed).is_some_and(|(here, there)| here != there);
    when(differs, "redaction.same")
}

fn published(it: &Item, wish: &Wish) -> Vec<Breach> {
    let released = it.is("open") || it.is("partial");
    let mut found = Vec::new();
    if !it.decided || !released {
        found.push(("publish.undecided", Some("undecided")));
    }
    if !it.cleared(&it.attribute) {
        found.push(("publish.unreviewed", Some("unreviewed")));
    }
    found.extend(when(released && has(wish, "redacted") != it.is("partial"), "redaction.fits"));
    found.extend(same_redaction(it, wish));
    found.extend(when(it.secret, "secret.publish"));
    found
}

fn corrected(it: &Item, wish: &Wish) -> Vec<Breach> {
    let content = fact(wish, "extent") == Some("content");
    let released = it.is("open") || it.is("partial");
    let redacted = has(wish, "redacted");
    let wrong = if content { released && redacted != it.is("partial") } else { redacted };
    let mut found = when(it.open.is_none(), "correct.public");
    if content && !it.cleared(&it.attribute) {
        found.push(("correct.unreviewed", Some("unreviewed")));
    }
    found.extend(when(wrong, "redaction.fits"));
    found.extend(same_redaction(it, wish));
    found.extend(when(it.secret, "secret.publish"));
    found
}
