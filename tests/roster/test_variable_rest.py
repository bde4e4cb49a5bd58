"""Rest and hours counted over more than a week: solver and audit agree, history included."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pytest

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.duties import Case, Duty
from wfm.roster.grid import horizon_of
from wfm.roster.limit_rules import AverageWeekHours
from wfm.roster.period_rules import MaxPeriodHours, MinPeriodHours, week_shares
from wfm.roster.weekly_rest import WeeklyRest
from wfm.scenario import Contract, LabourRules, Person, ShiftType

from .builders import (
    DST_AUTUMN,
    MONDAY,
    NEW_YORK,
    NO_RULES,
    agents,
    contract,
    requirement,
    scenario,
)
from .test_rules import audit_calls_clean, solver_allows

DAY = ShiftType("D", "08:00", "08:00", 600)
NIGHT = ShiftType("N", "20:00", "20:00", 600)
TWICE = replace(NO_RULES, weekly_rest_h=40.0, weekly_rest_weeks=2)
SHORT = replace(NO_RULES, weekly_rest_h=40.0, weekly_rest_short_h=26.0)


def case_of(law: LabourRules, *, weeks=2, before=(), start=MONDAY, timezone="UTC",
            terms: Contract | None = None) -> Case:  # fmt: skip
    terms = terms or contract("full", 0, 168, shifts=("D", "N"), days=7)
    plan = scenario(people=(Person("ann", "full", ("voice",)),), shifts=(DAY, NIGHT), rules=law,
                    contracts=(terms,), weeks=weeks, start=start, timezone=timezone)  # fmt: skip
    bare = Case(plan, horizon_of(plan, None), {})
    past = tuple(_past(bare, day) for day in sorted(before))
    return replace(bare, before={"ann": past} if past else {})


def _past(case: Case, day: int) -> Duty:
    span = case.spans[0][0]
    start = case.horizon.clock(day, 480)
    return Duty("ann", replace(span, day=day, start=start, end=start + 600), "voice")


SETTINGS = {
    "two weeks": {},
    "clocks go back": {"start": DST_AUTUMN, "timezone": NEW_YORK},
    "three weeks": {"weeks": 3},
    "after a full week": {"before": range(-7, 0)},
    "after a free week": {"before": (-14, -8)},
    "one week after a short rest": {"weeks": 1, "before": (-7, -6, -4, -3, -2)},
}


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("law", [TWICE, SHORT], ids=["two of two weeks", "shortened"])
def test_solver_and_audit_agree_on_variable_weekly_rest(law, setting):
    case, rng = case_of(law, **setting), random.Random(11)
    rule, seen = WeeklyRest(), {True: 0, False: 0}
    days = range(case.horizon.days)
    for _ in range(30):
        # Dense plans, so that rests are scarce; three open days, tried in every way.
        full = {d: Duty("ann", rng.choice(case.spans[d]), "voice") for d in days
                if rng.random() < 0.72}  # fmt: skip
        first = rng.randrange(len(days) - 2)
        free = frozenset(range(first, first + 3))
        settled = {d: duty for d, duty in full.items() if d not in free}
        by_day = [[None, *(Duty("ann", s, "voice") for s in case.spans[d])] for d in sorted(free)]
        offers = [duty for day in by_day for duty in day if duty is not None]
        combos = [tuple(d for d in c if d is not None) for c in itertools.product(*by_day)]
        clean = [audit_calls_clean(case, rule, (*settled.values(), *c)) for c in combos]
        if not any(clean):
            continue  # what settled days alone decide need not be posted
        for chosen, expected in zip(combos, clean, strict=True):
            seen[expected] += 1
            if rng.random() < 0.2:
                assert solver_allows(case, rule, offers, chosen, settled=settled,
                                     free=free) == expected, (settled, chosen)  # fmt: skip
    assert seen[True] > 10
    assert seen[False] > 10


def test_two_rests_of_two_weeks_may_lie_in_one_of_them():
    case = case_of(TWICE)
    busy = [Duty("ann", case.spans[d][0], "voice") for d in range(7)]
    rest = [Duty("ann", case.spans[d][0], "voice") for d in (9, 12)]
    weekly = case_of(replace(NO_RULES, weekly_rest_h=40.0))
    assert audit_calls_clean(case, WeeklyRest(), (*busy, *rest))
    assert not audit_calls_clean(weekly, WeeklyRest(), (*busy, *rest))


@pytest.mark.parametrize(("made_up", "clean"), [((7, 8, 9, 12, 13), True),
                                                ((7, 8, 9, 11, 13), False)])  # fmt: skip
def test_a_shortened_rest_is_made_up_in_the_week_after(made_up, clean):
    # Day shifts 8 to 18: a day off between two is 38 h of rest, 2 short; two days off are 62 h.
    case = case_of(SHORT)
    first = [Duty("ann", case.spans[d][0], "voice") for d in (0, 1, 2, 4, 5, 6)]
    second = [Duty("ann", case.spans[d][0], "voice") for d in made_up]
    assert audit_calls_clean(case, WeeklyRest(), (*first, *second)) == clean


def test_a_roster_is_solved_with_variable_rest():
    for law in (TWICE, SHORT):
        case = case_of(law)
        plan = replace(case.scenario, people=agents(4))
        got = roster.solve(requirement(plan, {"voice": 1}), plan, time_limit_s=1, workers=1)
        assert roster.audit(got, plan) == ()


TERMS = replace(contract("full", 0, 60, shifts=("D", "N"), days=7), period_weeks=2,
                min_period_h=50.0, max_period_h=70.0)  # fmt: skip


@pytest.mark.parametrize("before", [(), (-7,), (-14, -7, -5, -3)])
@pytest.mark.parametrize("rule", [MinPeriodHours(), MaxPeriodHours()], ids=lambda r: r.name)
def test_solver_and_audit_agree_on_hours_of_a_period(rule, before):
    case, seen = case_of(NO_RULES, terms=TERMS, before=before), set()
    days = (0, 1, 2, 4, 5, 7, 8, 10, 11, 12)
    rng = random.Random(2)
    offers = [Duty("ann", case.spans[d][0], "voice") for d in days]
    for _ in range(80):
        chosen = tuple(duty for duty in offers if rng.random() < rng.choice((0.3, 0.6, 0.9)))
        clean = audit_calls_clean(case, rule, chosen)
        assert solver_allows(case, rule, offers, chosen) == clean, chosen
        seen.add(clean)
    assert seen == {True, False}


def test_an_average_over_many_weeks_counts_the_weeks_before():
    law = replace(NO_RULES, average_week_h=24.0, average_weeks=17)
    before = [-7 * w + d for w in range(1, 17) for d in range(2)]  # 16 weeks of 20 h
    case = case_of(law, weeks=1, before=before)
    rule = AverageWeekHours()
    offers = [Duty("ann", spans[0], "voice") for spans in case.spans]
    # 17 x 24 = 408 h, of which 320 are used: eight shifts of 10 h are left, more than a week has.
    assert audit_calls_clean(case, rule, tuple(offers))
    fuller = case_of(law, weeks=1, before=[*before, *(-7 * w + 2 for w in range(1, 6))])
    assert [audit_calls_clean(fuller, rule, tuple(offers[:n])) for n in (3, 4)] == [True, False]
    assert [solver_allows(fuller, rule, offers, tuple(offers[:n])) for n in (3, 4)] == [
        True, False]  # fmt: skip


def test_shares_by_week_keep_every_bound_on_the_period():
    case, rng = case_of(NO_RULES, terms=TERMS, before=(-7, -6)), random.Random(4)
    person = case.people["ann"]
    for _ in range(200):
        now = [rng.randrange(0, 60 * 60, 30) for _ in range(2)]
        if not (now[0] + 20 * 60 <= 70 * 60 and 50 * 60 <= sum(now) <= 70 * 60):
            continue
        if now[0] + 20 * 60 < 50 * 60:
            continue
        shares = week_shares(case, person, now, (0, 0), (3600, 3600))
        assert all(a <= n <= b for a, n, b in zip(shares.least, now, shares.most, strict=True))
        for hours in (shares.least, shares.most):
            assert 50 * 60 <= hours[0] + 20 * 60 <= 70 * 60
            assert 50 * 60 <= sum(hours) <= 70 * 60


@pytest.mark.parametrize(("wrong", "match"), [
    ({"weekly_rest_short_h": 41.0}, "above weekly_rest_h"),
    ({"weekly_rest_short_h": 20.0, "weekly_rest_weeks": 2}, "cannot be solved yet"),
    ({"weekly_rest_weeks": 3}, "weekly_rest_weeks is 1 to 2"),
])  # fmt: skip
def test_impossible_rests_are_refused(wrong, match):
    with pytest.raises(BadInput, match=match):
        LabourRules(weekly_rest_h=40.0, **wrong)


@pytest.mark.parametrize("wrong", [
    {"min_period_h": 10.0}, {"period_weeks": 2, "min_period_h": 30.0, "max_period_h": 20.0},
    {"period_weeks": 2, "min_period_h": 90.0}, {"period_weeks": 2, "max_period_h": 30.0},
    {"period_weeks": 60},
])  # fmt: skip
def test_impossible_periods_are_refused(wrong):
    with pytest.raises(BadInput, match="contract 'c'"):
        Contract("c", 20, 40, ("D",), **wrong)
