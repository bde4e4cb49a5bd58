"""When is a plan's roster annealed, and for how long?

It goes into the engine's shape and comes back from it (`engine_shape`); in between single changes
are tried at falling heat (`cooling`). Fairness is left to the search that follows. Where rules hold
that the engine does not know (`knows`), all the time is the search's.
"""

from __future__ import annotations

import math
import time
from concurrent.futures import ThreadPoolExecutor

from wfm.roster.board import Board
from wfm.roster.budget import Budget
from wfm.roster.duties import Duty
from wfm.roster.engine_shape import adopt, shape_of, state_of, tours_of
from wfm.roster.rulebook import RULES, asked
from wfm.workforce import LabourRules

LEAST_SECONDS = 20.0
"""Time limits below this leave no room for the compiler that the first call of a machine needs."""

_ROUNDS_A_WORK = 2e6
_SHARE = 0.5
_PLACED = 0.5  # of what is left then
_LATE = 0.1
_PARTS = 2  # whatever the number of threads, so that the roster does not depend on it

_KNOWN = frozenset({
    "forbidden succession", "min consecutive days", "min consecutive off", "max weekends",
    "average week hours",
})  # fmt: skip
"""Rules that not every plan has and that annealing keeps by itself."""


def knows(law: LabourRules) -> bool:
    """Return whether annealing keeps every rule that these labour rules ask for."""
    if law.weekly_rest_weeks > 1 or law.weekly_rest_short_h is not None:
        return False
    return all(
        rule.name in _KNOWN or not hasattr(rule, "asks") or not asked(rule, law) for rule in RULES
    )


def anneal_board(
    board: Board, locked: dict[str, dict[int, Duty]], budget: Budget, *, workers: int, seed: int
) -> bool:
    """Anneal the board's legal roster with half of the time; return whether it got better."""
    from wfm.roster import cooling
    from wfm.roster.run import Run

    scenario = board.case.scenario
    if budget.seconds < LEAST_SECONDS or budget.over() or not scenario.shifts:
        return False
    if board.floor.asked or board.case.on_call or not knows(scenario.rules):
        return False
    people = [p for p in board.case.scenario.people if board.case.group(p)]
    shape = shape_of(board)
    run = Run(tours_of(board, people, shape, locked), math.inf, workers, seed)
    state = state_of(run, board, people, shape)
    until = time.monotonic() + _SHARE * budget.left
    limit = _ROUNDS_A_WORK * _SHARE * budget.work
    parts = min(_PARTS, len(people), run.tours.days)
    done, begun, late = 0, math.inf, False
    with ThreadPoolExecutor(min(parts, workers)) as threads:
        while done < limit and not budget.stopped and time.monotonic() < until:
            share, now = done / limit, time.monotonic()
            timed = max(0.0, now - begun) / max(until - begun, 1e-9) if done else 0.0
            if timed > share + _LATE:
                # Heat that follows the clock would not come out the same again.
                late, share = True, timed
            cooling.epoch(
                run, state, cooling.heat_at(run.tours, share, hot=cooling.WARM), parts, threads
            )
            begun = min(begun, time.monotonic())
            done += cooling.EPOCH
            run.keep(state.kind, state.pause, float(state.cost[0]))
            budget.tell(0.1 + 0.4 * min(1.0, share), "annealing shifts and breaks")
    if late or (done < limit and not budget.stopped):
        budget.late = True
    _place(run, budget)
    budget.spend(_SHARE * budget.work_left)
    return adopt(board, people, shape, run, locked)


def _place(run, budget: Budget) -> None:  # type: ignore[no-untyped-def]
    """Place starts and breaks of the annealed roster anew, day by day."""
    from wfm.roster.cooling import state_of
    from wfm.roster.placing import place_days

    def tell(*_: float) -> bool:
        budget.tell(0.5, "placing shifts and breaks day by day")
        return not budget.over()

    if budget.over():
        return
    run.progress = tell
    place_days(run, state_of(run, run.kind, run.pause), run.elapsed + _PLACED * budget.left)
    budget.late = budget.late or run.late
