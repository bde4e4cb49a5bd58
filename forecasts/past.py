"""What does one queue's history say for each local day and interval of the day?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
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


def split(history: pd.DataFrame, interval: Interval) -> list[Past]:
    """Return one `Past` per queue, in order of first appearance. Needs a checked history."""
    ns = clock.utc_ns(history["start"])
    tz = clock.zone_of(history["start"])
    offered = numbers(history, "offered")
    aht_s = np.full(len(ns), np.nan)
    if "aht_s" in history.columns:
        aht_s = numbers(history, "aht_s")
    handled = offered if "answered" not in history.columns else numbers(history, "answered")
    handled = np.where(np.isnan(handled), offered, handled)
    day, of_day = clock.wall(ns, tz, interval)
    code, names = pd.factorize(history["queue"])
    found = []
    for number, name in enumerate(names):
        own = np.flatnonzero(code == number)
        grid_day, grid_of_day = clock.wall(
            clock.span(int(ns[own[0]]), int(ns[own[-1]]), tz, interval), tz, interval
        )
        days = np.arange(grid_day[0], grid_day[-1] + 1)
        shape = (len(days), interval.per_day)
        cell = (day[own] - days[0]) * shape[1] + of_day[own]
        grid = (grid_day - days[0]) * shape[1] + grid_of_day
        known = ~np.isnan(aht_s[own])
        weight = np.where(known, handled[own], 0.0)
        seconds = _sums(cell, np.where(known, aht_s[own], 0.0) * weight, shape)
        contacts = _sums(cell, weight, shape)
        found.append(Past(
            name, tz, interval, days, _sums(cell, offered[own], shape),
            _sums(grid, np.ones(len(grid)), shape), _sums(cell, np.ones(len(own)), shape),
            np.divide(seconds, contacts, out=np.full(shape, np.nan), where=contacts > 0),
            contacts, int(ns[own[0]]), int(ns[own[-1]]),
        ))  # fmt: skip
    return found


def _sums(cell: np.ndarray, values: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    return np.bincount(cell, weights=values, minlength=shape[0] * shape[1]).reshape(shape)
