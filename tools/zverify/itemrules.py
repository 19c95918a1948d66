"""The named rules of items and rounds (rules.md section 6)."""

from __future__ import annotations

from .lawrules import CHANGES, WITHHELD, Case, cleared, member, when

# registration, proposal


def item_responsible(c: Case):
    ground = c.edition.code("responsible_ground", c["responsible_ground"])
    return when(
        ground.get("responsible", c["responsible"]) != c["responsible"] or ground.get("origin", c["origin"]) != c["origin"],
        found=c["responsible_ground"],
    )


def item_source_attribute(c: Case):
    return when((c["responsible"] == "other") != c.has("source_attribute"), found=c["source_attribute"])


def date_future(c: Case):
    late = [c[name] for name in ("formed", "published") if c.has(name) and c[name] > c["on"]]
    return when(late, "<= " + c["on"], late[0] if late else None)


def register_title(c: Case):
    return when(not c.has("secret_basis") and "closed" not in c.e.parts)


def secret_content(c: Case):
    return when(c.has("secret_basis") and c.e.parts)


def secret_stub(c: Case):
    detail = c.has("secret_level") or c.has("secret_years")
    if not c.has("secret_basis"):
        return when(detail or c.has("review_by"))
    return when(not c.has("review_by") or c.office["policy"]["secret_stub"] == "basis" and detail)


def secret_term(c: Case):
    if not c.has("secret_years"):
        return None
    limit = (c.edition.code("secret_level", c["secret_level"]) or {}).get("years")
    return when(limit is None or limit < c["secret_years"], limit, c["secret_years"])


def inherit_open_part(c: Case):
    committed, attribute = "open" in c.e.parts, c["attribute"]
    return when(
        attribute == "open" and not committed or attribute in ("on_request", "withheld", "unstated") and committed,
        found=attribute,
    )


def inherit_ground(c: Case):
    return when(c.has("ground") and c["attribute"] not in WITHHELD, found=c["attribute"])


def propose_settled(c: Case):
    return when(c.it["state"] == "inherited" and c.it["attribute"] != "unstated", found=c.it["attribute"])


def ground_fits(c: Case):
    attribute = c["attribute"]
    if c.e.kind == "item.proposed":
        broken = c.has("ground") != (attribute in WITHHELD)
    else:
        broken = c.has("ground") != (attribute == "withheld") or c.has("remainder_ground") != (attribute == "partial")
    return when(broken, found=attribute)


def secret_attribute(c: Case):
    return when(c.it.get("secret") and (c["attribute"] != "withheld" or c["ground"] != "state_secret"), found=c["attribute"])


# review, decision, publication


def review_self(c: Case):
    strict = c.office["policy"]["separation"] == "strict"
    return when(strict and c.it.get("drafter") == c["person"], found=c["person"])


def secret_review(c: Case):
    return when(c.it.get("secret") and c["outcome"] == "open")


def refer_outcome(c: Case):
    found = c.it.get("review", {}).get("outcome")
    return when(found != "refer", "refer", found)


def _redaction_wanted(c: Case) -> bool | None:
    """Whether a redacted version has to be named; None where either will do."""
    kind = c.e.kind
    if kind == "item.reviewed":
        return c["scope"] == "redacted"
    if kind == "item.decided":
        return c["attribute"] == "partial"
    if kind == "item.reassessed":
        return None if c["outcome"] == "to_partial" else False
    if kind == "item.corrected" and c["extent"] == "catalogue":
        return False
    return c.it["attribute"] == "partial" if c.it["attribute"] in ("open", "partial") else None


def redaction_fits(c: Case):
    wanted = _redaction_wanted(c)
    return when(wanted is not None and wanted != c.has("redacted"), "present" if wanted else "absent", c["redacted"])


def redaction_same(c: Case):
    reviewed = c.it.get("review", {}).get("redacted")
    return when(c.has("redacted") and reviewed is not None and reviewed != c["redacted"], reviewed, c["redacted"])


def decide_followed(c: Case):
    other, source = c.it.get("responsible") == "other", c.it.get("source_attribute")
    broken = other != (c["basis"] == "followed") or (
        other and source is not None and source != "unstated" and source != c["attribute"]
    )
    return when(broken, source, c["attribute"])


def mark_fits(c: Case):
    wanted = (c.edition.code("mark", c["mark"]) or {}).get("attribute")
    return when(c.has("mark") and wanted != c["attribute"], c["attribute"], c["mark"])


def decide_unreviewed(c: Case):
    return when(c["attribute"] in ("open", "partial") and not cleared(c.it, c["attribute"]), c["attribute"])


def decide_public(c: Case):
    both = c["attribute"] == "partial" and c.it["attribute"] == "partial"
    return when(c.it.get("public") and c["attribute"] != "open" and not both, found=c["attribute"])


def publish_undecided(c: Case):
    return when("decided" not in c.it or c.it["attribute"] not in ("open", "partial"), found=c.it["attribute"])


def publish_unreviewed(c: Case):
    return when(not cleared(c.it, c.it["attribute"]), c.it["attribute"])


def publish_late(c: Case):
    return when("late" in c.e.facts.get("irregular", ()))


def secret_publish(c: Case):
    return when(c.it.get("secret"))


def not_public(c: Case):
    return when(not c.it.get("public"))


def correct_unreviewed(c: Case):
    return when(c["extent"] == "content" and not cleared(c.it, c.it["attribute"]), c.it["attribute"])


def transfer_again(c: Case):
    return when(c.it.get("transferred"))


# reassessment, rounds


def reassess_occasion(c: Case):
    return when(not c.has("round") and not c.has("trigger"))


def reassess_round(c: Case):
    return when(c.has("round") and (c.rd is None or c.rd["state"] != "opened"), found=c["round"])


def reassess_member(c: Case):
    return when(c.has("round") and c.rd is not None and c.rd["state"] == "opened" and not member(c.it, c.rd), found=c["round"])


def reassess_attribute(c: Case):
    attribute = c.it["attribute"]
    return when(
        attribute in ("open", "unstated") or c["outcome"] == "to_on_request" and attribute == "on_request", found=attribute
    )


def reassess_ground(c: Case):
    outcome, attribute = c["outcome"], c.it["attribute"]
    keep = outcome in ("maintain", "deferred")
    remainder = outcome == "to_partial" or keep and attribute == "partial"
    needed = outcome == "to_partial" or outcome == "maintain" and attribute == "partial"
    broken = (
        c.has("ground") and not (keep and attribute == "withheld")
        or outcome == "maintain" and attribute == "withheld" and not c.has("ground")
        or c.has("remainder_ground") and not remainder
        or needed and not c.has("remainder_ground")
    )  # fmt: skip
    return when(broken, found=outcome)


def reassess_followed(c: Case):
    return when(c.it.get("responsible") == "other" and c["outcome"] in CHANGES and c["trigger"] != "source_changed")


def reassess_public(c: Case):
    return when(c["outcome"] == "to_on_request" and c.it.get("public"))


def reassess_secret(c: Case):
    broken = c["outcome"] in CHANGES and c["trigger"] != "secrecy_over" or c.has("ground") and c["ground"] != "state_secret"
    return when(c.it.get("secret") and broken, found=c["outcome"])


def round_one_open(c: Case):
    return when(c.office["open_round"] is not None, found=c.office["open_round"])


def round_count(c: Case):
    return when(c["count"] != c.office["withheld"], c.office["withheld"], c["count"])


def _year(c: Case) -> int:
    return int(c["on"][:4])


def round_year(c: Case):
    return when(c["year"] > _year(c), _year(c), c["year"])


def round_late(c: Case):
    return when(c["year"] < _year(c), _year(c), c["year"])


def round_figures(c: Case):
    rd = c.rd or {}
    return when(
        (c["year"], c["count"]) != (rd.get("year"), rd.get("count")),
        f"{rd.get('year')} {rd.get('count')}",
        f"{c['year']} {c['count']}",
    )


def round_unfinished(c: Case):
    rd = c.rd or {}
    return when(rd.get("done") != rd.get("count"), rd.get("count"), rd.get("done"))


NAMED = {
    "item.responsible": item_responsible,
    "item.source_attribute": item_source_attribute,
    "date.future": date_future,
    "register.title": register_title,
    "secret.content": secret_content,
    "secret.stub": secret_stub,
    "secret.term": secret_term,
    "inherit.open_part": inherit_open_part,
    "inherit.ground": inherit_ground,
    "propose.settled": propose_settled,
    "ground.fits": ground_fits,
    "secret.attribute": secret_attribute,
    "review.self": review_self,
    "secret.review": secret_review,
    "refer.outcome": refer_outcome,
    "redaction.fits": redaction_fits,
    "redaction.same": redaction_same,
    "decide.followed": decide_followed,
    "mark.fits": mark_fits,
    "decide.unreviewed": decide_unreviewed,
    "decide.public": decide_public,
    "publish.undecided": publish_undecided,
    "publish.unreviewed": publish_unreviewed,
    "publish.late": publish_late,
    "secret.publish": secret_publish,
    "correct.public": not_public,
    "correct.unreviewed": correct_unreviewed,
    "withdraw.public": not_public,
    "transfer.again": transfer_again,
    "reassess.occasion": reassess_occasion,
    "reassess.round": reassess_round,
    "reassess.member": reassess_member,
    "reassess.attribute": reassess_attribute,
    "reassess.ground": reassess_ground,
    "reassess.followed": reassess_followed,
    "reassess.public": reassess_public,
    "reassess.secret": reassess_secret,
    "round.one_open": round_one_open,
    "round.count": round_count,
    "round.year": round_year,
    "round.late": round_late,
    "round.figures": round_figures,
    "round.unfinished": round_unfinished,
}
