"""How long do rostering's parts take, and how near to the bound does it come?

Run with ``python -m pytest benchmarks/test_roster.py``; ``--benchmark-disable`` runs each once.
Quote ratios and gaps, not seconds: two shared cores are not a laboratory.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from wfm import roster
from wfm.scenario import BreakRule, Contract, Person, Queue, Scenario, ShiftType, Target
from wfm.timegrid import intervals

MONDAY = dt.date(2003, 3, 3)


def centre(people: int) -> tuple[Scenario, pd.DataFrame]:
    """Early, middle and late shifts of full-timers, one queue, demand with two humps."""
    breaks = (BreakRule("break", 15, 90, 150), BreakRule("lunch", 30, 210, 300, False),
              BreakRule("break", 15, 360, 420))  # fmt: skip
    shifts = tuple(
        ShiftType(code, first, last, 510, 30, breaks)
        for code, first, last in (("E", "07:00", "09:00"), ("M", "10:00", "12:00"),
                                  ("L", "13:00", "14:30"))
    )  # fmt: skip
    plan = Scenario(
        "benchmark", "America/New_York", (Queue("voice", Target(0.8)),),
        tuple(Person(f"p{i:03d}", "full", ("voice",)) for i in range(people)),
        (Contract("full", 40, 40, ("E", "M", "L"), 5),), shifts, start=MONDAY,
    )  # fmt: skip
    starts = intervals(MONDAY, 7, 30, plan.timezone)
    hour = starts.hour + starts.minute / 60
    level = (
        0.3 + 0.7 * np.exp(-(((hour - 10.5) / 2.6) ** 2)) + 0.5 * np.exp(-(((hour - 16) / 3) ** 2))
    )
    open_now = (hour >= 7) & (hour < 23)
    frame = pd.DataFrame({
        "queue": "voice", "start": starts, "agents": 1.0, "agents_rounded": 1,
        "scheduled": np.round(people * 0.45 * level).astype(int),
        "p_answered_within": 0.8, "occupancy": 0.7,
    })[np.asarray(open_now)]  # fmt: skip
    return plan, frame


@pytest.mark.parametrize("people", [10, 30])
def test_solve_a_week(benchmark, people):
    plan, wanted = centre(people)
    result = benchmark.pedantic(
        roster.solve, (wanted, plan), {"time_limit_s": 5}, rounds=1, iterations=1
    )
    benchmark.extra_info.update(gap=result.gap, objective=result.objective, bound=result.bound)
    assert roster.audit(result, plan) == ()


def test_audit_a_week(benchmark):
    plan, wanted = centre(30)
    result = roster.solve(wanted, plan, time_limit_s=2)
    assert benchmark(roster.audit, result, plan) == ()
