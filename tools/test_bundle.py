"""Bundles: good ones of both editions pass; the container, the payload and what is derived, spoiled one by one."""

from __future__ import annotations

import json
import random
from argparse import Namespace
from pathlib import Path

import pytest
import rfc8785
import zstandard
from conftest import ORIGIN, Writer, frames
from zverify import bundle, container, rulebook

EDITIONS = {e.digest: e for e in rulebook.load_folder(Path(__file__).parent.parent / "schemas")}


def verify(path: Path, writer: Writer, checkpoints=(), partial=False, state=None, save=None, genesis=None):
    args = Namespace(checkpoint=list(checkpoints), allow_partial=partial, state=state, save_state=save)
    return bundle.verify_bundle(path, ORIGIN, genesis or writer.genesis, EDITIONS, args)


def codes(report) -> list[str]:
    return sorted({f.code for f in report.findings} - {"prefix.unproved"})


CATALOG_ROW = {
    "id": "item/p1", "attribute": "open", "state": "published", "inherited": False, "channels": ["website"],
    "published": "2026-01-05", "title": "\u5173\u4e8eitem/p1", "document_number": "\uff3b2026\uff3d1",
}  # fmt: skip
CATALOG_CELLS = ["", "\u5173\u4e8eitem/p1", "\uff3b2026\uff3d1", "", "", "2026-01-05", "", "\u4e3b\u52a8\u516c\u5f00",
                 "\u5df2\u53d1\u5e03", "", "\u653f\u5e9c\u7f51\u7ad9", "", "", "", "item/p1"]  # fmt: skip
INHERITED_ROW = {
    "id": "item/i1", "attribute": "open", "state": "inherited", "inherited": True, "channels": [], "published": "2019-03-04",
    "title": "=1+1", "validity": "\u6709\u6548",
}  # fmt: skip
INHERITED_CELLS = ["", "'=1+1", "", "", "", "2019-03-04", "", "\u4e3b\u52a8\u516c\u5f00", "\u627f\u63a5", "\u6709\u6548", "",
                   "", "", "\u662f", "item/i1"]  # fmt: skip
WITHHELD_ROW = {
    "id": "item/w1", "attribute": "withheld", "state": "decided", "inherited": False, "secret": False, "ground": "privacy",
    "decided": "2026-01-05",
}  # fmt: skip
WITHHELD_CELLS = ["item/w1", "\u4e0d\u4e88\u516c\u5f00", "\u4e2a\u4eba\u9690\u79c1", "", "\u5df2\u5b9a\u6027", "2026-01-05", "", "", ""]


def filled() -> Writer:
    office = Writer().open().staff()
    office.publish("item/p1")
    office.withhold("item/w1")
    facts = {"attribute": "open", "responsible": "self", "origin": "made", "published": "2019-03-04", "mode": "inherited"}
    parts = {
        "closed": {"identity": "x", "row": {"a": "b"}, "source": {"file": "f", "line": 1}},
        "open": {"title": "=1+1", "validity": "\u6709\u6548", "summary": 7},
    }
    office.item("clerk", "inherited", "item/i1", facts, parts)
    return office


def people(w: Writer, names: bool) -> dict:
    keys = [(w.admin, 0), (w.ledger, 0), (w.recovery, 0)]
    keys += [(k, 6 + n) for n, k in enumerate(w.people.values())]
    roles = {"person/a0": ["admin"], "person/l0": [], "person/r0": []} | {k.holder: [r] for r, k in w.people.items()}
    called = {"person/a0": "\u7532", "person/l0": "\u4e59", "person/r0": "\u4e19"} | {k.holder: r for r, k in w.people.items()}
    return {
        "keys": sorted(({"enrolled": n, "holder": k.holder, "key": k.text} for k, n in keys), key=lambda k: k["key"]),
        "persons": [{"holder": h, "roles": r} | ({"name": called[h]} if names else {}) for h, r in sorted(roles.items())],
    }


def make(w: Writer, edition: str = "full", start: int = 0):
    row, cells = dict(WITHHELD_ROW), list(WITHHELD_CELLS)
    if edition == "full":
        row["title"] = "\u5173\u4e8eitem/w1"
        cells += [row["title"], "", "", "", ""]
    catalog = [(CATALOG_ROW, CATALOG_CELLS), (INHERITED_ROW, INHERITED_CELLS)]
    return w.bundle(
        edition, start, catalog=catalog, withheld=[(row, cells)], people=people(w, edition == "full"), in_force=(0, 15, 20)
    )


@pytest.fixture(scope="module")
def w() -> Writer:
    return filled()


@pytest.mark.parametrize("edition", ["full", "public"])
def test_good(w, tmp_path, edition):
    report = verify(make(w, edition).write(tmp_path / "b"), w)
    assert [vars(f) for f in report.findings] == [] and report.passed and not report.prefix
    assert report.size == len(w.raws)


def test_public_parts(w, tmp_path):
    less = w.bundle("public", in_force=(0, 15), people=people(w, False))
    assert "part.withheld" in codes(verify(less.write(tmp_path / "b"), w))
    later = w.copy()
    later.act(later.people["publisher"], ("item.withdrawn", "item/p1", {"cause": "error"}, {}))
    more = later.bundle("public", in_force=(0, 15, 20), people=people(w, False))
    found = verify(more.write(tmp_path / "b"), later)
    assert [(f.code, f.seq) for f in found.findings if f.code.startswith("part.")] == [("part.not_in_force", 15)]
    leak = make(w, "public")
    name = "events/000000000000.jsonl"
    leak.payload[name] = make(w, "full").payload[name]
    assert "part.leak" in codes(verify(leak.write(tmp_path / "b"), w))


DERIVED = ("people.json", "catalog.json", "catalog.csv", "withheld.json", "withheld.csv")


@pytest.mark.parametrize("name", DERIVED)
def test_derived(w, tmp_path, name):
    for change in (lambda d: d[:-1], lambda d: d + b" ", lambda d: d.replace(b'"', b"'", 1), lambda d: b""):
        b = make(w)
        b.payload[name] = change(b.payload[name])
        report = verify(b.write(tmp_path / "b"), w)
        assert [(f.code, f.file) for f in report.findings] == [("bundle.derived", "data/" + name)]


@pytest.mark.parametrize("name", [*DERIVED, "VERIFY.txt", "checkpoint", "bundle.json", "events/000000000000.jsonl"])
def test_missing_payload(w, tmp_path, name):
    b = make(w)
    del b.payload[name]
    report = verify(b.write(tmp_path / "b"), w)
    assert "bundle.payload" in codes(report) and not report.passed


def test_extra_and_misplaced_payload(w, tmp_path):
    for name in ("zzz.txt", "events/x.jsonl", "rules/more/x.json"):
        b = make(w)
        b.payload[name] = b"x"
        assert "bundle.payload" in codes(verify(b.write(tmp_path / "b"), w))
    b = make(w)
    b.payload["checkpoint"] = b.payload.pop("checkpoint")
    assert "bundle.payload" in codes(verify(b.write(tmp_path / "b"), w))


@pytest.mark.parametrize("member, value", [("head", "b3:" + "0" * 64), ("root", "0" * 64), ("size", 20), ("origin", "x"),
                                           ("genesis", "b3:" + "0" * 64), ("format", 2), ("edition", "half"), ("from", -1),
                                           ("more", 1), ("start", {})])  # fmt: skip
def test_meta(w, tmp_path, member, value):
    b = make(w)
    meta = json.loads(b.payload["bundle.json"]) | {member: value}
    b.payload["bundle.json"] = rfc8785.dumps(meta) + b"\n"
    report = verify(b.write(tmp_path / "b"), w)
    assert "bundle.meta" in codes(report) and not report.passed


def test_checkpoint_in_the_bundle(w, tmp_path):
    for note, code in ((w.checkpoint(key=w.admin), "checkpoint.signature"), (w.checkpoint(5), "bundle.meta"), ("x", "checkpoint.form")):
        b = make(w)
        b.payload["checkpoint"] = note.encode()
        assert code in codes(verify(b.write(tmp_path / "b"), w))


def test_rules_file(w, tmp_path):
    b = make(w)
    b.payload["rules/2026-1.json"] += b"\n"
    assert "bundle.rules" in codes(verify(b.write(tmp_path / "b"), w))
    b = make(w)
    b.payload["rules/2026-1.json"] = b'{"name":"2026-1"}'
    assert "bundle.rules" in codes(verify(b.write(tmp_path / "b"), w))


def test_events_files(w, tmp_path):
    b = make(w)
    name, data = "events/000000000000.jsonl", b.payload["events/000000000000.jsonl"]
    lines = data.splitlines(True)
    cut = next(n for n, line in enumerate(lines) if line.startswith(b'{"seal"') and n > 3) + 1
    seq = sum(line.startswith(b'{"event"') for line in lines[:cut])

    def split(at, second):
        made, files = make(w), {}
        for key, value in made.payload.items():
            files[key] = value
            if key == name:
                files[key], files[second] = b"".join(lines[:at]), b"".join(lines[at:])
        made.payload = files
        return verify(made.write(tmp_path / "b"), w)

    assert codes(split(cut, f"events/{seq:012}.jsonl")) == []
    assert codes(split(cut, f"events/{seq + 1:012}.jsonl")) == ["bundle.events"]
    assert "bundle.events" in codes(split(cut - 1, f"events/{seq:012}.jsonl"))
    b = make(w)
    b.payload[name] = b'{"synced":0}\n' + data
    assert "line.shape" in codes(verify(b.write(tmp_path / "b"), w))


def test_names_and_times(w, tmp_path):
    for change, code in (
        (lambda b: setattr(b, "name", "zhaoce-x-0-21-full"), "bundle.name"),
        (lambda b: setattr(b, "mtime", b.mtime + 1), "bundle.time"),
    ):
        b = make(w)
        change(b)
        assert codes(verify(b.write(tmp_path / "b"), w)) == [code]


# bundles that go on from an earlier one


def test_continued(w, tmp_path):
    first = w.copy()
    cut = next(n for n, line in enumerate(first.lines) if line.get("event", {}).get("seq") == 16)
    first.lines, first.raws, first.hashes = first.lines[:cut], first.raws[:16], first.hashes[:16]
    b1 = first.bundle(catalog=[(CATALOG_ROW, CATALOG_CELLS)], people=people(w, True))
    saved = tmp_path / "state"
    report = verify(b1.write(tmp_path / "b1"), first, save=saved)
    assert codes(report) == [] and saved.exists()
    b2 = make(w, start=16)
    path = b2.write(tmp_path / "b2")
    alone = verify(path, w)
    assert codes(alone) == ["law.not_checked"] and not alone.passed
    assert verify(path, w, partial=True).passed
    more = verify(path, w, state=saved, save=tmp_path / "state2")
    assert codes(more) == [] and more.passed
    assert json.loads((tmp_path / "state2").read_text())["size"] == len(w.raws)
    whole = verify(make(w).write(tmp_path / "b3"), w, state=saved)
    assert codes(whole) == []
    body = json.loads(saved.read_text())
    body["frontier"] = ["00" * 32 for _ in body["frontier"]]
    (tmp_path / "bad").write_text(json.dumps(body))
    assert "checkpoint.fork" in codes(verify(tmp_path / "b3", w, state=tmp_path / "bad"))
    assert "checkpoint.fork" in codes(verify(path, w, state=tmp_path / "bad"))
    assert "checkpoint.shorter" in codes(verify(tmp_path / "b1", first, state=tmp_path / "state2"))


def test_partial_still_checks_the_bytes(w, tmp_path):
    b = make(w, start=16)
    name = "events/000000000016.jsonl"
    b.payload[name] = b.payload[name].replace(b"item/w1", b"item/w2")
    found = codes(verify(b.write(tmp_path / "b"), w, partial=True))
    assert "chain.broken" in found and "seal.root" in found


def test_consistency(w, tmp_path):
    b = make(w)
    b.consistency(16)
    assert codes(verify(b.write(tmp_path / "b"), w)) == []
    body = json.loads(b.payload["consistency.json"])
    for change in ({"proof": []}, {"proof": 1}, {"x": 1}, {"from": {"root": "0" * 64, "size": 16}}, {"to": body["from"]}):
        b.payload["consistency.json"] = rfc8785.dumps(body | change) + b"\n"
        assert codes(verify(b.write(tmp_path / "b"), w)) == ["bundle.consistency"]
    b = make(w, start=16)
    del b.payload["consistency.json"]
    assert "bundle.payload" in codes(verify(b.write(tmp_path / "b"), w, partial=True))


# the container


def contained(w, tmp_path, change):
    b = make(w)
    change(b)
    return verify(b.write(tmp_path / "b"), w)


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b.tags.update({"manifest-sha512.txt": b"x\n"}),
        lambda b: b.tags.update({"manifest-blake3.txt": b""}),
        lambda b: b.tags.update({"tagmanifest-sha512.txt": b"\xff\n"}),
        lambda b: b.tags.update({"bagit.txt": b"BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"}),
        lambda b: setattr(b, "info", b"Bagging-Date: 2026-01-05\nPayload-Oxum: 1.1\n"),
        lambda b: setattr(b, "info", b"Payload-Oxum: 1.1\n"),
        lambda b: setattr(b, "info", b"Bagging-Date: 2026-01-05\r\nPayload-Oxum: 1.1\n"),
        lambda b: setattr(b, "info", b"\n" * 2000),
        lambda b: b.payload.update({"con.txt": b""}),
        lambda b: b.payload.update({"../x": b""}),
        lambda b: b.payload.update({"VERIFY.TXT": b""}),
        lambda b: setattr(b, "spoil", lambda tar: tar + bytes(512)),
        lambda b: setattr(b, "spoil", lambda tar: tar[:-512]),
        lambda b: setattr(b, "spoil", lambda tar: tar[:2000]),
        lambda b: setattr(b, "spoil", lambda tar: b""),
        lambda b: setattr(b, "spoil", lambda tar: bytes(1024)),
    ],
)
def test_container(w, tmp_path, change):
    report = contained(w, tmp_path, change)
    assert not report.passed and any(f.code.startswith("bundle.") for f in report.findings)


def test_frames(w, tmp_path):
    b = make(w)
    tar = bytes(b.tar())
    good = frames(tar, 5000)
    target = tmp_path / "b"
    target.write_bytes(good)
    assert verify(target, w).passed
    bare = zstandard.ZstdCompressor(write_content_size=True).compress(tar)
    unsized = zstandard.ZstdCompressor(write_checksum=True, write_content_size=False).compress(tar)
    empty = zstandard.ZstdCompressor(write_checksum=True).compress(b"")
    skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd"
    for bad in (bare, unsized, good + empty, skippable + good, good + skippable, good + b"x", good[:-1], b"", b"x" * 9, good[:9]):
        target.write_bytes(bad)
        report = verify(target, w)
        assert not report.passed and any(f.code.startswith("bundle.") for f in report.findings)


def test_bomb(w, tmp_path):
    made = make(w)
    first = container.header(f"{made.name}/bagit.txt".encode(), len(container.BAGIT), made.mtime) + container.BAGIT.ljust(512, b"\0")
    big = container.header(f"{made.name}/data/bundle.json".encode(), 200 << 20, made.mtime) + bytes(200 << 20)
    target = tmp_path / "b"
    target.write_bytes(frames(first + big, 64 << 20))
    assert codes(verify(target, w)) == ["bundle.limit_ratio", "bundle.meta"]


def test_every_bit_of_the_tar(tmp_path):
    """One flipped bit in every byte of a small bundle's tar is found; nothing raises."""
    w = Writer().open()
    people_now = {
        "keys": sorted(({"enrolled": 0, "holder": k.holder, "key": k.text} for k in (w.admin, w.ledger, w.recovery)), key=lambda k: k["key"]),
        "persons": [{"holder": h, "name": n, "roles": r} for h, n, r in (("person/a0", "\u7532", ["admin"]), ("person/l0", "\u4e59", []), ("person/r0", "\u4e19", []))],
    }  # fmt: skip
    b = w.bundle(people=people_now)
    target = tmp_path / "b"
    assert verify(b.write(target), w).passed
    tar, rng = bytes(b.tar()), random.Random(5)
    rules = tar.index(b'{"codes"')
    end = tar.index(b'events/', rules)
    places = [*range(0, rules, 5), *rng.sample(range(rules, end), 30), *range(end, len(tar), 13)]
    for position in places:
        bad = bytearray(tar)
        bad[position] ^= 1 << rng.randrange(8)
        target.write_bytes(frames(bad))
        assert not verify(target, w).passed, position


def test_noise(w, tmp_path):
    good, rng = frames(bytes(make(w).tar())), random.Random(11)
    target = tmp_path / "b"
    for _ in range(300):
        bad = bytearray(good)
        for _ in range(rng.randrange(1, 6)):
            at = rng.randrange(len(bad))
            bad[at : at + rng.randrange(3)] = rng.randbytes(rng.randrange(4))
        if bytes(bad) != good:
            target.write_bytes(bad)
            verify(target, w)
