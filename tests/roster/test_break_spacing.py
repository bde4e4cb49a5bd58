"""Breaks lie as far apart as asked: what is placed is what the audit calls clean, and best."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.break_rules import BreakSpacing, misplaced
from wfm.roster.breaks import best_breaks, check_breaks, pauses, placements
from wfm.roster.duties import Case, Duty, Pause
from wfm.roster.grid import horizon_of
from wfm.scenario import BreakRule, LabourRules, Person, ShiftType

from .builders import NO_RULES, agents, contract, office_hours, requirement, scenario

BREAKS = (BreakRule("break", 15, 30, 180), BreakRule("lunch", 30, 90, 300, paid=False),
          BreakRule("break", 15, 180, 420))  # fmt: skip
OPEN = ShiftType("B", "08:00", "08:00", 480, breaks=BREAKS)
SPACINGS = {
    "before": {"least_before_break_min": 105},
    "between": {"least_between_breaks_min": 100},
    "most": {"most_without_break_min": 150},
    "all": {"least_before_break_min": 60, "least_between_breaks_min": 60,
            "most_without_break_min": 180},
}  # fmt: skip
STEP = 15


def case_of(shift: ShiftType, law: LabourRules = NO_RULES) -> Case:
    plan = scenario(people=(Person("ann", "full", ("voice",)),), shifts=(shift,), rules=law)
    return Case(plan, horizon_of(plan, None), {})


def clean_starts(case: Case, shift: ShiftType) -> set[tuple[int, ...]]:
    """Every placement that the audit's rules find nothing in, by trying all."""
    span, found = case.spans[0][0], set()
    for starts in itertools.product(range(0, shift.length_min, STEP), repeat=len(shift.breaks)):
        if starts != tuple(sorted(starts)):
            continue
        rules = zip(shift.breaks, starts, strict=True)
        taken = tuple(Pause(r.activity, span.start + s, span.start + s + r.length_min)
                      for r, s in rules)  # fmt: skip
        if not misplaced(case, Duty("ann", span, "voice", taken)):
            found.add(starts)
    return found


@pytest.mark.parametrize("name", SPACINGS)
def test_placements_are_exactly_those_the_audit_calls_clean(name):
    shift = replace(OPEN, **SPACINGS[name])
    clean = clean_starts(case_of(shift), shift)
    assert set(placements(shift, STEP)) == clean
    assert 0 < len(clean) < len(list(placements(OPEN, STEP)))


@pytest.mark.parametrize("name", SPACINGS)
def test_the_best_breaks_are_the_best_of_all_placements(name):
    shift = replace(OPEN, **SPACINGS[name])
    rng = np.random.default_rng(3)
    at = np.array([0, 5, 40])
    for _ in range(20):
        price = rng.integers(-9, 10, 90).astype(float)
        whole = np.concatenate(([0.0], np.cumsum(price)))
        got = best_breaks(shift, at, whole, STEP)
        every = list(placements(shift, STEP))
        for row, first in enumerate(at.tolist()):
            saved = [
                sum(price[first + s // STEP : first + (s + b.length_min) // STEP].sum()
                    for s, b in zip(starts, shift.breaks, strict=True))
                for starts in every
            ]  # fmt: skip
            assert got.saved[row] == max(saved)
            assert saved[every.index(tuple(got.starts[row].tolist()))] == max(saved)


def test_the_stricter_of_shift_type_and_labour_rules_holds():
    shift = replace(OPEN, most_without_break_min=200)
    law = replace(NO_RULES, most_without_break_h=2.5, least_before_break_h=1.75)
    spaced = case_of(shift, law).shifts["B"]
    assert (spaced.most_without_break_min, spaced.least_before_break_min) == (150, 105)
    assert case_of(replace(OPEN, most_without_break_min=140), law).shifts[
        "B"].most_without_break_min == 140  # fmt: skip


def test_breaks_too_close_and_stretches_too_long_are_told_in_minutes():
    shift = replace(OPEN, least_between_breaks_min=60, most_without_break_min=180)
    case = case_of(shift)
    span = case.spans[0][0]
    said = {}
    for starts in ((120, 165, 300), (60, 285, 420), (120, 210, 300), (60, 150, 270)):
        duty = Duty("ann", span, "voice", pauses(shift, span, starts))
        said[starts] = BreakSpacing().wrong(case, case.people["ann"], duty)
    assert said[120, 165, 300] == "expected at least 60 min between two breaks, got 30"
    assert said[60, 285, 420] == "expected at most 180 min without a break, got 210"
    assert said[120, 210, 300] == ""
    assert said[60, 150, 270] == "expected at most 180 min without a break, got 195"


def test_a_roster_keeps_the_spacing_that_the_same_centre_breaks_without_it():
    lunch = (BreakRule("break", 15, 0, 240), BreakRule("lunch", 30, 120, 420, paid=False))
    shift = ShiftType("D", "08:00", "10:00", 480, 60, breaks=lunch)
    plan = scenario(people=agents(8), shifts=(shift,), interval_min=15, rules=NO_RULES,
                    contracts=(contract("full", 40, 40, days=5),))  # fmt: skip
    plan = replace(plan, contracts=(contract("full", 37.5, 37.5),))
    wanted = requirement(plan, {"voice": office_hours(5, opens=10, closes=15)})
    free = roster.solve(wanted, plan, time_limit_s=1.5, workers=1)
    law = replace(NO_RULES, least_before_break_h=1.0, most_without_break_h=4.0,
                  least_between_breaks_h=1.5)  # fmt: skip
    strict = replace(plan, rules=law)
    assert "break spacing" in {v.rule for v in roster.audit(free, strict)}
    got = roster.solve(wanted, strict, time_limit_s=1.5, workers=1)
    assert roster.audit(got, strict) == ()
    assert got.objective >= free.bound


def test_a_long_shift_without_any_break_is_refused_by_name():
    plan = scenario(people=agents(1), rules=replace(NO_RULES, most_without_break_h=6.0))
    wanted = requirement(plan, {"voice": office_hours(1)})
    with pytest.raises(BadInput, match=r"shift 'D': it lasts 480 min without a break.*360 min"):
        roster.solve(wanted, plan, time_limit_s=1, workers=1)


def test_windows_that_leave_no_room_for_the_spacing_are_refused():
    shift = replace(OPEN, most_without_break_min=100)
    with pytest.raises(BadInput, match=r"cannot be placed.*at most 100 min without one"):
        check_breaks(shift, STEP)


@pytest.mark.parametrize("wrong", [
    {"least_before_break_min": -1}, {"most_without_break_min": 0},
    {"least_between_breaks_min": 90, "most_without_break_min": 60},
])  # fmt: skip
def test_impossible_spacings_are_refused(wrong):
    with pytest.raises(BadInput, match="shift 'B'"):
        replace(OPEN, **wrong)


def test_labour_rules_refuse_more_work_between_breaks_than_without_one():
    with pytest.raises(BadInput, match="most_without_break_h"):
        LabourRules(most_without_break_h=2, least_between_breaks_h=3)
