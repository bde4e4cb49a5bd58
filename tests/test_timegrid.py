import datetime as dt

import pandas as pd
import pytest

from wfm import timegrid
from wfm.errors import BadInput


@pytest.mark.parametrize(
    ("tz", "day", "half_hours"),
    [
        ("America/New_York", dt.date(2003, 4, 6), 46),
        ("America/New_York", dt.date(2003, 10, 26), 50),
        ("America/New_York", dt.date(2003, 10, 27), 48),
        ("Europe/Berlin", dt.date(2026, 3, 29), 46),
        ("Asia/Kolkata", dt.date(2026, 3, 29), 48),
        ("Australia/Lord_Howe", dt.date(2026, 4, 5), 49),
        ("Asia/Shanghai", dt.date(2026, 3, 2), 48),
    ],
)
def test_a_local_day_has_the_half_hours_its_clock_shows(tz, day, half_hours):
    grid = timegrid.intervals(day, 1, 30, tz)
    assert len(grid) == half_hours
    assert (grid.date == day).all()
    assert str(grid.tz) == tz


def test_days_are_added_by_calendar_not_by_24_hours():
    grid = timegrid.intervals(dt.date(2003, 10, 24), 7, 30, "America/New_York")
    assert grid[-1] == pd.Timestamp("2003-10-30 23:30", tz="America/New_York")


def test_a_skipped_wall_clock_time_moves_forward():
    moved = timegrid.instant(dt.date(2003, 4, 6), 150, "America/New_York")
    assert moved == pd.Timestamp("2003-04-06 03:30", tz="America/New_York")


def test_of_a_repeated_wall_clock_time_the_first_is_taken():
    first = timegrid.instant(dt.date(2003, 10, 26), 90, "America/New_York")
    assert first.utcoffset() == dt.timedelta(hours=-4)


@pytest.mark.parametrize(
    "text", ["8", "08:60", "25:00", "24:01", "-1:00", "aa:bb", "", "08:0", None]
)
def test_a_wrong_time_of_day_is_refused(text):
    with pytest.raises(BadInput, match="HH:MM"):
        timegrid.minutes(text)


@pytest.mark.parametrize("name", ["Nowhere", "", "../etc/passwd", None, 3])
def test_an_unknown_zone_is_refused(name):
    with pytest.raises(BadInput, match="IANA name"):
        timegrid.zone(name)


@pytest.mark.parametrize("text", ["yesterday", "", None, "2026-03-29 02:30", "2026-10-25 02:30"])
def test_a_time_that_is_none_or_not_one_is_refused(text):
    with pytest.raises(BadInput, match="--at expects a time"):
        timegrid.local_moment(text, "Europe/Berlin", name="--at")


def test_a_typed_time_is_local_unless_it_carries_an_offset():
    def read(text):
        return timegrid.local_moment(text, "Europe/Berlin", name="--at")

    assert read("2026-10-25 02:30+01:00") == pd.Timestamp("2026-10-25 01:30", tz="UTC")
    assert read("2026-03-02 10:00") == pd.Timestamp("2026-03-02 09:00", tz="UTC")
    assert str(read("2026-03-02 10:00+00:00").tz) == "Europe/Berlin"
