"""Ten nasty scenarios: each ends in a legal roster, or in words that say why there is none."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput, Infeasible
from wfm.roster.duties import duties_of
from wfm.roster.grid import horizon_of
from wfm.scenario import BreakRule, LabourRules, Person, RosterWeights, ShiftType

from .builders import (
    DST_AUTUMN,
    DST_SPRING,
    MONDAY,
    NEW_YORK,
    agents,
    contract,
    office_hours,
    requirement,
    scenario,
)  # fmt: skip

DAY = ShiftType("D", "09:00", "10:00", 480, 60, (BreakRule("lunch", 30, 180, 240, False),))
NIGHT = ShiftType("N", "22:00", "22:00", 480)
SECONDS = 2.0


def solved(plan, wanted, **options):
    made = roster.solve(wanted, plan, time_limit_s=SECONDS, **options)
    assert roster.audit(made, plan, previous=options.get("previous")) == ()
    return made


def short_h(made) -> float:
    return float(made.unmet["unmet"].sum()) * made.scenario.interval_min / 60


def test_over_constrained_rules_end_in_the_smallest_clash_of_who_when_and_which_rules():
    plan = scenario(
        people=(*agents(2), Person("tess", "tight", ("voice",))), shifts=(DAY,),
        contracts=(contract(), contract("tight", 45, 60, days=6)),
        rules=LabourRules(11, 60, 6, 48),
    )  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(2)})
    with pytest.raises(Infeasible) as error:
        roster.solve(wanted, plan, time_limit_s=SECONDS)
    text = str(error.value)
    for words in ("agent 'tess'", "week of 2003-03-03", "'weekly rest' (60 h in one piece)",
                  "'min week hours' (at least 45 paid hours", "relax any one of them"):  # fmt: skip
        assert words in text
    assert "'a00'" not in text
    assert "'daily rest'" not in text
    # Any one of them relaxed, and there is a legal roster.
    eased = replace(plan, rules=LabourRules(11, 36, 6, 48))
    solved(eased, requirement(eased, {"voice": office_hours(2)}))


def test_a_queue_that_nobody_can_serve_is_all_short_for_want_of_skill():
    plan = scenario(people=agents(3), shifts=(DAY,), queues=("voice", "chat"))
    wanted = requirement(plan, {"voice": office_hours(1, days=5), "chat": office_hours(1, days=1)})
    made = solved(plan, wanted)
    chat = made.unmet[made.unmet["queue"] == "chat"]
    assert chat["unmet"].sum() / 2 == 8.0
    why = roster.explain(made, "chat", "2003-03-03 10:00")
    # Who is off could come after training; who is there is needed there.
    assert why.best.reasons == ("skill",)
    assert "after training on 'chat'" in why.best.sentence or "train " in why.best.sentence
    parts = {part.reason: part.fte for part in why.parts}
    assert parts["skill"] == 1.0


def test_with_everyone_on_leave_the_roster_is_empty_and_leave_is_the_reason():
    week = tuple(MONDAY + dt.timedelta(days=d) for d in range(7))
    plan = scenario(people=tuple(replace(p, time_off=week) for p in agents(3)), shifts=(DAY,),
                    contracts=(contract(least=40, most=40),))  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(2, days=5)})
    made = solved(plan, wanted)
    assert len(made.frame) == 0
    assert short_h(made) == 2 * 8 * 5
    why = roster.explain(made, "voice", "2003-03-05 10:00")
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"leave": 2.0}
    assert "back from leave on Wed 2003-03-05" in why.best.sentence
    least = roster.least_short(wanted, plan)
    assert least.hours == 80.0
    assert "Even if everybody whose shifts, skills and leave allow it" in " ".join(least.sentences)


@pytest.mark.parametrize("least", [0, 24])
def test_zero_demand_gives_nobody_more_than_is_owed(least):
    plan = scenario(people=agents(4), shifts=(DAY,), contracts=(contract(least=least, most=40),))
    made = solved(plan, requirement(plan, {"voice": office_hours(0)}))
    assert len(made.unmet) == 0
    shifts = int(np.ceil(least / 7.5))
    assert made.hours["days"].tolist() == [shifts] * 4


def test_one_person_works_what_the_law_allows_and_the_rest_is_said_to_be_short():
    plan = scenario(people=agents(1), shifts=(DAY,), contracts=(contract(most=60, days=7),),
                    weights=RosterWeights(10, 1, 0))  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(1)})
    made = solved(plan, wanted)
    assert made.hours["paid_h"].tolist() == [45.0], "six days in a row, 35 h of rest, 48 h a week"
    free = next(
        d for d in range(7)
        if not (made.frame["start"].dt.day == (MONDAY + dt.timedelta(days=d)).day).any()
    )  # fmt: skip
    why = roster.explain(made, "voice", pd.Timestamp(MONDAY) + pd.Timedelta(days=free, hours=10))
    assert {part.reason for part in why.parts if part.fte} <= {"rest", "contract hours"}
    least = roster.least_short(wanted, plan)
    assert 0 < least.hours <= short_h(made)


@pytest.mark.parametrize("start", [DST_AUTUMN, DST_SPRING], ids=["back", "forward"])
def test_a_night_over_a_clock_change_is_legal_explained_and_repaired(start):
    saturday, sunday = start + dt.timedelta(days=5), start + dt.timedelta(days=6)
    plan = scenario(people=agents(2), shifts=(NIGHT,), start=start, timezone=NEW_YORK,
                    contracts=(contract(shifts=("N",)),))  # fmt: skip

    def night(at):
        return 1 if (at.date() == saturday and at.hour >= 22) or (
            at.date() == sunday and at.hour < 5) else np.nan  # fmt: skip

    made = solved(plan, requirement(plan, {"voice": night}))
    length = made.frame["end"] - made.frame["start"]
    assert set(length) == {pd.Timedelta(hours=8)}, "a shift keeps its length"
    first = made.frame["agent"].iloc[0]
    mended = roster.repair(made, absent=[(first, saturday)])
    assert roster.audit(mended.roster, mended.roster.scenario) == ()
    assert mended.short_after_h == mended.short_before_h
    assert set(mended.roster.frame["agent"]).isdisjoint({first})
    both = [(agent.id, saturday) for agent in plan.people]
    gone = roster.repair(made, absent=both)
    late = pd.Timestamp(saturday, tz=NEW_YORK) + pd.Timedelta(hours=22)
    why = roster.explain(gone.roster, "voice", late)
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"leave": 1.0}
    # Past midnight a shift that starts on Sunday could reach it too, if there were one.
    why = roster.explain(gone.roster, "voice", pd.Timestamp(sunday, tz=NEW_YORK))
    assert {part.reason for part in why.parts if part.fte} == {"leave", "shift grid"}


def test_a_night_over_the_end_of_a_month_and_of_the_plan_counts_where_it_starts():
    start = dt.date(2003, 3, 31)  # Monday, the last day of the month
    plan = scenario(people=agents(2), shifts=(NIGHT,), start=start,
                    contracts=(contract(shifts=("N",), most=16),))  # fmt: skip
    last = start + dt.timedelta(days=6)
    wanted = requirement(plan, {"voice": lambda at: 1 if (at.date() == start and at.hour >= 22) or (
        at.date() == dt.date(2003, 4, 1) and at.hour < 6) or (at.date() == last and at.hour >= 22)
        else np.nan})  # fmt: skip
    made = solved(plan, wanted)
    assert len(made.unmet) == 0
    days = {duty.span.day for duty in duties_of(made.frame, horizon_of(plan, None))}
    assert days == {0, 6}
    assert made.frame["end"].max() == pd.Timestamp("2003-04-07 06:00", tz="UTC")
    week = replace(plan, start=start + dt.timedelta(days=7))
    before = made.frame[made.frame["start"] >= pd.Timestamp(last, tz="UTC")]
    tight = replace(week, shifts=(DAY,), contracts=(contract(shifts=("D",)),))
    ahead = requirement(tight, {"voice": lambda at: 2 if at.date() == tight.start
                                and 9 <= at.hour < 17 else np.nan})  # fmt: skip
    after = solved(tight, ahead, previous=before.assign(shift="N"))
    monday = set(after.frame["agent"])
    assert set(before["agent"]).isdisjoint(monday), "11 h of rest reach into the next plan"
    why = roster.explain(after, "voice", "2003-04-07 10:00")
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"rest": 1.0}
    assert "daily rest" in why.best.sentence


def test_contradictory_locks_are_named_with_their_days_and_the_rule():
    plan = scenario(people=agents(2), shifts=(replace(DAY, breaks=()), NIGHT))
    wanted = requirement(plan, {"voice": office_hours(1)})
    starts = pd.DatetimeIndex(["2003-03-03 22:00", "2003-03-04 09:00"], tz="UTC")
    locked = pd.DataFrame({"agent": "a01", "start": starts, "end": starts + pd.Timedelta(hours=8),
                           "activity": "work", "queue": "voice", "shift": ["N", "D"]})  # fmt: skip
    with pytest.raises(BadInput, match="daily rest: agent 'a01', 2003-03-04"):
        roster.solve(wanted, plan, locked=locked)
    (clash,) = roster.clashes(plan, locked=locked)
    assert "the shift N on Mon 2003-03-03 from 22:00 is locked" in clash.sentence
    # A lock and a day kept free on the same day contradict each other as well.
    made = solved(plan, wanted)
    who = made.frame["agent"].iloc[0]
    day = made.frame["start"].iloc[0].date()
    held = roster.lock(made, agents=[who], days=[day])
    free = held.locked.iloc[[0]].assign(activity="off", shift="")
    both = pd.concat([held.locked, free.assign(start=free["start"] + pd.Timedelta(minutes=30))],
                     ignore_index=True)  # fmt: skip
    (double,) = roster.clashes(plan, locked=both)
    assert double.agent == who
    assert set(double.rules) == {"lock"}
    assert "is kept free by a lock" in double.sentence


def test_a_contract_of_no_hours_is_never_used_and_the_reason_is_contract_hours():
    plan = scenario(people=agents(2), shifts=(DAY,), contracts=(contract(least=0, most=0),))
    made = solved(plan, requirement(plan, {"voice": office_hours(1, days=1)}))
    assert len(made.frame) == 0
    why = roster.explain(made, "voice", "2003-03-03 10:00")
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"contract hours": 1.0}
    assert "+7.5 paid hours that week" in why.best.sentence


def test_a_part_time_minimum_above_what_somebody_can_work_is_lowered_to_it():
    part = Person("pat", "part", ("voice",), weekdays_off=(0, 1, 2, 3, 4))
    plan = scenario(people=(part,), shifts=(DAY,), contracts=(contract("part", 20, 25),))
    made = solved(plan, requirement(plan, {"voice": office_hours(1)}))
    assert made.hours["paid_h"].tolist() == [15.0], "Saturday and Sunday hold no more"
    # What days alone cannot show clashes: two days that may not both be worked.
    tight = replace(plan, rules=LabourRules(11, 0, 1, 48))
    with pytest.raises(Infeasible) as error:
        roster.solve(requirement(tight, {"voice": office_hours(1)}), tight, time_limit_s=SECONDS)
    for words in ("agent 'pat'", "'min week hours' (at least 15 paid hours",
                  "'max consecutive days' (at most 1 days in a row)"):  # fmt: skip
        assert words in str(error.value)
