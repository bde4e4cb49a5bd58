"""Are limits the printed ones, and do they cover as often as they promise?"""

import math

import numpy as np
import pytest
from scipy import stats

from wfm import confidence
from wfm.errors import BadInput


@pytest.mark.parametrize(("x", "n", "lo", "hi"), [
    (5, 5, 0.565517535217, 1.0),
    (9, 10, 0.595849973205, 0.982123786905),
    (45, 50, 0.786397685625, 0.956524235068),
    (312, 400, 0.736847007907, 0.817826107266),
])  # fmt: skip
def test_wilson_limits_are_the_printed_ones(x, n, lo, hi):
    got = confidence.wilson(x, n)
    assert (float(got.lo), float(got.hi)) == pytest.approx((lo, hi), abs=1e-12)


def test_nothing_counted_is_undefined():
    assert math.isnan(confidence.wilson(0, 0).lo)
    assert math.isnan(confidence.poisson(0, 0).hi)
    assert np.isnan(confidence.ratio([1.0], [1.0]).lo).all()


def test_nps_has_the_printed_standard_error():
    got = confidence.net_score(90, 50, 200)
    half = 5.7445626465 * 1.959963984540
    assert (float(got.lo), float(got.hi)) == pytest.approx((20 - half, 20 + half), rel=1e-9)


def test_poisson_limits_are_chi_square_quantiles():
    for x in (0, 1, 7, 250):
        got = confidence.poisson(x, 2.0)
        lo = stats.chi2.ppf(0.025, 2 * x) / 4 if x else 0.0
        assert (float(got.lo), float(got.hi)) == pytest.approx(
            (lo, stats.chi2.ppf(0.975, 2 * x + 2) / 4), rel=1e-9
        )


def test_ratio_with_equal_denominators_is_students_interval_of_the_mean():
    y = np.array([300.0, 360, 240, 310])
    got = confidence.ratio(y, np.ones(4))
    theirs = stats.t.interval(0.95, 3, y.mean(), stats.sem(y))
    assert (got.lo[0], got.hi[0]) == pytest.approx(theirs)


def test_groups_are_the_same_as_one_at_a_time():
    rng = np.random.default_rng(0)
    y, x, group = rng.random(30), rng.random(30) + 1, rng.integers(0, 3, 30)
    got = confidence.ratio(y, x, groups=group)
    for g in range(3):
        one = confidence.ratio(y[group == g], x[group == g])
        assert (got.lo[g], got.hi[g]) == pytest.approx((one.lo[0], one.hi[0]))


def test_ratio_limits_cover_about_as_often_as_promised():
    rng, inside = np.random.default_rng(1), 0
    for _ in range(1000):
        n = rng.poisson(20, 40) + 1
        y = n * 300 + rng.normal(0, 100, 40) * np.sqrt(n)
        got = confidence.ratio(y, n)
        inside += got.lo[0] <= 300 <= got.hi[0]
    assert 0.93 <= inside / 1000 <= 0.97, "95 % within three binomial standard errors"


def test_a_quantile_cannot_be_bounded_by_a_handful():
    got = confidence.quantile([10, 20, 30], 0.9)
    assert got.hi == np.inf
    assert got.lo == 10, "P(B <= 1) = 0.028 of Binomial(3, 0.9), so already the first rank"


@pytest.mark.parametrize("bad", [
    lambda: confidence.wilson(5, 4),
    lambda: confidence.wilson(-1, 4),
    lambda: confidence.wilson(1, 4, confidence=95),
    lambda: confidence.wilson("a", 4),
    lambda: confidence.wilson([1, 2], [1, 2, 3]),
    lambda: confidence.poisson(-1),
    lambda: confidence.net_score(3, 3, 5),
    lambda: confidence.quantile([1], 1.5),
])  # fmt: skip
def test_impossible_counts_are_refused(bad):
    with pytest.raises(BadInput):
        bad()
