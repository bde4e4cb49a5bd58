"""Cheapest staffing against brute force and a worked example; what pooling saves."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import economics, erlang
from wfm.scenario import Target

PRINTED = 1e-13  # worked examples print 15 digits
TARGET = Target(0.80, awt_s=20)
T36 = {"agent_cost_h": 30, "wait_cost_h": 60}
quick = settings(max_examples=60, deadline=None)


def test_t36_cost_of_each_staffing():
    got = economics.cost_per_hour(100, 180, [11, 12, 13, 14, 15, 16], **T36)
    want = [
        739.270922813599, 494.816467289481, 447.054090607299, 446.119790039257,
        462.245084040959, 485.734033090337,
    ]  # fmt: skip
    np.testing.assert_allclose(got, want, rtol=PRINTED)


def test_t36_fourteen_agents_are_cheapest():
    best = economics.cheapest_agents(100, 180, **T36)
    assert best.agents == 14
    assert best.cost_h == pytest.approx(446.119790039257, rel=PRINTED)
    assert best.one_fewer_h == pytest.approx(447.054090607299, rel=PRINTED)
    assert best.one_more_h == pytest.approx(462.245084040959, rel=PRINTED)


def test_the_mean_queue_that_is_priced_is_that_of_the_textbook():
    load, n = 10.0, 14
    queue = oracles_beyond.erlang_c(load, n) * load / (n - load)
    got = economics.cost_per_hour(100, 180, n, agent_cost_h=1, wait_cost_h=1000)
    assert got == pytest.approx(n + 1000 * queue, rel=PRINTED)


@quick
@given(
    volume=st.floats(0.1, 300), aht_s=st.floats(10, 900), wait_cost_h=st.floats(0, 500),
    abandon_cost=st.floats(0, 20),
    patience_s=st.one_of(st.just(math.inf), st.floats(5, 2000)),
)  # fmt: skip
def test_no_staffing_is_cheaper_than_the_cheapest(
    volume, aht_s, wait_cost_h, abandon_cost, patience_s
):
    money = {"agent_cost_h": 30.0, "wait_cost_h": wait_cost_h, "abandon_cost": abandon_cost}
    best = economics.cheapest_agents(volume, aht_s, patience_s=patience_s, **money)
    load = volume * aht_s / 1800
    start = 0 if patience_s < math.inf else math.floor(load) + 1
    every = np.arange(start, start + math.ceil(2 * load) + 60)
    costs = economics.cost_per_hour(volume, aht_s, every, patience_s=patience_s, **money)
    assert best.agents == every[np.argmin(costs)]
    assert best.cost_h == costs.min()


def test_where_nobody_pays_for_waiting_nobody_is_hired_unless_the_queue_would_never_end():
    free = {"agent_cost_h": 30, "wait_cost_h": 0}
    assert economics.cheapest_agents(100, 180, patience_s=120, **free).agents == 0
    assert economics.cheapest_agents(100, 180, **free).agents == 11


def test_arrays_of_intervals_and_empty_ones():
    money = {"agent_cost_h": 30, "wait_cost_h": [20, 60, 200]}
    best = economics.cheapest_agents([[0.0], [100.0]], 180, **money)
    assert best.agents.shape == (2, 3)
    assert best.agents[0].tolist() == [0, 0, 0]
    assert best.agents[1, 0] < best.agents[1, 1] == 14 < best.agents[1, 2]


def test_lines_bound_the_agents_that_are_tried():
    best = economics.cheapest_agents(100, 180, lines=12, abandon_cost=1000, **T36)
    assert best.agents == 12
    assert best.one_more_h == math.inf


@pytest.mark.parametrize(
    ("queues", "apart", "together", "occupancy"), [(2, 28, 24, 0.833), (4, 56, 45, 0.889)]
)
def test_t43_pooled_queues_need_fewer_agents(queues, apart, together, occupancy):
    got = economics.pooling([100] * queues, 180, TARGET)
    assert (got.apart.sum(), got.together, got.saved) == (apart, together, apart - together)
    assert got.occupancy_apart == pytest.approx(0.714, abs=5e-4)
    assert got.occupancy_together == pytest.approx(occupancy, abs=5e-4)


@quick
@given(st.lists(st.floats(0, 200), min_size=1, max_size=5), st.floats(60, 600))
def test_pooling_equal_work_never_costs_agents(volume, patience_s):
    got = economics.pooling(volume, 180, TARGET, patience_s=patience_s)
    assert got.saved >= 0
    one = erlang.fewest_agents(sum(volume), 180, TARGET, patience_s=patience_s)
    assert got.together == one


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: economics.cost_per_hour(1, 1, 1, agent_cost_h=0, wait_cost_h=1), "agent_cost_h"),
        (lambda: economics.cheapest_agents(1, 1, agent_cost_h=1, wait_cost_h=-1), "wait_cost_h"),
        (lambda: economics.cheapest_agents(-1, 1, **T36), "volume: expected a finite number"),
        (lambda: economics.cheapest_agents(1, 0, **T36), "aht_s: expected seconds > 0"),
        (lambda: economics.pooling(100, 180, TARGET), "a list, one number a queue"),
        (lambda: economics.pooling([1, 2], 180, Target()), "no limit is given"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
