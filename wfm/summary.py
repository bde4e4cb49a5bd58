"""Which figures of a plan does a planner read first?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from wfm.scenario import Scenario


@dataclass(frozen=True)
class Summary:
    """The figures a planner reads first. Hours are agent-hours over the whole plan.

    Attributes
    ----------
    queues, synthetic_queues : tuple of str
    people : int
    first_day, last_day : date
    wape, bias, noise_floor, naive_wape : float
        Forecast error over the held-back last weeks, all queues together, per interval: of the
        forecast, its bias, the error even a perfect forecast has, and that of last week repeated.
    held_back_days : int
    peak_agents : int
        Most agents needed on seat in one interval.
    peak_at : Timestamp or None
    required_hours : float
        Scheduled hours wanted (after shrinkage, breaks not counted).
    rostered_hours : float
        Hours on duty and not on a break.
    gap_hours, over_hours : float
        Hours below and above what is wanted, summed over intervals apart.
    violations : int
        Rules broken, found by auditing the roster.
    """

    queues: tuple[str, ...]
    synthetic_queues: tuple[str, ...]
    people: int
    first_day: dt.date
    last_day: dt.date
    wape: float
    bias: float
    noise_floor: float
    naive_wape: float
    held_back_days: int
    peak_agents: int
    peak_at: pd.Timestamp | None
    required_hours: float
    rostered_hours: float
    gap_hours: float
    over_hours: float
    violations: int


@dataclass(frozen=True)
class _Accuracy:
    wape: float = math.nan
    bias: float = math.nan
    noise_floor: float = math.nan
    naive_wape: float = math.nan
    days: int = 0


def summarise(
    scenario: Scenario,
    *,
    history: pd.DataFrame,
    score: pd.DataFrame,
    requirement: pd.DataFrame,
    coverage: pd.DataFrame | None,
    violations: int,
) -> Summary:
    """Return the key figures of a plan from its tables; `coverage` is None without a roster."""
    assert scenario.start is not None
    hours = scenario.interval_min / 60
    on_seat = requirement.groupby("start")["agents_rounded"].sum()
    busy = len(on_seat) and on_seat.max() > 0
    required = float(requirement["scheduled"].sum() * hours)
    rostered, short, over = 0.0, required, 0.0
    if coverage is not None:
        rostered, short, over = (
            float(coverage[name].sum() * hours) for name in ("on_seat", "unmet", "over")
        )
    accuracy = _accuracy(score, history)
    return Summary(
        queues=tuple(queue.name for queue in scenario.queues),
        synthetic_queues=tuple(queue.name for queue in scenario.queues if queue.synthetic),
        people=len(scenario.people),
        first_day=scenario.start,
        last_day=scenario.start + dt.timedelta(days=7 * scenario.weeks - 1),
        wape=accuracy.wape,
        bias=accuracy.bias,
        noise_floor=accuracy.noise_floor,
        naive_wape=accuracy.naive_wape,
        held_back_days=accuracy.days,
        peak_agents=int(on_seat.max()) if busy else 0,
        peak_at=on_seat.index[int(on_seat.to_numpy().argmax())] if busy else None,
        required_hours=required,
        rostered_hours=rostered,
        gap_hours=short,
        over_hours=over,
        violations=violations,
    )


def _accuracy(score: pd.DataFrame, history: pd.DataFrame) -> _Accuracy:
    """Return the held-back accuracy of all queues together.

    Errors of queues add up, so each queue's share of the actual contacts weighs its ratio.
    """
    score = score.dropna(subset=["wape"])
    if score.empty:
        return _Accuracy()
    first, last = pd.to_datetime(score["first"]), pd.to_datetime(score["last"])
    contacts = np.array([
        _contacts(history[history["queue"] == queue], begin, end)
        for queue, begin, end in zip(score["queue"], first, last, strict=True)
    ])  # fmt: skip
    weights = contacts / max(contacts.sum(), 1e-12)
    wape, bias, floor, naive = (
        float((score[name] * weights).sum())
        for name in ("wape", "bias", "noise_floor", "seasonal_naive")
    )
    return _Accuracy(wape, bias, floor, naive, int((last - first).dt.days.max()) + 1)


def _contacts(history: pd.DataFrame, first: pd.Timestamp, last: pd.Timestamp) -> float:
    day = history["start"].dt.tz_localize(None).dt.normalize()
    return float(history.loc[(day >= first) & (day <= last), "offered"].sum())
