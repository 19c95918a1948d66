"""The store that following docs/archive.md leaves in target/samples/archive, judged by programs that are not ours: `ocfl-py` each object and
version, the Library of Congress's `bagit` and the validator of BagIt profiles each package in it."""

from __future__ import annotations

import json
from pathlib import Path

import bagit
import bagit_profile
import pytest
from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

ROOT = Path(__file__).resolve().parent.parent
STORE = ROOT / "target/samples/archive/store"
OBJECTS = sorted(path.parent for path in STORE.glob("*/*/0=ocfl_object_1.1"))
BAGS = sorted(path for folder in OBJECTS for path in folder.glob("v*/content/bag") if (path / "bagit.txt").exists())
PROFILE = json.loads((ROOT / "schemas/bagit-profile.json").read_text("utf-8"))

pytestmark = [
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(not STORE.is_dir(), reason="no sample: cargo test writes it"),
]


def named(path: Path) -> str:
    return "-".join(path.relative_to(STORE).parts)


def test_the_root_is_taken_with_both_objects():
    root = StorageRoot(root=str(STORE))
    assert root.validate()
    assert root.num_objects == root.good_objects == len(OBJECTS) == 2


@pytest.mark.parametrize("folder", OBJECTS, ids=named)
def test_every_object_is_taken_with_every_version(folder: Path):
    validator = Validator()
    assert validator.validate_object(str(folder)), str(validator)


@pytest.mark.parametrize("folder", BAGS, ids=named)
def test_every_package_in_it_is_a_valid_bag_of_its_profile(folder: Path):
    bag = bagit.Bag(str(folder))
    bag.validate()
    profile = bagit_profile.Profile("urn:zhaoce:bagit-profile:package:1", profile=PROFILE)
    assert profile.validate(bag), str(profile.report)
