# ruff: noqa: PLR0917 - hypothesis passes its draws by name
"""What must hold between the Erlang models, their service levels, and targets met exactly."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import SlRule, Target

INF = math.inf
ROUNDING = 1e-12  # what figures in order may miss by
RULES = [str(rule) for rule in SlRule]

queues = {
    "volume": st.floats(1e-3, 3000),
    "aht_s": st.floats(1, 2000),
    "patience_s": st.one_of(st.just(INF), st.floats(1, 1e6)),
    "agents": st.integers(1, 1500),
    "places": st.one_of(st.none(), st.integers(0, 300)),
    "awt_s": st.one_of(st.just(0.0), st.floats(0, 2000)),
}
some = settings(max_examples=60, deadline=None)


def in_order(low, high):
    return low <= high * (1 + ROUNDING) + ROUNDING


@some
@given(**queues, part=st.floats(0, 1))
def test_service_levels_keep_their_order(volume, aht_s, patience_s, agents, places, awt_s, part):
    lines = INF if places is None else agents + places
    p = erlang.performance(
        volume, aht_s, agents, patience_s=patience_s, lines=lines, awt_s=awt_s, short_s=awt_s * part
    )
    level = {rule: float(p.p_answered_within(rule)) for rule in RULES}
    assert all(-ROUNDING <= value <= 1 + ROUNDING for value in level.values())
    for low, high in (
        ("SL3", "SL5"), ("SL5", "SL1"),  # short abandons are a part of those within awt_s
        ("SL3", "SL6"), ("SL6", "SL4"), ("SL4", "SL1"),  # taken from both sides of a share
        ("SL3", "SL2"),
    ):  # fmt: skip
        assert in_order(level[low], level[high]), (low, high, level)


@some
@given(**queues)
def test_all_rules_but_virtual_and_sl2_coincide_where_nobody_leaves(
    volume, aht_s, patience_s, agents, places, awt_s
):
    lines = INF if places is None else agents + places
    p = erlang.performance(volume, aht_s, agents, lines=lines, awt_s=awt_s)
    level = {rule: float(p.p_answered_within(rule)) for rule in RULES}
    for rule in ("SL1", "SL4", "SL5", "SL6"):
        assert level[rule] == pytest.approx(level["SL3"], rel=ROUNDING)
    if p.mean_wait_s < INF:
        accepted = 1 - float(p.p_block)
        assert level["SL2"] * accepted == pytest.approx(level["SL3"], rel=1e-9, abs=ROUNDING)
        assert level["virtual"] == pytest.approx(level["SL2"], rel=1e-9, abs=ROUNDING)


@some
@given(load=st.floats(0.01, 500), agents=st.integers(1, 500))
def test_no_patience_gives_erlang_b(load, agents):
    got = erlang.performance(load, 60, agents, interval_s=60, patience_s=1e-9)
    lost = float(erlang.erlang_b(load, agents))
    # Waits of a nanosecond: what is left is of the order load * patience/aht.
    assert got.p_abandon == pytest.approx(lost, rel=1e-7, abs=1e-13)
    assert got.p_wait == pytest.approx(lost, rel=1e-7, abs=1e-13)


@some
@given(**queues)
def test_littles_law_and_the_balance_of_abandons(volume, aht_s, patience_s, agents, places, awt_s):
    lines = INF if places is None else agents + places
    p = erlang.performance(volume, aht_s, agents, patience_s=patience_s, lines=lines, awt_s=awt_s)
    if p.mean_wait_s == INF:
        return
    rate = volume / 1800
    assert p.mean_queue == pytest.approx(rate * p.mean_wait_s, rel=ROUNDING)
    if patience_s < INF:  # each that waits leaves at 1/patience
        assert rate * p.p_abandon == pytest.approx(p.mean_queue / patience_s, rel=ROUNDING)
    busy = p.occupancy * agents  # Little's law for those in service
    assert busy == pytest.approx(rate * p.p_answered * aht_s, rel=1e-11)


@some
@given(**queues)
def test_a_line_more_blocks_fewer_and_makes_more_wait(
    volume, aht_s, patience_s, agents, places, awt_s
):
    lines = agents + (places or 0)
    p = erlang.performance(
        volume, aht_s, agents, patience_s=patience_s, lines=[lines, lines + 1], awt_s=awt_s
    )
    for name, first, second in (("p_block", 1, 0), ("p_wait", 0, 1), ("mean_wait_s", 0, 1)):
        figure = getattr(p, name)
        assert in_order(figure[first], figure[second]), name


@pytest.mark.parametrize("agents", [1, 2, 3, 7, 40, 399])
@pytest.mark.parametrize("cap", ["0.7", "0.8", "0.85", "0.9", "0.95"])
def test_an_occupancy_cap_is_met_on_equality(agents, cap):
    share = Fraction(cap)  # load = agents * cap exactly, the decimal as nearly as a float can
    volume, interval_s = agents * share.numerator, 180.0 * share.denominator
    assert erlang.fewest_agents(
        volume, 180, Target(occupancy=float(cap)), interval_s=interval_s
    ) == agents  # fmt: skip
    least = erlang.fractional_agents(
        volume, 180, Target(occupancy=float(cap)), interval_s=interval_s
    )
    assert least == pytest.approx(agents, rel=1e-12)


@pytest.mark.parametrize("load", ["0.01", "0.05", "0.1", "0.2", "0.3", "0.5"])
def test_one_agent_meets_rational_limits_on_equality(load):
    exact = Fraction(load)  # M/M/1: P(no wait) = 1 - a, mean wait a/(1 - a), B(1, a) = a/(1 + a)
    volume = 10 * float(load)
    level = float(1 - exact)
    for rule in RULES:
        assert erlang.fewest_agents(volume, 180, Target(level, awt_s=0, rule=rule)) == 1
    assert erlang.fewest_agents(volume, 180, Target(asa_s=float(180 * exact / (1 - exact)))) == 1
    lost = float(exact / (1 + exact))
    assert erlang.fewest_lines(float(load), lost) == 1
    assert erlang.fewest_agents(volume, 180, Target(blocking=lost), lines=1) == 1


def test_two_agents_meet_rational_limits_on_equality():
    # load 1, two agents: C = 1/3, mean wait 1/3 of a handle time; B(2, 2) = 2/5
    assert erlang.fewest_agents(10, 180, Target(asa_s=60)) == 2
    assert erlang.fewest_agents(10, 180, Target(2 / 3, awt_s=0, asa_s=60, occupancy=0.5)) == 2
    assert erlang.fewest_agents(10, 180, Target(asa_s=60 * (1 - 1e-11))) == 3
    # one agent, one place, load 1, patience = handle time: 1 : 1 : 1/2, so 1/5 blocked, 1/10 leave
    queue = {"patience_s": 180, "lines": 2}
    got = erlang.performance(10, 180, 1, **queue)
    assert (got.p_block, got.p_abandon) == (pytest.approx(0.2), pytest.approx(0.2))
    assert erlang.fewest_agents(10, 180, Target(blocking=0.2, abandonment=0.2), **queue) == 1
    assert erlang.fewest_agents(10, 180, Target(0.4, awt_s=0, rule="SL3"), **queue) == 1


# --- shapes, kinds and errors --------------------------------------------------------------------


def test_empty_arrays_give_empty_answers_of_the_right_kind():
    target = Target(asa_s=3)
    assert erlang.performance([], 180, 5).p_wait.shape == (0,)
    assert erlang.performance(np.empty((0, 3)), 180, 5).asa_s.shape == (0, 3)
    for limit in (target, Target(0.8)):
        assert erlang.fewest_agents([], 180, limit).dtype == np.int64
        assert erlang.fractional_agents([], 180, limit).dtype == np.float64
        assert erlang.fewest_agents([], 180, limit, lines=7).shape == (0,)
    assert erlang.erlang_b([], 3).shape == erlang.erlang_c([], 3).shape == (0,)
    assert erlang.fewest_lines([], 0.1).dtype == np.int64


@pytest.mark.parametrize(
    "volume",
    [
        [100, 200], (100, 200), np.array([100, 200], np.int16), np.array([100, 200], np.float32),
        np.array([100, 200], object), pd.Series([100, 200], index=[7, 3]),
        pd.Series([100, 200], dtype="Int64"), np.ma.array([100, 200]),
        np.array([100, 0, 200, 0.0])[::2],
    ],
    ids=lambda v: f"{type(v).__name__} {getattr(v, 'dtype', '')}",
)  # fmt: skip
def test_any_kind_of_numbers_gives_the_same_answer(volume):
    assert list(erlang.fewest_agents(volume, 180, Target(0.8))) == [14, 24]
    assert list(erlang.fewest_agents(volume, 180, Target(asa_s=10))) == [14, 25]
    twice = erlang.performance(volume, 180, 24).p_wait
    assert twice[1] == erlang.performance(200, 180, 24).p_wait


@pytest.mark.parametrize("wrong", [True, "0.8", None, [0.8], 80, -0.1, math.nan, np.float32(2)])
def test_a_limit_that_is_no_fraction_is_refused(wrong):
    with pytest.raises(BadInput, match="abandonment lies between 0 and 1" if wrong else "limit"):
        erlang.fewest_agents(100, 180, Target(abandonment=wrong))


def test_an_error_names_the_first_element_by_its_place_in_the_callers_array():
    lines = np.array([[30, 30], [14, 13]])
    with pytest.raises(BadInput, match=r"first at index \(1, 0\), 2 of 4 elements.*14 agents"):
        erlang.fewest_agents(100, 180, Target(blocking=0.01), lines=lines)
    patience = np.array([[INF, INF], [INF, 60]])
    with pytest.raises(BadInput, match=r"abandonment 0 .*first at index \(1, 1\), 1 of 4 elements"):
        erlang.fewest_agents(100, 180, Target(abandonment=0), patience_s=patience)
    with pytest.raises(BadInput, match=r"aht_s: .*got 0 at index 1 \(1 of 3 values are bad\)"):
        erlang.fewest_agents([0, 5, 5], [0, 0, 9], Target(0.8))


def test_loads_at_the_edge_of_whole_numbers_are_answered_and_beyond_refused():
    n = int(erlang.fewest_agents(1e12, 1, Target(0.8), interval_s=1))
    assert n == 10**12 + 1
    for function in (erlang.fewest_agents, erlang.fractional_agents):
        with pytest.raises(BadInput, match=r"volume: expected a load .* at most 1e\+15"):
            function([5, 1e17], 1, Target(0.8), interval_s=1)
    with pytest.raises(BadInput, match="load: expected at most"):
        erlang.fewest_lines(1e300, 0.1)
    with pytest.raises(BadInput, match="load: expected at most"):
        erlang.erlang_b(1e300, 1e300)


def test_a_waiting_share_that_floats_can_hardly_hold_is_still_right():
    got = erlang.performance(0.1, 180, 80)  # load 0.01: C is about 0.01^80/80!
    expected = 80 * math.log(0.01) - 0.01 - math.lgamma(81) - math.log1p(-0.01 / 80)
    assert math.log(got.p_wait) == pytest.approx(expected, rel=1e-12)
