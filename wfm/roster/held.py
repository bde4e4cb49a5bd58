"""What does a roster cover when the requirement changes under it?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from wfm.roster.board import Board
from wfm.roster.coverage import coverage_of, spread_of
from wfm.roster.demand import demand_of
from wfm.roster.duties import Case, duties_of
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.result import Roster
from wfm.scenario import Scenario


def hold(roster: Roster, requirement: Any, scenario: Scenario) -> Roster:
    """Return the same shifts with what they cover of another requirement.

    Parameters
    ----------
    roster : Roster
    requirement : Requirement or DataFrame
        Sized for the planned weeks of `roster`.
    scenario : Scenario
        The one the roster was made for.

    Returns
    -------
    Roster
        Shifts and hours as they were; coverage, unmet and objective anew. No bound is known for
        the new requirement, so `bound` and `gap` are NaN. Shifts of the weeks before that reach
        into the first day are not among its rows and do not count.

    Raises
    ------
    BadInput
        The requirement cannot be used.
    """
    horizon = horizon_of(scenario, None)
    case = Case(scenario, horizon, {})
    demand = demand_of(requirement, case, step_of(scenario))
    board = Board(case, demand, spread_of(case))
    for duty in duties_of(roster.frame, horizon):
        board.put(duty)
    rows = coverage_of(board.spread, demand, board.supply)
    unmet = rows.loc[rows["unmet"] > 0, ["queue", "start", "scheduled", "on_seat", "unmet"]]
    return replace(
        roster,
        unmet=unmet.reset_index(drop=True),
        coverage=rows[["queue", "start", "scheduled", "on_seat", "gap", "unmet", "over"]],
        status="feasible", gap=math.nan, bound=math.nan, objective=float(board.objective()),
    )  # fmt: skip
