"""Which intervals does a span of local days have?

Days are added by calendar, never by 24 hours: a local day has 46, 48 or 50 half hours
around a clock change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import numpy as np
import pandas as pd

from wfm.errors import BadInput

MINUTES_A_DAY = 24 * 60


class Span(Protocol):
    """Hours of the week: open from `open` to `close`, clock texts, on `weekdays` (Monday 0)."""

    @property
    def weekdays(self) -> tuple[int, ...]: ...  # noqa: D102
    @property
    def open(self) -> str: ...  # noqa: D102
    @property
    def close(self) -> str: ...  # noqa: D102


def zone(name: str) -> ZoneInfo:
    """Return the time zone called `name`, for example ``"America/New_York"``.

    Raises
    ------
    BadInput
        If no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError) as error:
        raise BadInput(
            f"timezone: expected an IANA name such as 'America/New_York' or 'UTC', got {name!r}"
        ) from error


def minutes(clock: str) -> int:
    """Return minutes after local midnight of a clock text, 0 to 1440.

    >>> minutes("08:30"), minutes("24:00")
    (510, 1440)
    """
    hour, colon, minute = str(clock).partition(":")
    digits = hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit()
    if colon and digits and len(hour) <= 2 and len(minute) == 2:
        value = int(hour) * 60 + int(minute)
        if int(minute) < 60 and value <= MINUTES_A_DAY:
            return value
    raise BadInput(f"time of day: expected 'HH:MM' between 00:00 and 24:00, got {clock!r}")


def instant(day: dt.date, minute: int, tz: str) -> pd.Timestamp:
    """Return the instant `minute` wall-clock minutes after midnight of `day` in zone `tz`.

    A wall-clock time skipped by a clock change moves forward by the length of the change; of a
    repeated one the first is taken.
    """
    naive = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=int(minute))
    return pd.Timestamp(naive.replace(tzinfo=zone(tz)).astimezone(dt.UTC)).tz_convert(zone(tz))


def local_moment(text: Any, tz: str, *, name: str) -> pd.Timestamp:
    """Return a time as a person typed it, local where it carries no offset, in zone `tz`.

    Raises
    ------
    BadInput
        It is no time, or one that a clock change skips or repeats; `name` says whose it is.
    """
    try:
        typed = pd.Timestamp(text)
        # Of a time skipped or repeated comes NaT, as of an empty text.
        moment = typed if typed.tzinfo is not None else typed.tz_localize(
            zone(tz), ambiguous="NaT", nonexistent="NaT"
        )  # fmt: skip
        if not isinstance(moment, pd.Timestamp):
            raise ValueError("not one moment")
    except (ValueError, TypeError) as error:
        raise BadInput(
            f"{name} expects a time such as 2026-03-02 10:00, got {text!r}; an hour that the "
            "clock change skips or repeats needs its offset"
        ) from error
    return moment.tz_convert(zone(tz))


def intervals(first: dt.date, days: int, interval_min: int, tz: str) -> pd.DatetimeIndex:
    """Return the starts of all intervals of `days` local days from `first`, in zone `tz`.

    >>> len(intervals(dt.date(2003, 10, 26), 1, 30, "America/New_York"))
    50
    """
    begin = instant(first, 0, tz)
    end = instant(first + dt.timedelta(days=days), 0, tz)
    return pd.date_range(begin, end, freq=f"{interval_min}min", inclusive="left", unit="ns")


def inside(starts: pd.Series, spans: Iterable[Span]) -> np.ndarray:
    """Return which of the local, timezone-aware `starts` lie inside any of `spans`.

    Returns
    -------
    bool array, as long as `starts`
    """
    minute = (starts.dt.hour * 60 + starts.dt.minute).to_numpy()
    weekday = starts.dt.day_of_week.to_numpy()
    found = np.zeros(len(starts), bool)
    for span in spans:
        hours = (minute >= minutes(span.open)) & (minute < minutes(span.close))
        found |= np.isin(weekday, span.weekdays) & hours
    return found
