"""What is one KPI of a cycle: its groups by week and, once the window is full, its effect?"""

from __future__ import annotations

from dataclasses import dataclass

from wfm.evidence.interrupted import Effect
from wfm.kpi.definitions import Definition
from wfm.pdca.design import Design
from wfm.pdca.groups import series_of
from wfm.pdca.records import Proposal
from wfm.pdca.series import Actuals, Weeks
from wfm.pdca.testing import test

__all__ = ["Judged", "judge"]


@dataclass(frozen=True, eq=False)
class Judged:
    """One KPI with its groups and, once the window is full, its effect."""

    definition: Definition
    treated: Weeks
    comparison: Weeks | None
    effect: Effect | None
    text: str = ""


def judge(
    proposal: Proposal,
    design: Design,
    actuals: Actuals,
    definition: Definition,
    window: int | None,
    *,
    groups: tuple[Weeks, Weeks | None] | None = None,
) -> Judged:
    """Return one KPI with its groups by week; tested once `window` is known.

    `groups` are its weeks where they are known already.
    """
    treated, comparison = groups or series_of(actuals, proposal, definition)
    if window is None:
        text = "not tested before the locked weeks and contacts are reached"
        return Judged(definition, treated, comparison, None, text)
    first = max(int(treated.number[0]), -design.baseline_weeks)
    base = treated.cut(first, 10_000)
    other = None if comparison is None else comparison.cut(first, 10_000)
    got = test(design.method, base, other, design.harmonics, window)
    return Judged(definition, treated, comparison, got)
