"""Does the engine roster a large plan legally, and is its bound one for the plan?"""

import datetime as dt
import math
from dataclasses import replace

import pytest

from wfm import roster
from wfm.errors import Infeasible
from wfm.roster import annealing, guided, large_plans, linear, mixture
from wfm.scenario import BreakRule, LabourRules, Person, Request, RosterWeights, ShiftType

from .builders import agents, contract, office_hours, requirement, scenario

LUNCH = (BreakRule("break", 15, 60, 150), BreakRule("lunch", 30, 180, 300, False))
DAY = ShiftType("D", "07:00", "13:00", 480, 30, LUNCH)
EXACT = 1e-6


def centre(**more):
    team = (
        *agents(50, skills=("voice",), prefix="v"),
        *agents(50, skills=("voice", "chat"), prefix="b"),
    )
    plan = scenario(
        people=more.pop("people", team), shifts=(DAY,), queues=("voice", "chat"),
        contracts=(contract(least=32.0, most=40.0, shifts=("D",), **more.pop("terms", {})),),
        weights=more.pop("weights", RosterWeights(10.0, 1.0, 0.0)), **more,
    )  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(24, opens=8, closes=20),
                                "chat": office_hours(9, opens=9, closes=18)})  # fmt: skip
    return plan, wanted


@pytest.fixture
def engine_at_once(monkeypatch):
    """Let short time limits do for the engine, and see what it was asked and gave back."""
    seen = []
    search = large_plans.search_large

    def spy(board, locked, budget, **more):
        before = board.objective()
        bound = search(board, locked, budget, **more)
        seen.append((before, board.objective(), bound))
        return bound

    def here(*problem, over, **more):  # no other process to wait for
        return linear.minimum(*problem, **more)

    monkeypatch.setattr(mixture, "minimum", here)
    monkeypatch.setattr(annealing, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(large_plans, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(guided, "LEAST_GUIDED", 0.0)
    monkeypatch.setattr("wfm.roster.solver.search_large", spy)
    return seen


def test_a_large_plan_is_rostered_by_the_engine_within_its_bound(engine_at_once):
    plan, wanted = centre()
    made = roster.solve(wanted, plan, time_limit_s=5, workers=2)
    ((before, after, bound),) = engine_at_once
    assert after < before
    assert 0 < bound <= after + EXACT
    assert made.bound == pytest.approx(min(bound, made.objective))
    assert made.objective <= after + EXACT
    assert roster.audit(made, plan) == ()


def test_the_bound_of_the_engine_is_not_above_what_the_small_way_finds(engine_at_once, monkeypatch):
    plan, wanted = centre()
    roster.solve(wanted, plan, time_limit_s=5, workers=2)
    monkeypatch.setattr(large_plans, "_MANY", 10**6)
    other = roster.solve(wanted, plan, time_limit_s=5, workers=2)
    assert len(engine_at_once) == 1
    assert engine_at_once[0][2] <= other.objective + EXACT
    # Two relaxations of the same plan: by half-hours of breaks, and exact.
    assert engine_at_once[0][2] == pytest.approx(other.bound, rel=0.05)


def test_locks_leave_and_a_clock_change_are_kept(engine_at_once):
    away = Person("off", "full", ("voice",), time_off=(dt.date(2003, 10, 22),))
    plan, wanted = centre(
        timezone="America/New_York", start=dt.date(2003, 10, 20),
        people=(*agents(110, skills=("voice", "chat"), prefix="v"), away),
    )  # fmt: skip
    first = roster.solve(wanted, plan, time_limit_s=4, workers=2)
    locked = first.frame[first.frame["agent"].isin(["v00", "v01", "off"])]
    assert len(locked) > 0
    again = roster.solve(wanted, plan, locked=locked, time_limit_s=3, workers=2, seed=3)
    # Who is locked on some days may be given more on others.
    kept = again.frame.merge(locked)
    assert kept.equals(locked.reset_index(drop=True))
    assert len(engine_at_once) == 2
    assert roster.audit(again, plan) == ()


def test_weekly_rest_that_tours_do_not_know_is_kept(engine_at_once):
    plan, wanted = centre(
        terms={"days": 7}, rules=LabourRules(weekly_rest_h=60.0, max_consecutive_days=6)
    )
    made = roster.solve(wanted, plan, time_limit_s=4, workers=2)
    assert len(engine_at_once) == 1
    assert roster.audit(made, plan) == ()


def test_four_weeks_with_free_weekends_are_legal(engine_at_once, monkeypatch):
    monkeypatch.setattr(large_plans, "_CROWD", 100)
    plan, wanted = centre(
        weeks=4, rules=LabourRules(max_weekends=2, weekends_of=4, max_consecutive_days=5)
    )
    made = roster.solve(wanted, plan, time_limit_s=7, workers=2)
    assert len(engine_at_once) == 1
    assert roster.audit(made, plan) == ()
    starts = made.frame.groupby("agent")["start"].nunique()
    assert starts.min() >= 16  # 32 to 40 hours of eight a week


@pytest.mark.parametrize("more", [
    {"weights": RosterWeights(10.0, 1.0, 1.0)}, {"rules": LabourRules(whole_weekends=True)},
])  # fmt: skip
def test_only_plans_whose_rules_the_engine_knows_are_its(more, monkeypatch):
    plan, wanted = centre(**more)
    asked = []
    keep = large_plans.is_large

    def asking(board, seconds):
        asked.append(keep(board, 60.0))
        return False

    monkeypatch.setattr("wfm.roster.solver.is_large", asking)
    roster.solve(wanted, plan, time_limit_s=2)
    assert asked == ["rules" not in more]


def test_wishes_neither_end_the_search_nor_the_bound(engine_at_once, monkeypatch):
    plan, wanted = centre()
    bare = roster.solve(wanted, plan, time_limit_s=5, workers=1)
    wishes = tuple(
        Request(person.id, plan.start + dt.timedelta(days=at % 5), "on", 50.0)
        for at, person in enumerate(plan.people)
    )
    runs = []
    search = guided.search

    def watched(run, state):
        search(run, state)
        runs.append(run)

    monkeypatch.setattr(guided, "search", watched)
    made = roster.solve(wanted, replace(plan, requests=wishes), time_limit_s=5, workers=1)
    assert roster.audit(made, replace(plan, requests=wishes)) == ()
    assert made.bound == pytest.approx(bare.bound, rel=1e-6)  # wishes never lower a plan's cost
    assert not runs[0].proven
    assert runs[0].elapsed >= 0.9 * runs[0].seconds


def test_little_time_is_no_reason_to_begin_a_large_plan_person_by_person():
    team = tuple(agents(500, skills=("voice",), prefix="v"))
    plan, wanted = centre(people=team)
    made = roster.solve(wanted, plan, time_limit_s=3, workers=2)
    assert len(made.hours) == 500
    assert made.hours["paid_h"].min() >= 32
    assert math.isnan(made.bound)  # no time for a mixture, so nothing is claimed
    assert not made.reproducible
    assert roster.audit(made, plan) == ()


def test_somebody_without_a_legal_week_is_named(engine_at_once):
    # Six shifts of 7.5 hours leave no rest of 60 hours, which tours do not count.
    plan, wanted = centre(rules=LabourRules(11, 60, 6, 48))
    tight = replace(plan.contracts[0], name="tight", min_week_h=45.0, max_week_h=60.0,
                    max_days_per_week=6)  # fmt: skip
    stuck = Person("eve", "tight", ("voice",))
    plan = replace(plan, contracts=(*plan.contracts, tight), people=(*plan.people, stuck))
    with pytest.raises(Infeasible, match="eve"):
        roster.solve(wanted, plan, time_limit_s=4)
    assert engine_at_once == []


def test_a_search_stopped_from_outside_returns_its_roster(engine_at_once):
    plan, wanted = centre()
    told = []

    def stop(share, text):
        told.append(text)
        return "who works when" not in text

    made = roster.solve(wanted, plan, time_limit_s=60, workers=1, progress=stop)
    assert not made.reproducible
    assert roster.audit(made, plan) == ()
    assert any("who works when" in text for text in told)
    assert math.isfinite(made.objective)
    assert not made.bound > made.objective
