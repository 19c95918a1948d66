"""Working days and last days: what ships beside the package `chinesecalendar`, what the program counts beside that package and
beside the second verifier. `cargo test --test deadlines` writes the program's answers to target/samples/deadlines.json."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import conftest  # noqa: F401  puts the verifier on the path
import pytest
from zverify import workdays
from zverify.workdays import Period, WorkCalendar

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "target" / "samples" / "deadlines.json"
FIRST, LAST = date(2007, 1, 1), date(2026, 12, 31)
LENGTHS = (7, 15, 20)


def every_day() -> list[date]:
    return [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def days_of(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    calendar = WorkCalendar()
    for seq, (year, off, on) in enumerate(workdays.shipped(ROOT / "schemas" / "calendars.json")):
        calendar.adopt(year, off, on, seq)
    return calendar


@pytest.fixture(scope="module")
def samples() -> dict:
    if not SAMPLES.exists():
        pytest.skip("no samples: cargo test writes them")
    return json.loads(SAMPLES.read_text("utf-8"))


@pytest.fixture(scope="module")
def chinese_deadlines() -> dict[date, list[date | None]]:
    """By `chinesecalendar` alone: it numbers the working days and takes the nth behind the start. None: beyond its years."""
    working = [day for day in every_day() if chinese_calendar.is_workday(day)]
    found, behind = {}, 0
    for day in every_day():
        behind += behind < len(working) and working[behind] <= day
        found[day] = [working[behind + n - 1] if behind + n <= len(working) else None for n in LENGTHS]
    return found


def test_every_shipped_day_is_as_chinesecalendar_has_it(calendar):
    assert [*calendar.years] == list(range(FIRST.year, LAST.year + 1))
    assert [d for d in every_day() if calendar.is_working(d) != chinese_calendar.is_workday(d)] == []


def test_every_listed_day_stands_in_its_own_year():
    for year, off, on in workdays.shipped(ROOT / "schemas" / "calendars.json"):
        assert {day[:4] for day in off + on} == {str(year)}
        assert off == sorted(set(off)) and on == sorted(set(on)) and not set(off) & set(on)


def test_the_program_takes_the_same_days_for_working_days(calendar, samples):
    assert date.fromisoformat(samples["first"]) == FIRST and len(samples["working"]) == len(every_day())
    there = {day: works == "1" for day, works in zip(every_day(), samples["working"], strict=True)}
    assert [d for d in every_day() if there[d] != chinese_calendar.is_workday(d)] == []
    assert [d for d in every_day() if there[d] != calendar.is_working(d)] == []


def test_deadlines_of_both_counters_are_those_of_chinesecalendar(calendar, samples, chinese_deadlines):
    compared = 0
    assert [date.fromisoformat(day) for day in samples["deadlines"]] == every_day()
    for text, there in samples["deadlines"].items():
        start = date.fromisoformat(text)
        for length, last, expected in zip(LENGTHS, there, chinese_deadlines[start], strict=True):
            here = workdays.due(calendar, Period(start, length))
            assert here.day == days_of(last), (start, length)
            assert bool(here.provisional(calendar)) == (expected is None), (start, length)
            if expected is not None:
                assert here.day == expected, (start, length)
                compared += 1
    assert compared > 21_800


def test_deadlines_are_found_by_asking_chinesecalendar_for_each_day(chinese_deadlines):
    """The numbering above is itself right."""
    for start in (date(2023, 9, 12), date(2020, 1, 20), date(2012, 12, 31), date(2026, 9, 18)):
        for length, expected in zip(LENGTHS, chinese_deadlines[start], strict=True):
            assert len(chinese_calendar.get_workdays(start + timedelta(days=1), expected)) == length
            assert chinese_calendar.is_workday(expected)


def period_of(data: dict) -> Period:
    pauses = tuple((date.fromisoformat(a), days_of(b)) for a, b in data["pauses"])
    return Period(date.fromisoformat(data["start"]), data["days"], data["unit"], pauses)


def calendar_of(data: list) -> WorkCalendar:
    calendar = WorkCalendar()
    for one in data:
        calendar.adopt(one["calendar"]["year"], one["calendar"]["holidays"], one["calendar"]["workdays"], one["seq"])
    return calendar


def test_both_counters_agree_in_every_case(samples):
    calendars = {name: calendar_of(data) for name, data in samples["calendars"].items()}
    assert len(samples["cases"]) > 2000
    ends = set()
    for case in samples["cases"]:
        calendar, there = calendars[case["calendar"]], case["count"]
        period = period_of(there["period"])
        here = workdays.due(calendar, period)
        assert (here.day, here.left) == (days_of(there["due"]), there["left"]), case
        assert here.provisional(calendar) == there["provisional"], case
        assert here.calendars(calendar) == [tuple(one) for one in there["calendars"]], case
        assert workdays.days_left(calendar, period, date.fromisoformat(case["today"])) == case["days_left"], case
        ends.add((period.unit, here.day is None, here.left > 0, bool(here.provisional(calendar)), bool(period.pauses)))
    assert len(ends) >= 14, sorted(ends)


def test_days_passed_over_are_what_the_calendar_says(samples):
    """Each run of days that the program did not count, by the second verifier's calendar."""
    calendars = {name: calendar_of(data) for name, data in samples["calendars"].items()}
    for case in samples["cases"]:
        calendar, period = calendars[case["calendar"]], period_of(case["count"]["period"])
        for run in case["count"]["skipped"]:
            first = date.fromisoformat(run["from"])
            until = days_of(run["until"]) or first
            for n in range((until - first).days + 1):
                day = first + timedelta(days=n)
                assert period.paused(day) if run["why"] == "paused" else not calendar.is_working(day), (case, day)
                year = calendar.years.get(day.year)
                listed = year is not None and day in year.holidays
                assert run["why"] == "paused" or listed == (run["why"] == "holiday"), (case, day)
