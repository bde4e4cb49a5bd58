"""How does the engine roster people whose duties are counted in quarters of an hour?

1 A linear problem of people alike says who works on which day (`mixture`), and bounds the cost;
  over several weeks, whole tours say first who can work on which weekend (`work_days`). The first
  legal roster is annealed meanwhile.
2 A roster is rounded from it (`rounding`). Where there are few people, numbers of those alike say
  little of each, and the annealed roster goes on instead: cooled twice from great heat, since it
  is chance in which hollow a cooling ends.
3 Starts and breaks are placed day by day (`placing`); annealing at little heat and placing parts of
  the people anew take turns.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np

from wfm.roster._kernels_tables import State
from wfm.roster.cooling import COLD, HOT, cool, epoch, heat_at, state_of
from wfm.roster.mixture import Mixture, mixture_of
from wfm.roster.placing import place_days
from wfm.roster.rounding import rounded
from wfm.roster.run import PARTS, Run
from wfm.roster.tours import Tours
from wfm.roster.work_days import work_days_of

LEAST_GUIDED = 15.0
"""Time limits below this leave no room for the mixture."""

_MIXTURE_SHARE, _EXACT_FROM = 0.6, 200.0
_FINE, _COARSE = 2, 4  # cells looked at as one, for one block of days and for several
_TEAM = 100  # with fewer people, a lot is a person or two
_FIRST, _COOLING = 0.44, 0.85  # of the time, for those: until cooled once, until cooled twice
_BURST = 0.05  # of the time limit: annealing between two turns of placing
_PART = 0.5


def search(run: Run, state: State) -> None:
    """Improve a legal roster until the time is spent."""
    if run.seconds < LEAST_GUIDED:
        cool(run, state, HOT, run.seconds)
        return
    found = _mixture(run, state)
    best = state
    if len(run.tours.workers) < _TEAM:
        hot = HOT * (COLD / HOT) ** _cooled(run)
        cool(run, state, hot, _FIRST * run.seconds)
        cool(run, state_of(run, run.kind, run.pause), HOT, _COOLING * run.seconds)
        best = state_of(run, run.kind, run.pause)
    else:
        # The search goes on without what was annealed meanwhile, which depends on timing.
        run.begin_anew(stage=1)
        near = None if found is None or run.over() else rounded(run, found)
        best = state if near is None else near
    _place(run, best)
    _polish(run, best)


def _place(run: Run, state: State, share: float = 1.0) -> None:
    if not run.over():
        place_days(run, state, run.seconds, share)
        run.keep(state.kind, state.pause, float(state.cost[0]))


def _mixture(run: Run, state: State) -> Mixture | None:
    """Return the best mixture and set the bound; anneal `state` meanwhile."""
    limit = _MIXTURE_SHARE * run.seconds
    coarse = _FINE if int(run.tours.block.max()) == 0 else _COARSE
    if run.seconds >= _EXACT_FROM:
        coarse //= 2
    parts = min(PARTS, len(run.tours.workers), run.tours.days)
    with ThreadPoolExecutor(max(1, run.workers)) as threads:
        job = threads.submit(_guide, run, coarse, limit)
        try:
            while not job.done() and not run.over():
                if run.workers > 1:
                    run.late = True  # how often follows the clock
                    epoch(run, state, heat_at(run.tours, _cooled(run), hot=HOT), parts, threads)
                    run.keep(state.kind, state.pause, float(state.cost[0]))
                else:
                    _wait(job)
                run.tell()
            found = job.result()
        except BaseException:
            run.stopped = True  # or leaving would wait for the mixture
            raise
    if found is None:
        run.late = True
        return None
    run.bound = max(run.bound, found.value + granted(run.tours))
    if run.whole:
        run.bound = float(np.ceil(run.bound - 1e-4))
    return found


def _guide(run: Run, coarse: int, limit: float) -> Mixture | None:
    """Return the best mixture, with the better of two bounds."""
    begun = run.elapsed
    whole = None
    if run.tours.block.max() > 0:
        whole = work_days_of(run.tours, run.book, seconds=limit / 4, over=run.over)
    found = mixture_of(
        run.tours, coarse=coarse, seconds=limit - (run.elapsed - begun), over=run.over,
        limits=None if whole is None else whole.duties,
    )  # fmt: skip
    if found is None or whole is None:
        return found
    joined = found.value + whole.least(found.beyond)
    return replace(found, value=max(whole.value, joined))


def granted(tours: Tours) -> float:
    """Return the least that wishes and asked for days can add to a roster's cost; at most 0.

    A mixture's value is of coverage alone.
    """
    own = (who.extra for who in tours.workers if who.extra is not None)
    return float(sum(np.minimum(extra.min(axis=1), 0.0).sum() for extra in own))


def _cooled(run: Run) -> float:
    return min(1.0, run.elapsed / (_COOLING * run.seconds))


def _wait(job) -> None:  # type: ignore[no-untyped-def]
    try:
        job.result(timeout=0.2)
    except TimeoutError:
        return


def _polish(run: Run, state: State) -> None:
    """Anneal at little heat and place parts of the people anew, in turns."""
    burst = _BURST * run.seconds
    while not run.over() and not run.proven:
        cool(run, state, COLD, min(run.seconds, run.elapsed + burst))
        if run.cost < state.cost[0] - 1e-9:
            state = state_of(run, run.kind, run.pause)
        _place(run, state, _PART)
