"""Overtime is worked where it costs less than the shortage, never beyond its cap, and is shown."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.burdens import burden_cost, overtime_cost, overtime_h
from wfm.roster.duties import Case, Duty
from wfm.roster.grid import horizon_of
from wfm.roster.model import new_choice
from wfm.scenario import Contract, RosterWeights, Scenario, ShiftType

from .builders import NO_RULES, agents, office_hours, requirement, scenario

DAY = ShiftType("D", "08:00", "08:00", 480)


def centre(*, allowed: float, weight: float = 2.0, factor: float = 1.5, under: float = 10.0,
           law=NO_RULES, hourly: float | None = 20.0) -> Scenario:  # fmt: skip
    terms = Contract("full", 0, 24, ("D",), 7, overtime_h=allowed, overtime_factor=factor,
                     cost_per_hour=hourly)  # fmt: skip
    weights = RosterWeights(under=under, overtime=weight)
    return scenario(people=agents(1), shifts=(DAY,), contracts=(terms,), rules=law,
                    weights=weights, interval_min=60)  # fmt: skip


def solved(plan: Scenario):
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    assert got.objective >= got.bound - 1e-6
    return got


@pytest.mark.parametrize(("allowed", "hours"), [(0, 24), (8, 32), (12, 32), (100, 56)])
def test_overtime_goes_up_to_its_cap_and_not_beyond(allowed, hours):
    got = solved(centre(allowed=allowed))
    assert got.hours["paid_h"].sum() == hours
    beyond = roster.overtime(got)
    assert beyond["overtime_h"].sum() == hours - 24
    assert beyond["price"].sum() == pytest.approx((hours - 24) * 2.0 * 1.5)
    assert beyond["cost"].sum() == pytest.approx((hours - 24) * 1.5 * 20.0)


def test_overtime_dearer_than_the_shortage_is_not_worked():
    # An hour short costs 10; at a weight of 7 an hour of overtime costs 10.5, at 6 it costs 9.
    assert solved(centre(allowed=100, weight=7.0)).hours["paid_h"].sum() == 24
    assert solved(centre(allowed=100, weight=6.0)).hours["paid_h"].sum() == 56


def test_hours_beyond_the_cap_are_found_by_the_audit():
    free, capped = centre(allowed=100), centre(allowed=8)
    assert {v.rule for v in roster.audit(solved(free), capped)} == {"max week hours"}


@pytest.mark.parametrize("after", [None, 16.0])
def test_solver_and_board_price_overtime_alike(after):
    plan = centre(allowed=20, law=replace(NO_RULES, overtime_after_h=after))
    case = Case(plan, horizon_of(plan, None), {})
    person = plan.people[0]
    offers = [Duty(person.id, spans[0], "voice") for spans in case.spans]
    for count in range(8):
        model = cp_model.CpModel()
        choice, literals = new_choice(model, case, person, settled={}, offers=offers,
                                      free=frozenset(range(7)))  # fmt: skip
        model.minimize(sum(burden_cost(model, choice, {}, 1000)))
        for at, literal in enumerate(literals):
            model.add(literal == (at < count))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        by_hand = max(0, 8 * count - (after or 24)) * 3.0
        assert solver.objective_value / 1000 == pytest.approx(by_hand)
        assert overtime_cost(case, person, offers[:count]) == pytest.approx(by_hand)
        assert sum(overtime_h(case, person, offers[:count])) == max(0, 8 * count - (after or 24))


def test_every_weight_stands_in_agent_hours_and_in_money():
    table = roster.weights(centre(allowed=8)).set_index("weight")
    assert table.loc["under", "agent_h"] == 10.0
    assert table.loc["under", "money"] == 200.0
    assert table.loc["overtime", "money"] == 40.0
    assert math.isnan(roster.weights(centre(allowed=8, hourly=None))["money"].iloc[0])
    assert set(table.index) == set(RosterWeights.__dataclass_fields__)


def test_overtime_that_would_cost_nothing_is_refused():
    with pytest.raises(BadInput, match=r"weights.overtime is 0"):
        centre(allowed=8, weight=0.0)


@pytest.mark.parametrize("wrong", [{"overtime_h": -1}, {"overtime_factor": 0},
                                   {"cost_per_hour": -5}])  # fmt: skip
def test_impossible_overtime_is_refused(wrong):
    with pytest.raises(BadInput, match="contract 'c'"):
        Contract("c", 0, 40, ("D",), **wrong)
