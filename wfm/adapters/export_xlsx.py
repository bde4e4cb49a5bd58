"""How does a plan look as a workbook that a planner opens, prints and pastes from?"""

from __future__ import annotations

import dataclasses
import datetime as dt
import io
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from wfm.adapters.export_coverage import write_coverage
from wfm.adapters.export_shifts import Shift, mondays_of, people_of, shifts_of
from wfm.adapters.export_style import Book
from wfm.adapters.export_week import write_week
from wfm.scenario import Scenario
from wfm.timegrid import zone


def xlsx_bytes(
    roster: Any,
    scenario: Scenario,
    *,
    requirement: pd.DataFrame | None = None,
    forecast: pd.DataFrame | None = None,
    summary: Any = None,
    plan_id: str | None = None,
) -> bytes:
    """Return the workbook of `write_xlsx` as bytes, for a download."""
    packed = io.BytesIO()
    write_xlsx(
        packed, roster, scenario, requirement=requirement, forecast=forecast, summary=summary,
        plan_id=plan_id,
    )  # fmt: skip
    return packed.getvalue()


def write_xlsx(
    target: str | Path | BinaryIO,
    roster: Any,
    scenario: Scenario,
    *,
    requirement: pd.DataFrame | None = None,
    forecast: pd.DataFrame | None = None,
    summary: Any = None,
    plan_id: str | None = None,
) -> None:
    """Write a roster as a workbook: summary, weeks, coverage, days in detail, tables behind.

    Parameters
    ----------
    target : path or binary file
    roster : object with `frame`, `unmet` and `coverage`
        Tables as in `wfm.roster.Roster`.
    scenario : Scenario
    requirement, forecast : DataFrame, optional
        Tables of `wfm.frames`; each gets a sheet.
    summary : dataclass or mapping, optional
        Key figures, one a line on the first sheet.
    plan_id : str, optional

    Notes
    -----
    Every text is written as text: nothing that stands in a name can become a formula or a link.
    Totals are formulas with their values stored. The same plan gives the same bytes.
    """
    shifts = shifts_of(roster, scenario)
    people = people_of(shifts, scenario)
    mondays = mondays_of(roster, shifts, scenario)
    first = mondays[0] if mondays else dt.date(2000, 1, 1)
    with Book(target, made=dt.datetime.combine(first, dt.time())) as book:
        _summary(book, roster, scenario, shifts, mondays, summary=summary, plan_id=plan_id)
        for monday in mondays:
            write_week(book, shifts, people, scenario, monday=monday)
        write_coverage(book, roster.coverage, scenario)
        _days(book, shifts, people)
        for name, frame in (("Requirement", requirement), ("Forecast", forecast)):
            if frame is not None:
                _table(book, name, frame, scenario)


def _summary(
    book: Book,
    roster: Any,
    scenario: Scenario,
    shifts: tuple[Shift, ...],
    mondays: tuple[dt.date, ...],
    *,
    summary: Any,
    plan_id: str | None,
) -> None:
    page = book.sheet("Summary", landscape=False)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, 60)
    page.write_string(0, 0, f"Roster: {scenario.name}", book.style("title"))
    span = "no weeks planned"
    if mondays:
        last = mondays[-1] + dt.timedelta(days=6)
        span = f"{mondays[0]:%a %Y-%m-%d} to {last:%a %Y-%m-%d}"
    made_up = [queue.name for queue in scenario.queues if queue.synthetic]
    lines: list[tuple[str, Any]] = [
        ("plan", plan_id or "not saved as a plan"),
        ("scenario", scenario.id),
        ("span", span),
        ("time zone", scenario.timezone),
        ("interval, minutes", scenario.interval_min),
        ("queues", ", ".join(queue.name for queue in scenario.queues)),
        ("queues with SYNTHETIC history", ", ".join(made_up) or "none"),
        ("people", len(scenario.people)),
        ("people with shifts", len({shift.agent for shift in shifts})),
        ("shifts", len(shifts)),
        ("paid hours", math.fsum(shift.paid_h for shift in shifts)),
        *_coverage_figures(roster.coverage, scenario),
        ("intervals short", len(roster.unmet)),
    ]
    row = 2
    for label, value in lines:
        book.line(page, row, label, value)
        row += 1
    figures = _figures(summary)
    if figures:
        page.write_string(row + 1, 0, "Key figures of the plan", book.style("head"))
        page.write_blank(row + 1, 1, None, book.style("head"))
        for at, (label, value) in enumerate(figures, start=row + 2):
            book.line(page, at, label, value)


def _coverage_figures(coverage: pd.DataFrame, scenario: Scenario) -> list[tuple[str, Any]]:
    hours = scenario.interval_min / 60
    return [
        ("agent-hours wanted on duty", float(coverage["scheduled"].sum()) * hours),
        ("agent-hours short", float(coverage["unmet"].sum()) * hours),
        ("agent-hours over", float(coverage["over"].sum()) * hours),
    ]


def _figures(summary: Any) -> list[tuple[str, Any]]:
    if summary is None:
        return []
    if dataclasses.is_dataclass(summary) and not isinstance(summary, type):
        summary = {f.name: getattr(summary, f.name) for f in dataclasses.fields(summary)}
    if not isinstance(summary, Mapping):
        return []
    return [(str(name).replace("_", " "), value) for name, value in summary.items()]


def _days(book: Book, shifts: tuple[Shift, ...], people: tuple[Any, ...]) -> None:
    """Write every person-day with its breaks, one a row."""
    page = book.sheet("Day detail")
    known = {person.id: person for person in people}
    most = max((len(shift.pauses) for shift in shifts), default=0)
    heads = [("date", 15), ("id", 11), ("name", 20), ("team", 11), ("shift", 7), ("start", 8),
             ("end", 8), ("paid hours", 10), ("queues", 16),
             *((f"break {n}", 19) for n in range(1, most + 1))]  # fmt: skip
    for column, (text, width) in enumerate(heads):
        page.write_string(0, column, text, book.style("head"))
        page.set_column(column, column, width)
    ordered = sorted(shifts, key=lambda shift: (shift.day, shift.start, shift.agent))
    for row, shift in enumerate(ordered, start=1):
        person = known[shift.agent]
        page.write_datetime(row, 0, dt.datetime.combine(shift.day, dt.time()), book.style("date"))
        texts = (person.id, person.name, person.team, shift.code)
        for column, text in enumerate(texts, start=1):
            page.write_string(row, column, text, book.style("text"))
        # Workbooks know no zones: local wall-clock times, the date of the end kept in the cell.
        for column, moment in ((5, shift.start), (6, shift.end)):
            local = moment.to_pydatetime().replace(tzinfo=None)
            page.write_datetime(row, column, local, book.style("clock"))
        page.write_number(row, 7, shift.paid_h, book.style("hours"))
        page.write_string(row, 8, shift.queue, book.style("text"))
        for column, pause in enumerate(shift.pauses, start=9):
            text = f"{pause.activity} {pause.start:%H:%M}-{pause.end:%H:%M}"
            page.write_string(row, column, text, book.style("text"))
    page.freeze_panes(1, 3)
    page.repeat_rows(0)
    page.autofilter(0, 0, max(len(shifts), 1), len(heads) - 1)


def _table(book: Book, name: str, frame: pd.DataFrame, scenario: Scenario) -> None:
    """Write a table as it is, times as local wall clock and as ISO text with the offset."""
    page = book.sheet(name)
    here = zone(scenario.timezone)
    for column, header in enumerate(frame.columns):
        page.write_string(0, column, str(header), book.style("head"))
        values = frame[header]
        timed = isinstance(values.dtype, pd.DatetimeTZDtype)
        page.set_column(column, column, 25 if timed else 14)
        for row, value in enumerate(values, start=1):
            if timed:
                text = value.tz_convert(here).isoformat()
                page.write_string(row, column, text, book.style("text"))
            else:
                book.value(page, row, column, value)
    page.freeze_panes(1, 2)
    page.repeat_rows(0)
    page.autofilter(0, 0, max(len(frame), 1), max(len(frame.columns) - 1, 0))
