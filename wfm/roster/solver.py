"""Who works when, so that agents are where contacts are expected?"""

from __future__ import annotations

import math
import os
from dataclasses import replace
from numbers import Integral

import pandas as pd

from wfm import frames
from wfm.errors import BadInput, Infeasible
from wfm.roster.annealing import LEAST_SECONDS, anneal_board
from wfm.roster.board import Board
from wfm.roster.bound import ideal_of
from wfm.roster.breaks import check_breaks
from wfm.roster.budget import Budget, Progress
from wfm.roster.clashing import why_infeasible
from wfm.roster.coverage import Spread, coverage_of, spread_of
from wfm.roster.demand import Demand, demand_of, table_of
from wfm.roster.duties import Case, frame_of
from wfm.roster.given import before_of, kept_free, locks_of
from wfm.roster.grid import Horizon, horizon_of, step_of
from wfm.roster.large_plans import construct_large, is_large, search_large
from wfm.roster.meeting_places import place_meetings
from wfm.roster.result import Roster
from wfm.roster.search import Task, construct, search
from wfm.roster.standing import COVERED, hours_of, unmet_of
from wfm.roster.unstaffed import unstaffed
from wfm.roster.warm import warm
from wfm.roster.week_rules import lowered
from wfm.scenario import Scenario

_EXACT = 1e-5  # ten times the margin by which the bound is lowered for HiGHS's tolerances


def solve(
    requirement: object, scenario: Scenario, *, locked: pd.DataFrame | None = None,
    previous: pd.DataFrame | None = None, time_limit_s: float = 60, workers: int | None = None,
    seed: int = 0, progress: Progress | None = None, start: Roster | pd.DataFrame | None = None,
) -> Roster:  # fmt: skip
    """Return the best legal roster found for a requirement.

    Coverage is soft: what cannot be covered stands in `Roster.unmet`. Labour rules, contracts and
    leave are hard and never broken. Minimised are the weighted agent-hours of
    `Scenario.weights`: short, beyond demand, and unfairly shared.

    Parameters
    ----------
    requirement : Requirement or DataFrame
        Table ``requirement`` of `wfm.frames`, or anything with such a `frame`; its `scheduled` is
        the number of agents wanted on duty and not on a break. Rows outside the planned weeks are
        left out.
    scenario : Scenario
        Planned are `weeks` weeks from `start`; without one, from the Monday of the requirement's
        first local day.
    locked : DataFrame, optional
        Roster rows that must stand as they are, breaks included. A row whose activity is ``"off"``
        keeps its person from starting a shift on the local day of its `start`.
    previous : DataFrame, optional
        Roster of the weeks before; rest and consecutive days carry over, and shifts that reach into
        the planned weeks count as coverage.
    time_limit_s : float
        Wall-clock seconds. The first legal roster is finished even if it takes longer, and so is
        what a machine must compile once, about half a minute.
    workers : int, optional
        Most threads used; by default two, or one on a machine with one.
    seed : int
        Start of the random choices of the search.
    progress : callable, optional
        ``progress(share, text)`` is called now and then with the share done, 0 to 1; once there is
        a roster the text ends in its objective, the bound and the gap. If it returns False the
        search stops and the best roster so far is returned.
    start : Roster or DataFrame, optional
        A roster of the same weeks to begin from; its shifts need not be legal any more. The result
        is no worse than what is legal of it.

    Returns
    -------
    Roster

    Raises
    ------
    BadInput
        If the tables, the shifts, the locks or the weeks before cannot be used.
    Infeasible
        If someone's rules contradict each other; the text names the rules, the agent and the week.

    Examples
    --------
    >>> import datetime as dt
    >>> import pandas as pd
    >>> from wfm.scenario import Contract, Person, Queue, Scenario, ShiftType, Target
    >>> plan = Scenario(
    ...     "one", "UTC", (Queue("voice", Target(0.8)),), (Person("ann", "any", ("voice",)),),
    ...     (Contract("any", 0, 40, ("D",)),), (ShiftType("D", "09:00", "09:00", 480),),
    ...     start=dt.date(2003, 3, 3))
    >>> wanted = pd.DataFrame({
    ...     "queue": "voice", "start": pd.date_range("2003-03-03 09:00", periods=16, freq="30min",
    ...     tz="UTC"), "agents": 1.0, "agents_rounded": 1, "scheduled": 1,
    ...     "p_answered_within": 0.9, "occupancy": 0.5})
    >>> roster = solve(wanted, plan)
    >>> roster.status, len(roster.frame), len(roster.unmet)
    ('optimal', 1, 0)
    """
    _check(time_limit_s, workers, seed)
    budget = Budget(float(time_limit_s), progress)
    case = Case(scenario, _horizon(requirement, scenario), {})
    step_min = step_of(scenario)
    for shift in case.shifts.values():
        check_breaks(shift, step_min)
    demand = demand_of(requirement, case, step_min)
    case = Case(scenario, case.horizon, before_of(previous, case), kept_free(locked, case))
    locks = locks_of(locked, case, step_min)
    board = Board(case, demand, spread_of(case))
    base_supply = board.supply.copy()
    for mine in locks.values():
        for duty in mine.values():
            board.put(duty)
    threads = workers or min(2, os.cpu_count() or 1)
    large = is_large(board, time_limit_s)
    if large or time_limit_s >= LEAST_SECONDS:
        with budget.stood_still():
            _compile(progress)
    bound = math.nan
    try:
        if large:
            construct_large(board, locks, budget, seed=seed)
        else:
            ideal = ideal_of(
                case, demand, board.spread, base_supply, locked=locks,
                seconds=max(1.0, budget.left / 2), over=lambda: _told_to_end(budget),
            )  # fmt: skip
            bound = ideal.bound
            budget.cut_by_clock = budget.cut_by_clock or math.isnan(bound)
            construct(board, locks, ideal, budget)
    except Infeasible as error:
        raise why_infeasible(case, locks) or error from error
    if start is not None:
        warm(board, start, locks)
    budget.incumbent, budget.bound = board.objective, bound
    if large:
        budget.bound = bound = search_large(board, locks, budget, workers=threads, seed=seed)
    else:
        anneal_board(board, locks, budget, workers=threads, seed=seed)
    search(board, Task(locks, budget, threads, seed), bound)
    place_meetings(board, locks, budget.hurried)
    found = _result(board, demand, board.spread, bound, budget)
    return replace(found, scenario=scenario, previous=previous, locked=locked)


def _check(time_limit_s: object, workers: object, seed: object) -> None:
    if not (isinstance(time_limit_s, int | float) and time_limit_s > 0):
        raise BadInput(f"roster: time_limit_s is a number of seconds > 0, got {time_limit_s!r}")
    if workers is not None and not (isinstance(workers, int) and workers >= 1):
        raise BadInput(f"roster: workers is a whole number >= 1, got {workers!r}")
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise BadInput(f"roster: seed is a whole number >= 0, got {seed!r}")


def _told_to_end(budget: Budget) -> bool:
    budget.tell(0.0, "how good any roster can be")
    return budget.stopped


def _compile(progress: Progress | None) -> None:
    """Compile the engine's kernels, once on a machine, before the search's clock starts."""
    from wfm.roster.compiling import compile_kernels

    if progress is not None:
        progress(0.0, "compiling, once")
    compile_kernels()


def _horizon(requirement: object, scenario: Scenario) -> Horizon:
    frame, first = frames.check("requirement", table_of(requirement)), None
    if scenario.start is None and len(frame):
        first = frame["start"].min()
    return horizon_of(scenario, first)


def _result(board: Board, demand: Demand, spread: Spread, bound: float, budget: Budget) -> Roster:
    case, horizon = board.case, board.case.horizon
    duties = board.all_duties()
    rows = coverage_of(spread, demand, board.supply)
    objective = board.objective()
    bound = min(bound, objective)
    gap = (objective - bound) / objective if objective > 0 else objective - bound
    done = not math.isnan(bound) and objective - bound <= _EXACT * max(1.0, objective)
    budget.tell(1.0, "done")
    return Roster(
        frame=frame_of(duties, horizon),
        unmet=unmet_of(rows),
        coverage=rows[COVERED],
        hours=hours_of(case, duties),
        status="optimal" if done else "feasible",
        gap=0.0 if done else float(gap),
        objective=float(objective),
        bound=float(bound),
        seconds=budget.elapsed,
        reproducible=budget.reproducible,
        start=horizon.monday,
        weeks=horizon.weeks,
        notes=(*unstaffed(case, demand), *lowered(case)),
    )
