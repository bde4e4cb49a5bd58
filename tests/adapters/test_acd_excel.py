"""Workbooks are read as a person sees them."""

import datetime as dt

import openpyxl
import pytest

from tests.adapters.acd_reading import NEW_YORK, said, volumes
from wfm.adapters.acd import read_history
from wfm.errors import BadInput


def workbook(tmp_path, rows, title="History"):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "calls.xlsx")
    return tmp_path / "calls.xlsx"


def test_a_workbook_with_real_dates_and_durations_is_read(tmp_path):
    start = dt.datetime(2026, 3, 2, 9)
    file = workbook(tmp_path, [
        ["Calls of March"], [], ["Start", "Calls", "AHT"],
        [start, 4, dt.time(0, 3, 5)], [start + dt.timedelta(minutes=30), 6, dt.time(0, 4, 0)],
        ["Total", 10, None],
    ])  # fmt: skip
    imported = read_history(file, timezone=NEW_YORK)
    assert imported.frame["offered"].tolist() == [4, 6]
    assert imported.frame["aht_s"].tolist() == [185, 240]
    assert imported.source.sheet == "History"


def test_merged_date_cells_of_a_workbook_hold_for_the_rows_below(tmp_path):
    day = dt.datetime(2026, 3, 2)
    file = workbook(tmp_path, [
        ["日期", "时段", "进线量"], [day, dt.time(9), 4], [None, dt.time(9, 30), 6],
        [dt.datetime(2026, 3, 3), dt.time(9), 5], [None, dt.time(9, 30), 7],
    ])  # fmt: skip
    imported = read_history(file, timezone="Asia/Shanghai")
    assert list(volumes(imported).values()) == [4, 6, 5, 7]
    assert list(volumes(imported))[3] == "03-03 09:30+0800"
    assert said(imported, "2 rows without a date took the date above")


def test_an_excel_error_names_its_row(tmp_path):
    file = workbook(tmp_path, [["start", "calls"], [dt.datetime(2026, 3, 2, 9), "#N/A"],
                               [dt.datetime(2026, 3, 2, 9, 30), "lots"]])  # fmt: skip
    with pytest.raises(BadInput, match="line 3, got 'lots'"):
        read_history(file, timezone=NEW_YORK)
