"""Bytes into lines, within limits."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import frames
from .canon import MAX_LINE

_SEGMENT = re.compile(r"(\d{12})\.jsonl(\.zst)?\Z", re.ASCII)
_CHUNK = 1 << 18


class Unreadable(Exception):
    """Input that cannot be read at all: exit code 2."""


def lines(pieces: Iterable[bytes]) -> Iterator[tuple[bytes | None, bool]]:
    """(line without newline, whether it was ended); None for a line over the limit."""
    held, size, over = [], 0, False
    for piece in pieces:
        start = 0
        while (cut := piece.find(b"\n", start)) >= 0:
            line = b"".join([*held, piece[start:cut]])
            yield (None if over or len(line) > MAX_LINE else line), True
            held, size, over, start = [], 0, False, cut + 1
        if start < len(piece):
            held.append(piece[start:])
            size += len(piece) - start
        if size > MAX_LINE:
            held, size, over = [], 0, True
        elif len(held) > 4096:
            held = [b"".join(held)]
    if held or over:
        yield (None if over else b"".join(held)), False


def open_file(path: Path):
    """A regular file, opened for reading: a pipe or a device would never end."""
    try:
        file = open(path, "rb")
    except (OSError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from None
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise Unreadable(f"{path}: not a regular file")
    return file


def read_small(path: Path, limit: int) -> bytes:
    with open_file(path) as file:
        data = file.read(limit + 1)
    if len(data) > limit:
        raise Unreadable(f"{path}: larger than {limit} bytes")
    return data


def segments(folder: Path) -> list[Path]:
    """The log's segments in order; where both forms stand, `.jsonl` wins."""
    try:
        names = sorted(os.listdir(folder / "log"))
    except OSError as error:
        raise Unreadable(str(error)) from None
    chosen: dict[str, str] = {}
    for name in names:
        match = _SEGMENT.match(name)
        if match and (match[1] not in chosen or not match[2]):
            chosen[match[1]] = name
    return [folder / "log" / chosen[number] for number in sorted(chosen)]


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a segment in either form. Raises frames.BadFrames, Unreadable."""
    with open_file(path) as file:
        try:
            if path.name.endswith(".zst"):
                yield from frames.read(file)
            else:
                while data := file.read(_CHUNK):
                    yield data
        except OSError as error:
            raise Unreadable(f"{path}: {error}") from None
