import numpy as np
import pandas as pd
import pytest

from forecasts import clock, daytypes


def span(first, last):
    return np.arange(
        clock.day_numbers(pd.DatetimeIndex([first]))[0],
        clock.day_numbers(pd.DatetimeIndex([last]))[0] + 1,
    )


def number(date):
    return int(clock.day_numbers(pd.DatetimeIndex([date]))[0])


def named(**dates):
    return pd.Series({number(date.replace("_", "-")[1:]): name for date, name in dates.items()})


def closure(holidays, idle_dates, coming, *, first="2025-01-01", last="2025-12-31"):
    days = span(first, last)
    idle = np.isin(days, [number(date) for date in idle_dates])
    working = clock.weekday(days) < 5
    ahead = np.array([number(date) for date in coming])
    names = daytypes.Names.of(holidays.reindex(np.concatenate([days, ahead])))
    return daytypes.expect_closed(idle, names, working=working).tolist()


def test_a_holiday_that_was_closed_is_expected_to_be_closed():
    holidays = named(_2025_07_04="Fourth", _2026_07_03="Fourth", _2025_10_13="Columbus",
                     _2026_10_12="Columbus")  # fmt: skip
    found = closure(holidays, ["2025-07-04"], ["2026-07-03", "2026-10-12", "2026-10-13"])
    assert found == [True, False, False]


def test_a_new_holiday_stays_open_until_many_closed_ones_are_known():
    few = named(_2025_07_04="a", _2025_05_26="b", _2025_09_01="c", _2026_10_12="new")
    idle = ["2025-07-04", "2025-05-26", "2025-09-01"]
    assert closure(few, idle, ["2026-10-12"]) == [False]
    dates = [
        f"2025-{month:02d}-{day:02d}"
        for month, day in [
            (1, 1),
            (1, 20),
            (2, 17),
            (5, 26),
            (6, 19),
            (7, 4),
            (9, 1),
            (11, 27),
            (12, 25),
        ]
    ]
    many = pd.Series({number(date): date for date in [*dates, "2026-10-12"]})
    assert closure(many, dates, ["2026-10-12"]) == [True]


def test_without_past_holidays_none_is_expected_closed():
    assert closure(named(_2026_07_03="Fourth"), ["2025-03-05"], ["2026-07-03"]) == [False]


WEEKEND = np.arange(7) >= 5


def effects(days, **given):
    usual = {"past": 0, "working": ~WEEKEND, "events": {}, "closed": np.zeros(len(days), bool),
             "names": daytypes.Names.of([None] * len(days))}  # fmt: skip
    return daytypes.effects(days, **(usual | given))


def marked(days, found, column):
    return clock.dates(days[found.dense()[:, column] > 0]).strftime("%m-%d").tolist()


def test_the_open_day_after_a_closed_holiday_is_marked_and_the_one_before():
    days = span("2026-05-18", "2026-05-31")
    memorial = daytypes.Names.of(named(_2026_05_25="Memorial Day").reindex(days))
    found = effects(days, closed=days == number("2026-05-25"), names=memorial)
    assert marked(days, found, daytypes.AFTER) == ["05-26"]
    assert marked(days, found, daytypes.BEFORE) == ["05-22"]


def near(days, found):
    first = len(found.sd) - 3  # neither events nor a year behind them
    return [marked(days, found, first + at) for at in range(3)]


def test_the_second_and_third_open_day_after_a_holiday_are_marked_and_the_second_before():
    days = span("2026-05-18", "2026-06-05")
    memorial = daytypes.Names.of(named(_2026_05_25="Memorial Day").reindex(days))
    found = effects(days, closed=days == number("2026-05-25"), names=memorial)
    assert near(days, found) == [["05-27"], ["05-28"], ["05-21"]]


def test_a_holiday_soon_after_another_starts_the_count_of_open_days_anew():
    days = span("2026-05-18", "2026-06-05")
    both = daytypes.Names.of(named(_2026_05_25="one", _2026_05_27="two").reindex(days))
    found = effects(days, names=both)
    assert near(days, found) == [["05-29"], ["06-01"], ["05-21"]]


def test_an_unannounced_closure_has_a_day_after_but_none_before():
    days = span("2026-05-18", "2026-05-31")
    found = effects(days, closed=days == number("2026-05-27"))
    assert marked(days, found, daytypes.AFTER) == ["05-28"]
    assert marked(days, found, daytypes.BEFORE) == []


def test_the_day_after_a_holiday_is_measured_against_the_busiest_weekday():
    days = span("2026-05-18", "2026-05-31")
    closed = days == number("2026-05-26")
    usual = np.log([1.5, 1.0, 1.0, 1.0, 1.0, 0.3, 0.2])
    found = effects(days, closed=closed).with_usual(usual, ~WEEKEND).dense()
    wednesday = days == number("2026-05-27")
    assert found[wednesday, daytypes.BUSIEST] == pytest.approx(np.log(1.5))


def test_the_turn_of_the_month_counts_open_days_only():
    days = span("2026-01-01", "2026-03-31")
    found = effects(days)
    first = daytypes.BUSIEST + 1
    assert [marked(days, found, first + nth) for nth in range(4)] == [
        ["01-01", "02-02", "03-02"], ["01-02", "02-03", "03-03"],
        ["01-05", "02-04", "03-04"], ["01-30", "02-27", "03-31"]]  # fmt: skip


def test_a_month_seen_in_part_has_no_first_and_no_last_day():
    found = effects(span("2026-01-10", "2026-03-20"), working=~np.zeros(7, bool)).dense()
    first = daytypes.BUSIEST + 1
    assert found[:, first : first + 4].sum(axis=0).tolist() == [2, 2, 2, 2]


def test_days_of_the_month_need_two_months_and_the_year_more_than_one_year():
    days = span("2024-01-01", "2026-03-20")
    columns = [len(effects(days, past=past).sd) for past in (59, 60, 399, 400)]
    bumps = len(daytypes.BUMPS) + len(daytypes.LAST_BUMPS)
    assert columns[1] - columns[0] == bumps
    assert columns[2] == columns[1]
    assert columns[3] - columns[2] == 2 * daytypes.YEARLY_PAIRS[-1]


def test_usual_weekdays_are_logs_of_relative_totals():
    weekday = np.arange(14) % 7
    totals = np.where(weekday < 5, 200.0, 50.0)
    usual = daytypes.usual_weekdays(totals, np.ones(14), weekday)
    assert usual[0] - usual[6] == pytest.approx(np.log(4.0))


def test_an_unseen_weekday_is_usual():
    weekday = np.arange(14) % 7
    totals = np.where(weekday < 5, 200.0, 0.0)
    covered = (weekday < 5).astype(float)
    assert daytypes.usual_weekdays(totals, covered, weekday).tolist() == [0.0] * 7
