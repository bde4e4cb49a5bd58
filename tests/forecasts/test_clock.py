from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, clock

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("freq", "minutes"),
    [("15min", 15), ("30min", 30), ("h", 60), ("2h", 120), ("D", 1440), ("24h", 1440)],
)
def test_a_frequency_that_divides_a_day_is_read(freq, minutes):
    assert clock.interval_of(freq).minutes == minutes


def test_a_timedelta_is_a_frequency():
    assert clock.interval_of(pd.Timedelta(minutes=30)).per_day == 48


@pytest.mark.parametrize(
    "freq", ["", "7min", "W", "MS", "2D", "45s", "-30min", "0min", "half hour", None, 30, True]
)
def test_any_other_frequency_is_refused(freq):
    with pytest.raises(BadInput, match="freq: expected a length that divides a day"):
        clock.interval_of(freq)


@pytest.mark.parametrize(
    ("first", "count"), [("2026-03-08", 46), ("2026-03-09", 48), ("2026-11-01", 50)]
)
def test_a_local_day_has_46_48_or_50_half_hours(first, count):
    half_hour = clock.interval_of("30min")
    day = pd.Timestamp(first, tz=NEW_YORK)
    midnight, next_midnight = clock.utc_ns(pd.DatetimeIndex([day, day + pd.DateOffset(days=1)]))
    ahead = clock.following(int(midnight) - half_hour.ns, 60, NEW_YORK, half_hour)
    assert (ahead < next_midnight).sum() == count


def test_the_repeated_hour_falls_twice_into_the_same_interval_of_day():
    start = pd.date_range("2026-11-01 00:00", periods=6, freq="30min", tz=NEW_YORK)
    _, of_day = clock.wall(clock.utc_ns(start), NEW_YORK, clock.interval_of("30min"))
    assert of_day.tolist() == [0, 1, 2, 3, 2, 3]


@pytest.mark.parametrize(("freq", "count"), [("5min", 400_001), ("30min", 50_001), ("12h", 287)])
def test_a_long_span_has_both_its_ends(freq, count):
    interval = clock.interval_of(freq)
    first = 1_693_756_800 * 10**9
    last = first + (count - 1) * interval.ns
    ns = clock.span(first, last, NEW_YORK, interval)
    assert (len(ns), ns[0], ns[-1]) == (count, first, last)


def test_days_are_counted_by_calendar_over_a_clock_change():
    midnight = clock.utc_ns(pd.DatetimeIndex(["2026-03-07"]).tz_localize(NEW_YORK))[0]
    ahead = clock.following(int(midnight), 3, NEW_YORK, clock.interval_of("D"))
    local = clock.instants(ahead, NEW_YORK)
    assert local.strftime("%Y-%m-%d %H:%M").tolist() == [
        "2026-03-08 00:00", "2026-03-09 00:00", "2026-03-10 00:00",
    ]  # fmt: skip


def test_a_day_without_a_midnight_starts_at_its_first_instant():
    # Sao Paulo skipped 00:00-01:00 on 2018-11-04.
    zone = ZoneInfo("America/Sao_Paulo")
    day = clock.day_numbers(pd.DatetimeIndex(["2018-11-04"]))
    assert clock.instants(clock.day_starts(day, zone), zone)[0].hour == 1


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_the_stored_resolution_of_times_does_not_matter(unit):
    start = pd.date_range("2026-01-01", periods=3, freq="h", tz="UTC").as_unit(unit)
    assert clock.utc_ns(start).tolist() == [1767225600 * 10**9 + n * 3600 * 10**9 for n in range(3)]


def test_weekdays_agree_with_the_calendar():
    days = np.arange(-800, 30000)
    assert (clock.weekday(days) == clock.dates(days).day_of_week).all()
