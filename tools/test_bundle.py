"""Bundles: good ones of both editions pass; the container, the payload and what is derived, spoiled one by one."""

from __future__ import annotations

import json
import random
from argparse import Namespace
from pathlib import Path

import pytest
import rfc8785
import zstandard
from conftest import NEWEST, ORIGIN, Writer, frames
from zverify import bundle, container, rulebook

RULES = f"rules/{NEWEST.stem.removeprefix('rules-')}.json"

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
    keys += [(k, 1 + len(w.people) + n) for n, k in enumerate(w.people.values())]
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
        assert [(f.code, f.file) for f in report.findings] == [("bundle.derived_differs", name)]


MISSING = {"VERIFY.txt": "bundle.bag_missing_file", RULES: "bundle.rules", "checkpoint": "checkpoint.form", "bundle.json": "bundle.no_meta",
           "events/000000000000.jsonl": "log.empty"} | dict.fromkeys(DERIVED, "bundle.derived_differs")  # fmt: skip


@pytest.mark.parametrize("name", MISSING)
def test_missing_payload(w, tmp_path, name):
    b = make(w)
    del b.payload[name]
    report = verify(b.write(tmp_path / "b"), w)
    assert MISSING[name] in codes(report) and not report.passed


def test_extra_and_misplaced_payload(w, tmp_path):
    for name, code in (("zzz.txt", "unknown_file"), ("events/x.jsonl", "file_order"), ("rules/more/x.json", "rules"), ("more/x", "unknown_file")):
        b = make(w)
        b.payload[name] = b"x"
        assert "bundle." + code in codes(verify(b.write(tmp_path / "b"), w))
    b = make(w)
    b.payload["checkpoint"] = b.payload.pop("checkpoint")
    assert codes(verify(b.write(tmp_path / "b"), w)) == ["bundle.file_order"]


@pytest.mark.parametrize("member, value", [("head", "b3:" + "0" * 64), ("root", "0" * 64), ("size", 20), ("origin", "x"),
                                           ("genesis", "b3:" + "0" * 64), ("format", 2), ("edition", "half"), ("from", -1),
                                           ("more", 1), ("start", {})])  # fmt: skip
def test_meta(w, tmp_path, member, value):
    b = make(w)
    meta = json.loads(b.payload["bundle.json"]) | {member: value}
    b.payload["bundle.json"] = rfc8785.dumps(meta) + b"\n"
    report = verify(b.write(tmp_path / "b"), w)
    wanted = {"head": "bundle.meta_differs", "root": "bundle.meta_differs", "size": "bundle.checkpoint_size"}
    wanted |= {"origin": "bundle.other_ledger", "genesis": "bundle.other_ledger"}
    assert wanted.get(member, "bundle.meta") in codes(report) and not report.passed


def test_not_canonical(w, tmp_path):
    for name in ("bundle.json", "consistency.json"):
        for change in (lambda d: d[:-1], lambda d: d.replace(b":", b": ", 1), lambda d: d + b"\n"):
            b = make(w)
            b.consistency(16)
            b.payload[name] = change(b.payload[name])
            assert codes(verify(b.write(tmp_path / "b"), w)) == ["bundle.not_canonical"]


def test_checkpoint_in_the_bundle(w, tmp_path):
    for note, code in ((w.checkpoint(key=w.admin), "checkpoint.signature"), (w.checkpoint(5), "bundle.checkpoint_size"), ("x", "checkpoint.form")):
        b = make(w)
        b.payload["checkpoint"] = note.encode()
        assert code in codes(verify(b.write(tmp_path / "b"), w))


def test_rules_file(w, tmp_path):
    b = make(w)
    b.payload[RULES] += b"\n"
    assert "bundle.rules" in codes(verify(b.write(tmp_path / "b"), w))
    b = make(w)
    b.payload[RULES] = b'{"name":"2026-2"}'
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
    assert codes(split(cut, f"events/{seq + 1:012}.jsonl")) == ["file.start"]
    assert "file.start" in codes(split(cut - 1, f"events/{seq:012}.jsonl"))
    b = make(w)
    b.payload[name] = b'{"synced":0}\n' + data
    assert "line.shape" in codes(verify(b.write(tmp_path / "b"), w))


def test_names_and_times(w, tmp_path):
    for change, code in (
        (lambda b: setattr(b, "name", "zhaoce-x-0-21-full"), "bundle.name"),
        (lambda b: setattr(b, "mtime", b.mtime + 1), "bundle.mtime_differs"),
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
    assert codes(alone) == ["checkpoint.key_unknown", "law.not_checked"] and not alone.passed
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
    assert "bundle.consistency" in codes(verify(b.write(tmp_path / "b"), w, partial=True))


# the container


def contained(w, tmp_path, change):
    b = make(w)
    change(b)
    return verify(b.write(tmp_path / "b"), w)


def tag(name, change):
    def spoil(b):
        b.tags[name] = change(dict(b.files())[name])

    return spoil


def info(text):
    def spoil(b):
        octets = sum(len(d) for d in b.payload.values())
        b.info = text.replace("OX", f"{octets}.{len(b.payload)}").encode()

    return spoil


def payload(name):
    return lambda b: b.payload.update({name: b""})


def tar(change):
    return lambda b: setattr(b, "spoil", change)


def listing(change):
    def spoil(b):
        files = b.files()
        b.files = lambda: change(list(files))

    return spoil


def head(offset, value):
    """The first header with another byte, its checksum made right again."""

    def change(data):
        out = bytearray(data)
        out[offset] = value
        out[148:156] = b" " * 8
        out[148:156] = b"%06o\0 " % sum(out[:512])
        return bytes(out)

    return tar(change)


SHA = "manifest-sha512.txt"
CONTAINER = [
    (tag(SHA, lambda d: b"x\n"), "manifest_syntax"),
    (tag(SHA, lambda d: d[:-1]), "manifest_syntax"),
    (tag(SHA, lambda d: d + b"\n"), "manifest_syntax"),
    (tag(SHA, lambda d: d[:128].upper() + d[128:]), "manifest_syntax"),
    (tag(SHA, lambda d: d + d.splitlines(True)[0]), "manifest_duplicate"),
    (tag(SHA, lambda d: b"".join(d.splitlines(True)[1::-1] + d.splitlines(True)[2:])), "manifest_order"),
    (tag(SHA, lambda d: d + b"0" * 128 + b"  data/zzz\n"), "manifest_absent_file"),
    (tag(SHA, lambda d: d.replace(b"\n", b"\r\n", 1)), "manifest_absent_file"),
    (tag("manifest-blake3.txt", lambda d: b""), "manifest_unlisted"),
    (tag("manifest-blake3.txt", lambda d: b"0" * 64 + d[64:]), "digest"),
    (tag("tagmanifest-sha512.txt", lambda d: b"0" * 128 + d[128:]), "digest"),
    (tag("bagit.txt", lambda d: d.replace(b"1.0", b"0.97")), "bag_declaration"),
    (info("Bagging-Date: 2026-01-05\nPayload-Oxum: 1.1\n"), "bag_oxum"),
    (info("Bagging-Date: 2026-01-06\nPayload-Oxum: OX\n"), "date_differs"),
    (info("Payload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-01-05\r\nPayload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-02-30\nPayload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-01-05\nX: y \nPayload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-01-05\nbagging-date: 2026-01-05\nPayload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-01-05\nX: " + "y" * 1001 + "\nPayload-Oxum: OX\n"), "bag_info"),
    (info("Bagging-Date: 2026-01-05\nX: a\u2028b\nPayload-Oxum: OX\n"), "bag_info"),
    (info("\n" * 2000), "bag_info"),
    (payload("con.txt"), "path_reserved"),
    (payload("a."), "path_reserved"),
    (payload(".x"), "path_reserved"),
    (payload("../x"), "path_parent"),
    (payload("a//b"), "path_empty"),
    (payload("a b"), "path_character"),
    (payload("a\\b"), "path_backslash"),
    (payload("\u00e9"), "path_not_ascii"),
    (payload("VERIFY.TXT"), "path_case"),
    (payload("bundle.json/x"), "path_file_and_directory"),
    (listing(lambda f: f[:3] + [f[2]] + f[3:]), "path_duplicate"),
    (listing(lambda f: f[1:]), "bag_missing_file"),
    (listing(lambda f: f[1:] + f[:1]), "bag_order"),
    (listing(lambda f: f + [("data/z", b"")]), "bag_order"),
    (listing(lambda f: f + [("fetch.txt", b"x")]), "bag_unexpected_file"),
    (head(0, ord("x")), "path_outside"),
    (head(105, ord("5")), "tar_header"),
    (head(500, 1), "tar_header"),
    (head(140, ord("7")), "tar_header"),
    (head(257, ord("x")), "tar_header_unreadable"),
    (head(130, ord("9")), "tar_header_unreadable"),
    (head(156, ord("2")), "tar_link"),
    (head(156, ord("3")), "tar_device"),
    (head(156, ord("5")), "tar_directory"),
    (head(156, ord("x")), "tar_pax"),
    (head(156, ord("L")), "tar_gnu"),
    (head(156, 0), "tar_type"),
    (tar(lambda t: t[:1000] + b"x" + t[1001:]), "tar_padding"),
    (tar(lambda t: t[:-1] + b"x"), "tar_end"),
    (tar(lambda t: t + bytes(512)), "tar_trailing"),
    (tar(lambda t: t[:-512]), "tar_truncated"),
    (tar(lambda t: t[:2000]), "tar_truncated"),
    (tar(lambda t: b""), "tar_truncated"),
    (tar(lambda t: bytes(1024)), "bag_missing_file"),
]


@pytest.mark.parametrize("number", range(len(CONTAINER)))
def test_container(w, tmp_path, number):
    change, code = CONTAINER[number]
    b = make(w)
    change(b)
    report = verify(b.write(tmp_path / "b"), w)
    assert "bundle." + code in codes(report) and not report.passed


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
    unused = bytearray(good)
    unused[4] |= 0x10
    wrong = bytearray(good)
    wrong[-1] ^= 1
    samples = (
        (bare, "header"), (unsized, "header"), (bytes(unused), "header"), (good + empty, "empty_frame"), (skippable + good, "skippable"),
        (good + skippable, "skippable"), (good + b"x", "truncated"), (good + b"xxxx", "foreign"), (good[:-1], "truncated"),
        (b"x" * 9, "foreign"), (good[:9], "truncated"), (bytes(wrong), "damaged"),
    )  # fmt: skip
    for bad, code in samples:
        target.write_bytes(bad)
        report = verify(target, w)
        assert not report.passed and "bundle.zst_" + code in codes(report)
    target.write_bytes(good + bytes([0x28, 0xB5, 0x2F, 0xFD, 0x84, 0xFF]) + b"x" * 20)
    assert codes(verify(target, w)) == ["bundle.limit_window"]


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
    rules = tar.index(rfc8785.dumps(json.loads(NEWEST.read_text("utf-8")))[:64])
    end = tar.index(b'events/', rules)
    places = [*range(0, rules, 17), *rng.sample(range(rules, end), 20), *range(end, len(tar), 41)]
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


@pytest.mark.parametrize("edition", ["full", "public"])
def test_without_the_rule_book(w, tmp_path, edition):
    """The law alone is unchecked."""
    args = Namespace(checkpoint=[], allow_partial=False, state=None, save_state=None)
    b = make(w, edition)
    report = bundle.verify_bundle(b.write(tmp_path / "b"), ORIGIN, w.genesis, {}, args)
    assert codes(report) == ["edition.unknown"] and not report.passed
    assert report.verdicts["intact"] == report.verdicts["uncheckable"] == len(w.raws)
    events = b.payload["events/000000000000.jsonl"]
    b.payload["events/000000000000.jsonl"] = events.replace("\u67d0\u5c40".encode(), "\u67d0\u53bf".encode(), 1)
    report = bundle.verify_bundle(b.write(tmp_path / "b"), ORIGIN, w.genesis, {}, args)
    assert codes(report) == ["edition.unknown", "part.digest"]
