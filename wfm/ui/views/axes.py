"""Where does an interval stand on a time axis?

Charts use elapsed minutes since the first local midnight shown, with the clock texts written
beside the ticks here. The browser never learns of time zones, so it cannot shift them, and the
two 01:00 of an autumn night stand apart.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm.timegrid import instant
from wfm.ui.i18n import short_day, time_text

_MINUTE_NS = 60 * 10**9
_HOUR = 60


@dataclass(frozen=True)
class Span:
    """`days` local days from `first`, in zone `tz`."""

    first: dt.date
    days: int
    tz: str

    @property
    def begin(self) -> pd.Timestamp:
        """First instant."""
        return instant(self.first, 0, self.tz)

    @property
    def end(self) -> pd.Timestamp:
        """First instant after the span."""
        return instant(self.first + dt.timedelta(days=self.days), 0, self.tz)

    @property
    def dates(self) -> tuple[dt.date, ...]:
        """The local days."""
        return tuple(self.first + dt.timedelta(days=i) for i in range(self.days))


@dataclass(frozen=True)
class Axis:
    """A time axis: `low` to `high` in minutes, `ticks` with their `labels`."""

    low: float
    high: float
    ticks: tuple[float, ...]
    labels: tuple[str, ...]


def planned_days(plan: Any) -> tuple[dt.date, ...]:
    """Return the local days that `plan` covers, in order."""
    first, last = plan.summary.first_day, plan.summary.last_day
    return tuple(first + dt.timedelta(days=i) for i in range((last - first).days + 1))


def weeks(plan: Any) -> tuple[dt.date, ...]:
    """Return the first day of each planned week."""
    return planned_days(plan)[::7]


def elapsed_min(times: pd.Series, begin: pd.Timestamp) -> np.ndarray:
    """Return minutes from `begin` to each of `times`."""
    ns = times.dt.as_unit("ns").astype("int64").to_numpy()
    return (ns - begin.as_unit("ns").value) / _MINUTE_NS


def within(frame: pd.DataFrame, span: Span) -> pd.DataFrame:
    """Return the rows that start inside `span`."""
    return frame[(frame["start"] >= span.begin) & (frame["start"] < span.end)]


def placed(frame: pd.DataFrame, span: Span, interval_min: int) -> pd.DataFrame:
    """Return the rows of `span` with `x`, `x2` (minutes) and `when` (text for people)."""
    rows = within(frame, span).sort_values("start")
    local = rows["start"].dt.tz_convert(span.tz)
    x = elapsed_min(rows["start"], span.begin)
    return rows.assign(x=x, x2=x + interval_min, when=[time_text(at) for at in local]).reset_index(
        drop=True
    )


def axis(frame: pd.DataFrame, span: Span) -> Axis:
    """Return the axis for a placed `frame`: hours of one day, or days of a week.

    A day is cut to the hours in use, rounded outward; an empty frame shows the whole span.
    """
    if span.days > 1:
        begins = [elapsed(day, span) for day in span.dates]
        labels = tuple(short_day(day) for day in span.dates)
        return Axis(0.0, elapsed_to(span.end, span), tuple(begins), labels)
    low, high = (0.0, elapsed_to(span.end, span))
    if not frame.empty:
        low = float(frame["x"].min() // _HOUR * _HOUR)
        high = float(-(-frame["x2"].max() // _HOUR) * _HOUR)
    step = _HOUR if high - low <= 16 * _HOUR else 2 * _HOUR
    ticks = tuple(float(x) for x in np.arange(low, high + 1, step))
    clock = [(span.begin + pd.Timedelta(minutes=x)).tz_convert(span.tz) for x in ticks]
    return Axis(low, high, ticks, tuple(f"{at:%H:%M}" for at in clock))


def elapsed(day: dt.date, span: Span) -> float:
    """Return minutes from the span's begin to local midnight of `day`."""
    return elapsed_to(instant(day, 0, span.tz), span)


def elapsed_to(at: pd.Timestamp, span: Span) -> float:
    """Return minutes from the span's begin to `at`."""
    return (at - span.begin) / pd.Timedelta(minutes=1)


def clock_labels(times: pd.Series) -> list[str]:
    """Return ``HH:MM`` of local `times`; the second of a repeated hour ends in ``+``."""
    return [f"{at:%H:%M}{'+' if at.fold else ''}" for at in times]


def clock_range(labels: pd.Series, interval_min: int) -> list[str]:
    """Return every clock label from the first to the last of `labels`, in order of time.

    Labels in between that no interval has are filled in, so that a heat map shows a closed hour
    as a blank and not as a jump.
    """
    if labels.empty:
        return []
    plain = [int(text[:2]) * 60 + int(text[3:5]) for text in labels]
    filled = {
        f"{minute // 60:02d}:{minute % 60:02d}"
        for minute in range(min(plain), max(plain) + 1, interval_min)
    }
    return sorted({*filled, *labels}, key=lambda text: (text[:2], len(text), text[3:5]))


def bound_labels(bounds: Sequence[pd.Timestamp], tz: str) -> list[str]:
    """Return the clock texts of interval bounds of one day; its own end is 24:00."""
    labels = clock_labels(pd.Series(list(bounds)).dt.tz_convert(tz))
    return ["24:00" if at > 0 and label == "00:00" else label for at, label in enumerate(labels)]
