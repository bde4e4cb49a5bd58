"""Which days does every year treat alike, though no name was given for them?

The days between Christmas and New Year, a school's first week, a yearly deadline: what the fitted
effects leave of such days comes again on the same date. The log residual r_d of a day, total over
fitted mean, is averaged over the day before to the day after, and over the same dates of up to
three earlier years; what is expected of it is

    log factor_d = b a_d,    b = sum a r / (sum a^2 + s^2 / `SD_SHARE`^2),

a_d being that average, s the usual residual. A queue in which nothing recurs has b near 0.

Source: ridge regression on one regressor, Hoerl and Kennard 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from forecasts import clock

YEARS = 3
FEWEST_DAYS = 400  # some weeks more than a year, or there is no anniversary to learn from
LEAST_COVERED = 0.3  # of a day must be recorded for its residual to say anything
LARGEST = 1.0  # log residual; a day further off is taken for this far
REACH = 1  # days before and after the date
SD_SHARE = 0.3  # how far the recurring share of a residual is expected to lie from none


@dataclass(frozen=True)
class Anniversary:
    """What the same dates of earlier years say.

    Attributes
    ----------
    factor : float array, shape (n,)
        Of each past and coming day; 1 where no earlier year is known.
    share : float
        b, the share of an earlier year's residual that is expected again.
    """

    factor: np.ndarray
    share: float


def lift(
    totals: np.ndarray, covered: np.ndarray, mean: np.ndarray, *, days: np.ndarray
) -> Anniversary:
    """Return the factor by which the same date of earlier years moves each day.

    Parameters
    ----------
    totals, covered, mean : float array, shape (D,)
        Contacts recorded on each past day, the share of the day that was recorded, and the
        fitted contacts in it.
    days : int64 array, shape (n,)
        Consecutive local days since 1970, the first D being the past ones.

    Examples
    --------
    >>> days = np.arange(17000, 17000 + 760)
    >>> totals = np.where(clock.dates(days).day_of_year == 200, 150.0, 100.0)
    >>> made = lift(totals[:700], np.ones(700), np.full(700, 100.0), days=days)
    >>> round(float(made.factor[700:].max()), 2)
    1.16
    """
    if len(totals) < FEWEST_DAYS:
        return Anniversary(np.ones(len(days)), 0.0)
    from forecasts import _kernels_years

    source = _same_dates(int(days[0]), len(days))
    logs, share = _kernels_years.recurring(
        totals, covered, mean, source, LEAST_COVERED, LARGEST, REACH, SD_SHARE
    )
    return Anniversary(np.exp(logs), float(share))


@lru_cache(maxsize=16)  # queues of one centre share their days
def _same_dates(first: int, many: int) -> np.ndarray:
    """Return the row of each day's date one and more years before, (many, YEARS).

    Before the first row it is negative. 29 February goes back to the 28th.
    """
    dates = clock.dates(np.arange(first, first + many))
    return np.column_stack([
        clock.day_numbers(dates - pd.DateOffset(years=years)) - first
        for years in range(1, YEARS + 1)
    ])  # fmt: skip
