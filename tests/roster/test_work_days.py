"""Is the mixture of whole tours a bound, and does it know what ties one week to the next?"""

import dataclasses

import numpy as np
import pytest

from wfm.roster import engine
from wfm.roster.book import book_of
from wfm.roster.guided import granted
from wfm.roster.mixture import lengths_of, lots_of, mixture_of
from wfm.roster.tours import Tours, Worker
from wfm.roster.work_days import work_days_of

from .test_tours import cost_of, quarters, rows, shifts, worker

EXACT = 1e-4  # the linear solver's tolerance, times sums of a few hundred
WEEK = 7


def weeks(people=12, *, wanted=8, days=28, away=()):
    """One shift a day, five of them a week, at most five days in a row and two weekends of work."""
    can = np.ones((days, 1), dtype=bool)
    workers = []
    for at in range(people):
        mine = can.copy()
        mine[[day for who, day in away if who == at]] = False
        workers.append(Worker(
            group=0, allowed=mine, least=(2400,) * (days // WEEK), most=(2400,) * (days // WEEK),
            most_run=5, most_weekends=2,
        ))  # fmt: skip
    need = np.full(days, wanted)
    return Tours(
        first=np.arange(days)[:, None], length=np.ones(1, dtype=int), breaks=((),),
        paid=np.array([480]), next_day=np.ones((1, 1, 1), dtype=bool),
        variant=np.zeros(days, dtype=int), block=np.arange(days) // WEEK,
        weekend=np.array([{5: 1, 6: 2}.get(day % WEEK, 0) for day in range(days)]),
        workers=tuple(workers), need=need[None], cuts=np.ones((1, 1), dtype=bool),
        islands=(slice(0, 1),), wanted=need, under=np.full(days, 10.0), over=np.full(days, 1.0),
    )  # fmt: skip


def found_in(tours, seconds=20.0):
    return work_days_of(tours, book_of(tours), seconds=seconds)


@pytest.mark.parametrize("wishes", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_the_bound_of_one_person_is_not_above_the_optimum_by_enumeration(seed, wishes):
    days = 7
    who = worker(seed, days, blocks=2, weekends=1, caps=seed % 2 == 0)
    if not wishes:
        who = dataclasses.replace(who, extra=np.zeros_like(who.extra))
    tours = shifts([who], days, seed=seed, blocks=2)
    optimum = min((cost_of(tours, [row]) for row in rows(tours, who)), default=None)
    found = found_in(tours)
    if optimum is None:
        assert found is None
    else:
        # The bound is of coverage; wishes can lower a cost by what is granted at most.
        assert found.value + granted(tours) <= optimum + EXACT
        assert wishes or granted(tours) == 0.0


def test_the_bound_of_two_people_alike_but_for_their_days_off_holds():
    days = 6
    first = dataclasses.replace(worker(4, days, caps=False), extra=None)
    first = dataclasses.replace(first, allowed=np.ones_like(first.allowed))
    second = first.allowed.copy()
    second[2] = False
    pair = [first, dataclasses.replace(first, allowed=second)]
    tours = shifts([dataclasses.replace(w, extra=np.zeros((days, 3))) for w in pair], days, seed=1)
    assert len(set(lots_of(tours).tolist())) == 1
    optimum = min(
        cost_of(tours, (a, b))
        for a in rows(tours, tours.workers[0]) for b in rows(tours, tours.workers[1])
    )  # fmt: skip
    assert found_in(tours).value <= optimum + EXACT


def test_sundays_before_a_free_weekend_are_known_to_be_out_of_reach():
    # Forty hours are five shifts, so that who has a weekend off works Monday to Friday, and cannot
    # have worked the Sunday before: six days in a row. Weeks apart do not see that.
    tours = weeks()
    apart = mixture_of(tours, coarse=1, seconds=20)
    found = found_in(tours)
    assert found.value > apart.value + 50
    answer = engine.solve(tours, seconds=6.0, seed=1)
    assert found.value <= answer.cost + EXACT
    assert answer.cost <= 1.1 * found.value


def test_nobody_is_at_work_on_more_weekends_than_may_be():
    tours = weeks()
    duties = found_in(tours).duties
    saturdays = duties[:, tours.weekend == 1].sum()
    assert saturdays <= 2 * len(tours.workers) + EXACT


def test_no_more_people_are_counted_on_than_have_no_day_off():
    tours = weeks(away=[(at, 5) for at in range(9)])
    duties = found_in(tours).duties
    assert duties[:, 5].sum() <= 3 + EXACT


def test_weekdays_are_left_to_the_finer_mixture():
    tours = weeks()
    duties = found_in(tours).duties
    assert np.isinf(duties[:, tours.weekend == 0]).all()
    assert np.isfinite(duties[:, tours.weekend > 0]).all()


def test_the_mixture_keeps_to_the_limits_and_both_together_are_a_bound():
    tours = weeks()
    found = found_in(tours)
    mixed = mixture_of(tours, coarse=1, seconds=20, limits=found.duties)
    by_length = mixed.share @ (lengths_of(tours)[1][:, None] == np.arange(1))
    limited = np.isfinite(found.duties)
    assert (by_length[limited] <= found.duties[limited] + EXACT).all()
    answer = engine.solve(tours, seconds=6.0, seed=1)
    assert mixed.value + found.least(mixed.beyond) <= answer.cost + EXACT


def test_limits_that_do_not_bind_leave_the_bound_of_the_mixture_as_it_is():
    tours, _ = quarters(9)
    free = mixture_of(tours, coarse=1, seconds=20)
    wide = np.full((3, tours.days, 1), 9.0)
    limited = mixture_of(tours, coarse=1, seconds=20, limits=wide)
    least = found_in(tours).least(limited.beyond)
    assert limited.value + least == pytest.approx(free.value, abs=EXACT)


def test_a_locked_duty_leaves_no_bound():
    tours = weeks()
    locked = dataclasses.replace(tours.workers[0], locked={2: 0})
    tours = dataclasses.replace(tours, workers=(locked, *tours.workers[1:]))
    assert found_in(tours).value == -np.inf


def test_there_is_no_mixture_where_somebody_has_no_tour():
    tours = weeks(days=7)
    stuck = dataclasses.replace(tours.workers[0], most_run=2, least=(3360,), most=(3360,))
    tours = dataclasses.replace(tours, workers=(stuck, *tours.workers[1:]))
    assert found_in(tours) is None
