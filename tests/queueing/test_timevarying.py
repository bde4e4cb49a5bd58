"""Moving rates: an exact law, matrix exponentials, the stationary limit, staffing that holds."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import erlang, timevarying, transient
from wfm.scenario import Target

INTEGRATED = 1e-8  # differential equations are solved to about 1e-10
EXACT = 1e-12
TARGET = Target(0.80, awt_s=20, rule="SL3")
quick = settings(max_examples=30, deadline=None)


def moving(intervals=24):
    return 60 + 40 * np.sin(np.arange(intervals) * 2 * np.pi / 16)


@pytest.mark.parametrize("n", [90, 105, 130])
def test_where_waiting_and_service_end_alike_the_number_present_is_poisson(n):
    start = stats.poisson(90).pmf(np.arange(200))
    got = transient.exact(
        lambda t: 100 + 20 * math.sin(t), 1.0, [n] * 4, interval_s=1.5, patience_s=1.0,
        awt_s=0.1, start=start / start.sum(),
    )  # fmt: skip
    for i, t in enumerate((1.5, 3.0, 4.5, 6.0)):
        mean = 100 + 10 * (math.sin(t) - math.cos(t))
        want = stats.poisson(mean).pmf(np.arange(got.end.shape[1]))
        np.testing.assert_allclose(got.end[i], want, atol=INTEGRATED)


@pytest.mark.parametrize("patience_s", [math.inf, 90.0])
def test_a_day_agrees_with_matrix_exponentials(patience_s):
    volume, agents = [30, 60, 20, 0], [5, 6, 3, 1]
    got = transient.exact(volume, 180, agents, interval_s=900, patience_s=patience_s)
    want = oracles_beyond.day_by_matrix_exponentials(
        volume, 180, agents, 900, patience_s=patience_s, states=got.end.shape[1]
    )
    np.testing.assert_allclose(got.end, want, atol=INTEGRATED)
    np.testing.assert_allclose(got.contacts, volume, atol=1e-6)


@pytest.mark.parametrize(("n", "patience_s"), [(14, math.inf), (9, 120.0), (12, 40.0)])
def test_after_long_the_queue_is_the_stationary_one(n, patience_s):
    options = {"patience_s": patience_s, "awt_s": 20}
    got = transient.exact([1000, 1000], 180, [n, n], interval_s=18_000, **options)
    want = erlang.performance(100, 180, n, **options)
    assert got.p_wait[1] == pytest.approx(want.p_wait, abs=INTEGRATED)
    assert got.p_abandon[1] == pytest.approx(want.p_abandon, abs=INTEGRATED)
    assert got.p_answered_in_awt[1] == pytest.approx(want.p_answered_in_awt, abs=INTEGRATED)
    assert got.p_abandoned_in_awt[1] == pytest.approx(want.p_abandoned_in_awt, abs=INTEGRATED)
    assert got.occupancy[1] == pytest.approx(want.occupancy, abs=INTEGRATED)
    assert got.queue[1] == pytest.approx(want.mean_queue, rel=1e-6)


def test_with_agents_for_everybody_the_load_is_the_offered_load():
    got = transient.exact(moving(8), 900, [200] * 8)
    load = timevarying.offered_load(moving(8), 900)
    np.testing.assert_allclose(got.in_system, load.mean, rtol=INTEGRATED)
    ends = got.end @ np.arange(got.end.shape[1])
    np.testing.assert_allclose(ends, load.end, rtol=INTEGRATED)


@quick
@given(
    volume=st.lists(st.floats(0, 200), min_size=1, max_size=6), aht_s=st.floats(20, 7200),
    start=st.floats(0, 50),
)  # fmt: skip
def test_the_offered_load_solves_its_differential_equation(volume, aht_s, start):
    got = timevarying.offered_load(volume, aht_s, start_load=start)
    level = start
    for i, v in enumerate(volume):
        path = integrate.solve_ivp(
            lambda t, m, v=v: v / 1800 - m / aht_s, (0, 1800), [level], rtol=1e-10, atol=1e-10,
            dense_output=True, method="LSODA",
        )  # fmt: skip
        seen = path.sol(np.linspace(0, 1800, 50))[0]
        level = path.y[0, -1]
        assert got.end[i] == pytest.approx(level, abs=1e-5)
        assert got.peak[i] == pytest.approx(seen.max(), abs=1e-5)
    work = (np.asarray(volume) * aht_s).sum() / 1800
    left = got.end[-1] * aht_s / 1800
    assert got.mean.sum() + left == pytest.approx(work + start * aht_s / 1800, rel=1e-9, abs=1e-9)


def test_a_lag_of_whole_intervals_shifts_and_keeps_the_rest():
    volume = np.array([10.0, 20.0, 40.0, 0.0, 5.0])
    assert timevarying.lagged_volume(volume, 3600).tolist() == [0, 0, 10, 20, 40]
    half = timevarying.lagged_volume(volume, 900)
    np.testing.assert_allclose(half, [5, 15, 30, 20, 2.5], rtol=EXACT)


@pytest.mark.parametrize("patience_s", [math.inf, 300.0])
@pytest.mark.parametrize("aht_s", [180.0, 900.0, 1800.0])
def test_modified_offered_load_holds_the_target_in_every_interval(aht_s, patience_s):
    agents = timevarying.fewest_agents(moving(), aht_s, TARGET, patience_s=patience_s)
    day = transient.exact(moving(), aht_s, agents, patience_s=patience_s)
    # An approximation: within one point of the target at worst.
    assert day.p_answered_in_awt.min() > 0.79


def test_long_contacts_ruin_interval_by_interval_sizing():
    sipp = erlang.fewest_agents(moving(), 1800.0, TARGET)
    lag = np.maximum(
        erlang.fewest_agents(timevarying.lagged_volume(moving(), 1800), 1800, TARGET), 1
    )
    by_day = {
        name: transient.exact(moving(), 1800.0, n).p_answered_in_awt[2:].min()
        for name, n in (("sipp", sipp), ("lag", lag))
    }
    assert by_day["sipp"] < 0.1
    assert 0.4 < by_day["lag"] < 0.8


def test_days_of_several_queues_broadcast():
    volume = np.array([[10, 20, 30], [30, 20, 10]])
    both = timevarying.fewest_agents(volume, [[300], [900]], TARGET)
    assert both.shape == (2, 3)
    assert both[1].tolist() == timevarying.fewest_agents(volume[1], 900, TARGET).tolist()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: timevarying.offered_load(5, 180), "a list, one number for each consecutive"),
        (lambda: timevarying.offered_load([5, -1], 180), "volume: expected a finite number >= 0"),
        (lambda: timevarying.offered_load([5], [1, 2]), "one for each of 1 intervals"),
        (lambda: timevarying.offered_load([5], 9, start_load=-1), "start_load: expected"),
        (lambda: timevarying.offered_load([5], 9, start_load=[1, 2]), "does not broadcast"),
        (lambda: timevarying.offered_load([5], 9, interval_s=[1, 2]), "interval_s: expected one"),
        (lambda: timevarying.lagged_volume([5, 6], [100, 200]), "one number for the day"),
        (lambda: timevarying.fewest_agents([0.0], 0, TARGET), "aht_s: expected seconds > 0"),
        (lambda: transient.exact([5, 6], 180, [1]), "one number for each of 1 intervals"),
        (lambda: transient.exact([5], 180, [1.5]), "agents: expected a whole number"),
        (lambda: transient.exact([5], 0, [1]), "aht_s: expected seconds > 0"),
        (lambda: transient.exact([5], 180, [1], start=[0.5]), "sum to 1"),
        (lambda: transient.exact(lambda t: -1.0, 180, [1]), "a finite rate >= 0"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
