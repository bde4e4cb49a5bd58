"""When did the caller say that a queue is open?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock
from forecasts.clock import Interval
from forecasts.errors import BadInput


@dataclass(frozen=True)
class Weeks:
    """Opening hours that changed.

    Attributes
    ----------
    since : int64 array, shape (n,)
        Local day (since 1970) from which each week holds, ascending. The first holds before too.
    weeks : bool array, shape (n, 7, K)
    """

    since: np.ndarray
    weeks: np.ndarray


def week_of(hours: Any, queue: Any, interval: Interval) -> Any:
    """Return opening hours given by the caller: a bool array (7, K), `Weeks`, or None.

    Parameters
    ----------
    hours : DataFrame, mapping or None
        A DataFrame with columns weekday (Monday 0 to Sunday 6), open, close (local ``"HH:MM"``,
        up to ``"24:00"``) and optionally queue, and since (a date: the rows of one date are the
        whole week from that day on, until the next date); or a mapping from weekday to
        ``(open, close)`` or a list of such pairs. Weekdays not named are closed.
    queue : object
        Whose hours.
    interval : Interval

    Returns
    -------
    ndarray, Weeks or None
        None if no hours are given; `Weeks` if they have a since.

    Raises
    ------
    BadInput
    """
    if hours is None:
        return None
    if isinstance(hours, pd.DataFrame):
        if "since" in hours.columns:
            return _weeks(hours, queue, interval)
        entries = _entries_of_frame(hours, queue)
    elif isinstance(hours, Mapping):
        entries = _entries_of_mapping(hours)
    else:
        raise BadInput(
            "hours: expected a DataFrame (weekday, open, close), or a mapping from weekday to "
            f"(open, close), got {type(hours).__name__}"
        )
    return _week(entries, queue, interval)


def on_days(hours: np.ndarray | Weeks, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the week (7, K) that holds after the last of `days`, and the hours of each, (D, K)."""
    weekday = clock.weekday(days)
    if not isinstance(hours, Weeks):
        return hours, hours[weekday]
    at = np.searchsorted(hours.since, np.append(days, days[-1] + 1), side="right") - 1
    at = np.maximum(at, 0)
    return hours.weeks[at[-1]], hours.weeks[at[:-1], weekday]


def _weeks(hours: pd.DataFrame, queue: Any, interval: Interval) -> Weeks:
    own = hours if "queue" not in hours.columns else hours[hours["queue"] == queue]
    try:
        since = pd.DatetimeIndex(pd.to_datetime(own["since"]))
    except (ValueError, TypeError) as error:
        raise BadInput(f"hours: column 'since' must be dates ({error})") from error
    if since.hasnans:
        absent = int(np.count_nonzero(since.isna()))
        raise BadInput(f"hours: {absent} rows have no since; date every row")
    day = clock.day_numbers(since)
    if not len(day):
        raise BadInput(f"hours: no opening hours for queue {queue!r}; give at least one entry")
    weeks = [_week(_entries_of_frame(own[day == one], queue), queue, interval)
             for one in np.unique(day)]  # fmt: skip
    return Weeks(np.unique(day), np.array(weeks))


def _week(entries: list[tuple[Any, Any, Any]], queue: Any, interval: Interval) -> np.ndarray:
    week = np.zeros((7, interval.per_day), bool)
    begins = np.arange(interval.per_day) * interval.minutes
    for day, opens, closes in entries:
        if isinstance(day, bool) or day not in range(7):
            raise BadInput(f"hours: weekday is 0 (Monday) to 6 (Sunday), got {day!r}")
        low, high = _minute(opens), _minute(closes)
        if low >= high:
            raise BadInput(
                f"hours: open {opens} is not before close {closes} on weekday {day}; a night that "
                "passes midnight takes two entries, one to 24:00 and one from 00:00"
            )
        week[int(day)] |= (begins + interval.minutes > low) & (begins < high)
    if not week.any():
        raise BadInput(f"hours: no opening hours for queue {queue!r}; give at least one entry")
    return week


def _entries_of_frame(hours: pd.DataFrame, queue: Any) -> list[tuple[Any, Any, Any]]:
    missing = [name for name in ("weekday", "open", "close") if name not in hours.columns]
    if missing:
        raise BadInput(f"hours: missing columns {missing}; expected weekday, open, close")
    own = hours if "queue" not in hours.columns else hours[hours["queue"] == queue]
    return list(zip(own["weekday"], own["open"], own["close"], strict=True))


def _entries_of_mapping(hours: Mapping[Any, Any]) -> list[tuple[Any, Any, Any]]:
    entries = []
    for day, given in hours.items():
        for pair in [given] if isinstance(given, tuple) else given:
            if not isinstance(pair, (tuple, list)) or len(pair) != 2:
                raise BadInput(f"hours: expected (open, close) for weekday {day!r}, got {pair!r}")
            entries.append((day, pair[0], pair[1]))
    return entries


def _minute(text: Any) -> int:
    hour, colon, minute = str(text).partition(":")
    if colon and hour.isdecimal() and minute.isdecimal() and int(minute) < 60:
        value = int(hour) * 60 + int(minute)
        if value <= clock.MINUTES_A_DAY:
            return value
    raise BadInput(f"hours: expected 'HH:MM' between 00:00 and 24:00, got {text!r}")
