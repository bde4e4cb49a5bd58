# ruff: noqa: PLR0917 - hypothesis passes its draws by name
"""Erlang B, C, A and finite lines against published tables, two oracles, and what must hold."""

import math
import subprocess
import sys

import mpmath
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import gammainc

from tests.oracles import chain, erlang_b, integral, inverse_b
from wfm.errors import BadInput
from wfm.queueing import _kernels, erlang
from wfm.scenario import SlRule, Target

INF = math.inf
PRINTED = 2e-14  # worked examples print 15 digits
REL, ABS = 1e-10, 1e-13  # ten times tighter than the promise of 1e-9
ROUNDING = 1e-12  # the tolerance of a limit, and what figures in order may miss by
FIELDS = (
    "load", "p_block", "p_wait", "p_abandon", "p_answered", "mean_wait_s", "asa_s", "occupancy",
    "mean_queue", "p_answered_in_awt", "p_abandoned_in_awt", "p_later", "p_virtual",
)  # fmt: skip
RULES = [str(rule) for rule in SlRule]


def per_minute(agents, **options):
    """T7: 48 calls a minute of 60 seconds."""
    return erlang.performance(48, 60, agents, interval_s=60, **options)


def error(mine, truth):
    """Relative error, 0 within ABS."""
    return 0.0 if abs(mine - truth) <= ABS else float(abs(mine - truth) / abs(truth))


def compare(case, oracle):
    volume, aht_s, agents, interval_s, patience_s, lines, awt_s = case
    mine = erlang.performance(
        volume, aht_s, agents, interval_s=interval_s, patience_s=patience_s, lines=lines,
        awt_s=awt_s,
    )  # fmt: skip
    truth = oracle(*case)
    wrong = {
        name: (float(getattr(mine, name)), float(getattr(truth, name)))
        for name in FIELDS
        if error(getattr(mine, name), getattr(truth, name)) > REL
    }
    assert not wrong, (case, wrong)


# --- published and worked examples ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("agents", "p_wait", "within", "mean_wait_s", "occupancy"),
    [
        (11, 0.682118204689332, 0.389613811729153, 122.781276844080, 0.909090909090909),
        (12, 0.449388224298271, 0.640158040374007, 40.4449401868444, 0.833333333333333),
        (13, 0.285270453036493, 0.795594788417783, 17.1162271821896, 0.769230769230769),
        (14, 0.174131933595050, 0.888350019179467, 7.83593701177724, 0.714285714285714),
        (15, 0.102042367007988, 0.941452842869022, 3.67352521228757, 0.666666666666667),
    ],
)
def test_t6_erlang_c(agents, p_wait, within, mean_wait_s, occupancy):
    got = erlang.performance(100, 180, agents)
    assert got.p_wait == pytest.approx(p_wait, rel=PRINTED)
    assert got.mean_wait_s == pytest.approx(mean_wait_s, rel=PRINTED)
    assert got.asa_s == pytest.approx(mean_wait_s, rel=PRINTED)
    assert got.occupancy == pytest.approx(occupancy, rel=PRINTED)
    for rule in RULES:  # nobody leaves: all definitions coincide
        assert got.p_answered_within(rule) == pytest.approx(within, rel=PRINTED)


def test_t6_fewest_agents_is_fourteen():
    assert erlang.fewest_agents(100, 180, Target(service_level=0.80, awt_s=20)) == 14


@pytest.mark.parametrize("agents", [0, 5, 10])
def test_t6_without_patience_agents_up_to_the_load_never_catch_up(agents):
    got = erlang.performance(100, 180, agents)
    assert got.p_wait == got.occupancy == 1
    assert got.mean_wait_s == got.asa_s == got.mean_queue == INF
    assert got.p_answered == 0
    assert [float(got.p_answered_within(rule)) for rule in RULES] == [0] * 7


def test_t7_erlang_c_against_erlang_a():
    c, a = per_minute(50), per_minute(50, patience_s=120)
    assert c.p_wait == pytest.approx(0.694455611196834, rel=PRINTED)
    assert a.p_wait == pytest.approx(0.467774068553790, rel=PRINTED)
    assert c.mean_wait_s == pytest.approx(20.8336683359050, rel=PRINTED)
    assert a.mean_wait_s == pytest.approx(3.70946989946319, rel=PRINTED)
    assert c.mean_queue == pytest.approx(16.6669346687240, rel=PRINTED)
    assert a.mean_queue == pytest.approx(2.96757591957055, rel=PRINTED)
    assert a.p_abandon == pytest.approx(0.0309122491621932, rel=PRINTED)
    assert c.p_abandon == 0
    assert c.occupancy == pytest.approx(0.96, rel=PRINTED)
    assert a.occupancy == pytest.approx(0.930324240804295, rel=PRINTED)
    assert a.asa_s == pytest.approx(3.61590023955311, rel=PRINTED)


def test_t7_nine_of_ten_wait_no_longer_than_the_printed_quantile():
    assert per_minute(50, awt_s=58.1387417820088).p_answered_within("SL1") == pytest.approx(0.9)
    impatient = per_minute(50, patience_s=120, awt_s=12.44464771518)
    assert impatient.p_answered_within("SL1") == pytest.approx(0.9, rel=1e-11)  # 13 digits printed


def test_t8_the_published_answer_misses_the_target():
    got = erlang.performance(400, 180, [22, 23, 24, 25], interval_s=3600, awt_s=30)
    levels = [0.593071004563693, 0.747842414559060, 0.846964578576433, 0.909124286166379]
    waits = [51.1123645942840, 24.9442544810917, 13.4132534907223, 7.52770175755812]
    np.testing.assert_allclose(got.p_answered_within("SL4"), levels, rtol=PRINTED)
    np.testing.assert_allclose(got.mean_wait_s, waits, rtol=PRINTED)
    assert erlang.fewest_agents(400, 180, Target(0.80, awt_s=30), interval_s=3600) == 24


@pytest.mark.parametrize(
    ("rule", "value"),
    [
        ("SL1", 0.972864391707808),
        ("SL2", 0.973099653701857),
        ("SL3", 0.943018954746981),
        ("SL4", 0.972029602986987),
        ("SL5", 0.958290645872449),
        ("SL6", 0.957643794992325),
    ],
)
def test_t26_service_level_by_definition(rule, value):
    got = per_minute(50, patience_s=120)
    assert got.p_answered_within(rule) == pytest.approx(value, rel=PRINTED)
    assert per_minute(50).p_answered_within(rule) == pytest.approx(0.643454600803303, rel=PRINTED)


def test_t26_parts():
    got = per_minute(50, patience_s=120)
    assert got.p_answered_in_awt == pytest.approx(0.943018954746981, rel=PRINTED)
    assert got.p_abandoned_in_awt == pytest.approx(0.0298454369608270, rel=PRINTED)
    assert got.p_abandoned_short == pytest.approx(0.0152716911254677, rel=PRINTED)
    to_abandon = (got.mean_wait_s - got.asa_s * got.p_answered) / got.p_abandon
    assert to_abandon == pytest.approx(6.64284465304829, rel=1e-12)  # a difference


def test_t27_fractional_agents():
    got = erlang.performance(100, 180, [12.5, 12.998, 13.5, 14])
    waits = [0.359761235543677, 0.285540840483602, 0.223997411267515, 0.174131933595050]
    levels = [0.727493409526657, 0.795355575859820, 0.848172409194452, 0.888350019179467]
    np.testing.assert_allclose(got.p_wait, waits, rtol=PRINTED)
    np.testing.assert_allclose(got.p_answered_within("SL3"), levels, rtol=PRINTED)
    least = erlang.fractional_agents([100, 20], 180, Target(0.80))
    np.testing.assert_allclose(least, [13.0372064664078, 3.66882122375877], rtol=PRINTED)
    smooth = erlang.performance(108, 189, 12.998).p_answered_within("SL3")
    assert smooth == pytest.approx(0.545855390984, rel=1e-12)  # 12 digits printed


def test_t28_the_largest_volume_that_an_agent_more_carries():
    carried = np.array([99.665362357, 108.684913560, 117.753546437, 126.866112839, 136.018279148])
    target = Target(0.80)
    assert list(erlang.fewest_agents(carried - 1e-8, 180, target)) == [13, 14, 15, 16, 17]
    assert list(erlang.fewest_agents(carried + 1e-8, 180, target)) == [14, 15, 16, 17, 18]


def test_t36_queue_length_decides_the_cheapest_number():
    agents = np.arange(11, 17)
    queue = erlang.performance(100, 180, agents).mean_queue
    cost = 30 * agents + 60 * queue
    np.testing.assert_allclose(queue[:2], [6.82118204689332, 2.24694112149135], rtol=PRINTED)
    np.testing.assert_allclose(cost[2:4], [447.054090607299, 446.119790039257], rtol=PRINTED)
    assert agents[np.argmin(cost)] == 14


def test_t42_lines():
    got = erlang.erlang_b([5, 10, 10, 10], [10, 20, 18, 17])
    table = [0.0183845703366481, 0.00186904985235431, 0.00714243815789978, 0.0129488752247266]
    np.testing.assert_allclose(got, table, rtol=PRINTED)
    assert erlang.fewest_lines(10, 0.01) == 18


def test_t43_pooling_saves_agents():
    fewest = erlang.fewest_agents([100, 200, 400], 180, Target(0.80))
    assert list(fewest) == [14, 24, 45]


# --- oracles -------------------------------------------------------------------------------------

# volume, aht_s, agents, interval_s, patience_s, lines, awt_s
WHOLE = [
    (1, 18, 1, 1800, INF, INF, 20),  # load 0.01
    (1, 18, 1, 1800, 1, INF, 0),
    (0.1, 180, 40, 1800, 60, INF, 20),  # far more agents than load
    (10, 180, 1, 1800, 1, INF, 5),  # load = agents, impatience much faster than service
    (10, 180, 2, 1800, INF, INF, 20),
    (50, 600, 3, 1800, 30, INF, 20),  # five times overloaded
    (100, 180, 10, 1800, 300, INF, 0),  # load = agents, T = 0
    (100, 180, 9, 1800, 1e6, INF, 20),  # overload carried by very patient customers
    (100, 180, 14, 1800, 180, INF, 20),  # patience = handle time
    (1000, 300, 169, 1800, INF, INF, 20),  # nearly critical
    (1000, 300, 170, 1800, 120, INF, 1e5),
    (1000, 300, 20, 1800, 60, INF, 20),  # 8 times overloaded: almost nobody in time
    (1000, 1800, 1100, 1800, 3600, INF, 20),
    (100, 180, 14, 1800, INF, 14, 20),  # no waiting places: Erlang B
    (100, 180, 14, 1800, INF, 15, 20),
    (100, 180, 5, 1800, INF, 60, 20),  # overload held by lines alone
    (100, 180, 10, 1800, INF, 400, 20),  # critical, flat queue of 390 places
    (100, 180, 14, 1800, 120, 20, 20),
    (100, 180, 5, 1800, 10, 20, 20),
    (100, 180, 5, 1800, 3000, 100, 300),
    (1000, 300, 166, 1800, 1e6, 400, 20),
    (15374, 14.5, 1, 1800, INF, 113, 60),  # 124 times overloaded
    (165555, 534.78, 47, 3600, INF, 28778, 1),  # 523 times overloaded, very many lines
    (60000, 300, 10100, 1800, 300, INF, 20),
    (60000, 300, 9950, 1800, 300, 10100, 20),
    (600000, 300, 99900, 1800, 600, INF, 20),
]
REAL = [
    (100, 180, 13.0372, 1800, INF, INF, 20),
    (1, 18, 0.25, 1800, INF, INF, 20),
    (3, 180, 0.05, 1800, 30, INF, 20),
    (100, 180, 10 * (1 + 1e-9), 1800, INF, INF, 20),  # nearly critical
    (0.7, 100, 70.00000001 / 1000, 1000, INF, INF, 20),
    (100, 180, 9.5, 1800, 200, INF, 20),
    (100, 180, 9.5, 1800, 1e6, INF, 300),
    (5, 1063.956, 1, 1800, 110829.7, INF, 0),
    (185, 1779.6, 21, 3600, 3160.4, INF, 60),
    (600000, 300, 100300.5, 1800, INF, INF, 20),
    (600000, 300, 99000.5, 1800, 100, INF, 1),
    (100, 180, 12.5, 1800, INF, 13, 20),  # half a waiting place
]


@pytest.mark.parametrize("case", WHOLE, ids=str)
def test_figures_agree_with_the_chain(case):
    compare(case, chain)


@pytest.mark.parametrize("case", REAL, ids=str)
def test_figures_agree_with_the_integral(case):
    compare(case, integral)


@pytest.mark.parametrize("case", [WHOLE[3], WHOLE[5], WHOLE[8], WHOLE[17]], ids=str)
def test_the_two_oracles_agree(case):
    one, two = chain(*case), integral(*case)
    for name in FIELDS:
        assert abs(getattr(one, name) - getattr(two, name)) <= 1e-40 * max(1, getattr(one, name))


@pytest.mark.parametrize("load", [1e-9, 0.01, 0.7, 5, 35, 36, 300.5, 1e4, 1e5])
def test_erlang_b_agrees_with_the_sum_and_the_integral(load):
    spread = math.sqrt(load)
    for lines in (
        0,
        1,
        2,
        7,
        int(load),
        int(load + 3 * spread),
        int(0.3 * load),
        int(2 * load) + 1,
    ):
        assert error(erlang.erlang_b(load, lines), erlang_b(lines, load)) < REL
    for lines in (0.1, 0.5, load * 0.9 + 0.01, load + 0.3 * spread):
        assert error(erlang.erlang_b(load, lines), 1 / inverse_b(lines, load)) < REL


def test_the_lost_share_is_accurate_where_it_is_tiny():
    for load, lines in ((0.01, 12), (10, 60), (1000, 1600)):
        truth = erlang_b(lines, load)
        assert truth < 1e-20
        assert abs(erlang.erlang_b(load, lines) / truth - 1) < REL


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_figures_agree_with_both_oracles_over_the_whole_range(seed):
    rng = np.random.default_rng(seed)
    for _ in range(50):
        case, by_chain, by_integral = _random_case(rng)
        if by_chain:
            compare(case, chain)
        if by_integral:
            compare(case, integral)


def _random_case(rng):
    """A queue anywhere in the promised range, and which oracles can afford it."""
    interval_s = float(rng.choice([900.0, 1800.0, 3600.0]))
    aht_s = 10 ** rng.uniform(1, 3.5)
    volume = 10 ** rng.uniform(-2, 5) * interval_s / aht_s
    volume = max(1.0, round(volume)) if rng.random() < 0.3 else volume
    load = volume * aht_s / interval_s
    patience_s = INF if rng.random() < 0.25 else 10 ** rng.uniform(0, 6)
    spread = math.sqrt(load)
    agents = (
        load + spread * rng.uniform(-3, 5),
        load * rng.uniform(0.05, 1),
        load * rng.uniform(1, 3) + rng.integers(0, 5),
        load * (1 + rng.choice([-1, 1]) * 10 ** rng.uniform(-10, -2)),
        load + rng.integers(-2, 3),
        load * 10 ** rng.uniform(-3, 0),
    )[rng.integers(6)]
    whole = rng.random() < 0.6
    agents = float(max(1, round(agents))) if whole else max(0.02, float(agents))
    lines = INF
    if rng.random() < 0.4:
        places = (0, 1, 3, round(spread), round(10 * spread), int(10 ** rng.uniform(0, 4.5)))
        lines = agents + places[rng.integers(6)]
    if lines == INF and patience_s == INF and agents <= load:
        agents = load * (1 + 10 ** rng.uniform(-9, 0))
        agents = float(math.floor(load) + 1 + rng.integers(0, 4)) if whole else agents
    awt_s = float(rng.choice([0, 1, 5, 20, 60, 300, 10 ** rng.uniform(-1, 5)]))
    eta, places = aht_s / patience_s, lines - agents
    if eta:
        queue = max(0, load - agents) / eta + 20 * math.sqrt(load / eta) + 100
    else:
        queue = 60 * agents / (agents - load) if agents > load else places
    by_chain = whole and 20 * spread + min(places, queue) < 40000
    by_integral = lines == INF or (places < 300 and load < 3000)
    return (volume, aht_s, agents, interval_s, patience_s, lines, awt_s), by_chain, by_integral


# --- fewest agents -------------------------------------------------------------------------------

TARGETS = [
    *(Target(level, awt_s=20, rule=rule) for level in (0.5, 0.8, 0.95) for rule in RULES),
    Target(0.8, awt_s=0, rule="SL1"),
    Target(asa_s=5),
    Target(abandonment=0.03),
    Target(occupancy=0.85),
    Target(0.8, awt_s=20, asa_s=10, abandonment=0.05, occupancy=0.9),
]


def meets(target, case):
    """Whether the chain's figures meet every limit."""
    now, short = chain(*case), chain(*case[:-1], target.short_s)
    level = target.service_level
    return all(
        (
            level is None or now.service_level(str(target.rule), short) >= level,
            target.asa_s is None or now.asa_s <= target.asa_s,
            target.abandonment is None or now.p_abandon <= target.abandonment,
            target.occupancy is None or now.occupancy <= target.occupancy,
        )
    )


@pytest.mark.parametrize("patience_s", [INF, 300.0, 25.0])
@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_one_agent_fewer_misses_the_target(target, patience_s):
    for volume, aht_s in ((0.2, 60.0), (4, 200.0), (47, 231.0), (300, 180.0)):
        n = erlang.fewest_agents(volume, aht_s, target, patience_s=patience_s)
        stable = 0 if patience_s < INF else math.floor(volume * aht_s / 1800) + 1
        first = next(
            agents
            for agents in range(max(1, stable), 200)
            if meets(target, (volume, aht_s, agents, 1800, patience_s, INF, target.awt_s))
        )
        if target.abandonment is not None and patience_s == INF and target.asa_s is None:
            assert n == stable
        else:
            assert n == first


@settings(max_examples=200, deadline=None)
@given(
    load=st.floats(-2, 5).map(lambda power: 10.0**power),
    aht_s=st.floats(5, 3000),
    patience_s=st.one_of(st.just(INF), st.floats(0, 6).map(lambda power: 10.0**power)),
    rule=st.sampled_from(RULES),
    level=st.floats(0.01, 0.9999),
    awt_s=st.one_of(st.just(0.0), st.floats(5, 600)),
    asa_s=st.one_of(st.none(), st.floats(0.01, 300)),
    occupancy=st.one_of(st.none(), st.floats(0.3, 1)),
)
def test_the_answer_meets_and_one_fewer_misses_at_any_load(
    load, aht_s, patience_s, rule, level, awt_s, asa_s, occupancy
):
    target = Target(level, awt_s=awt_s, rule=rule, asa_s=asa_s, occupancy=occupancy, short_s=0)
    volume = load / aht_s
    n = int(erlang.fewest_agents(volume, aht_s, target, interval_s=1, patience_s=patience_s))
    p = erlang.performance(
        volume, aht_s, [n - 1, n], interval_s=1, patience_s=patience_s, awt_s=awt_s, short_s=0
    )
    held = (p.p_answered_within(rule) >= level - ROUNDING) & (p.mean_wait_s < INF)
    if asa_s is not None:
        held &= p.asa_s <= asa_s * (1 + ROUNDING)
    if occupancy is not None:
        held &= p.occupancy <= occupancy * (1 + ROUNDING)
    assert held[1]
    assert n == 1 or not held[0]


@pytest.mark.parametrize("load", [0.01, 30, 1e3, 99999.5])
@pytest.mark.parametrize("patience_s", [INF, 600.0, 5.0])
def test_fractional_agents_round_up_to_fewest_agents_and_sit_on_the_limit(load, patience_s):
    volume, aht_s = load * 6, 300.0
    for target in (Target(0.8), Target(asa_s=3), Target(0.9, awt_s=0, rule="virtual")):
        least = erlang.fractional_agents(volume, aht_s, target, patience_s=patience_s)
        whole = erlang.fewest_agents(volume, aht_s, target, patience_s=patience_s)
        assert whole == max(1, math.ceil(least))
        at = erlang.performance(volume, aht_s, least, patience_s=patience_s, awt_s=target.awt_s)
        if least > 1e-6 and target.asa_s:
            assert at.asa_s == pytest.approx(target.asa_s, rel=1e-9)
        elif least > 1e-6:
            assert at.p_answered_within(target.rule) == pytest.approx(
                target.service_level, rel=1e-9
            )


def test_a_limit_is_met_on_equality():
    third = erlang.performance(1, 1, 2, interval_s=1)  # load 1, two agents: P(wait) = 1/3
    assert third.p_wait == pytest.approx(1 / 3, rel=1e-15)
    assert erlang.fewest_agents(1, 1, Target(2 / 3, awt_s=0), interval_s=1) == 2
    assert erlang.fewest_agents(17, 1, Target(occupancy=0.85), interval_s=1) == 20
    assert erlang.fewest_lines(2, 0.4) == 2  # B(2, 2) = 2/5
    assert erlang.fewest_agents(2, 1, Target(blocking=0.4), interval_s=1, lines=2) == 2


def test_equality_holds_for_any_predicted_figure():
    for n in (1, 7, 60, 500):
        at = erlang.performance(6 * n, 290, n, patience_s=200)
        for rule in RULES:
            target = Target(float(at.p_answered_within(rule)), rule=rule)
            assert erlang.fewest_agents(6 * n, 290, target, patience_s=200) == n
        assert erlang.fewest_agents(6 * n, 290, Target(asa_s=float(at.asa_s)), patience_s=200) == n


def test_with_patience_the_answer_can_lie_below_the_load():
    assert erlang.fewest_agents(600, 300, Target(abandonment=0.2), patience_s=120) < 100


def test_no_volume_needs_no_agents():
    assert erlang.fewest_agents(0, 0, Target(0.8)) == 0
    assert list(erlang.fewest_agents([0, 100], 180, Target(0.8))) == [0, 14]
    assert erlang.fractional_agents(0, 180, Target(0.8)) == 0
    assert erlang.fewest_lines(0, 0.01) == 0


def test_short_abandons_longer_than_the_acceptable_wait_still_give_a_turning_point():
    target = Target(0.7, awt_s=2, rule="SL5", short_s=30)
    for volume in (5, 60, 600):
        n = int(erlang.fewest_agents(volume, 300, target, patience_s=20))
        levels = erlang.performance(
            volume, 300, [n - 1, n], patience_s=20, awt_s=2, short_s=30
        ).p_answered_within("SL5")
        assert levels[1] >= 0.7
        assert n == 1 or levels[0] < 0.7


@pytest.mark.parametrize("patience_s", [INF, 400.0, 100.0])
def test_finite_lines_one_agent_fewer_misses_the_target(patience_s):
    for target in (Target(0.7, rule="SL2"), Target(0.6, rule="SL3"), Target(asa_s=8)):
        n = int(erlang.fewest_agents(100, 180, target, patience_s=patience_s, lines=16))
        assert meets(target, (100, 180, n, 1800, patience_s, 16, target.awt_s))
        assert n > 1
        assert not meets(target, (100, 180, n - 1, 1800, patience_s, 16, target.awt_s))


def test_when_agents_are_slower_than_patience_blocking_is_checked_not_searched():
    options = {"patience_s": 20, "lines": 12}
    blocks = erlang.performance(100, 180, np.arange(1, 13), **options).p_block
    assert (np.diff(blocks) > 0).all()  # an agent more holds contacts longer than the queue would
    n = int(erlang.fewest_agents(100, 180, Target(0.3, rule="SL3"), **options))
    limit = float(blocks[n - 1])
    both = Target(0.3, rule="SL3", blocking=limit)
    assert erlang.fewest_agents(100, 180, both, **options) == n
    with pytest.raises(BadInput, match="blocking reaches"):
        erlang.fewest_agents(100, 180, Target(0.3, rule="SL3", blocking=limit * 0.99), **options)


@pytest.mark.parametrize(
    ("target", "options", "says"),
    [
        (Target(1.0), {}, "service_level 1 cannot be met"),
        (Target(1.0, rule="SL3"), {"lines": 30}, "blocked"),
        (Target(asa_s=0), {}, "asa_s 0 cannot be met"),
        (Target(0.8, awt_s=0, asa_s=0), {"patience_s": 60}, "asa_s 0 cannot be met"),
        (Target(abandonment=0), {"patience_s": 60}, "abandonment 0 cannot be met"),
        (Target(occupancy=0), {}, "occupancy 0 cannot be met"),
        (Target(blocking=0), {"lines": 30}, "blocking 0 cannot be met"),
        (Target(blocking=0.01), {"lines": 12}, "blocking reaches 0.119739"),
        (Target(0.99, rule="SL1"), {"lines": 14}, "service_level reaches 0.943"),
        (Target(occupancy=0.5), {"lines": 14}, "occupancy reaches 0.67"),
        (Target(), {}, "no limit is given"),
    ],
)
def test_a_target_that_cannot_be_met_says_why(target, options, says):
    with pytest.raises(BadInput, match=says):
        erlang.fewest_agents([0, 100], 180, target, **options)
    with pytest.raises(BadInput, match=says):
        erlang.fractional_agents(100, 180, target, **options)


def test_limits_at_their_end_are_met_where_nobody_can_wait_or_leave():
    assert erlang.fewest_agents(100, 180, Target(asa_s=0), lines=14) == 14
    assert erlang.fewest_agents(100, 180, Target(1.0, rule="SL2"), lines=14) == 14
    assert erlang.fewest_agents(100, 180, Target(abandonment=0), patience_s=60, lines=14) == 14
    assert erlang.fewest_agents(100, 180, Target(0.8, abandonment=0)) == 14
    assert erlang.fewest_agents(100, 180, Target(1.0, awt_s=INF)) == 11
    assert erlang.fewest_agents(0, 180, Target(asa_s=0)) == 0


# --- what must hold ------------------------------------------------------------------------------

queues = {
    "volume": st.floats(1e-3, 3000),
    "aht_s": st.floats(1, 2000),
    "patience_s": st.one_of(st.just(INF), st.floats(1, 1e6)),
    "awt_s": st.one_of(st.just(0.0), st.floats(0, 2000)),
}
quick = settings(max_examples=60, deadline=None)


def _ordered(low, high):
    return low <= high * (1 + ROUNDING) + ROUNDING


@quick
@given(**queues, agents=st.integers(1, 2000), places=st.one_of(st.none(), st.integers(0, 300)))
def test_shares_add_up_and_nothing_is_undefined(volume, aht_s, patience_s, awt_s, agents, places):
    lines = INF if places is None else agents + places
    p = erlang.performance(volume, aht_s, agents, patience_s=patience_s, lines=lines, awt_s=awt_s)
    values = [float(getattr(p, name)) for name in p.__dataclass_fields__]
    assert not any(math.isnan(value) for value in values)
    shares = [getattr(p, name) for name in p.__dataclass_fields__ if name.startswith("p_")]
    assert all(0 <= share <= 1 + ROUNDING for share in shares)
    by_wait = p.p_answered_in_awt + p.p_abandoned_in_awt + p.p_later + p.p_block
    assert by_wait == pytest.approx(1, abs=ROUNDING)
    if p.mean_wait_s < INF:
        assert p.p_answered + p.p_abandon + p.p_block == pytest.approx(1, abs=ROUNDING)


@quick
@given(**queues, agents=st.integers(1, 1500))
def test_an_agent_more_never_makes_it_worse(volume, aht_s, patience_s, awt_s, agents):
    few, more = (
        erlang.performance(volume, aht_s, n, patience_s=patience_s, awt_s=awt_s, short_s=awt_s / 3)
        for n in (agents, agents + 1)
    )
    for rule in RULES:
        assert _ordered(few.p_answered_within(rule), more.p_answered_within(rule))
    for name in ("p_wait", "p_abandon", "mean_wait_s", "asa_s", "occupancy"):
        assert _ordered(getattr(more, name), getattr(few, name))


@quick
@given(**queues, agents=st.floats(0.1, 1500), factor=st.floats(1, 3))
def test_more_load_never_makes_it_better(volume, aht_s, patience_s, awt_s, agents, factor):
    calm, busy = (
        erlang.performance(v, aht_s, agents, patience_s=patience_s, awt_s=awt_s, short_s=awt_s / 3)
        for v in (volume, volume * factor)
    )
    for rule in RULES:
        assert _ordered(busy.p_answered_within(rule), calm.p_answered_within(rule))
    for name in ("p_wait", "p_abandon", "mean_wait_s", "occupancy"):
        assert _ordered(getattr(calm, name), getattr(busy, name))


@quick
@given(**queues, agents=st.integers(1, 1500), factor=st.floats(1, 100))
def test_more_patience_means_more_waiting_and_less_leaving(
    volume, aht_s, patience_s, awt_s, agents, factor
):
    hasty, calm = (
        erlang.performance(volume, aht_s, agents, patience_s=p, awt_s=awt_s)
        for p in (patience_s, patience_s * factor)
    )
    for name in ("p_wait", "mean_wait_s"):
        assert _ordered(getattr(hasty, name), getattr(calm, name))
    assert _ordered(calm.p_abandon, hasty.p_abandon)
    assert _ordered(calm.p_virtual, hasty.p_virtual)


@quick
@given(load=st.floats(0.01, 500), surplus=st.floats(0.02, 1), awt_s=st.floats(0, 500))
def test_endless_patience_gives_erlang_c(load, surplus, awt_s):
    agents = load * (1 + surplus)
    with_patience = erlang.performance(
        load, 300, agents, interval_s=300, patience_s=1e17, awt_s=awt_s
    )
    without = erlang.performance(load, 300, agents, interval_s=300, awt_s=awt_s)
    for name in ("p_wait", "mean_wait_s", "asa_s", "mean_queue", "p_answered_in_awt", "p_virtual"):
        near = pytest.approx(getattr(without, name), rel=1e-6, abs=1e-12)  # wait/1e17
        assert getattr(with_patience, name) == near


@quick
@given(load=st.floats(0.01, 3000), agents=st.integers(1, 3000))
def test_patience_equal_to_handle_time_gives_poisson_occupancy(load, agents):
    got = erlang.performance(load, 240, agents, interval_s=240, patience_s=240).p_wait
    assert got == pytest.approx(gammainc(agents, load), rel=1e-9, abs=1e-13)  # scipy's own error


@quick
@given(load=st.floats(0.01, 1000), extra=st.integers(1, 400))
def test_lines_without_end_change_nothing(load, extra):
    agents = math.floor(load) + extra
    wide = erlang.performance(load, 300, agents, interval_s=300, lines=agents + 9e6)
    open_ended = erlang.performance(load, 300, agents, interval_s=300)
    for name in ("p_wait", "asa_s", "p_answered_in_awt"):
        assert getattr(wide, name) == pytest.approx(getattr(open_ended, name), rel=1e-11, abs=1e-15)


@quick
@given(load=st.floats(0.01, 300), agents=st.integers(1, 300))
def test_no_waiting_place_gives_erlang_b(load, agents):
    got = erlang.performance(load, 60, agents, interval_s=60, patience_s=77, lines=agents)
    assert got.p_block == pytest.approx(float(erlang.erlang_b(load, agents)), rel=1e-12)
    assert got.p_wait == got.p_abandon == got.mean_wait_s == 0


@quick
@given(load=st.floats(0.001, 1e5), p_block=st.floats(1e-9, 1))
def test_one_line_fewer_loses_too_many(load, p_block):
    lines = int(erlang.fewest_lines(load, p_block))
    assert erlang.erlang_b(load, lines) <= p_block * (1 + 1e-11)
    assert lines == 0 or erlang.erlang_b(load, lines - 1) > p_block


@pytest.mark.parametrize("lines", [1000, 10**5, 10**7])
def test_overload_held_by_very_many_lines_agrees_with_geometric_sums(lines):
    agents, load = 90, 100  # without patience: states above `agents` are a geometric series
    with mpmath.workdps(50):
        rho, k = mpmath.mpf(load) / agents, lines - agents
        waits, full = rho * (rho**k - 1) / (rho - 1), rho ** (k + 1)
        whole = 1 / erlang_b(agents - 1, load) + waits + full
        got = erlang.performance(load, 1, agents, interval_s=1, lines=lines)
        assert abs(got.p_block / (full / whole) - 1) < 1e-9  # grows with the number of places
        assert abs(got.p_wait / (waits / whole) - 1) < 1e-9


@pytest.mark.parametrize("volume", [0, 1e-300, 1e-9, 6e5])
@pytest.mark.parametrize("agents", [0, 1e-100, 1e-9, 1, 5, 1e6])
@pytest.mark.parametrize("patience_s", [1, 1e6, 1e300, INF])
@pytest.mark.parametrize("awt_s", [0, 20, INF])
def test_extremes_stay_defined(volume, agents, patience_s, awt_s):
    for lines in (agents, agents + 1, INF):
        p = erlang.performance(volume, 300, agents, patience_s=patience_s, awt_s=awt_s, lines=lines)
        values = [float(getattr(p, name)) for name in p.__dataclass_fields__]
        values += [float(p.p_answered_within(rule)) for rule in RULES]
        assert not any(math.isnan(value) for value in values)
        assert 0 <= p.occupancy <= 1


def test_without_load_a_contact_is_answered_at_once():
    p = erlang.performance(0, 0, [1, 10], patience_s=[INF, 60])
    assert list(p.p_answered_within("SL4")) == [1, 1]
    assert list(p.occupancy) == list(p.mean_wait_s) == list(p.p_wait) == [0, 0]


def test_nobody_on_seat_loses_the_impatient():
    p = erlang.performance(100, 180, 0, patience_s=60)
    assert (p.p_abandon, p.mean_wait_s, p.asa_s) == (1, 60, INF)
    assert p.p_abandoned_in_awt == pytest.approx(1 - math.exp(-20 / 60))
    limit = erlang.performance(100, 180, 1e-7, patience_s=60)
    assert p.p_abandon == pytest.approx(float(limit.p_abandon), abs=1e-6)
    held = erlang.performance(100, 180, [0, 1e-8], patience_s=60, lines=5)
    assert held.p_block[0] == pytest.approx(held.p_block[1], rel=1e-6)


def test_arrays_broadcast_as_numpy_does():
    volume, agents = np.array([[50.0], [100.0]]), np.array([8, 12, 20])
    table = erlang.performance(volume, 180, agents, patience_s=90)
    assert table.p_wait.shape == table.p_answered_within("SL6").shape == (2, 3)
    for i, v in enumerate((50, 100)):
        for j, n in enumerate((8, 12, 20)):
            alone = erlang.performance(v, 180, n, patience_s=90)
            assert alone.p_wait.shape == ()
            assert table.p_wait[i, j] == alone.p_wait
            assert table.asa_s[i, j] == alone.asa_s
    fewest = erlang.fewest_agents(volume, [180, 240], Target(0.8))
    assert (fewest.shape, fewest.dtype) == ((2, 2), np.int64)
    assert erlang.fewest_agents([], 180, Target(0.8)).shape == (0,)


def test_read_only_and_strided_arrays_are_left_alone_and_compile_nothing_new():
    volume = np.array([1.0, 7.0, 2.0])[::2]
    volume.flags.writeable = False
    once = erlang.performance(1.0, 180, 3)
    got = erlang.performance(volume, np.array([180]), pd.Series([3, 3]))
    assert list(volume) == [1, 2]
    assert got.p_wait[0] == once.p_wait
    erlang.fewest_agents(volume, 180, Target(0.8))
    erlang.fewest_agents(1, 180, Target(0.8), lines=5)
    for kernel in (_kernels.performance, _kernels.fewest):
        assert len(kernel.signatures) == 1


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"volume": -1}, "volume: expected a finite number >= 0; got -1"),
        (
            {"volume": [1, math.nan, math.nan]},
            r"volume: .*NaN.*at index 1 \(2 of 3 values are bad\)",
        ),
        ({"volume": INF}, "volume"),
        ({"volume": "100"}, "volume: expected numbers, got"),
        ({"volume": True}, "volume: expected numbers, got"),
        ({"volume": [[1, 2], [3]]}, "ragged"),
        ({"volume": None}, "volume"),
        ({"aht_s": 0}, "aht_s: expected seconds > 0 wherever volume"),
        ({"aht_s": -180}, "aht_s"),
        ({"agents": -1}, "agents: expected a finite number >= 0"),
        ({"agents": INF}, "agents"),
        ({"interval_s": 0}, "interval_s"),
        ({"patience_s": 0}, "patience_s: expected seconds > 0"),
        ({"lines": 13}, "lines: expected at least as many as agents"),
        ({"lines": 1e9}, "lines: expected 0 to 10,000,000, or infinite"),
        ({"awt_s": -1}, "awt_s"),
        ({"short_s": math.nan}, "short_s"),
        ({"volume": [1, 2], "agents": [1, 2, 3]}, r"do not broadcast: got shapes volume \(2,\)"),
    ],
)
def test_bad_input_is_named(changes, says):
    arguments = {"volume": 100, "aht_s": 180, "agents": 14, **changes}
    with pytest.raises(BadInput, match=says):
        erlang.performance(**arguments)


def test_bad_input_to_the_other_functions():
    with pytest.raises(BadInput, match="percent"):
        erlang.fewest_lines(10, 5)
    with pytest.raises(BadInput, match="above 0"):
        erlang.fewest_lines(10, 0)
    with pytest.raises(BadInput, match="load"):
        erlang.erlang_b(-1, 3)
    with pytest.raises(BadInput, match="lines"):
        erlang.erlang_b(1, -3)
    with pytest.raises(BadInput, match="Target"):
        erlang.fewest_agents(100, 180, 0.8)
    with pytest.raises(BadInput, match="rule"):
        erlang.performance(100, 180, 14).p_answered_within("SL7")
    with pytest.raises(BadInput, match="lines"):
        erlang.fewest_agents(100, 180, Target(0.8), lines=0)


def test_importing_the_package_neither_compiles_nor_loads_numba():
    code = "import sys, wfm.queueing; print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
