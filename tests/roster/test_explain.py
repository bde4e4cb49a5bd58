"""Why a cell is red: the parts against brute force on tiny rosters, and what is said of them."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.errors import BadInput
from wfm.roster.breaks import pauses, placements
from wfm.roster.duties import Duty, Pause, Span, duties_of, frame_of
from wfm.roster.explain import ALL
from wfm.roster.grid import horizon_of
from wfm.roster.ways import OF_RULE, REASONS
from wfm.scenario import BreakRule, LabourRules, Person, ShiftType

from .builders import MONDAY, contract, demo, office_hours, requirement, scenario, with_duties

ADDS_UP = 1e-9  # sums of at most a few hundred whole numbers over the steps of an interval
HOURS = pd.Timedelta(hours=1)
AGENT = "somebody"
EARLY = ShiftType("E", "08:00", "09:00", 240, 60, (BreakRule("lunch", 60, 60, 120, False),))
LATE = ShiftType("L", "11:00", "12:00", 300, 60, (BreakRule("break", 60, 120, 180),))


def tiny(seed: int):
    """Three people, two queues, two days of demand by the hour; not the best roster on purpose."""
    rng = np.random.default_rng(seed)
    skills = [("voice",), ("chat",), ("voice", "chat"), ("voice",)]
    tuesday = MONDAY + dt.timedelta(days=1)
    staff = tuple(
        Person(f"p{i}", "tight" if rng.random() < 0.5 else "wide", skills[int(rng.integers(4))],
               time_off=(tuesday,) if rng.random() < 0.4 else (),
               weekdays_off=(0,) if rng.random() < 0.2 else ())
        for i in range(3)
    )  # fmt: skip
    plan = scenario(
        people=staff, shifts=(EARLY, LATE), queues=("voice", "chat"), interval_min=60,
        contracts=(contract("tight", 0, 6, shifts=("E",), days=1),
                   contract("wide", 0, 40, shifts=("E", "L"), days=5)),
        rules=LabourRules(14.0, 35.0, 6, 48.0),
    )  # fmt: skip
    wanted = {
        queue: {(day, hour): int(rng.integers(0, 3)) for day in (0, 1) for hour in range(8, 17)}
        for queue in ("voice", "chat")
    }
    need = requirement(plan, {
        queue: (lambda at, table=table: table.get((at.weekday(), at.hour), np.nan))
        for queue, table in wanted.items()
    })  # fmt: skip
    made = roster.solve(need, plan, time_limit_s=1, seed=seed)
    if rng.random() < 0.5:  # also rosters that could be mended by a legal change
        frame = made.frame[made.frame["agent"] != "p0"].reset_index(drop=True)
        made = roster.hold(replace(made, frame=frame), need, plan)
    return plan, need, made


def short_at(held, queue=None, at=None) -> float:
    rows = held.coverage
    if queue is not None:
        rows = rows[rows["queue"] == queue]
    if at is not None:
        rows = rows[rows["start"] == at]
    return float(rows["unmet"].sum())


def rules_of(plan, frame) -> set:
    return {(v.rule, v.agent, v.day) for v in roster.audit(frame, plan)}


def oracle_families(plan, need, made, queue, at) -> list[list[frozenset[str]]]:
    """For each person who can come at all, the reasons of every single change of a day."""
    horizon = horizon_of(plan, None)
    duties = list(duties_of(made.frame, horizon))
    minute = int((at - horizon.origin) / pd.Timedelta(minutes=1))
    before = rules_of(plan, made.frame)
    found = []
    for person in plan.people:
        trained = plan
        if queue not in person.skills:
            more = replace(person, skills=(*person.skills, queue))
            trained = replace(
                plan, people=tuple(more if p.id == person.id else p for p in plan.people)
            )
        known = trained.people[plan.people.index(person)].skills
        group = "+".join(q.name for q in trained.queues if q.name in known)
        mine = [replace(d, queue=group) for d in duties if d.agent == person.id]
        others = [d for d in duties if d.agent != person.id]
        if any(on_seat(d, minute) for d in mine):
            held = with_duties(made, [*others, *mine], need, trained)
            if trained is not plan and short_at(held, at=at) < short_at(made, at=at):
                found.append([frozenset({"skill"})])
            continue
        family = []
        for day, change in changes(trained, group, mine, minute, horizon):
            new = replace(change, agent=person.id)
            kept = [d for d in mine if d.span.day != day]
            frame = frame_of([*others, *kept, new], horizon)
            # Training counts for this day alone: the other days are served as before.
            held = roster.hold(replace(made, frame=frame), need, trained)
            base = with_duties(made, [*others, *kept], need, trained)
            own = [d for d in duties if d.agent == person.id and d.span.day != day]
            bare = with_duties(made, [*others, *own], need, plan)
            if short_at(held) - short_at(base) + short_at(bare) < short_at(made):
                broken = {rule for rule, *_ in rules_of(trained, frame) - before}
                names = {OF_RULE.get(rule, "rest") for rule in broken}
                family.append(frozenset(names | ({"skill"} if trained is not plan else set())))
        if family:
            found.append(family)
    return found


def on_seat(duty: Duty, minute: int) -> bool:
    there = duty.span.start <= minute < duty.span.end
    return there and not any(p.start <= minute < p.end for p in duty.breaks)


def changes(plan, group, mine, minute, horizon):
    """Yield every change of one day that puts the person on seat at the minute."""
    for duty in mine:
        for gone in duty.breaks:
            left = replace(duty, breaks=tuple(p for p in duty.breaks if p is not gone))
            if on_seat(left, minute):
                yield duty.span.day, left
    for day in range(2):  # demand is on the first two days, from 08:00 to 17:00
        for shift in plan.shifts:
            for hour in range(3, 17):
                start = horizon.midnights[day] + 60 * hour
                span = Span(day, shift.code, start, start + shift.length_min)
                for starts in placements(shift, 60):
                    new = Duty(AGENT, span, group, pauses(shift, span, starts))
                    if on_seat(new, minute):
                        yield day, new


def oracle_parts(short: int, families) -> dict[str, float]:
    def won(chosen: set) -> int:
        return min(short, sum(any(one <= chosen for one in family) for family in families))

    parts = dict.fromkeys(REASONS, 0.0)
    orders = list(itertools.permutations(REASONS))
    for order in orders:
        for at, name in enumerate(order):
            parts[name] += (won(set(order[: at + 1])) - won(set(order[:at]))) / len(orders)
    return {**parts, "movable": won(set()), "demand": short - won(set(REASONS))}


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 6))]
)
def test_the_parts_are_those_of_brute_force(seed):
    plan, need, made = tiny(seed)
    rows = made.unmet.sort_values(["unmet", "start"], ascending=False)
    for row in rows.iloc[[0 if seed % 2 else len(rows) // 2]].itertuples():
        why = roster.explain(made, row.queue, row.start)
        families = oracle_families(plan, need, made, row.queue, row.start)
        expected = oracle_parts(round(row.unmet), families)
        got = {part.reason: part.fte for part in why.parts}
        assert got == pytest.approx(expected, abs=ADDS_UP), (row.queue, row.start)


@pytest.fixture(scope="module")
def centre():
    plan, need = demo(people=24, queues=("voice", "chat"))
    return plan, need, roster.solve(need, plan, time_limit_s=3)


def test_the_parts_of_every_red_cell_add_up_to_its_shortage(centre):
    _, _, made = centre
    rows = made.unmet.iloc[:: max(1, len(made.unmet) // 8)]
    assert len(rows) >= 3
    for row in rows.itertuples():
        why = roster.explain(made, row.queue, row.start)
        assert why.short == pytest.approx(row.unmet, abs=ADDS_UP)
        assert math.fsum(part.fte for part in why.parts) == pytest.approx(row.unmet, abs=ADDS_UP)
        assert [part.reason for part in why.parts] == list(ALL)
        assert min(part.fte for part in why.parts) >= -ADDS_UP


def test_the_best_relaxation_starts_from_the_plan_as_it_is_and_makes_it_less_short(centre):
    _, _, made = centre
    row = made.unmet.sort_values("unmet").iloc[-1]
    best = roster.explain(made, row["queue"], row["start"]).best
    assert best is not None
    before = made.coverage["unmet"].sum() / 2
    assert best.short_before_h == pytest.approx(before, abs=ADDS_UP)
    assert best.short_after_h < best.short_before_h
    assert best.cell_after < best.cell_before


ONE = ShiftType("D", "09:00", "09:00", 480)


def two(**bob):
    """Two wanted on Monday, Ann is there; Bob is what the test makes of him."""
    ann = Person("ann", "full", ("voice",), "Ann")
    other = Person("bob", bob.pop("contract", "full"), bob.pop("skills", ("voice",)), "Bob", **bob)
    plan = scenario(
        people=(ann, other), shifts=(ONE, replace(ONE, code="X")), queues=("voice", "chat"),
        contracts=(contract("full", 0, 40, shifts=("D",)), contract("none", 0, 0, shifts=("D",)),
                   contract("other", 0, 40, shifts=("X",)),
                   contract("no days", 0, 40, shifts=("D",), days=0)),
    )  # fmt: skip
    need = requirement(plan, {"voice": office_hours(2, days=1)})
    return roster.solve(need, plan, time_limit_s=2)


@pytest.mark.parametrize(
    ("bob", "reason", "words"),
    [
        ({"time_off": (MONDAY,)}, "leave", "call Bob back from leave on Mon 2003-03-03"),
        ({"contract": "none"}, "contract hours", "+8 paid hours"),
        ({"weekdays_off": (0,)}, "rest", "against weekdays off"),
        ({"contract": "no days"}, "rest", "against max days per week"),
        ({"skills": ("chat",)}, "skill", "after training on 'voice'"),
    ],
)
def test_a_shortage_with_one_reason_is_all_of_that_reason(bob, reason, words):
    why = roster.explain(two(**bob), "voice", "2003-03-03 10:00")
    assert {p.reason: p.fte for p in why.parts if p.fte} == {reason: 1.0}
    assert [p.people for p in why.parts if p.reason == reason] == [1]
    assert words in why.best.sentence
    assert why.best.reasons == (reason,)
    assert (why.best.cell_before, why.best.cell_after) == (1.0, 0.0)
    assert why.best.short_before_h - why.best.short_after_h == 8.0
    assert why.sentences[0] == (
        "Queue 'voice' is 1.00 agents short on Mon 2003-03-03 10:00: 2 wanted, 1.00 there."
    )


def test_lunch_and_starts_that_do_not_reach_are_named():
    lunch = replace(ONE, breaks=(BreakRule("lunch", 60, 180, 180, False),))
    plan = scenario(people=(Person("ann", "full", ("voice",), "Ann"),), shifts=(lunch,))
    need = requirement(plan, {"voice": office_hours(1, closes=18, days=1)})
    made = roster.solve(need, plan, time_limit_s=2)
    noon = roster.explain(made, "voice", "2003-03-03 12:00")
    # Dropping or moving lunch mends it; so does no other start, which only moves the hole.
    assert {p.reason: p.fte for p in noon.parts if p.fte} == {"breaks": 1.0}
    late = roster.explain(made, "voice", "2003-03-03 17:00")
    assert {p.reason: p.fte for p in late.parts if p.fte} == {"demand": 1.0}
    assert "not enough people" in late.sentences[1]


def test_what_a_legal_change_mends_is_movable_and_said():
    made = two()
    frame = made.frame[made.frame["agent"] == "ann"].reset_index(drop=True)
    cut = roster.hold(replace(made, frame=frame), _wanted(made), made.scenario)
    why = roster.explain(cut, "voice", "2003-03-03 10:00")
    assert {p.reason: p.fte for p in why.parts if p.fte} == {"movable": 1.0}
    assert why.legal.rules == ()
    assert "Within the rules: give Bob a shift on Mon 2003-03-03: D 09:00-17:00" in "\n".join(
        why.sentences
    )


def _wanted(made):
    rows = made.coverage[["queue", "start", "scheduled"]]
    return rows.assign(agents=1.0, agents_rounded=1, p_answered_within=0.9, occupancy=0.5)


def illegal(*, start: int, shifts=("E", "L"), **about):
    """Ann early on Monday, from hour `start` on; a shift that is not legal as it stands."""
    kinds = (contract("full", shifts=shifts),)
    staff = (Person("ann", "full", ("voice",), **about),)
    plan = scenario(people=staff, shifts=(EARLY, LATE), contracts=kinds, interval_min=60)
    need = requirement(plan, {"voice": office_hours(1, opens=8, days=1)})
    duty = Duty("ann", Span(0, "E", 60 * start, 60 * start + 240), "voice",
                (Pause("lunch", 60 * start + 60, 60 * start + 120),))  # fmt: skip
    made = roster.solve(need, plan, time_limit_s=1)
    return with_duties(made, [duty], need, plan)


def test_leave_entered_after_the_shift_was_given_is_the_reason_that_no_other_is():
    made = illegal(start=8, time_off=(MONDAY,))
    assert {v.rule for v in roster.audit(made, made.scenario)} == {"time off"}
    why = roster.explain(made, "voice", "2003-03-03 16:00")
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"leave": 1.0}


def test_an_imported_start_off_the_grid_makes_no_other_such_start_legal():
    made = illegal(start=6, shifts=("E",))
    assert {v.rule for v in roster.audit(made, made.scenario)} == {"allowed start"}
    why = roster.explain(made, "voice", "2003-03-03 14:00")
    assert {part.reason: part.fte for part in why.parts if part.fte} == {"shift grid": 1.0}


def test_a_cell_that_is_not_short_says_so():
    why = roster.explain(two(), "voice", "2003-03-03 10:00")
    assert why.short == 0
    assert why.sentences == ("Queue 'voice' is not short on Mon 2003-03-03 10:00.",)


@pytest.mark.parametrize(
    ("queue", "start", "part"),
    [("sales", "2003-03-03 10:00", "no queue 'sales'"),
     ("voice", "2003-03-03 10:05", "wants nobody of queue 'voice' in an interval from"),
     ("voice", "soon", "explain: start expects a time")],
)  # fmt: skip
def test_a_cell_that_is_none_is_refused_in_words(queue, start, part):
    with pytest.raises(BadInput, match=part):
        roster.explain(two(), queue, start)


def test_a_roster_without_its_scenario_asks_for_it():
    made = two(time_off=(MONDAY,))
    bare = replace(made, scenario=None)
    with pytest.raises(BadInput, match="pass scenario="):
        roster.explain(bare, "voice", "2003-03-03 10:00")
    why = roster.explain(bare, "voice", "2003-03-03 10:00", scenario=made.scenario)
    assert why.short == 1.0
