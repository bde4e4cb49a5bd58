"""A roster that left wfm comes back as it was, also over a clock change, and an edit is found."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import openpyxl
import pandas as pd
import pytest

from wfm import roster
from wfm.adapters import export
from wfm.adapters.roster_file import SHEET, read_roster
from wfm.errors import BadInput
from wfm.scenario import (
    BreakRule,
    Contract,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)

NEW_YORK = "America/New_York"
COLUMNS = ["agent", "start", "end", "activity", "queue", "shift"]
PAUSES = (BreakRule("break", 15, 60, 120), BreakRule("lunch", 30, 195, 300, paid=False))


def centre(monday: dt.date) -> Scenario:
    return Scenario(
        "file", NEW_YORK, (Queue("voice", Target(0.8)), Queue("chat", Target(0.8))),
        (Person("=ann", "full", ("voice", "chat"), "Ann"), Person("bob", "full", ("voice",), "B")),
        (Contract("full", 0, 40, ("D", "N")),),
        (ShiftType("D", "08:00", "09:00", 480, 60, PAUSES),
         ShiftType("N", "22:00", "22:00", 480, 60, PAUSES)), start=monday,
    )  # fmt: skip


def rows(agent, queue, code, start, zone=NEW_YORK):
    begin = pd.Timestamp(start, tz=zone)
    minutes = [0, 60, 75, 240, 270, 480]
    kinds = ["work", "break", "work", "lunch", "work"]
    stamps = [begin + pd.Timedelta(minutes=m) for m in minutes]
    return [(agent, a, b, kind, queue, code)
            for a, b, kind in zip(stamps[:-1], stamps[1:], kinds, strict=True)]  # fmt: skip


# Ends of summer time (01:00 stands twice) and its beginning, nights over them, and a month's end.
WEEKS = {
    "plain": (dt.date(2003, 9, 29), ["2003-09-30 22:00", "2003-10-02 08:00"]),
    "clocks go back": (dt.date(2003, 10, 20), ["2003-10-20 22:00", "2003-10-25 22:00"]),
    "clocks go forward": (dt.date(2003, 3, 31), ["2003-04-01 09:00", "2003-04-05 22:00"]),
}


def made(name):
    monday, starts = WEEKS[name]
    plan = centre(monday)
    found = []
    for start in starts:
        code = "N" if start.endswith("22:00") else "D"
        found += rows("=ann", "voice+chat", code, start) + rows("bob", "voice", code, start)
    frame = pd.DataFrame(found, columns=COLUMNS).sort_values(["agent", "start"])
    coverage = pd.DataFrame({
        "queue": ["voice"], "start": [pd.Timestamp(starts[0], tz=NEW_YORK)], "scheduled": [1],
        "on_seat": [1.0], "gap": [0.0], "unmet": [0.0], "over": [0.0]})  # fmt: skip
    unmet = coverage.iloc[:0][["queue", "start", "scheduled", "on_seat", "unmet"]]
    return plan, SimpleNamespace(frame=frame.reset_index(drop=True), coverage=coverage, unmet=unmet,
                                 start=monday)  # fmt: skip


def same(got: pd.DataFrame, frame: pd.DataFrame) -> bool:
    def values(table):
        table = table.sort_values(["agent", "start"]).reset_index(drop=True)
        return [tuple(str(v.tz_convert("UTC")) if isinstance(v, pd.Timestamp) else v for v in row)
                for row in table[COLUMNS].itertuples(index=False)]  # fmt: skip

    return values(got) == values(frame)


@pytest.mark.parametrize("name", WEEKS)
@pytest.mark.parametrize("file", ["roster.csv", "shifts.csv", "roster.xlsx"])
def test_what_was_exported_comes_back_as_it_was(name, file, tmp_path):
    plan, given = made(name)
    export.write_csv(tmp_path, given, plan)
    export.write_xlsx(tmp_path / "roster.xlsx", given, plan)
    got = read_roster(tmp_path / file, plan)
    assert same(got, given.frame)
    assert roster.audit(got, plan) == roster.audit(given.frame, plan)


def test_an_edit_in_the_workbook_is_found_by_the_audit(tmp_path):
    plan, given = made("plain")
    path = tmp_path / "roster.xlsx"
    export.write_xlsx(path, given, plan)
    assert roster.audit(read_roster(path, plan), plan) == ()
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    heads = [cell.value for cell in page[1]]
    page.cell(2, heads.index("break 2") + 1).value = None
    book.save(path)
    (broken,) = roster.audit(read_roster(path, plan), plan)
    assert broken.rule == "breaks"
    assert broken.text == "shift 'N' has 2 breaks, got 1"


@pytest.mark.parametrize(("column", "value", "part"), [
    ("break 2", "break 12:00-12:15", r"row 2: 'break 12:00-12:15' does not lie within the shift"),
    ("break 2", "BREAK 1", r"row 2: the .* begins before the one before it has ended"),
    ("date", dt.datetime(2003, 1, 1), r"row 2: the date is 2003-01-01, but the shift starts on"),
    ("id", "bob", r"row 3: agent .* begins something at .* already, see .* row 2 \(\d+ such"),
    ("end", dt.datetime(2003, 1, 1), r"row 2: the end 2003-01-01 00:00:00 is not after the start"),
])  # fmt: skip
def test_a_wrong_cell_is_refused_with_its_row(column, value, part, tmp_path):
    plan, given = made("plain")
    path = tmp_path / "roster.xlsx"
    export.write_xlsx(path, given, plan)
    book = openpyxl.load_workbook(path)
    page = book[SHEET]
    heads = [cell.value for cell in page[1]]
    at = heads.index(column) + 1
    if value == "BREAK 1":
        value = page.cell(2, heads.index("break 1") + 1).value
    page.cell(2, at).value = value
    book.save(path)
    with pytest.raises(BadInput, match=part):
        read_roster(path, plan)


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("shifts.csv", "agent,start,end,shift,queue,breaks\n"
         "ann,2003-09-30T16:00:00-04:00,2003-09-30T08:00:00-04:00,D,voice,\n",
         "line 2: the end .* is not after the start"),
        ("gone.csv", None, "no such file"),
        ("roster.txt", "x", "a .csv or .xlsx file"),
        ("roster.csv", "a,b\n1,2\n", "expected the columns agent, start"),
        ("roster.csv", "agent,start,end,activity,queue,shift\n", "holds no shift"),
        ("roster.csv", "agent,start,end,activity,queue,shift\nann,soon,later,work,voice,D\n",
         "line 2, column 'start': expected a time"),
        ("shifts.csv", "agent,start,end,shift,queue,breaks\n"
         "ann,2003-09-30T08:00:00-04:00,2003-09-30T16:00:00-04:00,D,voice,noon\n",
         "line 2: expected a break such as"),
        ("roster.xlsx", "no workbook", "not an Excel workbook"),
    ],
)  # fmt: skip
def test_files_that_are_no_roster_are_refused_in_words(name, content, part, tmp_path):
    path = tmp_path / name
    if content is not None:
        path.write_text(content)
    with pytest.raises(BadInput, match=part):
        read_roster(path, centre(WEEKS["plain"][0]))


def test_a_workbook_of_another_kind_names_its_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sales"
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(BadInput, match="no sheet 'Day detail'; it has Sales"):
        read_roster(tmp_path / "other.xlsx", centre(WEEKS["plain"][0]))
