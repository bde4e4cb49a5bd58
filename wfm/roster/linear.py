"""What is the minimum of a linear problem, and what do its rows price?

Run as a program it reads a problem from a file and writes the answer to another, so that whoever
asked may end it at any moment (`aside`). Nothing of the project is imported here.
"""

from __future__ import annotations

import datetime as dt
import sys
import time
from typing import Any

import numpy as np
from scipy.sparse import csr_array

_TRIES = (("ipm", 1e-6, False), ("ipm", 1e-9, False), ("ipm", 1e-6, True), ("simplex", 1e-6, True))
"""Ways of HiGHS, how exactly, whether to a corner: answers without one are sometimes called
unknown, where the numbers that reach the minimum are many."""


def minimum(
    matrix: csr_array, low: np.ndarray, high: np.ndarray, cost: np.ndarray, most: np.ndarray,
    *, seconds: float, corner: bool = False,
) -> tuple[np.ndarray, np.ndarray] | None:  # fmt: skip
    """Return numbers and prices by HiGHS; None where time runs out or no way ends surely.

    Minimised is cost . x with low <= matrix x <= high and 0 <= x <= most; with `corner` the numbers
    are a corner of that.
    """
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers import highs_pb2

    until, answer = time.monotonic() + seconds, None
    proto = proto_of(matrix, low, high, cost, most)
    for way, near, to_corner in _TRIES:
        options = highs_pb2.HighsOptionsProto()
        options.string_options["solver"] = way
        options.string_options["run_crossover"] = "on" if corner or to_corner else "off"
        options.double_options["ipm_optimality_tolerance"] = near
        options.int_options["threads"] = 1
        left = dt.timedelta(seconds=max(until - time.monotonic(), 0.01))
        parameters = mathopt.SolveParameters(time_limit=left, highs=options)
        model = mathopt.Model.from_model_proto(proto)
        try:
            answer = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
            break
        except Exception:  # OR-tools 9.15 raises several types where HiGHS is unsure
            answer = None
    if answer is None or not answer.solutions or answer.solutions[0].dual_solution is None:
        return None
    numbers, prices = np.zeros(len(most)), np.zeros(len(low))
    for variable, x in answer.solutions[0].primal_solution.variable_values.items():
        numbers[variable.id] = x
    for constraint, y in answer.solutions[0].dual_solution.dual_values.items():
        prices[constraint.id] = y
    return numbers, prices


def proto_of(matrix: csr_array, low: np.ndarray, high: np.ndarray, cost: np.ndarray,
             most: np.ndarray) -> Any:  # fmt: skip
    """Return a linear problem as OR-Tools' solvers read it."""
    from ortools.math_opt import model_pb2

    proto, width, count = model_pb2.ModelProto(), len(most), len(low)
    proto.variables.ids.extend(range(width))
    proto.variables.lower_bounds.extend([0.0] * width)
    proto.variables.upper_bounds.extend(most.tolist())
    proto.variables.integers.extend([False] * width)
    used = np.flatnonzero(cost)
    proto.objective.linear_coefficients.ids.extend(used.tolist())
    proto.objective.linear_coefficients.values.extend(cost[used].tolist())
    proto.linear_constraints.ids.extend(range(count))
    proto.linear_constraints.lower_bounds.extend(low.tolist())
    proto.linear_constraints.upper_bounds.extend(high.tolist())
    at = np.repeat(np.arange(count), np.diff(matrix.indptr))
    proto.linear_constraint_matrix.row_ids.extend(at.tolist())
    proto.linear_constraint_matrix.column_ids.extend(matrix.indices.tolist())
    proto.linear_constraint_matrix.coefficients.extend(matrix.data.tolist())
    return proto


def serve(given: str, answer: str) -> None:
    """Read a problem from one file and write its answer to another."""
    with np.load(given, allow_pickle=False) as read:
        found = {name: read[name] for name in read.files}
    shape = (len(found["low"]), len(found["most"]))
    matrix = csr_array((found["data"], found["indices"], found["indptr"]), shape=shape)
    result = minimum(matrix, found["low"], found["high"], found["cost"], found["most"],
                     seconds=float(found["seconds"]), corner=bool(found["corner"]))  # fmt: skip
    numbers, prices = (np.zeros(0), np.zeros(0)) if result is None else result
    np.savez(answer, numbers=numbers, prices=prices)


if __name__ == "__main__":
    serve(*sys.argv[1:3])
