"""Is a roster annealed side by side as if by one, even where shifts pass midnight?"""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from wfm.roster import cooling, engine
from wfm.roster.run import Run

from .test_tours import quarters

EXACT = 1e-6  # the same sums in another order
TOGETHER = 0.02  # seconds that a stand-in for annealing lasts, so that two are seen at once


def centre(*starts, people=12, days=7):
    """Duties of eight cells on days of twelve, from these cells of a day on."""
    tours, _ = quarters(people, days=days)
    at = np.array(starts)
    return replace(
        tours, first=np.arange(days)[:, None] * 12 + at,
        next_day=(at[None, :] + 12 - at[:, None] - 8 >= 0)[None],
    )  # fmt: skip


DAYS, NIGHTS, LONG_NIGHTS = (0, 2, 4), (0, 6, 9), (0, 6, 17)


def annealed(tours, epochs=14):
    """For each epoch the days of each call, and which calls were made at the same time."""
    run = Run(tours, 600.0, 2, 1)
    state = engine.construct(run)
    lock, now, pairs, calls = threading.Lock(), [], [], []

    def change(_book, _state, _rounds, _heat, pool, days, _room):
        me = (frozenset(pool.tolist()), days.tolist())
        with lock:
            pairs.extend((me, other) for other in now)
            now.append(me)
            calls[-1].append(me)
        threading.Event().wait(TOGETHER)
        with lock:
            now.remove(me)

    with ThreadPoolExecutor(2) as threads:
        for _ in range(epochs):
            calls.append([])
            cooling.epoch(run, state, 1.0, 2, threads, change=change)
    return calls, pairs


def cells(tours, days):
    return {
        cell for day in days for first in tours.first[day].tolist()
        for cell in range(first, min(first + 8, len(tours.under)))
    }  # fmt: skip


@pytest.mark.parametrize("starts", [DAYS, NIGHTS, LONG_NIGHTS])
@pytest.mark.parametrize("days", [2, 3, 4, 7, 14])
def test_who_anneals_at_the_same_time_shares_neither_people_nor_cells(starts, days):
    tours = centre(*starts, days=days)
    _, pairs = annealed(tours, epochs=7)
    for (people, mine), (others, theirs) in pairs:
        assert not people & others
        assert not cells(tours, mine) & cells(tours, theirs)
    assert starts != DAYS or pairs


@pytest.mark.parametrize("starts", [DAYS, NIGHTS, LONG_NIGHTS])
@pytest.mark.parametrize("days", [2, 3, 4, 7, 14])
def test_everybody_is_annealed_on_every_day(starts, days):
    calls, _ = annealed(centre(*starts, days=days))
    done = {(person, day) for epoch in calls for pool, some in epoch for person in pool
            for day in some}  # fmt: skip
    assert done == {(person, day) for person in range(12) for day in range(days)}


def test_no_day_is_left_out_where_nothing_passes_midnight():
    calls, _ = annealed(centre(*DAYS))
    for epoch in calls:
        assert len(epoch) == 4
        assert sum(len(pool) * len(days) for pool, days in epoch) == 12 * 7


@pytest.mark.parametrize("starts", [NIGHTS, LONG_NIGHTS])
def test_counts_and_cost_of_nights_annealed_side_by_side_are_those_of_a_recount(starts):
    for seed in range(4):
        run = Run(centre(*starts, people=30), 600.0, 2, seed)
        state = engine.construct(run)
        with ThreadPoolExecutor(2) as threads:
            for heat in (20.0, 5.0, 1.0, 0.2):
                cooling.epoch(run, state, heat, 2, threads)
        again = cooling.state_of(run, state.kind, state.pause)
        assert (state.slack == again.slack).all()
        assert (state.short == again.short).all()
        assert state.cost[0] == pytest.approx(again.cost[0], abs=EXACT)


def test_nights_annealed_by_two_threads_are_those_annealed_by_one():
    found = []
    for workers in (1, 2):
        run = Run(centre(*NIGHTS, people=30), 600.0, workers, 3)
        state = engine.construct(run)
        with ThreadPoolExecutor(workers) as threads:
            for heat in (20.0, 5.0, 1.0, 0.2):
                cooling.epoch(run, state, heat, 2, threads)
        found.append((state.kind, state.pause))
    assert (found[0][0] == found[1][0]).all()
    assert (found[0][1] == found[1][1]).all()
