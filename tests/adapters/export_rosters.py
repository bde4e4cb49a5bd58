"""Small rosters made by hand, for the export tests."""

import datetime as dt
from types import SimpleNamespace

import pandas as pd

from wfm.scenario import (
    BreakRule,
    Contract,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)
from wfm.timegrid import instant, intervals

BREAKS = (
    BreakRule("break", 15, 60, 150),
    BreakRule("lunch", 30, 180, 300, paid=False),
    BreakRule("break", 10, 330, 420),
)
SHIFTS = (
    ShiftType("E", "07:00", "09:00", 510, breaks=BREAKS, name="early"),
    ShiftType("L", "11:00", "12:30", 510, breaks=BREAKS, name="late"),
    ShiftType("N", "22:00", "22:00", 480, breaks=(), name="night"),
)
MONDAY = dt.date(2003, 10, 20)


def scenario(*people, timezone="America/New_York", **changes):
    return Scenario(
        name="test centre",
        timezone=timezone,
        queues=changes.pop("queues", (Queue("voice", Target(0.8)), Queue("chat", Target(0.8)))),
        people=people,
        contracts=(Contract("full", 0, 48, ("E", "L", "N"), max_days_per_week=7),),
        shifts=SHIFTS,
        start=changes.pop("start", MONDAY),
        **changes,
    )


def person(agent, **more):
    return Person(agent, contract="full", skills=("voice",), **more)


def stretches(agent, day, clock, code, *, timezone="America/New_York", breaks=None, queue="voice"):
    """Rows of one shift: minutes of breaks as (activity, minute into the shift, length)."""
    length = next((s.length_min for s in SHIFTS if s.code == code), 480)
    begin = instant(day, int(clock[:2]) * 60 + int(clock[3:]), timezone)
    if breaks is None:
        early = (("break", 120, 15), ("lunch", 240, 30), ("break", 390, 10))
        breaks = early if length == 510 else ()
    rows, at = [], 0
    for activity, minute, minutes in (*breaks, ("end", length, 0)):
        if minute > at:
            rows.append((agent, at, minute, "work"))
        if minutes:
            rows.append((agent, minute, minute + minutes, activity))
        at = minute + minutes
    return [
        (agent, begin + pd.Timedelta(minutes=a), begin + pd.Timedelta(minutes=b), what, queue, code)
        for agent, a, b, what in rows
    ]


def roster(rows, plan, *, coverage=None):
    """A roster with coverage: 2 wanted in every interval of every queue, 1 or 3 on duty."""
    names = ["agent", "start", "end", "activity", "queue", "shift"]
    frame = pd.DataFrame(rows, columns=names)
    for name in ("start", "end"):
        frame[name] = pd.DatetimeIndex(pd.to_datetime(frame[name], utc=True)).tz_convert(
            plan.timezone
        )
    if coverage is None:
        grid = intervals(plan.start, 7 * plan.weeks, plan.interval_min, plan.timezone)
        coverage = pd.concat(
            pd.DataFrame({"queue": q.name, "start": grid, "scheduled": 2,
                          "on_seat": [1.0 if n % 3 else 3.0 for n in range(len(grid))]})
            for q in plan.queues
        ).reset_index(drop=True)  # fmt: skip
        coverage["gap"] = coverage["on_seat"] - coverage["scheduled"]
        coverage["unmet"] = coverage["gap"].clip(upper=0).abs()
        coverage["over"] = coverage["gap"].clip(lower=0)
    unmet = coverage.loc[coverage["gap"] < 0, ["queue", "start", "scheduled", "on_seat"]]
    return SimpleNamespace(frame=frame, coverage=coverage, unmet=unmet, start=plan.start)
