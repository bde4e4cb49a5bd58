"""Contradicting rules are named by a smallest set, and hopeless demand by its proof."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster import clashing
from wfm.roster.duties import Case, by_agent, duties_of
from wfm.roster.grid import horizon_of
from wfm.scenario import LabourRules, Person, ShiftType

from .builders import MONDAY, agents, contract, demo, office_hours, requirement, scenario

CLOSE = 1e-4  # a linear programme's tolerance
DAY = ShiftType("D", "09:00", "09:00", 480)
NIGHT = ShiftType("N", "22:00", "22:00", 480)


def rows(agent, day, *, hour=9, shift="D", queue="voice", zone="UTC", hours=8):
    start = pd.Timestamp(day, tz=zone) + pd.Timedelta(hours=hour)
    return pd.DataFrame({"agent": [agent], "start": [start],
                         "end": [start + pd.Timedelta(hours=hours)],
                         "activity": ["off" if shift == "" else "work"], "queue": [queue],
                         "shift": [shift]})  # fmt: skip


def test_a_scenario_without_contradiction_has_no_clash():
    plan, _ = demo(people=12)
    assert roster.clashes(plan) == ()


CASES = {
    "hours": (
        scenario(people=agents(1), shifts=(DAY,), contracts=(contract(least=36, most=38),)),
        ("max week hours", "min week hours"),
        ("at least 36 paid hours", "at most 38 paid hours"),
    ),
    "law": (
        scenario(people=agents(1), shifts=(DAY,), contracts=(contract(least=40, most=40),),
                 rules=LabourRules(11, 35, 6, 39)),
        ("legal week hours", "min week hours"),
        ("at least 40 paid hours", "at most 39 paid hours (labour rules)"),
    ),
    "rest": (
        scenario(people=agents(1), shifts=(DAY,), contracts=(contract(least=40, most=40),),
                 rules=LabourRules(11, 72, 6, 48)),
        ("min week hours", "weekly rest"),
        ("72 h in one piece",),
    ),
    "row": (
        scenario(people=agents(1), shifts=(DAY,),
                 contracts=(contract(least=48, most=48, days=6),), rules=LabourRules(11, 0, 2, 48)),
        ("max consecutive days", "min week hours"),
        ("at most 2 days in a row",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_clash_is_just_the_rules_that_contradict_each_other(name):
    plan, rules, words = CASES[name]
    (clash,) = roster.clashes(plan)
    assert (clash.agent, clash.week, clash.rules) == ("a00", MONDAY, rules)
    for word in words:
        assert word in clash.sentence
    wanted = requirement(plan, {"voice": office_hours(1)})
    with pytest.raises(Infeasible) as error:
        roster.solve(wanted, plan, time_limit_s=2)
    for rule in rules:
        assert f"'{rule}'" in str(error.value)


@pytest.mark.parametrize("name", CASES)
def test_a_clash_is_minimal_without_any_member_there_is_a_legal_roster(name):
    plan, _, _ = CASES[name]
    case = Case(plan, horizon_of(plan, None), {})
    person = plan.people[0]
    (clash,) = roster.clashes(plan)
    every = clashing._demands(case, person, (), plan.weeks)
    kept = [demand for demand in every if demand.text in clash.demands]
    assert len(kept) == len(clash.demands)
    assert not clashing._possible(case, person, (), kept)
    for demand in kept:
        assert clashing._possible(case, person, (), [d for d in kept if d is not demand])


def test_only_the_second_week_is_named_where_only_it_is_impossible():
    plan = scenario(people=agents(2), shifts=(DAY,), weeks=2,
                    contracts=(contract(least=40, most=40),))  # fmt: skip
    locked = pd.concat(
        [rows("a01", MONDAY + dt.timedelta(days=7 + d), shift="", hour=0) for d in (0, 1, 2)]
    )
    (clash,) = roster.clashes(plan, locked=locked)
    assert clash.agent == "a01"
    assert clash.week == MONDAY + dt.timedelta(days=7)
    assert "lock" in clash.rules
    assert "'min week hours' in the week of 2003-03-10 (at least 40 paid hours" in clash.sentence
    assert "is kept free by a lock" in clash.sentence
    with pytest.raises(Infeasible, match="is kept free by a lock"):
        roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, locked=locked,
                     time_limit_s=2)  # fmt: skip


def test_locks_that_contradict_each_other_are_named_by_day():
    plan = scenario(people=agents(1), shifts=(DAY, NIGHT))
    tuesday = MONDAY + dt.timedelta(days=1)
    locked = pd.concat([
        rows("a00", MONDAY, shift="N", hour=22), rows("a00", tuesday),
        rows("a00", MONDAY + dt.timedelta(days=4)),
    ], ignore_index=True)  # fmt: skip
    (clash,) = roster.clashes(plan, locked=locked)
    assert clash.rules == ("lock", "daily rest")
    assert "the shift N on Mon 2003-03-03 from 22:00 is locked" in clash.sentence
    assert "the shift D on Tue 2003-03-04 from 09:00 is locked" in clash.sentence
    assert "2003-03-07" not in clash.sentence
    with pytest.raises(BadInput, match="daily rest: agent 'a00', 2003-03-04"):
        roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, locked=locked)


def test_a_lock_on_a_day_of_leave_clashes_with_leave_alone():
    plan = scenario(people=(Person("a00", "full", ("voice",), time_off=(MONDAY,)),), shifts=(DAY,))
    (clash,) = roster.clashes(plan, locked=rows("a00", MONDAY))
    assert clash.rules == ("lock", "time off")
    assert "approved day off 2003-03-03" in clash.sentence


def test_a_day_kept_free_stays_free_and_owed_hours_are_given_on_others():
    plan = scenario(people=agents(3), shifts=(DAY,), contracts=(contract(least=32, most=40),))
    wanted = requirement(plan, {"voice": office_hours(3, days=5)})
    locked = rows("a01", MONDAY, shift="", hour=0)
    made = roster.solve(wanted, plan, locked=locked, time_limit_s=2)
    assert roster.audit(made, plan) == ()
    monday = by_agent(duties_of(made.frame, horizon_of(plan, None)))["a01"]
    assert 0 not in {duty.span.day for duty in monday}
    assert made.hours.set_index("agent")["paid_h"]["a01"] >= 32


def test_a_stranger_kept_free_is_refused():
    plan = scenario(people=agents(1), shifts=(DAY,))
    with pytest.raises(BadInput, match="first: 'zoe'"):
        roster.clashes(plan, locked=rows("zoe", MONDAY, shift="", hour=0))


# ---- coverage that is impossible ------------------------------------------------------------


def test_too_few_heads_prove_a_shortage_in_words():
    people = (*agents(2), Person("zoe", "full", ("voice",), time_off=(MONDAY,)))
    plan = scenario(people=people, shifts=(DAY,))
    need = requirement(plan, {"voice": office_hours(3, days=1)})
    least = roster.least_short(need, plan)
    assert least.heads_h == least.hours == 8.0
    assert least.relaxed_h == pytest.approx(8.0, abs=CLOSE)
    assert "Mon 2003-03-03 09:00 (3 wanted, 1 too few)" in " ".join(least.sentences)
    assert roster.solve(need, plan, time_limit_s=2).unmet["unmet"].sum() / 2 == 8.0


def test_hours_that_do_not_add_up_prove_a_shortage_in_words():
    plan = scenario(people=agents(2), shifts=(DAY,), contracts=(contract(least=0, most=24),))
    need = requirement(plan, {"voice": office_hours(2, days=5)})
    least = roster.least_short(need, plan)
    assert (least.heads_h, least.contract_h) == (0.0, 32.0)
    text = " ".join(least.sentences)
    assert "80.0 agent-hours wanted, people can be on seat for at most 48.0" in text


@pytest.mark.slow
def test_the_least_shortage_is_never_above_what_a_roster_reaches():
    for seed in range(2):
        plan, need = demo(people=9, seed=seed, queues=("voice", "chat"))
        made = roster.solve(need, plan, time_limit_s=2)
        least = roster.least_short(need, plan)
        short = made.unmet["unmet"].sum() / 2
        assert max(least.heads_h, least.contract_h, least.relaxed_h) <= short + CLOSE
        assert least.hours > 0


def test_where_coverage_is_possible_nothing_is_proven():
    plan = scenario(people=agents(3), shifts=(DAY,))
    least = roster.least_short(requirement(plan, {"voice": office_hours(2, days=5)}), plan)
    assert least.hours == 0
    assert least.sentences == ("Nothing proves that the requirement cannot be covered.",)


def test_nobody_with_a_skill_leaves_everything_short():
    plan = scenario(people=tuple(replace(p, skills=()) for p in agents(2)), shifts=(DAY,))
    need = requirement(plan, {"voice": lambda at: 1 if 9 <= at.hour < 17 else np.nan})
    assert roster.least_short(need, plan).hours == 7 * 8
