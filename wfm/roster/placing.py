"""Where do the starts and breaks of everybody on duty go, once it is settled who works when?

Day by day a linear problem in numbers of people is made whole (`day_problem`, `dive`) and handed
out: everybody gets a start that is legal beside the days at hand, and breaks first come, first
served. Days that do not touch are done side by side. Rules that join them all the same, such as
weekly rest, are asked again when they are handed out: who would break one keeps what was.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from wfm.roster._kernels_duties import legal_duties, other_kinds, replace_duty
from wfm.roster._kernels_tables import State
from wfm.roster.day_problem import DayProblem, day_problem, families_of
from wfm.roster.dive import dive, ending
from wfm.roster.tours import Tours

_POLL = 0.2
_BETTER = 1e-9


def place_days(run, state: State, until: float, share: float = 1.0) -> None:  # type: ignore[no-untyped-def]  # fmt: skip
    """Give people on duty the starts and breaks of a good mixture, day by day.

    A day keeps what it has where that is cheaper.

    Parameters
    ----------
    run : Run
    state : State
        A legal roster; it stays legal.
    until : float
        Second of the run at which the days that are not yet placed are given up.
    share : float
        Part of the people of a day that is asked, whole families of duties by chance; the others
        keep what they have.
    """
    days, turns = run.tours.days, 2

    def left() -> float:
        return 0.0 if run.over() else min(until, run.seconds) - run.elapsed

    for turn in range(turns):
        waves = list(range(turn, days, turns))
        with _Threads(run.workers) as threads:
            jobs: list[tuple[int, DayProblem, Future]] = []
            for day in waves:
                problem = _problem_of(run, state, day, share)
                jobs.append((day, problem, threads.submit(dive, problem, left, threads.end)))
            for day, problem, job in jobs:
                numbers = _wait(run, job)
                if numbers is None:
                    run.late = True
                    continue
                hand_out(run, state, day, problem, numbers)
                run.keep(state.kind, state.pause, float(state.cost[0]))
                run.tell()
            if run.over():
                return


class _Threads(ThreadPoolExecutor):
    """Threads that nobody waits for: what they still solve is ended."""

    def __init__(self, workers: int) -> None:
        super().__init__(workers)
        self.end = ending()

    def __exit__(self, *_: object) -> None:
        if self.end is not None:
            self.end.interrupt()
        self.shutdown(wait=False, cancel_futures=True)


def _wait(run, job: Future) -> np.ndarray | None:  # type: ignore[no-untyped-def]
    """Return what a job found; report meanwhile. None where it was ended."""
    while not run.over():
        try:
            return job.result(timeout=_POLL)
        except TimeoutError:
            run.tell()
    return None


def _problem_of(run, state: State, day: int, share: float) -> DayProblem:  # type: ignore[no-untyped-def]
    tours, book = run.tours, run.book
    family = families_of(tours)
    may = np.zeros((len(tours.workers), len(tours.length)), dtype=np.uint8)
    other_kinds(book, state.kind, day, family, run.rooms[0].counts, may)
    if share < 1.0:
        mine = book.group * (int(family.max()) + 1) + family[np.maximum(state.kind[:, day], 0)]
        families = run.rng.permutation(np.unique(mine[may.any(axis=1)]))
        may[~np.isin(mine, families[: max(1, round(share * len(families)))])] = 0
    asked = may.any(axis=1)
    seats = np.zeros((tours.cuts.shape[1], len(tours.under)), dtype=np.int64)
    for person in np.flatnonzero(asked).tolist():
        seats[tours.workers[person].group] += on_seat(
            tours, day, int(state.kind[person, day]), state.pause[person, day]
        )
    slack = state.slack.T + tours.cuts.astype(np.int64) @ seats
    return day_problem(tours, day, state.kind[:, day], may.astype(bool), slack)


def on_seat(tours: Tours, day: int, kind: int, pause: np.ndarray) -> np.ndarray:
    """Return for each cell whether a duty has its person on seat."""
    here = np.zeros(len(tours.under), dtype=np.int64)
    first = int(tours.first[day, kind])
    here[first : first + int(tours.length[kind])] = 1
    for (size, _, _), start in zip(tours.breaks[kind], pause.tolist(), strict=False):
        here[first + start : first + start + size] = 0
    return here


def hand_out(run, state: State, day: int, problem: DayProblem,  # type: ignore[no-untyped-def]
             numbers: np.ndarray) -> None:  # fmt: skip
    """Give people the duties that running numbers say; keep what was where that is cheaper."""
    tours, book = run.tours, run.book
    before, old = float(state.cost[0]), []
    for family in problem.families:
        given: list[tuple[int, int, int]] = []
        for lot in family.lots:
            begun = numbers[lot.columns]
            kinds = np.repeat(lot.kinds, np.diff(begun, prepend=0))
            given += [(int(tours.first[day, k]), int(p), int(k))
                      for p, k in zip(lot.people, kinds, strict=True)]  # fmt: skip
        given.sort()
        stays = _illegal(run, state, day, given)
        starts = [
            np.repeat(np.arange(begin, begin + len(chain)), np.diff(numbers[chain], prepend=0))
            for begin, chain in zip(family.begins, family.columns, strict=True)
        ]
        for at, (first, person, kind) in enumerate(given):
            if stays[at]:
                continue
            pause = _in_order(tours, kind, [int(cells[at]) - first for cells in starts])
            old.append((person, int(state.kind[person, day]), state.pause[person, day].copy()))
            fresh = np.zeros(state.pause.shape[2], dtype=np.int16)
            fresh[: len(pause)] = pause
            replace_duty(book, state, person, day, kind, fresh)
    if state.cost[0] > before - _BETTER:
        for person, kind, pause in old:
            replace_duty(book, state, person, day, kind, pause)


def _illegal(run, state: State, day: int, given: list[tuple[int, int, int]]) -> np.ndarray:  # type: ignore[no-untyped-def]  # fmt: skip
    """Return who must not have what is given: other days have changed since it was offered."""
    people = np.array([person for _, person, _ in given])
    kinds = np.array([kind for _, _, kind in given])
    legal = np.zeros(len(given), dtype=np.uint8)
    legal_duties(run.book, state.kind, day, people, kinds, run.rooms[0].counts, legal)
    return legal == 0


def _in_order(tours: Tours, kind: int, offsets: list[int]) -> list[int]:
    """Return the starts of breaks, moved as little later as keeps them from overlapping.

    Where a window ends too early for that, breaks stand as early as they may.
    """
    for wanted in (offsets, [low for _, low, _ in tours.breaks[kind]]):
        found, reach = [], 0
        for (size, _, high), offset in zip(tours.breaks[kind], wanted, strict=True):
            found.append(max(offset, reach))
            if found[-1] > high:
                break
            reach = found[-1] + size
        else:
            return found
    return found
