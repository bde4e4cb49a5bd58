"""Who should work on which day? A linear problem of people alike; `rounding` makes it whole.

Annealing finds good starts and breaks of the duties of a day within seconds, but hardly ever moves
a whole duty to another day: that changes too many cells at once. How many of which people work on
which day is therefore settled before, where people alike are one mass and time is coarse.
Everything left out (rest, days in a row, the order of breaks) only makes the problem easier: its
minimum is a bound as well.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, vstack

from wfm.roster.aside import minimum
from wfm.roster.linear import proved
from wfm.roster.tours import Tours

_ROUND = 1e-6


@dataclass(frozen=True)
class Mixture:
    """How many of which people do which duty on which day, if people could be divided.

    Attributes
    ----------
    lot : ndarray of int, shape (people,)
        Number of the mass to which each person belongs.
    share : ndarray, shape (lots, days, kinds)
        People of a lot with a duty of that kind.
    value : float
        Objective of the mixture less `beyond` x the limits that were given. No roster can be below
        it plus what everybody's cheapest tour costs at the prices `beyond`; -inf where duties
        reach from one block of days into the next.
    beyond : ndarray, shape (lots, days, lengths)
        What one more duty of that many paid minutes than the limit would cost; never above 0.
    """

    lot: np.ndarray
    share: np.ndarray
    value: float
    beyond: np.ndarray


def lots_of(tours: Tours) -> np.ndarray:
    """Return for each worker the number of the lot of people alike; days off do not divide them."""
    known: dict[tuple, int] = {}
    return np.array([
        known.setdefault((w.group, w.allowed.any(axis=0).tobytes(), w.least, w.most,
                          w.most_weekends, w.most_of), len(known))
        for w in tours.workers
    ])  # fmt: skip


def lengths_of(tours: Tours) -> tuple[np.ndarray, np.ndarray]:
    """Return the different paid minutes of duties, and for each kind which of them it has."""
    paid, length = np.unique(tours.paid, return_inverse=True)
    return paid, length


def mixture_of(
    tours: Tours, *, coarse: int, seconds: float, limits: np.ndarray | None = None,
    over: Callable[[], bool] = lambda: False,
) -> Mixture | None:  # fmt: skip
    """Return the best mixture of all days; None where time runs out or there is none.

    Blocks of days are solved one by one: what joins them has to be in `limits`.

    Parameters
    ----------
    tours : Tours
    coarse : int
        Cells that are looked at as one.
    seconds : float
        Wall-clock limit.
    limits : ndarray, shape (lots, days, lengths), optional
        Most duties of each lot, day and number of paid minutes (`lengths_of`); infinity: any.
    over : callable
        Whether to end at once.
    """
    until = time.monotonic() + seconds
    lot = lots_of(tours)
    people = [np.flatnonzero(lot == at) for at in range(int(lot.max()) + 1)]
    share = np.zeros((len(people), tours.days, len(tours.length)))
    beyond = np.zeros((len(people), tours.days, len(lengths_of(tours)[0])))
    value = -float((tours.over * tours.wanted).sum())
    reached = np.zeros(len(tours.under), dtype=bool)
    for block in range(int(tours.block.max()) + 1):
        problem = _Problem(tours, coarse, np.flatnonzero(tours.block == block).tolist())
        for number, mine in enumerate(people):
            problem.add_lot(number, mine.tolist(), None if limits is None else limits[number])
        here = np.repeat(problem.cells_of_days(), coarse)[: len(reached)]
        if (here & reached).any():
            value = -np.inf
        reached |= here
        problem.add_coverage()
        answer = problem.solve(until - time.monotonic(), over)
        if answer is None:
            return None
        value += answer.value
        for at, row in problem.limit_rows.items():
            beyond[at] = answer.prices[row]
            value -= float(answer.prices[row]) * problem.most.limit[row]
        for (number, day, kind), column in problem.columns.items():
            share[number, day, kind] = answer.numbers[column]
    return Mixture(lot, share, value, beyond)


@dataclass(frozen=True)
class _Answer:
    """A bound, the numbers of the columns and the prices of the rows."""

    value: float
    numbers: np.ndarray
    prices: np.ndarray


class _Rows:
    """Rows of a sparse matrix under construction."""

    def __init__(self) -> None:
        self.row: list[np.ndarray] = []
        self.column: list[np.ndarray] = []
        self.value: list[np.ndarray] = []
        self.limit: list[float] = []

    def add(self, columns, values, limit: float) -> None:  # type: ignore[no-untyped-def]
        columns = np.asarray(columns, dtype=np.int64)
        self.row.append(np.full(len(columns), len(self.limit)))
        self.column.append(columns)
        self.value.append(np.broadcast_to(np.asarray(values, dtype=float), columns.shape))
        self.limit.append(limit)

    def matrix(self, width: int):  # type: ignore[no-untyped-def]
        at = (np.concatenate(self.row), np.concatenate(self.column))
        return coo_array((np.concatenate(self.value), at), shape=(len(self.limit), width)).tocsr()


class _Problem:
    """The linear problem: columns of duties, breaks begun so far, seats and agents short."""

    def __init__(self, tours: Tours, coarse: int, days: list[int]) -> None:
        self.tours, self.coarse, self.days = tours, coarse, days
        self.most, self.equal = _Rows(), _Rows()
        self.columns: dict[tuple[int, int, int], int] = {}
        self.limit_rows: dict[tuple[int, int, int], int] = {}
        self.high: list[float] = []
        self.cells = len(tours.under)
        self.wide = -(-self.cells // coarse)
        self.edges = np.minimum(np.arange(self.wide + 1) * coarse, self.cells)
        groups = tours.cuts.shape[1]
        # What puts agents of a group on a coarse cell: columns and how much each.
        self.seats: list[dict[int, list[tuple[int, float]]]] = [{} for _ in range(groups)]
        self.staff = np.bincount([w.group for w in tours.workers], minlength=groups).astype(float)

    def column(self, high: float) -> int:
        self.high.append(high)
        return len(self.high) - 1

    def add_lot(self, number: int, people: list[int], limits: np.ndarray | None) -> None:
        """Add the duties of people alike, their hours and days, and limits on each day's duties."""
        tours = self.tours
        who, many = tours.workers[people[0]], float(len(people))
        mine: list[int] = []
        kind_of: dict[int, int] = {}
        length_of = lengths_of(tours)[1]
        for day in self.days:
            can = np.sum([tours.workers[p].allowed[day] for p in people], axis=0)
            kinds = np.flatnonzero((can > 0) & (tours.first[day] >= 0)).tolist()
            if not kinds:
                continue
            families: dict[tuple, list[tuple[int, int]]] = {}
            here = []
            for kind in kinds:
                column = self.column(float(can[kind]))
                self.columns[number, day, kind] = column
                kind_of[column] = kind
                here.append(column)
                family = (tours.breaks[kind], int(tours.length[kind]))
                families.setdefault(family, []).append((int(tours.first[day, kind]), column))
            self.most.add(here, 1.0, float(can.max()))
            mine += here
            if limits is not None:
                for at in np.flatnonzero(np.isfinite(limits[day])).tolist():
                    mine_of = [c for k, c in zip(kinds, here, strict=True) if length_of[k] == at]
                    self.limit_rows[number, day, at] = len(self.most.limit)
                    self.most.add(mine_of, 1.0, float(limits[day, at]) + _ROUND)
            elif tours.weekend[day]:
                self.most.add(here, 1.0, many * min(1, who.most_weekends))
            for (breaks, length), duties in families.items():
                self._add_family(who.group, breaks, length, duties, many)
        if mine:
            block = int(tours.block[self.days[0]])
            paid = np.array([tours.paid[kind_of[c]] for c in mine], dtype=float)
            self.most.add(mine, paid, many * who.most[block])
            self.most.add(mine, -paid, -many * who.least[block])
            # At most `most_run` days of any `most_run` + 1 are worked.
            days = len(self.days)
            self.most.add(mine, 1.0, many * (days - days // (who.most_run + 1)))
            for some, cap in who.most_of:
                self.most.add([c for c in mine if kind_of[c] in some], 1.0, many * cap)

    def _add_family(self, group: int, breaks: tuple, length: int,
                    duties: list[tuple[int, int]], many: float) -> None:  # fmt: skip
        """Add duties of one length with the same breaks: seats, and breaks within windows.

        Duties begun until a cell are columns of their own, so that rows stay short.
        """
        duties = sorted(duties)
        starts = np.array([first for first, _ in duties])
        begun: list[int] = []
        for _, column in duties:
            total = self.column(many)
            before = [(begun[-1], 1.0)] if begun else []
            self._equal([(total, -1.0), (column, 1.0), *before])
            begun.append(total)

        def until(cell: int) -> list[int]:
            at = int(np.searchsorted(starts, cell, side="right"))
            return begun[at - 1 : at] if at else []

        low_cell, high_cell = int(starts[0]), min(int(starts[-1]) + length, self.cells)
        for cell in range(low_cell, high_cell):
            terms = self.seats[group].setdefault(cell // self.coarse, [])
            came, left = until(cell), until(cell - length)
            if came != left:
                terms += [(c, 1.0) for c in came] + [(c, -1.0) for c in left]
        for size, low, high in breaks:
            begin, end = low_cell + low, min(int(starts[-1]) + high + size, self.cells)
            before_cell: list[tuple[int, float]] = []
            for cell in range(begin // self.coarse, -(-end // self.coarse)):
                edge = int(self.edges[cell + 1])
                # Cells of break until `edge`: at least those that cannot come later, at most
                # those that may come earlier (Bechtold & Jacobs 1990).
                must = [c for j in range(1, size + 1) for c in until(edge - high - j)]
                may = [c for j in range(1, size + 1) for c in until(edge - low - j)]
                after = self.column(size * many)
                self._most([(after, -1.0), *((c, 1.0) for c in must)])
                self._most([(after, 1.0), *((c, -1.0) for c in may)])
                if before_cell:
                    self._most([(before_cell[0][0], 1.0), (after, -1.0)])
                terms = self.seats[group].setdefault(cell, [])
                terms += [(after, -1.0), *before_cell]
                before_cell = [(after, 1.0)]

    def _most(self, terms: list[tuple[int, float]]) -> None:
        self.most.add([c for c, _ in terms], [v for _, v in terms], 0.0)

    def _equal(self, terms: list[tuple[int, float]]) -> None:
        self.equal.add([c for c, _ in terms], [v for _, v in terms], 0.0)

    def add_coverage(self) -> None:
        """Add what agents on seat cost and leave short."""
        tours = self.tours
        at = self.edges[:-1]
        under = np.minimum.reduceat(tours.under, at)
        over = np.minimum.reduceat(tours.over, at)
        need = np.add.reduceat(tours.need, at, axis=1)
        self.cost: dict[int, float] = {}
        seat: list[dict[int, int]] = []
        for group, cells in enumerate(self.seats):
            mine: dict[int, int] = {}
            for cell, terms in cells.items():
                column = mine[cell] = self.column(self.coarse * self.staff[group])
                self.cost[column] = float(over[cell])
                self.equal.add([column, *(c for c, _ in terms)], [1.0, *(-v for _, v in terms)],
                               0.0)  # fmt: skip
            seat.append(mine)
        here = self.cells_of_days()
        for part in tours.islands:
            wanted = here & (need[part] > 0).any(axis=0)
            for cell in np.flatnonzero(wanted).tolist():
                short = self.column(float(need[part, cell].max()))
                self.cost[short] = float(under[cell] + over[cell])
                for cut in range(part.start, part.stop):
                    if need[cut, cell] > 0:
                        helps = [seat[g][cell] for g in np.flatnonzero(tours.cuts[cut]).tolist()
                                 if cell in seat[g]]  # fmt: skip
                        self.most.add([short, *helps], -1.0, -float(need[cut, cell]))

    def cells_of_days(self) -> np.ndarray:
        """Return the coarse cells that any duty of the days may cover."""
        here = np.zeros(self.wide, dtype=bool)
        for day in self.days:
            some = self.tours.first[day] >= 0
            if some.any():
                first = int(self.tours.first[day, some].min())
                last = int((self.tours.first[day] + self.tours.length)[some].max())
                here[first // self.coarse : -(-min(last, self.cells) // self.coarse)] = True
        return here

    def solve(self, seconds: float, over: Callable[[], bool]) -> _Answer | None:
        """Return a bound and the numbers, or None where time runs out."""
        width = len(self.high)
        rows = vstack([self.most.matrix(width), self.equal.matrix(width)]).tocsr()
        rows.sum_duplicates()
        limit = np.array([*self.most.limit, *self.equal.limit])
        least = limit.copy()
        least[: len(self.most.limit)] = -np.inf
        cost, high = np.zeros(width), np.array(self.high)
        cost[list(self.cost)] = list(self.cost.values())
        answer = minimum(rows, least, limit, cost, high, seconds=seconds, over=over)
        if answer is None:
            return None
        numbers, prices = answer
        prices[: len(self.most.limit)] = np.minimum(prices[: len(self.most.limit)], 0.0)
        bound = proved(rows, least, limit, cost, high, prices=prices)
        return _Answer(bound, numbers, prices)
