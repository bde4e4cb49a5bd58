"""Which hour, day, week, month, quarter or year does a row belong to, in local time?"""

from __future__ import annotations

import pandas as pd

from wfm.errors import BadInput

__all__ = ["WORDS", "local"]

WORDS = ("interval", "hour", "day", "week", "month", "quarter", "year", "weekday")


def local(times: pd.Series, word: str) -> pd.Series:
    """Return the beginning of the row's hour, day, week (Monday), month, quarter or year.

    Parameters
    ----------
    times : Series of datetime64
        Zone-aware; the zone is the local one.
    word : str
        One of `WORDS`. ``"interval"`` and ``"hour"`` stay zone-aware, for clocks repeat an hour;
        the rest are plain dates, and ``"weekday"`` is 0 for Monday.

    Returns
    -------
    Series

    Examples
    --------
    >>> start = pd.Series(pd.to_datetime(["2026-03-04 09:30"]).tz_localize("Asia/Shanghai"))
    >>> str(local(start, "week")[0].date()), int(local(start, "weekday")[0])
    ('2026-03-02', 2)
    """
    if word == "interval":
        return times
    if word == "hour":
        past = pd.to_timedelta(times.dt.minute * 60 + times.dt.second, unit="s")
        return (times - past).dt.as_unit("ns")
    plain = times.dt.tz_localize(None) if times.dt.tz is not None else times
    day = plain.dt.normalize()
    if word == "day":
        out = day
    elif word == "weekday":
        return day.dt.day_of_week
    elif word == "week":
        out = day - pd.to_timedelta(day.dt.day_of_week, unit="D")
    elif word in ("month", "quarter", "year"):
        out = day.dt.to_period({"month": "M", "quarter": "Q", "year": "Y"}[word]).dt.start_time
    else:
        raise BadInput(f"kpi: unknown calendar word {word!r}; known are {', '.join(WORDS)}")
    return out.dt.as_unit("ns")
