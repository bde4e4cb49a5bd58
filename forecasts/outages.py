"""Which counts did a recording fault write, rather than contacts?

Three traces of a fault: a run of zeros that no quiet hour explains (a dead line, a closure nobody
announced, an export padded with zeros), a run of one and the same count (a frozen counter), and a
day that repeats an earlier one interval by interval (a copied file). Each is judged by how
improbable it would be for counts that arrive at random. Longer silences are left to
`forecasts.dormancy`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from forecasts import dormancy, usual
from forecasts.usual import Overview

IMPROBABLE = 12.0  # contacts expected in an unbroken run of zeros; Poisson chance exp(-12)
IMPROBABLE_SAME = 20.0  # minus log of the chance that so many counts in a row are equal
LONGEST_DAYS = 14  # a longer silence is how things are, or of `forecasts.dormancy`
COMPARED = (1, 7)  # days back with which a day is compared
COMMON_SHARE = 0.2  # of days with the total of such a day, from which they are alike by rule
LEAST_LEVEL = 0.02  # of the usual rate; a queue out of season is not silent by fault


@dataclass(frozen=True)
class Faults:
    """What recording faults wrote, each a bool array of shape (D, K).

    Attributes
    ----------
    zero : bool array
        Runs of zeros.
    dormant : bool array
        Weeks with next to nothing, see `forecasts.dormancy`.
    frozen : bool array
        Runs of one count, without its first, which may be genuine.
    copied : bool array
        Days that repeat an earlier one.
    """

    zero: np.ndarray
    dormant: np.ndarray
    frozen: np.ndarray
    copied: np.ndarray

    @property
    def any(self) -> np.ndarray:
        """All of them, shape (D, K)."""
        return np.asarray(self.zero | self.dormant | self.frozen | self.copied)


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


def find(
    offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, *, looked: Overview | None = None
) -> Faults:
    """Return what recording faults wrote.

    A run of zeros is a fault if the mean rates of its intervals of the week, scaled to the
    quieter of the two weeks before and the two weeks after it, add up to more than `IMPROBABLE`
    contacts. A run of equal counts is one if the chances of being equal multiply to less than
    exp(-`IMPROBABLE_SAME`); the chance is that of two Poisson counts (exp(-2m) I0(2m), Skellam
    1946), or how often neighbours are equal in this queue where that is more. Neither may last
    longer than `LONGEST_DAYS`; longer silences are judged by `forecasts.dormancy`.

    Parameters
    ----------
    offered, seen : float array, shape (D, K)
    weekday : int array, shape (D,)
    looked : Overview, optional
        Of the same counts, if it has been made.
    """
    if looked is None:
        looked = usual.overview(offered, seen, weekday)
    zero, frozen = np.zeros(seen.shape, bool), np.zeros(seen.shape, bool)
    dormant = np.zeros(seen.shape, bool)
    steady = dormancy.is_out_of_question(looked.totals)
    if looked.empty or not steady:
        rate = usual.mean(looked.contacts.sum(axis=0), looked.rows.sum(axis=0))
        expected = _expected(rate, seen, int(weekday[0]))
        _mark_silent(zero, offered, seen, weekday, rate=rate, expected=expected, come=looked.totals)
        for begin, end in () if steady else dormancy.spans(looked.totals, expected):
            dormant[begin:end] = seen[begin:end] > 0
            zero[begin:end] = False
    if len(looked.same):
        often = looked.equal / max(looked.busy, 1)
        _mark_frozen(frozen, looked.same, offered, seen, often=often)
        frozen &= ~(zero | dormant)
    copied = _copied(offered, seen, looked.totals)
    if copied.any():
        copied &= ~zero & ~dormant & ~frozen
    return Faults(zero, dormant, frozen, copied)


def _expected(rate: np.ndarray, seen: np.ndarray, first_weekday: int) -> np.ndarray:
    """Return what `rate` (7, K) gives for the seen intervals of consecutive days, shape (D,)."""
    expected = np.empty(len(seen))
    for day in range(7):
        expected[day::7] = seen[day::7] @ rate[(first_weekday + day) % 7]
    return expected


def _mark_silent(
    zero: np.ndarray,
    offered: np.ndarray,
    seen: np.ndarray,
    weekday: np.ndarray,
    *,
    rate: np.ndarray,
    expected: np.ndarray,
    come: np.ndarray,
) -> None:
    """Mark the runs of zeros that are improbable for how busy the days around them were."""
    from forecasts import _kernels_faults

    runs = _kernels_faults.zero_runs(offered, seen, rate, int(weekday[0]), IMPROBABLE)
    steps = seen.shape[1]
    for first, last, mean in zip(*runs[:, :2].T.astype(np.int64), runs[:, 2], strict=True):
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
        if level >= LEAST_LEVEL and mean * level > IMPROBABLE:
            zero.ravel()[first : last + 1] = seen.ravel()[first : last + 1] > 0


def _mark_frozen(
    frozen: np.ndarray,
    runs: np.ndarray,
    offered: np.ndarray,
    seen: np.ndarray,
    *,
    often: float,
) -> None:
    """Mark the counts that repeat the one before them in improbable runs of equal ones."""
    least = IMPROBABLE_SAME / -np.log(max(often, 1e-300)) if often < 1 else np.inf
    long = runs[runs[:, 2] > least]
    if not len(long):
        return
    from scipy.special import ive

    steps = seen.shape[1]
    first, last, repeats = long.T
    # A queue whose counts are often equal by nature has runs of them.
    chance = np.maximum(ive(0, 2 * offered.ravel()[first]), max(often, 1e-300))
    improbable = repeats * -np.log(chance) > IMPROBABLE_SAME
    improbable &= last // steps - first // steps < LONGEST_DAYS
    for low, high in zip(first[improbable] + 1, last[improbable] + 1, strict=True):
        frozen.ravel()[low:high] = seen.ravel()[low:high] > 0


def _copied(offered: np.ndarray, seen: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Return the cells of days that repeat the day before, or that of a week before."""
    from forecasts import _kernels_faults

    copied = np.zeros(seen.shape, bool)
    if seen.shape[1] == 1:
        return copied
    twins, alike = _kernels_faults.twins(offered, seen, total, np.array(COMPARED))
    for day, lag in alike:
        from scipy.special import ive

        both = (seen[day] > 0) & (seen[day - lag] > 0)
        chance = -np.log(np.maximum(ive(0, 2 * offered[day][both]), 1e-300)).sum()
        # A queue whose days are all alike by rule has no copies.
        common = twins[COMPARED.index(lag)] >= COMMON_SHARE * (len(total) - lag)
        if chance > IMPROBABLE_SAME and not common:
            copied[day] = seen[day] > 0
    return copied
