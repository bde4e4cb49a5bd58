"""What is known of each day of a history: open, closed, missing, zero, lost, out of line?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from forecasts import calendars, clock
from forecasts import events as register
from forecasts.coverage import STATUSES, cover, idle_holidays_closed
from forecasts.history import check
from forecasts.hours import week_of
from forecasts.marks import LEFT_OUT, OUTLIER, OUTLIER_DAY, mark, special
from forecasts.past import split

COUNTED = (*STATUSES, "outage", "outlier")


def coverage_calendar(
    history: pd.DataFrame,
    freq: Any,
    *,
    hours: Any = None,
    holidays: Any = None,
    events: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a row a queue and local day of its span: how many intervals are what.

    Parameters
    ----------
    history, freq, hours, holidays, events
        As for `forecasts.clean`.

    Returns
    -------
    DataFrame
        Columns queue, day (naive midnight), open, closed, missing, zero, outage (intervals that a
        recording fault wrote) and outlier. Every interval of the span counts once, so that a
        whole day of half hours sums to 48, and to 46 or 50 where the clock changes.

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-01-05", periods=42, freq="D", tz="UTC")
    >>> counts = [520, 480, 470, 460, 500, 120, 90] * 6
    >>> counts[15], counts[30] = 4800, 0
    >>> table = pd.DataFrame({"queue": "voice", "start": start, "offered": counts})
    >>> coverage_calendar(table.drop(index=8), "D").drop(columns=["queue", "day"]).sum().to_dict()
    {'open': 39, 'closed': 0, 'missing': 1, 'zero': 0, 'outage': 1, 'outlier': 1}
    """
    interval = check(history, freq)
    checked = register.check(events)
    parts = []
    for past in split(history, interval):
        coverage = cover(past, week_of(hours, past.queue, interval))
        names = calendars.resolve(holidays, int(past.days[0]) - 1, int(past.days[-1]) + 1)
        status = idle_holidays_closed(past, coverage, names).copy()
        kind = mark(past, coverage, special=special(past, names, checked)).kind
        status[np.isin(kind, LEFT_OUT)] = COUNTED.index("outage")
        status[np.isin(kind, (OUTLIER, OUTLIER_DAY))] = COUNTED.index("outlier")
        part = pd.DataFrame({"queue": past.queue, "day": clock.dates(past.days)})
        for number, name in enumerate(COUNTED):
            part[name] = np.where(status == number, past.exists, 0).sum(axis=1).astype(np.int64)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)
