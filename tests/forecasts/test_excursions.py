import numpy as np
import pandas as pd
import pytest

import forecasts
from forecasts import excursions
from tests.forecasts.histories import daily

DAYS = 200
A_DAY = 1  # chance makes a day at the edge look like those beyond it


def days(level=1.0, *, seed=0, a_day=300.0):
    mean = a_day * np.broadcast_to(level, DAYS) * np.random.default_rng(seed).gamma(400, 1 / 400)
    return np.random.default_rng(seed).poisson(mean).astype(float)


def found(level, **given):
    return excursions.find(days(level, **given), np.ones(DAYS))


def strayed(begin, end, factor):
    level = np.ones(DAYS)
    level[begin:end] = factor
    return level


@pytest.mark.parametrize("factor", [0.3, 0.6, 1.5, 4.0])
@pytest.mark.parametrize(("begin", "end"), [(100, 103), (180, 193), (130, 190)])
def test_days_off_a_level_that_came_back_are_found(begin, end, factor):
    made = found(strayed(begin, end, factor))
    assert abs(made.begin - begin) <= A_DAY
    assert abs(made.end - end) <= A_DAY
    assert made.log_ratio == pytest.approx(np.log(factor), abs=0.1)


def test_nothing_is_found_in_noise_or_trends():
    t = np.arange(DAYS)
    for seed in range(50):
        assert found(1.0, seed=seed) is None
        assert found(2.0 ** (t / 365), seed=seed) is None
        assert found(1 + 0.3 * np.sin(2 * np.pi * t / 365), seed=seed) is None


@pytest.mark.parametrize("end", [196, 198, DAYS])
def test_an_excursion_that_goes_on_is_none(end):
    assert found(strayed(185, end, 2.0)) is None


def test_a_lasting_jump_is_none():
    assert found(strayed(150, DAYS, 1.6)) is None


def test_an_excursion_older_than_the_window_is_left_alone():
    assert found(strayed(60, 75, 2.0)) is None


def test_idle_days_are_passed_over():
    totals, unit = days(strayed(150, 160, 2.0)), np.ones(DAYS)
    unit[::7] = totals[::7] = 0.0
    made = excursions.find(totals, unit)
    assert (made.begin, made.end) == (150, 160)


def test_too_few_days_show_nothing():
    assert excursions.find(np.full(23, 100.0), np.ones(23)) is None
    assert excursions.find(np.zeros(0), np.zeros(0)) is None
    assert excursions.find(np.full(100, 100.0), np.zeros(100)) is None


@pytest.mark.parametrize(("factor", "ago"), [(3.0, 20), (0.2, 30)])
def test_a_forecast_does_not_carry_an_excursion_on(factor, ago):
    table = daily(days=DAYS)
    odd = slice(DAYS - ago, DAYS - ago + 7)
    table.loc[table.index[odd], "offered"] *= factor
    made = forecasts.forecast(table, freq="D", horizon=28)
    usual = daily(days=DAYS + 28)["offered"].to_numpy()[-28:].sum()
    assert made.frame["volume"].sum() == pytest.approx(usual, rel=0.03)
    assert any("these days are left out of it" in note for note in made.notes)


def test_days_of_a_registered_event_are_explained_by_it():
    table = daily(days=DAYS)
    starts = [40, 90, 170]
    for at in starts:
        table.loc[table.index[at : at + 7], "offered"] *= 2
    register = pd.DataFrame({
        "start": [table["start"].iloc[at].date().isoformat() for at in starts],
        "end": [table["start"].iloc[at + 6].date().isoformat() for at in starts],
        "name": "mailing",
    })  # fmt: skip
    made = forecasts.forecast(table, freq="D", horizon=28, events=register)
    assert made.notes == ()
