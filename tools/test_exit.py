"""Exit codes: both programs say 0, 1 and 2 of the same things. 2: a file that the user gives cannot be read as what it should
be. 1: what was read does not hold, a malformed thing inside a bundle included."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import rfc8785
from conftest import ORIGIN, Writer
from test_bundle import RULES, filled, make

RUST = os.environ.get("ZHAOCE_BIN")
OURS = [sys.executable, str(Path(__file__).parent / "verify.py")]


@pytest.fixture(scope="module")
def w() -> Writer:
    return filled()


def exits(w: Writer, what: str, file: Path, *more) -> set[int]:
    """What both programs exit with."""
    pins = ["--origin", ORIGIN, "--genesis", w.genesis, *map(str, more)]
    commands = [[*OURS, what, str(file), *pins]]
    if RUST:
        commands.append([RUST, *(["bundle", "verify"] if what == "bundle" else ["proof", "check"]), str(file), *pins])
    runs = [subprocess.run(command, capture_output=True, text=True) for command in commands]
    return {run.returncode for run in runs}


def given(tmp_path: Path, data: bytes | str) -> Path:
    path = tmp_path / "given"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_checkpoint_file(w, tmp_path):
    bundle = make(w).write(tmp_path / "b")
    assert exits(w, "bundle", bundle, "--checkpoint", given(tmp_path, w.checkpoint())) == {0}
    assert exits(w, "bundle", bundle, "--checkpoint", given(tmp_path, w.checkpoint(key=w.admin))) == {1}
    for data in ("", "x", w.checkpoint()[:-1], b"\xff", "\n".join(["a", "1", "x", "", ""])):
        assert exits(w, "bundle", bundle, "--checkpoint", given(tmp_path, data)) == {2}
    assert exits(w, "bundle", bundle, "--checkpoint", tmp_path / "no such file") == {2}
    assert exits(w, "bundle", bundle, "--state", given(tmp_path, "{}")) == {2}


@pytest.mark.parametrize("change", [
    lambda b: b.payload.update({"bundle.json": b"x"}),
    lambda b: b.payload.update({"bundle.json": b"{}\n"}),
    lambda b: b.payload.update({"bundle.json": rfc8785.dumps(json.loads(b.payload["bundle.json"]) | {"format": 2}) + b"\n"}),
    lambda b: b.payload.pop("bundle.json"),
    lambda b: b.payload.update({"checkpoint": b"x"}),
    lambda b: b.payload.update({RULES: b"x"}),
    lambda b: b.payload.update({"consistency.json": b"x"}),
    lambda b: b.payload.update({"bundle.json": b" " * (5 << 20)}),
])  # fmt: skip
def test_malformed_inside_a_bundle(w, tmp_path, change):
    b = make(w)
    change(b)
    assert exits(w, "bundle", b.write(tmp_path / "b")) == {1}


def test_what_is_no_bundle(w, tmp_path):
    whole = make(w).write(tmp_path / "b").read_bytes()
    for data in (b"", b"x", b"PK\x03\x04" * 100, whole[:100], whole[:-9]):
        assert exits(w, "bundle", given(tmp_path, data)) == {1}
    assert exits(w, "bundle", tmp_path / "no such file") == {2}


def test_a_proof_file(w, tmp_path):
    proof = w.proof("item/p1", list(range(11)), public=15)
    write = lambda body: given(tmp_path, rfc8785.dumps(body) + b"\n")  # noqa: E731
    assert exits(w, "proof", write(proof)) == {0}
    assert exits(w, "proof", write(proof | {"size": 3})) == {1}
    assert exits(w, "proof", write(proof | {"events": proof["events"][1:]})) == {1}
    for wrong in ({"format": 2}, {"more": 1}, {"checkpoint": "x"}, {"subject": "x"}, {"events": [proof["events"][0] | {"seal": "x"}]}):
        assert exits(w, "proof", write(proof | wrong)) == {2}
    for data in (b"", b"x", b"\xff\n", b"[" * 1000):
        assert exits(w, "proof", given(tmp_path, data)) == {2}
    long = json.loads(json.dumps(proof))
    long["events"][0]["event"]["facts"]["long"] = "x" * (1 << 20)
    assert exits(w, "proof", write(long)) == {2}


def test_long_origins_fit_the_name_of_a_bag(tmp_path):
    """The name is for people; a long origin is cut, and told apart by a digest."""
    from zverify import bundle, crypto

    long = "shandong.linyi.gov.cn/lanshan/xxgk"
    assert bundle._name_of("linyi.gov.cn/xxgk") == "linyi.gov.cn-xxgk"
    assert bundle._name_of(long) == "shandong.lin-" + crypto.chain_start(long)[3:11]
