"""How does a Check report come out of the actuals, the locked plan and nothing else?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from wfm.errors import BadInput
from wfm.kpi.tree import Movement, Tree
from wfm.pdca import blocks, rules
from wfm.pdca.design import Design
from wfm.pdca.groups import series_of
from wfm.pdca.judged import Judged, judge
from wfm.pdca.records import Proposal
from wfm.pdca.report import Management, Report, Result
from wfm.pdca.series import Actuals, Weeks
from wfm.pdca.testing import opposite, tested_series
from wfm.pdca.verdict import HOLDS, decide

__all__ = ["run"]


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
    judged = window if full else None
    groups = (treated, comparison)
    own = judge(proposal, design, actuals, target.definition, judged, groups=groups)
    counter = None
    if target.counter is not None and proposal.counter_definition is not None:
        try:
            counter = judge(proposal, design, actuals, proposal.counter_definition, judged)
        except BadInput as error:
            counter = Judged(proposal.counter_definition, treated, None, None, str(error))
    reached = blocks.against(proposal, own, window, design.harmonics)
    later, signals = _later(proposal, design, treated, comparison, window)
    found = (
        rules.stable(proposal, design, treated, comparison),
        rules.reached(design, window, n, full=full, counter=counter),
        rules.effect(proposal, own),
        rules.on_target(proposal, reached, full=full),
        rules.guarded(proposal, counter),
        rules.sustained(design, later, signals, treated, full=full),
    )
    changes = blocks.changes(proposal, design, actuals, own=own, counter=counter, window=judged)
    return Report(
        verdict=decide(found),
        rules=found,
        method=design.method,
        window_weeks=window,
        needed_weeks=design.weeks,
        n=n,
        needed_n=design.needed_n,
        through=treated.day(int(treated.number[-1]) + 1) - dt.timedelta(days=1),
        against_target=reached,
        result=Result(found[3].state == HOLDS, changes),
        management=blocks.management(management or Management(), treated, opened),
        overall=blocks.overall(proposal, reached, tree, dict(moved or {})),
        curves=blocks.curves(own, counter, window),
        opposite_at=treated.day(signals[0]) if signals else None,
        notes=design.notes,
    )


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


def _later(
    proposal: Proposal, design: Design, treated: Weeks, comparison: Weeks | None, window: int
) -> tuple[int, list[int]]:
    """Return how many of the weeks after the window are known, and which hold a bad signal."""
    number, values = tested_series(design.method, treated, comparison, design.harmonics)
    last = window + design.sustain_weeks
    on = (number >= -design.baseline_weeks) & (number < last)
    found = opposite(values[on], number[on], weeks=window, sign=proposal.sign)
    return int(((number >= window) & (number < last)).sum()), found
