"""What is left to choose on a day once it is settled who works how long?

Starts and breaks, in numbers of people: how many of those alike have begun until a cell, and how
many have begun their first, second, ... break. Such running numbers give short rows, and a break's
window is no more than two of them: those who began early enough to have to be on it by now have
been, and nobody has been who cannot yet (Bechtold & Jacobs 1990, Management Science 36(11)).
Whole running numbers that keep these rows can be handed out to people again.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csr_array

from wfm.roster.tours import Tours


@dataclass(frozen=True)
class Lot:
    """People on duty who may begin at the same times.

    Attributes
    ----------
    people : ndarray of int
        Numbers of the people, by the start of their duty at hand.
    kinds : ndarray of int
        Kinds of duty that each of them may have, by start.
    columns : ndarray of int
        Columns of the running numbers, one for each kind.
    """

    people: np.ndarray
    kinds: np.ndarray
    columns: np.ndarray


@dataclass(frozen=True)
class Family:
    """People of one skill group whose duties have the same length and breaks.

    Attributes
    ----------
    lots : tuple of Lot
    begins : tuple of int
        First cell of the running numbers of each break.
    columns : tuple of ndarray of int
        Columns of the running numbers of each break, one for each cell.
    """

    lots: tuple[Lot, ...]
    begins: tuple[int, ...]
    columns: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class DayProblem:
    """Minimise cost . x with low <= matrix x <= high and 0 <= x <= most.

    Attributes
    ----------
    matrix : csr_array, shape (rows, columns)
    low, high : ndarray, shape (rows,)
    cost, most : ndarray, shape (columns,)
    families : tuple of Family
    stages : tuple of ndarray of int
        Columns that have to be whole: starts, then breaks.
    """

    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    cost: np.ndarray
    most: np.ndarray
    families: tuple[Family, ...]
    stages: tuple[np.ndarray, ...]


def families_of(tours: Tours) -> np.ndarray:
    """Return for each kind the number of its length and breaks."""
    known: dict[tuple, int] = {}
    keys = zip(tours.breaks, tours.length.tolist(), strict=True)
    return np.array([known.setdefault(key, len(known)) for key in keys])


def day_problem(tours: Tours, day: int, kind: np.ndarray, may: np.ndarray,
                slack: np.ndarray) -> DayProblem:  # fmt: skip
    """Return the problem of a day.

    Parameters
    ----------
    tours : Tours
    day : int
    kind : ndarray of int, shape (people,)
        Kind of duty of each person on that day, -1 a day off.
    may : ndarray of bool, shape (people, kinds)
        Kinds that can stand in its place; nothing for people who are not asked.
    slack : ndarray of int, shape (cuts, cells)
        Agents wanted by each cut, less those who are there, the people asked left out.
    """
    rows, family_of = _Rows(), families_of(tours)
    members: dict[tuple[int, int], dict[bytes, list[int]]] = {}
    for person in np.flatnonzero(may.any(axis=1)).tolist():
        key = (tours.workers[person].group, int(family_of[kind[person]]))
        members.setdefault(key, {}).setdefault(may[person].tobytes(), []).append(person)
    cells = len(tours.under)
    # What puts agents of a group on a cell: columns and signs.
    seats: dict[tuple[int, int], list[tuple[int, float]]] = {}
    families = []
    for (group, number), lots in sorted(members.items()):
        some = np.flatnonzero(family_of == number)
        families.append(_family(rows, tours, day, kind, lots, some, seats, group, cells))
    here = range(min(c for _, c in seats), max(c for _, c in seats) + 1) if seats else range(0)
    _coverage(rows, tours, seats, slack, here)
    cost = np.zeros(len(rows.most))
    cost[list(rows.cost)] = list(rows.cost.values())
    starts = [lot.columns for f in families for lot in f.lots]
    breaks = [columns for f in families for columns in f.columns]
    empty = np.zeros(0, dtype=np.int64)
    return DayProblem(
        rows.matrix(), np.array(rows.low), np.array(rows.high), cost, np.array(rows.most),
        tuple(families),
        (np.concatenate([empty, *starts]), np.concatenate([empty, *breaks])),
    )  # fmt: skip


class _Rows:
    """Rows and columns under construction."""

    def __init__(self) -> None:
        self.row: list[int] = []
        self.column_of: list[int] = []
        self.value: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []
        self.most: list[float] = []
        self.cost: dict[int, float] = {}

    def columns(self, many: int, most: float) -> list[int]:
        self.most += [most] * many
        return list(range(len(self.most) - many, len(self.most)))

    def add(self, terms: list[tuple[int, float]], low: float, high: float) -> None:
        for column, value in terms:
            self.row.append(len(self.low))
            self.column_of.append(column)
            self.value.append(value)
        self.low.append(low)
        self.high.append(high)

    def matrix(self) -> csr_array:
        shape = (len(self.low), len(self.most))
        found = coo_array((self.value, (self.row, self.column_of)), shape=shape).tocsr()
        found.sum_duplicates()
        return found


def _family(  # noqa: PLR0917 - a family is that
    rows: _Rows, tours: Tours, day: int, kind: np.ndarray, lots: dict[bytes, list[int]],
    some: np.ndarray, seats: dict[tuple[int, int], list[tuple[int, float]]], group: int,
    cells: int,
) -> Family:  # fmt: skip
    """Add people of a group with duties of one length: who has begun, who has been on a break."""
    first, inf = tours.first[day], np.inf
    made, numbers = [], []
    for may, mine in sorted(lots.items()):
        kinds = np.flatnonzero(np.frombuffer(may, dtype=bool))
        kinds = kinds[np.argsort(first[kinds], kind="stable")]
        people = sorted(mine, key=lambda p: (int(first[kind[p]]), p))
        columns = rows.columns(len(kinds), len(people))
        for before, after in itertools.pairwise(columns):
            rows.add([(after, 1.0), (before, -1.0)], 0.0, inf)
        rows.add([(columns[-1], 1.0)], len(people), len(people))
        made.append(Lot(np.array(people), kinds, np.array(columns)))
        numbers.append(len(people))
    many = float(sum(numbers))
    starts = np.unique(first[np.concatenate([lot.kinds for lot in made])])
    if len(made) == 1:
        begun = made[0].columns.tolist()
    else:
        begun = rows.columns(len(starts), many)
        for start, column in zip(starts.tolist(), begun, strict=True):
            terms = [(column, -1.0)]
            for lot in made:
                at = int(np.searchsorted(first[lot.kinds], start, side="right"))
                if at:
                    terms.append((int(lot.columns[at - 1]), 1.0))
            rows.add(terms, 0.0, 0.0)

    def until(cell: int) -> int:
        at = int(np.searchsorted(starts, cell, side="right"))
        return begun[at - 1] if at else -1

    breaks, length = tours.breaks[some[0]], int(tours.length[some[0]])
    low_cell, high_cell = int(starts[0]), int(starts[-1])
    _on_seat(seats, group, until, low_cell, min(high_cell + length, cells), length, 1.0)
    begins, chains = [], []
    for size, low, high in breaks:
        begin, end = low_cell + low, high_cell + high
        columns = rows.columns(end - begin + 1, many)
        for cell, column in enumerate(columns, begin):
            if cell > begin:
                rows.add([(column, 1.0), (column - 1, -1.0)], 0.0, inf)
            may_be, must = until(cell - low), until(cell - high)
            rows.add([(column, 1.0), (may_be, -1.0)], -inf, 0.0)
            if must >= 0:
                rows.add([(column, 1.0), (must, -1.0)], 0.0, inf)

        def taken(cell: int, columns: list[int] = columns, begin: int = begin) -> int:
            return -1 if cell < begin else columns[min(cell - begin, len(columns) - 1)]

        _on_seat(seats, group, taken, begin, min(end + size, cells), size, -1.0)
        begins.append(begin)
        chains.append(np.array(columns))
    return Family(tuple(made), tuple(begins), tuple(chains))


def _on_seat(  # type: ignore[no-untyped-def]  # noqa: PLR0917 - a stretch on seat is that
    seats, group, until, begin, end, size, sign
):
    """Add those who have begun by a cell and not ended yet."""
    for cell in range(begin, end):
        came, left = until(cell), until(cell - size)
        if came != left:
            terms = seats.setdefault((group, cell), [])
            terms.append((came, sign))
            if left >= 0:
                terms.append((left, -sign))


def _coverage(rows, tours, seats, slack, here):  # type: ignore[no-untyped-def]
    """Add what agents on seat cost and leave short."""
    uneven = bool(np.ptp(tours.over[here.start : here.stop])) if len(here) else False
    seat = {}
    for key, terms in sorted(seats.items()):
        (column,) = rows.columns(1, np.inf)
        seat[key] = column
        if uneven:  # else whoever is on seat costs the same
            rows.cost[column] = float(tours.over[key[1]])
        rows.add([(column, -1.0), *terms], 0.0, 0.0)
    for cell in here:
        for part in tours.islands:
            if slack[part, cell].max() <= 0:
                continue
            (short,) = rows.columns(1, np.inf)
            rows.cost[short] = float(tours.under[cell] + tours.over[cell])
            for cut in range(part.start, part.stop):
                if slack[cut, cell] > 0:
                    helps = [(seat[g, cell], 1.0) for g in np.flatnonzero(tours.cuts[cut]).tolist()
                             if (g, cell) in seat]  # fmt: skip
                    rows.add([(short, 1.0), *helps], float(slack[cut, cell]), np.inf)
