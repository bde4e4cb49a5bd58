"""What does a plan ask of one person beyond hours: overtime, nights, weekends, early and late?

Burdens are counted, the weeks before included, and priced by how far a person departs from the mean
of people with the same contract (`RosterWeights.nights` and so on). Overtime is priced by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ortools.sat.python import cp_model

from wfm.roster.duties import Case, Duty
from wfm.roster.rules import Choice
from wfm.timegrid import MINUTES_A_DAY, minutes
from wfm.workforce import Person

_FINE = 100  # parts of a burden that the mean is rounded to


def weighed(case: Case) -> dict[str, float]:
    """Return the burdens that this scenario prices, with their weights."""
    weights = case.scenario.weights
    found = {
        "nights": weights.nights, "weekends": weights.weekends, "early": weights.early,
        "late": weights.late,
    }  # fmt: skip
    return {name: weight for name, weight in found.items() if weight}


def bears(case: Case, name: str, duty: Duty) -> bool:
    """Return whether a shift counts for a burden."""
    law, span = case.scenario.rules, duty.span
    if name == "nights":
        return case.is_night(span)
    if name == "weekends":
        return span.day % 7 >= 5
    if name == "early":
        return case.clock(span) < minutes(law.early_before)
    return case.clock(span) + span.end - span.start > minutes(law.late_after)


def burden(case: Case, name: str, duties: Iterable[Duty]) -> int:
    """Return how often shifts bear a burden; a weekend counts once."""
    mine = [duty.span.day for duty in duties if bears(case, name, duty)]
    return len({day // 7 for day in mine}) if name == "weekends" else len(mine)


@dataclass(frozen=True)
class Overtime:
    """From how many paid hours of a week on a person's hours are overtime, and what one costs."""

    after_h: float
    factor: float
    price: float


def overtime_of(case: Case, person: Person) -> Overtime | None:
    """Return when a person's overtime begins and what an hour costs; None if nothing is overtime.

    It begins at `LabourRules.overtime_after_h`; where the contract allows overtime, at its
    `max_week_h` if that is less, and then an hour costs `overtime_factor` times the weight.
    """
    limit, weight = case.scenario.rules.overtime_after_h, case.scenario.weights.overtime
    contract = case.contracts[person.contract]
    if contract.overtime_h:
        after = contract.max_week_h if limit is None else min(limit, contract.max_week_h)
        return Overtime(after, contract.overtime_factor, weight * contract.overtime_factor)
    return None if limit is None else Overtime(limit, 1.0, weight)


def overtime_h(case: Case, person: Person, duties: Iterable[Duty]) -> tuple[float, ...]:
    """Return a person's overtime hours of each planned week."""
    terms, paid = overtime_of(case, person), [0] * case.horizon.weeks
    if terms is None:
        return (0.0,) * case.horizon.weeks
    for duty in duties:
        paid[duty.span.day // 7] += case.paid_min(duty.span)
    return tuple(max(0.0, got / 60 - terms.after_h) for got in paid)


def overtime_cost(case: Case, person: Person, duties: Iterable[Duty]) -> float:
    """Return what a person's overtime adds to the objective."""
    terms = overtime_of(case, person)
    if terms is None or not terms.price:
        return 0.0
    return terms.price * sum(overtime_h(case, person, duties))


def burden_cost(
    model: cp_model.CpModel, choice: Choice, aims: Mapping[str, float], scale: int
) -> list[Any]:
    """Return the part of an objective that prices a person's overtime and departures from `aims`.

    Parameters
    ----------
    model : CpModel
    choice : Choice
    aims : mapping
        Burden to the count at which a person is at the mean; burdens without one are not priced.
    scale : int
        Objective units an agent-hour.
    """
    case, parts = choice.case, _overtime(model, choice, scale)
    weights = weighed(case)
    for name, aim in aims.items():
        of = [
            (duty.span.day, x)
            for items in choice.days.values() for duty, x in items if bears(case, name, duty)
        ]  # fmt: skip
        count: Any = cp_model.LinearExpr.sum([x for _, x in of])
        if name == "weekends":
            worked = []
            for week in sorted({day // 7 for day, _ in of}):
                here = [x for day, x in of if day // 7 == week]
                worked.append(model.new_bool_var(""))
                model.add_max_equality(worked[-1], here)
            count = cp_model.LinearExpr.sum(worked)
        apart = model.new_int_var(0, _FINE * (len(of) + 1 + int(aim)), "")
        model.add(apart >= _FINE * count - round(_FINE * aim))
        model.add(apart >= round(_FINE * aim) - _FINE * count)
        parts.append(apart * max(1, round(weights[name] * scale / _FINE)))
    return parts


def _overtime(model: cp_model.CpModel, choice: Choice, scale: int) -> list[Any]:
    case = choice.case
    terms = overtime_of(case, choice.person)
    if terms is None or not terms.price:
        return []
    parts: list[Any] = []
    for week in choice.weeks:
        items = [item for day in range(7 * week, 7 * week + 7) for item in choice.on(day)]
        paid = cp_model.LinearExpr.weighted_sum(
            [x for _, x in items], [case.paid_min(duty.span) for duty, _ in items]
        )
        # In the largest whole unit, so that little is lost where a price becomes a whole number.
        most = round(60 * terms.after_h)
        unit = math.gcd(most, *(case.paid_min(duty.span) for duty, _ in items)) or 1
        over = model.new_int_var(0, 7 * MINUTES_A_DAY // unit, "")
        model.add(over * unit >= paid - most)
        parts.append(over * max(1, round(terms.price * scale * unit / 60)))
    return parts
