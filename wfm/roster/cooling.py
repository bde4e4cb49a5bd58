"""How is a roster annealed: how hot, for how long, by whom?

Two lots of people and days that do not meet are annealed side by side, so that nothing is locked
and the result depends neither on timing nor on the number of workers. Where duties pass midnight
into the other lot's days, the last days before those have to wait for another epoch.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from wfm.roster._kernels_anneal import anneal
from wfm.roster._kernels_cells import count_duty
from wfm.roster._kernels_tables import Book, Room, State
from wfm.roster.book import empty_state
from wfm.roster.run import PARTS, Run
from wfm.roster.tours import Tours

ROUNDS_A_SECOND = 4e6
"""Changes tried for each second of the limit and worker; a free core tries about that many."""

EPOCH = 100_000
HOT, WARM, COLD = 0.3, 0.115, 0.055

Change = Callable[[Book, State, int, float, np.ndarray, np.ndarray, Room], object]


def cool(run: Run, state: State, hot: float, until: float) -> None:
    """Anneal a roster with falling heat until the work or the time is spent.

    How much work there is, and how hot, follows the clock: the run is no longer reproducible.
    """
    tours, begun, done = run.tours, run.elapsed, 0.0
    limit = ROUNDS_A_SECOND * (until - begun)
    parts = min(PARTS, len(tours.workers), tours.days)
    with ThreadPoolExecutor(min(parts, run.workers)) as threads:
        while done < limit and run.elapsed < until and not run.over() and not run.proven:
            timed = (run.elapsed - begun) / max(until - begun, 1e-9)
            heat = heat_at(tours, max(done / limit, timed), hot=hot)
            epoch(run, state, heat, parts, threads)
            done += EPOCH
            run.keep(state.kind, state.pause, float(state.cost[0]))
            run.tell()
    run.late = True


def heat_at(tours: Tours, share: float, *, hot: float) -> float:
    """Return the heat when a share of the annealing is done, in units of the objective."""
    open_cells = tours.wanted > 0
    mean = float(tours.under[open_cells].mean()) if open_cells.any() else 1.0
    return mean * hot * (COLD / hot) ** min(1.0, share)


def epoch(
    run: Run, state: State, heat: float, parts: int, threads: ThreadPoolExecutor,
    *, change: Change = anneal,
) -> None:  # fmt: skip
    """Anneal for a while; each part has people, days and cells of its own."""
    people = run.rng.permutation(len(run.tours.workers)).astype(np.int32)
    days = np.roll(np.arange(run.tours.days, dtype=np.int64), int(run.rng.integers(7)))
    # Copies, since another layout would have the kernel compiled once more.
    lots = [people[at::parts].copy() for at in range(parts)]
    whole = np.array_split(days, parts)
    spans = _apart(run.tours, whole)
    alone = not all(len(span) for span in spans)
    costs = [np.zeros(1) for _ in lots]
    for turn in range(parts):
        jobs = []
        for at in range(parts):
            job = threads.submit(
                change, run.book, state._replace(cost=costs[at]), EPOCH // parts, heat, lots[at],
                (whole if alone else spans)[(at + turn) % parts], run.rooms[at],
            )  # fmt: skip
            if alone:  # too few days for two at once: one after the other
                job.result()
            jobs.append(job)
        for job in jobs:
            job.result()
    state.cost[0] += sum(float(cost[0]) for cost in costs)


def _apart(tours: Tours, spans: list[np.ndarray]) -> list[np.ndarray]:
    """Return the spans without the days whose duties reach cells of a later day elsewhere."""
    can = tours.first >= 0
    begins = np.where(can, tours.first, len(tours.under)).min(axis=1)
    ends = np.where(can, tours.first + tours.length, 0).max(axis=1)
    if (ends[:-1] <= begins[1:]).all():
        return spans
    span_of = np.empty(tours.days, dtype=np.int64)
    for at, span in enumerate(spans):
        span_of[span] = at
    kept = np.zeros(tours.days, dtype=bool)
    for day in range(tours.days)[::-1]:
        reached = kept & (begins < ends[day]) & (span_of != span_of[day])
        kept[day] = not reached[day + 1 :].any()
    return [span[kept[span]] for span in spans]


def state_of(run: Run, kind: np.ndarray, pause: np.ndarray) -> State:
    """Return a roster of kinds and breaks with its counts and cost."""
    state = empty_state(run.tours, run.book)
    days = run.tours.days
    for person in range(len(run.tours.workers)):
        for begin in range(days):
            count_duty(run.book, state, person, begin, int(kind[person, begin]),
                       pause[person, begin])  # fmt: skip
    return state
