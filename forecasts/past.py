"""What does one queue's history say for each local day and interval of the day?"""

from __future__ import annotations

from dataclasses import dataclass
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

    @property
    def weekday(self) -> np.ndarray:
        """Monday 0 to Sunday 6 of each day."""
        return clock.weekday(self.days)

    def until(self, day: int) -> Past:
        """Return the history before local day `day`; what came later is unknown."""
        keep = self.days < day
        midnight = int(clock.day_starts(np.array([day]), self.tz)[0])
        last = clock.span(self.first, midnight - 1, self.tz, self.interval)[-1]
        return Past(
            self.queue, self.tz, self.interval, self.days[keep], self.offered[keep],
            self.exists[keep], self.seen[keep], self.aht_s[keep], self.handled[keep],
            self.first, int(last),
        )  # fmt: skip


@dataclass(frozen=True)
class _Layout:
    """Which cell each row falls in, for all queues with the same starts."""

    days: np.ndarray
    cell: np.ndarray
    exists: np.ndarray
    seen: np.ndarray
    one_each: bool

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return `values`, one a row, summed by cell."""
        if not self.one_each:
            return _sums(self.cell, values, self.seen.shape)
        grid = np.zeros(self.seen.size)
        grid[self.cell] = values
        return grid.reshape(self.seen.shape)


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
    starts, layouts, found = Starts(), {}, []
    for name, rows in of_queues(history["queue"]):
        own = starts.shared(ns[rows])
        if id(own) not in layouts:
            layout = _layout(own, tz, interval)
            nothing = np.full(layout.seen.shape, np.nan), np.zeros(layout.seen.shape)
            layouts[id(own)] = layout, nothing
        layout, (mean_s, contacts) = layouts[id(own)]
        if aht_s is not None:
            mean_s, contacts = _handle_times(
                layout, aht_s[rows], handled=handled[rows], offered=offered[rows]
            )
        found.append(Past(
            name, tz, interval, layout.days, layout.sums(offered[rows]), layout.exists,
            layout.seen, mean_s, contacts, int(own[0]), int(own[-1]),
        ))  # fmt: skip
    return found


def _layout(ns: np.ndarray, tz: Any, interval: Interval) -> _Layout:
    span = clock.span(int(ns[0]), int(ns[-1]), tz, interval)
    grid_day, grid_of_day = clock.wall(span, tz, interval)
    whole = len(ns) == len(span)
    day, of_day = (grid_day, grid_of_day) if whole else clock.wall(ns, tz, interval)
    days = np.arange(grid_day[0], grid_day[-1] + 1)
    shape = (len(days), interval.per_day)
    cell = (day - days[0]) * shape[1] + of_day
    seen = _sums(cell, np.ones(len(cell)), shape)
    if whole:
        exists = seen
    else:
        grid = (grid_day - days[0]) * shape[1] + grid_of_day
        exists = _sums(grid, np.ones(len(grid)), shape)
    return _Layout(days, cell, exists, seen, bool(seen.max() <= 1))


def _handle_times(
    layout: _Layout, aht_s: np.ndarray, *, handled: np.ndarray, offered: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean handle time of each cell and the contacts it rests on, both (D, K)."""
    weight = np.where(np.isnan(handled), offered, handled)
    known = ~np.isnan(aht_s)
    if not known.all():
        weight, aht_s = np.where(known, weight, 0.0), np.where(known, aht_s, 0.0)
    contacts = layout.sums(weight)
    seconds = layout.sums(aht_s * weight)
    mean = np.full(contacts.shape, np.nan)
    return np.divide(seconds, contacts, out=mean, where=contacts > 0), contacts


def _sums(cell: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.bincount(cell, weights=values, minlength=shape[0] * shape[1]).reshape(shape)
