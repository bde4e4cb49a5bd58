"""Why is each number what it is, and what would one agent less or more do?"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd

from wfm import deferrable, frames
from wfm.errors import BadInput
from wfm.scenario import Queue, Scenario
from wfm.sizing.batch import Batch, Figures, Part
from wfm.sizing.duty import gross_up
from wfm.sizing.models import Model, Uncertain
from wfm.sizing.parts import batches, parts_of
from wfm.timegrid import inside


def deferred(part: Part) -> deferrable.Deferred:
    """Return the sizing of an e-mail queue."""
    queue = part.queue
    if queue.target.awt_s < part.interval_s:
        raise BadInput(
            f"requirement: queue {queue.name!r}: target.awt_s is the e-mail deadline and not "
            f"shorter than an interval of {part.interval_s:g} s, got {queue.target.awt_s:g}; "
            "contacts due that soon wait for an agent: make the queue a chat"
        )
    return deferrable.size(
        part.volume * part.aht_s / part.interval_s, _working(part), awt_s=queue.target.awt_s,
        interval_s=part.interval_s, occupancy=_cap(queue), shrinkage=queue.shrinkage,
        name=queue.name,
    )  # fmt: skip


def explained(
    requirement: pd.DataFrame,
    scenario: Scenario,
    *,
    forecast: pd.DataFrame | None,
    queue: str | None,
    start: pd.Timestamp | None,
) -> pd.DataFrame:
    """Return the table ``explained``; see `wfm.requirement.explain`."""
    frame = requirement
    if queue is not None:
        scenario.queue(queue)
        frame = frame[frame["queue"] == queue]
    if start is not None and not (frame["start"] == start).any():
        span = (
            "" if frame.empty else f"; it reaches {frame['start'].min()} to {frame['start'].max()}"
        )
        raise BadInput(
            f"requirement: nothing is sized for {'' if queue is None else repr(queue) + ' at '}"
            f"{start}, which must be the start of an interval{span}"
        )
    if frame.empty:
        raise BadInput(f"requirement: nothing is sized for queue {queue!r}")
    frame = _with_bands(frame, scenario, forecast)
    out = []
    for part in parts_of(frame, scenario, served=True):
        rows = frame[frame["queue"] == part.queue.name].sort_values("start")
        kept = np.ones(len(rows), bool) if start is None else (rows["start"] == start).to_numpy()
        table = _explain(part, rows, kept, scenario)
        if len(table):
            out.append(table)
    made = pd.concat(out, ignore_index=True)
    return made[[c.name for c in frames.EXPLAINED.columns]]


def model_text(queue: Queue) -> str:
    """Return in words which model sizes `queue`.

    >>> from wfm.scenario import Target
    >>> model_text(Queue("chat", Target(0.8), channel="chat", concurrency=3, patience_s=120))
    'Erlang A: mean patience 120 s; 3 chats an agent'
    """
    target = queue.target
    if queue.deferrable:
        return f"deadline: all work done within {target.awt_s / 3600:g} h of opening time"
    if queue.channel == "outbound":
        return "outbound: work over occupancy, nobody waits"
    text = (
        "Erlang C: nobody leaves" if math.isinf(queue.patience_s)
        else f"Erlang A: mean patience {queue.patience_s:g} s"
    )  # fmt: skip
    if queue.concurrency > 1:
        text += f"; {queue.concurrency} chats an agent"
    if queue.lines is not None:
        text += f"; {queue.lines} lines"
    if queue.chance is not None:
        text += f"; volume uncertain, target met with chance {queue.chance:g}"
    if queue.p_retry:
        text += f"; {queue.p_retry:.0%} of the lost try again"
    if queue.tiers:
        text += f"; priority {' before '.join(tier.name for tier in queue.tiers)}"
    if queue.arrivals != "stationary":
        text += {"lagged": "; contacts one handle time late",
                 "offered_load": "; load late and smoothed"}[queue.arrivals]  # fmt: skip
    if queue.call_back is not None:
        text += f"; call-back offered above {queue.call_back.threshold_s:g} s"
    if queue.reserve is not None:
        text += f"; {queue.reserve} kept idle, the others dial"
    return text


def _with_bands(
    frame: pd.DataFrame, scenario: Scenario, forecast: pd.DataFrame | None
) -> pd.DataFrame:
    """Return `frame` with the quantiles of volume, this centre's share, where a chance is asked."""
    names = {name for name in frame["queue"].unique() if scenario.queue(str(name)).chance}
    if not names:
        return frame
    if forecast is None:
        raise BadInput(
            f"requirement: queue {min(names)!r} asks for a chance; give explain the forecast, "
            "which has the quantiles"
        )
    bands = forecast.loc[forecast["queue"].isin(names), ["queue", "start", *frames.BANDS]]
    share = bands["queue"].map(lambda name: scenario.queue(str(name)).share).astype(float)
    scaled = {name: bands[name] * share for name in frames.BANDS}
    return frame.merge(bands.assign(**scaled), on=["queue", "start"], how="left")


def _explain(part: Part, rows: pd.DataFrame, kept: np.ndarray, scenario: Scenario) -> pd.DataFrame:
    hour, queue = part.interval_s / 3600, part.queue
    whole = rows["agents_rounded"].to_numpy(np.int64)
    if queue.deferrable:
        figures, less, more, extra = _email(part, rows, whole)
    else:
        if queue.arrivals == "stationary" and queue.call_back is None:
            part, rows, whole = _only(part, kept), rows[kept], whole[kept]
            kept = np.ones(len(rows), bool)
        if part.queue.chance is None:
            part = dataclasses.replace(part, bands=None)
        ((model, batch, _),) = batches([part])
        figures = model.predict(batch, whole)
        less, more = model.around(batch, whole)
        extra = _judged(model, batch, whole, (less, figures, more))
    scheduled = rows["scheduled"].to_numpy(np.int64)
    steps = {"less": gross_up(np.maximum(whole - 1, 0), queue.shrinkage),
             "more": gross_up(whole + 1, queue.shrinkage)}  # fmt: skip
    if queue.deferrable:  # scheduled and whole are rounded over stretches, not one by one
        steps = {"less": np.maximum(scheduled - 1, 0), "more": scheduled + 1}
    money = math.nan if queue.cost_per_hour is None else queue.cost_per_hour * hour
    busy, staffed = part.volume > 0, whole > 0
    if queue.deferrable or queue.call_back is not None:
        busy = busy | staffed
    asked = busy if part.bands is None else busy | (part.bands.max(axis=1) > 0)
    table = pd.DataFrame({
        "queue": queue.name,
        "start": rows["start"].to_numpy() if rows["start"].dt.tz is None else rows["start"].array,
        "volume": rows["volume"].to_numpy(float),
        "aht_s": rows["aht_s"].to_numpy(float),
        "load": part.volume * part.aht_s / part.interval_s,
        "model": model_text(queue),
        "agents": rows["agents"].to_numpy(float),
        "agents_rounded": whole,
        "occupancy": figures.occupancy,
        "binding": extra.pop("binding"),
        "p_answered_within": np.where(busy, figures.p_answered_within, math.nan),
        "asa_s": np.where(busy, figures.asa_s, math.nan),
        "p_abandon": np.where(busy, figures.p_abandon, math.nan),
        "shrinkage": queue.shrinkage,
        "scheduled": scheduled,
        "fte": scheduled * hour / scenario.full_time_week_h,
        "cost": scheduled * money,
        "p_answered_within_less": np.where(busy & staffed, less.p_answered_within, math.nan),
        "p_answered_within_more": np.where(busy, more.p_answered_within, math.nan),
        **{f"met{name}": extra.pop(f"met{name}") | ~asked for name in ("_less", "", "_more")},
        **{f"scheduled_{name}": step for name, step in steps.items()},
        **{f"cost_{name}": (step - scheduled) * money for name, step in steps.items()},
        **{name: extra.get(name, np.full(len(rows), math.nan)) for name in (
            "p_target_met_less", "p_target_met", "p_target_met_more", "expected_service_level")},
    })  # fmt: skip
    return table[kept]


def _judged(
    model: Model, batch: Batch, whole: np.ndarray, figures: tuple[Figures, Figures, Figures]
) -> dict[str, Any]:
    """Return which limits bind, where the target is met, and for a chance how likely."""
    less = np.maximum(whole - 1, 0)
    extra: dict[str, Any] = {}
    before = model.met(batch, less, figures[0])
    for name, staff, got in zip(
        ("met_less", "met", "met_more"), (less, whole, whole + 1), figures, strict=True
    ):
        limits = before if name == "met_less" else model.met(batch, staff, got)
        extra[name] = np.all([*limits.values()], axis=0)
    missed = np.array([~kept for kept in before.values()])
    names = np.array(list(before))
    extra["binding"] = [
        "" if staff == 0
        else "one agent is the least" if staff == 1
        else ", ".join(names[column])
        for staff, column in zip(whole, missed.T, strict=True)
    ]  # fmt: skip
    if isinstance(model, Uncertain):
        extra["p_target_met_less"] = model.p_target_met(batch, less)
        extra["p_target_met"] = model.p_target_met(batch, whole)
        extra["p_target_met_more"] = model.p_target_met(batch, whole + 1)
        extra["expected_service_level"] = model.expected(batch, whole)
    return extra


def _email(
    part: Part, rows: pd.DataFrame, whole: np.ndarray
) -> tuple[Figures, Figures, Figures, dict[str, Any]]:
    """Return what is done by its deadline; less is the worst share of the plan's work."""
    blank = Figures.blank(len(rows))
    on_time = np.nan_to_num(rows["p_answered_within"].to_numpy(float), nan=1.0)
    served = dataclasses.replace(
        blank, p_answered_within=on_time, occupancy=rows["occupancy"].to_numpy(float)
    )
    worst = deferrable.on_time_with_one_less(
        part.volume * part.aht_s / part.interval_s, _working(part), whole,
        awt_s=part.queue.target.awt_s, interval_s=part.interval_s, occupancy=_cap(part.queue),
    )  # fmt: skip
    less = dataclasses.replace(blank, p_answered_within=worst)
    met_less = ~(worst < 1)
    return served, less, served, {
        "met_less": met_less, "met": on_time >= 1, "met_more": on_time >= 1,
        "binding": np.where(whole > 0, "deadline", ""),
    }  # fmt: skip


def _only(part: Part, kept: np.ndarray) -> Part:
    bands = None if part.bands is None else part.bands[kept]
    return dataclasses.replace(
        part, start=part.start[kept], volume=part.volume[kept], aht_s=part.aht_s[kept], bands=bands
    )


def _working(part: Part) -> np.ndarray:
    hours = part.queue.hours
    return inside(pd.Series(part.start), hours) if hours else part.volume > 0


def _cap(queue: Queue) -> float:
    return 1.0 if queue.target.occupancy is None else queue.target.occupancy
