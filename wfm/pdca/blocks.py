"""What stands in the four blocks of a Check report?"""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from wfm import confidence, kpi
from wfm.errors import BadInput
from wfm.evidence import charts
from wfm.kpi import catalogue
from wfm.kpi.measures import measure
from wfm.kpi.tree import Movement, Node, Tree, achievement, default_tree
from wfm.pdca.design import Design
from wfm.pdca.judged import Judged, judge
from wfm.pdca.records import Proposal
from wfm.pdca.report import AgainstTarget, Change, Curve, Line, Management, Overall
from wfm.pdca.series import Actuals, Weeks, table_of
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
    chosen, column = dict(proposal.companions), proposal.group.column
    for kind, candidates in KINDS.items():
        known = (k for k in candidates if k != proposal.target.key and _known(actuals, k, column))
        key = chosen.get(kind) or next(known, "")
        if not key:
            lines.append(Change(kind, "", text=f"no figures of {', '.join(candidates)} given"))
            continue
        try:
            asked = kpi.definition(key)
            same = next((j for j in (own, counter) if j and j.definition == asked), None)
            judged = same or judge(proposal, design, actuals, asked, window)
        except BadInput as error:
            lines.append(Change(kind, key, text=str(error)))
        else:
            lines.append(_change(kind, judged, window))
    if counter is not None:
        lines.append(_change("counter", counter, window))
    return tuple(lines)


def _known(actuals: Actuals, key: str, column: str) -> bool:
    try:
        definition = kpi.definition(key)
    except BadInput:
        return False
    frame = table_of(actuals, definition, column)
    how = measure(key)
    return frame is not None and {*how.needs(dict(definition.choices)), how.time} <= set(
        frame.columns
    )


def _change(kind: str, judged: Judged, window: int | None) -> Change:
    before = judged.treated.cut(-10_000, 0).pooled
    key = judged.definition.key
    if judged.effect is None or window is None:
        return Change(kind, key, _number(before), text=judged.text)
    got = judged.effect
    return Change(
        kind, key, _number(before), _number(judged.treated.cut(0, window).pooled), got.value,
        _number(got.lo), _number(got.hi),
    )  # fmt: skip


def management(given: Management, treated: Weeks, opened: dt.date) -> tuple[Line, ...]:
    """Block 3: return what planning itself took, and the days of the cycle."""
    through = treated.day(int(treated.number[-1]) + 1)
    return (
        Line("planning hours a week", given.planning_hours_before, given.planning_hours),
        Line("manual forecast overrides a week", given.overrides_before, given.overrides),
        Line("cycle days so far", None, float(max((through - opened).days, 0))),
    )


def overall(
    proposal: Proposal, reached: AgainstTarget, tree: Tree | None, moved: dict[str, Movement]
) -> Overall:
    """Block 4: return how far the weighted KPI tree has moved."""
    target = proposal.target
    whole = tree or default_tree()
    node = proposal.node or next((n.id for n in whole.nodes if n.kpi == target.key), "")
    if not node and not moved:
        # A KPI outside the tree is judged by itself.
        whole, node = Tree((Node("goal", "goal", "目标", kpi=target.key,
                                 level=_levels(target.key)),)), "goal"  # fmt: skip
    if node and reached.value is not None and reached.baseline is not None:
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
