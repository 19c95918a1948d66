"""Digests and the one Ed25519 predicate: cofactorless, S < L, A and R canonical and not of small order."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from functools import lru_cache

import nacl.bindings
import nacl.exceptions
from blake3 import blake3

KEY = re.compile(r"ed25519:[0-9a-f]{64}\Z")
B3 = re.compile(r"b3:[0-9a-f]{64}\Z")

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_SQRT_M1 = pow(2, (_P - 1) // 4, _P)


def _derive(context: str, data: bytes) -> str:
    return "b3:" + blake3(data, derive_key_context=context).hexdigest()


def chain_hash(event: bytes) -> str:
    return _derive("zhaoce.v1.event", event)


def chain_start(origin: str) -> str:
    return _derive("zhaoce.v1.origin", origin.encode("utf-8"))


def part_digest(part: bytes) -> str:
    return _derive("zhaoce.v1.part", part)


def rules_digest(data: bytes) -> str:
    return _derive("zhaoce.v1.rules", data)


def b64(text: str, length: int | None = None) -> bytes | None:
    """Standard base64 with padding, in its only form; None for anything else."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
    if base64.b64encode(raw).decode() != text or (length is not None and len(raw) != length):
        return None
    return raw


def key_bytes(key) -> bytes | None:
    """The 32 bytes of `ed25519:<64 hex>`, or None."""
    return bytes.fromhex(key[8:]) if isinstance(key, str) and KEY.match(key) else None


def label(key: str) -> str:
    return key[8:24]


def note_key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n\x01" + public).digest()[:4]


def cosignature_key_hash(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode("utf-8") + b"\n\x04" + public).digest()[:4]


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """The predicate of docs/format.md. What libsodium promises is checked here again, because its
    releases differ: some decide by the cofactored equation or accept other encodings of R."""
    if len(signature) != 64 or int.from_bytes(signature[32:], "little") >= _L:
        return False
    if not _sound_key(public) or not _sound_point(signature[:32]):
        return False
    try:
        nacl.bindings.crypto_sign_open(signature + message, public)
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        return False
    return True


def _sound_point(encoded: bytes) -> bool:
    y = int.from_bytes(encoded, "little") & ((1 << 255) - 1)
    return y < _P and y not in _SMALL_Y


@lru_cache(maxsize=4096)
def _sound_key(public: bytes) -> bool:
    return len(public) == 32 and _sound_point(public) and _decode(public) is not None


@lru_cache(maxsize=4096)
def torsion_free(public: bytes) -> bool:
    """What enrolment asks of a key beyond the predicate: a point of the prime-order subgroup."""
    if not _sound_key(public):
        return False
    return _is_identity(_multiply(_L, _decode(public)))


def _decode(encoded: bytes):
    """The point of an encoding in extended coordinates, or None."""
    number = int.from_bytes(encoded, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _SQRT_M1 % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = _P - x
    return (x, y, 1, x * y % _P)


def _add(p, q):
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _multiply(scalar: int, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _is_identity(point) -> bool:
    return point[0] % _P == 0 and (point[1] - point[2]) % _P == 0


def _small_ys() -> frozenset[int]:
    """The y coordinates of the eight points whose order divides 8."""
    torsion = _torsion_point()
    points = [_multiply(n, torsion) for n in range(1, 9)]
    return frozenset(p[1] * pow(p[2], _P - 2, _P) % _P for p in points)



def cofactorless() -> bool:
    """Whether the library at hand decides by the cofactorless equation (a self-test, run at start):
    a signature whose R carries a torsion component satisfies only the cofactored one."""
    base = _decode((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
    secret, nonce = 0x5A17, 0x1C0FFEE
    public = _encode(_multiply(secret, base))
    torsion = _torsion_point()
    r = _encode(_add(_multiply(nonce, base), torsion))
    h = int.from_bytes(hashlib.sha512(r + public + b"zhaoce").digest(), "little")
    s = (nonce + h * secret) % _L
    return not verify(public, b"zhaoce", r + s.to_bytes(32, "little"))


def _encode(point) -> bytes:
    inverse = pow(point[2], _P - 2, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _torsion_point():
    """A point of order 8."""
    start = 2
    while True:
        point = _decode(start.to_bytes(32, "little"))
        torsion = point and _multiply(_L, point)
        if torsion and not _is_identity(_multiply(4, torsion)):
            return torsion
        start += 1


_SMALL_Y = _small_ys()
