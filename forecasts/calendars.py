"""Which dates are holidays, and what are they called?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.errors import BadInput

if TYPE_CHECKING:
    from forecasts.past import Past

BEYOND_DAYS = 31
"""Days after the last one to forecast that still shape it: the next holiday, the month's end."""

_ACCEPTED = (
    "expected a DatetimeIndex, a Series of names indexed by date, or a country code such as 'US' "
    "or 'DE-BY'"
)


def resolve(holidays: Any, first: int, last: int) -> pd.Series:
    """Return the holidays from day `first` to `last` as names indexed by day since 1970.

    Parameters
    ----------
    holidays : None, DatetimeIndex, Series or str
        Dates; or names indexed by date; or an ISO country code, with a subdivision after a
        hyphen (``"US-NY"``), looked up in the `holidays` package. Days that move for a holiday
        (调休) are given by a Series of your own.
    first, last : int
        Local days since 1970, both included.

    Returns
    -------
    Series of str
        One name a day; two holidays on a day are joined by ``" + "``.

    Raises
    ------
    BadInput
        If `holidays` is of another kind, holds no dates, or the country is unknown.

    Examples
    --------
    >>> resolve("US", 12234, 12260).to_dict()
    {12237: 'Independence Day'}
    """
    if holidays is None:
        return pd.Series([], index=pd.Index([], dtype=np.int64), dtype=object)
    if isinstance(holidays, str):
        names = _of_country(holidays, first, last)
    elif isinstance(holidays, pd.DatetimeIndex):
        names = pd.Series("holiday", index=_days(holidays), dtype=object)
    elif isinstance(holidays, pd.Series):
        names = _of_series(holidays)
    else:
        raise BadInput(f"holidays: {_ACCEPTED}; got {type(holidays).__name__}")
    names = names[(names.index >= first) & (names.index <= last)]
    return names.groupby(level=0).agg(lambda several: " + ".join(dict.fromkeys(several)))


def between(holidays: Any, pasts: Sequence[Past], *, ahead_days: int) -> pd.Series:
    """Return the holidays of the spans of `pasts` and of `ahead_days` after them, see `resolve`.

    `BEYOND_DAYS` more than asked for: whether tomorrow is a holiday shapes the last day.
    """
    first = min(int(past.days[0]) for past in pasts)
    last = max(int(past.days[-1]) for past in pasts) + ahead_days + BEYOND_DAYS
    return resolve(holidays, first, last)


def _days(index: pd.Index) -> np.ndarray:
    missing = int(np.count_nonzero(index.isna()))
    if missing:
        raise BadInput(f"holidays: {missing} dates are missing; drop them")
    return clock.day_numbers(index)


def _of_series(holidays: pd.Series) -> pd.Series:
    index = holidays.index
    if not isinstance(index, pd.DatetimeIndex):
        try:
            index = pd.DatetimeIndex(pd.to_datetime(index.astype(str), format="%Y-%m-%d"))
        except (ValueError, TypeError) as error:
            raise BadInput(
                f"holidays: the Series must be indexed by date, got {holidays.index.dtype} "
                f"(first {holidays.index[0]!r}); use pd.Series(names, index=pd.DatetimeIndex(...))"
            ) from error
    if holidays.isna().any():
        raise BadInput(f"holidays: {int(holidays.isna().sum())} names are missing; name every date")
    return pd.Series(holidays.astype(str).to_numpy(object), index=_days(index), dtype=object)


def _of_country(code: str, first: int, last: int) -> pd.Series:
    import holidays as package

    country, _, subdivision = code.partition("-")
    years = clock.dates(np.array([first, last])).year
    if not re.fullmatch(r"[A-Z]{2,3}", country):
        raise BadInput(f"holidays: {_ACCEPTED}; got {code!r}")
    try:
        found = package.country_holidays(
            country,
            subdiv=subdivision or None,
            years=range(years[0], years[1] + 1),
            language="en_US",
        )
    except NotImplementedError as error:
        raise BadInput(
            f"holidays: no calendar for {code!r} ({error}); give a country code such as 'US' or "
            "'DE-BY', or pass a Series of names indexed by date"
        ) from error
    index = pd.DatetimeIndex(pd.to_datetime(sorted(found)))
    return pd.Series([found[day] for day in sorted(found)], index=_days(index), dtype=object)
