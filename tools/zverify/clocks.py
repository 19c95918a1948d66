"""Clocks of the data: whether one runs for a subject, and when it runs out (rules.md section 14)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from . import conditions, workdays
from .event import is_day
from .lawrules import Case


@dataclass(frozen=True)
class Running:
    """A clock that runs: its provision, its last day if there is one, and the years that may still change it."""

    provision: dict
    last: date | None
    provisional: tuple[int, ...]


def running(c: Case, name: str) -> Running | None:
    """The clock for the event's subject, and for the span that its fact `of` names; None if it does not run."""
    clock = c.edition.clocks[name]
    start = _day(c, clock["start"])
    by = _day(c, clock.get("by", clock["start"]))
    if start is None or by is None or _value(c, clock, "ends") is not None:
        return None
    provision = next((p for p in clock["provisions"] if _in_force(p, by)), None)
    if provision is None:
        return None
    until = _day(c, clock["until"]) if "until" in clock else None
    if until is not None:
        return Running(provision, until, ())
    due = workdays.due(c.state.calendar, _period(c, clock, start, provision))
    return Running(provision, due.day, tuple(due.provisional(c.state.calendar)))


def _period(c: Case, clock: dict, start: date, provision: dict) -> workdays.Period:
    extra = _value(c, clock, "extra")
    days = provision["days"] + (extra if type(extra) is int else 0)
    spans = c.state.spans(c.e.subject).values()
    pauses = [_pause(span) for span in spans if span["name"] in clock.get("pauses", ())]
    return workdays.Period(start, days, provision["unit"], tuple(pauses))


def _pause(span: dict) -> tuple[date, date | None]:
    return date.fromisoformat(span["from"]), date.fromisoformat(span["until"]) if "until" in span else None


def _in_force(provision: dict, day: date) -> bool:
    return provision["from"] <= day.isoformat() and day.isoformat() <= provision.get("until", "9999-12-31")


def _value(c: Case, clock: dict, member: str):
    return conditions.value(c, clock[member]) if member in clock else None


def _day(c: Case, operand: str) -> date | None:
    found = conditions.value(c, operand)
    return date.fromisoformat(found) if is_day(found) else None
