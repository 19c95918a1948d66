"""Whether the data of an edition fit together: every name they use is one they have (rules.md, sections 1, 12 to 14)."""

from __future__ import annotations

import re

from .event import PART_NAMES, is_day

TOP = {"format", "name", "ordinal", "titles", "sources", "codes", "fact_titles", "facts", "kinds", "rules"}
TOP_MAY = {"classes", "clocks"}
FIXED = ("item", "round", "person", "ledger", "any")
_WRITES = {"sets", "clears", "opens", "closes", "checks"}
_KIND_MUST = {"zh", "en", "subject", "roles", "modes", "needs", "facts", "parts", "rules", "open", "unlawful"}
_KIND = _KIND_MUST | {"from", "waivable", "to", "keeps"} | _WRITES
_RULE = {"zh", "en", "next_zh", "next_en", "cites", "class", "waiver"}
_CLOCK_MUST = {"zh", "en", "class", "runs", "start", "provisions"}
_CLOCK = _CLOCK_MUST | {"span", "by", "pauses", "extra", "until", "ends", "silence"}
_PROVISION_MUST = {"from", "days", "unit", "extension", "sourced", "cites"}
_ITEM_REGISTERS = {"attribute", "public", "withheld", "kept"}
_SPAN = {"from", "until", "name"}
_CLOCK_MEMBERS = ("start", "by", "extra", "until", "ends")
_NUMBER = re.compile(r"[0-9]+\Z", re.ASCII)
# the rules that no kind names (rules.md section 5)
OF_EVERY_EVENT = {
    "date.backdated", "date.on_future", "genesis.place", "irregular.evidence", "irregular.reason", "irregular.signer",
    "irregular.unneeded", "ledger.ended", "mode.forbidden", "order.state", "order.step", "part.member_missing", "person.not_signer",
    "person.unknown", "role.missing", "schema.fact_missing", "schema.fact_unknown", "schema.fact_value", "schema.kind",
    "schema.part_missing", "schema.part_unknown", "schema.subject", "signer.not_for_acts", "signer.recovery", "signer.revoked",
    "signer.unknown", "transcribe.evidence", "transcribe.signer",
}  # fmt: skip
# what the arguments of a condition are
_CONDITIONS = {
    "has": ("operand",), "is": ("operand", "text"), "in": ("operand", "texts"), "same": ("operand", "operand"),
    "before": ("operand", "operand"), "after": ("operand", "operand"), "includes": ("fact", "text"), "holds": ("operand", "role"),
    "commits": ("part",), "open_span": ("span",), "span_open": (), "not": ("condition",), "late": ("clock",), "provisional": ("clock",),
}  # fmt: skip


class BadEdition(ValueError):
    """The data are not a rule book of format 1."""


def ensure(sound, what: str) -> None:
    if not sound:
        raise BadEdition(what)


def members(value: dict, must: set, may: set, what: str) -> None:
    ensure(isinstance(value, dict) and must <= set(value) <= may, "members of " + what)


def check(data, types, named: set) -> None:
    ensure(isinstance(data, dict) and TOP <= set(data) <= TOP | TOP_MAY and data["format"] == 1, "the members of the file")
    ensure(isinstance(data["name"], str) and type(data["ordinal"]) is int, "name or ordinal")
    check_facts(data["facts"], types)
    for name, rule in data["rules"].items():
        members(rule, _RULE - {"waiver"}, _RULE, "rule " + name)
        ensure(rule["class"] in ("integrity", "unlawful", "uncheckable", "notice"), "class of rule " + name)
    for name, kind in data["kinds"].items():
        members(kind, _KIND_MUST, _KIND, "kind " + name)
        ensure(all(r in data["rules"] for r in kind["rules"]), "a rule of kind " + name + " is not described")
        check_facts(kind["facts"], types)
    names = Names(data, named | OF_EVERY_EVENT)
    for name, entry in data.get("classes", {}).items():
        members(entry, {"zh", "en", "states"}, {"zh", "en", "states", "public"}, "class " + name)
        ensure(name not in FIXED and set(entry.get("public", ())) <= set(entry["states"]), "class " + name)
    for name, clock in data.get("clocks", {}).items():
        names.clock(name, clock)
    for name, kind in data["kinds"].items():
        names.kind(name, kind)


def check_facts(facts: dict, types) -> None:
    for name, kind in facts.items():
        ensure(kind.get("type") in types and "required" in kind, "fact " + name)


class Names:
    """The registers, spans and states of every class, and whether what the data say keeps to them."""

    def __init__(self, data: dict, named: set):
        self.data, self.named = data, named
        self.classes, self.clocks = data.get("classes", {}), data.get("clocks", {})
        self.written: dict[str, set] = {}
        self.kept: dict[str, set] = {}
        self.spans: dict[str, set] = {}
        for kind in data["kinds"].values():
            self._collect(kind)

    def _collect(self, kind: dict) -> None:
        subject = kind["subject"]
        self.written.setdefault(subject, set()).update(kind.get("sets", ()))
        for member in ("opens", "closes"):
            self.kept.setdefault(subject, set()).update(kind.get(member, {}).get("keeps", ()))
        for operand in kind["opens"]["span"].split("|") if "opens" in kind else ():
            self.spans.setdefault(subject, set()).update(self._texts(kind, operand))

    def _texts(self, kind: dict, operand: str) -> set:
        """The texts an operand that names a span can have."""
        name, _, rest = operand.partition(":")
        fact = kind["facts"].get(rest, {})
        if name == "fact" and fact.get("type") == "code":
            return set(self.data["codes"][fact["of"]]["values"])
        ensure(name == "const", "the span " + operand)
        return {rest}

    def states(self, subject: str) -> set:
        return {"none"} | set(self.classes[subject]["states"] if subject in self.classes else self.data["codes"]["state"]["values"])

    def kind(self, name: str, kind: dict) -> None:
        subject = kind["subject"]
        ensure(subject in self.classes or subject in FIXED, "subject of kind " + name)
        ensure(not _WRITES & set(kind) or subject in self.classes or subject == "item", "kind " + name + " writes nothing")
        ensure(not {"opens", "closes"} & set(kind) or subject in self.classes, "kind " + name + " has no spans")
        ensure("from" in kind or subject not in self.classes, "kind " + name + " has no states")
        if "from" in kind:
            self._states(name, kind, self.states(subject))
        scope = Scope(self, subject, self.data["facts"] | kind["facts"], name)
        ensure(set(kind.get("clears", ())) <= self.written[subject], "what kind " + name + " clears")
        for operand in kind.get("sets", {}).values():
            scope.operand(operand)
        for member in ("opens", "closes"):
            self._span_of(scope, kind, member)
        for entry in kind.get("checks", ()):
            members(entry, {"rule", "when"}, {"rule", "when", "expected", "found"}, "a check of " + name)
            ensure(entry["rule"] in self.data["rules"].keys() - self.named, "rule " + entry["rule"])
            scope.condition(entry["when"])
            for member in ("expected", "found"):
                scope.operand(entry[member]) if member in entry else None

    def _span_of(self, scope: Scope, kind: dict, member: str) -> None:
        if member not in kind:
            return
        members(kind[member], {"span"}, {"span", "keeps"}, member)
        span = kind[member]["span"]
        if member == "opens":
            scope.operand(span)
        else:
            ensure(set(span.split("|")) <= self.spans.get(kind["subject"], set()), "the span " + span)
            ensure(kind["facts"].get("of", {}).get("type") == "seq", "a kind that closes a span names none")
        for operand in kind[member].get("keeps", {}).values():
            scope.operand(operand)

    def _states(self, name: str, kind: dict, states: set) -> None:
        to = kind["to"]
        if isinstance(to, dict):
            codes = set(self.data["codes"][kind["facts"][to["fact"]]["of"]]["values"])
            ensure(set(to["values"]) <= codes, "to of kind " + name)
        targets = set(to["values"].values()) if isinstance(to, dict) else {to}
        ensure(targets <= states - {"none"} | {"same"}, "to of kind " + name)
        ensure(set(kind["from"]) | set(kind["waivable"]) | set(kind["keeps"]) <= states, "states of kind " + name)

    def clock(self, name: str, clock: dict) -> None:
        members(clock, _CLOCK_MUST, _CLOCK, "clock " + name)
        subject = clock["class"]
        ensure(subject == "item" or subject in self.classes, "class of clock " + name)
        ensure(set(clock["runs"]) <= self.states(subject), "states of clock " + name)
        ensure(set(clock.get("pauses", ())) | {clock[m] for m in ("span",) if m in clock} <= self.spans.get(subject, set()), "spans of clock " + name)
        scope = Scope(self, subject, {}, "clock " + name)
        for member in _CLOCK_MEMBERS:
            scope.operand(clock[member], in_clock=True) if member in clock else None
        ensure(clock["provisions"], "clock " + name + " has no provision")
        for one in clock["provisions"]:
            members(one, _PROVISION_MUST, _PROVISION_MUST | {"until"}, "a provision of " + name)
            ensure(all(is_day(one[m]) for m in ("from", "until") if m in one), "days of clock " + name)
            ensure(one["unit"] in ("working", "calendar") and type(one["sourced"]) is bool, "a provision of " + name)
            ensure(all(type(one[m]) is int and one[m] >= 0 for m in ("days", "extension")), "a provision of " + name)


class Scope:
    """What the operands of one kind, or of one clock, may name."""

    def __init__(self, names: Names, subject: str, facts: dict, where: str):
        self.names, self.subject, self.facts, self.where = names, subject, facts, where

    def operand(self, text: str, in_clock: bool = False) -> None:
        for one in text.split("|"):
            name, colon, rest = one.partition(":")
            known = one in ("on", "person", "seq", "subject") if not colon else self._named(name, rest)
            ensure(known and not (in_clock and name not in ("reg", "span", "const", "number")), f"the operand {one} of {self.where}")

    def _named(self, name: str, rest: str) -> bool:
        if name == "fact":
            return rest in self.facts
        if name == "of":
            fact, dot, register = rest.partition(".")
            kind = self.facts.get(fact, {})
            return bool(dot) and kind.get("type") == "subject" and self._register(kind["of"], register)
        if name in ("reg", "next"):
            return self._register(self.subject, rest)
        if name == "span":
            return rest in _SPAN | self.names.kept.get(self.subject, set())
        if name in ("due", "count", "extension"):
            return self._clock(rest)
        return name == "const" and rest != "" or name == "number" and bool(_NUMBER.match(rest))

    def _clock(self, name: str) -> bool:
        return self.names.clocks.get(name, {}).get("class") == self.subject

    def _register(self, subject: str, name: str) -> bool:
        known = {"state", "last_on"} | (_ITEM_REGISTERS if subject == "item" else set())
        return name in known | self.names.written.get(subject, set()) and (subject == "item" or subject in self.names.classes)

    def condition(self, condition) -> None:
        ensure(isinstance(condition, list) and condition, "a condition of " + self.where)
        name, *rest = condition
        if name in ("and", "or"):
            for one in rest:
                self.condition(one)
            return
        shape = _CONDITIONS.get(name)
        ensure(shape is not None and len(shape) == len(rest), f"the condition {name} of {self.where}")
        for what, value in zip(shape, rest):
            self._argument(what, value)

    def _argument(self, what: str, value) -> None:
        data = self.names.data
        if what == "condition":
            self.condition(value)
        elif what == "texts":
            ensure(isinstance(value, list) and all(isinstance(v, str) for v in value), "texts of " + self.where)
        elif not isinstance(value, str):
            raise BadEdition("a condition of " + self.where)
        elif what == "operand":
            self.operand(value)
        elif what != "text":
            known = {
                "fact": self.facts, "role": data["codes"]["role"]["values"], "part": PART_NAMES,
                "span": self.names.spans.get(self.subject, ()), "clock": [c for c in self.names.clocks if self._clock(c)],
            }  # fmt: skip
            ensure(value in known[what], f"the {what} {value} of {self.where}")
