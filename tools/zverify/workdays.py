"""Working days, and how periods are counted over them (rules.md section 11)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

WORKING = "working"
CALENDAR = "calendar"
DAYS_LOOKED_AT = 4000

_DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class Year:
    """A year's days off and make-up working days, and the seq of the event that adopted it."""

    seq: int
    holidays: frozenset[date]
    workdays: frozenset[date]


@dataclass
class WorkCalendar:
    """The calendars a ledger has adopted, by year."""

    years: dict[int, Year] = field(default_factory=dict)

    def adopt(self, year: int, holidays: list[str], workdays: list[str], seq: int) -> None:
        """Days outside the year are left out; what was adopted for the year before ends."""
        off, on = (frozenset(d for d in map(date.fromisoformat, days) if d.year == year) for days in (holidays, workdays))
        self.years[year] = Year(seq, off, on)

    def plain(self) -> dict[str, list]:
        """As JSON can hold it: year -> seq, days off, make-up working days."""
        days = lambda found: sorted(d.isoformat() for d in found)  # noqa: E731
        return {str(n): [y.seq, days(y.holidays), days(y.workdays)] for n, y in sorted(self.years.items())}

    @classmethod
    def read(cls, plain: dict[str, list]) -> WorkCalendar:
        calendar = cls()
        for year, (seq, holidays, workdays) in plain.items():
            calendar.adopt(int(year), holidays, workdays, seq)
        return calendar

    def is_working(self, day: date) -> bool:
        year = self.years.get(day.year)
        if year and day in year.workdays:
            return True
        return day.weekday() < _SATURDAY and not (year and day in year.holidays)


def shipped(path: Path) -> list[tuple[int, list[str], list[str]]]:
    """The calendars of `schemas/calendars.json`: year, days off, make-up working days."""
    return [(year["year"], year["holidays"], year["workdays"]) for year in json.loads(path.read_text("utf-8"))]


@dataclass(frozen=True)
class Period:
    start: date
    days: int
    unit: str = WORKING
    pauses: tuple[tuple[date, date | None], ...] = ()

    def paused(self, day: date) -> bool:
        return any(start < day and (until is None or day <= until) for start, until in self.pauses)

    def stopped(self, day: date) -> bool:
        """Whether a pause over `day` still lasts."""
        return any(start < day and until is None for start, until in self.pauses)


@dataclass(frozen=True)
class Due:
    """`day` is None while a pause lasts or when it is too far away; `left` is what is still to be counted then.

    `asked` are the years of which a day was asked whether it is a working day."""

    day: date | None
    left: int
    asked: frozenset[int]

    def provisional(self, calendar: WorkCalendar) -> list[int]:
        return sorted(self.asked - calendar.years.keys())

    def calendars(self, calendar: WorkCalendar) -> list[tuple[int, int]]:
        return sorted((year, calendar.years[year].seq) for year in self.asked & calendar.years.keys())


def due(calendar: WorkCalendar, period: Period) -> Due:
    """The last day of a period."""
    asked: set[int] = set()

    def works(day: date) -> bool:
        asked.add(day.year)
        return calendar.is_working(day)

    day, left, looked = period.start, period.days, 0
    while left > 0:
        if looked == DAYS_LOOKED_AT or day == date.max:
            return Due(None, left, frozenset(asked))
        day, looked = day + _DAY, looked + 1
        if period.stopped(day):
            return Due(None, left, frozenset(asked))
        if not period.paused(day) and (period.unit == CALENDAR or works(day)):
            left -= 1
    while period.unit == CALENDAR and not works(day):
        if looked == DAYS_LOOKED_AT or day == date.max:
            return Due(None, 0, frozenset(asked))
        day, looked = day + _DAY, looked + 1
    return Due(day, 0, frozenset(asked))


def days_left(calendar: WorkCalendar, period: Period, today: date) -> int | None:
    """Working days after `today` up to the last day; below 0, by one at least, when that has passed."""
    last = due(calendar, period).day
    if last is None:
        return None
    first, end = min(today, last), max(today, last)
    span = range(1, min((end - first).days, DAYS_LOOKED_AT) + 1)
    working = sum(calendar.is_working(first + timedelta(days=n)) for n in span)
    return working if today <= last else -max(working, 1)
