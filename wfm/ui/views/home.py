"""What does the home page show: the queues side by side, and what needs attention?"""

from __future__ import annotations

from typing import Any

import pandas as pd

from wfm.ui.i18n import number, percent, signed_percent, t, time_text
from wfm.ui.views.names import shown_name, shown_names
from wfm.ui.views.staffing import served, target_text


def queue_table(plan: Any, reached: pd.DataFrame) -> pd.DataFrame:
    """Return a row a queue: target, predicted service, people at peak, hours, shortage."""
    hours = plan.scenario.interval_min / 60
    rows = []
    for queue in plan.scenario.queues:
        need = plan.requirement[plan.requirement["queue"] == queue.name]
        got = served(reached[reached["queue"] == queue.name])
        row = {
            t("queues.queue"): shown_name(queue),
            t("queues.channel"): t(f"channel.{queue.channel}"),
            t("queues.target"): target_text(queue.target, queue.channel, queue.tiers),
            t("queues.served"): percent(got.share, 1),
            t("queues.met"): _of(got.met, got.intervals),
            t("queues.peak"): number(need["agents_rounded"].max() if len(need) else 0),
            t("queues.required_h"): number(need["scheduled"].sum() * hours),
        }
        if plan.roster is not None:
            cover = plan.roster.coverage
            cover = cover[cover["queue"] == queue.name]
            row[t("queues.short_h")] = number(cover["unmet"].sum() * hours, 1)
            row[t("queues.over_h")] = number(cover["over"].sum() * hours, 1)
        rows.append(row)
    return pd.DataFrame(rows)


def attention(plan: Any, coverage: pd.DataFrame) -> list[str]:
    """Return plain sentences about what a planner should look at first; none is a good sign."""
    notes, shown = [], shown_names(plan.scenario)
    if plan.roster is None:
        notes.append(t("attention.no_roster"))
    elif len(plan.roster.unmet):
        worst = plan.roster.unmet.loc[plan.roster.unmet["unmet"].idxmax()]
        at = worst["start"].tz_convert(plan.scenario.timezone)
        notes.append(
            t(
                "attention.short",
                intervals=number(len(plan.roster.unmet)),
                queue=shown[worst["queue"]],
                when=time_text(at),
                short=number(worst["unmet"], 1),
            )
        )
    if plan.violations:
        notes.append(t("attention.violations", count=len(plan.violations)))
    missing = int(coverage["missing"].sum())
    if missing:
        days = int((coverage["missing"] > 0).sum())
        notes.append(t("attention.missing", intervals=number(missing), days=number(days)))
    worse = plan.score[plan.score["wape"] > plan.score["seasonal_naive"]]
    notes.extend(
        t(
            "attention.naive",
            queue=shown.get(row.queue, row.queue),
            wape=percent(row.wape, 1),
            naive=percent(row.seasonal_naive, 1),
        )
        for row in worse.itertuples()
    )
    biased = plan.score[plan.score["bias"].abs() > plan.score["wape"] / 2]
    notes.extend(
        t("attention.bias", queue=shown.get(row.queue, row.queue), bias=signed_percent(row.bias))
        for row in biased.itertuples()
    )
    return notes


def _of(met: int, intervals: int) -> str:
    return t("queues.of", met=met, intervals=intervals) if intervals else number(None)
