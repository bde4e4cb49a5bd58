"""Does the engine find what enumeration finds, and nothing that is not legal?"""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from wfm.roster import cooling, engine
from wfm.roster._kernels_tour import best_tour
from wfm.roster.book import book_of, room_of
from wfm.roster.run import Run
from wfm.roster.tours import Tours, Worker

EXACT = 1e-6  # sums of prices in another order
KINDS, PAID = 3, np.array([480, 480, 600])


def worker(seed, days, *, blocks=1, weekends=9, locked=None, before=(0, -1, 99), caps=True):
    rng = np.random.default_rng(seed)
    return Worker(
        group=0, allowed=rng.random((days, KINDS)) < 0.85, extra=rng.normal(0, 3, (days, KINDS)),
        least=(480,) * blocks, most=(2040,) * blocks, most_run=3, least_run=2, least_off=2,
        most_weekends=weekends, most_of=((frozenset({0}), 2), (frozenset({2}), 1)) if caps else (),
        before=before, locked=locked or {},
    )  # fmt: skip


def shifts(workers, days, *, seed=0, blocks=1):
    """A shift on a day is one cell; the second kind may not be followed by the first."""
    rng = np.random.default_rng(seed)
    next_day = np.ones((1, KINDS, KINDS), dtype=bool)
    next_day[0, 1, 0] = False
    wanted = rng.integers(0, 2, days * KINDS)
    return Tours(
        first=np.arange(days * KINDS).reshape(days, KINDS), length=np.ones(KINDS, dtype=int),
        breaks=((),) * KINDS, paid=PAID, next_day=next_day, variant=np.zeros(days, dtype=int),
        block=np.arange(days) * blocks // days,
        weekend=np.array([{2: 1, 3: 2, 5: 1, 6: 2}.get(day, 0) for day in range(days)]),
        workers=tuple(workers), need=wanted[None], cuts=np.ones((1, 1), dtype=bool),
        islands=(slice(0, 1),), wanted=wanted, under=np.full(days * KINDS, 10.0),
        over=np.full(days * KINDS, 1.0),
    )  # fmt: skip


def is_legal(tours, who, row):  # noqa: PLR0911 - one branch a rule
    """The rules of `Worker`, written once more and slowly."""
    days = tours.days
    history = [0] * max(0, who.before[0])  # days worked before, kind unimportant but the last
    for day, kind in enumerate(row):
        if kind >= 0 and not (who.allowed[day, kind] or who.locked.get(day) == kind):
            return False
        if day in who.locked and who.locked[day] != kind:
            return False
    for block in range(int(tours.block.max()) + 1):
        kinds = [k for d, k in enumerate(row) if tours.block[d] == block and k >= 0]
        if not who.least[block] <= sum(int(PAID[k]) for k in kinds) <= who.most[block]:
            return False
        if any(sum(k in some for k in kinds) > cap for some, cap in who.most_of):
            return False
    for day in range(1, days):
        if row[day - 1] >= 0 and row[day] >= 0 and not tours.next_day[0, row[day - 1], row[day]]:
            return False
    known = who.before[0] > 0 and row[0] >= 0 and who.before[1] >= 0
    if known and not tours.next_day[0, who.before[1], row[0]]:
        return False
    at = 0
    for works, run in itertools.groupby(row, key=lambda k: k >= 0):
        size = len(list(run))
        begin, at = at, at + size
        edge = at == days or (begin == 0 and (works or not history))
        if works and size + (len(history) if begin == 0 else 0) > who.most_run:
            return False
        if not edge and size < (who.least_run if works else who.least_off):
            return False
    weekends = sum(
        row[d] >= 0 or (d + 1 < days and tours.weekend[d + 1] == 2 and row[d + 1] >= 0)
        for d in range(days) if tours.weekend[d] == 1
    )  # fmt: skip
    return weekends <= who.most_weekends


def rows(tours, who):
    for row in itertools.product(range(-1, KINDS), repeat=tours.days):
        if is_legal(tours, who, row):
            yield row


def cost_of(tours, kind):
    """The objective of shifts without breaks, from its definition."""
    have = np.zeros(len(tours.wanted))
    own = 0.0
    for at, row in enumerate(kind):
        for day, k in enumerate(row):
            if k >= 0:
                have[tours.first[day, k]] += 1
                own += tours.workers[at].extra[day, k]
    short, over = np.maximum(tours.wanted - have, 0), np.maximum(have - tours.wanted, 0)
    return own + float((tours.under * short + tours.over * over).sum())


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(("blocks", "weekends", "locked", "before"), [
    (1, 9, {}, (0, -1, 99)), (2, 1, {}, (0, -1, 99)), (1, 1, {3: 1}, (0, -1, 99)),
    (1, 0, {0: -1, 4: -1}, (0, -1, 99)), (2, 9, {}, (2, 1, 0)),
])  # fmt: skip
def test_the_cheapest_tour_is_that_of_enumeration(seed, blocks, weekends, locked, before):
    days = 7
    who = worker(seed, days, blocks=blocks, weekends=weekends, locked=locked, before=before)
    tours = shifts([who], days, blocks=blocks)
    book = book_of(tours)
    room = room_of(tours, book, 0)
    rng = np.random.default_rng(seed)
    price = rng.normal(0, 5, len(tours.wanted))
    blank = np.full((1, days), -1, dtype=np.int16)
    for day, kind in locked.items():
        blank[0, day] = kind
    unit = np.concatenate([[0.0], np.cumsum(price)])
    got = best_tour(book, blank, 0, 0, days, unit, room)

    def value(row):  # locked days are there anyway and cost nothing
        return sum(
            price[tours.first[d, k]] + who.extra[d, k]
            for d, k in enumerate(row) if k >= 0 and d not in locked
        )  # fmt: skip

    best = min((value(row) for row in rows(tours, who)), default=None)
    if best is None:
        assert got > 1e17
        return
    assert got == pytest.approx(best, abs=EXACT)
    chosen = [locked.get(d, int(room.tour[d])) for d in range(days)]
    assert is_legal(tours, who, chosen)
    assert value(chosen) == pytest.approx(best, abs=EXACT)


@pytest.mark.parametrize("seed", range(4))
def test_the_engine_finds_the_optimum_of_two_people_and_its_bound_is_below(seed):
    days = 6
    tours = shifts([worker(seed, days), worker(seed + 50, days)], days, seed=seed)
    pairs = itertools.product(*(list(rows(tours, who)) for who in tours.workers))
    optimum = min(cost_of(tours, pair) for pair in pairs)
    answer = engine.solve(tours, seconds=2, seed=seed)
    assert answer.cost == pytest.approx(optimum, abs=EXACT)
    assert answer.bound <= optimum + EXACT
    assert cost_of(tours, answer.kind) == pytest.approx(answer.cost, abs=EXACT)


def quarters(people=8, *, days=7, rests=(0, 0)):
    """Two skills, shifts of eight cells with a break, on a day of twelve cells."""
    starts = np.array([0, 2, 4])
    rng = np.random.default_rng(5)
    groups = [(0,), (1,), (0, 1)]
    wanted = rng.integers(0, 3, (2, days * 12))
    workers = tuple(
        Worker(group=at % 3, allowed=np.ones((days, 3), dtype=bool), least=(960,), most=(1920,),
               most_run=3)
        for at in range(people)
    )  # fmt: skip
    ends = starts + 8
    clock = np.arange(days)[:, None] * 1440
    return Tours(
        first=np.arange(days)[:, None] * 12 + starts, length=np.full(3, 8),
        breaks=(((1, 2, 3), (1, 4, 6)),) * 3, paid=np.full(3, 480),
        next_day=(starts[None, :] + 14 - ends[:, None] >= 5)[None], variant=np.zeros(days, int),
        block=np.zeros(days, dtype=int), weekend=np.zeros(days, dtype=int), workers=workers,
        need=np.array([wanted[0], wanted[1], wanted.sum(axis=0)]),
        cuts=np.array([[0 in g for g in groups], [1 in g for g in groups], [True] * 3]),
        islands=(slice(0, 3),), wanted=wanted.sum(axis=0), under=np.full(days * 12, 10.0),
        over=np.full(days * 12, 1.0), rests=rests, opens=clock + starts * 60,
        closes=clock + ends * 60, mondays=(0, days * 1440),
    ), wanted  # fmt: skip


def recount(tours, wanted, answer):
    """Cost and rules of a roster of `quarters`, from their definition."""
    have = np.zeros((3, wanted.shape[1]), dtype=int)
    for at, row in enumerate(answer.kind):
        last = None
        for day, k in enumerate(row.tolist()):
            if k < 0:
                last = None
                continue
            assert last is None or tours.next_day[0, last, k]
            last = k
            on = np.ones(8, dtype=bool)
            reach = 0
            for (size, low, high), start in zip(tours.breaks[k], answer.pause[at, day],
                                                strict=False):  # fmt: skip
                assert low <= start <= high
                assert start >= reach
                on[start : start + size] = False
                reach = start + size
            first = tours.first[day, k]
            have[tours.workers[at].group, first : first + 8] += on
        assert 960 <= 480 * int((row >= 0).sum()) <= 1920
        longest = max(len(list(g)) for w, g in itertools.groupby(row >= 0) if w)
        assert longest <= 3
    cost = 0.0
    for cell in range(wanted.shape[1]):
        a, b, both = have[:, cell]
        alone = max(0, wanted[0, cell] - a) + max(0, wanted[1, cell] - b)
        short = max(0, alone - both)
        cost += 10 * short + (a + b + both) - (wanted[:, cell].sum() - short)
    return cost


@pytest.mark.parametrize("workers", [1, 2])
def test_an_annealed_roster_is_legal_and_its_cost_counted_anew_is_the_same(workers):
    tours, wanted = quarters()
    answer = engine.solve(tours, seconds=1.5, workers=workers, seed=1)
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=EXACT)
    assert answer.cost < answer.trace[0][1]  # better than everybody in turn


def test_annealing_keeps_rest_between_duties_and_within_the_week():
    # Everybody begins with three days in a row, hence rested; moves could spread the days apart.
    tours, _ = quarters(rests=(6 * 60, 3 * 1440))
    free = replace(tours, workers=tuple(replace(w, most_run=7) for w in tours.workers))
    run = Run(free, 60.0, 1, 3)
    kind = np.full((len(free.workers), 7), -1, dtype=np.int16)
    kind[:, :3] = 1
    pause = np.zeros((*kind.shape, 2), dtype=np.int16)
    pause[:, :3] = (2, 4)
    state = cooling.state_of(run, kind, pause)
    before = float(state.cost[0])
    with ThreadPoolExecutor(1) as threads:
        for heat in (20.0, 5.0, 1.0, 0.1):
            cooling.epoch(run, state, heat, 1, threads)
            assert _rested(free, state.kind)
    assert float(state.cost[0]) < before
    assert (state.kind != kind).any()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_duties_that_share_cells_with_the_day_after_are_priced_once_when_exchanged(seed):
    tours, _ = quarters(30)
    starts = np.array([0, 9, 11])  # of twelve cells a day, eight cells long
    nights = replace(tours, first=np.arange(7)[:, None] * 12 + starts,
                     next_day=(starts[None, :] + 4 - starts[:, None] >= 0)[None])  # fmt: skip
    run = Run(nights, 60.0, 1, seed)
    state = engine.construct(run)
    with ThreadPoolExecutor(1) as threads:
        for heat in (20.0, 5.0, 1.0, 0.1):
            cooling.epoch(run, state, heat, 1, threads)
    again = cooling.state_of(run, state.kind, state.pause)
    assert float(state.cost[0]) == pytest.approx(float(again.cost[0]), abs=EXACT)


def _rested(tours, kind):
    for row in kind:
        busy = [(int(tours.opens[d, k]), int(tours.closes[d, k]))
                for d, k in enumerate(row) if k >= 0]  # fmt: skip
        edges = [0, *(t for pair in busy for t in pair), tours.mondays[-1]]
        free = [b - a for a, b in zip(edges[::2], edges[1::2], strict=True)]
        if max(free) < tours.rests[1] or any(gap < tours.rests[0] for gap in free[1:-1]):
            return False
    return True


def test_false_from_progress_ends_the_search_with_the_first_legal_roster():
    tours, wanted = quarters()
    answer = engine.solve(tours, seconds=60, progress=lambda *_: False)
    assert len(answer.trace) == 1
    assert not answer.reproducible
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=EXACT)


def test_who_has_no_legal_tour_is_named():
    never = replace(worker(1, 7), allowed=np.zeros((7, KINDS), dtype=bool))
    with pytest.raises(engine.NoTour) as error:
        engine.solve(shifts([worker(2, 7, caps=False), never], 7), seconds=1)
    assert error.value.worker == 1
