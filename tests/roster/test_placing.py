"""Are starts and breaks of a day chosen as well as enumeration, and handed out legally?"""

import itertools
import threading
from types import SimpleNamespace

import numpy as np
import pytest
from ortools.math_opt.python import mathopt
from scipy.optimize import Bounds, LinearConstraint, milp

from wfm.roster import engine, guided
from wfm.roster._kernels_duties import other_kinds
from wfm.roster.cooling import state_of
from wfm.roster.day_problem import day_problem, families_of
from wfm.roster.dive import dive, ending
from wfm.roster.placing import _in_order, on_seat, place_days
from wfm.roster.run import Run

from .test_tours import _rested, quarters, recount

EXACT = 1e-6  # the same sums in another order
SOLVER = 1e-5  # linear solvers' tolerances, times sums of a few hundred


def first_day(people):
    """Everybody works on the first day only, on the first kind, breaks as early as they may."""
    tours, wanted = quarters(people)
    kind = np.full((people, tours.days), -1, dtype=np.int16)
    kind[:, 0] = 0
    return (
        tours,
        wanted,
        day_problem(tours, 0, kind[:, 0], np.ones((people, 3), dtype=bool), tours.need),
    )


def whole_minimum(problem):
    whole = np.zeros(len(problem.most))
    whole[np.concatenate(problem.stages)] = 1
    return milp(
        problem.cost, constraints=LinearConstraint(problem.matrix, problem.low, problem.high),
        bounds=Bounds(0, problem.most), integrality=whole,
    ).fun  # fmt: skip


@pytest.mark.parametrize("people", [1, 2, 3])
def test_the_whole_minimum_of_a_day_is_that_of_enumeration(people):
    tours, wanted, problem = first_day(people)
    ways = [on_seat(tours, 0, k, np.array(p))[:12]
            for k in range(3) for p in itertools.product((2, 3), (4, 5, 6))]  # fmt: skip
    best = np.inf
    for chosen in itertools.product(ways, repeat=people):
        have = np.zeros((3, 12), dtype=int)
        for at, cells in enumerate(chosen):
            have[tours.workers[at].group] += cells
        alone = np.maximum(wanted[0, :12] - have[0], 0) + np.maximum(wanted[1, :12] - have[1], 0)
        best = min(best, 11.0 * np.maximum(alone - have[2], 0).sum())
    assert whole_minimum(problem) == pytest.approx(best, abs=SOLVER)


@pytest.mark.parametrize("people", [3, 12, 30])
def test_a_dive_ends_in_whole_numbers_that_keep_every_row(people):
    _, _, problem = first_day(people)
    x = dive(problem, lambda: 60.0).astype(float)
    rows = problem.matrix @ x
    counted = np.zeros(len(problem.low), dtype=bool)
    chosen = np.zeros(len(problem.most), dtype=bool)
    chosen[np.concatenate(problem.stages)] = True
    for row in range(len(counted)):
        columns = problem.matrix.indices[
            problem.matrix.indptr[row] : problem.matrix.indptr[row + 1]
        ]
        counted[row] = chosen[columns].all()
    assert counted.sum() > 10
    assert (rows[counted] >= problem.low[counted] - EXACT).all()
    assert (rows[counted] <= problem.high[counted] + EXACT).all()


def test_a_dive_is_near_the_whole_minimum():
    _, _, problem = first_day(12)
    x = dive(problem, lambda: 60.0)
    fixed = problem.most.copy()
    low = np.zeros(len(fixed))
    columns = np.concatenate(problem.stages)
    low[columns] = fixed[columns] = x[columns]
    found = milp(
        problem.cost, constraints=LinearConstraint(problem.matrix, problem.low, problem.high),
        bounds=Bounds(low, fixed),
    ).fun  # fmt: skip
    # Two agent-quarters of 132 wanted: rounding costs something, chance would cost far more.
    assert found <= whole_minimum(problem) + 22 + SOLVER


def twice_solved():
    """A day of which the first linear problem leaves numbers that are not whole."""
    tours, _ = quarters(7)
    kind = np.zeros(7, dtype=np.int16)
    return day_problem(tours, 4, kind, np.ones((7, 3), dtype=bool), tours.need)


def test_a_dive_is_given_up_when_no_time_is_left():
    problem = twice_solved()
    left = iter([60.0, 0.0])
    assert dive(problem, lambda: next(left)) is None
    assert next(left, None) is None


def test_every_linear_problem_has_the_time_that_is_left_then(monkeypatch):
    problem = twice_solved()
    limits, left = [], iter(range(50, 0, -1))
    solve = mathopt.IncrementalSolver.solve

    def spy(solver, *, params, **more):
        limits.append(params.time_limit.total_seconds())
        return solve(solver, params=params, **more)

    monkeypatch.setattr(mathopt.IncrementalSolver, "solve", spy)
    assert dive(problem, lambda: float(next(left))) is not None
    assert limits == list(range(50, 50 - len(limits), -1))
    assert len(limits) > 1


@pytest.mark.skipif(ending() is None, reason="this OR-Tools cannot end a linear problem")
def test_linear_problems_that_are_under_way_are_ended_with_the_search(monkeypatch):
    under_way, ended = threading.Event(), threading.Event()

    def endless(_solver, *, interrupter, **_more):
        under_way.set()
        for _ in range(3000):  # half a minute, should nobody end it
            if interrupter.interrupted:
                ended.set()
                break
            threading.Event().wait(0.01)
        return SimpleNamespace(termination=SimpleNamespace(reason=None))

    monkeypatch.setattr(mathopt.IncrementalSolver, "solve", endless)
    tours, _ = quarters(15)
    run = Run(tours, 600.0, 2, 1, progress=lambda *_: not under_way.is_set())
    state = everybody_early(run)
    before = state.kind.copy()
    place_days(run, state, 600.0)
    assert run.stopped
    assert (state.kind == before).all()
    assert ended.wait(10.0)


def everybody_early(run):
    """A legal roster whose duties all begin at the same time, with breaks at the same time."""
    kind = np.where(engine.construct(run).kind >= 0, 0, -1).astype(np.int16)
    pause = np.zeros((*kind.shape, 2), dtype=np.int16) + np.array([2, 4], dtype=np.int16)
    return state_of(run, kind, pause)


@pytest.mark.parametrize("share", [1.0, 0.5])
def test_placed_days_are_legal_cheaper_and_counted_right(share):
    tours, wanted = quarters(15)
    run = Run(tours, 600.0, 2, 1)
    state = everybody_early(run)
    before = state.kind.copy(), float(state.cost[0])
    place_days(run, state, 600.0, share)
    answer = engine.Answer(state.kind, state.pause, float(state.cost[0]), -np.inf, (), True)
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=EXACT)
    assert answer.cost < before[1]
    assert ((state.kind >= 0) == (before[0] >= 0)).all()  # nobody's days change


@pytest.mark.parametrize("seed", range(4))
def test_weekly_rest_is_kept_though_days_placed_together_are_each_legal_alone(seed):
    # On duty every second day; 41 hours are free only where a duty begins later than the one
    # before: two rests are long enough, and each of two days could end one of them.
    tours, wanted = quarters(30, rests=(0, 41 * 60))
    run = Run(tours, 600.0, 2, seed)
    kind = np.full((30, 7), -1, dtype=np.int16)
    kind[:, ::2] = (0, 1, 2, 2)
    state = state_of(run, kind, np.zeros((30, 7, 2), np.int16) + np.array([2, 4], np.int16))
    before = float(state.cost[0])
    assert _rested(tours, state.kind)
    place_days(run, state, 600.0)
    assert _rested(tours, state.kind)
    assert float(state.cost[0]) < before
    answer = engine.Answer(state.kind, state.pause, float(state.cost[0]), -np.inf, (), True)
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=EXACT)


def test_the_same_days_are_placed_whatever_the_number_of_threads():
    tours, _ = quarters(20)
    found = []
    for workers in (1, 2):
        run = Run(tours, 600.0, workers, 3)
        state = everybody_early(run)
        place_days(run, state, 600.0, 0.6)
        found.append((state.kind, state.pause))
    assert (found[0][0] == found[1][0]).all()
    assert (found[0][1] == found[1][1]).all()


def test_a_duty_that_is_locked_stays():
    tours, _ = quarters(9)
    run = Run(tours, 600.0, 1, 1)
    state = engine.construct(run)
    day = int(np.flatnonzero(state.kind[4] >= 0)[0])
    run.book.locked[4, day] = 1
    may = np.zeros((9, 3), dtype=np.uint8)
    other_kinds(run.book, state.kind, day, families_of(tours), run.rooms[0].counts, may)
    assert not may[4].any()
    assert may.any()


def test_only_kinds_that_fit_the_days_beside_are_offered():
    tours, _ = quarters(1)
    run = Run(tours, 600.0, 1, 1)
    kind = np.array([[2, 1, -1, 1, -1, -1, -1]], dtype=np.int16)
    state = state_of(run, kind, np.zeros((1, 7, 2), dtype=np.int16) + np.array([2, 4], np.int16))
    may = np.zeros((1, 3), dtype=np.uint8)
    for day in (0, 1, 3):
        other_kinds(run.book, state.kind, day, families_of(tours), run.rooms[0].counts, may)
        row = kind[0].tolist()
        for k in range(3):
            row[day] = k
            fits = all(
                row[d] < 0 or row[d + 1] < 0 or tours.next_day[0, row[d], row[d + 1]]
                for d in range(6)
            )
            assert may[0, k] == (fits or k == kind[0, day])


def test_breaks_that_would_overlap_are_moved_apart():
    tours, _ = quarters(1)
    wide = tours.__class__(**{**tours.__dict__, "breaks": (((2, 0, 6), (1, 1, 6)),) * 3})
    assert _in_order(wide, 0, [2, 3]) == [2, 4]
    assert _in_order(wide, 0, [5, 6]) == [0, 2]  # 7 is outside the window: as early as may be


def test_a_search_that_is_stopped_during_the_mixture_returns_the_best_so_far(monkeypatch):
    tours, wanted = quarters(30)

    def as_long_as_allowed(_tours, *, over, **_more):
        while not over():
            threading.Event().wait(0.01)

    monkeypatch.setattr(guided, "mixture_of", as_long_as_allowed)
    told = []

    def progress(_share, cost, _bound):
        told.append(cost)
        return len(told) < 3

    answer = engine.solve(tours, seconds=120.0, workers=2, seed=1, progress=progress)
    assert not answer.reproducible
    assert answer.bound == -np.inf  # the mixture was not waited for
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=EXACT)
