"""When was a queue as good as dead for weeks, and then alive again?

A branch is closed for a rebuild, a number is diverted, a service runs as a pilot before it is
launched. Such weeks hold no contacts or a hundredth of the usual, and say nothing about the days
after them. They are left out, unless the queue fell quiet or came back slowly, which is a season. A
queue that is quiet to this day is taken as it is. Of a closure that comes every year nothing is
learned; give it as a holiday or an event.
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
TEST_CALLS = 5.0  # contacts a day, or
PILOT = 0.01  # of those since
LATEST_DAYS = 7  # that must be as busy as what came since the launch
LEAST_EXPECTED = 30.0  # contacts in the dormant days, had they been as those beside them


def is_out_of_question(come: np.ndarray) -> bool:
    """Return whether every week holds far more than dormant ones do; a first look, to save time."""
    week = come[len(come) % 7 :].reshape(-1, 7).sum(axis=1)
    return len(week) > 0 and bool(week.min() > 2 * QUIET * week.max())


def expected(totals: np.ndarray, known: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return what the mean of its weekday gives for the `known` share of each day, shape (D,)."""
    sums, shares = (np.bincount(weekday, part, 7) for part in (totals, known))
    mean = np.divide(sums, shares, out=np.zeros(7), where=shares > 0)
    return np.asarray(known * mean[weekday])


def spans(come: np.ndarray, expected: np.ndarray) -> list[tuple[int, int]]:
    """Return first day, and the day after the last, of each run of days to leave out.

    Parameters
    ----------
    come : float array, shape (D,)
        Contacts recorded each day.
    expected : float array, shape (D,)
        What is usual for the recorded part of each day, 0 where nothing is known.

    Examples
    --------
    >>> come = np.full(100, 50.0)
    >>> come[60:90] = 1
    >>> spans(come, np.full(100, 35.3))
    [(60, 90)]
    """
    return [
        (begin, end)
        for begin, end in _quiet_runs(come, expected)
        if end < len(come) and _came_back(begin, end, come, expected)
    ]


def hides(left_out: np.ndarray, end: int) -> bool:
    """Return whether most of the fortnight before row `end` of `left_out` (D,) was left out.

    What a model says from the middle of a closure tells nothing of how well it does otherwise.
    """
    return 2 * int(left_out[max(end - BESIDE_DAYS, 0) : end].sum()) > BESIDE_DAYS


def asleep_since(come: np.ndarray, expected: np.ndarray) -> int | None:
    """Return the first of the quiet days that go on to the last one, None without any.

    Parameters are those of `spans`.

    Examples
    --------
    >>> come = np.full(100, 50.0)
    >>> come[80:] = 0
    >>> asleep_since(come, np.full(100, 40.0))
    80
    """
    for begin, end in _quiet_runs(come, expected):
        before = slice(max(begin - BESIDE_DAYS, 0), begin)
        if end < len(come) or not (expected[before] > 0).any():
            continue
        low = float(np.median(_ratio(come, expected)[before][expected[before] > 0]))
        if _is_far_below(come[begin:], low * expected[begin:].sum()):
            return begin
    return None


def _quiet_runs(come: np.ndarray, expected: np.ndarray) -> list[tuple[int, int]]:
    blocks = len(come) % 7  # whole weeks to the last day; fifteen quiet days hold one of them
    week = _ratio(*(part[blocks:].reshape(-1, 7).sum(axis=1) for part in (come, expected)))
    least = QUIET * week.max(initial=0.0)
    if not (week < 2 * least).any():
        return []
    quiet = _quiet(come, expected, _ratio(come, expected) < least, least)
    return _runs(quiet, expected > 0)


def _is_far_below(come: np.ndarray, usual: float) -> bool:
    return usual >= LEAST_EXPECTED and bool(come.sum() <= QUIETER * usual)


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


def _came_back(begin: int, end: int, come: np.ndarray, expected: np.ndarray) -> bool:
    ratio = _ratio(come, expected)
    day = np.arange(len(come))
    before, after = day[max(begin - BESIDE_DAYS, 0) : begin], day[end : end + BESIDE_DAYS]
    if not (expected[:begin] > 0).any():
        # A launch may take its time; a spike after quiet months is none.
        known = end + np.flatnonzero(expected[end:] > 0)
        calls = come[begin:end].sum() / (expected[begin:end] > 0).sum()
        few = calls <= max(TEST_CALLS, PILOT * float(np.median(come[known])))
        if len(known) < (FEWEST_AFTER if few else BESIDE_DAYS):
            return False
        before, after = known, known[-LATEST_DAYS:]
    elif end - begin > MOST_DAYS:
        return False
    sides = [
        float(np.median(ratio[side][expected[side] > 0]))
        for side in (before, after)
        if (expected[side] > 0).any()
    ]
    low = min(sides)
    if low < RETURN * max(sides):
        return False
    return _is_far_below(come[begin:end], low * expected[begin:end].sum())
