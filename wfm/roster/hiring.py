"""How many people of which contract cover a requirement at least cost?

Whole numbers of heads and a mixture of shifts are chosen together. What a head may work is what
`relaxation` knows of a person (hours, days, rest, days in a row, breaks in their windows), times
the heads; an agent-hour short has a price. People of one contract are taken as one mass that can
be divided between shifts, so that the cost is a little too good: `check_mix` makes a real roster.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from wfm.errors import BadInput, Infeasible
from wfm.roster.hiring_mix import HiringMix, told
from wfm.roster.hiring_problem import Answer, HiringProblem, Offer, in_money, premium
from wfm.roster.money import overtime
from wfm.roster.result import Roster
from wfm.roster.solver import solve
from wfm.scenario import Scenario

__all__ = ["CheckedMix", "HiringMix", "Offer", "check_mix", "hire"]


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
        Contracts, shifts, rules and weeks. Its own people are not read, nor what is asked of
        single people or roles, nor its weights but that of overtime, which a roster must have.
    offers : sequence of Offer
    short_cost : float
        Price of one agent-hour short.
    time_limit_s : float
        Wall-clock seconds. The bound comes first; of the rest a share is kept for what one head
        more or less changes.

    Returns
    -------
    HiringMix

    Raises
    ------
    BadInput
        An offer or the price makes no sense.
    Infeasible
        No numbers within the limits keep the contracts' hours, proven; or time ran out.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
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
    if not offers:
        raise BadInput("hiring: no offers; say of which contract people can be hired, and at what")
    until = time.monotonic() + time_limit_s
    problem = HiringProblem(requirement, scenario, list(offers), short_cost)
    begun = time.monotonic()
    relaxed = _answered(problem.solve(whole=False, seconds=until - begun), time_limit_s)
    now = time.monotonic()
    kept = min((2 + 2 * len(offers)) * (now - begun), (until - now) / 2)  # as many solves follow
    best = problem.solve(whole=True, seconds=until - now - kept)
    bound, heads = max(relaxed.value, best.bound), best.heads
    if best.status == "open":  # time ran out: heads rounded up, shifts as a mixture
        heads = problem.rounded(relaxed.heads)
        best = problem.solve(whole=False, seconds=until - time.monotonic(), heads=heads)
    return told(problem, _answered(best, time_limit_s), heads=heads, bound=bound, until=until)


def check_mix(
    mix: HiringMix, requirement: Any, *, offers: Sequence[Offer], short_cost: float,
    time_limit_s: float = 60.0, seed: int = 0,
) -> CheckedMix:  # fmt: skip
    """Return what a mix costs with a real roster: the same offers and price as for `hire`.

    Raises
    ------
    BadInput
        The offers are not those of the mix.
    """
    of = _offers_of(mix, offers)
    over = min(offer.cost_per_hour for offer in offers)
    plan = replace(mix.scenario, weights=in_money(mix.scenario, short_cost, over=over))
    made = solve(requirement, plan, time_limit_s=time_limit_s, seed=seed)
    hours = made.hours["paid_h"].to_numpy()
    each = made.hours["agent"].map(lambda agent: of[agent].cost_per_hour).to_numpy(dtype=float)
    pay = float((hours * each).sum())
    pay += plan.weeks * sum(of[person.id].cost_per_head for person in plan.people)
    for agent, hours_over, factor in overtime(made)[["agent", "overtime_h", "factor"]].to_numpy():
        pay += hours_over * premium(of[agent], factor)
    short = float(made.unmet["unmet"].sum()) * plan.interval_min / 60
    return CheckedMix(made, pay + short_cost * short, pay, short)


def _answered(answer: Answer, seconds: float) -> Answer:
    """Return an answer; Infeasible if there is none, and whether that is proven."""
    if answer.status == "impossible":
        raise Infeasible(
            "hiring: no numbers within the limits keep the contracts' hours; widen least and most "
            "of the offers, or the week hours"
        )
    if not answer.found:
        raise Infeasible(
            f"hiring: time ran out before there was an answer, after {seconds:g} s; allow more "
            "(time_limit_s)"
        )
    return answer


def _offers_of(mix: HiringMix, offers: Sequence[Offer]) -> dict[str, Offer]:
    """Return person to the offer they were hired from: heads stand in the offers' order."""
    heads, people = mix.table["heads"].tolist(), mix.scenario.people
    each = [offer for offer, n in zip(offers, heads, strict=False) for _ in range(n)]
    asked = [(offer.contract, offer.skills) for offer in each]
    hired = [(person.contract, person.skills) for person in people]
    if len(offers) != len(heads) or asked != hired:
        raise BadInput(
            f"hiring: expected the offers that were hired from ({len(heads)}, in their order), got "
            f"{len(offers)} that do not fit the mix; pass the same to hire and check_mix"
        )
    return {person.id: offer for person, offer in zip(people, each, strict=True)}
