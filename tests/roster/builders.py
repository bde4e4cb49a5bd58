"""Small scenarios and requirements for the roster's tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from wfm import roster
from wfm.roster.duties import Duty, frame_of
from wfm.roster.grid import horizon_of
from wfm.scenario import (
    BreakRule,
    Contract,
    LabourRules,
    Person,
    Queue,
    RosterWeights,
    Scenario,
    ShiftType,
    Target,
)  # fmt: skip
from wfm.timegrid import intervals

MONDAY = dt.date(2003, 3, 3)
DST_AUTUMN = dt.date(2003, 10, 20)  # New York's clocks go back on Sunday the 26th
DST_SPRING = dt.date(2003, 3, 31)  # and forward on Sunday, 6 April
NEW_YORK = "America/New_York"

PLAIN = ShiftType("D", "09:00", "11:00", 480, 120)
NO_RULES = LabourRules(0.0, 0.0, 28, 168.0, "none")


def contract(name: str = "full", least: float = 0.0, most: float = 60.0, *,
             shifts: tuple[str, ...] = ("D",), days: int = 5) -> Contract:  # fmt: skip
    return Contract(name, least, most, shifts, days)


def scenario(*, people: tuple[Person, ...], shifts: tuple[ShiftType, ...] = (PLAIN,),
             contracts: tuple[Contract, ...] | None = None, queues: tuple[str, ...] = ("voice",),
             start: dt.date | None = MONDAY, weeks: int = 1, timezone: str = "UTC",
             interval_min: int = 30, rules: LabourRules | None = None,
             weights: RosterWeights | None = None) -> Scenario:  # fmt: skip
    return Scenario(
        "test", timezone, tuple(Queue(name, Target(0.8)) for name in queues), people,
        contracts or (contract(shifts=tuple(s.code for s in shifts)),), shifts,
        rules or LabourRules(), weights or RosterWeights(), interval_min, start, weeks,
    )  # fmt: skip


def agents(count: int, *, name: str = "full", skills: tuple[str, ...] = ("voice",),
           prefix: str = "a") -> tuple[Person, ...]:  # fmt: skip
    return tuple(Person(f"{prefix}{i:02d}", name, skills) for i in range(count))


def requirement(plan: Scenario, wanted: dict[str, object], *, monday: dt.date | None = None,
                weeks: int | None = None) -> pd.DataFrame:  # fmt: skip
    """A requirement table; `wanted` maps a queue to a number, or to f(local start) -> number."""
    first = monday or plan.start
    assert first is not None
    starts = intervals(first, 7 * (weeks or plan.weeks), plan.interval_min, plan.timezone)
    parts = []
    for queue, want in wanted.items():
        count = [want(s) if callable(want) else want for s in starts]
        parts.append(pd.DataFrame({"queue": queue, "start": starts, "scheduled": count}))
    frame = pd.concat(parts, ignore_index=True)
    frame = frame[frame["scheduled"].notna()].reset_index(drop=True)
    frame["scheduled"] = frame["scheduled"].astype("int64")
    frame["agents"] = frame["scheduled"].astype(float)
    frame["agents_rounded"] = frame["scheduled"]
    frame["p_answered_within"] = 0.9
    frame["occupancy"] = 0.7
    return frame


def office_hours(count: int, *, opens: int = 9, closes: int = 17, days: int = 7):
    """Demand of `count` agents between two hours on the first `days` days of the week."""

    def want(start: pd.Timestamp) -> float:
        if start.weekday() >= days:
            return np.nan
        return count if opens <= start.hour < closes else np.nan

    return want


def with_duties(made: roster.Roster, duties: Iterable[Duty], need: pd.DataFrame,
                plan: Scenario) -> roster.Roster:  # fmt: skip
    """The roster of `duties` alone, in the place of `made`, held against `need`."""
    return roster.hold(replace(made, frame=frame_of(duties, horizon_of(plan, None))), need, plan)


def demo(people: int = 60, weeks: int = 1, *, seed: int = 7, queues: tuple[str, ...] = ("voice",),
         start: dt.date = MONDAY) -> tuple[Scenario, pd.DataFrame]:  # fmt: skip
    """A centre like a real one: three full-time shifts, part-time, lunch and breaks, some leave."""
    rng = np.random.default_rng(seed)
    full_breaks = (BreakRule("break", 15, 90, 150), BreakRule("lunch", 30, 210, 300, False),
                   BreakRule("break", 15, 360, 420))  # fmt: skip
    shifts = (
        ShiftType("E", "07:00", "09:00", 510, 30, full_breaks, "early"),
        ShiftType("M", "10:00", "12:00", 510, 30, full_breaks, "middle"),
        ShiftType("L", "13:00", "14:30", 510, 30, full_breaks, "late"),
        ShiftType("P", "08:00", "17:00", 300, 60, (BreakRule("break", 15, 120, 180),), "part"),
    )
    contracts = (
        Contract("full", 40, 40, ("E", "M", "L"), 5), Contract("part", 15, 25, ("P",), 5),
    )  # fmt: skip
    staff = []
    for i in range(people):
        off = ()
        if rng.random() < 0.15:
            first = int(rng.integers(0, 7 * weeks))
            off = tuple(
                start + dt.timedelta(days=first + d) for d in range(int(rng.integers(1, 6)))
            )
        skills = queues if len(queues) == 1 or i % 3 == 0 else (queues[i % len(queues)],)
        staff.append(Person(f"p{i:03d}", "part" if i % 5 == 4 else "full", skills, time_off=off))
    plan = scenario(people=tuple(staff), shifts=shifts, contracts=contracts, queues=queues,
                    start=start, weeks=weeks, timezone=NEW_YORK)  # fmt: skip
    heads = people * 0.62

    def shape(share: float):
        def want(at: pd.Timestamp) -> float:
            hour = at.hour + at.minute / 60
            if not 7 <= hour < 23:
                return np.nan
            day = (1.15, 1.05, 1.0, 1.0, 0.95, 0.6, 0.5)[at.weekday()]
            level = 0.35 + 0.65 * np.exp(-(((hour - 10.5) / 2.6) ** 2))
            level += 0.45 * np.exp(-(((hour - 16) / 3) ** 2))
            return round(heads * share * day * level * 0.76)

        return want

    share = 1 / len(queues)
    return plan, requirement(plan, {queue: shape(share) for queue in queues})
