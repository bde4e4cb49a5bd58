"""How does the engine find a good roster for a problem in its own shape?

1 *Construct*: everybody in turn gets the cheapest legal tour against those before: a legal roster
  at once, because the tours are exact.
2 Where the cells are few (a shift on a day), whole tours are mixed by column generation, a dive
  makes them whole, and small groups of people are dived again: `columns`.
3 Where the cells are many (quarters of an hour with breaks), a linear problem of people alike says
  who works on which day (`mixture`); then single duties, breaks and days are annealed:
  `_kernels_anneal.anneal`. Workers take people and days that do not meet, so that they need no
  locks and the result does not depend on their timing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from wfm.roster import long_run, neighbourhood
from wfm.roster._kernels import Book, Room, State, best_tour, count_duty, prices, put_tour
from wfm.roster._kernels_anneal import anneal
from wfm.roster.book import book_of, empty_state, room_of
from wfm.roster.mixture import mixture_of
from wfm.roster.rounding import rounded
from wfm.roster.tours import Tours

ROUNDS_A_SECOND = 4e6
"""Changes tried for each second of the limit and worker; a free core tries about that many. Where
the clock is faster the heat follows the clock, and the roster is not `reproducible`."""

EPOCH = 100_000
_HOT, WARM, _COLD = 0.3, 0.115, 0.055
LEAST_GUIDED = 15.0
"""Time limits below this leave no room for the mixture."""

_GUIDE_SHARE, _EXACT_FROM = 0.8, 200.0
_LEAST_PEOPLE = (
    100  # where each lot is a person or two, a mixture says little: 50 did better without
)
_PLACING = 0.75  # of the time after the mixture: starts and breaks only, days as they are
_SHORT_DUTY = 4
_MOST_STATES = 3_000_000
_NONE = 1e17

Change = Callable[[Book, State, int, float, np.ndarray, np.ndarray, Room], object]


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


@dataclass
class Run:
    """One search: the problem, its best roster so far, and who may end it.

    Attributes
    ----------
    whole : bool
        Whether the objective only takes values a whole number apart, so that a bound rounds up.
    """

    tours: Tours
    seconds: float
    workers: int = 1
    seed: int = 0
    whole: bool = False
    progress: Callable[[float, float, float], object] | None = None
    bound: float = -np.inf
    cost: float = np.inf
    kind: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), np.int16))
    pause: np.ndarray = field(default_factory=lambda: np.zeros((0, 0, 0), np.int16))
    trace: list[tuple[float, float, float]] = field(default_factory=list)
    stopped: bool = False
    cut_by_clock: bool = False
    late: bool = False

    def __post_init__(self) -> None:
        self.begun = time.monotonic()
        self.book: Book = book_of(self.tours)
        self.rooms: list[Room] = [
            room_of(
                self.tours,
                self.book,
                1 + self.seed * 64 + at,
                window=long_run.WINDOW if self.tours.long else None,
            )
            for at in range(self.workers)
        ]
        self.rng = np.random.default_rng(self.seed)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.begun

    @property
    def proven(self) -> bool:
        """Whether nothing better than the roster at hand can exist."""
        step = 1.0 - 1e-4 if self.whole else 1e-6 * max(1.0, abs(self.cost))
        return self.cost - self.bound < step

    def over(self) -> bool:
        """Return whether the search must end now."""
        if self.elapsed >= self.seconds:
            self.cut_by_clock = True
        return self.stopped or self.cut_by_clock

    def keep(self, kind: np.ndarray, pause: np.ndarray, cost: float) -> None:
        """Keep a roster if it is the best so far."""
        if cost < self.cost - 1e-9:
            self.kind, self.pause, self.cost = kind.copy(), pause.copy(), cost
            self.trace.append((self.elapsed, self.cost, self.bound))

    def tell(self) -> None:
        """Report; an answer of False stops the search."""
        if self.progress is not None and (
            self.progress(min(1.0, self.elapsed / self.seconds), self.cost, self.bound) is False
        ):
            self.stopped = True


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
              progress)  # fmt: skip
    if long:
        long_run.search(run, tours)
        state = None
    else:
        state = construct(run)
    if state is not None and not run.over():
        if int(tours.length.max()) <= _SHORT_DUTY and run.rooms[0].cost.size <= _MOST_STATES:
            neighbourhood.search(run)
        else:
            anneal_all(run, state)
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


def anneal_all(run: Run, state: State) -> None:
    """Anneal the roster until the work or the time is spent.

    Where there is time for it, the best mixture of people alike is looked for first, one worker
    annealing meanwhile; the roster rounded from it needs far less heat.
    """
    for person in run.rng.permutation(len(run.tours.workers)):
        if run.over():
            return
        improve_one(run, state, int(person))
    run.keep(state.kind, state.pause, float(state.cost[0]))
    large = len(run.tours.workers) >= _LEAST_PEOPLE
    guided = _guided(run, state) if large and run.seconds >= LEAST_GUIDED else None
    if guided is None:
        _cool(run, state, _HOT, run.seconds)
        return
    # While starts are poor, duties would leave the days that the mixture gave them.
    _cool(run, guided, _HOT, run.elapsed + _PLACING * (run.seconds - run.elapsed), by_day)
    _cool(run, guided, _COLD, run.seconds)


def _guided(run: Run, state: State) -> State | None:
    """Return a roster rounded from the best mixture; anneal `state` while that is looked for."""
    many, limit = int(run.tours.block.max()) + 1, _GUIDE_SHARE * run.seconds
    coarse = 2 if many == 1 else 4
    if run.seconds >= _EXACT_FROM:
        coarse //= 2
    with ThreadPoolExecutor(max(1, run.workers)) as threads:
        job = threads.submit(mixture_of, run.tours, coarse=coarse, seconds=limit)
        while run.workers > 1 and not job.done() and not run.over():
            share = run.elapsed / limit
            epoch(run, state, heat_at(run.tours, share, hot=_HOT), 1, threads)
            run.keep(state.kind, state.pause, float(state.cost[0]))
            run.tell()
        found = job.result()
    if found is None:
        run.cut_by_clock = run.cut_by_clock or run.elapsed >= run.seconds
        return None
    run.bound = max(run.bound, found.value)
    if run.whole:
        run.bound = np.ceil(run.bound - 1e-4)
    return None if run.over() else rounded(run, found)


def _cool(run: Run, state: State, hot: float, until: float, change: Change = anneal) -> None:
    """Anneal a roster with falling heat until the work or the time is spent."""
    tours, begun, done = run.tours, run.elapsed, 0.0
    limit = ROUNDS_A_SECOND * (until - begun)
    parts = min(run.workers, len(tours.workers), tours.days)
    with ThreadPoolExecutor(parts) as threads:
        while done < limit and run.elapsed < until and not run.over() and not run.proven:
            timed = (run.elapsed - begun) / max(until - begun, 1e-9)
            heat = heat_at(tours, max(done / limit, timed), hot=hot)
            epoch(run, state, heat, parts, threads, change=change)
            done += EPOCH
            run.keep(state.kind, state.pause, float(state.cost[0]))
            run.tell()
    run.late = run.late or (done < limit and run.elapsed >= until)


def by_day(  # noqa: PLR0917 - called as `anneal` is
    book: Book, state: State, rounds: int, heat: float, pool: np.ndarray, days: np.ndarray,
    room: Room,
) -> None:  # fmt: skip
    """Anneal each day by itself: no duty moves to another."""
    for at in range(len(days)):
        anneal(book, state, rounds // len(days), heat, pool, days[at : at + 1], room)


def heat_at(tours: Tours, share: float, *, hot: float) -> float:
    """Return the heat when a share of the annealing is done, in units of the objective."""
    open_cells = tours.wanted > 0
    mean = float(tours.under[open_cells].mean()) if open_cells.any() else 1.0
    return mean * hot * (_COLD / hot) ** min(1.0, share)


def state_of(run: Run, kind: np.ndarray, pause: np.ndarray) -> State:
    """Return a roster of kinds and breaks with its counts and cost."""
    state = empty_state(run.tours, run.book)
    days = run.tours.days
    for person in range(len(run.tours.workers)):
        for begin in range(days):
            count_duty(run.book, state, person, begin, int(kind[person, begin]),
                       pause[person, begin])  # fmt: skip
    return state


def epoch(
    run: Run, state: State, heat: float, parts: int, threads: ThreadPoolExecutor,
    *, change: Change = anneal,
) -> None:  # fmt: skip
    """Anneal for a while; each worker has people and days of its own."""
    people = run.rng.permutation(len(run.tours.workers)).astype(np.int32)
    days = np.roll(np.arange(run.tours.days, dtype=np.int64), int(run.rng.integers(7)))
    lots = [people[at::parts] for at in range(parts)]
    spans = np.array_split(days, parts)
    costs = [np.zeros(1) for _ in lots]
    for turn in range(parts):
        jobs = [
            threads.submit(
                change, run.book, state._replace(cost=costs[at]), EPOCH // parts, heat, lots[at],
                spans[(at + turn) % parts], run.rooms[at],
            )
            for at in range(parts)
        ]  # fmt: skip
        for job in jobs:
            job.result()
    state.cost[0] += sum(float(cost[0]) for cost in costs)
