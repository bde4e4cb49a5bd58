# ruff: noqa: PLR0917 - hypothesis passes its draws by name
"""Are the least agents least, and is a target that cannot be met refused with its reason?"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.oracles import chain
from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import SlRule, Target

INF = math.inf
ROUNDING = 1e-12  # the tolerance of a limit, and what figures in order may miss by
RULES = [str(rule) for rule in SlRule]


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
