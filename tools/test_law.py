"""The law: one sample for each named rule, under each edition, written from docs/rules.md, with the exact findings expected.

The rules that stand in the data have their samples in `tests/stories`."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from conftest import NEWEST, ORIGIN, Key, Writer, edition_digest, without_prefix
from conftest import EDITIONS as FILES
from zverify import crypto, ledger, rulebook

EDITIONS = {e.digest: e for e in rulebook.load_folder(Path(__file__).parent.parent / "schemas")}
EDITION = EDITIONS[edition_digest(NEWEST)]
pytestmark = pytest.mark.usefixtures("edition")
REG = {"origin": "made", "responsible": "self", "responsible_ground": "made"}
OTHER = {"origin": "obtained", "responsible": "other", "responsible_ground": "organ", "source_attribute": "open"}
TITLE = {"open": {"title": "t"}}
REASON = {"closed": {"reason": "r"}}
EVIDENCE = "sha256:" + "0" * 64
A, B = "sha256:" + "a" * 64, "sha256:" + "b" * 64
ERASE = {"ground": next(iter(EDITION.codes["erase_ground"])), "asked_by": next(iter(EDITION.codes["asked_by"])), "digest": "b3:" + "0" * 64}
REVOKE = next(iter(EDITION.codes["revoke_reason"]))
INHERITED = {"closed": {"identity": "x", "row": {"a": "b"}, "source": {"file": "f", "line": 1}}}


def report_of(w: Writer, tmp_path: Path):
    return without_prefix(ledger.verify_ledger(w.write(tmp_path / "ledger"), ORIGIN, w.genesis, EDITIONS, []))


def found(w: Writer, tmp_path: Path, seq: int | None = None) -> dict:
    """The findings of one event (the last by default); everything before it has to be clean."""
    report = report_of(w, tmp_path)
    seq = len(w.raws) - 1 if seq is None else seq
    before = [(f.seq, f.code) for f in report.findings if f.seq is None or f.seq < seq and f.cls not in ("irregular",)]
    assert before == []
    return {f.code: f.cls for f in report.findings if f.seq == seq}


def office() -> Writer:
    w = Writer().open().staff()
    w.act(w.admin, ("person.added", "person/both0", {"roles": ["approver", "clerk", "publisher", "reviewer"]}, {"personal": {"name": "b"}}))
    both = Key("both", "person/both0")
    w.act(w.admin, ("key.enrolled", both.holder, {"key": both.text, "possession": both.possession()}, {}))
    w.people["both"] = both
    return w


SCENES = {}


def scene(*codes: str, cls: str = "unlawful", seq: int | None = None, name: str = ""):
    """Registers a sample: the builder gets an office, and its last event has exactly these findings."""

    def register(build):
        SCENES[(name or build.__name__)] = (build, {c.split("=")[0]: c.split("=")[1] if "=" in c else cls for c in codes}, seq)
        return build

    return register


def many(samples):
    for name, codes, build in samples:
        scene(*codes.split(), name=name)(build)


def staged(w: Writer, subject: str, attribute: str = "open", outcome: str = "open", scope: str = "whole", **decided) -> None:
    """Registered, proposed, reviewed and, where `decided` is given, decided."""
    w.register(subject)
    ground = {"ground": "privacy"} if attribute in ("withheld", "partial") else {}
    w.item("clerk", "proposed", subject, {"attribute": attribute} | ground)
    redacted = {"redacted": A} if scope == "redacted" else {}
    w.item("reviewer", "reviewed", subject, {"outcome": outcome, "scope": scope} | redacted)
    if decided:
        w.item("approver", "decided", subject, {"attribute": attribute, "basis": "own"} | decided)


def partial(w: Writer, subject: str) -> None:
    staged(w, subject, "partial", scope="redacted", remainder_ground="privacy", redacted=A)


def irregular(*codes: str) -> dict:
    return {"irregular": sorted(codes), "evidence": EVIDENCE, "mode": "transcribed"}


def declared(w: Writer, kind: str, subject: str, person: str, facts: dict, codes: tuple, parts: dict | None = None) -> int:
    """An event of a person, entered from paper by the approver with declared departures."""
    given = facts | irregular(*codes) | {"person": w.people[person].holder}
    return w.act(w.people["approver"], (kind, subject, given, REASON | (parts or {})))


def secret(w: Writer, subject: str, **more) -> int:
    return w.register(subject, secret_basis="classified", review_by="2027-01-01", **more)


def reassess(w: Writer, subject: str, **facts) -> int:
    return w.item("approver", "reassessed", subject, facts)


def open_round(w: Writer, count: int, subject: str = "round/r1", **facts) -> int:
    return w.act(w.people["approver"], ("round.opened", subject, {"year": 2026, "count": count} | facts, {}))


def inherit(w: Writer, subject: str, parts: dict | None = None, **facts) -> int:
    given = {"attribute": "withheld", "responsible": "self", "origin": "made", "mode": "inherited"} | facts
    return w.item("clerk", "inherited", subject, given, INHERITED | (parts or {}))


def acts(*steps):
    """A builder that does one step after the other."""

    def build(w: Writer):
        for step in steps:
            step(w)

    return build


def ev(key: str, kind: str, subject: str, facts: dict | None = None, parts: dict | None = None):
    def step(w: Writer):
        signer = getattr(w, key) if key in ("admin", "ledger", "recovery") else w.people[key]
        w.act(signer, (kind, subject, facts or {}, parts or {}))

    return step


def on(day: str, at: str | None = None):
    def step(w: Writer):
        w.on = day
        w.at = at or w.at

    return step


NAME = {"personal": {"name": "n"}}

many([
    # stages 0 to 2
    ("genesis.place", "genesis.place=integrity", ev("admin", "ledger.opened", "ledger/main")),
    ("ledger.ended", "ledger.ended=integrity", acts(ev("admin", "ledger.closed", "ledger/main"), ev("admin", "ledger.closed", "ledger/main"))),
    ("edition.unknown", "edition.unknown=uncheckable", ev("admin", "rules.adopted", "ledger/main", {"edition": "b3:" + "1" * 64})),
    ("edition.older", "edition.older", lambda w: w.act(w.admin, ("rules.adopted", "ledger/main", {"edition": edition_digest(w.rules)}, {}))),
    ("schema.kind", "schema.kind", ev("admin", "item.unheard", "item/x1")),
    ("schema.subject", "schema.subject", ev("clerk", "item.registered", "round/x1", REG, {"closed": {"title": "t"}})),
    ("schema.subject ledger", "schema.subject", ev("admin", "ledger.closed", "ledger/other")),
    ("schema.fact_missing", "schema.fact_missing", ev("clerk", "item.registered", "item/x1", {"origin": "made"}, {"closed": {"title": "t"}})),
    ("schema.fact_unknown", "schema.fact_unknown", ev("clerk", "item.registered", "item/x1", REG | {"more": 1}, {"closed": {"title": "t"}})),
    ("schema.fact_value", "schema.fact_value", ev("clerk", "item.registered", "item/x1", REG | {"formed": "2026-02-30"}, {"closed": {"title": "t"}})),
    ("schema.part_missing", "schema.part_missing", ev("admin", "person.added", "person/z1", {"roles": []})),
    ("schema.part_unknown", "schema.part_unknown", ev("clerk", "item.registered", "item/x1", REG, {"open": {"title": "t"}})),
    ("schema, several", "schema.fact_missing schema.fact_unknown schema.part_unknown schema.subject",
     ev("clerk", "item.registered", "round/x1", {"more": 1}, {"open": {"title": "t"}})),
    # stage 3
    ("date.on_future", "date.on_future", acts(on("2026-01-06"), ev("clerk", "item.registered", "item/x1", REG, {"closed": {"title": "t"}}))),
    ("mode.forbidden", "mode.forbidden transcribe.evidence", ev("admin", "key.enrolled", "person/both0", {"mode": "transcribed"} | {
        "key": Key("both2", "person/both0").text, "possession": Key("both2", "person/both0").possession()})),
    ("person.unknown", "person.unknown", ev("clerk", "item.registered", "item/x1", REG | {"person": "person/nobody"}, {"closed": {"title": "t"}})),
    ("person.not_signer", "person.not_signer", ev("clerk", "item.registered", "item/x1", REG | {"person": "person/both0"}, {"closed": {"title": "t"}})),
    ("role.missing", "role.missing", ev("reviewer", "item.registered", "item/x1", REG, {"closed": {"title": "t"}})),
    ("transcribe.signer", "transcribe.signer", ev("reviewer", "item.registered", "item/x1", REG | {
        "person": "person/cler0", "mode": "transcribed", "evidence": EVIDENCE}, {"closed": {"title": "t"}})),
    ("transcribe.evidence", "transcribe.evidence", ev("approver", "item.registered", "item/x1", REG | {
        "person": "person/cler0", "mode": "transcribed"}, {"closed": {"title": "t"}})),
    ("date.backdated", "date.backdated", acts(lambda w: w.register("item/x1"), on("2026-01-04"),
                                             ev("clerk", "item.proposed", "item/x1", {"attribute": "open"}))),
    ("signer.recovery", "signer.recovery=integrity", ev("recovery", "rules.policy", "ledger/main", {
        "separation": "strict", "secret_stub": "full", "round_months": 6})),
    # stage 4
    ("order.state", "order.state", ev("clerk", "item.proposed", "item/x1", {"attribute": "open"})),
    ("order.step", "order.step", acts(lambda w: w.register("item/x1"),
                                      ev("reviewer", "item.reviewed", "item/x1", {"outcome": "exempt", "scope": "whole"}))),
    # persons and keys
    ("person.exists", "person.exists", ev("admin", "person.added", "person/cler0", {"roles": []}, NAME)),
    ("person.missing", "person.missing", ev("admin", "person.changed", "person/z1", {"roles": []})),
    ("admin.last", "admin.last", ev("admin", "person.changed", "person/a0", {"roles": ["clerk"]})),
    ("admin.last key", "admin.last", lambda w: w.act(w.admin, ("key.revoked", "person/a0", {"key": w.admin.text, "reason": REVOKE}, {}))),
    ("key.once", "key.once", lambda w: w.act(w.admin, ("key.enrolled", "person/cler0", {
        "key": w.people["clerk"].text, "possession": w.people["clerk"].possession()}, {}))),
    ("key.weak", "key.weak", ev("admin", "key.enrolled", "person/cler0", {
        "key": "ed25519:01" + "00" * 31, "possession": base64.b64encode(bytes(64)).decode()})),
    ("key.possession", "key.possession", lambda w: w.act(w.admin, ("key.enrolled", "person/cler0", {
        "key": Key("k9", "person/x").text, "possession": Key("k9", "person/x").possession()}, {}))),
    ("key.stranger", "key.stranger", lambda w: w.act(w.admin, ("key.revoked", "person/both0", {
        "key": w.people["clerk"].text, "reason": REVOKE, "doubtful_from": 1}, {}))),
    ("key.gone", "key.gone", lambda w: [w.act(w.admin, ("key.revoked", "person/cler0", {
        "key": w.people["clerk"].text, "reason": REVOKE}, {})) for _ in range(2)]),
    ("key.ledger", "key.ledger", lambda w: w.act(w.admin, ("key.revoked", "person/l0", {"key": w.ledger.text, "reason": REVOKE}, {}))),
    ("key.doubtful_range", "key.doubtful_range", lambda w: w.act(w.admin, ("key.revoked", "person/cler0", {
        "key": w.people["clerk"].text, "reason": REVOKE, "doubtful_from": 1}, {}))),
    ("key.doubtful", "key.doubtful=notice", lambda w: [w.register("item/x1"), w.act(w.admin, ("key.revoked", "person/cler0", {
        "key": w.people["clerk"].text, "reason": REVOKE, "doubtful_from": len(w.raws) - 1}, {}))]),
    # ledger
    ("clock.previous", "clock.previous", acts(on("2026-01-04", "2026-01-04T09:00:00+08:00"), ev(
        "admin", "ledger.clock_corrected", "ledger/main", {"previous": "2026-01-05T09:00:01+08:00"}, REASON))),
    ("clock.backwards", "clock.backwards", ev(
        "admin", "ledger.clock_corrected", "ledger/main", {"previous": "2026-01-05T09:00:00+08:00"}, REASON)),
    ("erase.of", "erase.of", acts(lambda w: w.register("item/x1"), ev("admin", "part.erased", "item/x1", {"of": 3, "part": "closed"} | ERASE))),
    ("erase.of no state", "erase.of", ev("admin", "part.erased", "request/x1", {"of": 3, "part": "closed"} | ERASE)),
    ("ack.finding", "ack.finding", ev("admin", "finding.acknowledged", "ledger/main", {"of": 3, "code": "order.step"}, REASON)),
    # registration
    ("item.responsible", "item.responsible", ev("clerk", "item.registered", "item/x1", REG | {"responsible_ground": "kept"}, {"closed": {"title": "t"}})),
    ("item.source_attribute", "item.source_attribute", ev("clerk", "item.registered", "item/x1", REG | {"source_attribute": "open"}, {"closed": {"title": "t"}})),
    ("date.future", "date.future", ev("clerk", "item.registered", "item/x1", REG | {"formed": "2026-01-06"}, {"closed": {"title": "t"}})),
    ("register.title", "register.title", ev("clerk", "item.registered", "item/x1", REG)),
    ("secret.content", "secret.content", ev("clerk", "item.registered", "item/x1", REG | {
        "secret_basis": "classified", "review_by": "2027-01-01"}, {"closed": {"title": "t"}})),
    ("secret.stub", "secret.stub", lambda w: secret(w, "item/x1", secret_level="secret")),
    ("secret.stub without", "secret.stub", ev("clerk", "item.registered", "item/x1", REG | {"review_by": "2027-01-01"}, {"closed": {"title": "t"}})),
    ("secret.term", "secret.term", acts(ev("admin", "rules.policy", "ledger/main", {"separation": "strict", "secret_stub": "full", "round_months": 12}),
                                        lambda w: secret(w, "item/x1", secret_level="confidential", secret_years=11))),
    ("inherit.open_part", "inherit.open_part", lambda w: inherit(w, "item/x1", TITLE, ground="privacy")),
    ("inherit.open_part none", "inherit.open_part", lambda w: inherit(w, "item/x1", attribute="open")),
    ("inherit.ground", "inherit.ground", lambda w: inherit(w, "item/x1", attribute="on_request", ground="privacy")),
    ("propose.settled", "propose.settled", acts(lambda w: inherit(w, "item/x1"), ev("clerk", "item.proposed", "item/x1", {"attribute": "open"}))),
    ("ground.fits", "ground.fits", acts(lambda w: w.register("item/x1"), ev("clerk", "item.proposed", "item/x1", {"attribute": "withheld"}))),
    ("ground.fits decided", "ground.fits", lambda w: staged(w, "item/x1", "withheld", "exempt", remainder_ground="privacy")),
    ("secret.attribute", "secret.attribute", acts(lambda w: secret(w, "item/x1"), ev("clerk", "item.proposed", "item/x1", {"attribute": "open"}))),
    # review, decision, publication
    ("review.self", "review.self", acts(lambda w: w.item("both", "registered", "item/x1", REG, {"closed": {"title": "t"}}),
                                        ev("both", "item.proposed", "item/x1", {"attribute": "open"}),
                                        ev("both", "item.reviewed", "item/x1", {"outcome": "open", "scope": "whole"}))),
    ("secret.review", "secret.review", acts(lambda w: secret(w, "item/x1"), ev("clerk", "item.proposed", "item/x1", {
        "attribute": "withheld", "ground": "state_secret"}), ev("reviewer", "item.reviewed", "item/x1", {"outcome": "open", "scope": "whole"}))),
    ("refer.outcome", "refer.outcome", acts(lambda w: staged(w, "item/x1"), ev("reviewer", "item.referred", "item/x1", {"to": "secrecy_admin"}))),
    ("redaction.fits", "redaction.fits", acts(lambda w: w.register("item/x1"), ev("clerk", "item.proposed", "item/x1", {"attribute": "open"}),
                                              ev("reviewer", "item.reviewed", "item/x1", {"outcome": "open", "scope": "redacted"}))),
    ("redaction.fits published", "redaction.fits", acts(lambda w: partial(w, "item/x1"), ev("publisher", "item.published", "item/x1", {"channels": ["website"]}, TITLE))),
    ("redaction.same", "redaction.same", acts(lambda w: partial(w, "item/x1"),
                                              ev("publisher", "item.published", "item/x1", {"channels": ["website"], "redacted": B}, TITLE))),
    ("decide.followed", "decide.followed", lambda w: staged(w, "item/x1", basis="followed")),
    ("decide.followed other", "decide.followed", acts(ev("clerk", "item.registered", "item/x1", OTHER, {"closed": {"title": "t"}}),
        ev("clerk", "item.proposed", "item/x1", {"attribute": "open"}), ev("reviewer", "item.reviewed", "item/x1", {"outcome": "open", "scope": "whole"}),
        ev("approver", "item.decided", "item/x1", {"attribute": "on_request", "basis": "followed"}))),
    ("mark.fits", "mark.fits", lambda w: staged(w, "item/x1", mark="on_request")),
    ("decide.unreviewed", "decide.unreviewed", lambda w: staged(w, "item/x1", outcome="exempt", mark="open_publish")),
    ("decide.public", "decide.public", acts(lambda w: w.publish("item/x1"),
                                            ev("approver", "item.decided", "item/x1", {"attribute": "on_request", "basis": "own"}))),
    ("publish.undecided", "publish.undecided", acts(lambda w: staged(w, "item/x1", "on_request", mark="on_request"),
                                                    ev("publisher", "item.published", "item/x1", {"channels": ["website"]}, TITLE))),
    ("publish.unreviewed", "publish.unreviewed", acts(lambda w: w.withhold("item/x1"), lambda w: reassess(w, "item/x1", outcome="to_open", trigger="circumstances"),
                                                      ev("publisher", "item.published", "item/x1", {"channels": ["website"]}, TITLE))),
    ("correct.public", "correct.public", acts(lambda w: staged(w, "item/x1", mark="open_publish"),
                                              ev("publisher", "item.corrected", "item/x1", {"extent": "catalogue"}, TITLE))),
    ("correct.unreviewed", "correct.unreviewed", acts(lambda w: w.publish("item/x1"), ev("publisher", "item.corrected", "item/x1", {"extent": "content"}, TITLE))),
    ("withdraw.public", "withdraw.public", acts(lambda w: staged(w, "item/x1"), ev("publisher", "item.withdrawn", "item/x1", {"cause": "error"}))),
    ("transfer.again", "transfer.again", acts(lambda w: w.publish("item/x1"), ev("archivist", "item.transferred", "item/x1"), ev("archivist", "item.transferred", "item/x1"))),
    ("erase.in_force", "erase.in_force", acts(lambda w: w.publish("item/x1"), lambda w: w.act(w.admin, (
        "part.erased", "item/x1", ERASE | {"of": len(w.raws) - 1, "part": "open", "digest": w.lines[-2]["event"]["parts"]["open"]}, {})))),
    # reassessment and rounds
    ("reassess.occasion", "reassess.occasion", acts(lambda w: w.withhold("item/x1"), lambda w: reassess(w, "item/x1", outcome="deferred"))),
    ("reassess.round", "reassess.round", acts(lambda w: w.withhold("item/x1"), lambda w: reassess(w, "item/x1", outcome="deferred", round="round/no"))),
    ("reassess.member", "reassess.member", acts(lambda w: open_round(w, 0), lambda w: w.withhold("item/x1"),
                                                lambda w: reassess(w, "item/x1", outcome="deferred", round="round/r1"))),
    ("reassess.attribute", "reassess.attribute", acts(lambda w: w.publish("item/x1"), lambda w: reassess(w, "item/x1", outcome="to_open", trigger="error_found"))),
    ("reassess.ground", "reassess.ground", acts(lambda w: w.withhold("item/x1"), lambda w: reassess(w, "item/x1", outcome="maintain", trigger="circumstances"))),
    ("reassess.followed", "reassess.followed", acts(lambda w: inherit(w, "item/x1", responsible="other"),
                                                    lambda w: reassess(w, "item/x1", outcome="to_open", trigger="circumstances"))),
    ("reassess.public", "reassess.public", acts(lambda w: partial(w, "item/x1"), ev(
        "publisher", "item.published", "item/x1", {"channels": ["website"], "redacted": A}, TITLE),
        lambda w: reassess(w, "item/x1", outcome="to_on_request", trigger="circumstances"))),
    ("reassess.redacted", "redaction.fits", acts(lambda w: w.withhold("item/x1"),
                                                 lambda w: reassess(w, "item/x1", outcome="to_open", trigger="circumstances", redacted=A))),
    ("round.one_open", "round.one_open", acts(lambda w: open_round(w, 0), lambda w: open_round(w, 0, "round/r2"))),
    ("round.count", "round.count", acts(lambda w: w.withhold("item/x1"), lambda w: open_round(w, 0))),
    ("round.year", "round.year", lambda w: open_round(w, 0, year=2027)),
    ("round.late", "round.late", lambda w: open_round(w, 0, year=2025)),
    ("round.figures", "round.figures", acts(lambda w: open_round(w, 0), ev("approver", "round.closed", "round/r1", {"year": 2025, "count": 0}))),
    ("round.unfinished", "round.unfinished", acts(lambda w: w.withhold("item/x1"), lambda w: open_round(w, 1),
                                                  ev("approver", "round.closed", "round/r1", {"year": 2026, "count": 1}))),
    # declared departures
    ("correction late", "publish.late=irregular", acts(lambda w: w.publish("item/x1"), lambda w: declared(
        w, "item.corrected", "item/x1", "publisher", {"extent": "catalogue"}, ("late",), TITLE))),
    ("publish.late", "publish.late=irregular", acts(lambda w: staged(w, "item/x1", mark="open_publish"), lambda w: declared(
        w, "item.published", "item/x1", "publisher", {"channels": ["website"]}, ("late",), TITLE))),
    ("several waived", "order.step=irregular publish.undecided=irregular publish.unreviewed=irregular", acts(
        lambda w: w.register("item/x1"), lambda w: declared(
            w, "item.published", "item/x1", "publisher", {"channels": ["website"]}, ("step_missing", "undecided", "unreviewed"), TITLE))),
    ("one not waived", "order.step=irregular publish.undecided publish.unreviewed=irregular", acts(
        lambda w: w.register("item/x1"), lambda w: declared(
            w, "item.published", "item/x1", "publisher", {"channels": ["website"]}, ("step_missing", "unreviewed"), TITLE))),
    ("backdated waived", "date.backdated=irregular", acts(lambda w: w.register("item/x1"), on("2026-01-04"), lambda w: declared(
        w, "item.proposed", "item/x1", "clerk", {"attribute": "open"}, ("backdated",)))),
    ("irregular.unneeded", "irregular.unneeded", acts(lambda w: w.register("item/x1"), lambda w: declared(
        w, "item.proposed", "item/x1", "clerk", {"attribute": "open"}, ("backdated",)))),
    ("irregular.evidence", "round.late=irregular irregular.evidence irregular.reason", ev(
        "approver", "round.opened", "round/r1", {"year": 2025, "count": 0, "irregular": ["late"]})),
    ("irregular.signer", "round.late=irregular irregular.signer", ev(
        "admin", "round.opened", "round/r1", {"year": 2025, "count": 0, "irregular": ["late"], "evidence": EVIDENCE}, REASON)),
])  # fmt: skip


def secret_published(w: Writer):
    secret(w, "item/x1")
    declared(w, "item.published", "item/x1", "publisher", {"channels": ["website"]}, ("step_missing", "undecided", "unreviewed"), TITLE)


many([
    ("secret.publish", "order.step=irregular publish.undecided=irregular publish.unreviewed=irregular secret.publish", secret_published),
    ("reassess.secret", "reassess.secret", acts(
        lambda w: secret(w, "item/x1"), ev("clerk", "item.proposed", "item/x1", {"attribute": "withheld", "ground": "state_secret"}),
        ev("reviewer", "item.reviewed", "item/x1", {"outcome": "exempt", "scope": "whole"}),
        ev("approver", "item.decided", "item/x1", {"attribute": "withheld", "ground": "state_secret", "basis": "own"}),
        lambda w: reassess(w, "item/x1", outcome="to_open", trigger="circumstances"))),
])  # fmt: skip


# where the newer edition counts what the first had declared
FROM_2026_2 = {"publish.late": {"publish.overdue": "irregular"}}


@pytest.mark.parametrize("name", SCENES)
def test_scene(name, tmp_path, edition):
    build, expected, seq = SCENES[name]
    expected = FROM_2026_2.get(name, expected) if edition != FILES[0] else expected
    w = office()
    build(w)
    assert found(w, tmp_path, seq) == expected


def test_every_rule_has_a_sample(edition):
    book = EDITIONS[edition_digest(edition)]
    by_data = {check["rule"] for kind in book.kinds.values() for check in kind.get("checks", ())}
    shown = {c for _, expected, _ in SCENES.values() for c in expected}
    elsewhere = {"signer.unknown", "signer.revoked", "signer.not_for_acts", "part.member_missing", "genesis.keys", "genesis.signer", "ack.same_person"}
    elsewhere |= {"advance.note", "fork.notes", "receipt.note"} & set(book.rules)  # test_receipts.py
    assert set(book.rules) - by_data - shown == elsewhere


def genesis(tmp_path, change):
    w = Writer()

    def twist(line):
        change(w, line["event"])

    w.open(twist=twist)
    return found(w, tmp_path, 0)


def roles(line, name, value):
    entries = line["facts"]["keys"]
    for entry in entries:
        if entry["roles"] == [name]:
            entry["roles"] = value


GENESIS = [
    (lambda w, e: None, {}),
    (lambda w, e: e["facts"]["keys"].reverse(), {"genesis.keys": "integrity"}),
    (lambda w, e: roles(e, "ledger", ["clerk"]), {"genesis.keys": "integrity"}),
    (lambda w, e: roles(e, "recovery", ["ledger"]), {"genesis.keys": "integrity"}),
    (lambda w, e: roles(e, "recovery", ["admin", "recovery"]), {"genesis.keys": "integrity"}),
    (lambda w, e: roles(e, "admin", ["clerk"]), {"genesis.keys": "integrity", "genesis.signer": "integrity"}),
    (lambda w, e: e["facts"].update(person="person/l0"), {"genesis.signer": "integrity"}),
    (lambda w, e: e["facts"]["keys"][0].update(possession=e["facts"]["keys"][1]["possession"]), {"key.possession": "unlawful"}),
    (lambda w, e: e["facts"]["keys"][0].update(key="ed25519:" + "00" * 32), {"key.weak": "unlawful"}),
    (lambda w, e: e["facts"].update(keys=[]), {"schema.fact_value": "unlawful"}),
    (lambda w, e: e["facts"].update(mode="inherited"), {"mode.forbidden": "unlawful"}),
    (lambda w, e: e["facts"].update(rules="b3:" + "0" * 64), {"edition.unknown": "uncheckable"}),
    (lambda w, e: e["facts"].update(rules=1), {"edition.unknown": "uncheckable"}),
    (lambda w, e: e.update(kind="ledger.closed"), {"genesis.place": "integrity"}),
]


@pytest.mark.parametrize("number", range(len(GENESIS)))
def test_genesis(tmp_path, number):
    change, expected = GENESIS[number]
    assert genesis(tmp_path, change) == expected


def test_whole_course_of_a_round(tmp_path):
    w = office()
    w.withhold("item/w1")
    w.withhold("item/w2")
    partial(w, "item/p1")
    inherit(w, "item/i1", ground="privacy")
    open_round(w, 4)
    reassess(w, "item/w1", outcome="maintain", round="round/r1", ground="privacy")
    reassess(w, "item/w2", outcome="to_open", round="round/r1")
    reassess(w, "item/p1", outcome="maintain", round="round/r1", remainder_ground="trade_secret")
    w.item("clerk", "lapsed", "item/i1", {"cause": "repealed"})
    w.item("reviewer", "reviewed", "item/w2", {"outcome": "open", "scope": "whole"})
    w.item("publisher", "published", "item/w2", {"channels": ["gazette", "website"]}, TITLE)
    w.act(w.people["approver"], ("round.closed", "round/r1", {"year": 2026, "count": 4}, {}))
    w.act(w.people["publisher"], ("round.published", "round/r1", {}, {"open": {"title": "t", "results": []}}))
    report = report_of(w, tmp_path)
    assert [(f.seq, f.code) for f in report.findings] == [] and report.verdicts["lawful"] == len(w.raws)


def test_source_changed_and_secrecy_over(tmp_path):
    w = office()
    inherit(w, "item/x1", responsible="other")
    reassess(w, "item/x1", outcome="to_on_request", trigger="source_changed")
    secret(w, "item/s1")
    w.item("clerk", "proposed", "item/s1", {"attribute": "withheld", "ground": "state_secret"})
    w.item("reviewer", "reviewed", "item/s1", {"outcome": "refer", "scope": "whole"})
    w.item("reviewer", "referred", "item/s1", {"to": "secrecy_admin"})
    w.item("approver", "determined", "item/s1", {"outcome": "exempt", "by_authority": "secrecy_admin"})
    w.item("approver", "decided", "item/s1", {"attribute": "withheld", "ground": "state_secret", "basis": "own"})
    reassess(w, "item/s1", outcome="to_partial", trigger="secrecy_over", remainder_ground="privacy", redacted=A)
    w.item("reviewer", "reviewed", "item/s1", {"outcome": "open", "scope": "redacted", "redacted": A})
    w.item("publisher", "published", "item/s1", {"channels": ["website"], "redacted": A}, TITLE)
    assert found(w, tmp_path) == {}


def test_acknowledged_by_two(tmp_path):
    w = office()
    seq = w.item("clerk", "registered", "item/x1", REG | {"responsible_ground": "kept"}, {"closed": {"title": "t"}})
    ack = ("finding.acknowledged", "ledger/main", {"of": seq, "code": "item.responsible"}, REASON)
    report = report_of(w, tmp_path)
    assert not report.passed and report.counts == {"unlawful": 1}
    w.act(w.admin, ack)
    assert not report_of(w, tmp_path).passed
    same = w.copy()
    same.act(same.admin, ack)
    assert {(f.seq, f.code) for f in report_of(same, tmp_path).findings} == {(seq, "item.responsible"), (len(same.raws) - 1, "ack.same_person")}
    w.act(w.people["approver"], ack)
    report = report_of(w, tmp_path)
    assert report.passed and [(f.code, f.cls) for f in report.findings] == [("item.responsible", "acknowledged")]
    w.act(w.people["reviewer"], ack)
    assert [f.code for f in report_of(w, tmp_path).findings] == ["item.responsible", "ack.finding"]


def test_after_an_unknown_edition_nothing_is_judged(tmp_path):
    w = office()
    seq = w.act(w.admin, ("rules.adopted", "ledger/main", {"edition": "b3:" + "1" * 64}, {}))
    w.act(Key("enrolled there", "person/x0"), ("item.unheard", "item/x1", {}, {}))
    w.act(w.ledger, ("item.unheard", "item/x2", {}, {}))
    report = report_of(w, tmp_path)
    assert [(f.code, f.seq) for f in report.findings] == [
        ("edition.unknown", seq), ("edition.unknown", seq + 1), ("signer.not_for_acts", seq + 2)
    ]  # fmt: skip
    assert not report.passed and report.verdicts["uncheckable"] == 3


def test_recovery(tmp_path):
    w = office()
    new = Key("new admin", "person/n0")
    w.act(w.recovery, ("person.added", "person/n0", {"roles": ["admin"], "person": "person/r0"}, NAME))
    w.act(w.recovery, ("key.enrolled", "person/n0", {"key": new.text, "possession": new.possession()}, {}))
    w.act(w.recovery, ("person.changed", "person/cler0", {"roles": ["admin", "clerk"]}, {}))
    assert found(w, tmp_path) == {}
    w.act(new, ("person.added", "person/n1", {"roles": []}, NAME))
    assert found(w, tmp_path) == {}
    w.act(w.recovery, ("person.changed", "person/cler0", {"roles": ["admin"]}, {}))
    assert found(w, tmp_path) == {"signer.recovery": "integrity"}


def test_unlawful_gives_nobody_a_key(tmp_path):
    w = office()
    thief = Key("thief", "person/cler0")
    w.act(w.people["clerk"], ("key.enrolled", "person/cler0", {"key": thief.text, "possession": thief.possession()}, {}))
    w.act(thief, ("item.registered", "item/x1", REG, {"closed": {"title": "t"}}))
    report = report_of(w, tmp_path)
    assert [(f.code, f.cls) for f in report.findings] == [("role.missing", "unlawful"), ("signer.unknown", "integrity")]


def test_unlawful_items_count(tmp_path):
    """What was put out is out: a later withdrawal of it is lawful."""
    w = office()
    w.register("item/x1")
    w.item("publisher", "published", "item/x1", {"channels": ["website"]}, TITLE)
    w.item("approver", "withdrawn", "item/x1", {"cause": "unfounded"})
    report = report_of(w, tmp_path)
    assert {f.code for f in report.findings} == {"order.step", "publish.undecided", "publish.unreviewed"}
    assert {f.seq for f in report.findings} == {len(w.raws) - 2}


def test_keys_named_alike_do_not_pass(tmp_path):
    """An act signed by a revoked key is one finding, and the law says nothing of its events."""
    w = office()
    clerk = w.people["clerk"]
    w.act(w.admin, ("key.revoked", "person/cler0", {"key": clerk.text, "reason": REVOKE}, {}))
    w.act(clerk, ("item.unheard", "item/x1", {}, {}), ("item.unheard", "item/x2", {}, {}))
    report = report_of(w, tmp_path)
    assert [(f.code, f.seq) for f in report.findings] == [("signer.revoked", len(w.raws) - 2)]


def test_the_edition_file(edition):
    data = edition.read_bytes()
    assert rulebook.read_edition(data).digest == edition_digest(edition)
    for bad in (b"{}", b"[]", data[:-9], data.replace(b'"ordinal"', b'"ordinals"', 1), data.replace(b'"needs"', b'"need"', 1)):
        with pytest.raises(rulebook.BadEdition):
            rulebook.read_edition(bad)
    assert crypto.B3.match(edition_digest(edition))
