"""Operands and conditions of the data (rules.md section 13)."""

from __future__ import annotations

from . import clocks
from .lawrules import Case

SPAN = ("from", "until", "name")


def value(c: Case, operand: str) -> str | int | None:
    """The text or integer that an operand stands for."""
    return next((v for v in (_single(c, one) for one in operand.split("|")) if v is not None), None)


def _single(c: Case, operand: str) -> str | int | None:
    name, _, rest = operand.partition(":")
    return _OPERANDS[name](c, rest)


def _scalar(found) -> str | int | None:
    return found if isinstance(found, str) or type(found) is int and found >= 0 else None


def _of(c: Case, rest: str) -> str | int | None:
    fact, _, register = rest.partition(".")
    subject = c[fact]
    return c.state.register(subject, register, c.edition) if isinstance(subject, str) else None


def _next(c: Case, name: str) -> int:
    found = c.state.register(c.e.subject, name, c.edition)
    return found + 1 if type(found) is int else 1


def span(c: Case) -> dict | None:
    """The span of the event's subject that its fact `of` names."""
    return c.state.spans(c.e.subject).get(c["of"]) if type(c["of"]) is int else None


def _span(c: Case, name: str) -> str | int | None:
    found = span(c)
    if found is None:
        return None
    return found.get(name) if name in SPAN else found["values"].get(name)


def _due(c: Case, name: str) -> str | None:
    clock = clocks.running(c, name)
    return clock.last.isoformat() if clock and clock.last else None


def _count(c: Case, name: str) -> str | None:
    clock = clocks.running(c, name)
    return (clock.last.isoformat() if clock.last else "-") if clock else None


def _extension(c: Case, name: str) -> int | None:
    clock = clocks.running(c, name)
    return clock.provision["extension"] if clock else None


_OPERANDS = {
    "fact": lambda c, rest: _scalar(c[rest]),
    "reg": lambda c, rest: c.state.register(c.e.subject, rest, c.edition),
    "of": _of,
    "span": _span,
    "const": lambda c, rest: rest,
    "number": lambda c, rest: int(rest),
    "next": _next,
    "on": lambda c, rest: c["on"],
    "person": lambda c, rest: c["person"],
    "seq": lambda c, rest: c.e.seq,
    "subject": lambda c, rest: c.e.subject,
    "due": _due,
    "count": _count,
    "extension": _extension,
}


def holds(c: Case, condition: list) -> bool:
    name, *rest = condition
    return _CONDITIONS[name](c, *rest)


def _has(c: Case, operand: str) -> bool:
    if operand.startswith("fact:") and "|" not in operand:
        return c.has(operand.removeprefix("fact:"))
    return value(c, operand) is not None


def _in(c: Case, operand: str, texts: list[str]) -> bool:
    return value(c, operand) in texts


def _pair(c: Case, left: str, right: str) -> tuple | None:
    """Both values, if both are texts or both integers."""
    pair = value(c, left), value(c, right)
    return pair if None not in pair and type(pair[0]) is type(pair[1]) else None


def _same(c: Case, left: str, right: str) -> bool:
    pair = _pair(c, left, right)
    return pair is not None and pair[0] == pair[1]


def _before(c: Case, left: str, right: str) -> bool:
    pair = _pair(c, left, right)
    if pair is None:
        return False
    less, more = (v.encode() if isinstance(v, str) else v for v in pair)
    return less < more


def _includes(c: Case, fact: str, text: str) -> bool:
    return isinstance(c[fact], list) and text in c[fact]


def _holds(c: Case, operand: str, role: str) -> bool:
    person = value(c, operand)
    return isinstance(person, str) and role in c.state.roles(person)


def _open_span(c: Case, name: str) -> bool:
    return any(s["name"] == name and "until" not in s for s in c.state.spans(c.e.subject).values())


def _span_open(c: Case) -> bool:
    found = span(c)
    return found is not None and "until" not in found


def _late(c: Case, name: str) -> bool:
    clock = clocks.running(c, name)
    if clock is None or not clock.provision["sourced"] or clock.provisional:
        return "late" in c.e.facts.get("irregular", ())
    return clock.last is not None and c["on"] > clock.last.isoformat()


def _provisional(c: Case, name: str) -> bool:
    clock = clocks.running(c, name)
    return clock is not None and bool(clock.provisional)


_CONDITIONS = {
    "has": _has,
    "is": lambda c, operand, text: value(c, operand) == text,
    "in": _in,
    "same": _same,
    "before": _before,
    "after": lambda c, left, right: _before(c, right, left),
    "includes": _includes,
    "holds": _holds,
    "commits": lambda c, part: part in c.e.parts,
    "open_span": _open_span,
    "span_open": _span_open,
    "not": lambda c, inner: not holds(c, inner),
    "and": lambda c, *inner: all(holds(c, one) for one in inner),
    "or": lambda c, *inner: any(holds(c, one) for one in inner),
    "late": _late,
    "provisional": _provisional,
}
