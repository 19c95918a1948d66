"""The XML of a package that `cargo test --test cli_package` leaves in target/samples/package-xml: xmllint takes every file by our
restated schemas, and takes none of them mutilated."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = sorted((ROOT / "target/samples/package-xml").rglob("*"))
SCHEMAS = {
    "目录文件.XML": "catalogue.xsd",
    "登记表.xml": "register.xsd",
    "公开与密级变更情况.xml": "history.xsd",
}
FILES = [path for path in SAMPLES if path.suffix.lower() == ".xml"]
# An element of each document that must be there.
NEEDED = {"catalogue.xsd": "责任者", "register.xsd": "移交数据量", "history.xsd": "密级", "eep.xsd": "责任者"}

pytestmark = pytest.mark.skipif(shutil.which("xmllint") is None, reason="xmllint is not here")


def schema(path: Path) -> str:
    return SCHEMAS.get(path.name, "eep.xsd")


def takes(path: Path, by: str) -> bool:
    command = ["xmllint", "--noout", "--nonet", "--schema", str(ROOT / "schemas/xml" / by), str(path)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def test_there_are_samples():
    if not FILES:
        pytest.skip("no samples: cargo test writes them")
    assert {schema(path) for path in FILES} == set(NEEDED)


@pytest.mark.parametrize("path", FILES, ids=lambda path: "/".join(path.parts[-2:]))
def test_xmllint_takes_it_whole_and_not_mutilated(path: Path, tmp_path: Path):
    by = schema(path)
    assert takes(path, by)
    text = path.read_text("utf-8")
    name = NEEDED[by]
    start, end = text.index(f"<{name}>"), text.index(f"</{name}>") + len(f"</{name}>")
    for nth, bad in enumerate([text[:start] + text[end:], text.replace(f"<{name}>", f"<不知><{name}>", 1), text[: len(text) // 2]]):
        mutilated = tmp_path / f"{nth}.xml"
        mutilated.write_text(bad, "utf-8")
        assert not takes(mutilated, by), nth
