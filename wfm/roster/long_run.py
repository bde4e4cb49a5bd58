"""How does a year become a legal roster, when a whole tour is too large for one programme?

The days fall into fortnights. Everybody's fortnights are filled in order of time, each exactly,
with hours and weekends paced so that the year comes out right; then single fortnights are done
again, everything else standing, for as long as there is time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wfm.roster._kernels import best_tour, prices, put_tour
from wfm.roster.book import empty_state
from wfm.roster.tours import Tours

if TYPE_CHECKING:
    from wfm.roster.run import Run

WINDOW = 14
LONGEST = 63
"""Days of one block that are still done as one tour."""

_NONE = 1e17


def is_long(tours: Tours) -> bool:
    """Return whether one block is too many days for a whole tour."""
    return tours.block.max() == 0 and tours.days > LONGEST


def windowed(tours: Tours) -> Tours:
    """Return the problem with fortnights for blocks; hours are set while it is solved."""
    block = np.arange(tours.days) // WINDOW
    many = int(block.max()) + 1
    longest = WINDOW * int(tours.paid.max())
    workers = tuple(
        replace(w, least=(0,) * many, most=(min(longest, w.most[0]),) * many)
        for w in tours.workers
    )  # fmt: skip
    return replace(tours, block=block, workers=workers, long=True)


def search(run: Run, whole: Tours) -> None:
    """Fill everybody's year, then better single fortnights until the time is spent.

    Parameters
    ----------
    run : Run
        Of the `windowed` problem.
    whole : Tours
        The problem itself, for the hours of the whole horizon.

    Raises
    ------
    NoTour
        If somebody's year cannot be filled at this pace.
    """
    from wfm.roster.engine import NoTour

    state = empty_state(run.tours, run.book)
    weekends = run.book.limits[:, 3].copy()
    days, many = run.tours.days, int(run.tours.block.max()) + 1
    unit = np.zeros(len(run.tours.under) + 1)
    for person in run.rng.permutation(len(run.tours.workers)).tolist():
        for block in range(many):
            share = min(1.0, (block + 1) * WINDOW / days)
            run.book.limits[person, 3] = int(weekends[person] * share)
            _allow(run, whole, state, person=person, block=block, share=share)
            if not _fill(run, state, person, block, unit):
                raise NoTour(person)
        run.book.limits[person, 3] = weekends[person]
    run.keep(state.kind, state.pause, float(state.cost[0]))
    run.tell()
    while not run.over():
        for person in run.rng.permutation(len(run.tours.workers)).tolist():
            if run.over():
                break
            block = int(run.rng.integers(many))
            _allow(run, whole, state, person=person, block=block, share=1.0)
            _fill(run, state, person, block, unit)
        run.keep(state.kind, state.pause, float(state.cost[0]))
        run.tell()


def _allow(run: Run, whole: Tours, state, *, person: int, block: int, share: float) -> None:  # type: ignore[no-untyped-def]
    """Set the paid minutes of a fortnight: what the others leave of the year, up to a share."""
    worker = whole.workers[person]
    kinds = state.kind[person]
    outside = kinds[(run.tours.block != block) & (kinds >= 0)]
    done = int(run.tours.paid[outside].sum())
    # Before the end the pace may be missed by half a long duty: hours come in whole duties.
    slack = 0 if share >= 1.0 else int(run.tours.paid.max()) // 2
    run.book.least[person, block] = max(0, worker.least[0] * share - slack - done)
    run.book.most[person, block] = worker.most[0] * share + slack - done


def _fill(run: Run, state, person: int, block: int, unit: np.ndarray) -> bool:  # type: ignore[no-untyped-def]
    """Give a person the cheapest legal fortnight; return False if there is none."""
    days = np.flatnonzero(run.tours.block == block)
    begin, stop = int(days[0]), int(days[-1]) + 1
    prices(run.book, state, person, unit)
    if best_tour(run.book, state.kind, person, begin, stop, unit, run.rooms[0]) >= _NONE:
        return False
    put_tour(run.book, state, person, begin, stop, run.rooms[0])
    return True
