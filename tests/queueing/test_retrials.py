"""Repeated contacts: the published fixed point, a simulated orbit, and fewest agents by search."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import erlang, retrials
from wfm.scenario import Target

SEVEN = 5e-8  # the reference prints 7 decimals
ROOT = 1e-11  # the fixed point is found to about 1e-13
quick = settings(max_examples=50, deadline=None)
MINUTE = {"interval_s": 60, "patience_s": 120}


def test_half_of_the_abandons_coming_again_make_the_published_rate():
    got = retrials.fixed_point(48, 60, 50, p_retry=0.5, **MINUTE)
    assert got.volume == pytest.approx(48.9213536, abs=SEVEN)
    assert got.repeated == pytest.approx(0.9213536, abs=SEVEN)


@quick
@given(
    volume=st.floats(0.1, 300), aht_s=st.floats(10, 900), n=st.integers(0, 80),
    p_retry=st.floats(0, 0.95), patience_s=st.floats(5, 1000),
    lines=st.sampled_from([math.inf, 90, 120]),
)  # fmt: skip
def test_attempts_balance(  # noqa: PLR0917
    volume, aht_s, n, p_retry, patience_s, lines
):
    options = {"patience_s": patience_s, "lines": lines}
    got = retrials.fixed_point(volume, aht_s, n, p_retry=p_retry, **options)
    again = erlang.performance(got.volume, aht_s, n, **options)
    lost = again.p_abandon + again.p_block
    assert got.volume == pytest.approx(volume + p_retry * got.volume * lost, rel=ROOT)
    # Everybody is served or gives up in the end.
    served = got.volume * again.p_answered
    assert served == pytest.approx(volume * (1 - got.p_never_served), rel=1e-9, abs=1e-9)


def test_a_simulated_queue_sees_the_same_attempts():
    got = retrials.fixed_point(48, 60, 46, p_retry=0.7, **MINUTE)
    runs = np.array([
        oracles_beyond.simulated_retrials(
            0.8, 60.0, 46, 120.0, 0.7, retry_after_s=1800.0, seconds=150_000, seed=s
        )
        for s in range(8)
    ])  # fmt: skip
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    want = [float(got.volume) / 60, float(got.figures.p_abandon)]
    assert np.all(np.abs(runs.mean(axis=0) - want) < 4 * error)
    assert runs[:, 0].mean() > 0.8 + 10 * error[0]  # the repeats are seen, not noise


def test_where_nobody_is_lost_or_nobody_tries_again_nothing_is_added():
    assert retrials.fixed_point(100, 180, 14, p_retry=0.9).volume == pytest.approx(100, rel=ROOT)
    none = retrials.fixed_point(48, 60, 50, p_retry=0.0, **MINUTE)
    assert none.volume == pytest.approx(48, rel=ROOT)
    want = erlang.performance(48, 60, 50, **MINUTE).p_abandon
    assert none.p_never_served == pytest.approx(want, rel=1e-9)


@quick
@given(
    volume=st.floats(1, 300), aht_s=st.floats(20, 600), p_retry=st.floats(0, 0.9),
    patience_s=st.floats(10, 600),
    target=st.sampled_from(
        [Target(0.8, awt_s=20), Target(abandonment=0.03), Target(asa_s=10.0, occupancy=0.9)]
    ),
)  # fmt: skip
def test_one_agent_fewer_misses_the_target(volume, aht_s, p_retry, patience_s, target):
    options = {"p_retry": p_retry, "patience_s": patience_s}
    n = int(retrials.fewest_agents(volume, aht_s, target, **options))

    def met(agents):
        got = retrials.fixed_point(volume, aht_s, agents, awt_s=target.awt_s, **options).figures
        good = [True]
        if target.service_level is not None:
            good.append(got.p_answered_within(target.rule) >= target.service_level - 1e-9)
        for name, value in (
            ("asa_s", got.asa_s), ("abandonment", got.p_abandon), ("occupancy", got.occupancy)
        ):  # fmt: skip
            limit = getattr(target, name)
            good.append(limit is None or value <= limit * (1 + 1e-9))
        return all(good)

    assert met(n)
    assert n == 1 or not met(n - 1)
    assert n >= erlang.fewest_agents(volume, aht_s, target, patience_s=patience_s)


def test_few_lines_are_enough_where_most_first_attempts_get_through():
    target = Target(blocking=0.01)
    n = int(retrials.fewest_agents(100, 180, target, p_retry=0.9, lines=20))
    blocked = [
        float(retrials.fixed_point(100, 180, k, p_retry=0.9, lines=20).figures.p_block)
        for k in (n - 1, n)
    ]
    assert blocked[1] <= 0.01 < blocked[0]


def test_arrays_broadcast_and_empty_intervals_need_nobody():
    n = retrials.fewest_agents(
        [0, 48], 60, Target(0.8), p_retry=[[0.1], [0.8]], patience_s=60, interval_s=60
    )
    assert n.shape == (2, 2)
    assert n[:, 0].tolist() == [0, 0]
    assert n[0, 1] <= n[1, 1]
    empty = retrials.fixed_point(0, 60, [0, 3], p_retry=0.5, patience_s=60)
    assert empty.volume.tolist() == [0, 0]
    np.testing.assert_allclose(empty.p_never_served, [1, 0], atol=1e-12)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: retrials.fixed_point(48, 60, 50, p_retry=1.0), "p_retry: expected a fraction"),
        (lambda: retrials.fixed_point(48, 60, 50, p_retry=50), "was a percent passed"),
        (lambda: retrials.fixed_point(48, 60, -1, p_retry=0.5), "agents: expected"),
        (lambda: retrials.fixed_point(-48, 60, 1, p_retry=0.5), "volume: expected"),
        (lambda: retrials.fewest_agents(48, 60, Target(), p_retry=0.5), "no limit is given"),
        (
            lambda: retrials.fewest_agents(90, 180, Target(blocking=0.06), p_retry=0.999, lines=13),
            "try again keep it missed",
        ),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
