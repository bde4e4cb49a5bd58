"""How good can any roster be, and roughly what does that take? The linear relaxation, solved."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import vstack

from wfm.roster.aside import minimum
from wfm.roster.coverage import Spread
from wfm.roster.demand import Demand
from wfm.roster.duties import Case, Duty, Span
from wfm.roster.linear import proved
from wfm.roster.relaxation import Masses, relax

_LARGE = 20_000  # columns; smaller problems take about a second and need not be interrupted


@dataclass(frozen=True)
class Ideal:
    """The best mixture of shifts if people could be divided.

    Attributes
    ----------
    bound : float
        No legal roster's objective is below it; NaN if none was proved in time.
    lacking : tuple of dict
        For each lot of people alike, planned shift to how many of them; empty if time ran out.
    lots : dict
        Person to the numbers of their lots, one a part of the plan.
    """

    bound: float
    lacking: tuple[dict[Span, float], ...]
    lots: dict[str, list[int]]


def ideal_of(
    case: Case, demand: Demand, spread: Spread, base: np.ndarray, *,
    locked: dict[str, dict[int, Duty]], seconds: float,
    over: Callable[[], bool] = lambda: False,
) -> Ideal:  # fmt: skip
    """Return the minimum of the linear relaxation of all planned weeks.

    Weeks are solved one by one where no shift passes from one into the next: nothing else of the
    relaxation joins them but rest and days in a row, and to leave rules out keeps a bound a bound.

    Parameters
    ----------
    case, demand, spread
    base : ndarray of int, shape (groups, steps)
        Agents on seat from the weeks before.
    locked : dict
        Agent to day to duties that must stand.
    seconds : float
        Wall-clock limit.
    over : callable
        Whether to end at once.
    """
    until = time.monotonic() + seconds
    bound, lots = 0.0, defaultdict(list)
    lacking: list[dict[Span, float]] = []
    for days in _parts(case):
        masses = relax(case, demand, spread, base, locked=locked, days=days)
        value, numbers = _minimum(masses, until - time.monotonic(), over)
        bound += value
        for lot, people in enumerate(masses.lots):
            for person in people:
                lots[person.id].append(len(lacking))
            lacking.append(
                {s: float(numbers[c]) for (at, s), c in masses.shifts.items() if at == lot}
                if len(numbers) else {}
            )  # fmt: skip
    return Ideal(max(0.0, bound), tuple(lacking), dict(lots))


def _parts(case: Case) -> list[range]:
    """Return the weeks, or the whole plan if a shift may pass from one into the next."""
    ends = [7 * week for week in range(1, case.horizon.weeks)]
    if any(span.end > case.horizon.midnights[at] for at in ends for span in case.spans[at - 1]):
        return [range(case.horizon.days)]
    return [range(7 * week, 7 * week + 7) for week in range(case.horizon.weeks)]


def _minimum(masses: Masses, seconds: float, over: Callable[[], bool]) -> tuple[float, np.ndarray]:
    """Return a lower bound and numbers about as good; NaN and none if nothing was proved."""
    columns = len(masses.cost)
    if not columns:
        return masses.constant, np.zeros(0)
    most, equal = masses.most, masses.equal
    matrix = vstack([rows.matrix(columns) for rows in (most, equal) if rows.limit]).tocsr()
    limit = np.array([*most.limit, *equal.limit], dtype=float)
    least = limit.copy()
    least[: len(most.limit)] = -np.inf
    cost, high = np.array(masses.cost, dtype=float), np.array(masses.high, dtype=float)
    if columns >= _LARGE:
        found = minimum(matrix, least, limit, cost, high, seconds=seconds, over=over, corner=True)
        if found is None:
            return math.nan, np.zeros(0)
        numbers, prices = found
    else:
        many = len(most.limit)
        answer = linprog(
            cost, A_ub=matrix[:many] if many else None, b_ub=limit[:many] if many else None,
            A_eq=matrix[many:] if equal.limit else None, b_eq=limit[many:] if equal.limit else None,
            bounds=np.column_stack((np.zeros(columns), high)), method="highs-ipm",
            options={"time_limit": max(seconds, 0.01)},
        )  # fmt: skip
        if answer.status != 0:
            return math.nan, np.zeros(0)
        numbers = answer.x
        prices = np.concatenate([answer.ineqlin.marginals, answer.eqlin.marginals])
    # Rows keep the columns without a limit, those of breaks, below the number of people.
    people = float(sum(len(lot) for lot in masses.lots))
    high = np.where(np.isfinite(high), high, people)
    return proved(matrix, least, limit, cost, high, prices=prices) + masses.constant, numbers
