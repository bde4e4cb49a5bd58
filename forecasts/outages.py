"""Which counts did a recording fault write, rather than contacts?

Three traces of a fault: a run of zeros that no quiet hour explains (a dead line, a closure nobody
announced, an export padded with zeros), a run of one and the same count (a frozen counter), and a
day that repeats an earlier one interval by interval (a copied file). Each is judged by how
improbable it would be for counts that arrive at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts.usual import by_weekday

IMPROBABLE = 12.0  # contacts expected in an unbroken run of zeros; Poisson chance exp(-12)
FEWEST_SAME = 3  # repeats below which nothing is improbable
IMPROBABLE_SAME = 20.0  # minus log of the chance that so many counts in a row are equal
LONGEST_DAYS = 14  # a longer silence is how things are now
COMPARED = (1, 7)  # days back with which a day is compared
LEAST_LEVEL = 0.02  # of the usual rate; a queue out of season is not silent by fault


@dataclass(frozen=True)
class Faults:
    """What recording faults wrote, each a bool array of shape (D, K).

    Attributes
    ----------
    zero : bool array
        Runs of zeros.
    frozen : bool array
        Runs of one count, without its first, which may be genuine.
    copied : bool array
        Days that repeat an earlier one.
    """

    zero: np.ndarray
    frozen: np.ndarray
    copied: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """All of them, shape (D, K)."""
        return np.asarray(self.zero | self.frozen | self.copied)


def known(offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """Return `seen` without what recording faults wrote; see `find`.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    weekday : int array, shape (D,)

    Examples
    --------
    >>> offered = np.full((14, 1), 30.0)
    >>> offered[9] = 0
    >>> known(offered, np.ones((14, 1)), np.arange(14) % 7).ravel()[8:11].tolist()
    [1.0, 0.0, 1.0]
    """
    found = find(offered, seen, weekday).any
    return np.where(found, 0.0, seen) if found.any() else seen


def find(offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray) -> Faults:
    """Return what recording faults wrote.

    A run of zeros is a fault if the mean rates of its intervals of the week, scaled to the
    quieter of the two weeks before and the two weeks after it, add up to more than `IMPROBABLE`
    contacts. A run of equal counts is one if the chances of being equal multiply to less than
    exp(-`IMPROBABLE_SAME`); the chance is that of two Poisson counts (exp(-2m) I0(2m), Skellam
    1946), or how often neighbours are equal in this queue where that is more. Neither may last
    longer than `LONGEST_DAYS`.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    weekday : int array, shape (D,)
    """
    from forecasts import _kernels_history

    rows = by_weekday(seen, weekday)
    counted = offered if seen.all() else np.where(seen > 0, offered, 0.0)
    contacts = by_weekday(counted, weekday)
    rate = np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)
    zeros, same, pairs = _kernels_history.runs(
        offered, seen, rate, int(weekday[0]), IMPROBABLE, FEWEST_SAME
    )
    zero, frozen = np.zeros(seen.shape, bool), np.zeros(seen.shape, bool)
    if zeros:
        _mark_silent(zero, zeros, seen, weekday, rate=rate, come=counted.sum(axis=1))
    if same:
        busy = max(int((counted > 0).sum()), 1)
        _mark_frozen(frozen, same, offered, seen, often=pairs / busy)
    return Faults(zero, frozen & ~zero, _copied(counted, seen) & ~zero & ~frozen)


def _mark_silent(
    zero: np.ndarray,
    runs: list[tuple[int, int, float]],
    seen: np.ndarray,
    weekday: np.ndarray,
    *,
    rate: np.ndarray,
    come: np.ndarray,
) -> None:
    """Mark the runs of zeros that are improbable for how busy the days around them were."""
    steps = seen.shape[1]
    expected = (rate[weekday] * seen).sum(axis=1)
    for first, last, usual in runs:
        begin, end = first // steps, last // steps
        if end - begin >= LONGEST_DAYS:
            continue
        sides = [
            come[part].sum() / expected[part].sum()
            for part in (
                slice(max(begin - LONGEST_DAYS, 0), begin),
                slice(end + 1, end + 1 + LONGEST_DAYS),
            )
            if expected[part].sum() > 0
        ]
        # The quieter side decides: a season that ends is not an outage.
        level = min(sides, default=1.0)
        if level >= LEAST_LEVEL and usual * level > IMPROBABLE:
            zero.ravel()[first : last + 1] = seen.ravel()[first : last + 1] > 0


def _mark_frozen(
    frozen: np.ndarray,
    runs: list[tuple[int, int, int]],
    offered: np.ndarray,
    seen: np.ndarray,
    *,
    often: float,
) -> None:
    """Mark the counts that repeat the one before them in improbable runs of equal ones."""
    least = IMPROBABLE_SAME / -np.log(max(often, 1e-300)) if often < 1 else np.inf
    long = [run for run in runs if run[2] > least]
    if not long:
        return
    from scipy.special import ive

    steps = seen.shape[1]
    first, last, repeats = np.array(long, np.int64).T
    # A queue whose counts are often equal by nature has runs of them.
    chance = np.maximum(ive(0, 2 * offered.ravel()[first]), max(often, 1e-300))
    improbable = repeats * -np.log(chance) > IMPROBABLE_SAME
    improbable &= last // steps - first // steps < LONGEST_DAYS
    for low, high in zip(first[improbable] + 1, last[improbable] + 1, strict=True):
        frozen.ravel()[low:high] = seen.ravel()[low:high] > 0


def _copied(offered: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """Return the cells of days that repeat the day before, or that of a week before."""
    copied = np.zeros(seen.shape, bool)
    if seen.shape[1] == 1:
        return copied
    total = np.where(seen > 0, offered, 0.0).sum(axis=1)
    for lag in COMPARED:
        twins = np.flatnonzero((total[lag:] == total[:-lag]) & (total[lag:] > 0)) + lag
        for day in twins:
            both = (seen[day] > 0) & (seen[day - lag] > 0)
            if not np.array_equal(offered[day][both], offered[day - lag][both]):
                continue
            from scipy.special import ive

            chance = -np.log(np.maximum(ive(0, 2 * offered[day][both]), 1e-300)).sum()
            # A queue whose days are all alike by rule has no copies.
            if chance > IMPROBABLE_SAME and len(twins) < 0.2 * (len(total) - lag):
                copied[day] = seen[day] > 0
    return copied
