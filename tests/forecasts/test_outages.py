import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from forecasts import outages

WEEKS = 10


def week(mean=20.0, *, per_day=24, days=7 * WEEKS, seed=0):
    offered = np.random.default_rng(seed).poisson(mean, (days, per_day)).astype(float)
    return offered, np.ones(offered.shape), np.arange(days) % 7


def found(offered, seen=None):
    seen = np.ones(offered.shape) if seen is None else seen
    return outages.find(offered, seen, np.arange(len(offered)) % 7)


def test_nothing_is_found_in_counts_that_arrive_at_random():
    for seed in range(20):
        for mean in (0.05, 0.5, 3.0, 30.0, 3000.0):
            assert not found(week(mean, seed=seed)[0]).any.any()


def test_half_a_day_of_zeros_is_an_outage():
    offered = week()[0]
    offered[30, 12:] = 0
    marked = found(offered).zero
    assert marked[30, 12:].all()
    assert marked.sum() == 12


def test_an_outage_over_midnight_is_one_run():
    offered = week(1.0)[0]
    offered[30, 14:] = 0
    offered[31, :10] = 0
    marked = found(offered).zero
    assert marked[30, 14:].all()
    assert marked[31, :10].all()


def test_a_queue_out_of_season_is_not_silent_by_fault():
    offered = week(20.0, days=140)[0]
    offered[60:] = np.random.default_rng(1).poisson(0.05, offered[60:].shape)
    assert not found(offered).zero[62:].any()


@pytest.mark.parametrize("after", [1, 3, 30])
@pytest.mark.parametrize("days", [15, 30, 90, 184])
def test_a_closure_that_is_over_is_dormant(days, after):
    offered = week(days=60 + days + after)[0]
    offered[60 : 60 + days] = 0
    assert found(offered).dormant[60 : 60 + days].all()
    assert found(offered).any.sum() == days * 24


def test_two_weeks_of_silence_are_an_outage_and_more_that_go_on_are_how_things_are():
    offered = week()[0]
    offered[-14:] = 0
    assert found(offered).zero[-14:].all()
    offered[-16:] = 0
    assert not found(offered).any.any()


@pytest.mark.parametrize("quiet", [slice(46, 60), slice(90, 104)], ids=["before", "after"])
def test_a_silence_that_fades_in_or_out_is_a_season(quiet):
    offered = week(days=160)[0]
    offered[60:90] = 0
    offered[quiet] = np.random.default_rng(1).poisson(2.0, offered[quiet].shape)
    assert not found(offered).any[61:89].any()


def test_a_frozen_counter_is_found_and_its_first_count_kept():
    offered = week()[0]
    offered[30, 5:20] = offered[30, 5]
    marked = found(offered).frozen
    assert marked[30, 6:20].all()
    assert marked.sum() <= 14 + 1  # a neighbour may be equal by chance


def test_a_queue_that_always_counts_the_same_is_not_frozen():
    assert not found(np.full((70, 24), 5.0)).any.any()


def test_counts_rounded_to_tens_are_not_frozen():
    offered = np.round(week(20.0)[0], -1)
    assert not found(offered).frozen.any()


@pytest.mark.parametrize("lag", [1, 7])
def test_a_copied_day_is_found_and_the_earlier_one_kept(lag):
    offered = week()[0]
    offered[40] = offered[40 - lag]
    marked = found(offered).copied
    assert marked[40].all()
    assert marked.sum() == 24


def test_quiet_days_that_happen_to_be_equal_are_not_copies():
    offered = np.zeros((70, 24))
    offered[np.arange(70), np.random.default_rng(0).integers(9, 11, 70)] = 1
    assert not found(offered).copied.any()


def test_intervals_without_a_row_are_never_marked():
    offered, seen, _ = week()
    seen[30, 10:20] = 0
    offered[30] = 0
    assert not found(offered, seen).any[30, 10:20].any()


@settings(max_examples=60, deadline=None)
@given(
    day=st.integers(0, 69), first=st.integers(0, 23), length=st.integers(1, 60),
    mean=st.floats(2.0, 500.0), seed=st.integers(0, 99),
)  # fmt: skip
def test_a_run_of_zeros_is_found_exactly_when_it_is_improbable(day, first, length, mean, seed):
    offered = week(mean, seed=seed)[0]
    offered[offered == 0] = 1
    begin, end = day * 24 + first, min(day * 24 + first + length, offered.size)
    offered.ravel()[begin:end] = 0
    marked = found(offered).zero.ravel()
    expected = mean * (end - begin)
    # Around the threshold the estimated mean decides; well beyond it there is no doubt.
    if expected > 1.6 * outages.IMPROBABLE:
        assert marked[begin:end].all()
        assert marked.sum() == end - begin
    if expected < 0.6 * outages.IMPROBABLE:
        assert not marked.any()
