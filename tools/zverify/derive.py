"""Catalogue, withheld list and people, derived from the law's state and from parts (format.md)."""

from __future__ import annotations

from collections.abc import Iterator

from . import canon
from .chain import usable_data
from .event import Event
from .lawrules import WITHHELD, Case
from .lawstate import State
from .rulebook import Edition

PUBLIC_TEXTS = ("address", "document_number", "formed", "index_number", "issuer", "summary", "title", "topic", "validity")
CLOSED_TEXTS = ("title", "document_number", "index_number", "issuer", "formed")
_CATALOG_CSV = (
    ("索引号", "index_number"), ("标题", "title"), ("文号", "document_number"), ("发文机关", "issuer"),
    ("成文日期", "formed"), ("发布日期", "published"), ("主题", "topic"), ("公开属性", "attribute"),
    ("状态", "state"), ("有效性", "validity"), ("渠道", "channels"), ("地址", "address"),
    ("概述", "summary"), ("承接", "inherited"), ("编号", "id"),
)  # fmt: skip
_WITHHELD_CSV = (
    ("编号", "id"), ("公开属性", "attribute"), ("依据", "ground"), ("余部依据", "remainder_ground"),
    ("状态", "state"), ("定性日期", "decided"), ("最近评估", "reassessed"), ("承接", "inherited"), ("涉密", "secret"),
)  # fmt: skip
_WITHHELD_FULL_CSV = (
    ("标题", "title"), ("文号", "document_number"), ("索引号", "index_number"), ("发文机关", "issuer"), ("成文日期", "formed"),
)  # fmt: skip
_VOCABULARY = {
    "attribute": "stated_attribute", "state": "state", "ground": "ground", "remainder_ground": "ground", "channels": "channel",
}  # fmt: skip
_CHANGED = {"item.decided", "item.inherited"}


class Derive:
    """Collects along the log what the law's state does not hold."""

    def __init__(self, full: bool):
        self.full = full
        self.at: str | None = None
        self.items: dict[str, dict] = {}
        self.names: dict[str, str] = {}
        self.open: dict[int, tuple] = {}
        self.edition: Edition | None = None

    def event(self, e: Event, edition: Edition | None, case: Case | None, state: State) -> None:
        self.at = e.at
        if case:
            self._names(e)
        if e.subject.startswith("item/"):
            more = self.items.setdefault(e.subject, {})
            if case:
                self._texts(e, more)
                self._folded(e, case, more, state.item(e.subject))

    def _names(self, e: Event) -> None:
        if "personal" not in e.parts:
            return
        data = usable_data(e, "personal") or {}
        if e.kind == "ledger.opened":
            names = data.get("names")
            self.names.update({h: n for h, n in names.items() if isinstance(n, str)} if isinstance(names, dict) else {})
        elif e.kind.startswith("person."):
            self.names.pop(e.subject, None)
            if isinstance(data.get("name"), str):
                self.names[e.subject] = data["name"]

    def _texts(self, e: Event, more: dict) -> None:
        if not self.full:
            return
        found = more.setdefault("texts", {})
        for part in ("closed", "open"):
            data = usable_data(e, part) or {}
            found.update({n: data[n] for n in CLOSED_TEXTS if isinstance(data.get(n), str)})

    def _folded(self, e: Event, case: Case, more: dict, it: dict) -> None:
        if e.kind == "item.inherited":
            more["inherited"] = True
            more["published"] = case["published"]
        elif e.kind == "item.published":
            more["published"], more["channels"] = case["on"], case["channels"]
        elif e.kind == "item.reassessed":
            more["reassessed"] = case["on"]
        if e.kind in _CHANGED or e.kind == "item.reassessed" and case["outcome"].startswith("to_"):
            more["decided"] = case["on"]
        if it.get("open") == e.seq:
            data = usable_data(e, "open") or {}
            more["open"] = {n: data[n] for n in PUBLIC_TEXTS if isinstance(data.get(n), str)}

    # rows

    def _as_of(self) -> str:
        return self.at[:10] if self.at else ""

    def catalog(self, state: State) -> Iterator[dict]:
        for subject, it in state.items.items():
            if it.get("public"):
                more = self.items.get(subject, {})
                row = {"id": subject, "attribute": it["attribute"], "state": it["state"],
                       "inherited": more.get("inherited", False), "channels": more.get("channels", [])}  # fmt: skip
                row.update(more.get("open", {}))
                row.update(_known(published=more.get("published")))
                yield row

    def withheld(self, state: State) -> Iterator[dict]:
        for subject, it in state.items.items():
            if it["attribute"] in WITHHELD and it["state"] != "lapsed":
                more = self.items.get(subject, {})
                row = {"id": subject, "attribute": it["attribute"], "state": it["state"],
                       "inherited": more.get("inherited", False), "secret": it.get("secret", False)}  # fmt: skip
                ground = "ground" if it["attribute"] == "withheld" else "remainder_ground"
                row.update(_known(**{ground: it.get("ground")}))
                row.update(_known(decided=more.get("decided"), reassessed=more.get("reassessed")))
                row.update(more.get("texts", {}) if self.full else {})
                yield row

    # files

    def files(self, state: State, edition: Edition) -> dict:
        """name -> a function that gives the file's bytes in pieces."""
        columns = _WITHHELD_CSV + (_WITHHELD_FULL_CSV if self.full else ())
        return {
            "people.json": lambda: self._people(state),
            "catalog.json": lambda: self._json(self.catalog(state)),
            "catalog.csv": lambda: _csv(_CATALOG_CSV, self.catalog(state), edition),
            "withheld.json": lambda: self._json(self.withheld(state)),
            "withheld.csv": lambda: _csv(columns, self.withheld(state), edition),
        }

    def _json(self, rows: Iterator[dict]) -> Iterator[bytes]:
        yield b'{"as_of":' + canon.encode(self._as_of()) + b',"items":['
        comma = b""
        for row in rows:
            yield comma + canon.encode(row)
            comma = b","
        yield b"]}\n"

    def _people(self, state: State) -> Iterator[bytes]:
        keys = [
            {"enrolled": k["enrolled"], "holder": k["holder"], "key": name} | _known(revoked=k.get("revoked"))
            for name, k in sorted(state.office["keys"].items())
        ]
        persons = [
            {"holder": holder, "roles": sorted(p["roles"])} | (_known(name=self.names.get(holder)) if self.full else {})
            for holder, p in sorted(state.office["persons"].items())
        ]
        yield canon.encode({"keys": keys, "persons": persons}) + b"\n"


def _known(**members) -> dict:
    return {name: value for name, value in members.items() if value is not None}


def _csv(columns, rows: Iterator[dict], edition: Edition) -> Iterator[bytes]:
    yield b"\xef\xbb\xbf" + _csv_line([title for title, _ in columns])
    for row in rows:
        yield _csv_line([_cell(name, row.get(name), edition) for _, name in columns])


def _cell(name: str, value, edition: Edition) -> str:
    vocabulary = _VOCABULARY.get(name)
    if isinstance(value, bool):
        return "是" if value else ""
    if isinstance(value, list):
        return "；".join(edition.zh(vocabulary, v) for v in value)
    if value is None:
        return ""
    return edition.zh(vocabulary, value) if vocabulary else value


def _csv_line(cells: list[str]) -> bytes:
    safe = ("'" + c if c[:1] in ("=", "+", "-", "@", "\t", "\r") and c else c for c in cells)
    return (",".join('"' + c.replace('"', '""') + '"' for c in safe) + "\r\n").encode("utf-8")
