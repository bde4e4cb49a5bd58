"""Which days strayed from the level and say nothing about it, because it has come back?

A product is recalled, a system is down for a week, a mailing goes out that nobody announced: for
some days the queue holds twice its contacts, or half, and then what it held before. Decayed means
carry such days on for weeks. They are left out of the level where, in log ratios of totals to day
effects and within the last 120 days on which the queue was open (all days here are such),

- 3 to 60 days in a row differ by 5 standard deviations of their mean and by a quarter (log)
- from both the mean of the last 7 days and those of the two weeks before them,
- which agree within 10 % or the noise of their means, as do the last 3 days with the last 7.

On what the day effects learn these days keep their weight, where outliers have little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BACK = 7  # last days, on the level again
BEFORE = 14  # days that show the level before
FEWEST, MOST = 3, 60  # days of an excursion
WINDOW = 120  # last days in which one may begin
LEAST = 0.25  # log distance
SDS = 5.0  # levels wander: of 3 independent days one in a million would look so by chance
AGREE = 0.1  # log distance of the level after and before
WEEK = 7  # days by which noise is told from the course of the week
LEAST_A_DAY = 5.0  # contacts, below which the log of a day's count is mostly chance


@dataclass(frozen=True)
class Excursion:
    """Days that strayed from a level that has come back.

    Attributes
    ----------
    begin, end : int
        Row of the first such day, and of the first day after them.
    log_ratio : float
        Log of their level over that before and after.
    """

    begin: int
    end: int
    log_ratio: float

    def left_out(self, values: np.ndarray) -> np.ndarray:
        """Return `values` (D,) with 0 on these days."""
        made = values.copy()
        made[self.begin : self.end] = 0.0
        return made


def find(totals: np.ndarray, unit: np.ndarray) -> Excursion | None:
    """Return the clearest excursion of the last weeks that is over, None without one.

    Parameters
    ----------
    totals : float array, shape (D,)
        Contacts recorded each day.
    unit : float array, shape (D,)
        Day effect times the share of the day that was recorded; 0 for an idle day.

    Examples
    --------
    >>> totals = np.full(120, 200.0)
    >>> totals[90:97] = 500
    >>> found = find(totals, np.ones(120))
    >>> found.begin, found.end, round(float(np.exp(found.log_ratio)), 2)
    (90, 97, 2.5)
    """
    from forecasts import _kernels_shifts

    begin, end, log_ratio = _kernels_shifts.last_excursion(
        totals, unit, BACK, BEFORE, FEWEST, MOST, WINDOW, LEAST, SDS, AGREE, WEEK, LEAST_A_DAY
    )
    return None if begin < 0 else Excursion(int(begin), int(end), float(log_ratio))
