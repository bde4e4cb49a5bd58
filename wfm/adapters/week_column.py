"""Which week does a row of a planner's table mean?"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_times import wall_clock
from wfm.errors import BadInput


def mondays_of(table: TextTable, notes: list[str]) -> list[dt.date]:
    """Return the weeks of a column, written as a Monday or like 2026-W02."""
    column = table.columns["week"]
    texts = table.cells[column]
    if texts.str.fullmatch(r"\d{4}-?W\d{2}").any():
        days = _iso_weeks(table, column)
    else:
        days = _dates(table, column, notes)
    wrong = np.array([day.weekday() != 0 for day in days])
    if wrong.any():
        day = days[int(wrong.argmax())]
        raise table.refusal(
            column, wrong, "a day that is no Monday",
            f"a week is named by its Monday: {day} is a {day:%A}, its Monday is "
            f"{day - dt.timedelta(days=day.weekday())}",
        )  # fmt: skip
    return days


def _iso_weeks(table: TextTable, column: str) -> list[dt.date]:
    days: list[dt.date | None] = []
    for text in table.cells[column]:
        try:
            days.append(dt.date.fromisoformat(text) if "W" in text else None)
        except ValueError:
            days.append(None)
    wrong = np.array([day is None for day in days])
    if wrong.any():
        raise table.refusal(
            column, wrong, "a week that cannot be read", "write all like 2026-W02, or as Mondays"
        )
    return [day for day in days if day is not None]


def _dates(table: TextTable, column: str, notes: list[str]) -> list[dt.date]:
    """Return dates; where day and month could change places, in the order that gives Mondays."""
    dated = replace(table, columns={"date": column})
    read: list[list[dt.date]] = []
    wrong: BadInput | None = None
    for day_first in (True, False):
        source = replace(table.source, day_first=day_first)
        try:
            wall = wall_clock(replace(dated, source=source), list[str]()).wall
        except BadInput as error:
            wrong = error
            continue
        days = [pd.Timestamp(at).date() for at in wall]
        if days not in read:
            read.append(days)
    if not read:
        assert wrong is not None
        raise wrong
    mondays = [sum(day.weekday() == 0 for day in days) for days in read]
    if len(read) > 1 and mondays[0] == mondays[1]:
        raise table.refusal(
            column, np.ones(len(table.cells), dtype=bool),
            "a date that can be day/month or month/day", "write year-month-day, like 2026-01-05",
            whole=True,
        )  # fmt: skip
    chosen = mondays.index(max(mondays))
    if len(read) > 1:
        order = ("day/month/year", "month/day/year")[chosen]
        notes.append(f"{table.name}: dates are {order}; only so are they Mondays.")
    return read[chosen]
