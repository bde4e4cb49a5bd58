"""How does the engine find a good roster for a problem in its own shape?

1 *Construct*: everybody in turn gets the cheapest legal tour against those before: a legal roster
  at once, because the tours are exact.
2 Where the cells are few (a shift on a day), whole tours are mixed by column generation, a dive
  makes them whole, and small groups of people are dived again: `columns`, `neighbourhood`.
3 Where the cells are many (quarters of an hour with breaks), linear problems of people alike say
  who works on which day, and where starts and breaks go; annealing does the rest: `guided`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wfm.roster import guided, long_run, neighbourhood
from wfm.roster._kernels_cells import prices
from wfm.roster._kernels_tables import State
from wfm.roster._kernels_tour import best_tour, put_tour
from wfm.roster.book import empty_state
from wfm.roster.run import Run
from wfm.roster.tours import Tours

_SHORT_DUTY = 4
_MOST_STATES = 3_000_000
_NONE = 1e17


@dataclass(frozen=True)
class Answer:
    """A roster in the engine's shape.

    Attributes
    ----------
    kind : ndarray of int, shape (people, days)
        Kind of duty; -1 is a day off.
    pause : ndarray of int, shape (people, days, breaks)
        Starts of the breaks after the start of the duty, in cells.
    cost, bound : float
        Objective, and what no roster can be below (-inf: not known).
    trace : tuple of (float, float, float)
        Seconds, cost and bound at each improvement.
    reproducible : bool
        Whether neither the clock nor the caller ended the search.
    """

    kind: np.ndarray
    pause: np.ndarray
    cost: float
    bound: float
    trace: tuple[tuple[float, float, float], ...]
    reproducible: bool


class NoTour(Exception):  # noqa: N818 - a signal to the caller, who knows the person's name
    """A worker has no legal tour; `worker` is the number."""

    def __init__(self, worker: int) -> None:
        super().__init__(f"worker {worker} has no legal tour")
        self.worker = worker


def solve(
    tours: Tours, *, seconds: float, workers: int = 1, seed: int = 0, whole: bool = False,
    progress: Callable[[float, float, float], object] | None = None,
) -> Answer:  # fmt: skip
    """Return the best roster found within a time.

    Parameters
    ----------
    tours : Tours
    seconds : float
        Wall-clock limit; the first legal roster is finished even if it takes longer.
    workers : int
        Most threads used.
    seed : int
    whole : bool
        See `Run`.
    progress : callable, optional
        ``progress(share, cost, bound)``; an answer of False ends the search.

    Raises
    ------
    NoTour
        If somebody has no legal tour.
    """
    long = long_run.is_long(tours)
    run = Run(long_run.windowed(tours) if long else tours, seconds, max(1, workers), seed, whole,
              progress, long_run.WINDOW if long else None)  # fmt: skip
    if long:
        long_run.search(run, tours)
        state = None
    else:
        state = construct(run)
    if state is not None and not run.over():
        if int(tours.length.max()) <= _SHORT_DUTY and run.rooms[0].cost.size <= _MOST_STATES:
            neighbourhood.search(run)
        else:
            for person in run.rng.permutation(len(tours.workers)):
                if run.over():
                    break
                improve_one(run, state, int(person))
            run.keep(state.kind, state.pause, float(state.cost[0]))
            guided.search(run, state)
    run.tell()
    return Answer(run.kind, run.pause, run.cost, run.bound, tuple(run.trace),
                  not (run.stopped or run.cut_by_clock or run.late))  # fmt: skip


def construct(run: Run) -> State:
    """Return the first legal roster, everybody's best against those before."""
    state = empty_state(run.tours, run.book)
    people = len(run.tours.workers)
    for person in run.rng.permutation(people):
        improve_one(run, state, int(person))
    run.keep(state.kind, state.pause, float(state.cost[0]))
    run.tell()
    return state


def improve_one(run: Run, state: State, person: int) -> float:
    """Give a person the cheapest legal tour against all others; return the change of cost."""
    unit = np.zeros(len(run.tours.under) + 1)
    prices(run.book, state, person, unit)
    days = run.tours.days
    if best_tour(run.book, state.kind, person, 0, days, unit, run.rooms[0]) >= _NONE:
        raise NoTour(person)
    return float(put_tour(run.book, state, person, 0, days, run.rooms[0]))
