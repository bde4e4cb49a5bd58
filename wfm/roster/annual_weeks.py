"""Which hours of each week of a year are best, as a linear problem, and on the grid?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_array

from wfm.errors import Infeasible
from wfm.roster.annual_year import AnnualWeights, Year

# From so many weeks of people on the simplex method takes several times as long as interior points,
# and of 300 people more than ten times.
_LARGE = 1500
_INFEASIBLE = 2  # scipy's status; 0: solved


@dataclass(frozen=True)
class Solved:
    """Hours of people by weeks, and what they cost."""

    hours: np.ndarray
    value: float


def solved(year: Year, groups: Sequence[list[int]], weights: AnnualWeights) -> Solved:
    """Return the best hours, people and hours divisible."""
    people, many = year.low.shape
    size = people * many
    wide = 2 * size + size + many * (2 + len(groups))
    cost = np.zeros(wide)
    low, high = np.zeros(wide), np.full(wide, np.inf)
    low[:size], high[:size] = year.low.ravel(), year.high.ravel()
    unlike, change = size, 2 * size
    short, over, mean = 3 * size, 3 * size + many, 3 * size + 2 * many
    cost[unlike:change], cost[change:short] = weights.unlike, weights.change
    cost[short:over], cost[over:mean] = weights.short, weights.over
    rows, same = _Rows(), _Rows()
    for week in range(many):
        mine = [at * many + week for at in range(people)]
        same.add([*mine, short + week, over + week], [*[1.0] * people, 1.0, -1.0],
                 year.wanted[week])  # fmt: skip
    for at in range(people):
        same.add(list(range(at * many, (at + 1) * many)), 1.0, year.hours[at])
        _account(rows, year, at)
    if weights.unlike:
        _even(rows, year, groups, unlike=unlike, mean=mean)
    if weights.change:
        _steady(rows, year, change=change)
    got = linprog(
        cost, A_ub=rows.matrix(wide), b_ub=rows.limit or None, A_eq=same.matrix(wide),
        b_eq=same.limit, bounds=np.column_stack((low, high)),
        method="highs-ipm" if size > _LARGE else "highs",
    )  # fmt: skip
    if got.status == _INFEASIBLE:
        year.check_accounts()
    if got.status != 0:
        raise Infeasible(f"annual hours: the linear problem was not solved ({got.message})")
    return Solved(got.x[:size].reshape(people, many), float(got.fun))


def _account(rows: _Rows, year: Year, at: int) -> None:
    """Keep a person's account within its limits."""
    many = year.low.shape[1]
    for week, (least, most) in enumerate(zip(*year.limits(at), strict=True)):
        until = list(range(at * many, at * many + week + 1))
        if math.isfinite(most):
            rows.add(until, 1.0, most)
        if math.isfinite(least):
            rows.add(until, -1.0, -least)


def _even(rows: _Rows, year: Year, groups: Sequence[list[int]], *, unlike: int, mean: int) -> None:
    """Count the hours by which people depart from a number that is theirs and their fellows'."""
    many = year.low.shape[1]
    for rank, group in enumerate(groups):
        if len(group) < 2:
            continue
        for week in range(many):
            two = mean + rank * many + week
            for at in group:
                if year.open[at, week]:
                    one = at * many + week
                    rows.add([one, two, unlike + one], [1.0, -1.0, -1.0], 0.0)
                    rows.add([one, two, unlike + one], [-1.0, 1.0, -1.0], 0.0)


def _steady(rows: _Rows, year: Year, *, change: int) -> None:
    """Count the hours by which a week differs from the one before."""
    people, many = year.low.shape
    for at in range(people):
        for week in range(1, many):
            if year.open[at, week - 1] and year.open[at, week]:
                one = at * many + week
                rows.add([one, one - 1, change + one], [1.0, -1.0, -1.0], 0.0)
                rows.add([one - 1, one, change + one], [1.0, -1.0, -1.0], 0.0)


class _Rows:
    def __init__(self) -> None:
        self.at: list[int] = []
        self.column: list[int] = []
        self.value: list[float] = []
        self.limit: list[float] = []

    def add(self, columns: list[int], values: list[float] | float, limit: float) -> None:
        self.column += columns
        self.value += [values] * len(columns) if isinstance(values, float) else values
        self.at += [len(self.limit)] * len(columns)
        self.limit.append(float(limit))

    def matrix(self, width: int):  # type: ignore[no-untyped-def]
        if not self.limit:
            return None
        shape = (len(self.limit), width)
        return coo_array((self.value, (self.at, self.column)), shape=shape).tocsr()


def on_grid(year: Year, hours: np.ndarray) -> np.ndarray:
    """Return hours on the grid: sums until each week are rounded, so that the year comes out.

    A difference of rounded sums lies between the neighbours of the week on the grid, hence within
    its limits, which lie on the grid too. Where the year's hours, less those of weeks over, do not,
    the first week whose hours are not fixed bears the remainder: one of its neighbours on the grid
    moved by the remainder is within its limits, and sums rounded to that side go on from there.
    """
    found = hours.copy()
    near = 1e-6  # steps and hours: HiGHS keeps its rows to 1e-7
    for at in range(len(hours)):
        free = ~year.done[at]
        low, high = year.low[at, free], year.high[at, free]
        sums = np.cumsum(hours[at, free])
        if not (high > low).any():
            continue
        total = year.hours[at] - hours[at, ~free].sum()
        rest = total - math.floor(total / year.step + 1e-9) * year.step
        fixed = np.arange(len(sums)) < int(np.argmax(high > low))
        exact = (sums - rest) / year.step
        for steps in (np.round(exact + 1e-9), np.floor(exact + near), np.ceil(exact - near)):
            marks = np.where(fixed, sums, steps * year.step + rest)
            marks[-1] = total
            rounded = np.diff(marks, prepend=0.0)
            if (rounded >= low - near).all() and (rounded <= high + near).all():
                found[at, free] = rounded
                break
        else:
            raise AssertionError("rounding to one side keeps the limits of every week")
    return found
