"""When was a queue as good as dead for weeks, and then alive again?

A branch is closed for a rebuild, a number is diverted, a service runs as a pilot before it is
launched. Such weeks hold no contacts or a hundredth of the usual, and say nothing about the days
after them. They are left out, unless the queue fell quiet or came back slowly, which is a season,
or is quiet at that time of other years too. A queue that is quiet to this day is taken as it is.
"""

from __future__ import annotations

import numpy as np

FEWEST_DAYS = 15
MOST_DAYS = 184  # between busy days; longer is a season. Before the first busy day there is no most
QUIET = 0.05  # of the busiest week; days below that may be dormant
QUIETER = 0.1  # of the fortnight beside them on the quieter side; a mild season stays above
RETURN = 0.25  # of the fortnight on one side, that on the other side: reopenings draw crowds
BESIDE_DAYS = 14
FEWEST_AFTER = 5  # days since the launch of what had test calls only, else `BESIDE_DAYS`
TEST_CALLS = 5.0  # contacts a day
LATEST_DAYS = 7  # that must be as busy as what came since the launch
LEAST_EXPECTED = 100.0  # contacts in the dormant days, had they been as those beside them
DAYS_A_YEAR = 365.25


def find(come: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """Return which days to leave out, bool (D,).

    Parameters
    ----------
    come : float array, shape (D,)
        Contacts recorded each day.
    expected : float array, shape (D,)
        What the mean of its weekday gives for the recorded part of each day, 0 where nothing is
        known.

    Examples
    --------
    >>> come = np.full(100, 50.0)
    >>> come[60:90] = 1
    >>> np.flatnonzero(find(come, np.full(100, 35.3)))[[0, -1]].tolist()
    [60, 89]
    """
    dormant = np.zeros(len(come), bool)
    blocks = len(come) % 7  # whole weeks to the last day; fifteen quiet days hold one of them
    week = _ratio(*(part[blocks:].reshape(-1, 7).sum(axis=1) for part in (come, expected)))
    least = QUIET * week.max(initial=0.0)
    if not (week < 2 * least).any():
        return dormant
    known, ratio = expected > 0, _ratio(come, expected)
    runs = _runs(_quiet(come, expected, ratio < least, least), known)
    for begin, end in runs:
        if end == len(come) or _recurs(begin, end, runs):
            continue
        if _came_back(begin, end, come, expected, ratio):
            dormant[begin:end] = known[begin:end]
    return dormant


def _ratio(come: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.divide(come, expected, out=np.zeros(len(come)), where=expected > 0)


def _quiet(come: np.ndarray, expected: np.ndarray, quiet: np.ndarray, least: float) -> np.ndarray:
    """Return the days in the middle of quiet weeks, and the `quiet` ones beside, bool (D,)."""
    week = np.ones(7)
    core = _ratio(np.convolve(come, week, "same"), np.convolve(expected, week, "same")) < least
    return np.asarray(core | (quiet & (np.convolve(core, week, "same") > 0.5)))


def _runs(quiet: np.ndarray, known: np.ndarray) -> list[tuple[int, int]]:
    """Return first day, and the day after the last, of quiet days in a row, unknown ones within."""
    at = np.flatnonzero(known)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet[at], [False]]).astype(int)))
    return [
        (int(at[low]), int(at[high]) if high < len(at) else len(quiet))
        for low, high in edges.reshape(-1, 2)
        if at[high - 1] - at[low] + 1 >= FEWEST_DAYS
    ]


def _recurs(begin: int, end: int, runs: list[tuple[int, int]]) -> bool:
    apart = np.array([abs(other[0] + other[1] - begin - end) / 2 for other in runs])
    years = np.round(apart / DAYS_A_YEAR)
    near = np.abs(apart - years * DAYS_A_YEAR) < (end - begin) / 2
    return bool((near & (years > 0)).any())


def _came_back(
    begin: int, end: int, come: np.ndarray, expected: np.ndarray, ratio: np.ndarray
) -> bool:
    day = np.arange(len(come))
    before, after = day[max(begin - BESIDE_DAYS, 0) : begin], day[end : end + BESIDE_DAYS]
    if not (expected[:begin] > 0).any():
        # A launch may take its time; a spike after quiet months is none.
        known = end + np.flatnonzero(expected[end:] > 0)
        calls = come[begin:end].sum() / (expected[begin:end] > 0).sum()
        if len(known) < (FEWEST_AFTER if calls <= TEST_CALLS else BESIDE_DAYS):
            return False
        before, after = known, known[-LATEST_DAYS:]
    elif end - begin > MOST_DAYS:
        return False
    sides = [
        float(np.median(ratio[side][expected[side] > 0]))
        for side in (before, after)
        if (expected[side] > 0).any()
    ]
    usual, low = expected[begin:end].sum(), min(sides)
    if low < RETURN * max(sides) or low * usual < LEAST_EXPECTED:
        return False
    return bool(come[begin:end].sum() <= QUIETER * low * usual)
