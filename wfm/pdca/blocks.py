"""What stands in the four blocks of a Check report?"""

from __future__ import annotations

import math

import numpy as np

from wfm import confidence
from wfm.evidence import charts
from wfm.kpi import catalogue
from wfm.kpi.tree import Movement, Node, Tree, achievement
from wfm.pdca.design import Design
from wfm.pdca.judged import Judged
from wfm.pdca.records import Proposal
from wfm.pdca.report import AgainstTarget, Change, Curve, Overall
from wfm.pdca.series import Actuals
from wfm.pdca.testing import level

__all__ = ["against", "changes", "curves", "management", "overall"]

KINDS = {
    "time": ("asa_s", "aht_s"),
    "cost": ("cost_per_contact", "occupancy"),
    "quality": ("fcr", "csat", "qa_score", "abandonment"),
}


def against(proposal: Proposal, own: Judged, window: int, harmonics: int) -> AgainstTarget:
    """Block 1: return actual against target, with limits."""
    target = proposal.target
    assert target.value is not None
    after = own.treated.cut(0, window)
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    season = 0.0
    if len(after.number) >= 2 and (after.below > 0).all():
        got = level(own.treated, window, harmonics)
        value, lo, hi, season = got.value, got.lo, got.hi, got.season
        if after.share:
            own_limits = confidence.wilson(float(after.above.sum()), float(after.below.sum()))
            lo, hi = min(lo, float(own_limits.lo)), max(hi, float(own_limits.hi))
    return AgainstTarget(
        target.key, str(own.definition), target.direction, _number(target.baseline), target.value,
        value, lo, hi, float(after.below.sum()), season,
    )  # fmt: skip


def changes(
    proposal: Proposal, design: Design, actuals: Actuals, *, own: Judged,
    counter: Judged | None, window: int | None,
) -> tuple[Change, ...]:  # fmt: skip
    """Block 2: return the effects on the KPI itself, on time, cost, quality and the guard."""
    lines = [_change("goal", own, window)]
    chosen = dict(proposal.companions)
    for kind, candidates in KINDS.items():
        column = proposal.group.column
        known = (k for k in candidates if _known(actuals, k, column))
        key = chosen.get(kind) or next(known, "")
    if not node:
        # A KPI outside the tree is judged by itself.
        whole, node = Tree((Node("goal", "goal", "目标", kpi=target.key,
                                 level=_levels(target.key)),)), "goal"  # fmt: skip
        moved = {}
    if reached.value is not None and reached.baseline is not None:
        moved.setdefault(node, Movement(reached.baseline, reached.target, reached.value))
    if not moved:
        return Overall(None, 0.0)
    scores = achievement(whole, moved)
    root = next(item for item in scores if item.id == whole.root.id)
    known = tuple((item.id, item.score) for item in scores if item.id in moved)
    return Overall(_number(root.score), root.known, known)


def _levels(key: str) -> str:
    return catalogue.find(key).levels[-1]


def curves(own: Judged, counter: Judged | None, window: int) -> tuple[Curve, ...]:
    """Return the weeks of the KPI and its counter-metric, with limits of the time before."""
    out = []
    for judged in (own, counter):
        if judged is None or (judged is counter and judged.text and judged.effect is None):
            continue
        treated = judged.treated
        base = treated.value[treated.number < 0]
        base = base[~np.isnan(base)]
        chart = charts.xmr(base) if len(base) >= 2 else None
        other = judged.comparison
        out.append(
            Curve(
                key=judged.definition.key,
                starts=tuple(treated.day(int(w)) for w in treated.number),
                values=tuple(_number(float(v)) for v in treated.value),
                comparison=() if other is None else tuple(_number(float(v)) for v in other.value),
                centre=None if chart is None else chart.centre,
                lower=None if chart is None else float(chart.lower[0]),
                upper=None if chart is None else float(chart.upper[0]),
                begins=treated.begins,
                window=window,
            )
        )
    return tuple(out)


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
