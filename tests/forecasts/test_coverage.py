import re

import numpy as np
import pandas as pd
import pytest

import forecasts
from forecasts import BadInput, classify, clock, coverage
from forecasts.hours import week_of
from forecasts.past import split
from tests.forecasts.histories import daily, intraday

HALF_HOUR = clock.interval_of("30min")


def at(found, when):
    return found.loc[found["start"] == pd.Timestamp(when, tz=found["start"].dt.tz), "status"].item()


def without(table, *, day=None, hours=None):
    keep = np.ones(len(table), bool)
    if day is not None:
        keep &= table["start"].dt.strftime("%Y-%m-%d") != day
    if hours is not None:
        keep &= ~table["start"].dt.hour.isin(hours)
    return table[keep].reset_index(drop=True)


def open_week(table, **given):
    [past] = split(table, HALF_HOUR)
    return coverage.cover(past, **given).open_week


def test_the_four_statuses_are_kept_apart():
    table = intraday(a_day=2000)
    gone = pd.Timestamp("2026-01-20 10:30", tz="UTC")
    table = table[table["start"] != gone].reset_index(drop=True)
    table.loc[table["start"] == pd.Timestamp("2026-01-21 11:00", tz="UTC"), "offered"] = 0.0
    found = classify(table, "30min")
    assert at(found, "2026-01-20 10:00") == "open"
    assert at(found, "2026-01-20 10:30") == "missing"
    assert at(found, "2026-01-21 11:00") == "zero"
    assert at(found, "2026-01-21 03:00") == "closed"


def test_every_interval_of_the_span_is_listed_once():
    table = intraday(tz="America/New_York", first="2026-02-16", days=42)
    found = classify(table, "30min")
    span = pd.date_range(table["start"].iloc[0], table["start"].iloc[-1], freq="30min")
    assert found["start"].tolist() == span.tolist()
    assert set(found["status"]) <= {"open", "closed", "missing", "zero"}


def test_offered_is_kept_and_unknown_is_nan():
    table = without(intraday(), day="2026-01-20")
    found = classify(table, "30min")
    assert found["offered"].sum() == table["offered"].sum()
    assert found.loc[found["status"] == "missing", "offered"].isna().all()


def test_a_lost_day_is_missing_and_its_night_closed():
    found = classify(without(intraday(), day="2026-01-20"), "30min")
    lost = found[found["start"].dt.strftime("%Y-%m-%d") == "2026-01-20"]
    assert lost["status"].value_counts().to_dict() == {"missing": 24, "closed": 24}


def test_an_idle_holiday_is_closed():
    table = without(intraday(), day="2026-01-20")
    found = classify(table, "30min", holidays=pd.DatetimeIndex(["2026-01-20"]))
    lost = found[found["start"].dt.strftime("%Y-%m-%d") == "2026-01-20"]
    assert set(lost["status"]) == {"closed"}


def test_a_worked_holiday_is_open():
    found = classify(intraday(), "30min", holidays=pd.DatetimeIndex(["2026-01-20"]))
    worked = found[found["start"].dt.strftime("%Y-%m-%d") == "2026-01-20"]
    assert (worked["status"] == "open").sum() == 24


def test_hours_are_inferred_from_rows():
    expected = np.zeros((7, 48), bool)
    expected[:, 16:40] = True
    np.testing.assert_array_equal(open_week(intraday()), expected)


def test_rows_of_zeros_outside_hours_are_closed():
    expected = np.zeros((7, 48), bool)
    expected[:, 16:40] = True
    np.testing.assert_array_equal(open_week(intraday(closed_rows=True, a_day=2000)), expected)


def test_a_quiet_night_with_few_contacts_stays_open():
    start = pd.date_range("2026-01-05", periods=48 * 56, freq="30min", tz="UTC")
    offered = np.random.default_rng(2).poisson(0.15, len(start)).astype(float)
    table = pd.DataFrame({"queue": "night", "start": start, "offered": offered})
    assert open_week(table).all()


def test_an_export_that_leaves_out_zeros_gets_them_back():
    start = pd.date_range("2026-01-05", periods=48 * 56, freq="30min", tz="UTC")
    offered = np.random.default_rng(2).poisson(1.0, len(start)).astype(float)
    table = pd.DataFrame({"queue": "q", "start": start, "offered": offered})
    found = classify(table[table["offered"] > 0], "30min")
    # Up to chance an interval of the week can look closed; of 336 next to none do.
    assert (found["status"] == "zero").sum() > 0.95 * (offered == 0).sum()
    assert not (found["status"] == "missing").any()


def test_a_closed_weekday_is_closed():
    table = intraday()
    table = table[table["start"].dt.day_of_week < 5].reset_index(drop=True)
    assert open_week(table).any(axis=1).tolist() == [True] * 5 + [False] * 2


def test_a_stray_saturday_does_not_open_saturdays():
    table = intraday()
    saturday = table["start"].dt.strftime("%Y-%m-%d") == "2026-01-24"
    table = table[(table["start"].dt.day_of_week < 5) | saturday].reset_index(drop=True)
    assert not open_week(table)[5].any()


def test_new_hours_are_expected_to_stay():
    table = intraday(days=140)
    late = table["start"].dt.hour >= 18
    old = table["start"] < pd.Timestamp("2026-03-16", tz="UTC")
    table = table[~(late & old)].reset_index(drop=True)
    assert open_week(table)[0, 36:40].all()
    found = classify(table, "30min")
    assert at(found, "2026-01-20 19:00") == "closed"


def test_given_hours_win_over_the_rows():
    hours = dict.fromkeys(range(5), ("09:00", "12:00"))
    week = week_of(hours, "voice", HALF_HOUR)
    expected = np.zeros((7, 48), bool)
    expected[:5, 18:24] = True
    np.testing.assert_array_equal(open_week(intraday(), hours=week), expected)


def test_hours_that_miss_every_contact_are_refused():
    with pytest.raises(BadInput, match="all contacts of queue 'voice' lie outside"):
        classify(intraday(), "30min", hours=dict.fromkeys(range(7), ("00:00", "06:00")))


def test_daily_weekend_zeros_are_closed_and_one_holiday_zero_is_not():
    table = daily(days=84)
    weekend = table["start"].dt.day_of_week >= 5
    table.loc[weekend, "offered"] = 0.0
    table.loc[21, "offered"] = 0.0
    found = classify(table, "D")
    assert (found.loc[weekend.to_numpy(), "status"] == "closed").all()
    assert found["status"].iloc[21] == "zero"


def test_queues_are_judged_apart():
    both = pd.concat([intraday(queue="a"), without(intraday(queue="b"), hours=[8, 9])])
    found = classify(both, "30min")
    monday = found[found["start"] == pd.Timestamp("2026-01-19 08:30", tz="UTC")]
    assert monday.set_index("queue")["status"].to_dict() == {"a": "open", "b": "closed"}


def left_out(table, rows):
    return table[~rows].reset_index(drop=True)


def written_as_zero(table, rows):
    return table.assign(offered=table["offered"].where(~rows, 0.0))


@pytest.mark.parametrize("closing", [left_out, written_as_zero])
@pytest.mark.parametrize("weeks", [2, 3, 5])
def test_new_hours_are_believed_after_three_weeks(weeks, closing):
    table = intraday(days=98)
    late = table["start"].dt.hour >= 18
    old = table["start"] < table["start"].iloc[-1].normalize() - pd.Timedelta(days=7 * weeks - 1)
    later = closing(table, late & old)
    assert open_week(later)[:, 36:40].all() == (weeks >= 3)
    earlier = closing(table, late & ~old)
    # Rows left out, the history now ends before the evening of its last Sunday.
    assert open_week(earlier)[:6, 36:40].any() == (weeks < 3)
    assert open_week(earlier)[:, 16:36].all()


@pytest.mark.parametrize("closing", [left_out, written_as_zero])
def test_saturdays_given_up_are_closed_from_then_on(closing):
    table = intraday(days=98)
    saturday = table["start"].dt.day_of_week == 5
    given_up = closing(table, saturday & (table["start"] >= pd.Timestamp("2026-03-08", tz="UTC")))
    found = classify(given_up, "30min")
    assert at(found, "2026-03-07 12:00") == "open"
    assert at(found, "2026-03-28 12:00") == "closed"
    assert not open_week(given_up)[5].any()
    [note] = forecasts.forecast(given_up, freq="30min", horizon=48).notes
    assert re.search(r"on Saturday that held 5\.\d% of the contacts are forecast as closed", note)


@pytest.mark.parametrize("weeks", [2, 3, 4])
def test_a_weekday_opened_three_weeks_ago_stays_open(weeks):
    table = intraday(days=140)  # to Sunday 24 May
    late = pd.Timestamp("2026-05-25", tz="UTC") - pd.Timedelta(days=7 * weeks)
    closed = (table["start"].dt.day_of_week == 5) & (table["start"] < late)
    for closing in (left_out, written_as_zero):
        assert open_week(closing(table, closed))[5].any() == (weeks >= 3)


def test_holidays_on_mondays_do_not_hide_that_mondays_are_given_up():
    table = intraday(days=210)
    mondays = np.flatnonzero(table["start"].dt.day_of_week == 0)
    days = np.unique(table["start"].dt.normalize().iloc[mondays])
    for closing in (left_out, written_as_zero):
        shut = table["start"].dt.normalize().isin([*days[[5, 13, 20]], *days[-3:]])
        assert not open_week(closing(table, shut))[0].any()


@pytest.mark.parametrize("ago", [1, 3, 5])
def test_a_wrong_number_on_a_closed_saturday_opens_none(ago):
    table = daily(days=140)
    saturdays = np.flatnonzero(table["start"].dt.day_of_week == 5)
    table.loc[saturdays[-8:], "offered"] = 0.0
    table.loc[saturdays[-ago], "offered"] = 2.0
    made = forecasts.forecast(table, freq="D", horizon=14).frame
    assert (made.loc[made["start"].dt.day_of_week == 5, "volume"] == 0).all()


def test_hours_that_were_given_are_not_told_as_inferred():
    table = intraday(days=70)
    given = dict.fromkeys(range(5), ("08:00", "20:00"))
    made = forecasts.forecast(table, freq="30min", horizon=48, hours=given)
    assert made.notes == ()
    assert made.frame["volume"].sum() > 0


def test_a_summer_without_saturdays_is_closed_and_over():
    table = intraday(days=140)
    saturday = table["start"].dt.day_of_week == 5
    summer = table["start"].between("2026-02-14", "2026-04-12")
    found = classify(written_as_zero(table, saturday & summer), "30min").set_index("start")
    noon = found[found.index.hour == 12]["status"]
    assert set(noon[saturday_of(noon) & summer_of(noon)]) == {"closed"}
    assert set(noon[~(saturday_of(noon) & summer_of(noon))]) == {"open"}
    assert open_week(written_as_zero(table, saturday & summer))[5].any()


def saturday_of(table):
    return table.index.day_of_week == 5


def summer_of(table):
    return (table.index >= "2026-02-14") & (table.index < "2026-04-12")


def test_zeros_that_chance_writes_close_nothing():
    for seed in range(10):
        for mean in (0.05, 0.5, 2.0):
            table = intraday(days=364)
            counts = np.random.default_rng(seed).poisson(mean, len(table)).astype(float)
            made = open_week(table.assign(offered=counts))
            np.testing.assert_array_equal(made, open_week(table))


@pytest.mark.parametrize("closing", [left_out, written_as_zero])
@pytest.mark.parametrize("end", ["2026-04-01", "2026-05-10", "2026-05-17"])
def test_months_of_silence_close_nothing(end, closing):
    table = intraday(days=140)  # to Sunday 24 May
    silent = table["start"].between("2026-03-01", end)
    made = open_week(closing(table, silent))
    np.testing.assert_array_equal(made, open_week(table))


def test_hours_given_by_date_are_applied_by_date():
    table = intraday()
    hours = pd.DataFrame({
        "since": ["2026-01-05"] * 7 + ["2026-02-02"] * 7, "weekday": [*range(7)] * 2,
        "open": "08:00", "close": ["20:00"] * 7 + ["12:00"] * 7,
    })  # fmt: skip
    found = classify(table, "30min", hours=hours)
    assert at(found, "2026-02-01 15:00") != "closed"
    assert at(found, "2026-02-02 15:00") == "closed"
    assert at(found, "2026-02-02 11:30") != "closed"


def test_full_rows_are_read_as_rows_with_one_missing_are():
    # The short cut for a history without gaps must not change what hours it shows.
    table = intraday(closed_rows=True, a_day=2000)
    np.testing.assert_array_equal(open_week(table), open_week(table.drop(index=700)))
