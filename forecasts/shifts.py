"""Has the level of a queue jumped for good, so that the days before say less than they seem to?

A client moves, a number is switched over, a branch closes: within a day the queue has half as
much again and stays there. Decayed means follow that over weeks. Where a shift is beyond doubt,
the days before it are brought to the new level, and everything is fitted as if it had always been
there. It is beyond doubt where, in log ratios of totals to day effects,

- the mean of the last 4 to 42 days differs from that of the 28 days before by 6 standard
  deviations of a day's noise and by 15 %,
- nearly all of these days lie beyond half of the difference,
- the fortnights before and after differ by half of it at least, so that it is no drift, and
- never before did the level move half as far in as many days: a queue that comes and goes in
  bursts is left to what its own past taught about them.

Source: Page 1954 (changes of a mean from cumulated sums).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FEWEST, MOST = 4, 42  # days since the shift
BACK = 28  # days before it that show the old level
FIRST_DAYS = 84  # between the first day known and the shift, or nothing is known of former ones
SDS = 6.0
LEAST = float(np.log(1.15))
RATIO = 2.0  # of the shift to the largest former movement of the level
SIDE = 0.85  # share of the days since that must lie beyond half of it
WEEK = 7  # known days by which noise is told from the course of the week


@dataclass(frozen=True)
class Shift:
    """A lasting change of the level.

    Attributes
    ----------
    day : int
        Row of the first day on the new level.
    log_ratio : float
        Log of the new level over the old one.
    variance : float
        Squared error expected of `log_ratio`.
    """

    day: int
    log_ratio: float
    variance: float

    def undone(self, totals: np.ndarray) -> np.ndarray:
        """Return `totals` (D,) with the days before the shift brought to the level after it."""
        made = totals.copy()
        made[: self.day] *= np.exp(self.log_ratio)
        return made


def find(totals: np.ndarray, unit: np.ndarray) -> Shift | None:
    """Return the shift that the end of a history shows beyond doubt, None without one.

    Parameters
    ----------
    totals : float array, shape (D,)
        Contacts recorded each day.
    unit : float array, shape (D,)
        Day effect times the share of the day that was recorded; 0 for an idle day.

    Examples
    --------
    >>> totals = np.full(120, 200.0)
    >>> totals[110:] = 320
    >>> found = find(totals, np.ones(120))
    >>> found.day, round(float(np.exp(found.log_ratio)), 2)
    (110, 1.6)
    """
    from forecasts import _kernels_shifts

    day, log_ratio, variance = _kernels_shifts.last_shift(
        totals, unit, FEWEST, MOST, BACK, FIRST_DAYS, SDS, LEAST, RATIO, SIDE, WEEK
    )
    return None if day < 0 else Shift(int(day), float(log_ratio), float(variance))


def measured_again(shift: Shift, totals: np.ndarray, unit: np.ndarray) -> Shift:
    """Return the shift with the ratio that newly fitted day effects show.

    Effects fitted across a shift have taken a part of it for season or for the day of the month.
    """
    from forecasts import _kernels_shifts

    return Shift(
        shift.day, float(_kernels_shifts.rise_at(totals, unit, shift.day, BACK)), shift.variance
    )
