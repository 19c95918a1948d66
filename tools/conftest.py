"""A tiny writer of ledgers, bundles and proofs for the tests: it shares no code with the verifier but BLAKE3 and libsodium."""

from __future__ import annotations

import base64
import copy
import hashlib
import io
import json
import sys
import tarfile
from datetime import datetime
from pathlib import Path

import nacl.signing
import pytest
import rfc8785
import zstandard
from blake3 import blake3

sys.path.insert(0, str(Path(__file__).parent))

ORIGIN = "linyi.gov.cn/xxgk"
EDITIONS = sorted((Path(__file__).parent.parent / "schemas").glob("rules-*.json"))
NEWEST = EDITIONS[-1]


def derive(context: str, data: bytes) -> str:
    return "b3:" + blake3(data, derive_key_context=context).hexdigest()


def edition_digest(path: Path = NEWEST) -> str:
    return derive("zhaoce.v1.rules", rfc8785.dumps(json.loads(path.read_text("utf-8"))))


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

    rules = NEWEST

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

    def bundle(self, edition: str = "full", start: int = 0, **more) -> BundleWriter:
        return BundleWriter(self, edition, start, **more)

    def entry(self, seq: int, size: int, parts: dict | None = None) -> dict:
        """One entry of a proof: the event, its place in the tree of `size`, and in that of its seal."""
        at = next(n for n, line in enumerate(self.lines) if line.get("event", {}).get("seq") == seq)
        note = next(line["seal"] for line in self.lines[at:] if "seal" in line)
        sealed = int(note.split("\n")[1])
        return {
            "event": self.lines[at]["event"], "inclusion": [h.hex() for h in path(seq, self.raws[:size])], "parts": parts or {},
            "seal": note, "sealed": [h.hex() for h in path(seq, self.raws[:sealed])],
        }  # fmt: skip

    def proof(self, subject: str, links: list[int], public: int | None = None) -> dict:
        """A proof of a subject; `links` are the seqs of every event of the acts of the keys' back-chain."""
        size = len(self.raws)
        seqs = [n for n, raw in enumerate(self.raws) if json.loads(raw)["subject"] == subject]
        bodies = {"open": next(x for x in self.lines if x.get("event", {}).get("seq") == public)["parts"]["open"]} if public else {}
        return {
            "checkpoint": self.checkpoint(), "events": [self.entry(n, size, bodies if n == public else {}) for n in seqs], "format": 1,
            "genesis": self.genesis, "keys": [self.entry(n, size) for n in links], "origin": self.origin, "size": size, "subject": subject,
        }  # fmt: skip

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
        given = {"format": 1, "suite": "zc1", "rules": edition_digest(self.rules), "keys": entries} | (facts or {})
        names = {"person/a0": "\u7532", "person/l0": "\u4e59", "person/r0": "\u4e19"}
        opened = ("ledger.opened", "ledger/main", given, {"open": {"office": "\u67d0\u5c40"}, "personal": {"names": names}})
        self.act(self.admin, opened, twist=twist)
        return self

    def staff(self, *more: str) -> Writer:
        """A clerk, a reviewer, an approver, a publisher, an archivist, each with a key; `more` roles that an edition has."""
        roles = ("clerk", "reviewer", "approver", "publisher", "archivist", *more)
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


BOM = "\ufeff"


def frontier(leaves: list[bytes]) -> list[str]:
    out, at = [], 0
    for bit in reversed(range(len(leaves).bit_length())):
        if len(leaves) >> bit & 1:
            out.append(mth(leaves[at : at + (1 << bit)]).hex())
            at += 1 << bit
    return out


def csv(rows: list[list[str]]) -> bytes:
    return (BOM + "".join(",".join('"' + c.replace('"', '""') + '"' for c in row) + "\r\n" for row in rows)).encode()


CATALOG = "\u7d22\u5f15\u53f7,\u6807\u9898,\u6587\u53f7,\u53d1\u6587\u673a\u5173,\u6210\u6587\u65e5\u671f,\u53d1\u5e03\u65e5\u671f,\u4e3b\u9898,\u516c\u5f00\u5c5e\u6027,\u72b6\u6001,\u6709\u6548\u6027,\u6e20\u9053,\u5730\u5740,\u6982\u8ff0,\u627f\u63a5,\u7f16\u53f7"
WITHHELD = "\u7f16\u53f7,\u516c\u5f00\u5c5e\u6027,\u4f9d\u636e,\u4f59\u90e8\u4f9d\u636e,\u72b6\u6001,\u5b9a\u6027\u65e5\u671f,\u6700\u8fd1\u8bc4\u4f30,\u627f\u63a5,\u6d89\u5bc6"
WITHHELD_FULL = WITHHELD + ",\u6807\u9898,\u6587\u53f7,\u7d22\u5f15\u53f7,\u53d1\u6587\u673a\u5173,\u6210\u6587\u65e5\u671f"


class BundleWriter:
    """A bundle of a ledger; `payload`, `tags`, `headers` can be changed before `write`. Lists are given by the test."""

    def __init__(self, w: Writer, edition: str, start: int, catalog=(), withheld=(), people=None, in_force=()):
        self.w = w
        self.edition = edition
        lines = [json.loads(json.dumps(line)) for line in w.lines]
        events = []
        seq = -1
        for line in lines:
            seq = line["event"]["seq"] if "event" in line else seq
            if seq >= start:
                if edition == "public" and "event" in line:
                    line["parts"] = {n: b for n, b in line["parts"].items() if n == "open" and seq in in_force}
                events.append(line)
        meta = {
            "edition": edition, "format": 1, "from": start, "genesis": w.genesis, "head": w.hashes[-1], "origin": w.origin,
            "root": mth(w.raws).hex(), "size": len(w.raws),
        }  # fmt: skip
        if start:
            meta["start"] = {"frontier": frontier(w.raws[:start]), "head": w.hashes[start - 1]}
        named = {json.loads(raw)["facts"].get(name) for raw in w.raws for name in ("rules", "edition")}
        rules = [json.loads(path.read_text("utf-8")) for path in EDITIONS if edition_digest(path) in named]
        as_of = w.at[:10]
        json_line = lambda value: rfc8785.dumps(value) + b"\n"  # noqa: E731
        self.payload = {
            "bundle.json": json_line(meta),
            "checkpoint": w.checkpoint().encode(),
            **{f"rules/{book['name']}.json": rfc8785.dumps(book) for book in rules},
            "schemas/event.json": b"{}\n",
            "VERIFY.txt": b"how to\n",
            f"events/{start:012}.jsonl": b"".join(rfc8785.dumps(line) + b"\n" for line in events),
            "people.json": json_line(people or {}),
            "catalog.json": json_line({"as_of": as_of, "items": [row for row, _ in catalog]}),
            "catalog.csv": csv([CATALOG.split(","), *[cells for _, cells in catalog]]),
            "withheld.json": json_line({"as_of": as_of, "items": [row for row, _ in withheld]}),
            "withheld.csv": csv([(WITHHELD_FULL if edition == "full" else WITHHELD).split(","), *[cells for _, cells in withheld]]),
        }
        if start:
            self.consistency(start)
        origin = "".join(c if c in "0123456789abcdefghijklmnopqrstuvwxyz." else "-" for c in w.origin)
        self.name = f"zhaoce-{origin}-{start}-{len(w.raws)}-{edition}"
        self.mtime = int(datetime.fromisoformat(w.at).timestamp())
        self.info = None
        self.tags: dict[str, bytes] = {}
        self.spoil = lambda tar: tar

    def consistency(self, old: int) -> None:
        w = self.w
        sized = lambda n: {"root": mth(w.raws[:n]).hex(), "size": n}  # noqa: E731
        proof = [h.hex() for h in subproof(old, w.raws, True)]
        self.payload["consistency.json"] = rfc8785.dumps({"from": sized(old), "proof": proof, "to": sized(len(w.raws))}) + b"\n"

    def files(self) -> list[tuple[str, bytes]]:
        payload = [("data/" + n, d) for n, d in self.payload.items()]
        octets = sum(len(d) for _, d in payload)
        info = self.info or f"Bagging-Date: {self.w.at[:10]}\nSource-Organization: x\nPayload-Oxum: {octets}.{len(payload)}\n".encode()
        bagit = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
        listing = lambda rows: "".join(f"{h}  {n}\n" for n, h in rows).encode()  # noqa: E731
        sha = lambda rows: listing((n, hashlib.sha512(d).hexdigest()) for n, d in rows)  # noqa: E731
        tags = [("bagit.txt", bagit), ("bag-info.txt", info), ("manifest-sha512.txt", sha(payload))]
        tags.append(("manifest-blake3.txt", listing((n, blake3(d).hexdigest()) for n, d in payload)))
        tags = [(n, self.tags.get(n, d)) for n, d in tags]
        tags.append(("tagmanifest-sha512.txt", self.tags.get("tagmanifest-sha512.txt", sha(tags))))
        return [tags[0], *payload, *tags[1:]]

    def tar(self) -> bytes:
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for name, data in self.files():
                entry = tarfile.TarInfo(f"{self.name}/{name}")
                entry.size, entry.mtime, entry.mode = len(data), self.mtime, 0o644
                tar.addfile(entry, io.BytesIO(data))
        end = sum(512 + -(-len(d) // 512) * 512 for _, d in self.files()) + 1024
        return bytearray(self.spoil(fill_devices(out.getvalue()[:end])))

    def write(self, target: Path) -> Path:
        target.write_bytes(frames(self.tar()))
        return target


def fill_devices(tar: bytes) -> bytes:
    """Python leaves devmajor and devminor empty where GNU tar writes zeros."""
    out, at = bytearray(tar), 0
    while any(out[at : at + 512]):
        out[at + 329 : at + 345] = b"0000000\0" * 2
        out[at + 148 : at + 156] = b" " * 8
        out[at + 148 : at + 156] = b"%06o\0 " % sum(out[at : at + 512])
        at += 512 + -(-int(out[at + 124 : at + 135], 8) // 512) * 512
    return bytes(out)


def frames(tar: bytes, piece: int = 4 << 20) -> bytes:
    pressed = zstandard.ZstdCompressor(write_checksum=True, write_content_size=True)
    return b"".join(pressed.compress(bytes(tar[n : n + piece])) for n in range(0, len(tar), piece))


def without_prefix(report):
    """The report without the notice that it is of a prefix, which every log without a checkpoint gets."""
    kept = [f for f in report.findings if f.code != "prefix.unproved"]
    assert len(report.findings) - len(kept) == (1 if report.prefix else 0)
    report.findings = kept
    report.counts.pop("notice", None) if not any(f.cls == "notice" for f in kept) else None
    return report


@pytest.fixture(params=EDITIONS, ids=lambda path: path.stem)
def edition(request, monkeypatch) -> Path:
    """Each edition in turn: ledgers begin under it."""
    monkeypatch.setattr(Writer, "rules", request.param)
    return request.param


@pytest.fixture
def office() -> Writer:
    return Writer().open().staff()


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """Nobody writes to most of the ledgers here: an act that stands unfinished is not waited for."""
    from zverify import reading

    monkeypatch.setattr(reading, "WAIT", 0)
