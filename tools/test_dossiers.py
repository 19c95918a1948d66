"""Dossiers: what an edition may say of them, their open parts in public copies, their state from bundle to bundle."""

from __future__ import annotations

import copy
import json
from argparse import Namespace
from pathlib import Path

import pytest
from conftest import EDITIONS as FILES
from conftest import ORIGIN, Writer, edition_digest, without_prefix
from test_bundle import people
from zverify import bundle, ledger, rulebook

EDITIONS = {e.digest: e for e in rulebook.load_folder(FILES[0].parent)}
FIRST, NEWEST = FILES[0], FILES[-1]
DATA = json.loads(NEWEST.read_text("utf-8"))
MATTER = {"channels": ["website"], "audience": "all", "manners": ["open"], "service": "no"}
OPEN = {"open": {"first": "a", "content": "b", "basis": "c", "limit": "d", "body": "e"}}
ASKED = {"receipt": "post", "applicant": "other", "asks": "information"}
LETTER = {"closed": {"content": "x"}, "personal": {"name": "n"}}
CALENDAR = {"year": 2026, "holidays": ["2026-01-01", "2026-01-02"], "workdays": ["2026-01-04"]}


def office(rules: Path = NEWEST) -> Writer:
    w = Writer()
    w.rules = rules
    return w.open().staff(*(["head"] if rules == NEWEST else []))


def matter(w: Writer, kind: str, facts: dict | None = None, parts: dict | None = None) -> int:
    return w.act(w.people["clerk"], ("matter." + kind, "matter/m", MATTER if facts is None else facts, OPEN if parts is None else parts))


def request(w: Writer, day: str, kind: str, facts: dict | None = None, parts: dict | None = None, by: str = "clerk") -> int:
    w.on, w.at = day, day + "T10:00:00+08:00"
    return w.act(w.people[by], ("request." + kind, "request/q", facts or {}, parts or {}))


def found(report) -> list:
    return [(f.seq, f.code) for f in report.findings]


def verified(w: Writer, tmp_path: Path):
    return without_prefix(ledger.verify_ledger(w.write(tmp_path / "ledger"), ORIGIN, w.genesis, EDITIONS, []))


# what an edition may say

WRONG = json.loads((FIRST.parent.parent / "tests" / "fixtures" / "wrong-editions.json").read_text("utf-8"))


@pytest.mark.parametrize("name, pointer, value", WRONG, ids=[name for name, _, _ in WRONG])
def test_an_edition_that_names_what_it_lacks_is_refused(name, pointer, value):
    """The program refuses the same (`an_edition_that_names_what_it_lacks_is_refused`)."""
    data = copy.deepcopy(DATA)
    *way, last = pointer.split("/")[1:]
    place = data
    for step in way:
        place = place[int(step)] if isinstance(place, list) else place[step]
    place[last] = value
    with pytest.raises(rulebook.BadEdition):
        rulebook.read_edition(json.dumps(data).encode())


# public copies


def public_findings(w: Writer, tmp_path: Path, shown: tuple) -> list:
    b = w.bundle("public", in_force=shown)
    target = b.write(tmp_path / "bundle.tar.zst")
    args = Namespace(checkpoint=[], allow_partial=False, state=None, save_state=None)
    report = bundle.verify_bundle(target, ORIGIN, w.genesis, EDITIONS, args)
    return [(f.seq, f.code) for f in report.findings if f.code.startswith("part.")]


def test_open_parts_of_dossiers_in_public_copies(tmp_path):
    w = office()
    listed = matter(w, "listed")
    assert public_findings(w, tmp_path, (0, listed)) == []
    assert public_findings(w, tmp_path, (0,)) == [(listed, "part.withheld")]
    revised = matter(w, "revised")
    assert public_findings(w, tmp_path, (0, revised)) == []
    assert public_findings(w, tmp_path, (0, listed)) == [(listed, "part.not_in_force"), (revised, "part.withheld")]
    matter(w, "retired", {"cause": "abolished"}, {})
    assert public_findings(w, tmp_path, (0,)) == []
    assert public_findings(w, tmp_path, (0, revised)) == [(revised, "part.not_in_force")]


def test_a_part_in_force_is_not_erased(tmp_path):
    w = office()
    listed = matter(w, "listed")
    digest = w.lines[-2]["event"]["parts"]["open"]
    erased = {"of": listed, "part": "open", "digest": digest, "ground": "personal", "asked_by": "subject"}
    seq = w.act(w.people["approver"], ("part.erased", "matter/m", erased, {}))
    assert found(verified(w, tmp_path)) == [(seq, "erase.in_force")]


def test_a_calendar_stands_in_public_copies(tmp_path):
    w = office()
    adopted = w.act(w.admin, ("rules.calendar", "ledger/main", CALENDAR, {"open": {"notice": "n"}}))
    assert public_findings(w, tmp_path, (0, adopted)) == []
    assert public_findings(w, tmp_path, (0,)) == [(adopted, "part.withheld")]


# editions, and state that is kept


def test_dossiers_begin_with_the_adoption(tmp_path):
    w = office(FIRST)
    early = matter(w, "listed")
    w.act(w.admin, ("rules.adopted", "ledger/main", {"edition": edition_digest(NEWEST)}, {}))
    matter(w, "listed")
    assert found(verified(w, tmp_path)) == [(early, "schema.kind")]


@pytest.mark.parametrize("day, codes", [("2026-02-05", []), ("2026-02-06", ["answer.late"])])
def test_a_saved_state_goes_on(tmp_path, day, codes):
    """Calendars, spans and registers of one bundle count in the next."""
    w = office()
    w.act(w.admin, ("rules.calendar", "ledger/main", CALENDAR, {}))
    request(w, "2026-01-06", "received", ASKED, LETTER)
    asked = request(w, "2026-01-08", "consulted", {"party": "third_party"})
    state = tmp_path / "state.json"
    report = step_of(w, tmp_path, 0, None, state)
    assert report.passed and state.exists()
    start = len(w.raws)
    request(w, "2026-01-12", "consult_answered", {"of": asked, "result": "agreed"})
    request(w, day, "answered", {"reply": "provided", "leaf": "granted"}, by="approver")
    report = step_of(w, tmp_path, start, state, None)
    assert [f.code for f in report.findings if f.seq is not None] == codes


def step_of(w: Writer, tmp_path: Path, start: int, before: Path | None, after: Path | None):
    b = w.bundle("full", start, people=people(w, True))
    args = Namespace(checkpoint=[], allow_partial=False, state=before, save_state=after)
    return bundle.verify_bundle(b.write(tmp_path / f"{start}.tar.zst"), ORIGIN, w.genesis, EDITIONS, args)


def test_a_kind_of_the_ledger_that_the_data_alone_describe(tmp_path):
    w = office()
    parts = {"open": {"template": "{year}-{n}"}}
    adopted = w.act(w.admin, ("rules.index_number", "ledger/main", {}, parts))
    assert found(verified(w, tmp_path)) == []
    assert public_findings(w, tmp_path, (0, adopted)) == []
