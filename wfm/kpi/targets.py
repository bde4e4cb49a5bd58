"""Is this target one that a team can be held to? The nine rules of the target validator."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from wfm.errors import BadInput
from wfm.kpi import catalogue
from wfm.kpi.definitions import Definition
from wfm.queueing import erlang
from wfm.scenario import Target

__all__ = ["Facts", "Finding", "KpiTarget", "Review", "Severity", "validate"]

LEAST_POINTS, GOOD_POINTS, MOST_KPIS = 8, 12, 7


class Severity(StrEnum):
    """How a finding counts: `OPEN` means that the facts to judge it were not given."""

    REFUSED = "refused"
    OPEN = "open"
    WARNING = "warning"


@dataclass(frozen=True)
class KpiTarget:
    """A value wanted of a KPI, with everything that makes it a promise.

    Attributes
    ----------
    key : str
        KPI of the catalogue.
    value : float or None
        Value wanted, in the KPI's unit.
    direction : str
        ``"up"`` (at least) or ``"down"`` (at most).
    definition : Definition or None
        By which it is measured.
    baseline : float or None
        Value before, by the same definition.
    baseline_until, deadline : date or None
    review_days : int or None
        Days between reviews.
    owner, source, role : str
        Who answers for it, where the data come from, whose score card it stands on.
    counter, counter_margin : str or None, float or None
        KPI to guard, and by how much it may worsen.
    parent : str or None
        Id of the node above in the KPI tree.
    signed : tuple of str
        Levels that agreed, for example ``("centre", "team")``.
    """

    key: str
    value: float | None = None
    direction: str = ""
    definition: Definition | None = None
    baseline: float | None = None
    baseline_until: dt.date | None = None
    deadline: dt.date | None = None
    review_days: int | None = None
    owner: str = ""
    source: str = ""
    role: str = ""
    counter: str | None = None
    counter_margin: float | None = None
    parent: str | None = None
    signed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the validator cannot read off a target; None is "not known" and leaves its rule open.

    Attributes
    ----------
    baseline_points : int or None
        Points of the baseline series.
    baseline_stable : bool or None
        Whether its chart shows no signal (`evidence.charts`), after weekday adjustment.
    instability : str
        Explanation, where it is not.
    required_fte, budget_fte : float or None
        Full-time equivalents the target needs (`requirement.size`) and has.
    noise_floor : float or None
        Least WAPE a perfect forecast would have.
    volume, aht_s, interval_s, patience_s : float
        A typical interval, for service level against occupancy.
    needed_n, expected_n : float or None
        Contacts a group the test needs (`evidence.effect.sample_size`), and expected by then.
    """

    baseline_points: int | None = None
    baseline_stable: bool | None = None
    instability: str = ""
    required_fte: float | None = None
    budget_fte: float | None = None
    noise_floor: float | None = None
    volume: float | None = None
    aht_s: float | None = None
    interval_s: float = 1800.0
    patience_s: float = math.inf
    needed_n: float | None = None
    expected_n: float | None = None


@dataclass(frozen=True)
class Finding:
    """One finding: rule ``"V1"`` to ``"V9"``, how it counts, what is wrong and what to do."""

    rule: str
    severity: Severity
    text: str


@dataclass(frozen=True)
class Review:
    """All findings about a target."""

    findings: tuple[Finding, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing is refused or open; warnings may stay."""
        return all(finding.severity is Severity.WARNING for finding in self.findings)

    def by_rule(self, rule: str) -> tuple[Finding, ...]:
        """Return the findings of one rule."""
        return tuple(finding for finding in self.findings if finding.rule == rule)


Refuse = Callable[[str, str], None]


def validate(target: KpiTarget, facts: Facts, others: Sequence[KpiTarget] = ()) -> Review:
    """Return what speaks against a target, by rules V1 to V9.

    Parameters
    ----------
    target : KpiTarget
    facts : Facts
    others : sequence of KpiTarget
        The other targets in force: for consistency, and the same role's count.

    Returns
    -------
    Review

    Raises
    ------
    BadInput
        For a KPI that the catalogue does not have.

    Examples
    --------
    >>> review = validate(KpiTarget("service_level", 0.8), Facts())
    >>> review.accepted, review.findings[0].rule
    (False, 'V1')
    """
    kpi = catalogue.find(target.key)
    found: list[Finding] = []

    def note(rule: str, severity: Severity, text: str) -> None:
        found.append(Finding(rule, severity, text))

    def refuse(rule: str, text: str) -> None:
        note(rule, Severity.REFUSED, text)

    _measurable(target, kpi, refuse)
    _dated(target, refuse)
    if not (target.owner and target.source):
        refuse("V3", "name an owner and the source of the data")
    _baseline(facts, note)
    _reachable(target, facts, note)
    _consistent(target, facts, others, refuse)
    if target.counter is None or target.counter_margin is None:
        listed = ", ".join(kpi.counters) or "any that would suffer"
        refuse("V7", f"name a counter-metric and by how much it may worsen ({listed})")
    elif target.counter == target.key:
        refuse("V7", "a KPI cannot guard itself")
    if facts.needed_n is None or facts.expected_n is None:
        note("V8", Severity.OPEN, "give needed_n (effect.sample_size) and expected_n")
    elif facts.needed_n > facts.expected_n:
        refuse("V8", f"the effect needs {facts.needed_n:,.0f} contacts a group, "
                     f"{facts.expected_n:,.0f} are expected by the deadline")  # fmt: skip
    _agreed(target, others, refuse)
    return Review(tuple(found))


def _measurable(target: KpiTarget, kpi: catalogue.Kpi, refuse: Refuse) -> None:
    if target.value is None or not math.isfinite(target.value):
        refuse("V1", "give the wanted value as a number")
    elif kpi.unit == "fraction" and not 0 <= target.value <= 1:
        refuse("V1", f"{kpi.key} is a fraction, got {target.value:g} - was a percent passed?")
    if target.direction not in ("up", "down"):
        refuse("V1", "say whether the value is a least ('up') or a most ('down')")
    elif kpi.direction in ("up", "down") and target.direction != kpi.direction:
        refuse("V1", f"{kpi.key} is better {kpi.direction}, the target says {target.direction}")
    if target.definition is None:
        refuse("V1", "give the definition it is measured by (kpi.definition)")
    elif target.definition.key != target.key:
        refuse("V1", f"the definition is of {target.definition.key}, not of {target.key}")


def _dated(target: KpiTarget, refuse: Refuse) -> None:
    if target.deadline is None or not target.review_days:
        refuse("V2", "give a deadline and the days between reviews")
    if target.baseline_until is None or target.baseline is None:
        refuse("V2", "give the baseline and the day it ends")
    elif target.deadline is not None and target.deadline <= target.baseline_until:
        refuse("V2", f"the deadline {target.deadline} is not after the baseline's end "
                     f"{target.baseline_until}")  # fmt: skip


def _baseline(facts: Facts, note: Callable[[str, Severity, str], None]) -> None:
    points = facts.baseline_points
    if points is None or facts.baseline_stable is None:
        note("V4", Severity.OPEN, "give the points of the baseline and whether its chart is calm")
        return
    if points < LEAST_POINTS:
        note("V4", Severity.REFUSED, f"{points} baseline points; at least {LEAST_POINTS}")
    elif points < GOOD_POINTS:
        note("V4", Severity.WARNING, f"{points} baseline points; {GOOD_POINTS} are better")
    if not facts.baseline_stable:
        severity = Severity.WARNING if facts.instability else Severity.REFUSED
        why = facts.instability or "explain it, or wait until it is calm"
        note("V4", severity, f"the baseline is not stable: {why}")


def _reachable(target: KpiTarget, facts: Facts, note: Callable[[str, Severity, str], None]) -> None:
    if target.key == "service_level":
        if facts.required_fte is None or facts.budget_fte is None:
            note("V5", Severity.OPEN, "give required_fte (requirement.size) and budget_fte")
        elif facts.required_fte > facts.budget_fte:
            note("V5", Severity.REFUSED, f"it needs {facts.required_fte:.1f} full-time people, "
                 f"the budget has {facts.budget_fte:.1f}")  # fmt: skip
    if target.key == "wape" and target.value is not None:
        if facts.noise_floor is None:
            note("V5", Severity.OPEN, "give the noise floor of the forecast")
        elif target.value < facts.noise_floor:
            note("V5", Severity.REFUSED, f"WAPE {target.value:g} is below the noise floor "
                 f"{facts.noise_floor:.3f} that even a perfect forecast has")  # fmt: skip


def _consistent(
    target: KpiTarget, facts: Facts, others: Sequence[KpiTarget], refuse: Refuse
) -> None:
    for other in others:
        same = other.key == target.key and other.definition == target.definition
        if same and other.role == target.role and other.value != target.value:
            refuse("V6", f"{target.key} has another target already: {other.value}")
    pair = {item.key: item for item in (*others, target)}
    level, busy = pair.get("service_level"), pair.get("occupancy")
    if target.key not in ("service_level", "occupancy") or level is None or busy is None:
        return
    if busy.direction != "up" or busy.value is None or level.value is None:
        return
    if facts.volume is None or facts.aht_s is None:
        refuse("V6", "service level and a least occupancy pull apart; give volume and aht_s")
        return
    choices = dict(level.definition.choices) if level.definition else {}
    limits = Target(
        level.value, awt_s=choices.get("awt_s", 20.0), rule=choices.get("rule", "SL4"),
        short_s=choices.get("short_s", 5.0),
    )  # fmt: skip
    basis = {"interval_s": facts.interval_s, "patience_s": facts.patience_s}
    agents = erlang.fewest_agents(facts.volume, facts.aht_s, limits, **basis)
    reached = float(erlang.performance(facts.volume, facts.aht_s, agents, **basis).occupancy)
    if reached < busy.value:
        refuse("V6", f"{level.value:.0%} within {limits.awt_s:g} s needs {int(agents)} agents at "
                     f"this load, so occupancy is at most {reached:.3f}; "
                     f"{busy.value:g} or more cannot hold too")  # fmt: skip


def _agreed(target: KpiTarget, others: Sequence[KpiTarget], refuse: Refuse) -> None:
    if not target.role:
        refuse("V9", "name the role whose score card it stands on")
    else:
        own = {item.key for item in others if item.role == target.role} | {target.key}
        if len(own) > MOST_KPIS:
            refuse("V9", f"{target.role} would have {len(own)} KPIs; at most {MOST_KPIS}")
    if target.parent is None:
        refuse("V9", "name the node above it in the KPI tree")
    if len(set(target.signed)) < 2:
        refuse("V9", "both levels sign: the one that asks and the one that delivers")


def check(target: KpiTarget, facts: Facts, others: Sequence[KpiTarget] = ()) -> KpiTarget:
    """Return `target` if it is accepted; raise BadInput with every finding else."""
    review = validate(target, facts, others)
    if not review.accepted:
        lines = [f"{f.rule} ({f.severity}): {f.text}" for f in review.findings]
        raise BadInput(f"target of {target.key} cannot be locked: " + "; ".join(lines))
    return target
