"""Who works when in one week, on a sheet of people by days?"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from xlsxwriter.utility import xl_range

from wfm.adapters.export_shifts import LEAVE, UNPLANNED, Shift, cell_text, week_name
from wfm.adapters.export_style import Book
from wfm.scenario import Scenario
from wfm.workforce import Person

_FIRST_COLUMNS = (("id", 11), ("name", 20), ("team", 11), ("contract", 11), ("skills", 16))
_DAY_WIDTH = 14
# Title, legend and an empty row stand above the headers.
_HEAD = 3


def write_week(
    book: Book,
    shifts: tuple[Shift, ...],
    people: tuple[Person, ...],
    scenario: Scenario,
    *,
    monday: dt.date,
) -> None:
    """Write people x days: shift code and times, hours and days, people working a day."""
    page = book.sheet(f"Week {week_name(monday)}")
    days = [monday + dt.timedelta(days=n) for n in range(7)]
    mine: dict[tuple[str, dt.date], list[Shift]] = {}
    for shift in shifts:
        if shift.day in days:
            mine.setdefault((shift.agent, shift.day), []).append(shift)
    page.write_string(
        0, 0, f"{scenario.name}: week {week_name(monday)}, {scenario.timezone}", book.style("title")
    )
    _legend(book, page, scenario, [s for found in mine.values() for s in found])
    first_day = len(_FIRST_COLUMNS)
    heads = [*(name for name, _ in _FIRST_COLUMNS), *(f"{day:%a %Y-%m-%d}" for day in days),
             "paid hours", "days"]  # fmt: skip
    for column, text in enumerate(heads):
        page.write_string(_HEAD, column, text, book.style("head"))
    for column, (_, width) in enumerate(_FIRST_COLUMNS):
        page.set_column(column, column, width)
    page.set_column(first_day, first_day + 6, _DAY_WIDTH)
    page.set_column(first_day + 7, first_day + 8, 9)
    row = _HEAD
    for row, person in enumerate(people, start=_HEAD + 1):
        texts = (person.id, person.name, person.team, person.contract, ", ".join(person.skills))
        for column, text in enumerate(texts):
            page.write_string(row, column, text, book.style("text"))
        for column, day in enumerate(days, start=first_day):
            found = mine.get((person.id, day), [])
            text = cell_text(person, day, found)
            style = book.shift(found[0].code) if found else book.style(
                "leave" if text == LEAVE else "off"
            )  # fmt: skip
            page.write_string(row, column, text, style)
        worked = [s for day in days for s in mine.get((person.id, day), [])]
        paid = math.fsum(s.paid_h for s in worked)
        page.write_number(row, first_day + 7, paid, book.style("hours"))
        page.write_number(row, first_day + 8, len({s.day for s in worked}), book.style("count"))
    _totals(book, page, mine, days, last=row)
    page.freeze_panes(_HEAD + 1, 2)
    page.repeat_rows(0, _HEAD)
    page.repeat_columns(0, 1)
    page.print_area(0, 0, row + 1, first_day + 8)


def _totals(
    book: Book,
    page: Any,
    mine: dict[tuple[str, dt.date], list[Shift]],
    days: list[dt.date],
    *,
    last: int,
) -> None:
    first_day, total = len(_FIRST_COLUMNS), last + 1
    for column in range(first_day):
        page.write_string(total, column, "people working" if column == 1 else "",
                          book.style("total"))  # fmt: skip
    if last == _HEAD:
        return
    for column, day in enumerate(days, start=first_day):
        working = sum(1 for _, worked in mine if worked == day)
        # A shift cell holds a clock time; leave and days off do not.
        cells = xl_range(_HEAD + 1, column, last, column)
        page.write_formula(total, column, f'=COUNTIF({cells},"*:*")', book.style("total"), working)
    worked = [shift for found in mine.values() for shift in found]
    for column, value, style in (
        (first_day + 7, math.fsum(shift.paid_h for shift in worked), "total part"),
        (first_day + 8, len(mine), "total"),
    ):
        cells = xl_range(_HEAD + 1, column, last, column)
        page.write_formula(total, column, f"=SUM({cells})", book.style(style), value)


def _legend(book: Book, page: Any, scenario: Scenario, shifts: list[Shift]) -> None:
    """Write the colours of the shift codes, so that no colour stands without its word."""
    names = {shift.code: shift.name for shift in scenario.shifts}
    page.write_string(1, 0, "shifts", book.style("note"))
    column = 1
    for code in dict.fromkeys([*names, *sorted({shift.code for shift in shifts})]):
        text = f"{code} {names.get(code) or ''}".strip()
        page.write_string(1, column, text, book.shift(code))
        column += 1
    page.write_string(1, column, LEAVE, book.style("leave"))
    page.write_string(1, column + 1, f"{UNPLANNED} no shift", book.style("off"))
