"""How will the rest of a plan's running day go, and is anything unusual about it?"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

import forecasts
from forecasts import campaigns as known_campaigns
from forecasts import dispersion, monitor, spread
from wfm.errors import BadInput
from wfm.plan import Plan
from wfm.timegrid import local_moment


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
        As `forecasts.monitor.watch` returns them, signals of one deviation joined.
    notes : tuple of str
        What was read.
    """

    at: pd.Timestamp
    frame: pd.DataFrame
    days: pd.DataFrame
    signals: pd.DataFrame
    notes: tuple[str, ...]


def so_far(
    plan: Plan,
    offered: pd.DataFrame,
    *,
    at: str | None,
    now: dt.datetime | None = None,
    notes: Iterable[str] = (),
) -> Today:
    """Return the running day of `plan` from the contacts `offered` up to `at`.

    Parameters
    ----------
    offered : DataFrame
        queue, start, offered.
    at : str or None
        The time of the reforecast, local where it has no offset; a time of day alone is of the
        last day that has actuals. If absent the end of the last actual, or `now` where that is
        earlier on its day: some exports fill the day with zeros.
    now : datetime, optional
        The time on the clock.
    notes : iterable of str
        What was read.

    Raises
    ------
    BadInput
        The day is not planned, or a table cannot be used.
    """
    step = pd.Timedelta(minutes=plan.scenario.interval_min)
    planned_queues = set(plan.forecast["queue"])
    strange = sorted(set(offered["queue"]) - planned_queues)
    if strange and not set(offered["queue"]) & planned_queues:
        raise BadInput(
            f"actuals: no queue of the plan is in them; they have {', '.join(map(repr, strange))}, "
            f"the plan {', '.join(map(repr, sorted(planned_queues)))} - is a queue column missing?"
        )
    moment = (
        _newest(offered, step, now)
        if at is None
        else local_moment(_dated(at, offered), plan.scenario.timezone, name="--at")
    )
    known = offered[offered["start"] + step <= moment]
    # Actuals up to midnight are about the day that is over.
    day = moment.date() if at is not None else offered["start"].max().date()
    planned_days = plan.forecast["start"].dt.date
    if not (planned_days == day).any():
        raise BadInput(
            f"actuals: {moment:%Y-%m-%d %H:%M} lies on no day of the forecast, which is of "
            f"{planned_days.min()} to {planned_days.max()}; give the contacts of one of these "
            "days, or the plan of that day"
        )
    made = forecasts.reforecast(plan.forecast, known, at=moment, day=day)
    key = ["queue", "start"]
    frame = made.frame.merge(
        plan.forecast[[*key, "volume"]].rename(columns={"volume": "planned"}), on=key, how="left"
    ).merge(known[[*key, "offered"]], on=key, how="left")
    of_day = frame[frame["status"] != "later"]
    planned = of_day.groupby("queue")["planned"].sum()
    told = (*notes, *_gaps(made.days), *_late(offered, known, moment))
    if strange:
        told += (f"actuals: left out queues the plan does not have: {', '.join(strange)}",)
    return Today(
        at=moment, frame=frame, days=made.days.assign(planned=made.days["queue"].map(planned)),
        signals=_signals(plan, known, of_day), notes=told,
    )  # fmt: skip


def _dated(at: str, offered: pd.DataFrame) -> str:
    if not re.fullmatch(r"\s*\d{1,2}:\d{2}\s*", at):
        return at
    return f"{offered['start'].max():%Y-%m-%d} {at.strip()}"


def _newest(offered: pd.DataFrame, step: pd.Timedelta, now: dt.datetime | None) -> pd.Timestamp:
    last = offered["start"].max() + step
    if now is not None:
        moment = pd.Timestamp(now).tz_convert(last.tz)
        if offered["start"].max().normalize() == moment.normalize():
            return min(last, moment)
    return last


def _gaps(days: pd.DataFrame) -> tuple[str, ...]:
    return tuple(
        f"actuals: queue {row['queue']!r} has intervals that are over and have no usable count; "
        f"{row['masked']:,.0f} contacts probably came in them. Export them too if they are there"
        for row in days.to_dict("records")
        if row["masked"] >= 1
    )


def _late(offered: pd.DataFrame, known: pd.DataFrame, moment: pd.Timestamp) -> tuple[str, ...]:
    left = len(offered) - len(known)
    if not left:
        return ()
    return (f"actuals: {left} rows were not over at {moment:%Y-%m-%d %H:%M} and are left out",)


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
    found = monitor.watch(
        today, known, parts=parts, register=known_campaigns.as_events(plan.campaigns)
    )
    return _joined(found, pd.Timedelta(minutes=plan.scenario.interval_min))


def _joined(signals: pd.DataFrame, step: pd.Timedelta) -> pd.DataFrame:
    """Join signals that follow each other: the sum begins anew, the deviation goes on."""
    kept: list[dict[Any, Any]] = []
    newest: dict[tuple[Any, Any], dict[Any, Any]] = {}
    for row in signals.to_dict("records"):
        before = newest.get((row["queue"], row["direction"]))
        if before is not None and row["start"] <= before["signal"] + step:
            before["signal"] = row["signal"]
            before["contacts"] += row["contacts"]
            before["intervals"] += row["intervals"]
            before["event"] = before["event"] or row["event"]
            continue
        newest[row["queue"], row["direction"]] = row
        kept.append(row)
    return pd.DataFrame(kept, columns=signals.columns).astype(signals.dtypes)
