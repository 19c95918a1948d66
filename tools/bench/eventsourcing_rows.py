"""Rows of the Python package `eventsourcing` with SQLite (WAL, synchronous FULL): work, name, rate, unit."""

import json
import os
import sys
import tempfile
import time
from uuid import uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class Item(Aggregate):
    @event("Recorded")
    def record(self, line: str) -> None:
        self.newest = line


def application(folder: str) -> Application:
    return Application(env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": os.path.join(folder, "db")})


def main() -> None:
    lines = open(sys.argv[1], encoding="utf-8").read().split("\n")[:20_000]
    out = []

    def row(work: str, who: str, count: int, seconds: float) -> None:
        out.append(f"{work}\t{who}\t{count / seconds}\t/s")

    with tempfile.TemporaryDirectory() as folder:
        app = application(folder)
        some = lines[:2000]
        begun = time.perf_counter()
        for line in some:
            item = Item()
            item.record(line)
            app.save(item)
        # An aggregate cannot begin without an event of its own: two a save, one commit.
        row("one act of one event, acknowledged", "Python eventsourcing in SQLite, nothing signed", len(some), time.perf_counter() - begun)
    with tempfile.TemporaryDirectory() as folder:
        app = application(folder)
        begun = time.perf_counter()
        for first in range(0, len(lines), 1000):
            item = Item()
            for line in lines[first:first + 1000]:
                item.record(line)
            app.save(item)
        row("import in acts of 1,000, durable", "Python eventsourcing in SQLite, nothing signed", len(lines), time.perf_counter() - begun)
        begun, count = time.perf_counter(), 0
        start = 1
        while notifications := app.recorder.select_notifications(start=start, limit=1000):
            for notification in notifications:
                app.mapper.to_domain_event(notification)
                count += 1
            start = notifications[-1].id + 1
        row("rebuild every view", "Python eventsourcing replay, decoding only", count, time.perf_counter() - begun)
    print("\n".join(out))


main()
