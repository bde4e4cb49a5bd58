"""Random volume: how often the target is met, what a contact expects, how many agents it takes."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import erlang, uncertain
from wfm.scenario import Target

PRINTED = 5e-10  # worked example T28 prints 9 decimals
SHORT = 1e-6  # and 6 of the expected service level
QUADRATURE = 1e-8  # two quadratures over different variables
T28 = uncertain.NormalVolume(100, 15)
TARGET = Target(0.80, awt_s=20)
quick = settings(max_examples=40, deadline=None)


def test_t28_uncertain_volume():
    n = [13, 14, 15, 16, 17]
    carried = [99.665362357, 108.684913560, 117.753546437, 126.866112839, 136.018279148]
    chance = [0.491100665, 0.718703469, 0.881708292, 0.963359305, 0.991829714]
    level = [0.694373, 0.815228, 0.893226, 0.940329, 0.967636]
    got = uncertain.largest_volume(n, 180, TARGET)
    np.testing.assert_allclose(got, carried, atol=PRINTED)
    np.testing.assert_allclose(uncertain.p_target_met(n, T28, 180, TARGET), chance, atol=PRINTED)
    got = uncertain.expected_service_level(n, T28, 180)
    np.testing.assert_allclose(got, level, atol=SHORT)


def test_t28_ninety_percent_of_days_take_sixteen_agents():
    assert uncertain.fewest_agents(T28, 180, TARGET, chance=0.90) == 16
    assert erlang.fewest_agents(100, 180, TARGET) == 14


@quick
@given(
    mean=st.floats(5, 600), spread=st.floats(0.02, 0.5), chance=st.floats(0.05, 0.99),
    patience_s=st.one_of(st.just(math.inf), st.floats(20, 600)),
    target=st.sampled_from(
        [TARGET, Target(0.9, awt_s=60, rule="SL1"), Target(asa_s=15.0), Target(0.8, occupancy=0.85)]
    ),
)  # fmt: skip
def test_one_agent_fewer_misses_the_wanted_chance(mean, spread, chance, patience_s, target):
    band = uncertain.GammaVolume(mean, spread * mean)
    options = {"patience_s": patience_s}
    n = int(uncertain.fewest_agents(band, 180, target, chance=chance, **options))
    met = uncertain.p_target_met([n - 1, n], band, 180, target, **options)
    assert met[0] < chance * (1 + 1e-9)
    assert met[1] >= chance * (1 - 1e-9)


@quick
@given(
    n=st.integers(1, 200), patience_s=st.one_of(st.just(math.inf), st.floats(20, 600)),
    level=st.floats(0.1, 0.99), rule=st.sampled_from(["SL1", "SL2", "SL3", "SL4", "virtual"]),
)  # fmt: skip
def test_the_largest_volume_is_the_edge_of_the_target(n, patience_s, level, rule):
    target = Target(level, awt_s=30, rule=rule)
    carried = float(uncertain.largest_volume(n, 240, target, patience_s=patience_s))
    if carried == math.inf:  # customers who leave within awt_s count as served by SL1
        crowd = erlang.performance(1e7, 240, n, patience_s=patience_s, awt_s=30)
        assert crowd.p_answered_within(rule) >= level
        return
    either_side = carried * np.array([1 - 1e-9, 1 + 1e-9])
    got = erlang.performance(either_side, 240, n, patience_s=patience_s, awt_s=30)
    levels = got.p_answered_within(rule)
    assert levels[0] >= level > levels[1] or np.isclose(levels[1], level, rtol=1e-8)
    assert int(erlang.fewest_agents(either_side[0], 240, target, patience_s=patience_s)) <= n


@pytest.mark.parametrize("form", ["normal", "gamma"])
@pytest.mark.parametrize(("mean", "sd", "n"), [(100, 15, 14), (40, 20, 6), (400, 30, 43)])
def test_expected_service_level_agrees_with_adaptive_quadrature(form, mean, sd, n):
    if form == "normal":
        ours, theirs = uncertain.NormalVolume(mean, sd), stats.norm(mean, sd)
    else:
        ours = uncertain.GammaVolume(mean, sd)
        theirs = stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
    want = oracles_beyond.expected_service_level(theirs, 180, n, 20)
    got = uncertain.expected_service_level(n, ours, 180)
    assert got == pytest.approx(want, rel=QUADRATURE)


def dense_expectation(mean, sd, n, patience_s, aht_s=180.0, awt_s=20.0):  # noqa: PLR0917
    """E[V SL(V)]/E[V] by some ten thousand nodes, denser where the level may turn."""
    band = stats.gamma((mean / sd) ** 2, scale=sd**2 / mean)
    full = 1800 / aht_s * n  # there Erlang C ends, and where awt_s is long it falls close below
    ends = np.concatenate([
        np.linspace(band.ppf(1e-13), band.isf(1e-13), 60), band.ppf(np.linspace(0.001, 0.999, 60)),
        full * np.linspace(0.5, 2.5, 201),
        np.maximum(n - aht_s / max(awt_s, 1e-3) * np.geomspace(0.01, 100, 60), 0) * full / n,
    ])  # fmt: skip
    ends = np.unique(np.clip(ends, band.ppf(1e-13), band.isf(1e-13)))
    x, weight = np.polynomial.legendre.leggauss(24)
    half = 0.5 * np.diff(ends)[:, None]
    volume = (0.5 * (ends[1:] + ends[:-1])[:, None] + half * x).ravel()
    brought = (half * weight).ravel() * volume * band.pdf(volume)
    queue = erlang.performance(volume, aht_s, n, patience_s=patience_s, awt_s=awt_s)
    level = queue.p_answered_within("SL4")
    return float((brought * level).sum() / brought.sum())


@pytest.mark.parametrize("patience_s", [5.0, 120.0, 5000.0, math.inf])
@pytest.mark.parametrize(("mean", "spread", "n"), [(4000, 1.0, 320), (4000, 0.5, 520), (3, 1.0, 1)])
def test_a_wide_band_over_a_sharp_turn_is_seen(mean, spread, n, patience_s):
    got = uncertain.expected_service_level(
        n, uncertain.GammaVolume(mean, spread * mean), 180, patience_s=patience_s
    )
    want = dense_expectation(mean, spread * mean, n, patience_s)
    assert got == pytest.approx(want, abs=QUADRATURE)


@pytest.mark.parametrize(("n", "places"), [(40, 6000), (3, 400), (149, 3000)])
def test_a_cliff_where_lines_fill_is_seen(n, places):
    mean, aht_s = n * 60.0, 30.0
    got = uncertain.expected_service_level(
        n, uncertain.GammaVolume(mean, 0.25 * mean), aht_s, lines=n + places
    )
    x, weight = np.polynomial.legendre.leggauss(16)
    ends = n + n / places * np.geomspace(1e-3, 1e5, 300) * [[-1], [1]]
    ends = np.unique(np.clip(np.append(ends, n), 0.02 * n, 4 * n)) * 60.0
    half = 0.5 * np.diff(ends)[:, None]
    volume = (0.5 * (ends[1:] + ends[:-1])[:, None] + half * x).ravel()
    brought = (half * weight).ravel() * volume * stats.gamma(16, scale=mean / 16).pdf(volume)
    level = erlang.performance(volume, aht_s, n, lines=n + places).p_answered_within("SL4")
    assert got == pytest.approx(float(brought @ level / brought.sum()), abs=QUADRATURE)


@pytest.mark.parametrize("patience_s", [1e4, math.inf])
@pytest.mark.parametrize(
    ("n", "aht_s", "awt_s", "cv"),
    [(348, 12, 120, 0.57), (500, 240, 600, 0.3), (9, 53, 1964, 0.95), (178, 16, 120, 0.2),
     (251, 11, 5, 0.8), (26, 46, 0, 0.3)],
)  # fmt: skip
def test_a_short_fall_below_full_agents_is_seen(n, aht_s, awt_s, cv, patience_s):
    mean = n * 1800 / aht_s
    got = uncertain.expected_service_level(
        n, uncertain.GammaVolume(mean, cv * mean), aht_s, awt_s=awt_s, patience_s=patience_s
    )
    want = dense_expectation(mean, cv * mean, n, patience_s, aht_s, awt_s)
    assert got == pytest.approx(want, abs=QUADRATURE)


def test_no_intervals_give_no_numbers():
    none = uncertain.NormalVolume([], [])
    assert uncertain.fewest_agents(none, 180, TARGET, chance=0.9).shape == (0,)
    assert uncertain.p_target_met([], none, 180, TARGET).shape == (0,)
    assert uncertain.expected_service_level([], none, 180).shape == (0,)


def test_quantiles_of_a_normal_volume_give_that_volume_back():
    levels = [0.025, 0.1, 0.5, 0.9, 0.975]
    band = uncertain.QuantileVolume(levels, stats.norm(100, 15).ppf(levels))
    n = np.arange(12, 19)
    np.testing.assert_allclose(
        uncertain.p_target_met(n, band, 180, TARGET),
        uncertain.p_target_met(n, T28, 180, TARGET), rtol=1e-9,
    )  # fmt: skip
    np.testing.assert_allclose(
        uncertain.expected_service_level(n, band, 180),
        uncertain.expected_service_level(n, T28, 180), rtol=QUADRATURE,
    )  # fmt: skip


@pytest.mark.parametrize(
    "band",
    [
        uncertain.NormalVolume(100, 15), uncertain.NormalVolume(10, 15),
        uncertain.GammaVolume(100, 40), uncertain.GammaVolume(3, 6),
        uncertain.QuantileVolume([0.1, 0.5, 0.9], [0, 20, 25]),
        uncertain.QuantileVolume([0.025, 0.1, 0.5], [0, 0, 25]),
    ],
)  # fmt: skip
def test_volume_and_score_undo_each_other(band):
    z = np.linspace(-3, 3, 25)
    volume = band.at(z)
    assert np.all(np.diff(volume) >= 0)
    assert np.all(volume >= 0)
    rising = volume > 1e-9
    back = np.array([band.score(np.asarray(v)) for v in volume[rising]]).ravel()
    np.testing.assert_allclose(back, z[rising], rtol=1e-7, atol=1e-7)


def test_a_volume_that_is_known_leaves_no_doubt():
    for band in (uncertain.NormalVolume(100, 0), uncertain.GammaVolume(100, 0)):
        assert uncertain.p_target_met([13, 14], band, 180, TARGET).tolist() == [0.0, 1.0]
        want = erlang.performance(100, 180, 14).p_answered_within("SL4")
        got = uncertain.expected_service_level(14, band, 180)
        assert got == pytest.approx(want, rel=1e-12)


def test_arrays_of_intervals_broadcast():
    mean = np.array([0.0, 50.0, 100.0])
    band = uncertain.GammaVolume(mean, 0.15 * mean)
    n = uncertain.fewest_agents(band, 180, TARGET, chance=[[0.5], [0.9]])
    assert n.shape == (2, 3)
    assert n[:, 0].tolist() == [0, 0]
    assert np.all(n[1, 1:] > n[0, 1:])
    assert uncertain.p_target_met(n, band, 180, TARGET).shape == (2, 3)
    quantiles = uncertain.QuantileVolume([0.1, 0.5, 0.9], np.ones((3, 3)) * [80, 100, 130])
    assert uncertain.expected_service_level(n + 1, quantiles, 180).shape == (2, 3)
    assert uncertain.p_target_met(14, quantiles, 180, TARGET).shape == (3,)
    assert quantiles.at(np.array([0.0])).shape == (3, 1)
    one = uncertain.QuantileVolume([0.1, 0.5, 0.9], [80, 100, 130])
    np.testing.assert_array_equal(
        uncertain.p_target_met([[14], [15]], quantiles, 180, TARGET)[:, 0],
        uncertain.p_target_met([14, 15], one, 180, TARGET),
    )


def test_no_agents_carry_nothing_and_a_limit_that_always_holds_any_volume():
    assert uncertain.largest_volume(0, 180, TARGET) == 0
    assert uncertain.largest_volume(5, 180, Target(occupancy=1.0), patience_s=60) == math.inf


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: uncertain.NormalVolume(100, -1), "sd: expected a finite number of contacts"),
        (lambda: uncertain.NormalVolume([1, math.nan], 1), "mean: expected a number, not NaN"),
        (lambda: uncertain.QuantileVolume([0.5, 0.1], [1, 2]), "rising"),
        (lambda: uncertain.QuantileVolume([10, 90], [1, 2]), "levels: expected between 0 and 1"),
        (lambda: uncertain.QuantileVolume([0.1, 0.9], [2, 1]), "quantiles do not cross"),
        (lambda: uncertain.QuantileVolume([0.1, 0.9], [2, 2, 2]), "expected 2 along"),
        (lambda: uncertain.fewest_agents(T28, 180, TARGET, chance=90), "was a percent passed"),
        (lambda: uncertain.p_target_met(14, 100, 180, TARGET), "expected a NormalVolume"),
        (lambda: uncertain.p_target_met(14, T28, 0, TARGET), "aht_s: expected seconds > 0"),
        (lambda: uncertain.p_target_met(14, T28, 180, Target()), "no limit is given"),
        (lambda: uncertain.largest_volume(-1, 180, TARGET), "agents: expected"),
        (lambda: uncertain.largest_volume(9, 180, Target(1.0)), "cannot be met"),
        (
            lambda: uncertain.p_target_met(
                [1, 2], uncertain.NormalVolume([1, 2, 3], 1), 180, TARGET
            ),
            "does not broadcast",
        ),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
