"""What does a mix of contracts come to, in words and money?"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field, replace

import pandas as pd

from wfm.roster.hiring_problem import Answer, HiringProblem
from wfm.scenario import Scenario
from wfm.workforce import Person


@dataclass(frozen=True)
class HiringMix:
    """The cheapest mix found.

    Attributes
    ----------
    table : DataFrame
        A row an offer: contract, skills, heads, paid_h (a week and head, mean), one_more and
        one_less: by how much the cost changes with one head more or less, everybody else hired as
        they are (NaN where the limits do not allow it, or time ran out). Negative: it saves.
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
        The one it was asked for, with these people, and without what names others: requests,
        meetings, patterns, minimum and on-call staff.
    """

    table: pd.DataFrame
    cost: float
    bound: float
    pay: float
    short_h: float
    status: str
    scenario: Scenario = field(repr=False)


def told(
    problem: HiringProblem, best: Answer, *, heads: list[int], bound: float, until: float
) -> HiringMix:  # fmt: skip
    """Return the answer in words and money; what changes is told as far as time allows."""
    weeks, numbers = problem.case.horizon.weeks, best.numbers
    base = _cost(problem, heads, until)
    rows = []
    pay = 0.0
    for at, (offer, shifts) in enumerate(zip(problem.offers, problem.shifts, strict=True)):
        paid = sum(numbers[column] * hours for column, hours in shifts)
        pay += sum(numbers[column] * problem.masses.cost[column] for column in problem.overtime[at])
        pay += offer.cost_per_hour * paid + offer.cost_per_head * weeks * heads[at]
        change = [_changed(problem, heads, at, step=step, until=until) - base for step in (1, -1)]
        rows.append((offer.contract, "+".join(offer.skills), heads[at],
                     paid / weeks / heads[at] if heads[at] else math.nan,
                     *(round(c, 6) for c in change)))  # fmt: skip
    people = tuple(
        Person(f"{offer.contract} {at + 1}.{number + 1}", offer.contract, offer.skills)
        for at, offer in enumerate(problem.offers) for number in range(heads[at])
    )  # fmt: skip
    table = pd.DataFrame(
        rows, columns=["contract", "skills", "heads", "paid_h", "one_more", "one_less"]
    )
    done = best.whole and best.status == "optimal"
    return HiringMix(
        table, cost=round(best.value, 6), bound=min(bound, best.value), pay=round(pay, 6),
        short_h=round(max(0.0, best.value - pay) / problem.short_cost, 6),
        status="optimal" if done else "feasible", scenario=replace(problem.plan, people=people),
    )  # fmt: skip


def _changed(
    problem: HiringProblem, heads: list[int], at: int, *, step: int, until: float
) -> float:  # fmt: skip
    """Return the cost with another head, or one fewer, of an offer; NaN outside its limits."""
    changed = [*heads[:at], heads[at] + step, *heads[at + 1 :]]
    if not problem.offers[at].least <= changed[at] <= problem.offers[at].most:
        return math.nan
    return _cost(problem, changed, until)


def _cost(problem: HiringProblem, heads: list[int], until: float) -> float:
    """Return the cost of these heads; NaN if time runs out."""
    found = problem.solve(whole=False, seconds=until - time.monotonic(), heads=heads)
    return found.value if found.found else math.nan
