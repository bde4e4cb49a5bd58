"""A solved roster is legal, covers what can be covered, and says what it could not."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from wfm import frames, roster
from wfm.errors import BadInput, Infeasible
from wfm.roster import budget, solver
from wfm.roster.bound import Ideal
from wfm.roster.duties import duties_of
from wfm.roster.grid import horizon_of
from wfm.scenario import BreakRule, LabourRules, RosterWeights, ShiftType

from .builders import (
    DST_AUTUMN,
    DST_SPRING,
    MONDAY,
    NEW_YORK,
    NO_RULES,
    agents,
    contract,
    demo,
    office_hours,
    requirement,
    scenario,
)  # fmt: skip

ONE_SHIFT = (ShiftType("D", "09:00", "09:00", 480),)
CLOSE = 1e-9  # sums of a few floats


def plain(count: int = 3, wanted: int = 2, **options):
    plan = scenario(people=agents(count), shifts=ONE_SHIFT, **options)
    return plan, requirement(plan, {"voice": office_hours(wanted)})


def first_shifts(result, plan):
    return duties_of(result.frame, horizon_of(plan, result.frame["start"].min()))


# ---- what comes back ------------------------------------------------------------------------


def test_the_result_keeps_the_table_contracts():
    plan, wanted = plain()
    result = roster.solve(wanted, plan, time_limit_s=5)
    frames.check("roster", result.frame)
    frames.check("unmet", result.unmet)
    assert list(result.coverage.columns) == [
        "queue", "start", "scheduled", "on_seat", "gap", "unmet", "over",
    ]  # fmt: skip
    assert len(result.coverage) == len(wanted)
    assert str(result.frame["start"].dt.tz) == "UTC"
    assert result.start == MONDAY


def test_coverage_that_fits_exactly_is_found_and_proven():
    # Two agents on each of seven days are fourteen shifts; three people give fifteen.
    plan, wanted = plain(3, 2, weights=RosterWeights(fairness=0.0))
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert len(result.unmet) == 0
    assert result.status == "optimal"
    assert result.gap == 0
    assert len(first_shifts(result, plan)) == 14


def test_shortage_is_data_and_never_a_broken_rule():
    plan, wanted = plain(2, 5)
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert roster.audit(result, plan) == ()
    # 35 agent-days wanted, 10 given, 8 hours each.
    assert result.unmet["unmet"].sum() * 0.5 == pytest.approx(25 * 8, abs=CLOSE)


def test_the_objective_is_the_weighted_agent_hours_of_the_coverage():
    plan, wanted = plain(2, 1, weights=RosterWeights(under=7.0, over=2.0, fairness=0.0))
    result = roster.solve(wanted, plan, time_limit_s=5)
    short = result.unmet["unmet"].sum() * 0.5
    over = result.coverage["over"].sum() * 0.5
    assert result.objective == pytest.approx(7 * short + 2 * over, abs=CLOSE)


def brute_force_objective(plan, wanted) -> float:
    """The best objective over every legal roster of shifts without breaks, by audit and count."""
    days = range(7)
    starts = [pd.Timestamp(MONDAY, tz="UTC") + pd.Timedelta(days=d, hours=h)
              for d in days for h in (9, 11)]  # fmt: skip
    weeks = []
    for pick in itertools.product((None, 0, 1), repeat=5):
        chosen = [starts[2 * d + p] for d, p in enumerate(pick) if p is not None]
        weeks.append(chosen)
    best = np.inf
    grid = sorted(set(wanted["start"]))
    need = wanted.set_index("start")["scheduled"]
    cover = []
    for chosen in weeks:
        frame = pd.DataFrame({
            "agent": "a00", "start": pd.DatetimeIndex(chosen, tz="UTC"),
            "end": pd.DatetimeIndex(chosen, tz="UTC") + pd.Timedelta(hours=8),
            "activity": "work", "queue": "voice", "shift": "D",
        })  # fmt: skip
        alone = replace(plan, people=plan.people[:1])
        if roster.audit(frame, alone):
            continue
        on = np.zeros(14 * 24)
        for at in chosen:
            first = int((at - starts[0].normalize()).total_seconds() // 1800)
            on[first : first + 16] += 1
        cover.append(on)
    want = np.zeros(14 * 24)
    for at in grid:
        want[int((at - starts[0].normalize()).total_seconds() // 1800)] = need[at]
    for one, two in itertools.combinations_with_replacement(cover, 2):
        gap = one + two - want
        cost = 0.5 * (10 * np.clip(-gap, 0, None).sum() + np.clip(gap, 0, None).sum())
        best = min(best, cost)
    return best


def test_a_tiny_roster_is_as_good_as_the_best_of_all_rosters():
    plan = scenario(
        people=agents(2), contracts=(contract(least=8, most=32, days=4),),
        rules=LabourRules(16, 40, 2, 48), weights=RosterWeights(fairness=0.0),
    )  # fmt: skip
    rng = np.random.default_rng(2)
    need = {d: rng.integers(0, 4, 24) for d in range(7)}

    def want(at):
        return need[at.weekday()][at.hour] if at.weekday() < 5 and at.hour >= 9 else np.nan

    wanted = requirement(plan, {"voice": want})
    result = roster.solve(wanted, plan, time_limit_s=5)
    best = brute_force_objective(plan, wanted)
    assert result.bound <= best + CLOSE
    assert result.objective == pytest.approx(best, abs=CLOSE)


# ---- people, rules and time -----------------------------------------------------------------


def test_a_demo_week_of_sixty_people_is_legal_and_well_covered():
    plan, wanted = demo(60)
    result = roster.solve(wanted, plan, time_limit_s=10)
    assert roster.audit(result, plan) == ()
    # Without any search at all a fifth of the demand stays open; the search must do far better.
    asked = wanted["scheduled"].sum()
    assert result.unmet["unmet"].sum() < 0.03 * asked
    assert 0 < result.bound < result.objective
    assert result.gap == pytest.approx(1 - result.bound / result.objective, abs=CLOSE)


def test_two_weeks_with_two_queues_are_legal():
    plan, wanted = demo(16, 2, queues=("voice", "chat"))
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert roster.audit(result, plan) == ()
    assert result.hours["week"].nunique() == 2
    full = result.hours.merge(
        pd.DataFrame(
            {"agent": [p.id for p in plan.people if p.contract == "full" and not p.time_off]}
        )
    )
    assert (full["paid_h"] == 40).all()


@pytest.mark.parametrize("start", [DST_AUTUMN, DST_SPRING])
def test_a_night_shift_over_a_clock_change_lasts_its_length(start):
    night = ShiftType("N", "22:00", "22:00", 480, breaks=(BreakRule("lunch", 30, 180, 240),))
    plan = scenario(people=agents(2), shifts=(night,), contracts=(contract(shifts=("N",), days=4),),
                    start=start, timezone=NEW_YORK, weeks=1, rules=NO_RULES)  # fmt: skip
    wanted = requirement(plan, {"voice": lambda at: 1 if at.hour >= 22 or at.hour < 6 else np.nan})
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert roster.audit(result, plan) == ()
    saturday = pd.Timestamp(start + dt.timedelta(days=5), tz=NEW_YORK) + pd.Timedelta(hours=22)
    rows = result.frame[(result.frame["start"] >= saturday)
                        & (result.frame["start"] < saturday + pd.Timedelta(hours=8))]  # fmt: skip
    assert len(rows) == 3
    assert rows["end"].max() - rows["start"].min() == pd.Timedelta(hours=8)
    ends = {DST_AUTUMN: 5, DST_SPRING: 7}
    assert rows["end"].max().hour == ends[start]


def test_a_night_shift_leaves_the_planned_weeks_on_the_last_sunday():
    night = ShiftType("N", "22:00", "22:00", 480)
    plan = scenario(people=agents(1), shifts=(night,), contracts=(contract(shifts=("N",), days=7),),
                    rules=NO_RULES)  # fmt: skip
    wanted = requirement(plan, {"voice": lambda at: 1 if at.hour >= 22 or at.hour < 6 else np.nan})
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert result.frame["end"].max() == pd.Timestamp("2003-03-10 06:00", tz="UTC")
    # Only the small hours of the first Monday are short: nobody came in on Sunday.
    assert result.unmet["start"].max() < pd.Timestamp("2003-03-03 06:00", tz="UTC")


def test_the_weeks_before_carry_rest_days_in_a_row_and_coverage_over():
    night = ShiftType("N", "22:00", "22:00", 480)
    plan = scenario(people=agents(1), shifts=(night,), contracts=(contract(shifts=("N",), days=7),),
                    rules=replace(NO_RULES, max_consecutive_days=3))  # fmt: skip
    wanted = requirement(plan, {"voice": lambda at: 1 if at.hour >= 22 or at.hour < 6 else np.nan})
    starts = pd.DatetimeIndex([f"2003-03-0{d} 22:00" for d in (1, 2)], tz="UTC")
    before = pd.DataFrame({"agent": "a00", "start": starts, "end": starts + pd.Timedelta(hours=8),
                           "activity": "work", "queue": "voice", "shift": "N"})  # fmt: skip
    result = roster.solve(wanted, plan, previous=before, time_limit_s=5)
    assert roster.audit(result, plan, previous=before) == ()
    days = sorted(result.frame["start"].dt.day)
    assert days[:2] != [3, 4], "Saturday, Sunday and Monday are three days in a row"
    assert 1 + sum(result.coverage["on_seat"].iloc[:12] == 0) == 1, "Sunday's night covers Monday"
    assert [v.rule for v in roster.audit(result, plan)] == []


def test_locked_shifts_stand_and_the_rest_is_planned_around_them():
    plan, wanted = demo(10)
    free = roster.solve(wanted, plan, time_limit_s=2)
    kept = free.frame[free.frame["agent"].isin(["p001", "p004"])]
    # A requirement of almost nothing would otherwise move everybody.
    quiet = wanted.assign(scheduled=1)
    result = roster.solve(quiet, plan, locked=kept, time_limit_s=2)
    again = result.frame[result.frame["agent"].isin(["p001", "p004"])].reset_index(drop=True)
    pd.testing.assert_frame_equal(again, kept.reset_index(drop=True))
    assert roster.audit(result, plan) == ()


def test_contradictory_locks_are_named():
    plan, wanted = plain(2)
    starts = pd.DatetimeIndex(["2003-03-03 09:00", "2003-03-03 18:00"], tz="UTC")
    locked = pd.DataFrame({"agent": "a00", "start": starts, "end": starts + pd.Timedelta(hours=8),
                           "activity": "work", "queue": "voice", "shift": "D"})  # fmt: skip
    with pytest.raises(BadInput, match="one shift a day: agent 'a00', 2003-03-03") as error:
        roster.solve(wanted, plan, locked=locked)
    assert "allowed start" in str(error.value)
    assert "daily rest" in str(error.value)


@pytest.mark.parametrize(
    ("people", "wanted"),
    [
        (agents(4), 0),
        ((), 2),
        (agents(1), 2),
        (tuple(replace(p, time_off=tuple(MONDAY + dt.timedelta(days=d) for d in range(7)))
               for p in agents(3)), 2),
        (tuple(replace(p, skills=()) for p in agents(3)), 2),
        (tuple(replace(p, weekdays_off=(0, 1, 2, 3, 4)) for p in agents(3)), 2),
    ],
    ids=["zero demand", "nobody", "one person", "everyone on leave", "no skills", "weekends only"],
)  # fmt: skip
def test_edges_end_in_a_legal_roster(people, wanted):
    plan = scenario(people=people, shifts=ONE_SHIFT, contracts=(contract(least=40, most=40),))
    result = roster.solve(requirement(plan, {"voice": office_hours(wanted)}), plan, time_limit_s=3)
    assert roster.audit(result, plan) == ()
    frames.check("roster", result.frame)
    paid = result.hours["paid_h"].sum()
    shifts = len(first_shifts(result, plan)) if len(result.frame) else 0
    assert paid == 8 * shifts
    if any(p.skills and not p.time_off and not p.weekdays_off for p in people):
        assert paid == 40 * len(people), "owed hours are given even where nobody calls"


def test_no_shift_types_leave_everything_unmet():
    plan = replace(scenario(people=(), shifts=ONE_SHIFT), shifts=(), contracts=())
    wanted = requirement(plan, {"voice": office_hours(1)})
    result = roster.solve(wanted, plan, time_limit_s=2)
    assert len(result.frame) == 0
    assert result.unmet["unmet"].sum() == wanted["scheduled"].sum()


def test_a_contract_of_zero_hours_is_only_used_when_it_helps():
    plan = scenario(people=agents(2), shifts=ONE_SHIFT, contracts=(contract(least=0, most=0),))
    wanted = requirement(plan, {"voice": office_hours(1)})
    result = roster.solve(wanted, plan, time_limit_s=2)
    assert len(result.frame) == 0
    assert len(result.unmet) == len(wanted)


def test_hours_that_no_shifts_can_make_up_are_infeasible_by_name():
    plan = scenario(people=agents(2), shifts=ONE_SHIFT, contracts=(contract(least=36, most=38),),
                    weeks=2)  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(1)})
    with pytest.raises(Infeasible) as error:
        roster.solve(wanted, plan, time_limit_s=2)
    text = str(error.value)
    for part in ("'a00'", "week of 2003-03-03", "'min week hours'", "'max week hours'", "36 to 38"):
        assert part in text
    assert "'daily rest'" not in text, "rules that do not clash are not blamed"


def test_a_minimum_that_carried_over_rest_forbids_names_the_rule():
    plan = scenario(people=agents(1), shifts=ONE_SHIFT, contracts=(contract(least=40, days=5),),
                    rules=LabourRules(11, 35, 6, 39))  # fmt: skip
    with pytest.raises(Infeasible, match="legal week hours"):
        roster.solve(requirement(plan, {"voice": office_hours(1)}), plan, time_limit_s=2)


def test_fairness_shares_hours_when_coverage_is_equal():
    plan = scenario(people=agents(4), shifts=ONE_SHIFT, weights=RosterWeights(fairness=0.5),
                    contracts=(contract(most=48, days=6),))  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(2, days=6)})
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert len(result.unmet) == 0
    assert set(result.hours["paid_h"]) == {24.0}


def test_without_a_bound_the_search_goes_on_and_the_gap_is_unknown(monkeypatch):
    monkeypatch.setattr(solver, "ideal_of", lambda *_, **__: Ideal(np.nan, (), {}))
    plan, wanted = plain(3, 2)
    result = roster.solve(wanted, plan, time_limit_s=5)
    assert np.isnan(result.bound)
    assert np.isnan(result.gap)
    assert result.status == "feasible"
    assert not result.reproducible
    assert len(result.unmet) == 0


# ---- the same again, and stopping -----------------------------------------------------------


def test_the_same_call_gives_the_same_roster_whatever_the_threads(monkeypatch):
    # Little work and much time, so that a busy machine's clock does not end the search.
    monkeypatch.setattr(budget, "WORK_A_SECOND", 0.01)
    plan, wanted = demo(8, queues=("voice", "chat"))
    results = [roster.solve(wanted, plan, time_limit_s=60, workers=w, seed=3) for w in (1, 1, 2)]
    assert all(result.reproducible for result in results)
    for other in results[1:]:
        pd.testing.assert_frame_equal(results[0].frame, other.frame)


def test_progress_rises_to_one_and_false_stops_with_a_legal_roster():
    plan, wanted = demo(8)
    told = []
    full = roster.solve(wanted, plan, time_limit_s=3, progress=lambda f, text: told.append(f))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert full.status in ("optimal", "feasible")
    stopped = roster.solve(wanted, plan, time_limit_s=60, progress=lambda f, text: False)
    assert not stopped.reproducible
    assert roster.audit(stopped, plan) == ()


# ---- input that cannot be used ---------------------------------------------------------------


def bad_requirement(**columns):
    def change(plan, wanted):
        return {"requirement": wanted.assign(**columns), "scenario": plan}

    return change


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (bad_requirement(queue="sales"), ["unknown queue", "'sales'", "'voice'"]),
        (bad_requirement(scheduled=-1), ["no whole number", "112 rows"]),
        (bad_requirement(scheduled=1.5), ["no whole number", "round up"]),
        (bad_requirement(scheduled=float("nan")), ["no whole number"]),
        (lambda p, w: {"requirement": w.drop(columns="scheduled"), "scenario": p},
         ["missing columns", "scheduled"]),
        (lambda p, w: {"requirement": w, "scenario": replace(p, start=dt.date(2004, 3, 1))},
         ["none of its 112 rows", "2004-03-01"]),
        (lambda p, w: {"requirement": w.assign(start=w["start"] + pd.Timedelta(minutes=7)),
                       "scenario": p}, ["grid of 30 min"]),
        (lambda p, w: {"requirement": w, "scenario": p, "time_limit_s": 0}, ["time_limit_s"]),
        (lambda p, w: {"requirement": w, "scenario": p, "workers": 0}, ["workers"]),
        (lambda p, w: {"requirement": w, "scenario": p, "seed": -1}, ["seed", "got -1"]),
        (lambda p, w: {"requirement": w, "scenario": p, "seed": 1.5}, ["seed", "got 1.5"]),
        (lambda p, w: {"requirement": w, "scenario": replace(p, shifts=(
            ShiftType("D", "09:02", "09:02", 480),))}, ["'D'", "earliest_start", "5 minutes"]),
        (lambda p, w: {"requirement": w, "scenario": replace(p, shifts=(
            ShiftType("D", "09:00", "09:00", 480, breaks=(
                BreakRule("break", 60, 0, 0), BreakRule("break", 60, 0, 100),
                BreakRule("break", 60, 0, 100))),))}, ["3 breaks cannot all be placed"]),
    ],
)  # fmt: skip
def test_input_that_cannot_be_used_is_refused_in_words(change, parts):
    plan, wanted = plain(2)
    arguments = change(plan, wanted)
    table = arguments.pop("requirement")
    with pytest.raises(BadInput) as error:
        roster.solve(table, arguments.pop("scenario"), **arguments)
    for part in parts:
        assert part in str(error.value)


@pytest.mark.parametrize(
    ("agent", "day", "parts"),
    [("zoe", "2003-02-27", ["1 agents are not in the scenario", "'zoe'"]),
     ("a00", "2003-03-04", ["start in the planned weeks", "locked"])],
)  # fmt: skip
def test_weeks_before_that_cannot_be_used_are_refused(agent, day, parts):
    plan, wanted = plain(2)
    start = pd.Timestamp(f"{day} 09:00", tz="UTC")
    before = pd.DataFrame({"agent": [agent], "start": [start], "end": [start + pd.Timedelta("8h")],
                           "activity": "work", "queue": "voice", "shift": "D"})  # fmt: skip
    with pytest.raises(BadInput) as error:
        roster.solve(wanted, plan, previous=before)
    for part in parts:
        assert part in str(error.value)


def test_the_callers_tables_are_left_alone():
    plan, wanted = plain(2)
    copy = wanted.copy(deep=True)
    roster.solve(wanted, plan, time_limit_s=2)
    pd.testing.assert_frame_equal(wanted, copy)
