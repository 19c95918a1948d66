"""Judging events by the rule book (rules.md sections 4 to 8)."""

from __future__ import annotations

from dataclasses import dataclass

from . import conditions, itemrules, lawrules, receipts
from .chain import Place, usable_data
from .event import Event
from .lawrules import Case
from .lawstate import NAMED, State
from .report import Report
from .rulebook import Edition

_CLASS = {"edition.unknown": "uncheckable"}
_RULES = lawrules.NAMED | itemrules.NAMED | receipts.NAMED


@dataclass
class Breach:
    code: str
    cls: str
    expected: object = None
    found: object = None


class Law:
    """Judges and folds. `derive` is told of every event, and whether it was folded; `start` is the first event
    of this run, findings before it were told by an earlier one."""

    def __init__(self, editions: dict[str, Edition], origin: str, report: Report, derive=None):
        self.editions = {d: e for d, e in editions.items() if supported(e)}
        self.state = State(origin)
        self.report = report
        self.derive = derive
        self.active = True
        self.tally = {"lawful": 0, "irregular": 0, "unlawful": 0, "uncheckable": 0}
        self.start = 0
        self._words = next(iter(editions.values()), None)
        self._refused = False

    def begin_act(self, e: Event, place: Place, first: bool) -> bool:
        """Stage 1, once for an act; whether the signer may sign. In the first act it is asked at the second event, by
        `authorise`: event 0 itself is judged by `genesis.signer`."""
        self._refused = False
        return first or self.authorise(e, place, e.by, e.seq)

    def authorise(self, e: Event, place: Place, by: str, act: int) -> bool:
        code = self.signer(by, act) if self.active else None
        self._refused = code is not None
        if code:
            self._report(e, place, Breach(code, "integrity", found=by))
        return code is None

    def signer(self, by: str, act: int) -> str | None:
        office = self.state.office
        key = office["keys"].get(by)
        if key is None:
            return "signer.unknown" if office["known"] else None
        if key["from"] > act:
            return "signer.unknown"
        if key["use"] == "ledger":
            return "signer.not_for_acts"
        return "signer.revoked" if key.get("revoked", act) < act else None

    def event(self, e: Event, place: Place, own: bool = True) -> bool:
        """Judges and folds; whether the event stands: it is not known to be unlawful. `own`: its signer is its act's."""
        if not self.active:
            self._count(["uncheckable"])
            return True
        edition = self.edition_for(e)
        if edition:
            self._bodies(e, edition, place)
        if self._refused or not own:
            self._count(["uncheckable"])
            self._tell(e, edition, None)
            return False
        return self._judge_and_fold(e, edition, place)

    def receipt(self, e: Event) -> receipts.Claim | None:
        """What the receipt that `e` records claims, `e` having been folded."""
        return receipts.claim(e, self.edition_for(e), self.state) if self.active else None

    def edition_for(self, e: Event) -> Edition | None:
        """The edition the event is judged by, if this verifier has it."""
        digest = e.facts.get("rules") if e.seq == 0 else self.state.office["edition"]
        return self.editions.get(digest) if isinstance(digest, str) else None

    def _judge_and_fold(self, e: Event, edition: Edition | None, place: Place) -> bool:
        stop = self._place_and_edition(e, edition)
        judging = None if stop else Judging(self, e, edition)
        breaches = [stop] if stop else judging.all()
        if e.seq == 0 and e.kind == "ledger.opened":
            self.state.found(e, self.editions)
        elif stop and stop.code == "edition.unknown" and self.signer(e.by, e.act) is None:
            self.state.keep_keys(e)
        for breach in breaches:
            self._report(e, place, breach)
        self._count([b.cls for b in breaches])
        folded = judging is not None and self._fold(judging, breaches)
        self._tell(e, edition, judging.case if folded else None)
        return not {b.cls for b in breaches} & {"integrity", "unlawful"}

    def _place_and_edition(self, e: Event, edition: Edition | None) -> Breach | None:
        if (e.seq == 0) != (e.kind == "ledger.opened"):
            return Breach("genesis.place", "integrity", found=f"{e.seq} {e.kind}")
        if edition is None:
            digest = e.facts.get("rules") if e.seq == 0 else self.state.office["edition"]
            return Breach("edition.unknown", "uncheckable", found=digest)
        if self.state.office["ended"]:
            return Breach("ledger.ended", "integrity")
        return None

    def _fold(self, judging: Judging, breaches: list[Breach]) -> bool:
        e, office = judging.e, self.state.office
        office["at"] = e.at
        classes = {b.cls for b in breaches}
        if "integrity" in classes:
            return False
        for b in breaches:
            if b.cls == "unlawful" and e.seq != 0:
                office["findings"][e.seq, b.code] = {"done": False}
        if judging.schema_broken or judging.order_broken:
            return False
        if "unlawful" in classes and judging.kind["unlawful"] == "void":
            return False
        self.state.fold(judging.case)
        return True

    def _bodies(self, e: Event, edition: Edition, place: Place) -> None:
        parts = edition.kinds.get(e.kind, {}).get("parts", {})
        for name in e.bodies:
            data = usable_data(e, name)
            if data is None or name not in parts:
                continue
            missing = [m for m in parts[name]["members"] if data.get(m) in (None, "")]
            if missing:
                self._report(e, place, Breach("part.member_missing", "integrity", found=f"{name}: {', '.join(missing)}"))
                return

    def _report(self, e: Event, place: Place, b: Breach) -> None:
        words = self.edition_for(e) or self._words
        shown = {"article": None}
        if words:
            zh, en = words.sentence(b.code, b.expected, b.found)
            shown = {"article": words.article(b.code), "zh": zh, "en": en}
        self.report.add(
            b.code, b.cls, seq=e.seq, file=place.file, line=place.line,
            expected=_shown(b.expected), found=_shown(b.found), **shown,
        )  # fmt: skip

    def _count(self, classes: list[str]) -> None:
        """Counts an event once: what the rule book does not admit is unlawful, whatever the class of the finding."""
        for cls, tally in (("integrity", "unlawful"), ("unlawful", "unlawful"), ("uncheckable", "uncheckable"), ("irregular", "irregular")):
            if cls in classes:
                self.tally[tally] += 1
                return
        self.tally["lawful"] += 1

    def _tell(self, e: Event, edition: Edition | None, case: Case | None) -> None:
        if self.derive:
            self.derive.event(e, edition, case, self.state)

    def end(self) -> None:
        """Moves acknowledged findings to their own class."""
        done = {key for key, entry in self.state.office["findings"].items() if entry["done"] and key[0] >= self.start}
        if done:
            self.report.acknowledge(done)


def _shown(value) -> str | None:
    return None if value is None else str(value)


def supported(edition: Edition) -> bool:
    """Whether every named rule is known here, and every kind: those of dossiers, items and the ledger the data describe."""
    rules = {r for k in edition.kinds.values() for r in k["rules"]}
    kinds = {name for name, k in edition.kinds.items() if k["subject"] not in {"item", "ledger", *edition.classes}}
    return rules <= set(_RULES) and kinds <= NAMED


class Judging:
    """One event through stages 2 to 6."""

    def __init__(self, law: Law, e: Event, edition: Edition):
        self.law = law
        self.e = e
        self.edition = edition
        self.kind = edition.kinds.get(e.kind)
        self.breaches: list[Breach] = []
        self.schema_broken = False
        self.order_broken = False
        state = law.state
        rd = state.rounds.get(e.subject if e.subject.startswith("round/") else _text(e.facts.get("round")))
        self.case = Case(e, state.office, state.item(e.subject), rd, edition, law.editions, state)

    def add(self, code: str, expected=None, found=None) -> None:
        if any(b.code == code for b in self.breaches):
            return
        cls = self.edition.rules.get(code, {}).get("class") or _CLASS.get(code, "unlawful")
        self.breaches.append(Breach(code, cls, expected, found))

    def all(self) -> list[Breach]:
        self._sign()
        self._schema()
        if self.breaches:
            self.schema_broken = True
            return self.breaches
        self._common()
        self._order()
        if not self.order_broken:
            self._rules()
            self._waivers()
        return self.breaches

    # stage 2

    def _schema(self) -> None:
        if self.kind is None:
            self.add("schema.kind", found=self.e.kind)
            return
        self._schema_subject()
        facts, known = self.e.facts, self.edition.facts | self.kind["facts"]
        for name, kind in known.items():
            if name not in facts:
                if kind["required"]:
                    self.add("schema.fact_missing", found=name)
            elif not self.edition.fits(kind, facts[name], self.e.seq):
                self.add("schema.fact_value", found=name)
        for name in facts:
            if name not in known:
                self.add("schema.fact_unknown", found=name)
        self._schema_parts()

    def _schema_subject(self) -> None:
        wanted, found = self.kind["subject"], self.e.subject
        if wanted != "any" and found.split("/")[0] != wanted or wanted == "ledger" and found != "ledger/main":
            self.add("schema.subject", wanted, found)

    def _schema_parts(self) -> None:
        parts = self.kind["parts"]
        for name, part in parts.items():
            if part["required"] and name not in self.e.parts:
                self.add("schema.part_missing", found=name)
        for name in self.e.parts:
            if name not in parts:
                self.add("schema.part_unknown", found=name)

    # stage 3

    def _common(self) -> None:
        e, case = self.e, self.case
        if case["on"] > e.at[:10]:
            self.add("date.on_future", e.at[:10], case["on"])
        if case["mode"] not in self.kind["modes"]:
            self.add("mode.forbidden", ", ".join(self.kind["modes"]), case["mode"])
        if e.seq == 0:
            return
        self._who()
        last_on = self.law.state.last_on(e.subject)
        if last_on is not None and case["on"] < last_on:
            self.add("date.backdated", last_on, case["on"])

    def _who(self) -> None:
        state, case = self.law.state, self.case
        recovery = state.office["keys"].get(self.e.by, {}).get("use") == "recovery"
        holder = state.holder(self.e.by)
        if recovery and not self._restores():
            self.add("signer.recovery", found=self.e.kind)
        if case["person"] not in state.office["persons"]:
            self.add("person.unknown", found=case["person"])
        else:
            if case["mode"] in ("own", "inherited") and case["person"] != holder:
                self.add("person.not_signer", holder, case["person"])
            if not recovery and not state.roles(case["person"]) & set(self.kind["roles"]):
                self.add("role.missing", ", ".join(self.kind["roles"]), case["person"])
        if case["mode"] == "transcribed":
            if not state.roles(holder) & {"clerk", "approver", "admin"}:
                self.add("transcribe.signer", found=holder)
            if not case.has("evidence"):
                self.add("transcribe.evidence")

    def _restores(self) -> bool:
        """What the recovery key is for: putting the role admin back."""
        e, state = self.e, self.law.state
        if e.kind == "person.added":
            return e.facts["roles"] == ["admin"]
        if e.kind == "person.changed":
            present = state.roles(e.subject)
            return e.subject in state.office["persons"] and set(e.facts["roles"]) == present | {"admin"}
        return e.kind == "key.enrolled" and "admin" in state.roles(e.subject)

    def _sign(self) -> None:
        key = self.law.state.office["keys"].get(self.e.by)
        if self.e.seq != 0 and key is not None:
            key["signed"] = self.e.seq

    # stages 4 to 6

    def _rules(self) -> None:
        for rule in self.kind["rules"]:
            breach = _RULES[rule](self.case)
            if breach is not None:
                self.add(rule, *breach)
        for check in self.kind.get("checks", ()):
            if conditions.holds(self.case, check["when"]):
                self.add(check["rule"], *(self._told(check, name) for name in ("expected", "found")))

    def _told(self, check: dict, name: str):
        return conditions.value(self.case, check[name]) if name in check else None

    def _order(self) -> None:
        if "from" not in self.kind:
            return
        state = self.law.state.subject_state(self.e.subject)
        if state in self.kind["from"]:
            return
        cls = self.kind["subject"]
        wanted = ", ".join(self.edition.state(cls, s) for s in self.kind["from"])
        found = self.edition.state(cls, state)
        if state in self.kind["waivable"]:
            self.add("order.step", wanted, found)
        else:
            self.order_broken = True
            self.add("order.state", wanted, found)

    def _waivers(self) -> None:
        declared, used = self.e.facts.get("irregular", []), set()
        for b in self.breaches:
            waiver = self.edition.rules.get(b.code, {}).get("waiver")
            if b.cls == "unlawful" and waiver in declared:
                b.cls = "irregular"
                used.add(waiver)
        if "irregular" not in self.e.facts:
            return
        if not self.case.has("evidence"):
            self.add("irregular.evidence")
        if "closed" not in self.e.parts:
            self.add("irregular.reason")
        holder = self.law.state.holder(self.e.by)
        if self.e.seq == 0 or "approver" not in self.law.state.roles(holder):
            self.add("irregular.signer", found=holder)
        if set(declared) - used:
            self.add("irregular.unneeded", found=", ".join(sorted(set(declared) - used)))


def _text(value) -> str | None:
    return value if isinstance(value, str) else None
