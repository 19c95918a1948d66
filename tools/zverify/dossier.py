"""What the data write: registers of items and dossiers, spans and open parts of dossiers (rules.md section 12)."""

from __future__ import annotations

from .conditions import value
from .lawrules import Case

NEW = {"state": "none"}


def written(c: Case, operands: dict[str, str]) -> dict[str, str | int]:
    """The operands that have a value, read from the state before the event."""
    found = {name: value(c, operand) for name, operand in operands.items()}
    return {name: v for name, v in found.items() if v is not None}


def put(values: dict, c: Case, new: dict[str, str | int]) -> None:
    for name in c.edition.kinds[c.e.kind].get("clears", ()):
        values.pop(name, None)
    values.update(new)


class Effect:
    """What an event does to its dossier, worked out before anything is written."""

    def __init__(self, c: Case):
        self.c = c
        self.kind = c.edition.kinds[c.e.kind]
        self.values = written(c, self.kind.get("sets", {}))
        self.closes, self.opens = self._kept("closes"), self._kept("opens")
        self.span = value(c, self.opens_what()) if "opens" in self.kind else None

    def opens_what(self) -> str:
        return self.kind["opens"]["span"]

    def _kept(self, member: str) -> dict:
        return written(self.c, self.kind.get(member, {}).get("keeps", {}))

    def apply(self, dossier: dict) -> None:
        put(dossier["values"], self.c, self.values)
        self._close(dossier["spans"])
        if isinstance(self.span, str):
            dossier["spans"][self.c.e.seq] = {"name": self.span, "from": self.c["on"], "values": self.opens}

    def _close(self, spans: dict) -> None:
        if "closes" not in self.kind or type(self.c["of"]) is not int:
            return
        found = spans.get(self.c["of"])
        if found and "until" not in found and found["name"] in self.kind["closes"]["span"].split("|"):
            found["until"] = self.c["on"]
            found["values"].update(self.closes)

    def open_part(self, dossier: dict, public: list[str]) -> None:
        """Which open part is in force, once the state is known."""
        if dossier["state"] not in public:
            dossier.pop("open", None)
        elif self.kind["open"] == "in_force" and "open" in self.c.e.parts:
            dossier["open"] = self.c.e.seq
