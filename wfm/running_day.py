"""How will the rest of a plan's running day go, and is anything unusual about it?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

import forecasts
from forecasts import campaigns as known_campaigns
from forecasts import dispersion, monitor, spread
from wfm import expected
from wfm.plan import Plan


@dataclass(frozen=True)
class Today:
    """A running day after some of it is known.

    Attributes
    ----------
    at : Timestamp
    frame : DataFrame
        Table ``forecast`` with the day updated, `status` as in `forecasts.Reforecast`, `planned`
        (contacts expected before) and `offered` (NaN where nothing came in yet).
    days : DataFrame
        As in `forecasts.Reforecast`, with `planned`: the day's contacts as forecast.
    signals : DataFrame
        As `forecasts.monitor.watch` returns them.
    notes : tuple of str
        What was read.
    """

    at: pd.Timestamp
    frame: pd.DataFrame
    days: pd.DataFrame
    signals: pd.DataFrame
    notes: tuple[str, ...]


def so_far(
    plan: Plan, offered: pd.DataFrame, *, at: str | None, notes: Iterable[str] = ()
) -> Today:
    """Return the running day of `plan` from the contacts `offered` up to `at`.

    Parameters
    ----------
    offered : DataFrame
        queue, start, offered.
    at : str or None
        The time now, local where it has no offset; the end of the last actual if absent.
    notes : iterable of str
        What was read.

    Raises
    ------
    BadInput
        The day is not planned, or a table cannot be used.
    """
    step = pd.Timedelta(minutes=plan.scenario.interval_min)
    strange = sorted(set(offered["queue"]) - set(plan.forecast["queue"]))
    moment = (
        offered["start"].max() + step
        if at is None
        else expected.local_moment(at, plan.scenario.timezone, option="--at")
    )
    known = offered[offered["start"] + step <= moment]
    made = forecasts.reforecast(plan.forecast, known, at=moment)
    key = ["queue", "start"]
    frame = made.frame.merge(
        plan.forecast[[*key, "volume"]].rename(columns={"volume": "planned"}), on=key, how="left"
    ).merge(known[[*key, "offered"]], on=key, how="left")
    of_day = frame[frame["status"] != "later"]
    planned = of_day.groupby("queue")["planned"].sum()
    told = tuple(notes)
    if strange:
        told += (f"actuals: left out queues the plan does not have: {', '.join(strange)}",)
    return Today(
        at=moment, frame=frame, days=made.days.assign(planned=made.days["queue"].map(planned)),
        signals=_signals(plan, known, of_day), notes=told,
    )  # fmt: skip


def _signals(plan: Plan, known: pd.DataFrame, of_day: pd.DataFrame) -> pd.DataFrame:
    """Watch the day so far, each queue as unsure as its own bands say."""
    today = plan.forecast.merge(of_day[["queue", "start"]], on=["queue", "start"])
    implied = spread.implied(today)
    parts = {}
    for queue, rows in today.groupby("queue", sort=False).indices.items():
        weights = today["volume"].to_numpy()[rows]
        total = float(weights.sum())
        shown = float(implied[rows] @ weights) / total if total > 0 else 0.0
        parts[queue] = dispersion.assumed(shown)
    return monitor.watch(
        today, known, parts=parts, register=known_campaigns.as_events(plan.campaigns)
    )
