"""The proof of one entry (format.md): a subject's events, the keys behind them, and their places in the tree."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from pathlib import Path

from . import canon, crypto, notes, reading, tree
from .chain import Parts, Place
from .event import SUBJECT, BadShape, Event, is_count, read_event
from .law import Law
from .lawstate import State
from .report import Report
from .rulebook import Edition

MAX_FILE = 64 << 20
_TOP = {"checkpoint", "events", "format", "genesis", "keys", "origin", "size", "subject"}
_ENTRY = {"event", "inclusion", "parts", "seal", "sealed"}


class BadProof(ValueError):
    """The file is not of the form of a proof."""


@dataclass
class Entry:
    e: Event
    inclusion: list[bytes]
    sealed: list[bytes]
    seal: notes.Seal


def verify_proof(path: Path, origin: str, genesis: str, editions: dict[str, Edition]) -> Report:
    """Raises Unreadable where the file, or a note in it, is not of the form of a proof."""
    report = Report()
    try:
        top = _read(reading.read_small(path, MAX_FILE))
        top["checkpoint"] = notes.read_checkpoint(top["checkpoint"])
        events, keys = [_entry(v) for v in top["events"]], [_entry(v) for v in top["keys"]]
    except (BadProof, notes.BadNote) as error:
        raise reading.Unreadable(f"{path}: {error}") from None
    Proof(report, origin, genesis, editions, top).check(events, keys)
    return report


def _read(data: bytes) -> dict:
    if not data.endswith(b"\n"):
        raise BadProof("no newline at the end")
    try:
        # An event stands two levels deeper here than in its line.
        value, exact = canon.parse(data[:-1], canon.MAX_DEPTH + 2)
    except canon.Refused as error:
        raise BadProof(str(error)) from None
    if not exact:
        raise BadProof("not canonical")
    if not isinstance(value, dict) or set(value) != _TOP or not canon.equal(value["format"], 1):
        raise BadProof("members, or format")
    for name in ("checkpoint", "genesis", "origin", "subject"):
        if not isinstance(value[name], str):
            raise BadProof(name)
    if not SUBJECT.match(value["subject"]) or not is_count(value["size"]):
        raise BadProof("subject or size")
    if not isinstance(value["events"], list) or not isinstance(value["keys"], list):
        raise BadProof("events or keys")
    return value


def _entry(value) -> Entry:
    if not isinstance(value, dict) or set(value) != _ENTRY or not isinstance(value["seal"], str):
        raise BadProof("an entry")
    try:
        line = canon.encode({"event": value["event"], "parts": value["parts"]})
        if len(line) > canon.MAX_LINE:
            raise BadProof("an event's line is over the limit")
        canon.parse(line)
        e = read_event(value["event"], value["parts"])
    except (BadShape, canon.Refused) as error:
        raise BadProof(str(error)) from None
    return Entry(e, _hashes(value["inclusion"]), _hashes(value["sealed"]), notes.read_seal(value["seal"]))


def _hashes(value) -> list[bytes]:
    sound = isinstance(value, list) and len(value) <= 64 and all(isinstance(v, str) and is_hash(v) for v in value)
    if not sound:
        raise BadProof("a list of hashes")
    return [bytes.fromhex(v) for v in value]


def is_hash(text) -> bool:
    return isinstance(text, str) and bool(crypto.B3.match("b3:" + text))


class Proof:
    def __init__(self, report: Report, origin: str, genesis: str, editions: dict[str, Edition], top: dict):
        self.report = report
        self.origin = origin
        self.genesis = genesis
        self.top = top
        self.law = Law(editions, origin, Report())
        self.root: bytes = top["checkpoint"].root
        self.flawed: set[int] = set()
        self.copy = "public"

    def _find(self, code: str, seq: int | None = None, **shown) -> None:
        if seq is not None:
            self.flawed.add(seq)
        self.report.add(code, "integrity", seq=seq, **shown)

    def check(self, events: list[Entry], keys: list[Entry]) -> None:
        self._pins(keys)
        self._checkpoint(keys)
        self._back_chain(events)
        self._keys(events, keys)
        for entry in keys + events:
            self._place(entry)
            Parts(self, entry.e).check()
        self._signers(events, keys)
        self._finish(events, keys)

    def _pins(self, keys: list[Entry]) -> None:
        first = next((k.e for k in keys if k.e.seq == 0), None)
        found = crypto.chain_hash(first.raw) if first else None
        if found != self.genesis or self.top["genesis"] != self.genesis:
            self._find("genesis.pin", 0, expected=self.genesis, found=found or self.top["genesis"])
        if self.top["origin"] != self.origin:
            self._find("proof.origin", expected=self.origin, found=self.top["origin"])
        if first and first.prev != crypto.chain_start(self.origin):
            self._find("chain.broken", 0, expected=crypto.chain_start(self.origin), found=first.prev)

    def _checkpoint(self, keys: list[Entry]) -> None:
        read: notes.Checkpoint = self.top["checkpoint"]
        if read.origin != self.origin:
            self._find("checkpoint.origin", expected=self.origin, found=read.origin)
        if read.size != self.top["size"]:
            self._find("proof.size", expected=str(read.size), found=str(self.top["size"]))
        key = _ledger_key(keys)
        if key is None or read.origin == self.origin and not read.signed_by(key):
            self._find("checkpoint.signature", expected=key)
        self.report.size, self.report.root = read.size, read.root.hex()

    def _back_chain(self, events: list[Entry]) -> None:
        if not events:
            self._find("proof.back_chain", found="no event")
        before = None
        for entry in events:
            e = entry.e
            if e.subject != self.top["subject"] or e.last != before or before is not None and e.seq <= before:
                self._find("proof.back_chain", e.seq, expected=f"last {before}", found=f"{e.subject} last {e.last}")
            before = e.seq

    def _keys(self, events: list[Entry], keys: list[Entry]) -> None:
        """The listed acts are whole, and they are exactly the links of the back-chain that entries name."""
        acts: dict[int, list[Entry]] = {}
        for entry in keys:
            acts.setdefault(entry.e.act, []).append(entry)
        if [k.e.seq for k in keys] != sorted({k.e.seq for k in keys}) or 0 not in acts:
            self._find("proof.keys", found="not in order, or without event 0")
        for first, entries in acts.items():
            self._whole(first, entries)
        self._links(events, keys, acts)
        self._chain(keys)

    def _whole(self, first: int, entries: list[Entry]) -> None:
        seal = entries[0].seal
        seqs = [entry.e.seq for entry in entries]
        whole = seal.first == first and len(seqs) == seal.size - first and seqs == list(range(first, seal.size))
        if not whole or any(entry.seal != entries[0].seal for entry in entries):
            self._find("proof.keys", first, expected=f"events {seal.first} to {seal.size - 1}", found=str(seqs))

    def _links(self, events: list[Entry], keys: list[Entry], acts: dict[int, list[Entry]]) -> None:
        links = {max(found) for act in acts.values() if (found := [k.e.seq for k in act if _is_link(k.e)])}
        bare = [first for first, act in acts.items() if not any(_is_link(k.e) for k in act)]
        named = {entry.e.keys for entry in keys + events} - {None}
        if bare or links - named - ({max(links)} if links == {0} else set()):
            self._find("proof.keys", found=f"acts that are no link: {sorted(bare + sorted(links - named))}")
        order = sorted(links)
        for entry in keys + events:
            below = bisect_left(order, entry.e.act)
            wanted = order[below - 1] if below else None
            if entry.e.keys != wanted:
                self._find("proof.keys", entry.e.seq, expected=str(wanted), found=str(entry.e.keys))

    def _chain(self, keys: list[Entry]) -> None:
        for before, entry in zip(keys, keys[1:]):
            if entry.e.seq == before.e.seq + 1 and entry.e.prev != crypto.chain_hash(before.e.raw):
                self._find("chain.broken", entry.e.seq, found=entry.e.prev)

    def _place(self, entry: Entry) -> None:
        """An entry's place in the tree of the checkpoint and in that of its seal."""
        e, leaf = entry.e, tree.leaf_hash(entry.e.raw)
        if e.version != 1:
            self._find("event.version", e.seq, expected="1", found=str(e.version))
        root = tree.root_from_inclusion(e.seq, self.top["size"], leaf, entry.inclusion)
        if root != self.root:
            self._find("proof.inclusion", e.seq, expected=self.root.hex(), found=root and root.hex())
        self._seal(entry)
        root = tree.root_from_inclusion(e.seq, entry.seal.size, leaf, entry.sealed)
        if root != entry.seal.root:
            self._find("proof.sealed", e.seq, expected=entry.seal.root.hex(), found=root and root.hex())

    def _seal(self, entry: Entry) -> None:
        e, seal = entry.e, entry.seal
        if seal.origin != self.origin:
            self._find("seal.origin", e.seq, expected=self.origin, found=seal.origin)
        ends_here = e.seq == seal.size - 1
        if seal.first != e.act or not e.act <= e.seq or ends_here and seal.head != crypto.chain_hash(e.raw):
            self._find("seal.act", e.seq, expected=f"act {e.act}", found=f"act {seal.first} {seal.head}")
        if not e.seq < seal.size <= self.top["size"] or seal.size - seal.first > 4096:
            self._find("seal.size", e.seq, found=str(seal.size))
        name = f"{seal.origin}/{crypto.label(e.by)}"
        if not seal.signature.verifies(name, e.by, seal.text):
            self._find("seal.signature", e.seq, expected=f"{name} under {e.by}")

    def _signers(self, events: list[Entry], keys: list[Entry]) -> None:
        """All is folded to know who could sign and what is public; the law itself is not judged by a proof."""
        asked = None
        for e in sorted({x.e.seq: x.e for x in keys + events}.values(), key=lambda e: e.seq):
            if e.seq > 0 and asked != e.act:
                asked = e.act
                code = self.law.signer(e.by, e.act)
                if code:
                    self._find(code, e.seq, found=e.by)
            self.law.event(e, Place(None, None), self.law.signer(e.by, e.act) is None or e.seq == 0)
        if not self.law.state.office["known"]:
            self.report.add("edition.unknown", "uncheckable", found=str(self.law.state.office["edition"]))

    def _open_part(self, events: list[Entry], keys: list[Entry]) -> None:
        """The open part in force is shown, and no other."""
        in_force = self.law.state.open_part(self.top["subject"])
        for entry in keys:
            if "open" in entry.e.bodies:
                self._find("part.not_in_force", entry.e.seq)
        shown = {x.e.seq for x in events if "open" in x.e.bodies}
        for seq in sorted(shown - {in_force}):
            self._find("part.not_in_force", seq)
        if in_force is not None and in_force not in shown:
            self._find("part.withheld", in_force)

    def _finish(self, events: list[Entry], keys: list[Entry]) -> None:
        self._open_part(events, keys)
        distinct = {x.e.seq for x in events + keys}
        self.report.verdicts = {"intact": len(distinct - self.flawed)}
        self.report.verdicts |= {"lawful": 0, "irregular": 0, "unlawful": 0, "uncheckable": len(distinct)}
        last, size = (events[-1].e.seq if events else "-"), self.report.size
        self.report.notes.append((
            f"截至台账第 {size} 个事件；该对象在事件 {last} 与 {size} 之间及其后的事件，单凭本文件不能排除；合法性未核验",
            f"as of size {size}; events of this subject between {last} and {size}, and later ones, cannot be "
            "excluded by the file alone; the law is not judged",
        ))  # fmt: skip


def _ledger_key(keys: list[Entry]) -> str | None:
    state = State("")
    for entry in keys:
        if entry.e.seq == 0 and entry.e.kind == "ledger.opened":
            state.found(entry.e, {})
    return state.ledger_key()


def _is_link(e: Event) -> bool:
    return e.kind == "ledger.opened" or e.kind.startswith(("person.", "key.", "rules."))

