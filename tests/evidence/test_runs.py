"""Do run rules see patterns, keep to their printed limits and alarm as seldom as they say?"""

import numpy as np
import pytest

from wfm.evidence import charts
from wfm.evidence.runs import Rule, find, runs

# 4000 charts: two and a half binomial standard errors of the printed shares, rounded up.
SIMULATED = 0.016
CHARTS = 4000
NELSON_1_TO_4 = ("3sigma", "nelson2", "nelson3", "nelson4")


def known(x, rules):
    return find(np.asarray(x, float), np.zeros(len(x)), np.ones(len(x)), rules)


@pytest.mark.parametrize(
    ("points", "run", "crossings"), [(12, 7, 3), (20, 7, 6), (24, 8, 8), (30, 8, 10), (52, 9, 20)]
)
def test_anhoej_limits_are_the_printed_ones(points, run, crossings):
    got = runs(np.tile([1.0, -1.0], points // 2))
    assert (got.longest_limit, got.crossings_limit) == (run, crossings)


def test_points_on_the_median_are_left_out():
    got = runs([1, 2, 2, 3, 1, 3])
    assert got.useful == 4
    assert (got.longest, got.crossings) == (1, 3), "1 3 1 3 about the median 2"


def test_a_run_one_longer_than_the_limit_is_a_signal_and_at_the_limit_is_not():
    rest = [-1, 1, -1, -1, -1, 1, -1, -1, 1, -1, -1, -1, 1, -1, -1, -1]
    fewer = [-1, 1, -1, -1, -1, 1, -1, -1, 1, -1, -1, -1, -1, -1, -1]
    at, above = np.array([1.0] * 8 + rest), np.array([1.0] * 9 + fewer)
    assert (runs(at).longest, runs(at).longest_limit) == (8, 8)
    assert (runs(above).longest, runs(above).longest_limit) == (9, 8)
    assert not charts.xmr(at, rules=("anhoej",)).signals
    seen = charts.xmr(above, rules=("anhoej",)).signals[0]
    assert (seen.rule, seen.first, seen.last) == (Rule.ANHOEJ, 0, 8)


@pytest.mark.parametrize(("rule", "x"), [
    ("3sigma", [0, 3.01, 0]),
    ("nelson2", [0.1] * 9),
    ("nelson3", [-1.0, -0.5, 0.0, 0.5, 0.7, 0.9]),
    ("nelson4", [0.5, -0.5] * 7),
    ("nelson5", [0, 2.1, 0, 2.1, 0]),
    ("nelson6", [1.1, 1.2, 0, 1.3, 1.1]),
    ("nelson7", [0.5, -0.5, 0.2] * 5),
    ("nelson8", [1.5, -1.5] * 4),
])  # fmt: skip
def test_each_rule_sees_its_pattern_and_not_one_point_less(rule, x):
    assert known(x, (rule,))
    shorter = x[:-1] if rule not in ("3sigma", "nelson5") else [0, 2.1, 0, 0, 2.1]
    assert not known(shorter, (rule,))


def test_two_of_three_beyond_two_sigma_must_be_on_one_side():
    assert not known([2.1, 0, -2.1], ("nelson5",))


def test_crossings_at_the_limit_are_no_signal_and_one_fewer_is():
    at = np.repeat([1, -1] * 4 + [1], [3, 3, 3, 3, 2, 3, 2, 3, 2]).astype(float)
    fewer = np.repeat([1, -1] * 4, 3).astype(float)
    assert (runs(at).crossings, runs(at).crossings_limit, runs(at).signal) == (8, 8, False)
    assert (runs(fewer).crossings, runs(fewer).crossings_limit, runs(fewer).signal) == (7, 8, True)


def longest_run_by_hand(values):
    median, best, run, last = np.median(values), 0, 0, 0
    for value in values:
        side = np.sign(value - median)
        if side == 0:
            continue
        run = run + 1 if side == last else 1
        last, best = side, max(best, run)
    return best


def test_the_longest_run_equals_a_count_by_hand():
    rng = np.random.default_rng(3)
    for _ in range(200):
        x = rng.integers(0, 5, rng.integers(3, 30)).astype(float)
        got = runs(x)
        assert got.longest == longest_run_by_hand(x)
        if got.useful:
            assert got.last - got.first + 1 >= got.longest


@pytest.mark.parametrize(("rules", "expected"), [
    (("3sigma",), 0.063),
    (NELSON_1_TO_4, 0.15),
    (("anhoej",), 0.031),
    (("3sigma", "anhoej"), 0.093),
])  # fmt: skip
def test_false_alarms_of_a_chart_of_24_points(rules, expected):
    rng = np.random.default_rng(31)
    alarms = np.mean([bool(known(rng.normal(size=24), rules)) for _ in range(CHARTS)])
    assert alarms == pytest.approx(expected, abs=SIMULATED)
