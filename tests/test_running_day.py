"""The running day of a plan: what counts as now, and alarms that make sense."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests.test_plan import TZ, history, scenario
from wfm import plan as planning
from wfm import running_day
from wfm.errors import BadInput

RATE = 40.0


@pytest.fixture(scope="module")
def plan():
    return planning.make_plan(scenario(people=0), history(rate=RATE))


def came(until="12:00", factor=1.0, day="2026-02-16"):
    start = pd.date_range(f"{day} 08:00", f"{day} {until}", freq="30min", inclusive="left", tz=TZ)
    draw = np.random.default_rng(4).poisson(RATE * np.broadcast_to(factor, len(start)))
    return pd.DataFrame({"queue": "voice", "start": start, "offered": draw.astype(float)})


def padded():
    """An export of the whole day made at eleven: zeros from then on."""
    table = came("18:00")
    return table.assign(offered=table["offered"].where(table["start"].dt.hour < 11, 0.0))


def test_a_day_filled_with_zeros_is_read_up_to_the_clock(plan):
    eleven = dt.datetime(2026, 2, 16, 11, 5, tzinfo=pd.Timestamp("2026-02-16", tz=TZ).tzinfo)
    today = running_day.so_far(plan, padded(), at=None, now=eleven)
    assert today.at == pd.Timestamp("2026-02-16 11:05", tz=TZ)
    day = today.days.iloc[0]
    assert day["masked"] == 0
    assert day["rest"] > 0.8 * 14 * RATE
    assert any("14 rows were not over" in note for note in today.notes)


def test_a_day_gone_by_is_read_to_its_end(plan):
    later = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    assert running_day.so_far(plan, came("18:00"), at=None, now=later).at.hour == 18


def test_a_time_of_day_alone_is_of_the_day_of_the_actuals(plan):
    today = running_day.so_far(plan, came(), at="10:00")
    assert today.at == pd.Timestamp("2026-02-16 10:00", tz=TZ)
    assert today.days["so_far"].iloc[0] == came("10:00")["offered"].sum()


def test_a_spike_is_one_alarm_and_its_end_is_none(plan):
    factor = np.r_[np.ones(4), np.full(6, 3.0), np.ones(10)]
    found = running_day.so_far(plan, came("18:00", factor), at=None).signals
    assert found["direction"].tolist()[0] == "spike"
    assert (found["direction"] == "spike").sum() == 1
    assert found["contacts"].iloc[0] > 2 * RATE
    assert (found.loc[found["direction"] == "outage", "contacts"] < 0).all()


def test_a_busy_morning_lifts_a_plan_from_a_calm_history(plan):
    today = running_day.so_far(plan, came(factor=1.6), at=None).days.iloc[0]
    assert today["factor"] > 1.3
    usual = running_day.so_far(plan, came(), at=None).days.iloc[0]
    assert abs(usual["factor"] - 1) < 0.1
    width = (today["p97_5"] - today["p2_5"]) / today["volume"]
    assert width > (usual["p97_5"] - usual["p2_5"]) / usual["volume"]


def test_actuals_without_a_queue_of_the_plan_are_refused(plan):
    with pytest.raises(BadInput, match="they have 'fax', the plan 'voice'"):
        running_day.so_far(plan, came().assign(queue="fax"), at=None)


def test_actuals_up_to_midnight_are_about_the_day_that_is_over():
    start = pd.date_range("2026-01-05", "2026-02-16", freq="30min", inclusive="left", tz=TZ)
    draw = np.random.default_rng(2)
    day_and_night = pd.DataFrame(
        {"queue": "voice", "start": start, "offered": draw.poisson(20.0, len(start)) + 1.0,
         "aht_s": 240.0}
    )  # fmt: skip
    made = planning.make_plan(scenario(people=0), day_and_night)
    monday = made.forecast["start"].dt.date == dt.date(2026, 2, 16)
    whole = made.forecast.loc[monday, ["queue", "start"]].assign(offered=20.0)
    today = running_day.so_far(made, whole, at=None)
    assert today.at == pd.Timestamp("2026-02-17 00:00", tz=TZ)
    day = today.days.iloc[0]
    assert (day["day"], day["so_far"], day["rest"]) == (pd.Timestamp("2026-02-16"), 960, 0)


def test_a_day_that_is_not_planned_names_those_that_are(plan):
    with pytest.raises(BadInput, match="no day of the forecast, which is of 2026-02-16 to 2026-"):
        running_day.so_far(plan, came(day="2026-02-12"), at=None)
