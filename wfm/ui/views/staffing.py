"""What does the staffing page show: people needed, service predicted, what-if before and after?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import pandas as pd

from wfm.scenario import Queue, Tier
from wfm.ui.i18n import duration, percent, t
from wfm.ui.views.axes import Span, placed
from wfm.why import sentences

_MET = 1e-9


def intervals(plan: Any, reached: pd.DataFrame, queue: str, span: Span) -> pd.DataFrame:
    """Return requirement and predicted service of one queue, placed on the axis of `span`."""
    need = plan.requirement[plan.requirement["queue"] == queue]
    got = reached[reached["queue"] == queue]
    got = got[["start", "volume", "target", "p_required", "p_rostered", "on_seat"]]
    both = need.drop(columns=["volume"], errors="ignore").merge(got, on="start", how="left")
    rows = placed(both, span, plan.scenario.interval_min)
    return in_use(rows, "agents_rounded", "volume", "on_seat")


def required(plan: Any, span: Span) -> pd.DataFrame:
    """Return people required on duty per interval, all queues together."""
    total = plan.requirement.groupby("start", as_index=False)["scheduled"].sum()
    return in_use(placed(total, span, plan.scenario.interval_min), "scheduled")


def in_use(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows of which any of `columns` is above zero: the rest is closed."""
    return frame[(frame[list(columns)].fillna(0) > 0).any(axis=1)].reset_index(drop=True)


@dataclass(frozen=True)
class Served:
    """Predicted service of a plan.

    Attributes
    ----------
    share : float
        Contacts expected to be served in time over all contacts, NaN without a roster.
    met, intervals : int
        Intervals with contacts that reach their target, and all of them.
    """

    share: float
    met: int
    intervals: int


def served(reached: pd.DataFrame, column: str = "p_rostered") -> Served:
    """Return what `reached` adds up to: contacts are summed first, then divided."""
    rows = reached[(reached["volume"] > 0) & reached[column].notna()]
    if rows.empty:
        return Served(math.nan, 0, 0)
    share = float((rows[column] * rows["volume"]).sum() / rows["volume"].sum())
    aimed = rows[rows["target"].notna()]
    met = int((aimed[column] >= aimed["target"] - _MET).sum())
    return Served(share, met, len(aimed))


def target_text(target: Any, channel: str, tiers: tuple[Tier, ...] = ()) -> str:
    """Return a target in words, for example ``80 % within 20 s (SL4)``; of each tier where any."""
    parts = []
    if channel == "email":
        parts.append(t("target.deadline", awt=duration(target.awt_s)))
    elif target.service_level is not None:
        parts.append(
            t(
                "target.service_level",
                share=percent(target.service_level),
                awt=duration(target.awt_s),
                rule=str(target.rule),
            )
        )
    for name in ("abandonment", "occupancy", "blocking"):
        value = getattr(target, name, None)
        if value is not None:
            parts.append(t(f"target.{name}", share=percent(value)))
    if target.asa_s is not None:
        parts.append(t("target.asa", asa=duration(target.asa_s)))
    parts += [f"{tier.name}: {target_text(tier.target, channel)}" for tier in tiers]
    return ", ".join(parts) or t("target.none")


def formula_text(queue: Any, patience_s: float | None = None) -> str:
    """Return which formula sizes `queue`, and why."""
    patience = queue.patience_s if patience_s is None else patience_s
    if queue.channel == "email":
        return t("formula.email", awt=duration(queue.target.awt_s))
    patient = not math.isfinite(patience)
    if queue.channel == "outbound":
        return t("formula.outbound")
    base = t("formula.c") if patient else t("formula.a", patience=duration(patience))
    if queue.channel == "chat":
        base = t("formula.chat", concurrency=queue.concurrency, base=base)
    return "; ".join([base, *(t(f"formula.with.{name}", value=v) for name, v in _beyond(queue))])


def busiest(frame: pd.DataFrame) -> int:
    """Return which row of `frame` needs most people on seat."""
    return int(frame["agents_rounded"].to_numpy().argmax())


def starts(frame: pd.DataFrame) -> list[pd.Timestamp]:
    """Return the starts of the intervals of `frame`."""
    return list(frame["start"])


def why(table: pd.DataFrame, currency: str) -> list[str]:
    """Return the sentences that explain the one interval in `table`."""
    return sentences(table.iloc[0].to_dict(), currency=currency, say=t)


def _beyond(queue: Queue) -> list[tuple[str, Any]]:
    """Return what `queue` asks for beyond one stationary queue, in words of the screen."""
    found: list[tuple[str, Any]] = []
    if queue.lines is not None:
        found.append(("lines", queue.lines))
    if queue.chance is not None:
        found.append(("chance", percent(queue.chance)))
    if queue.p_retry:
        found.append(("p_retry", percent(queue.p_retry)))
    if queue.tiers:
        found.append(("tiers", ", ".join(tier.name for tier in queue.tiers)))
    if queue.arrivals != "stationary":
        found.append(("arrivals", queue.arrivals.replace("_", " ")))
    if queue.call_back is not None:
        found.append(("call_back", duration(queue.call_back.threshold_s)))
    if queue.reserve is not None:
        found.append(("reserve", queue.reserve))
    return found
