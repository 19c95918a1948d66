"""The archive's store, as `cargo test` leaves samples of it in target/samples/ocfl: what `ocfl-py`, which is not ours, says of
each root, each object and each version; and that it does not take what was altered."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from ocfl.storage_root import StorageRoot
from ocfl.validator import Validator

ROOT = Path(__file__).resolve().parent.parent
STORES = sorted(ROOT.glob("target/samples/ocfl/*/store"))
OBJECTS = sorted(path.parent for path in ROOT.glob("target/samples/ocfl/*/store/*/*/0=ocfl_object_1.1"))


def named(path: Path) -> str:
    return "-".join(path.relative_to(ROOT / "target/samples/ocfl").parts)


def takes(folder: Path) -> tuple[bool, str]:
    validator = Validator(log_warnings=True)
    passed = validator.validate_object(str(folder))
    return passed, str(validator)


def test_there_are_samples():
    if not STORES:
        pytest.skip("no samples: cargo test writes them")
    assert len(STORES) == 4
    assert len(OBJECTS) == 7


@pytest.mark.parametrize("store", STORES, ids=named)
def test_every_root_is_taken_with_all_its_objects(store: Path):
    root = StorageRoot(root=str(store))
    assert root.validate(log_warnings=True)
    assert root.num_objects == root.good_objects == len([path for path in OBJECTS if store in path.parents])


@pytest.mark.parametrize("folder", OBJECTS, ids=named)
def test_every_object_is_taken_with_all_its_versions(folder: Path):
    passed, said = takes(folder)
    assert passed, said
    assert "[E" not in said
    assert "[W" not in said, said
    inventory = json.loads((folder / "inventory.json").read_text("utf-8"))
    for number, name in enumerate(sorted(inventory["versions"], key=lambda name: int(name[1:])), 1):
        own = json.loads((folder / name / "inventory.json").read_text("utf-8"))
        assert name == own["head"] == f"v{number}"
        assert own["versions"][name] == inventory["versions"][name]


@pytest.mark.parametrize("folder", OBJECTS, ids=named)
def test_no_object_is_taken_with_one_byte_altered(folder: Path, tmp_path: Path):
    copy = tmp_path / "object"
    shutil.copytree(folder, copy)
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        sound = path.read_bytes()
        at = len(sound) // 2
        path.write_bytes(sound[:at] + bytes([sound[at] ^ 1]) + sound[at + 1 :])
        assert not takes(copy)[0], path
        path.unlink()
        assert not takes(copy)[0], path
        path.write_bytes(sound)
    assert takes(copy)[0]


def test_what_was_erased_is_nowhere():
    store = ROOT / "target/samples/ocfl/erased/store/Z109/GZK-Z109-2026-0001"
    if not store.exists():
        pytest.skip("no samples: cargo test writes them")
    for path in store.rglob("*"):
        assert path.is_dir() or b"secret" not in path.read_bytes(), path
