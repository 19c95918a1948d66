"""Rule-book editions: the JSON data, its digest, its checks of facts and its words."""

from __future__ import annotations

import re
from pathlib import Path

from . import bookcheck, canon, crypto, notes
from .bookcheck import BadEdition
from .event import is_count, is_day, is_moment

MAX_FILE = 4 << 20
MAX_DATES = 366
MAX_HASHES = 64
_SIGNATURE = re.compile(r"[A-Za-z0-9+/]{85}[AQgw]==\Z")
_FILE = re.compile(r"sha256:[0-9a-f]{64}\Z")
_RULE_CODE = re.compile(r"[a-z]{1,24}\.[a-z_]{1,32}\Z")
_CELL = re.compile(r"[a-z0-9_]{1,48}\.[a-z0-9_]{1,48}\Z")
_ORIGIN = re.compile(r"[!-*,-~]{1,200}\Z")
_TOKEN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}\Z")
_IMPRINT = re.compile(r"(?:[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128})\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
_ID = re.compile(r"[0-9a-z]{1,32}\Z")


def named_rules() -> set[str]:
    """The rules that have a function here; their modules are read late, for they read this one."""
    from . import itemrules, lawrules, receipts

    return set(lawrules.NAMED) | set(itemrules.NAMED) | set(receipts.NAMED)


class Edition:
    def __init__(self, data: dict):
        bookcheck.check(data, _TYPES, named_rules())
        self.data = data
        self.digest = crypto.rules_digest(canon.encode(data))
        self.name = data["name"]
        self.ordinal = data["ordinal"]
        self.kinds = data["kinds"]
        self.facts = data["facts"]
        self.rules = data["rules"]
        self.classes = data.get("classes", {})
        self.clocks = data.get("clocks", {})
        self.codes = {name: v["values"] for name, v in data["codes"].items()}

    def code(self, vocabulary: str, value) -> dict | None:
        """The entry of a code, or None."""
        return self.codes.get(vocabulary, {}).get(value) if isinstance(value, str) else None

    def zh(self, vocabulary: str, value: str) -> str:
        """The Chinese name of a code; the code itself where there is none."""
        return (self.code(vocabulary, value) or {}).get("zh", value)

    def state(self, cls: str, value: str) -> str:
        """The Chinese name of a state of a class."""
        own = self.classes.get(cls, {}).get("states", {}).get(value, {}).get("zh")
        return own or self.zh("state", value)

    def article(self, code: str) -> str | None:
        """What the rule cites, in Chinese."""
        cites = self.rules.get(code, {}).get("cites", [])
        sources = self.data["sources"]
        named = [sources.get(c["source"], {}).get("zh", c["source"]) + c.get("article", "") for c in cites]
        return "；".join(named) or None

    def sentence(self, code: str, expected, found) -> tuple[str, str]:
        rule = self.rules.get(code, {})
        return tuple(_fill(rule.get(lang, code), expected, found) for lang in ("zh", "en"))

    def fits(self, kind: dict, value, seq: int) -> bool:
        """Whether a fact's value is of its type (rules.md, section 2)."""
        return _TYPES[kind["type"]](self, kind, value, seq)


def _fill(text: str, expected, found) -> str:
    return text.replace("{expected}", str(expected or "-")).replace("{found}", str(found or "-"))


def _codes(edition: Edition, kind: dict, value, seq: int) -> bool:
    return (
        isinstance(value, list)
        and len(value) >= kind["min"]
        and all(edition.code(kind["of"], v) is not None for v in value)
        and ascending(value)
    )


def ascending(values: list[str]) -> bool:
    return all(a < b for a, b in zip(values, values[1:]))


def _subject(edition: Edition, kind: dict, value, seq: int) -> bool:
    return isinstance(value, str) and value.startswith(kind["of"] + "/") and bool(_ID.match(value[len(kind["of"]) + 1 :]))


def _dates(edition: Edition, kind: dict, value, seq: int) -> bool:
    return isinstance(value, list) and len(value) <= MAX_DATES and all(map(is_day, value)) and ascending(value)


def _origins(edition: Edition, kind: dict, value, seq: int) -> bool:
    sound = isinstance(value, list) and bool(value) and all(_text(_ORIGIN, v) for v in value)
    return sound and ascending(value)


def _hashes(edition: Edition, kind: dict, value, seq: int) -> bool:
    return isinstance(value, list) and len(value) <= MAX_HASHES and all(_text(_HASH, v) for v in value)


def _first_keys(edition: Edition, kind: dict, value, seq: int) -> bool:
    return isinstance(value, list) and 1 <= len(value) <= 64 and all(_first_key(edition, v) for v in value)


def _first_key(edition: Edition, entry) -> bool:
    if not isinstance(entry, dict) or set(entry) != {"holder", "key", "possession", "roles"}:
        return False
    return (
        _subject(edition, {"of": "person"}, entry["holder"], 0)
        and _text(crypto.KEY, entry["key"])
        and _text(_SIGNATURE, entry["possession"])
        and _codes(edition, {"of": "key_role", "min": 1}, entry["roles"], 0)
    )


def _text(pattern, value) -> bool:
    return isinstance(value, str) and bool(pattern.match(value))


_TYPES = {
    "code": lambda ed, k, v, s: ed.code(k["of"], v) is not None,
    "codes": _codes,
    "date": lambda ed, k, v, s: is_day(v),
    "moment": lambda ed, k, v, s: is_moment(v),
    "int": lambda ed, k, v, s: type(v) is int and k["min"] <= v <= k["max"],
    "seq": lambda ed, k, v, s: is_count(v) and v < s,
    "digest": lambda ed, k, v, s: _text(crypto.B3, v),
    "file": lambda ed, k, v, s: _text(_FILE, v),
    "key": lambda ed, k, v, s: _text(crypto.KEY, v),
    "signature": lambda ed, k, v, s: _text(_SIGNATURE, v),
    "subject": _subject,
    "origin": lambda ed, k, v, s: _text(_ORIGIN, v),
    "origins": _origins,
    "rule": lambda ed, k, v, s: _text(_RULE_CODE, v),
    "cell": lambda ed, k, v, s: _text(_CELL, v),
    "dates": _dates,
    "token": lambda ed, k, v, s: _text(_TOKEN, v),
    "imprint": lambda ed, k, v, s: _text(_IMPRINT, v),
    "note": lambda ed, k, v, s: notes.is_note(v),
    "hashes": _hashes,
    "first_keys": _first_keys,
}


def read_edition(data: bytes) -> Edition:
    """An edition from its file; white space does not matter, everything else does. Raises BadEdition."""
    try:
        value, _ = canon.parse(data)
        return Edition(value)
    except (canon.Refused, KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadEdition(str(error)) from None


def load_folder(folder: Path) -> list[Edition]:
    return [read_edition(path.read_bytes()[: MAX_FILE + 1]) for path in sorted(folder.glob("rules-*.json"))]
