"""Do independent libraries give the same numbers? Runs where they are installed."""

import math

import numpy as np
import pytest

from tests.evidence import worked
from wfm import confidence
from wfm.evidence import effect, quality

sm = pytest.importorskip(
    "statsmodels.api", reason="statsmodels is not installed; pip install -e .[rivals]"
)

CLOSE = 1e-9  # two double-precision programs, matrices of condition about 1e4


def design(change, n, harmonics):
    t = np.arange(1.0, n + 1)
    columns = [np.ones(n), t, (t > change) * 1.0, (t > change) * (t - change)]
    for j in range(1, harmonics + 1):
        columns += [np.sin(2 * np.pi * j * t / 12), np.cos(2 * np.pi * j * t / 12)]
    return np.column_stack(columns)


def random_series(seed):
    rng = np.random.default_rng(seed)
    n, change = int(rng.integers(30, 80)), int(rng.integers(12, 18))
    noise = rng.normal(size=n)
    for i in range(1, n):
        noise[i] += 0.5 * noise[i - 1]
    return 50 + 0.1 * np.arange(n) + 2.0 * (np.arange(n) >= change) + noise, change


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("harmonics", [0, 2])
def test_newey_west_agrees_with_statsmodels(seed, harmonics):
    y, change = random_series(seed)
    ours = effect.its(y, change=change, harmonics=harmonics, errors="large_sample")
    theirs = sm.OLS(y, design(change, len(y), harmonics)).fit(
        cov_type="HAC", cov_kwds={"maxlags": ours.lags, "use_correction": True}, use_t=True
    )
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=CLOSE, atol=CLOSE)
    np.testing.assert_allclose(ours.errors, theirs.bse, rtol=CLOSE)
    assert (ours.level.lo, ours.level.hi) == pytest.approx(theirs.conf_int()[2], rel=CLOSE)
    assert ours.level.p_value == pytest.approx(theirs.pvalues[2], rel=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_quasi_poisson_agrees_with_statsmodels(seed):
    rng = np.random.default_rng(seed)
    exposure = rng.uniform(500, 2000, 60)
    y = rng.poisson(exposure * 0.02 * rng.gamma(20, 1 / 20, 60))
    ours = effect.its(y, change=30, exposure=exposure, model="poisson", harmonics=1)
    theirs = sm.GLM(
        y, design(30, 60, 1), family=sm.families.Poisson(), offset=np.log(exposure)
    ).fit(scale="X2", tol=1e-12)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours.errors, theirs.bse, rtol=1e-7)
    assert ours.dispersion == pytest.approx(theirs.scale, rel=1e-7)


def test_the_smoking_ban_agrees_with_statsmodels():
    x = design(36, 59, 2)
    theirs = sm.GLM(
        worked.SMOKING_COUNTS, x, family=sm.families.Poisson(),
        offset=np.log(worked.SMOKING_POPULATION),
    ).fit(scale="X2", tol=1e-12)  # fmt: skip
    ours = effect.its(
        worked.SMOKING_COUNTS, change=36, exposure=worked.SMOKING_POPULATION, model="poisson",
        harmonics=2,
    )  # fmt: skip
    np.testing.assert_allclose(ours.errors, theirs.bse, rtol=1e-8)


def test_proportions_agree_with_statsmodels():
    from statsmodels.stats import proportion

    for x, n in [(0, 10), (5, 5), (9, 10), (45, 50), (312, 400)]:
        ours = confidence.wilson(x, n)
        theirs = proportion.proportion_confint(x, n, method="wilson")
        assert (float(ours.lo), float(ours.hi)) == pytest.approx(theirs, abs=1e-12)
    got = effect.shares((56, 70), (48, 80))
    low, high = proportion.confint_proportions_2indep(48, 80, 56, 70, method="newcomb")
    assert (got.lo, got.hi) == pytest.approx((low, high), abs=1e-12)


def test_sample_sizes_agree_with_statsmodels():
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    for p1, p2 in [(0.72, 0.75), (0.80, 0.85), (0.10, 0.05)]:
        size = NormalIndPower().solve_power(proportion_effectsize(p1, p2), power=0.8, alpha=0.05)
        assert effect.sample_size(p1, p2).exact == pytest.approx(size, rel=1e-4)


def test_kappa_agrees_with_statsmodels():
    from statsmodels.stats.inter_rater import cohens_kappa

    rng = np.random.default_rng(0)
    for _ in range(5):
        table = rng.integers(1, 30, (4, 4))
        ours, theirs = quality.kappa_table(table), cohens_kappa(table)
        assert ours.value == pytest.approx(theirs.kappa, rel=CLOSE)
        assert ours.error == pytest.approx(math.sqrt(theirs.var_kappa), rel=CLOSE)
