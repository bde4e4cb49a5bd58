"""How many people alike can be at work on which weekend, if all their weeks hang together?

Hours tie the days of a week, but days in a row, rest and free weekends tie the weeks: who works a
Sunday may have to leave the next weekend's shifts to others. Whole tours of people alike are mixed
by column generation, priced by the same exact programme that makes the tours of the roster. Only
the wants of a day are coarse: a day's agents cover them at whatever hour. Everything left out makes
the problem easier, so that its minimum is a bound as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from wfm.roster._kernels_tables import Book, Room
from wfm.roster._kernels_tour import best_tour
from wfm.roster.book import room_of
from wfm.roster.mixture import lengths_of, lots_of
from wfm.roster.tours import Tours

_NONE = 1e17
_DEAR = 1e6  # price of a person without a tour, in units of the dearest cell
_ROUNDS = 200
_NEAR = 2e-3
_EPS = 1e-6
_FREE = (0, -1, 99)  # as `Worker.before`, where nothing binds


@dataclass(frozen=True)
class WorkDays:
    """How many people of each lot are at work on weekends in the best mixture of whole tours.

    Attributes
    ----------
    lot : ndarray of int, shape (people,)
        `lots_of`.
    duties : ndarray, shape (lots, days, lengths)
        People of a lot on a duty of that many paid minutes (`lengths_of`) on each weekend day;
        infinity on the others, on which a day's coarse wants say too little.
    value : float
        What no roster can be below.
    least : callable
        What everybody's cheapest tours cost at given prices of `duties`, coverage left out.
    """

    lot: np.ndarray
    duties: np.ndarray
    value: float
    least: Callable[[np.ndarray], float]


def work_days_of(
    tours: Tours, book: Book, *, seconds: float, over: Callable[[], bool] = lambda: False
) -> WorkDays | None:  # fmt: skip
    """Return the best mixture of whole tours against days as a whole; None if there is none.

    Parameters
    ----------
    tours : Tours
    book : Book
    seconds : float
        Wall-clock limit; what is found by then is returned, with a bound that is true all the same.
    over : callable
        Whether to end at once.
    """
    until = time.monotonic() + seconds
    lot = lots_of(tours)
    lots = [np.flatnonzero(lot == at) for at in range(int(lot.max()) + 1)]
    loose = _loose(tours, book, lots)
    pricing = _Pricing(tours, loose, lots)
    master = _Master(tours, pricing.part, _able(tours, lots), [len(mine) for mine in lots])
    best = -np.inf
    for _ in range(_ROUNDS):
        if not master.solve():
            return None
        priced = pricing.cheapest(master.y, master.z)
        if priced is None:
            return None
        value, found = priced
        best = max(best, value + master.prices())
        better = [one for one in found if one.cost - master.sigma[one.lot] < -_EPS]
        near = master.value - best <= _NEAR * max(1.0, abs(best))
        if not better or near or over() or time.monotonic() > until:
            break
        for one in better:
            master.add(one)
    if not master.whole():
        return None
    if any(who.locked for who in tours.workers):
        best = -np.inf  # a locked duty may be one that nobody else of the lot can have
    return WorkDays(lot, master.duties(), best, pricing.least)


@dataclass(frozen=True)
class _Tour:
    """A tour of somebody of a lot: agents on each part, length on each day (-1: off), its cost."""

    lot: int
    group: int
    agents: np.ndarray
    length: np.ndarray
    own: float
    cost: float


def _loose(tours: Tours, book: Book, lots: list[np.ndarray]) -> Book:
    """Return the tables with the first of each lot free to do whatever anybody of it may."""
    allowed, limits, before = book.allowed.copy(), book.limits.copy(), book.before.copy()
    locked = np.zeros_like(book.locked)
    # What people wish is left out, as `mixture` does: a bound on coverage alone.
    extra = np.zeros((max(2, len(tours.workers)), tours.days, len(tours.length)))
    for mine in lots:
        who = mine[0]
        allowed[who] = allowed[mine].max(axis=0)
        limits[who] = [
            limits[mine, 0].max(), limits[mine, 1].min(), limits[mine, 2].min(),
            limits[mine, 3].max(),
        ]  # fmt: skip
        for person in mine.tolist():
            for day, kind in tours.workers[person].locked.items():
                if kind >= 0:
                    allowed[who, day, kind] = 1
        before[who] = _FREE
    return book._replace(
        allowed=allowed, limits=limits, before=before, locked=locked, extra=extra,
        most_of=np.zeros((1, 1), dtype=np.int32),
    )  # fmt: skip


def _able(tours: Tours, lots: list[np.ndarray]) -> np.ndarray:
    """Return how many of each lot can be on duty on each day."""
    return np.array([
        [sum(bool(tours.workers[p].allowed[day].any()) or tours.workers[p].locked.get(day, -1) >= 0
             for p in mine.tolist()) for day in range(tours.days)]
        for mine in lots
    ], dtype=float)  # fmt: skip


class _Pricing:
    """Cheapest tours of each lot, at prices of the cuts on each day and of being on duty then."""

    def __init__(self, tours: Tours, book: Book, lots: list[np.ndarray]) -> None:
        self.tours, self.book, self.lots = tours, book, lots
        self.room: Room = room_of(tours, book, 1)
        self.blank = np.full((len(tours.workers), tours.days), -1, dtype=np.int16)
        self.own = book.extra[[mine[0] for mine in lots]]
        self.part, self.length = _parts(tours), lengths_of(tours)[1]
        at = np.flatnonzero(np.diff(self.part, prepend=-1))
        self.over = np.minimum.reduceat(tours.over, at)

    def cheapest(self, y: np.ndarray, z: np.ndarray) -> tuple[float, list[_Tour]] | None:
        """Return what everybody's cheapest tour costs, and a tour of each lot."""
        by_group = self.over[None, :] - self.tours.cuts.T.astype(float) @ y
        units = [np.concatenate([[0.0], np.cumsum(row[self.part])]) for row in by_group]
        found, value = [], 0.0
        for number, mine in enumerate(self.lots):
            who = int(mine[0])
            group = self.tours.workers[who].group
            self.book.extra[who] = self.own[number] + z[number][:, None]
            cost = best_tour(
                self.book, self.blank, who, 0, self.tours.days, units[group], self.room
            )
            if cost >= _NONE:
                return None
            value += len(mine) * cost
            agents, kinds = self._agents(), self.room.tour
            own = cost - float(by_group[group] @ agents) - float(z[number] @ (kinds >= 0))
            length = np.where(kinds >= 0, self.length[kinds], -1)
            found.append(_Tour(number, group, agents, length, own, cost))
        return value, found

    def least(self, price: np.ndarray) -> float:
        """Return what everybody's cheapest tours cost at prices by lot, day and length."""
        value, unit = 0.0, np.zeros(len(self.part) + 1)
        for number, mine in enumerate(self.lots):
            who = int(mine[0])
            self.book.extra[who] = self.own[number] + price[number][:, self.length]
            cost = best_tour(self.book, self.blank, who, 0, self.tours.days, unit, self.room)
            if cost >= _NONE:
                return -np.inf
            value += len(mine) * cost
        return value

    def _agents(self) -> np.ndarray:
        """Return the cells on seat in each part of the tour that was found."""
        tours, cells = self.tours, np.zeros(len(self.part))
        for day in np.flatnonzero(self.room.tour >= 0).tolist():
            kind = int(self.room.tour[day])
            first = int(tours.first[day, kind])
            cells[first : first + int(tours.length[kind])] += 1
            for (size, _, _), start in zip(tours.breaks[kind], self.room.starts[day, kind],
                                           strict=False):  # fmt: skip
                cells[first + int(start) : first + int(start) + size] -= 1
        return np.bincount(self.part, weights=cells)


def _parts(tours: Tours) -> np.ndarray:
    """Return for each cell the day it belongs to, by the first start of each day."""
    edges = [int(row[row >= 0].min()) for row in tours.first if (row >= 0).any()]
    return np.searchsorted(np.unique(edges)[1:], np.arange(len(tours.under)), side="right")


class _Master:
    """The linear problem over the tours found so far."""

    def __init__(
        self, tours: Tours, part: np.ndarray, able: np.ndarray, people: list[int]
    ) -> None:  # fmt: skip
        self.tours, self.people = tours, people
        at = np.flatnonzero(np.diff(part, prepend=-1))
        self.need = np.add.reduceat(tours.need, at, axis=1).astype(float)
        self.over = np.minimum.reduceat(tours.over, at)
        price = np.minimum.reduceat(tours.under + tours.over, at)
        self.constant = -float((tours.over * tours.wanted).sum())
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        inf = self.solver.infinity()
        self.rows: dict[tuple[int, int], pywraplp.Constraint] = {}
        for island in tours.islands:
            for day in range(len(at)):
                short = self.solver.NumVar(0, inf, "")
                self.objective.SetCoefficient(short, float(price[day]))
                for cut in range(island.start, island.stop):
                    row = self.solver.Constraint(float(self.need[cut, day]), inf)
                    row.SetCoefficient(short, 1.0)
                    self.rows[cut, day] = row
        dear = _DEAR * max(1.0, float(price.max()))
        self.able = able
        self.days = [[self.solver.Constraint(-inf, many) for many in row] for row in able.tolist()]
        self.one, self.missing = [], []
        for many in people:
            row = self.solver.Constraint(float(many), float(many))
            nobody = self.solver.NumVar(0, inf, "")
            self.objective.SetCoefficient(nobody, dear)
            row.SetCoefficient(nobody, 1.0)
            self.one.append(row)
            self.missing.append(nobody)
        self.columns: list[tuple[_Tour, pywraplp.Variable]] = []
        self.y, self.z = np.zeros(self.need.shape), np.zeros(able.shape)
        self.sigma, self.value = np.zeros(len(people)), np.inf

    def add(self, tour: _Tour) -> None:
        """Add a tour as a column."""
        x = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(x, tour.own + float(self.over @ tour.agents))
        self.one[tour.lot].SetCoefficient(x, 1.0)
        for cut in np.flatnonzero(self.tours.cuts[:, tour.group]).tolist():
            for day in np.flatnonzero(tour.agents).tolist():
                self.rows[cut, day].SetCoefficient(x, float(tour.agents[day]))
        for day in np.flatnonzero(tour.length >= 0).tolist():
            self.days[tour.lot][day].SetCoefficient(x, 1.0)
        self.columns.append((tour, x))

    def solve(self) -> bool:
        """Solve the linear problem; set prices: `y` of wants, `z` of days on, `sigma` of lots."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return False
        self.value = self.objective.Value() + self.constant
        for at, row in self.rows.items():
            self.y[at] = max(0.0, row.dual_value())
        self.z = np.array([[max(0.0, -row.dual_value()) for row in rows] for rows in self.days])
        self.sigma = np.array([row.dual_value() for row in self.one])
        return True

    def prices(self) -> float:
        """Return what the prices give, the tours left out; with the cheapest tours, a bound."""
        return float((self.y * self.need).sum() - (self.z * self.able).sum()) + self.constant

    def whole(self) -> bool:
        """Return whether everybody has a tour."""
        return all(nobody.solution_value() < _EPS for nobody in self.missing)

    def duties(self) -> np.ndarray:
        """Return how many of each lot are on duty on weekend days, by length."""
        found = np.zeros((len(self.people), self.tours.days, len(lengths_of(self.tours)[0])))
        for tour, x in self.columns:
            days = np.flatnonzero(tour.length >= 0)
            found[tour.lot, days, tour.length[days]] += x.solution_value()
        found[:, self.tours.weekend == 0] = np.inf
        return found
