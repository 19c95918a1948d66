"""The container of a bundle (format-container.md): a BagIt bag in a canonical tar in zstd frames, read as a stream."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from blake3 import blake3

from . import frames

BLOCK = 512
MAX_TAR = 256 << 30
MAX_FILES = 10_000
MAX_FILE = (8 << 30) - 1
MAX_TAG_FILE = 4 << 20
MAX_INFO_LINES = 1000
MAX_RATIO, RATIO_FREE = 250, 32 << 20
BAGIT = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = ("bagit.txt", "bag-info.txt", "manifest-sha512.txt", "manifest-blake3.txt", "tagmanifest-sha512.txt")
_TAIL = TAG_FILES[1:]
_PART = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*(?<!\.)\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_OCTAL = re.compile(rb"[0-7]{11}\0\Z")


class Stop(Exception):
    """Nothing behind this point can be trusted to be what it seems; `code` has to be reported."""

    def __init__(self, code: str, text: str, offset: int | None = None):
        super().__init__(text)
        self.code = code
        self.offset = offset


def good_name(path: str) -> bool:
    parts = path.split("/")
    return all(_PART.match(p) and not _DEVICE.match(p) for p in parts)


class TarBytes:
    """The tar as a stream, out of checked frames, within the limits of size and ratio."""

    def __init__(self, file):
        self._counted = _Counted(file)
        self._pieces = frames.read(self._counted, self._frame)
        self._held = b""
        self.offset = 0
        self._out = 0
        self._ended = False

    def _frame(self, frame: frames.Frame) -> None:
        if frame.size is None or not frame.checksum:
            raise frames.BadFrames("a frame without content size or checksum", "bundle.zst_frame")
        if frame.size == 0:
            raise frames.BadFrames("an empty frame", "bundle.zst_frame")

    def _more(self) -> bool:
        if self._ended:
            return False
        try:
            piece = next(self._pieces, None)
        except frames.BadFrames as error:
            raise Stop(error.code, str(error), self._counted.total) from None
        if piece is None:
            self._ended = True
            return False
        self._out += len(piece)
        if self._out > MAX_TAR:
            raise Stop("bundle.limit_tar", "256 GiB", self._counted.total)
        if self._out > RATIO_FREE and self._out > MAX_RATIO * self._counted.total:
            raise Stop("bundle.limit_ratio", "250", self._counted.total)
        self._held = piece
        return True

    def take(self, count: int) -> bytes:
        """Up to `count` bytes; fewer only at the end."""
        out = []
        while count:
            if not self._held and not self._more():
                break
            piece, self._held = self._held[:count], self._held[count:]
            out.append(piece)
            count -= len(piece)
            self.offset += len(piece)
        return b"".join(out)

    def pieces(self, count: int) -> Iterator[bytes]:
        """Exactly `count` bytes in pieces."""
        while count:
            if not self._held and not self._more():
                raise Stop("bundle.tar_truncated", "the tar ends inside a file", self.offset)
            piece, self._held = self._held[:count], self._held[count:]
            count -= len(piece)
            self.offset += len(piece)
            yield piece


class _Counted:
    def __init__(self, file):
        self._file = file
        self.total = 0

    def read(self, count: int) -> bytes:
        data = self._file.read(count)
        self.total += len(data)
        return data


def header(name: bytes, size: int, mtime: int) -> bytes:
    """The one header there is for a name, a size and a time."""
    block = bytearray(BLOCK)
    block[0 : len(name)] = name
    block[100:108] = b"0000644\0"
    block[108:124] = b"0000000\0" * 2
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"%011o\0" % mtime
    block[148:156] = b" " * 8
    block[156:157] = b"0"
    block[257:265] = b"ustar\00000"
    block[329:345] = b"0000000\0" * 2
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


@dataclass
class Entry:
    path: str
    size: int
    pieces: Iterator[bytes]


@dataclass
class Bag:
    """Reads the files of a bag one after the other. `find(code, path, offset, text)` is told what is wrong."""

    tar: TarBytes
    find: Callable
    name: str | None = None
    mtime: int | None = None
    info: list[tuple[str, str]] = field(default_factory=list)
    _digests: dict[str, tuple[str, str]] = field(default_factory=dict)
    _tags: dict[str, bytes] = field(default_factory=dict)
    _folded: set[str] = field(default_factory=set)
    _octets: int = 0
    _order: list[str] = field(default_factory=list)

    def payload(self) -> Iterator[Entry]:
        """Every payload file (its path without `data/`); tag files are kept and checked by `end`. Raises Stop."""
        while (found := self._header()) is not None:
            path, size = found
            self._order.append(path)
            if len(self._order) > MAX_FILES:
                raise Stop("bundle.limit_entries", "10,000", self.tar.offset)
            if path.startswith("data/"):
                yield from self._payload_file(path, size)
            else:
                self._tag_file(path, size)
            self._padding(path, size)
        self._after()
        self._end()

    def _payload_file(self, path: str, size: int) -> Iterator[Entry]:
        sha, b3 = hashlib.sha512(), blake3()
        raw = self.tar.pieces(size)

        def hashed():
            for piece in raw:
                sha.update(piece)
                b3.update(piece)
                yield piece

        entry = Entry(path[len("data/") :], size, hashed())
        yield entry
        for _ in entry.pieces:
            pass
        self._digests[path] = (sha.hexdigest(), b3.hexdigest())
        self._octets += size

    def _tag_file(self, path: str, size: int) -> None:
        if size > MAX_TAG_FILE:
            raise Stop("bundle.limit_tag_file", path, self.tar.offset)
        content = b"".join(self.tar.pieces(size))
        if path in TAG_FILES:
            self._tags[path] = content
        else:
            self.find("bundle.bag_files", path, self.tar.offset, "not a file of a bag")

    def _padding(self, path: str, size: int) -> None:
        padding = b"".join(self.tar.pieces(-size % BLOCK))
        if padding.strip(b"\0"):
            self.find("bundle.tar_padding", path, self.tar.offset, "not NUL")

    # headers

    def _header(self) -> tuple[str, int] | None:
        at = self.tar.offset
        block = self.tar.take(BLOCK)
        if len(block) < BLOCK:
            raise Stop("bundle.tar_truncated", "no end of the tar", at)
        if not block.strip(b"\0"):
            if self.tar.take(BLOCK) != bytes(BLOCK):
                raise Stop("bundle.tar_end", "not two blocks of NUL", at)
            return None
        if block[156:157] != b"0" or block[257:265] != b"ustar\00000":
            raise Stop("bundle.tar_entry", "not a regular file of a ustar archive", at)
        name = block[:100].split(b"\0", 1)[0]
        size, mtime = _octal(block[124:136]), _octal(block[136:148])
        if size is None:
            raise Stop("bundle.tar_header", "size", at)
        if self.mtime is None:
            self.mtime = mtime
        if mtime is None or len(name) > 99 or block != header(name, size, self.mtime):
            self.find("bundle.tar_header", _show(name), at, "another header than the one there is for this file")
        return self._path(name, at), size

    def _path(self, name: bytes, at: int) -> str:
        text = _show(name)
        bag, _, path = text.partition("/")
        if not text.isascii() or not good_name(text) or not path:
            raise Stop("bundle.path", text, at)
        if self.name is None:
            self.name = bag
        if bag != self.name:
            raise Stop("bundle.path", text + " is outside the bag", at)
        folded = path.lower()
        if folded in self._folded or any(p in self._files for p in _parents(folded)) or folded in self._dirs:
            raise Stop("bundle.path_twice", text, at)
        self._folded.add(folded)
        self._files.add(folded)
        self._dirs.update(_parents(folded))
        return path

    def __post_init__(self):
        self._files: set[str] = set()
        self._dirs: set[str] = set()

    def _after(self) -> None:
        if self.tar.take(1):
            raise Stop("bundle.tar_end", "bytes behind the end of the tar", self.tar.offset)

    # the bag

    def _end(self) -> None:
        payload = list(self._digests)
        wanted = ["bagit.txt", *payload, *_TAIL]
        if self._order != wanted or not payload:
            self.find("bundle.bag_files", None, None, "the files of a bag, in their order")
        for name in TAG_FILES:
            if name not in self._tags:
                self.find("bundle.bag_files", name, None, "missing")
        if self._tags.get("bagit.txt", BAGIT) != BAGIT:
            self.find("bundle.bagit", "bagit.txt", None, "another content")
        self._manifest("manifest-sha512.txt", [(self._digests[p][0], p) for p in payload])
        self._manifest("manifest-blake3.txt", [(self._digests[p][1], p) for p in payload])
        tags = [(hashlib.sha512(self._tags[n]).hexdigest(), n) for n in TAG_FILES[:4] if n in self._tags]
        self._manifest("tagmanifest-sha512.txt", tags)
        self._info()

    def _manifest(self, name: str, wanted: list[tuple[str, str]]) -> None:
        """Compares a manifest with what was read: a wrong digest is told with its file, anything else with the manifest."""
        if name not in self._tags:
            return
        lines = self._tags[name].decode("utf-8", "replace").split("\n")
        expected = [f"{digest}  {path}" for digest, path in wanted] + [""]
        if lines == expected:
            return
        told = False
        listed = {line[-len(path) :]: line for line in lines for path in (line.partition("  ")[2],) if path}
        for digest, path in wanted:
            line = listed.get(path)
            if line is not None and line != f"{digest}  {path}":
                told = True
                self.find("bundle.digest", path, None, f"{name}: expected {line[:140]}, found {digest}")
        if not told or len(lines) != len(expected):
            self.find("bundle.manifest", name, None, "not a line for every file in its order")

    def _info(self) -> None:
        raw = self._tags.get("bag-info.txt")
        if raw is None:
            return
        lines = raw.decode("utf-8", "replace").split("\n")
        if len(lines) > MAX_INFO_LINES + 1:
            self.find("bundle.info_lines", "bag-info.txt", None, "more than 1,000 lines")
            return
        good = lines[-1] == "" and len(lines) > 2 and _is_utf8(raw)
        for line in lines[:-1]:
            label, separator, value = line.partition(": ")
            self.info.append((label, value))
            if len(value.encode("utf-8")) > 1000:
                self.find("bundle.info_value", "bag-info.txt", None, line[:100])
            good = good and bool(separator) and bool(_LABEL.match(label)) and _good_value(value)
        labels = [label.lower() for label, _ in self.info]
        ends = [label for label, _ in (self.info[:1] + self.info[-1:])]
        alone = labels.count("bagging-date") == 1 and labels.count("payload-oxum") == 1
        if not good or not alone or ends != ["Bagging-Date", "Payload-Oxum"]:
            self.find("bundle.info", "bag-info.txt", None, "not of its form")
            return
        self._info_values()

    def _info_values(self) -> None:
        oxum = f"{self._octets}.{len(self._digests)}"
        if self.info[-1][1] != oxum:
            self.find("bundle.oxum", "bag-info.txt", None, f"expected {oxum}, found {self.info[-1][1][:60]}")
        try:
            good = date.fromisoformat(self.info[0][1]).isoformat() == self.info[0][1]
        except ValueError:
            good = False
        if not good:
            self.find("bundle.info", "bag-info.txt", None, "Bagging-Date")


def _good_value(value: str) -> bool:
    return bool(value) and value == value.strip() and not _CONTROL.search(value)


def _is_utf8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _octal(raw: bytes) -> int | None:
    return int(raw[:11], 8) if _OCTAL.match(raw) else None


def _show(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def _parents(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[:n]) for n in range(1, len(parts))]
