"""Receipts: the cosignature vector that both verifiers share, and receipts held against a log, by a writer of its own.

`ZHAOCE_WRITE_FIXTURES=1 pytest test_receipts.py -k vector` writes the vector anew."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import nacl.signing
import pytest
from conftest import NEWEST, ORIGIN, Key, Writer, edition_digest, mth, subproof, without_prefix
from zverify import crypto, ledger, notes, rulebook, state
from zverify.times import Times, told, unix

VECTOR = Path(__file__).parent.parent / "tests" / "fixtures" / "cosigned.json"
EDITIONS = {e.digest: e for e in rulebook.load_folder(Path(__file__).parent.parent / "schemas")}
WITNESS = "archive.example/witness"
TIME = 1772409600  # 2026-03-02T08:00:00+08:00


# the vector, by PyNaCl and hashlib alone


def signing(seed: int) -> nacl.signing.SigningKey:
    return nacl.signing.SigningKey(bytes([seed]) * 32)


def line(name: str, algorithm: int, key: nacl.signing.SigningKey, signature: bytes) -> str:
    key_hash = hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + bytes(key.verify_key)).digest()[:4]
    return f"\u2014 {name} {base64.b64encode(key_hash + signature).decode()}\n"


def checkpoint(origin: str, size: int, root: bytes, seed: int) -> str:
    text = f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"
    return text + "\n" + line(origin, 1, signing(seed), signing(seed).sign(text.encode()).signature)


def cosigned(note: str, name: str, seed: int, time: int) -> str:
    text = note[: note.rindex("\n\n") + 1]
    signature = signing(seed).sign(f"cosignature/v1\ntime {time}\n{text}".encode()).signature
    return note + line(name, 4, signing(seed), time.to_bytes(8, "big") + signature)


def vector() -> dict:
    """A receipt, and what an archive cosigned: three trees of one office, the second of the first one's size."""
    office, archive, own = "other.gov.cn/xxgk", "example.gov.cn/xxgk/witness", 80
    trees = {"ten": (10, 1), "fork": (10, 2), "eight": (8, 3), "twelve": (12, 4)}
    bare = {name: checkpoint(office, size, bytes([fill]) * 32, own) for name, (size, fill) in trees.items()}
    receipt = checkpoint("example.gov.cn/xxgk", 7, bytes([9]) * 32, 100)
    text = lambda seed: "ed25519:" + bytes(signing(seed).verify_key).hex()  # noqa: E731
    possession = f"example.gov.cn/xxgk\nenrol\n{text(70)}\nperson/keeper\n".encode()
    return {
        "office": {"origin": office, "ledger_key": text(own)},
        "archive": {"name": archive, "key": text(70), "possession": base64.b64encode(signing(70).sign(possession).signature).decode()},
        "bare": bare,
        "notes": {name: cosigned(note, archive, 70, TIME) for name, note in bare.items()},
        "witness": {"name": WITNESS, "key": text(90), "seed": 90, "time": TIME},
        "checkpoint": receipt,
        "receipt": cosigned(receipt, WITNESS, 90, TIME),
    }  # fmt: skip


def test_the_vector_is_what_the_definition_gives():
    made = json.dumps(vector(), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("ZHAOCE_WRITE_FIXTURES"):
        VECTOR.write_text(made, "utf-8")
    assert VECTOR.read_text("utf-8") == made


def test_a_cosignature_says_when_and_by_whom():
    given = json.loads(VECTOR.read_text("utf-8"))
    name, key = WITNESS, given["witness"]["key"]
    read = notes.read_checkpoint(given["receipt"])
    assert read.cosigned_by(name, key) == TIME
    assert read.signed_by("ed25519:" + bytes(signing(100).verify_key).hex())
    assert notes.read_checkpoint(given["checkpoint"]).cosigned_by(name, key) is None
    assert read.cosigned_by("archive.example/other", key) is None
    assert read.cosigned_by(name, given["archive"]["key"]) is None
    twice = notes.read_checkpoint(cosigned(given["receipt"], name, 90, TIME - 5))
    assert twice.cosigned_by(name, key) == TIME - 5


def test_notes_hold_no_control_characters_and_no_empty_signature():
    note = json.loads(VECTOR.read_text("utf-8"))["receipt"]
    assert notes.is_note(note)
    for bad in (note.replace("witness ", "wit\x01ness "), note.replace("\n", "\r\n", 1), note + "\u2014 a AAAAAA==\n", "a\n\n", 7, ""):
        assert not notes.is_note(bad), bad
    assert notes.is_note("a\x7f\n\n\u2014 a AAAAAAA=\n")


# times


def test_times_hold_a_receipt_against_the_events_on_both_sides():
    times = Times()
    for number, at in enumerate([100, 100, 1000, 1000, 2000]):
        times.note(number, at)
    assert times.first == [0, 2, 4]
    assert times.against(2, 1000) is None
    assert times.against(2, 1300) is None
    assert times.against(2, 1301) == ("receipt.backdated", 1000)
    assert times.against(4, 700) is None
    assert times.against(4, 699) == ("receipt.postdated", 1000)
    assert times.against(0, -(10**9)) is None
    times.note(5, 50)
    assert times.against(4, 1000) == ("receipt.backdated", 50)
    times.raise_floor(1000)
    times.raise_floor(600)
    assert times.floor == 700


def test_moments_are_seconds_and_back():
    for moment in ("1970-01-01T08:00:00+08:00", "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59+08:00", "2026-03-02T08:00:00+08:00"):
        assert told(unix(moment)) == moment
    assert unix("2026-03-02T08:00:00+08:00") == TIME
    assert told(1 << 62) == str(1 << 62)


# receipts in a log


class Office(Writer):
    """Minutes go by between acts; a witness is adopted."""

    witness = Key("witness", "person/w0")

    def go(self, *events, seconds: int = 60, **more) -> int:
        self.at = (datetime.fromisoformat(self.at) + timedelta(seconds=seconds)).isoformat()
        self.on = self.at[:10]
        return self.act(self.admin, *events, **more)

    def adopt(self, name: str = "a") -> None:
        facts = {"name": WITNESS, "key": self.witness.text}
        self.go(("witness.adopted", f"witness/{name}", facts, {}))

    def seen(self, size: int | None = None, time: int | None = None, root: bytes | None = None) -> dict:
        """The facts of a receipt over the first `size` events."""
        size = len(self.raws) if size is None else size
        text = f"{self.origin}\n{size}\n{base64.b64encode(root or mth(self.raws[:size])).decode()}\n"
        time = unix(self.at) if time is None else time
        signature = time.to_bytes(8, "big") + self.witness.sign(f"cosignature/v1\ntime {time}\n{text}")
        key_hash = hashlib.sha256(WITNESS.encode() + b"\n\x04" + self.witness.public).digest()[:4]
        mark = f"\u2014 {WITNESS} {base64.b64encode(key_hash + signature).decode()}\n"
        proof = subproof(size, self.raws, True) if 0 < size < len(self.raws) else []
        return {"witness": "witness/a", "note": self.ledger.note(self.origin, text) + mark, "proof": [h.hex() for h in proof]}

    def record(self, facts: dict, name: str = "a", seconds: int = 60, **more) -> int:
        return self.go(("receipt.recorded", f"receipt/{name}", facts, {}), seconds=seconds, **more)

    def correct(self, seconds: int) -> int:
        facts = {"previous": self.at}
        return self.go(("ledger.clock_corrected", "ledger/main", facts, {"closed": {"reason": "r"}}), seconds=-seconds)

    def found(self, tmp_path) -> list[tuple[str, int]]:
        report = without_prefix(ledger.verify_ledger(self.write(tmp_path / "ledger"), ORIGIN, self.genesis, EDITIONS, []))
        return [(f.code, f.seq) for f in report.findings]


@pytest.fixture
def office() -> Office:
    w = Office().open()
    w.adopt()
    return w


def policy() -> tuple:
    return ("rules.policy", "ledger/main", {"separation": "strict", "secret_stub": "basis", "round_months": 12}, {})


def test_receipts_that_hold_are_not_found(office, tmp_path):
    time = unix(office.at)
    office.record(office.seen(), "a")
    office.record(office.seen(), "b", seconds=86400)
    facts = office.seen(size=2, time=time)
    office.go(policy(), ("receipt.recorded", "receipt/c", facts, {}), policy())
    assert office.found(tmp_path) == []


WRONG = {
    "another root": lambda w: w.seen(root=bytes(32)),
    "a proof of another tree": lambda w: w.seen(size=2) | {"proof": ["0" * 64]},
    "no proof": lambda w: w.seen(size=2) | {"proof": []},
    "nothing": lambda w: w.seen(size=0),
    "more than there is": lambda w: w.seen(size=len(w.raws) + 1, root=bytes(32)),
}


@pytest.mark.parametrize("facts", WRONG.values(), ids=WRONG)
def test_a_receipt_of_another_tree_is_found(office, tmp_path, facts):
    office.go(policy())
    seq = office.record(facts(office))
    assert office.found(tmp_path) == [("receipt.root", seq)]


def test_times_are_held_against_receipts(office, tmp_path):
    late = office.record(office.seen(time=unix(office.at) - 301), "a")
    early = office.record(office.seen(time=unix(office.at) + 361 + 60), "b", seconds=60)
    after = office.go(policy(), seconds=59)
    office.go(policy(), seconds=2)
    assert office.found(tmp_path) == [("receipt.postdated", late), ("receipt.backdated", early), ("receipt.backdated", after)]


def test_a_clock_set_back_behind_a_receipt_is_found(office, tmp_path):
    time = unix(office.at)
    office.record(office.seen(time=time), "a", seconds=600)
    office.correct(900)
    fine = office.found(tmp_path)
    office.correct(1)
    office.record(office.seen(size=2, time=time), "b", seconds=1000)
    assert fine == []
    assert office.found(tmp_path) == [("receipt.backdated", 4), ("receipt.backdated", 5)]


def test_a_suffix_signed_anew_with_earlier_times_is_found(office, tmp_path):
    """An insider with every key of the office writes the quiet days after a receipt anew, a week earlier."""
    facts = office.seen(size=1, time=unix(office.at) + 7 * 86400)
    office.go(policy(), seconds=60)
    seq = office.record(facts | {"proof": [h.hex() for h in subproof(1, office.raws, True)]})
    assert office.found(tmp_path) == [("receipt.backdated", seq)]


def test_a_saved_state_keeps_times(office):
    times = Times([0, 3], [5, 9], 4)
    again = Times(**json.loads(json.dumps(times.plain())))
    assert (again.first, again.at, again.floor) == ([0, 3], [5, 9], 4)
    assert state.FORMAT == 3
    assert edition_digest(NEWEST) in EDITIONS
    assert crypto.cosignature_key_hash("a", bytes(32)) != crypto.note_key_hash("a", bytes(32))


# rules on checkpoints in facts


def judged(office: Office, tmp_path) -> dict:
    """The findings of the last event; nothing before it is wrong."""
    last = len(office.raws) - 1
    report = without_prefix(ledger.verify_ledger(office.write(tmp_path / "ledger"), ORIGIN, office.genesis, EDITIONS, []))
    assert [f.code for f in report.findings if f.seq != last] == []
    return {f.code: f.cls for f in report.findings}


UNSOUND = {
    "no cosignature": lambda w, f: f | {"note": w.checkpoint()},
    "another witness": lambda w, f: f | {"note": cosigned(w.checkpoint(), WITNESS, 91, TIME)},
    "another name": lambda w, f: f | {"note": f["note"].replace(WITNESS, "archive.example/other")},
    "another ledger key": lambda w, f: f | {"note": cosigned(w.checkpoint(key=w.admin), WITNESS, 90, TIME)},
    "no checkpoint": lambda w, f: f | {"note": f["note"].split("\n", 1)[1]},
}


@pytest.mark.parametrize("spoil", UNSOUND.values(), ids=UNSOUND)
def test_a_receipt_whose_signatures_do_not_hold_is_unlawful(office, tmp_path, spoil):
    office.record(spoil(office, office.seen()))
    assert judged(office, tmp_path) == {"receipt.note": "unlawful"}


def test_a_receipt_of_a_witness_that_was_dropped_is_unlawful(office, tmp_path):
    facts = office.seen()
    office.go(("witness.dropped", "witness/a", {}, {"closed": {"reason": "r"}}))
    office.record(facts | {"proof": [h.hex() for h in subproof(2, office.raws, True)]})
    assert judged(office, tmp_path) == {"receipt.witness": "unlawful"}


class Archive(Office):
    """An archive with its witness key, and an office enrolled."""

    keeper = Key("keeper", "person/k0")

    def begin(self) -> Archive:
        added = ("person.added", self.keeper.holder, {"roles": ["witness"]}, {"personal": {"name": "k"}})
        facts = {"key": self.keeper.text, "possession": self.keeper.possession(self.origin)}
        self.go(added, ("key.enrolled", self.keeper.holder, facts, {}))
        self.go(("office.enrolled", "office/o", {"origin": "other.gov.cn/xxgk", "genesis": "b3:" + "5" * 64}, {"closed": {"name": "n"}}))
        return self

    def facts(self, name: str = "ten", **more) -> dict:
        note = vector()["bare"][name]
        text = note[: note.rindex("\n\n") + 1]
        mark = (TIME).to_bytes(8, "big") + self.keeper.sign(f"cosignature/v1\ntime {TIME}\n{text}")
        key_name = self.origin + "/witness"
        key_hash = hashlib.sha256(key_name.encode() + b"\n\x04" + self.keeper.public).digest()[:4]
        note += f"\u2014 {key_name} {base64.b64encode(key_hash + mark).decode()}\n"
        given = {"size": 10, "root": "sha256:" + "01" * 32, "head": "b3:" + "6" * 64, "ledger_key": vector()["office"]["ledger_key"]}
        return given | {"note": note} | more

    def advance(self, **more) -> int:
        return self.go(("office.advanced", "office/o", self.facts(**more), {}))


@pytest.fixture
def archive() -> Archive:
    w = Archive().open()
    w.go(("person.changed", w.admin.holder, {"roles": ["admin", "archivist"]}, {}))
    return w.begin()


def test_what_an_archive_cosigned_holds(archive, tmp_path):
    archive.advance()
    assert judged(archive, tmp_path) == {}


WRONG_ADVANCES = {
    "another size": {"size": 11},
    "another root": {"root": "sha256:" + "02" * 32},
    "another tree": {"name": "twelve"},
    "another key": {"ledger_key": "ed25519:" + bytes(signing(81).verify_key).hex()},
    "not cosigned": {"note": vector()["bare"]["ten"]},
    "cosigned by another": {"note": vector()["notes"]["ten"]},
}


@pytest.mark.parametrize("more", WRONG_ADVANCES.values(), ids=WRONG_ADVANCES)
def test_what_an_archive_did_not_cosign_is_unlawful(archive, tmp_path, more):
    archive.advance(**more)
    assert judged(archive, tmp_path) == {"advance.note": "unlawful"}


def test_a_revoked_witness_key_cosigns_nothing(archive, tmp_path):
    archive.go(("key.revoked", archive.keeper.holder, {"key": archive.keeper.text, "reason": "lost"}, {}))
    archive.advance()
    assert judged(archive, tmp_path) == {"advance.note": "unlawful"}


@pytest.mark.parametrize("shown, found", [("fork", {}), ("eight", {}), ("ten", {"fork.notes": "unlawful"})])
def test_evidence_of_a_fork_is_two_checkpoints_that_differ(archive, tmp_path, shown, found):
    archive.advance()
    notes_kept = {"held": vector()["notes"]["ten"], "shown": vector()["bare"][shown]}
    archive.go(("office.forked", "office/o", notes_kept, {}))
    assert judged(archive, tmp_path) == found


def test_before_anything_was_cosigned_there_is_no_fork(archive, tmp_path):
    archive.go(("office.forked", "office/o", {"held": vector()["bare"]["ten"], "shown": vector()["bare"]["fork"]}, {}))
    assert judged(archive, tmp_path) == {"fork.notes": "unlawful"}
