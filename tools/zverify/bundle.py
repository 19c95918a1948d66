"""Verifying a bundle: the container, the payload in its order, the log in it, and what is derived from the log."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from . import canon, crypto, notes, reading, state, tree
from .chain import Place
from .container import Bag, Entry, Stop, TarBytes
from .event import is_count
from .ledger import Verification, read_checkpoint
from .report import Report
from .rulebook import Edition

MAX_META = 64 << 10
MAX_KEPT = 4 << 20
_META = {"edition", "format", "from", "genesis", "head", "origin", "root", "size"}
_DERIVED = ("people.json", "catalog.json", "catalog.csv", "withheld.json", "withheld.csv")
_ORDER = ("bundle.json", "checkpoint", "rules", "schemas", "VERIFY.txt", "events", *_DERIVED, "consistency.json")


class Bundle:
    """One reading of a bundle's payload."""

    def __init__(self, origin: str, genesis: str, editions: dict[str, Edition], args: Namespace):
        self.origin = origin
        self.genesis = genesis
        self.editions = editions
        self.args = args
        self.early = Report()
        self.run: Verification | None = None
        self.meta: dict | None = None
        self.before: dict | None = None
        self.rank = 0
        self.seen: set[str] = set()
        self.rules: set[str] = set()
        self.checkpoint: notes.Checkpoint | None = None
        self.name: str | None = None
        self._ended = False

    @property
    def report(self) -> Report:
        return self.run.report if self.run else self.early

    def find(self, code: str, file: str | None, text: str | None = None, **shown) -> None:
        self.report.add(code, "integrity", file=file, **({"found": text} | shown))

    # payload

    def file(self, entry: Entry) -> None:
        group = _group(entry.path)
        if group is None:
            self.find("bundle.unknown_file", entry.path, "not a file of a bundle")
            return
        if _ORDER.index(group) < self.rank:
            self.find("bundle.file_order", entry.path, "not at its place")
        self.rank = max(self.rank, _ORDER.index(group))
        self.seen.add(entry.path)
        if group == "bundle.json":
            self._meta(_whole(entry, MAX_META))
        elif self.run is None or self._ended and group in ("checkpoint", "events"):
            return
        elif group in _DERIVED or group == "consistency.json":
            self._log_ends()
            self._derived(entry) if group in _DERIVED else self._consistency(_whole(entry, MAX_META))
        else:
            self._before_derived(group, entry)

    def _before_derived(self, group: str, entry: Entry) -> None:
        if group == "checkpoint":
            note = _whole(entry, notes.MAX_NOTE)
            self.checkpoint = self.run.checkpoint(note or b"", "checkpoint")
        elif group == "rules":
            self._rules(entry)
        elif group == "events":
            self._events(entry)

    def _meta(self, data: bytes | None) -> None:
        try:
            value, exact = _object(data)
            self.meta = _read_meta(value)
        except ValueError as error:
            self.find("bundle.meta", "bundle.json", str(error))
            return
        if not exact:
            self.find("bundle.not_canonical", "bundle.json")
        meta = self.meta
        self.run = Verification(self.origin, self.genesis, self.editions, meta["edition"])
        self.run.report = _merge(self.early, self.run)
        for name, wanted in (("origin", self.origin), ("genesis", self.genesis)):
            if meta[name] != wanted:
                self.find("bundle.other_ledger", "bundle.json", meta[name], expected=wanted)
        self._start()
        for path in self.args.checkpoint:
            self.run.take_checkpoint(read_checkpoint(path), Place(str(path), None))

    def _start(self) -> None:
        """Where the log begins: at its genesis, at a state verified before, or in the middle."""
        meta, run = self.meta, self.run
        if self.args.state:
            self.before = state.load(self.args.state, self.origin, self.genesis)
        before = self.before
        if meta["from"] == 0:
            if before:
                run.chain.watch(before["size"])
            return
        start = [bytes.fromhex(h) for h in meta["start"]["frontier"]]
        if before and before["size"] == meta["from"] and before["copy"] in ("full", meta["edition"]):
            if (before["head"], before["frontier"]) != (meta["start"]["head"], start):
                self.find("bundle.start", "bundle.json", meta["start"]["head"], expected=before["head"])
            state.restore(run, before)
            return
        run.chain.resume(meta["from"], meta["start"]["head"], start)
        run.law.active = False
        if self.args.allow_partial:
            run.report.tolerated |= {"law.not_checked", "checkpoint.key_unknown"}
        found = f"from {meta['from']}" + (f", state of size {before['size']} ({before['copy']})" if before else "")
        run.report.add("law.not_checked", "uncheckable", seq=meta["from"], found=found)

    def _rules(self, entry: Entry) -> None:
        data, path = _whole(entry, MAX_KEPT), entry.path
        try:
            value, exact = canon.parse(data or b"")
        except canon.Refused as error:
            self.find("bundle.rules", path, str(error))
            return
        name = value.get("name") if isinstance(value, dict) else None
        if not exact or entry.path != f"rules/{name}.json":
            self.find("bundle.rules", path, "not canonical, or under another name")
        self.rules.add(crypto.rules_digest(canon.encode(value)))

    def _events(self, entry: Entry) -> None:
        chain, path = self.run.chain, entry.path
        chain.begin_file(path, path.removeprefix("events/").removesuffix(".jsonl"))
        for number, (data, ended) in enumerate(reading.lines(entry.pieces), 1):
            chain.line(data, ended, path, number)

    # after the log

    def _log_ends(self) -> None:
        if self._ended:
            return
        self._ended = True
        run, meta, chain = self.run, self.meta, self.run.chain
        if self.before and meta["from"] == 0:
            self._against_state()
        run.end()
        found = {"size": chain.next, "head": chain.head, "root": chain.tree.root().hex()}
        for name, value in found.items():
            if meta[name] != value:
                self.find("bundle.meta_differs", "bundle.json", f"{name} {meta[name]}", expected=f"{name} {value}")
        if self.checkpoint and self.checkpoint.size != meta["size"]:
            self.find("bundle.checkpoint_size", "checkpoint", str(self.checkpoint.size), expected=str(meta["size"]))
        adopted = run.adopted if run.law.active and meta["from"] == 0 else None
        if adopted is not None and (self.rules - adopted or (adopted & set(self.editions)) - self.rules):
            self.find("bundle.rules", "rules", ", ".join(sorted(self.rules)), expected=", ".join(sorted(adopted)))

    def _against_state(self) -> None:
        chain, size = self.run.chain, self.before["size"]
        if size > chain.tree.size:
            self.find("checkpoint.shorter", str(self.args.state), str(chain.tree.size), expected=f">= {size}")
            return
        old = tree.Tree(size, self.before["frontier"]).root()
        if chain.watched.get(size) != old:
            self.find("checkpoint.fork", str(self.args.state), expected=old.hex())

    def _derived(self, entry: Entry) -> None:
        """Compares the file with what the log gives, byte for byte."""
        run = self.run
        edition = self.editions.get(run.law.state.office["edition"])
        if not run.law.active or edition is None:
            return
        made = run.derive.files(run.law.state, edition)[entry.path]()
        offset = _first_difference(entry.pieces, made)
        if offset is not None:
            self.find("bundle.derived_differs", entry.path, f"differs at byte {offset}")

    def _consistency(self, data: bytes | None) -> None:
        chain, path = self.run.chain, "consistency.json"
        try:
            body, exact = _object(data)
            if not exact:
                self.find("bundle.not_canonical", path)
            old, new = (_sized(body[name]) for name in ("from", "to"))
            proof = [_hash(h) for h in body["proof"]] if isinstance(body["proof"], list) else None
            if set(body) != {"from", "proof", "to"} or proof is None or len(proof) > 128:
                raise ValueError("members")
        except (ValueError, KeyError, TypeError) as error:
            self.find("bundle.consistency", path, str(error))
            return
        whole = new == (chain.tree.size, chain.tree.root())
        start = tree.Tree(chain.start, [bytes.fromhex(h) for h in self.meta.get("start", {}).get("frontier", [])]).root()
        same_start = old[0] != chain.start or old[1] == start
        if not whole or not same_start or not tree.consistent(old[0], new[0], old[1], new[1], proof):
            self.find("bundle.consistency", path, "the proof does not hold for this log")

    def end(self, bag: Bag) -> Report:
        if self.run is None:
            if self.meta is None and "bundle.json" not in self.seen:
                self.find("bundle.no_meta", "bundle.json", "missing")
            return self.early
        self._log_ends()
        if "checkpoint" not in self.seen:
            self.find("checkpoint.form", "checkpoint", "missing")
        for name in _DERIVED:
            if name not in self.seen:
                self.find("bundle.derived_differs", name, "missing")
        if self.meta["from"] > 0 and "consistency.json" not in self.seen:
            self.find("bundle.consistency", "consistency.json", "missing")
        if "VERIFY.txt" not in self.seen:
            self.find("bundle.bag_missing_file", "VERIFY.txt", "missing")
        self._names(bag)
        self.run.prefix_note()
        return self.report

    def _names(self, bag: Bag) -> None:
        meta, at = self.meta, self.run.chain.at
        wanted = f"zhaoce-{_name_of(meta['origin'])}-{meta['from']}-{meta['size']}-{meta['edition']}"
        if bag.name is not None and bag.name != wanted:
            self.find("bundle.name", "bundle.json", bag.name, expected=wanted)
        if at is None:
            return
        moment = int(datetime.fromisoformat(at).timestamp())
        if bag.mtime is not None and bag.mtime != moment:
            self.find("bundle.mtime_differs", "bundle.json", str(bag.mtime), expected=str(moment))
        if bag.info and bag.info[0][0] == "Bagging-Date" and bag.info[0][1] != at[:10]:
            self.find("bundle.date_differs", "bag-info.txt", bag.info[0][1], expected=at[:10])


def _name_of(origin: str) -> str:
    """An origin in the name of a bag: whole up to 21 characters, else cut and told apart by a digest."""
    plain = re.sub(r"[^0-9a-z.]", "-", origin)
    return plain if len(plain) <= 21 else f"{plain[:12]}-{crypto.chain_start(origin)[3:11]}"


def _group(path: str) -> str | None:
    folder, slash, _ = path.partition("/")
    if slash:
        return folder if folder in ("rules", "schemas", "events") else None
    return path if path in _ORDER and path not in ("rules", "schemas", "events") else None


def _whole(entry: Entry, limit: int) -> bytes | None:
    """The file's bytes, or None when it is over the limit."""
    return b"".join(entry.pieces) if entry.size <= limit else None


def _object(data: bytes | None) -> tuple[dict, bool]:
    """(object, whether the file is its canonical form and one newline). Raises ValueError."""
    if data is None:
        raise ValueError("too large")
    value, exact = canon.parse(data.removesuffix(b"\n"))
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value, exact and data.endswith(b"\n")


def _hash(value) -> bytes:
    if not isinstance(value, str) or not crypto.B3.match("b3:" + value):
        raise ValueError("not a hash")
    return bytes.fromhex(value)


def _sized(value) -> tuple[int, bytes]:
    if not isinstance(value, dict) or set(value) != {"root", "size"} or not is_count(value["size"]):
        raise ValueError("not a size and a root")
    return value["size"], _hash(value["root"])


def _read_meta(value: dict) -> dict:
    if set(value) - {"start"} != _META or not canon.equal(value["format"], 1) or value["edition"] not in ("full", "public"):
        raise ValueError("members, format or edition")
    if not is_count(value["from"]) or not is_count(value["size"]) or value["from"] >= value["size"]:
        raise ValueError("from or size")
    _hash(value["root"])
    for name in ("genesis", "head"):
        if not isinstance(value[name], str) or not crypto.B3.match(value[name]):
            raise ValueError(name)
    if not isinstance(value["origin"], str) or ("start" in value) != (value["from"] > 0):
        raise ValueError("origin or start")
    if "start" in value:
        _read_start(value["start"], value["from"])
    return value


def _read_start(start, size: int) -> None:
    if not isinstance(start, dict) or set(start) != {"frontier", "head"} or not isinstance(start["frontier"], list):
        raise ValueError("start")
    if not isinstance(start["head"], str) or not crypto.B3.match(start["head"]):
        raise ValueError("start")
    for h in start["frontier"]:
        _hash(h)
    if len(start["frontier"]) != tree.frontier_length(size):
        raise ValueError("frontier")


def _merge(early: Report, run: Verification) -> Report:
    """The run's report, with what was found before it began."""
    run.report.findings[:0] = early.findings
    for cls, count in early.counts.items():
        run.report.counts[cls] = run.report.counts.get(cls, 0) + count
    return run.report


def _first_difference(left: Iterator[bytes], right: Iterator[bytes]) -> int | None:
    offset, a, b = 0, b"", b""
    while True:
        a = a or next((p for p in left if p), b"")
        b = b or next((p for p in right if p), b"")
        if not a and not b:
            return None
        count = min(len(a), len(b))
        if a[:count] != b[:count] or count == 0:
            return offset + next((n for n in range(count) if a[n] != b[n]), count)
        offset, a, b = offset + count, a[count:], b[count:]


def verify_bundle(path: Path, origin: str, genesis: str, editions: dict[str, Edition], args: Namespace) -> Report:
    bundle = Bundle(origin, genesis, editions, args)

    def find(code: str, file: str | None, offset: int | None, text: str) -> None:
        bundle.find(code, file, f"{text} (offset {offset})" if offset is not None else text)

    with reading.open_file(path) as file:
        bag = Bag(TarBytes(file), find)
        try:
            for entry in bag.payload():
                bundle.file(entry)
        except Stop as stop:
            find(stop.code, None, stop.offset, str(stop))
    report = bundle.end(bag)
    if args.save_state and report.passed and bundle.run and bundle.run.law.active:
        state.save(args.save_state, bundle.run, genesis)
    return report
