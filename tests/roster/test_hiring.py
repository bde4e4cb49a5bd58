"""The cheapest mix of contracts is the one that counting by hand finds, and its bound holds."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import milp

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster import hiring_problem
from wfm.roster.hiring import Offer, check_mix, hire
from wfm.scenario import (
    Contract,
    LabourRules,
    Meeting,
    MinimumStaff,
    OnCallStaff,
    Pattern,
    Person,
    Request,
    RosterWeights,
    ShiftType,
)  # fmt: skip

from .builders import MONDAY, demo, office_hours, requirement, scenario

CLOSE = 1e-4  # HiGHS keeps its rows to 1e-7; costs are thousands
LAW = LabourRules(11.0, 0.0, 7, 168.0, "test")
DAY = ShiftType("D", "09:00", "09:00", 480)
MORNING = ShiftType("P", "09:00", "13:00", 240, 240)
SHORT = 60.0


def centre(queues=("voice",)):
    contracts = (Contract("full", 40, 40, ("D",)), Contract("part", 20, 20, ("P",)))
    return scenario(people=(), shifts=(DAY, MORNING), contracts=contracts, queues=queues, rules=LAW)


def wanted(plan, morning, afternoon, days=5, queue="voice"):
    def want(at):
        if at.weekday() >= days or not 9 <= at.hour < 17:
            return np.nan
        return morning if at.hour < 13 else afternoon

    return requirement(plan, {queue: want})


OFFERS = [Offer("full", ("voice",), 20.0), Offer("part", ("voice",), 22.0)]


def test_a_hump_in_the_morning_is_for_part_timers():
    plan = centre()
    mix = hire(wanted(plan, 5, 3), plan, OFFERS, short_cost=SHORT)
    assert mix.table["heads"].tolist() == [3, 2]
    assert mix.cost == pytest.approx(3 * 40 * 20 + 2 * 20 * 22, abs=CLOSE)
    assert (mix.short_h, mix.status) == (0.0, "optimal")
    # One part-timer less leaves 20 agent-hours short and saves 20 paid hours.
    assert mix.table["one_less"].tolist()[1] == pytest.approx(20 * SHORT - 20 * 22, abs=CLOSE)
    assert mix.table["one_more"].tolist()[1] == pytest.approx(20 * 22, abs=CLOSE)


def test_the_mix_is_the_best_of_all_that_can_be_tried():
    plan = centre()
    need = wanted(plan, 4, 2, days=6)
    mix = hire(need, plan, OFFERS, short_cost=SHORT)
    # By hand: each head works five of six days; a full-timer covers 4 h in both halves of a day, a
    # part-timer in one of them, freely chosen; only the sums by half matter, each day being alike.
    best = math.inf
    for full, part in itertools.product(range(7), repeat=2):
        for mornings in range(5 * part + 1):
            short = max(0, 24 - 5 * full - mornings) + max(0, 12 - 5 * full - (5 * part - mornings))
            best = min(best, full * 800 + part * 440 + 4 * SHORT * short)
    assert mix.bound == pytest.approx(best, abs=1.0 + 1e-3 * best)
    assert mix.cost >= mix.bound - CLOSE
    assert mix.cost == pytest.approx(best, rel=1e-3)


def test_a_roster_of_the_mix_costs_what_was_promised_where_nothing_is_divided():
    plan = centre()
    need = wanted(plan, 5, 3)
    mix = hire(need, plan, OFFERS, short_cost=SHORT)
    real = check_mix(mix, need, offers=OFFERS, short_cost=SHORT, time_limit_s=3)
    assert roster.audit(real.roster, mix.scenario) == ()
    assert real.cost == pytest.approx(mix.cost, abs=CLOSE)
    assert real.pay + SHORT * real.short_h == pytest.approx(real.cost)


def test_people_alike_who_cost_differently_are_paid_as_they_were_offered():
    plan = centre()
    need = wanted(plan, 5, 5)
    offers = [Offer("full", ("voice",), 20.0, most=3), Offer("full", ("voice",), 25.0)]
    mix = hire(need, plan, offers, short_cost=SHORT)
    assert mix.table["heads"].tolist() == [3, 2]
    real = check_mix(mix, need, offers=offers, short_cost=SHORT, time_limit_s=2)
    assert real.pay == pytest.approx(40 * (3 * 20 + 2 * 25), abs=CLOSE)
    assert real.cost == pytest.approx(mix.cost, abs=CLOSE)
    with pytest.raises(BadInput, match="the offers that were hired from"):
        check_mix(mix, need, offers=OFFERS, short_cost=SHORT)


@pytest.mark.parametrize("overtime_h", [0.0, 8.5])
def test_no_roster_of_a_real_mix_is_below_the_bound(overtime_h):
    plan, need = demo(people=20)
    plan = replace(plan, contracts=(Contract("full", 40, 40, ("E", "M", "L"), 6,
                                             overtime_h=overtime_h),
                                    Contract("part", 20, 20, ("P",))),
                   weights=RosterWeights(overtime=1.0))  # fmt: skip
    offers = [Offer("full", ("voice",), 20.0), Offer("part", ("voice",), 21.0)]
    mix = hire(need, plan, offers, short_cost=SHORT, time_limit_s=10)
    real = check_mix(mix, need, offers=offers, short_cost=SHORT, time_limit_s=4)
    assert mix.bound - CLOSE <= mix.cost <= real.cost + CLOSE
    # Neither one head more nor one less of a kind is promised to be cheaper.
    assert (mix.table[["one_more", "one_less"]].min() > -1e-3 * mix.cost).all()


def test_shortage_too_cheap_hires_nobody_and_a_limit_is_kept():
    plan = centre()
    need = wanted(plan, 5, 3)
    nobody = hire(need, plan, OFFERS, short_cost=15.0)
    assert nobody.table["heads"].tolist() == [0, 0]
    assert nobody.short_h == pytest.approx(160.0, abs=CLOSE)
    empty = check_mix(nobody, need, offers=OFFERS, short_cost=15.0, time_limit_s=1)
    assert (empty.pay, empty.cost) == (0.0, pytest.approx(15 * 160.0))
    few = [
        Offer("full", ("voice",), 20.0, most=1),
        Offer("part", ("voice",), 22.0, least=1, most=2),
    ]
    limited = hire(need, plan, few, short_cost=SHORT)
    assert limited.table["heads"].tolist() == [1, 2]
    assert math.isnan(limited.table["one_more"].iloc[0]), "the limit does not allow one more"


def test_one_person_of_two_skills_can_be_cheaper_than_two_of_one():
    plan = centre(("voice", "chat"))
    need = requirement(plan, {"voice": office_hours(1, closes=13, days=5),
                              "chat": office_hours(1, opens=13, days=5)})  # fmt: skip
    offers = [Offer("full", ("voice",), 20.0), Offer("full", ("chat",), 20.0),
              Offer("full", ("voice", "chat"), 24.0)]  # fmt: skip
    mix = hire(need, plan, offers, short_cost=SHORT)
    assert mix.table["heads"].tolist() == [0, 0, 1]
    assert mix.cost == pytest.approx(960.0, abs=CLOSE)


def test_hours_of_thirds_can_be_hired_as_they_can_be_rostered():
    third = 49 / 3  # 980 minutes: four shifts of 245, and 979.9999999999999 as a float
    plan = scenario(people=(), shifts=(ShiftType("T", "09:00", "09:00", 245),),
                    contracts=(Contract("third", third, third, ("T",), 4),),
                    rules=LAW, interval_min=5)  # fmt: skip
    need = requirement(plan, {"voice": lambda at: (
        1 if at.weekday() < 4 and 540 <= 60 * at.hour + at.minute < 785 else np.nan)})  # fmt: skip
    offers = [Offer("third", ("voice",), 20.0)]
    mix = hire(need, plan, offers, short_cost=SHORT)
    assert mix.table["heads"].tolist() == [1]
    real = check_mix(mix, need, offers=offers, short_cost=SHORT, time_limit_s=1)
    assert real.cost == pytest.approx(mix.cost, abs=CLOSE)
    assert real.roster.bound == pytest.approx(0.0, abs=CLOSE), "nobody is short, so 0 is the least"


def test_several_weeks_share_their_heads():
    plan = replace(centre(), weeks=2)
    first = MONDAY.isocalendar().week
    need = requirement(plan, {"voice": lambda at: (
        np.nan if at.weekday() >= 5 or not 9 <= at.hour < 17
        else 2 if at.isocalendar().week == first else 4)})  # fmt: skip
    mix = hire(need, plan, OFFERS[:1], short_cost=SHORT)
    # A third and a fourth full-timer are paid two weeks, 1,600, and save 40 h at 60 in one.
    assert mix.table["heads"].tolist() == [4]
    assert mix.cost == pytest.approx(4 * 80 * 20, abs=CLOSE)
    cheap = hire(need, plan, OFFERS[:1], short_cost=39.0)
    assert cheap.table["heads"].tolist() == [2], "80 paid hours at 20 for 40 h at 39 are too dear"


CALL = ShiftType("C", "18:00", "18:00", 480, on_call=True)
ANN = Person("ann", "full", ("voice",), roles=("lead",), team="a", pattern="rota")
OF_PEOPLE = {
    "weights": {"weights": RosterWeights(1, 500, 7)},
    "requests": {"requests": (Request("ann", MONDAY, "off", 3.0),)},
    "meetings": {"meetings": (Meeting("one", 30, MONDAY, MONDAY, people=("ann",)),
                              Meeting("all", 30, MONDAY, MONDAY, teams=("a",)))},
    "roles": {"minimum_staff": (MinimumStaff("lead", 1),)},
    "on call": {"on_call_staff": (OnCallStaff("C", 2),)},
    "overtime": {"contracts": (replace(centre().contracts[0], overtime_h=8), centre().contracts[1]),
                 "weights": RosterWeights(overtime=2.0)},
}  # fmt: skip


@pytest.mark.parametrize("named", [*OF_PEOPLE, "everything"])
def test_own_people_and_all_that_is_asked_of_them_are_not_read(named):
    plan = replace(
        centre(), shifts=(DAY, MORNING, CALL), people=(ANN,),
        patterns=(Pattern("rota", ("- - - - - - D",), MONDAY),),
    )  # fmt: skip
    chosen = OF_PEOPLE.values() if named == "everything" else [OF_PEOPLE[named]]
    for change in chosen:
        plan = replace(plan, **change)
    need = wanted(plan, 5, 3)
    mix = hire(need, plan, OFFERS, short_cost=SHORT, time_limit_s=10)
    assert mix.table["heads"].tolist() == [3, 2]
    real = check_mix(mix, need, offers=OFFERS, short_cost=SHORT, time_limit_s=2)
    assert real.cost == pytest.approx(mix.cost, abs=CLOSE)
    assert roster.audit(real.roster, mix.scenario) == ()


def test_hours_of_overtime_are_paid_with_their_factor():
    full = Contract("full", 40, 40, ("D",), 6, overtime_h=8, overtime_factor=1.5)
    plan = scenario(people=(), shifts=(DAY,), contracts=(full,), rules=LAW,
                    weights=RosterWeights(overtime=1.0))  # fmt: skip
    need = wanted(plan, 1, 1, days=6)
    mix = hire(need, plan, OFFERS[:1], short_cost=SHORT)
    assert mix.table["heads"].tolist() == [1]
    assert mix.cost == pytest.approx(40 * 20 + 8 * 30, abs=CLOSE)
    assert (mix.pay, mix.short_h) == (pytest.approx(mix.cost, abs=CLOSE), 0.0)
    real = check_mix(mix, need, offers=OFFERS[:1], short_cost=SHORT, time_limit_s=2)
    assert (real.cost, real.pay) == pytest.approx((mix.cost, mix.pay), abs=CLOSE)
    # An hour of overtime costs 30: where one short costs less, nobody works it.
    cheap = hire(need, plan, [Offer("full", ("voice",), 20.0, least=1)], short_cost=29.0)
    assert cheap.short_h == pytest.approx(8.0, abs=CLOSE)


def test_no_time_is_not_called_impossible():
    plan, need = demo(people=20, weeks=4)
    offers = [Offer("full", ("voice",), 20.0), Offer("part", ("voice",), 21.0)]
    with pytest.raises(Infeasible, match=r"time ran out.*0.05 s; allow more"):
        hire(need, plan, offers, short_cost=SHORT, time_limit_s=0.05)


def test_every_solve_gets_the_time_that_is_left_and_no_more(monkeypatch):
    plan, given = centre(), []

    def noted(*arguments, options, **more):
        given.append(options["time_limit"])
        return milp(*arguments, options=options, **more)

    monkeypatch.setattr(hiring_problem, "milp", noted)
    hire(wanted(plan, 5, 3), plan, OFFERS, short_cost=SHORT, time_limit_s=7.0)
    assert len(given) == 2 + 1 + 2 * len(OFFERS), "bound, heads, and what one head changes"
    assert given[0] <= 7.0
    assert all(later <= earlier for earlier, later in itertools.pairwise([given[0], *given[2:]]))
    assert given[1] < given[0], "a share is kept for what one head more or less changes"


def test_where_time_runs_out_before_the_changes_they_are_not_told(monkeypatch):
    plan, calls = centre(), []

    def fails_after_three(*arguments, **more):
        calls.append(1)
        got = milp(*arguments, **more)
        if len(calls) > 3:
            got.x, got.status = None, 1
        return got

    monkeypatch.setattr(hiring_problem, "milp", fails_after_three)
    mix = hire(wanted(plan, 5, 3), plan, OFFERS, short_cost=SHORT)
    assert mix.table["heads"].tolist() == [3, 2]
    assert mix.table[["one_more", "one_less"]].isna().all(axis=None)


def test_what_makes_no_sense_is_refused():
    plan = centre()
    need = wanted(plan, 1, 1)
    with pytest.raises(BadInput, match="short_cost is a price > 0"):
        hire(need, plan, OFFERS, short_cost=0.0)
    with pytest.raises(BadInput, match="no offers"):
        hire(need, plan, [], short_cost=SHORT)
    with pytest.raises(BadInput, match="least <= most"):
        Offer("full", ("voice",), 20.0, least=3, most=2)
    with pytest.raises(BadInput, match="costs are numbers >= 0"):
        Offer("full", ("voice",), -1.0)
    impossible = replace(plan, rules=replace(LAW, max_week_h=30.0))
    with pytest.raises(Infeasible, match="keep the contracts' hours"):
        hire(need, impossible, [Offer("full", ("voice",), 20.0, least=1)], short_cost=SHORT)
