"""C2SP signed notes: seals and checkpoints."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import crypto

MAX_NOTE = 4096
MAX_SIGNATURES = 16
_NUMBER = re.compile(r"(?:0|[1-9][0-9]{0,15})\Z")
_ACT = re.compile(r"act (0|[1-9][0-9]{0,15}) (b3:[0-9a-f]{64})\Z")
_CONTROL = re.compile("[\0-\x09\x0b-\x1f]")
_SPACE = re.compile(r"\s")
_ORIGIN = re.compile(r"[!-*,-~]{1,200}\Z")


class BadNote(ValueError):
    """The text is not a signed note of the wanted form; the message says what is wrong."""


@dataclass(frozen=True)
class Signature:
    name: str
    key_hash: bytes
    signature: bytes

    def verifies(self, name: str, key: str, text: str) -> bool:
        """Whether this is the signature of `key` under `name` over the note's text."""
        public = crypto.key_bytes(key)
        if public is None or self.name != name or self.key_hash != crypto.note_key_hash(name, public):
            return False
        return crypto.verify(public, text.encode("utf-8"), self.signature)

    def cosigned_at(self, name: str, key: str, text: str) -> int | None:
        """When the witness `key` cosigned the checkpoint `text` under `name`, in Unix seconds; None if this is not that."""
        public = crypto.key_bytes(key)
        if public is None or self.name != name or self.key_hash != crypto.cosignature_key_hash(name, public):
            return None
        time = int.from_bytes(self.signature[:8], "big")
        message = f"cosignature/v1\ntime {time}\n{text}".encode("utf-8")
        return time if time < 1 << 63 and crypto.verify(public, message, self.signature[8:]) else None


@dataclass(frozen=True)
class Seal:
    origin: str
    size: int
    root: bytes
    first: int
    head: str
    signature: Signature
    text: str


@dataclass(frozen=True)
class Checkpoint:
    origin: str
    size: int
    root: bytes
    signatures: tuple[Signature, ...]
    text: str

    def signed_by(self, key: str) -> bool:
        return any(s.verifies(self.origin, key, self.text) for s in self.signatures)

    def cosigned_by(self, name: str, key: str) -> int | None:
        """The earliest time at which the witness cosigned it; None if it did not."""
        times = [s.cosigned_at(name, key, self.text) for s in self.signatures]
        return min((time for time in times if time is not None), default=None)


def is_origin(text) -> bool:
    return isinstance(text, str) and bool(_ORIGIN.match(text))


def is_note(text) -> bool:
    if not isinstance(text, str):
        return False
    try:
        _split(text)
    except BadNote:
        return False
    return True


def number(text: str) -> int:
    if not _NUMBER.match(text) or int(text) >= 1 << 53:
        raise BadNote("a number is not in its only form: " + text[:40])
    return int(text)


def read_seal(note: str) -> Seal:
    text, signatures = _split(note)
    lines = text.split("\n")[:-1]
    if len(lines) != 4 or len(signatures) != 1:
        raise BadNote("a seal has four lines and one signature")
    act = _ACT.match(lines[3])
    if not is_origin(lines[0]):
        raise BadNote("the first line is not an origin")
    if not act:
        raise BadNote("the fourth line is not `act <seq> <chain hash>`")
    return Seal(lines[0], number(lines[1]), _root(lines[2]), number(act[1]), act[2], signatures[0], text)


def read_checkpoint(note: str) -> Checkpoint:
    text, signatures = _split(note)
    lines = text.split("\n")[:-1]
    if len(lines) != 3:
        raise BadNote("a checkpoint has exactly three lines")
    if not is_origin(lines[0]):
        raise BadNote("the first line is not an origin")
    return Checkpoint(lines[0], number(lines[1]), _root(lines[2]), tuple(signatures), text)


def _root(line: str) -> bytes:
    root = crypto.b64(line, 32)
    if root is None:
        raise BadNote("the root is not base64 of 32 bytes")
    return root


def _split(note: str) -> tuple[str, list[Signature]]:
    if len(note.encode("utf-8")) > MAX_NOTE:
        raise BadNote("longer than 4096 bytes")
    if _CONTROL.search(note):
        raise BadNote("a control character")
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n"):
        raise BadNote("no empty line before the signatures, or no newline at the end")
    text, block = note[: cut + 1], note[cut + 2 :]
    lines = block.split("\n")[:-1]
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise BadNote("not between 1 and 16 signature lines")
    return text, [_signature(line) for line in lines]


def _signature(line: str) -> Signature:
    fields = line.split(" ")
    if len(fields) != 3 or fields[0] != "\u2014" or not fields[1] or "+" in fields[1]:
        raise BadNote("a signature line is not `\u2014 <name> <base64>`")
    if _SPACE.search(fields[1]):
        raise BadNote("a key name with a space")
    raw = crypto.b64(fields[2])
    if raw is None or len(raw) < 5:
        raise BadNote("a signature is not base64 of a key hash and a signature")
    return Signature(fields[1], raw[:4], raw[4:])
