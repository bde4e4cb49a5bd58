"""Which local day and which interval of that day does an instant belong to?

Contacts follow the wall clock, so days and intervals of the day are local. Around a clock
change an interval of the day can be skipped or stand twice; instants are therefore counted
in UTC nanoseconds and only then read as wall time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts.errors import BadInput

NS_A_MINUTE = 60 * 10**9
MINUTES_A_DAY = 24 * 60
NS_A_DAY = MINUTES_A_DAY * NS_A_MINUTE
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Interval:
    """Length of the intervals of a history.

    Attributes
    ----------
    minutes : int
        Length in minutes; divides a day.
    by_wall : bool
        Starts are equal steps of the wall clock, not of elapsed time. Days always are; half
        hours are both, as long as the clock changes by a whole number of them.
    phase_ns : int
        By how much starts on the wall clock lie after multiples of the length.
    """

    minutes: int
    by_wall: bool = False
    phase_ns: int = 0

    @property
    def per_day(self) -> int:
        """Intervals of an ordinary 24-hour day."""
        return MINUTES_A_DAY // self.minutes

    @property
    def daily(self) -> bool:
        """Whether one interval is a whole local day."""
        return self.minutes == MINUTES_A_DAY

    @property
    def ns(self) -> int:
        """Length in nanoseconds."""
        return self.minutes * NS_A_MINUTE

    def __str__(self) -> str:
        return "1 day" if self.daily else f"{self.minutes} min"


def interval_of(freq: Any) -> Interval:
    """Return the interval that a pandas frequency alias names.

    Parameters
    ----------
    freq : str, Timedelta or DateOffset
        For example ``"15min"``, ``"30min"``, ``"h"`` or ``"D"``; must divide a day.

    Raises
    ------
    BadInput
        If it is no frequency, or not a whole number of minutes that divides a day.

    Examples
    --------
    >>> interval_of("30min").per_day
    48
    """
    advice = "expected a length that divides a day, such as '15min', '30min', 'h' or 'D'"
    if not isinstance(freq, (str, pd.Timedelta, pd.offsets.BaseOffset)):
        raise BadInput(f"freq: {advice}; got {freq!r}")
    try:
        offset = pd.tseries.frequencies.to_offset(freq)
        # Day is no fixed length in pandas 3 and has no nanos.
        ns = offset.n * NS_A_DAY if isinstance(offset, pd.offsets.Day) else int(offset.nanos)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadInput(f"freq: {advice}; got {freq!r}") from error
    if ns <= 0 or ns % NS_A_MINUTE or NS_A_DAY % ns:
        raise BadInput(f"freq: {advice}; got {freq!r}")
    return Interval(ns // NS_A_MINUTE, by_wall=ns == NS_A_DAY)


def utc_ns(times: pd.Series | pd.DatetimeIndex) -> np.ndarray:
    """Return instants as int64 nanoseconds since 1970 UTC, whatever the stored resolution.

    A view where they are stored so: never write into it.
    """
    index = pd.DatetimeIndex(times)
    return np.asarray((index if index.unit == "ns" else index.as_unit("ns")).asi8)


def zone_of(times: pd.Series) -> Any:
    """Return the time zone of a column of timezone-aware times."""
    return pd.DatetimeIndex(times).tz


def instants(ns: np.ndarray, tz: Any) -> pd.DatetimeIndex:
    """Return UTC nanoseconds as timezone-aware times of zone `tz`."""
    return pd.DatetimeIndex(ns.astype("datetime64[ns]")).tz_localize("UTC").tz_convert(tz)


def local_ns(ns: np.ndarray, tz: Any) -> np.ndarray:
    """Return the wall clock at UTC nanoseconds, as nanoseconds since 1970-01-01 00:00 local."""
    return np.array(instants(ns, tz).tz_localize(None).as_unit("ns").asi8)


def wall(ns: np.ndarray, tz: Any, interval: Interval) -> tuple[np.ndarray, np.ndarray]:
    """Return the local day (days since 1970-01-01) and the interval of that day, both int64."""
    local = local_ns(ns, tz)
    day = local // NS_A_DAY
    return day, (local - day * NS_A_DAY) // interval.ns


def day_starts(days: np.ndarray, tz: Any) -> np.ndarray:
    """Return the first instant of each local day (days since 1970), as UTC nanoseconds."""
    return _localised(days * NS_A_DAY, tz)


def ends(start: np.ndarray, tz: Any) -> np.ndarray:
    """Return where intervals end: a step later, a step being the least there is between `start`.

    Steps of 23 hours and more, and a single start, are local days.
    """
    step = int(np.diff(start).min()) if len(start) > 1 else NS_A_DAY
    if step < 23 * 60 * NS_A_MINUTE:
        return start + step
    return day_starts(local_ns(start, tz) // NS_A_DAY + 1, tz)


def floor(ns: np.ndarray, tz: Any, interval: Interval) -> np.ndarray:
    """Return the latest starts of a wall-clock grid that are not after `ns`."""
    return _localised(_steps(ns, tz, interval) * interval.ns + interval.phase_ns, tz)


def span(first: int, last: int, tz: Any, interval: Interval) -> np.ndarray:
    """Return every interval start from `first` to `last`, both included, as UTC nanoseconds."""
    if not interval.by_wall:
        return first + interval.ns * np.arange((last - first) // interval.ns + 1)
    low, high = _steps(np.array([first, last]), tz, interval)
    return _localised(np.arange(low, high + 1) * interval.ns + interval.phase_ns, tz)


def following(last: int, count: int, tz: Any, interval: Interval) -> np.ndarray:
    """Return the `count` interval starts after `last`, as UTC nanoseconds."""
    steps = np.arange(1, count + 1)
    if not interval.by_wall:
        return last + interval.ns * steps
    steps += _steps(np.array([last]), tz, interval)
    return _localised(steps * interval.ns + interval.phase_ns, tz)


def _steps(ns: np.ndarray, tz: Any, interval: Interval) -> np.ndarray:
    return (local_ns(ns, tz) - interval.phase_ns) // interval.ns


def _localised(local: np.ndarray, tz: Any) -> np.ndarray:
    """Return wall times as UTC nanoseconds: the first of a repeated one, a skipped one later."""
    naive = pd.DatetimeIndex(local.astype("datetime64[ns]"))
    first = np.ones(len(local), bool)
    return utc_ns(naive.tz_localize(tz, ambiguous=first, nonexistent="shift_forward"))


def dates(days: np.ndarray) -> pd.DatetimeIndex:
    """Return days since 1970 as naive midnights."""
    return pd.DatetimeIndex((np.asarray(days) * NS_A_DAY).astype("datetime64[ns]"))


def day_numbers(index: Any) -> np.ndarray:
    """Return the calendar dates of `index` as days since 1970; a time zone is read as wall time."""
    times = pd.DatetimeIndex(index)
    if times.tz is not None:
        times = times.tz_localize(None)
    return np.array(times.as_unit("ns").asi8 // NS_A_DAY)


def weekday(days: np.ndarray) -> np.ndarray:
    """Return Monday 0 to Sunday 6 of days since 1970, which began on a Thursday."""
    return (np.asarray(days) + 3) % 7
