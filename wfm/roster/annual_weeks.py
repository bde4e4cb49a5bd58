"""Which hours of each week of a year are best, as a linear problem, and on the grid?"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linprog
from scipy.sparse import coo_array

from wfm.errors import BadInput, Infeasible


@dataclass(frozen=True)
class AnnualTerms:
    """What an annualised contract says.

    Attributes
    ----------
    hours : float
        Paid hours to be worked in the planned year, leave taken off already.
    min_week_h, max_week_h : float
        Limits of a worked week.
    most_banked_h, most_owed_h : float
        How far the account may be above and below the even pace.
    """

    hours: float
    min_week_h: float
    max_week_h: float
    most_banked_h: float = math.inf
    most_owed_h: float = math.inf

    def __post_init__(self) -> None:
        if not (0 <= self.min_week_h <= self.max_week_h <= 168 and self.hours >= 0):
            raise BadInput(
                "annual hours: expected hours >= 0 and 0 <= min_week_h <= max_week_h <= 168, got "
                f"{self.hours}, {self.min_week_h} and {self.max_week_h}"
            )
        if not (self.most_banked_h >= 0 and self.most_owed_h >= 0):
            raise BadInput("annual hours: most_banked_h and most_owed_h are hours >= 0")


@dataclass(frozen=True)
class AnnualWeights:
    """Price of an hour short, beyond demand, unlike people alike, changed from week to week."""

    short: float = 10.0
    over: float = 1.0
    unlike: float = 0.1
    change: float = 0.05


class Year:
    """The question as arrays: people by weeks."""

    def __init__(
        self, wanted_h: pd.Series, terms: Mapping[str, AnnualTerms], *,
        away: Mapping[str, Iterable[dt.date]], closed: Iterable[dt.date],
        worked: pd.DataFrame | None, step_h: float,
    ) -> None:  # fmt: skip
        self.mondays = [pd.Timestamp(day).date() for day in wanted_h.index]
        steps = {(b - a).days for a, b in zip(self.mondays, self.mondays[1:], strict=False)}
        self.wanted = wanted_h.to_numpy(dtype=float)
        if not self.mondays or self.mondays[0].weekday() or steps - {7}:
            raise BadInput(
                "annual hours: wanted_h is indexed by Mondays, one a week without gaps, got "
                f"{len(self.mondays)} rows" + (f" from {self.mondays[0]}" if self.mondays else "")
            )
        if not (np.isfinite(self.wanted).all() and (self.wanted >= 0).all()) or not terms:
            raise BadInput("annual hours: expected wanted hours >= 0 and terms of some people")
        self.agents, self.terms, self.step = list(terms), dict(terms), step_h
        rank = {day: at for at, day in enumerate(self.mondays)}
        who = {agent: at for at, agent in enumerate(self.agents)}
        shape = (len(self.agents), len(self.mondays))
        self.open = np.ones(shape, dtype=bool)
        self.open[:, [rank[d] for d in _known(closed, rank, "closed")]] = False
        for agent, days in away.items():
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} is away but has no terms")
            self.open[who[agent], [rank[d] for d in _known(days, rank, "away")]] = False
        self.low = np.array([[t.min_week_h] for t in terms.values()], dtype=float) * self.open
        self.high = np.array([[t.max_week_h] for t in terms.values()], dtype=float) * self.open
        self.hours = np.array([t.hours for t in terms.values()], dtype=float)
        self.done = np.zeros(shape, dtype=bool)
        rows = [] if worked is None else worked[["agent", "week", "hours"]].to_numpy().tolist()
        for agent, week, hours in rows:
            if agent not in who:
                raise BadInput(f"annual hours: {agent!r} has worked but has no terms")
            (day,) = _known([week], rank, "worked")
            at = who[agent], rank[day]
            self.low[at] = self.high[at] = float(hours)
            self.done[at] = True
        count = np.maximum(self.open.sum(axis=1, keepdims=True), 1)
        self.pace = self.hours[:, None] * self.open / count
        self._check()

    def _check(self) -> None:
        least, most = self.low.sum(axis=1), self.high.sum(axis=1)
        wrong = (self.hours < least - 1e-6) | (self.hours > most + 1e-6)
        if wrong.any():
            at = int(wrong.argmax())
            raise Infeasible(
                f"annual hours: {int(wrong.sum())} people cannot work their hours in the weeks "
                f"they have (first: {self.agents[at]!r} owes {self.hours[at]:g} h, the weeks allow "
                f"{least[at]:g} to {most[at]:g} h); change the hours, the weeks' limits or leave"
            )
        free = ~self.done
        off = [abs(v / self.step - round(v / self.step)) > 1e-6
               for v in (*self.low[free], *self.high[free])]  # fmt: skip
        if any(off):
            raise BadInput(
                f"annual hours: {sum(off)} limits of weeks are no multiple of {self.step:g} h; "
                "round them, or choose another step_h"
            )


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
        b_eq=same.limit, bounds=np.column_stack((low, high)), method="highs",
    )  # fmt: skip
    if got.status == 2:
        raise Infeasible(
            "annual hours: the limits of the accounts cannot be kept; let people bank or owe more "
            "hours, or move leave"
        )
    if got.status != 0:
        raise Infeasible(f"annual hours: the linear problem was not solved ({got.message})")
    return Solved(got.x[:size].reshape(people, many), float(got.fun))


def _account(rows: _Rows, year: Year, at: int) -> None:
    """Keep a person's account within its limits."""
    many, term = year.low.shape[1], year.terms[year.agents[at]]
    # Sums of hours on the grid: a limit between two of its points is the one before it.
    rest = year.hours[at] % year.step
    pace = np.cumsum(year.pace[at]) - rest
    for week in range(many):
        if year.done[at, week:].any():
            continue  # weeks that are over may have left the limits
        until = list(range(at * many, at * many + week + 1))
        if math.isfinite(term.most_banked_h):
            top = math.floor((pace[week] + term.most_banked_h) / year.step + 1e-9)
            rows.add(until, 1.0, top * year.step + rest)
        if math.isfinite(term.most_owed_h):
            least = math.ceil((pace[week] - term.most_owed_h) / year.step - 1e-9)
            rows.add(until, -1.0, -least * year.step - rest)


def _even(rows: _Rows, year: Year, groups: Sequence[list[int]], *, unlike: int, mean: int) -> None:
    """Count the hours by which people depart from a number that is theirs and their fellows'."""
    many = year.low.shape[1]
    for rank, group in enumerate(groups):
        for week in range(many):
            two = mean + rank * many + week
            for at in group if len(group) > 1 else ():
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
    its limits, which lie on the grid too.
    """
    found = hours.copy()
    for at in range(len(hours)):
        free = ~year.done[at]
        sums = np.cumsum(hours[at, free])
        total = year.hours[at] - hours[at, ~free].sum()
        first = total - math.floor(total / year.step + 1e-9) * year.step
        marks = np.round((sums - first) / year.step + 1e-9) * year.step + first
        if len(marks):
            marks[-1] = total
            rounded = np.diff(np.concatenate(([0.0], marks)))
            # Weeks that are over may leave a sum off the grid, which a limit may not let in.
            if (rounded >= year.low[at, free] - 1e-9).all() and (
                rounded <= year.high[at, free] + 1e-9
            ).all():
                found[at, free] = rounded
    return found


def _known(days: Iterable[dt.date], rank: Mapping[dt.date, int], what: str) -> list[dt.date]:
    found = [pd.Timestamp(day).date() for day in days]
    wrong = [day for day in found if day not in rank]
    if wrong:
        raise BadInput(
            f"annual hours: {len(wrong)} weeks of `{what}` are no Monday of the year (first: "
            f"{wrong[0]}); the year runs from {min(rank)} to {max(rank)}"
        )
    return found
