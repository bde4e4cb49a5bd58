"""Patience from censored waits: worked example, an independent program, and simulated queues."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import channels, hazard, patience

EXACT = 1e-12  # the same formula in another order
REFERENCE = 1e-9  # against scipy's quantiles and survival curves


def waits(count, *, rate=0.8, aht_s=60.0, n=50, mean_s=120.0, form=1.0, seed=0):
    """Simulated contacts with Weibull patience of the given mean; form 1 is exponential."""
    rng = np.random.default_rng(seed + 1000)
    scale = mean_s / math.gamma(1 + 1 / form)
    return oracles_beyond.simulated_waits(
        rate, aht_s, n, scale * rng.weibull(form, count), seed=seed
    )


def test_t44_twelve_thousand_seconds_and_sixty_abandons_make_two_hundred_seconds():
    got = patience.from_sums(12000, 60)
    assert got.mean_s == 200.0
    assert got.mean_s == channels.patience_from_waits(12000, 60)
    # Garwood: the wait in units of the true mean is the exposure of a Poisson count of 60.
    assert stats.poisson.sf(59, 12000 / got.high_s) == pytest.approx(0.025, rel=REFERENCE)
    assert stats.poisson.cdf(60, 12000 / got.low_s) == pytest.approx(0.025, rel=REFERENCE)


def test_nobody_left_bounds_patience_from_below_only():
    got = patience.from_sums(12000, 0)
    assert got.mean_s == got.high_s == math.inf
    assert got.low_s == pytest.approx(12000 / -math.log(0.025), rel=EXACT)


def test_intervals_add_up_to_their_sums():
    together, agreement = patience.from_intervals([5000, 4200, 0], [1600, 1200, 0], [33, 27, 0])
    assert together.mean_s == 200.0
    assert agreement.freedom == 1
    assert agreement.p_value == pytest.approx(1.0)


def test_intervals_with_different_patience_disagree():
    left = np.array([60, 60, 60])
    _, same = patience.from_intervals([9000, 9100, 8900], [1000, 1000, 1000], left)
    _, other = patience.from_intervals([9000, 9100, 3900], [1000, 1000, 1000], left)
    assert same.p_value > 0.5
    assert other.p_value < 1e-3


def test_averaging_the_waits_of_those_who_left_would_be_far_too_low():
    wait, left = waits(40_000)
    got = patience.from_contacts(wait, left)
    assert wait[left].mean() < 10  # the wrong way: the queue decides how long anybody can wait
    assert got.low_s < 120 < got.high_s
    assert got.high_s / got.low_s < 1.3


def test_the_interval_covers_the_true_patience_as_often_as_it_says():
    runs = 200
    hits = 0
    for seed in range(runs):
        wait, left = waits(1500, seed=seed)
        got = patience.from_contacts(wait, left)
        hits += bool(got.low_s < 120 < got.high_s)
    # 95 % of 200 with a binomial margin of 4 standard errors below; the interval is conservative.
    assert hits >= 190 - 4 * math.sqrt(200 * 0.05 * 0.95)


@pytest.mark.parametrize(("n", "mean_s"), [(54, 120.0), (50, 2000.0)])
def test_the_mean_is_found_where_nearly_every_wait_is_censored(n, mean_s):
    runs = [waits(60_000, n=n, mean_s=mean_s, seed=s) for s in range(6)]
    left = sum(gone.sum() for _, gone in runs)
    assert left < 0.02 * 360_000  # at least 98 in 100 waits end with an agent
    got = patience.from_contacts(
        np.concatenate([w for w, _ in runs]), np.concatenate([gone for _, gone in runs]),
        level=0.9999,
    )  # fmt: skip
    assert got.low_s < mean_s < got.high_s
    assert got.high_s / got.low_s < 1.5


def test_felt_waits_divide_patience_by_all_multipliers():
    assert patience.perceived(120, {}) == 120
    assert patience.perceived(120, {"music": 0.5, "unfair": 1.25}) == pytest.approx(192, rel=EXACT)
    assert patience.perceived(math.inf, {"music": 0.5}) == math.inf
    many = patience.perceived([60, 120], {"music": [[0.5], [1.0]]})
    np.testing.assert_allclose(many, [[120, 240], [60, 120]], rtol=EXACT)


def test_kaplan_meier_agrees_with_an_independent_program():
    wait, left = waits(3000)
    wait = np.round(wait)  # ties
    got = hazard.survival(wait, left)
    data = stats.CensoredData(uncensored=wait[left], right=wait[~left])
    theirs = stats.ecdf(data).sf
    np.testing.assert_allclose(got.surviving, theirs.evaluate(got.wait_s), rtol=REFERENCE)
    interval = theirs.confidence_interval(0.95, method="log-log")
    np.testing.assert_allclose(got.low, interval.low.evaluate(got.wait_s), rtol=REFERENCE)
    np.testing.assert_allclose(got.high, interval.high.evaluate(got.wait_s), rtol=REFERENCE)


def test_kaplan_meier_finds_the_patience_that_was_simulated():
    wait, left = waits(60_000, n=46, form=2.0)
    got = hazard.survival(wait, left, level=0.99999)
    truth = np.exp(-((got.wait_s / (120 / math.gamma(1.5))) ** 2))
    seen = got.at_risk >= 100
    assert truth[seen].min() < 0.8
    assert np.all((got.low <= truth) & (truth <= got.high), where=seen)
    assert np.abs(got.surviving - truth)[got.at_risk >= 1000].max() < 0.02


def test_exponential_patience_is_recognised_as_often_as_the_level_says():
    refused = 0
    for seed in range(200):
        wait, left = waits(8000, n=48, seed=seed)
        refused += hazard.bands(wait, left).exponential.p_value < 0.05
    # 10 expected in 200; 4 standard errors of a binomial.
    assert abs(refused - 10) < 4 * math.sqrt(200 * 0.05 * 0.95)


@pytest.mark.parametrize(("form", "falls"), [(0.5, True), (2.0, False)])
def test_patience_that_is_not_exponential_is_seen_and_its_direction_shown(form, falls):
    wait, left = waits(40_000, n=46, form=form)
    got = hazard.bands(wait, left)
    assert got.exponential.p_value < 1e-6
    steps = np.diff(1 / got.patience_s)
    assert np.all(steps < 0) if falls else np.all(steps > 0)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.01, 500), st.booleans()), min_size=3, max_size=60),
    st.integers(2, 8),
)
def test_bands_add_up_to_the_whole(contacts, number):
    wait = np.array([w for w, _ in contacts])
    left = np.array([flag for _, flag in contacts])
    if len(set(wait[left & (wait < wait.max())]) - {0.0}) < number:
        return
    got = hazard.bands(wait, left, number=number)
    assert got.abandoned.sum() == left.sum()
    assert got.total_wait_s.sum() == pytest.approx(wait.sum(), rel=EXACT)
    assert np.all(got.end_s[:-1] == got.start_s[1:])
    assert got.end_s[-1] == wait.max()


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: patience.from_sums(-1, 3), "total_wait_s: expected a finite number >= 0"),
        (lambda: patience.from_sums([9, 0], [1, 1]), "above 0 wherever somebody abandoned"),
        (lambda: patience.from_sums(100, 1, level=95), "level: expected a fraction"),
        (lambda: patience.from_contacts([1, 2], [0, 2]), "abandoned: expected true or false"),
        (lambda: patience.from_contacts([1, 2], [True]), "two lists of one length"),
        (lambda: patience.from_contacts([], []), "two lists of one length"),
        (lambda: patience.from_contacts([1, math.nan], [0, 1]), "not NaN"),
        (lambda: hazard.bands([1, 2], [0, 1]), "two different times"),
        (lambda: patience.perceived(0, {}), "mean_s: expected seconds > 0"),
        (lambda: patience.perceived(9, {"music": 0}), "multiplier 'music': expected a number > 0"),
        (lambda: patience.perceived(9, {"music": "x"}), "music: expected numbers"),
        (lambda: patience.perceived(9, 0.9), "expected a mapping of levers"),
        (lambda: hazard.bands([1, 2, 3], [1, 1, 0], number=1), "number: expected a whole number"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
