"""Which counts are so far from usual that something else was counted, or something went wrong?

Two looks. A whole day is judged against the days around it (the same weekday up to four weeks
away, the three days before and after); an interval against the same interval of those days, given
how busy its own day was. Both need to be far off in standard deviations and as a ratio, and
short: what lasts longer is how things are. A day that recurs - the same date in another year, the
same day of other months - or is known to be special is never an outlier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts import quantiles as bands
from forecasts import usual as reference
from forecasts.usual import Overview, Usual

SCREEN_DAY = 1.6  # ratio to the days around from which a day is looked at
SCREEN_INTERVAL, SCREEN_SD = 1.6, 3.0
FAR_SD = 8.0  # a day or interval this many standard deviations off
HIGH_DAY, LOW_DAY = 1.7, 0.3  # ratio to the days around
HIGH_INTERVAL = 2.0  # ratio to the same interval of the days around
LONGEST_DAYS = 2
SHARE_OF_MONTHS = 0.5  # in which the same day of the month must be unlike others too
A_YEAR = np.array([-366, -365, -364, 364, 365, 366])
LONGEST_SHARE = 0.25  # of a day's contacts in suspicious intervals: beyond, the day is another kind
PARTIAL_DAY, PARTIAL_SD = 0.6, 4.0  # the last day of daily totals: an export cut at noon


@dataclass(frozen=True)
class Outliers:
    """What was found.

    Attributes
    ----------
    days : int64 array, shape (m,)
        Rows of whole days that are outliers.
    days_usual : float array, shape (m,)
        Contacts usual on each.
    at : tuple of int64 arrays, shape (n,)
        Rows and columns of single intervals that are outliers.
    at_usual : float array, shape (n,)
        Contacts usual in each.
    """

    days: np.ndarray
    days_usual: np.ndarray
    at: tuple[np.ndarray, np.ndarray]
    at_usual: np.ndarray


def find(
    offered: np.ndarray,
    seen: np.ndarray,
    days: np.ndarray,
    *,
    special: np.ndarray | None = None,
    looked: Overview | None = None,
) -> Outliers:
    """Return the outliers among the seen counts.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    days : int64 array, shape (D,)
        Consecutive local days since 1970.
    special : bool array, shape (D,), optional
        Days that may be unlike others: holidays, the days beside them, days of events. None
        means that nobody knows, and only intervals are judged, not whole days.
    looked : Overview, optional
        Of the same counts, if it has been made.

    Examples
    --------
    >>> offered = np.full((28, 1), 100.0)
    >>> offered[10] = 1000.0
    >>> find(offered, np.ones((28, 1)), np.arange(28), special=np.zeros(28, bool)).days.tolist()
    [10]
    """
    usual = reference.of(offered, seen, days, looked=looked)
    none = np.zeros(0, np.int64)
    at, at_usual, wild, wild_usual = (none, none), np.zeros(0), none, np.zeros(0)
    spared = np.zeros(len(days), bool) if special is None else special
    if offered.shape[1] > 1:
        at, at_usual = _intervals(offered, seen, usual, shunned=spared)
        if len(at_usual) and special is not None:
            # What one interval did is not to be held against its day.
            seen = seen.copy()
            seen[at] = 0.0
            usual = reference.of(offered, seen, days)
    if special is not None:
        wild, wild_usual = _days(usual, days, spared)
    return Outliers(wild, wild_usual, at, at_usual)


def _days(usual: Usual, days: np.ndarray, spared: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    looked, near = reference.odd_days(usual, spared, high=SCREEN_DAY, low=PARTIAL_DAY)
    if not len(looked):
        return looked, np.zeros(0)
    mean = near * usual.expected[looked]
    known = mean > bands.NEGLIGIBLE
    ratio = np.divide(usual.totals[looked], mean, out=np.ones(len(looked)), where=known)
    far = (ratio > HIGH_DAY) | (ratio < PARTIAL_DAY)
    if not far.any():
        return looked[far], mean[far]
    looked, mean, ratio = looked[far], mean[far], ratio[far]
    sd = np.hypot(np.sqrt(np.maximum(mean, 1.0)), reference.day_spread(usual) * mean)
    off = usual.totals[looked] - mean
    high = (off > FAR_SD * sd) & (ratio > HIGH_DAY)
    low = (off < -FAR_SD * sd) & (ratio < LOW_DAY)
    low |= (looked == len(days) - 1) & (off < -PARTIAL_SD * sd) & (ratio < PARTIAL_DAY)
    wild = _short(looked, high | low, LONGEST_DAYS)
    looked, mean, ratio = looked[wild], mean[wild], ratio[wild]
    once = ~_recurs(usual, days, looked, ratio)
    return looked[once], mean[once]


def _short(at: np.ndarray, marked: np.ndarray, longest: int) -> np.ndarray:
    """Return which of `marked` rows `at` stand in runs of at most `longest` days."""
    kept = np.zeros(len(at), bool)
    rows = np.flatnonzero(marked)
    if len(rows):
        run = np.cumsum(np.diff(at[rows], prepend=at[rows[0]] - 1) > 1)
        kept[rows] = np.bincount(run)[run] <= longest
    return kept


def _recurs(usual: Usual, days: np.ndarray, looked: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """Return which days are as unlike others as the same date a year, or months, away."""
    found = np.zeros(len(looked), bool)
    dates = days.astype("datetime64[D]")
    of_month = (dates - dates.astype("datetime64[M]")).astype(np.int64)
    rows = np.arange(len(days))
    for number, at in enumerate(looked):
        year = at + A_YEAR
        year = year[(year >= 0) & (year < len(days))]
        month = rows[(of_month == of_month[at]) & (np.abs(rows - at) > 7)]
        alike_year = _alike(usual, year, ratio[number])
        alike_month = _alike(usual, month, ratio[number])
        found[number] = alike_year >= 1 or alike_month >= max(2.0, SHARE_OF_MONTHS * len(month))
    return found


def _alike(usual: Usual, others: np.ndarray, ratio: float) -> int:
    """Return how many of the days `others` are off by more than half of `ratio`, as a log."""
    base = reference.day_reference(usual, others, shunned=np.zeros(len(usual.ratio), bool))
    with np.errstate(invalid="ignore", divide="ignore"):
        return int((np.log(usual.ratio[others] / base) / np.log(ratio) > 0.5).sum())


def _intervals(
    offered: np.ndarray, seen: np.ndarray, usual: Usual, *, shunned: np.ndarray
) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
    from forecasts import _kernels_faults

    busy = np.where(shunned, 0.0, np.nan_to_num(usual.ratio))
    # The day's own total holds the spike, so that the screen must be finer than the judgement.
    odd = _kernels_faults.odd_cells(
        offered, seen, usual.rate, busy, int(usual.weekday[0]), SCREEN_INTERVAL, SCREEN_SD
    )
    day, of_day = np.divmod(odd, offered.shape[1])
    if not len(day):
        return (day, of_day), np.zeros(0)
    usual = reference.without(usual, offered, seen, at=(day, of_day))
    level = _level_without(offered, seen, usual, at=(day, of_day))
    # The median of a few small counts is coarse; the long mean of the share steadies it.
    near = level[day] * usual.share[usual.weekday[day], of_day]
    far = offered[day, of_day] > _high(near)
    day, of_day, near = day[far], of_day[far], near[far]
    if not len(day):
        return (day, of_day), near
    near = np.maximum(
        near, reference.interval_reference(offered, seen, usual, at=(day, of_day), level=level)
    )
    wild = offered[day, of_day] > _high(near)
    if wild.any():  # only now, as it costs more than all the rest
        dispersion = reference.interval_dispersion(offered, seen, usual)
        wild &= offered[day, of_day] > _high(near, dispersion)
    share = np.bincount(day[wild], usual.share[usual.weekday[day], of_day][wild], len(offered))
    wild &= share[day] <= LONGEST_SHARE
    return (day[wild], of_day[wild]), near[wild]


def _high(mean: np.ndarray, dispersion: float = 0.0) -> np.ndarray:
    """Return the count above which an interval with this usual one is an outlier; NaN: none."""
    sd = np.sqrt(np.maximum(mean, 1.0) + dispersion * mean**2)
    return np.maximum(HIGH_INTERVAL * mean, mean + FAR_SD * sd)


def _level_without(
    offered: np.ndarray,
    seen: np.ndarray,
    usual: Usual,
    *,
    at: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Return full-day contacts from what is left of each day without the cells `at`.

    NaN where that is less than a tenth of the day.
    """
    day, of_day = at
    days = len(offered)
    full = usual.rate.sum(axis=1)[usual.weekday]
    taken = np.bincount(day, offered[day, of_day], days)
    missing = np.bincount(day, (usual.rate[usual.weekday[day], of_day] * seen[day, of_day]), days)
    rest = usual.expected - missing
    enough = rest > reference.LEAST_COVERED * full
    return np.divide((usual.totals - taken) * full, rest, out=np.full(days, np.nan), where=enough)
