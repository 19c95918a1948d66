"""Both verifiers on the same courses of events, many of them unlawful: every event's findings must be the same."""

from __future__ import annotations

import json
import os
from itertools import groupby
from pathlib import Path

import conftest  # noqa: F401  puts the verifier on the path
import pytest
from zverify import rulebook
from zverify.chain import Place
from zverify.event import Event
from zverify.law import Law
from zverify.report import Report

ROOT = Path(__file__).parent.parent
COURSES = ROOT / "target" / "samples" / "courses.jsonl"
FILE = Path(os.environ.get("ZHAOCE_LAW_FILE", ROOT / "tests" / "fixtures" / "law.jsonl"))
ORIGIN = "example.gov.cn/xxgk"
EDITIONS = {e.digest: e for e in rulebook.load_folder(ROOT / "schemas")}


def event_of(data: dict) -> Event:
    parts = {name: "b3:" + "0" * 64 for name in data.pop("parts")}
    return Event(**data, prev="", last=None, keys=None, parts=parts, version=1, raw=b"", bodies={})


def found_by(law: Law, report: Report, e: Event) -> list[list[str]]:
    """What the law finds in one event. A stranger's act is reported once an act by `begin_act`; here it is asked of each."""
    report.findings.clear()
    if e.seq == 0 or law.begin_act_of(e):
        law.event(e, Place(None, None))
    return sorted([f.code, f.cls] for f in report.findings)


class SampleLaw(Law):
    def begin_act_of(self, e: Event) -> bool:
        """Stage 1 for this event; stage 0 goes before it."""
        edition = self.edition_for(e)
        if self._place_and_edition(e, edition):
            self._refused = False
            return True
        code = self.signer(e.by, e.act)
        self._refused = False
        if code:
            self.report.add(code, "integrity", seq=e.seq)
        return code is None


def state_of(law: Law) -> dict:
    """What the data have written, as the samples have it: without what is empty."""
    state = law.state
    dossiers = {subject: dossier_of(dossier) for subject, dossier in state.dossiers.items()}
    years = state.calendar.plain().items()
    calendar = [
        {"calendar": {"year": int(n), "holidays": off, "workdays": on}, "seq": seq} for n, (seq, off, on) in years
    ]
    values = {subject: it["values"] for subject, it in state.items.items()}
    return {"dossiers": dossiers or None, "items": values, "calendar": calendar or None}


def dossier_of(dossier: dict) -> dict:
    spans = {str(seq): span | {"seq": seq} for seq, span in dossier["spans"].items()}
    return filled(dossier | {"spans": {seq: filled(span) for seq, span in spans.items()}})


def filled(members: dict) -> dict:
    return {name: value for name, value in members.items() if value != {}}


def judged_alike(file: Path) -> int:
    """Compares every line; how many there were."""
    newest = max(EDITIONS.values(), key=lambda edition: edition.ordinal).digest
    lines = [json.loads(line) for line in file.read_text().replace("{newest}", newest).splitlines()]
    for course, steps in groupby(lines, key=lambda line: line["course"]):
        report = Report()
        law = SampleLaw(EDITIONS, ORIGIN, report)
        for step in steps:
            e = event_of(step["event"])
            assert found_by(law, report, e) == step["found"], (course, e.seq, e.kind, e.facts)
            if "state" in step:
                assert state_of(law) == step["state"], (course, e.seq)
    return len(lines)


def test_every_event_is_judged_alike():
    assert judged_alike(FILE)


def test_courses_drawn_from_the_data_are_judged_and_folded_alike():
    if not COURSES.exists():
        pytest.skip("no samples: cargo test writes them")
    assert judged_alike(COURSES) > 10000
