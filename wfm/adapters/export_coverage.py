"""Where is the roster short or over, on a sheet of intervals by days?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd

from wfm.adapters.export_shifts import week_name
from wfm.adapters.export_style import GREEN, RED, WHITE, Book
from wfm.scenario import Scenario
from wfm.timegrid import zone

_BLOCKS = (
    ("gap", "gap = on duty - wanted", "gap"),
    ("scheduled", "wanted on duty", "agents"),
    ("on_seat", "on duty, breaks not counted", "agents"),
)
# Row of the first interval, below title, legend, block titles and headers.
_FIRST = 4


def write_coverage(book: Book, coverage: pd.DataFrame, scenario: Scenario) -> None:
    """Write a sheet a queue and week: intervals x days of gap, wanted and on duty, with totals.

    Parameters
    ----------
    coverage : DataFrame
        Columns queue, start, scheduled, on_seat, gap, unmet, over; one row a queue and interval.
    """
    if coverage.empty:
        return
    start = coverage["start"].dt.tz_convert(zone(scenario.timezone))
    local = start.dt.tz_localize(None)
    day = local.dt.normalize()
    table = coverage.assign(
        day=day,
        monday=day - pd.to_timedelta(day.dt.day_of_week, unit="D"),
        minute=(local - day) // pd.Timedelta(minutes=1),
    )
    order = start.sort_values(kind="stable").index
    table = table.loc[order]
    # In the night the clock goes back an hour comes twice; `again` tells the second.
    table["again"] = table.groupby(["queue", "day", "minute"]).cumcount()
    rank = {queue.name: n for n, queue in enumerate(scenario.queues)}
    names = sorted(table["queue"].unique(), key=lambda name: (rank.get(name, len(rank)), name))
    made_up = {queue.name for queue in scenario.queues if queue.synthetic}
    for monday in sorted(table["monday"].unique()):
        for name in names:
            part = table[(table["monday"] == monday) & (table["queue"] == name)]
            if len(part):
                label = f"{name} (SYNTHETIC history)" if name in made_up else name
                _sheet(book, part, name, label, monday=pd.Timestamp(monday).date(),
                       scenario=scenario)  # fmt: skip


def _sheet(
    book: Book, part: pd.DataFrame, name: str, label: str, *, monday: dt.date, scenario: Scenario
) -> None:
    week = week_name(monday)
    page = book.sheet(f"Coverage {week} {name}")
    page.write_string(
        0, 0, f"Coverage of {label}: week {week}, {scenario.timezone}", book.style("title")
    )
    page.write_string(1, 0, "gap", book.style("note"))
    for column, text in enumerate(("short", "met", "over"), start=1):
        page.write_string(1, column, text, book.style(text))
    page.write_string(
        1, 4, "red: agents missing; white: as wanted; green: agents to spare", book.style("note")
    )
    rows = _interval_rows(part)
    total = _FIRST + len(rows)
    page.write_string(_FIRST - 1, 0, "start", book.style("head"))
    for row, (minute, again) in enumerate(rows, start=_FIRST):
        clock = f"{minute // 60:02d}:{minute % 60:02d}" + (" (2nd)" if again else "")
        page.write_string(row, 0, clock, book.style("head"))
    for n, text in enumerate(("short, agent-hours", "over, agent-hours", "agent-hours")):
        page.write_string(total + n, 0, text, book.style("total"))
    for block in range(len(_BLOCKS)):
        _block(book, page, part, block, rows=rows, monday=monday, hours=scenario.interval_min / 60)
    most = max(float(part["gap"].abs().max()), 1.0)
    page.conditional_format(_FIRST, 1, total - 1, 7, {
        "type": "3_color_scale", "min_type": "num", "mid_type": "num", "max_type": "num",
        "min_value": -most, "mid_value": 0, "max_value": most,
        "min_color": RED, "mid_color": WHITE, "max_color": GREEN,
    })  # fmt: skip
    page.set_column(0, 0, 19)
    page.freeze_panes(_FIRST, 1)
    page.repeat_rows(0, _FIRST - 1)
    page.repeat_columns(0)


def _block(
    book: Book, page: Any, part: pd.DataFrame, block: int, *,
    rows: list[tuple[int, int]], monday: dt.date, hours: float,
) -> None:  # fmt: skip
    """Write one figure for seven days, and its agent-hours a day below.

    Short and over stand apart: pooled, a surplus at night would hide a shortage at noon.
    """
    column_name, title, style = _BLOCKS[block]
    left = 1 + block * 8
    days = [pd.Timestamp(monday + dt.timedelta(days=n)) for n in range(7)]
    page.set_column(left, left + 6, 9)
    if block:
        page.set_column(left - 1, left - 1, 2)
    page.write_string(_FIRST - 2, left, title, book.style("note"))
    for column, day in enumerate(days, start=left):
        page.write_string(_FIRST - 1, column, f"{day:%a %m-%d}", book.style("head"))
    at_row = {key: row for row, key in enumerate(rows, start=_FIRST)}
    at_column = {day: column for column, day in enumerate(days, start=left)}
    values = part[column_name].astype(float)
    for minute, again, day, value in zip(
        part["minute"], part["again"], part["day"], values, strict=True
    ):
        if np.isfinite(value):
            where = at_row[int(minute), int(again)], at_column[day]
            book.number(page, *where, value, style=style)
    gap = column_name == "gap"
    lines = ((0, -part["unmet"]), (1, part["over"])) if gap else ((2, values),)
    for offset, line in lines:
        sums = (line * hours).groupby(part["day"]).sum()
        for column, day in enumerate(days, start=left):
            row = _FIRST + len(rows) + offset
            book.number(page, row, column, float(sums.get(day, 0.0)), style="total")


def _interval_rows(part: pd.DataFrame) -> list[tuple[int, int]]:
    """Return (minute of day, second time round) as the clock showed them."""
    keys = set(zip(part["minute"].astype(int), part["again"].astype(int), strict=True))
    twice = {minute for minute, again in keys if again}
    begin = min(twice, default=0)

    def place(key: tuple[int, int]) -> tuple[int, int, int]:
        minute, again = key
        return (begin, again, minute) if minute in twice else (minute, 0, minute)

    return sorted(keys, key=place)
