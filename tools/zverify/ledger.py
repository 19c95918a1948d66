"""Verifying a ledger's folder, and what every verification shares."""

from __future__ import annotations

from pathlib import Path

from . import frames, notes, reading
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
        self.checkpoints: list[tuple[notes.Checkpoint, Place]] = []
        self.open_parts: dict[int, tuple[str, Place]] = {}
        self.adopted: set[str] = set()

    # what the chain asks

    def begin_act(self, e: Event, place: Place, first: bool) -> bool:
        return self.law.begin_act(e, place, first)

    def authorise(self, e: Event, place: Place, by: str, act: int) -> bool:
        return self.law.authorise(e, place, by, act)

    def event(self, e: Event, place: Place, own: bool) -> None:
        self._adopts(e)
        edition = self.law.edition_for(e)
        standing = bool(edition) and edition.kinds.get(e.kind, {}).get("open") == "standing"
        self.absences.event(e, place, standing)
        stands = self.law.event(e, place, own)
        if stands and e.kind == "part.erased":
            self.absences.erasure(e, place)
        receipt = self.law.receipt(e) if stands else None
        if receipt:
            self.chain.take_receipt(receipt, e)
        if self.chain.copy == "public" and self.law.state.open_part(e.subject) == e.seq:
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
        self.take_checkpoint(read, place)
        return read

    def take_checkpoint(self, read: notes.Checkpoint, place: Place) -> None:
        self.checkpoints.append((read, place))
        self.chain.watch(read.size)

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
        now = self.law.state.open_parts()
        return {seq: kept for seq, kept in self.open_parts.items() if seq in now}

    def _judge_checkpoint(self, read: notes.Checkpoint, place: Place) -> None:
        chain = self.chain
        if read.origin != chain.origin:
            self.find("checkpoint.origin", place, expected=chain.origin, found=read.origin)
            return
        key = self.law.state.ledger_key()
        signed = key is not None and read.signed_by(key)
        if key is None:
            self.report.add("checkpoint.key_unknown", "uncheckable", file=place.file)
        elif not signed:
            self.find("checkpoint.signature", place, expected=key)
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


PASSES = 3


def verify_ledger(folder: Path, origin: str, genesis: str, editions: dict[str, Edition], checkpoints: list[Path]) -> Report:
    """A log whose closed segments a writer erases in meanwhile is read anew."""
    notes_given = [(str(path), read_checkpoint(path)) for path in checkpoints]
    for left in reversed(range(PASSES)):
        log = reading.Log(folder)
        run = Verification(origin, genesis, editions, "ledger")
        for name, read in notes_given:
            run.take_checkpoint(read, Place(name, None))
        for path in log.paths:
            _segment(run, log, path)
        run.end()
        gone = any(finding.code == "part.absent" for finding in run.report.findings)
        again = gone and left and log.moved()
        log.close()
        if not again:
            break
    run.prefix_note()
    return run.report


def read_checkpoint(path: Path) -> notes.Checkpoint:
    """A checkpoint that the user gives. Raises Unreadable."""
    try:
        return notes.read_checkpoint(reading.read_small(path, notes.MAX_NOTE + 1).decode("utf-8"))
    except (notes.BadNote, UnicodeDecodeError) as error:
        raise reading.Unreadable(f"{path}: {error}") from None


def _segment(run: Verification, log: reading.Log, path: Path) -> None:
    name, number = f"log/{path.name}", 0
    run.chain.begin_file(name, path.name.split(".")[0])
    try:
        for data, ended in reading.lines(log.pieces(path)):
            number += 1
            run.chain.line(data, ended, name, number)
    except frames.BadFrames as error:
        run.find("log.damaged_frame", Place(name, number), found=str(error))
