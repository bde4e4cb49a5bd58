"""What would a day, and an interval of it, usually have held?

A reference for judging single counts, not a forecast: each day is compared with the days around
it, each interval with the same interval of the days around it. Days and intervals are first
screened by ratios of sums, which costs a few passes over the counts; medians are taken only for
what the screen leaves.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from forecasts import clock

AROUND = np.array([-28, -21, -14, -7, 7, 14, 21, 28, -3, -2, -1, 1, 2, 3])  # days
FEWEST_AROUND = 4
LEAST_COVERED = 0.1  # of a day's usual contacts must lie in its seen intervals to judge it
BLOCKS = 5  # of weeks, whose means must agree
FEWEST_BLOCKS = 3
FEWEST_SAME = 3  # repeats of a count below which nothing is improbable
SPOILT_RATIO, SPOILT_CONTACTS = 1.5, 20.0
SAMPLE_STEP = 13  # every 13th interval is enough to see how far counts usually stray
TO_SD = 1.4826  # median absolute deviation to standard deviation of a normal


@dataclass(frozen=True)
class Overview:
    """What one pass over the counts of a queue shows.

    Attributes
    ----------
    rows, contacts : float array, shape (B, 7, K)
        Intervals seen, and contacts in them, by block of weeks and interval of the week.
    totals : float array, shape (D,)
        Contacts seen each day.
    empty, busy : int
        Seen cells without and with contacts.
    equal : int
        Seen cells whose count, above 0, is that of the one before.
    same : int64 array, shape (m, 3)
        First cell, last cell and repeats of runs of at least `FEWEST_SAME` such cells.
    """

    rows: np.ndarray
    contacts: np.ndarray
    totals: np.ndarray
    empty: int
    busy: int
    equal: int
    same: np.ndarray


@dataclass(frozen=True)
class Usual:
    """Sums that say what is usual.

    Attributes
    ----------
    rows, contacts : float array, shape (7, K)
        Intervals seen, and contacts in them, by interval of the week.
    rate : float array, shape (7, K)
        Contacts of an interval of the week on a median day.
    share : float array, shape (7, K)
        The same as a share of that day.
    weekday : int64 array, shape (D,)
    totals : float array, shape (D,)
        Contacts seen each day.
    expected : float array, shape (D,)
        What `rate` gives for the seen intervals of each day.
    ratio : float array, shape (D,)
        totals / expected, NaN for a day of which nothing is known.
    """

    rows: np.ndarray
    contacts: np.ndarray
    rate: np.ndarray
    share: np.ndarray
    weekday: np.ndarray
    totals: np.ndarray
    expected: np.ndarray
    ratio: np.ndarray


def overview(offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> Overview:
    """Return what one pass over the counts shows.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
        Contacts, and how many intervals of each cell are known.
    weekday : int64 array, shape (D,)
        Of consecutive days.

    Examples
    --------
    >>> overview(np.full((21, 1), 30.0), np.ones((21, 1)), np.arange(21) % 7).totals[:2].tolist()
    [30.0, 30.0]
    """
    from forecasts import _kernels_history

    block, blocks = _blocks(len(offered))
    return Overview(*_kernels_history.look(
        offered, seen, int(weekday[0]), block, blocks, FEWEST_SAME
    ))  # fmt: skip


@functools.lru_cache(maxsize=64)
def _blocks(days: int) -> tuple[np.ndarray, int]:
    """Return the block of weeks of each day, and how many there are."""
    block = np.zeros(days, np.int64)
    blocks = min(BLOCKS, days // 7)
    if blocks < FEWEST_BLOCKS:
        return block, 1
    for first in range(7):
        weeks = len(block[first::7])
        edges = np.linspace(0, weeks, blocks + 1).astype(int)[1:-1]
        block[first::7] = np.searchsorted(edges, np.arange(weeks), side="right")
    return block, blocks


def of(
    offered: np.ndarray, seen: np.ndarray, days: np.ndarray, *, looked: Overview | None = None
) -> Usual:
    """Return what is usual.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
        Contacts, and how many intervals of each cell are known.
    days : int64 array, shape (D,)
        Consecutive local days since 1970.
    looked : Overview, optional
        Of the same counts, if it has been made.

    Examples
    --------
    >>> made = of(np.full((21, 1), 30.0), np.ones((21, 1)), np.arange(21))
    >>> made.totals[:2].tolist(), made.ratio[:2].tolist()
    ([30.0, 30.0], [1.0, 1.0])
    """
    from forecasts import _kernels_history

    weekday = clock.weekday(days)
    if looked is None:
        looked = overview(offered, seen, weekday)
    # One count of thousands would make its interval of the week look busy, and hide itself.
    rate = _kernels_history.steady_rates(
        looked.rows, looked.contacts, SPOILT_RATIO, SPOILT_CONTACTS
    )
    rows, contacts = looked.rows.sum(axis=0), looked.contacts.sum(axis=0)
    return _made(rows, contacts, rate, seen=seen, weekday=weekday, totals=looked.totals)


def without(
    usual: Usual, offered: np.ndarray, seen: np.ndarray, *, at: tuple[np.ndarray, np.ndarray]
) -> Usual:
    """Return what is usual when the cells `at` (days, intervals) are left out of the shares.

    Where they are all there is of an interval of the week, they stay.
    """
    from forecasts import _kernels_history

    rows, contacts, rate = _kernels_history.leave_out(
        usual.rows, usual.contacts, offered, seen, at[0] * offered.shape[1] + at[1],
        int(usual.weekday[0]),
    )  # fmt: skip
    return _made(rows, contacts, rate, seen=seen, weekday=usual.weekday, totals=usual.totals)


def mean(contacts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return contacts / rows, 0 where there are no rows."""
    return np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)


def _made(
    rows: np.ndarray,
    contacts: np.ndarray,
    rate: np.ndarray,
    *,
    seen: np.ndarray,
    weekday: np.ndarray,
    totals: np.ndarray,
) -> Usual:
    from forecasts import _kernels_history

    rate, share, expected, ratio = _kernels_history.usual_days(
        rate, seen, totals, int(weekday[0]), LEAST_COVERED
    )
    return Usual(rows, contacts, rate, share, weekday, totals, expected, ratio)


def by_weekday(values: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return sums of `values` (D, K) over the days of each weekday, (7, K); days consecutive."""
    from forecasts import _kernels_history

    return np.asarray(_kernels_history.sums_by_weekday(values, int(weekday[0])))


def around(values: np.ndarray) -> np.ndarray:
    """Return the mean of each day's week before and week after, NaN where neither is known.

    Examples
    --------
    >>> around(np.array([1.0, 9.0, 1.0, np.nan, 1.0]))[1]
    np.float64(1.0)
    """
    from forecasts import _kernels_history

    return np.asarray(_kernels_history.around(values, 7))


def odd_days(
    usual: Usual, spared: np.ndarray, *, high: float, low: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return the days to look at, and the median ratio of the days around each, shape (m,).

    Those whose ratio is above `high` times that of the week before and after or below `low` times
    it, and the last day; none of `spared` (D,).
    """
    from forecasts import _kernels_history

    looked, near = _kernels_history.odd_days(
        usual.ratio, spared, high, low, 7, AROUND, FEWEST_AROUND
    )
    return np.asarray(looked), np.asarray(near)


def day_reference(usual: Usual, at: np.ndarray, *, shunned: np.ndarray) -> np.ndarray:
    """Return the median ratio of the days around each day `at`, `shunned` ones (D,) left out.

    NaN where fewer than `FEWEST_AROUND` are known.
    """
    near = at[:, None] + AROUND
    inside = (near >= 0) & (near < len(usual.ratio))
    near = np.clip(near, 0, len(usual.ratio) - 1)
    return medians(np.where(inside & ~shunned[near], usual.ratio[near], np.nan))


def interval_reference(
    offered: np.ndarray,
    seen: np.ndarray,
    usual: Usual,
    *,
    at: tuple[np.ndarray, np.ndarray],
    level: np.ndarray,
) -> np.ndarray:
    """Return what the cells `at` (days, intervals) usually hold when their day is as it is.

    Parameters
    ----------
    level : float array, shape (D,)
        Full-day contacts of each day, without what is under suspicion.
    """
    from forecasts import _kernels_history

    return np.asarray(_kernels_history.near_intervals(
        offered, seen, usual.share, level, at[0] * offered.shape[1] + at[1],
        int(usual.weekday[0]), AROUND, FEWEST_AROUND,
    ))  # fmt: skip


def medians(rows: np.ndarray, *, fewest: int = FEWEST_AROUND) -> np.ndarray:
    """Return the median of the known values of each row, NaN below `fewest` of them."""
    from forecasts import _kernels_history

    return np.asarray(_kernels_history.row_medians(rows, fewest))


def interval_dispersion(offered: np.ndarray, seen: np.ndarray, usual: Usual) -> float:
    """Return the usual squared relative error of an interval given its day, beyond Poisson."""
    cells = np.arange(0, offered.size, SAMPLE_STEP)
    day, of_day = np.divmod(cells, offered.shape[1])
    mean = usual.totals[day] * usual.share[usual.weekday[day], of_day]
    known = (seen.ravel()[cells] == 1) & (mean >= 1)
    if known.sum() < 20:
        return 0.0
    mean, count = mean[known], offered.ravel()[cells][known]
    spread = TO_SD * float(np.median(np.abs(count - mean) / np.sqrt(mean)))
    return max(spread**2 - 1.0, 0.0) / float(np.median(mean))


def day_spread(usual: Usual) -> float:
    """Return the usual relative error of a day around its neighbours, noise included."""
    off = np.abs(usual.ratio - around(usual.ratio))
    off = off[np.isfinite(off)]
    return TO_SD * float(np.median(off)) if len(off) else 0.0
