"""What does one queue's history say for each local day and interval of the day?"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.grid import Starts, of_queues
from forecasts.history import numbers


@dataclass(frozen=True)
class Past:
    """One queue's history laid out as local days by intervals of the day.

    Attributes
    ----------
    queue : object
        Its name as in the history.
    tz : tzinfo
        Zone of the wall clock.
    interval : Interval
    days : int64 array, shape (D,)
        Every local day of the span, days since 1970.
    offered : float array, shape (D, K)
        Contacts offered, summed over the intervals that share a cell (a repeated clock hour).
    exists : float array, shape (D, K)
        Intervals of the span in each cell: 0, 1 or 2.
    seen : float array, shape (D, K)
        Intervals with a row in each cell.
    aht_s, handled : float array, shape (D, K)
        Mean handle time and the contacts it rests on (0 where unknown).
    first, last : int
        Starts of the first and the last interval, UTC nanoseconds.
    """

    queue: Any
    tz: Any
    interval: Interval
    days: np.ndarray
    offered: np.ndarray
    exists: np.ndarray
    seen: np.ndarray
    aht_s: np.ndarray
    handled: np.ndarray
    first: int
    last: int

    @cached_property
    def weekday(self) -> np.ndarray:
        """Monday 0 to Sunday 6 of each day."""
        return clock.weekday(self.days)

    def until(self, day: int) -> Past:
        """Return the history before local day `day`, as views; what came later is unknown."""
        keep = slice(0, int(np.searchsorted(self.days, day)))
        last = _last_before(day, self.first, self.tz, self.interval)
        exists = self.exists[keep]
        seen = exists if self.seen is self.exists else self.seen[keep]
        return Past(
            self.queue, self.tz, self.interval, self.days[keep], self.offered[keep], exists, seen,
            self.aht_s[keep], self.handled[keep], self.first, last,
        )  # fmt: skip


@lru_cache(maxsize=256)  # queues of one centre ask the same
def _last_before(day: int, first: int, tz: Any, interval: Interval) -> int:
    """Return the last interval start before local `day` on the grid that begins at `first`."""
    midnight = int(clock.day_starts(np.array([day]), tz)[0])
    return int(clock.span(first, midnight - 1, tz, interval)[-1])


@dataclass(frozen=True)
class _Layout:
    """Which cell each row falls in, for all queues with the same starts."""

    days: np.ndarray
    cell: np.ndarray
    exists: np.ndarray
    seen: np.ndarray
    in_order: bool

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return `values`, one a row, summed by cell."""
        if self.in_order:
            grid = np.zeros(self.seen.size)
            grid[self.cell[0] : self.cell[0] + len(values)] = values
            return grid.reshape(self.seen.shape)
        from forecasts import _kernels_layout

        values = np.require(values, requirements=["C", "W"])  # one type, compiled once
        sums = _kernels_layout.cell_sums(self.cell, values, self.seen.size)
        return np.asarray(sums).reshape(self.seen.shape)


class _Grid:
    """Every interval from the first to the last start of all queues, and its cell.

    Reading the wall clock is slow, so it is done once for all queues.
    """

    def __init__(self, first: int, last: int, tz: Any, interval: Interval) -> None:
        self.interval = interval
        self.ns = clock.span(first, last, tz, interval)
        day, of_day = clock.wall(self.ns, tz, interval)
        self.cell = day * interval.per_day + of_day
        self._exists: dict[tuple[int, int], np.ndarray] = {}

    def layout(self, ns: np.ndarray) -> _Layout:
        """Return where rows that start at `ns`, ascending, fall."""
        from forecasts import _kernels_layout

        # A skipped wall time stands in the grid as the next one: the last of equals is that.
        low, high = (int(at) for at in np.searchsorted(self.ns, ns[[0, -1]], side="right"))
        own = slice(low - 1, high)
        first, last = (int(self.cell[at]) // self.interval.per_day for at in (low - 1, high - 1))
        shape = (last - first + 1, self.interval.per_day)
        base, size = first * shape[1], shape[0] * shape[1]
        ns = np.require(ns, requirements=["C", "W"])
        cell = _kernels_layout.place(ns, self.ns[own], self.cell[own], base)
        seen = _kernels_layout.cell_counts(cell, size).reshape(shape)
        key = (own.start, own.stop)
        if len(ns) == own.stop - own.start:
            exists = seen
        elif key in self._exists:
            exists = self._exists[key]
        else:
            exists = _kernels_layout.cell_counts(self.cell[own] - base, size).reshape(shape)
            self._exists[key] = exists
        in_order = bool(cell[-1] - cell[0] == len(cell) - 1 and seen.max() <= 1)
        return _Layout(np.arange(first, last + 1), cell, exists, seen, in_order)


def split(history: pd.DataFrame, interval: Interval) -> list[Past]:
    """Return one `Past` per queue, in order of first appearance. Needs a checked history.

    Queues with the same starts share the arrays `days`, `exists` and `seen` (and, without handle
    times, `aht_s` and `handled`): never write into them.
    """
    ns = clock.utc_ns(history["start"])
    tz = clock.zone_of(history["start"])
    offered = numbers(history, "offered")
    aht_s = numbers(history, "aht_s") if "aht_s" in history.columns else None
    handled = offered if "answered" not in history.columns else numbers(history, "answered")
    grid = _Grid(int(ns.min()), int(ns.max()), tz, interval)
    starts, found = Starts(), []
    queues = [(name, rows, starts.shared(ns[rows])) for name, rows in of_queues(history["queue"])]
    uses = Counter(id(own) for _, _, own in queues)
    layouts: dict[int, _Layout] = {}
    nothing: dict[tuple[int, ...], tuple[np.ndarray, np.ndarray]] = {}
    for name, rows, own in queues:
        key = id(own)
        layout = layouts.pop(key, None) or grid.layout(own)
        uses[key] -= 1
        if uses[key]:  # else its cells, as large as the history, are needed no more
            layouts[key] = layout
        shape = layout.seen.shape
        if aht_s is not None:
            mean_s, contacts = _handle_times(
                layout, aht_s[rows], handled=handled[rows], offered=offered[rows]
            )
        else:
            if shape not in nothing:
                nothing[shape] = np.full(shape, np.nan), np.zeros(shape)
            mean_s, contacts = nothing[shape]
        found.append(Past(
            name, tz, interval, layout.days, layout.sums(offered[rows]), layout.exists,
            layout.seen, mean_s, contacts, int(own[0]), int(own[-1]),
        ))  # fmt: skip
    return found


def _handle_times(
    layout: _Layout, aht_s: np.ndarray, *, handled: np.ndarray, offered: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean handle time of each cell and the contacts it rests on, both (D, K)."""
    from forecasts import _kernels_layout

    aht_s, handled, offered = (
        np.require(part, requirements=["C", "W"]) for part in (aht_s, handled, offered)
    )
    mean, contacts = _kernels_layout.handle_times(
        layout.cell, aht_s, handled, offered, layout.seen.size
    )
    return mean.reshape(layout.seen.shape), contacts.reshape(layout.seen.shape)
