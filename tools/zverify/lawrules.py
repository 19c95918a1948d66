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
    return when(c["part"] == "open" and c.state.open_part(c.e.subject) == c["of"], found=c["of"])


def _finding(c: Case) -> dict | None:
    return c.office["findings"].get((c["of"], c["code"]))


def ack_finding(c: Case):
    entry = _finding(c)
    return when(entry is None or entry["done"], found=f"{c['of']} {c['code']}")


def ack_same_person(c: Case):
    entry = _finding(c)
    return when(entry and not entry["done"] and entry.get("first") == c["person"], found=c["person"])


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
}
