"""What events do to items and rounds (the table of rules.md section 7). `s` is the law's state."""

from __future__ import annotations

from .lawrules import Case, member

_ATTRIBUTE_OF = {"to_on_request": "on_request", "to_open": "open", "to_partial": "partial"}


def _put(it: dict, name: str, value) -> None:
    """Sets a field, or removes it where there is no value."""
    if value is None:
        it.pop(name, None)
    else:
        it[name] = value


def _nothing(s, c: Case, it: dict) -> None:
    pass


def _registered(s, c: Case, it: dict) -> None:
    it["responsible"] = c["responsible"]
    _put(it, "source_attribute", c["source_attribute"])
    it["drafter"] = c["person"]
    it["secret"] = c.has("secret_basis")
    it["attribute"] = "unstated"


def _inherited(s, c: Case, it: dict) -> None:
    it["responsible"] = c["responsible"]
    if c["responsible"] == "other":
        it["source_attribute"] = c["attribute"]
    _put(it, "ground", c["ground"])
    if "open" in c.e.parts and c["attribute"] in ("open", "partial"):
        it["public"] = True
        it["open"] = it["content"] = c.e.seq
    s.settle(it, c["attribute"], c.e.seq)


def _proposed(s, c: Case, it: dict) -> None:
    it["drafter"] = c["person"]
    it.pop("review", None)
    it.pop("decided", None)


def _reviewed(s, c: Case, it: dict) -> None:
    it["review"] = {"seq": c.e.seq, "outcome": c["outcome"], "scope": c["scope"]}
    _put(it["review"], "redacted", c["redacted"])


def _determined(s, c: Case, it: dict) -> None:
    review = it.setdefault("review", {"scope": "whole"})
    review["seq"], review["outcome"] = c.e.seq, c["outcome"]


def _decided(s, c: Case, it: dict) -> None:
    _put(it, "ground", c["ground"] if c.has("ground") else c["remainder_ground"])
    it["decided"] = c.e.seq
    s.settle(it, c["attribute"], c.e.seq)


def _published(s, c: Case, it: dict) -> None:
    it["public"] = True
    it["open"] = it["content"] = c.e.seq


def _corrected(s, c: Case, it: dict) -> None:
    if it.get("public"):
        it["open"] = c.e.seq
    if c["extent"] == "content":
        it["content"] = c.e.seq


def _withdrawn(s, c: Case, it: dict) -> None:
    it["public"] = False
    for name in ("open", "review", "decided"):
        it.pop(name, None)


def _reassessed(s, c: Case, it: dict) -> None:
    if c.has("round") and c.rd is not None and member(it, c.rd):
        c.rd["done"] += 1
        it["round_done"] = c.rd["opened"]
    outcome = c["outcome"]
    if outcome == "lapsed":
        s.release(it)
    elif outcome in _ATTRIBUTE_OF:
        _reassessed_to(s, c, it, _ATTRIBUTE_OF[outcome])
    elif c.has("ground") or c.has("remainder_ground"):
        it["ground"] = c["ground"] if c.has("ground") else c["remainder_ground"]


def _reassessed_to(s, c: Case, it: dict, attribute: str) -> None:
    _put(it, "ground", c["remainder_ground"])
    if it.get("responsible") == "other":
        it["source_attribute"] = attribute
    if c["trigger"] == "secrecy_over":
        it["secret"] = False
    it["decided"] = c.e.seq
    if attribute != "on_request":
        it.pop("review", None)
    s.settle(it, attribute, c.e.seq)


def _lapsed(s, c: Case, it: dict) -> None:
    s.release(it)


def _transferred(s, c: Case, it: dict) -> None:
    it["transferred"] = True


def _round_opened(s, c: Case, rd: dict) -> None:
    rd["year"], rd["count"], rd["opened"], rd["done"] = c["year"], c["count"], c.e.seq, 0
    s.office["open_round"] = c.e.subject


def _round_closed(s, c: Case, rd: dict) -> None:
    if s.office["open_round"] == c.e.subject:
        s.office["open_round"] = None


EFFECTS = {
    "item.registered": _registered,
    "item.inherited": _inherited,
    "item.proposed": _proposed,
    "item.reviewed": _reviewed,
    "item.referred": _nothing,
    "item.determined": _determined,
    "item.decided": _decided,
    "item.published": _published,
    "item.corrected": _corrected,
    "item.withdrawn": _withdrawn,
    "item.reassessed": _reassessed,
    "item.lapsed": _lapsed,
    "item.transferred": _transferred,
    "round.opened": _round_opened,
    "round.closed": _round_closed,
    "round.published": _nothing,
}
