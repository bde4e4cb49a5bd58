"""Rotations are found wherever there are any, keep every rule, and are proven impossible else."""

from __future__ import annotations

import datetime as dt
import importlib
import itertools
import re
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster.rotation import RotationRules, RotationShift, rotate
from wfm.roster.rotation_weeks import roster_from
from wfm.roster.team_rotation import TeamRotation, rotation_for
from wfm.scenario import BreakRule, LabourRules, Person, RosterWeights, ShiftType

from .builders import MONDAY, NO_RULES, agents, contract, requirement, scenario

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "benchmarks" / "rostering"
CLOSE = 1e-6  # sums of a few hundred floats
MEAN = 1e-3  # the relative gap at which the solver stops is 1e-4


def load(name):
    if str(HOME) not in sys.path:
        sys.path.insert(0, str(HOME))
    return importlib.import_module(name)


def shared():
    for parent in ROOT.parents:
        found = parent / "shared" / "data" / "rostering" / "rotating"
        if found.is_dir():
            return found
    return pytest.skip("the shared rotating instances are not beside the project")


# ---- the public instances ---------------------------------------------------------------------


def test_every_public_instance_is_settled_and_agrees_with_what_is_known():
    folder, run = shared(), load("rotating").run
    text = (folder / "README.md").read_text(encoding="utf-8")
    known = dict(re.findall(r"(\d+):(yes|no)", text))
    paths = sorted(folder.glob("Example*.txt"))
    assert len(paths) >= 30
    for path in paths:
        row = run(path, 60, 1)
        assert row["violations"] == 0, path.name
        told = known.get(re.sub(r"\D", "", path.stem))
        expected = {"yes": {"found"}, "no": {"impossible"}}.get(told, {"found", "impossible"})
        assert row["status"] in expected, path.name


def test_the_checker_sees_each_kind_of_breach():
    of = load("rotating_case")
    case = of.Case(1, [[1, 1, 1, 0, 0, 0, 0], [0] * 7], [("D", 0, 480, 2, 3), ("N", 0, 480, 1, 2)],
                   (2, 4), (2, 3), [("N", "D"), ("N", "-", "D")])  # fmt: skip
    assert of.broken(case, [list("DDD----")]) == []
    found = " ".join(of.broken(case, [list("D-N--ND")]) + of.broken(case, [list("ND-----")]))
    for part in ("day 1: 0 on D", "work: 1 days", "off: 1 days", "D: 1 days", "N D", "off: 5"):
        assert part in found
    assert any("N - D" in text for text in of.broken(case, [list("DN-D---")]))
    assert any("work: 1000000000" in text for text in of.broken(case, [list("DDDDDDD")]))


# ---- brute force ------------------------------------------------------------------------------


def random_case(of, rng, weeks, shifts):
    names = "DN"[:shifts]
    off = int(rng.integers(1, 3))
    work = int(rng.integers(1, 4))
    rows = [
        (name, 0, 480, (least := int(rng.integers(1, 3))), least + int(rng.integers(0, 4)))
        for name in names
    ]
    bans = [tuple(rng.choice([*names, "-"], size)) for size in (2, 3)
            if shifts > 1 and rng.random() < 0.7]  # fmt: skip
    return of.Case(weeks, [], rows, (off, off + int(rng.integers(0, 3))),
                   (work, work + int(rng.integers(0, 4))), bans)  # fmt: skip


def staffing_of(rows, names):
    return tuple(tuple(sum(row[day] == name for row in rows) for day in range(7)) for name in names)


@pytest.mark.parametrize(("weeks", "shifts"), [(1, 2), (2, 1)])
def test_a_rotation_is_found_exactly_where_trying_all_rows_finds_one(weeks, shifts):
    of, rng = load("rotating_case"), np.random.default_rng(5)
    names = "DN"[:shifts]
    settled = {"found": 0, "impossible": 0}
    everything = [
        [list(days[at : at + 7]) for at in range(0, 7 * weeks, 7)]
        for days in itertools.product([*names, "-"], repeat=7 * weeks)
    ]
    for _ in range(9):
        case, legal = random_case(of, rng, weeks, shifts), set()
        for rows in everything:
            case.staffing = [list(row) for row in staffing_of(rows, names)]
            if not of.broken(case, rows):
                legal.add(staffing_of(rows, names))
        rules = RotationRules(tuple(RotationShift(*row) for row in case.shifts), case.work,
                              case.off, frozenset(case.forbidden))  # fmt: skip
        asked = [staffing_of(everything[int(at)], names)
                 for at in rng.integers(len(everything), size=8)]  # fmt: skip
        asked += sorted(legal)[: 4 * len(legal) : max(1, len(legal) // 4)]
        for staffing in asked:
            made = rotate(rules, staffing, weeks, time_limit_s=20)
            assert made.status == ("found" if staffing in legal else "impossible"), (case, staffing)
            settled[made.status] += 1
            if made.rows:
                case.staffing = [list(row) for row in staffing]
                assert of.broken(case, [list(row) for row in made.rows]) == []
    assert min(settled.values()) > 3


def test_free_weekends_are_counted():
    rules = RotationRules((RotationShift("D", 480, 480),), work=(2, 6), off=(2, 3))
    staffing = [[2, 2, 2, 2, 2, 1, 1]]
    free = [rotate(rules, staffing, 3, free_weekends=n) for n in range(4)]
    for least, made in enumerate(free):
        if made.rows:
            assert sum(row[5] == row[6] == "-" for row in made.rows) >= least
    assert free[0].status == "found"
    assert free[3].status == "impossible", "somebody has to work on Saturdays"


@pytest.mark.parametrize(("change", "part"), [
    ({"staffing": [[1] * 6]}, "a row of seven days"),
    ({"staffing": [[3] * 7]}, "wants 3 people, a rotation of 2"),
    ({"weeks": 0}, "weeks is at least 1"),
])  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(change, part):
    rules = RotationRules((RotationShift("D", 480, 480),))
    with pytest.raises(BadInput, match=part):
        rotate(rules, **{"staffing": [[1] * 7], "weeks": 2, **change})


@pytest.mark.parametrize(("values", "part"), [
    ({"shifts": ()}, "codes of their own"),
    ({"work": (3, 2)}, "work is"),
    ({"forbidden": frozenset({("D", "X")})}, "first: D X"),
    ({"shifts": (RotationShift("D", 0, 480, 3, 2),)}, "least_run <= most_run"),
])  # fmt: skip
def test_rules_that_make_no_sense_are_refused(values, part):
    with pytest.raises(BadInput, match=part):
        RotationRules(**{"shifts": (RotationShift("D", 0, 480),), **values})


# ---- a team -----------------------------------------------------------------------------------

LUNCH = BreakRule("lunch", 30, 210, 270, False)
EARLY = ShiftType("E", "07:00", "07:00", 510, 30, (LUNCH,))
LATE = ShiftType("L", "13:30", "13:30", 510, 30, (LUNCH,))
NIGHT = ShiftType("N", "22:00", "22:00", 510, 30, (LUNCH,))


def team(count=6, **changes):
    plan = scenario(people=agents(count), shifts=(EARLY, LATE, NIGHT),
                    contracts=(contract(least=24, most=48, shifts=("E", "L", "N"), days=6),),
                    weeks=4)  # fmt: skip
    return replace(plan, **changes)


def around_the_clock(at):
    return 2 if 7 <= at.hour < 22 and at.weekday() < 5 else 1


def test_every_week_of_a_teams_rotation_keeps_every_rule_for_everybody():
    plan = team()
    need = requirement(plan, {"voice": around_the_clock})
    made = rotation_for(need, plan, off=(1, 3), time_limit_s=4)
    assert made.bound <= made.objective + CLOSE
    planned, broken = roster_from(made, need, plan)
    assert broken == ()
    assert roster.audit(planned, plan) == ()
    assert set(planned.frame["agent"]) == {person.id for person in plan.people}
    # Everybody does what the one before did a week earlier.
    shown = made.first_weeks["agent"].tolist()
    for day in range(14):
        assert made.day_of(shown[0], day + 7) == made.day_of(shown[1], day)
    # In a whole turn everybody has had the same.
    turns = [sorted(made.day_of(agent, day) for day in range(42)) for agent in shown]
    assert all(turn == turns[0] for turn in turns)


def test_a_rotation_is_as_cheap_as_the_best_of_all():
    law = LabourRules(0.0, 0.0, 5, 168.0, "test", min_consecutive_off=2)
    one = ShiftType("D", "09:00", "09:00", 480)
    plan = scenario(people=agents(2), shifts=(one,), rules=law, weights=RosterWeights(10, 3, 0),
                    contracts=(contract(least=16, most=40, days=5),))  # fmt: skip
    wanted = (2, 1, 1, 2, 1, 1, 0)
    need = requirement(plan, {"voice": lambda at: wanted[at.weekday()] if 9 <= at.hour < 17
                              else np.nan})  # fmt: skip
    made = rotation_for(need, plan, off=(2, 7), time_limit_s=20)
    of, best = load("rotating_case"), np.inf
    for days in itertools.product("D-", repeat=14):
        rows = [list(days[:7]), list(days[7:])]
        case = of.Case(2, [list(staffing_of(rows, "D")[0])], [("D", 0, 480, 1, 5)], (2, 7), (1, 5),
                       [])  # fmt: skip
        if of.broken(case, rows) or not all(2 <= row.count("D") <= 5 for row in rows):
            continue
        gap = np.array(wanted) - np.array(staffing_of(rows, "D")[0])
        best = min(best, 8 * (10 * np.maximum(gap, 0).sum() + 3 * np.maximum(-gap, 0).sum()))
    assert made.objective == pytest.approx(best, abs=CLOSE)
    assert made.bound == pytest.approx(best, rel=MEAN)
    assert made.status == "optimal"


def test_two_people_may_begin_in_each_week():
    plan = team(6)
    need = requirement(plan, {"voice": around_the_clock})
    made = rotation_for(need, plan, weeks=3, off=(1, 3), time_limit_s=4)
    assert made.weeks == 3
    assert made.first_weeks["week"].tolist() == [1, 2, 3, 1, 2, 3]
    assert roster_from(made, need, plan)[1] == ()


def test_leave_is_left_out_and_the_rotation_goes_on_after_it():
    plan = team()
    off = (MONDAY, MONDAY.replace(day=4))
    away = replace(plan, people=(replace(plan.people[0], time_off=off), *plan.people[1:]))
    need = requirement(plan, {"voice": around_the_clock})
    made = rotation_for(need, plan, off=(1, 3), time_limit_s=4)
    planned, _ = roster_from(made, need, away)
    rows = planned.frame[planned.frame["agent"] == plan.people[0].id]
    assert not set(rows["start"].dt.date) & set(off)
    later = roster_from(made, need, plan)[0].frame
    later = later[later["agent"] == plan.people[0].id]
    assert set(later["start"].dt.date) - set(rows["start"].dt.date) <= {
        *off, MONDAY.replace(day=2), MONDAY.replace(day=3)}  # fmt: skip


def before_dawn(shift="N", start="02:30"):
    """Ann and Bob work every night from 02:30; the clocks of Berlin skip that on Sunday."""
    plan = scenario(
        people=(Person("ann", "any", ("voice",)), Person("bob", "any", ("voice",))),
        shifts=(ShiftType("N", "02:30", "02:30", 240),), interval_min=30,
        contracts=(contract("any", 0, 60, shifts=("N",), days=7),), rules=NO_RULES,
        start=dt.date(2026, 3, 23), timezone="Europe/Berlin",
    )  # fmt: skip
    table = pd.DataFrame({"week": 1, "weekday": range(7), "shift": shift, "start": start})
    begins = pd.DataFrame({"agent": ["ann", "bob"], "week": 1})
    made = TeamRotation(table, begins, 1, 0.0, 0.0, 0.0, 0.0, "optimal")
    return plan, requirement(plan, {"voice": 1}), made


def test_a_start_that_the_clock_change_moves_is_worked_when_the_clock_says():
    plan, need, made = before_dawn()
    planned, broken = roster_from(made, need, plan)
    assert broken == ()
    starts = planned.frame.loc[planned.frame["agent"] == "ann", "start"]
    assert starts.dt.strftime("%a %H:%M").tolist() == [
        *(f"{day} 02:30" for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat")),
        "Sun 03:30",
    ]


def test_a_rotation_with_somebody_who_has_left_is_refused_by_name():
    plan, need, made = before_dawn()
    left = replace(plan, people=plan.people[:1])
    with pytest.raises(BadInput, match=r"1 of its people .* \(first: 'bob'\)"):
        roster_from(made, need, left)


@pytest.mark.parametrize(("shift", "start"), [("Q", "02:30"), ("N", "02:00")])
def test_a_rotation_of_shifts_that_the_scenario_no_longer_has_is_refused(shift, start):
    plan, need, made = before_dawn(shift, start)
    with pytest.raises(BadInput, match=f"14 of its shifts .* {shift} at {start}"):
        roster_from(made, need, plan)


@pytest.mark.parametrize(("change", "options", "part"), [
    ({}, {"weeks": 4}, "4 weeks do not divide 6 people"),
    ({}, {"agents": ["zoe"]}, "first: 'zoe'"),
    ({"people": (*agents(2), Person("x", "full", ("voice",), weekdays_off=(2,)))}, {},
     "never work on some weekdays"),
])  # fmt: skip
def test_a_team_that_cannot_rotate_is_refused(change, options, part):
    plan = team(**change)
    need = requirement(plan, {"voice": 1})
    with pytest.raises(BadInput, match=part):
        rotation_for(need, plan, **options)


def test_hours_that_no_week_can_hold_are_proven_impossible():
    plan = team(contracts=(contract(least=41, most=43, shifts=("E", "L", "N"), days=6),))
    need = requirement(plan, {"voice": 1})
    with pytest.raises(Infeasible, match="proven"):
        rotation_for(need, plan, time_limit_s=10)
