"""The proof of one entry: a good one passes, each way of spoiling it is found."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import rfc8785
from conftest import ORIGIN, Key, Writer
from zverify import proof, reading, rulebook

EDITIONS = {e.digest: e for e in rulebook.load_folder(Path(__file__).parent.parent / "schemas")}


@pytest.fixture(scope="module")
def w() -> Writer:
    """Event 0, the staff (1 to 10), two items, a later person and an item after it."""
    office = Writer().open().staff()
    office.publish("item/p1")
    office.register("item/x1")
    office.act(office.admin, ("person.added", "person/z1", {"roles": []}, {"personal": {"name": "z"}}))
    office.register("item/x2")
    return office


def good(w: Writer) -> dict:
    return json.loads(json.dumps(w.proof("item/p1", list(range(11)), public=15)))


def verify(w: Writer, tmp_path: Path, body, genesis: str | None = None, origin: str = ORIGIN):
    target = tmp_path / "proof.json"
    target.write_bytes(body if isinstance(body, bytes) else rfc8785.dumps(body) + b"\n")
    return proof.verify_proof(target, origin, genesis or w.genesis, EDITIONS)


def passes(w: Writer, tmp_path: Path, body) -> bool:
    """Whether a proof can be read and holds."""
    try:
        return verify(w, tmp_path, body).passed
    except reading.Unreadable:
        return False


def codes(report) -> list[str]:
    return sorted({f.code for f in report.findings})


def test_good(w, tmp_path):
    report = verify(w, tmp_path, good(w))
    assert [vars(f) for f in report.findings] == [] and report.passed
    assert report.size == len(w.raws) and len(report.notes) == 1 and str(len(w.raws)) in report.notes[0][1]
    assert codes(verify(w, tmp_path, w.proof("item/x2", [*range(11), 17]))) == []
    assert codes(verify(w, tmp_path, w.proof("person/z1", list(range(11))))) == []
    assert codes(verify(w, tmp_path, w.proof("ledger/main", [0]))) == []


def test_pins(w, tmp_path):
    assert codes(verify(w, tmp_path, good(w), genesis="b3:" + "0" * 64)) == ["genesis.pin"]
    assert {"checkpoint.origin", "chain.broken", "seal.origin"} <= set(codes(verify(w, tmp_path, good(w), origin="other")))


SPOILED = [
    (lambda p: p.update(format=2), "proof.form"),
    (lambda p: p.update(more=1), "proof.form"),
    (lambda p: p.update(size=len(p["events"])), "proof.size"),
    (lambda p: p["events"][0].update(more=1), "proof.form"),
    (lambda p: p["events"][0].update(inclusion="x"), "proof.form"),
    (lambda p: p["events"][0]["event"].update(v="1"), "proof.form"),
    (lambda p: p["events"][0]["event"].update(v=2), "event.version"),
    (lambda p: p["events"][0]["event"].update(at="2026-01-05T09:00:01+08:00"), "proof.inclusion"),
    (lambda p: p["events"].clear(), "proof.back_chain"),
    (lambda p: p["events"].pop(0), "proof.back_chain"),
    (lambda p: p["events"].pop(2), "proof.back_chain"),
    (lambda p: p["events"].reverse(), "proof.back_chain"),
    (lambda p: p.update(subject="item/x1"), "proof.back_chain"),
    (lambda p: p["keys"].clear(), "proof.keys"),
    (lambda p: p["keys"].pop(), "proof.keys"),
    (lambda p: p["keys"].pop(5), "proof.keys"),
    (lambda p: p["keys"].pop(0), "proof.keys"),
    (lambda p: p["keys"].reverse(), "proof.keys"),
    (lambda p: p["keys"].append(p["events"][0]), "proof.keys"),
    (lambda p: p["events"][0]["inclusion"].pop(), "proof.inclusion"),
    (lambda p: p["events"][0]["inclusion"].append("0" * 64), "proof.inclusion"),
    (lambda p: p["keys"][3]["inclusion"].__setitem__(0, "0" * 64), "proof.inclusion"),
    (lambda p: p["events"][1]["sealed"].pop(), "proof.sealed"),
    (lambda p: p["events"][1].update(seal=p["events"][0]["seal"]), "seal.act"),
    (lambda p: p["events"][1].update(seal="x"), "seal.form"),
    (lambda p: p["events"][1].update(seal=p["events"][1]["seal"].replace("\n13\n", "\n14\n")), "seal.signature"),
    (lambda p: p.update(checkpoint="x"), "checkpoint.form"),
    (lambda p: p.update(checkpoint=p["checkpoint"].replace("\n19\n", "\n18\n")), "checkpoint.signature"),
    (lambda p: p["events"][4]["parts"]["open"]["data"].update(title="x"), "part.digest"),
    (lambda p: p["events"][4]["parts"].update(personal=p["events"][4]["parts"]["open"]), "part.leak"),
    (lambda p: p["events"][4]["parts"].update(personal=p["events"][4]["parts"]["open"]), "part.unlisted"),
    (lambda p: p["keys"][0].update(parts=p["events"][4]["parts"]), "part.not_in_force"),
    (lambda p: p["events"][4].update(parts={}), "part.withheld"),
]


@pytest.mark.parametrize("number", range(len(SPOILED)))
def test_spoiled(w, tmp_path, number):
    change, code = SPOILED[number]
    body = good(w)
    before = json.dumps(body)
    change(body)
    assert json.dumps(body) != before
    if code.endswith(".form"):
        with pytest.raises(reading.Unreadable):
            verify(w, tmp_path, body)
        return
    report = verify(w, tmp_path, body)
    assert code in codes(report) and not report.passed


def test_more_keys_than_named(w, tmp_path):
    body = w.proof("item/p1", [*range(11), 17], public=15)
    assert codes(verify(w, tmp_path, body)) == ["proof.keys"]


def test_a_withheld_revocation(w, tmp_path):
    """Leaving out the act that revokes a key does not make its later signature good."""
    office = w.copy()
    clerk = office.people["clerk"]
    reason = next(iter(next(iter(EDITIONS.values())).codes["revoke_reason"]))
    revoked = office.act(office.admin, ("key.revoked", clerk.holder, {"key": clerk.text, "reason": reason}, {}))
    office.register("item/x9")
    assert codes(verify(office, tmp_path, office.proof("item/x9", [*range(11), 17, revoked]))) == ["signer.revoked"]
    assert "proof.keys" in codes(verify(office, tmp_path, office.proof("item/x9", [*range(11), 17])))


def test_other_signers(w, tmp_path):
    office = w.copy()
    office.act(Key("stranger", "person/cler0"), ("item.registered", "item/x9", {}, {}))
    assert codes(verify(office, tmp_path, office.proof("item/x9", [*range(11), 17]))) == ["signer.unknown"]
    office.act(office.ledger, ("item.registered", "item/x8", {}, {}))
    assert codes(verify(office, tmp_path, office.proof("item/x8", [*range(11), 17]))) == ["signer.not_for_acts"]


def test_every_byte(w, tmp_path):
    data, rng = rfc8785.dumps(good(w)) + b"\n", random.Random(2)
    for position in rng.sample(range(len(data)), 400):
        bad = bytearray(data)
        bad[position] ^= 1 << rng.randrange(8)
        assert not passes(w, tmp_path, bytes(bad)), position


@pytest.mark.parametrize("data", [b"", b"\n", b"[]\n", b"{}\n", b"[" * 100_000, b"\xff\n", b'{"a":1}'])
def test_hostile_files(w, tmp_path, data):
    with pytest.raises(reading.Unreadable):
        verify(w, tmp_path, data)


def test_hostile_members(w, tmp_path):
    rng = random.Random(4)
    values = [None, True, -1, "", "x", [], {}, [None], 2**53 - 1, {"a": []}]
    for _ in range(600):
        body = good(w)
        node = body
        while True:
            name = rng.choice(list(node) if isinstance(node, dict) else range(len(node)))
            if not isinstance(node[name], (dict, list)) or not node[name] or rng.random() < 0.25:
                break
            node = node[name]
        value = rng.choice(values)
        if rfc8785.dumps(node[name]) != rfc8785.dumps(value):
            node[name] = value
            assert not passes(w, tmp_path, body)
