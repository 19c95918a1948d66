"""Every format version and rule edition ever released stays verifiable: the fixtures of tests/released.rs."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest
from zverify import bundle, ledger, proof, rulebook

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = {e.digest: e for e in rulebook.load_folder(ROOT / "schemas")}
RELEASED = sorted((ROOT / "tests" / "fixtures" / "released").iterdir())


def summary(report) -> dict:
    found = [[f.code, f.cls, f.seq] for f in report.findings if f.cls != "notice"]
    return {
        "passed": report.passed, "size": report.size, "head": report.head, "root": report.root, "verdicts": report.verdicts,
        "findings": found,
    }  # fmt: skip


@pytest.mark.parametrize("folder", RELEASED, ids=lambda folder: folder.name)
def test_released(folder):
    expect = json.loads((folder / "expect.json").read_text("utf-8"))
    origin, genesis, checkpoint = expect["origin"], expect["genesis"], [folder / "checkpoint"]
    reports = {"ledger": ledger.verify_ledger(folder, origin, genesis, EDITIONS, checkpoint)}
    for copy in ("full", "public"):
        args = Namespace(checkpoint=checkpoint, allow_partial=False, state=None, save_state=None)
        reports[copy] = bundle.verify_bundle(folder / f"{copy}.tar.zst", origin, genesis, EDITIONS, args)
    for name, report in reports.items():
        expect[name].pop("erased")
        assert summary(report) == expect[name], name
    assert proof.verify_proof(folder / "proof.json", origin, genesis, EDITIONS).passed
    assert not reports["full"].prefix
