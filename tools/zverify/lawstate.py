"""The law's state (rules.md section 3) and the folding of events into it (section 7)."""

from __future__ import annotations

import re

from . import crypto, dossier
from .event import Event
from .laweffects import EFFECTS
from .lawrules import NO_ITEM, WITHHELD, Case, member
from .rulebook import Edition
from .workdays import WorkCalendar

_HOLDER = re.compile(r"person/[0-9a-z]{1,32}\Z")
ITEM_REGISTERS = ("attribute", "public", "withheld", "kept")


class State:
    """`office` is the office part; items, rounds and dossiers are kept by subject, in order of their first events."""

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
        self.dossiers: dict[str, dict] = {}
        self.calendar = WorkCalendar()

    def _subject(self, subject: str) -> dict | None:
        return self.items.get(subject) or self.rounds.get(subject) or self.dossiers.get(subject)

    def item(self, subject: str) -> dict:
        return self.items.get(subject, NO_ITEM)

    def subject_state(self, subject: str) -> str:
        """The state of an item, a round or a dossier; `none` for anything else."""
        found = self._subject(subject)
        return found["state"] if found else "none"

    def last_on(self, subject: str) -> str | None:
        found = self._subject(subject)
        return found["last_on"] if found else None

    def open_part(self, subject: str) -> int | None:
        """The event whose open part of an item or a dossier is in force."""
        it = self.items.get(subject)
        if it is not None:
            return it.get("open") if it.get("public") else None
        return self.dossiers.get(subject, {}).get("open")

    def open_parts(self) -> set[int]:
        found = (self.open_part(subject) for table in (self.items, self.dossiers) for subject in table)
        return {seq for seq in found if seq is not None}

    def spans(self, subject: str) -> dict[int, dict]:
        return self.dossiers.get(subject, {}).get("spans", {})

    def register(self, subject: str, name: str, edition: Edition) -> str | int | None:
        """A register of a subject (rules.md section 13)."""
        kind = subject.partition("/")[0]
        found = self.items.get(subject) if kind == "item" else self.dossiers.get(subject) if kind in edition.classes else None
        if name == "state":
            return found["state"] if found else "none"
        if found is None:
            return None
        if name == "last_on":
            return found["last_on"]
        return _item_register(found, name) if kind == "item" and name in ITEM_REGISTERS else found.get("values", {}).get(name)

    def span(self, subject: str) -> tuple[int, int] | None:
        """First and newest folded event of a subject that has a state."""
        if subject == "ledger/main":
            last = self.office["last"]
            return None if last is None else (0, last)
        found = self._subject(subject) or self.office["persons"].get(subject)
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
        elif e.subject != "ledger/main":
            self._fold_subject(case)

    def _fold_subject(self, case: Case) -> None:
        subject = case.e.subject
        if subject.partition("/")[0] in case.edition.classes:
            self._fold_dossier(case)
            return
        table = self.items if subject.startswith("item/") else self.rounds
        values = dossier.written(case, case.edition.kinds[case.e.kind].get("sets", {}))
        it = table.get(subject)
        before = it["state"] if it else "none"
        if it is None:
            it = table[subject] = {"state": "none", "first": case.e.seq}
            if table is self.items:
                it["attribute"], it["values"] = "unstated", {}
        it["last"], it["last_on"] = case.e.seq, case["on"]
        EFFECTS.get(case.e.kind, _nothing)(self, case, it)
        it["state"] = _target(case, before)
        if table is self.items:
            dossier.put(it["values"], case, values)

    def _fold_dossier(self, case: Case) -> None:
        e, effect = case.e, dossier.Effect(case)
        new = {"state": "none", "first": e.seq, "values": {}, "spans": {}}
        it = self.dossiers.setdefault(e.subject, new)
        it["last"], it["last_on"] = e.seq, case["on"]
        effect.apply(it)
        it["state"] = _target(case, it["state"])
        effect.open_part(it, case.edition.classes[e.subject.partition("/")[0]].get("public", []))

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


def _item_register(it: dict, name: str) -> str | None:
    if name == "attribute":
        return it["attribute"]
    if name == "kept":
        return "yes" if it["attribute"] in ("withheld", "on_request") else None
    return "yes" if (it.get("public") if name == "public" else "withheld_since" in it) else "no"


# office kinds


def _opened(s: State, c: Case) -> None:
    """Event 0 has been taken in by `found`, whatever was found against it."""


def _closed(s: State, c: Case) -> None:
    s.office["ended"] = True


def _adopted(s: State, c: Case) -> None:
    s.office["edition"], s.office["known"] = c["edition"], c["edition"] in c.editions


def _policy(s: State, c: Case) -> None:
    s.office["policy"] = {name: c[name] for name in ("separation", "secret_stub", "round_months")}


def _calendar(s: State, c: Case) -> None:
    s.calendar.adopt(c["year"], c["holidays"], c["workdays"], c.e.seq)


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
    found = s._subject(c.e.subject)
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
    "rules.calendar": _calendar,
    "person.added": _added,
    "person.changed": _changed,
    "key.enrolled": _enrolled,
    "key.revoked": _revoked,
    "part.erased": _erased,
    "finding.acknowledged": _acknowledged,
}

NAMED = frozenset(_OFFICE) | frozenset(EFFECTS)
