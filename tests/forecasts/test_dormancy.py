import numpy as np
import pandas as pd
import pytest

import forecasts
from forecasts import clock, dormancy
from forecasts.past import split
from tests.forecasts.histories import daily, intraday


def queue(level, *, seed=0, a_day=200.0):
    """Counts of days that follow `level`, and what their mean weekday would give."""
    come = np.random.default_rng(seed).poisson(a_day * level).astype(float)
    return come, np.full(len(come), come.mean())


def left_out(level, **given):
    spans = dormancy.spans(*queue(np.asarray(level, float), **given))
    return np.concatenate([np.arange(begin, end) for begin, end in [*spans, (0, 0)]])


def test_a_month_with_a_hundredth_of_the_contacts_is_left_out():
    level = np.ones(120)
    level[60:90] = 0.01
    for seed in range(20):
        assert left_out(level, seed=seed).tolist() == list(range(60, 90))


@pytest.mark.parametrize("days", [15, 60, 184])
def test_a_closure_is_left_out_from_the_first_day_after_it(days):
    level = np.ones(60 + days + 1)
    level[60 : 60 + days] = 0.0
    assert left_out(level).tolist() == list(range(60, 60 + days))


@pytest.mark.parametrize("spike", [70, 95], ids=["before", "after"])
def test_a_spike_beside_it_hides_no_closure(spike):
    level = np.ones(200)
    level[[spike, spike + 1]] = 6.0
    level[75:95] = 0.0
    assert left_out(level).tolist() == list(range(75, 95))


def test_everything_before_a_launch_is_left_out():
    level = np.concatenate([np.full(300, 0.01), np.ones(10)])
    assert left_out(level).tolist() == list(range(300))
    ramp = np.concatenate([np.full(300, 0.01), np.linspace(0.01, 1, 60), np.ones(20)])
    assert set(range(300)) <= set(left_out(ramp)) <= set(range(305))


def test_a_pilot_of_a_thousandth_is_told_from_its_launch_after_five_days():
    level = np.concatenate([np.full(300, 0.001), np.ones(5)])
    assert left_out(level, a_day=30_000.0).tolist() == list(range(300))


def test_four_days_after_a_first_sign_of_life_nothing_is_left_out():
    assert not len(left_out(np.concatenate([np.full(300, 0.01), np.ones(4)])))


@pytest.mark.parametrize("after", [0, 3, 5, 6, 7, 20])
def test_a_week_at_thirty_times_is_no_launch(after):
    level = np.concatenate([np.ones(300), np.full(7, 30.0), np.ones(after)])
    assert not len(left_out(level, a_day=20.0))


def test_a_queue_that_is_quiet_now_is_taken_as_it_is():
    assert not len(left_out(np.concatenate([np.ones(100), np.full(60, 0.01)])))


def test_two_weeks_are_too_few_and_half_a_year_is_a_season():
    for days in (14, 185):
        level = np.ones(400)
        level[100 : 100 + days] = 0.01
        assert not len(left_out(level))


def test_a_season_that_fades_is_kept():
    year = np.arange(365)
    level = np.exp(-(((year - 180) / 40.0) ** 2)) + 0.01
    assert not len(left_out(np.tile(level, 3)[100:]))


def test_the_same_weeks_of_two_years_are_left_out_too():
    level = np.ones(800)
    level[100:131] = level[465:490] = 0.0
    assert left_out(level).tolist() == [*range(100, 131), *range(465, 490)]


@pytest.mark.parametrize("share", [0.0, 0.01])
@pytest.mark.parametrize("days", [15, 60, 120, 250])
def test_silence_that_goes_on_is_forecast_to_go_on(days, share):
    table = daily(days=400)
    table.loc[table.index[400 - days :], "offered"] *= share
    made = forecasts.forecast(table.round({"offered": 0}), freq="D", horizon=28, model="profile")
    usual = daily(days=428)["offered"].to_numpy()[-28:].sum()
    assert made.frame["volume"].sum() < 0.05 * usual
    assert any("next to nothing came since" in note for note in made.notes)


def test_hours_are_not_learned_from_weeks_of_silence():
    table = intraday(days=140)
    opened = forecasts.coverage.cover(*split(table, clock.interval_of("30min"))).open_week
    quiet = table["start"].between("2026-04-20", "2026-05-18")  # the last of 20 weeks is as usual
    thin = np.random.default_rng(0).binomial(table["offered"].astype(int), 0.01)
    table["offered"] = table["offered"].where(~quiet, thin)
    for rows in (table, table[table["offered"] > 0].reset_index(drop=True)):
        made = forecasts.coverage.cover(*split(rows, clock.interval_of("30min"))).open_week
        assert (made == opened).mean() > 0.99


def test_one_huge_day_does_not_make_the_others_dormant():
    level = np.ones(200)
    level[150] = 1000.0
    assert not len(left_out(level))


def test_a_queue_of_few_contacts_has_no_dormant_weeks():
    for seed in range(50):
        assert not len(left_out(np.ones(400), seed=seed, a_day=0.3))


def test_days_of_which_nothing_is_known_are_neither():
    come, expected = queue(np.ones(120))
    come[60:90], expected[60:90] = 0.0, 0.0
    assert dormancy.spans(come, expected) == []
    come[50:60] = 0.0  # ten days of zeros before thirty unknown ones
    assert dormancy.spans(come, expected) == []
    assert dormancy.spans(np.zeros(30), np.zeros(30)) == []
    assert dormancy.spans(np.zeros(0), np.zeros(0)) == []


@pytest.mark.parametrize("after", [3, 7, 21])
@pytest.mark.parametrize("share", [0.0, 0.01])
@pytest.mark.parametrize("days", [150, 450])
def test_a_queue_that_came_back_is_forecast_at_its_old_level(days, share, after):
    table = daily(days=days)
    closed = slice(days - after - 30, days - after)
    table.loc[table.index[closed], "offered"] *= share
    table["offered"] = table["offered"].round()
    made = forecasts.forecast(table, freq="D", horizon=28)
    usual = daily(days=days + 28)["offered"].to_numpy()[-28:].sum()
    assert made.frame["volume"].sum() == pytest.approx(usual, rel=0.05)
    log = forecasts.clean(table, "D").log
    assert log["what"].tolist() == ["outage"]
    begin = table["start"].iloc[closed.start]
    assert log["start"].tolist() == [begin]
    assert log["end"].tolist() == [begin + pd.Timedelta(days=30)]
    assert ("no contact" in log["why"][0]) == (share == 0)


def test_holidays_and_events_of_a_closure_are_left_out_with_it():
    table = daily(days=200)
    table.loc[table.index[150:180], "offered"] = 0.0
    promotion = pd.DataFrame({
        "start": table["start"].iloc[[20, 90, 160, 205 - 10]].dt.date.astype(str).to_list(),
        "end": table["start"].iloc[[25, 95, 165, 199]].dt.date.astype(str).to_list(),
        "name": "promotion",
    })  # fmt: skip
    given = {"freq": "D", "horizon": 14, "events": promotion}
    made = forecasts.forecast(table, **given).frame["volume"].sum()
    usual = daily(days=214)["offered"].to_numpy()[-14:].sum()
    assert made == pytest.approx(usual, rel=0.05)
