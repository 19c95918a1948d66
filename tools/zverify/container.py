"""The container of a bundle (format-container.md): a BagIt bag in a canonical tar in zstd frames, read as a stream."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from blake3 import blake3

from . import frames
from .event import is_day

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
_CHARACTERS = re.compile(r"[A-Za-z0-9._-]+\Z")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?\Z", re.IGNORECASE)
_LABEL = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_CONTROL = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_TYPES = {b"1": "bundle.tar_link", b"2": "bundle.tar_link", b"3": "bundle.tar_device", b"4": "bundle.tar_device",
          b"5": "bundle.tar_directory", b"6": "bundle.tar_device", b"L": "bundle.tar_gnu", b"K": "bundle.tar_gnu",
          b"g": "bundle.tar_pax", b"x": "bundle.tar_pax"}  # fmt: skip
_OCTAL = re.compile(rb"[0-7]{11}\0\Z")


class Stop(Exception):
    """Nothing behind this point can be trusted to be what it seems; `code` has to be reported."""

    def __init__(self, code: str, text: str, offset: int | None = None):
        super().__init__(text)
        self.code = code
        self.offset = offset


def path_fault(path: str) -> str | None:
    """What is wrong with a path in the tar, as a code; None for a good one."""
    parts = path.split("/")
    if not path.isascii():
        return "bundle.path_not_ascii"
    if path.startswith("/"):
        return "bundle.path_absolute"
    if "\\" in path:
        return "bundle.path_backslash"
    if "" in parts:
        return "bundle.path_empty"
    if "." in parts or ".." in parts:
        return "bundle.path_parent"
    if not all(_CHARACTERS.match(p) for p in parts):
        return "bundle.path_character"
    if not all(_PART.match(p) and not _DEVICE.match(p) for p in parts):
        return "bundle.path_reserved"
    return None


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
            raise frames.BadFrames("a frame without content size or checksum", "bundle.zst_header")
        if frame.raw[4] & 0x10:
            raise frames.BadFrames("the unused bit of a frame header is set", "bundle.zst_header")
        if frame.size == 0:
            raise frames.BadFrames("an empty frame", "bundle.zst_empty_frame")

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
    _octets: int = 0
    _order: list[str] = field(default_factory=list)

    def payload(self) -> Iterator[Entry]:
        """Every payload file (its path without `data/`); tag files are kept and checked at the end. Raises Stop."""
        count = 0
        while (found := self._header()) is not None:
            name, size, at = found
            count += 1
            if count > MAX_FILES:
                raise Stop("bundle.limit_entries", "10,000", at)
            path = self._path(name, at)
            if path is None:
                for _ in self.tar.pieces(size):
                    pass
            elif path.startswith("data/"):
                yield from self._payload_file(path, size)
            else:
                self._tag_file(path, size)
            self._padding(path, size)
        if self.tar.take(1):
            raise Stop("bundle.tar_trailing", "bytes behind the end of the tar", self.tar.offset)
        self._end()

    def _payload_file(self, path: str, size: int) -> Iterator[Entry]:
        self._order.append(path)
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
            self._order.append(path)
            self._tags[path] = content
        else:
            self.find("bundle.bag_unexpected_file", path, self.tar.offset, "not a file of a bag")

    def _padding(self, path: str | None, size: int) -> None:
        padding = b"".join(self.tar.pieces(-size % BLOCK))
        if padding.strip(b"\0"):
            self.find("bundle.tar_padding", path, self.tar.offset, "not NUL")

    # headers

    def _header(self) -> tuple[str, int, int] | None:
        """(name, size, offset) of the next file; None at the end."""
        at = self.tar.offset
        block = self.tar.take(BLOCK)
        if len(block) < BLOCK:
            raise Stop("bundle.tar_truncated", "no end of the tar", at)
        if not block.strip(b"\0"):
            self._second_block(at)
            return None
        name = block[:100].split(b"\0", 1)[0]
        size, mtime = _octal(block[124:136]), _octal(block[136:148])
        if block[257:263] != b"ustar\0" or size is None:
            raise Stop("bundle.tar_header_unreadable", "not a ustar header with a size", at)
        if block[156:157] != b"0":
            kind = block[156:157]
            raise Stop(_TYPES.get(kind, "bundle.tar_type"), f"{_show(name)}: type {_show(kind)}", at)
        if self.mtime is None:
            self.mtime = mtime
        if mtime is None or len(name) > 99 or block != header(name, size, self.mtime):
            self.find("bundle.tar_header", _show(name), at, "another header than the one there is for this file")
        return _show(name), size, at

    def _second_block(self, at: int) -> None:
        block = self.tar.take(BLOCK)
        if len(block) < BLOCK:
            raise Stop("bundle.tar_truncated", "one block of NUL at the end", at)
        if block.strip(b"\0"):
            raise Stop("bundle.tar_end", "not two blocks of NUL", at)

    def _path(self, name: str, at: int) -> str | None:
        """The path in the bag; None for a name whose content is not handed on."""
        bag, slash, path = name.partition("/")
        fault = path_fault(name)
        if fault is None and self.name is None:
            self.name = bag
        if fault is None and (bag != self.name or not slash):
            fault = "bundle.path_outside"
        fault = fault or self._collision(path)
        if fault:
            self.find(fault, name, at, "refused")
            return None
        folded = path.lower()
        self._files.add(folded)
        self._exact.add(path)
        self._dirs.update(_parents(folded))
        return path

    def _collision(self, path: str) -> str | None:
        folded = path.lower()
        if path in self._exact:
            return "bundle.path_duplicate"
        if folded in self._files:
            return "bundle.path_case"
        if folded in self._dirs or any(p in self._files for p in _parents(folded)):
            return "bundle.path_file_and_directory"
        return None

    def __post_init__(self):
        self._files: set[str] = set()
        self._exact: set[str] = set()
        self._dirs: set[str] = set()

    # the bag

    def _end(self) -> None:
        payload = list(self._digests)
        for name in TAG_FILES:
            if name not in self._tags:
                self.find("bundle.bag_missing_file", name, None, "missing")
        if not payload:
            self.find("bundle.bag_missing_file", "data/", None, "no payload")
        wanted = [n for n in ("bagit.txt", *payload, *_TAIL) if n in self._tags or n in self._digests]
        if self._order != wanted:
            place = next(found for found, due in zip(self._order, wanted) if found != due)
            self.find("bundle.bag_order", place, None, "the files of a bag, in their order")
        if self._tags.get("bagit.txt", BAGIT) != BAGIT:
            self.find("bundle.bag_declaration", "bagit.txt", None, "another content")
        self._manifest("manifest-sha512.txt", {p: self._digests[p][0] for p in payload})
        self._manifest("manifest-blake3.txt", {p: self._digests[p][1] for p in payload})
        tags = {n: hashlib.sha512(self._tags[n]).hexdigest() for n in TAG_FILES[:4] if n in self._tags}
        self._manifest("tagmanifest-sha512.txt", tags)
        self._info()

    def _manifest(self, name: str, due: dict[str, str]) -> None:
        """Compares a manifest with what was read, each fault told with the file it is about."""
        if name not in self._tags:
            return
        length = 64 if name == "manifest-blake3.txt" else 128
        line_form = re.compile(rf"([0-9a-f]{{{length}}})  (.+)\Z", re.DOTALL)
        lines = self._tags[name].decode("utf-8", "backslashreplace").split("\n")
        if lines.pop() != "":
            self.find("bundle.manifest_syntax", name, None, "the last line is not ended")
        listed: dict[str, str] = {}
        for line in lines:
            match = line_form.match(line)
            if not match:
                self.find("bundle.manifest_syntax", name, None, line[:200])
            elif match[2] in listed:
                self.find("bundle.manifest_duplicate", match[2], None, name)
            else:
                listed[match[2]] = match[1]
        self._compare(name, due, listed)

    def _compare(self, name: str, due: dict[str, str], listed: dict[str, str]) -> None:
        for path in listed:
            if path not in due:
                self.find("bundle.manifest_absent_file", path[:200], None, name)
        for path, digest in due.items():
            if path not in listed:
                self.find("bundle.manifest_unlisted", path, None, name)
            elif listed[path] != digest:
                self.find("bundle.digest", path, None, f"{name}: expected {listed[path]}, found {digest}")
        order = [p for p in listed if p in due], [p for p in due if p in listed]
        for found, wanted in zip(*order):
            if found != wanted:
                self.find("bundle.manifest_order", wanted, None, name)
                break

    def _info(self) -> None:
        raw = self._tags.get("bag-info.txt")
        if raw is None:
            return
        lines = raw.decode("utf-8", "replace").split("\n")
        if len(lines) > MAX_INFO_LINES + 1:
            self.find("bundle.bag_info", "bag-info.txt", None, "more than 1,000 lines")
            return
        good = lines[-1] == "" and len(lines) > 2 and _is_utf8(raw)
        for line in lines[:-1]:
            label, separator, value = line.partition(": ")
            self.info.append((label, value))
            good = good and bool(separator) and bool(_LABEL.match(label)) and _good_value(value)
        labels = [label.lower() for label, _ in self.info]
        ends = [label for label, _ in (self.info[:1] + self.info[-1:])]
        alone = labels.count("bagging-date") == 1 and labels.count("payload-oxum") == 1
        if not good or not alone or ends != ["Bagging-Date", "Payload-Oxum"] or not is_day(self.info[0][1]):
            self.find("bundle.bag_info", "bag-info.txt", None, "not of its form")
        oxum = f"{self._octets}.{len(self._digests)}"
        found = [value for label, value in self.info if label == "Payload-Oxum"]
        if found and found[-1] != oxum:
            self.find("bundle.bag_oxum", "bag-info.txt", None, f"expected {oxum}, found {found[-1][:60]}")


def _good_value(value: str) -> bool:
    short = len(value.encode("utf-8", "replace")) <= 1000
    return bool(value) and short and value == value.strip() and not _CONTROL.search(value)


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
