"""Can this requirement be covered at all? The least shortage that any roster has, and its proof."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.roster.bound import ideal_of
from wfm.roster.coverage import Spread, spread_of, supply_of
from wfm.roster.demand import Demand, demand_of
from wfm.roster.duties import Case
from wfm.roster.given import before_of, kept_free, locks_of
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.rules import legal_spans
from wfm.scenario import RosterWeights, Scenario
from wfm.workforce import Person

_SHOWN = 3
_ONLY_SHORT = RosterWeights(under=1.0, over=0.0, fairness=0.0)


@dataclass(frozen=True)
class LeastShort:
    """A shortage that no roster can go below.

    Attributes
    ----------
    hours : float
        Agent-hours: the largest of the three proofs.
    heads_h : float
        Because too few people can be there at all, moment by moment.
    contract_h : float
        Because the hours people may work do not add up to the hours wanted, week by week.
    relaxed_h : float
        By the linear relaxation of shifts, breaks, hours and rest; NaN if time ran out.
    sentences : tuple of str
        The proofs in words, strongest first.
    """

    hours: float
    heads_h: float
    contract_h: float
    relaxed_h: float
    sentences: tuple[str, ...]


def least_short(
    requirement: Any, scenario: Scenario, *, locked: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None, seconds: float = 30.0,
) -> LeastShort:  # fmt: skip
    """Return the agent-hours short that no legal roster can avoid, and why.

    Parameters
    ----------
    requirement, scenario, locked, previous
        As for `solve`; the scenario has a `start`.
    seconds : float
        Wall-clock limit of the linear relaxation.

    Raises
    ------
    BadInput
        The tables cannot be used.
    """
    horizon = horizon_of(scenario, None)
    bare = Case(replace(scenario, weights=_ONLY_SHORT), horizon, {})
    case = replace(bare, before=before_of(previous, bare), kept_free=kept_free(locked, bare))
    step_min = step_of(scenario)
    demand = demand_of(requirement, case, step_min)
    locks = locks_of(locked, case, step_min)
    spread = spread_of(case)
    before = (duty for duties in case.before.values() for duty in duties)
    base = supply_of(spread, before, step_min, demand.steps)
    relaxed = ideal_of(case, demand, spread, base, locked=locks, seconds=seconds).bound
    # Locked shifts of the relaxation are columns of their own; only the weeks before are in `base`.
    short = _heads(case, demand, spread, base)
    heads = float(short.sum()) * demand.step_h
    hours = list(_contract_hours(case, demand, base))
    contract = sum(max(0.0, wanted - have) for _, wanted, have in hours)
    best = max(heads, contract, 0.0 if math.isnan(relaxed) else relaxed)
    told = [
        (heads, _heads_words(case, demand, short, heads)),
        (contract, _contract_words(hours, contract)),
        (relaxed, f"No roster can be less than {relaxed:,.2f} agent-hours short, even if people "
                  "could be divided: shifts, breaks, hours and rest as the rules have them."),
    ]  # fmt: skip
    ordered = sorted((item for item in told if item[0] > 0), key=lambda item: -item[0])
    words = tuple(text for _, text in ordered)
    if not words:
        words = ("Nothing proves that the requirement cannot be covered.",)
    return LeastShort(best, heads, contract, relaxed, words)


def _heads(case: Case, demand: Demand, spread: Spread, base: np.ndarray) -> np.ndarray:
    """Return the agents short at each step if everybody who may were on seat."""
    supply = base.copy()
    for person in case.scenario.people:
        group = case.group(person)
        if group:
            there = np.zeros(demand.steps, dtype=bool)
            for day in range(case.horizon.days):
                for span in legal_spans(case, person, day):
                    there[span.start // demand.step_min : span.end // demand.step_min] = True
            supply[spread.groups.index(group)] += there
    return spread.shortage(demand.wanted, supply)


def _heads_words(case: Case, demand: Demand, short: np.ndarray, hours: float) -> str:
    worst = np.argsort(-short, kind="stable")[:_SHOWN]
    places = ", ".join(
        f"{case.horizon.stamp(int(at) * demand.step_min):%a %Y-%m-%d %H:%M} "
        f"({int(demand.wanted[:, at].sum())} wanted, {int(short[at])} too few)"
        for at in sorted(worst) if short[at] > 0
    )  # fmt: skip
    return (
        f"Even if everybody whose shifts, skills and leave allow it were on seat, "
        f"{hours:,.2f} agent-hours stay short, most at {places}."
    )


def _contract_hours(
    case: Case, demand: Demand, base: np.ndarray
) -> Iterator[tuple[object, float, float]]:
    """Yield each week's Monday, hours wanted, and hours that people can at most be on seat."""
    midnights, step = case.horizon.midnights, demand.step_min
    weeks = range(case.horizon.weeks)
    have = [sum(_on_seat_h(case, p, week) for p in case.scenario.people) for week in weeks]
    for week in weeks:
        part = slice(midnights[7 * week] // step, midnights[7 * week + 7] // step)
        wanted = float((demand.wanted[:, part]).sum()) * demand.step_h
        # Shifts of the week before may reach into this one; their hours are all counted here.
        carried = have[week - 1] if week and _reaches(case, week) else 0.0
        there = float(base[:, part].sum()) * demand.step_h
        yield case.horizon.date(7 * week), wanted, have[week] + carried + there


def _reaches(case: Case, week: int) -> bool:
    end = case.horizon.midnights[7 * week]
    return any(span.end > end for span in case.spans[7 * week - 1])


def _on_seat_h(case: Case, person: Person, week: int) -> float:
    """Return a limit of the hours a person can be on seat in a week."""
    contract, law = case.contracts[person.contract], case.scenario.rules
    if not case.group(person):
        return 0.0
    best, most_share = [], 0.0
    for day in range(7 * week, 7 * week + 7):
        spans = legal_spans(case, person, day)
        longest = 0.0
        for code in {span.shift for span in spans}:
            shift = case.shifts[code]
            seat = shift.length_min - sum(b.length_min for b in shift.breaks)
            longest = max(longest, seat / 60)
            most_share = max(most_share, seat / shift.paid_min if shift.paid_min else math.inf)
        best.append(longest)
    by_days = sum(sorted(best, reverse=True)[: contract.max_days_per_week])
    by_hours = min(contract.most_week_h, law.max_week_h) * most_share if most_share else 0.0
    return min(by_days, by_hours)


def _contract_words(hours: list[tuple[object, float, float]], short: float) -> str:
    weeks = ", ".join(
        f"week of {monday}: {wanted:,.1f} agent-hours wanted, people can be on seat for at most "
        f"{have:,.1f}"
        for monday, wanted, have in hours if wanted > have
    )  # fmt: skip
    return f"The hours do not add up: {weeks}; at least {short:,.2f} agent-hours stay short."
