"""Which counts did a recording fault write, rather than contacts?

Three traces of a fault: a run of zeros that no quiet hour explains (a dead line, a closure nobody
announced, an export padded with zeros), a run of one and the same count (a frozen counter), and a
day that repeats an earlier one interval by interval (a copied file). Each is judged by how
improbable it would be for counts that arrive at random.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

IMPROBABLE = 12.0  # contacts expected in an unbroken run of zeros; Poisson chance exp(-12)
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
    quieter of the two weeks before and the two weeks after it, add up to more than `IMPROBABLE` contacts. A run of equal counts is
    one if the chances of being equal multiply to less than exp(-`IMPROBABLE_SAME`); the chance is
    that of two Poisson counts (exp(-2m) I0(2m), Skellam 1946), or how often neighbours are equal
    in this queue where that is more. Neither may last longer than `LONGEST_DAYS`.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    weekday : int array, shape (D,)
    """
    none = np.zeros(seen.shape, bool)
    there = np.flatnonzero(seen.ravel() > 0)
    if len(there) < 2:
        return Faults(none, none, none)
    counts = offered.ravel()[there]
    day = there // seen.shape[1]
    zero = _mark(none, there, _silent(offered, seen, weekday, there=there, counts=counts))
    frozen = _mark(none, there, _frozen(counts, day))
    return Faults(zero, frozen & ~zero, _copied(offered, seen) & ~zero & ~frozen)


def _mark(none: np.ndarray, there: np.ndarray, marked: np.ndarray) -> np.ndarray:
    if not marked.any():
        return none
    cells = np.zeros(none.size, bool)
    cells[there[marked]] = True
    return cells.reshape(none.shape)


def _silent(
    offered: np.ndarray,
    seen: np.ndarray,
    weekday: np.ndarray,
    *,
    there: np.ndarray,
    counts: np.ndarray,
) -> np.ndarray:
    """Return which of the seen cells `there` stand in an improbable run of zeros."""
    zero = counts == 0
    outage = np.zeros(len(there), bool)
    if not zero.any():
        return outage
    rows, contacts = np.zeros((7, seen.shape[1])), np.zeros((7, seen.shape[1]))
    for number in range(7):
        own = weekday == number
        rows[number] = seen[own].sum(axis=0)
        contacts[number] = np.where(seen[own] > 0, offered[own], 0.0).sum(axis=0)
    rate = np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)
    expected = (rate[weekday] * seen).ravel()[there]
    day = there // seen.shape[1]
    starts, ends = _runs(zero)
    starts, ends = starts[zero[starts]], ends[zero[starts]]
    before = np.concatenate([[0.0], np.cumsum(expected)])
    total = before[ends] - before[starts]
    long = (total > IMPROBABLE) & (day[ends - 1] - day[starts] < LONGEST_DAYS)
    come = np.concatenate([[0.0], np.cumsum(counts)])
    for start, end in zip(starts[long], ends[long], strict=True):
        low = np.searchsorted(day, day[start] - LONGEST_DAYS)
        high = np.searchsorted(day, day[end - 1] + LONGEST_DAYS, side="right")
        sides = [
            (come[last] - come[first]) / (before[last] - before[first])
            for first, last in ((low, start), (end, high))
            if before[last] > before[first]
        ]
        # The quieter side decides: a season that ends is not an outage.
        level = min(sides, default=1.0)
        if level >= LEAST_LEVEL and (before[end] - before[start]) * level > IMPROBABLE:
            outage[start:end] = True
    return outage


def _frozen(counts: np.ndarray, day: np.ndarray) -> np.ndarray:
    """Return which counts repeat the one before them in an improbable run of equal ones."""
    frozen = np.zeros(len(counts), bool)
    same = (counts[1:] == counts[:-1]) & (counts[1:] > 0)
    # Two in a row are common, and nothing improbable is shorter than three.
    if not (same[1:] & same[:-1]).any():
        return frozen
    starts, ends = _runs(same)
    starts, ends = starts[same[starts]], ends[same[starts]]
    keep = ends - starts >= 3
    starts, ends = starts[keep], ends[keep]
    if not len(starts):
        return frozen
    from scipy.special import ive

    value = counts[starts]
    often = same.mean()
    chance = np.maximum(ive(0, 2 * value), often)
    improbable = (ends - starts) * -np.log(np.maximum(chance, 1e-300)) > IMPROBABLE_SAME
    improbable &= day[ends] - day[starts] < LONGEST_DAYS
    for start, end in zip(starts[improbable], ends[improbable], strict=True):
        frozen[start + 1 : end + 1] = True
    return frozen


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


def _runs(flags: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return where runs of equal values start, and where they end (one past the last)."""
    changes = np.flatnonzero(flags[1:] != flags[:-1]) + 1
    return np.concatenate([[0], changes]), np.concatenate([changes, [len(flags)]])
