"""Announced waits and call-backs: worked example, Erlang limits, a simulated queue, balance."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import callback, erlang

PRINTED = 1e-13  # worked examples print 15 digits
CHAIN = 1e-9  # log weights and a cut-off tail
OFFER = {"threshold_s": 60.0, "p_accept": 0.5}
quick = settings(max_examples=50, deadline=None)


def test_t37_announced_wait():
    assert callback.announced_wait(3, 14, 180) == pytest.approx(51.4285714285714, rel=PRINTED)
    got = callback.announced_wait(3, 14, 180, patience_s=120)
    assert got == pytest.approx(44.7880111067967, rel=PRINTED)
    many = callback.announced_wait([[0], [3]], [14, 7], 180)
    np.testing.assert_allclose(many, [[180 / 14, 180 / 7], [720 / 14, 720 / 7]], rtol=PRINTED)


@quick
@given(
    volume=st.floats(0.5, 300), aht_s=st.floats(20, 900), spare=st.integers(-5, 15),
    patience_s=st.one_of(st.just(math.inf), st.floats(10, 1000)), awt_s=st.floats(0, 200),
)  # fmt: skip
def test_where_nobody_accepts_the_queue_is_erlangs(volume, aht_s, spare, patience_s, awt_s):
    n = max(1, math.floor(volume * aht_s / 1800) + spare)
    options = {"patience_s": patience_s, "awt_s": awt_s}
    got = callback.plan([volume], aht_s, [n], threshold_s=60, p_accept=0.0, **options)
    want = erlang.performance(volume, aht_s, n, **options)
    assert got.p_wait[0] == pytest.approx(float(want.p_wait), rel=CHAIN, abs=1e-12)
    in_time = float(want.p_answered_in_awt)
    assert got.p_answered_in_awt[0] == pytest.approx(in_time, rel=CHAIN, abs=1e-11)
    assert got.occupancy[0] == pytest.approx(float(want.occupancy), rel=CHAIN)
    assert got.accepted[0] == got.beyond == 0


@pytest.mark.parametrize("patience_s", [math.inf, 240.0])
def test_a_simulated_queue_with_offers_agrees(patience_s):
    got = callback.plan([130], 180, [12], **OFFER, patience_s=patience_s)
    runs = np.array([
        oracles_beyond.simulated_call_back(
            130 / 1800, 180.0, 12, patience_s, **OFFER, contacts=20_000, seed=s
        )
        for s in range(8)
    ])  # fmt: skip
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    want = [got.p_offered[0], got.p_wait[0], got.p_answered_in_awt[0]]
    assert np.all(np.abs(runs.mean(axis=0) - want) < 4 * error)
    assert 0.1 < got.p_offered[0] < 0.9


@quick
@given(
    volume=st.lists(st.floats(0, 200), min_size=1, max_size=8), n=st.integers(0, 15),
    p_accept=st.floats(0, 1), p_reached=st.floats(0, 1),
    patience_s=st.one_of(st.just(math.inf), st.floats(30, 1000)),
)  # fmt: skip
def test_every_accepted_contact_comes_back_once(volume, n, p_accept, p_reached, patience_s):
    got = callback.plan(
        volume, 180, n, threshold_s=45, p_accept=p_accept, p_reached=p_reached,
        delay=[0.2, 0.5, 0.3], patience_s=patience_s,
    )  # fmt: skip
    back = got.call_backs.sum() + got.beyond
    assert back == pytest.approx(p_reached * got.accepted.sum(), rel=1e-12, abs=1e-12)
    np.testing.assert_allclose(
        got.load, (np.array(volume) - got.accepted + got.call_backs) / 10, rtol=1e-12, atol=1e-12
    )
    for share in (got.p_offered, got.p_wait, got.p_answered_in_awt):
        assert np.all((share >= 0) & (share <= 1 + 1e-12))
    assert np.all(got.accepted <= p_accept * np.array(volume) + 1e-12)


def test_the_offer_lowers_the_peak_and_loads_the_valley():
    volume, agents = [60, 110, 60, 60], [10, 12, 10, 10]
    none = callback.plan(volume, 180, agents, threshold_s=60, p_accept=0.0)
    some = callback.plan(volume, 180, agents, **OFFER)
    assert some.load[1] < none.load[1]
    assert some.load[2] > none.load[2]
    assert some.p_answered_in_awt[1] > none.p_answered_in_awt[1]
    assert some.p_answered_in_awt[2] < none.p_answered_in_awt[2]


def test_next_to_full_load_the_line_has_no_end_and_is_summed_to_it():
    got = callback.plan([99.9999], 180, [10], threshold_s=60, p_accept=0.0)
    want = erlang.performance(99.9999, 180, 10)
    assert got.p_wait[0] == pytest.approx(float(want.p_wait), rel=CHAIN)
    assert got.p_answered_in_awt[0] == pytest.approx(float(want.p_answered_in_awt), rel=CHAIN)


def test_offers_save_a_queue_that_would_never_end():
    volume = [140]  # 14 erlangs for 12 agents, nobody leaves
    lost = callback.plan(volume, 180, [12], threshold_s=60, p_accept=0.1)
    saved = callback.plan(volume, 180, [12], threshold_s=60, p_accept=0.5)
    assert lost.p_wait[0] == 1
    assert lost.p_answered_in_awt[0] == 0
    assert 0 < saved.p_answered_in_awt[0] < 1
    assert saved.load[0] < 12


def test_a_longer_call_back_weighs_more():
    short = callback.plan([110, 60], 180, 11, **OFFER)
    long = callback.plan([110, 60], 180, 11, **OFFER, call_back_aht_s=360)
    extra = long.load[1] - short.load[1]
    # A longer mean handle time also makes more people accept in the second interval.
    assert 0 < extra <= short.call_backs[1] * 180 / 1800


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: callback.announced_wait(-1, 14, 180), "ahead: expected a whole number"),
        (lambda: callback.announced_wait(1, 0, 180), "agents: expected a number > 0"),
        (lambda: callback.plan([5], 180, [5], threshold_s=60, p_accept=50), "was a percent"),
        (lambda: callback.plan([5], 180, [5], **OFFER, delay=[0.5]), "shares that sum to 1"),
        (lambda: callback.plan([5, 6], 180, [5], **OFFER), "lists of one length"),
        (lambda: callback.plan(5, 180, 5, **OFFER), "lists of one length"),
        (lambda: callback.plan([5], 180, [5.5], **OFFER), "agents: expected a whole number"),
        (lambda: callback.plan([5], [1, 2], [5], **OFFER), "aht_s: expected one number"),
        (lambda: callback.plan([5], 0, [5], **OFFER), "aht_s: expected finite seconds"),
        (lambda: callback.plan([5], 180, [5], threshold_s=1e9, p_accept=0.5), "beyond 200000"),
        (
            lambda: callback.plan([5e7], 180, [9], **OFFER, patience_s=1e6),
            "beyond 200000",
        ),
        (lambda: callback.plan([-5], 180, [5], **OFFER), "volume: expected a finite number"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
