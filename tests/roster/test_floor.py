"""Seats are never passed, people of roles are there where that is possible, both by brute force."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster.duties import Case, Duty
from wfm.roster.floor import Floor, post_seats, seats_taken, staff_cost
from wfm.roster.grid import horizon_of
from wfm.scenario import MinimumStaff, Person, Scenario, ShiftType

from .builders import NO_RULES, agents, contract, office_hours, requirement, scenario

EARLY = ShiftType("E", "08:00", "08:00", 480)
LATE = ShiftType("L", "14:00", "14:00", 480)
NIGHT = ShiftType("N", "22:00", "22:00", 600)
SCALE = 1000


def centre(*, seats=None, minimums=(), people=None, **changes) -> Scenario:
    plan = scenario(
        people=people or agents(3), shifts=(EARLY, LATE, NIGHT), rules=NO_RULES,
        contracts=(contract("full", 0, 60, shifts=("E", "L", "N")),), **changes,
    )  # fmt: skip
    return replace(plan, seats=seats, minimum_staff=minimums)


def offers_of(case: Case, days: range) -> list[Duty]:
    return [Duty(p.id, span, "voice") for p in case.scenario.people for d in days
            for span in case.spans[d]]  # fmt: skip


def solved(floor: Floor, offers: list[Duty], chosen: tuple[Duty, ...]) -> float | None:
    """Return what the solver prices a choice at, None if it forbids it."""
    model = cp_model.CpModel()
    literals = [model.new_bool_var("") for _ in offers]
    post_seats(model, floor, offers, literals)
    model.minimize(sum(staff_cost(model, floor, offers, literals, SCALE)))
    for offer, literal in zip(offers, literals, strict=True):
        model.add(literal == (offer in chosen))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.objective_value / SCALE if solver.solve(model) == cp_model.OPTIMAL else None


@pytest.mark.parametrize("seats", [1, 2])
def test_solver_and_audit_agree_on_seats_and_price_the_same_roles(seats):
    people = (Person("a", "full", ("voice",), roles=("lead",)),
              Person("b", "full", ("voice",)))  # fmt: skip
    asked = MinimumStaff("lead", 1, "08:00", "16:00", weekdays=(0, 1))
    case_of = centre(seats=seats, minimums=(asked,), people=people)
    case = Case(case_of, horizon_of(case_of, None), {})
    offers = offers_of(case, range(2))
    steps = case.horizon.end // 60
    by_day = [[None, *(o for o in offers if o.agent == p.id and o.span.day == d)]
              for p in people for d in range(2)]  # fmt: skip
    seen = set()
    for combination in itertools.product(*by_day):
        chosen = tuple(duty for duty in combination if duty is not None)
        floor = Floor(case, 60, steps)
        price = solved(floor, offers, chosen)
        for duty in chosen:
            floor.put(duty, 1)
        kept = not list(seats_taken(case, chosen))
        assert kept == floor.kept == (price is not None), chosen
        # Hours that no shift of a lead can reach are missing whatever is chosen: here none.
        assert price is None or price == pytest.approx(floor.cost(), abs=1e-9)
        seen.add((kept, floor.cost()))
    assert {kept for kept, _ in seen} == ({True, False} if seats == 1 else {True})
    assert {cost for _, cost in seen} >= {0.0, 800.0, 1600.0}


def test_a_roster_never_has_more_people_than_seats():
    plan = centre(people=agents(8))
    wanted = requirement(plan, {"voice": office_hours(6, opens=8, closes=22)})
    free = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    tight = replace(plan, seats=4)
    assert {v.rule for v in roster.audit(free, tight)} == {"seats"}
    got = roster.solve(wanted, tight, time_limit_s=1.5, workers=1)
    assert roster.audit(got, tight) == ()
    assert got.objective > free.objective


def test_a_lead_is_there_in_every_hour_asked_for():
    people = (*(replace(p, roles=("lead",)) for p in agents(3, prefix="l")), *agents(5))
    asked = MinimumStaff("lead", 1, "08:00", "22:00", weekdays=(0, 1, 2, 3, 4))
    plan = centre(people=people)
    wanted = requirement(plan, {"voice": office_hours(2, opens=8, closes=16)})
    blind = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    with_leads = replace(plan, minimum_staff=(asked,))
    assert len(roster.staff_missing(blind, with_leads)) > 0
    got = roster.solve(wanted, with_leads, time_limit_s=1.5, workers=1)
    assert roster.staff_missing(got, with_leads).empty
    assert roster.audit(got, with_leads) == ()


def test_missing_people_of_a_role_are_listed_with_their_hours():
    people = (Person("a", "full", ("voice",), roles=("lead",)),)
    asked = MinimumStaff("lead", 2, "06:00", "16:00", weekdays=(0,))
    plan = centre(people=people, minimums=(asked,))
    monday = pd.Timestamp("2003-03-03 08:00", tz="UTC")
    rows = pd.DataFrame({"agent": ["a"], "start": [monday], "end": [monday + pd.Timedelta("8h")],
                         "activity": ["work"], "queue": ["voice"], "shift": ["E"]})  # fmt: skip
    (row,) = roster.staff_missing(rows, plan).to_dict("records")
    assert (row["role"], str(row["start"])[11:16], str(row["end"])[11:16], row["missing"]) == (
        "lead", "06:00", "16:00", 2
    )  # fmt: skip


def test_a_lead_whose_night_began_before_the_plan_is_there_on_its_first_morning():
    people = (Person("a", "full", ("voice",), roles=("lead",)),)
    asked = MinimumStaff("lead", 1, "00:00", "06:00", weekdays=(0,))
    plan = centre(people=people, minimums=(asked,))
    sunday = pd.Timestamp("2003-03-02 22:00", tz="UTC")
    night = pd.DataFrame({"agent": ["a"], "start": [sunday], "end": [sunday + pd.Timedelta("10h")],
                          "activity": ["work"], "queue": ["voice"], "shift": ["N"]})  # fmt: skip
    gone = night.assign(agent="who left")
    made = roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, previous=night,
                        time_limit_s=1, workers=1)  # fmt: skip
    assert roster.staff_missing(made, plan).empty
    before = pd.concat([night, gone], ignore_index=True)
    assert roster.staff_missing(made.frame, plan, previous=before).empty
    (row,) = roster.staff_missing(made.frame, plan).to_dict("records")
    assert (str(row["start"])[11:16], str(row["end"])[11:16]) == ("00:00", "06:00")


def test_seats_that_leave_somebody_without_hours_are_named():
    owed = (contract("full", 40, 40, shifts=("E",)),)
    plan = replace(centre(people=agents(4), seats=1), contracts=owed)
    wanted = requirement(plan, {"voice": office_hours(1)})
    with pytest.raises(Infeasible, match=r"do not fit into the 1 seats, whoever works when"):
        roster.solve(wanted, plan, time_limit_s=1, workers=1)


def test_seats_that_the_first_people_would_take_are_shared():
    owed = (contract("full", 24, 40, shifts=("E",)),)
    plan = replace(centre(people=agents(4), seats=2), contracts=owed)
    made = roster.solve(
        requirement(plan, {"voice": office_hours(4)}), plan, time_limit_s=2, workers=1
    )
    assert roster.audit(made, plan) == ()
    assert set(made.hours["agent"]) == {person.id for person in plan.people}
    assert made.hours["paid_h"].min() >= 24


def test_many_people_for_few_seats_are_told_that_nothing_is_proven(monkeypatch):
    monkeypatch.setattr("wfm.roster.search._MOST_AT_ONCE", 0)
    owed = (contract("full", 40, 40, shifts=("E",)),)
    plan = replace(centre(people=agents(4), seats=1), contracts=owed)
    with pytest.raises(Infeasible, match=r"within the 1 seats .* no proof that nothing fits"):
        roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, time_limit_s=1)


def test_a_role_that_nobody_has_is_refused():
    with pytest.raises(BadInput, match="role"):
        centre(minimums=(MinimumStaff("lead", 1),))
