"""The cases of the BagIt conformance suite, which `cargo test --test bagit_conformance` makes out of a bundle of ours and keeps
in target/samples/bagit: what the Library of Congress's own `bagit` says of each, beside what we say. We take nothing that it
refuses; where we refuse what it takes, the case says why. The second verifier refuses what the program refuses."""

from __future__ import annotations

import io
import json
import tarfile
from argparse import Namespace
from pathlib import Path

import bagit
import pytest
import zstandard
from zverify import bundle, rulebook

ROOT = Path(__file__).resolve().parent.parent
EDITIONS = {e.digest: e for e in rulebook.load_folder(ROOT / "schemas")}
CASES = sorted(path.parent for path in (ROOT / "target/samples/bagit").glob("*/case.json"))
# Cases that lie in the tar and not in the bag: unpacked, nothing wrong is left of them, or they cannot be unpacked at all.
IN_THE_TAR_ONLY = {"tar-goes-out-by-dots", "tar-goes-out-by-an-absolute-path"}

pytestmark = pytest.mark.filterwarnings("ignore")


def case(folder: Path) -> dict:
    return json.loads((folder / "case.json").read_text("utf-8"))


def unpacked(folder: Path, to: Path, top: str) -> Path:
    """The files that stay inside `to`; others are left where they are."""
    with zstandard.ZstdDecompressor().stream_reader((folder / "bundle.tar.zst").open("rb"), read_across_frames=True) as stream:
        tar = io.BytesIO(stream.read())
    with tarfile.open(fileobj=tar) as files:
        for member in files:
            target = (to / member.name).resolve()
            if target.is_relative_to((to / top).resolve()):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(files.extractfile(member).read())
    return to / top


def bagit_takes(bag: Path) -> bool:
    try:
        bagit.Bag(str(bag)).validate()
    except Exception:  # noqa: BLE001 - whatever it stumbles over, it does not take the bag
        return False
    return True


def test_there_are_cases():
    if not CASES:
        pytest.skip("no samples: cargo test writes them")
    assert len(CASES) > 70


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_bagit_takes_what_we_take_and_our_refusals_have_reasons(folder: Path, tmp_path: Path):
    told = case(folder)
    theirs = bagit_takes(unpacked(folder, tmp_path, told["top"]))
    if folder.name in IN_THE_TAR_ONLY:
        assert theirs, "without the file that goes out, the bag is sound"
    elif not told["codes"]:
        assert theirs, "we take what bagit refuses"
        assert told["stricter"] is None
    elif theirs:
        assert told["stricter"], f"we say {told['codes']}, bagit says nothing, and the case does not say why"
    else:
        assert told["stricter"] is None, f"bagit refuses it too: {told['stricter']}"


@pytest.mark.parametrize("folder", CASES, ids=lambda folder: folder.name)
def test_the_second_verifier_refuses_them_too(folder: Path):
    told = case(folder)
    args = Namespace(checkpoint=[], allow_partial=False, state=None, save_state=None)
    report = bundle.verify_bundle(folder / "bundle.tar.zst", told["origin"], told["genesis"], EDITIONS, args)
    if told["codes"]:
        assert not report.passed
    elif folder.name.startswith("basic-bag"):
        assert report.passed, [finding.code for finding in report.findings]
