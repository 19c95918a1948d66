"""A tiny writer of ledgers, bundles and proofs for the tests: it shares no code with the verifier but BLAKE3 and libsodium."""

from __future__ import annotations

import base64
import copy
import hashlib
import json
import sys
from pathlib import Path

import nacl.signing
import pytest
import rfc8785
from blake3 import blake3

sys.path.insert(0, str(Path(__file__).parent))

ORIGIN = "linyi.gov.cn/xxgk"
RULES = Path(__file__).parent.parent / "schemas" / "rules-2026-1.json"


def derive(context: str, data: bytes) -> str:
    return "b3:" + blake3(data, derive_key_context=context).hexdigest()


def edition_digest() -> str:
    return derive("zhaoce.v1.rules", rfc8785.dumps(json.loads(RULES.read_text("utf-8"))))


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962 by its definition."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = 1 << (len(leaves) - 1).bit_length() - 1
    if m < k:
        return path(m, leaves[:k]) + [mth(leaves[k:])]
    return path(m - k, leaves[k:]) + [mth(leaves[:k])]


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = 1 << (n - 1).bit_length() - 1
    if m <= k:
        return subproof(m, leaves[:k], whole) + [mth(leaves[k:])]
    return subproof(m - k, leaves[k:], False) + [mth(leaves[:k])]


class Key:
    def __init__(self, name: str, holder: str):
        self.signing = nacl.signing.SigningKey(hashlib.sha256(name.encode()).digest())
        self.public = bytes(self.signing.verify_key)
        self.text = "ed25519:" + self.public.hex()
        self.holder = holder

    def sign(self, text: str) -> bytes:
        return self.signing.sign(text.encode()).signature

    def note(self, name: str, text: str) -> str:
        key_hash = hashlib.sha256(name.encode() + b"\n\x01" + self.public).digest()[:4]
        return f"{text}\n\u2014 {name} {base64.b64encode(key_hash + self.sign(text)).decode()}\n"

    def possession(self, origin: str = ORIGIN) -> str:
        return base64.b64encode(self.sign(f"{origin}\nenrol\n{self.text}\n{self.holder}\n")).decode()


class Writer:
    """Writes acts as the format page says; `twist` hooks let a test spoil an event, a body or a seal before it counts."""

    def __init__(self, origin: str = ORIGIN):
        self.origin = origin
        self.lines: list[dict] = []
        self.raws: list[bytes] = []
        self.hashes: list[str] = []
        self.last: dict[str, int] = {}
        self.keys: int | None = None
        self.at = "2026-01-05T09:00:00+08:00"
        self.on = "2026-01-05"
        self.salt = 0
        self.admin = Key("admin", "person/a0")
        self.ledger = Key("ledger", "person/l0")
        self.recovery = Key("recovery", "person/r0")
        self.people = {}

    def part(self, data: dict) -> dict:
        self.salt += 1
        return {"data": data, "salt": base64.b64encode(hashlib.sha256(str(self.salt).encode()).digest()[:16]).decode()}

    def act(self, key: Key, *events, twist=None, seal_twist=None, sealed=True, signer: Key | None = None) -> int:
        """Each event: (kind, subject, facts, {part: data}). Returns the first seq."""
        first = len(self.raws)
        keys = self.keys
        for kind, subject, facts, parts in events:
            common = {"on": self.on, "person": key.holder, "mode": "own"}
            bodies = {name: self.part(data) for name, data in parts.items()}
            event = {
                "v": 1, "seq": len(self.raws), "act": first, "at": self.at, "by": key.text, "kind": kind, "subject": subject,
                "facts": {n: v for n, v in (common | facts).items() if v is not None},
                "parts": {n: derive("zhaoce.v1.part", rfc8785.dumps(b)) for n, b in bodies.items()},
                "prev": self.hashes[-1] if self.hashes else derive("zhaoce.v1.origin", self.origin.encode()),
            }  # fmt: skip
            if subject in self.last:
                event["last"] = self.last[subject]
            if keys is not None:
                event["keys"] = keys
            line = {"event": event, "parts": bodies}
            if twist:
                twist(line)
            self.put(line)
        if sealed:
            self.seal(signer or key, first, seal_twist)
        return first

    def put(self, line: dict) -> None:
        event = line["event"]
        raw = rfc8785.dumps(event)
        self.last[event["subject"]] = len(self.raws)
        if event["kind"] == "ledger.opened" or event["kind"].split(".")[0] in ("person", "key", "rules"):
            self.keys = len(self.raws)
        self.raws.append(raw)
        self.hashes.append(derive("zhaoce.v1.event", raw))
        self.lines.append(line)

    def seal(self, key: Key, first: int, twist=None) -> None:
        fields = {
            "origin": self.origin, "size": str(len(self.raws)), "root": base64.b64encode(mth(self.raws)).decode(),
            "act": f"act {first} {self.hashes[-1]}", "name": f"{self.origin}/{key.public.hex()[:16]}",
        }  # fmt: skip
        if twist:
            twist(fields)
        text = "".join(fields[n] + "\n" for n in ("origin", "size", "root", "act"))
        self.lines.append({"seal": key.note(fields["name"], text)})

    def checkpoint(self, size: int | None = None, key: Key | None = None, origin: str | None = None) -> str:
        size = len(self.raws) if size is None else size
        root = base64.b64encode(mth(self.raws[:size])).decode()
        origin = origin or self.origin
        return (key or self.ledger).note(origin, f"{origin}\n{size}\n{root}\n")

    @property
    def genesis(self) -> str:
        return self.hashes[0]

    def encoded(self) -> list[bytes]:
        return [rfc8785.dumps(line) + b"\n" for line in self.lines]

    def write(self, folder: Path, data: bytes | None = None) -> Path:
        (folder / "log").mkdir(parents=True, exist_ok=True)
        (folder / "log" / "000000000000.jsonl").write_bytes(b"".join(self.encoded()) if data is None else data)
        return folder

    def copy(self) -> Writer:
        return copy.deepcopy(self)

    # the usual beginnings

    def open(self, twist=None, facts=None) -> Writer:
        roles = {"admin": ["admin"], "ledger": ["ledger"], "recovery": ["recovery"]}
        entries = [
            {"holder": k.holder, "key": k.text, "possession": k.possession(self.origin), "roles": roles[n]}
            for n, k in (("admin", self.admin), ("ledger", self.ledger), ("recovery", self.recovery))
        ]
        entries.sort(key=lambda entry: entry["key"])
        given = {"format": 1, "suite": "zc1", "rules": edition_digest(), "keys": entries} | (facts or {})
        names = {"person/a0": "\u7532", "person/l0": "\u4e59", "person/r0": "\u4e19"}
        opened = ("ledger.opened", "ledger/main", given, {"open": {"office": "\u67d0\u5c40"}, "personal": {"names": names}})
        self.act(self.admin, opened, twist=twist)
        return self

    def staff(self) -> Writer:
        """A clerk, a reviewer, an approver, a publisher, an archivist, each with a key."""
        roles = ("clerk", "reviewer", "approver", "publisher", "archivist")
        self.people = {role: Key(role, f"person/{role[:4]}0") for role in roles}
        added, enrolled = [], []
        for role, key in self.people.items():
            added.append(("person.added", key.holder, {"roles": [role]}, {"personal": {"name": role}}))
            facts = {"key": key.text, "possession": key.possession(self.origin)}
            enrolled.append(("key.enrolled", key.holder, facts, {}))
        self.act(self.admin, *added, *enrolled)
        return self

    def item(self, role: str, kind: str, subject: str, facts: dict | None = None, parts: dict | None = None, **more) -> int:
        return self.act(self.people[role], ("item." + kind, subject, facts or {}, parts or {}), **more)

    def register(self, subject: str, **facts) -> int:
        given = {"origin": "made", "responsible": "self", "responsible_ground": "made"} | facts
        parts = {} if "secret_basis" in facts else {"closed": {"title": "\u5173\u4e8e" + subject}}
        return self.item("clerk", "registered", subject, given, parts)

    def publish(self, subject: str) -> None:
        """The whole lawful way of an item to publication."""
        self.register(subject)
        self.item("clerk", "proposed", subject, {"attribute": "open"})
        self.item("reviewer", "reviewed", subject, {"outcome": "open", "scope": "whole"})
        self.item("approver", "decided", subject, {"attribute": "open", "basis": "own"})
        title = {"title": "\u5173\u4e8e" + subject, "document_number": "\uff3b2026\uff3d1"}
        self.item("publisher", "published", subject, {"channels": ["website"]}, {"open": title})

    def withhold(self, subject: str, ground: str = "privacy") -> None:
        self.register(subject)
        self.item("clerk", "proposed", subject, {"attribute": "withheld", "ground": ground})
        self.item("reviewer", "reviewed", subject, {"outcome": "exempt", "scope": "whole"})
        self.item("approver", "decided", subject, {"attribute": "withheld", "basis": "own", "ground": ground})


@pytest.fixture
def office() -> Writer:
    return Writer().open().staff()
