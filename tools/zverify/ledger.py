"""Verifying a ledger's folder, and what every verification shares."""

from __future__ import annotations

from pathlib import Path

from . import crypto, frames, notes, reading
from .chain import Absences, Chain, Place
from .derive import Derive
from .event import Event
from .law import Law
from .report import Report
from .rulebook import Edition


class Verification:
    """One run over a stream of lines: the chain, the law, parts that are missing, checkpoints."""

    def __init__(self, origin: str, genesis: str, editions: dict[str, Edition], copy: str):
        self.report = Report()
        self.absences = Absences(self.report, copy)
        self.derive = Derive(copy != "public")
        self.law = Law(editions, origin, self.report, self.derive)
        self.chain = Chain(origin, self.report, self, copy, genesis)
        self.ledger_key: str | None = None
        self.checkpoints: list[tuple[notes.Checkpoint, Place]] = []
        self.open_parts: dict[int, tuple[str, Place]] = {}
        self.adopted: set[str] = set()

    # what the chain asks

    def begin_act(self, e: Event, place: Place, first: bool) -> bool:
        return self.law.begin_act(e, place, first)

    def event(self, e: Event, place: Place) -> None:
        if e.seq == 0 and self.ledger_key is None:
            self.ledger_key = ledger_key(e.facts)
        self._adopts(e)
        edition = self.law.edition_for(e)
        standing = bool(edition) and edition.kinds.get(e.kind, {}).get("open") == "standing"
        self.absences.event(e, place, standing)
        self.law.event(e, place)
        if self.chain.copy == "public" and self.law.state.item(e.subject).get("open") == e.seq:
            self.open_parts[e.seq] = (e.parts.get("open", ""), place)

    def _adopts(self, e: Event) -> None:
        name = {"ledger.opened": "rules", "rules.adopted": "edition"}.get(e.kind)
        if name and isinstance(e.facts.get(name), str):
            self.adopted.add(e.facts[name])

    # checkpoints

    def checkpoint(self, note: bytes, name: str) -> notes.Checkpoint | None:
        """Reads one, and remembers it until the tree has its size."""
        place = Place(name, None)
        try:
            read = notes.read_checkpoint(note.decode("utf-8"))
        except (notes.BadNote, UnicodeDecodeError) as error:
            self.find("checkpoint.form", place, found=str(error)[:200])
            return None
        self.checkpoints.append((read, place))
        self.chain.watch(read.size)
        return read

    def find(self, code: str, place: Place, seq: int | None = None, **shown) -> None:
        self.report.add(code, "integrity", seq=seq, file=place.file, line=place.line, **shown)

    def end(self) -> None:
        self.chain.end()
        for read, place in self.checkpoints:
            self._judge_checkpoint(read, place)
        self.absences.end(self._in_force())
        self.law.end()
        intact = max(0, self.chain.intact - len(self.absences.flawed))
        self.report.verdicts = {"intact": intact, **self.law.tally}

    def _in_force(self) -> dict | None:
        if not self.law.active or not self.law.state.office["known"]:
            return None
        items = self.law.state.items.values()
        now = {it["open"] for it in items if it.get("public") and "open" in it}
        return {seq: kept for seq, kept in self.open_parts.items() if seq in now}

    def _judge_checkpoint(self, read: notes.Checkpoint, place: Place) -> None:
        chain = self.chain
        if read.origin != chain.origin:
            self.find("checkpoint.origin", place, expected=chain.origin, found=read.origin)
            return
        signed = self.ledger_key is not None and read.signed_by(self.ledger_key)
        if self.ledger_key is None:
            self.report.add("checkpoint.key_unknown", "uncheckable", file=place.file)
        elif not signed:
            self.find("checkpoint.signature", place, expected=self.ledger_key)
        if read.size > chain.tree.size:
            self.find("checkpoint.shorter", place, expected=f">= {read.size}", found=str(chain.tree.size))
            return
        root = chain.watched.get(read.size) or (chain.tree.root() if read.size == chain.tree.size else b"")
        if root and root != read.root:
            self.find("checkpoint.fork", place, read.size - 1, expected=read.root.hex(), found=root.hex())
        if signed and read.size == chain.tree.size and root == read.root:
            self.report.prefix = False

    def prefix_note(self) -> None:
        """Says that what was read is a prefix, when no checkpoint covers it to its end."""
        if self.report.prefix:
            self.report.add("prefix.unproved", "notice", expected="a checkpoint of this size")


def ledger_key(facts: dict) -> str | None:
    """The key that signs checkpoints, as the facts of event 0 name it; None if they do not name exactly one."""
    keys = facts.get("keys")
    named = [
        k.get("key") for k in keys if isinstance(k, dict) and isinstance(k.get("roles"), list) and "ledger" in k["roles"]
    ] if isinstance(keys, list) else []  # fmt: skip
    return named[0] if len(named) == 1 and crypto.key_bytes(named[0]) else None


def verify_ledger(folder: Path, origin: str, genesis: str, editions: dict[str, Edition], checkpoints: list[Path]) -> Report:
    run = Verification(origin, genesis, editions, "ledger")
    for path in checkpoints:
        run.checkpoint(reading.read_small(path, notes.MAX_NOTE + 1), str(path))
    found = reading.segments(folder)
    if not found:
        raise reading.Unreadable(f"{folder}/log: no segment")
    for path in found:
        _segment(run, path)
    run.end()
    run.prefix_note()
    return run.report


def _segment(run: Verification, path: Path) -> None:
    name, number = f"log/{path.name}", 0
    run.chain.begin_file(name, path.name.split(".")[0])
    try:
        for data, ended in reading.lines(reading.pieces(path)):
            number += 1
            run.chain.line(data, ended, name, number)
    except frames.BadFrames as error:
        run.find("log.damaged_frame", Place(name, number), found=str(error))
