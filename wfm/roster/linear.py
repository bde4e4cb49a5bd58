"""What is the minimum of a linear problem, and what do its rows price?

Run as a program it reads a problem from a file and writes the answer to another, so that whoever
asked may end it at any moment (`aside`). Nothing of the project is imported here.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
import time
from typing import Any

import numpy as np
from scipy.sparse import csr_array

_LOG = logging.getLogger(__name__)
_TRIES = (("ipm", 1e-6, False), ("ipm", 1e-9, False), ("ipm", 1e-6, True), ("simplex", 1e-6, True))
"""Ways of HiGHS, how exactly, whether to a corner: answers without one are sometimes called
unknown, where the numbers that reach the minimum are many."""
_ROUNDING = 1e-12  # of a sum of many terms, as a part of what they are without their signs


def minimum(
    matrix: csr_array, low: np.ndarray, high: np.ndarray, cost: np.ndarray, most: np.ndarray,
    *, seconds: float, corner: bool = False,
) -> tuple[np.ndarray, np.ndarray] | None:  # fmt: skip
    """Return numbers and prices of the minimum by HiGHS.

    None where time runs out, where there is no minimum, and where HiGHS is not sure of one, which
    is logged. Minimised is cost . x with low <= matrix x <= high and 0 <= x <= most; with `corner`
    the numbers are a corner of that.
    """
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers import highs_pb2

    until, found, unsure = time.monotonic() + seconds, None, ""
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
        # What OR-Tools 9.15 makes of a status it does not know: one of these, by its code.
        except (ValueError, AssertionError, RuntimeError, AttributeError) as error:
            unsure = f"{type(error).__name__}: {error}"
            continue
        if answer.termination.reason == mathopt.TerminationReason.OPTIMAL:
            found = answer.solutions[0]
            break
        end = answer.termination
        unsure = "" if end.limit else f"{end.reason.name}, {end.detail}"
        if end.reason != mathopt.TerminationReason.IMPRECISE:
            break
    if found is None or found.dual_solution is None:
        if unsure:
            _LOG.warning("a linear problem of %d columns has no minimum that HiGHS is sure of: %s",
                         len(most), unsure)  # fmt: skip
        return None
    numbers, prices = np.zeros(len(most)), np.zeros(len(low))
    for variable, x in found.primal_solution.variable_values.items():
        numbers[variable.id] = x
    for constraint, y in found.dual_solution.dual_values.items():
        prices[constraint.id] = y
    return numbers, prices


def proved(
    matrix: csr_array, low: np.ndarray, high: np.ndarray, cost: np.ndarray, most: np.ndarray,
    *, prices: np.ndarray,
) -> float:  # fmt: skip
    """Return a bound of `minimum` that holds for any prices of the rows (weak duality).

    A solver's tolerances therefore only make it a little lower. It is -inf where a column without
    a finite `most` has a negative reduced cost.
    """
    up = np.where(np.isfinite(low), np.maximum(prices, 0.0), 0.0)
    down = np.where(np.isfinite(high), np.minimum(prices, 0.0), 0.0)
    reduced = cost - matrix.T @ (up + down)
    terms = np.concatenate([
        price[price != 0] * limit[price != 0]
        for price, limit in ((up, low), (down, high), (np.minimum(reduced, 0.0), most))
    ])  # fmt: skip
    return float(terms.sum() - _ROUNDING * np.abs(terms).sum())


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
