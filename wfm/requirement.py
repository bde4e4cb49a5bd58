"""How many agents does each queue need in each interval?

Voice is sized by Erlang A where patience is known and Erlang C otherwise, chat by the same
formulas on agents x concurrency places, e-mail by its deadline.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm import deferrable, frames
from wfm.errors import BadInput
from wfm.queueing import channels, erlang
from wfm.scenario import Queue, Scenario
from wfm.timegrid import inside

# 21 / (1 - 0.3) is 30.000000000000004 in floats: a bare ceil would schedule 31.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Effort:
    """What a requirement costs in people.

    Attributes
    ----------
    peak_agents : int
        Most agents on seat in one interval, summed over queues.
    agent_hours : float
        Hours on seat.
    scheduled_hours : float
        Hours on duty, breaks not counted, so that after shrinkage the agents are on seat.
    fte : float
        `scheduled_hours` a week over the scenario's full-time week.
    """

    peak_agents: int
    agent_hours: float
    scheduled_hours: float
    fte: float


@dataclass(frozen=True)
class Requirement:
    """Agents needed.

    Attributes
    ----------
    frame : DataFrame
        The requirement table of `wfm.frames`, with `volume` (this centre's share of the
        forecast) and `load` (erlangs) beside it.
    interval_min : int
    full_time_week_h : float
        Paid hours of one full-time equivalent a week.
    """

    frame: pd.DataFrame
    interval_min: int
    full_time_week_h: float = 40.0

    def effort(self, queue: str | None = None) -> Effort:
        """Return peak and hours of `queue`, or of all queues together."""
        part = self.frame if queue is None else self.frame[self.frame["queue"] == queue]
        if part.empty:
            return Effort(0, 0.0, 0.0, 0.0)
        hours = self.interval_min / 60
        by_start = part.groupby("start")[["agents_rounded", "scheduled"]].sum()
        span = part["start"].max() - part["start"].min() + pd.Timedelta(minutes=self.interval_min)
        weeks = max(1, round(span / pd.Timedelta(days=7)))
        scheduled = float(part["scheduled"].sum() * hours)
        return Effort(
            peak_agents=int(by_start["agents_rounded"].max()),
            agent_hours=float(part["agents_rounded"].sum() * hours),
            scheduled_hours=scheduled,
            fte=scheduled / weeks / self.full_time_week_h,
        )


def gross_up(agents: Any, shrinkage: Any) -> np.ndarray:
    """Return whole agents to schedule so that `agents` are on seat after `shrinkage`.

    ceil(agents / (1 - shrinkage)), never agents x (1 + shrinkage).

    Parameters
    ----------
    agents : array_like
        Agents on seat, >= 0.
    shrinkage : array_like
        Fraction of scheduled time lost, 0 <= s < 1.

    Returns
    -------
    int64 array

    Examples
    --------
    >>> int(gross_up(21, 0.3)), int(gross_up(70, 0.30))
    (30, 100)
    """
    agents, shrinkage = np.asarray(agents, float), np.asarray(shrinkage, float)
    bad = ~((shrinkage >= 0) & (shrinkage < 1))
    if bad.any():
        raise BadInput(
            f"requirement: {int(bad.sum())} values of shrinkage are outside 0 <= s < 1 (first: "
            f"{shrinkage[bad].flat[0]}); shrinkage is a fraction - was a percent passed?"
        )
    if not (agents >= 0).all():
        bad = ~(agents >= 0)
        raise BadInput(
            f"requirement: {int(bad.sum())} values of agents are not numbers >= 0 (first: "
            f"{agents[bad].flat[0]})"
        )
    return np.ceil(agents / (1 - shrinkage) - _ROUNDING).astype(np.int64)


def size(forecast: Any, scenario: Scenario) -> Requirement:
    """Return the agents that meet every queue's target in every interval.

    Parameters
    ----------
    forecast : DataFrame or object with `.frame`
        The forecast table of `wfm.frames`.
    scenario : Scenario

    Returns
    -------
    Requirement

    Raises
    ------
    BadInput
        Unknown queue, negative or missing volume, no handle time, or a target that no number
        of agents meets.

    Notes
    -----
    Each interval is taken as stationary, and the expected volume as known. E-mail is worked, and
    its deadlines count, in opening time (`wfm.deferrable`): the queue's hours, or where it has none
    the intervals in which something is expected.

    Examples
    --------
    >>> import pandas as pd
    >>> from wfm.scenario import Queue, Scenario, Target
    >>> scenario = Scenario("one", "UTC", (Queue("voice", Target(0.80), shrinkage=0.30),))
    >>> row = {"queue": "voice", "start": pd.Timestamp("2026-03-02 09:00", tz="UTC"),
    ...        "volume": 100.0, "aht_s": 180.0}
    >>> bands = dict.fromkeys(("p2_5", "p10", "p50", "p90", "p97_5"), 100.0)
    >>> size(pd.DataFrame([row | bands]), scenario).frame["scheduled"].tolist()
    [20]
    """
    frame = frames.check("forecast", getattr(forecast, "frame", forecast))
    _check_volume(frame)
    parts = [
        _size_queue(part, scenario.queue(str(name)), scenario.interval_min)
        for name, part in frame.groupby("queue", sort=False)
    ]
    if not parts:
        raise BadInput("requirement: the forecast is empty; nothing to size")
    return Requirement(
        pd.concat(parts, ignore_index=True), scenario.interval_min, scenario.full_time_week_h
    )


def reached(requirement: Requirement, coverage: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """Return the service level predicted with the people a roster puts on seat.

    Parameters
    ----------
    requirement : Requirement
    coverage : DataFrame
        Columns queue, start, on_seat: agents on duty and not on a break.
    scenario : Scenario

    Returns
    -------
    DataFrame
        queue, start, volume, target, p_required, p_rostered, scheduled, on_seat. On-seat staff
        is lowered by the queue's shrinkage and may be fractional: the prediction is then linear
        between the two neighbouring whole numbers. NaN where nothing is expected. E-mail gets
        NaN in `p_rostered`: its deadline spans intervals.
    """
    merged = requirement.frame.merge(
        coverage[["queue", "start", "on_seat"]], on=["queue", "start"], how="left"
    )
    merged["on_seat"] = merged["on_seat"].fillna(0.0)
    out = []
    for name, part in merged.groupby("queue", sort=False):
        queue = scenario.queue(str(name))
        staff = part["on_seat"].to_numpy() * (1 - queue.shrinkage)
        out.append(
            pd.DataFrame({
                "queue": name,
                "start": part["start"],
                "volume": part["volume"],
                "target": math.nan if queue.target.service_level is None
                else queue.target.service_level,
                "p_required": part["p_answered_within"],
                "p_rostered": _between_whole(part, queue, staff, requirement.interval_min * 60.0),
                "scheduled": part["scheduled"],
                "on_seat": part["on_seat"],
            })
        )  # fmt: skip
    return pd.concat(out, ignore_index=True)


def _check_volume(frame: pd.DataFrame) -> None:
    volume = frame["volume"].to_numpy(float)
    bad = ~(np.isfinite(volume) & (volume >= 0))
    if bad.any():
        first = frame[bad].iloc[0]
        raise BadInput(
            f"requirement: {int(bad.sum())} rows have a volume that is not a number >= 0 (first: "
            f"queue {first['queue']!r}, {first['start']}, got {first['volume']})"
        )


def _handle_time(part: pd.DataFrame, queue: Queue) -> np.ndarray:
    aht = part["aht_s"].to_numpy(float)
    if queue.aht_s is not None:
        aht = np.where(np.isnan(aht), queue.aht_s, aht)
    busy = part["volume"].to_numpy(float) > 0
    bad = busy & ~(np.isfinite(aht) & (aht > 0))
    if bad.any():
        raise BadInput(
            f"requirement: queue {queue.name!r} has no handle time in {int(bad.sum())} intervals "
            f"(first: {part['start'][bad].iloc[0]}); give aht_s in the history or set aht_s for "
            "the queue in the scenario"
        )
    return np.where(busy, aht, 1.0)


def _size_queue(part: pd.DataFrame, queue: Queue, interval_min: int) -> pd.DataFrame:
    part = part.sort_values("start")
    interval_s = interval_min * 60.0
    volume = part["volume"].to_numpy(float) * queue.share
    aht = _handle_time(part, queue)
    load = volume * aht / interval_s
    busy = volume > 0
    if queue.deferrable:
        cap = queue.target.occupancy
        sized = deferrable.size(
            load, inside(part["start"], queue.hours) if queue.hours else busy,
            awt_s=queue.target.awt_s, interval_s=interval_s,
            occupancy=1.0 if cap is None else cap, shrinkage=queue.shrinkage, name=queue.name,
        )  # fmt: skip
        agents, whole, scheduled = sized.agents, sized.whole, sized.scheduled
        served, occupancy = sized.on_time, sized.occupancy
    else:
        agents = _fractional(volume, aht, queue, interval_s)
        whole = _whole(volume, aht, queue, interval_s)
        scheduled = gross_up(whole, queue.shrinkage)
        served, occupancy = _predict(volume, aht, whole, queue, interval_s)
    return pd.DataFrame({
        "queue": queue.name,
        "start": part["start"].to_numpy() if part["start"].dt.tz is None else part["start"].array,
        "volume": volume,
        "aht_s": aht,
        "load": load,
        "agents": agents,
        "agents_rounded": whole,
        "scheduled": scheduled,
        "p_answered_within": np.where(busy, served, math.nan),
        "occupancy": occupancy,
    })  # fmt: skip


def _whole(volume: np.ndarray, aht: np.ndarray, queue: Queue, interval_s: float) -> np.ndarray:
    if queue.channel == "chat":
        return channels.chat_agents(
            volume, aht, queue.target, concurrency=queue.concurrency, interval_s=interval_s,
            patience_s=queue.patience_s,
        )  # fmt: skip
    return erlang.fewest_agents(
        volume, aht, queue.target, interval_s=interval_s, patience_s=queue.patience_s
    )


def _fractional(volume: np.ndarray, aht: np.ndarray, queue: Queue, interval_s: float) -> np.ndarray:
    places = erlang.fractional_agents(
        volume, aht, queue.target, interval_s=interval_s, patience_s=queue.patience_s
    )
    return np.asarray(places / queue.concurrency)


def _predict(
    volume: np.ndarray, aht: np.ndarray, agents: np.ndarray, queue: Queue, interval_s: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return predicted service level and occupancy with `agents` whole agents; 0 agents give 0."""
    staffed = (agents > 0) & (volume > 0)
    served, occupancy = np.zeros(volume.shape), np.where(volume > 0, 1.0, 0.0)
    if staffed.any():
        answer = erlang.performance(
            volume[staffed], aht[staffed], agents[staffed] * queue.concurrency,
            interval_s=interval_s, patience_s=queue.patience_s, awt_s=queue.target.awt_s,
            short_s=queue.target.short_s,
        )  # fmt: skip
        served[staffed] = answer.p_answered_within(queue.target.rule)
        occupancy[staffed] = answer.occupancy
    return served, occupancy


def _between_whole(
    part: pd.DataFrame, queue: Queue, staff: np.ndarray, interval_s: float
) -> np.ndarray:
    volume = part["volume"].to_numpy(float)
    if queue.deferrable:
        return np.full(len(part), math.nan)
    low = np.floor(staff + _ROUNDING)
    share = np.clip(staff - low, 0, 1)
    aht = part["aht_s"].to_numpy(float)
    below, _ = _predict(volume, aht, low.astype(np.int64), queue, interval_s)
    above, _ = _predict(volume, aht, low.astype(np.int64) + 1, queue, interval_s)
    return np.where(volume > 0, (1 - share) * below + share * above, math.nan)
