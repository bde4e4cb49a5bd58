"""Are units compared as the worked examples say, and does every split add up?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.evidence import worked
from wfm.errors import BadInput
from wfm.evidence import compare, quality
from wfm.evidence.funnel import limits

PRINTED = 1e-9  # ten printed digits


@pytest.mark.parametrize(("n", "outer", "inner"), [
    (100, (0.6763907078, 0.9236092922), (0.7216014406, 0.8783985594)),
    (500, (0.7447202440, 0.8552797560), (0.7649390984, 0.8350609016)),
    (2000, (0.7723601220, 0.8276398780), (0.7824695492, 0.8175304508)),
])  # fmt: skip
def test_normal_funnel_limits(n, outer, inner):
    for confidence, ends in ((0.998, outer), (0.95, inner)):
        low, high = limits([n], 0.8, confidence=confidence)
        assert (low[0], high[0]) == pytest.approx(ends, rel=PRINTED)


@pytest.mark.parametrize(("n", "ends"), [(20, (0.5, 1.0)), (99, None)])
def test_small_units_get_exact_limits_that_stay_within_one(n, ends):
    low, high = limits([n], 0.8, confidence=0.998)
    assert 0 <= low[0] < high[0] <= 1
    if ends:
        assert (low[0], high[0]) == pytest.approx(ends, abs=1e-12)
    else:
        from scipy.stats import binom

        assert (
            binom.cdf(round(low[0] * n) - 1, n, 0.8) < 0.001 <= binom.cdf(round(low[0] * n), n, 0.8)
        )


def test_fifty_equal_agents_and_one_outside():
    assert compare.any_outside(50, confidence=0.95) == pytest.approx(0.923055024723287, rel=1e-12)
    assert compare.any_outside(50, confidence=0.998) == pytest.approx(0.0952531819959643, rel=1e-12)


def test_equal_units_are_seldom_outside_and_a_bad_one_is():
    rng = np.random.default_rng(1)
    n = rng.integers(150, 400, 40)
    good = rng.binomial(n, 0.85)
    calm = compare.funnel(good, n)
    assert calm.outside.sum() == 0
    assert calm.phi < 1.5
    good[7] = round(0.5 * n[7])
    assert np.flatnonzero(compare.funnel(good, n).outside).tolist() == [7]


def test_overdispersion_widens_the_limits_by_its_root():
    n = np.full(10, 400)
    good = np.array([280, 290, 300, 310, 320, 330, 340, 350, 360, 320])
    wide = compare.funnel(good, n)
    plain = compare.funnel(good, n, overdispersion=False)
    z = (good / 400 - 0.8) / 0.02
    low, high = np.quantile(z, [0.1, 0.9])
    assert wide.phi == pytest.approx(float((np.clip(z, low, high) ** 2).mean()))
    assert (wide.centre - wide.outer_lower) == pytest.approx(
        math.sqrt(wide.phi) * (plain.centre - plain.outer_lower)
    )
    assert wide.outside.sum() < plain.outside.sum()


def test_a_unit_without_contacts_is_undefined():
    got = compare.funnel([8, 0], [10, 0])
    assert np.isnan(got.values[1])
    assert not got.outside[1]


def test_james_stein_of_the_eighteen_players():
    p = worked.BASEBALL_HITS / 45
    m = p.mean()
    got = compare.james_stein(p, m * (1 - m) / 45)
    assert got.mean == pytest.approx(0.265432098765432, rel=1e-12)
    assert got.spread == pytest.approx(0.211653417144266, rel=1e-12)
    assert got.value[[0, 1, 17]] == pytest.approx([0.293914, 0.28921, 0.242176], abs=5e-7)
    assert ((p - worked.BASEBALL_TRUE) ** 2).sum() == pytest.approx(0.075316950617284, rel=PRINTED)
    assert ((got.value - worked.BASEBALL_TRUE) ** 2).sum() == pytest.approx(
        0.0213069148901974, rel=PRINTED
    )


def test_beta_binomial_of_the_eighteen_players():
    got = compare.shrink(worked.BASEBALL_HITS, np.full(18, 45))
    assert got.spread == pytest.approx(0.00271011277287933, rel=PRINTED)
    assert got.a + got.b == pytest.approx(367.988335100742, rel=PRINTED)
    assert got.a == pytest.approx(97.6759161069871, rel=PRINTED)
    assert got.weight[0] == pytest.approx(0.108961915326308, rel=PRINTED)
    assert got.value[[0, 17]] == pytest.approx([0.280094875025392, 0.25345974016785], rel=PRINTED)
    assert ((got.value - worked.BASEBALL_TRUE) ** 2).sum() == pytest.approx(
        0.0218150502633829, rel=PRINTED
    )
    assert ((got.lo < got.value) & (got.value < got.hi)).all()


def test_agents_who_differ_less_than_chance_all_get_the_mean():
    got = compare.shrink([40, 40, 41, 39], [50, 50, 50, 50])
    assert got.spread <= 0
    assert got.value.tolist() == [0.8] * 4
    assert got.weight.tolist() == [0.0] * 4


def test_shrinking_never_leaves_the_span_between_own_figure_and_mean():
    got = compare.shrink([5, 60, 500, 0], [5, 100, 600, 0])
    inside = ~np.isnan(got.raw)
    low, high = np.minimum(got.raw, got.mean), np.maximum(got.raw, got.mean)
    assert ((got.value >= low - 1e-12) & (got.value <= high + 1e-12))[inside].all()
    assert got.value[3] == pytest.approx(got.mean)


def test_means_with_equal_errors_shrink_by_one_factor():
    x = np.array([280.0, 300, 320, 340])
    got = compare.shrink_means(x, np.full(4, 10.0))
    between = x.var(ddof=1) - 100
    assert got.spread == pytest.approx(between)
    assert got.weight == pytest.approx([between / (between + 100)] * 4)
    assert got.value == pytest.approx(310 + got.weight * (x - 310))
    own = got.weight[0]
    error = math.sqrt(own * 100 + (1 - own) ** 2 * (between + 100) / 4)
    assert (got.hi - got.value) == pytest.approx([1.959963984540 * error] * 4)


def test_with_five_checks_nobody_can_be_ranked():
    got = compare.ranks([5, 4, 5, 3, 4], [5, 5, 5, 5, 5])
    assert (got.hi - got.lo >= 3).all()
    sure = compare.ranks([950, 500, 100], [1000, 1000, 1000])
    assert sure.lo.tolist() == sure.hi.tolist() == [1, 2, 3]


@pytest.mark.parametrize(("n", "ahead", "tie", "behind"), [
    (5, 0.406072647143, 0.388907949540, 0.205019403316),
    (10, 0.521938753332, 0.254247191908, 0.223814054760),
    (50, 0.773179953584, 0.080357678617, 0.146462367800),
    (200, 0.957511737719, 0.011940801945, 0.030547460336),
])  # fmt: skip
def test_how_often_two_agents_are_put_in_the_right_order(n, ahead, tie, behind):
    got = compare.duel(0.90, 0.84, n)
    assert (got.ahead, got.tie, got.reversed) == pytest.approx((ahead, tie, behind), rel=PRINTED)


def test_simpsons_paradox_turns_when_the_mix_is_one():
    got = compare.standardise([[81, 192], [234, 55]], [[87, 263], [270, 80]])
    assert got.crude == pytest.approx([0.78, 0.825714285714286], rel=1e-12)
    assert got.weights == pytest.approx([0.51, 0.49], rel=1e-12)
    assert got.value == pytest.approx([0.832546217385604, 0.778875], rel=1e-12)
    parts = compare.split(([81, 192], [87, 263]), ([234, 55], [270, 80]))
    assert parts.total == pytest.approx(0.0457142857142857, rel=1e-12)
    assert (parts.mix, parts.rate) == pytest.approx(
        (0.0993855030998894, -0.0536712173856038), rel=1e-12
    )


def test_a_unit_without_a_type_has_no_standardised_figure():
    got = compare.standardise([[8, 0], [8, 8]], [[10, 0], [10, 10]])
    assert np.isnan(got.value[0])
    given_mix = compare.standardise([[8, 0], [8, 8]], [[10, 0], [10, 10]], weights=[1, 0])
    assert given_mix.value.tolist() == [0.8, 0.8]


def test_volume_and_price_step_by_step():
    got = compare.sequential([1000, 1000, 1500, 1700], [200, 220, 220, 225])
    assert got.inner.tolist() == [20000, 0, 7500]
    assert got.mix.tolist() == [0, 110000, 45000]


@pytest.mark.parametrize(("after", "parts"), [
    ([1100, 330], (31500, 31500)),
    ([1200, 310], (61024.907713114, 10975.092286886)),
])  # fmt: skip
def test_lmdi_of_workload(after, parts):
    assert compare.lmdi([1000, 300], after).parts == pytest.approx(parts, rel=PRINTED)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(*[st.one_of(st.just(0.0), st.floats(1e-3, 1e4))] * 4),
                min_size=1, max_size=6))  # fmt: skip
def test_lmdi_adds_up_exactly_also_with_zeros(rows):
    table = np.array(rows).T
    got = compare.lmdi(table[:2], table[2:])
    whole = table[2] * table[3] - table[0] * table[1]
    scale = max(1.0, float((table[2] * table[3] + table[0] * table[1]).max()))
    assert got.by_row.sum(axis=0) == pytest.approx(whole, abs=1e-9 * scale)
    assert got.parts.sum() == pytest.approx(got.total, abs=1e-9 * scale * len(rows))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50), st.integers(0, 50),
                          st.integers(0, 50)), min_size=2, max_size=5))  # fmt: skip
def test_mix_and_rate_add_up_to_the_change(rows):
    x0, m0, x1, m1 = np.array(rows).T
    n0, n1 = x0 + m0, x1 + m1
    if not n0.sum() or not n1.sum():
        return
    got = compare.split((x0, n0), (x1, n1))
    assert got.mix + got.rate == pytest.approx(got.total, abs=1e-12)
    assert got.total == pytest.approx(x1.sum() / n1.sum() - x0.sum() / n0.sum(), abs=1e-12)


@pytest.mark.parametrize(("population", "margin", "confidence", "exact", "n"), [
    (1000, 0.05, 0.95, 277.733453173, 278),
    (60000, 0.03, 0.99, 1788.13042972, 1789),
    (math.inf, 0.03, 0.95, 1067.07189464, 1068),
    (100, 0.1, 0.95, 49.2402627378, 50),
    (100, 0.05, 0.95, 79.5092944649, 80),
    (400, 0.1, 0.95, 77.5995113386, 78),
    (400, 0.05, 0.95, 196.206551481, 197),
    (1000, 0.1, 0.95, 87.7016182593, 88),
    (5000, 0.1, 0.95, 94.2451256954, 95),
    (5000, 0.05, 0.95, 356.804265094, 357),
])  # fmt: skip
def test_contacts_to_check(population, margin, confidence, exact, n):
    got = quality.sample_plan(margin, confidence=confidence, population=population)
    assert got.exact == pytest.approx(exact, rel=PRINTED)
    assert got.per_group == n


def test_work_sampling_needs_733_observations():
    got = quality.sample_plan(0.03, share=0.78)
    assert got.exact == pytest.approx(732.438148, rel=1e-8)
    assert got.per_group == 733


def test_kappa_of_two_scorers():
    got = quality.kappa_table([[20, 5], [10, 15]])
    assert (got.observed, got.chance) == (0.7, 0.5)
    assert got.value == pytest.approx(0.4, rel=1e-12)
    assert got.lo < 0.4 < got.hi


def test_the_error_of_kappa_is_the_delta_method_of_the_multinomial():
    table = np.array([[20.0, 5, 1], [10, 15, 4], [2, 3, 9]])
    n = table.sum()

    def value(p):
        chance = p.sum(axis=1) @ p.sum(axis=0)
        return (np.trace(p) - chance) / (1 - chance)

    p, slope = table / n, np.zeros((3, 3))
    for i in range(3):
        for j in range(3):
            step = np.zeros((3, 3))
            step[i, j] = 1e-6
            slope[i, j] = (value(p + step) - value(p - step)) / 2e-6
    variance = ((p * slope**2).sum() - (p * slope).sum() ** 2) / n
    assert quality.kappa_table(table).error == pytest.approx(math.sqrt(variance), rel=1e-7)


def test_kappa_is_undefined_when_both_always_say_yes():
    assert math.isnan(quality.kappa(["yes"] * 9, ["yes"] * 9).value)
    assert quality.kappa(["a", "b", "c"], ["a", "b", "c"]).value == 1.0


@pytest.mark.parametrize("bad", [
    lambda: compare.funnel([5], [4]),
    lambda: compare.funnel([0, 0], [5, 5]),
    lambda: compare.shrink([5], [10]),
    lambda: compare.james_stein([1, 2, 3], 1.0),
    lambda: compare.shrink_means([1, 2], [0, 1]),
    lambda: compare.standardise([1, 2], [3, 4]),
    lambda: compare.split(([1], [0]), ([1], [2])),
    lambda: compare.lmdi([-1, 2], [1, 2]),
    lambda: compare.duel(0.8, 0.9, 5),
    lambda: quality.sample_plan(5),
    lambda: quality.kappa(["a"], ["a", "b"]),
    lambda: quality.kappa([None], ["a"]),
])  # fmt: skip
def test_what_cannot_be_compared_is_refused(bad):
    with pytest.raises(BadInput):
        bad()
