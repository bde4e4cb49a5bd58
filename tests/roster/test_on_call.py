"""Split shifts have an unpaid gap; on-call duties are on no seat and rest for their share."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pandas as pd
import pytest
from ortools.sat.python import cp_model

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.duties import Case, Duty
from wfm.roster.floor import Floor, post_seats, staff_cost
from wfm.roster.grid import horizon_of
from wfm.roster.sequence_rules import DailyRest
from wfm.roster.weekly_rest import WeeklyRest
from wfm.scenario import BreakRule, LabourRules, OnCallStaff, Person, Scenario, ShiftType
from wfm.workforce import split_shifts

from .builders import NO_RULES, agents, contract, office_hours, requirement, scenario
from .test_rules import audit_calls_clean, solver_allows

DAY = ShiftType("D", "08:00", "08:00", 480)
CALL = ShiftType("C", "18:00", "18:00", 840, on_call=True, paid_share=0.25)
RESTED = LabourRules(11.0, 0.0, 28, 168.0, "none")


def centre(call: ShiftType = CALL, *, law=NO_RULES, staff=(), people=None, least=0.0,
           seats=None, weeks=1) -> Scenario:  # fmt: skip
    plan = scenario(people=people or agents(1), shifts=(DAY, call), rules=law, weeks=weeks,
                    contracts=(contract("full", least, 60, shifts=("D", "C"), days=7),),
                    interval_min=60)  # fmt: skip
    return replace(plan, on_call_staff=staff, seats=seats)


def case_of(plan: Scenario) -> Case:
    return Case(replace(plan, people=(Person("ann", "full", ("voice",)),)),
                horizon_of(plan, None), {})  # fmt: skip


@pytest.mark.parametrize("share", [0.0, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("rule", [DailyRest(), WeeklyRest()], ids=lambda rule: rule.name)
def test_solver_and_audit_agree_on_rest_around_on_call(rule, share):
    law = replace(RESTED, weekly_rest_h=110.0)
    case = case_of(centre(replace(CALL, rest_share=share, length_min=900), law=law))
    by_day = [[None, *(Duty("ann", s, "voice") for s in case.spans[d])] for d in range(1, 6)]
    offers = [duty for day in by_day for duty in day if duty is not None]
    seen = set()
    for combination in itertools.product(*by_day):
        chosen = tuple(duty for duty in combination if duty is not None)
        clean = audit_calls_clean(case, rule, chosen)
        assert solver_allows(case, rule, offers, chosen) == clean, (share, chosen)
        seen.add(clean)
    assert seen == {True, False}


@pytest.mark.parametrize(("share", "clean"), [
    # On call 18:00 to 08:00; of 14 h count 0, 7, 10.5 and 14 as rest before work at 08:00.
    (0.0, False), (0.5, False), (0.75, False), (0.8, True), (1.0, True),
])  # fmt: skip
def test_work_after_on_call_needs_the_rest_that_its_share_leaves(share, clean):
    case = case_of(centre(replace(CALL, rest_share=share), law=RESTED))
    after = (Duty("ann", case.spans[0][1], "voice"), Duty("ann", case.spans[1][0], "voice"))
    assert audit_calls_clean(case, DailyRest(), after) == clean


def test_on_call_covers_nothing_holds_no_seat_and_is_paid_its_share():
    plan = centre(staff=(OnCallStaff("C", 1, (0, 1)),), people=agents(3), seats=1)
    wanted = requirement(plan, {"voice": office_hours(1, opens=8, closes=16, days=5)})
    got = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    assert roster.audit(got, plan) == ()
    assert roster.on_call_missing(got, plan).empty
    calls = got.frame[got.frame["shift"] == "C"]
    assert set(calls["activity"]) == {"on call"}
    assert sorted(calls["start"].dt.day_of_week) == [0, 1]
    assert got.unmet.empty
    assert got.hours["paid_h"].sum() == pytest.approx(5 * 8 + 2 * 14 * 0.25)


def test_days_without_on_call_are_listed_and_priced():
    plan = centre(staff=(OnCallStaff("C", 2),), people=agents(1))
    wanted = requirement(plan, {"voice": 0})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    missing = roster.on_call_missing(got, plan)
    assert missing["missing"].sum() == 7
    assert got.objective == pytest.approx(7 * plan.weights.on_call)


def test_solver_and_board_price_on_call_days_alike():
    plan = centre(staff=(OnCallStaff("C", 1, (0, 2)), OnCallStaff("C", 2, (1,))), people=agents(2))
    case = Case(plan, horizon_of(plan, None), {})
    by_day = [[None, *(Duty(p.id, s, "voice") for s in case.spans[d])]
              for p in plan.people for d in range(2)]  # fmt: skip
    offers = [duty for day in by_day for duty in day if duty is not None]
    seen = set()
    for combination in itertools.product(*by_day):
        chosen = tuple(duty for duty in combination if duty is not None)
        floor = Floor(case, 60, case.horizon.end // 60)
        model = cp_model.CpModel()
        literals = [model.new_bool_var("") for _ in offers]
        post_seats(model, floor, offers, literals)
        model.minimize(sum(staff_cost(model, floor, offers, literals, 100)))
        for offer, literal in zip(offers, literals, strict=True):
            model.add(literal == (offer in chosen))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        assert solver.solve(model) == cp_model.OPTIMAL
        for duty in chosen:
            floor.put(duty, 1)
        # Wednesday is not among the offers: its price is the same for every choice.
        assert solver.objective_value / 100 == pytest.approx(floor.cost() - plan.weights.on_call)
        seen.add(floor.cost())
    # A duty more than asked for costs its 3.5 paid hours.
    assert seen >= {100.0, 200.0, 300.0, 400.0, 303.5}


SPLIT = split_shifts("S", ("08:00", "08:00"), 240, 240, (180, 240, 300))


def test_a_split_shift_covers_two_peaks_with_an_unpaid_gap_in_its_range():
    codes = tuple(shift.code for shift in SPLIT)
    plan = scenario(people=agents(1), shifts=SPLIT, rules=NO_RULES, interval_min=60,
                    contracts=(contract("full", 40, 40, shifts=codes),))  # fmt: skip

    def want(at: pd.Timestamp) -> int:
        return int(at.weekday() < 5 and (8 <= at.hour < 12 or 16 <= at.hour < 20))

    got = roster.solve(requirement(plan, {"voice": want}), plan, time_limit_s=1.5, workers=1)
    assert roster.audit(got, plan) == ()
    assert set(got.frame["shift"]) == {"S240"}
    gaps = got.frame[got.frame["activity"] == "gap"]
    assert set(gaps["start"].dt.hour) == {12}
    assert set((gaps["end"] - gaps["start"]).dt.total_seconds()) == {4 * 3600}
    assert got.unmet.empty
    assert set(got.hours["paid_h"]) == {40.0}
    longer = got.frame.assign(end=got.frame["end"].where(
        got.frame["activity"] != "gap", got.frame["end"] - pd.Timedelta("30min")))  # fmt: skip
    assert roster.audit(longer, plan) != ()


def test_an_audit_without_shares_reads_on_call_rows_back():
    plan = centre(staff=(OnCallStaff("C", 1),), people=agents(2))
    got = roster.solve(requirement(plan, {"voice": 1}), plan, time_limit_s=1, workers=1)
    assert roster.audit(got.frame, plan) == ()
    worked = got.frame.assign(activity=got.frame["activity"].replace("on call", "work"))
    assert "breaks" in {v.rule for v in roster.audit(worked, plan)}


@pytest.mark.parametrize(("make", "match"), [
    (lambda: replace(CALL, paid_share=1.5), "0 to 1"),
    (lambda: replace(DAY, rest_share=0.5), "on-call duties alone"),
    (lambda: replace(CALL, breaks=(BreakRule("lunch", 30, 60, 90),)), "no breaks"),
    (lambda: BreakRule("gap", 60, 240, 240), "unpaid"),
    (lambda: replace(DAY, breaks=(BreakRule("gap", 60, 60, 60, False),
                                  BreakRule("gap", 60, 240, 240, False))), "one gap"),
    (lambda: OnCallStaff("C", 0), "least"),
    (lambda: centre(staff=(OnCallStaff("D"),)), "unknown on-call shift"),
    (lambda: replace(scenario(people=agents(1), shifts=SPLIT), seats=3), "cannot be solved yet"),
])  # fmt: skip
def test_impossible_split_and_on_call_shifts_are_refused(make, match):
    with pytest.raises(BadInput, match=match):
        make()
