"""Do charts tell a change from noise and weekdays, with limits of the baseline alone?"""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from tests import measured
from wfm import charting
from wfm.actuals import Actuals
from wfm.errors import BadInput
from wfm.evidence.runs import runs
from wfm.flags import long_run, words

EXACT = 1e-9  # the same sums in another order
WEEK = np.array([20.0, 10.0, 0.0, -5.0, -5.0, -10.0, -10.0])


def noisy(count, *, seed=1, sd=3.0):
    return 200 + np.random.default_rng(seed).normal(0, sd, count)


def test_limits_are_mean_and_moving_range_of_the_baseline_alone():
    by_week = [200, 210, 190, 200, 205, 195, 200, 210] + [230] * 8
    start = [measured.MONDAY + pd.DateOffset(weeks=i) for i in range(16)]
    table = measured.handled(by_week).intervals.assign(start=pd.DatetimeIndex(start))
    made = charting.chart(Actuals({"interval_actuals": table}), "aht_s", every="week")
    assert made.kind == "xmr"
    assert made.frame["baseline"].sum() == 8
    moves = [10, 20, 10, 5, 10, 5, 10]
    assert made.centre == pytest.approx(np.mean(by_week[:8]), abs=EXACT)
    width = 2.66 * np.mean(moves)
    assert made.frame["upper"].to_numpy() == pytest.approx(made.centre + width, abs=EXACT)
    assert made.frame["value"].tolist() == by_week


def test_weekdays_alone_are_no_signal():
    values = noisy(182) + np.tile(WEEK, 26)
    made = charting.chart(measured.handled(values), "aht_s")
    assert made.adjusted
    assert made.flags == ()
    assert made.frame["plotted"].std() < 4 < made.frame["value"].std()


def test_a_lasting_shift_is_found_with_its_first_day_and_size():
    values = noisy(182)
    values[120:] += 8
    made = charting.chart(measured.handled(values), "aht_s")
    flag = made.flags[0]
    truth = (measured.MONDAY + pd.DateOffset(days=120)).date()
    assert abs((flag.first - truth).days) <= 3
    assert flag.ongoing
    assert flag.better is None
    assert flag.size == pytest.approx(8, abs=1.5)


def test_one_wild_day_is_that_day():
    values = noisy(140)
    values[100] += 40
    made = charting.chart(measured.handled(values), "aht_s")
    day = (measured.MONDAY + pd.DateOffset(days=100)).date()
    assert [(flag.first, flag.last, flag.rules) for flag in made.flags] == [(day, day, ("3sigma",))]
    assert made.frame.loc[made.frame["signal"], "day"].tolist() == [day]
    told = words("aht_s", made.where, made.flags[0])
    assert str(day) in told
    assert "beyond 3 sigma" in told


def test_a_share_gets_a_p_chart_and_says_which_way_is_better():
    good = [70, 72, 68, 71, 69, 70, 73, 67, 70, 71, 69, 72, 88, 90, 89, 91, 88, 90, 92, 89]
    made = charting.chart(
        measured.weekly_shares(good, [100] * 20), "fcr", where={"team": "red"}, method="survey"
    )
    assert made.kind == "p"
    assert made.every == "week"
    assert made.centre == pytest.approx(sum(good[:10]) / 1000)
    flag = made.flags[0]
    assert flag.better is True
    assert flag.first == (measured.MONDAY + pd.DateOffset(weeks=12)).date()
    assert flag.level == pytest.approx(np.mean(good[12:]) / 100)


def test_a_forecast_that_drifts_is_found_by_its_small_errors():
    draw = np.random.default_rng(3)
    start = measured.days(140)
    offered = draw.poisson(1000, 140).astype(float)
    offered[100:] *= 1.045
    table = pd.DataFrame({"queue": "voice", "start": start, "offered": offered, "answered": offered,
                          "abandoned": 0.0, "forecast_volume": 1000.0})  # fmt: skip
    made = charting.chart(Actuals({"interval_actuals": table}), "forecast_bias",
                          where={"queue": "voice"})  # fmt: skip
    assert made.kind == "cusum"
    late = [flag for flag in made.flags if flag.rules == ("cusum",)]
    assert late
    assert late[0].size < 0
    assert abs((late[0].first - start[100].date()).days) <= 4


def test_a_baseline_that_ends_before_the_change_is_asked_for_by_its_day():
    values = noisy(140)
    until = (measured.MONDAY + pd.DateOffset(days=69)).date()
    made = charting.chart(measured.handled(values), "aht_s", baseline_until=until)
    assert made.frame["baseline"].sum() == 70
    with pytest.raises(BadInput, match="4 or more"):
        charting.chart(measured.handled(values), "aht_s", baseline_until=dt.date(2026, 1, 6))


def test_what_cannot_be_charted_is_refused():
    with pytest.raises(BadInput, match="8 or more"):
        charting.chart(measured.handled([200.0] * 7), "aht_s")
    with pytest.raises(BadInput, match="no rows where queue is 'chat'"):
        charting.chart(measured.handled(noisy(20)), "aht_s", where={"queue": "chat"})
    with pytest.raises(BadInput, match="every is one of"):
        charting.chart(measured.handled(noisy(20)), "aht_s", every="year")


def test_false_alarms_stay_as_rare_as_the_rules_promise():
    # Two rules over 56 watched days: well below half of the charts, far above none.
    alarmed = [
        bool(charting.chart(measured.handled(noisy(140, seed=seed)), "aht_s").flags)
        for seed in range(40)
    ]
    assert sum(alarmed) <= 14


def watches(shift, *, base=12, watched=15, number=400):
    """Return how many watches of normal points the frozen run and the whole chart's signal in."""
    draw, frozen, whole = np.random.default_rng(5), 0, 0
    mask = np.arange(base + watched) < base
    for _ in range(number):
        x = draw.normal(size=base + watched)
        x[base + 2 :] += shift
        frozen += long_run(x - x[:base].mean(), mask) is not None
        whole += runs(x).signal
    return frozen / number, whole / number


def test_a_run_about_the_frozen_centre_is_rarely_wrong_and_sees_what_the_own_median_hides():
    wrong, _ = watches(0.0)
    seen, hidden = watches(2.0)
    assert wrong < 0.08
    assert seen > 0.8 > hidden


def test_a_long_run_of_the_baseline_itself_is_no_signal_of_what_follows():
    z = np.r_[np.full(12, 1.0), np.tile([1.0, -1.0], 10)]
    assert long_run(z, np.arange(32) < 12) is None
    assert long_run(np.full(5, np.nan), np.arange(5) < 2) is None
