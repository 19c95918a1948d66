"""The law's state (rules.md section 3) and the folding of events into it (section 7)."""

from __future__ import annotations

import re

from . import crypto
from .event import Event
from .lawrules import NO_ITEM, WITHHELD, Case, member

_HOLDER = re.compile(r"person/[0-9a-z]{1,32}\Z")
_ATTRIBUTE_OF = {"to_on_request": "on_request", "to_open": "open", "to_partial": "partial"}


class State:
    """`office` is the office part; items and rounds are kept by subject, in order of their first events."""

    def __init__(self, origin: str):
        self.office = {
            "origin": origin,
            "edition": None,
            "known": False,
            "at": None,
            "ended": False,
            "last": None,
            "policy": {"separation": "strict", "secret_stub": "basis", "round_months": 12},
            "persons": {},
            "keys": {},
            "open_round": None,
            "withheld": 0,
            "findings": {},
        }
        self.items: dict[str, dict] = {}
        self.rounds: dict[str, dict] = {}

    def item(self, subject: str) -> dict:
        return self.items.get(subject, NO_ITEM)

    def subject_state(self, subject: str) -> str:
        """The state of an item or a round; `none` for anything else."""
        found = self.items.get(subject) or self.rounds.get(subject)
        return found["state"] if found else "none"

    def last_on(self, subject: str) -> str | None:
        found = self.items.get(subject) or self.rounds.get(subject)
        return found["last_on"] if found else None

    def span(self, subject: str) -> tuple[int, int] | None:
        """First and newest folded event of a subject that has a state."""
        if subject == "ledger/main":
            last = self.office["last"]
            return None if last is None else (0, last)
        found = self.items.get(subject) or self.rounds.get(subject) or self.office["persons"].get(subject)
        return (found["first"], found["last"]) if found else None

    def holder(self, key: str) -> str | None:
        found = self.office["keys"].get(key)
        return found["holder"] if found else None

    def roles(self, person: str | None) -> set[str]:
        found = self.office["persons"].get(person)
        return set(found["roles"]) if found else set()

    # folding

    def found(self, e: Event, editions) -> None:
        """Genesis: its edition, its keys and their holders, as far as the facts are of their forms."""
        office, rules, entries = self.office, e.facts.get("rules"), e.facts.get("keys")
        office["edition"] = rules if isinstance(rules, str) and crypto.B3.match(rules) else None
        office["known"], office["last"] = office["edition"] in editions, 0
        for entry in entries if isinstance(entries, list) else []:
            if _is_first_key(entry):
                self._first_key(entry)

    def _first_key(self, entry: dict) -> None:
        holder, roles = entry["holder"], {r for r in entry["roles"] if isinstance(r, str)}
        person = self.office["persons"].setdefault(holder, {"roles": [], "first": 0, "last": 0})
        person["roles"] = sorted(set(person["roles"]) | roles - {"ledger", "recovery"})
        use = next((r for r in ("ledger", "recovery") if r in roles), "act")
        self.office["keys"].setdefault(entry["key"], {"holder": holder, "use": use, "enrolled": 0, "from": 0})

    def keep_keys(self, e: Event) -> None:
        """What an event says of keys under an edition that is not at hand."""
        key = e.facts.get("key")
        if not isinstance(key, str) or not crypto.KEY.match(key):
            return
        known = self.office["keys"].get(key)
        if e.kind == "key.enrolled" and known is None:
            self.office["keys"][key] = {"holder": e.subject, "use": "act", "enrolled": e.seq, "from": e.act + 1}
        elif e.kind == "key.revoked" and known is not None:
            known.setdefault("revoked", e.act)

    def ledger_key(self) -> str | None:
        """The key that signs checkpoints; None where genesis does not name exactly one."""
        named = [key for key, entry in self.office["keys"].items() if entry["use"] == "ledger"]
        return named[0] if len(named) == 1 else None

    def fold(self, case: Case) -> None:
        """Applies the effect of an event that is to be folded."""
        e = case.e
        if e.subject == "ledger/main":
            self.office["last"] = e.seq
        if e.kind in _OFFICE:
            _OFFICE[e.kind](self, case)
        else:
            self._fold_subject(case)

    def _fold_subject(self, case: Case) -> None:
        e = case.e
        table = self.items if e.subject.startswith("item/") else self.rounds
        it = table.get(e.subject)
        before = it["state"] if it else "none"
        if it is None:
            it = table[e.subject] = {"state": "none", "first": e.seq, "last": e.seq, "last_on": case["on"]}
            if table is self.items:
                it["attribute"] = "unstated"
        it["last"], it["last_on"] = e.seq, case["on"]
        _EFFECTS[e.kind](self, case, it)
        it["state"] = _target(case, before)

    def _touch(self, subject: str, seq: int) -> None:
        if subject in self.office["persons"]:
            self.office["persons"][subject]["last"] = seq

    def settle(self, it: dict, attribute: str, seq: int) -> None:
        it["attribute"] = attribute
        if attribute not in WITHHELD:
            self.release(it)
        elif "withheld_since" not in it:
            it["withheld_since"] = seq
            self.office["withheld"] += 1

    def release(self, it: dict) -> None:
        if "withheld_since" not in it:
            return
        rd = self.rounds.get(self.office["open_round"])
        if rd and member(it, rd):
            rd["done"] += 1
            it["round_done"] = rd["opened"]
        del it["withheld_since"]
        self.office["withheld"] -= 1


def _is_first_key(entry) -> bool:
    return (
        isinstance(entry, dict)
        and crypto.key_bytes(entry.get("key")) is not None
        and isinstance(entry.get("holder"), str)
        and bool(_HOLDER.match(entry["holder"]))
        and isinstance(entry.get("roles"), list)
    )


def _target(case: Case, before: str) -> str:
    kind = case.edition.kinds[case.e.kind]
    if before in kind.get("keeps", ()):
        return before
    to = kind["to"]
    if isinstance(to, dict):
        to = to["values"].get(case[to["fact"]], "same")
    return before if to == "same" else to


def _put(it: dict, name: str, value) -> None:
    """Sets a field, or removes it where there is no value."""
    if value is None:
        it.pop(name, None)
    else:
        it[name] = value


# office kinds


def _opened(s: State, c: Case) -> None:
    """Event 0 has been taken in by `found`, whatever was found against it."""


def _closed(s: State, c: Case) -> None:
    s.office["ended"] = True


def _adopted(s: State, c: Case) -> None:
    s.office["edition"], s.office["known"] = c["edition"], c["edition"] in c.editions


def _policy(s: State, c: Case) -> None:
    s.office["policy"] = {name: c[name] for name in ("separation", "secret_stub", "round_months")}


def _added(s: State, c: Case) -> None:
    s.office["persons"][c.e.subject] = {"roles": c["roles"], "first": c.e.seq, "last": c.e.seq}


def _changed(s: State, c: Case) -> None:
    s.office["persons"][c.e.subject]["roles"] = c["roles"]
    s._touch(c.e.subject, c.e.seq)


def _enrolled(s: State, c: Case) -> None:
    entry = {"holder": c.e.subject, "use": "act", "enrolled": c.e.seq, "from": c.e.act + 1}
    s.office["keys"][c["key"]] = entry
    s._touch(c.e.subject, c.e.seq)


def _revoked(s: State, c: Case) -> None:
    s.office["keys"][c["key"]]["revoked"] = c.e.act
    s._touch(c.e.subject, c.e.seq)


def _erased(s: State, c: Case) -> None:
    found = s.items.get(c.e.subject) or s.rounds.get(c.e.subject)
    if found:
        found["last"], found["last_on"] = c.e.seq, c["on"]
    s._touch(c.e.subject, c.e.seq)


def _acknowledged(s: State, c: Case) -> None:
    entry = s.office["findings"][c["of"], c["code"]]
    if "first" not in entry:
        entry["first"] = c["person"]
    else:
        entry["done"] = True


def _nothing(s: State, c: Case, it: dict | None = None) -> None:
    pass


_OFFICE = {
    "ledger.opened": _opened,
    "ledger.closed": _closed,
    "ledger.clock_corrected": _nothing,
    "rules.adopted": _adopted,
    "rules.policy": _policy,
    "person.added": _added,
    "person.changed": _changed,
    "key.enrolled": _enrolled,
    "key.revoked": _revoked,
    "part.erased": _erased,
    "finding.acknowledged": _acknowledged,
}


# items and rounds


def _registered(s: State, c: Case, it: dict) -> None:
    it["responsible"] = c["responsible"]
    _put(it, "source_attribute", c["source_attribute"])
    it["drafter"] = c["person"]
    it["secret"] = c.has("secret_basis")
    it["attribute"] = "unstated"


def _inherited(s: State, c: Case, it: dict) -> None:
    it["responsible"] = c["responsible"]
    if c["responsible"] == "other":
        it["source_attribute"] = c["attribute"]
    _put(it, "ground", c["ground"])
    if "open" in c.e.parts and c["attribute"] in ("open", "partial"):
        it["public"] = True
        it["open"] = it["content"] = c.e.seq
    s.settle(it, c["attribute"], c.e.seq)


def _proposed(s: State, c: Case, it: dict) -> None:
    it["drafter"] = c["person"]
    it.pop("review", None)
    it.pop("decided", None)


def _reviewed(s: State, c: Case, it: dict) -> None:
    it["review"] = {"seq": c.e.seq, "outcome": c["outcome"], "scope": c["scope"]}
    _put(it["review"], "redacted", c["redacted"])


def _determined(s: State, c: Case, it: dict) -> None:
    review = it.setdefault("review", {"scope": "whole"})
    review["seq"], review["outcome"] = c.e.seq, c["outcome"]


def _decided(s: State, c: Case, it: dict) -> None:
    _put(it, "ground", c["ground"] if c.has("ground") else c["remainder_ground"])
    it["decided"] = c.e.seq
    s.settle(it, c["attribute"], c.e.seq)


def _published(s: State, c: Case, it: dict) -> None:
    it["public"] = True
    it["open"] = it["content"] = c.e.seq


def _corrected(s: State, c: Case, it: dict) -> None:
    if it.get("public"):
        it["open"] = c.e.seq
    if c["extent"] == "content":
        it["content"] = c.e.seq


def _withdrawn(s: State, c: Case, it: dict) -> None:
    it["public"] = False
    for name in ("open", "review", "decided"):
        it.pop(name, None)


def _reassessed(s: State, c: Case, it: dict) -> None:
    if c.has("round") and c.rd is not None and member(it, c.rd):
        c.rd["done"] += 1
        it["round_done"] = c.rd["opened"]
    outcome = c["outcome"]
    if outcome == "lapsed":
        s.release(it)
    elif outcome in _ATTRIBUTE_OF:
        _reassessed_to(s, c, it, _ATTRIBUTE_OF[outcome])
    elif c.has("ground") or c.has("remainder_ground"):
        it["ground"] = c["ground"] if c.has("ground") else c["remainder_ground"]


def _reassessed_to(s: State, c: Case, it: dict, attribute: str) -> None:
    _put(it, "ground", c["remainder_ground"])
    if it.get("responsible") == "other":
        it["source_attribute"] = attribute
    if c["trigger"] == "secrecy_over":
        it["secret"] = False
    it["decided"] = c.e.seq
    if attribute != "on_request":
        it.pop("review", None)
    s.settle(it, attribute, c.e.seq)


def _lapsed(s: State, c: Case, it: dict) -> None:
    s.release(it)


def _transferred(s: State, c: Case, it: dict) -> None:
    it["transferred"] = True


def _round_opened(s: State, c: Case, rd: dict) -> None:
    rd["year"], rd["count"], rd["opened"], rd["done"] = c["year"], c["count"], c.e.seq, 0
    s.office["open_round"] = c.e.subject


def _round_closed(s: State, c: Case, rd: dict) -> None:
    if s.office["open_round"] == c.e.subject:
        s.office["open_round"] = None


_EFFECTS = {
    "item.registered": _registered,
    "item.inherited": _inherited,
    "item.proposed": _proposed,
    "item.reviewed": _reviewed,
    "item.referred": _nothing,
    "item.determined": _determined,
    "item.decided": _decided,
    "item.published": _published,
    "item.corrected": _corrected,
    "item.withdrawn": _withdrawn,
    "item.reassessed": _reassessed,
    "item.lapsed": _lapsed,
    "item.transferred": _transferred,
    "round.opened": _round_opened,
    "round.closed": _round_closed,
    "round.published": _nothing,
}

EFFECTS = frozenset(_OFFICE) | frozenset(_EFFECTS)
