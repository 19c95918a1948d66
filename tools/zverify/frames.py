"""zstd frames, read block by block: what is decoded at once stays under 128 KiB and the window, and a
file that ends inside a frame is noticed."""

from __future__ import annotations

from collections.abc import Iterator

import zstandard

MAX_WINDOW = 128 << 20
_MAGIC = b"\x28\xb5\x2f\xfd"
_BLOCK = 128 << 10


class BadFrames(ValueError):
    """The bytes are not whole zstd frames within the limits; `code` is the container's code for it."""

    def __init__(self, text: str, code: str = "bundle.zst_damaged", offset: int | None = None):
        super().__init__(text)
        self.code = code
        self.offset = offset


class _Source:
    """Reads exactly so many bytes, or says that the file ends."""

    def __init__(self, file):
        self._file = file
        self.read_total = 0

    def take(self, count: int, what: str) -> bytes:
        data = self._file.read(count)
        while len(data) < count:
            more = self._file.read(count - len(data))
            if not more:
                raise BadFrames(f"the file ends inside {what}", "bundle.zst_truncated")
            data += more
        self.read_total += count
        return data

    def magic(self) -> bytes:
        """The next four bytes, or nothing at the end of the file."""
        first = self._file.read(1)
        if not first:
            return b""
        self.read_total += 1
        return first + self.take(3, "a frame's magic number")


class Frame:
    """The header of a frame: descriptor, window, and the size it declares (None if it does not)."""

    def __init__(self, raw: bytes, checksum: bool, window: int, size: int | None):
        self.raw = raw
        self.checksum = checksum
        self.window = window
        self.size = size


def _header(source: _Source) -> Frame:
    descriptor = source.take(1, "a frame header")
    flags = descriptor[0]
    single, checksum = bool(flags & 0x20), bool(flags & 0x04)
    if flags & 0x08 or flags & 0x03:
        raise BadFrames("a reserved bit, or a dictionary", "bundle.zst_header")
    window_byte = b"" if single else source.take(1, "a frame header")
    width = (1 if single else 0, 2, 4, 8)[flags >> 6]
    size_bytes = source.take(width, "a frame header")
    size = int.from_bytes(size_bytes, "little") + (256 if width == 2 else 0) if width else None
    if single:
        window = size
    else:
        base = 1 << (10 + (window_byte[0] >> 3))
        window = base + (base >> 3) * (window_byte[0] & 7)
    if window > MAX_WINDOW:
        raise BadFrames(f"a window of {window} bytes", "bundle.limit_window")
    return Frame(_MAGIC + descriptor + window_byte + size_bytes, checksum, window, size)


def read(file, on_frame=None) -> Iterator[bytes]:
    """The content, in pieces of at most about 128 KiB. Raises BadFrames. `on_frame(frame)` sees each header."""
    source = _Source(file)
    while True:
        magic = source.magic()
        if not magic:
            return
        if magic != _MAGIC:
            skippable = 0x184D2A50 <= int.from_bytes(magic, "little") <= 0x184D2A5F
            raise BadFrames("not a zstd frame", "bundle.zst_skippable" if skippable else "bundle.zst_foreign")
        frame = _header(source)
        if on_frame:
            on_frame(frame)
        yield from _blocks(source, frame)


def _blocks(source: _Source, frame: Frame) -> Iterator[bytes]:
    decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW).decompressobj()
    produced, last, pending = 0, False, frame.raw
    while not last:
        head = source.take(3, "a block")
        value = int.from_bytes(head, "little")
        last, kind, size = bool(value & 1), value >> 1 & 3, value >> 3
        if kind == 3 or size > _BLOCK:
            raise BadFrames("a block that is reserved or too large")
        body = source.take(1 if kind == 1 else size, "a block")
        tail = source.take(4, "a frame's checksum") if last and frame.checksum else b""
        try:
            out = decoder.decompress(pending + head + body + tail)
        except zstandard.ZstdError as error:
            raise BadFrames(str(error)[:200]) from None
        pending = b""
        produced += len(out)
        if out:
            yield out
    if not decoder.eof or decoder.unused_data or frame.size not in (None, produced):
        raise BadFrames("a frame does not end where it says")
