"""How do a day's contacts spread over its intervals?

The profile of a weekday is the share of the day's contacts in each open interval. It is a ratio
of two decayed sums over past days, contacts over day totals, in which

- old days count less (half-life in days), still less once opening hours or habits have moved the
  contacts to other times of the day,
- weekdays lend to each other as far as their profiles agree beyond sampling noise,
- neighbouring intervals are averaged with a narrow Gaussian kernel over the circular week.

The kernel's width is the one under which the last four weeks, held out, were most likely
(multinomial likelihood of the intervals given the day's total).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HALF_LIFE = 84.0  # days
SHORT_HALF_LIFE = 14.0  # where the times of day have moved
LATEST_DAYS = 7  # on which the two are compared
MOVED = 4.0  # mean chi-square of the held-out weeks' times of day from which they are
LEAST_LEFT = 0.8  # of the deviance of those days, of which the short one must leave less
WIDTHS = (0.0, 0.7, 1.4)  # standard deviation of the kernel, in intervals
HELD_OUT_WEEKS = 4
FEWEST_TRAINING_DAYS = 14


@dataclass(frozen=True)
class Profile:
    """Shares of a day's contacts by interval.

    Attributes
    ----------
    share : float array, shape (7, K)
        Sums to 1 over the open intervals of each open weekday; 0 where closed.
    width : float
        Standard deviation of the smoothing kernel, in intervals.
    moved : bool
        Whether contacts moved to other times of the day lately, so that old days count still less.
    """

    share: np.ndarray
    width: float
    moved: bool = False

    def day_sums(
        self, offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, open_week: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return each day's contacts in seen open intervals and their share of a day, (D,)."""
        from forecasts import _kernels_profile as kernels

        totals, covered = kernels.day_sums(offered, seen, weekday, open_week, self.share)
        return np.asarray(totals), np.asarray(covered)


def fit(
    offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, open_week: np.ndarray
) -> Profile:
    """Return the profile expected from here on.

    Parameters
    ----------
    offered : float array, shape (D, K)
        Contacts in the seen intervals, oldest day first.
    seen : float array, shape (D, K)
        How many intervals of each cell are known (0, 1, or 2 in a repeated clock hour).
    weekday : int array, shape (D,)
    open_week : bool array, shape (7, K)

    Returns
    -------
    Profile
    """
    from forecasts import _kernels_profile as kernels

    if offered.shape[1] == 1 or not (offered * seen).any():
        flat = open_week / np.maximum(open_week.sum(axis=1, keepdims=True), 1.0)
        return Profile(flat, 0.0)
    totals = day_totals(offered, seen, weekday, open_week=open_week)
    held = 7 * max(min(HELD_OUT_WEEKS, (len(weekday) - FEWEST_TRAINING_DAYS) // 7), 0)
    share, width, moved = kernels.best_shares(
        offered, seen, weekday, totals, open_week, HALF_LIFE, np.array(WIDTHS), held,
        SHORT_HALF_LIFE, LATEST_DAYS, MOVED, LEAST_LEFT,
    )  # fmt: skip
    return Profile(share, WIDTHS[width], bool(moved))


def day_totals(
    offered: np.ndarray, seen: np.ndarray, weekday: np.ndarray, *, open_week: np.ndarray
) -> np.ndarray:
    """Return full-day totals, shape (D,): what was seen over the share a plain mean profile gives.

    A day of which nothing was seen has total 0.
    """
    from forecasts import _kernels_profile as kernels

    return np.asarray(kernels.full_totals(offered, seen, weekday, open_week))


def shares(
    contacts: np.ndarray, basis: np.ndarray, open_week: np.ndarray, *, width: float
) -> np.ndarray:
    """Return profiles (7, K) from decayed contacts and day totals, pooled and smoothed.

    A flat profile with the weight of one contact keeps open intervals above zero. Weekday v
    enters the sums of w with weight 1 / (1 + n t), n contacts per interval of v and t the squared
    relative difference of the two profiles beyond what counting noise explains.
    """
    from forecasts import _kernels_profile as kernels

    return np.asarray(kernels.pooled_shares(contacts, basis, open_week, width))
