"""What does a cycle write down at Plan, Do and Act?"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field

from wfm.errors import BadInput
from wfm.kpi.definitions import Definition
from wfm.kpi.targets import KpiTarget
from wfm.pdca.causes import ACTION_TYPES, Cause

__all__ = [
    "METHODS", "Action", "Doubt", "Entry", "Group", "Note", "Origin", "Proposal", "SignOff",
    "Standard", "Work",
]  # fmt: skip

METHODS = ("randomised", "did", "its")
ORIGINS = ("person", "alert", "variance", "driver", "cycle")
STANDARDS = ("flow", "target", "roster rule", "scenario")
NOTES = ("feedback", "deviation", "event")


@dataclass(frozen=True)
class Entry:
    """One line of a cycle's history: when, who (name and role), what, why."""

    at: dt.datetime
    who: str
    role: str
    what: str
    reason: str = ""


@dataclass(frozen=True)
class Origin:
    """What a cycle was born from.

    Attributes
    ----------
    kind : str
        ``"person"``, ``"alert"`` (a chart signal), ``"variance"``, ``"driver"`` or ``"cycle"``.
    text : str
        What was seen, in words.
    key : str
        KPI, or driver, it is about.
    since : date or None
        When it began.
    size : float or None
        How big: distance from the centre line, part of the variance, priority of the driver.
    """

    kind: str = "person"
    text: str = ""
    key: str = ""
    since: dt.date | None = None
    size: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in ORIGINS:
            raise BadInput(f"pdca: origin is one of {', '.join(ORIGINS)}; got {self.kind!r}")


@dataclass(frozen=True)
class Action:
    """One thing to do.

    Attributes
    ----------
    text : str
    kind : str
        ``"data"``, ``"process"``, ``"training"`` or ``"innovation"``.
    owner : str
    due : date or None
    done_at : datetime or None
        Filled in at Do.
    """

    text: str
    kind: str
    owner: str
    due: dt.date | None = None
    done_at: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.kind not in ACTION_TYPES:
            raise BadInput(
                f"pdca: an action is of type {', '.join(ACTION_TYPES)}; got {self.kind!r}"
            )
        if not (self.text.strip() and self.owner.strip()):
            raise BadInput("pdca: an action needs a text and an owner")


@dataclass(frozen=True)
class Doubt:
    """A tick of the pre-mortem: could the cycle fail from `cause`, and what is done against it?"""

    cause: Cause
    likely: bool = False
    answer: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cause", Cause(self.cause))


@dataclass(frozen=True)
class Group:
    """Whose figures are tested.

    Attributes
    ----------
    column : str
        Column of the actuals, for example ``"team"``, ``"queue"`` or ``"arm"``; empty: everybody.
    treated, comparison : tuple of str
        Values of the column that get the change, and untouched ones.
    randomised : bool
        Whether chance decided, contact by contact, between treated and comparison.
    """

    column: str = ""
    treated: tuple[str, ...] = ()
    comparison: tuple[str, ...] = ()
    randomised: bool = False

    def __post_init__(self) -> None:
        if bool(self.column) != bool(self.treated) or (self.comparison and not self.column):
            raise BadInput(
                "pdca: a group names a column and the values that are treated; leave all empty "
                "for everybody"
            )
        both = sorted(set(self.treated) & set(self.comparison))
        if both:
            raise BadInput(f"pdca: {both} are treated and comparison at once")
        if self.randomised and not self.comparison:
            raise BadInput("pdca: a randomised change has a comparison group")

    @property
    def method(self) -> str:
        """The strongest test the group allows: randomised, else did, else its."""
        return "randomised" if self.randomised else "did" if self.comparison else "its"


@dataclass(frozen=True)
class Proposal:
    """What Plan says, all of it before Do.

    Attributes
    ----------
    target : KpiTarget
        KPI, definition, baseline, target value, deadline, counter-metric and margin, signatures.
    expected : float
        What the KPI is expected to become if the hypothesis is right. It lies beyond the target:
        a target is kept only when the whole interval is beyond it.
    begins : date
        First day of the change, local.
    hypothesis : str
        Why the actions should move the KPI.
    actions : tuple of Action
    group : Group
    counter_definition : Definition or None
        Of the counter-metric.
    doubts : tuple of Doubt
        The pre-mortem: all seven causes.
    companions : tuple of (kind, KPI key)
        One KPI each of ``"time"``, ``"cost"`` and ``"quality"`` for the Check report.
    node : str
        Node of the KPI tree the target stands on.
    season : bool
        Whether the KPI may have a yearly season. Without a comparison group a season cannot be told
        from an effect on less than a year of baseline, so ``False`` needs `season_reason`.
    season_reason, instability : str
        Why there is none; why the baseline is not calm, where it is not.
    """

    target: KpiTarget
    expected: float
    begins: dt.date
    hypothesis: str
    actions: tuple[Action, ...] = ()
    group: Group = field(default_factory=Group)
    counter_definition: Definition | None = None
    doubts: tuple[Doubt, ...] = ()
    companions: tuple[tuple[str, str], ...] = ()
    node: str = ""
    season: bool = True
    season_reason: str = ""
    instability: str = ""

    @property
    def sign(self) -> float:
        """1.0 where more is better, -1.0 where less is."""
        return -1.0 if self.target.direction == "down" else 1.0

    @property
    def gaps(self) -> tuple[str, ...]:
        """What is missing before the plan can be locked, V1 to V9 apart."""
        found = []
        target = self.target
        if not self.hypothesis.strip():
            found.append("write the hypothesis: why should the actions move the KPI?")
        if not self.actions:
            found.append("list at least one action, with owner and type")
        missing = sorted(set(Cause) - {doubt.cause for doubt in self.doubts})
        if missing:
            found.append(f"pre-mortem: judge {', '.join(missing)} too")
        open_doubts = [d.cause for d in self.doubts if d.likely and not d.answer.strip()]
        if open_doubts:
            found.append(f"pre-mortem: say what is done against {', '.join(open_doubts)}")
        if target.counter is not None and self.counter_definition is None:
            found.append(f"give the definition of the counter-metric {target.counter}")
        if not self.season and not self.season_reason.strip():
            found.append("season=False needs season_reason: why has the KPI no yearly season?")
        if target.value is not None and math.isfinite(self.expected):
            if self.sign * (self.expected - target.value) <= 0:
                found.append(
                    f"expected {self.expected:g} is not beyond the target {target.value:g}: the "
                    "whole interval must lie beyond it, which an effect of just that size misses "
                    "39 times in 40; expect more, or set the target nearer to the baseline"
                )
        else:
            found.append("give the value expected if the hypothesis is right")
        return tuple(found)


@dataclass(frozen=True)
class Note:
    """One line of the log: ``"feedback"``, ``"deviation"`` from the plan, or ``"event"``."""

    at: dt.datetime
    who: str
    kind: str
    text: str

    def __post_init__(self) -> None:
        if self.kind not in NOTES:
            raise BadInput(f"pdca: a note is one of {', '.join(NOTES)}; got {self.kind!r}")
        if not self.text.strip():
            raise BadInput("pdca: a note has a text")


@dataclass(frozen=True)
class Work:
    """What Do records: actions with their owner and time, and the log."""

    actions: tuple[Action, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class SignOff:
    """The reviewer's answers to the three questions of Check."""

    at: dt.datetime
    who: str
    goal_reached: str
    problems: str
    new_phenomena: str


@dataclass(frozen=True)
class Standard:
    """What became the new standard.

    Attributes
    ----------
    kind : str
        ``"flow"``, ``"target"``, ``"roster rule"`` or ``"scenario"``.
    what, before, after : str
    owner : str
    review : date
    reference : str
        Id of the scenario, or name of the document, that holds it.
    """

    kind: str
    what: str
    before: str
    after: str
    owner: str
    review: dt.date
    reference: str = ""

    def __post_init__(self) -> None:
        if self.kind not in STANDARDS:
            raise BadInput(f"pdca: a standard is one of {', '.join(STANDARDS)}; got {self.kind!r}")
        if not (self.owner.strip() and self.what.strip() and self.after.strip()):
            raise BadInput("pdca: a standard says what changes, to what, and who owns it")
