"""How many hours does everybody work in each week of a year, so that the year follows demand?

Annualised hours: a person owes hours of a year, not of a week. The weeks are a linear problem:
hours short and beyond demand, hours that depart from the mean of people alike, and changes from
week to week have prices; the year's hours, the weeks' limits and the limits of the account of
banked hours are hard. Hours are then put on a grid, never over a limit; nobody's account moves by
more than a grid step. Where the year's hours, less those of weeks over, are no multiple of the
step, the first week that is not fixed bears the remainder.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.annual_weeks import on_grid, solved
from wfm.roster.annual_year import AnnualTerms, AnnualWeights, Year
from wfm.scenario import Scenario
from wfm.workforce import Contract

__all__ = ["AnnualPlan", "AnnualTerms", "AnnualWeights", "annual_plan", "week_scenario"]


@dataclass(frozen=True)
class AnnualPlan:
    """Everybody's weeks.

    Attributes
    ----------
    hours : DataFrame
        agent, week (its Monday), hours, pace (the hours of an even pace), balance (worked less
        pace until the end of that week: hours banked, or owed if negative).
    weeks : DataFrame
        week, wanted_h, planned_h, short_h, over_h.
    short_h, over_h : float
        Of the whole year.
    price : float
        Hours short and beyond demand at their prices (`AnnualWeights`).
    bound : float
        The least price that any plan can have, as exact as the linear solver (about 1e-7 of it).
    terms : mapping
        Agent to `AnnualTerms`.
    """

    hours: pd.DataFrame
    weeks: pd.DataFrame
    short_h: float
    over_h: float
    price: float
    bound: float
    terms: Mapping[str, AnnualTerms] = field(repr=False)


def annual_plan(
    wanted_h: pd.Series, terms: Mapping[str, AnnualTerms], *,
    away: Mapping[str, Iterable[dt.date]] | None = None, closed: Iterable[dt.date] = (),
    worked: pd.DataFrame | None = None, alike: Mapping[str, str] | None = None,
    weights: AnnualWeights | None = None, step_h: float = 0.5,
) -> AnnualPlan:  # fmt: skip
    """Return weekly hours that follow demand and come out at everybody's hours of the year.

    Parameters
    ----------
    wanted_h : Series
        Paid hours wanted, by the Monday of each week in order, without gaps.
    terms : mapping
        Agent to terms.
    away : mapping, optional
        Agent to the Mondays of weeks of leave: no hours, and none expected of the pace.
    closed : iterable of date
        Mondays of weeks in which nobody works.
    worked : DataFrame, optional
        agent, week, hours: weeks that are over; they stand, and the rest of the year makes up.
    alike : mapping, optional
        Agent to the name of a group in which hours should be shared evenly, such as a contract;
        by default people with the same terms.
    weights : AnnualWeights, optional
    step_h : float
        Grid of the hours; limits of weeks lie on it. Where the hours of the year, less those of
        weeks over, do not, one week bears the remainder.

    Returns
    -------
    AnnualPlan

    Raises
    ------
    BadInput
        A week, person or number cannot be used.
    Infeasible
        Somebody's hours do not fit the weeks left; the text says whose.

    Examples
    --------
    >>> weeks = [dt.date(2003, 3, 3) + dt.timedelta(weeks=n) for n in range(4)]
    >>> made = annual_plan(
    ...     pd.Series([60.0, 60.0, 100.0, 100.0], index=weeks),
    ...     {name: AnnualTerms(160, 30, 50) for name in ("ann", "bob")})
    >>> made.hours[made.hours["agent"] == "ann"]["hours"].tolist(), made.short_h
    ([30.0, 30.0, 50.0, 50.0], 0.0)
    >>> made.hours["balance"].tolist()[:4]
    [-10.0, -20.0, -10.0, 0.0]
    """
    weights = weights or AnnualWeights()
    year = Year(wanted_h, terms, away=away or {}, closed=closed, worked=worked, step_h=step_h)
    groups = _groups(terms, alike)
    bound = solved(year, groups, replace(weights, unlike=0.0, change=0.0)).value
    numbers = solved(year, groups, weights).hours
    return _told(year, on_grid(year, numbers), weights, bound)


def week_scenario(
    plan: AnnualPlan, scenario: Scenario, week: dt.date, *, slack_h: float = 0.0
) -> Scenario:
    """Return the scenario of the weeks from `week`, with the plan's hours as contract hours.

    Everybody in the plan gets a contract that owes the hours of the week, less `slack_h`, and
    allows as many more; hours that shifts cannot add up to are the roster's to refuse. A scenario
    of several weeks owes the mean of them. Hours of a row of weeks (`Contract.period_weeks`) fall
    away: the year's plan stands in their place.

    Raises
    ------
    BadInput
        The plan does not hold the weeks.
    """
    weeks = [week + dt.timedelta(weeks=n) for n in range(scenario.weeks)]
    table = plan.hours.pivot_table(index="agent", columns="week", values="hours", sort=False)
    missing = [day for day in weeks if day not in table.columns]
    if missing:
        raise BadInput(
            f"annual hours: the plan has no week of {missing[0]}; it has {table.columns[0]} to "
            f"{table.columns[-1]}"
        )
    mean = table[weeks].mean(axis=1)
    base = {contract.name: contract for contract in scenario.contracts}
    made: dict[str, Contract] = {}
    people = []
    for person in scenario.people:
        if person.id not in mean.index:
            people.append(person)
            continue
        owed = float(mean[person.id])
        name = f"{person.contract} {owed:g} h"
        made[name] = replace(
            base[person.contract], name=name, min_week_h=max(0.0, owed - slack_h),
            max_week_h=min(168.0, owed + slack_h), period_weeks=0, min_period_h=0.0,
            max_period_h=None,
        )  # fmt: skip
        people.append(replace(person, contract=name))
    used = {person.contract for person in people}
    contracts = (*(c for c in scenario.contracts if c.name in used), *made.values())
    return replace(scenario, start=week, people=tuple(people), contracts=contracts)


def _told(year: Year, hours: np.ndarray, weights: AnnualWeights, bound: float) -> AnnualPlan:
    balance = np.cumsum(hours - year.pace, axis=1)
    people, many = hours.shape
    table = pd.DataFrame({
        "agent": pd.Series(np.repeat(year.agents, many), dtype="str"),
        "week": year.mondays * people, "hours": hours.ravel(), "pace": year.pace.ravel(),
        "balance": np.round(balance.ravel(), 6),
    })  # fmt: skip
    planned = hours.sum(axis=0)
    gap = year.wanted - planned
    weeks = pd.DataFrame({
        "week": year.mondays, "wanted_h": year.wanted, "planned_h": planned,
        "short_h": np.maximum(gap, 0.0), "over_h": np.maximum(-gap, 0.0),
    })  # fmt: skip
    short, over = float(weeks["short_h"].sum()), float(weeks["over_h"].sum())
    price = weights.short * short + weights.over * over
    return AnnualPlan(table, weeks, short, over, price, bound, year.terms)


def _groups(
    terms: Mapping[str, AnnualTerms], alike: Mapping[str, str] | None
) -> list[list[int]]:  # fmt: skip
    found: dict[object, list[int]] = defaultdict(list)
    for at, (agent, term) in enumerate(terms.items()):
        found[term if alike is None else alike.get(agent, agent)].append(at)
    return list(found.values())
