"""Patience of any form: the deterministic closed form, Erlang A in the limit, simulated queues."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import anypatience, erlang, hazard

STEPS = 2e-5  # steps of 0.1 s, at the middle of each: the error falls with their square
EXACT = 1e-10
quick = settings(max_examples=60, deadline=None)
MINUTE = {"interval_s": 60}


def deterministic(load, n, patience):
    """P(abandon) of M/M/n+D in handle times, by hand: everybody leaves after `patience`."""
    ways = 1.0  # the sum of load^k/k! for k < n over load^(n-1)/(n-1)!
    for k in range(1, n):
        ways = 1.0 + ways * k / load
    early = load * -math.expm1((load - n) * patience) / (n - load)
    late = load * math.exp((load - n) * patience) / n
    return late / (ways + early + late)


def test_everybody_leaving_after_two_minutes_agrees_with_the_closed_form():
    got = anypatience.performance(48, 60, 50, [120], [0], **MINUTE)
    assert got.p_abandon == pytest.approx(deterministic(48.0, 50, 2.0), rel=EXACT)
    # Two routes: contacts lost, and work not done.
    assert 1 - got.occupancy * 50 / 48 == pytest.approx(got.p_abandon, rel=1e-8)
    assert got.p_abandoned_in_awt == 0


@pytest.mark.parametrize("n", [44, 46, 50, 56])
def test_an_exponential_curve_in_small_steps_is_erlang_a(n):
    edges = np.linspace(0, 2400, 24_001)
    middle = 0.5 * (edges[1:] + edges[:-1])
    got = anypatience.performance(48, 60, n, middle, np.exp(-edges[1:] / 120), **MINUTE)
    want = erlang.performance(48, 60, n, patience_s=120, **MINUTE)
    for name in (
        "p_wait", "p_abandon", "mean_wait_s", "asa_s", "occupancy", "p_answered_in_awt",
        "p_abandoned_in_awt",
    ):  # fmt: skip
        assert getattr(got, name) == pytest.approx(float(getattr(want, name)), rel=STEPS)
    assert got.p_answered_within == pytest.approx(float(want.p_answered_within("SL4")), rel=STEPS)


@pytest.mark.parametrize("form", [0.6, 2.0])
def test_a_simulated_queue_with_weibull_patience_agrees(form):
    scale = 120 / math.gamma(1 + 1 / form)
    edges = np.linspace(0, 6000, 12_001) if form > 1 else np.geomspace(1e-4, 20_000, 6001)
    share = np.exp(-((edges / scale) ** form))
    got = anypatience.performance(48, 60, 47, edges[1:], share[1:], **MINUTE)
    runs = []
    for seed in range(8):
        patience_s = scale * np.random.default_rng(seed + 50).weibull(form, 40_000)
        wait, left = oracles_beyond.simulated_waits(0.8, 60.0, 47, patience_s, seed=seed)
        wait, left = wait[4000:], left[4000:]
        runs.append([left.mean(), wait.mean(), (~left & (wait <= 20)).mean()])
    runs = np.array(runs)
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    want = [got.p_abandon, got.mean_wait_s, got.p_answered_in_awt]
    assert np.all(np.abs(runs.mean(axis=0) - want) < 4 * error)


def test_a_curve_from_data_predicts_the_queue_it_came_from():
    patience_s = 200 * np.random.default_rng(3).weibull(0.6, 120_000)
    wait, left = oracles_beyond.simulated_waits(0.8, 60.0, 46, patience_s, seed=3)
    curve = hazard.survival(wait[5000:], left[5000:])
    got = anypatience.performance(48, 60, 46, curve.wait_s, curve.surviving, **MINUTE)
    assert got.p_abandon == pytest.approx(left[5000:].mean(), rel=0.05)  # one run of noise
    assert got.p_answered_in_awt == pytest.approx((~left & (wait <= 20))[5000:].mean(), rel=0.02)


@quick
@given(
    volume=st.floats(1, 300), aht_s=st.floats(10, 600), n=st.integers(1, 90),
    falls=st.lists(st.floats(0.01, 1), min_size=1, max_size=6), step=st.floats(1, 500),
    awt_s=st.floats(0, 100),
)  # fmt: skip
def test_contacts_and_work_balance(volume, aht_s, n, falls, step, awt_s):  # noqa: PLR0917
    share = np.append(1 - np.cumsum(falls[:-1]) / sum(falls), 0.0)  # in the end everybody leaves
    times = step * np.arange(1, len(falls) + 1)
    got = anypatience.performance(volume, aht_s, n, times, np.maximum(share, 0.0), awt_s=awt_s)
    load = volume * aht_s / 1800
    assert got.occupancy * n == pytest.approx(load * (1 - got.p_abandon), rel=1e-8)
    assert 0 <= got.p_abandon <= got.p_wait <= 1 + 1e-12
    assert got.p_answered_in_awt + got.p_abandoned_in_awt <= 1 + 1e-12
    assert got.mean_wait_s >= -1e-12


def test_awt_of_nothing_and_of_for_ever():
    none, all_ = (
        anypatience.performance(48, 60, 50, [120], [0], awt_s=t, **MINUTE) for t in (0, math.inf)
    )
    assert none.p_answered_in_awt == pytest.approx(1 - none.p_wait, rel=EXACT)
    assert all_.p_answered_in_awt == pytest.approx(1 - all_.p_abandon, rel=EXACT)
    assert all_.p_abandoned_in_awt == pytest.approx(all_.p_abandon, rel=EXACT)


def test_far_more_agents_than_load_neither_overflow_nor_let_anybody_wait():
    got = anypatience.performance(1, 60, 3000, [120], [0])
    assert (got.p_wait, got.p_abandon, got.p_answered_in_awt) == (0, 0, 1)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: anypatience.performance(48, 60, 5, [9], [0.9], **MINUTE), "who never leave"),
        (lambda: anypatience.performance(0, 60, 5, [9], [0]), "volume: expected a number > 0"),
        (lambda: anypatience.performance(9, 0, 5, [9], [0]), "aht_s: expected seconds > 0"),
        (lambda: anypatience.performance(9, 60, 0.5, [9], [0]), "agents: expected a number >= 1"),
        (lambda: anypatience.performance(9, 60, [5, 6], [9], [0]), "agents: expected one number"),
        (lambda: anypatience.performance(9, 60, 5, [9, 8], [1, 0]), "times rise"),
        (lambda: anypatience.performance(9, 60, 5, [0, 8], [1, 0]), "wait_s: expected finite"),
        (lambda: anypatience.performance(9, 60, 5, [7, 8], [0.5, 0.6]), "never rises"),
        (lambda: anypatience.performance(9, 60, 5, [7], [50]), "surviving: expected a share"),
        (lambda: anypatience.performance(9, 60, 5, [7, 8], [0]), "two lists of one length"),
        (lambda: anypatience.performance(9, 60, 5, [math.nan], [0]), "not NaN"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
