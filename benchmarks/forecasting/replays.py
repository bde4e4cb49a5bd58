"""What was known at each origin, what came afterwards, and what would an oracle have said?

The oracle knows each day's total and the profile of its weekday, and nothing else: its forecast of
an interval is the day's actual total times the share that the interval has on the other days of
the same weekday, up to eight weeks before and after. The day itself is left out, and shares are
averaged over neighbouring intervals with whichever of five Gaussian widths makes the left-out
days most likely, so that the oracle is not beaten by its own sampling noise. `xs` is the WAPE of
a forecast over that of the oracle on the same intervals: 1.2 is 20 % above the attainable error.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.ndimage import convolve1d

from benchmarks.forecasting.sets import Set
from forecasts import clock, coverage
from forecasts.forecasting import actuals
from forecasts.history import check
from forecasts.models import Future
from forecasts.past import Past, split

WINDOW_DAYS = 56
WIDTHS = (0.0, 0.5, 1.0, 2.0, 4.0)  # standard deviations of the kernel, in intervals


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
    known_total = oracle(whole, past.weekday)
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


def oracle(whole: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return day totals spread by the other days' profiles, shape (D, K); NaN where unknown."""
    if whole.shape[1] == 1:
        return whole.copy()
    tried = [_spread(whole, weekday, width) for width in WIDTHS]
    return max(tried, key=lambda made: _fit(made, whole))


def _fit(made: np.ndarray, whole: np.ndarray) -> float:
    used = ~np.isnan(whole) & (whole.sum(axis=1, keepdims=True) > 0)
    return float((whole[used] * np.log(np.maximum(made[used], 1e-9)) - made[used]).sum())


def _spread(whole: np.ndarray, weekday: np.ndarray, width: float) -> np.ndarray:
    days, steps = whole.shape
    reach = int(np.ceil(4 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / max(width, 1e-9)) ** 2)
    made = np.full(whole.shape, np.nan)
    for day in range(days):
        near = np.arange(max(day - WINDOW_DAYS, 0), min(day + WINDOW_DAYS + 1, days))
        near = near[(weekday[near] == weekday[day]) & (near != day)]
        contacts = np.nansum(whole[near], axis=0)
        rows = (~np.isnan(whole[near]) & (np.nansum(whole[near], axis=1) > 0)[:, None]).sum(axis=0)
        rate = np.divide(contacts, rows, out=np.zeros(steps), where=rows > 0)
        ever = rate > 0
        smooth = convolve1d(rate, kernel, mode="wrap") / np.maximum(
            convolve1d(ever.astype(float), kernel, mode="wrap"), 1e-12)  # fmt: skip
        rate = np.where(ever, smooth, 0.0)
        known = ~np.isnan(whole[day])
        expected = rate[known].sum()
        total = whole[day, known].sum()
        if expected > 0:
            made[day, known] = total * rate[known] / expected
        else:
            made[day, known] = whole[day, known]
    return made
