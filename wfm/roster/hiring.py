"""How many people of which contract cover a requirement at least cost?

Whole numbers of heads and a mixture of shifts are chosen together. What a head may work is what
`relaxation` knows of a person (hours, days, rest, days in a row, breaks in their windows), times
the heads; an agent-hour short has a price. People of one contract are taken as one mass that can
be divided between shifts, so that the cost is a little too good: `check_mix` makes a real roster.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import vstack

from wfm.errors import BadInput, Infeasible
from wfm.roster.coverage import spread_of
from wfm.roster.demand import demand_of
from wfm.roster.duties import Case, Span
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.relaxation import Masses, _shifts_of, add_coverage
from wfm.roster.result import Roster
from wfm.roster.solver import solve
from wfm.scenario import RosterWeights, Scenario
from wfm.workforce import Person

_GAP = 1e-3  # relative gap at which the whole-numbered answer counts as best


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
        Of a paid hour.
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


@dataclass(frozen=True)
class HiringMix:
    """The cheapest mix found.

    Attributes
    ----------
    table : DataFrame
        A row an offer: contract, skills, heads, paid_h (a week and head, mean), one_more and
        one_less: by how much the cost changes with one head more or less, everybody else hired as
        they are (NaN where the limits do not allow it). Negative: it saves.
    cost : float
        Of the planned weeks: pay, heads, and agent-hours short, shifts divided at will. No roster
        of this mix can cost less.
    bound : float
        No roster of any mix can cost less.
    pay : float
        The part of `cost` that is not for agent-hours short.
    short_h : float
        Agent-hours short in the planned weeks.
    status : str
        ``"optimal"`` within 0.1 %, else ``"feasible"``.
    scenario : Scenario
        The one it was asked for, with these people.
    """

    table: pd.DataFrame
    cost: float
    bound: float
    pay: float
    short_h: float
    status: str
    scenario: Scenario = field(repr=False)


@dataclass(frozen=True)
class CheckedMix:
    """What a mix really costs: with a roster.

    Attributes
    ----------
    roster : Roster
    cost, pay, short_h : float
        As in `HiringMix`, of this roster.
    """

    roster: Roster
    cost: float
    pay: float
    short_h: float


def hire(
    requirement: Any, scenario: Scenario, offers: Sequence[Offer], *, short_cost: float,
    time_limit_s: float = 60.0,
) -> HiringMix:  # fmt: skip
    """Return the mix of contracts that covers a requirement at least cost.

    Parameters
    ----------
    requirement : Requirement or DataFrame
        The typical weeks; they must be the scenario's planned ones.
    scenario : Scenario
        Contracts, shifts, rules and weeks; its own people and weights are not read.
    offers : sequence of Offer
    short_cost : float
        Price of one agent-hour short.
    time_limit_s : float
        Wall-clock seconds for the whole-numbered heads; the bound comes first.

    Returns
    -------
    HiringMix

    Raises
    ------
    BadInput
        An offer or the price makes no sense.
    Infeasible
        No numbers within the limits keep the contracts' hours.

    Examples
    --------
    >>> import datetime as dt
    >>> from wfm.scenario import Contract, Queue, ShiftType, Target
    >>> plan = Scenario(
    ...     "new", "UTC", (Queue("voice", Target(0.8)),),
    ...     contracts=(Contract("full", 40, 40, ("D",)), Contract("part", 20, 20, ("P",))),
    ...     shifts=(ShiftType("D", "09:00", "09:00", 480), ShiftType("P", "09:00", "13:00", 240)),
    ...     start=dt.date(2003, 3, 3))
    >>> starts = pd.date_range("2003-03-03", periods=5 * 48, freq="30min", tz="UTC")
    >>> need = ((starts.hour >= 9) & (starts.hour < 17)) * 3 + ((starts.hour >= 9)
    ...         & (starts.hour < 13)) * 1
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": starts, "agents": 1.0, "agents_rounded": 1,
    ...     "scheduled": need, "p_answered_within": 0.9, "occupancy": 0.5})
    >>> mix = hire(wanted, plan, [Offer("full", ("voice",), 20), Offer("part", ("voice",), 22)],
    ...            short_cost=60)
    >>> mix.table["heads"].tolist(), mix.cost, mix.short_h
    ([3, 1], 2840.0, 0.0)
    """
    if not (math.isfinite(short_cost) and short_cost > 0):
        raise BadInput(f"hiring: short_cost is a price > 0 of an agent-hour, got {short_cost!r}")
    problem = _Problem(requirement, scenario, list(offers), short_cost)
    relaxed = problem.solve(whole=False, seconds=time_limit_s)
    if relaxed.numbers is None:
        raise Infeasible(
            "hiring: no numbers within the limits keep the contracts' hours; widen least and most "
            "of the offers, or the week hours"
        )
    best = problem.solve(whole=True, seconds=time_limit_s)
    heads = best.heads if best.numbers is not None else problem.rounded(relaxed.heads)
    if best.numbers is None:  # time ran out: heads rounded up, shifts as a mixture
        best = problem.solve(whole=False, seconds=time_limit_s, heads=heads)
    if best.numbers is None:
        raise Infeasible(f"hiring: no whole-numbered mix was found in {time_limit_s:g} s")
    bound = max(relaxed.value, best.bound if best.whole else relaxed.value)
    return problem.told(best, heads, bound)


def check_mix(
    mix: HiringMix, requirement: Any, *, offers: Sequence[Offer], short_cost: float,
    time_limit_s: float = 60.0, seed: int = 0,
) -> CheckedMix:  # fmt: skip
    """Return what a mix costs with a real roster: the same offers and price as for `hire`."""
    over = min(offer.cost_per_hour for offer in offers)
    plan = replace(mix.scenario, weights=RosterWeights(under=short_cost, over=over, fairness=0.0))
    made = solve(requirement, plan, time_limit_s=time_limit_s, seed=seed)
    price = {(offer.contract, offer.skills): offer for offer in offers}
    of = {person.id: price[person.contract, person.skills] for person in plan.people}
    hours = made.hours["paid_h"].to_numpy()
    each = made.hours["agent"].map(lambda agent: of[agent].cost_per_hour).to_numpy(dtype=float)
    pay = float((hours * each).sum())
    pay += plan.weeks * sum(of[person.id].cost_per_head for person in plan.people)
    short = float(made.unmet["unmet"].sum()) * plan.interval_min / 60
    return CheckedMix(made, pay + short_cost * short, pay, short)


@dataclass(frozen=True)
class _Answer:
    numbers: np.ndarray | None
    heads: list[int]
    value: float
    bound: float
    whole: bool
    closed: bool


class _Problem:
    """Columns of heads, shifts, breaks and shortages; one person stands for each offer."""

    def __init__(
        self, requirement: Any, scenario: Scenario, offers: list[Offer], short_cost: float
    ) -> None:
        self.offers, self.short_cost, self.plan = offers, short_cost, scenario
        stand_ins = tuple(
            Person(f"offer {at}", offer.contract, offer.skills) for at, offer in enumerate(offers)
        )
        weights = RosterWeights(under=short_cost, over=0.0, fairness=0.0)
        asked = replace(scenario, people=stand_ins, weights=weights, seats=None, minimum_staff=())
        self.case = case = Case(asked, horizon_of(asked, None), {})
        demand = demand_of(requirement, case, step_of(asked))
        spread = spread_of(case)
        self.masses = found = Masses()
        self.heads: list[int] = []
        self.shifts: list[list[tuple[int, float]]] = []
        at_group: dict[tuple[int, Span], list[int]] = defaultdict(list)
        days = range(case.horizon.days)
        for offer, person in zip(offers, stand_ins, strict=True):
            if not case.group(person):
                raise BadInput(f"offer {offer.contract!r}: no skills; name queues of the scenario")
            head = found.column(offer.cost_per_head * case.horizon.weeks, float(offer.most))
            known = len(found.most.limit)
            columns = _shifts_of(found, case, [person], {}, days)
            for row in range(known, len(found.most.limit)):  # limits of one head, times the heads
                limit, found.most.limit[row] = found.most.limit[row], 0.0
                found.most.row.append(np.array([row]))
                found.most.column.append(np.array([head]))
                found.most.value.append(np.array([-limit]))
            self.heads.append(head)
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

    def rounded(self, heads: Sequence[float]) -> list[int]:
        """Return heads rounded up, within their limits."""
        return [min(math.ceil(n - 1e-6), o.most) for n, o in zip(heads, self.offers, strict=True)]

    def solve(
        self, *, whole: bool, seconds: float, heads: Sequence[int] | None = None
    ) -> _Answer:  # fmt: skip
        """Solve it, with heads in whole numbers or not, or with the heads given."""
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
            options={"time_limit": max(seconds, 0.1), "mip_rel_gap": _GAP},
        )  # fmt: skip
        if got.x is None:
            return _Answer(None, [], math.inf, -math.inf, whole, False)
        value = float(got.fun) + found.constant
        bound = value if got.mip_dual_bound is None else float(got.mip_dual_bound) + found.constant
        numbers = [got.x[column] for column in self.heads]
        return _Answer(got.x, [round(n) for n in numbers] if whole or heads else numbers, value,
                       bound, whole, got.status == 0)  # fmt: skip

    def told(self, best: _Answer, heads: list[int], bound: float) -> HiringMix:
        """Return the answer in words and money."""
        weeks, numbers = self.case.horizon.weeks, best.numbers
        assert numbers is not None
        base = self.solve(whole=False, seconds=60.0, heads=heads).value
        rows = []
        pay = 0.0
        for at, (offer, shifts) in enumerate(zip(self.offers, self.shifts, strict=True)):
            paid = sum(numbers[column] * hours for column, hours in shifts)
            pay += offer.cost_per_hour * paid + offer.cost_per_head * weeks * heads[at]
            change = [self._with(heads, at, step) - base for step in (1, -1)]
            rows.append((offer.contract, "+".join(offer.skills), heads[at],
                         paid / weeks / heads[at] if heads[at] else math.nan,
                         *(round(c, 6) for c in change)))  # fmt: skip
        people = tuple(
            Person(f"{offer.contract} {at + 1}.{number + 1}", offer.contract, offer.skills)
            for at, offer in enumerate(self.offers) for number in range(heads[at])
        )  # fmt: skip
        table = pd.DataFrame(
            rows, columns=["contract", "skills", "heads", "paid_h", "one_more", "one_less"]
        )
        done = best.closed and best.whole
        return HiringMix(
            table, cost=round(best.value, 6), bound=min(bound, best.value), pay=round(pay, 6),
            short_h=round(max(0.0, best.value - pay) / self.short_cost, 6),
            status="optimal" if done else "feasible", scenario=replace(self.plan, people=people),
        )  # fmt: skip

    def _with(self, heads: list[int], at: int, step: int) -> float:
        changed = [*heads[:at], heads[at] + step, *heads[at + 1 :]]
        if not self.offers[at].least <= changed[at] <= self.offers[at].most:
            return math.nan
        return self.solve(whole=False, seconds=60.0, heads=changed).value
