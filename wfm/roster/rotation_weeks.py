"""Which roster do the planned weeks have if a team follows its rotation, and what does it break?"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pandas as pd

from wfm.errors import BadInput
from wfm.roster.audit import audit
from wfm.roster.board import Board
from wfm.roster.coverage import coverage_of, spread_of
from wfm.roster.demand import demand_of
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.result import Roster, Violation
from wfm.roster.standing import COVERED, hours_of, roster_of, unmet_of
from wfm.roster.team_rotation import TeamRotation
from wfm.scenario import Scenario
from wfm.timegrid import minutes
from wfm.workforce import Person


def roster_from(
    made: TeamRotation, requirement: Any, scenario: Scenario, *, begun: dt.date | None = None
) -> tuple[Roster, tuple[Violation, ...]]:
    """Return the planned weeks of a rotation as a roster with breaks, and every rule it breaks.

    Leave is kept: shifts on days off are left out. Breaks are placed one shift after the other
    where they cost least.

    Parameters
    ----------
    made : TeamRotation
    requirement : Requirement or DataFrame
        Of the planned weeks.
    scenario : Scenario
        With `start`; its people may be more than the rotation's.
    begun : date, optional
        Monday of the rotation's first week; by default the first planned day.

    Raises
    ------
    BadInput
        Somebody of the rotation is not in the scenario or has no queue, or it has no such shift.
    """
    horizon = horizon_of(scenario, None)
    begun = begun or horizon.monday
    if begun.weekday():
        raise BadInput(f"rotation: begun is a Monday, got {begun} ({begun:%A})")
    case = Case(scenario, horizon, {})
    board = Board(case, demand_of(requirement, case, step_of(scenario)), spread_of(case))
    _refuse_strangers(made, case)
    known = {(s.day, s.shift, s.start): s for spans in case.spans for s in spans}
    lost: list[tuple[str, int, str, str]] = []
    for agent in made.first_weeks["agent"]:
        person = case.people[agent]
        off = {(day - horizon.monday).days for day in person.time_off}
        for day in range(horizon.days):
            code, start = made.day_of(agent, (horizon.monday - begun).days + day)
            if code and day not in off:
                span = known.get((day, code, horizon.clock(day, minutes(start))))
                if span is None:
                    lost.append((agent, day, code, start))
                elif not {day, horizon.day_of(span.end - 1)} & off:
                    _put(board, person, span)
    if lost:
        agent, day, code, start = lost[0]
        raise BadInput(
            f"rotation: {len(lost)} of its shifts are none of the scenario's (first: agent "
            f"{agent!r}, {horizon.date(day)}, {code} at {start}); give the shift type that start "
            "again, or make the rotation anew"
        )
    like = Roster(
        frame=pd.DataFrame(), unmet=unmet_of(_covered(board)), coverage=_covered(board)[COVERED],
        hours=hours_of(case, board.all_duties()), status="feasible", gap=math.nan,
        objective=math.nan, bound=math.nan, seconds=0.0, reproducible=True, start=horizon.monday,
        weeks=horizon.weeks, scenario=scenario,
    )  # fmt: skip
    roster = roster_of(board, like, seconds=0.0)
    return roster, audit(roster, scenario)


def _refuse_strangers(made: TeamRotation, case: Case) -> None:
    names = made.first_weeks["agent"]
    gone = [a for a in names if a not in case.people or not case.group(case.people[a])]
    if gone:
        raise BadInput(
            f"rotation: {len(gone)} of its people are not in the scenario or have no queue (first: "
            f"{gone[0]!r}); put somebody in their place in first_weeks, or make the rotation anew"
        )


def _covered(board: Board) -> pd.DataFrame:
    return coverage_of(board.spread, board.demand, board.supply)


def _put(board: Board, person: Person, span: Span) -> None:
    group = board.case.group(person)
    price = board.prices()[board.spread.groups.index(group)]
    board.put(board.rebreak(Duty(person.id, span, group), price))
