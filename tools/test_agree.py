"""Both verifiers on every sample of the Rust test suite: `cargo test` writes them to target/samples.

Law samples must agree in every (code, class, seq); damaged ones in whether they pass, and each must have an integrity finding
where the other has one."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from zverify import bundle, ledger, proof, reading, report, rulebook

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "target" / "samples"
EDITIONS = {e.digest: e for e in rulebook.load_folder(ROOT / "schemas")}
LAW = ("law", "good")
ALL = sorted(path.parent for path in SAMPLES.glob("*/*/expect.json"))


def verified(folder: Path, expect: dict) -> report.Report | None:
    """The second verifier's report; None when it cannot read the sample as what it is said to be."""
    origin, genesis = expect["origin"], expect["genesis"]
    checkpoints = [folder / name for name in expect.get("checkpoints", [])]
    try:
        match expect.get("kind", "ledger"):
            case "ledger":
                return ledger.verify_ledger(folder, origin, genesis, EDITIONS, checkpoints)
            case "bundle":
                args = Namespace(checkpoint=checkpoints, allow_partial=False, state=None, save_state=None)
                return bundle.verify_bundle(folder / "bundle.tar.zst", origin, genesis, EDITIONS, args)
            case "proof":
                return proof.verify_proof(folder / "proof.json", origin, genesis, EDITIONS)
    except (reading.Unreadable, OSError):
        return None
    raise AssertionError(expect["kind"])


def disagreement(folder: Path) -> str | None:
    expect = json.loads((folder / "expect.json").read_text("utf-8"))
    theirs = verified(folder, expect)
    if theirs is None:
        return "passed there, unreadable here" if expect["passed"] else None
    here = sorted({(f.code, f.cls, -1 if f.seq is None else f.seq) for f in theirs.findings})
    there = sorted({(f["code"], f["class"], -1 if f["seq"] is None else f["seq"]) for f in expect["findings"]})
    if theirs.passed != expect["passed"]:
        return f"passed there {expect['passed']} {there}, here {theirs.passed} {here}"
    if folder.parent.name in LAW:
        here, there = ([x for x in found if x[1] != "notice" or "." in x[0] and x[0] != "prefix.unproved"] for found in (here, there))
        return None if here == there else f"there {there}, here {here}"
    if any(cls == "integrity" for _, cls, _ in there) != any(cls == "integrity" for _, cls, _ in here):
        return f"integrity: there {there}, here {here}"
    return None


def test_there_are_samples():
    if not ALL:
        pytest.skip("no samples: cargo test writes them")
    groups = {folder.parent.name for folder in ALL}
    assert {"law", "good", "damage", "bundles", "proofs"} <= groups


@pytest.mark.parametrize("folder", ALL, ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_both_verifiers_agree(folder: Path):
    assert disagreement(folder) is None, disagreement(folder)
