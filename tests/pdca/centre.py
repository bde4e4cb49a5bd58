"""A generated centre of two teams whose share of answered contacts is improved, or is not."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from wfm import kpi, pdca
from wfm.kpi.targets import Facts, KpiTarget

BEGINS = dt.date(2026, 3, 4)
ANA, BEN = pdca.Actor("Ana", "lead"), pdca.Actor("Ben", "analyst")
BEFORE, AFTER = 16, 40


def at(day: str, hour: int = 9) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02d}:00:00+00:00")


def history(
    change: float = 0.0, *, seed: int = 0, after: int = AFTER, reversal: float = 0.0,
    falls_at: int = 12, slower_s: float = 0.0, before: int = BEFORE,
) -> pd.DataFrame:  # fmt: skip
    """Return days of the teams A (treated) and B; `reversal` undoes it from week `falls_at`."""
    rng = np.random.default_rng(seed)
    days = 7 * (before + after)
    start = pd.date_range(pd.Timestamp(BEGINS) - pd.Timedelta(weeks=before), periods=days)
    t = np.arange(days) - 7 * before
    shared = rng.normal(0, 0.01, days)
    parts = []
    for team in ("A", "B"):
        effect = np.where((team == "A") & (t >= 0), change, 0.0)
        effect -= np.where((team == "A") & (t >= 7 * falls_at), reversal, 0.0)
        offered = rng.poisson(np.where(start.day_of_week < 5, 320, 120))
        answered = rng.binomial(offered, 0.75 + shared + effect + 0.01 * (start.day_of_week < 5))
        mean_s = rng.normal(240, 3, days) + np.where((team == "A") & (t >= 0), slower_s, 0.0)
        parts.append(pd.DataFrame({
            "team": team, "start": (start + pd.Timedelta(hours=12)).tz_localize("UTC"),
            "answered": answered, "abandoned": offered - answered, "handled": answered,
            "talk_s": answered * mean_s, "hold_s": 0.0, "acw_s": answered * 30.0,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def target(baseline: float = 0.76, gain: float = 0.015, **changes) -> KpiTarget:
    fields = {
        "value": baseline + gain, "direction": "up", "definition": kpi.definition("answer_rate"),
        "baseline": baseline, "baseline_until": BEGINS - dt.timedelta(days=1),
        "deadline": BEGINS + dt.timedelta(weeks=40), "review_days": 7, "owner": "Ana",
        "source": "ACD", "role": "lead", "counter": "aht_s", "counter_margin": 8.0,
        "parent": "service", "signed": ("centre", "team"),
    } | changes  # fmt: skip
    return KpiTarget("answer_rate", **fields)


def proposal(expected: float = 0.80, **changes) -> pdca.Proposal:
    fields = {
        "target": target(), "expected": expected, "begins": BEGINS,
        "hypothesis": "breaks at calmer times leave fewer callers waiting",
        "actions": (pdca.Action("move breaks", "process", "Ana"),
                    pdca.Action("show the leads how", "training", "Eva")),
        "group": pdca.Group("team", ("A",), ("B",)),
        "counter_definition": kpi.definition("aht_s"),
        "doubts": tuple(pdca.Doubt(cause) for cause in pdca.Cause),
    } | changes  # fmt: skip
    return pdca.Proposal(**fields)


def past(actuals: pd.DataFrame) -> pd.DataFrame:
    return actuals[actuals["start"].dt.date < BEGINS]


def until(actuals: pd.DataFrame, weeks: int) -> pd.DataFrame:
    return actuals[actuals["start"].dt.date < BEGINS + dt.timedelta(weeks=weeks)]


def locked(actuals: pd.DataFrame, plan: pdca.Proposal | None = None) -> pdca.Cycle:
    """Return a cycle at Do on the past of `actuals`."""
    plan = plan or proposal()
    cycle = pdca.open_cycle("breaks", by=ANA, at=at("2026-03-01"))
    cycle = cycle.planned(plan, by=ANA, at=at("2026-03-01", 10))
    return cycle.locked(pdca.design(past(actuals), plan), by=ANA, at=at("2026-03-02"),
                        facts=Facts())  # fmt: skip


def signed(actuals: pd.DataFrame) -> pdca.Cycle:
    """Return a cycle at Act, checked on all of `actuals`."""
    cycle = locked(actuals)
    cycle = cycle.checked(cycle.check(actuals), by=ANA, at=at("2026-12-01"))
    return cycle.signed(by=BEN, at=at("2026-12-02"), goal_reached="yes", problems="none",
                        new_phenomena="none")  # fmt: skip
