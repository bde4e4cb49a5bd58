"""Is the mixture of people alike a bound, and is the roster rounded from it legal and near it?"""

import numpy as np
import pytest

from wfm.roster import engine
from wfm.roster._kernels_anneal import anneal
from wfm.roster._kernels_cells import count_duty, prices
from wfm.roster._kernels_duties import legal_duties, other_kinds, replace_duty
from wfm.roster._kernels_tour import best_tour, put_tour
from wfm.roster.compiling import compile_kernels
from wfm.roster.mixture import lots_of, mixture_of
from wfm.roster.placing import place_days
from wfm.roster.rounding import rounded
from wfm.roster.run import Run

from .test_tours import cost_of, quarters, recount, rows, shifts, worker

EXACT = 1e-4  # the linear solver's tolerance, times sums of a few hundred


@pytest.mark.parametrize("coarse", [1, 2, 4])
def test_no_roster_of_a_small_centre_costs_less_than_the_mixture(coarse):
    tours, _ = quarters(4, days=3)
    found = mixture_of(tours, coarse=coarse, seconds=60)
    answer = engine.solve(tours, seconds=2.0, seed=1)
    assert found.value <= answer.cost + EXACT


def test_the_mixture_of_one_person_is_not_above_the_optimum_by_enumeration():
    days = 4
    tours = shifts([worker(3, days, caps=False)], days, seed=3)
    tours.workers[0].extra[:] = 0.0
    optimum = min(cost_of(tours, [row]) for row in rows(tours, tours.workers[0]))
    assert mixture_of(tours, coarse=1, seconds=60).value <= optimum + EXACT


def test_coarser_time_makes_the_bound_lower():
    tours, _ = quarters(6)
    values = [mixture_of(tours, coarse=c, seconds=60).value for c in (1, 2, 4)]
    assert values[0] >= values[1] - EXACT
    assert values[1] >= values[2] - EXACT
    assert values[0] > values[2] + EXACT


def test_the_mixture_holds_the_hours_of_everybody_and_of_each_lot():
    tours, _ = quarters(9)
    found = mixture_of(tours, coarse=2, seconds=60)
    paid = (found.share * tours.paid).sum(axis=(1, 2))
    people = np.bincount(lots_of(tours))
    assert (paid >= 960 * people - EXACT).all()
    assert (paid <= 1920 * people + EXACT).all()


def test_a_rounded_roster_is_legal_and_works_on_the_days_of_the_mixture():
    tours, wanted = quarters(30)
    run = Run(tours, 60.0, 1, 1)
    found = mixture_of(tours, coarse=1, seconds=60)
    state = rounded(run, found)
    run.keep(state.kind, state.pause, float(state.cost[0]))
    answer = engine.Answer(run.kind, run.pause, run.cost, -np.inf, (), True)
    assert recount(tours, wanted, answer) == pytest.approx(answer.cost, abs=1e-6)
    by_day = (state.kind >= 0).sum(axis=0)
    # Ten people of a lot and whole duties: each lot may miss a day by one.
    assert np.abs(by_day - found.share.sum(axis=(0, 2))).max() <= 3


def test_no_day_is_more_than_a_duty_from_the_mixture_once_everybody_is_asked_again():
    tours, _ = quarters(30)
    found = mixture_of(tours, coarse=1, seconds=60)
    seats = tours.length - np.array([sum(b[0] for b in breaks) for breaks in tours.breaks])
    state = rounded(Run(tours, 60.0, 1, 1), found)
    worked = np.where(state.kind >= 0, seats[state.kind], 0).sum(axis=0)
    assert np.abs(worked - (found.share @ seats).sum(axis=0)).max() <= seats.max()


def test_a_search_compiles_nothing_after_the_kernels_were_compiled():
    compile_kernels()
    kernels = (best_tour, put_tour, prices, count_duty, anneal, other_kinds, legal_duties,
               replace_duty)  # fmt: skip
    before = [len(kernel.signatures) for kernel in kernels]
    tours, _ = quarters(6)
    engine.solve(tours, seconds=1.0, seed=1)
    run = Run(tours, 60.0, 1, 1)
    place_days(run, engine.construct(run), 60.0)
    assert [len(kernel.signatures) for kernel in kernels] == before
