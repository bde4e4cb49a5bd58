"""What roster do the planned weeks of a team's rotation make?"""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

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
from wfm.scenario import Scenario
from wfm.timegrid import minutes
from wfm.workforce import Person

if TYPE_CHECKING:
    from wfm.roster.team_rotation import TeamRotation


def roster_from(
    made: TeamRotation, requirement: Any, scenario: Scenario, *, begun: dt.date | None = None
) -> tuple[Roster, tuple[Violation, ...]]:
    """Return the planned weeks of a rotation as a roster with breaks, and every rule it breaks.

    Leave is kept: shifts on days off are left out. A start that a clock change skips is moved
    forward, as in every roster; where that takes it into the next day the shift is left out, and
    `notes` of the roster says so. Breaks are placed one shift after the other where they cost
    least.

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
        Somebody in the rotation, or a shift of it, is not in the scenario, or `begun` is no Monday.
    """
    horizon = horizon_of(scenario, None)
    begun = begun or horizon.monday
    if begun.weekday():
        raise BadInput(f"rotation: begun is a Monday, got {begun} ({begun:%A})")
    _check(made, scenario)
    case = Case(scenario, horizon, {})
    board = Board(case, demand_of(requirement, case, step_of(scenario)), spread_of(case))
    known = {(s.day, s.shift, s.start): s for spans in case.spans for s in spans}
    lost = []
    for agent in made.first_weeks["agent"]:
        person = case.people[agent]
        off = {(day - horizon.monday).days for day in person.time_off}
        for day in range(horizon.days):
            code, start = made.day_of(agent, (horizon.monday - begun).days + day)
            if not code or day in off:
                continue
            span = known.get((day, code, horizon.clock(day, minutes(start))))
            if span is None:
                lost.append(f"{agent!r}, {code} {start} on {horizon.date(day)}")
            elif horizon.day_of(span.end - 1) not in off:
                _put(board, person, span)
    rows = coverage_of(board.spread, board.demand, board.supply)
    like = Roster(
        frame=pd.DataFrame(), unmet=unmet_of(rows), coverage=rows[COVERED],
        hours=hours_of(case, board.all_duties()), status="feasible", gap=math.nan,
        objective=math.nan, bound=math.nan, seconds=0.0, reproducible=True, start=horizon.monday,
        weeks=horizon.weeks, notes=_left_out(lost), scenario=scenario,
    )  # fmt: skip
    roster = roster_of(board, like, seconds=0.0)
    return roster, audit(roster, scenario)


def _check(made: TeamRotation, scenario: Scenario) -> None:
    """Raise BadInput unless the scenario still has everybody and every shift of the rotation."""
    people = {person.id for person in scenario.people}
    gone = [agent for agent in made.first_weeks["agent"] if agent not in people]
    if gone:
        raise BadInput(
            f"rotation: {len(gone)} of {len(made.first_weeks)} people in it are not in the "
            f"scenario (first: {gone[0]!r}); take their rows out of `first_weeks`, or put "
            "somebody else there"
        )
    starts = {(shift.code, start) for shift in scenario.shifts for start in shift.starts}
    rows = made.table.loc[made.table["shift"] != "", ["shift", "start"]].drop_duplicates()
    unknown = [(code, start) for code, start in rows.itertuples(index=False)
               if (code, minutes(start)) not in starts]  # fmt: skip
    if unknown:
        raise BadInput(
            f"rotation: {len(unknown)} of its {len(rows)} shifts are not in the scenario (first: "
            f"{' '.join(unknown[0])}); add them, or make the rotation anew"
        )


def _left_out(lost: list[str]) -> tuple[str, ...]:
    if not lost:
        return ()
    many = "1 shift is" if len(lost) == 1 else f"{len(lost)} shifts are"
    return (
        f"rotation: {many} left out, because a clock change takes their start out of its day "
        f"(first: {lost[0]})",
    )


def _put(board: Board, person: Person, span: Span) -> None:
    group = board.case.group(person)
    price = board.prices()[board.spread.groups.index(group)]
    board.put(board.rebreak(Duty(person.id, span, group), price))
