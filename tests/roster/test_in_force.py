"""Every rule that a scenario has is said once, and every breach is counted with its rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest

from wfm import roster
from wfm.labour import LabourRules, ShiftLimit, preset_notes, written
from wfm.roster.duties import Case
from wfm.roster.grid import horizon_of
from wfm.roster.meeting_rules import NAME as MEETINGS
from wfm.roster.result import Violation
from wfm.roster.rule_words import said
from wfm.roster.rulebook import RULES
from wfm.scenario import (
    BreakRule,
    Meeting,
    MinimumStaff,
    OnCallStaff,
    Pattern,
    Person,
    Request,
    RosterWeights,
    ShiftType,
)

from .builders import MONDAY, NO_RULES, agents, contract, scenario

DAY = ShiftType("D", "09:00", "09:00", 480)
CALL = ShiftType("C", "18:00", "18:00", 840, on_call=True, paid_share=0.25, rest_share=0.5)
EVERYTHING = LabourRules(
    max_daily_h=10, average_week_h=44, least_before_break_h=1, most_without_break_h=6,
    forbidden_successions=(("D", "C"),), min_consecutive_days=2, min_consecutive_off=2,
    days_off_together=2, max_start_spread_h=3, max_weekends=2, whole_weekends=True,
    max_nights_in_a_row=3, rest_after_nights_h=24, shift_limits=(ShiftLimit(("D",), 4, 1),),
    overtime_after_h=38,
)  # fmt: skip


def full(**changes):
    """A scenario that asks for everything that can be asked."""
    people = (
        Person("ann", "full", ("voice",), team="red", roles=("lead",), time_off=(MONDAY,)),
        Person("bob", "full", ("voice",), weekdays_off=(6,)),
    )
    base = scenario(
        people=people, shifts=(DAY, CALL), rules=EVERYTHING,
        weights=RosterWeights(overtime=2.0, nights=1.0),
        contracts=(replace(contract("full", 20, 40, shifts=("D", "C")), period_weeks=2,
                           min_period_h=40, max_period_h=80, overtime_h=4),),
    )  # fmt: skip
    week = "D D D D D - -"
    return replace(
        base, seats=5,
        minimum_staff=(MinimumStaff("lead", 1, "09:00", "17:00", (0, 1)),),
        on_call_staff=(OnCallStaff("C", 1, (5, 6)),),
        requests=(Request("bob", MONDAY, "off", 3.0), Request("ann", MONDAY, "on", 1.0)),
        meetings=(Meeting("talk", 30, MONDAY, MONDAY + dt.timedelta(4), people=("ann",)),),
        patterns=(Pattern("days", (week,), MONDAY, (("red", 0),)),), **changes,
    )  # fmt: skip


def shifts(*days):
    """A roster of agent, day and code, each from nine to five without a break."""
    rows = []
    for agent, day, code in days:
        start = pd.Timestamp(MONDAY, tz="UTC") + pd.Timedelta(days=day, hours=9)
        end = start + pd.Timedelta(hours=8)
        rows.append((agent, start, end, "work", "voice", code))
    names = ["agent", "start", "end", "activity", "queue", "shift"]
    return pd.DataFrame(rows, columns=names)


def test_every_rule_of_the_audit_is_said_in_words_where_everything_is_asked():
    plan = full()
    claimed = set().union(*(one.rules for one in said(Case(plan, horizon_of(plan, None), {}))))
    checked = {rule.name for rule in RULES} | {"seats", MEETINGS}
    assert claimed == checked


def test_a_scenario_that_asks_nothing_says_contracts_and_shifts_alone():
    plan = scenario(people=agents(2), shifts=(DAY,), rules=NO_RULES)
    rows = roster.in_force(shifts(("a00", 0, "D")), plan, ())
    assert [row.group for row in rows if row.hard] == ["contract", "shift", "people"]
    assert all(row.told == "kept" for row in rows if row.hard)


def test_what_the_audit_finds_is_counted_with_its_rule_and_nothing_is_lost():
    plan = full()
    frame = shifts(*(("bob", day, "D") for day in range(7)), ("zoe", 0, "D"), ("ann", 0, "D"))
    found = roster.audit(frame, plan)
    rows = roster.in_force(frame, plan, found)
    hard = {row.asks: row for row in rows if row.hard}
    assert sum(row.breaches for row in hard.values()) == len(found) > 10
    week = hard["At most 6 days of work in a row"]
    broken = [v for v in found if v.rule == "max consecutive days"]
    assert (week.breaches, week.told) == (1, f"1 breach (first: bob, {broken[0].day})")
    assert hard["No shift on approved days off: 1 in the plan"].breaches == 1
    assert hard["No shift on weekdays that a person never works"].breaches == 1
    talk = next(row for row in rows if row.group == "meeting")
    assert talk.breaches == sum("'talk'" in v.text for v in found)
    assert not [row for row in rows if row.group == "other"]


def test_a_breach_that_no_rule_in_words_claims_has_a_row_of_its_own():
    plan = scenario(people=agents(1), shifts=(DAY,), rules=NO_RULES)
    strange = Violation("daily rest", "a00", MONDAY, "9 h, wants 11")
    rows = roster.in_force(shifts(("a00", 0, "D")), plan, (strange,))
    assert [(r.asks, r.breaches) for r in rows if r.group == "other"] == [("Daily rest", 1)]


def test_contracts_count_the_breaches_of_their_own_people():
    plan = scenario(
        people=(Person("ann", "full", ("voice",)), Person("bob", "part", ("voice",))),
        shifts=(DAY,), rules=NO_RULES,
        contracts=(contract("full", 8, 40), contract("part", 16, 20)),
    )  # fmt: skip
    frame = shifts(("ann", 0, "D"), ("bob", 0, "D"))
    rows = roster.in_force(frame, plan, roster.audit(frame, plan))
    told = {row.who: row.told for row in rows if row.group == "contract"}
    assert told["contract full, 1 person"] == "kept"
    assert told["contract part, 1 person"] == (f"1 breach: min week hours 1 (first: bob, {MONDAY})")


def test_what_is_weighed_is_counted_by_hand():
    plan = full()
    frame = shifts(*(("bob", day, "D") for day in range(5)), ("ann", 1, "D"))
    soft = {row.source.split(" (")[0]: row for row in roster.in_force(frame, plan, ())
            if not row.hard}  # fmt: skip
    lead = soft["scenario, minimum_staff"]
    assert (lead.breaches, lead.told) == (1, "missing 8 h in 1 stretch")  # Monday 9 to 17
    assert lead.asks == "lead: at least 1 on a shift from 09:00 to 17:00, Mon, Tue"
    calls = soft["scenario, on_call_staff"]
    assert (calls.breaches, calls.told) == (2, "missing on 2 days")
    assert calls.asks == "People on call, C: 1 a day, Sat, Sun"
    wishes = soft["scenario, requests"]
    assert (wishes.breaches, wishes.told) == (2, "2 refused, 0 granted")
    extra = soft["scenario, weights.overtime"]
    assert extra.told == "2 h worked by 1 person"  # 40 h where hours beyond 38 are overtime


def test_outcomes_of_requests_are_those_of_granted_without_their_price():
    lunch = ShiftType("L", "10:00", "10:00", 480, breaks=(BreakRule("lunch", 30, 180, 240, False),))
    kinds = [("off", ()), ("on", ()), ("shift", ("L",)), ("avoid", ("D",)), ("off", ())]
    asked = [
        Request(f"a0{n}", MONDAY + dt.timedelta(day), kind, 2.0, codes)
        for n in range(3) for day, (kind, codes) in enumerate(kinds)
    ]  # fmt: skip
    plan = replace(
        scenario(people=agents(3), shifts=(DAY, lunch), rules=NO_RULES,
                 contracts=(contract("full", 0, 40, shifts=("D", "L")),)),
        requests=(*asked, Request("a00", MONDAY + dt.timedelta(40), "off")),
    )  # fmt: skip
    starts = pd.date_range("2003-03-03 09:00", periods=16, freq="30min", tz="UTC")
    wanted = pd.DataFrame({
        "queue": "voice", "start": starts, "agents": 1.0, "agents_rounded": 1, "scheduled": 1,
        "p_answered_within": 0.9, "occupancy": 0.5})  # fmt: skip
    made = roster.solve(wanted, plan, time_limit_s=1, workers=1)
    plain, priced = roster.outcomes(made, plan), roster.granted(made)
    shared = ["agent", "day", "kind", "shifts", "weight", "granted"]
    pd.testing.assert_frame_equal(plain[shared], priced[shared])
    assert len(plain) == 15, "the request beyond the plan is left out"
    got = made.frame.assign(day=made.frame["start"].dt.date).groupby(["agent", "day"])["shift"]
    codes = got.first().to_dict()
    assert plain["worked"].tolist() == [
        codes.get(key, "") for key in zip(plain["agent"], plain["day"], strict=True)
    ]


@pytest.mark.parametrize("name", ["eu", "cn", "us"])
def test_a_number_of_a_preset_is_shown_with_its_article_until_it_is_changed(name):
    rules = LabourRules.preset(name)
    note = preset_notes(name)["max_week_h"]
    assert written(rules, "max_week_h").endswith(f": {note}")
    changed = LabourRules.preset(name, max_week_h=41.0)
    assert written(changed, "max_week_h") == "scenario, rules"
    assert written(LabourRules(), "daily_rest_h") == LabourRules().source
    assert written(LabourRules(max_weekends=1), "max_weekends") == "scenario, rules"
    assert written(LabourRules(source="our agreement"), "daily_rest_h") == "our agreement"
