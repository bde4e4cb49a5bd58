"""What would a queue need if some choices were different?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from wfm import frames, requirement
from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.requirement import Effort, Requirement
from wfm.scenario import LabourRules, Queue, Scenario


@dataclass(frozen=True)
class WhatIf:
    """What a queue would need if some choices were different.

    Attributes
    ----------
    frame : DataFrame
        start, volume, aht_s, agents_before, agents, scheduled_before, scheduled,
        p_answered_within, occupancy; an interval a row.
    before, after : Effort
        Peak and hours as planned and as asked.
    """

    frame: pd.DataFrame
    before: Effort
    after: Effort


@dataclass(frozen=True)
class Sized:
    """A requirement with the choices and the forecast it rests on.

    Attributes
    ----------
    scenario : Scenario
    forecast : DataFrame
    sizing : Requirement
    """

    scenario: Scenario
    forecast: pd.DataFrame
    sizing: Requirement

    def explain(self, queue: str | None = None, at: str | None = None) -> pd.DataFrame:
        """Return why each number is what it is; `at` is local time, such as ``2026-03-02 10:00``.

        Raises
        ------
        BadInput
            Nothing is sized there.
        """
        return requirement.explain(
            self.sizing, self.scenario, forecast=self.forecast, queue=queue,
            start=None if at is None else _moment(at, self.scenario.timezone),
        )  # fmt: skip


def what_if(
    plan: Plan,
    queue: str,
    *,
    volume: float,
    aht: float,
    service_level: float | None,
    awt_s: float | None,
    patience_s: float | None,
    shrinkage: float | None,
    occupancy: float | None,
    rule: str | None,
) -> WhatIf:
    """Return what `queue` would need with other choices; None keeps the plan's own.

    Parameters
    ----------
    plan : Plan
    queue : str
    volume, aht : float
        Factors on forecast volume and on every handle time, > 0.
    service_level, awt_s, occupancy, rule
        Fields of `Target`.
    patience_s, shrinkage
        Fields of `Queue`.

    Raises
    ------
    BadInput
        For values that `Target` or `Queue` refuse, or a target that cannot be met.
    """
    if not (volume > 0 and aht > 0):
        raise BadInput(f"what-if: factors are numbers > 0, got volume {volume}, aht {aht}")
    asked: dict[str, Any] = {"service_level": service_level, "awt_s": awt_s,
                             "occupancy": occupancy, "rule": rule}  # fmt: skip
    old = plan.scenario.queue(queue)
    target = replace(old.target, **{k: v for k, v in asked.items() if v is not None})
    changes: dict[str, Any] = {
        k: v for k, v in (("patience_s", patience_s), ("shrinkage", shrinkage)) if v is not None
    }
    new = replace(old, target=target, **changes)
    new = _slower(new, aht)
    scenario = replace(plan.scenario, queues=(new,), people=(), contracts=(), shifts=(),
                       requests=(), meetings=(), patterns=(), on_call_staff=(),
                       minimum_staff=(), rules=LabourRules())  # fmt: skip
    part = plan.forecast[plan.forecast["queue"] == queue]
    scaled = part.assign(
        **{name: part[name] * volume for name in ("volume", *frames.BANDS)},
        aht_s=part["aht_s"] * aht,
    )
    after = requirement.size(scaled, scenario)
    before = plan.sizing.frame[plan.sizing.frame["queue"] == queue]
    merged = before[["start", "agents_rounded", "scheduled"]].rename(
        columns={"agents_rounded": "agents_before", "scheduled": "scheduled_before"}
    ).merge(after.frame.rename(columns={"agents_rounded": "agents", "agents": "fractional"}),
            on="start", how="right")  # fmt: skip
    columns = ["start", "volume", "aht_s", "agents_before", "agents", "scheduled_before",
               "scheduled", "p_answered_within", "occupancy"]  # fmt: skip
    return WhatIf(merged[columns], plan.sizing.effort(queue), after.effort(queue))


def _slower(queue: Queue, factor: float) -> Queue:
    """Return `queue` with every handle time of its own times `factor`."""
    if queue.aht_s is not None:
        queue = replace(queue, aht_s=queue.aht_s * factor)
    if queue.call_back is not None and queue.call_back.aht_s is not None:
        queue = replace(
            queue, call_back=replace(queue.call_back, aht_s=queue.call_back.aht_s * factor)
        )
    if queue.outreach is not None:
        seconds = {
            name: getattr(queue.outreach, name) * factor
            for name in ("dial_s", "connect_s", "right_party_s", "success_s")
        }
        queue = replace(queue, outreach=replace(queue.outreach, **seconds))
    return queue


def _moment(text: str, tz: str) -> pd.Timestamp:
    try:
        moment = pd.Timestamp(dt.datetime.fromisoformat(text))
        return moment.tz_localize(tz) if moment.tzinfo is None else moment.tz_convert(tz)
    except ValueError as error:
        raise BadInput(
            f"size: --at expects the start of an interval such as 2026-03-02 10:00, got {text!r}; "
            "an hour that the clock change skips or repeats needs its offset"
        ) from error
