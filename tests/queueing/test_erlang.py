"""Erlang B, C, A and finite lines against published tables; bad input."""

import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import SlRule, Target

INF = math.inf
PRINTED = 2e-14  # worked examples print 15 digits
RULES = [str(rule) for rule in SlRule]


def per_minute(agents, **options):
    """T7: 48 calls a minute of 60 seconds."""
    return erlang.performance(48, 60, agents, interval_s=60, **options)


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
        ({"volume": 1e300}, r"volume: expected a load .* of at most 1e\+15 erlangs; got 1e\+299"),
        ({"volume": 10**400}, "below 1e308, got a larger integer"),
        ({"volume": np.ma.array([1.0, 5.0], mask=[0, 1])}, "NaN or missing; got nan at index 1"),
        (
            {"volume": np.array(["2026-01-01"], dtype="M8[ns]")},
            "volume: expected numbers, got 2026",
        ),
        ({"volume": pd.Series([1, None], dtype="Int64")}, r"missing.*index 1 \(1 of 2"),
        ({"volume": [[1, 2], [3, -1]]}, r"got -1 at index \(1, 1\) \(1 of 4"),
        ({"lines": [20, -1]}, r"lines: expected a number >= 0 .*got -1 at index 1"),
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
