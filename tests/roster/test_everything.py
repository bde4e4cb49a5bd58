"""Everything that can be asked is asked at once: solved, solved again with locks, and mended."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pytest

from wfm import roster
from wfm.scenario import (
    BreakRule,
    Contract,
    LabourRules,
    Meeting,
    OnCallStaff,
    Pattern,
    Request,
    RosterWeights,
    Scenario,
    ShiftType,
)

from .builders import MONDAY, agents, office_hours, requirement, scenario

BREAKS = (BreakRule("break", 15, 30, 240), BreakRule("lunch", 30, 120, 360, paid=False))


def drawn(seed: int) -> Scenario:
    """A small centre whose rules, requests, meetings and patterns are drawn by chance."""
    rng = random.Random(seed)
    shifts = [
        ShiftType("E", "07:00", "09:00", 480, 60, BREAKS),
        ShiftType("L", "13:00", "14:00", 480, 60, BREAKS),
        ShiftType("C", "18:00", "18:00", 840, on_call=True, paid_share=0.25,
                  rest_share=rng.choice([0.0, 0.5, 0.8, 1.0])),
    ]  # fmt: skip
    law = LabourRules(
        most_without_break_h=rng.choice([24.0, 4.5, 5.0]),
        least_between_breaks_h=rng.choice([0.0, 1.0]), weekly_rest_weeks=rng.choice([1, 2]),
        average_week_h=rng.choice([None, 34.0]), average_weeks=4,
    )  # fmt: skip
    if law.weekly_rest_weeks == 1 and rng.random() < 0.5:
        law = replace(law, weekly_rest_short_h=24.0)
    if rng.random() < 0.5:
        gap = (BreakRule("gap", 180, 240, 240, paid=False),)
        shifts.append(ShiftType("S", "08:00", "08:00", 660, breaks=gap))
    terms = Contract("full", 16, 32, tuple(s.code for s in shifts), 5, 2, 40, 66,
                     overtime_h=rng.choice([0, 8]))  # fmt: skip
    plan = scenario(people=agents(9), shifts=tuple(shifts), contracts=(terms,), weeks=2, rules=law,
                    interval_min=15, weights=RosterWeights(overtime=2.0))  # fmt: skip
    people = tuple(
        replace(p, team="red" if at < 3 else "",
                time_off=(_day(rng),) if rng.random() < 0.3 else ())
        for at, p in enumerate(plan.people)
    )  # fmt: skip
    friday, week = MONDAY + dt.timedelta(days=4), dt.timedelta(days=7)
    some = tuple(p.id for p in people[2:6])
    return replace(
        plan, people=people,
        requests=tuple(Request(p.id, _day(rng), rng.choice(["off", "on"]), rng.uniform(1, 30))
                       for p in people),
        meetings=(Meeting("talk", 60, MONDAY, friday, (), ("red",), "09:00", "16:00"),
                  Meeting("train", 120, MONDAY + week, friday + week, some,
                          together=rng.random() < 0.5)),
        patterns=(Pattern("turns", ("E? E E? * * - -", "L? * L * L? - -"), MONDAY,
                          (("red", rng.randrange(2)),)),) if rng.random() < 0.6 else (),
        on_call_staff=(OnCallStaff("C", 1, (5, 6)),),
    )  # fmt: skip


def _day(rng: random.Random) -> dt.date:
    return MONDAY + dt.timedelta(days=rng.randrange(14))


@pytest.mark.parametrize("seed", [
    0, 3, *(pytest.param(s, marks=pytest.mark.slow) for s in range(4, 12))])  # fmt: skip
def test_a_roster_of_which_everything_is_asked_is_legal_and_stays_so(seed):
    plan = drawn(seed)
    wanted = requirement(plan, {"voice": office_hours(3, opens=8, closes=20)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    assert got.objective >= got.bound - 1e-6
    held = roster.lock(got, agents=[plan.people[0].id, plan.people[4].id])
    again = roster.solve(wanted, plan, locked=held.locked, start=got, time_limit_s=1, workers=1)
    assert roster.audit(again, plan) == ()
    last = got.frame.iloc[-1]
    mended = roster.repair(got, absent=[(last["agent"], last["start"].date())], time_limit_s=3)
    assert roster.audit(mended.roster, mended.roster.scenario) == ()
    assert len(roster.granted(got)) == len(plan.requests)
