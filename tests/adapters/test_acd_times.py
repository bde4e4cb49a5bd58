"""Starts in any notation become the instants they name, also when the clock changes."""

import pandas as pd
import pytest

from tests.adapters.acd_reading import NEW_YORK, QUARTERS, read, said, volumes
from wfm.adapters.acd import HistorySource
from wfm.errors import BadInput

CHINESE = (
    "开始时间,队列,呼入量,平均处理时长\n"
    "2026-03-02 09:00,投诉专线,4,180\n2026-03-02 09:30,投诉专线,6,200\n"
)
GERMAN = "start;skill;calls\n02.03.2026 09:00;Rückgröße;4\n02.03.2026 09:30;Rückgröße;6\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "gb18030"])
def test_chinese_headers_and_names_are_read_in_any_encoding(tmp_path, encoding):
    imported = read(tmp_path, CHINESE, encoding=encoding)
    assert set(imported.frame["queue"]) == {"投诉专线"}
    assert imported.frame["aht_s"].tolist() == [180, 200]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-be", "cp1252"])
def test_german_text_is_not_taken_for_chinese(tmp_path, encoding):
    imported = read(tmp_path, GERMAN, encoding=encoding)
    assert set(imported.frame["queue"]) == {"Rückgröße"}
    assert said(imported, "separated by semicolon")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_guessed(tmp_path, separator):
    imported = read(tmp_path, QUARTERS.replace(",", separator))
    assert imported.frame["offered"].tolist() == [10, 0]


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 09:30", "2026-03-02T09:30:00", "2026-03-02T09:30:00.000", "2026/3/2 9:30",
        "2026-03-02T14:30Z", "2026-03-02T15:30:00+01:00", "2026-03-02 09:30:00-0500",
        "20260302 09:30", "202603020930", "02.03.2026 09:30", "2.3.26 9:30", "02-Mar-2026 09:30",
        "2 March 2026 9:30 AM", "Mar 2, 2026 9:30 a.m.", "2026年3月2日 9:30",
        "2026年3月2日 上午9:30",
        "２０２６-０３-０２ ０９：３０",
    ],
)  # fmt: skip
def test_one_instant_in_many_notations(tmp_path, text):
    other = "2026-03-02 09:30"
    imported = read(tmp_path, f'start;offered\n"{text}";4\n', HistorySource(file_interval_min=30))
    assert imported.frame["start"].iloc[0] == pd.Timestamp(other, tz=NEW_YORK)


@pytest.mark.parametrize(
    ("clock", "hour"),
    [("12:30 AM", 0), ("12:30 PM", 12), ("1:30 pm", 13), ("下午1:30", 13), ("09:30-10:00", 9)],
)
def test_times_of_day_in_their_own_column(tmp_path, clock, hour):
    imported = read(
        tmp_path, f"date,time,calls\n2026-03-02,{clock},4\n", HistorySource(file_interval_min=30)
    )
    assert imported.frame["start"].iloc[0] == pd.Timestamp(2026, 3, 2, hour, 30, tz=NEW_YORK)


def test_a_number_above_twelve_decides_the_order_of_dates(tmp_path):
    text = "start,calls\n{0} 09:00,4\n{0} 09:30,5\n{1} 09:00,6\n"
    first = read(tmp_path, text.format("3/4/2026", "13/4/2026"))
    assert next(iter(volumes(first))).startswith("04-03")
    assert said(first, "day/month/year; line 4 shows it")
    second = read(tmp_path, text.format("3/4/2026", "3/14/2026"))
    assert next(iter(volumes(second))).startswith("03-04")
    said_so = read(tmp_path, text.format("3/4/2026", "3/5/2026"), HistorySource(day_first=True))
    assert next(iter(volumes(said_so))).startswith("04-03")


def test_the_second_twelve_o_clock_is_the_next_day(tmp_path):
    text = "start,calls\n2026-03-02 23:30,4\n2026-03-02 24:00,5\n2026-03-03 00:30,6\n"
    assert volumes(read(tmp_path, text)) == {
        "03-02 23:30-0500": 4, "03-03 00:00-0500": 5, "03-03 00:30-0500": 6,
    }  # fmt: skip


def test_durations_as_minutes_and_seconds_are_seconds(tmp_path):
    text = "start,calls,AHT\n2026-03-02 09:00,4,3:05\n2026-03-02 09:30,4,1:00:10\n"
    imported = read(tmp_path, text)
    assert imported.frame["aht_s"].tolist() == [185, 3610]
    assert said(imported, "written m:ss")


def test_minutes_are_turned_into_seconds_when_header_or_source_says_so(tmp_path):
    text = "start,calls,{}\n2026-03-02 09:00,4,3.5\n2026-03-02 09:30,4,4\n"
    assert read(tmp_path, text.format("AHT (min)")).frame["aht_s"].tolist() == [210, 240]
    stated = read(tmp_path, text.format("AHT"), HistorySource(aht_unit="min"))
    assert stated.frame["aht_s"].tolist() == [210, 240]
    assert read(tmp_path, text.format("aht_s")).frame["aht_s"].tolist() == [3.5, 4]


def test_decimal_commas_and_thousands_are_read_when_beyond_doubt(tmp_path):
    comma = "start;calls;aht\n2026-03-02 09:00;4;180,5\n2026-03-02 09:30;4;1.181,25\n"
    assert read(tmp_path, comma).frame["aht_s"].tolist() == [180.5, 1181.25]
    thousands = "start;calls;aht\n2026-03-02 09:00;1,204;180.5\n2026-03-02 09:30;4;181\n"
    stated = read(tmp_path, thousands, HistorySource(decimal="."))
    assert stated.frame["offered"].tolist() == [1204, 4]


def test_an_average_file_may_hold_fractions_when_the_source_says_so(tmp_path):
    text = "start,calls\n2026-03-02 09:00,4.5\n2026-03-02 09:30,4\n"
    assert read(tmp_path, text, HistorySource(fractional=True)).frame["offered"].iloc[0] == 4.5


def autumn(first_hour, second_hour):
    rows = ["2025-11-02 00:30,1", *first_hour, *second_hour, "2025-11-02 02:00,9"]
    return "start,calls\n" + "\n".join(rows) + "\n"


def test_a_repeated_hour_is_told_apart_by_the_order_of_rows(tmp_path):
    hour = ["2025-11-02 01:00,2", "2025-11-02 01:30,3"]
    later = ["2025-11-02 01:00,4", "2025-11-02 01:30,5"]
    imported = read(tmp_path, autumn(hour, later))
    assert volumes(imported) == {
        "11-02 00:30-0400": 1, "11-02 01:00-0400": 2, "11-02 01:30-0400": 3,
        "11-02 01:00-0500": 4, "11-02 01:30-0500": 5, "11-02 02:00-0500": 9,
    }  # fmt: skip
    assert said(imported, "2 rows of the repeated hour taken for the second time")


def test_a_repeated_hour_that_stands_once_is_the_first(tmp_path):
    imported = read(tmp_path, autumn(["2025-11-02 01:00,2", "2025-11-02 01:30,3"], []))
    assert volumes(imported)["11-02 01:30-0400"] == 3
    assert "11-02 01:30-0500" not in volumes(imported)
    assert said(imported, "2 rows of the repeated hour without a second")


def test_the_first_of_a_repeated_hour_is_the_first_where_winter_time_is_the_odd_one(tmp_path):
    rows = ["2025-10-26 00:30,1", "2025-10-26 01:00,2", "2025-10-26 01:30,3",
            "2025-10-26 01:00,4", "2025-10-26 01:30,5", "2025-10-26 02:00,6"]  # fmt: skip
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows), timezone="Europe/Dublin")
    assert imported.frame["offered"].tolist() == [1, 2, 3, 4, 5, 6]
    assert imported.frame["start"].diff().dropna().eq(pd.Timedelta("30min")).all()


def test_three_rows_of_a_repeated_hour_are_refused(tmp_path):
    hour = ["2025-11-02 01:00,2"]
    with pytest.raises(BadInput, match="a queue and start stand again"):
        read(tmp_path, autumn(hour + hour, [*hour, "2025-11-02 01:30,2"]))


def test_contacts_of_a_repeated_hour_are_told_apart_where_the_log_jumps_back(tmp_path):
    text = (
        "timestamp,outcome,service_s\n2025-11-02 01:10:00,AGENT,60\n2025-11-02 01:50:00,AGENT,60\n"
        "2025-11-02 01:05:00,HANG,0\n2025-11-02 01:40:00,AGENT,90\n"
    )
    assert volumes(read(tmp_path, text)) == {
        "11-02 01:00-0400": 1, "11-02 01:30-0400": 1, "11-02 01:00-0500": 1, "11-02 01:30-0500": 1,
    }  # fmt: skip


def test_half_hours_are_cut_from_local_midnight_where_the_clock_moves_by_half_an_hour(tmp_path):
    rows = [f"2026-04-05 {h:02}:{m:02},1" for h in range(4) for m in (0, 30)]
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows), timezone="Australia/Lord_Howe")
    assert len(imported.frame) == 8
    assert imported.frame["offered"].eq(1).all()
