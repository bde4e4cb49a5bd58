"""Chats at the pace of the moment: a reference number, Erlang limits, and simulated floors."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import channels, concurrency, erlang
from wfm.scenario import Target

SEVEN = 5e-8  # the reference of DESIGN.md prints 7 decimals
SOLVED = 1e-9  # sparse elimination over some thousand states
quick = settings(max_examples=40, deadline=None)


def test_four_agents_of_three_chats_make_the_reference_share_that_waits():
    got = concurrency.performance(1, [300, 360, 480], 4, interval_s=60, patience_s=180)
    assert got.p_wait == pytest.approx(0.0426777, abs=SEVEN)


@quick
@given(
    volume=st.floats(0.5, 300), aht_s=st.floats(20, 900), most=st.integers(1, 3),
    n=st.integers(1, 8), patience_s=st.one_of(st.just(math.inf), st.floats(10, 2000)),
    awt_s=st.floats(0, 300),
)  # fmt: skip
def test_where_pace_does_not_matter_agents_are_that_many_places(  # noqa: PLR0917
    volume, aht_s, most, n, patience_s, awt_s
):
    # Each chat is as fast as alone: an agent of c chats is c agents.
    options = {"patience_s": patience_s, "awt_s": awt_s}
    got = concurrency.performance(volume, [aht_s] * most, n, **options)
    want = erlang.performance(volume, aht_s, n * most, **options)
    assert got.p_wait == pytest.approx(float(want.p_wait), rel=SOLVED, abs=1e-12)
    assert got.p_abandon == pytest.approx(float(want.p_abandon), rel=SOLVED, abs=1e-12)
    assert got.mean_wait_s == pytest.approx(float(want.mean_wait_s), rel=1e-7, abs=1e-9)
    in_time, left = float(want.p_answered_in_awt), float(want.p_abandoned_in_awt)
    assert got.p_answered_in_awt == pytest.approx(in_time, rel=SOLVED, abs=1e-10)
    assert got.p_abandoned_in_awt == pytest.approx(left, rel=1e-7, abs=1e-10)
    assert got.p_answered_within == pytest.approx(
        float(want.p_answered_within("SL4")), rel=1e-7, abs=1e-9
    )


@pytest.mark.parametrize("patience_s", [180.0, 900.0])
def test_a_simulated_floor_agrees(patience_s):
    aht_s, n, rate = [300.0, 360.0, 480.0], 4, 1.4 / 60
    got = concurrency.performance(1.4, aht_s, n, interval_s=60, patience_s=patience_s)
    runs = np.array([
        oracles_beyond.simulated_chats(rate, aht_s, n, patience_s, chats=12_000, seed=s)
        for s in range(8)
    ])  # fmt: skip
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    want = [got.p_wait, got.p_abandon, got.p_answered_in_awt]
    # Days start empty, which moves a share by less than the noise here.
    assert np.all(np.abs(runs.mean(axis=0) - want) < 4 * error)
    assert np.all(error < 0.1 * np.array(want))


def test_little_holds_for_the_chats_in_hand():
    got = concurrency.performance(90, [400, 500, 700], 9, patience_s=200)
    answered = 90 / 1800 * (1 - got.p_abandon)
    assert got.chats_per_agent * 9 == pytest.approx(answered * got.mean_aht_s, rel=SOLVED)
    assert 400 < got.mean_aht_s < 700
    assert got.chats_per_agent / 3 < got.occupancy < 1


def test_full_duration_for_every_chat_is_on_the_safe_side():
    # T46 with a chat of 480 s alone and 780 s at three: the chain needs one agent fewer.
    target = Target(0.90, awt_s=30)
    places = channels.chat_agents(120, 780, target, concurrency=3, interval_s=3600)
    chain = concurrency.fewest_agents(120, [480, 620, 780], target, interval_s=3600)
    assert (places, chain) == (12, 11)
    levels = [
        concurrency.performance(120, [480, 620, 780], n, interval_s=3600, awt_s=30)
        for n in (10, 11)
    ]
    assert levels[0].p_answered_within < 0.9 <= levels[1].p_answered_within


def test_a_queue_without_end_says_so_and_nobody_needs_no_agents():
    got = concurrency.performance(1000, [180], 9)
    assert (got.p_wait, got.mean_wait_s, got.p_answered_within) == (1.0, math.inf, 0.0)
    assert concurrency.fewest_agents(0, [300, 400], Target(0.8)) == 0
    crowd = concurrency.performance(100, [180], 3, patience_s=1e5)
    assert crowd.p_abandon == pytest.approx(0.7, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: concurrency.performance(1, 300, 4), "aht_s: expected a list"),
        (lambda: concurrency.performance(1, [], 4), "aht_s: expected a list"),
        (lambda: concurrency.performance(1, [300, 0], 4), "aht_s: expected finite seconds > 0"),
        (lambda: concurrency.performance(1, ["a"], 4), "aht_s: expected numbers"),
        (lambda: concurrency.performance(0, [300], 4), "volume: expected a finite number > 0"),
        (lambda: concurrency.performance([1, 2], [300], 4), "volume: expected one number"),
        (lambda: concurrency.performance(1, [300], 0), "agents: expected a whole number >= 1"),
        (lambda: concurrency.performance(1, [300], 2.5), "agents: expected a whole number"),
        (lambda: concurrency.performance(1, [300], 4, awt_s=-1), "awt_s: expected"),
        (lambda: concurrency.performance(1, [300], 4, patience_s=0), "patience_s: expected"),
        (lambda: concurrency.performance(1, [300] * 3, 400), "use channels.chat_performance"),
        (lambda: concurrency.fewest_agents(1, [300], Target(asa_s=9)), "asa_s is not known"),
        (lambda: concurrency.fewest_agents(1, [300], Target(0.8, rule="SL6")), "rule SL1, SL3"),
        (lambda: concurrency.fewest_agents(1, [300], Target(1.0)), "cannot be met"),
        (lambda: concurrency.fewest_agents(1, [300], Target()), "no limit is given"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
