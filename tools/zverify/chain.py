"""The format level: lines, chain, tree, acts and seals, parts. It asks the law through `law`."""

from __future__ import annotations

from dataclasses import dataclass

from . import canon, crypto, notes
from .event import PART_NAMES, BadShape, Event, read_line
from .report import Report
from .times import GRACE, Times, told, unix
from .tree import Tree, consistent

MAX_ACT = 4096


@dataclass
class Place:
    file: str | None
    line: int | None


@dataclass
class OpenAct:
    first: int
    by: str
    at: str
    count: int
    keys: int | None
    last: int
    founds: bool
    before: Tree
    whole: bool = True


class Chain:
    """Folds lines in order. `copy` is "ledger", "full" or "public"."""

    def __init__(self, origin: str, report: Report, law, copy: str, genesis: str | None = None):
        self.origin = origin
        self.report = report
        self.law = law
        self.copy = copy
        self.genesis = genesis
        self.start = 0
        self.next = 0
        self.head = crypto.chain_start(origin)
        self.tree = Tree()
        self.times = Times()
        self.at: str | None = None
        self.last: dict[str, int] = {}
        self.keys: int | None = None
        self.act: OpenAct | None = None
        self.known_past = True
        self.events = 0
        self.intact = 0
        self.watched: dict[int, bytes] = {}
        self._root_in_doubt = False
        self._after_mark = False
        self._place = Place(None, None)
        self._act_end = Place(None, None)

    def resume(self, size: int, head: str, frontier: list[bytes]) -> None:
        """Begin at event `size` without knowing the events before it."""
        self.start = self.next = size
        self.head = head
        self.tree = Tree(size, frontier)
        self.known_past = size == 0

    def watch(self, size: int) -> None:
        """Remember the root at this size when it is reached."""
        self.watched.setdefault(size, b"")
        if size == self.tree.size:
            self.watched[size] = self.tree.root()

    # lines

    def line(self, data: bytes | None, ended: bool, file: str | None, number: int) -> None:
        """One line without its newline; None stands for a line over the limit."""
        self._place = Place(file, number)
        if not ended:
            self._find("line.unterminated")
            return
        if data is None or len(data) > canon.MAX_LINE:
            self._find("line.canonical", found="longer than 1 MiB")
            return
        try:
            value, exact = canon.parse(data)
            if not exact:
                raise canon.Refused("not the canonical form")
            kind, content = read_line(value)
        except canon.Refused as error:
            self._find("line.canonical", found=str(error))
            return
        except BadShape as error:
            self._find("line.shape", found=str(error))
            return
        if kind != "synced":
            self._after_mark = False
        getattr(self, "_" + kind)(content)

    def begin_file(self, name: str, stem: str) -> None:
        """A file of events begins; `stem` is its name without folder and extensions."""
        self._place = Place(name, None)
        if self.act or stem != f"{self.next:012}":
            found = "an act goes on from the file before" if self.act else stem
            self._find("file.start", expected=f"{self.next:012}", found=found)

    def end(self) -> None:
        """After the last line."""
        if self.act:
            self._unsealed(self.act.last, self._act_end)
        if self.events == 0:
            self._place = Place(None, None)
            self._find("log.empty")
        self.report.size = self.next
        self.report.head = self.head
        self.report.root = self.tree.root().hex()

    def _find(self, code: str, seq: int | None = None, **shown) -> None:
        if self.act:
            self.act.whole = False
        self.report.add(code, "integrity", seq=seq, file=self._place.file, line=self._place.line, **shown)

    # events

    def _event(self, e: Event) -> None:
        self._in_act(e)
        if e.version != 1:
            self._find("event.version", e.seq, expected="1", found=str(e.version))
        if e.seq != self.next:
            self._root_in_doubt = True
            self._find("seq.order", e.seq, expected=str(self.next), found=str(e.seq))
        if e.prev != self.head:
            self._find("chain.broken", e.seq, expected=self.head, found=e.prev)
        if self.at is not None and e.at < self.at and e.kind != "ledger.clock_corrected":
            self._find("time.order", e.seq, expected=">= " + self.at, found=e.at)
        if self.times.floor is not None and unix(e.at) < self.times.floor:
            self._find("receipt.backdated", e.seq, expected=told(self.times.floor + GRACE), found=e.at)
        self._check_links(e)
        self._advance(e)
        Parts(self, e).check()
        self.law.event(e, self._place, e.by == self.act.by)

    def _advance(self, e: Event) -> None:
        self.head = crypto.chain_hash(e.raw)
        if self.events == 0 and self.start == 0 and self.genesis not in (None, self.head):
            self._find("genesis.pin", e.seq, expected=self.genesis, found=self.head)
        self.times.note(self.tree.size, unix(e.at))
        self.tree.append(e.raw)
        self.events += 1
        self.next += 1
        self.at = e.at
        self.last[e.subject] = e.seq
        if e.kind == "ledger.opened" or e.kind.startswith(("person.", "key.", "rules.")):
            self.keys = e.seq
        if self.tree.size in self.watched:
            self.watched[self.tree.size] = self.tree.root()
        self._act_end = self._place

    def _in_act(self, e: Event) -> None:
        act = self.act
        if act is None or e.act != act.first:
            self._begin_act(e)
            return
        act.count += 1
        act.last = e.seq
        if e.by != act.by:
            self._find("act.signer", e.seq, expected=act.by, found=e.by)
        if e.at != act.at:
            self._find("act.time", e.seq, expected=act.at, found=e.at)
        if act.count == MAX_ACT + 1:
            self._find("act.size", e.seq, expected="<= 4096")
        if act.founds and act.count == 2 and not self.law.authorise(e, self._place, act.by, act.first):
            act.whole = False

    def _begin_act(self, e: Event) -> None:
        if self.act:
            self._unsealed(e.seq, self._place)
        first = self.events == 0 and self.start == 0
        before = Tree(self.tree.size, self.tree.frontier())
        self.act = OpenAct(e.act, e.by, e.at, 1, self.keys, e.seq, first, before)
        if e.act != e.seq:
            self._find("act.boundary", e.seq, expected=str(e.seq), found=str(e.act))
        if not self.law.begin_act(e, self._place, first):
            self.act.whole = False

    def _check_links(self, e: Event) -> None:
        last, unknown = self.last.get(e.subject), not self.known_past
        if e.last != last and not (unknown and last is None and (e.last is None or e.last < self.start)):
            self._find("last.wrong", e.seq, expected=str(last), found=str(e.last))
        keys = self.act.keys
        if e.keys != keys and not (unknown and keys is None and e.keys is not None and e.keys < self.start):
            self._find("keys.wrong", e.seq, expected=str(keys), found=str(e.keys))

    def _unsealed(self, seq: int, place: Place) -> None:
        """The act is left open; told where it is noticed."""
        here, self._place = self._place, place
        self._find("act.unsealed", seq)
        self._place, self.act = here, None

    def take_receipt(self, claim, e: Event) -> None:
        """Holds a receipt that stands against the tree before its act, and against the times of events."""
        before = self.act.before
        if not consistent(claim.size, before.size, claim.root, before.root(), claim.proof):
            shown = {"expected": f"{claim.size} {claim.root.hex()}", "found": f"{before.size} {before.root().hex()}"}
            self._find("receipt.root", e.seq, **shown)
            return
        wrong = self.times.against(claim.size, claim.time)
        if wrong:
            self._find(wrong[0], e.seq, expected=told(claim.time), found=told(wrong[1]))
        self.times.raise_floor(claim.time)

    # seals and marks

    def _synced(self, number: int) -> None:
        if self.copy != "ledger":
            self._find("line.shape", found="a synced line is never exported")
        elif self.act or self._after_mark or number != self.next:
            self._find("synced.wrong", expected=str(self.next), found=str(number))
        self._after_mark = True

    def _seal(self, note: str) -> None:
        """A note that is no seal does not close the act."""
        try:
            seal = notes.read_seal(note)
        except notes.BadNote as error:
            self._find("seal.form", found=str(error))
            return
        if self.act is None:
            self._find("seal.stray")
            return
        self._judge_seal(seal, self.act)
        if self.act.whole:
            self.intact += self.act.count
        self.act = None

    def _judge_seal(self, seal: notes.Seal, act: OpenAct) -> None:
        here = act.last
        if seal.origin != self.origin:
            self._find("seal.origin", here, expected=self.origin, found=seal.origin)
        if seal.size != self.next:
            self._find("seal.size", here, expected=str(self.next), found=str(seal.size))
        if (seal.first, seal.head) != (act.first, self.head):
            expected = f"act {act.first} {self.head}"
            self._find("seal.act", here, expected=expected, found=f"act {seal.first} {seal.head}")
        self._check_root(seal, here)
        name = f"{seal.origin}/{crypto.label(act.by)}"
        if not seal.signature.verifies(name, act.by, seal.text):
            self._find("seal.signature", here, expected=f"{name} under {act.by}")

    def _check_root(self, seal: notes.Seal, here: int) -> None:
        root = self.tree.root()
        if seal.root == root or self._root_in_doubt:
            return
        self._root_in_doubt = True
        self._find("seal.root", here, expected=root.hex(), found=seal.root.hex())


class Parts:
    """The parts of one event: those that are here, and those that are not."""

    def __init__(self, chain: Chain, e: Event):
        self.chain = chain
        self.e = e

    def check(self) -> None:
        leaks = [n for n in self.e.bodies if n in ("closed", "personal")]
        if self.chain.copy == "public" and leaks:
            self._find("part.leak", found=", ".join(leaks))
        for name, body in self.e.bodies.items():
            self._body(name, body)

    def _find(self, code: str, **shown) -> None:
        self.chain._find(code, self.e.seq, **shown)

    def _body(self, name: str, body) -> None:
        """One fault of a part is told once, the first in this order."""
        digest = self.e.parts.get(name)
        found = crypto.part_digest(canon.encode(body))
        if digest is None:
            self._find("part.unlisted", found=name)
        elif found != digest:
            self._find("part.digest", expected=digest, found=found)
        elif not well_formed(body):
            self._find("part.shape", found=name)
        elif wrong := differing(self.e, body["data"]):
            self._find("part.fact", found=f"{name}: {', '.join(wrong)}")


def differing(e: Event, data: dict) -> list[str]:
    """The members of a part's data that say something else than the fact of their name."""
    return [k for k, v in data.items() if k in e.facts and not canon.equal(v, e.facts[k])]


def well_formed(body) -> bool:
    """{"data":{…},"salt":base64 of 16 bytes} and nothing else."""
    return (
        isinstance(body, dict)
        and set(body) == {"data", "salt"}
        and isinstance(body["data"], dict)
        and isinstance(body["salt"], str)
        and crypto.b64(body["salt"], 16) is not None
    )


def usable_data(e: Event, name: str) -> dict | None:
    """The data of a part that is here and sound; None otherwise."""
    body = e.bodies.get(name)
    if name not in e.parts or not well_formed(body) or crypto.part_digest(canon.encode(body)) != e.parts[name]:
        return None
    return None if differing(e, body["data"]) else body["data"]


class Absences:
    """Which parts may be missing, judged at the end: erased ones in a full copy, all but those in force
    in a public one. And which may not be here: erased ones."""

    def __init__(self, report: Report, copy: str):
        self.report = report
        self.copy = copy
        self.missing: dict[tuple[int, str], tuple[str, Place]] = {}
        self.held: dict[int, frozenset[str]] = {}
        self.erased: dict[tuple[int, str], list] = {}
        self.shown: dict[int, Place] = {}
        self.standing: dict[int, tuple[str, Place]] = {}
        self.flawed: set[int] = set()

    def event(self, e: Event, place: Place, standing: bool) -> None:
        if e.bodies:
            self.held[e.seq] = frozenset(e.bodies)
        if self.copy == "public":
            self._public(e, place, standing)
            return
        for name, digest in e.parts.items():
            if name not in e.bodies:
                self.missing[e.seq, name] = (digest, place)

    def erasure(self, e: Event, place: Place) -> None:
        """Takes in a `part.erased` that stands: one that nothing speaks against."""
        of, part = e.facts.get("of"), e.facts.get("part")
        if type(of) is not int or of >= e.seq or part not in PART_NAMES:
            return
        if (of, part) not in self.erased and part in self.held.get(of, ()):
            self._still_here(of, part)
        self.erased.setdefault((of, part), []).append((e.seq, e.facts.get("digest"), place))

    def _still_here(self, of: int, part: str) -> None:
        if self.copy == "ledger":
            self.report.add("part.erasure_pending", "notice", seq=of, found=part)
        else:
            self._find("part.not_erased", of, Place(None, None), found=part)

    def _public(self, e: Event, place: Place, standing: bool) -> None:
        if "open" in e.bodies:
            self.shown[e.seq] = place
        if standing and "open" in e.parts:
            self.standing[e.seq] = (e.parts["open"], place)

    def end(self, in_force: dict[int, tuple[str, Place]] | None) -> None:
        """`in_force`: event -> (digest, place) of the open parts in force; None if the law is unknown."""
        if self.copy == "public":
            if in_force is None:
                return
            needed = in_force | self.standing
            for seq in sorted(set(self.shown) - set(needed)):
                self._find("part.not_in_force", seq, self.shown[seq])
            absent = {(s, "open"): needed[s] for s in sorted(set(needed) - set(self.shown))}
            self._judge(absent, "part.withheld")
        else:
            self._judge(self.missing, "part.absent")

    def _judge(self, absent: dict, code: str) -> None:
        for key, (digest, place) in absent.items():
            if key not in self.erased:
                self._find(code, key[0], place, found=key[1])
            for seq, named, where in self.erased.get(key, ()):
                if named != digest:
                    self._find("erasure.digest", seq, where, expected=digest, found=named)

    def _find(self, code: str, seq: int, place: Place, **shown) -> None:
        self.flawed.add(seq)
        self.report.add(code, "integrity", seq=seq, file=place.file, line=place.line, **shown)
