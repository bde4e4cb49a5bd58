"""Did people and forecast fit the need: over, under, WAPE, bias, bands?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import calendar, summaries
from wfm.kpi.measure import Choice, Floats, Measure, Options, Rows, RowsOf, Summarise, column, times

__all__ = ["MEASURES"]

AT = Choice(
    "at", "interval", "sums compared: interval, day, week or month of each queue",
    ("interval", "day", "week", "month"),
)  # fmt: skip


def _over_under(sign: int) -> RowsOf:
    """Return rows of max(sign (scheduled - required), 0); sign 0 gives both."""

    def rows(frame: pd.DataFrame, options: Options) -> Rows:
        gap = column(frame, "scheduled") - column(frame, "required")
        part = np.abs(gap) if sign == 0 else np.maximum(sign * gap, 0.0)
        return Rows(frame, part, column(frame, "required"))

    return rows


def _gap(frame: pd.DataFrame, options: Options) -> Rows:
    gap = column(frame, "scheduled") - column(frame, "required")
    if options["unit"] == "agent_h":
        return Rows(frame, gap * float(options["interval_s"]) / 3600, np.zeros(len(frame)))
    return Rows(frame, gap, np.ones(len(frame)))


def _gap_summary(options: Options) -> Summarise:
    return summaries.total() if options["unit"] == "agent_h" else summaries.ratio(low=-np.inf)


def _errors(*, signed: bool) -> RowsOf:
    def rows(frame: pd.DataFrame, options: Options) -> Rows:
        merged = _sums(frame, options["at"])
        off = merged["forecast_volume"].to_numpy() - merged["offered"].to_numpy()
        return Rows(merged, off if signed else np.abs(off), merged["offered"].to_numpy())

    return rows


def _sums(frame: pd.DataFrame, at: str) -> pd.DataFrame:
    """Return forecast and actual summed to `at`; other columns keep apart what they tell apart."""
    own = frame.assign(
        forecast_volume=column(frame, "forecast_volume"), offered=column(frame, "offered")
    )
    if at == "interval":
        return own
    if "start" not in frame.columns:
        raise BadInput(f"kpi: sums by {at} need the column 'start'")
    start = times(own, "start")
    own = own.assign(_sum=calendar.local(start, at))
    names = [n for n in ("queue", "channel", "site", "team", "tier") if n in own.columns]
    grouped = own.groupby(["_sum", *names], sort=True, dropna=False)
    merged = grouped.agg({"forecast_volume": "sum", "offered": "sum", "start": "min"})
    return merged.reset_index().drop(columns="_sum")


def _hits(frame: pd.DataFrame, options: Options) -> Rows:
    forecast, actual = column(frame, "forecast_volume"), column(frame, "offered")
    with np.errstate(divide="ignore"):
        noise = np.where(forecast > 0, float(options["noise_z"]) / np.sqrt(forecast), 0.0)
    room = np.maximum(float(options["delta"]), noise) * actual
    # An exact hit on the limit, such as 90 for 100 at 0.1, must not fail by rounding.
    hit = np.abs(forecast - actual) <= room * (1 + 1e-12)
    return Rows(frame, hit.astype(np.float64), np.ones(len(frame)))


def _aht_error(frame: pd.DataFrame, options: Options) -> Rows:
    weight = np.ones(len(frame)) if options["weight"] == "equal" else column(frame, "handled")
    used = weight > 0
    actual, expected = _where(frame, "aht_s", used), _where(frame, "forecast_aht_s", used)
    return Rows(frame, weight * (actual - expected), weight * expected)


def _where(frame: pd.DataFrame, name: str, used: np.ndarray) -> Floats:
    """Return a column whose values do not matter where nothing was handled."""
    own = column(frame[used], name)
    out = np.zeros(len(frame))
    out[used] = own
    return out


def _aht_needs(options: Options) -> tuple[str, ...]:
    extra = () if options["weight"] == "equal" else ("handled",)
    return ("aht_s", "forecast_aht_s", *extra)


def _covered(frame: pd.DataFrame, options: Options) -> Rows:
    actual = column(frame, "offered")
    inside = (actual >= column(frame, "lo")) & (actual <= column(frame, "hi"))
    return Rows(frame, inside.astype(np.float64), np.ones(len(frame)))


def _staff(options: Options) -> tuple[str, ...]:
    return ("scheduled", "required")


def _volumes(options: Options) -> tuple[str, ...]:
    return ("forecast_volume", "offered")


MEASURES = (
    Measure("schedule_efficiency", _over_under(0),
            summaries.ratio(low=-np.inf, turn=lambda x: 1 - x), _staff),
    Measure("overstaffing", _over_under(1), summaries.ratio(), _staff),
    Measure("understaffing", _over_under(-1), summaries.ratio(), _staff),
    Measure("staffing_gap", _gap, summaries.chosen(_gap_summary), _staff, (
        Choice("unit", "agents", "mean agents of the intervals, or agent-hours in all",
               ("agents", "agent_h")),
        Choice("interval_s", 1800.0, "length of an interval, seconds"),
    )),
    Measure("wape", _errors(signed=False), summaries.ratio(), _volumes, (AT,)),
    Measure("forecast_bias", _errors(signed=True), summaries.ratio(low=-np.inf), _volumes, (AT,)),
    Measure("interval_hit_rate", _hits, summaries.share, _volumes, (
        Choice("delta", 0.10, "share of the actual volume that is a hit"),
        Choice("noise_z", 0.0, "widens delta to noise_z / sqrt(forecast) for small queues"),
    )),
    Measure("aht_forecast_error", _aht_error, summaries.ratio(low=-np.inf), _aht_needs, (
        Choice("weight", "handled", "what an interval counts", ("handled", "equal")),
    )),
    Measure("band_coverage", _covered, summaries.share, lambda o: ("offered", "lo", "hi")),
)  # fmt: skip
