"""What would a history look like without faults and outliers, and what was changed and why?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from forecasts import calendars, clock
from forecasts import events as register
from forecasts.cleaninglog import COLUMNS, runs
from forecasts.coverage import cover
from forecasts.errors import BadInput
from forecasts.history import check, numbers
from forecasts.hours import week_of
from forecasts.marks import LEFT_OUT, mark, special
from forecasts.past import split


@dataclass(frozen=True)
class Cleaned:
    """A history without what should not be learned from.

    Attributes
    ----------
    frame : DataFrame
        The cleaned history. Rows written by recording faults are left out, so that they count as
        missing; outliers hold the usual count in `offered`. Other columns are as they were.
    log : DataFrame
        One row a change: queue, start, end (of the run of intervals), what (``"outage"``,
        ``"frozen"``, ``"copied"``, ``"outlier"``, ``"outlier day"``, and ``"gap"`` for open
        intervals without rows, where nothing was changed), was (contacts in the file, NaN for a
        gap), used (contacts instead, NaN where they are unknown) and why.
    original : DataFrame
        The history as it came.
    """

    frame: pd.DataFrame
    log: pd.DataFrame
    original: pd.DataFrame

    def undo(self, rows: Iterable[int] | None = None) -> pd.DataFrame:
        """Return the cleaned history with some changes taken back.

        Parameters
        ----------
        rows : iterable of int, optional
            Labels of `log`; all if absent, which gives the original.

        Raises
        ------
        BadInput
            If a label is not in the log.
        """
        if rows is None:
            return self.original.copy()
        wanted = list(rows)
        unknown = [row for row in wanted if row not in self.log.index]
        if unknown:
            raise BadInput(
                f"undo: {len(unknown)} rows are not in the log (first: {unknown[0]!r}); it has "
                f"{len(self.log)} rows - pass labels of `log`"
            )
        back = np.zeros(len(self.original), bool)
        ns, queue = clock.utc_ns(self.original["start"]), self.original["queue"]
        for row in wanted:
            entry = self.log.loc[row]
            first, last = clock.utc_ns(pd.DatetimeIndex([entry["start"], entry["end"]]))
            back |= (queue == entry["queue"]).to_numpy(bool) & (ns >= first) & (ns < last)
        kept = np.isin(np.arange(len(self.original)), self._rows())
        made = self.original[kept | back].copy()
        offered = numbers(self.original, "offered").copy()
        offered[self._rows()] = numbers(self.frame, "offered")
        offered[back] = numbers(self.original, "offered")[back]
        made["offered"] = offered[kept | back]
        return made.reset_index(drop=True)

    def _rows(self) -> np.ndarray:
        key = ["queue", "start"]
        place = pd.MultiIndex.from_frame(self.original[key])
        return np.asarray(place.get_indexer(pd.MultiIndex.from_frame(self.frame[key])))


def clean(
    history: pd.DataFrame,
    freq: Any,
    *,
    hours: Any = None,
    holidays: Any = None,
    events: pd.DataFrame | None = None,
) -> Cleaned:
    """Return `history` without recording faults and outliers, and a log of what changed and why.

    `forecast` leaves the same counts out by itself; this shows them, and lets a person disagree.

    Parameters
    ----------
    history : DataFrame
        See `forecasts.history.check`. It is not changed.
    freq : str
        Pandas alias of the interval length.
    hours : DataFrame or mapping, optional
        Opening hours, see `forecasts.hours.week_of`; inferred from the rows if absent.
    holidays : DatetimeIndex, Series or str, optional
        See `forecasts.calendars.resolve`. Holidays and the days beside them are never outliers.
    events : DataFrame, optional
        See `forecasts.events.check`. The same holds for their days.

    Returns
    -------
    Cleaned

    Raises
    ------
    BadInput

    Examples
    --------
    >>> start = pd.date_range("2026-01-05", periods=42, freq="D", tz="UTC")
    >>> counts = [520, 480, 470, 460, 500, 120, 90] * 6
    >>> counts[15], counts[30] = 4800, 0
    >>> history = pd.DataFrame({"queue": "voice", "start": start, "offered": counts})
    >>> cleaned = clean(history, "D")
    >>> cleaned.log[["what", "was", "used"]].values.tolist()
    [['outlier day', 4800.0, 480.0], ['outage', 0.0, nan]]
    >>> cleaned.undo([0])["offered"].max()
    np.float64(4800.0)
    """
    interval = check(history, freq, shortest_days=1)
    checked = register.check(events)
    day, of_day = clock.wall(
        clock.utc_ns(history["start"]), clock.zone_of(history["start"]), interval
    )
    code = pd.factorize(history["queue"])[0]
    offered, drop = numbers(history, "offered").copy(), np.zeros(len(history), bool)
    entries = []
    for number, past in enumerate(split(history, interval)):
        coverage = cover(past, week_of(hours, past.queue, interval))
        names = calendars.resolve(holidays, int(past.days[0]) - 1, int(past.days[-1]) + 1)
        marks = mark(past, coverage, special=special(past, names, checked))
        entries += runs(past, coverage, marks, holidays=names)
        if marks.kind.any():
            own = np.flatnonzero(code == number)
            at = (day[own] - past.days[0], of_day[own])
            drop[own] = np.isin(marks.kind[at], LEFT_OUT)
            usual = marks.usual[at]
            offered[own] = np.where(np.isnan(usual), offered[own], usual)
    log = pd.DataFrame(entries, columns=list(COLUMNS))
    log = log.astype({"start": history["start"].dtype, "end": history["start"].dtype})
    frame = history.assign(offered=offered)[~drop].reset_index(drop=True)
    return Cleaned(frame, log, history)
