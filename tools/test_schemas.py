"""Every JSON thing that the program writes keeps its schema, as the package `jsonschema` reads it, and stops keeping it when a
member is left out, added or of another type. The things are those of `zhaoce demo` and of bundles of its ledger."""

from __future__ import annotations

import copy
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from exported import exported, run
from jsonschema import Draft202012Validator

SCHEMAS = Path(__file__).parent.parent / "schemas"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.schema.json"))
# Whatever the office wrote; the rule book judges it, not the shape.
FREE = {"facts", "data"}


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8")))


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Path:
    return exported(tmp_path_factory)


@pytest.fixture(scope="module")
def things(office: Path) -> dict[str, list]:
    """Schema name → things written under it."""
    found: dict[str, list] = {name: [] for name in NAMES}
    put = lambda name, data: found[name].append(json.loads(data))  # noqa: E731
    put("ledger", (office / "demo/ledger/ledger.json").read_bytes())
    for line in b"".join(p.read_bytes() for p in (office / "demo/ledger/log").glob("*.jsonl")).splitlines():
        put("line", line)
    annual(office, put)
    put("annual-forms", (SCHEMAS / "annual-forms.json").read_bytes())
    for path in SCHEMAS.glob("rules-*.json"):
        put("rules", path.read_bytes())
    for bundle in sorted(office.glob("*.tar.zst")):
        for path, data in files(bundle):
            if path.startswith("events/"):
                for line in data.splitlines():
                    put("line", line)
            elif path.endswith(".json") and not path.startswith("schemas/"):
                put("rules" if path.startswith("rules/") else {"catalog.json": "catalog"}.get(path, path.removesuffix(".json")), data)
    for line in found["line"]:
        if "event" in line:
            found["event"].append(line["event"])
            found["part"] += line["parts"].values()
    put("proof", (office / "demo/out/证明.json").read_bytes())
    reports(office, put)
    return found


def files(bundle: Path) -> Iterator[tuple[str, bytes]]:
    """Payload files, taken out by packages that are not ours."""
    data = zstandard.ZstdDecompressor().stream_reader(bundle.open("rb"), read_across_frames=True)
    with tarfile.open(fileobj=data, mode="r|") as tar:
        for member in tar:
            path = member.name.split("/", 1)[1]
            if path.startswith("data/"):
                yield path.removeprefix("data/"), tar.extractfile(member).read()


def annual(office: Path, put) -> None:
    """Annual reports: of a year before the ledger, of its own, and one that another report contradicts."""
    ask = lambda year, *more: run(office, "report", "annual", year, "--ledger", "demo/ledger", *more)  # noqa: E731
    before = json.loads(ask("2025"))
    put("annual", json.dumps(before))
    put("annual", ask("2026"))
    next(cell for cell in before["cells"] if (cell["row"], cell["column"]) == ("carried_out", "natural_person"))["value"] = 5
    (office / "last.json").write_text(json.dumps(before, ensure_ascii=False), "utf-8")
    (office / "overview.txt").write_text("本年度依法公开。\n", "utf-8")
    put("annual", ask("2026", "--previous", "last.json", "--known", "2026-01-31", "--overview", "overview.txt"))


def reports(office: Path, put) -> None:
    """What verifying says with `--json`, of sound things and of altered ones."""
    info = json.loads((office / "demo/ledger/ledger.json").read_text("utf-8"))
    trust = ["--origin", info["origin"], "--genesis", info["genesis"]]
    put("report", run(office, "ledger", "verify", "--ledger", "demo/ledger"))
    put("report", run(office, "ledger", "verify", "--ledger", "demo/flipped", code=1))
    put("report", run(office, "ledger", "verify", "--ledger", "demo/rewritten", "--checkpoint", "demo/out/检查点-20260107.txt", code=1))
    for name in ("full", "public"):
        put("bundle-check", run(office, "bundle", "verify", f"{name}.tar.zst", *trust))
    put("bundle-check", run(office, "bundle", "verify", "full-later.tar.zst", *trust, code=1))
    put("proof-report", run(office, "proof", "check", "demo/out/证明.json", *trust))
    proof = json.loads((office / "demo/out/证明.json").read_text("utf-8"))
    proof["keys"][0]["inclusion"].pop()
    (office / "altered.json").write_text(json.dumps(proof, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n", "utf-8")
    put("proof-report", run(office, "proof", "check", "altered.json", *trust, code=1))


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_one(name: str):
    schema = validator(name).schema
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["title"] and schema["description"]


@pytest.mark.parametrize("name", NAMES)
def test_everything_written_keeps_its_schema(things, name: str):
    check = validator(name)
    assert things[name], f"nothing of {name} is written"
    for thing in things[name]:
        error = next(check.iter_errors(thing), None)
        assert error is None, f"{error.json_path}: {error.message}"


# Objects whose members are named by what they hold, `*` for a name and `#` for a place in a list.
MAPS = {
    "rules": {"sources", "codes", "codes/*/values", "fact_titles", "facts", "kinds", "kinds/*/facts", "kinds/*/parts",
              "kinds/*/to/values", "kinds/*/sets", "kinds/*/opens/keeps", "kinds/*/closes/keeps", "classes", "classes/*/states", "clocks",
              "rules"},
    "report": {"counts"}, "bundle-check": {"report/counts"},
    "annual-forms": {"forms/#/tables/#/groups"},
    "event": {"parts"}, "line": {"parts", "event/parts"}, "proof-report": {"events/#/parts"},
    "proof": {"events/#/parts", "events/#/event/parts", "keys/#/parts", "keys/#/event/parts"},
}  # fmt: skip
# Members that need not be there, by the format page and the rule page.
TEXTS = "address document_number formed index_number issuer summary title topic validity"
FINDING = "findings/#/: article; findings/#/place/: file line seq"
OPTIONAL = {
    "annual": "/: banner as_of known ledger; cells/#/: value; findings/#/: expected found",
    "annual-forms": "forms/#/: to; forms/#/sections/#/: hint; forms/#/tables/#/: title stub note head groups;"
                    "forms/#/tables/#/columns/#/: unit role group sourced; forms/#/tables/#/rows/#/: role groups takes",
    "bundle": "/: start", "event": "/: keys last", "line": "event/: keys last",
    "proof": "events/#/event/: keys last; keys/#/event/: keys last", "people": "keys/#/: revoked; persons/#/: name",
    "catalog": f"items/#/: published {TEXTS}", "withheld": f"items/#/: ground remainder_ground decided reassessed {TEXTS}",
    "report": f"/: cosigned; {FINDING}", "bundle-check": f"/: cosigned; meta/: start; {FINDING.replace('findings', 'report/findings')}",
    "proof-report": f"/: cosigned open; events/#/: keys last; {FINDING}",
    "rules": "/: classes clocks; sources/*/: from; codes/*/values/*/: cite attribute origin responsible years ended;"
             "codes/*/values/*/cite/: article en; rules/*/: waiver; rules/*/cites/#/: article en;"
             "kinds/*/: from waivable to keeps sets clears opens closes checks; kinds/*/opens/: keeps; kinds/*/closes/: keeps;"
             "kinds/*/checks/#/: expected found; classes/*/: public; clocks/*/: span by pauses extra until ends silence;"
             "clocks/*/provisions/#/: until; clocks/*/provisions/#/cites/#/: article en",
}  # fmt: skip


def small(thing):
    """At most three of each list and map of a rule book: it has thousands of alike ones."""
    if isinstance(thing, list):
        return [small(inner) for inner in thing[:3]]
    if isinstance(thing, dict):
        keep = thing if len(thing) < 17 else dict(list(thing.items())[:3])
        return {name: small(inner) for name, inner in keep.items()}
    return thing


def objects(name: str, thing, where: tuple = (), place: str = "") -> Iterator[tuple[tuple, str, dict]]:
    """Every object the schema tells of: the way to it, its place, itself."""
    if isinstance(thing, dict):
        yield where, place, thing
    if isinstance(thing, (dict, list)):
        for step, inner in thing.items() if isinstance(thing, dict) else enumerate(thing):
            if step not in FREE:
                said = "#" if isinstance(step, int) else "*" if place in MAPS.get(name, ()) else step
                yield from objects(name, inner, (*where, step), f"{place}/{said}".strip("/"))


def optional(name: str, place: str, member: str) -> bool:
    named = {}
    for group in OPTIONAL.get(name, "").split(";"):
        at, _, members = group.strip().partition(": ")
        named[at.strip("/")] = members.split()
    return place in MAPS.get(name, ()) or member in named.get(place, ())


def spoiled(name: str, thing, seen: set) -> Iterator[tuple[str, bool, object]]:
    """The thing with a member left out, `null`, of another type, or added; and whether that is as good."""
    for where, place, found in objects(name, thing):
        changes = [(place, how, member) for member in found for how in ("without", "null", "other")]
        for change in [(place, "added", ""), *changes]:
            key = (*change[:2], "*" if place in MAPS.get(name, ()) else change[2])
            if key in seen:
                continue
            seen.add(key)
            altered = copy.deepcopy(thing)
            target = altered
            for step in where:
                target = target[step]
            _, how, member = change
            if how == "without":
                del target[member]
            else:
                wrong = "x" if isinstance(found.get(member), list) else [[]]
                target[member or "更多"] = None if how == "null" else wrong
            yield " ".join(change), how == "without" and optional(name, place, member), altered


@pytest.mark.parametrize("name", NAMES)
def test_nothing_altered_keeps_its_schema(things, name: str):
    check, seen, shapes = validator(name), set(), set()
    for thing in things[name]:
        thing = small(thing) if name == "rules" else thing
        members = frozenset((place, member) for _, place, found in objects(name, thing) for member in found)
        if members <= shapes:
            continue
        shapes |= members
        assert check.is_valid(thing)
        for change, as_good, altered in spoiled(name, thing, seen):
            assert check.is_valid(altered) == as_good, f"{name}: {change}"
    assert len(seen) > 6
