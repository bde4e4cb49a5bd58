"""What was known at each origin, what came afterwards, and what would an oracle have said?

The oracle is that of `forecasts.oracle`; `xs` is a WAPE over its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from benchmarks.forecasting.sets import Set
from forecasts import clock, coverage
from forecasts.coverage import actuals
from forecasts.history import check
from forecasts.models import Future
from forecasts.oracle import attainable
from forecasts.past import Past, split


@dataclass(frozen=True)
class Replay:
    """One set seen from one origin.

    Attributes
    ----------
    origin : Timestamp
        Local date on whose eve the forecast is made.
    before : Past
        What was known.
    future : Future
        The intervals to forecast.
    actual, oracle : float array, shape (n,)
        NaN where the interval was not recorded; 0 where closed.
    lead : int array, shape (n,)
        Days ahead, 1 for the first.
    """

    origin: pd.Timestamp
    before: Past
    future: Future
    actual: np.ndarray
    oracle: np.ndarray
    lead: np.ndarray

    @cached_property
    def coverage(self) -> coverage.Coverage:
        """What the rows before the origin say about opening hours."""
        return coverage.cover(self.before)


def replays(given: Set, origins: int) -> list[Replay]:
    """Return the set seen from `origins` origins."""
    [past] = split(given.history, check(given.history, given.freq))
    whole = actuals(past, coverage.cover(past))
    known_total = attainable(whole, past.weekday)
    found = []
    for origin in given.origins(origins):
        before = past.until(int(clock.day_numbers(pd.DatetimeIndex([origin]))[0]))
        future = Future.after(before, given.ahead_days * given.steps_a_day)
        at = future.days - past.days[0]
        inside = at < len(past.days)
        cells = (np.where(inside, at, 0), future.of_day)
        # A repeated clock hour is one cell of two intervals; share it out.
        count = np.maximum(past.exists[cells], 1.0)
        there = inside & (past.exists[cells] > 0)
        found.append(Replay(
            origin, before, future, np.where(there, whole[cells] / count, np.nan),
            np.where(there, known_total[cells] / count, np.nan), future.days - before.days[-1],
        ))  # fmt: skip
    return found
