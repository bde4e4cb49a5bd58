"""Which mixture of whole tours is best, if people could be divided, and how far is it from whole?

Column generation: a linear master problem over the tours known so far prices every cell, and the
exact dynamic programme of each person finds tours that are cheaper at these prices. At any prices
the sum of everybody's cheapest tour is a bound no roster can beat (Lagrange). A dive then fixes
tours one by one, generating more on the way, until everybody has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from ortools.linear_solver import pywraplp

from wfm.roster._kernels_tables import Book, Room
from wfm.roster._kernels_tour import best_tour
from wfm.roster.tours import Tours

_WHOLE = 1e-6
_EPS = 1e-7
_SURE = 0.97


@dataclass(frozen=True)
class Column:
    """One legal tour of one person.

    Attributes
    ----------
    person : int
    kind, pause : ndarray
        As in `State`, for this person.
    cells : ndarray of int
        Cells with the person on seat.
    own : float
        Cost of the tour itself, coverage left out.
    """

    person: int
    kind: np.ndarray
    pause: np.ndarray
    cells: np.ndarray
    own: float


class Pool:
    """All tours met so far, by person, each once; and the threads that find more."""

    def __init__(self, tours: Tours, book: Book, rooms: list[Room]) -> None:
        self.tours, self.book, self.rooms = tours, book, rooms
        self.of: list[dict[bytes, Column]] = [{} for _ in tours.workers]
        self._blank = np.full((len(tours.workers), tours.days), -1, dtype=np.int16)
        for at, worker in enumerate(tours.workers):
            for day, kind in worker.locked.items():
                self._blank[at, day] = kind

    def add(self, person: int, kind: np.ndarray, pause: np.ndarray) -> tuple[Column, bool]:
        """Add a tour; return its column and whether it is new."""
        key = kind.tobytes() + pause.tobytes()
        known = self.of[person].get(key)
        if known is not None:
            return known, False
        column = self._column(person, kind.copy(), pause.copy())
        self.of[person][key] = column
        return column, True

    def cheapest(
        self, people: Iterable[int], unit_of: Callable[[int], np.ndarray]
    ) -> list[tuple[int, float, Column | None, bool]]:
        """Return for each person the cheapest tour at cumulated prices of the cells.

        Person, price of the tour, its column (None if there is no legal tour), whether it is new.
        """
        people = list(people)
        lots = [people[at :: len(self.rooms)] for at in range(len(self.rooms))]

        def work(lot: list[int], room: Room) -> list[tuple[int, float, np.ndarray, np.ndarray]]:
            found = []
            for person in lot:
                unit = unit_of(int(self.book.group[person]))
                value = best_tour(self.book, self._blank, person, 0, self.tours.days, unit, room)
                pause = np.zeros((self.tours.days, room.starts.shape[2]), dtype=np.int16)
                for day in np.flatnonzero(room.tour >= 0):
                    pause[day] = room.starts[day, room.tour[day]]
                found.append((person, value, room.tour.copy(), pause))
            return found

        if len(lots) == 1:
            answers = [work(lots[0], self.rooms[0])]
        else:
            with ThreadPoolExecutor(len(lots)) as threads:
                answers = list(threads.map(work, lots, self.rooms))
        result: list[tuple[int, float, Column | None, bool]] = []
        for person, value, kind, pause in sorted(
            (item for answer in answers for item in answer), key=lambda item: item[0]
        ):
            if value >= 1e17:
                result.append((person, value, None, False))
                continue
            result.append((person, value, *self.add(person, kind, pause)))
        return result

    def _column(self, person: int, kind: np.ndarray, pause: np.ndarray) -> Column:
        cells: list[np.ndarray] = []
        own, worker = 0.0, self.tours.workers[person]
        end = len(self.tours.under)
        for day in np.flatnonzero(kind >= 0):
            k, first = int(kind[day]), int(self.tours.first[day, kind[day]])
            on = np.ones(int(self.tours.length[k]), dtype=bool)
            for (size, _, _), start in zip(self.tours.breaks[k], pause[day], strict=False):
                on[start : start + size] = False
            here = first + np.flatnonzero(on)
            cells.append(here[here < end])
            if worker.extra is not None:
                own += float(worker.extra[day, k])
        return Column(person, kind, pause, np.concatenate([*cells, np.zeros(0, np.int64)]), own)


class Master:
    """The linear problem of some people over the tours of the pool, others standing.

    Parameters
    ----------
    pool : Pool
    people : sequence of int
    need : ndarray of int, shape (cuts, cells)
        What the cuts still want, the others' tours taken off.
    spare : float
        Constant of the objective: -over x wanted, plus over and own cost of the others' tours.
    """

    def __init__(self, pool: Pool, people: Iterable[int], need: np.ndarray, spare: float) -> None:
        self.pool, self.people, self.need, self.spare = pool, list(people), need, spare
        tours = pool.tours
        self.solver = pywraplp.Solver.CreateSolver("GLOP")
        self.objective = self.solver.Objective()
        self.objective.SetMinimization()
        inf = self.solver.infinity()
        self.rows: dict[tuple[int, int], pywraplp.Constraint] = {}
        for part in tours.islands:
            for cell in np.flatnonzero((need[part] > 0).any(axis=0)).tolist():
                short = self.solver.NumVar(0, inf, "")
                self.objective.SetCoefficient(short, float(tours.under[cell] + tours.over[cell]))
                for cut in range(part.start, part.stop):
                    if need[cut, cell] > 0:
                        row = self.solver.Constraint(float(need[cut, cell]), inf)
                        row.SetCoefficient(short, 1.0)
                        self.rows[cut, cell] = row
        self.one = {p: self.solver.Constraint(1.0, 1.0) for p in self.people}
        self.columns: dict[int, tuple[Column, pywraplp.Variable]] = {}
        self.fixed: dict[int, Column] = {}
        self.y = np.zeros(need.shape)
        self.sigma: dict[int, float] = {}
        self.value = np.inf

    def add(self, column: Column) -> None:
        """Add a tour as a column."""
        if id(column) in self.columns:
            return
        tours = self.pool.tours
        x = self.solver.NumVar(0, self.solver.infinity(), "")
        self.objective.SetCoefficient(x, column.own + float(tours.over[column.cells].sum()))
        self.one[column.person].SetCoefficient(x, 1.0)
        group = tours.workers[column.person].group
        for cut in np.flatnonzero(tours.cuts[:, group]).tolist():
            for cell in column.cells.tolist():
                row = self.rows.get((cut, cell))
                if row is not None:
                    row.SetCoefficient(x, 1.0)
        self.columns[id(column)] = (column, x)

    def solve(self) -> bool:
        """Solve the linear problem; set value, prices `y` of the rows and `sigma` of people."""
        if self.solver.Solve() != pywraplp.Solver.OPTIMAL:
            return False
        self.value = self.objective.Value() + self.spare
        self.y[:] = 0.0
        for (cut, cell), row in self.rows.items():
            self.y[cut, cell] = max(0.0, row.dual_value())
        self.sigma = {p: row.dual_value() for p, row in self.one.items()}
        return True

    def weights(self) -> list[tuple[float, Column]]:
        """Return the columns in the mixture with their shares."""
        return [
            (x.solution_value(), column) for column, x in self.columns.values()
            if x.solution_value() > _WHOLE
        ]  # fmt: skip

    def fix(self, column: Column) -> None:
        """Give a person this tour for good."""
        self.fixed[column.person] = column
        for other, x in self.columns.values():
            if other.person == column.person:
                x.SetBounds(float(other is column), float(other is column))

    def price(self, y: np.ndarray) -> tuple[float, list[Column]]:
        """Return the Lagrange bound at prices `y`, and the tours found that improve the mixture."""
        tours = self.pool.tours
        unit: dict[int, np.ndarray] = {}
        by_group = tours.over[None, :] - tours.cuts.T.astype(float) @ y
        for group in range(by_group.shape[0]):
            unit[group] = np.concatenate([[0.0], np.cumsum(by_group[group])])
        bound = float((y * self.need).sum()) + self.spare
        better = []
        real = tours.over[None, :] - tours.cuts.T.astype(float) @ self.y
        free = [p for p in self.people if p not in self.fixed]
        for person, value, column, _ in self.pool.cheapest(free, unit.__getitem__):
            if column is None:
                return -np.inf, []
            bound += value
            group = tours.workers[person].group
            reduced = column.own + float(real[group, column.cells].sum()) - self.sigma[person]
            if reduced < -_EPS * 10 and id(column) not in self.columns:
                better.append(column)
        for person, column in self.fixed.items():
            group = tours.workers[person].group
            bound += column.own + float(by_group[group, column.cells].sum())
        return bound, better


def generate(
    master: Master, *, rounds: int, stop: Callable[[], bool], smooth: float = 0.7,
    near: float = 0.0, cap: float = np.inf,
) -> float:  # fmt: skip
    """Add columns until no tour improves the mixture, the rounds or the time are spent.

    Prices are smoothed towards those of the best bound (Wentges 1997). Ends early once the bound is
    within `near` of the mixture, or above `cap` (nothing better than the incumbent below it).

    Returns
    -------
    float
        The best Lagrange bound.
    """
    best, center = -np.inf, None
    for _ in range(rounds):
        if not master.solve():
            return best
        y = master.y if center is None else smooth * center + (1 - smooth) * master.y
        while True:
            bound, better = master.price(y)
            if bound > best:
                best, center = bound, y.copy()
            if better or y is master.y or stop():
                break
            y = master.y
        if not better or master.value - best <= near or best >= cap or stop():
            break
        for column in better:
            master.add(column)
    return best


def dive(
    master: Master, *, rounds: int, stop: Callable[[], bool], rng: np.random.Generator,
    cap: float = np.inf, blur: float = 0.0,
) -> dict[int, Column] | None:  # fmt: skip
    """Fix tours one by one, those with the largest shares first, until everybody has one.

    `blur` mixes chance into the choice; a dive that cannot end below `cap` is given up.

    Returns
    -------
    dict or None
        Person to column; None if given up.
    """
    while len(master.fixed) < len(master.people):
        bound = generate(master, rounds=rounds, stop=stop, near=0.05, cap=cap)
        if stop() or (master.value > cap and bound >= cap) or not master.solve():
            return None
        shares = [
            (weight + blur * rng.random(), at, column)
            for at, (weight, column) in enumerate(master.weights())
            if column.person not in master.fixed
        ]
        if not shares:
            return None
        shares.sort(reverse=True)
        sure = [item for item in shares if item[0] > _SURE]
        for _, _, column in sure or shares[:1]:
            if column.person not in master.fixed:
                master.fix(column)
    return dict(master.fixed)


def cost_of(pool: Pool, chosen: dict[int, Column], need: np.ndarray, spare: float) -> float:
    """Return the objective of whole tours of a master's people."""
    tours = pool.tours
    left = need.copy()
    total = spare
    for column in chosen.values():
        group = tours.workers[column.person].group
        left[np.ix_(tours.cuts[:, group], column.cells)] -= 1
        total += column.own + float(tours.over[column.cells].sum())
    for part in tours.islands:
        short = np.maximum(left[part].max(axis=0), 0)
        total += float(((tours.under + tours.over) * short).sum())
    return total
