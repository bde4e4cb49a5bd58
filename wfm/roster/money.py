"""What do overtime and the weights of the objective come to, in agent-hours and in money?

A weighted agent-hour is one paid hour: `RosterWeights.over` = 1 prices an agent who is paid for an
hour in which nobody is wanted. In money it is what an ordinary hour costs on average.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from wfm.roster.burdens import overtime_h, overtime_of
from wfm.roster.duties import by_agent, duties_of
from wfm.roster.judging import of_frame
from wfm.roster.result import Roster
from wfm.scenario import Scenario

_UNITS = {
    "under": "agent-hour short", "over": "agent-hour beyond demand",
    "fairness": "paid hour from the mean of the contract",
    "staff": "hour with one of a role missing",
    "on_call": "on-call duty missing on a day", "overtime": "hour of overtime, times its factor",
    "nights": "night from the mean", "weekends": "weekend from the mean",
    "early": "early shift from the mean", "late": "late shift from the mean",
}  # fmt: skip


def overtime(roster: Roster | pd.DataFrame, scenario: Scenario | None = None) -> pd.DataFrame:
    """Return everybody's overtime by week, with its price in the objective and in money.

    Parameters
    ----------
    roster : Roster or DataFrame
    scenario : Scenario, optional
        By default the one the roster carries.

    Returns
    -------
    DataFrame
        agent, week (its Monday), paid_h, after_h (from where hours are overtime), overtime_h,
        factor, price (weighted agent-hours) and cost (overtime_h x factor x the contract's
        `cost_per_hour`; NaN without one); one row a person and week with overtime.

    Raises
    ------
    BadInput
        If no scenario is known.
    """
    case, rows = of_frame(roster, scenario), []
    mine = by_agent(duties_of(roster.frame if isinstance(roster, Roster) else roster, case.horizon))
    for person in case.scenario.people:
        terms, hourly = overtime_of(case, person), case.contracts[person.contract].cost_per_hour
        duties = [d for d in mine.get(person.id, ()) if 0 <= d.span.day < case.horizon.days]
        if terms is None:
            continue
        for week, hours in enumerate(overtime_h(case, person, duties)):
            if hours <= 0:
                continue
            money = math.nan if hourly is None else hours * terms.factor * hourly
            monday, paid = case.horizon.date(7 * week), hours + terms.after_h
            rows.append((person.id, monday, paid, terms.after_h, hours, terms.factor,
                         hours * terms.price, money))  # fmt: skip
    columns = ["agent", "week", "paid_h", "after_h", "overtime_h", "factor", "price", "cost"]
    return pd.DataFrame(rows, columns=columns)


def weights(scenario: Scenario) -> pd.DataFrame:
    """Return every weight of the objective with its unit, in weighted agent-hours and in money.

    Parameters
    ----------
    scenario : Scenario

    Returns
    -------
    DataFrame
        weight, unit, agent_h, money: `agent_h` times the mean `Contract.cost_per_hour` of the
        people, NaN where a contract in use has none.

    Examples
    --------
    >>> from wfm.scenario import (
    ...     Contract, Person, Queue, Scenario, ShiftType, Target)
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),), (Person("ann", "any", ("voice",)),),
    ...     (Contract("any", 0, 40, ("D",), cost_per_hour=20.0),),
    ...     (ShiftType("D", "09:00", "09:00", 480),))
    >>> float(weights(plan).set_index("weight")["money"]["under"])
    200.0
    """
    by_name = {contract.name: contract.cost_per_hour for contract in scenario.contracts}
    costs = [by_name[person.contract] for person in scenario.people]
    known = bool(costs) and all(cost is not None for cost in costs)
    hour = float(np.mean(np.array(costs, dtype=float))) if known else math.nan
    rows = [
        (name, unit, getattr(scenario.weights, name), getattr(scenario.weights, name) * hour)
        for name, unit in _UNITS.items()
    ]
    return pd.DataFrame(rows, columns=["weight", "unit", "agent_h", "money"])
