"""Checkpoints that stand in facts: receipts of witnesses, and what an archive cosigned (rules.md section 15)."""

from __future__ import annotations

from dataclasses import dataclass

from . import notes
from .event import Event
from .lawrules import Case

RULE = "receipt.note"


class Unsound(ValueError):
    """A checkpoint in a fact is not what it should be: what was expected, and what was found."""

    def __init__(self, expected, found):
        super().__init__(f"{expected}: {found}")
        self.told = str(expected), str(found)


@dataclass(frozen=True)
class Claim:
    """That the tree of `size` events had `root` at `time`; `proof` leads from there to the tree before the receipt's act."""

    size: int
    root: bytes
    time: int
    proof: list[bytes]


def claim(e: Event, edition, state) -> Claim | None:
    """What the receipt that `e` records claims; None when it records none, or none that holds."""
    if edition is None or RULE not in edition.kinds.get(e.kind, {}).get("rules", ()):
        return None
    try:
        return _receipt(e, state)
    except Unsound:
        return None


def _receipt(e: Event, state) -> Claim:
    read = _checkpoint(e, "note")
    key = state.ledger_key()
    if key is None:
        raise Unsound("a ledger key", "none")
    _signed(read, state.office["origin"], key)
    name, key = _adopted(e, state)
    time = read.cosigned_by(name, key)
    if time is None:
        raise Unsound(f"{name} {key}", "no cosignature by it")
    return Claim(read.size, read.root, time, [bytes.fromhex(one) for one in e.facts.get("proof", [])])


def _checkpoint(e: Event, fact: str) -> notes.Checkpoint:
    try:
        return notes.read_checkpoint(e.facts.get(fact, ""))
    except notes.BadNote as error:
        raise Unsound("a checkpoint", error) from None


def _signed(read: notes.Checkpoint, origin: str, key: str) -> None:
    if read.origin != origin:
        raise Unsound(origin, read.origin)
    if not read.signed_by(key):
        raise Unsound(key, "no signature by it")


def _adopted(e: Event, state) -> tuple[str, str]:
    witness = e.facts.get("witness", "")
    values = state.dossiers.get(witness, {}).get("values", {})
    if "name" not in values or "key" not in values:
        raise Unsound("an adopted witness", witness)
    return values["name"], values["key"]


def _told(check):
    def rule(c: Case):
        try:
            check(c)
        except Unsound as error:
            return error.told
        return None

    return rule


@_told
def receipt_note(c: Case) -> None:
    _receipt(c.e, c.state)


def _register(c: Case, name: str) -> str:
    found = c.state.dossiers.get(c.e.subject, {}).get("values", {}).get(name)
    return found if isinstance(found, str) else ""


@_told
def advance_note(c: Case) -> None:
    read = _checkpoint(c.e, "note")
    stated = c["size"], c["root"]
    found = read.size, "sha256:" + read.root.hex()
    if stated != found:
        raise Unsound(*(f"{size} {root}" for size, root in (stated, found)))
    _signed(read, _register(c, "origin"), c["ledger_key"])
    _cosigned_here(c, read)


def _cosigned_here(c: Case, read: notes.Checkpoint) -> None:
    """By a key in force whose holder is a witness, under this ledger's name for one."""
    name = c.office["origin"] + "/witness"
    keys = [key for key, k in c.office["keys"].items() if "revoked" not in k and "witness" in c.state.roles(k["holder"])]
    if all(read.cosigned_by(name, key) is None for key in keys):
        raise Unsound(name, "no cosignature by a witness key in force")


@_told
def fork_notes(c: Case) -> None:
    held, shown = _checkpoint(c.e, "held"), _checkpoint(c.e, "shown")
    key = _register(c, "ledger_key")
    if not key:
        raise Unsound("an office with a ledger key", "none")
    for read in (held, shown):
        _signed(read, _register(c, "origin"), key)
    if (held.size, held.root) == (shown.size, shown.root):
        raise Unsound("two different trees", held.root.hex())


NAMED = {"receipt.note": receipt_note, "advance.note": advance_note, "fork.notes": fork_notes}
