"""Does annealing leave rules, locks and weeks before alone, and count as the board counts?"""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from wfm import roster
from wfm.patterns import Pattern
from wfm.requested import Request
from wfm.roster import annealing, engine_shape
from wfm.scenario import BreakRule, Person, RosterWeights, ShiftType

from .builders import agents, contract, office_hours, requirement, scenario

EXACT = 1e-6  # the same sums in another order
LUNCH = (BreakRule("break", 15, 60, 150), BreakRule("lunch", 30, 180, 300, False))
EARLY = ShiftType("E", "07:00", "10:00", 480, 30, LUNCH)
LATE = ShiftType("L", "12:00", "15:00", 480, 30, LUNCH)


def centre(**more):
    people = (
        *agents(3, skills=("voice",), prefix="v"), *agents(2, skills=("chat",), prefix="c"),
        *agents(3, skills=("voice", "chat"), prefix="b"),
        Person("off", "full", ("voice",), time_off=(dt.date(2003, 3, 5),)),
        Person("none", "full", ()),
    )  # fmt: skip
    plan = scenario(
        people=people, shifts=(EARLY, LATE), queues=("voice", "chat"),
        contracts=(contract(least=30.0, most=40.0, shifts=("E", "L")),),
        weights=RosterWeights(10.0, 1.0, 0.0), **more,
    )  # fmt: skip
    wanted = requirement(plan, {"voice": office_hours(3, opens=8, closes=21),
                                "chat": office_hours(2, opens=9, closes=18)})  # fmt: skip
    return plan, wanted


@pytest.fixture
def seen(monkeypatch):
    """What annealing was given and gave back, with no least time limit."""
    found = []
    adopt = annealing.adopt

    def spy(board, people, shape, run, locked):
        before = board.objective()
        taken = adopt(board, people, shape, run, locked)
        found.append((before, board.objective(), run, taken))
        return taken

    monkeypatch.setattr(annealing, "LEAST_SECONDS", 0.0)
    monkeypatch.setattr(annealing, "adopt", spy)
    return found


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_the_annealed_roster_is_legal_and_costs_what_the_board_says(seen, zone):
    start = dt.date(2003, 3, 3) if zone == "UTC" else dt.date(2003, 10, 20)  # clocks go back
    plan, wanted = centre(timezone=zone, start=start)
    result = roster.solve(wanted, plan, time_limit_s=4, workers=2)
    (before, after, run, taken) = seen[0]
    assert run.trace[0][1] == pytest.approx(before, abs=EXACT)
    assert taken
    assert after == pytest.approx(run.cost, abs=EXACT)
    assert after < before
    assert roster.audit(result, plan) == ()


def test_locked_shifts_and_the_weeks_before_stand(seen):
    plan, wanted = centre()
    first = roster.solve(wanted, plan, time_limit_s=2)
    locked = first.frame[first.frame["agent"].isin(["v00", "b01"])]
    later = plan.revise("the week after", start=dt.date(2003, 3, 10))
    again = roster.solve(wanted, plan, locked=locked, time_limit_s=3)
    kept = again.frame[again.frame["agent"].isin(["v00", "b01"])].reset_index(drop=True)
    assert kept.equals(locked.reset_index(drop=True))
    assert roster.audit(again, plan) == ()
    moved = wanted.assign(start=wanted["start"] + dt.timedelta(days=7))
    next_week = roster.solve(moved, later, previous=first.frame, time_limit_s=3)
    assert roster.audit(next_week, later, previous=first.frame) == ()
    assert len(seen) == 3


def test_days_that_a_pattern_asks_for_are_worked_though_nobody_is_wanted_then(seen):
    plan, wanted = centre()
    monday = Pattern("mondays", ("E * * * * * *",), plan.start)
    people = [replace(p, pattern="mondays") if p.skills else p for p in plan.people]
    plan = plan.revise("patterns", people=tuple(people), patterns=(monday,))
    wanted = wanted[wanted["start"].dt.date != plan.start]
    result = roster.solve(wanted, plan, time_limit_s=4, workers=2)
    (before, after, run, taken) = seen[0]
    assert roster.audit(result, plan) == ()
    assert taken
    assert after < before
    assert (run.kind[:, 0] >= 0).all()
    for worker in run.tours.workers:
        can = worker.allowed[0]
        assert can.any()
        assert worker.extra[0, can] == pytest.approx(-engine_shape._MUST)
        assert not worker.extra[1:].any()


def test_a_wish_is_priced_on_top_of_a_day_that_must_be_worked(seen):
    plan, wanted = centre()
    monday = Pattern("mondays", ("E/L * * * * * *",), plan.start)
    people = [replace(p, pattern="mondays") if p.id == "v00" else p for p in plan.people]
    asked = Request("v00", plan.start, "shift", 3.0, shifts=("L",))
    plan = plan.revise("both", people=tuple(people), patterns=(monday,), requests=(asked,))
    roster.solve(wanted, plan, time_limit_s=2)
    run = seen[0][2]
    first = np.where(run.tours.workers[0].allowed[0], run.tours.workers[0].extra[0], np.nan)
    late = run.tours.opens[0] >= 12 * 60
    assert first[~late & ~np.isnan(first)] == pytest.approx(-engine_shape._MUST)
    assert (first[late & ~np.isnan(first)] < -engine_shape._MUST).all()


def test_progress_says_incumbent_bound_and_gap(seen):
    plan, wanted = centre()
    texts = []
    result = roster.solve(wanted, plan, time_limit_s=3,
                          progress=lambda _, text: texts.append(text))  # fmt: skip
    told = [text for text in texts if "bound" in text]
    assert told
    assert f"{result.objective:.1f} weighted agent-hours" in told[-1]
    assert f"bound {result.bound:.1f}" in told[-1]
    assert f"gap {100 * result.gap:.1f} %" in told[-1]
