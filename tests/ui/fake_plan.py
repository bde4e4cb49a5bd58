"""A small made-up plan that keeps the table contracts of `wfm.frames`."""

from __future__ import annotations

import datetime as dt
import functools
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from wfm.plan import OVERRIDES
from wfm.scenario import (
    BreakRule,
    Contract,
    OpeningHours,
    Person,
    Queue,
    Scenario,
    ShiftType,
    Target,
)
from wfm.timegrid import instant

TZ = "America/New_York"
START = dt.date(2003, 10, 27)
HISTORY_WEEKS = 8
MISSING_DAY = dt.date(2003, 10, 14)
MINUTE = pd.Timedelta(minutes=1)


def scenario(people: int = 12, **changes: Any) -> Scenario:
    """Three queues, three shifts, `people` people of whom the first is on leave on Tuesday."""
    hours = (OpeningHours((0, 1, 2, 3, 4), "07:00", "21:00"),)
    breaks = (
        BreakRule("break", 15, 90, 150),
        BreakRule("lunch", 30, 210, 270, paid=False),
        BreakRule("break", 15, 360, 420),
    )
    shifts = tuple(
        ShiftType(code, first, last, 510, 30, breaks, name)
        for code, first, last, name in (
            ("E", "07:00", "08:30", "Early"),
            ("M", "09:00", "10:30", "Middle"),
            ("L", "12:00", "12:30", "Late"),
        )
    )
    skills = (("voice",), ("voice", "chat"), ("chat", "email"))
    staff = tuple(
        Person(
            f"P{i:03d}",
            "full",
            skills[i % 3],
            f"Person {i}",
            f"Team {i % 2 + 1}",
            (START + dt.timedelta(days=1),) if i == 0 else (),
        )
        for i in range(people)
    )
    base = {
        "name": "Fake centre",
        "timezone": TZ,
        "queues": (
            Queue(
                "voice", Target(0.8, 20.0), aht_s=240, patience_s=180, shrinkage=0.12, hours=hours
            ),
            Queue(
                "chat",
                Target(0.8, 60.0),
                "chat",
                600,
                concurrency=2,
                shrinkage=0.1,
                hours=hours,
                synthetic=True,
            ),
            Queue(
                "email",
                Target(awt_s=14400.0),
                "email",
                420,
                shrinkage=0.1,
                hours=hours,
                synthetic=True,
            ),
        ),
        "people": staff,
        "contracts": (Contract("full", 32, 40, ("E", "M", "L")),),
        "shifts": shifts,
        "start": START,
        "country": "US",
        "seed": 7,
    }
    return Scenario(**(base | changes))


def _starts(first: dt.date, days: int) -> list[pd.Timestamp]:
    return [
        instant(first + dt.timedelta(days=day), minute, TZ)
        for day in range(days)
        if (first + dt.timedelta(days=day)).weekday() < 5
        for minute in range(7 * 60, 21 * 60, 30)
    ]


def _shape(starts: pd.DatetimeIndex, queue: str) -> np.ndarray:
    hour = starts.hour + starts.minute / 60
    top = {"voice": 40.0, "chat": 14.0, "email": 9.0}[queue]
    weekday = np.array([1.15, 1.0, 0.97, 0.98, 1.05, 0.4, 0.3])[starts.day_of_week]
    return (
        top
        * weekday
        * (0.25 + np.exp(-(((hour - 11) / 3.2) ** 2)) + 0.5 * np.exp(-(((hour - 16) / 2.0) ** 2)))
    )


def _history(queues: tuple[Queue, ...]) -> pd.DataFrame:
    rng = np.random.default_rng(11)
    starts = pd.DatetimeIndex(_starts(START - dt.timedelta(weeks=HISTORY_WEEKS), 7 * HISTORY_WEEKS))
    parts = []
    for queue in queues:
        rate = _shape(starts, queue.name)
        part = pd.DataFrame(
            {
                "queue": queue.name,
                "start": starts,
                "offered": rng.poisson(rate).astype(float),
                "aht_s": queue.aht_s + rng.normal(0, 12, len(starts)),
            }
        )
        gap = (starts.date == MISSING_DAY) & (queue.name == "voice")
        parts.append(part[~gap])
    return pd.concat(parts, ignore_index=True)


def _forecast(queues: tuple[Queue, ...], days: int) -> pd.DataFrame:
    starts = pd.DatetimeIndex(_starts(START, days))
    parts = []
    for queue in queues:
        mean = _shape(starts, queue.name)
        spread = np.sqrt(mean + (0.08 * mean) ** 2)
        columns = {"queue": queue.name, "start": starts, "volume": mean, "aht_s": queue.aht_s}
        for name, z in (
            ("p2_5", -1.96),
            ("p10", -1.28),
            ("p50", 0),
            ("p90", 1.28),
            ("p97_5", 1.96),
        ):
            columns[name] = np.maximum(mean + z * spread, 0)
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)


def _requirement(forecast: pd.DataFrame, plan: Scenario) -> pd.DataFrame:
    parts = []
    for queue in plan.queues:
        part = forecast[forecast["queue"] == queue.name]
        load = part["volume"].to_numpy() * queue.aht_s / 1800 / queue.concurrency
        agents = load + 0.8 * np.sqrt(load)
        rounded = np.ceil(agents).astype("int64")
        parts.append(
            pd.DataFrame(
                {
                    "queue": queue.name,
                    "start": part["start"].to_numpy(),
                    "agents": agents,
                    "agents_rounded": rounded,
                    "scheduled": np.ceil(rounded / (1 - queue.shrinkage)).astype("int64"),
                    "p_answered_within": 0.8 + 0.15 * (rounded - agents),
                    "occupancy": load / rounded,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    frame["start"] = (
        pd.DatetimeIndex(frame["start"]).tz_localize("UTC").tz_convert(TZ)
        if (frame["start"].dt.tz is None)
        else frame["start"]
    )
    return frame


def _roster_frame(plan: Scenario, days: int) -> pd.DataFrame:
    rows = []
    clock = {"E": 420, "M": 540, "L": 720}
    for i, person in enumerate(plan.people):
        shift = plan.shifts[i % 3]
        for offset in range(days):
            day = START + dt.timedelta(days=offset)
            if day.weekday() > 4 or day in person.time_off:
                continue
            begin = instant(day, clock[shift.code] + 30 * (i % 2), TZ)
            at = begin
            for activity, minute, length in (
                ("break", 120, 15),
                ("lunch", 240, 30),
                ("break", 390, 15),
                ("", 510, 0),
            ):
                stop = begin + minute * MINUTE
                rows.append((person.id, at, stop, "work", "+".join(person.skills), shift.code))
                if activity:
                    at = stop + length * MINUTE
                    rows.append(
                        (person.id, stop, at, activity, "+".join(person.skills), shift.code)
                    )
    frame = pd.DataFrame(rows, columns=["agent", "start", "end", "activity", "queue", "shift"])
    for name in ("start", "end"):
        frame[name] = pd.DatetimeIndex(frame[name]).tz_convert(TZ)
    return frame


def _coverage(requirement: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    work = roster[roster["activity"] == "work"]
    frame = requirement[["queue", "start", "scheduled"]].copy()
    share = work["queue"].str.count(r"\+").add(1)
    able = {
        name: work["queue"].str.split("+").map(lambda names, name=name: name in names)
        for name in frame["queue"].unique()
    }
    there = np.zeros((len(frame), 2))
    for row, (queue, start) in enumerate(zip(frame["queue"], frame["start"], strict=True)):
        for quarter in (0, 1):
            begin = start + 15 * quarter * MINUTE
            here = (work["start"] <= begin) & (work["end"] > begin) & able[queue]
            there[row, quarter] = (1 / share)[here].sum()
    beyond = there - frame["scheduled"].to_numpy()[:, None]
    return frame.assign(
        on_seat=there.mean(axis=1),
        gap=beyond.mean(axis=1),
        unmet=np.maximum(-beyond, 0).mean(axis=1),
        over=np.maximum(beyond, 0).mean(axis=1),
    )


def _cleaning() -> pd.DataFrame:
    row = (
        "voice",
        instant(MISSING_DAY, 7 * 60, TZ),
        instant(MISSING_DAY, 21 * 60, TZ),
        "gap",
        np.nan,
        np.nan,
        "no rows for 28 intervals that are regularly open",
    )
    return pd.DataFrame([row], columns=["queue", "start", "end", "what", "was", "used", "why"])


@dataclass(frozen=True)
class FakePlan:
    """The attributes of `wfm.plan.Plan` that pages read."""

    scenario: Scenario
    history: pd.DataFrame
    forecast: pd.DataFrame
    requirement: pd.DataFrame
    roster: Any
    score: pd.DataFrame
    summary: Any
    violations: tuple[Any, ...] = ()
    cleaning: pd.DataFrame = field(default_factory=_cleaning)
    campaigns: tuple[Any, ...] = ()
    extra: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["campaign", "queue", "start", "extra", "sd"])
    )
    locked: pd.DataFrame | None = None
    overrides: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(OVERRIDES)))
    id: str = "fa4e00000001"
    provenance: Any = field(
        default_factory=lambda: SimpleNamespace(
            scenario_id="5ce000000001",
            history_hash="4a54000000001",
            seed=7,
            versions={"wfm": "0.0", "ortools": "9.15"},
            notes=("voice: read 2,000 rows",),
            planned_at=dt.datetime(2003, 10, 26, 12, 0, tzinfo=dt.UTC),
        )
    )


@functools.cache
def plan(people: int = 12, *, days: int = 7, with_roster: bool = True) -> FakePlan:
    """A plan of `days` days for `people` people; hundreds of rows, made in well under a second."""
    choices = scenario(people)
    forecast = _forecast(choices.queues, days)
    requirement = _requirement(forecast, choices)
    roster = None
    hours = gap = over = 0.0
    if with_roster:
        frame = _roster_frame(choices, days)
        coverage = _coverage(requirement, frame)
        unmet = coverage.loc[
            coverage["unmet"] > 0, ["queue", "start", "scheduled", "on_seat", "unmet"]
        ]
        worked = frame.assign(h=(frame["end"] - frame["start"]).dt.total_seconds() / 3600)
        hours = float(worked.loc[worked["activity"] != "lunch", "h"].sum())
        gap, over = float(coverage["unmet"].sum() / 2), float(coverage["over"].sum() / 2)
        roster = SimpleNamespace(
            frame=frame,
            coverage=coverage,
            unmet=unmet.reset_index(drop=True),
            status="feasible",
            gap=0.031,
            seconds=12.3,
            objective=1.0,
            bound=1.0,
            hours=None,
            locked=None,
            notes=(),
        )
    score = pd.DataFrame(
        {
            "queue": [q.name for q in choices.queues],
            "wape": [0.11, 0.22, 0.31],
            "bias": [0.012, -0.02, 0.0],
            "noise_floor": [0.09, 0.2, 0.27],
            "seasonal_naive": [0.16, 0.29, 0.33],
            "coverage80": [0.81, 0.79, 0.84],
            "coverage95": 0.95,
            "model": "profile",
            "first": "2003-09-27",
            "last": "2003-10-24",
        }
    )
    total = requirement.groupby("start")["agents_rounded"].sum()
    summary = SimpleNamespace(
        queues=("voice", "chat", "email"),
        people=people,
        naive_wape=0.2,
        held_back_days=28,
        first_day=START,
        last_day=START + dt.timedelta(days=days - 1),
        wape=0.14,
        bias=0.004,
        noise_floor=0.11,
        peak_agents=int(total.max()),
        peak_at=total.idxmax(),
        required_hours=float(requirement["scheduled"].sum() / 2),
        rostered_hours=hours,
        gap_hours=gap,
        over_hours=over,
        violations=0,
        synthetic_queues=("chat", "email"),
    )
    history = _history(choices.queues)
    return FakePlan(choices, history, forecast, requirement, roster, score, summary)
