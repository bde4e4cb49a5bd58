"""Are weekdays and holidays taken out without taking the change out?"""

import numpy as np
import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.evidence import charts
from wfm.evidence.seasonal import adjust

WEEK = np.array([0.70, 0.80, 0.82, 0.82, 0.81, 0.88, 0.90])
DAYS = pd.date_range("2026-01-05", periods=70)  # begins on a Monday


def test_every_monday_is_special_until_weekdays_are_taken_out():
    noise = np.random.default_rng(5).normal(0, 0.005, 70)
    x = np.tile(WEEK, 10) + noise
    before = charts.xmr(x, rules=("nelson5", "3sigma"))
    after = charts.xmr(adjust(x, DAYS).values, rules=("3sigma",))
    assert not charts.runs(x).signal or not before.stable
    assert after.stable
    assert after.sigma[0] < 0.15 * before.sigma[0]


def test_additive_and_ratio_by_hand():
    x = [10, 6, 6, 6, 6, 4, 4] * 2  # mean 6
    days = DAYS[:14]
    assert adjust(x, days).means[:7].tolist() == [10, 6, 6, 6, 6, 4, 4]
    assert adjust([*x[:13], 5], days, baseline=7).values[-1] == 5 - (4 - 6)
    assert adjust([*x[:13], 5], days, baseline=7, how="ratio").values[-1] == pytest.approx(7.5)


def test_factors_come_from_the_baseline_alone_so_a_change_stays_whole():
    x = np.tile(WEEK, 10) + np.where(np.arange(70) >= 35, 0.05, 0.0)
    got = adjust(x, DAYS, baseline=35).values
    assert got[:35] == pytest.approx(WEEK.mean())
    assert got[35:] == pytest.approx(WEEK.mean() + 0.05)


def test_holidays_are_apart_and_undefined_where_the_baseline_has_none():
    x = np.tile(WEEK, 10)
    x[2], x[40] = 0.3, 0.3
    both = adjust(x, DAYS, holidays=[DAYS[2], DAYS[40]])
    assert both.means[2] == pytest.approx(WEEK[2]), "the holiday left Wednesdays alone"
    assert both.values[40] == pytest.approx(both.mean)
    alone = adjust(x, DAYS, baseline=35, holidays=[DAYS[40]])
    assert np.isnan(alone.values[40])


def test_a_baseline_without_sundays_says_nothing_about_sundays():
    x = np.tile(WEEK, 2)
    open_days = ~(DAYS[:14].day_of_week == 6)
    got = adjust(x, DAYS[:14], baseline=np.asarray(open_days))
    assert np.isnan(got.values[[6, 13]]).all()


def test_later_days_scatter_wider_by_the_factor_it_names():
    got = adjust(np.zeros(70), DAYS, baseline=28)
    assert got.widen == pytest.approx(np.sqrt(1.25 / 0.75)), "seven means of four days each"
    rng, ratios = np.random.default_rng(0), []
    for _ in range(300):
        x = adjust(rng.normal(size=70), DAYS, baseline=28).values
        ratios.append((x[:28].var(), x[28:].var()))
    inside, after = np.mean(ratios, axis=0)
    assert np.sqrt(after / inside) == pytest.approx(got.widen, rel=0.03), "300 draws of 42 days"
    chart = charts.xmr(np.arange(70.0) % 2, baseline=28, widen=got.widen)
    assert chart.sigma[30] == pytest.approx(got.widen * chart.sigma[0])


def test_one_week_of_baseline_cannot_be_charted():
    with pytest.raises(BadInput, match="two weeks"):
        charts.xmr([1, 2, 3], widen=adjust(np.tile(WEEK, 2), DAYS[:14], baseline=7).widen)


def test_zones_and_times_of_day_are_cut_off():
    zoned = pd.DatetimeIndex(DAYS[:14] + pd.Timedelta("9h")).tz_localize("Asia/Shanghai")
    x = np.arange(14.0)
    assert np.array_equal(adjust(x, zoned).values, adjust(x, DAYS[:14]).values)


@pytest.mark.parametrize("bad", [
    lambda: adjust([1.0] * 7, DAYS[:6]),
    lambda: adjust([1.0] * 7, ["x"] * 7),
    lambda: adjust([1.0] * 7, DAYS[:7], how="log"),
    lambda: adjust([0.0] * 7, DAYS[:7], how="ratio"),
])  # fmt: skip
def test_what_cannot_be_adjusted_is_refused(bad):
    with pytest.raises(BadInput):
        bad()
