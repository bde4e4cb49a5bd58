"""Each labour rule: what the solver allows is what the audit calls clean, by brute force."""

from __future__ import annotations

import datetime as dt
import itertools
import random
from dataclasses import replace

import pytest
from ortools.sat.python import cp_model

from wfm.roster.breaks import pauses, placements
from wfm.roster.duties import Case, Duty, Pause, Span
from wfm.roster.grid import horizon_of
from wfm.roster.model import new_choice
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Breaks, DutyRule, Work
from wfm.roster.sequence_rules import OneShiftADay
from wfm.roster.week_rules import owed_min
from wfm.workforce import BreakRule, LabourRules, Person, ShiftLimit, ShiftType

from .builders import DST_AUTUMN, DST_SPRING, MONDAY, NEW_YORK, contract, scenario

DAY = ShiftType("D", "08:00", "08:00", 8 * 60)
NIGHT = ShiftType("N", "22:00", "22:00", 9 * 60)
LATE = ShiftType("L", "14:00", "14:00", 10 * 60, breaks=(BreakRule("lunch", 60, 120, 240, False),))
LONG = ShiftType("G", "08:00", "08:00", 10 * 60)
# Night after night leaves exactly 15 h, and from Thursday 16:00 to the end of the week are 80 h.
TIGHT = LabourRules(
    15.0,
    80.0,
    2,
    27.0,
    max_daily_h=9.5,
    average_week_h=20.0,
    average_weeks=2,
    forbidden_successions=(("N", "D"),),
    min_consecutive_days=2,
    min_consecutive_off=2,
    days_off_together=3,
    max_start_spread_h=6.0,
    max_weekends=1,
    weekends_of=2,
    whole_weekends=True,
    max_nights_in_a_row=1,
    rest_after_nights_h=36.0,
    shift_limits=(ShiftLimit(("N",), 1), ShiftLimit(("D",), 7, 1), ShiftLimit(("D", "N"), 4)),
)
PERSON = Person("ann", "tight", ("voice",), time_off=(MONDAY + dt.timedelta(days=3),),
                weekdays_off=(5,))  # fmt: skip
TIGHT_CONTRACT = replace(contract("tight", 17, 26, shifts=("D", "N"), days=3), period_weeks=1,
                         min_period_h=9, max_period_h=25)  # fmt: skip
BY_NAME = {rule.name: rule for rule in RULES}


def tight_case(*, start=MONDAY, timezone="UTC", before=(), weeks=2, person=PERSON) -> Case:
    plan = scenario(people=(person,), shifts=(DAY, NIGHT, LATE, LONG), contracts=(TIGHT_CONTRACT,),
                    start=start, timezone=timezone, weeks=weeks, rules=TIGHT)  # fmt: skip
    return Case(plan, horizon_of(plan, None), {"ann": tuple(before)} if before else {})


def duty(case: Case, day: int, shift: ShiftType, *, queue: str = "voice", later: int = 0,
         longer: int = 0) -> Duty:  # fmt: skip
    start = case.horizon.clock(day, shift.starts[0]) + later
    span = Span(day, shift.code, start, start + shift.length_min + longer)
    first = next(placements(shift, 15))
    return Duty("ann", span, queue, pauses(shift, span, first))


def solver_allows(
    case: Case, rule, offers: list[Duty], chosen: tuple[Duty, ...], *, settled=None, free=None
) -> bool:
    model = cp_model.CpModel()
    free = frozenset(offer.span.day for offer in offers) if free is None else free
    choice, literals = new_choice(
        model, case, case.people["ann"], settled=settled or {}, offers=offers, free=free
    )
    rule.post(model, choice)
    OneShiftADay().post(model, choice)
    for offer, literal in zip(offers, literals, strict=True):
        model.add(literal == (offer in chosen))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    return solver.solve(model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


def audit_calls_clean(case: Case, rule, chosen: tuple[Duty, ...]) -> bool:
    work = Work(case, "ann", tuple(sorted(chosen, key=lambda d: d.span.start)))
    return not [*rule.violations(work), *OneShiftADay().violations(work)]


def compare(case: Case, rule, by_day: list[list[Duty]]) -> tuple[int, int]:
    """Check every choice of at most one duty a day; return how many are legal and illegal."""
    offers = [offer for day in by_day for offer in day]
    legal = illegal = 0
    for combination in itertools.product(*[[None, *day] for day in by_day]):
        chosen = tuple(d for d in combination if d is not None)
        clean = audit_calls_clean(case, rule, chosen)
        assert solver_allows(case, rule, offers, chosen) == clean, chosen
        legal, illegal = legal + clean, illegal + (not clean)
    return legal, illegal


SETTINGS = {
    "one week": {"days": range(5)},
    "over the week's end": {"days": range(5, 10)},
    "after a week of work": {"days": range(4), "before": [-3, -2, -1]},
    "after a Sunday night": {"days": range(3, 7), "before": [-1]},
    "clocks go back": {"days": range(4, 8), "start": DST_AUTUMN, "timezone": NEW_YORK},
    "clocks go forward": {"days": range(4, 8), "start": DST_SPRING, "timezone": NEW_YORK},
}
# These ask for nothing without meetings and patterns: see test_meetings and test_rota.
ELSEWHERE = ("known agent", "room for meetings", "pattern day")
ROW_RULES = [
    rule for rule in RULES if not isinstance(rule, DutyRule) and rule.name not in ELSEWHERE
]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.name)
def test_solver_and_audit_agree_on_every_row_of_shifts(rule, setting):
    options = {k: v for k, v in setting.items() if k not in ("days", "before")}
    options["weeks"] = setting["days"][-1] // 7 + 1
    empty = tight_case(**options)
    before = [duty(empty, day, NIGHT) for day in setting.get("before", ())]
    case = tight_case(before=before, **options)
    by_day = [[duty(case, day, DAY), duty(case, day, NIGHT)] for day in setting["days"]]
    legal, _ = compare(case, rule, by_day)
    if rule.name != "min week hours":
        assert legal > 0


@pytest.mark.parametrize("rule", [r for r in ROW_RULES if r.name != "one shift a day"],
                         ids=lambda rule: rule.name)  # fmt: skip
def test_every_row_rule_forbids_something_and_allows_something(rule):
    # Without leave the least hours can be met; the tiny weeks must exercise both answers.
    weekends = "weekends" in rule.name
    case = tight_case(
        person=replace(PERSON, time_off=(), weekdays_off=()), weeks=2 if weekends else 1
    )
    days = (5, 6, 12, 13) if weekends else range(5)
    by_day = [[duty(case, day, DAY), duty(case, day, NIGHT)] for day in days]
    legal, illegal = compare(case, rule, by_day)
    assert legal > 0
    assert illegal > 0


@pytest.mark.parametrize("days", [range(1, 6), (4, 5, 6, 7, 11, 12)], ids=["week", "weekends"])
@pytest.mark.parametrize("rule", ROW_RULES, ids=lambda rule: rule.name)
def test_with_other_days_settled_the_open_day_is_judged_as_the_audit_does(rule, days):
    # What settled days alone decide need not be posted: then no choice of the open day is clean.
    rng = random.Random(5)
    case = tight_case(before=[duty(tight_case(), -1, NIGHT)], weeks=days[-1] // 7 + 1)
    offers = {day: [duty(case, day, DAY), duty(case, day, NIGHT)] for day in days}
    tried = 0
    for _ in range(25):
        settled = {d: given for d in days if (given := rng.choice([None, None, *offers[d]]))}
        free = rng.choice(list(days))
        settled.pop(free, None)
        choices = [(), *((offer,) for offer in offers[free])]
        clean = [audit_calls_clean(case, rule, (*settled.values(), *c)) for c in choices]
        if any(clean):
            tried += 1
            for chosen, expected in zip(choices, clean, strict=True):
                assert solver_allows(
                    case, rule, offers[free], chosen, settled=settled, free=frozenset({free})
                ) == expected, (settled, chosen)  # fmt: skip
    assert tried > 0 or rule.name == "min week hours"  # of two weeks it needs more days


def test_one_shift_a_day_forbids_two_shifts_on_a_day():
    case = tight_case()
    early, late = duty(case, 0, DAY), duty(case, 0, NIGHT)
    rule = BY_NAME["one shift a day"]
    assert not solver_allows(case, rule, [early, late], (early, late))
    assert not audit_calls_clean(case, rule, (early, late))
    assert solver_allows(case, rule, [early, late], (late,))


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("planned weeks", lambda case: duty(case, 14, DAY)),
        ("allowed shift", lambda case: duty(case, 0, LATE)),
        ("allowed shift", lambda case: duty(case, 0, DAY, longer=30)),
        ("allowed start", lambda case: duty(case, 0, DAY, later=15)),
        ("skills", lambda case: duty(case, 0, DAY, queue="chat")),
        ("time off", lambda case: duty(case, 3, DAY)),
        ("time off", lambda case: duty(case, 2, NIGHT)),
        ("weekdays off", lambda case: duty(case, 5, DAY)),
        ("weekdays off", lambda case: duty(case, 4, NIGHT)),
        ("max daily hours", lambda case: duty(case, 0, LONG)),
        ("breaks", lambda case: replace(duty(case, 0, LATE), breaks=())),
    ],
)  # fmt: skip
def test_both_faces_of_a_shift_rule_refuse_the_wrong_shift_and_only_that(name, wrong):
    case = tight_case()
    rule, bad, good = BY_NAME[name], wrong(case), duty(case, 1, DAY)
    for chosen in ((), (good,), (bad,), (good, bad)):
        assert solver_allows(case, rule, [good, bad], chosen) == (bad not in chosen)
        assert audit_calls_clean(case, rule, chosen) == (bad not in chosen)
    others = [r for r in RULES if isinstance(r, DutyRule) and r.name != name]
    broken = [r.name for r in others if r.wrong(case, PERSON, bad)]
    assert broken in ([], ["allowed shift"]), "the planted mistake breaks one rule"


THREE_BREAKS = ShiftType("B", "08:00", "08:00", 480, breaks=(
    BreakRule("break", 15, 60, 120), BreakRule("lunch", 45, 90, 165),
    BreakRule("break", 15, 150, 180),
))  # fmt: skip


def test_break_placements_are_exactly_those_the_audit_calls_clean():
    plan = scenario(people=(Person("ann", "full", ("voice",)),), shifts=(THREE_BREAKS,))
    case = Case(plan, horizon_of(plan, None), {})
    span = case.spans[0][0]
    lengths = [(b.activity, b.length_min) for b in THREE_BREAKS.breaks]
    clean = set()
    for starts in itertools.product(range(0, 240, 15), repeat=3):
        breaks = tuple(
            Pause(activity, span.start + at, span.start + at + length)
            for (activity, length), at in zip(lengths, starts, strict=True)
        )
        if not Breaks().wrong(case, plan.people[0], Duty("ann", span, "voice", breaks)):
            clean.add(starts)
    assert clean == set(placements(THREE_BREAKS, 15))
    assert 0 < len(clean) < 5 * 6 * 3


def test_leave_lowers_the_least_hours_by_a_day_of_the_contract():
    case = tight_case(person=replace(PERSON, weekdays_off=()))
    assert owed_min(case, case.people["ann"], 0) == int(17 * 60 * 2 / 3)
    assert owed_min(case, case.people["ann"], 1) == 17 * 60


def test_leave_on_a_weekday_never_worked_lowers_nothing():
    person = replace(PERSON, time_off=(MONDAY + dt.timedelta(days=5),))
    case = tight_case(person=person)
    assert owed_min(case, case.people["ann"], 0) == 17 * 60


def test_least_hours_never_exceed_what_the_days_left_can_hold():
    case = tight_case(person=replace(PERSON, time_off=(), weekdays_off=(1, 2, 3, 4, 5, 6)))
    assert owed_min(case, case.people["ann"], 0) == 8 * 60  # a night would reach into Tuesday


def test_an_unknown_agent_is_allowed_by_neither_face():
    case = tight_case()
    stranger = replace(duty(case, 0, DAY), agent="bob")
    rule = BY_NAME["known agent"]
    assert [v.agent for v in rule.violations(Work(case, "bob", (stranger,)))] == ["bob"]
    model = cp_model.CpModel()
    nobody = replace(PERSON, id="bob")
    choice, (literal,) = new_choice(
        model, case, nobody, settled={}, offers=[stranger], free=frozenset({0})
    )
    rule.post(model, choice)
    model.add(literal == 1)
    assert cp_model.CpSolver().solve(model) == cp_model.INFEASIBLE
