import numpy as np
import pandas as pd
import pytest

from forecasts import classify, coverage_calendar
from tests.forecasts.histories import daily, intraday, real, table

STATUSES = ["open", "closed", "missing", "zero"]
COUNTS = [*STATUSES, "outage", "outlier"]
ZONE = "America/New_York"


def on(calendar, day):
    return calendar[calendar["day"] == day].iloc[0]


@pytest.mark.parametrize(
    ("first", "day", "count"), [("2026-02-16", "2026-03-08", 46), ("2026-10-12", "2026-11-01", 50)]
)
def test_every_interval_of_a_day_counts_once_whatever_the_clock_does(first, day, count):
    made = intraday(first=first, days=42, tz=ZONE, closed_rows=True)
    found = coverage_calendar(made, "30min")
    assert len(found) == 42
    whole = found.set_index("day")[COUNTS].sum(axis=1)
    assert whole[day] == count
    assert (whole.drop(pd.Timestamp(day)) == 48).all()


def test_a_clean_history_counts_as_it_is_classified():
    made = intraday(a_day=2000)
    made = made.drop(index=[100, 101, 300]).reset_index(drop=True)
    found = coverage_calendar(made, "30min")
    status = classify(made, "30min")
    assert found[STATUSES].sum().to_dict() == {
        name: int((status["status"] == name).sum()) for name in STATUSES
    }
    assert found[["outage", "outlier"]].sum().sum() == 0


def test_a_lost_afternoon_a_lost_day_and_a_spike_stand_in_their_days():
    made = intraday(a_day=2000, days=70)
    day = made["start"].dt.strftime("%m-%d")
    made.loc[(day == "01-20") & (made["start"].dt.hour >= 14), "offered"] = 0
    made.loc[made.index[day == "01-22"][8], "offered"] *= 10
    found = coverage_calendar(made[day != "01-28"], "30min")
    assert on(found, "2026-01-20")[COUNTS].tolist() == [12, 24, 0, 0, 12, 0]
    assert on(found, "2026-01-22")[COUNTS].tolist() == [23, 24, 0, 0, 0, 1]
    assert on(found, "2026-01-28")[COUNTS].tolist() == [0, 24, 24, 0, 0, 0]


def test_an_export_cut_at_noon_ends_there_and_padded_with_zeros_it_is_lost():
    made = intraday(a_day=2000)
    cut = made["start"].dt.strftime("%m-%d %H:%M") >= "03-01 12:00"
    gone = coverage_calendar(made[~cut], "30min").iloc[-1]
    assert gone[COUNTS].tolist() == [8, 16, 0, 0, 0, 0]
    padded = made.assign(offered=np.where(cut, 0.0, made["offered"]))
    lost = coverage_calendar(padded, "30min").iloc[-1]
    assert lost[COUNTS].tolist() == [8, 16, 0, 0, 16, 0]


def test_queues_stand_one_after_the_other():
    both = pd.concat([daily(queue="b"), daily(queue="a", days=28)])
    found = coverage_calendar(both, "D")
    assert found["queue"].tolist() == ["b"] * 84 + ["a"] * 28


def test_an_idle_holiday_is_closed():
    made = daily().drop(index=30)
    day = pd.DatetimeIndex([pd.Timestamp("2026-01-05") + pd.Timedelta(days=30)])
    assert on(coverage_calendar(made, "D"), day[0])["missing"] == 1
    assert on(coverage_calendar(made, "D", holidays=day), day[0])["closed"] == 1


def test_the_two_days_the_city_line_lacks_are_missing():
    raw = pd.read_csv(real("vancouver_311_daily.csv"), parse_dates=["date"])
    found = coverage_calendar(
        table("311", raw["date"], raw["offered"], "America/Vancouver"), "D", holidays="CA-BC"
    )
    lost = found.loc[found["missing"] > 0, "day"].dt.strftime("%Y-%m-%d").tolist()
    assert lost == ["2010-03-07", "2013-03-08"]
