"""Readable files become the history they contain, and the notes say what was done."""

import csv
import gzip
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.adapters.acd_reading import NEW_YORK, QUARTERS, read, said, volumes
from wfm import frames
from wfm.adapters.acd import HistorySource, read_history
from wfm.errors import BadInput

DATA = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "contacts"

needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared contact data do not lie beside the project"
)


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
