"""A verified state as a file: what the next bundle of the same ledger begins from. It is the user's own, and trusted."""

from __future__ import annotations

import json
import os
from pathlib import Path

from . import reading
from .times import Times
from .tree import frontier_length
from .workdays import WorkCalendar

FORMAT = 3
MAX_FILE = 1 << 30


def save(path: Path, run, genesis: str) -> None:
    """Writes the state beside the file first, so that a broken write leaves the old one."""
    chain, law, derive = run.chain, run.law.state, run.derive
    office = dict(law.office)
    office["findings"] = [[seq, code, entry] for (seq, code), entry in office["findings"].items()]
    body = {
        "format": FORMAT, "origin": chain.origin, "genesis": genesis, "copy": chain.copy, "size": chain.next,
        "head": chain.head, "frontier": [h.hex() for h in chain.tree.frontier()], "at": chain.at, "last": chain.last,
        "keys": chain.keys, "office": office, "items": law.items, "rounds": law.rounds, "dossiers": law.dossiers,
        "calendar": law.calendar.plain(), "times": chain.times.plain(),
        "derive": {"items": derive.items, "names": derive.names},
    }  # fmt: skip
    beside = path.with_name(path.name + ".new")
    beside.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    os.replace(beside, path)


def load(path: Path, origin: str, genesis: str) -> dict:
    """A saved state of this ledger. Raises Unreadable."""
    try:
        body = json.loads(reading.read_small(path, MAX_FILE).decode("utf-8"))
        if body["format"] != FORMAT or (body["origin"], body["genesis"]) != (origin, genesis):
            raise ValueError("of another ledger or format")
        body["frontier"] = [bytes.fromhex(h) for h in body["frontier"]]
        if len(body["frontier"]) != frontier_length(body["size"]):
            raise ValueError("frontier")
        for dossier in body["dossiers"].values():
            dossier["spans"] = {int(seq): span for seq, span in dossier["spans"].items()}
        body["times"] = Times(**body["times"])
        body["calendar"] = WorkCalendar.read(body["calendar"])
        body["office"]["findings"] = {(seq, code): entry for seq, code, entry in body["office"]["findings"]}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise reading.Unreadable(f"{path}: {error}") from None
    return body


def restore(run, body: dict) -> None:
    chain, law, derive = run.chain, run.law.state, run.derive
    chain.resume(body["size"], body["head"], body["frontier"])
    chain.known_past = True
    chain.at, chain.last, chain.keys, chain.times = body["at"], body["last"], body["keys"], body["times"]
    run.law.start = body["size"]
    law.office, law.items, law.rounds = body["office"], body["items"], body["rounds"]
    law.dossiers, law.calendar = body["dossiers"], body["calendar"]
    derive.items, derive.names, derive.at = body["derive"]["items"], body["derive"]["names"], body["at"]
