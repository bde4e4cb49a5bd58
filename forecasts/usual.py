"""What would a day, and an interval of it, usually have held?

A reference for judging single counts, not a forecast: each day is compared with the days around
it, each interval with the same interval of the days around it. Days and intervals are first
screened by ratios of sums, which costs a few passes over the counts; medians are taken only for
what the screen leaves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts import clock

AROUND = np.array([-28, -21, -14, -7, 7, 14, 21, 28, -3, -2, -1, 1, 2, 3])  # days
FEWEST_AROUND = 4
LEAST_COVERED = 0.1  # of a day's usual contacts must lie in its seen intervals to judge it
BLOCKS = 5  # of weeks, whose means must agree
SPOILT_RATIO, SPOILT_CONTACTS = 1.5, 20.0
SAMPLE_STEP = 13  # every 13th interval is enough to see how far counts usually stray
TO_SD = 1.4826  # median absolute deviation to standard deviation of a normal


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
    day_spread : float
        Usual relative error of a day around its neighbours, noise included.
    """

    rows: np.ndarray
    contacts: np.ndarray
    rate: np.ndarray
    share: np.ndarray
    weekday: np.ndarray
    totals: np.ndarray
    expected: np.ndarray
    ratio: np.ndarray
    day_spread: float


def of(offered: np.ndarray, seen: np.ndarray, days: np.ndarray) -> Usual:
    """Return what is usual.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
        Contacts, and how many intervals of each cell are known; contacts are 0 where none is.
    days : int64 array, shape (D,)
        Consecutive local days since 1970.

    Examples
    --------
    >>> made = of(np.full((21, 1), 30.0), np.ones((21, 1)), np.arange(21))
    >>> made.totals[:2].tolist(), made.ratio[:2].tolist()
    ([30.0, 30.0], [1.0, 1.0])
    """
    weekday = clock.weekday(days)
    counted = offered if seen.all() else np.where(seen > 0, offered, 0.0)
    rows, contacts = by_weekday(seen, weekday), by_weekday(counted, weekday)
    rate = _steady(_mean(contacts, rows), rows, counted, seen=seen, weekday=weekday)
    return _made(rows, contacts, rate, seen=seen, weekday=weekday, totals=counted.sum(axis=1))


def without(
    usual: Usual, offered: np.ndarray, seen: np.ndarray, *, at: tuple[np.ndarray, np.ndarray]
) -> Usual:
    """Return what is usual when the cells `at` (days, intervals) are left out of the shares.

    Where they are all there is of an interval of the week, they stay.
    """
    week = (usual.weekday[at[0]], at[1])
    rows, contacts = usual.rows.copy(), usual.contacts.copy()
    np.subtract.at(rows, week, seen[at])
    np.subtract.at(contacts, week, offered[at])
    only = rows < 0.5
    rows, contacts = np.where(only, usual.rows, rows), np.where(only, usual.contacts, contacts)
    rate = _mean(contacts, rows)
    return _made(rows, contacts, rate, seen=seen, weekday=usual.weekday, totals=usual.totals)


def _mean(contacts: np.ndarray, rows: np.ndarray) -> np.ndarray:
    return np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)


def _steady(
    rate: np.ndarray,
    rows: np.ndarray,
    counted: np.ndarray,
    *,
    seen: np.ndarray,
    weekday: np.ndarray,
) -> np.ndarray:
    """Return `rate`, or the median of the means of a few blocks of weeks where it is far below.

    One count of thousands would else make its interval of the week look busy, and hide itself.
    """
    weeks = len(counted) // 7
    blocks = min(BLOCKS, weeks)
    if blocks < 3:
        return rate
    means = np.full((blocks, *rate.shape), np.nan)
    for first in range(7):
        edges = np.linspace(0, len(counted[first::7]), blocks + 1).astype(int)[:-1]
        contacts = np.add.reduceat(counted[first::7], edges, axis=0)
        known = np.add.reduceat(seen[first::7], edges, axis=0)
        np.divide(contacts, known, out=means[:, weekday[first]], where=known > 0)
    middle = np.nan_to_num(medians(means.reshape(blocks, -1).T, fewest=1)).reshape(rate.shape)
    spoilt = (rate > SPOILT_RATIO * middle) & ((rate - middle) * rows > SPOILT_CONTACTS)
    return np.where(spoilt, middle, rate)


def _made(
    rows: np.ndarray,
    contacts: np.ndarray,
    rate: np.ndarray,
    *,
    seen: np.ndarray,
    weekday: np.ndarray,
    totals: np.ndarray,
) -> Usual:
    full = rate.sum(axis=1, keepdims=True)
    share = np.divide(rate, full, out=np.zeros(rate.shape), where=full > 0)
    covered = np.zeros(len(totals))
    for day in range(min(7, len(totals))):
        covered[day::7] = seen[day::7] @ share[weekday[day]]
    known = covered > LEAST_COVERED
    whole = np.divide(totals, covered, out=np.full(len(totals), np.nan), where=known)
    weeks = np.full((7, -(-len(totals) // 7)), np.nan)
    for day in range(min(7, len(totals))):
        weeks[weekday[day], : len(whole[day::7])] = whole[day::7]
    # A median, as one wild day in six would spoil a mean.
    usual_day = np.nan_to_num(medians(weeks, fewest=1))
    expected = covered * usual_day[weekday]
    ratio = np.divide(
        totals, expected, out=np.full(len(totals), np.nan), where=known & (expected > 0)
    )
    return Usual(
        rows, contacts, usual_day[:, None] * share, share, weekday, totals, expected, ratio,
        _day_spread(ratio),
    )  # fmt: skip


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
    known = np.isfinite(values)
    own = np.where(known, values, 0.0)
    total = np.concatenate([[0.0], np.cumsum(own)])
    count = np.concatenate([[0], np.cumsum(known)])
    low = np.maximum(np.arange(len(values)) - 7, 0)
    high = np.minimum(np.arange(len(values)) + 8, len(values))
    rest = count[high] - count[low] - known
    return np.divide(
        total[high] - total[low] - own, rest, out=np.full(len(values), np.nan), where=rest > 0
    )


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
    day, of_day = at
    near = day[:, None] + AROUND
    inside = (near >= 0) & (near < len(level))
    near = np.clip(near, 0, len(level) - 1)
    column = of_day[:, None]
    mean = level[near] * usual.share[usual.weekday[near], column] * seen[near, column]
    known = inside & (seen[near, column] > 0) & (mean > 0)
    relative = np.divide(offered[near, column], mean, out=np.full(mean.shape, np.nan), where=known)
    own = level[day] * usual.share[usual.weekday[day], of_day] * seen[day, of_day]
    return np.asarray(medians(relative) * own)


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


def _day_spread(ratio: np.ndarray) -> float:
    off = np.abs(ratio - around(ratio))
    off = off[np.isfinite(off)]
    return TO_SD * float(np.median(off)) if len(off) else 0.0
