"""Canonical JSON as docs/format.md wants it: RFC 8785 with integers, ASCII names and a depth limit."""

from __future__ import annotations

import json
import re
from json.encoder import encode_basestring

import rfc8785

MAX_LINE = 1 << 20
MAX_DEPTH = 16
MAX_INT = (1 << 53) - 1

# An unclosed string swallows the rest, so that the scan stays linear on hostile input.
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)
_NAME = re.compile(r'[ -!#-\[\]-\x7f]*\Z')


class Refused(ValueError):
    """The bytes are not JSON within the limits; nothing can be taken from them."""


def encode(value) -> bytes:
    """The canonical bytes of a value that `parse` gave, or that was made of the same types."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def parse(data: bytes, depth: int = MAX_DEPTH):
    """(value, canonical): the value, and whether `data` are its canonical bytes. Raises Refused."""
    _check_depth(data, depth)
    try:
        text = data.decode("utf-8")
        value = _DECODER.decode(text)
        again = encode(value)
    except (ValueError, RecursionError) as error:
        raise Refused(str(error)[:200]) from None
    if b"\\u0000" in data and _has_nul(value):
        raise Refused("U+0000")
    return value, again == data or _slow_equal(value, data)


def equal(left, right) -> bool:
    """Equality of JSON values; in Python alone True == 1 would hold."""
    return encode(left) == encode(right)


def _slow_equal(value, data: bytes) -> bool:
    try:
        return rfc8785.dumps(value) == data
    except ValueError:
        return False


def _check_depth(data: bytes, limit: int) -> None:
    if data.count(b"{") + data.count(b"[") <= limit:
        return
    depth = 0
    for token in _TOKENS.finditer(data):
        first = data[token.start()]
        if first in b"[{":
            depth += 1
            if depth > limit:
                raise Refused(f"nested deeper than {limit}")
        elif first in b"]}":
            depth -= 1


def _has_nul(value) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, list):
        return any(_has_nul(v) for v in value)
    if isinstance(value, dict):
        return any(_has_nul(v) for v in value.values())
    return False


_seen_names: set[str] = set()


def _object(pairs):
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a member name stands twice")
    for name in made:
        if name not in _seen_names:
            _check_name(name)
    return made


def _check_name(name: str) -> None:
    if not _NAME.match(name):
        raise ValueError("a member name is not plain ASCII")
    if len(_seen_names) < 10_000 and len(name) <= 64:
        _seen_names.add(name)


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INT:
        raise ValueError("an integer of 2^53 or more")
    return int(digits)


def _no_number(text: str):
    raise ValueError("a number that is not an integer")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_no_number, parse_int=_integer, parse_constant=_no_number
)


def quote(text: str) -> str:
    """A string as canonical JSON writes it."""
    return encode_basestring(text)
