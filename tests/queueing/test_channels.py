"""Chat by places, deferrable work by deadlines, patience from censored waits."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from wfm.errors import BadInput
from wfm.queueing import channels, erlang
from wfm.scenario import Target

PRINTED = 2e-14  # worked examples print 15 digits
CLOSE = 1e-9  # linear programs are solved to about this
MAIL = [40, 60, 20, 10, 0, 0]
HOUR = 3600.0
quick = settings(max_examples=80, deadline=None)


# --- chat ----------------------------------------------------------------------------------------


def test_t46_chat_at_concurrency_three():
    got = channels.chat_performance(
        120, 780, [10, 11, 12], concurrency=3, interval_s=HOUR, awt_s=30
    )
    table = [0.701075863041882, 0.898566370336934, 0.970944030691805]
    np.testing.assert_allclose(got.p_answered_within("SL4"), table, rtol=PRINTED)
    target = Target(0.90, awt_s=30)
    assert channels.chat_agents(120, 780, target, concurrency=3, interval_s=HOUR) == 12


def test_t46_one_chat_at_a_time_is_voice():
    target = Target(0.90, awt_s=30)
    n = channels.chat_agents(120, 480, target, concurrency=1, interval_s=HOUR)
    got = channels.chat_performance(120, 480, n, concurrency=1, interval_s=HOUR, awt_s=30)
    assert n == 22
    assert got.p_answered_within("SL4") == pytest.approx(0.923773145367749, rel=PRINTED)


@quick
@given(
    volume=st.floats(0.1, 500), aht_s=st.floats(30, 2000), concurrency=st.integers(1, 6),
    patience_s=st.one_of(st.just(math.inf), st.floats(10, 1000)),
)  # fmt: skip
def test_one_chat_agent_fewer_misses_the_target(volume, aht_s, concurrency, patience_s):
    target = Target(0.8, awt_s=45)
    options = {"concurrency": concurrency, "patience_s": patience_s}
    n = int(channels.chat_agents(volume, aht_s, target, **options))
    levels = channels.chat_performance(
        volume, aht_s, [n - 1, n], awt_s=45, **options
    ).p_answered_within("SL4")
    assert levels[0] < 0.8 <= levels[1] * (1 + erlang.TOLERANCE)


def test_chat_broadcasts():
    n = channels.chat_agents([0, 60, 120], 600, Target(0.8), concurrency=[[1], [3]])
    assert n.shape == (2, 3)
    assert list(n[:, 0]) == [0, 0]


@pytest.mark.parametrize("concurrency", [0, 2.5, -1, math.nan, math.inf])
def test_concurrency_is_a_whole_number(concurrency):
    with pytest.raises(BadInput, match="concurrency"):
        channels.chat_agents(10, 60, Target(0.8), concurrency=concurrency)


# --- deferrable work -----------------------------------------------------------------------------


@pytest.mark.parametrize(("hours", "agents"), [(1, 5), (2, 3), (3, 3), (4, 2)])
def test_t45_fewest_agents_by_deadline(hours, agents):
    assert channels.deferrable_agents(MAIL, 300, hours * HOUR, interval_s=HOUR) == agents


def _late(volume, aht_s, awt_s, interval_s, agents):
    """Agent seconds that miss their deadline with constant agents, first in, first out."""
    free_at, late = 0.0, 0.0
    for i, v in enumerate(volume):
        start = max(free_at, i * interval_s)
        free_at = start + v * aht_s / agents if agents else math.inf if v else start
        over = min(free_at, 1e12) - (i * interval_s + awt_s)
        late += min(max(0.0, over) * max(agents, 1), v * aht_s)
    return late


@quick
@given(
    volume=st.lists(st.integers(0, 50), min_size=1, max_size=12), aht_s=st.integers(60, 900),
    intervals=st.floats(1, 6),
)  # fmt: skip
def test_one_deferrable_agent_fewer_is_late(volume, aht_s, intervals):
    awt_s = intervals * HOUR
    n = int(channels.deferrable_agents(volume, aht_s, awt_s, interval_s=HOUR))
    assert _late(volume, aht_s, awt_s, HOUR, n) <= 1e-4
    if n:
        assert _late(volume, aht_s, awt_s, HOUR, n - 1) > 1e-6


def _bounds(volume, aht_s, span):
    arrived = np.cumsum(np.multiply(volume, aht_s)) / HOUR
    due = np.array([0.0 if t < span else arrived[t - span] for t in range(1, len(volume) + 1)])
    due[-1] = arrived[-1]
    return due, arrived


@quick
@given(
    volume=st.lists(st.integers(0, 60), min_size=1, max_size=14), aht_s=st.integers(30, 900),
    span=st.integers(1, 8),
)  # fmt: skip
def test_profile_keeps_deadlines_wastes_no_hour_and_has_the_lowest_peak(volume, aht_s, span):
    profile = channels.deferrable_profile(volume, aht_s, span * HOUR, interval_s=HOUR)
    due, arrived = _bounds(volume, aht_s, span)
    done = np.cumsum(profile)
    assert profile.shape == (len(volume),)
    assert (profile >= 0).all()
    assert (done <= arrived + CLOSE).all()
    assert (done >= due - CLOSE).all()
    assert profile.sum() == pytest.approx(arrived[-1], abs=CLOSE)
    assert profile.max() == pytest.approx(_lowest_peak(due, arrived), abs=1e-6)


def _lowest_peak(due, arrived):
    """By linear program: unknowns are agents an interval and their peak."""
    m = len(due)
    until = np.tril(np.ones((m, m)))
    rows = np.vstack([
        np.hstack([until, np.zeros((m, 1))]),
        np.hstack([-until, np.zeros((m, 1))]),
        np.hstack([np.eye(m), -np.ones((m, 1))]),
    ])  # fmt: skip
    limits = np.concatenate([arrived, -due, np.zeros(m)])
    best = linprog([0.0] * m + [1.0], A_ub=rows, b_ub=limits, bounds=[(0, None)] * (m + 1))
    assert best.status == 0
    return best.fun


def test_profile_changes_only_where_a_bound_holds_it():
    rng = np.random.default_rng(5)
    volume = rng.poisson(30, 96)
    profile = channels.deferrable_profile(volume, 240, 8 * 1800.0)
    due, arrived = _bounds(volume, 240, 8)
    done = np.cumsum(profile) * 1800 / HOUR
    for t, (before, after) in enumerate(pairwise(profile)):
        if after > before + CLOSE:  # speeds up only after waiting for work to arrive
            assert done[t] == pytest.approx(arrived[t], abs=CLOSE)
        if after < before - CLOSE:  # slows down only once a deadline is met
            assert done[t] == pytest.approx(due[t], abs=CLOSE)


def test_profile_at_a_deadline_of_one_interval_is_the_work_itself():
    got = channels.deferrable_profile(MAIL, 300, HOUR, interval_s=HOUR)
    np.testing.assert_allclose(got, np.array(MAIL) * 300 / HOUR)


def test_a_deadline_beyond_the_run_means_the_end_of_the_run():
    got = channels.deferrable_profile([12, 0, 0, 0], 300, 99 * HOUR, interval_s=HOUR)
    np.testing.assert_allclose(got, 0.25)


def test_no_mail_needs_nobody():
    assert channels.deferrable_agents([0, 0], 300, HOUR, interval_s=HOUR) == 0
    assert list(channels.deferrable_profile([0, 0], 0, HOUR, interval_s=HOUR)) == [0, 0]
    assert channels.deferrable_agents([], 300, HOUR, interval_s=HOUR) == 0
    assert channels.deferrable_profile([], 300, HOUR, interval_s=HOUR).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (([1, 2], 300, 600), "shorter than an interval"),
        (([1, -2], 300, HOUR), "volume: expected a finite number >= 0; got -2 at index 1"),
        (([1, math.nan], 300, HOUR), "NaN"),
        (([1, 2], 0, HOUR), "aht_s"),
        (([1, 2], [1, 2, 3], HOUR), "broadcast"),
        ((5, 300, HOUR), "one number an interval"),
        (([1, 2], 300, [HOUR, HOUR]), "one number for the run"),
        (([1, 2], 300, math.inf), "awt_s"),
    ],
)
@pytest.mark.parametrize(
    "function", [channels.deferrable_agents, channels.deferrable_profile], ids=["agents", "profile"]
)
def test_bad_deferrable_input_is_named(function, arguments, says):
    with pytest.raises(BadInput, match=says):
        function(*arguments, interval_s=HOUR)


# --- patience ------------------------------------------------------------------------------------


def test_t44_patience_from_censored_waits():
    assert channels.patience_from_waits(12000, 60) == 200


def test_patience_of_a_predicted_queue_comes_back():
    p = erlang.performance(100, 180, 9, patience_s=[30, 120, 600])
    got = channels.patience_from_waits(100 * p.mean_wait_s, 100 * p.p_abandon)
    np.testing.assert_allclose(got, [30, 120, 600], rtol=1e-12)


@pytest.mark.parametrize(
    ("wait", "abandoned"), [(12000, 0), (0, 3), (-1, 3), (math.nan, 3), (10, math.inf)]
)
def test_patience_needs_waits_and_abandons(wait, abandoned):
    with pytest.raises(BadInput, match=r"total_wait_s|abandoned"):
        channels.patience_from_waits(wait, abandoned)
