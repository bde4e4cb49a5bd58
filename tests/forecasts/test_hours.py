import numpy as np
import pandas as pd
import pytest

from forecasts import BadInput, clock
from forecasts.hours import on_days, week_of

HALF_HOUR = clock.interval_of("30min")


def test_hours_may_have_a_midday_break_and_be_a_frame_by_queue():
    frame = pd.DataFrame({
        "queue": ["voice", "voice", "chat"], "weekday": [0, 0, 1],
        "open": ["08:00", "13:00", "00:00"], "close": ["12:00", "24:00", "24:00"],
    })  # fmt: skip
    week = week_of(frame, "voice", HALF_HOUR)
    assert week[0].sum() == 8 + 22
    assert not week[1:].any()
    assert (
        week_of({0: [("08:00", "12:00"), ("13:00", "24:00")]}, "x", HALF_HOUR)[0].tolist()
        == week[0].tolist()
    )


@pytest.mark.parametrize(
    ("hours", "what"),
    [
        ({7: ("08:00", "12:00")}, "weekday is 0"),
        ({0: ("12:00", "08:00")}, "not before close"),
        ({0: ("8am", "12:00")}, "expected 'HH:MM'"),
        ({0: "08:00-12:00"}, r"expected \(open, close\)"),
        ({}, "no opening hours"),
        (pd.DataFrame({"weekday": [0]}), "missing columns"),
        ([("08:00", "12:00")], "expected a DataFrame"),
    ],
)
def test_hours_that_cannot_be_read_are_refused(hours, what):
    with pytest.raises(BadInput, match=what):
        week_of(hours, "voice", HALF_HOUR)


def test_an_interval_that_is_open_in_part_is_open():
    assert week_of({0: ("08:15", "09:10")}, "x", HALF_HOUR)[0, 15:20].tolist() == [
        False, True, True, True, False,
    ]  # fmt: skip


def test_hours_that_changed_hold_from_their_date_on():
    days = np.arange(
        clock.day_numbers(["2026-01-05"])[0], clock.day_numbers(["2026-03-02"])[0]
    )  # eight weeks from a Monday
    frame = pd.DataFrame({
        "since": ["2026-01-01"] * 5 + ["2026-02-02"] * 6, "weekday": [*range(5), *range(6)],
        "open": ["09:00"] * 5 + ["08:00"] * 6, "close": ["17:00"] * 5 + ["20:00"] * 6,
    })  # fmt: skip
    given = week_of(frame, "voice", HALF_HOUR)
    after, by_day = on_days(given, days)
    assert by_day[:28].sum() == 4 * 5 * 16
    assert by_day[28:].sum() == 4 * 6 * 24
    assert after.sum() == 6 * 24
    assert on_days(given, days[:28])[0].sum() == 6 * 24  # the new week begins the day after


@pytest.mark.parametrize("since", ["soon", None])
def test_a_since_that_is_no_date_is_refused(since):
    frame = pd.DataFrame({"since": [since], "weekday": [0], "open": ["09:00"], "close": ["12:00"]})
    with pytest.raises(BadInput, match="since"):
        week_of(frame, "voice", HALF_HOUR)
