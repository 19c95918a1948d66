"""What other people's programs say of the packages and bags that `cargo test --test package_bags` keeps in target/samples/package:
the Library of Congress's `bagit`, the validator of BagIt profiles, the programs of coreutils, BLAKE3, OpenSSL, zstd, tar and
Info-ZIP."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path
from urllib.parse import unquote

import bagit
import bagit_profile
import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "target/samples/package"
SOUND = SAMPLES / "sound"
NAME = "GZK-Z109-2026-0001"
BAG = SOUND / NAME
CASES = sorted(path.parent for path in (SAMPLES / "cases").glob("*/case.json"))
PROFILE = json.loads((ROOT / "schemas/bagit-profile.json").read_text("utf-8"))

pytestmark = pytest.mark.filterwarnings("ignore")
with_samples = pytest.mark.skipif(not BAG.is_dir(), reason="no samples: cargo test writes them")


def run(*command: str | Path, cwd: Path = SOUND) -> str:
    if shutil.which(str(command[0])) is None:
        if os.environ.get("ZHAOCE_THIRD_PARTY"):
            pytest.fail(f"{command[0]} is missing")
        pytest.skip(f"no {command[0]}")
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")
    return done.stdout.decode("utf-8", errors="replace")


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_there_are_cases():
    if not CASES:
        pytest.skip("no samples: cargo test writes them")
    assert len(CASES) > 80


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_bagit_says_what_we_say_or_the_case_says_why_not(folder: Path, tmp_path: Path):
    told = json.loads((folder / "case.json").read_text("utf-8"))
    copy = shutil.copytree(folder / "bag", tmp_path / "bag")
    (copy / "data").mkdir(exist_ok=True)
    try:
        bagit.Bag(str(copy)).validate()
        theirs = True
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it does not take the bag
        theirs = False
    ours = not told["errors"]
    assert (ours == theirs) == (told["reason"] is None), f"we: {ours}, bagit: {theirs}, reason: {told['reason']}"


@with_samples
def test_bagit_takes_a_package():
    bag = bagit.Bag(str(BAG))
    bag.validate()
    assert bag.version == "1.0"


def profiled(folder: Path) -> tuple[bool, list[str]]:
    checker = bagit_profile.Profile(PROFILE["BagIt-Profile-Info"]["BagIt-Profile-Identifier"], profile=PROFILE)
    good = checker.validate(bagit.Bag(str(folder)))
    return good, [str(error) for error in checker.report.errors]


@with_samples
def test_the_profile_takes_a_package():
    assert profiled(BAG) == (True, [])


@with_samples
@pytest.mark.parametrize("spoil", ["manifest-sm3.txt", "manifest-blake3.txt", "tagmanifest-sha512.txt", "label", "fetch.txt", "notes.txt"])
def test_the_profile_refuses_less(spoil: str, tmp_path: Path):
    copy = shutil.copytree(BAG, tmp_path / NAME)
    if spoil == "label":
        info = copy / "bag-info.txt"
        info.write_text(info.read_text("utf-8").replace("Bag-Group-Identifier: Z109\n", ""), "utf-8")
    elif spoil == "fetch.txt":
        (copy / spoil).write_text("https://example.org/x - data/x\n", "utf-8")
    elif spoil == "notes.txt":
        (copy / spoil).write_text("x", "utf-8")
    else:
        (copy / spoil).unlink()
    try:
        good, _ = profiled(copy)
    except bagit.BagError:
        good = False
    assert not good


@with_samples
def test_manifests_are_what_common_programs_check():
    for manifest in ("tagmanifest-sha512.txt", "manifest-sha512.txt"):
        run("sha512sum", "--strict", "-c", manifest, cwd=BAG)
    run("b3sum", "-c", "manifest-blake3.txt", cwd=BAG)


@with_samples
def test_openssl_computes_the_same_sm3():
    for line in (BAG / "manifest-sm3.txt").read_text("utf-8").splitlines():
        digest, path = line.split("  ", 1)
        told = run("openssl", "dgst", "-sm3", "-r", BAG / unquote(path))
        assert told.split()[0] == digest, path


@with_samples
def test_the_tar_is_whole_and_unpacks_to_the_same(tmp_path: Path):
    run("zstd", "-q", "-t", "package.tar.zst")
    run("tar", "--zstd", "-xf", SOUND / "package.tar.zst", "-C", tmp_path)
    assert tree(tmp_path) == {f"{NAME}/{path}": content for path, content in tree(BAG).items()}
    lines = run("tar", "--zstd", "--numeric-owner", "-tvf", "package.tar.zst").splitlines()
    assert all(line.startswith("-rw-r--r-- 0/0 ") for line in lines)
    names = run("tar", "--zstd", "--quoting-style=literal", "-tf", "package.tar.zst").splitlines()
    assert names == sorted(names, key=str.encode)


@with_samples
@pytest.mark.parametrize("file", ["stored.zip", "deflated.zip"])
def test_the_zip_is_whole_and_unpacks_to_the_same(file: str, tmp_path: Path):
    run("unzip", "-tq", file)
    run("unzip", "-q", SOUND / file, "-d", tmp_path)
    assert tree(tmp_path) == {f"{NAME}/{path}": content for path, content in tree(BAG).items()}
    with zipfile.ZipFile(SOUND / file) as archive:
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.filename.isascii() or entry.flag_bits & 0x800
            assert entry.compress_type == (0 if file == "stored.zip" else 8)
            assert (entry.external_attr >> 16, entry.extra, entry.extract_version <= 20) == (0o100644, b"", True)
