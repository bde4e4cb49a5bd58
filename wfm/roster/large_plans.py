"""How is a plan rostered whose linear relaxation is too large to wait for?

The engine does it whole: a first legal roster from exact tours, who works on which day from a
mixture of people alike, starts and breaks day by day, annealing (`engine`, `guided`). Its bound is
one for the plan: what the engine leaves out, such as fairness and requests, only adds cost. Of what
comes back everybody keeps what the rule book calls clean.
"""

from __future__ import annotations

import math

from wfm.roster import engine, guided
from wfm.roster.annealing import LEAST_SECONDS, knows
from wfm.roster.board import Board
from wfm.roster.bound import Ideal
from wfm.roster.budget import Budget
from wfm.roster.duties import Duty
from wfm.roster.engine_shape import adopt, duties_of, shape_of, state_of, tours_of
from wfm.roster.rulebook import clean
from wfm.roster.run import Run
from wfm.roster.search import construct
from wfm.workforce import Person

_MANY, _CROWD = 100, 500  # people; where the time limit is short or there are several weeks
_WIDE = 2000  # planned shifts of a week times skill groups
_SHARE = 0.85
NOTHING = Ideal(math.nan, (), {})
"""What is known before a large plan is searched."""


def is_large(board: Board, seconds: float) -> bool:
    """Return whether a plan is one for the engine, and the engine knows all its rules."""
    case, scenario = board.case, board.case.scenario
    if not scenario.shifts:
        return False
    if board.floor.asked or case.on_call or not knows(scenario.rules):
        return False
    if any(c.period_weeks for c in case.contracts.values()):
        return False
    people = [p for p in scenario.people if case.group(p)]
    groups = {case.group(p) for p in people}
    shifts = sum(len(spans) for spans in case.spans) / case.horizon.weeks
    short = seconds < LEAST_SECONDS or case.horizon.weeks > 1
    many = _CROWD if short else _MANY
    return len(people) >= many or shifts * len(groups) >= _WIDE


def construct_large(
    board: Board, locked: dict[str, dict[int, Duty]], budget: Budget, *, seed: int
) -> None:  # fmt: skip
    """Fill the board with a legal roster: exact tours, and by `construct` whoever's is not clean.

    Raises
    ------
    Infeasible
        If a person has no legal roster.
    """
    people = _people(board)
    shape = shape_of(board)
    run = Run(tours_of(board, people, shape, locked), math.inf, 1, seed)
    try:
        engine.construct(run)
    except engine.NoTour:
        construct(board, locked, NOTHING, budget)
        return
    left = [p for p in board.case.scenario.people if not board.case.group(p)]
    for at, person in enumerate(people):
        mine = duties_of(board, person, run.kind[at], run.pause[at], shape, locked)
        if not clean(board.case, person, mine):
            left.append(person)
            continue
        for duty in mine:
            if duty.span.day not in locked.get(person.id, {}):
                board.put(duty)
    construct(board, locked, NOTHING, budget, people=left)


def search_large(
    board: Board, locked: dict[str, dict[int, Duty]], budget: Budget, *, workers: int, seed: int
) -> float:  # fmt: skip
    """Better the board's legal roster by the engine; return what no roster can be below."""
    people = _people(board)
    shape = shape_of(board)
    run = Run(tours_of(board, people, shape, locked), _SHARE * budget.left, workers, seed)
    state = state_of(run, board, people, shape)
    rest = board.objective() - run.cost  # fairness and what else the engine does not count

    # Wishes cost nothing or something in a plan; the engine counts granted ones below 0.
    wished = guided.granted(run.tours)

    def proved(bound: float) -> float:
        return max(0.0, bound - wished) if math.isfinite(bound) else math.nan

    def tell(share: float, cost: float, bound: float) -> bool:
        budget.bound = proved(bound)
        budget.tell(0.1 + 0.7 * share, "who works when, starts and breaks")
        return not budget.stopped

    run.progress = tell
    incumbent, budget.incumbent = budget.incumbent, lambda: run.cost + rest
    guided.search(run, state)
    budget.incumbent = incumbent
    budget.late = budget.late or run.late or run.cut_by_clock
    adopt(board, people, shape, run, locked)
    return proved(run.bound)


def _people(board: Board) -> list[Person]:
    return [p for p in board.case.scenario.people if board.case.group(p)]
