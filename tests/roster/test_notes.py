"""What could not be held to the letter is told, and leave and presets keep every rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from wfm import roster
from wfm.meetings import Meeting
from wfm.roster.duties import Case
from wfm.roster.grid import horizon_of
from wfm.roster.week_rules import lowered, owed_min
from wfm.scenario import BreakRule, LabourRules, Person, Request, ShiftType

from .builders import MONDAY, NO_RULES, agents, contract, office_hours, requirement, scenario

DAY = ShiftType("D", "09:00", "09:00", 480)


def test_least_hours_that_the_shifts_cannot_reach_are_told_with_both_numbers():
    plan = scenario(people=agents(2), shifts=(DAY,), rules=NO_RULES,
                    contracts=(contract("full", 38, 40, days=4),))  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(1)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    (note,) = got.notes
    assert "contract 'full': 38 paid hours a week are asked for" in note
    assert "hold 32 at most; 32 were asked for instead in 2 person-weeks" in note
    assert "agent 'a00', week of 2003-03-03" in note
    assert set(got.hours["paid_h"]) == {32.0}


def test_least_hours_that_can_be_reached_are_not_told():
    plan = scenario(people=agents(2), shifts=(DAY,), rules=NO_RULES,
                    contracts=(contract("full", 32, 40, days=4),))  # fmt: skip
    away = replace(plan.people[0], time_off=(MONDAY,))
    case = Case(replace(plan, people=(away, plan.people[1])), horizon_of(plan, None), {})
    assert lowered(case) == ()
    assert owed_min(case, away, 0) == 24 * 60  # leave lowers it by its share, which is no surprise


def noted(**changes):
    asked = {name: changes.pop(name, ()) for name in ("requests", "meetings")}
    plan = scenario(**{"people": agents(2), "shifts": (DAY,), "rules": NO_RULES,
                       "contracts": (contract("full", 0, 40),), **changes})  # fmt: skip
    plan = replace(plan, **asked)
    wanted = requirement(plan, {queue.name: office_hours(1) for queue in plan.queues})
    return roster.solve(wanted, plan, time_limit_s=1, workers=1).notes


def test_a_queue_that_nobody_serves_is_told_with_its_hours():
    (note,) = noted(queues=("voice", "fax"))
    assert note.startswith("queue 'fax': nobody has this skill, so that all of its ")


@pytest.mark.parametrize(("changes", "why"), [
    ({"rules": LabourRules(max_daily_h=6.0)}, "max daily hours (shift 'D': expected at most 6"),
    ({"people": agents(2, skills=())}, "no skill in a queue"),
    ({"people": tuple(replace(p, weekdays_off=tuple(range(7))) for p in agents(2))},
     "weekdays off (shift 'D'"),
])  # fmt: skip
def test_people_without_any_shift_are_told_and_why(changes, why):
    told = [note for note in noted(**changes) if "no shift that they may be given" in note]
    (note,) = told
    assert note.startswith("2 of 2 people have no shift")
    assert "(first: agent 'a00')" in note
    assert why in note


def test_a_plan_without_people_says_so():
    assert "there are no people in the scenario, so that nobody is rostered" in noted(people=())


def test_requests_for_other_weeks_are_told():
    late = Request("a00", MONDAY.replace(year=2004), "off")
    (note,) = noted(requests=(late, replace(late, day=MONDAY)))
    assert note.startswith("1 of 2 requests are not for 2003-03-03 to 2003-03-09")
    assert "agent 'a00', 2004-03-03" in note


def test_meetings_of_other_weeks_are_told():
    late = Meeting(
        "talk", 60, MONDAY.replace(year=2004), MONDAY.replace(year=2004), people=("a00",)
    )
    (note,) = noted(meetings=(late,))
    assert note.startswith("meeting 'talk' is for 2004-03-03 to 2004-03-03, outside of 2003-03-03")


def test_leave_lowers_the_least_hours_and_leaves_the_most_as_they_are():
    off = tuple(MONDAY + dt.timedelta(days=d) for d in range(3))
    plan = scenario(people=(Person("ann", "full", ("voice",), time_off=off),), shifts=(DAY,),
                    rules=NO_RULES, contracts=(contract("full", 32, 32, days=5),))  # fmt: skip
    wanted = requirement(plan, {"voice": 1})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    assert got.hours["paid_h"].item() == 32.0  # Thursday to Sunday, although 12.8 h were owed


def test_leave_is_not_mended_beyond_the_seats():
    late = ShiftType("L", "13:00", "13:00", 480)
    plan = scenario(people=agents(4), shifts=(DAY, late), rules=NO_RULES,
                    contracts=(contract("full", 0, 40, shifts=("D", "L")),))  # fmt: skip
    plan = replace(plan, seats=2)
    wanted = requirement(plan, {"voice": office_hours(3, opens=9, closes=21)})
    got = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    who = got.frame["agent"].iloc[0]
    decision = roster.leave(got, who, MONDAY, most_short_h=1e6)
    assert roster.audit(decision.roster, decision.roster.scenario) == ()


@pytest.mark.slow
def test_an_annealed_roster_keeps_spacing_average_requests_pattern_and_meetings():
    from wfm.scenario import Meeting, Pattern

    breaks = (BreakRule("break", 15, 30, 240), BreakRule("lunch", 30, 120, 420, paid=False))
    early = ShiftType("E", "07:00", "09:00", 510, 30, breaks)
    late = ShiftType("L", "12:00", "14:00", 510, 30, breaks)
    law = LabourRules.preset("eu", most_without_break_h=4.0, least_between_breaks_h=1.5,
                             average_week_h=36.0)  # fmt: skip
    plan = scenario(people=agents(24), shifts=(early, late), interval_min=15, weeks=2, rules=law,
                    contracts=(contract("full", 24, 40, shifts=("E", "L")),))  # fmt: skip
    people = tuple(replace(p, team="red" if i < 8 else "") for i, p in enumerate(plan.people))
    plan = replace(
        plan, people=people,
        requests=tuple(Request(p.id, MONDAY, "off", 5.0) for p in people[8:12]),
        meetings=(Meeting("talk", 60, MONDAY, MONDAY + dt.timedelta(days=4), teams=("red",)),),
        patterns=(Pattern("turns", ("E? E? E E? E? - -", "L? L? L L? L? - -"), MONDAY,
                          (("red", 0),)),),
    )  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(9, opens=7, closes=22)})
    got = roster.solve(wanted, plan, time_limit_s=25, workers=1)
    assert roster.audit(got, plan) == ()
    assert len(roster.granted(got)) == 4
