"""How is a run of marked intervals told to a person?"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from forecasts import clock, usual
from forecasts.coverage import CLOSED, MISSING, Coverage, idle_holidays_closed
from forecasts.marks import GAP, WHATS, Marks
from forecasts.past import Past

COLUMNS = ("queue", "start", "end", "what", "was", "used", "why")


def runs(
    past: Past, coverage: Coverage, marks: Marks, *, holidays: pd.Series
) -> list[tuple[Any, ...]]:
    """Return one tuple of `COLUMNS` a run of intervals of the same mark, gaps included.

    A run goes on over closed intervals; two days apart in kind or with open intervals between
    them are two runs.
    """
    kind = marks.kind.copy()
    status = idle_holidays_closed(past, coverage, holidays)
    kind[(status == MISSING) & (past.exists > 0)] = GAP
    open_cells = np.flatnonzero(((status != CLOSED) | (kind > 0)).ravel())
    kinds = kind.ravel()[open_cells]
    if not kinds.any():
        return []
    ns = clock.span(past.first, past.last, past.tz, past.interval)
    day, of_day = clock.wall(ns, past.tz, past.interval)
    cell = (day - past.days[0]) * kind.shape[1] + of_day
    first, last = _bounds(cell, ns, kind.size)
    changes = np.flatnonzero(np.diff(kinds, prepend=-1, append=-1))
    rate = _usual_rate(past, coverage, marks)
    found = []
    for low, high in pairwise(changes):
        number = int(kinds[low])
        if number == 0:
            continue
        cells = open_cells[low:high]
        spans = _of_days(cells, kind.shape[1]) if WHATS[number] == "outlier day" else [cells]
        for own in spans:
            ends = clock.following(int(last[own[-1]]), 1, past.tz, past.interval)[0]
            begin, end = clock.instants(np.array([first[own[0]], ends]), past.tz)
            was = float(past.offered.ravel()[own].sum()) if number != GAP else float("nan")
            used = float(marks.usual.ravel()[own].sum())
            what = WHATS[number]
            why = _why(what, was=was, used=used, usual=float(rate[own].sum()), count=len(own))
            found.append((past.queue, begin, end, what, was, used, why))
    return found


def _of_days(cells: np.ndarray, per_day: int) -> list[np.ndarray]:
    return np.split(cells, np.flatnonzero(np.diff(cells // per_day)) + 1)


def _bounds(cell: np.ndarray, ns: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the first and last start in each cell; a repeated clock hour has two."""
    first, last = np.zeros(size, np.int64), np.zeros(size, np.int64)
    first[cell[::-1]] = ns[::-1]
    last[cell] = ns
    return first, last


def _usual_rate(past: Past, coverage: Coverage, marks: Marks) -> np.ndarray:
    """Return the mean of the unmarked counts of each cell's interval of the week, flat."""
    seen = np.where(marks.kind > 0, 0.0, coverage.seen)
    rows = usual.by_weekday(seen, past.weekday)
    contacts = usual.by_weekday(np.where(seen > 0, past.offered, 0.0), past.weekday)
    rate = np.divide(contacts, rows, out=np.zeros(rows.shape), where=rows > 0)
    return np.asarray((rate[past.weekday] * np.maximum(past.exists, 1.0)).ravel())


def _why(what: str, *, was: float, used: float, usual: float, count: int) -> str:
    if what == "outage":
        came = f"{was:,.0f} contacts" if was else "no contact"
        return f"{came} in {_several(count)} where about {usual:,.0f} are usual"
    if what == "frozen":
        return f"the count before repeats in {_several(count)}: {was / count:,.0f} each"
    if what == "copied":
        return f"{_several(count)} equal to those of an earlier day"
    if what == "gap":
        return f"no rows for {_several(count)} that are regularly open"
    times = f"{was / used:,.1f} times" if used > 0 else "far from"
    return f"{was:,.0f} contacts, {times} the {used:,.0f} usual beside it"


def _several(count: int) -> str:
    return f"{count} interval" + ("s" if count != 1 else "")
