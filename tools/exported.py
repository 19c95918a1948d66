"""The real program at work: `zhaoce demo`, and bundles of its ledger in every shape. `ZHAOCE_BIN` names the program."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
EARLIER = "demo/out/检查点-20260107.txt"


def run(folder: Path, *args: str, code: int = 0) -> bytes:
    """What the program answers with `--json`; the exit code must be as expected."""
    environment = {"ZHAOCE_HOME": str(folder / "demo/home"), "ZHAOCE_PASSPHRASE": "demo"}
    done = subprocess.run([program(), *args, "--json"], cwd=folder, env=environment, capture_output=True, check=False)
    assert done.returncode == code, f"{args}: {done.stdout.decode()} {done.stderr.decode()}"
    return done.stdout


def program() -> Path:
    found = Path(os.environ.get("ZHAOCE_BIN", ROOT / "target/debug/zhaoce"))
    if not found.exists():
        pytest.fail(f"there is no program {found}: cargo build, or set ZHAOCE_BIN")
    return found


def exported(factory) -> Path:
    """A folder with `demo/` and `full`, `public`, `full-later`, `public-later` `.tar.zst`."""
    folder = factory.mktemp("exported")
    run(folder, "demo", "--dir", "demo")
    size = (folder / EARLIER).read_text("utf-8").split("\n")[1]
    for edition in ("full", "public"):
        export = ["bundle", "export", "--ledger", "demo/ledger", "--edition", edition]
        run(folder, *export, "-o", f"{edition}.tar.zst")
        run(folder, *export, "--from", size, "--previous", EARLIER, "-o", f"{edition}-later.tar.zst")
    return folder
