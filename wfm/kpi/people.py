"""Do people stay, come as they wished, and share the burden fairly?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.kpi import summaries
from wfm.kpi.measure import (
    Choice,
    Floats,
    Measure,
    Options,
    Rows,
    Summarise,
    Summary,
    column,
    times,
)
from wfm.kpi.simple import quotient

__all__ = ["MEASURES"]

_HIDE_BELOW = 5  # answers; fewer would tell who said what


def _leavers(frame: pd.DataFrame, options: Options) -> Rows:
    """Rows are months (or `months` long): a year's heads are the mean, so numerators x 12."""
    heads = column(frame, _heads(options))
    per_year = 12 / float(options["months"]) if options["annual"] else 1.0
    return Rows(frame, column(frame, "leavers"), heads / per_year)


def _heads(options: Options) -> str:
    return "headcount" if options["heads"] == "average" else "ever_employed"


def _overtime_rows(frame: pd.DataFrame, options: Options) -> Rows:
    below = column(frame, "paid_s") if options["per"] == "paid" else np.zeros(len(frame))
    return Rows(frame, column(frame, "overtime_s"), below)


def _overtime_summary(options: Options) -> Summarise:
    return summaries.ratio() if options["per"] == "paid" else summaries.total(1 / 3600)


def _granted(frame: pd.DataFrame, options: Options) -> Rows:
    if options["method"] == "survey":
        score = column(frame, "satisfaction", missing=True)
        given = ~np.isnan(score)
        return Rows(frame, np.where(given, score, 0.0), given.astype(np.float64))
    stated = frame["preference"].notna().to_numpy()
    met = stated & (frame["preference"] == frame["roster"]).to_numpy()
    return Rows(frame, met.astype(np.float64), stated.astype(np.float64))


def _granted_summary(options: Options) -> Summarise:
    return summaries.ratio() if options["method"] == "survey" else summaries.share


def _burden(frame: pd.DataFrame, options: Options) -> Rows:
    """One row an agent and day: 1 where the duty is a night, a weekend or a late finish."""
    start, end = times(frame, "start"), times(frame, "end")
    work = pd.DataFrame({"agent": frame["agent"], "day": start.dt.normalize()})
    if options["burden"] == "weekend":
        heavy = start.dt.day_of_week >= 5
    elif options["burden"] == "night":
        # A night touches 00:00-05:00: it ends after a midnight, or begins before 05:00.
        heavy = (start.dt.hour < 5) | (end > start.dt.normalize() + pd.DateOffset(days=1))
    else:
        late = start.dt.normalize() + pd.Timedelta(hours=float(options["late_h"]))
        heavy = end > late
    others = [name for name in frame.columns if name not in ("agent", "start", "end")]
    day = pd.concat([work, frame[others]], axis=1).assign(start=start, heavy=heavy.astype(float))
    first = dict.fromkeys([*others, "start"], "first")
    merged = day.groupby(["agent", "day"], sort=True).agg({**first, "heavy": "max"}).reset_index()
    return Rows(merged, merged["heavy"].to_numpy(np.float64), np.ones(len(merged)))


def _unfair(rows: Rows, level: float, options: Options) -> Summary:
    """Return Gini or coefficient of variation of heavy days per agent."""
    if not len(rows.frame):
        return summaries.one()
    if "contract" in rows.frame.columns and len(rows.frame["contract"].unique()) > 1:
        raise BadInput(
            "kpi roster_fairness: compare people of one contract; pass by=['contract'] or select "
            f"one of {sorted(map(str, rows.frame['contract'].unique()))}"
        )
    heavy = pd.Series(rows.numerator).groupby(rows.frame["agent"].to_numpy()).sum().to_numpy()
    people, whole = len(heavy), float(heavy.sum())
    if whole == 0:
        return summaries.one(numerator=0.0, denominator=0.0, n=people)
    if options["index"] == "gini":
        apart = float(_pair_gaps(np.sort(heavy)))
        top, bottom = apart / people, whole
    else:
        top, bottom = float(heavy.std()), whole / people
    return summaries.one(numerator=top, denominator=bottom, value=top / bottom, n=people)


def _pair_gaps(ordered: Floats) -> float:
    """Return the sum of |x_i - x_j| over all pairs."""
    n = len(ordered)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum())


def _enps(frame: pd.DataFrame, options: Options) -> Rows:
    return net_rows(frame, "enps")


def net_rows(frame: pd.DataFrame, name: str) -> Rows:
    """Return answers 0 to 10 as promoters less detractors, one row an answer."""
    score = column(frame, name, missing=True)
    wrong = ~np.isnan(score) & ((score > 10) | (score != np.floor(score)))
    if wrong.any():
        raise BadInput(
            f"kpi {name}: {int(wrong.sum())} answers are not whole numbers 0 to 10 (first: "
            f"{score[wrong][0]:g})"
        )
    up, down = (score >= 9).astype(np.float64), (score <= 6).astype(np.float64)
    return Rows(frame, up - down, (~np.isnan(score)).astype(np.float64), up)


MEASURES = (
    Measure("attrition_annual", _leavers, summaries.rate(), lambda o: ("leavers", _heads(o)), (
        Choice("heads", "average", "headcount, or all ever employed", ("average", "ever_employed")),
        Choice("months", 1.0, "months that one row covers"),
        Choice("annual", True, "a year's rate, or that of the rows' own length", (True, False)),
    )),
    quotient("cost_per_contact", "cost", lambda o: o["per"], summaries.ratio(), choices=(
        Choice("per", "handled", "contacts, or those resolved", ("handled", "resolved")),
    )),
    quotient("contact_rate", "offered", "customers", summaries.rate()),
    Measure("schedule_satisfaction", _granted, summaries.chosen(_granted_summary),
            lambda o: ("satisfaction",) if o["method"] == "survey" else ("preference", "roster"),
            (Choice("method", "granted", "granted share, or survey mean", ("granted", "survey")),)),
    Measure("roster_fairness", _burden, summaries.each(_unfair),
            lambda o: ("agent", "start", "end"), (
        Choice("burden", "night", "what is shared", ("night", "weekend", "late")),
        Choice("index", "gini", "Gini, or coefficient of variation", ("gini", "cv")),
        Choice("late_h", 20.0, "a duty that ends after this hour is late"),
    )),
    Measure("overtime_h", _overtime_rows, summaries.chosen(_overtime_summary),
            lambda o: ("overtime_s", "paid_s") if o["per"] == "paid" else ("overtime_s",), (
        Choice("per", "total", "hours in all, or a share of paid time", ("total", "paid")),
    )),
    Measure("enps", _enps, summaries.net(_HIDE_BELOW), lambda o: ("enps",)),
)  # fmt: skip
