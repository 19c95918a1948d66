"""The three lines of a log, read strictly into what the verifier works with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from . import canon, crypto

KIND = re.compile(r"[a-z]{1,16}\.[a-z_]{1,24}\Z")
SUBJECT = re.compile(r"[a-z]{1,16}/[0-9a-z]{1,32}\Z")
MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\+08:00\Z", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
PART_NAMES = ("closed", "open", "personal")
_REQUIRED = {"v", "seq", "act", "prev", "at", "by", "kind", "subject", "facts", "parts"}
_KNOWN = _REQUIRED | {"last", "keys"}


class BadShape(ValueError):
    """The line is canonical JSON but none of the three lines; the message says why."""


@dataclass
class Event:
    """One event as it stands; `raw` are its canonical bytes, `bodies` the parts this copy has."""

    seq: int
    act: int
    prev: str
    last: int | None
    keys: int | None
    at: str
    by: str
    kind: str
    subject: str
    facts: dict
    parts: dict
    version: int
    raw: bytes
    bodies: dict


def is_day(text) -> bool:
    if not isinstance(text, str) or not DAY.match(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_moment(text) -> bool:
    match = MOMENT.match(text) if isinstance(text, str) else None
    return bool(match) and is_day(match[1])


def is_count(value) -> bool:
    return type(value) is int and value >= 0


def read_line(value):
    """("event", Event), ("seal", note) or ("synced", N). Raises BadShape."""
    if not isinstance(value, dict):
        raise BadShape("not an object")
    names = set(value)
    if names == {"event", "parts"}:
        return "event", read_event(value["event"], value["parts"])
    if names == {"seal"} and isinstance(value["seal"], str):
        return "seal", value["seal"]
    if names == {"synced"} and is_count(value["synced"]):
        return "synced", value["synced"]
    raise BadShape("none of the three lines: members " + ", ".join(sorted(names))[:100])


def read_event(event, bodies) -> Event:
    if not isinstance(event, dict) or not isinstance(bodies, dict):
        raise BadShape("`event` and `parts` are objects")
    names = set(event)
    if names - _KNOWN or _REQUIRED - names:
        raise BadShape("event members: " + ", ".join(sorted(names ^ _REQUIRED))[:100])
    _check_types(event)
    if set(bodies) - set(PART_NAMES):
        raise BadShape("a part name")
    return Event(
        seq=event["seq"], act=event["act"], prev=event["prev"], last=event.get("last"), keys=event.get("keys"),
        at=event["at"], by=event["by"], kind=event["kind"], subject=event["subject"], facts=event["facts"],
        parts=event["parts"], version=event["v"], raw=canon.encode(event), bodies=bodies,
    )  # fmt: skip


def _check_types(event: dict) -> None:
    for name in ("v", "seq", "act", "last", "keys"):
        if name in event and not is_count(event[name]):
            raise BadShape(f"`{name}` is not a number of events")
    for name, pattern in (("prev", crypto.B3), ("by", crypto.KEY), ("kind", KIND), ("subject", SUBJECT)):
        if not isinstance(event[name], str) or not pattern.match(event[name]):
            raise BadShape(f"`{name}` is not of its form")
    if not is_moment(event["at"]):
        raise BadShape("`at` is not a moment")
    if not isinstance(event["facts"], dict) or not isinstance(event["parts"], dict):
        raise BadShape("`facts` and `parts` are objects")
    for name, digest in event["parts"].items():
        if name not in PART_NAMES or not isinstance(digest, str) or not crypto.B3.match(digest):
            raise BadShape("a part name or part digest is not of its form")
