"""What does the forecast page show: past, band, pattern, error, what was learned from?"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pandas as pd

from wfm.ui.i18n import day_text, number, percent, signed_percent, t, weekday
from wfm.ui.views.axes import Span, clock_labels, placed
from wfm.ui.views.names import shown_names
from wfm.ui.views.staffing import in_use

HISTORY_WEEKS = 6
PATTERN_WEEKS = 8
_BAND = ["p10", "p90"]


def daily(plan: Any, queue: str) -> pd.DataFrame:
    """Return a row a day: `kind` (history or forecast), `value`, and the band where forecast.

    The value is what was offered, or the expected contacts: those of intervals add up. The band
    adds up the intervals' P10 and P90, which is not the day's own P10 and P90.
    """
    tz = plan.scenario.timezone
    past = plan.history[plan.history["queue"] == queue]
    past = past.assign(day=past["start"].dt.tz_convert(tz).dt.date)
    future = plan.forecast[plan.forecast["queue"] == queue]
    future = future.assign(day=future["start"].dt.tz_convert(tz).dt.date)
    first = plan.summary.first_day - dt.timedelta(weeks=HISTORY_WEEKS)
    seen = past[past["day"] >= first].groupby("day")["offered"].sum()
    ahead = future[future["day"] <= plan.summary.last_day].groupby("day")[["volume", *_BAND]].sum()
    ahead = ahead[ahead["volume"] > 0]
    frame = pd.concat(
        [
            pd.DataFrame({"day": seen.index, "kind": "history", "value": seen.to_numpy()}),
            pd.DataFrame(
                {
                    "day": ahead.index,
                    "kind": "forecast",
                    "value": ahead["volume"].to_numpy(),
                    "p10": ahead["p10"].to_numpy(),
                    "p90": ahead["p90"].to_numpy(),
                }
            ),
        ],
        ignore_index=True,
    )
    frame["x"] = [(day - first).days for day in frame["day"]]
    frame["x2"] = frame["x"] + 1
    frame["when"] = [day_text(day) for day in frame["day"]]
    return frame.reindex(columns=["day", "kind", "value", *_BAND, "x", "x2", "when"])


def interval_band(plan: Any, queue: str, span: Span) -> pd.DataFrame:
    """Return the band per interval, with what came a week before and on average before that.

    `last_week` is the offered count of the latest week of history on the same weekday and clock
    time; `usual` the mean over the latest four such weeks.
    """
    part = plan.forecast[plan.forecast["queue"] == queue]
    frame = in_use(placed(part, span, plan.scenario.interval_min), "volume")
    past = _keyed(plan.history[plan.history["queue"] == queue], span.tz)
    recent = past.sort_values("start").groupby(["weekday", "clock"])["offered"]
    means = recent.apply(lambda values: values.tail(4).mean())
    last = recent.last()
    index = pd.MultiIndex.from_frame(_keyed(frame, span.tz)[["weekday", "clock"]])
    return frame.assign(
        last_week=last.reindex(index).to_numpy(), usual=means.reindex(index).to_numpy()
    )


def pattern(plan: Any, queue: str, source: str) -> pd.DataFrame:
    """Return the mean per weekday and clock time of the ``"history"`` or the ``"forecast"``."""
    tz = plan.scenario.timezone
    if source == "history":
        part = plan.history[plan.history["queue"] == queue].rename(columns={"offered": "value"})
        if not part.empty:
            part = part[part["start"] > part["start"].max() - pd.Timedelta(weeks=PATTERN_WEEKS)]
    else:
        part = plan.forecast[plan.forecast["queue"] == queue].rename(columns={"volume": "value"})
    keyed = _keyed(part, tz)
    mean = keyed.groupby(["weekday", "clock"], as_index=False)["value"].mean()
    mean["row"] = mean["weekday"].map({i: t(f"weekday.{i}") for i in range(7)})
    busy = mean.loc[mean["value"] > 0, "clock"]
    inside = mean["clock"].between(busy.min(), busy.max()) if len(busy) else mean["value"] > 0
    days = mean.groupby("row")["value"].transform("max") > 0
    return mean[inside & days].reset_index(drop=True)


def score_table(plan: Any) -> pd.DataFrame:
    """Return the backtest of each queue as texts, headed for people."""
    score = plan.score
    shown = shown_names(plan.scenario)
    naive = score["seasonal_naive"]
    gain = 1 - score["wape"] / naive.where(naive > 0)
    return pd.DataFrame(
        {
            t("score.queue"): [shown.get(name, name) for name in score["queue"]],
            t("score.wape"): [percent(v, 1) for v in score["wape"]],
            t("score.floor"): [percent(v, 1) for v in score["noise_floor"]],
            t("score.naive"): [percent(v, 1) for v in naive],
            t("score.gain"): [percent(v) for v in gain],
            t("score.bias"): [signed_percent(v) for v in score["bias"]],
            t("score.inside"): [percent(v) for v in score["coverage80"]],
            t("score.tested"): [
                t("score.span", first=str(first)[:10], last=str(last)[:10])
                if math.isfinite(wape)
                else number(None)
                for first, last, wape in zip(
                    score["first"], score["last"], score["wape"], strict=True
                )
            ],
        }
    )


def calendar(coverage: pd.DataFrame, queue: str) -> pd.DataFrame:
    """Return a row a day of the history with its `state` and place in a weekday x week grid.

    States: complete, zero (all its intervals are zeros), part (some missing), missing, closed.
    """
    part = coverage[coverage["queue"] == queue].copy()
    day = pd.to_datetime(part["day"])
    expected = part["open"] + part["missing"] + part["zero"]
    part["state"] = np.select(
        [
            expected == 0,
            part["missing"] == expected,
            part["missing"] > 0,
            (part["zero"] > 0) & (part["open"] == 0),
        ],
        ["closed", "missing", "part", "zero"],
        "complete",
    )
    part["week"] = (day - pd.to_timedelta(day.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d")
    part["row"] = [weekday(at) for at in day]
    part["when"] = [day_text(at.date()) for at in day]
    part["day"] = part["when"]
    return part.reset_index(drop=True)


def coverage_totals(coverage: pd.DataFrame, queue: str) -> dict[str, str]:
    """Return how many intervals of the history were open, zero, missing, closed, as texts."""
    part = coverage[coverage["queue"] == queue]
    return {name: number(part[name].sum()) for name in ("open", "zero", "missing", "closed")}


def _keyed(frame: pd.DataFrame, tz: str) -> pd.DataFrame:
    local = frame["start"].dt.tz_convert(tz)
    return frame.assign(weekday=local.dt.day_of_week.to_numpy(), clock=clock_labels(local))
