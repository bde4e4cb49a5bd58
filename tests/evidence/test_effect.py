"""Do the tests of an effect give the worked numbers, and find nothing where nothing is?"""

import math

import numpy as np
import pytest
from scipy import stats

from tests.evidence import worked
from wfm.errors import BadInput
from wfm.evidence import effect
from wfm.evidence.regression import least_squares, small_sample

PRINTED = 1e-8  # ten printed digits of an iteration
RATE = 1e5 * worked.SMOKING_COUNTS / worked.SMOKING_POPULATION


def smoking(**options):
    return effect.its(
        worked.SMOKING_COUNTS, change=worked.SMOKING_BAN, exposure=worked.SMOKING_POPULATION,
        model="poisson", **options,
    )  # fmt: skip


@pytest.mark.parametrize(("options", "level", "ratio", "phi", "intervals"), [
    ({"slope": False}, -0.1116284426, 0.8943765080, 3.559186764,
     ((0.86468639, 0.92508608), (0.83918901, 0.95319329))),
    ({"slope": False, "harmonics": 2}, -0.1220867929, 0.8850715472, 2.262182641,
     ((0.85443782, 0.91680357), (0.83940097, 0.93322699))),
    ({"harmonics": 2}, -0.1318591712, 0.8764644178, 2.274558329,
     ((0.84317983, 0.91106291), (0.82675324, 0.92916464))),
])  # fmt: skip
def test_the_smoking_ban_in_three_models(options, level, ratio, phi, intervals):
    plain, quasi = intervals
    got, bare = smoking(**options), smoking(errors="classical", **options)
    assert got.level.value == pytest.approx(level, rel=PRINTED)
    assert got.rate_ratio.value == pytest.approx(ratio, rel=PRINTED)
    assert got.dispersion == pytest.approx(phi, rel=PRINTED)
    assert (bare.rate_ratio.lo, bare.rate_ratio.hi) == pytest.approx(plain, rel=PRINTED)
    assert (got.rate_ratio.lo, got.rate_ratio.hi) == pytest.approx(quasi, rel=PRINTED)


def test_the_smoking_ban_changed_the_level_and_not_the_slope():
    got = smoking(harmonics=2)
    assert got.slope.value == pytest.approx(0.0014822280, rel=1e-7)
    assert got.slope.error == pytest.approx(0.0018546309, rel=1e-7)
    assert got.slope.p_value == pytest.approx(0.424172, abs=1e-6)
    assert got.level.clear
    assert not got.slope.clear
    first = smoking(slope=False)
    assert first.coefficients[:2] == pytest.approx([-6.2431509105, 0.00494499203], rel=PRINTED)


def test_the_level_is_the_jump_at_the_ban_not_at_time_zero():
    t = np.arange(1, 41.0)
    y = 10 + 0.5 * t + np.where(t > 20, 3 - 0.2 * (t - 20), 0)
    got = effect.its(y, change=20)
    assert got.level.value == pytest.approx(3, abs=1e-9)
    assert got.slope.value == pytest.approx(-0.2, abs=1e-9)
    assert got.unchanged == pytest.approx(10 + 0.5 * t)


def test_newey_west_errors_of_the_smoking_rate():
    got = effect.its(RATE, change=36, slope=False)
    order = [0, 2, 1]  # ours: intercept, time, level; printed: intercept, x, time
    assert got.coefficients[order] == pytest.approx(
        [193.6223567651, -24.0933031405, 1.0621396478], rel=PRINTED
    )
    assert got.durbin_watson == pytest.approx(1.5912638769, rel=PRINTED)
    assert got.lags == 3
    corrected = [3.9370298950, 7.1376966286, 0.1667876486]
    assert got.errors[order] == pytest.approx(corrected, rel=PRINTED)
    assert got.errors[order] * math.sqrt(56 / 59) == pytest.approx(
        [3.8356301187, 6.9538624032, 0.1624919661], rel=PRINTED
    )
    bare = effect.its(RATE, change=36, slope=False, errors="classical")
    assert bare.errors[order] == pytest.approx([4.4156457694, 7.0500138003, 0.2019082780])


def test_small_samples_get_wider_limits_whose_variance_is_right_on_average():
    rng, n = np.random.default_rng(7), 40
    design = np.column_stack([np.ones(n), np.arange(n), np.arange(n) >= 20.0])
    factor, free = small_sample(design, 2, lags=3)
    published, truth = [], []
    for _ in range(2000):
        fit = least_squares(design, rng.normal(size=n), lags=3)
        published.append(fit.errors[2] ** 2)
        truth.append(fit.coefficients[2])
    assert np.mean(published) * factor**2 == pytest.approx(np.var(truth), rel=0.07), "2000 draws"
    spread = np.var(published) / np.mean(published) ** 2
    assert spread == pytest.approx(2 / free, rel=0.15), "degrees of freedom match the variance"
    y = rng.normal(size=n)
    narrow = effect.its(y, change=20, errors="large_sample").level
    wide = effect.its(y, change=20).level
    assert wide.hi - wide.lo > 1.2 * (narrow.hi - narrow.lo)


def test_no_change_is_seldom_called_clear():
    rng, clear = np.random.default_rng(8), 0
    for _ in range(400):
        clear += effect.its(rng.normal(size=48), change=24).level.clear
    assert clear / 400 <= 0.08, "5 % and three binomial standard errors"


def test_a_season_alone_never_makes_a_level():
    t = np.arange(1, 49.0)
    y = 100 + 10 * np.sin(2 * np.pi * t / 12)
    blind = effect.its(y, change=27, slope=False)
    told = effect.its(y, change=27, slope=False, harmonics=1)
    assert abs(told.level.value) < 1e-9
    assert abs(blind.level.value) > 1


@pytest.mark.parametrize("bad", [
    lambda: effect.its(RATE, change=5),
    lambda: effect.its(RATE, change=55),
    lambda: effect.its([1.0] * 9 + [math.nan] * 9, change=9),
    lambda: effect.its(RATE, change=36, exposure=RATE),
    lambda: effect.its(-RATE, change=36, model="poisson"),
    lambda: effect.its(RATE, change=36, model="arima"),
    lambda: effect.its(RATE[:18], change=9, harmonics=8),
    lambda: effect.its([0.0] * 10 + [5.0] * 10, change=10, model="poisson", slope=False),
])  # fmt: skip
def test_series_that_prove_nothing_are_refused(bad):
    with pytest.raises(BadInput):
        bad()


def test_difference_in_differences_of_four_shares():
    got = effect.did((288, 400), (312, 400), (292, 400), (300, 400))
    assert got.value == pytest.approx(0.04, abs=1e-12)
    assert got.error == pytest.approx(0.0435258543856407, rel=1e-12)
    assert (got.lo, got.hi) == pytest.approx((-0.0453091069921906, 0.125309106992191), rel=1e-9)
    assert not got.clear
    with pytest.raises(BadInput, match="treated_after"):
        effect.did((288, 400), (500, 400), (292, 400), (300, 400))


def test_few_units_are_permuted_exactly():
    before = np.zeros(7)
    after = np.array([5.0, 6, 7, 1, 2, 3, 4])
    treated = np.array([True, True, True, False, False, False, False])
    got = effect.did_units(before, after, treated)
    assert got.method == "permutation"
    assert got.effect.value == pytest.approx(3.5)
    assert got.effect.p_value == pytest.approx(2 / 35), "this choice and 1, 2, 3 of 35"
    assert got.effect.lo < 3.5 < got.effect.hi
    assert got.effect.lo <= 0, "5.7 % is not below 5 %"


def test_ties_count_as_ties_whatever_the_rounding():
    whole = np.array([1, 2, 3, 4, 4, 5, 6, 7])
    side = np.array([True, False, True, False, True, True, False, False])
    exact = effect.did_units(np.zeros(8), whole, side).effect.p_value
    for factor in (0.1, 0.3, 1 / 7):
        assert effect.did_units(np.zeros(8), whole * factor, side).effect.p_value == exact


def test_three_against_three_can_never_be_clear():
    got = effect.did_units([0.0] * 6, [9, 9, 9, 0, 0, 0.0], np.arange(6) < 3)
    assert got.smallest_p == pytest.approx(0.1)
    assert (got.effect.lo, got.effect.hi) == (-math.inf, math.inf)
    assert not got.effect.clear


def test_permutation_limits_hold_the_truth_as_often_as_promised():
    rng, inside = np.random.default_rng(2), 0
    for _ in range(200):
        change = rng.normal(0, 1, 9) + np.where(np.arange(9) < 4, 2.0, 0.0)
        got = effect.did_units(np.zeros(9), change, np.arange(9) < 4).effect
        inside += got.lo <= 2.0 <= got.hi
    assert inside / 200 >= 0.91, "95 % less two binomial standard errors and a half"


def test_many_units_use_cluster_errors():
    rng = np.random.default_rng(4)
    before, treated = rng.normal(300, 20, 24), np.arange(24) < 12
    after = before + rng.normal(0, 5, 24) - 15 * treated
    got = effect.did_units(before, after, treated)
    gap = after - before
    error = math.sqrt(gap[treated].var(ddof=1) / 12 + gap[~treated].var(ddof=1) / 12)
    assert got.method == "cluster"
    assert got.effect.error == pytest.approx(error)
    assert got.effect.hi < 0


def test_parallel_trends_are_not_refuted_and_others_are():
    t = np.arange(12.0)
    wave = 0.2 * np.sin(t)
    assert not effect.parallel(t + wave, t).clear
    assert effect.parallel(2 * t + wave, t).clear


@pytest.mark.parametrize(("before", "after", "arcsine", "normal"), [
    (0.72, 0.75, 3394.833971, 3396.077603),
    (0.80, 0.85, 902.343442, 905.365778),
])  # fmt: skip
def test_contacts_needed(before, after, arcsine, normal):
    got = effect.sample_size(before, after)
    assert got.exact == pytest.approx(arcsine, rel=1e-9)
    assert got.per_group == math.ceil(arcsine)
    other = effect.sample_size(before, after, method="normal")
    assert (other.exact, other.per_group) == (
        pytest.approx(normal, rel=1e-9),
        math.ceil(normal),
    )
    assert effect.power(before, after, arcsine) == pytest.approx(0.80, abs=1e-6)
    assert effect.detectable(before, arcsine) == pytest.approx(after, abs=1e-9)


def test_nothing_above_one_can_be_detected():
    assert math.isnan(effect.detectable(0.99, 20))


def test_shares_of_newcombe():
    got = effect.shares((56, 70), (48, 80))  # Newcombe 1998, table II, method 10
    assert (-got.hi, -got.lo) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    chi2 = stats.chi2_contingency([[56, 14], [48, 32]], correction=False)
    assert got.p_value == pytest.approx(chi2.pvalue)


def test_small_groups_use_fishers_exact_test():
    got = effect.shares((3, 4), (1, 4))  # the lady tasting tea
    assert got.p_value == pytest.approx(0.4857, abs=5e-5)


def test_rates_without_events_on_one_side_have_an_open_end():
    got = effect.rates((0, 100), (8, 100))
    assert got.value == math.inf
    assert got.lo > 0
    assert got.hi == math.inf


def test_equal_means_are_not_clear():
    assert not effect.means([1, 2, 3, 4.0], [1, 2, 3, 4.0]).clear
    with pytest.raises(BadInput):
        effect.means([1.0], [1, 2])


def test_a_link_is_found_at_its_lag_and_its_limits_hold_it():
    rng = np.random.default_rng(9)
    x = rng.normal(size=60)
    y = np.append([0.0, 0.0], x[:-2]) + 0.3 * rng.normal(size=60)
    got = effect.lagged(x, y)
    assert int(got.lags[np.argmax(got.correlation)]) == 2
    assert got.lo[2] > 0.5
    assert got.lo[0] < 0 < got.hi[0]
    assert got.pairs.tolist() == [60, 59, 58, 57]
    assert np.array_equal(got.lo, effect.lagged(x, y).lo), "same seed, same limits"
