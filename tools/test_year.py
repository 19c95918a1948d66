"""The second verifier and a year of an office that was carried through the command line (`tests/year.rs` writes it)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
YEAR = HERE.parent / "target" / "samples" / "year"


@pytest.mark.parametrize("edition", ["full", "public"])
def test_a_year_verifies(edition: str) -> None:
    command = [sys.executable, str(HERE / "verify.py"), "bundle", str(YEAR / f"{edition}.tar.zst")]
    command += ["--origin", "year.gov.cn/xxgk", "--genesis", (YEAR / "genesis").read_text()]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert run.returncode == 0, run.stdout + run.stderr
