import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import outliers

WEEK = np.array([1.2, 1.0, 0.95, 0.95, 1.0, 0.5, 0.4])
NEAR = 0.25  # relative error of "usual" that a handful of Poisson neighbours allow


def counts(a_day=1000.0, *, days=84, per_day=24, seed=0, sd=0.05):
    """Weekday x bell, each day scaled by a random factor, and Poisson noise."""
    rng = np.random.default_rng(seed)
    hour = np.arange(per_day) * 24 / per_day
    bell = np.where((hour >= 8) & (hour < 20), np.sin(np.pi * (hour - 8) / 12) + 0.2, 0.02)
    if per_day == 1:
        bell = np.ones(1)
    level = a_day * WEEK[np.arange(days) % 7] * np.exp(sd * rng.standard_normal(days))
    mean = level[:, None] * (bell / bell.sum())
    return rng.poisson(mean).astype(float), mean


def found(offered, *, special=None, judged=True):
    days = np.arange(len(offered)) + 20000
    if special is None and judged:
        special = np.zeros(len(days), bool)
    return outliers.find(offered, np.ones(offered.shape), days, special=special)


def cells(got):
    return set(zip(*(part.tolist() for part in got.at), strict=True))


@pytest.mark.parametrize("per_day", [1, 24, 48, 288])
@pytest.mark.parametrize("a_day", [30.0, 1000.0, 1e5])
def test_ordinary_noise_has_no_outliers(per_day, a_day):
    for seed in range(6):
        got = found(counts(a_day, per_day=per_day, seed=seed)[0])
        assert not len(got.days)
        assert not cells(got)


def test_a_tenfold_interval_is_found_with_what_is_usual():
    offered, mean = counts()
    offered[40, 14] *= 10
    got = found(offered)
    assert cells(got) == {(40, 14)}
    assert got.at_usual[0] == pytest.approx(mean[40, 14], rel=NEAR)


def test_a_tenfold_day_is_found_with_what_is_usual():
    offered, mean = counts()
    offered[40] *= 10
    got = found(offered)
    assert got.days.tolist() == [40]
    assert got.days_usual[0] == pytest.approx(mean[40].sum(), rel=NEAR)


def test_without_a_calendar_whole_days_are_not_judged():
    offered = counts()[0]
    offered[40] *= 10
    assert not len(found(offered, judged=False).days)


def test_a_special_day_is_never_an_outlier():
    offered = counts()[0]
    offered[40] *= 10
    offered[40, 14] *= 10
    got = found(offered, special=np.arange(84) == 40)
    assert not len(got.days)
    assert not cells(got)


def test_a_busy_day_is_not_an_outlier_in_any_interval():
    offered, mean = counts()
    offered[40] = np.random.default_rng(5).poisson(1.5 * mean[40])
    assert not len(found(offered).days)
    assert not cells(found(offered))
    offered[40] = np.random.default_rng(5).poisson(2.5 * mean[40])
    assert found(offered).days.tolist() == [40]
    assert not cells(found(offered))


def test_what_lasts_is_how_things_are():
    offered, mean = counts()
    offered[40:] = np.random.default_rng(5).poisson(6 * mean[40:])
    got = found(offered)
    assert not len(got.days)
    assert not cells(got)


def test_new_evening_hours_are_not_spikes():
    offered = counts(days=420)[0]
    offered[:390, 18:] = 0
    assert not cells(found(offered))


def test_a_day_that_recurs_every_month_is_not_an_outlier():
    offered = counts(days=200)[0]
    dates = (np.arange(200) + 20000).astype("datetime64[D]")
    first = (dates - dates.astype("datetime64[M]")).astype(int) == 4
    offered[first] *= 5
    assert not len(found(offered).days)


def test_a_day_that_recurs_after_a_year_is_not_an_outlier():
    offered = counts(days=500)[0]
    offered[[60, 60 + 365]] *= 5
    assert not len(found(offered).days)
    offered[60] /= 5
    assert found(offered).days.tolist() == [60 + 365]


def test_daily_totals_cut_at_noon_on_the_last_day_are_found():
    offered, mean = counts(per_day=1)
    offered[-1] *= 0.4
    got = found(offered)
    assert got.days.tolist() == [83]
    assert got.days_usual[0] == pytest.approx(mean[83, 0], rel=NEAR)


def test_the_same_drop_within_the_history_may_be_genuine():
    offered = counts(per_day=1)[0]
    offered[60] *= 0.4
    assert not len(found(offered).days)


def test_the_wild_days_of_a_short_history_do_not_hide_each_other():
    offered, mean = counts(days=28, per_day=1)
    offered[[8, 17]] *= 20
    got = found(offered)
    assert got.days.tolist() == [8, 17]
    np.testing.assert_allclose(got.days_usual, mean[[8, 17], 0], rtol=NEAR)


@settings(max_examples=60, deadline=None)
@given(
    day=st.integers(0, 83), hour=st.integers(9, 18), factor=st.floats(5.0, 1e6),
    a_day=st.floats(300.0, 1e5), seed=st.integers(0, 99),
)  # fmt: skip
def test_a_spike_is_found_wherever_it_stands(day, hour, factor, a_day, seed):
    offered, mean = counts(a_day, seed=seed)
    offered[day, hour] = np.ceil(mean[day, hour] * factor + 30)
    got = found(offered)
    assert (day, hour) in cells(got) or day in got.days
    assert len(cells(got)) <= 1
