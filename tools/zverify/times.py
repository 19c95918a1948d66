"""When events were entered, as far as receipts are held against it (format.md, section Receipts)."""

from __future__ import annotations

from bisect import bisect_right
from datetime import datetime, timedelta
from functools import lru_cache

GRACE = 300
_EPOCH = datetime(1970, 1, 1, 8)
_SECOND = timedelta(seconds=1)


@lru_cache(maxsize=1024)
def unix(moment: str) -> int:
    return (datetime.fromisoformat(moment.removesuffix("+08:00")) - _EPOCH) // _SECOND


def told(seconds: int) -> str:
    """A time in words; the number where it is no moment."""
    try:
        return (_EPOCH + timedelta(seconds=seconds)).isoformat() + "+08:00"
    except OverflowError:
        return str(seconds)


class Times:
    """Stretches of events with one time, and what receipts say of events to come."""

    def __init__(self, first: list[int] | None = None, at: list[int] | None = None, floor: int | None = None):
        self.first, self.at, self.floor = list(first or []), list(at or []), floor

    def note(self, number: int, at: int) -> None:
        if not self.at or self.at[-1] != at:
            self.first.append(number)
            self.at.append(at)

    def _stretch(self, number: int) -> int:
        return bisect_right(self.first, number) - 1

    def against(self, size: int, time: int) -> tuple[str, int] | None:
        """What is wrong about a receipt of `time` over the first `size` events: its code, and the event's time."""
        last = self._stretch(size - 1) if size else -1
        if last >= 0 and self.at[last] > time + GRACE:
            return "receipt.postdated", self.at[last]
        later = self.at[max(self._stretch(size), 0) :]
        return ("receipt.backdated", min(later)) if later and min(later) < time - GRACE else None

    def raise_floor(self, time: int) -> None:
        floor = time - GRACE
        self.floor = floor if self.floor is None else max(self.floor, floor)

    def plain(self) -> dict:
        return {"first": self.first, "at": self.at, "floor": self.floor}
