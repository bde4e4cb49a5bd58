"""What stands in a Check report: always four blocks, the rules, the verdict?"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.pdca.verdict import Rule, Verdict

__all__ = [
    "AgainstTarget", "Change", "Curve", "Line", "Management", "Overall", "Report", "Result",
]  # fmt: skip

Number = float | None


@dataclass(frozen=True)
class Management:
    """What planning itself took, before and in the window, a week; None where nobody counted.

    Attributes
    ----------
    planning_hours, planning_hours_before : float or None
    overrides, overrides_before : float or None
        Manual changes of forecasts.
    """

    planning_hours: Number = None
    planning_hours_before: Number = None
    overrides: Number = None
    overrides_before: Number = None


@dataclass(frozen=True)
class AgainstTarget:
    """Block 1: actual against target, with 95 % limits; None where nothing was counted.

    Limits are the wider of those of independent contacts and those of whole weeks. `season` is how
    far the season alone would have moved the value from its baseline; 0 where none is known.
    """

    key: str
    definition: str
    direction: str
    baseline: Number
    target: float
    value: Number
    lo: Number
    hi: Number
    n: float
    season: float = 0.0


@dataclass(frozen=True)
class Change:
    """Block 2, a line: one KPI before and after, and its effect by the locked test.

    Attributes
    ----------
    kind : str
        ``"goal"``, ``"time"``, ``"cost"``, ``"quality"`` or ``"counter"``.
    key : str
        Empty where no KPI of that kind was given.
    before, after : float or None
    value, lo, hi : float or None
        Effect with 95 % limits in the unit of the KPI; not the plain difference.
    text : str
        Why there are no figures, where there are none.
    """

    kind: str
    key: str
    before: Number = None
    after: Number = None
    value: Number = None
    lo: Number = None
    hi: Number = None
    text: str = ""


@dataclass(frozen=True)
class Result:
    """Block 2: goal reached; time, cost and quality."""

    goal_reached: bool
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Line:
    """Block 3, a line: planning hours a week, manual overrides a week, cycle days."""

    name: str
    before: Number
    after: Number


@dataclass(frozen=True)
class Overall:
    """Block 4: how far the weighted KPI tree moved, sum of w (change / |target - baseline|).

    Attributes
    ----------
    score : float or None
        -1 to 1.
    known : float
        Share of the tree's weight that has values.
    nodes : tuple of (node id, score)
        Of the nodes with values.
    """

    score: Number
    known: float
    nodes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Curve:
    """The weeks of one KPI, for a chart.

    Attributes
    ----------
    key : str
    starts : tuple of date
        First day of each week.
    values, comparison : tuple of float or None
        `comparison` is empty without such a group.
    centre, lower, upper : float or None
        Control limits from the weeks before the change (weekday-free, season included).
    begins : date
        First day of the change.
    window : int
        Weeks judged.
    """

    key: str
    starts: tuple[dt.date, ...]
    values: tuple[Number, ...]
    comparison: tuple[Number, ...]
    centre: Number
    lower: Number
    upper: Number
    begins: dt.date
    window: int


@dataclass(frozen=True)
class Report:
    """A Check report.

    Attributes
    ----------
    verdict : Verdict
    rules : tuple of Rule
        All six.
    method : str
    window_weeks, needed_weeks : int
        Weeks judged, and weeks that Plan locked.
    n, needed_n : float, int
        Contacts of the smaller group in the window, and those that Plan locked.
    through : date
        Last day of the last whole week of the actuals.
    against_target : AgainstTarget
    result : Result
    management : tuple of Line
    overall : Overall
    curves : tuple of Curve
        The KPI first, then the counter-metric.
    opposite_at : date or None
        First day of the first week after the window with a signal for the worse.
    notes : tuple of str
    """

    verdict: Verdict
    rules: tuple[Rule, ...]
    method: str
    window_weeks: int
    needed_weeks: int
    n: float
    needed_n: int
    through: dt.date
    against_target: AgainstTarget
    result: Result
    management: tuple[Line, ...]
    overall: Overall
    curves: tuple[Curve, ...] = ()
    opposite_at: dt.date | None = None
    notes: tuple[str, ...] = ()

    @property
    def blocks(self) -> tuple[AgainstTarget, Result, tuple[Line, ...], Overall]:
        """The four effect measures, in the order of the method."""
        return self.against_target, self.result, self.management, self.overall
