"""What does a roster cover when the requirement changes under it?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from wfm.roster.coverage import coverage_of
from wfm.roster.result import Roster
from wfm.roster.standing import COVERED, stand, unmet_of
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
        the new requirement, so `bound` and `gap` are NaN. Shifts of the weeks before count where
        the roster knows them (`Roster.previous`).

    Raises
    ------
    BadInput
        The requirement cannot be used.
    """
    standing = stand(roster, scenario, requirement=requirement)
    board = standing.board
    rows = coverage_of(board.spread, board.demand, board.supply)
    return replace(
        roster, unmet=unmet_of(rows), coverage=rows[COVERED], status="feasible", gap=math.nan,
        bound=math.nan, objective=float(board.objective()),
    )  # fmt: skip
