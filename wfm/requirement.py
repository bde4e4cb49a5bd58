"""How many agents does each queue need in each interval?

Which model answers is chosen by the scenario's fields: `wfm.sizing`, docs/requirement.md.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from wfm import frames, sizing
from wfm.errors import BadInput
from wfm.scenario import Scenario
from wfm.sizing import Part, gross_up

__all__ = [
    "Effort", "Requirement", "compare", "explain", "gross_up", "reached", "size",
]  # fmt: skip


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
        days = (part["start"].max().normalize() - part["start"].min().normalize()).days + 1
        # Five or six days end in a closed weekend.
        weeks = max(1.0, (days // 7 + 1 if days % 7 >= 5 else days / 7))
        scheduled = float(part["scheduled"].sum() * hours)
        return Effort(
            peak_agents=int(by_start["agents_rounded"].max()),
            agent_hours=float(part["agents_rounded"].sum() * hours),
            scheduled_hours=scheduled,
            fte=scheduled / weeks / self.full_time_week_h,
        )


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
        Unknown queue, negative or missing volume, no handle time, quantiles that a chance cannot
        use, or a target that no number of agents meets: names queue, interval and limit.

    Notes
    -----
    Unless a queue's fields ask for more, each interval is taken as stationary and the expected
    volume as known. Queues that share a model and a target are sized in one call. E-mail is worked,
    and its deadlines count, in opening time (`wfm.deferrable`): the queue's hours, or where it has
    none the intervals in which something is expected.

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
    return _size(forecast, [scenario])[0]


def compare(forecast: Any, scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return the requirement under several scenarios, all sized at once.

    Parameters
    ----------
    forecast : DataFrame or object with `.frame`
    scenarios : sequence of Scenario
        Of different names.

    Returns
    -------
    DataFrame
        The requirement table with a first column `scenario`, its name.

    Raises
    ------
    BadInput
        As `size`; no scenario, or two of one name.

    Examples
    --------
    >>> import pandas as pd
    >>> from wfm.scenario import Queue, Scenario, Target
    >>> row = {"queue": "voice", "start": pd.Timestamp("2026-03-02 09:00", tz="UTC"),
    ...        "volume": 100.0, "aht_s": 180.0}
    >>> bands = {"p2_5": 71.0, "p10": 81.0, "p50": 100.0, "p90": 119.0, "p97_5": 129.0}
    >>> plain = Scenario("expected", "UTC", (Queue("voice", Target(0.80)),))
    >>> safe = Scenario("nine in ten", "UTC", (Queue("voice", Target(0.80), chance=0.9),))
    >>> compare(pd.DataFrame([row | bands]), [plain, safe])["agents_rounded"].tolist()
    [14, 16]
    """
    names = [scenario.name for scenario in scenarios]
    if not names:
        raise BadInput("requirement: no scenario to compare; give at least one")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(
            f"requirement: {len(twice)} scenario names stand twice (first: {twice[0]!r}); give "
            "each its own name"
        )
    sized = _size(forecast, scenarios)
    parts = [one.frame.assign(scenario=name) for one, name in zip(sized, names, strict=True)]
    whole = pd.concat(parts, ignore_index=True)
    return whole[["scenario", *(c for c in whole.columns if c != "scenario")]]


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
        out.append(
            pd.DataFrame({
                "queue": name,
                "start": part["start"],
                "volume": part["volume"],
                "target": math.nan if queue.target.service_level is None
                else queue.target.service_level,
                "p_required": part["p_answered_within"],
                "p_rostered": _rostered(part, scenario),
                "scheduled": part["scheduled"],
                "on_seat": part["on_seat"],
            })
        )  # fmt: skip
    return pd.concat(out, ignore_index=True)


def explain(
    requirement: Requirement,
    scenario: Scenario,
    *,
    forecast: Any = None,
    queue: str | None = None,
    start: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Return why each number is what it is, and what one agent less or more would do.

    Parameters
    ----------
    requirement : Requirement
    scenario : Scenario
        The one it was sized by.
    forecast : DataFrame or object with `.frame`, optional
        Needed where a queue asks for a chance: it has the quantiles.
    queue : str, optional
        That queue only.
    start : Timestamp, optional
        That interval only.

    Returns
    -------
    DataFrame
        The table ``explained`` of `wfm.frames`.

    Raises
    ------
    BadInput
        Nothing is sized for that queue or interval; a forecast is needed.

    Examples
    --------
    >>> import pandas as pd
    >>> from wfm.scenario import Queue, Scenario, Target
    >>> scenario = Scenario("one", "UTC", (Queue("voice", Target(0.80), shrinkage=0.30),))
    >>> row = {"queue": "voice", "start": pd.Timestamp("2026-03-02 09:00", tz="UTC"),
    ...        "volume": 100.0, "aht_s": 180.0}
    >>> bands = dict.fromkeys(("p2_5", "p10", "p50", "p90", "p97_5"), 100.0)
    >>> why = explain(size(pd.DataFrame([row | bands]), scenario), scenario).iloc[0]
    >>> why["model"], why["binding"], round(float(why["p_answered_within_less"]), 3)
    ('Erlang C: nobody leaves', 'service_level', 0.796)
    """
    table = None if forecast is None else frames.check(
        "forecast", getattr(forecast, "frame", forecast)
    )  # fmt: skip
    return sizing.explained(requirement.frame, scenario, forecast=table, queue=queue, start=start)


def _size(forecast: Any, scenarios: Iterable[Scenario]) -> list[Requirement]:
    frame = frames.check("forecast", getattr(forecast, "frame", forecast))
    if frame.empty:
        raise BadInput("requirement: the forecast is empty; nothing to size")
    scenarios = tuple(scenarios)
    each = [sizing.parts_of(frame, scenario) for scenario in scenarios]
    made = iter(_size_parts([part for parts in each for part in parts]))
    return [
        Requirement(
            pd.concat([next(made) for _ in parts], ignore_index=True),
            scenario.interval_min,
            scenario.full_time_week_h,
        )
        for parts, scenario in zip(each, scenarios, strict=True)
    ]


def _size_parts(parts: list[Part]) -> list[pd.DataFrame]:
    """Return the requirement of each part; those of one model and target in one call."""
    out: list[pd.DataFrame] = [pd.DataFrame()] * len(parts)
    waiting = [i for i, part in enumerate(parts) if not part.queue.deferrable]
    for i, part in enumerate(parts):
        if part.queue.deferrable:
            sized = sizing.deferred(part)
            out[i] = _table(part, sized.agents, sized.whole, sized.scheduled, sized.on_time,
                            sized.occupancy)  # fmt: skip
    for model, batch, where in sizing.batches([parts[i] for i in waiting]):
        agents, whole = sizing.asked(batch, model.fewest)
        figures = model.predict(batch, whole)
        columns = (agents, whole, gross_up(whole, batch.of_queues("shrinkage")),
                   figures.p_answered_within, figures.occupancy)  # fmt: skip
        for at, rows in zip(where, zip(*map(batch.split, columns), strict=True), strict=True):
            i = waiting[at]
            out[i] = _table(parts[i], *rows)
    return out


def _table(  # noqa: PLR0917 - the columns, in their order
    part: Part, agents: np.ndarray, whole: np.ndarray, scheduled: np.ndarray, served: np.ndarray,
    occupancy: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    return pd.DataFrame({
        "queue": part.queue.name,
        "start": part.start,
        "volume": part.volume,
        "aht_s": part.aht_s,
        "load": part.volume * part.aht_s / part.interval_s,
        "agents": agents,
        "agents_rounded": whole,
        "scheduled": scheduled,
        "p_answered_within": np.where(part.volume > 0, served, math.nan),
        "occupancy": occupancy,
    })  # fmt: skip


def _rostered(rows: pd.DataFrame, scenario: Scenario) -> np.ndarray:
    """Return the service level with the staff on seat, in the order of `rows`."""
    (part,) = sizing.parts_of(rows, scenario, served=True)
    order = rows["start"].argsort().to_numpy()
    out = np.full(len(rows), math.nan)
    if part.queue.deferrable:
        return out
    ((model, batch, _),) = sizing.batches([part])
    staff = rows["on_seat"].to_numpy()[order] * (1 - part.queue.shrinkage)
    low = np.floor(staff + sizing.ROUNDING).astype(np.int64)
    share = np.clip(staff - low, 0, 1)
    below, above = (
        model.predict(batch, low).p_answered_within,
        model.predict(batch, low + 1).p_answered_within,
    )
    out[order] = np.where(part.volume > 0, (1 - share) * below + share * above, math.nan)
    return out
