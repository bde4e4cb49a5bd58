"""What do heads of some contracts, and the shifts they work, cost and cover?

Columns are heads, shifts, breaks and agents short; one person stands for each offer. What a head
may work is what `relaxation` knows of a person, times the heads.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import vstack

from wfm.errors import BadInput
from wfm.roster.burdens import overtime_of
from wfm.roster.coverage import spread_of
from wfm.roster.demand import demand_of
from wfm.roster.duties import Case, Span
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.relaxation import Masses, add_coverage, shifts_of
from wfm.scenario import RosterWeights, Scenario
from wfm.workforce import Person

_GAP = 1e-3  # relative gap at which the whole-numbered answer counts as best
_INFEASIBLE = 2  # scipy's status; 0: solved, 1: a limit was reached


@dataclass(frozen=True)
class Offer:
    """People that can be hired.

    Attributes
    ----------
    contract : str
        Name of a contract of the scenario: hours, shift types, days a week.
    skills : tuple of str
        Queues they will serve.
    cost_per_hour : float
        Of a paid hour; of overtime times the contract's `overtime_factor`, if that is above 1.
    cost_per_head : float
        A week, whatever is worked.
    least, most : int
        Limits on their number.
    """

    contract: str
    skills: tuple[str, ...]
    cost_per_hour: float
    cost_per_head: float = 0.0
    least: int = 0
    most: int = 10_000

    def __post_init__(self) -> None:
        costs = (self.cost_per_hour, self.cost_per_head)
        if not all(math.isfinite(cost) and cost >= 0 for cost in costs):
            raise BadInput(f"offer {self.contract!r}: costs are numbers >= 0, got {costs}")
        if not 0 <= self.least <= self.most:
            raise BadInput(
                f"offer {self.contract!r}: expected 0 <= least <= most, got {self.least} and "
                f"{self.most}"
            )


def without_people(scenario: Scenario) -> Scenario:
    """Return a scenario without people, and without all that is asked of single ones or roles."""
    return replace(
        scenario, people=(), requests=(), meetings=(), patterns=(), minimum_staff=(),
        on_call_staff=(),
    )  # fmt: skip


def in_money(scenario: Scenario, short_cost: float, *, over: float) -> RosterWeights:
    """Return weights in money; overtime, which has no price of its own here, keeps its weight."""
    return RosterWeights(
        under=short_cost, over=over, fairness=0.0, overtime=scenario.weights.overtime
    )


def premium(offer: Offer, factor: float) -> float:
    """Return what an hour of overtime costs beyond an ordinary one; never below 0."""
    return max(0.0, factor - 1.0) * offer.cost_per_hour


@dataclass(frozen=True)
class Answer:
    """A point of the problem.

    Attributes
    ----------
    status : str
        ``"optimal"`` (within 0.1 % for whole heads), ``"feasible"``, ``"impossible"``, proven, or
        ``"open"``: nothing was found in time.
    numbers : ndarray
        Of every column; empty where nothing was found.
    heads : list of int
        Of each offer; fractions where `whole` is False and no heads were given.
    value, bound : float
        Its cost, and what no point can cost less than.
    whole : bool
        Whether heads were asked for in whole numbers.
    """

    status: str
    numbers: np.ndarray
    heads: list[int]
    value: float
    bound: float
    whole: bool

    @property
    def found(self) -> bool:
        """Whether there is a point."""
        return self.status in ("optimal", "feasible")


class HiringProblem:
    """Columns of heads, shifts, breaks and shortages; one person stands for each offer."""

    def __init__(
        self, requirement: Any, scenario: Scenario, offers: list[Offer], short_cost: float
    ) -> None:
        self.offers, self.short_cost, self.plan = offers, short_cost, without_people(scenario)
        stand_ins = tuple(
            Person(f"offer {at}", offer.contract, offer.skills) for at, offer in enumerate(offers)
        )
        weights = in_money(scenario, short_cost, over=0.0)
        asked = replace(self.plan, people=stand_ins, weights=weights)
        self.case = case = Case(asked, horizon_of(asked, None), {})
        demand = demand_of(requirement, case, step_of(asked))
        spread = spread_of(case)
        self.masses = found = Masses()
        self.heads: list[int] = []
        self.shifts: list[list[tuple[int, float]]] = []
        self.overtime: list[list[int]] = []
        at_group: dict[tuple[int, Span], list[int]] = defaultdict(list)
        days = range(case.horizon.days)
        for offer, person in zip(offers, stand_ins, strict=True):
            if not case.group(person):
                raise BadInput(f"offer {offer.contract!r}: no skills; name queues of the scenario")
            head = found.column(offer.cost_per_head * case.horizon.weeks, float(offer.most))
            known = len(found.most.limit)
            columns = shifts_of(found, case, [person], {}, days)
            for row in range(known, len(found.most.limit)):  # limits of one head, times the heads
                limit, found.most.limit[row] = found.most.limit[row], 0.0
                found.most.row.append(np.array([row]))
                found.most.column.append(np.array([head]))
                found.most.value.append(np.array([-limit]))
            self.heads.append(head)
            self.overtime.append(self._overtime(offer, person, head, columns))
            self.shifts.append([(c, case.paid_min(span) / 60) for span, c in columns.items()])
            for span, column in columns.items():
                found.high[column] = float(offer.most)
                at_group[spread.groups.index(case.group(person)), span].append(column)
        add_coverage(found, case, demand, spread, at_group=at_group,
                     base=np.zeros((len(spread.groups), demand.steps), dtype=np.int64),
                     steps=range(demand.steps))  # fmt: skip
        for offer, shifts in zip(offers, self.shifts, strict=True):
            for column, hours in shifts:
                found.cost[column] += offer.cost_per_hour * hours

    def _overtime(
        self, offer: Offer, person: Person, head: int, columns: dict[Span, int]
    ) -> list[int]:
        """Add a column a week for overtime hours: what they cost beyond ordinary ones."""
        case, found = self.case, self.masses
        terms = overtime_of(case, person)
        if terms is None or not (dearer := premium(offer, terms.factor)):
            return []
        added = []
        for week in range(case.horizon.weeks):
            added.append(found.column(dearer, math.inf))
            mine = {span: c for span, c in columns.items() if span.day // 7 == week}
            paid = [case.paid_min(span) / 60 for span in mine]
            found.most.add(
                [*mine.values(), added[-1], head], [*paid, -1.0, -terms.after_h], 0.0
            )  # fmt: skip
        return added

    def rounded(self, heads: Sequence[float]) -> list[int]:
        """Return heads rounded up, within their limits."""
        return [min(math.ceil(n - 1e-6), o.most) for n, o in zip(heads, self.offers, strict=True)]

    def solve(
        self, *, whole: bool, seconds: float, heads: Sequence[int] | None = None
    ) -> Answer:  # fmt: skip
        """Solve it, with heads in whole numbers or not, or with the heads given."""
        nothing = Answer("open", np.zeros(0), [], math.inf, -math.inf, whole)
        if seconds <= 0:
            return nothing
        found, width = self.masses, len(self.masses.cost)
        low, high = np.zeros(width), np.array(found.high)
        for at, (column, offer) in enumerate(zip(self.heads, self.offers, strict=True)):
            low[column] = offer.least if heads is None else heads[at]
            high[column] = offer.most if heads is None else heads[at]
        marks = np.zeros(width, dtype=int)
        if whole:
            marks[self.heads] = 1
        parts = [found.most.matrix(width)]
        limit, least = [*found.most.limit], [-np.inf] * len(found.most.limit)
        if found.equal.limit:
            parts.append(found.equal.matrix(width))
            limit, least = limit + found.equal.limit, least + found.equal.limit
        got = milp(
            np.array(found.cost), bounds=Bounds(low, high), integrality=marks,
            constraints=LinearConstraint(vstack(parts).tocsr(), np.array(least), np.array(limit)),
            options={"time_limit": seconds, "mip_rel_gap": _GAP},
        )  # fmt: skip
        if got.x is None:
            return replace(nothing, status="impossible" if got.status == _INFEASIBLE else "open")
        value = float(got.fun) + found.constant
        bound = value if got.mip_dual_bound is None else float(got.mip_dual_bound) + found.constant
        numbers = [got.x[column] for column in self.heads]
        return Answer(
            "feasible" if got.status else "optimal", got.x,
            [round(n) for n in numbers] if whole or heads else numbers, value, bound, whole,
        )  # fmt: skip
