"""What can no roster be below, where the linear problem is too large to be solved?

Lagrange relaxation of the coverage: at any prices y >= 0 of the cuts, with sum at most under + over
in each cell and island, sum y x need plus everybody's cheapest tour is a bound. The prices are
improved by deflected subgradient steps of Polyak's length (Camerini, Fratta & Maffioli 1975,
Mathematical Programming Study 3): along the shortage that the tours leave, the steps before not
forgotten.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from wfm.roster._kernels import Book, Room, best_tour
from wfm.roster.book import room_of
from wfm.roster.tours import Tours

_NONE = 1e17
_PATIENCE, _SHORTER, _LEAST_STEP, _MEMORY = 20, 0.8, 1e-2, 0.9


def bound_of(
    tours: Tours, book: Book, cost: float, *, seed: int = 0, rounds: int = 1000,
    seconds: float = 1e9,
    trace: Callable[[int, float], None] | None = None,
) -> float:  # fmt: skip
    """Return a bound on the objective; -inf if somebody has no legal tour.

    Parameters
    ----------
    tours : Tours
    book : Book
    cost : float
        Objective of a roster at hand; sets the length of the steps.
    seed : int
    rounds : int
        Most steps.
    seconds : float
        Wall-clock limit.
    trace : callable, optional
        Told step and best bound.
    """
    room = room_of(tours, book, seed + 977)
    alike = _alike(tours)
    blank = np.full((len(tours.workers), tours.days), -1, dtype=np.int16)
    for at, worker in enumerate(tours.workers):
        for day, kind in worker.locked.items():
            blank[at, day] = kind
    top = tours.under + tours.over
    y = np.zeros(tours.need.shape)
    for part in tours.islands:
        last = part.stop - 1
        y[last] = np.where(tours.need[last] > 0, 0.5 * top, 0.0)
    constant = -float((tours.over * tours.wanted).sum())
    until = time.monotonic() + seconds
    best, way = -np.inf, np.zeros(y.shape)
    step, idle = 16.0, 0
    for at in range(rounds):
        got = _tours_at(tours, book, blank, alike, y, room)
        if got is None:
            return -np.inf
        value, supply = got
        value += float((y * tours.need).sum()) + constant
        idle = 0 if value > best + 1e-9 else idle + 1
        best = max(best, value)
        if idle >= _PATIENCE:
            step, idle = _SHORTER * step, 0
        if trace is not None:
            trace(at, best)
        if step < _LEAST_STEP or time.monotonic() > until:
            break
        way = tours.need - tours.cuts @ supply + _MEMORY * way
        way[(y <= 0) & (way < 0)] = 0.0
        norm = float((way**2).sum())
        y = _project(tours, y + step * max(1e-6, cost - value) / max(norm, 1e-9) * way, top)
    return best


def _tours_at(  # noqa: PLR0917 - what a step looks at
    tours: Tours, book: Book, blank: np.ndarray, alike: list[tuple[int, int]], y: np.ndarray,
    room: Room,
) -> tuple[float, np.ndarray] | None:  # fmt: skip
    """Return the price of everybody's cheapest tour, and the agents they put on each cell."""
    by_group = tours.over[None, :] - tours.cuts.T.astype(float) @ y
    units = [np.concatenate([[0.0], np.cumsum(row)]) for row in by_group]
    supply = np.zeros(by_group.shape)
    total = 0.0
    for person, count in alike:
        group = tours.workers[person].group
        got = best_tour(book, blank, person, 0, tours.days, units[group], room)
        if got >= _NONE:
            return None
        total += count * got
        for day in np.flatnonzero(room.tour >= 0).tolist():
            kind = int(room.tour[day])
            first = int(tours.first[day, kind])
            supply[group, first : first + int(tours.length[kind])] += count
            for (size, _, _), start in zip(tours.breaks[kind], room.starts[day, kind],
                                           strict=False):  # fmt: skip
                supply[group, first + int(start) : first + int(start) + size] -= count
    return total, supply


def _alike(tours: Tours) -> list[tuple[int, int]]:
    """Return one worker of each sort and how many there are of it."""
    found: dict[tuple, list[int]] = {}
    for at, w in enumerate(tours.workers):
        key = (w.group, w.allowed.tobytes(), w.least, w.most, w.most_run, w.least_run, w.least_off,
               w.most_weekends, w.most_of, None if w.extra is None else w.extra.tobytes(),
               w.before, tuple(sorted(w.locked.items())))  # fmt: skip
        found.setdefault(key, []).append(at)
    return [(some[0], len(some)) for some in found.values()]


def _project(tours: Tours, y: np.ndarray, top: np.ndarray) -> np.ndarray:
    """Return the nearest prices >= 0 whose sum over each island is at most `top` in each cell."""
    y = np.where(tours.need > 0, y, 0.0)
    for part in tours.islands:
        rows = np.maximum(y[part], 0.0)
        over = rows.sum(axis=0) > top
        if over.any():
            cut = -np.sort(-rows[:, over], axis=0)
            excess = np.cumsum(cut, axis=0) - top[over]
            count = np.arange(1, len(cut) + 1)[:, None]
            last = (cut - excess / count > 0).cumsum(axis=0).argmax(axis=0)
            level = excess[last, np.arange(excess.shape[1])] / (last + 1)
            rows[:, over] = np.maximum(rows[:, over] - np.maximum(level, 0.0), 0.0)
        y[part] = rows
    return y
