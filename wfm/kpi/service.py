"""How well is the queue served: service level, abandonment, waits, blockage?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from wfm.kpi import summaries
from wfm.kpi.measure import (
    REQUIRED,
    Choice,
    Measure,
    Options,
    Rows,
    Summarise,
    column,
    linear,
    terms,
)
from wfm.kpi.simple import quotient

__all__ = ["MEASURES", "RULES"]

# Numerator and denominator of each service-level rule.
RULES = {
    "SL1": ("answered_in_awt + abandoned_in_awt", "answered + abandoned"),
    "SL2": ("answered_in_awt", "answered"),
    "SL3": ("answered_in_awt", "answered + abandoned"),
    "SL4": ("answered_in_awt", "answered + abandoned - abandoned_in_awt"),
    "SL5": ("answered_in_awt + abandoned_short", "answered + abandoned"),
    "SL6": ("answered_in_awt", "answered + abandoned - abandoned_short"),
}
RULE = (
    Choice("rule", "SL4", "which contacts count as served in time", tuple(RULES)),
    Choice("awt_s", 20.0, "acceptable waiting time the counts were made with, seconds"),
    Choice("short_s", 5.0, "abandoned before this is short, seconds"),
)
BAND = (
    Choice("low", REQUIRED, "lowest service level inside the band"),
    Choice("high", REQUIRED, "highest service level inside the band; above is over-service"),
    Choice("weight", "interval", "what each interval counts", ("interval", "offered")),
)


def _in_band(frame: pd.DataFrame, options: Options) -> Rows:
    """Intervals without a defined service level are left out of both sides."""
    top, bottom = RULES[options["rule"]]
    above, below = linear(frame, top), linear(frame, bottom)
    offered = linear(frame, "answered + abandoned")
    with np.errstate(invalid="ignore", divide="ignore"):
        level = above / below
    counted = (offered > 0) & (below > 0)
    weight = offered if options["weight"] == "offered" else np.ones(len(frame))
    inside = counted & (level >= options["low"]) & (level <= options["high"])
    return Rows(frame, weight * inside, weight * counted)


def _band_summary(options: Options) -> Summarise:
    # The contacts of one interval are in the band together: no independent trials.
    weighted = options["weight"] == "offered"
    return summaries.ratio(high=1.0) if weighted else summaries.share


def _band_needs(options: Options) -> tuple[str, ...]:
    top, bottom = RULES[options["rule"]]
    names = [name for _, name in terms(top) + terms(bottom)]
    return tuple(dict.fromkeys([*names, "answered", "abandoned"]))


def _waits(frame: pd.DataFrame, options: Options) -> Rows:
    return Rows(frame, column(frame, "wait_s"), np.ones(len(frame)))


def _longest(frame: pd.DataFrame, options: Options) -> Rows:
    return Rows(frame, column(frame, "longest_wait_s"), np.ones(len(frame)))


MEASURES = (
    quotient(
        "service_level", lambda o: RULES[o["rule"]][0], lambda o: RULES[o["rule"]][1], choices=RULE
    ),
    Measure("intervals_in_band", _in_band, summaries.chosen(_band_summary), _band_needs,
            (*BAND, *RULE)),
    quotient(
        "answer_rate",
        lambda o: "answered" if o["basis"] == "queue" else "ivr_served + answered",
        lambda o: "answered + abandoned" if o["basis"] == "queue" else "ivr_entered",
        choices=(Choice("basis", "queue", "with or without the IVR", ("queue", "ivr")),),
    ),
    quotient(
        "abandonment",
        lambda o: "abandoned" if o["short"] == "counted" else "abandoned - abandoned_short",
        lambda o: "answered + abandoned"
        if o["short"] == "counted"
        else "answered + abandoned - abandoned_short",
        choices=(
            Choice("short", "counted", "short abandonments", ("counted", "left_out")),
            Choice("short_s", 5.0, "abandoned before this is short, seconds"),
        ),
    ),
    quotient("asa_s", "wait_answered_s", "answered", summaries.ratio()),
    quotient("mean_time_to_abandon_s", "wait_abandoned_s", "abandoned", summaries.ratio()),
    quotient("patience_s", "wait_answered_s + wait_abandoned_s", "abandoned",
             summaries.mean_waiting),
    Measure("longest_wait_s", _longest, summaries.maximum, lambda o: ("longest_wait_s",)),
    Measure("wait_p90_s", _waits, summaries.quantile(0.9), lambda o: ("wait_s",)),
    quotient("blockage", "blocked", "attempts"),
    quotient("chat_concurrency", "chat_s", "chat_busy_s", summaries.ratio()),
)  # fmt: skip
