"""Readable files become the history they contain, and the notes say what was done."""

import csv
import datetime as dt
import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wfm import frames
from wfm.adapters.acd import HistorySource, read_history
from wfm.errors import BadInput

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "contacts"
NEW_YORK = "America/New_York"

needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared contact data do not lie beside the project"
)


def read(tmp_path, text, source=None, *, encoding="utf-8", **options):
    file = tmp_path / "calls.csv"
    file.write_bytes(text.encode(encoding))
    return read_history(file, source, **{"timezone": NEW_YORK, "interval_min": 30, **options})


def volumes(imported):
    """The counts by local clock text, the way a person reads them off."""
    frame = imported.frame
    return dict(zip(frame["start"].dt.strftime("%m-%d %H:%M%z"), frame["offered"], strict=True))


def said(imported, *parts):
    return all(any(part in note for note in imported.notes) for part in parts)


def rows_of(name):
    with gzip.open(DATA / name, "rt") as lines:
        yield from csv.DictReader(lines)


# --- the shared files -------------------------------------------------------------------------


@needs_data
def test_the_bank_file_equals_a_count_by_hand_without_its_five_minute_bin():
    imported = read_history(DATA / "bank_voice_5min.csv.gz", timezone=NEW_YORK)
    expected = Counter()
    for row in rows_of("bank_voice_5min.csv.gz"):
        day, clock = row["timestamp"].split()
        hour, minute, _ = map(int, clock.split(":"))
        if hour < 21:
            expected[f"{day} {hour:02}:{minute // 30 * 30:02}"] += int(row["contacts"])
    frame = imported.frame
    got = dict(zip(frame["start"].dt.strftime("%Y-%m-%d %H:%M"), frame["offered"], strict=True))
    assert got == expected
    assert len(frame) == 164 * 28
    assert imported.rows_read == 27_716
    assert said(imported, "Dropped 164 last intervals of a day (at 21:00)", "by 5 min")


@needs_data
def test_the_bank_file_keeps_its_last_bin_when_asked():
    source = HistorySource(partial_last="keep")
    imported = read_history(DATA / "bank_voice_5min.csv.gz", source, timezone=NEW_YORK)
    assert len(imported.frame) == 164 * 29
    by_clock = HistorySource(partial_last="keep", drop_from="21:00")
    imported = read_history(DATA / "bank_voice_5min.csv.gz", by_clock, timezone=NEW_YORK)
    assert len(imported.frame) == 164 * 28
    assert said(imported, "Dropped 164 rows starting from 21:00 on")


@needs_data
def test_the_call_log_equals_a_count_by_hand_per_type():
    name = "israel_bank_1999_jan_call_level.csv.gz"
    imported = read_history(DATA / name, timezone="Asia/Jerusalem")
    frame = imported.frame
    rows = [row for row in rows_of(name) if row["outcome"] != "PHANTOM"]
    served = [row for row in rows if row["outcome"] == "AGENT"]
    assert frame["offered"].sum() == len(rows) == 31_359
    assert frame["answered"].sum() == len(served)
    assert frame["abandoned"].sum() == sum(row["outcome"] == "HANG" for row in rows)
    assert frame.groupby("queue")["offered"].sum().to_dict() == Counter(r["type"] for r in rows)
    waits = sum(int(row["queue_s"]) for row in served)
    assert frame["wait_answered_s"].sum() == waits
    handle = (frame["aht_s"] * frame["answered"]).sum()
    assert handle == pytest.approx(sum(int(row["service_s"]) for row in served), rel=1e-12)
    one = frame.loc[(frame["queue"] == "PS") & (frame["start"] == "1999-01-04 10:00+02:00")].iloc[0]
    there = [r for r in rows if r["type"] == "PS" and r["timestamp"] >= "1999-01-04 10:00"
             and r["timestamp"] < "1999-01-04 10:30"]  # fmt: skip
    assert one["offered"] == len(there) > 10
    assert said(imported, "Ignored 240 rows with outcome PHANTOM", "7 queues from column 'type'")


@needs_data
def test_the_emergency_file_loses_only_the_skipped_hour():
    imported = read_history(DATA / "emergency_ems_30min.csv.gz", timezone=NEW_YORK)
    total = sum(int(row["contacts"]) for row in rows_of("emergency_ems_30min.csv.gz"))
    assert imported.frame["offered"].sum() == total
    assert len(imported.frame) == 12_336 - 2
    assert imported.frame["start"].diff().dropna().eq(pd.Timedelta("30min")).all()
    assert said(imported, "Dropped 2 rows without contacts at times that the clock")


@needs_data
def test_the_service_desk_and_county_files_are_read_whole():
    desk = read_history(DATA / "itsm_phone_tickets_30min.csv.gz", timezone="America/Sao_Paulo")
    assert len(desk.frame) == 4_416
    assert (desk.frame["offered"] == 0).any(), "zeros stay zeros"
    county = read_history(
        DATA / "county_voice_hourly.csv", timezone="America/Denver", interval_min=60
    )
    assert len(county.frame) == 2_646
    assert county.source.file_interval_min == 60


@needs_data
@pytest.mark.parametrize(
    "name", ["ambulance_regions_daily.csv", "bookings_voice_daily.csv",
             "county_channels_daily.csv", "vancouver_311_daily.csv"],
)  # fmt: skip
def test_daily_files_are_refused_as_daily(name):
    with pytest.raises(BadInput, match="daily counts do not say when contacts come"):
        read_history(DATA / name, timezone="UTC")


# --- layouts and headers ----------------------------------------------------------------------

QUARTERS = (
    "start,offered\n2026-03-02 09:00,4\n2026-03-02 09:15,6\n"
    "2026-03-02 09:30,0\n2026-03-02 09:45,0\n"
)


def test_the_result_keeps_the_history_contract_and_is_sorted(tmp_path):
    text = (
        "Queue,Timestamp,Calls,AHT\nb,2026-03-02 09:30,2,200\nb,2026-03-02 09:00,4,100\n"
        "a,2026-03-02 09:00,1,300\na,2026-03-02 09:30,1,60\n"
    )
    imported = read(tmp_path, text)
    frame = frames.check("history", imported.frame)
    assert frame["queue"].tolist() == ["a", "a", "b", "b"]
    assert frame["start"].is_monotonic_increasing is False
    assert frame["aht_s"].tolist() == [300, 60, 100, 200]
    assert str(frame["start"].dt.tz) == NEW_YORK
    assert frame["start"].dt.unit == "ns"
    assert said(imported, "out of order", "2 queues from column 'Queue': a, b")


def test_quarters_sum_to_half_hours_and_zero_stays_zero(tmp_path):
    imported = read(tmp_path, QUARTERS)
    assert imported.frame["offered"].tolist() == [10.0, 0.0]


def test_absent_intervals_stay_absent(tmp_path):
    text = "start,offered\n" + "".join(
        f"2026-03-02 {hour}:{minute},3\n" for hour in ("09", "12") for minute in ("00", "30")
    )
    assert list(volumes(read(tmp_path, text))) == [
        "03-02 09:00-0500", "03-02 09:30-0500", "03-02 12:00-0500", "03-02 12:30-0500",
    ]  # fmt: skip


def test_handle_time_is_weighted_by_answered_contacts(tmp_path):
    text = (
        "start,offered,answered,abandoned,aht_s,asa_s\n"
        "2026-03-02 09:00,5,4,1,100,10\n2026-03-02 09:15,9,1,8,600,40\n"
        "2026-03-02 09:30,3,0,3,,\n2026-03-02 09:45,0,0,0,0,\n"
    )
    frame = read(tmp_path, text).frame
    assert frame["aht_s"].iloc[0] == (4 * 100 + 1 * 600) / 5
    assert np.isnan(frame["aht_s"].iloc[1]), "nobody answered: unknown, not zero"
    assert frame["wait_answered_s"].tolist() == [4 * 10 + 40, 0]
    assert frame["answered"].tolist() == [5, 0]
    assert frame["abandoned"].tolist() == [9, 3]


def test_a_handle_time_of_zero_is_unknown_where_answered_is_not_told(tmp_path):
    text = "start,offered,aht_s\n2026-03-02 09:00,4,200\n2026-03-02 09:15,4,0\n"
    imported = read(tmp_path, text)
    assert imported.frame["aht_s"].tolist() == [200]
    assert said(imported, "and a handle time of 0")


def test_a_published_utc_export_is_converted(tmp_path):
    text = (
        "Interval Start UTC Date,Queue,Offered,Interactions Handled,Total Handle Time\n"
        "2026-03-02T14:00:00,sales,5,4,800\n2026-03-02T14:15:00,sales,3,2,700\n"
    )
    imported = read(tmp_path, text)
    assert volumes(imported) == {"03-02 09:00-0500": 8.0}
    assert imported.frame["aht_s"].tolist() == [1500 / 6]
    assert said(imported, "says UTC")


def test_a_split_report_with_date_and_clock_number_is_read(tmp_path):
    text = (
        "ROW_DATE,STARTTIME,SPLIT,CALLSOFFERED,ACDCALLS,ABNCALLS,ANSTIME\n"
        "2026-03-02,0,Billing,2,2,0,9\n2026-03-02,30,Billing,3,2,1,8\n"
        "2026-03-02,930,Billing,7,6,1,40\n2026-03-02,1000,Billing,8,8,0,44\n"
    )
    imported = read(tmp_path, text)
    assert list(volumes(imported)) == [
        "03-02 00:00-0500", "03-02 00:30-0500", "03-02 09:30-0500", "03-02 10:00-0500",
    ]  # fmt: skip
    assert imported.frame["wait_answered_s"].tolist() == [9, 8, 40, 44]


def test_a_wide_file_gives_one_queue_a_column_and_blanks_are_absent(tmp_path):
    text = "start,calls,chat\n2026-03-02 09:00,4,\n2026-03-02 09:30,5,2\n2026-03-02 10:00,6,0\n"
    imported = read(tmp_path, text, HistorySource(layout="wide"))
    counted = imported.frame.groupby("queue")["offered"].apply(list).to_dict()
    assert counted == {"calls": [4, 5, 6], "chat": [2, 0]}
    assert said(imported, "Column 'chat': 1 blank cell, read as absent")


def test_a_mapping_beats_the_guess(tmp_path):
    text = "start,calls,volume\n2026-03-02 09:00,4,40\n2026-03-02 09:30,5,50\n"
    imported = read(tmp_path, text, HistorySource(columns={"offered": "VOLUME"}, queue="sales"))
    assert imported.frame["offered"].tolist() == [40, 50]
    assert set(imported.frame["queue"]) == {"sales"}


def test_reading_again_with_the_returned_source_gives_the_same(tmp_path):
    first = read(tmp_path, QUARTERS.replace(",", ";"))
    again = read(tmp_path, QUARTERS.replace(",", ";"), first.source)
    pd.testing.assert_frame_equal(first.frame, again.frame)
    assert first.source.delimiter == ";"
    assert first.source.columns == {"start": "start", "offered": "offered"}


def test_offered_is_answered_and_abandoned_where_it_is_not_told(tmp_path):
    text = "start,answered,abandoned\n2026-03-02 09:00,4,1\n2026-03-02 09:30,5,0\n"
    imported = read(tmp_path, text)
    assert imported.frame["offered"].tolist() == [5, 5]
    assert said(imported, "answered + abandoned")


def test_titles_blank_lines_and_totals_are_left_out(tmp_path):
    text = (
        "Report of March\nAll queues\n\nstart,offered\n2026-03-02 09:00,4\n\n"
        "2026-03-02 09:30,6\nTotal,10\n"
    )
    imported = read(tmp_path, text)
    assert imported.frame["offered"].tolist() == [4, 6]
    assert said(imported, "Skipped 3 title lines", "1 row of totals (first: line 8)")


def test_the_line_number_of_an_error_counts_titles_and_blank_lines(tmp_path):
    text = "Report\n\nstart,offered\n2026-03-02 09:00,4\n\n2026-03-02 09:30,x\n"
    with pytest.raises(BadInput, match="line 6, got 'x'"):
        read(tmp_path, text)


# --- encodings, separators, notations -----------------------------------------------------------

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


# --- clock changes ------------------------------------------------------------------------------


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


# --- partial intervals --------------------------------------------------------------------------


def five_minutes(day, first, last):
    clock = range(first, last, 5)
    return [f"{day} {m // 60:02}:{m % 60:02},2" for m in clock]


def test_an_opening_inside_an_interval_is_kept_and_said(tmp_path):
    rows = [r for day in (2, 3) for r in five_minutes(f"2026-03-0{day}", 7 * 60 + 15, 9 * 60)]
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert volumes(imported)["03-02 07:00-0500"] == 6
    assert said(imported, "2 intervals with fewer rows than 6")


def test_a_file_that_ends_inside_an_interval_loses_that_interval(tmp_path):
    rows = five_minutes("2026-03-02", 540, 660) + five_minutes("2026-03-09", 540, 590)
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert list(volumes(imported))[-1] == "03-09 09:00-0400"
    assert said(imported, "the file ends inside")


def test_missing_rows_make_an_interval_incomplete_only_if_the_file_writes_zeros(tmp_path):
    rows = five_minutes("2026-03-02", 540, 660)
    del rows[8]
    kept = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert volumes(kept)["03-02 09:30-0500"] == 10
    rows[0] = rows[0].replace(",2", ",0")
    dropped = read(tmp_path, "start,calls\n" + "\n".join(rows))
    assert "03-02 09:30-0500" not in volumes(dropped)
    assert said(dropped, "Dropped 1 interval of which some rows are missing")


def test_closing_time_is_found_for_each_weekday(tmp_path):
    rows = []
    for day in range(2, 16):
        closing = 12 * 60 + 10 if day in (7, 14) else 13 * 60
        rows += five_minutes(f"2026-03-{day:02}", 9 * 60, closing)
    imported = read(tmp_path, "start,calls\n" + "\n".join(rows), timezone="UTC")
    counted = volumes(imported)
    assert "03-07 12:00+0000" not in counted
    assert "03-14 12:00+0000" not in counted
    assert counted["03-06 12:00+0000"] == counted["03-07 11:30+0000"] == 12
    assert said(imported, "Dropped 2 last intervals of a day (at 12:00)")


def test_a_quiet_queue_without_zero_rows_is_not_taken_for_another_interval(tmp_path):
    busy = [f"2026-03-0{d} {h:02}:{m:02},busy,9"
            for d in (2, 3) for h in range(8, 18) for m in (0, 15, 30, 45)]  # fmt: skip
    quiet = [
        f"2026-03-02 {clock},quiet,1"
        for clock in (
            "08:00",
            "08:30",
            "09:30",
            "10:45",
            "11:15",
            "12:00",
            "14:30",
            "16:00",
            "17:30",
        )
    ]
    imported = read(tmp_path, "start,queue,calls\n" + "\n".join(busy + quiet))
    counted = imported.frame.groupby("queue")["offered"].sum().to_dict()
    assert counted == {"busy": 2 * 40 * 9, "quiet": 9}


def test_a_quiet_queue_of_a_log_has_zeros_between_its_first_and_last_contact(tmp_path):
    text = (
        "timestamp,type,outcome\n2026-03-02 09:05:00,a,AGENT\n2026-03-02 10:40:00,a,HANG\n"
        "2026-03-02 12:00:00,b,AGENT\n"
    )
    frame = read(tmp_path, text).frame
    assert frame.loc[frame["queue"] == "a", "offered"].tolist() == [1, 0, 0, 1]
    assert frame.loc[frame["queue"] == "b", "offered"].tolist() == [1]


# --- Excel --------------------------------------------------------------------------------------


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


# --- anything at all ----------------------------------------------------------------------------

CELL = st.sampled_from([
    "2026-03-02 09:00", "2026-03-02 09:30", "2026-03-08 02:30", "2025-11-02 01:00", "24:00", "9:30",
    "3/4/2026", "4", "0", "-1", "", "x", "1,5", "1e9", "nan", "Total", "3:05", "\u0661", "投诉",
    '"',
    "2026-03-02T09:00Z", "99999999", "AGENT", "0930", "1_0", "＋４", "Ⅳ", "²", "+",
])  # fmt: skip
HEADER = st.sampled_from([
    "start", "date", "time", "queue", "offered", "calls", "aht", "aht_min", "answered", "abandoned",
    "outcome", "service_s", "wait", "asa", "interval", "x", "", "Total handle time",
])  # fmt: skip


@settings(max_examples=300, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(
    head=st.lists(HEADER, min_size=1, max_size=5),
    rows=st.lists(st.lists(CELL, min_size=1, max_size=5), max_size=6),
    separator=st.sampled_from([",", ";", "\t"]),
    layout=st.sampled_from([None, None, "contacts", "wide", "intervals"]),
)
def test_whatever_stands_in_the_cells_the_answer_is_a_history_or_bad_input(
    tmp_path, head, rows, separator, layout
):
    text = "\n".join(separator.join(line) for line in [head, *rows])
    try:
        imported = read(tmp_path, text, HistorySource(layout=layout))
    except BadInput:
        pass
    else:
        frame = frames.check("history", imported.frame)
        assert (frame["offered"] >= 0).all()
        assert imported.notes


@settings(max_examples=150, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(raw=st.binary(max_size=300))
def test_whatever_the_bytes_are_the_answer_is_a_history_or_bad_input(tmp_path, raw):
    file = tmp_path / "calls.csv"
    for start in (
        b"",
        b"start,calls\n2026-03-02 09:00,4\n",
        b"\xff\xfe",
        b"\x1f\x8b",
        b"PK\x03\x04",
    ):
        file.write_bytes(start + raw)
        with pytest.raises(BadInput) if start in (b"\x1f\x8b", b"PK\x03\x04") else _allowed():
            read_history(file, timezone="UTC")


class _allowed:  # noqa: N801
    """A block that may end in BadInput or not at all."""

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        return kind is not None and issubclass(kind, BadInput)
