import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from forecasts import quantiles as bands

# Standard deviations by which a quantile may miss above WALKED: rounding to a whole count is up to
# 1 / sqrt(36) of one, and the cube itself is off by less than that.
APPROXIMATE = 0.17
SAMPLED = 0.01  # share of 200,000 draws; four standard errors are under 0.005


def test_without_dispersion_they_are_poisson_quantiles():
    mean = 7.0
    below = np.cumsum(
        [math.exp(-mean + k * math.log(mean) - math.lgamma(k + 1)) for k in range(60)]
    )
    by_hand = [int(np.argmax(below >= level)) for level in bands.LEVELS.values()]
    assert bands.quantiles(np.array([mean]), np.array([0.0]))[0].tolist() == by_hand


def test_with_dispersion_they_cut_a_gamma_mixture_of_poissons():
    mean, dispersion = 80.0, 0.04
    rng = np.random.default_rng(0)
    draws = rng.poisson(mean * rng.gamma(1 / dispersion, dispersion, 200_000))
    found = bands.quantiles(np.array([mean]), np.array([dispersion]))[0]
    for quantile, level in zip(found, bands.LEVELS.values(), strict=True):
        assert (draws < quantile).mean() <= level + SAMPLED
        assert (draws <= quantile).mean() >= level - SAMPLED


@given(
    volume=st.lists(st.one_of(st.just(0.0), st.floats(1e-9, 1e5)), min_size=1, max_size=20),
    dispersion=st.one_of(st.just(0.0), st.floats(1e-12, 3.0)),
)
@settings(max_examples=60, deadline=None)
def test_they_are_finite_ordered_and_zero_where_nothing_is_expected(volume, dispersion):
    found = bands.quantiles(np.array(volume), np.full(len(volume), dispersion))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (np.diff(found, axis=1) >= 0).all()
    assert (found[np.array(volume) == 0] == 0).all()


def test_more_dispersion_widens_the_band():
    found = bands.quantiles(np.full(4, 200.0), np.array([0.0, 0.001, 0.01, 0.1]))
    assert (np.diff(found[:, 4] - found[:, 0]) > 0).all()


def test_they_are_those_of_the_exact_distribution():
    rng = np.random.default_rng(2)
    mean, spread = np.exp(rng.uniform(-3, 9, 3000)), np.exp(rng.uniform(-9, 0, 3000))
    size = 1 / spread[:, None]
    exact = nbinom.ppf(list(bands.LEVELS.values()), size, size / (size + mean[:, None]))
    variance = mean + spread * mean**2
    off = np.abs(bands.quantiles(mean, spread) - exact)
    assert (off[variance <= bands.WALKED] == 0).all()
    assert (off.max(axis=1) <= APPROXIMATE * np.sqrt(variance)).all()


def test_without_dispersion_they_are_poisson():
    mean = np.linspace(0.1, bands.WALKED, 200)
    exact = poisson.ppf(list(bands.LEVELS.values()), mean[:, None])
    np.testing.assert_array_equal(bands.quantiles(mean, np.zeros(200)), exact)


def test_a_heavy_tail_widens_the_outer_band_alone():
    plain = bands.quantiles(np.array([500.0]), np.array([0.05]))[0]
    heavy = bands.quantiles(np.array([500.0]), np.array([0.05]), tail=1.5)[0]
    assert heavy[1:4].tolist() == plain[1:4].tolist()
    assert heavy[0] < plain[0]
    assert heavy[4] > plain[4]


@pytest.mark.parametrize("true", [0.0, 0.01, 0.2])
def test_dispersion_is_recovered_from_counts(true):
    rng = np.random.default_rng(4)
    mean = rng.uniform(20, 400, 40_000)
    error = rng.gamma(1 / true, true, len(mean)) if true else 1.0
    # Moments of 40,000 counts are good to a few percent; the limit on outliers costs a little.
    assert bands.dispersion(rng.poisson(mean * error), mean) == pytest.approx(
        true, rel=0.1, abs=2e-4
    )


def test_nothing_expected_has_no_dispersion():
    assert bands.dispersion(np.zeros(3), np.zeros(3)) == 0.0
