"""Which days does every year treat alike, though no name was given for them?

The days between Christmas and New Year, a school's first week, a yearly deadline: what the fitted
effects leave of such days comes again on the same date. r_d is the log residual of a day, total
over fitted mean. A day is compared with days of its own kind only (usual weekday, quiet weekday,
holiday), since few things halve a Saturday that halve a Friday. Of the same dates in up to three
earlier years two things are known:

    a_d  the mean over years of the mean from the day before to the day after;
    o_d  the mean m of the dates themselves, m^2 / (m^2 + `DOUBT` v / n) of it, v / n being the
         variance of that mean as n years show it; 0 with fewer than `LEAST_YEARS` of them.

What is expected again is log factor_d = b a_d + c o_d, the shares b and c being those of ridge
regression on the past days around 0 and `EXPECTED`, with prior standard deviation `SD_SHARE`,
cut to 0-1. A queue in which nothing recurs has b and o near 0.

Source: ridge regression, Hoerl and Kennard 1970.
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
DOUBT = 4.0  # years that agree by two standard errors are half believed
LEAST_YEARS = 2
QUIET = 0.6  # of the busiest weekday's contacts: below, a weekday is a quiet one
EXPECTED = 0.5  # c, before a queue has shown its own
SD_SHARE = 0.3  # how far the shares that recur are expected to lie from these


@dataclass(frozen=True)
class Anniversary:
    """What the same dates of earlier years say.

    Attributes
    ----------
    factor : float array, shape (n,)
        Of each past and coming day; 1 where no earlier year is known.
    shares : float array, shape (2,)
        b and c, the shares of the residuals around the date and on it that are expected again,
        each 0-1.
    """

    factor: np.ndarray
    shares: np.ndarray


def kinds(usual: np.ndarray, weekday: np.ndarray, holiday: np.ndarray) -> np.ndarray:
    """Return the kind of each day: 0 a usual weekday, 1 a quiet one, 2 a holiday.

    Parameters
    ----------
    usual : float array, shape (7,)
        Log of each weekday's mean contacts over the mean of all.
    weekday : int array, shape (n,)
    holiday : bool array, shape (n,)

    Examples
    --------
    >>> usual = np.log([1.2, 1.2, 1.2, 1.2, 1.2, 0.6, 0.4])
    >>> kinds(usual, np.array([4, 5, 6]), np.array([False, False, True])).tolist()
    [0, 1, 2]
    """
    quiet = usual < usual.max() + np.log(QUIET)
    return np.where(holiday, 2, quiet[weekday].astype(np.int64))


def lift(
    totals: np.ndarray,
    covered: np.ndarray,
    mean: np.ndarray,
    *,
    days: np.ndarray,
    kind: np.ndarray,
) -> Anniversary:
    """Return the factor by which the same date of earlier years moves each day.

    Parameters
    ----------
    totals, covered, mean : float array, shape (D,)
        Contacts recorded on each past day, the share of the day that was recorded, and the
        fitted contacts in it.
    days : int64 array, shape (n,)
        Consecutive local days since 1970, the first D being the past ones.
    kind : int64 array, shape (n,)
        See `kinds`.

    Examples
    --------
    >>> days = np.arange(17000, 17000 + 760)
    >>> totals = np.where(clock.dates(days).day_of_year == 200, 150.0, 100.0)
    >>> made = lift(totals[:700], np.ones(700), np.full(700, 100.0), days=days,
    ...             kind=np.zeros(760, np.int64))
    >>> round(float(made.factor[700:].max()), 2)
    1.19
    """
    if len(totals) < FEWEST_DAYS:
        return Anniversary(np.ones(len(days)), np.zeros(2))
    from forecasts import _kernels_years

    source = _same_dates(int(days[0]), len(days))
    logs, shares = _kernels_years.recurring(
        totals, covered, mean, source, kind, LEAST_COVERED, LARGEST, REACH, DOUBT, LEAST_YEARS,
        EXPECTED, SD_SHARE,
    )  # fmt: skip
    return Anniversary(np.exp(logs), shares)


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
