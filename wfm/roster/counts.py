"""How many of each shift, and of each break, would be best?

The relaxation in whole numbers, by CP-SAT, begun from the roster at hand. Nobody has a name here,
so people who are alike cannot be swapped to no effect; that is what makes it fast.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass

from ortools.sat.python import cp_model

from wfm.roster.board import Board
from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Span
from wfm.roster.model import SCALE, Effort
from wfm.roster.relaxation import Masses, Rows
from wfm.roster.spacing import offsets_of


@dataclass(frozen=True)
class Counts:
    """The best numbers found.

    Attributes
    ----------
    shifts : dict
        (lot, span) to how many, zeros left out.
    breaks : dict
        (group, span) to, for each break of the shift, starts (minutes into it) to how many.
    objective, bound : float
        Of the whole-numbered relaxation; `bound` is proven.
    work : float
        CP-SAT's deterministic time.
    """

    shifts: dict[tuple[int, Span], int]
    breaks: dict[tuple[int, Span], list[Counter[int]]]
    objective: float
    bound: float
    work: float


def best_counts(
    masses: Masses, case: Case, demand: Demand, hint: list[int], effort: Effort
) -> Counts | None:
    """Return the best numbers found within the effort, by one thread; None if there are none.

    `hint` are numbers to begin from, of each column (see `today`).
    """
    model = cp_model.CpModel()
    most = len(case.scenario.people)
    columns = [
        model.new_int_var(0, int(high) if math.isfinite(high) else most, "") for high in masses.high
    ]
    _post(model, masses.most, columns, equal=False)
    _post(model, masses.equal, columns, equal=True)
    costs = [round(cost * SCALE) for cost in masses.cost]
    model.minimize(cp_model.LinearExpr.weighted_sum(columns, costs))
    for column, start in enumerate(hint):
        model.add_hint(columns[column], start)
    solver = cp_model.CpSolver()
    solver.parameters.catch_sigint_signal = False  # Ctrl-C is for the caller, not for one solve
    solver.parameters.max_deterministic_time = effort.work
    solver.parameters.max_time_in_seconds = max(effort.seconds, 0.01)
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = effort.seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    value: list[int] = [solver.value(column) for column in columns]
    step = demand.step_min
    breaks: dict[tuple[int, Span], list[Counter[int]]] = defaultdict(list)
    for (group, span), kinds in masses.breaks.items():
        shift = case.shifts[span.shift]
        for index, starts in enumerate(kinds):
            chosen = Counter({
                offset: value[column]
                for offset, column in zip(offsets_of(shift, index, step), starts, strict=True)
                if value[column]
            })  # fmt: skip
            breaks[group, span].append(chosen)
    return Counts(
        {key: value[column] for key, column in masses.shifts.items() if value[column]},
        dict(breaks),
        solver.objective_value / SCALE + masses.constant,
        solver.best_objective_bound / SCALE + masses.constant,
        solver.response_proto.deterministic_time,
    )


def _post(
    model: cp_model.CpModel, rows: Rows, columns: list[cp_model.IntVar], *, equal: bool
) -> None:
    if not rows.limit:
        return
    matrix = rows.matrix(len(columns)).tocsr()
    for row, limit in enumerate(rows.limit):
        part = slice(matrix.indptr[row], matrix.indptr[row + 1])
        left = cp_model.LinearExpr.weighted_sum(
            [columns[at] for at in matrix.indices[part]],
            [int(value) for value in matrix.data[part]],
        )
        model.add(left == int(limit) if equal else left <= int(limit))


def today(masses: Masses, board: Board) -> list[int]:
    """Return the column values of the roster on the board."""
    value = [0] * len(masses.cost)
    step, spread, case = board.demand.step_min, board.spread, board.case
    for lot, people in enumerate(masses.lots):
        group = spread.groups.index(case.group(people[0]))
        for person in people:
            for duty in board.duties[person.id].values():
                column = masses.shifts.get((lot, duty.span))
                if column is None:
                    continue
                value[column] += 1
                shift = case.shifts[duty.span.shift]
                kinds = masses.breaks[group, duty.span]
                for index, (pause, starts) in enumerate(zip(duty.breaks, kinds, strict=True)):
                    first = offsets_of(shift, index, step).start
                    value[starts[(pause.start - duty.span.start - first) // step]] += 1
    slack = spread.cut_queues @ board.demand.wanted - spread.cut_groups @ board.supply
    for (minimum, step), column in masses.absent.items():
        lack = board.floor.wanted[minimum, step] - board.floor.roles[minimum, step]
        value[column] = max(0, int(lack))
    for (call, on), column in masses.uncalled.items():
        lack = board.floor.call_wanted[call, on] - board.floor.called[call, on]
        value[column] = max(0, int(lack))
    for (island, at), column in masses.short.items():
        value[column] = max(0, int(slack[spread.islands[island], at].max()))
    return value
