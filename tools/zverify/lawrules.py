"""The named rules of rules.md section 6. Each answers None, or (expected, found) for a breach."""

from __future__ import annotations

from dataclasses import dataclass

from . import crypto
from .event import Event
from .rulebook import Edition, ascending

NO_ITEM = {"state": "none", "attribute": "unstated"}
WITHHELD = ("withheld", "partial")
CHANGES = ("to_on_request", "to_open", "to_partial")


@dataclass
class Case:
    """An event before the law: `it` and `rd` are the item and the round as they were before it."""

    e: Event
    office: dict
    it: dict
    rd: dict | None
    edition: Edition
    editions: dict[str, Edition]
    state: object

    def has(self, fact: str) -> bool:
        return fact in self.e.facts

    def __getitem__(self, fact: str):
        return self.e.facts.get(fact)


def when(condition, expected=None, found=None):
    return (expected, found) if condition else None


def member(it: dict, rd: dict) -> bool:
    since = it.get("withheld_since")
    return rd["state"] == "opened" and since is not None and since < rd["opened"] and it.get("round_done") != rd["opened"]


def fresh(it: dict) -> bool:
    content = it.get("content")
    return "review" in it and (content is None or content < it["review"]["seq"])


def cleared(it: dict, attribute: str) -> bool:
    if not fresh(it) or it["review"]["outcome"] != "open":
        return False
    wanted = {"open": "whole", "partial": "redacted"}.get(attribute)
    return wanted is None or it["review"]["scope"] == wanted


def live_admins(office: dict, roles: dict[str, list] | None = None, without: str | None = None) -> bool:
    """Whether an administrator can act, with these roles put in place and this key taken away."""
    holders = {
        k["holder"] for name, k in office["keys"].items() if k["use"] == "act" and "revoked" not in k and name != without
    }
    roles = roles or {}
    return any("admin" in roles.get(h, office["persons"].get(h, {}).get("roles", ())) for h in holders)


# genesis, keys, persons, ledger


def _entries(c: Case) -> list[tuple[str, str, str]]:
    if c.e.kind == "ledger.opened":
        return [(k["key"], k["holder"], k["possession"]) for k in c["keys"]]
    return [(c["key"], c.e.subject, c["possession"])]


def genesis_keys(c: Case):
    keys = c["keys"]
    special = [k for k in keys if {"ledger", "recovery"} & set(k["roles"])]
    broken = (
        not ascending([k["key"] for k in keys])
        or sum("ledger" in k["roles"] for k in keys) != 1
        or sum("recovery" in k["roles"] for k in keys) != 1
        or any(len(k["roles"]) > 1 for k in special)
        or not any("admin" in k["roles"] for k in keys)
    )
    return when(broken)


def genesis_signer(c: Case):
    return when(
        not any(k["key"] == c.e.by and "admin" in k["roles"] and k["holder"] == c["person"] for k in c["keys"]),
        found=c.e.by,
    )


def key_weak(c: Case):
    weak = [key for key, _, _ in _entries(c) if not crypto.torsion_free(crypto.key_bytes(key))]
    return when(weak, found=weak[0] if weak else None)


def possession_holds(origin: str, key: str, holder: str, possession: str) -> bool:
    signature = crypto.b64(possession, 64)
    text = f"{origin}\nenrol\n{key}\n{holder}\n".encode()
    return signature is not None and crypto.verify(crypto.key_bytes(key), text, signature)


def key_possession(c: Case):
    for key, holder, possession in _entries(c):
        if crypto.torsion_free(crypto.key_bytes(key)) and not possession_holds(c.office["origin"], key, holder, possession):
            return None, key
    return None


def key_once(c: Case):
    return when(c["key"] in c.office["keys"], found=c["key"])


def person_exists(c: Case):
    return when(c.e.subject in c.office["persons"], found=c.e.subject)


def person_missing(c: Case):
    return when(c.e.subject not in c.office["persons"], found=c.e.subject)


def _key(c: Case) -> dict | None:
    """The key that is revoked, if it is the subject's."""
    key = c.office["keys"].get(c["key"])
    return key if key and key["holder"] == c.e.subject else None


def admin_last(c: Case):
    if not live_admins(c.office):
        return None
    if c.e.kind == "key.revoked":
        return when(_key(c) and not live_admins(c.office, without=c["key"]))
    return when(not live_admins(c.office, roles={c.e.subject: c["roles"]}))


def key_stranger(c: Case):
    return when(_key(c) is None, c.e.subject, c["key"])


def key_gone(c: Case):
    return when(_key(c) and "revoked" in _key(c), found=c["key"])


def key_ledger(c: Case):
    return when(_key(c) and _key(c)["use"] == "ledger", found=c["key"])


def key_doubtful_range(c: Case):
    return when(
        _key(c) and c.has("doubtful_from") and c["doubtful_from"] < _key(c)["enrolled"],
        _key(c) and _key(c)["enrolled"],
        c["doubtful_from"],
    )


def key_doubtful(c: Case):
    signed = (_key(c) or {}).get("signed")
    return when(c.has("doubtful_from") and signed is not None and signed >= c["doubtful_from"], c["doubtful_from"], signed)


def edition_unknown(c: Case):
    return when(c["edition"] not in c.editions, found=c["edition"])


def edition_older(c: Case):
    adopted = c.editions.get(c["edition"])
    return when(adopted and adopted.ordinal <= c.edition.ordinal, c.edition.name, adopted and adopted.name)


def clock_previous(c: Case):
    return when(c["previous"] != c.office["at"], c.office["at"], c["previous"])


def clock_backwards(c: Case):
    return when(c.office["at"] is not None and c.e.at >= c.office["at"], c.office["at"], c.e.at)


def erase_of(c: Case):
    span = c.state.span(c.e.subject)
    return when(span is None or not span[0] <= c["of"] <= span[1], span and f"{span[0]}..{span[1]}", c["of"])


def erase_in_force(c: Case):
    it = c.it
    return when(
        c["part"] == "open" and c.e.subject.startswith("item/") and it.get("public") and it.get("open") == c["of"],
        found=c["of"],
    )


def _finding(c: Case) -> dict | None:
    return c.office["findings"].get((c["of"], c["code"]))


def ack_finding(c: Case):
    entry = _finding(c)
    return when(entry is None or entry["done"], found=f"{c['of']} {c['code']}")


def ack_same_person(c: Case):
    entry = _finding(c)
    return when(entry and not entry["done"] and entry.get("first") == c["person"], found=c["person"])


# registration, proposal


def item_responsible(c: Case):
    ground = c.edition.code("responsible_ground", c["responsible_ground"])
    return when(
        ground.get("responsible", c["responsible"]) != c["responsible"] or ground.get("origin", c["origin"]) != c["origin"],
        found=c["responsible_ground"],
    )


def item_source_attribute(c: Case):
    return when((c["responsible"] == "other") != c.has("source_attribute"), found=c["source_attribute"])


def date_future(c: Case):
    late = [c[name] for name in ("formed", "published") if c.has(name) and c[name] > c["on"]]
    return when(late, "<= " + c["on"], late[0] if late else None)


def register_title(c: Case):
    return when(not c.has("secret_basis") and "closed" not in c.e.parts)


def secret_content(c: Case):
    return when(c.has("secret_basis") and c.e.parts)


def secret_stub(c: Case):
    detail = c.has("secret_level") or c.has("secret_years")
    if not c.has("secret_basis"):
        return when(detail or c.has("review_by"))
    return when(not c.has("review_by") or c.office["policy"]["secret_stub"] == "basis" and detail)


def secret_term(c: Case):
    if not c.has("secret_years"):
        return None
    limit = (c.edition.code("secret_level", c["secret_level"]) or {}).get("years")
    return when(limit is None or limit < c["secret_years"], limit, c["secret_years"])


def inherit_open_part(c: Case):
    committed, attribute = "open" in c.e.parts, c["attribute"]
    return when(
        attribute == "open" and not committed or attribute in ("on_request", "withheld", "unstated") and committed,
        found=attribute,
    )


def inherit_ground(c: Case):
    return when(c.has("ground") and c["attribute"] not in WITHHELD, found=c["attribute"])


def propose_settled(c: Case):
    return when(c.it["state"] == "inherited" and c.it["attribute"] != "unstated", found=c.it["attribute"])


def ground_fits(c: Case):
    attribute = c["attribute"]
    if c.e.kind == "item.proposed":
        broken = c.has("ground") != (attribute in WITHHELD)
    else:
        broken = c.has("ground") != (attribute == "withheld") or c.has("remainder_ground") != (attribute == "partial")
    return when(broken, found=attribute)


def secret_attribute(c: Case):
    return when(c.it.get("secret") and (c["attribute"] != "withheld" or c["ground"] != "state_secret"), found=c["attribute"])


# review, decision, publication


def review_self(c: Case):
    strict = c.office["policy"]["separation"] == "strict"
    return when(strict and c.it.get("drafter") == c["person"], found=c["person"])


def secret_review(c: Case):
    return when(c.it.get("secret") and c["outcome"] == "open")


def refer_outcome(c: Case):
    found = c.it.get("review", {}).get("outcome")
    return when(found != "refer", "refer", found)


def _redaction_wanted(c: Case) -> bool | None:
    """Whether a redacted version has to be named; None where either will do."""
    kind = c.e.kind
    if kind == "item.reviewed":
        return c["scope"] == "redacted"
    if kind == "item.decided":
        return c["attribute"] == "partial"
    if kind == "item.reassessed":
        return None if c["outcome"] == "to_partial" else False
    if kind == "item.corrected" and c["extent"] == "catalogue":
        return False
    return c.it["attribute"] == "partial" if c.it["attribute"] in ("open", "partial") else None


def redaction_fits(c: Case):
    wanted = _redaction_wanted(c)
    return when(wanted is not None and wanted != c.has("redacted"), "present" if wanted else "absent", c["redacted"])


def redaction_same(c: Case):
    reviewed = c.it.get("review", {}).get("redacted")
    return when(c.has("redacted") and reviewed is not None and reviewed != c["redacted"], reviewed, c["redacted"])


def decide_followed(c: Case):
    other, source = c.it.get("responsible") == "other", c.it.get("source_attribute")
    broken = other != (c["basis"] == "followed") or (
        other and source is not None and source != "unstated" and source != c["attribute"]
    )
    return when(broken, source, c["attribute"])


def mark_fits(c: Case):
    wanted = (c.edition.code("mark", c["mark"]) or {}).get("attribute")
    return when(c.has("mark") and wanted != c["attribute"], c["attribute"], c["mark"])


def decide_unreviewed(c: Case):
    return when(c["attribute"] in ("open", "partial") and not cleared(c.it, c["attribute"]), c["attribute"])


def decide_public(c: Case):
    both = c["attribute"] == "partial" and c.it["attribute"] == "partial"
    return when(c.it.get("public") and c["attribute"] != "open" and not both, found=c["attribute"])


def publish_undecided(c: Case):
    return when("decided" not in c.it or c.it["attribute"] not in ("open", "partial"), found=c.it["attribute"])


def publish_unreviewed(c: Case):
    return when(not cleared(c.it, c.it["attribute"]), c.it["attribute"])


def publish_late(c: Case):
    return when("late" in c.e.facts.get("irregular", ()))


def secret_publish(c: Case):
    return when(c.it.get("secret"))


def not_public(c: Case):
    return when(not c.it.get("public"))


def correct_unreviewed(c: Case):
    return when(c["extent"] == "content" and not cleared(c.it, c.it["attribute"]), c.it["attribute"])


def transfer_again(c: Case):
    return when(c.it.get("transferred"))


# reassessment, rounds


def reassess_occasion(c: Case):
    return when(not c.has("round") and not c.has("trigger"))


def reassess_round(c: Case):
    return when(c.has("round") and (c.rd is None or c.rd["state"] != "opened"), found=c["round"])


def reassess_member(c: Case):
    return when(c.has("round") and c.rd is not None and c.rd["state"] == "opened" and not member(c.it, c.rd), found=c["round"])


def reassess_attribute(c: Case):
    attribute = c.it["attribute"]
    return when(
        attribute in ("open", "unstated") or c["outcome"] == "to_on_request" and attribute == "on_request", found=attribute
    )


def reassess_ground(c: Case):
    outcome, attribute = c["outcome"], c.it["attribute"]
    keep = outcome in ("maintain", "deferred")
    remainder = outcome == "to_partial" or keep and attribute == "partial"
    needed = outcome == "to_partial" or outcome == "maintain" and attribute == "partial"
    broken = (
        c.has("ground") and not (keep and attribute == "withheld")
        or outcome == "maintain" and attribute == "withheld" and not c.has("ground")
        or c.has("remainder_ground") and not remainder
        or needed and not c.has("remainder_ground")
    )  # fmt: skip
    return when(broken, found=outcome)


def reassess_followed(c: Case):
    return when(c.it.get("responsible") == "other" and c["outcome"] in CHANGES and c["trigger"] != "source_changed")


def reassess_public(c: Case):
    return when(c["outcome"] == "to_on_request" and c.it.get("public"))


def reassess_secret(c: Case):
    broken = c["outcome"] in CHANGES and c["trigger"] != "secrecy_over" or c.has("ground") and c["ground"] != "state_secret"
    return when(c.it.get("secret") and broken, found=c["outcome"])


def round_one_open(c: Case):
    return when(c.office["open_round"] is not None, found=c.office["open_round"])


def round_count(c: Case):
    return when(c["count"] != c.office["withheld"], c.office["withheld"], c["count"])


def _year(c: Case) -> int:
    return int(c["on"][:4])


def round_year(c: Case):
    return when(c["year"] > _year(c), _year(c), c["year"])


def round_late(c: Case):
    return when(c["year"] < _year(c), _year(c), c["year"])


def round_figures(c: Case):
    rd = c.rd or {}
    return when(
        (c["year"], c["count"]) != (rd.get("year"), rd.get("count")),
        f"{rd.get('year')} {rd.get('count')}",
        f"{c['year']} {c['count']}",
    )


def round_unfinished(c: Case):
    rd = c.rd or {}
    return when(rd.get("done") != rd.get("count"), rd.get("count"), rd.get("done"))


NAMED = {
    "genesis.keys": genesis_keys,
    "genesis.signer": genesis_signer,
    "key.weak": key_weak,
    "key.possession": key_possession,
    "key.once": key_once,
    "person.exists": person_exists,
    "person.missing": person_missing,
    "admin.last": admin_last,
    "key.stranger": key_stranger,
    "key.gone": key_gone,
    "key.ledger": key_ledger,
    "key.doubtful_range": key_doubtful_range,
    "key.doubtful": key_doubtful,
    "edition.unknown": edition_unknown,
    "edition.older": edition_older,
    "clock.previous": clock_previous,
    "clock.backwards": clock_backwards,
    "erase.of": erase_of,
    "erase.in_force": erase_in_force,
    "ack.finding": ack_finding,
    "ack.same_person": ack_same_person,
    "item.responsible": item_responsible,
    "item.source_attribute": item_source_attribute,
    "date.future": date_future,
    "register.title": register_title,
    "secret.content": secret_content,
    "secret.stub": secret_stub,
    "secret.term": secret_term,
    "inherit.open_part": inherit_open_part,
    "inherit.ground": inherit_ground,
    "propose.settled": propose_settled,
    "ground.fits": ground_fits,
    "secret.attribute": secret_attribute,
    "review.self": review_self,
    "secret.review": secret_review,
    "refer.outcome": refer_outcome,
    "redaction.fits": redaction_fits,
    "redaction.same": redaction_same,
    "decide.followed": decide_followed,
    "mark.fits": mark_fits,
    "decide.unreviewed": decide_unreviewed,
    "decide.public": decide_public,
    "publish.undecided": publish_undecided,
    "publish.unreviewed": publish_unreviewed,
    "publish.late": publish_late,
    "secret.publish": secret_publish,
    "correct.public": not_public,
    "correct.unreviewed": correct_unreviewed,
    "withdraw.public": not_public,
    "transfer.again": transfer_again,
    "reassess.occasion": reassess_occasion,
    "reassess.round": reassess_round,
    "reassess.member": reassess_member,
    "reassess.attribute": reassess_attribute,
    "reassess.ground": reassess_ground,
    "reassess.followed": reassess_followed,
    "reassess.public": reassess_public,
    "reassess.secret": reassess_secret,
    "round.one_open": round_one_open,
    "round.count": round_count,
    "round.year": round_year,
    "round.late": round_late,
    "round.figures": round_figures,
    "round.unfinished": round_unfinished,
}
