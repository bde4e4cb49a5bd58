"""How does a Check report come out of the actuals, the locked plan and nothing else?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wfm import confidence, kpi
from wfm.errors import BadInput
from wfm.evidence import charts
from wfm.evidence.interrupted import Effect
from wfm.kpi.definitions import Definition
from wfm.kpi.tree import Movement, Node, Tree, achievement, default_tree
from wfm.pdca.design import Design, series_of
from wfm.pdca.records import Proposal
from wfm.pdca.report import (
    AgainstTarget,
    Change,
    Curve,
    Line,
    Management,
    Overall,
    Report,
    Result,
)
from wfm.pdca.series import Actuals, Weeks, table_of
from wfm.pdca.testing import calm, level, opposite, test, tested_series
from wfm.pdca.verdict import FAILS, HOLDS, OPEN, Rule, decide

__all__ = ["run"]

KINDS = {
    "time": ("asa_s", "aht_s"),
    "cost": ("cost_per_contact", "occupancy"),
    "quality": ("fcr", "csat", "qa_score", "abandonment"),
}


@dataclass(frozen=True, eq=False)
class _Judged:
    """One KPI with its groups and, once the window is full, its effect."""

    definition: Definition
    treated: Weeks
    comparison: Weeks | None
    effect: Effect | None
    text: str = ""


def run(
    proposal: Proposal,
    design: Design,
    actuals: Actuals,
    *,
    opened: dt.date,
    management: Management | None = None,
    tree: Tree | None = None,
    moved: Mapping[str, Movement] | None = None,
) -> Report:
    """Return the report of a locked plan on actuals that reach from its baseline to now.

    The window is fixed by weeks and contacts alone: the shortest, not below `design.weeks`, that
    holds `design.needed_n` contacts a group. Looking again later judges the same weeks.
    """
    target = proposal.target
    assert target.definition is not None
    assert target.value is not None
    treated, comparison = series_of(actuals, proposal, target.definition)
    window, n, full = _window(design, treated, comparison)
    own = _judge(proposal, design, actuals, target.definition, window if full else None)
    counter = None
    if target.counter is not None and proposal.counter_definition is not None:
        try:
            counter = _judge(
                proposal, design, actuals, proposal.counter_definition, window if full else None
            )
        except BadInput as error:
            counter = _Judged(proposal.counter_definition, treated, None, None, str(error))
    reached = _against(proposal, own, window)
    later, signals = _later(proposal, design, treated, comparison, window)
    rules = (
        _rule1(proposal, design, treated, comparison),
        _rule2(design, window, n, full=full, own=own, counter=counter),
        _rule3(proposal, own),
        _rule4(proposal, reached, full=full),
        _rule5(proposal, counter),
        _rule6(design, later, signals, treated, full=full),
    )
    verdict = decide(rules)
    return Report(
        verdict=verdict, rules=rules, method=design.method, window_weeks=window,
        needed_weeks=design.weeks, n=n, needed_n=design.needed_n,
        through=treated.day(int(treated.number[-1]) + 1) - dt.timedelta(days=1),
        against_target=reached,
        result=Result(rules[3].state == HOLDS, _changes(proposal, design, actuals, own, counter,
                                                        window if full else None)),
        management=_management(management or Management(), treated, opened),
        overall=_overall(proposal, reached, tree, dict(moved or {})),
        curves=_curves(own, counter, window),
        opposite_at=treated.day(signals[0]) if signals else None,
        notes=design.notes,
    )  # fmt: skip


def _window(design: Design, treated: Weeks, comparison: Weeks | None) -> tuple[int, float, bool]:
    """Return the weeks to judge, the contacts of the smaller group in them, and if both suffice."""
    groups = [treated] if comparison is None else [treated, comparison]
    ready = max(0, min(int(group.number[-1]) + 1 for group in groups))
    most = 0.0
    for weeks in range(1, ready + 1):
        most = min(float(group.cut(0, weeks).below.sum()) for group in groups)
        if weeks >= design.weeks and most >= design.needed_n:
            return weeks, most, True
    return ready, most, False


def _judge(
    proposal: Proposal,
    design: Design,
    actuals: Actuals,
    definition: Definition,
    window: int | None,
) -> _Judged:
    treated, comparison = series_of(actuals, proposal, definition)
    if window is None:
        text = "not tested before the locked weeks and contacts are reached"
        return _Judged(definition, treated, comparison, None, text)
    first = max(int(treated.number[0]), -design.baseline_weeks)
    base = treated.cut(first, 10_000)
    other = None if comparison is None else comparison.cut(first, 10_000)
    got = test(design.method, base, other, design.harmonics, window)
    return _Judged(definition, treated, comparison, got)


def _rule1(proposal: Proposal, design: Design, treated: Weeks, comparison: Weeks | None) -> Rule:
    first = -design.baseline_weeks
    before = treated.cut(first, 0)
    if len(before.number) < design.baseline_weeks:
        return Rule(1, FAILS, f"the actuals hold {len(before.number)} of {design.baseline_weeks} "
                              "weeks of the baseline; give them all")  # fmt: skip
    other = None if comparison is None else comparison.cut(first, 0)
    quiet = calm(design.method, before, other, design.harmonics)
    if quiet.stable:
        return Rule(1, HOLDS, f"baseline of {design.baseline_weeks} weeks is stable")
    seen = "; ".join(quiet.signals)
    if proposal.instability.strip():
        return Rule(1, HOLDS, f"baseline not calm ({seen}), explained at Plan: "
                              f"{proposal.instability}")  # fmt: skip
    return Rule(1, FAILS, f"baseline not stable: {seen}")


def _rule2(
    design: Design, window: int, n: float, *, full: bool, own: _Judged, counter: _Judged | None
) -> Rule:
    text = (
        f"{n:,.0f} contacts a group in {window} weeks; needed {design.needed_n:,} in at least "
        f"{design.weeks}"
    )
    if full and counter is not None and counter.effect is None:
        return Rule(2, FAILS, f"{text}; the counter-metric is not measured: {counter.text}")
    return Rule(2, HOLDS if full else FAILS, text)


def _rule3(proposal: Proposal, own: _Judged) -> Rule:
    got = own.effect
    if got is None:
        return Rule(3, OPEN, own.text)
    text = f"effect {got.value:+.4g}, 95 % limits {got.lo:+.4g} to {got.hi:+.4g}"
    if not got.clear:
        return Rule(3, OPEN, f"{text}: they contain 0")
    good = proposal.sign * got.value > 0
    return Rule(3, HOLDS if good else FAILS, f"{text}: {'better' if good else 'worse'}")


def _rule4(proposal: Proposal, reached: AgainstTarget, *, full: bool) -> Rule:
    if not full or reached.lo is None or reached.hi is None:
        return Rule(4, OPEN, "not judged before the locked weeks and contacts are reached")
    worse = reached.lo if proposal.sign > 0 else reached.hi
    beyond = proposal.sign * (worse - reached.target) >= 0
    text = f"worse limit {worse:.4g}, target {reached.target:.4g}"
    return Rule(4, HOLDS if beyond else OPEN, text if beyond else f"{text}: not yet beyond it")


def _rule5(proposal: Proposal, counter: _Judged | None) -> Rule:
    name, margin = proposal.target.counter, proposal.target.counter_margin
    if counter is None or margin is None:
        return Rule(5, OPEN, "no counter-metric was agreed")
    if counter.effect is None:
        return Rule(5, OPEN, counter.text)
    sign = _counter_sign(proposal)
    worse = counter.effect.lo if sign > 0 else counter.effect.hi
    loss = max(0.0, -sign * worse)
    inside = loss <= margin
    text = f"{name}: could be worse by {loss:.4g}, margin {margin:.4g}"
    return Rule(5, HOLDS if inside else FAILS, text if inside else f"{text}: not shown to be safe")


def _rule6(design: Design, later: int, signals: list[int], treated: Weeks, *, full: bool) -> Rule:
    if not full:
        return Rule(6, OPEN, f"the {design.sustain_weeks} weeks after the window have not begun")
    if signals:
        return Rule(6, FAILS, f"opposite signal in the week of {treated.day(signals[0])}")
    if later < design.sustain_weeks:
        return Rule(6, OPEN, f"{later} of {design.sustain_weeks} weeks after the window are known")
    return Rule(6, HOLDS, f"no opposite signal in {design.sustain_weeks} weeks")


def _later(
    proposal: Proposal, design: Design, treated: Weeks, comparison: Weeks | None, window: int
) -> tuple[int, list[int]]:
    """Return how many of the weeks after the window are known, and which hold a bad signal."""
    number, values = tested_series(design.method, treated, comparison, design.harmonics)
    last = window + design.sustain_weeks
    on = (number >= -design.baseline_weeks) & (number < last)
    found = opposite(values[on], number[on], weeks=window, sign=proposal.sign)
    return int(((number >= window) & (number < last)).sum()), found


def _counter_sign(proposal: Proposal) -> float:
    from wfm.kpi import catalogue

    direction = catalogue.find(str(proposal.target.counter)).direction
    return -1.0 if direction == "down" else 1.0


def _against(proposal: Proposal, own: _Judged, window: int) -> AgainstTarget:
    target = proposal.target
    assert target.value is not None
    after = own.treated.cut(0, window)
    value: float | None = None
    lo: float | None = None
    hi: float | None = None
    if len(after.number) >= 2 and (after.below > 0).all():
        value, lo, hi = level(after)
        if after.share:
            own_limits = confidence.wilson(float(after.above.sum()), float(after.below.sum()))
            lo, hi = min(lo, float(own_limits.lo)), max(hi, float(own_limits.hi))
    return AgainstTarget(
        target.key, str(own.definition), target.direction, _number(target.baseline), target.value,
        value, lo, hi, float(after.below.sum()),
    )  # fmt: skip


def _changes(
    proposal: Proposal, design: Design, actuals: Actuals, own: _Judged, counter: _Judged | None,
    window: int | None,
) -> tuple[Change, ...]:  # fmt: skip
    lines = [_change("goal", own, window)]
    chosen = dict(proposal.companions)
    for kind, candidates in KINDS.items():
        key = chosen.get(kind) or next((k for k in candidates if _known(actuals, k)), "")
        if not key:
            lines.append(Change(kind, "", text=f"no figures of {', '.join(candidates)} given"))
            continue
        try:
            judged = _judge(proposal, design, actuals, kpi.definition(key), window)
        except BadInput as error:
            lines.append(Change(kind, key, text=str(error)))
        else:
            lines.append(_change(kind, judged, window))
    if counter is not None:
        lines.append(_change("counter", counter, window))
    return tuple(lines)


def _known(actuals: Actuals, key: str) -> bool:
    from wfm.kpi.measures import measure

    frame = table_of(actuals, key)
    if frame is None:
        return False
    try:
        options = dict(kpi.definition(key).choices)
    except BadInput:
        return False
    return {*measure(key).needs(options), measure(key).time} <= set(frame.columns)


def _change(kind: str, judged: _Judged, window: int | None) -> Change:
    before = judged.treated.cut(-10_000, 0).pooled
    key = judged.definition.key
    if judged.effect is None or window is None:
        return Change(kind, key, _number(before), text=judged.text)
    got = judged.effect
    return Change(
        kind, key, _number(before), _number(judged.treated.cut(0, window).pooled), got.value,
        _number(got.lo), _number(got.hi),
    )  # fmt: skip


def _management(given: Management, treated: Weeks, opened: dt.date) -> tuple[Line, ...]:
    through = treated.day(int(treated.number[-1]) + 1)
    return (
        Line("planning hours a week", given.planning_hours_before, given.planning_hours),
        Line("manual forecast overrides a week", given.overrides_before, given.overrides),
        Line("cycle days so far", None, float(max((through - opened).days, 0))),
    )


def _overall(
    proposal: Proposal, reached: AgainstTarget, tree: Tree | None, moved: dict[str, Movement]
) -> Overall:
    target = proposal.target
    whole = tree or default_tree()
    node = proposal.node or next((n.id for n in whole.nodes if n.kpi == target.key), "")
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
    from wfm.kpi import catalogue

    return catalogue.find(key).levels[-1]


def _curves(own: _Judged, counter: _Judged | None, window: int) -> tuple[Curve, ...]:
    out = []
    for judged in (own, counter):
        if judged is None or (judged is counter and judged.text and judged.effect is None):
            continue
        treated = judged.treated
        base = treated.value[treated.number < 0]
        base = base[~np.isnan(base)]
        limits: tuple[float | None, ...] = (None, None, None)
        if len(base) >= 2:
            chart = charts.xmr(base)
            limits = (chart.centre, float(chart.lower[0]), float(chart.upper[0]))
        other = judged.comparison
        out.append(Curve(
            judged.definition.key, tuple(treated.day(int(w)) for w in treated.number),
            tuple(_number(float(v)) for v in treated.value),
            () if other is None else tuple(_number(float(v)) for v in other.value),
            *limits, begins=treated.begins, window=window,
        ))  # fmt: skip
    return tuple(out)


def _number(value: float | None) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value)
