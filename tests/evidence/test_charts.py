"""Do the charts draw the published limits, and do they see what they should and no more?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import worked
from wfm.errors import BadInput
from wfm.evidence import charts

EXACT = 1e-12  # closed formulas in double precision
PRINTED = 1e-9  # worked examples are printed to ten digits or so


def test_xmr_draws_the_published_limits():
    chart = charts.xmr([10, 50, 40, 30])
    assert chart.centre == 32.5
    assert chart.moving_range.mean == 20
    assert chart.upper[0] == pytest.approx(85.7, rel=EXACT)
    assert chart.lower[0] == pytest.approx(-20.7, rel=EXACT)
    assert chart.moving_range.upper == pytest.approx(3.267 * 20, rel=EXACT)


def test_p_flags_sixteen_of_twenty_weeks_and_laney_none():
    plain = charts.p(worked.NHS_GOOD, worked.NHS_TOTAL)
    wide = charts.laney_p(worked.NHS_GOOD, worked.NHS_TOTAL)
    assert plain.centre == pytest.approx(0.952899711344191, rel=EXACT)
    assert plain.values[0] == pytest.approx(0.950285797827009, rel=EXACT)
    assert plain.lower[0] == pytest.approx(0.951699564646015, rel=EXACT)
    assert plain.upper[0] == pytest.approx(0.954099858042367, rel=EXACT)
    assert wide.sigma_z == pytest.approx(10.6404218634965, rel=PRINTED)
    assert wide.lower[0] == pytest.approx(0.940129644177514, rel=PRINTED)
    assert wide.upper[0] == pytest.approx(0.965669778510868, rel=PRINTED)
    assert (np.flatnonzero(~plain.outside) + 1).tolist() == [5, 7, 18, 20]
    assert wide.outside.sum() == 0


def test_share_chooses_laney_for_large_counts_and_p_for_small_quiet_ones():
    assert charts.share(worked.NHS_GOOD, worked.NHS_TOTAL).kind == "laney_p"
    assert charts.share([80, 85, 78, 82], [100] * 4).kind == "p"
    assert charts.share([10, 90, 20, 80], [100] * 4).kind == "laney_p", "sigma_z above 1.3"


def test_u_counts_events_per_exposure_by_hand():
    chart = charts.u([2, 6, 4, 8], [10, 20, 20, 30])  # 20 events on 80
    assert chart.centre == 0.25
    assert chart.upper[0] == pytest.approx(0.25 + 3 * np.sqrt(0.025), rel=EXACT)
    assert chart.values.tolist() == [0.2, 0.3, 0.2, 8 / 30]


def test_laney_u_widens_u_by_the_moving_range_of_z():
    plain = charts.u([2, 6, 4, 8], [10, 20, 20, 30])
    wide = charts.laney_u([2, 6, 4, 8], [10, 20, 20, 30])
    z = (plain.values - plain.centre) / plain.sigma
    factor = (abs(z[1] - z[0]) + abs(z[2] - z[1]) + abs(z[3] - z[2])) / 3 / 1.128
    assert wide.sigma_z == pytest.approx(factor, rel=EXACT)
    np.testing.assert_allclose(wide.upper - wide.centre, factor * (plain.upper - plain.centre))


def test_cusum_of_montgomery_has_no_signal():
    chart = charts.cusum(worked.MONTGOMERY, mean=99, sigma=1, k=1, h=10)
    upper = [2, 0, 0, 0, 2, 0.5, 0, 0, 0, 0, 1.3, 0, 1.1, 0, 0, 0, 0.3, 1.7, 0, 1]
    lower = [0, 3.2, 2.9, 2.5, 0, 0, 0, 0.3, 0, 0, 0, 0, 0, 0, 1, 2.3, 0, 0, 0.8, 0]
    np.testing.assert_allclose(chart.upper, upper, atol=PRINTED)
    np.testing.assert_allclose(chart.lower, lower, atol=PRINTED)
    assert chart.first is None
    assert not chart.signals.any()


def test_cusum_of_the_handbook_signals_at_point_fourteen():
    chart = charts.cusum(worked.NIST_CUSUM, mean=325, sigma=1, k=0.3175, h=4.1959)
    assert chart.upper[12:15] == pytest.approx([3.0075, 4.94, 7.4475], abs=PRINTED)
    assert chart.upper[-1] == pytest.approx(19.035, abs=PRINTED)
    assert chart.lower[6:9] == pytest.approx([0.5575, 0.715, 0.1725], abs=PRINTED)
    assert chart.first == 13
    assert chart.since == 12, "the drift began after the sum was last 0"


def test_cusum_finds_the_unregistered_spike():
    z = (np.array([104, 96, 118, 125, 131, 122]) - 100) / np.sqrt(150)
    chart = charts.cusum(z, mean=0, sigma=1, k=0.5, h=5, restart=True)
    assert chart.upper == pytest.approx([0, 0, 0.969694, 2.510935, 4.542075, 5.838367], abs=1e-6)
    assert (chart.first, chart.since) == (5, 2)


def test_cusum_restarts_at_zero_after_a_signal_only_when_asked():
    x = [3.0] * 6
    on = charts.cusum(x, mean=0, sigma=1, k=0.5, h=5, restart=True)
    off = charts.cusum(x, mean=0, sigma=1, k=0.5, h=5)
    assert on.upper.tolist() == [2.5, 5.0, 7.5, 2.5, 5.0, 7.5]
    assert off.upper.tolist() == [2.5, 5.0, 7.5, 10.0, 12.5, 15.0]


def test_ewma_of_the_handbook():
    chart = charts.ewma(worked.NIST_EWMA, mean=50, sigma=2.0539, weight=0.3, long_run=True)
    assert chart.lower[0] == pytest.approx(47.4115682618734, rel=PRINTED)
    assert chart.upper[-1] == pytest.approx(52.5884317381266, rel=PRINTED)
    assert chart.values[[0, 5, -1]] == pytest.approx([50.6, 49.211552, 51.988243], abs=5e-7)
    assert chart.stable
    moving = charts.ewma(worked.NIST_EWMA, mean=50, sigma=2.0539, weight=0.3)
    assert moving.upper[0] == pytest.approx(51.84851, rel=PRINTED)
    assert (np.diff(moving.upper) > 0).all()


def test_ewma_signals_beyond_its_own_width_not_three():
    x = [0.0, 0, 0, 0, 2.5]
    assert charts.ewma(x, mean=0, sigma=1, weight=1.0, limit=2.0).signals
    assert not charts.ewma(x, mean=0, sigma=1, weight=1.0, limit=3.0).signals


def test_limits_come_from_the_baseline_alone():
    calm = [10, 11, 10, 11, 10, 11, 10, 11]
    chart = charts.xmr([*calm, 20, 21, 20], baseline=8)
    assert chart.centre == 10.5
    assert chart.upper[0] == pytest.approx(10.5 + 2.66, rel=EXACT)
    assert np.flatnonzero(chart.outside).tolist() == [8, 9, 10]
    assert chart.baseline_stable
    assert not chart.stable


def test_no_range_is_taken_over_a_point_left_out_of_the_baseline():
    mask = np.array([True, True, False, True, True])
    chart = charts.xmr([1, 2, 100, 3, 4], baseline=mask)
    assert chart.moving_range.mean == 1.0
    assert chart.outside.tolist() == [False, False, True, False, False]


def test_a_downward_signal_restarts_the_sums_too():
    chart = charts.cusum([-3.0] * 6, mean=0, sigma=1, k=0.5, h=5, restart=True)
    assert chart.lower.tolist() == [2.5, 5.0, 7.5, 2.5, 5.0, 7.5]


def test_a_point_without_contacts_is_undefined_and_never_a_signal():
    chart = charts.p([8, 0, 7, 9], [10, 0, 10, 10])
    assert np.isnan(chart.values[1])
    assert not chart.outside[1]
    assert chart.centre == 0.8
    ranges = charts.xmr([1.0, np.nan, 3.0, 4.0]).moving_range
    assert ranges.mean == 1.0, "no range across a gap"


@pytest.mark.parametrize("bad", [
    lambda: charts.p([11], [10]),
    lambda: charts.p([-1, 2], [10, 10]),
    lambda: charts.u([np.nan, 1], [1, 1]),
    lambda: charts.xmr([1.0]),
    lambda: charts.xmr([1, 2, 3], baseline=9),
    lambda: charts.xmr([1, 2, 3], rules=("nelson9",)),
    lambda: charts.xmr(["a", "b"]),
    lambda: charts.xmr([1.0, np.nan, 3.0]),
    lambda: charts.cusum([1, 1, 1]),
    lambda: charts.ewma([1, 2, 3], weight=0),
    lambda: charts.laney_p([5, 5], [5, 5]),
    lambda: charts.p([0, 0], [0, 0]),
])  # fmt: skip
def test_what_cannot_be_charted_is_refused(bad):
    with pytest.raises(BadInput):
        bad()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=40), st.floats(-1e3, 1e3))
def test_shifting_every_value_shifts_the_chart_and_nothing_else(values, by):
    x = np.array(values)
    one, other = charts.xmr(x, rules=("3sigma",)), charts.xmr(x + by, rules=("3sigma",))
    scale = max(1.0, float(np.abs(x).max()), abs(by))
    np.testing.assert_allclose(one.upper + by, other.upper, atol=1e-9 * scale * len(x))
