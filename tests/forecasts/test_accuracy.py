import math

import numpy as np
import pytest

from forecasts import accuracy

EXACT = 1e-12  # closed formulas in float64
FACTORIAL = 1e-10  # the exact floor goes through log-gamma at 1000


def test_wape_and_bias_of_the_worked_example():
    actual, forecast = [90, 105, 100, 110], [100, 100, 100, 100]
    assert accuracy.wape(actual, forecast) == pytest.approx(0.0617283950617284, rel=EXACT)
    assert accuracy.bias(actual, forecast) == pytest.approx(-0.0123456790123457, rel=EXACT)


@pytest.mark.parametrize(
    ("load", "floor"),
    [
        (10, 0.250220071442267),
        (50, 0.112650012650382),
        (100, 0.0797219936182943),
        (250, 0.0504458323690603),
        (1000, 0.0252292226974430),
    ],
)
def test_noise_floor_of_the_worked_example(load, floor):
    assert accuracy.noise_floor(load) == pytest.approx(floor, rel=FACTORIAL)


@pytest.mark.parametrize("load", [0.3, 1.0, 4.7, 12.0])
def test_noise_floor_is_the_mean_absolute_deviation_summed_by_hand(load):
    by_hand = sum(
        abs(k - load) * math.exp(-load + k * math.log(load) - math.lgamma(k + 1))
        for k in range(200)
    )
    assert accuracy.noise_floor(load) == pytest.approx(by_hand / load, rel=FACTORIAL)


def test_noise_floor_weighs_intervals_by_their_volume():
    loads = np.array([10.0, 1000.0, 0.0])
    parts = [accuracy.noise_floor(load) * load for load in loads[:2]]
    assert accuracy.noise_floor(loads) == pytest.approx(sum(parts) / 1010, rel=EXACT)


@pytest.mark.parametrize("measure", [accuracy.wape, accuracy.bias])
def test_nothing_offered_is_undefined(measure):
    assert math.isnan(measure([0, 0], [1, 2]))
    assert math.isnan(measure([], []))


def test_coverage_of_nothing_is_undefined():
    assert math.isnan(accuracy.coverage([], [], []))
    assert math.isnan(accuracy.noise_floor([0.0]))


def test_missing_pairs_are_left_out():
    assert accuracy.wape([100, np.nan, 50], [90, 10, np.nan]) == pytest.approx(0.1, rel=EXACT)


def test_sums_first_then_one_ratio():
    assert accuracy.wape([10, 200], [20, 200]) == pytest.approx(10 / 210, rel=EXACT)


def test_pinball_at_the_median_is_half_the_wape():
    rng = np.random.default_rng(1)
    actual, forecast = rng.poisson(20, 50), rng.uniform(5, 40, 50)
    half = accuracy.wape(actual, forecast) / 2
    assert accuracy.pinball(actual, forecast, 0.5) == pytest.approx(half, rel=EXACT)


@pytest.mark.parametrize("probability", [0.1, 0.5, 0.9])
def test_pinball_is_least_at_the_quantile(probability):
    actual = np.arange(1, 101, dtype=float)
    losses = [accuracy.pinball(actual, np.full(100, guess), probability) for guess in range(1, 101)]
    best = int(np.argmin(losses)) + 1
    assert abs(best - 100 * probability) <= 1


def test_coverage_counts_both_ends():
    assert accuracy.coverage([0, 5, 10], [0, 0, 0], [5, 5, 5]) == pytest.approx(2 / 3, rel=EXACT)


def test_mase_of_the_seasonal_naive_on_its_own_past_is_one():
    past = np.array([5.0, 9.0, 7.0, 12.0, 6.0, 20.0])
    assert accuracy.mase(past[2:], past[:-2], past, season=2) == pytest.approx(1.0, rel=EXACT)


def test_mase_without_a_season_of_past_is_undefined():
    assert math.isnan(accuracy.mase([1.0], [1.0], [1.0, 2.0], season=7))


def test_deviance_is_zero_when_right_and_infinite_where_the_impossible_came():
    assert accuracy.poisson_deviance([3, 0], [3, 0]) == 0.0
    assert accuracy.poisson_deviance([1.0], [0.0]) == np.inf
    assert np.isnan(accuracy.poisson_deviance([np.nan], [1.0]))


def test_deviance_of_poisson_counts_is_about_one():
    counts = np.random.default_rng(0).poisson(30, 20_000)
    # Its mean is 1 + 1/(6 * 30) to first order; 20,000 draws have a standard error of 0.01.
    assert accuracy.poisson_deviance(counts, np.full(20_000, 30.0)) == pytest.approx(
        1.006, abs=0.04
    )


def test_contacts_held_impossible_are_counted_beside_the_deviance_of_the_others():
    counts, mean = np.array([12.0, 0.0, 3.0, 0.0]), np.array([10.0, 1.0, 0.0, 0.0])
    assert accuracy.impossible(counts, mean) == pytest.approx(3 / 15)
    possible = [0, 1, 3]
    assert accuracy.possible_deviance(counts, mean) == pytest.approx(
        accuracy.poisson_deviance(counts[possible], mean[possible])
    )
    assert np.isfinite(accuracy.possible_deviance(counts, mean))
    assert accuracy.poisson_deviance(counts, mean) == np.inf
