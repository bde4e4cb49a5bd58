"""Repairs change little and keep the law; requests are answered with what they do."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.differing import COLUMNS
from wfm.roster.duties import Duty, Pause, duties_of, frame_of
from wfm.roster.grid import horizon_of
from wfm.roster.rules import allowed_spans
from wfm.roster.standing import stand
from wfm.scenario import BreakRule, Person, RosterWeights, ShiftType

from .builders import (
    MONDAY,
    agents,
    contract,
    demo,
    office_hours,
    requirement,
    scenario,
    with_duties,
)

CLOSE = 1e-6  # sums of a few hundred floats
TUESDAY = MONDAY + dt.timedelta(days=1)
DAY = ShiftType("D", "09:00", "10:00", 480, 60)
NIGHT = ShiftType("N", "22:00", "22:00", 480)


def on(made, agent: str, day: dt.date) -> bool:
    rows = made.frame[made.frame["agent"] == agent]
    return bool((rows["start"].dt.date == day).any())


@pytest.fixture(scope="module")
def centre():
    plan, need = demo(people=30, queues=("voice", "chat"))
    made = roster.solve(need, plan, time_limit_s=3)
    gone = [a for a in made.hours["agent"].unique() if on(made, a, TUESDAY)][:4]
    return plan, need, made, [(agent, TUESDAY) for agent in gone]


def test_after_absences_the_roster_is_legal_less_short_and_little_changed(centre):
    plan, _, made, gone = centre
    away = {p.id: p.time_off for p in plan.people}
    mended = roster.repair(made, absent=gone)
    told = mended.roster.scenario
    assert roster.audit(mended.roster, told) == ()
    assert all(not on(mended.roster, agent, TUESDAY) for agent, _ in gone)
    assert next(p.time_off for p in told.people if p.id == gone[0][0])[-1] == TUESDAY
    assert mended.short_before_h < mended.short_hit_h
    assert mended.short_after_h < mended.short_hit_h
    assert mended.short_after_h == pytest.approx(mended.roster.unmet["unmet"].sum() / 2, abs=CLOSE)
    assert {p.id: p.time_off for p in made.scenario.people} == away, "the caller's scenario stays"
    assert {p.id: p.time_off for p in told.people} != away
    # Shifts are given or moved on Tuesday alone; elsewhere they are dropped in exchange.
    other = mended.changes[mended.changes["day"] != TUESDAY]
    assert set(other["kind"]) <= {"taken"}


def test_the_list_of_changes_is_just_the_difference_of_the_two_rosters(centre):
    _, _, made, gone = centre
    mended = roster.repair(made, absent=gone)
    assert list(mended.changes.columns) == COLUMNS
    day = made.frame["start"].dt.date
    old = {key: rows[["start", "end", "activity"]].to_numpy().tolist()
           for key, rows in made.frame.groupby([made.frame["agent"], day])}  # fmt: skip
    frame = mended.roster.frame
    new = {key: rows[["start", "end", "activity"]].to_numpy().tolist()
           for key, rows in frame.groupby([frame["agent"], frame["start"].dt.date])}  # fmt: skip
    changed = {key for key in {*old, *new} if old.get(key) != new.get(key)}
    listed = set(zip(mended.changes["agent"], mended.changes["day"], strict=True))
    assert listed == changed
    paid = mended.roster.hours["paid_h"].sum() - made.hours["paid_h"].sum()
    assert mended.changes["paid_h"].sum() == pytest.approx(paid, abs=CLOSE)


def test_a_heavier_weight_changes_less_and_nothing_at_all_without_an_event(centre):
    _, _, made, gone = centre
    counts = [len(roster.repair(made, absent=gone, weight=w).changes) for w in (0.5, 10, 1e6)]
    assert counts[0] >= counts[1] >= counts[2]
    assert counts[2] == len(gone), "at any price only the absences remain"
    still = roster.repair(made)
    assert len(still.changes) == 0
    pd.testing.assert_frame_equal(still.roster.frame, made.frame)


def test_new_demand_is_met_by_moving_shifts_of_that_day():
    plan = scenario(people=agents(2), shifts=(DAY,), weights=RosterWeights(10, 1, 0))
    early = requirement(plan, {"voice": office_hours(2, days=1)})
    late = requirement(plan, {"voice": office_hours(2, opens=10, closes=18, days=1)})
    made = roster.solve(early, plan, time_limit_s=2)
    mended = roster.repair(made, requirement=late)
    assert mended.changes["kind"].tolist() == ["moved", "moved"]
    assert (mended.short_hit_h, mended.short_after_h) == (2.0, 0.0)
    # Each move saves an hour short and an hour over, 11 weighted hours: for 12 it is not worth it.
    assert len(roster.repair(made, requirement=late, weight=12).changes) == 0


def test_one_change_is_as_good_as_the_best_of_all_single_changes():
    plan = scenario(people=agents(3), shifts=(DAY, NIGHT), weights=RosterWeights(10, 1, 0),
                    contracts=(contract(shifts=("D", "N"), most=16),))  # fmt: skip
    need = requirement(plan, {"voice": lambda at: 2 if at.weekday() < 2 and 9 <= at.hour < 17
                              else (1 if at.hour >= 22 else np.nan)})  # fmt: skip
    made = roster.solve(need, plan, time_limit_s=2)
    absent = [(made.frame["agent"].iloc[0], MONDAY)]
    bare = roster.repair(made, absent=absent, weight=1e6)
    mended = roster.repair(made, absent=absent, weight=0.0)
    case = stand(bare.roster).case
    horizon = horizon_of(plan, None)
    duties = list(duties_of(bare.roster.frame, horizon))
    best = bare.roster.objective
    for person, day in itertools.product(case.scenario.people, (0, -1)):
        if day < 0:
            continue
        kept = [d for d in duties if (d.agent, d.span.day) != (person.id, day)]
        for span in allowed_spans(case, person, day):
            frame = frame_of([*kept, Duty(person.id, span, "voice")], horizon)
            if roster.audit(frame, case.scenario) == ():
                held = roster.hold(replace(bare.roster, frame=frame), need, case.scenario)
                best = min(best, held.objective)
    assert mended.roster.objective <= best + CLOSE


def test_shifts_that_have_begun_stand():
    plan = scenario(people=agents(3), shifts=(DAY,), weights=RosterWeights(10, 1, 0))
    need = requirement(plan, {"voice": office_hours(2, days=2)})
    made = roster.solve(need, plan, time_limit_s=2)
    gone = made.frame["agent"].iloc[0]
    noon = pd.Timestamp("2003-03-03 12:00", tz="UTC")
    mended = roster.repair(made, absent=[(gone, MONDAY)], since=noon)
    assert set(mended.changes["day"]) == {MONDAY}
    assert mended.changes["kind"].tolist() == ["taken"], "it is too late to call anybody in"
    early = roster.repair(made, absent=[(gone, MONDAY)])
    assert "given" in set(early.changes["kind"])


def test_locked_days_are_not_touched_by_a_repair():
    plan = scenario(people=agents(3), shifts=(DAY,), weights=RosterWeights(10, 1, 0))
    need = requirement(plan, {"voice": office_hours(2, days=1)})
    made = roster.solve(need, plan, time_limit_s=2)
    (idle,) = [p.id for p in plan.people if not on(made, p.id, MONDAY)]
    start = pd.DatetimeIndex([pd.Timestamp(MONDAY, tz="UTC")])
    free = pd.DataFrame({"agent": [idle], "start": start, "end": start + pd.Timedelta(days=1),
                         "activity": "off", "queue": "voice", "shift": ""})  # fmt: skip
    gone = next(p.id for p in plan.people if p.id != idle)
    assert on(roster.repair(made, absent=[(gone, MONDAY)]).roster, idle, MONDAY)
    held = roster.repair(made, absent=[(gone, MONDAY)], locked=free)
    assert not on(held.roster, idle, MONDAY)


NIGHT_WITH_BREAK = replace(NIGHT, breaks=(BreakRule("break", 60, 180, 180),))  # 01:00 to 02:00


@pytest.fixture(scope="module")
def nights():
    """Ann works Monday by day and Wednesday by night, past midnight; both shifts are locked."""
    kinds = (contract("day", shifts=("D",)), contract("any", shifts=("D", "N")))
    staff = (Person("ann", "any", ("voice",)), Person("bob", "any", ("voice",)))
    plan = scenario(people=staff, shifts=(DAY, NIGHT_WITH_BREAK), contracts=kinds,
                    weights=RosterWeights(10, 1, 0))  # fmt: skip
    need = requirement(plan, {"voice": office_hours(1, days=1)})
    made = roster.solve(need, plan, time_limit_s=1)
    case = stand(made).case
    day = next(s for s in case.spans[0] if s.shift == "D")
    (night,) = [s for s in case.spans[2] if s.shift == "N"]
    pause = Pause("break", night.start + 180, night.start + 240)
    shifts = [Duty("ann", day, "voice"), Duty("ann", night, "voice", (pause,))]
    held = with_duties(made, shifts, need, plan)
    assert roster.audit(held, plan) == ()
    return roster.lock(held, agents=["ann"], days=[MONDAY, MONDAY + dt.timedelta(days=2)])


@pytest.mark.parametrize(("absence", "left"), [
    (0, [2]), (1, [0, 2]), (2, [0]), (3, [0]), (4, [0, 2]),
])  # fmt: skip
def test_an_absence_unlocks_whole_shifts_of_its_days_and_no_other(nights, absence, left):
    gone = [("ann", MONDAY + dt.timedelta(days=absence))]
    mended = roster.repair(nights, absent=gone)
    kept = [(day - MONDAY).days for day in roster.locks(mended.roster)["day"]]
    assert kept == left
    assert [(day - MONDAY).days for _, day in mended.unlocked] == sorted({0, 2} - set(left))
    starts = mended.roster.frame.query("agent == 'ann'")["start"].dt.date
    assert {(day - MONDAY).days for day in starts} >= set(left)
    assert roster.audit(mended.roster, mended.roster.scenario) == ()


def test_a_roster_whose_last_lock_fell_away_can_be_mended_again(nights):
    gone = [("ann", MONDAY), ("ann", MONDAY + dt.timedelta(days=2))]
    once = roster.repair(nights, absent=gone)
    assert len(roster.locks(once.roster)) == 0
    assert len(roster.repair(once.roster).changes) == 0


def test_a_day_kept_free_stays_so_when_its_person_is_away_the_next(nights):
    free = roster.lock(nights, agents=["bob"], days=[MONDAY])
    mended = roster.repair(free, absent=[("bob", TUESDAY)])
    assert ("bob", MONDAY) in set(roster.locks(mended.roster)[["agent", "day"]].itertuples(
        index=False, name=None))  # fmt: skip


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"absent": [("zoe", MONDAY)]}, "first: 'zoe'"),
        ({"weight": -1.0}, "weight is a number >= 0"),
        ({"since": "noon-ish"}, "since expects a time"),
        ({"since": "2003-04-06 02:30"}, "since expects a time"),  # New York's clocks skip it
        ({"since": "2003-10-26 01:30"}, "since expects a time"),  # and have this one twice
    ],
)
def test_a_repair_that_makes_no_sense_is_refused(centre, options, part):
    with pytest.raises(BadInput, match=part):
        roster.repair(centre[2], **options)


# ---- requests -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair():
    """Ann and Bob alike, Cem for another queue; two wanted on Monday, one on Tuesday."""
    staff = (Person("ann", "full", ("voice",)), Person("bob", "full", ("voice",)),
             Person("cem", "full", ("chat",)))  # fmt: skip
    lunch = replace(DAY, breaks=(BreakRule("lunch", 60, 180, 240, False),))
    plan = scenario(people=staff, shifts=(lunch, NIGHT), queues=("voice", "chat"),
                    weights=RosterWeights(10, 2, 0), contracts=(contract(shifts=("D", "N")),)
                    )  # fmt: skip
    need = requirement(plan, {
        "voice": lambda at: (1, 0, 1)[at.weekday()] if at.weekday() < 3 and 9 <= at.hour < 17
        else np.nan})  # fmt: skip
    made = roster.solve(need, plan, time_limit_s=2)
    return plan, made


def worker(made, day) -> tuple[str, str]:
    who = next(a for a in ("ann", "bob") if on(made, a, day))
    return who, "bob" if who == "ann" else "ann"


def test_a_swap_of_people_alike_is_approved_and_changes_no_coverage(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    decision = roster.swap(made, (who, MONDAY), (other, MONDAY))
    assert decision.approved
    assert decision.reason == "Approved, every rule kept: the plan is as short as before."
    assert decision.changes["kind"].tolist().count("given") == 1
    assert on(decision.roster, other, MONDAY)
    assert not on(decision.roster, who, MONDAY)
    assert roster.audit(decision.roster, decision.roster.scenario) == ()


def test_a_swap_that_opens_a_hole_is_refused_with_its_hours_and_a_limit_allows_it(pair):
    _, made = pair
    who, _ = worker(made, MONDAY)
    decision = roster.swap(made, (who, MONDAY), ("cem", MONDAY))
    assert not decision.approved
    assert decision.violations == ()
    assert decision.short_after_h - decision.short_before_h == 7.0
    assert decision.reason == (
        "Refused: the plan is 7.00 agent-hours more short, every rule kept; allowed are 0.00."
    )
    assert roster.swap(made, (who, MONDAY), ("cem", MONDAY), most_short_h=7.0).approved


def test_a_swap_that_breaks_rest_is_refused_by_rule(pair):
    plan, made = pair
    horizon = horizon_of(plan, None)
    base = [d for d in duties_of(made.frame, horizon) if d.agent not in ("ann", "bob")]
    case = stand(made).case
    day = next(s for s in case.spans[1] if s.shift == "D")
    night = next(s for s in case.spans[0] if s.shift == "N")
    lunch = frame_of([*base, Duty("ann", day, "voice"), Duty("bob", night, "voice")], horizon)
    given = replace(made, frame=lunch)
    decision = roster.swap(given, ("bob", MONDAY), ("ann", MONDAY))
    assert not decision.approved
    assert {v.rule for v in decision.violations} == {"daily rest"}
    assert "daily rest: agent 'ann', 2003-03-04" in decision.reason
    assert decision.roster is given


def test_leave_is_approved_where_somebody_else_can_come_and_says_who(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    decision = roster.leave(made, who, MONDAY)
    assert decision.approved
    assert decision.short_after_h == decision.short_before_h
    kinds = dict(zip(decision.changes["agent"], decision.changes["kind"], strict=True))
    assert kinds == {who: "taken", other: "given"}
    assert "with 1 change for others" in decision.reason


def test_leave_is_refused_where_nobody_can_and_says_by_how_much(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    first = roster.leave(made, other, MONDAY)
    assert first.approved, "who has no shift is not missed"
    second = roster.leave(first.roster, who, MONDAY)
    assert not second.approved
    assert second.short_after_h - second.short_before_h == 7.0
    with pytest.raises(BadInput, match="is off on 2003-03-03 to 2003-03-03 already"):
        roster.leave(second.roster, who, MONDAY)


def test_leave_judged_before_the_mending_was_done_says_so(pair):
    _, made = pair
    who, _ = worker(made, MONDAY)
    assert "the time ran out" in roster.leave(made, who, MONDAY, time_limit_s=0).reason
    assert "the time ran out" not in roster.leave(made, who, MONDAY).reason


def test_candidates_for_an_open_shift_are_ranked_with_legality_and_gain(pair):
    plan, made = pair
    bare = replace(made, frame=made.frame.iloc[:0])
    need = requirement(plan, {"voice": office_hours(1, days=1)})
    held = roster.hold(bare, need, plan)
    rest = replace(
        held,
        scenario=replace(
            plan,
            people=(*plan.people[:1], replace(plan.people[1], time_off=(MONDAY,)), plan.people[2]),
        ),
    )
    table = roster.fill(rest, MONDAY, "D", "09:00", requirement=need)
    assert table["agent"].tolist() == ["ann", "cem", "bob"]
    assert table["legal"].tolist() == [True, True, False]
    assert "time off" in table["why"].iloc[2]
    assert table["less_short_h"].tolist() == [7.0, 0.0, 7.0]
    objective = rest.objective
    day = next(s for s in stand(rest).case.spans[0] if s.shift == "D")
    breaks = duties_of(made.frame, horizon_of(plan, None))[0].breaks
    with_ann = with_duties(rest, [Duty("ann", day, "voice", breaks)], need, plan)
    assert table["gain"].iloc[0] == pytest.approx(objective - with_ann.objective, abs=0.5)
    assert roster.fill(rest, MONDAY, "D", "09:00", queue="chat")["agent"].tolist() == ["cem"]


def test_who_is_locked_cannot_fill_an_open_shift(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    held = roster.lock(made, agents=[other], days=[MONDAY])
    table = roster.fill(held, MONDAY, "D", "10:00").set_index("agent")
    assert not table.loc[other, "legal"]
    assert f"lock: {MONDAY} is locked" in table.loc[other, "why"]
    locked = replace(made, locked=made.frame[made.frame["agent"] == who])
    assert "lock: " in roster.fill(locked, MONDAY, "D", "10:00").set_index("agent").loc[who, "why"]


def test_a_night_and_the_free_day_after_it_can_both_be_locked(nights):
    at = next(d for d in duties_of(nights.frame, stand(nights).case.horizon) if d.span.shift == "N")
    midnight = stand(nights).case.horizon.midnights[at.span.day + 1]
    pause = Pause("break", midnight - 60, midnight)
    cut = replace(at, breaks=(pause,))
    made = replace(nights, locked=None, frame=frame_of([cut], stand(nights).case.horizon))
    date = MONDAY + dt.timedelta(days=at.span.day)
    held = roster.lock(made, agents=[at.agent], days=[date, date + dt.timedelta(days=1)])
    assert roster.locks(held)["shift"].tolist() == ["N", ""]
    assert not held.locked.duplicated(["agent", "start"]).any()
    again = roster.lock(
        roster.lock(made, agents=[at.agent], days=[date + dt.timedelta(days=1)]),
        agents=[at.agent], days=[date],
    )  # fmt: skip
    assert not again.locked.duplicated(["agent", "start"]).any()


@pytest.mark.parametrize("day", [dt.date(2003, 3, 2), dt.date(2003, 12, 28)])
def test_an_absence_outside_the_plan_is_refused(pair, day):
    with pytest.raises(BadInput, match=f"1 of 2 absent days are not in the planned weeks.*{day}"):
        roster.repair(pair[1], absent=[("ann", MONDAY), ("ann", day)])


@pytest.mark.parametrize(
    ("ask", "part"),
    [
        (lambda r: roster.swap(r, ("zoe", MONDAY), ("ann", MONDAY)), "no agent 'zoe'"),
        (lambda r: roster.swap(r, ("ann", MONDAY), ("ann", TUESDAY)), "with themselves"),
        (lambda r: roster.swap(r, ("cem", MONDAY), ("ann", MONDAY)), "has no shift that starts on"),
        (lambda r: roster.leave(r, "ann", dt.date(2003, 4, 1)), "not in the planned weeks"),
        (lambda r: roster.leave(r, "ann", TUESDAY, MONDAY), "before the first"),
        (lambda r: roster.fill(r, MONDAY, "Z", "09:00"), "no shift type 'Z'"),
        (lambda r: roster.fill(r, MONDAY, "D", "09:30"), "starts at 09:00, 10:00 on that day"),
    ],
)  # fmt: skip
def test_requests_that_name_nothing_are_refused_in_words(pair, ask, part):
    with pytest.raises(BadInput, match=part):
        ask(pair[1])


def test_a_locked_day_cannot_be_swapped_or_taken_off(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    rows = made.frame[made.frame["agent"] == who]
    held = replace(made, locked=rows)
    with pytest.raises(BadInput, match="is locked; unlock it first"):
        roster.swap(held, (who, MONDAY), (other, MONDAY))
    with pytest.raises(BadInput, match="is locked; unlock it first"):
        roster.leave(held, who, MONDAY)


def test_a_day_locked_free_is_not_worked_by_a_swap(pair):
    _, made = pair
    who, other = worker(made, MONDAY)
    held = roster.lock(made, agents=[other], days=[MONDAY])
    assert set(held.locked["activity"]) == {"off"}
    with pytest.raises(BadInput, match=f"{MONDAY} of agent '{other}' is locked"):
        roster.swap(held, (who, MONDAY), (other, MONDAY + dt.timedelta(days=5)))


def test_a_locked_night_does_not_lock_the_day_after_for_a_swap(nights):
    wednesday, thursday = (MONDAY + dt.timedelta(days=n) for n in (2, 3))
    case = stand(nights).case
    day = next(s for s in case.spans[3] if s.shift == "D")
    duties = [*duties_of(nights.frame, case.horizon), Duty("bob", day, "voice")]
    given = replace(nights, frame=frame_of(duties, case.horizon))
    told = roster.swap(given, ("bob", thursday), ("ann", thursday), most_short_h=99)
    assert {v.rule for v in told.violations} == {"daily rest"}, "refused for rest, not for a lock"
    with pytest.raises(BadInput, match="2003-03-05 of agent 'ann' is locked"):
        roster.swap(given, ("bob", thursday), ("ann", wednesday))


def test_leave_that_a_locked_night_reaches_names_the_day_of_the_shift(nights):
    thursday, friday = (MONDAY + dt.timedelta(days=n) for n in (3, 4))
    with pytest.raises(BadInput, match="2003-03-05 of agent 'ann' is locked"):
        roster.leave(nights, "ann", thursday)
    assert roster.leave(nights, "ann", friday).approved


# ---- two changes at once ---------------------------------------------------------------------

EARLY = ShiftType("E", "06:00", "06:00", 480)
LATE = ShiftType("L", "14:00", "14:00", 480)


def two_needed():
    """Ann will miss the early shift; of Bob and Cem only Bob, who is late, may come early."""
    staff = (Person("ann", "early", ("voice",)), Person("bob", "both", ("voice",)),
             Person("cem", "late", ("voice",)))  # fmt: skip
    kinds = (contract("early", shifts=("E",)), contract("both", shifts=("E", "L")),
             contract("late", shifts=("L",)))  # fmt: skip
    plan = scenario(people=staff, shifts=(EARLY, LATE), contracts=kinds,
                    weights=RosterWeights(10, 1, 0))  # fmt: skip
    need = requirement(plan, {"voice": office_hours(1, opens=6, closes=22, days=1)})
    made = roster.solve(need, plan, time_limit_s=2)
    span = {s.shift: s for s in stand(made).case.spans[0]}
    shifts = [Duty("ann", span["E"], "voice"), Duty("bob", span["L"], "voice")]
    return plan, need, with_duties(made, shifts, need, plan)


def test_a_hole_that_needs_two_changes_at_once_is_mended():
    _, _, made = two_needed()
    assert len(made.unmet) == 0
    mended = roster.repair(made, absent=[("ann", MONDAY)])
    kinds = dict(zip(mended.changes["agent"], mended.changes["kind"], strict=True))
    assert kinds == {"ann": "taken", "bob": "moved", "cem": "given"}
    assert (mended.short_hit_h, mended.short_after_h) == (8.0, 0.0)
    assert mended.complete
    assert roster.audit(mended.roster, mended.roster.scenario) == ()


def test_a_pair_must_save_both_its_fees():
    _, _, made = two_needed()
    # Eight agent-hours short are 80 weighted ones: two changes at 39 each are worth it, at 41 not.
    worth = roster.repair(made, absent=[("ann", MONDAY)], weight=39)
    assert len(worth.changes) == 3
    not_worth = roster.repair(made, absent=[("ann", MONDAY)], weight=41)
    assert not_worth.changes["agent"].tolist() == ["ann"]
    assert not_worth.short_after_h == 8.0


def test_without_time_a_repair_keeps_the_law_and_says_that_it_is_not_complete(centre):
    _, _, made, gone = centre
    mended = roster.repair(made, absent=gone, time_limit_s=0)
    assert not mended.complete
    assert set(mended.changes["kind"]) == {"taken"}
    assert roster.audit(mended.roster, mended.roster.scenario) == ()
