"""Bytes into lines, within limits."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import frames
from .canon import MAX_LINE

_SEGMENT = re.compile(r"(\d{12})\.jsonl(\.zst)?\Z", re.ASCII)
_CHUNK = 1 << 18
WAITS, WAIT = 10, 0.1


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


class Log:
    """A ledger's segments as they stood at one moment. What a writer adds to the newest one afterwards is not read;
    what stands behind its last seal is an act that is being written, or one that was torn: a writer goes on."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.paths = _segments(folder)
        self.newest = open_file(self.paths[-1]) if self.paths else None
        self.length = os.fstat(self.newest.fileno()).st_size if self.newest else 0
        self.whole = self.length
        if self.newest and not self.paths[-1].name.endswith(".zst"):
            self.whole = _sealed_end(self.newest, self.length)

    def moved(self) -> bool:
        """Whether the log has gone on since."""
        now = Log(self.folder)
        same = (self.paths[-1:], self.length, self.whole) == (now.paths[-1:], now.length, now.whole)
        now.close()
        return not same

    def torn(self) -> bool:
        """Whether what stands behind the last seal stays as it is."""
        for _ in range(WAITS):
            if self.whole == self.length or self.moved():
                return False
            time.sleep(WAIT)
        return not self.moved()

    def close(self) -> None:
        if self.newest:
            self.newest.close()

    def pieces(self, path: Path) -> Iterator[bytes]:
        """The content of a segment in either form. Raises frames.BadFrames, Unreadable."""
        if path == self.paths[-1]:
            yield from self._newest()
            return
        # A writer may have compressed the segment since.
        packed = path.with_name(path.name.removesuffix(".zst") + ".zst")
        with open_file(path if path.exists() else packed) as file:
            yield from _content(file, file.name.endswith(".zst"), None)

    def _newest(self) -> Iterator[bytes]:
        self.newest.seek(0)
        packed = self.paths[-1].name.endswith(".zst")
        yield from _content(self.newest, packed, self.whole)
        if not packed and self.torn():
            self.newest.seek(self.whole)
            yield from _content(self.newest, False, self.length - self.whole)


def _content(file, packed: bool, limit: int | None) -> Iterator[bytes]:
    try:
        if packed:
            yield from frames.read(file)
            return
        left = limit if limit is not None else os.fstat(file.fileno()).st_size
        while left and (data := file.read(min(left, _CHUNK))):
            left -= len(data)
            yield data
    except OSError as error:
        raise Unreadable(f"{file.name}: {error}") from None


def _sealed_end(file, length: int) -> int:
    """Where the last whole line that is a seal ends; 0 if there is none."""
    window = 1 << 16
    while True:
        start = max(0, length - window)
        file.seek(start)
        data = file.read(length - start)
        end = data.rfind(b"\n") + 1
        while end:
            begin = data.rfind(b"\n", 0, end - 1) + 1
            if data.startswith(b'{"seal":', begin) and (begin or not start):
                return start + end
            end = begin
        if not start:
            return 0
        window *= 4


def _segments(folder: Path) -> list[Path]:
    """The log's segments in order; where both forms stand, `.jsonl` wins. A ledger without any is an empty log."""
    try:
        names = sorted(os.listdir(folder / "log")) if "log" in os.listdir(folder) else []
    except OSError as error:
        raise Unreadable(str(error)) from None
    chosen: dict[str, str] = {}
    for name in names:
        match = _SEGMENT.match(name)
        if match and (match[1] not in chosen or not match[2]):
            chosen[match[1]] = name
    return [folder / "log" / chosen[number] for number in sorted(chosen)]
