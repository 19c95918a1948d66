"""The second verifier on ledgers of its own tiny writer: good ones pass, one sample for every finding code."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import rfc8785
import zstandard
from conftest import ORIGIN, Key, Writer, mth, path, subproof, without_prefix
from zverify import canon, crypto, ledger, notes, reading, rulebook, tree

SCHEMAS = Path(__file__).parent.parent / "schemas"
EDITIONS = {e.digest: e for e in rulebook.load_folder(SCHEMAS)}


def check(writer: Writer, tmp_path: Path, data: bytes | None = None, genesis: str | None = None, checkpoints=(), origin=ORIGIN):
    folder = writer.write(tmp_path / "ledger", data)
    files = []
    for n, note in enumerate(checkpoints):
        files.append(tmp_path / f"cp{n}")
        files[-1].write_bytes(note.encode())
    return without_prefix(ledger.verify_ledger(folder, origin, genesis or writer.genesis, EDITIONS, files))


def codes(report, cls: str | None = None) -> list[tuple]:
    return sorted(((f.code, f.seq) for f in report.findings if cls in (None, f.cls)), key=str)


def encode(lines) -> bytes:
    return b"".join(rfc8785.dumps(line) + b"\n" for line in lines)


# canonical form


def random_value(rng: random.Random, depth: int = 4):
    pick = rng.randrange(7 if depth else 4)
    if pick == 0:
        return rng.choice([0, 1, -1, 2**53 - 1, 1 - 2**53, rng.randrange(10**6)])
    if pick == 1:
        return "".join(rng.choice("a\"\\\n\t\x01\x1f\x7f/\u20ac\u2028\U0001f600\ue000z") for _ in range(rng.randrange(6)))
    if pick in (2, 3):
        return rng.choice([True, False, None])
    if pick == 4:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {"".join(rng.choice("abAB_0 ~") for _ in range(3)): random_value(rng, depth - 1) for _ in range(rng.randrange(4))}


def test_encode_agrees_with_rfc8785():
    rng = random.Random(7)
    for _ in range(3000):
        value = random_value(rng)
        data = rfc8785.dumps(value)
        assert canon.encode(value) == data
        again, exact = canon.parse(data)
        assert exact and canon.equal(again, value)


@pytest.mark.parametrize(
    "text",
    ['{"b":1,"a":1}', '{"a": 1}', ' {"a":1}', '{"a":"\\u0041"}', '{"a":"\\/"}', '{"a":-0}', '{"a":"\\u00E9"}', '{"a":"\\u001F"}'],
)  # fmt: skip
def test_not_canonical(text):
    value, exact = canon.parse(text.encode())
    assert not exact


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1.0}', b'{"a":1e3}', b'{"a":9007199254740992}', b'{"a":-9007199254740992}', b'{"a":NaN}', b'{"a":Infinity}',
        b'{"a":1,"a":2}', b'{"\xc3\xa9":1}', b'{"a\\n":1}', b'{"a":"\\ud800"}', b'{"a":"\\u0000"}', b'{"a":"\x01"}',
        b'\xef\xbb\xbf{}', b'{"a":"\xff"}', b'{"a":"\xed\xa0\x80"}', b"", b"{", b'{"a":01}', b'{"a":1}x', b'"' + b'\\"' * 9000,
        b"[" * 17 + b"]" * 17, b"[" * 100_000, b'{"a":' * 50_000, b"1" * 5000, b'{"a":"\\u0000x\\\\u0000"}',
    ],
)  # fmt: skip
def test_refused(data):
    with pytest.raises(canon.Refused):
        canon.parse(data)


def test_accepted_edges():
    assert canon.parse(b"[" * 16 + b"]" * 16)[1]
    assert canon.parse(b'{"a":"[[[[[[[[[[[[[[[[[[[[[["}')[1]
    assert canon.parse(rb'{"a":"\\u0000"}') == ({"a": "\\u0000"}, True)
    assert canon.parse(b'{"a":9007199254740991}')[1]
    assert not canon.equal({"a": True}, {"a": 1})


# digests, signatures, notes, tree


def test_the_predicate():
    assert crypto.cofactorless()
    key = Key("x", "person/x")
    good = key.sign("m")
    assert crypto.verify(key.public, b"m", good)
    s = int.from_bytes(good[32:], "little") + crypto._L
    assert not crypto.verify(key.public, b"m", good[:32] + s.to_bytes(32, "little"))
    small = [(y | s << 255).to_bytes(32, "little") for y in crypto._SMALL_Y for s in (0, 1)]
    small += [(y + 2**255 - 19).to_bytes(32, "little") for y in (0, 1)]
    base = bytes.fromhex("58" + "66" * 31)
    for point in small:
        assert not crypto.verify(point, b"m", base + (1).to_bytes(32, "little"))
        assert not crypto.verify(key.public, b"m", point + good[32:])
        assert not crypto.torsion_free(point)
    assert crypto.torsion_free(key.public)
    mixed = crypto._encode(crypto._add(crypto._decode(key.public), crypto._torsion_point()))
    assert not crypto.torsion_free(mixed)
    assert not crypto.torsion_free((2**255 - 18).to_bytes(32, "little"))


def test_rfc8032_vector():
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert crypto.verify(public, b"\x72", signature)
    assert not crypto.verify(public, b"\x73", signature)


def test_tree_and_proofs():
    leaves = [bytes([n]) * n for n in range(40)]
    grown = tree.Tree()
    for n, leaf in enumerate(leaves):
        assert grown.root() == mth(leaves[:n])
        grown.append(leaf)
    for size in (1, 2, 3, 7, 8, 13, 40):
        for index in range(size):
            proof, leaf = path(index, leaves[:size]), tree.leaf_hash(leaves[index])
            assert tree.root_from_inclusion(index, size, leaf, proof) == mth(leaves[:size])
            assert tree.root_from_inclusion(index, size, leaf, proof + [leaf]) != mth(leaves[:size])
            if proof:
                assert tree.root_from_inclusion(index, size, leaf, proof[:-1]) is None
        for old in range(1, size + 1):
            proof = subproof(old, leaves[:size], True)
            assert tree.consistent(old, size, mth(leaves[:old]), mth(leaves[:size]), proof)
            assert not tree.consistent(old, size, b"x" * 32, mth(leaves[:size]), proof)
            assert not tree.consistent(old, size, mth(leaves[:old]), mth(leaves[:size]), proof + [b"x" * 32])
    assert tree.root_from_inclusion(5, 5, b"", []) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1], lambda s: s + "\n", lambda s: s.replace("\u2014", "-"), lambda s: s.replace("\n\n", "\n"),
        lambda s: s.replace("\n3\n", "\n03\n"), lambda s: s + s.splitlines(True)[-1], lambda s: "x\n" + s,
        lambda s: s.replace("act 1", "act  1"), lambda s: s.replace("=\n", "\n", 1), lambda s: s + "\u2014 a+b AAAAAAAA\n",
    ],
)  # fmt: skip
def test_bad_seal_notes(change):
    key = Key("k", "person/k")
    text = f"o\n3\n{base64.b64encode(bytes(32)).decode()}\nact 1 b3:{'0' * 64}\n"
    good = key.note("o/k", text)
    assert notes.read_seal(good).size == 3
    with pytest.raises(notes.BadNote):
        notes.read_seal(change(good))


# ledgers: the format


def test_good_ledgers_pass(office, tmp_path):
    office.publish("item/p1")
    office.withhold("item/w1")
    report = check(office, tmp_path, checkpoints=[office.checkpoint(), office.checkpoint(4)])
    assert codes(report) == [] and report.passed and not report.prefix
    assert report.size == len(office.raws) and report.head == office.hashes[-1] and report.root == mth(office.raws).hex()
    assert report.verdicts["intact"] == report.verdicts["lawful"] == report.size
    assert check(office, tmp_path).prefix


def test_segments_plain_and_compressed(office, tmp_path):
    office.publish("item/p1")
    lines = office.encoded()
    cut = next(n for n, line in enumerate(lines) if line.startswith(b'{"seal"') and n > 3) + 1
    first = office.last and sum(b'"event"' in line[:8] for line in lines[:cut])
    log = tmp_path / "ledger" / "log"
    log.mkdir(parents=True)
    frame = zstandard.ZstdCompressor(write_checksum=True)
    half = b"".join(lines[:cut])
    (log / "000000000000.jsonl.zst").write_bytes(frame.compress(half[:500]) + frame.compress(half[500:]))
    (log / f"{first:012}.jsonl").write_bytes(b'{"synced":%d}\n' % first + b"".join(lines[cut:]))
    (log / f"{first:012}.jsonl.zst").write_bytes(b"not read, the other form wins")
    (log / "notes.txt").write_bytes(b"not a segment")
    report = without_prefix(ledger.verify_ledger(tmp_path / "ledger", ORIGIN, office.genesis, EDITIONS, []))
    assert codes(report) == []
    (log / f"{first:012}.jsonl").rename(log / f"{first + 1:012}.jsonl")
    (log / f"{first:012}.jsonl.zst").unlink()
    report = without_prefix(ledger.verify_ledger(tmp_path / "ledger", ORIGIN, office.genesis, EDITIONS, []))
    assert codes(report) == [("file.start", None)]
    (log / "000000000000.jsonl.zst").write_bytes(frame.compress(half)[:-3])
    report = ledger.verify_ledger(tmp_path / "ledger", ORIGIN, office.genesis, EDITIONS, [])
    assert not report.passed


def spoil_line(writer, number, change, tmp_path):
    lines = writer.encoded()
    lines[number] = change(lines[number])
    return check(writer, tmp_path, b"".join(lines))


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda line: line.replace(b'"event"', b' "event"', 1), "line.canonical"),
        (lambda line: line.replace(b'"v":1}', b'"v":1.5}', 1), "line.canonical"),
        (lambda line: b"\xff\n", "line.canonical"),
        (lambda line: b"\n", "line.canonical"),
        (lambda line: b'"' + b"x" * (1 << 20) + b'"\n', "line.canonical"),
        (lambda line: line.replace(b'"v":1}', b'"w":2}', 1), "line.shape"),
        (lambda line: b"[]\n", "line.shape"),
        (lambda line: b'{"mark":1}\n', "line.shape"),
        (lambda line: b'{"synced":-1}\n', "line.shape"),
        (lambda line: b'{"event":{},"parts":{},"seal":""}\n', "line.shape"),
    ],
)
def test_bad_lines(office, tmp_path, change, code):
    office.publish("item/p1")
    report = spoil_line(office, len(office.lines) - 4, change, tmp_path)
    assert code in {f.code for f in report.findings} and not report.passed


def test_a_line_that_is_not_canonical_is_not_taken(office, tmp_path):
    office.publish("item/p1")
    report = spoil_line(office, len(office.lines) - 2, lambda line: line.replace(b'"seq"', b' "seq"'), tmp_path)
    assert codes(report) == [("line.canonical", None), ("seal.stray", None)]


def test_unterminated(office, tmp_path):
    data = b"".join(office.encoded())
    found = [("act.unsealed", 10), ("line.unterminated", None)]
    assert codes(check(office, tmp_path, data[:-1])) == found == codes(check(office, tmp_path, data[:-20]))


def twisted(tmp_path, code_seq, twist=None, seal_twist=None, **more):
    """A ledger whose third act is spoiled by the twist and sealed over what stands there."""
    office = Writer().open().staff()
    subject = "item/t1"
    facts = {"origin": "made", "responsible": "self", "responsible_ground": "made"}
    event = ("item.registered", subject, facts, {"closed": {"title": "t"}})
    office.act(office.people["clerk"], event, twist=twist, seal_twist=seal_twist, **more)
    report = check(office, tmp_path)
    assert codes(report) == code_seq, [vars(f) for f in report.findings]
    assert not report.passed
    return report


def set_event(**members):
    return lambda line: line["event"].update(members)


def test_event_version(tmp_path):
    twisted(tmp_path, [("event.version", 11)], set_event(v=2))


def test_prev(tmp_path):
    twisted(tmp_path, [("chain.broken", 11)], set_event(prev="b3:" + "0" * 64))


def test_last(tmp_path):
    twisted(tmp_path, [("last.wrong", 11)], set_event(last=3))


def test_keys(tmp_path):
    twisted(tmp_path, [("keys.wrong", 11)], set_event(keys=3))


def test_time(tmp_path):
    twisted(tmp_path, [("time.order", 11)], lambda line: line["event"].update(at="2026-01-05T08:59:59+08:00"))


def test_act_boundary(tmp_path):
    twisted(tmp_path, [("act.boundary", 11), ("seal.act", 11)], set_event(act=10))


def test_seal_texts(tmp_path):
    zero = base64.b64encode(bytes(32)).decode()
    for change, code in (
        ({"origin": "other", "name": f"other/{Key('clerk', '').text[8:24]}"}, "seal.origin"),
        ({"size": "11"}, "seal.size"),
        ({"root": zero}, "seal.root"),
        ({"act": "act 11 b3:" + "0" * 64}, "seal.act"),
        ({"name": "x"}, "seal.signature"),
    ):
        twisted(tmp_path, [(code, 11)], seal_twist=lambda f, change=change: f.update(change))


def test_a_note_that_is_no_seal_does_not_close_the_act(tmp_path):
    for change in ({"size": "012"}, {"name": "a b"}, {"act": "act 11"}, {"origin": ""}):
        twisted(tmp_path, [("act.unsealed", 11), ("seal.form", None)], seal_twist=lambda f, change=change: f.update(change))


def test_seal_by_another_key(tmp_path):
    twisted(tmp_path, [("seal.signature", 11)], signer=Key("admin", "person/a0"))


def test_unsealed_at_the_end(tmp_path):
    twisted(tmp_path, [("act.unsealed", 11)], sealed=False)


def test_unsealed_before_another(office, tmp_path):
    office.act(office.admin, ("person.added", "person/z1", {"roles": []}, {"personal": {"name": "z"}}), sealed=False)
    office.act(office.admin, ("person.added", "person/z2", {"roles": []}, {"personal": {"name": "z"}}))
    assert codes(check(office, tmp_path)) == [("act.unsealed", 12)]


def test_stray_seal(office, tmp_path):
    lines = office.encoded()
    report = check(office, tmp_path, b"".join(lines) + lines[-1])
    assert [c for c, _ in codes(report)] == ["seal.stray"]


def test_act_signer_time_size(office, tmp_path):
    added = [("person.added", f"person/x{n}", {"roles": []}, {"personal": {"name": "x"}}) for n in range(4097)]
    other = office.copy()
    spoil = {12: {"at": "2026-01-05T09:00:01+08:00"}, 13: {"by": office.people["clerk"].text}}
    late = {14: {"at": "2026-01-05T09:00:01+08:00"}}

    def twist(line):
        line["event"].update((spoil | late).get(line["event"]["seq"], {}))

    office.act(office.admin, *added[:4], twist=twist)
    found = codes(check(office, tmp_path), "integrity")
    assert ("act.time", 12) in found and ("act.signer", 13) in found and ("time.order", 13) in found
    other.act(other.admin, *added)
    assert codes(check(other, tmp_path)) == [("act.size", 11 + 4096)]


def test_signers(office, tmp_path):
    event = ("person.added", "person/z1", {"roles": []}, {"personal": {"name": "z"}})
    for key, code in ((Key("stranger", "person/a0"), "signer.unknown"), (office.ledger, "signer.not_for_acts")):
        one = office.copy()
        one.act(key, event)
        assert codes(check(one, tmp_path)) == [(code, 11)]
    clerk = office.people["clerk"]
    office.act(office.admin, ("key.revoked", clerk.holder, {"key": clerk.text, "reason": "left"}, {}))
    office.register("item/x1")
    report = check(office, tmp_path)
    assert codes(report, "integrity") == [("signer.revoked", 12)]


def test_enrolment_takes_effect_after_its_act(tmp_path):
    office = Writer().open()
    key = Key("new", "person/n1")
    facts = {"key": key.text, "possession": key.possession()}
    added = ("person.added", key.holder, {"roles": ["clerk"]}, {"personal": {"name": "n"}})
    enrolled = ("key.enrolled", key.holder, facts, {})
    spoil = {"by": key.text}
    same = office.copy()
    same.act(same.admin, added, enrolled, twist=lambda line: line["event"].update(spoil), signer=key)
    assert codes(check(same, tmp_path)) == [("signer.unknown", 1)]
    office.act(office.admin, added, enrolled)
    office.act(key, ("person.added", "person/z1", {"roles": []}, {"personal": {"name": "z"}}))
    assert codes(check(office, tmp_path)) == [("role.missing", 3)]


def line_of(office, seq):
    return next(n for n, line in enumerate(office.lines) if line.get("event", {}).get("seq") == seq)


@pytest.mark.parametrize(
    "change, code",
    [
        (lambda p: p["parts"].update(open=p["parts"]["closed"]), "part.unlisted"),
        (lambda p: p["parts"]["closed"]["data"].update(title="other"), "part.digest"),
    ],
)
def test_parts_changed(office, tmp_path, change, code):
    seq = office.register("item/x1")
    line = office.lines[line_of(office, seq)]
    change(line)
    assert codes(check(office, tmp_path)) == [(code, seq)]


def test_parts_committed_but_wrong(office, tmp_path):
    seq = office.register("item/x1")
    facts = {"origin": "made", "responsible": "self", "responsible_ground": "made"}
    event = ("item.registered", "item/x2", facts, {"closed": {"title": "t", "origin": "obtained"}})
    office.act(office.people["clerk"], event)
    assert codes(check(office, tmp_path)) == [("part.fact", seq + 1)]
    empty = office.copy()
    empty.act(office.people["clerk"], ("item.registered", "item/x3", facts, {"closed": {"title": ""}}))
    assert ("part.member_missing", seq + 2) in codes(check(empty, tmp_path))
    import conftest

    def bad_salt(line):
        line["parts"]["closed"]["salt"] = "AAAA"
        line["event"]["parts"]["closed"] = conftest.derive("zhaoce.v1.part", rfc8785.dumps(line["parts"]["closed"]))

    office.act(office.people["clerk"], ("item.registered", "item/x3", facts, {"closed": {"title": "t"}}), twist=bad_salt)
    assert ("part.shape", seq + 2) in codes(check(office, tmp_path))


def test_absent_and_erased(office, tmp_path):
    seq = office.register("item/x1")
    digest = office.lines[line_of(office, seq)]["event"]["parts"]["closed"]
    office.lines[line_of(office, seq)]["parts"] = {}
    assert codes(check(office, tmp_path)) == [("part.absent", seq)]
    for given, expected in ((digest, []), ("b3:" + "0" * 64, [("erasure.digest", seq + 1)])):
        one = office.copy()
        facts = {"of": seq, "part": "closed", "digest": given, "ground": "third_party", "asked_by": "person_concerned"}
        facts["ground"] = next(iter(next(iter(EDITIONS.values())).codes["erase_ground"]))
        facts["asked_by"] = next(iter(next(iter(EDITIONS.values())).codes["asked_by"]))
        one.act(one.admin, ("part.erased", "item/x1", facts, {}))
        assert codes(check(one, tmp_path)) == expected


def test_erasures_that_do_not_stand(office, tmp_path):
    """Who has not the role, or no key, excuses no missing part."""
    seq = office.register("item/x1")
    line = line_of(office, seq)
    erase = {"of": seq, "part": "closed", "digest": office.lines[line]["event"]["parts"]["closed"]}
    book = next(iter(EDITIONS.values()))
    erase |= {"ground": next(iter(book.codes["erase_ground"])), "asked_by": next(iter(book.codes["asked_by"]))}
    held = office.copy()
    held.act(held.admin, ("part.erased", "item/x1", erase, {}))
    assert codes(check(held, tmp_path)) == [("part.erasure_pending", seq)] and check(held, tmp_path).passed
    office.lines[line]["parts"] = {}
    for key, code in ((office.people["clerk"], "role.missing"), (Key("stranger", "person/a0"), "signer.unknown")):
        one = office.copy()
        one.act(key, ("part.erased", "item/x1", erase, {}))
        assert codes(check(one, tmp_path)) == [("part.absent", seq), (code, seq + 1)]


def test_beside_a_writer(office, tmp_path, monkeypatch):
    """What is still being written is left to the next look; what was torn is found."""
    whole = b"".join(office.encoded())
    office.register("item/x1")
    more = b"".join(office.encoded())[len(whole) :]
    cut = len(more) * 2 // 3
    folder = office.write(tmp_path / "ledger", whole + more[:cut])
    look = lambda: without_prefix(ledger.verify_ledger(folder, ORIGIN, office.genesis, EDITIONS, []))  # noqa: E731
    assert [c for c, _ in codes(look())] == ["line.unterminated"]
    monkeypatch.setattr(reading, "WAIT", 0.1)

    def go_on():
        with open(folder / "log" / "000000000000.jsonl", "ab") as file:
            file.write(more[cut:])

    writer = threading.Timer(0.25, go_on)
    writer.start()
    report = look()
    writer.join()
    assert codes(report) == [] and report.size == 11
    assert look().size == 12


def test_synced(office, tmp_path):
    lines = office.encoded()
    good = [b'{"synced":0}\n', *lines[:2], b'{"synced":1}\n', *lines[2:]]
    assert codes(check(office, tmp_path, b"".join(good))) == []
    wrong = [*lines[:2], b'{"synced":2}\n', *lines[2:]]
    assert codes(check(office, tmp_path, b"".join(wrong))) == [("synced.wrong", None)]
    inside = [*lines[:4], b'{"synced":3}\n', *lines[4:]]
    assert [c for c, _ in codes(check(office, tmp_path, b"".join(inside)))] == ["synced.wrong"]
    twice = [*lines[:2], b'{"synced":1}\n', b'{"synced":1}\n', *lines[2:]]
    assert codes(check(office, tmp_path, b"".join(twice))) == [("synced.wrong", None)]


def test_empty(office, tmp_path):
    assert codes(check(office, tmp_path, b"")) == [("log.empty", None)]
    for folder in (tmp_path / "bare", tmp_path / "bare" / "log"):
        folder.mkdir()
        report = ledger.verify_ledger(tmp_path / "bare", ORIGIN, office.genesis, EDITIONS, [])
        assert [f.code for f in report.findings] == ["log.empty", "prefix.unproved"]
    with pytest.raises(reading.Unreadable):
        ledger.verify_ledger(tmp_path / "no such folder", ORIGIN, office.genesis, EDITIONS, [])


def test_genesis_pin(office, tmp_path):
    assert codes(check(office, tmp_path, genesis="b3:" + "0" * 64)) == [("genesis.pin", 0)]


def test_another_origin(office, tmp_path):
    found = codes(check(office, tmp_path, origin="other.gov.cn/x"))
    assert ("chain.broken", 0) in found and ("seal.origin", 0) in found


@pytest.mark.parametrize(
    "note, code",
    [
        (lambda o: o.checkpoint(origin="other"), "checkpoint.origin"),
        (lambda o: o.checkpoint(key=o.admin), "checkpoint.signature"),
        (lambda o: Writer.checkpoint(fork(o)), "checkpoint.fork"),
        (lambda o: Writer.checkpoint(longer(o)), "checkpoint.shorter"),
    ],
)
def test_checkpoints(office, tmp_path, note, code):
    report = check(office, tmp_path, checkpoints=[note(office)])
    assert [c for c, _ in codes(report)] == [code] and not report.passed


@pytest.mark.parametrize("note", ["", "x", "a\n\nb\n"])
def test_a_checkpoint_that_is_none_is_unreadable(office, tmp_path, note):
    with pytest.raises(reading.Unreadable):
        check(office, tmp_path, checkpoints=[note])


def fork(office):
    other = office.copy()
    other.raws[3] = b"other"
    return other


def longer(office):
    other = office.copy()
    other.register("item/x1")
    return other


def test_cosigned_checkpoint(office, tmp_path):
    note = office.checkpoint()
    text = note[: note.index("\n\n") + 1]
    witness = Key("witness", "person/w").note("witness.example", text).splitlines(True)[-1]
    assert codes(check(office, tmp_path, checkpoints=[note + witness])) == []


def test_order_of_events(office, tmp_path):
    office.publish("item/p1")
    lines = office.encoded()
    at = line_of(office, 12)
    dropped = lines[:at] + lines[at + 2 :]
    found = codes(check(office, tmp_path, b"".join(dropped)))
    assert ("seq.order", 13) in found and ("chain.broken", 13) in found and not any(c == "seal.root" for c, _ in found)
    doubled = lines[:at] + lines[at : at + 2] + lines[at:]
    assert ("seq.order", 12) in codes(check(office, tmp_path, b"".join(doubled)))


def test_every_byte_and_line(office, tmp_path):
    """Any flipped bit, any dropped, doubled or swapped line is found; nothing raises."""
    office = Writer().open()
    office.act(office.admin, ("person.added", "person/z1", {"roles": []}, {"personal": {"name": "\u738b"}}))
    data, rng = b"".join(office.encoded()), random.Random(3)
    note = [office.checkpoint()]
    for position in range(len(data)):
        bad = bytearray(data)
        bad[position] ^= 1 << rng.randrange(8)
        assert not check(office, tmp_path, bytes(bad), checkpoints=note).passed, position
    lines = office.encoded()
    for n in range(len(lines)):
        for changed in (lines[:n] + lines[n + 1 :], lines[: n + 1] + lines[n:], lines[:n] + lines[n : n + 2][::-1] + lines[n + 2 :]):
            if changed != lines:
                assert not check(office, tmp_path, b"".join(changed), checkpoints=note).passed


HOSTILE = [
    b'{"seal":"' + b"x" * 5000 + b'"}\n',
    b'{"seal":"\\n\\n"}\n',
    b'{"synced":9007199254740991}\n',
    b'{"event":{},"parts":{}}\n',
    b'{"event":null,"parts":null}\n',
    b"[" * 1_000_000 + b"\n",
    b"\x00" * 4096,
    b'{"seal":"\\u2014 \\ud83d\\ude00"}\n',
]


@pytest.mark.parametrize("noise", HOSTILE)
def test_hostile_lines(office, tmp_path, noise):
    lines = office.encoded()
    for at in (0, 1, 5, len(lines)):
        assert not check(office, tmp_path, b"".join(lines[:at]) + noise + b"".join(lines[at:])).passed


def hostile_values():
    yield from (None, True, 0, -1, "", "x", [], {}, [None], {"a": {}}, 2**53 - 1, ["a", 1], "person/", [[]], [{"roles": "ledger"}])


def test_hostile_facts(tmp_path):
    """Whatever stands in a fact, the verifier answers."""
    edition = next(iter(EDITIONS.values()))
    office = Writer().open().staff()
    office.publish("item/p1")
    clerk = office.people["clerk"]
    for kind, entry in edition.kinds.items():
        one = office.copy()
        names = list(edition.facts) + list(entry["facts"])
        for value in hostile_values():
            for subject in ("item/p1", "ledger/main", clerk.holder, "round/r1", "request/x"):
                one.act(one.admin, (kind, subject, {n: value for n in names}, {}), twist=lambda line: line["event"]["parts"].clear())
        assert not check(one, tmp_path).passed
    for value in hostile_values():
        one = Writer()
        one.act(one.admin, ("ledger.opened", "ledger/main", {"keys": value, "rules": value}, {}))
        assert not check(one, tmp_path, checkpoints=[one.checkpoint()]).passed


# the command


def run(*arguments) -> subprocess.CompletedProcess:
    script = Path(__file__).parent / "verify.py"
    return subprocess.run([sys.executable, str(script), *map(str, arguments)], capture_output=True, text=True)


def test_command(office, tmp_path):
    folder = office.write(tmp_path / "ledger")
    pins = ("--origin", ORIGIN, "--genesis", office.genesis)
    good = run("ledger", folder, *pins, "--json")
    body = json.loads(good.stdout)
    assert good.returncode == 0 and body["passed"] and body["size"] == 11 and [f["code"] for f in body["findings"]] == ["prefix.unproved"]
    assert "\u901a\u8fc7 \u00b7 passed" in run("ledger", folder, *pins).stdout
    office.write(tmp_path / "ledger", b"".join(office.encoded())[:-1])
    bad = run("ledger", folder, *pins, "--json")
    assert bad.returncode == 1 and json.loads(bad.stdout)["findings"][0]["code"] == "line.unterminated"
    assert run("ledger", tmp_path / "no", *pins).returncode == 2
    assert run("ledger", folder, "--origin", ORIGIN, "--genesis", "x").returncode == 2
    assert run("ledger", folder).returncode == 2
    (tmp_path / "cp").write_bytes(b"x" * 5000)
    assert run("ledger", folder, *pins, "--checkpoint", tmp_path / "cp").returncode in (1, 2)
