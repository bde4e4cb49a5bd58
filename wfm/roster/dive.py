"""Which whole numbers are near the minimum of a linear problem?

A dive: the problem is solved, numbers that are whole stay, those nearest to whole ones are made
whole, and it is solved again with these standing; many at a time while many are left, few at the
end. Running numbers that are rounded alike keep their order, so that there is nearly always a way
on.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from wfm.roster.day_problem import DayProblem
from wfm.roster.linear import proto_of

if TYPE_CHECKING:
    from ortools.util.python.solve_interrupter import SolveInterrupter

_WHOLE = 1e-6
_LONG = 1e6
_MANY, _SOME = 150, 40
_LARGE, _MIDDLE, _FEW = 0.5, 0.25, 5
"""Parts of the numbers made whole at once where more than `_MANY` and `_SOME` are left, else how
many. Larger steps cost shortage, smaller ones time: docs/decisions/0012-roster-engine.md."""


def dive(
    problem: DayProblem, left: Callable[[], float], end: SolveInterrupter | None = None
) -> np.ndarray | None:
    """Return whole running numbers of starts and breaks.

    None where it was ended before, or where a linear problem has no optimum that GLOP finds.

    Parameters
    ----------
    problem : DayProblem
    left : callable
        Seconds left, the limit of the next linear problem; 0 or less ends the dive.
    end : SolveInterrupter, optional
        Ends the linear problem at hand, from any thread.
    """
    from ortools.math_opt.python import mathopt

    model = mathopt.Model.from_model_proto(proto_of(
        problem.matrix, problem.low, problem.high, problem.cost, problem.most
    ))  # fmt: skip
    variables = {v.id: v for v in model.variables()}
    solver = mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP)
    x = np.zeros(len(problem.most))

    def solved() -> bool:
        seconds = left()
        if seconds <= 0 or (end is not None and end.interrupted):
            return False
        parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX,
            time_limit=dt.timedelta(seconds=min(seconds, _LONG)),
        )
        more = {} if end is None else {"interrupter": end}
        answer = solver.solve(params=parameters, **more)
        if answer.termination.reason != mathopt.TerminationReason.OPTIMAL:
            return False
        for variable, value in answer.variable_values().items():
            x[variable.id] = value
        return True

    if not solved():
        return None
    for columns in problem.stages:
        while True:
            part = x[columns] - np.floor(x[columns] + _WHOLE)
            open_ = np.flatnonzero(part > _WHOLE)
            far = np.minimum(part[open_], 1.0 - part[open_])
            near = open_[np.argsort(far, kind="stable")][: _step(len(open_))]
            chosen = columns[np.concatenate([np.flatnonzero(part <= _WHOLE), near])]
            for column, value in zip(chosen.tolist(), x[chosen].tolist(), strict=True):
                whole = float(np.floor(value + 0.5 - _WHOLE))
                variables[column].lower_bound = variables[column].upper_bound = whole
                x[column] = whole
            if not len(open_):
                break
            if not solved():
                return None
    return np.rint(x).astype(np.int64)


def ending() -> SolveInterrupter | None:
    """Return what ends linear problems at once.

    None where OR-Tools has none, as 9.12: then the time left ends them.
    """
    try:
        from ortools.util.python.solve_interrupter import SolveInterrupter
    except ImportError:
        return None
    return SolveInterrupter()


def _step(left: int) -> int:
    """Return how many numbers are made whole at once."""
    if left > _MANY:
        return int(_LARGE * left)
    return int(_MIDDLE * left) if left > _SOME else _FEW
