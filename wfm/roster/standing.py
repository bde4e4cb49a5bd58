"""How does a roster at hand stand before the rules, the demand and its price?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from wfm.errors import BadInput
from wfm.roster.board import Board
from wfm.roster.coverage import coverage_of, spread_of
from wfm.roster.demand import demand_of
from wfm.roster.duties import Case, Duty, duties_of, frame_of
from wfm.roster.given import before_of
from wfm.roster.grid import horizon_of, step_of
from wfm.roster.result import Roster, Violation
from wfm.roster.rulebook import RULES
from wfm.roster.rules import Work
from wfm.scenario import Scenario

COVERED = ["queue", "start", "scheduled", "on_seat", "gap", "unmet", "over"]


@dataclass(frozen=True)
class Standing:
    """A roster put on a board: the problem, and everybody's shifts with their price.

    `strangers` are shifts that the board cannot hold: of people the scenario does not know, outside
    the planned weeks, for other queues than their person's, or a second one on a day.
    """

    board: Board
    strangers: tuple[Duty, ...]

    @property
    def case(self) -> Case:
        """The problem as the rules see it."""
        return self.board.case

    @property
    def coverage(self) -> pd.DataFrame:
        """The coverage of the requirement's rows, in their order."""
        return coverage_of(self.board.spread, self.board.demand, self.board.supply)

    def broken(self, agents: set[str]) -> tuple[Violation, ...]:
        """Return what the shifts of some people break."""
        return broken_by(self.case, {a: list(self.board.duties[a].values()) for a in agents})


def stand(
    roster: Roster, scenario: Scenario | None = None, *, requirement: Any = None,
    previous: pd.DataFrame | None = None,
) -> Standing:  # fmt: skip
    """Return `roster` on a board.

    Parameters
    ----------
    roster : Roster
    scenario : Scenario, optional
        By default the one the roster carries.
    requirement : Requirement or DataFrame, optional
        By default what the roster's coverage was counted against.
    previous : DataFrame, optional
        Weeks before; by default those the roster carries.

    Raises
    ------
    BadInput
        No scenario is known, or a table cannot be used.
    """
    scenario = scenario or roster.scenario
    if scenario is None:
        raise BadInput(
            "roster: this roster does not carry the scenario it was made for; pass scenario=..."
        )
    if scenario.start is None:
        scenario = replace(scenario, start=roster.start)
    horizon = horizon_of(scenario, None)
    case = Case(scenario, horizon, {})
    asked = wanted_of(roster) if requirement is None else requirement
    demand = demand_of(asked, case, step_of(scenario))
    known = roster.previous if previous is None else previous
    case = Case(scenario, horizon, before_of(_known_people(known, case), case))
    board = Board(case, demand, spread_of(case))
    strangers = []
    for duty in duties_of(roster.frame, horizon):
        person = case.people.get(duty.agent)
        fits = person is not None and case.group(person) == duty.queue != ""
        inside = 0 <= duty.span.day < horizon.days
        if fits and inside and duty.span.day not in board.duties[duty.agent]:
            board.put(duty)
        else:
            strangers.append(duty)
    return Standing(board, tuple(strangers))


def broken_by(case: Case, duties: dict[str, list[Duty]]) -> tuple[Violation, ...]:
    """Return what these shifts of some people break; each person's whole plan is given."""
    found: list[Violation] = []
    for agent, mine in duties.items():
        work = Work(case, agent, tuple(sorted(mine, key=lambda duty: duty.span.start)))
        for rule in RULES:
            found += rule.violations(work)
    return tuple(sorted(found, key=lambda v: (v.agent, v.day)))


def roster_of(board: Board, like: Roster, *, seconds: float) -> Roster:
    """Return the roster on a board; `like` gives what stays: scenario, start, locks.

    No bound is known for it, so `bound` and `gap` are NaN.
    """
    duties = board.all_duties()
    rows = coverage_of(board.spread, board.demand, board.supply)
    return replace(
        like, frame=frame_of(duties, board.case.horizon), unmet=unmet_of(rows),
        coverage=rows[COVERED], hours=hours_of(board.case, duties), status="feasible",
        gap=math.nan, bound=math.nan, objective=float(board.objective()), seconds=seconds,
        reproducible=True, scenario=board.case.scenario,
    )  # fmt: skip


def unmet_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a coverage table that are short, as table ``unmet``."""
    short = rows.loc[rows["unmet"] > 0, ["queue", "start", "scheduled", "on_seat", "unmet"]]
    return short.reset_index(drop=True)


def hours_of(case: Case, duties: Iterable[Duty]) -> pd.DataFrame:
    """Return agent, week, paid_h and days, one row a person and planned week."""
    paid = np.zeros((len(case.people), case.horizon.weeks))
    days = np.zeros(paid.shape, dtype=np.int64)
    rank = {agent: at for at, agent in enumerate(case.people)}
    for duty in duties:
        paid[rank[duty.agent], duty.span.day // 7] += case.paid_min(duty.span) / 60
        days[rank[duty.agent], duty.span.day // 7] += 1
    weeks = [case.horizon.date(7 * week) for week in range(case.horizon.weeks)]
    return pd.DataFrame({
        "agent": pd.Series(np.repeat(list(case.people), len(weeks)), dtype="str"),
        "week": pd.Series(weeks * len(case.people), dtype="object"),
        "paid_h": paid.ravel(),
        "days": days.ravel(),
    })  # fmt: skip


def wanted_of(roster: Roster) -> pd.DataFrame:
    """Return the requirement that the roster's coverage was counted against."""
    rows = roster.coverage[["queue", "start", "scheduled"]]
    count = rows["scheduled"].astype(float)
    return rows.assign(
        agents=count, agents_rounded=rows["scheduled"], p_answered_within=math.nan,
        occupancy=math.nan,
    )  # fmt: skip


def _known_people(previous: pd.DataFrame | None, case: Case) -> pd.DataFrame | None:
    """Drop people who have left since; for a roster at hand that is no mistake."""
    if previous is None:
        return None
    return previous[previous["agent"].isin(list(case.people))]
