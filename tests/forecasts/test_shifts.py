import numpy as np
import pytest

from forecasts import fitted, shifts
from forecasts.daytypes import Names
from tests.forecasts.histories import WEEK

EXACT = 1e-9  # the same sums in another order
NOISE_SD = 0.05
SELDOM = 1  # of twenty random walks of 2 % a day, far faster than queues drift
LEVEL = 0.04  # two standard errors of the mean of ten days with that noise, and the effects'


def noisy(days, *, seed=0, sd=NOISE_SD):
    return 400 * np.exp(np.random.default_rng(seed).normal(0, sd, days))


def after(day, factor, days):
    return np.where(np.arange(days) >= day, factor, 1.0)


@pytest.mark.parametrize("factor", [0.5, 0.7, 1.4, 3.0])
@pytest.mark.parametrize("ago", [5, 10, 40])
def test_a_jump_that_stays_is_found_on_its_day(factor, ago):
    totals = noisy(150) * after(150 - ago, factor, 150)
    found = shifts.find(totals, np.ones(150))
    assert found.day == 150 - ago
    assert found.log_ratio == pytest.approx(np.log(factor), abs=0.1)
    assert found.undone(totals)[: found.day].mean() == pytest.approx(
        totals[found.day :].mean(), rel=0.1
    )


@pytest.mark.parametrize("seed", range(20))
def test_a_steady_queue_has_none(seed):
    assert shifts.find(noisy(200, seed=seed), np.ones(200)) is None


def test_a_level_that_drifts_is_seldom_taken_for_shifted():
    steps = np.random.default_rng(0).normal(0, 0.02, (20, 300)).cumsum(axis=1)
    taken = [
        shifts.find(noisy(300, seed=seed) * np.exp(walk), np.ones(300)) is not None
        for seed, walk in enumerate(steps)
    ]
    assert sum(taken) <= SELDOM


def test_three_days_are_too_few_to_tell():
    assert shifts.find(noisy(150) * after(147, 1.5, 150), np.ones(150)) is None


def test_a_queue_that_has_had_bursts_is_not_taken_for_shifted():
    totals = noisy(150) * after(140, 1.5, 150)
    totals[60:70] *= 1.5
    assert shifts.find(totals, np.ones(150)) is None


def test_a_young_queue_is_not_judged():
    assert shifts.find(noisy(80) * after(70, 1.5, 80), np.ones(80)) is None


def test_idle_days_do_not_count():
    unit = np.where(np.arange(210) % 7 < 5, 1.0, 0.0)
    totals = noisy(210) * after(200, 1.5, 210) * unit
    assert shifts.find(totals, unit).day in (199, 200)


def test_the_ratio_measured_again_is_that_of_means_of_logs():
    rng = np.random.default_rng(5)
    totals, unit = rng.uniform(50, 150, 140), rng.choice([0.0, 0.5, 1.0], 140)
    again = shifts.measured_again(shifts.Shift(120, 0.0, 0.01), totals, unit)
    known = np.flatnonzero(unit > 0)
    logs = np.log((totals[known] + 0.5) / unit[known])
    wanted = logs[known >= 120].mean() - logs[known < 120][-28:].mean()
    assert again.log_ratio == pytest.approx(wanted, abs=EXACT)


def ahead(totals):
    days = 20_458 + np.arange(len(totals) + 28)
    made = fitted.day_model(
        totals, np.ones(len(totals)), days, working=np.ones(7, bool),
        names=Names.of(np.full(len(days), None, object)), events={},
    )  # fmt: skip
    return made, made.effects.effect[-28:] * made.level.at(np.arange(1, 29))


@pytest.mark.parametrize("factor", [0.6, 1.5])
def test_ten_days_after_a_jump_the_forecast_is_on_the_new_level(factor):
    week = np.tile(WEEK / WEEK.mean(), 24)
    totals = np.round(noisy(140) * week[:140] * after(130, factor, 140))
    steady, before = ahead(np.round(noisy(140) * week[:140]))
    made, now = ahead(totals)
    assert steady.shift is None
    assert now.sum() / before.sum() == pytest.approx(factor, rel=LEVEL)
    assert made.level.variance_now > steady.level.variance_now
