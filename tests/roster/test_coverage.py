"""People of several skills count once, and the spread over queues is the best there is."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.coverage import allocate, spread_of
from wfm.roster.duties import Case
from wfm.roster.grid import horizon_of
from wfm.scenario import Person, ShiftType

from .builders import contract, office_hours, requirement, scenario

SETS = {
    "two queues": (("v", "c"), [("v",), ("c",), ("v", "c")]),
    "a chain": (("a", "b", "c", "d"), [("a", "b"), ("b", "c"), ("c", "d"), ("d",)]),
    "two islands": (("a", "b", "c", "d"), [("a", "b"), ("a",), ("c", "d"), ("d",)]),
    "nobody for one": (("a", "b"), [("a",)]),
    "more queues than groups": (("a", "b", "c", "d", "e"), [("a", "b", "c"), ("c", "d", "e")]),
}


def case_of(queues, skills) -> Case:
    people = tuple(Person(f"p{i}", "full", s) for i, s in enumerate(skills))
    plan = scenario(people=people, queues=queues)
    return Case(plan, horizon_of(plan, None), {})


def least_shortage_by_lp(serves, wanted, supply) -> float:
    groups, queues = serves.shape
    pairs = [(g, q) for g, q in itertools.product(range(groups), range(queues)) if serves[g, q]]
    rows, limits = [], []
    for g in range(groups):
        rows.append([float(pair[0] == g) for pair in pairs])
        limits.append(supply[g])
    for q in range(queues):
        rows.append([float(pair[1] == q) for pair in pairs])
        limits.append(wanted[q])
    answer = linprog(-np.ones(len(pairs)), A_ub=np.array(rows), b_ub=limits, method="highs")
    return float(np.sum(wanted) + answer.fun)


@pytest.mark.parametrize(("queues", "skills"), SETS.values(), ids=SETS)
def test_the_closed_form_of_the_shortage_equals_a_linear_programme(queues, skills):
    spread = spread_of(case_of(queues, skills))
    rng = np.random.default_rng(3)
    wanted = rng.integers(0, 7, (len(queues), 60))
    supply = rng.integers(0, 7, (len(spread.groups), 60))
    got = spread.shortage(wanted, supply)
    by_lp = [least_shortage_by_lp(spread.serves, wanted[:, t], supply[:, t]) for t in range(60)]
    np.testing.assert_allclose(got, by_lp, atol=1e-6)  # HiGHS's own tolerance


@pytest.mark.parametrize(("queues", "skills"), SETS.values(), ids=SETS)
def test_the_allocation_reaches_the_least_shortage_with_every_agent_once(queues, skills):
    spread = spread_of(case_of(queues, skills))
    rng = np.random.default_rng(4)
    wanted = rng.integers(0, 9, (len(queues), 80))
    supply = rng.integers(0, 9, (len(spread.groups), 80))
    served = allocate(spread, wanted, supply)
    assert (served >= 0).all()
    assert (served.sum(axis=1) <= supply).all()
    assert (served.sum(axis=0) <= wanted).all()
    assert not served[~spread.serves].any()
    short = (wanted - served.sum(axis=0)).sum(axis=0)
    np.testing.assert_array_equal(short, spread.shortage(wanted, supply))


@pytest.mark.parametrize(("queues", "skills"), SETS.values(), ids=SETS)
def test_relief_is_what_one_more_agent_changes(queues, skills):
    spread = spread_of(case_of(queues, skills))
    rng = np.random.default_rng(5)
    wanted = rng.integers(0, 5, (len(queues), 40))
    supply = rng.integers(0, 5, (len(spread.groups), 40))
    relief = spread.relief(wanted, supply)
    for group in range(len(spread.groups)):
        more = supply.copy()
        more[group] += 1
        change = spread.shortage(wanted, supply) - spread.shortage(wanted, more)
        np.testing.assert_array_equal(relief[group], change)


def test_a_person_of_two_skills_covers_one_queue_at_a_time():
    shift = ShiftType("D", "09:00", "09:00", 480)
    plan = scenario(people=(Person("both", "full", ("v", "c")),), queues=("v", "c"),
                    shifts=(shift,), contracts=(contract(days=1),))  # fmt: skip
    wanted = requirement(plan, {queue: office_hours(1, days=1) for queue in ("v", "c")})
    result = roster.solve(wanted, plan, time_limit_s=5)
    at_nine = result.coverage[
        result.coverage["start"] == pd.Timestamp("2003-03-03 09:00", tz="UTC")
    ]
    assert at_nine["on_seat"].sum() == 1
    assert result.unmet["unmet"].sum() == 16  # two queues of 16 intervals, half of them served
    assert set(result.frame["queue"]) == {"v+c"}


def test_a_surplus_stands_with_the_queues_that_are_open():
    shift = ShiftType("D", "09:00", "09:00", 480)
    people = tuple(Person(f"p{i}", "full", ("v", "c")) for i in range(3))
    plan = scenario(people=people, queues=("v", "c"), shifts=(shift,),
                    contracts=(contract(least=8, days=1),))  # fmt: skip
    wanted = requirement(plan, {queue: office_hours(1, days=1) for queue in ("v", "c")})
    result = roster.solve(wanted, plan, time_limit_s=5)
    by_start = result.coverage.groupby("start")["on_seat"].sum()
    on_monday = result.frame[result.frame["start"].dt.day == 3]["agent"].nunique()
    assert (by_start == on_monday).all()
    assert on_monday >= 2


def test_too_intertwined_skills_are_refused_in_words():
    queues = tuple(f"q{i:02d}" for i in range(14))
    skills = [(queues[i], queues[(i + 1) % 14]) for i in range(14)]
    with pytest.raises(BadInput, match="14 queues are chained together by 14 skill groups"):
        spread_of(case_of(queues, skills))


def test_queue_names_with_a_plus_sign_stay_apart():
    spread = spread_of(case_of(("a+b", "c"), [("a+b",), ("a+b", "c")]))
    assert spread.serves.tolist() == [[True, False], [True, True]]
