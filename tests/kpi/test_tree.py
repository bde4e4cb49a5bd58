"""Does the tree hold together, and is its movement the sum it should be?"""

import dataclasses
import math

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.kpi import frontier as front
from wfm.kpi.catalogue import find
from wfm.kpi.tree import Movement, Node, Tree, achievement, default_tree
from wfm.queueing import erlang

TREE = Tree((
    Node("top", "", ""),
    Node("service", "", "", "top", 0.6),
    Node("cost", "", "", "top", 0.4, "cost_per_contact"),
    Node("sl", "", "", "service", 0.5, "service_level"),
    Node("fcr", "", "", "service", 0.5, "fcr"),
))  # fmt: skip


def test_movement_is_weighted_and_capped():
    got = {a.id: a for a in achievement(TREE, {
        "sl": Movement(0.70, 0.80, 0.75),  # half way
        "fcr": Movement(0.70, 0.75, 0.90),  # far beyond: 1
        "cost": Movement(5.0, 4.0, 7.0),  # far worse: -1
    })}  # fmt: skip
    assert got["sl"].score == pytest.approx(0.5)
    assert (got["fcr"].score, got["cost"].score) == (1.0, -1.0)
    assert got["service"].score == pytest.approx(0.75)
    assert got["top"].score == pytest.approx(0.6 * 0.75 - 0.4)
    assert got["top"].known == 1.0


def test_missing_values_leave_their_weight_to_the_rest_and_say_so():
    got = {a.id: a for a in achievement(TREE, {"sl": Movement(0.7, 0.8, 0.75)})}
    assert got["top"].score == pytest.approx(0.5)
    assert got["top"].known == pytest.approx(0.3)
    assert math.isnan(got["cost"].score)


def test_the_default_tree_guards_every_kpi():
    for node in default_tree().nodes:
        if node.kpi:
            assert node.counter, node.id
            assert node.counter != node.kpi
            assert node.level in find(node.kpi).levels


@pytest.mark.parametrize("nodes", [
    (Node("a", "", ""), Node("a", "", "", "a")),
    (Node("a", "", ""), Node("b", "", "")),
    (Node("a", "", ""), Node("b", "", "", "x")),
    (Node("a", "", ""), Node("b", "", "", "a", 0.4), Node("c", "", "", "a", 0.5)),
    (Node("a", "", ""), Node("b", "", "", "a", kpi="nps", level="A")),
    (Node("a", "", ""), Node("b", "", "", "a", kpi="magic")),
    (Node("a", "", "", level="T"), Node("b", "", "", "a", level="C")),
    (Node("a", "", ""), Node("b", "", "", "c"), Node("c", "", "", "b")),
    (Node("a", "", ""), Node("b", "", "", "a", weight=2.0)),
    (),
])  # fmt: skip
def test_trees_that_do_not_hold_are_refused(nodes):
    with pytest.raises(BadInput):
        Tree(nodes)


def test_a_target_equal_to_its_baseline_has_no_movement():
    with pytest.raises(BadInput):
        achievement(TREE, {"sl": Movement(0.7, 0.7, 0.7)})
    with pytest.raises(BadInput):
        achievement(TREE, {"moon": Movement(0.7, 0.8, 0.7)})
    with pytest.raises(BadInput):
        TREE.node("moon")
    assert dataclasses.replace(TREE.root).id == "top"


VOLUME, AHT = np.array([60.0, 25.0, 8.0]), np.array([180.0, 200.0, 240.0])


def test_the_frontier_equals_brute_force():
    got = front.frontier(VOLUME, AHT, agent_cost_h=30, spare=4)
    tops = [int(np.ceil(v * a / 1800)) + 4 for v, a in zip(VOLUME, AHT, strict=True)]
    served = [
        np.append(0.0, v * np.asarray(
            erlang.performance(v, a, np.arange(1, top + 1)).p_answered_within("SL4")))
        for v, a, top in zip(VOLUME, AHT, tops, strict=True)
    ]  # fmt: skip
    best = {}
    for i, x in enumerate(served[0]):
        for j, y in enumerate(served[1]):
            for k, z in enumerate(served[2]):
                best[i + j + k] = max(best.get(i + j + k, 0.0), x + y + z)
    for cost, level, agents in zip(got.cost, got.service_level, got.agents, strict=True):
        assert cost == pytest.approx(15 * agents.sum())
        assert level * VOLUME.sum() == pytest.approx(best[int(agents.sum())], abs=1e-9)
        assert level == pytest.approx(
            sum(s[n] for s, n in zip(served, agents, strict=True)) / VOLUME.sum()
        )
    assert (np.diff(got.service_level) > 0).all()
    assert (np.diff(got.cost) > 0).all()


def test_the_frontier_says_what_a_point_costs_and_where_it_ends():
    got = front.frontier(VOLUME, AHT, agent_cost_h=30, spare=4)
    i = got.at(0.8)
    assert got.service_level[i] >= 0.8 > got.service_level[i - 1]
    assert got.cost_per_point[i] == pytest.approx(
        (got.cost[i] - got.cost[i - 1]) / (100 * (got.service_level[i] - got.service_level[i - 1]))
    )
    with pytest.raises(BadInput, match="beyond its end"):
        got.at(1.0)
    with pytest.raises(BadInput):
        front.frontier([0, 0], [180, 180], agent_cost_h=30)
    with pytest.raises(BadInput):
        front.frontier([10], [180], agent_cost_h=0)


def test_an_interval_without_contacts_gets_nobody():
    got = front.frontier([50, 0], [180, 180], agent_cost_h=30)
    assert (got.agents[:, 1] == 0).all()
