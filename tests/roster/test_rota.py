"""Patterns and rotations bind: solver and audit agree day by day, and teams change week by week."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import pytest

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster.duties import Case, Duty
from wfm.roster.grid import horizon_of
from wfm.roster.rota_rules import PatternDay
from wfm.roster.rules import PatternShift
from wfm.scenario import Pattern, Person, Scenario, ShiftType

from .builders import MONDAY, NO_RULES, contract, requirement, scenario
from .test_rules import audit_calls_clean, solver_allows

EARLY = ShiftType("E", "06:00", "06:00", 480)
LATE = ShiftType("L", "14:00", "14:00", 480)
NIGHT = ShiftType("N", "22:00", "22:00", 480)
WEEK = Pattern("own", ("E L? E/L - * N -",), MONDAY)
TURNS = Pattern("turns", ("E E E E E - -", "L? L? L? L? L? L? L?", "N N N N - - -"), MONDAY,
                (("red", 0), ("blue", 1), ("green", 2)))  # fmt: skip


def centre(*patterns: Pattern, people=None, weeks=1, start=MONDAY) -> Scenario:
    plan = scenario(
        people=(), weeks=weeks,
        shifts=(EARLY, LATE, NIGHT), rules=NO_RULES, start=start, interval_min=60,
        contracts=(contract("any", 0, 60, shifts=("E", "L", "N"), days=7),),
    )  # fmt: skip
    return replace(plan, people=people or (Person("ann", "any", ("voice",), pattern="own"),),
                   patterns=patterns)  # fmt: skip


def case_of(plan: Scenario) -> Case:
    return Case(plan, horizon_of(plan, None), {})


@pytest.mark.parametrize("days", [range(4), range(3, 7)])
@pytest.mark.parametrize("off", [(), (1,), (4,)])
def test_solver_and_audit_agree_on_every_row_of_a_pattern(days, off):
    ann = Person("ann", "any", ("voice",), pattern="own",
                 time_off=tuple(MONDAY + dt.timedelta(days=d) for d in off))  # fmt: skip
    case = case_of(centre(WEEK, people=(ann,)))
    for rule in (PatternDay(), PatternShift()):
        # Days outside the window are given, so that the window alone decides.
        given = {d: Duty("ann", next(s for s in case.spans[d] if s.shift in "EN"[d == 5]), "voice")
                 for d in range(7) if d not in days and d not in (1, 3, 6)}  # fmt: skip
        by_day = [[None, *(Duty("ann", s, "voice") for s in case.spans[d])] for d in days]
        offers = [duty for day in by_day for duty in day if duty is not None]
        seen = set()
        for combination in itertools.product(*by_day):
            chosen = tuple(duty for duty in combination if duty is not None)
            clean = audit_calls_clean(case, rule, (*given.values(), *chosen))
            assert solver_allows(case, rule, offers, chosen, settled=given,
                                 free=frozenset(days)) == clean, chosen  # fmt: skip
            seen.add(clean)
        assert seen == {True, False}


def test_a_person_works_the_pattern_and_nothing_else():
    plan = centre(WEEK)
    got = roster.solve(requirement(plan, {"voice": 1}), plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    codes = {s.weekday(): c for s, c in zip(got.frame["start"], got.frame["shift"], strict=True)}
    assert codes[0] == "E"
    assert codes[2] in ("E", "L")
    assert codes[5] == "N"
    assert codes.keys() <= {0, 1, 2, 4, 5}


def test_teams_change_early_late_and_night_week_by_week():
    people = tuple(Person(f"{team}{i}", "any", ("voice",), team=team)
                   for team in ("red", "blue", "green") for i in range(2))  # fmt: skip
    plan = centre(TURNS, people=people, weeks=3)
    got = roster.solve(requirement(plan, {"voice": 2}), plan, time_limit_s=2, workers=1)
    assert roster.audit(got, plan) == ()
    weeks = {}
    for agent, start, code in got.frame[["agent", "start", "shift"]].itertuples(index=False):
        weeks.setdefault((agent[:-1], (start.date() - MONDAY).days // 7), set()).add(code)
    turns = {"red": "ELN", "blue": "LNE", "green": "NEL"}
    for (team, week), codes in weeks.items():
        assert codes == {turns[team][week]}


def test_the_rotation_goes_on_in_the_next_plan():
    later = case_of(centre(TURNS, start=MONDAY + dt.timedelta(days=28),
                           people=(Person("r", "any", ("voice",), team="red"),)))  # fmt: skip
    cell = TURNS.cell(MONDAY + dt.timedelta(days=28), 0)
    assert cell.shifts == {"L"}  # four weeks on, the fifth of three that repeat is the second
    assert not PatternShift().wrong(later, later.people["r"],
                                    Duty("r", later.spans[0][1], "voice"))  # fmt: skip
    assert TURNS.cell(MONDAY - dt.timedelta(days=7), 0).shifts == {"N"}


def test_leave_goes_before_the_pattern():
    ann = Person("ann", "any", ("voice",), pattern="own", time_off=(MONDAY,))
    plan = centre(WEEK, people=(ann,))
    got = roster.solve(requirement(plan, {"voice": 1}), plan, time_limit_s=1, workers=1)
    assert roster.audit(got, plan) == ()
    assert MONDAY not in set(got.frame["start"].dt.date)


def test_a_pattern_that_the_contract_forbids_is_named():
    plan = centre(replace(WEEK, weeks=("E E E E E E -",)))
    short = replace(plan, contracts=(replace(plan.contracts[0], max_week_h=40),))
    with pytest.raises(Infeasible, match="pattern day"):
        roster.solve(requirement(short, {"voice": 1}), short, time_limit_s=1, workers=1)


@pytest.mark.parametrize(("wrong", "match"), [
    ({"weeks": ("E E E",)}, "3 cells"), ({"weeks": ("E// - - - - - -",)}, "a cell is"),
    ({"weeks": ()}, "at least one week"), ({"monday": MONDAY + dt.timedelta(days=1)}, "Tuesday"),
    ({"teams": (("red", 3),)}, "weeks are 0 to 0"),
])  # fmt: skip
def test_impossible_patterns_are_refused(wrong, match):
    with pytest.raises(BadInput, match=match):
        replace(WEEK, **wrong)


def test_unknown_codes_patterns_and_weeks_are_refused():
    with pytest.raises(BadInput, match="unknown shift"):
        centre(replace(WEEK, weeks=("Q - - - - - -",)))
    with pytest.raises(BadInput, match="unknown pattern"):
        centre(people=(Person("ann", "any", ("voice",), pattern="none"),))
    with pytest.raises(BadInput, match="pattern_week is 1"):
        centre(WEEK, people=(Person("a", "any", ("voice",), pattern="own", pattern_week=1),))
