"""How does a year become a legal roster, when a whole tour is too large for one programme?

The days fall into fortnights. Everybody's fortnights are filled in order of time, each exactly,
with hours and weekends paced so that the year comes out right; then single fortnights are done
again, everything else standing, for as long as there is time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from wfm.roster._kernels_cells import prices
from wfm.roster._kernels_tour import best_tour, put_tour
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
        If no year with the hours of somebody was found.
    """
    from wfm.roster.engine import NoTour

    state = empty_state(run.tours, run.book)
    many = int(run.tours.block.max()) + 1
    unit = np.zeros(len(run.tours.under) + 1)
    for person in run.rng.permutation(len(run.tours.workers)).tolist():
        for block in range(many):
            _pace(run, whole, state, person=person, block=block, unit=unit)
        if not _settle(run, whole, state, person=person, unit=unit):
            raise NoTour(person)
    run.keep(state.kind, state.pause, float(state.cost[0]))
    run.tell()
    while not run.over():
        for person in run.rng.permutation(len(run.tours.workers)).tolist():
            if run.over():
                break
            block = int(run.rng.integers(many))
            _allow(run, whole, state, person=person, block=block)
            _fill(run, state, person, block, unit)
        run.keep(state.kind, state.pause, float(state.cost[0]))
        run.tell()


def _pace(run: Run, whole: Tours, state, *, person: int, block: int, unit: np.ndarray) -> None:  # type: ignore[no-untyped-def]
    """Fill a fortnight so that hours and weekends keep pace with the year, as nearly as can be.

    How a fortnight before it ended, days off and the pace of weekends can leave too few days for
    the hours: then the pace is loosened until there are some.
    """
    worker, weekends = whole.workers[person], int(run.book.limits[person, 3])
    share = min(1.0, (block + 1) * WINDOW / run.tours.days)
    done = _paid_outside(run, state, person, block)
    # Before the end the pace may be missed by half a long duty: hours come in whole duties.
    slack = int(run.tours.paid.max()) // 2
    for more in range(WINDOW):
        loose = slack * 2**more
        run.book.least[person, block] = max(0, worker.least[0] * share - loose - done)
        run.book.most[person, block] = worker.most[0] * share + loose - done
        run.book.limits[person, 3] = min(weekends, int(weekends * share) + more // 2)
        filled = _fill(run, state, person, block, unit)
        run.book.limits[person, 3] = weekends
        if filled:
            return


def _settle(run: Run, whole: Tours, state, *, person: int, unit: np.ndarray) -> bool:  # type: ignore[no-untyped-def]
    """Do single fortnights again until the hours of the year are right; return whether they are."""
    worker = whole.workers[person]
    blocks = range(int(run.tours.block.max()) + 1)
    for _ in blocks:
        for block in run.rng.permutation(len(blocks)).tolist():
            kinds = state.kind[person]
            paid = int(run.tours.paid[kinds[kinds >= 0]].sum())
            lack, excess = worker.least[0] - paid, paid - worker.most[0]
            if lack <= 0 and excess <= 0:
                return True
            here = paid - _paid_outside(run, state, person, block)
            for step in (1, 2, 4, 8):
                nearer = max(1, max(lack, excess) // step)
                if lack > 0:
                    limits = (here + nearer, here + worker.most[0] - paid)
                else:
                    limits = (here + worker.least[0] - paid, here - nearer)
                run.book.least[person, block] = max(0, limits[0])
                run.book.most[person, block] = limits[1]
                if limits[1] >= 0 and _fill(run, state, person, block, unit):
                    break
    kinds = state.kind[person]
    paid = int(run.tours.paid[kinds[kinds >= 0]].sum())
    return worker.least[0] <= paid <= worker.most[0]


def _allow(run: Run, whole: Tours, state, *, person: int, block: int) -> None:  # type: ignore[no-untyped-def]
    """Set the paid minutes of a fortnight: what the others leave of the year."""
    worker, done = whole.workers[person], _paid_outside(run, state, person, block)
    run.book.least[person, block] = max(0, worker.least[0] - done)
    run.book.most[person, block] = worker.most[0] - done


def _paid_outside(run: Run, state, person: int, block: int) -> int:  # type: ignore[no-untyped-def]
    """Return the paid minutes of a person outside a fortnight."""
    kinds = state.kind[person]
    return int(run.tours.paid[kinds[(run.tours.block != block) & (kinds >= 0)]].sum())


def _fill(run: Run, state, person: int, block: int, unit: np.ndarray) -> bool:  # type: ignore[no-untyped-def]
    """Give a person the cheapest legal fortnight; return False if there is none."""
    days = np.flatnonzero(run.tours.block == block)
    begin, stop = int(days[0]), int(days[-1]) + 1
    prices(run.book, state, person, unit)
    if best_tour(run.book, state.kind, person, begin, stop, unit, run.rooms[0]) >= _NONE:
        return False
    put_tour(run.book, state, person, begin, stop, run.rooms[0])
    return True
