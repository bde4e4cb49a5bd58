"""Overtime, nights, weekends, early and late shifts: counted by hand, priced alike by both."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.burdens import burden, burden_cost, overtime_h
from wfm.roster.duties import Case, Duty, by_agent, duties_of
from wfm.roster.grid import horizon_of
from wfm.roster.model import new_choice
from wfm.scenario import RosterWeights, Scenario, ShiftType

from .builders import NO_RULES, agents, contract, requirement, scenario

EARLY = ShiftType("E", "06:00", "06:00", 480)
LATE = ShiftType("L", "13:00", "13:00", 480)
NIGHT = ShiftType("N", "22:00", "22:00", 480)
SCALE = 1000
# Aims are rounded to a hundredth of a burden, weights to a thousandth of an agent-hour.
ROUNDED = 0.02


def centre(people: int = 1, **weights: float) -> Scenario:
    return scenario(
        people=agents(people), shifts=(EARLY, LATE, NIGHT), interval_min=60,
        contracts=(contract("full", 0, 60, shifts=("E", "L", "N"), days=7),),
        rules=replace(NO_RULES, overtime_after_h=20.0),
        weights=replace(RosterWeights(fairness=0.0), **weights),
    )  # fmt: skip


def shift(agent: str, start: str, code: str) -> dict:
    begin = pd.Timestamp(start, tz="UTC")
    return {"agent": agent, "start": begin, "end": begin + pd.Timedelta("8h"),
            "activity": "work", "queue": "voice", "shift": code}  # fmt: skip


def test_burdens_of_a_week_are_what_one_counts_by_hand():
    plan = centre()
    case = Case(plan, horizon_of(plan, None), {})
    week = pd.DataFrame([
        shift("a00", "2003-03-03 06:00", "E"), shift("a00", "2003-03-05 13:00", "L"),
        shift("a00", "2003-03-06 22:00", "N"), shift("a00", "2003-03-08 22:00", "N"),
        shift("a00", "2003-03-09 22:00", "N"),
    ])  # fmt: skip
    duties = duties_of(week, case.horizon)
    names = ("nights", "weekends", "early", "late")
    # A night ends after 20:00 too; the shift of 13:00 to 21:00 is late.
    assert [burden(case, name, duties) for name in names] == [3, 1, 1, 4]
    assert sum(overtime_h(case, plan.people[0], duties)) == 5 * 8 - 20


def test_the_solver_prices_what_the_counts_say():
    plan = centre(nights=3.0, weekends=5.0, early=1.0, late=2.0, overtime=4.0)
    case = Case(plan, horizon_of(plan, None), {})
    aims = {"nights": 0.5, "weekends": 0.0, "early": 1.0, "late": 2.5}
    person = plan.people[0]
    offers = [Duty("a00", s, "voice") for day in (3, 5, 6) for s in case.spans[day]]
    by_day = [[None, *(o for o in offers if o.span.day == day)] for day in (3, 5, 6)]
    seen = set()
    for combination in itertools.product(*by_day):
        chosen = tuple(duty for duty in combination if duty is not None)
        model = cp_model.CpModel()
        choice, literals = new_choice(
            model, case, person, settled={}, offers=offers, free=frozenset((3, 5, 6))
        )
        model.minimize(sum(burden_cost(model, choice, aims, SCALE)))
        for offer, literal in zip(offers, literals, strict=True):
            model.add(literal == (offer in chosen))
        solver = cp_model.CpSolver()
        assert solver.solve(model) == cp_model.OPTIMAL
        weights = {"nights": 3.0, "weekends": 5.0, "early": 1.0, "late": 2.0}
        expected = 4.0 * sum(overtime_h(case, person, chosen)) + sum(
            weights[name] * abs(burden(case, name, chosen) - aim) for name, aim in aims.items()
        )
        assert solver.objective_value / SCALE == pytest.approx(expected, abs=ROUNDED)
        seen.add(round(expected, 3))
    assert len(seen) > 10


def test_a_price_on_overtime_moves_hours_to_people_who_have_none():
    wanted = {"voice": lambda at: 1 if 6 <= at.hour < 14 else None}

    def over(plan: Scenario) -> float:
        got = roster.solve(requirement(plan, wanted), plan, time_limit_s=1.5, workers=1)
        assert roster.audit(got, plan) == ()
        assert len(got.unmet) == 0
        return float((got.hours["paid_h"] - 20).clip(lower=0).sum())

    # Seven days for three people: at best two, two and three days, the last four hours beyond 20.
    assert over(centre(3, overtime=2.0)) == pytest.approx(4)
    assert over(centre(3)) > 4


def test_who_had_the_nights_before_gets_fewer_of_them_now():
    before = pd.DataFrame([shift("a00", f"2003-02-{day} 22:00", "N") for day in (24, 25, 26, 27)])
    plan = centre(2, nights=3.0)
    wanted = requirement(plan, {"voice": lambda at: 1 if at.hour >= 22 or at.hour < 6 else None})
    got = roster.solve(wanted, plan, previous=before, time_limit_s=2, workers=1)
    mine = by_agent(duties_of(got.frame, horizon_of(plan, None)))
    nights = [sum(d.span.shift == "N" for d in mine.get(agent, ())) for agent in ("a00", "a01")]
    assert nights[1] - nights[0] >= 3, nights


def test_weights_below_zero_are_refused():
    with pytest.raises(BadInput, match="nights"):
        RosterWeights(nights=-1)
