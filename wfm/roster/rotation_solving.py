"""How is a small problem in whole numbers solved?

Where everything is whole, costs included, by CP-SAT, which counts exactly: its "impossible" is a
proof. Otherwise by HiGHS, whose linear relaxation tells at once how good an answer can be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from ortools.sat.python import cp_model
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

NEAR = 1e-4  # relative gap at which a priced problem counts as solved
_NOISE = 1e-9  # of a limit that was summed up


@dataclass
class Linear:
    """Minimise cost . x over rows low <= a . x <= high, 0 <= x <= most, x whole where said."""

    most: list[float] = field(default_factory=list)
    cost: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    rows: list[tuple[np.ndarray, np.ndarray, float, float]] = field(default_factory=list)

    @property
    def priced(self) -> bool:
        """Whether anything costs."""
        return any(self.cost)

    def column(self, most: float, *, cost: float = 0.0, whole: bool = True) -> int:
        """Add a column and return its number."""
        self.most.append(most)
        self.cost.append(cost)
        self.whole.append(whole)
        return len(self.most) - 1

    def row(
        self, columns: Sequence[int], values: Sequence[float] | float, low: float, high: float
    ) -> None:
        """Add low <= values . x[columns] <= high."""
        at = np.asarray(columns, dtype=np.int64)
        self.rows.append(
            (at, np.broadcast_to(np.asarray(values, dtype=float), at.shape), low, high)
        )


@dataclass(frozen=True)
class Solved:
    """How it ended (see `Walked`), the columns' numbers (none: empty), objective and bound."""

    status: str
    numbers: np.ndarray
    objective: float
    bound: float


def solved(model: Linear, *, seconds: float, workers: int, seed: int) -> Solved:
    """Solve the problem in the time given."""
    if _counts(model):
        return _by_cp_sat(model, seconds, workers, seed)
    return _by_highs(model, seconds)


def _counts(model: Linear) -> bool:
    """Return whether numbers, coefficients and costs are whole, so that CP-SAT counts exactly."""
    lists = (np.array(model.cost), *(values for _, values, *_ in model.rows))
    whole = all((values == values.round()).all() for values in lists)
    return all(model.whole) and whole and bool(np.isfinite(model.most).all())


def relaxed(model: Linear, also: Sequence[tuple[Sequence[int], float]] = ()) -> Solved:
    """Solve the linear relaxation; the columns of each item of `also` sum to its number."""
    rows = [*model.rows, *((np.asarray(at, dtype=np.int64), np.ones(len(at)), n, n)
                           for at, n in also)]  # fmt: skip
    return _milp(model, rows, whole=False, seconds=np.inf)


def _by_cp_sat(model: Linear, seconds: float, workers: int, seed: int) -> Solved:
    made = cp_model.CpModel()
    columns = [made.new_int_var(0, math.floor(most + _NOISE), "") for most in model.most]
    for at, values, low, high in model.rows:
        total = cp_model.LinearExpr.weighted_sum(
            [columns[i] for i in at.tolist()], [int(v) for v in values]
        )
        made.add_linear_constraint(
            total, math.ceil(low - _NOISE) if low > -math.inf else cp_model.INT_MIN,
            math.floor(high + _NOISE) if high < math.inf else cp_model.INT_MAX,
        )  # fmt: skip
    if model.priced:
        made.minimize(cp_model.LinearExpr.weighted_sum(columns, [int(c) for c in model.cost]))
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(made)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        numbers = np.array([solver.value(column) for column in columns], dtype=float)
        name = "optimal" if status == cp_model.OPTIMAL else "feasible"
        return Solved(name, numbers, solver.objective_value, solver.best_objective_bound)
    name = "impossible" if status == cp_model.INFEASIBLE else "open"
    return Solved(name, np.zeros(0), np.inf, 0.0)


def _by_highs(model: Linear, seconds: float) -> Solved:
    return _milp(model, model.rows, whole=True, seconds=seconds)


def _milp(
    model: Linear, rows: Sequence[tuple[np.ndarray, np.ndarray, float, float]], *, whole: bool,
    seconds: float,
) -> Solved:  # fmt: skip
    lengths = [len(at) for at, *_ in rows]
    matrix = csr_array(
        (np.concatenate([values for _, values, *_ in rows]),
         (np.repeat(np.arange(len(lengths)), lengths), np.concatenate([at for at, *_ in rows]))),
        shape=(len(lengths), len(model.most)),
    )  # fmt: skip
    low, high = (np.array([row[at] for row in rows], dtype=float) for at in (2, 3))
    options = {"mip_rel_gap": NEAR}
    if np.isfinite(seconds):
        options["time_limit"] = max(seconds, 0.01)
    answer = milp(
        np.array(model.cost, dtype=float), constraints=LinearConstraint(matrix, low, high),
        bounds=Bounds(0, np.array(model.most, dtype=float)),
        integrality=np.array(model.whole, dtype=int) * whole, options=options,
    )  # fmt: skip
    bound = -np.inf if answer.mip_dual_bound is None else float(answer.mip_dual_bound)
    if not whole and answer.status == 0:
        bound = float(answer.fun)
    if answer.x is None:
        return Solved("impossible" if answer.status == 2 else "open", np.zeros(0), np.inf, bound)
    name = "optimal" if answer.status == 0 else "feasible"
    return Solved(name, answer.x, float(answer.fun), bound)
