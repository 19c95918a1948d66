"""RFC 6962 trees with SHA-256: appending, roots, inclusion and consistency proofs."""

from __future__ import annotations

import hashlib


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\0" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """The right edge of a growing tree: the roots of its complete subtrees, largest first."""

    def __init__(self, size: int = 0, frontier: list[bytes] | None = None):
        self.size = size
        self._stack = list(frontier or [])

    def append(self, data: bytes) -> None:
        node, number = leaf_hash(data), self.size
        while number & 1:
            node = node_hash(self._stack.pop(), node)
            number >>= 1
        self._stack.append(node)
        self.size += 1

    def root(self) -> bytes:
        if not self._stack:
            return hashlib.sha256(b"").digest()
        node = self._stack[-1]
        for left in reversed(self._stack[:-1]):
            node = node_hash(left, node)
        return node

    def frontier(self) -> list[bytes]:
        return list(self._stack)


def frontier_length(size: int) -> int:
    return size.bit_count()


def root_from_inclusion(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes | None:
    """The root that the proof leads to (RFC 9162 2.1.3.2), or None if its length is wrong."""
    if not 0 <= index < size:
        return None
    node, last, rest = leaf, size - 1, iter(proof)
    for step in rest:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = node_hash(step, node)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = node_hash(node, step)
        index >>= 1
        last >>= 1
    return node if last == 0 else None


def consistent(first: int, second: int, old: bytes, new: bytes, proof: list[bytes]) -> bool:
    """RFC 9162 2.1.4.2: whether the tree of `second` leaves begins with that of `first`."""
    if first == second:
        return old == new and not proof
    if first == 0 or first > second or not proof:
        return False
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, old)
    fn, sn = first - 1, second - 1
    while fn & 1:
        fn >>= 1
        sn >>= 1
    left = right = path[0]
    for step in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            left, right = node_hash(step, left), node_hash(step, right)
            while not fn & 1 and fn:
                fn >>= 1
                sn >>= 1
        else:
            right = node_hash(right, step)
        fn >>= 1
        sn >>= 1
    return sn == 0 and left == old and right == new
