"""Outbound goals, spare agents, and blending with a reserve, against a simulated floor."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import blending, erlang, outbound
from wfm.scenario import Target

PRINTED = 1e-12  # worked examples print 15 digits
CLOSED = 1e-9  # sums of exponentials of log weights
TARGET = Target(0.80, awt_s=20)
T41 = {
    "p_connect": 0.35, "p_right_party": 0.60, "p_success": 0.12, "dial_s": 25, "connect_s": 20,
    "right_party_s": 150, "success_s": 90, "occupancy": 0.85,
}  # fmt: skip
quick = settings(max_examples=60, deadline=None)


def test_t41_dials_and_hours():
    got = outbound.campaign(500, **T41)
    assert got.dials == pytest.approx(19841.2698412698, rel=PRINTED)
    assert got.connects == pytest.approx(6944.44444444445, rel=PRINTED)
    assert got.right_parties == pytest.approx(4166.66666666667, rel=PRINTED)
    assert got.work_h == pytest.approx(362.477954144621, rel=PRINTED)
    assert got.agent_h == pytest.approx(426.444651934848, rel=PRINTED)


@quick
@given(
    scheduled=st.integers(0, 200), requirement=st.floats(0, 150), shrinkage=st.floats(0, 0.6),
    reserve=st.integers(0, 10),
)  # fmt: skip
def test_inbound_always_keeps_its_requirement_and_the_reserve(
    scheduled, requirement, shrinkage, reserve
):
    spare = int(outbound.spare_agents(scheduled, requirement, shrinkage=shrinkage, reserve=reserve))
    left = scheduled * (1 - shrinkage) - spare
    assert spare == 0 or left >= requirement + reserve - 1e-6
    more = left - 1
    assert more < requirement + reserve  # one more for outbound would take from inbound


def test_rounding_does_not_lose_an_agent():
    # 50 * (1 - 0.34) is just below 33 in floating point.
    assert outbound.spare_agents(50, 30, shrinkage=0.34) == 3


def test_without_outbound_the_queue_is_erlang_c():
    n = np.arange(11, 40)
    got = blending.blend(100, 180, n, reserve=n)
    want = erlang.performance(100, 180, n)
    np.testing.assert_allclose(got.p_wait, want.p_wait, rtol=CLOSED)
    np.testing.assert_allclose(got.mean_wait_s, want.mean_wait_s, rtol=CLOSED)
    np.testing.assert_allclose(got.p_answered_within, want.p_answered_within("SL4"), rtol=CLOSED)
    assert np.all(got.outbound_h == 0)


def test_without_reserve_everybody_is_always_busy():
    got = blending.blend(100, 180, 14, reserve=0)
    assert got.p_wait == pytest.approx(1.0, rel=CLOSED)
    assert got.occupancy == pytest.approx(1.0, rel=CLOSED)
    assert got.outbound_h == pytest.approx(4 * 20, rel=CLOSED)


@pytest.mark.parametrize("reserve", [1, 3])
def test_a_blend_agrees_with_a_simulated_floor(reserve):
    got = blending.blend(100, 180, 14, reserve=reserve)
    runs = np.array([
        oracles_beyond.simulated_blend(100 / 1800, 180.0, 14, reserve, 40_000, seed=s)
        for s in range(8)
    ])  # fmt: skip
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    want = [float(got.mean_wait_s), float(got.outbound_h) / 3600]
    assert np.all(np.abs(runs.mean(axis=0) - want) < 4 * error)
    assert np.all(error < 0.05 * np.array(want))


@quick
@given(volume=st.floats(0, 900), spare=st.integers(1, 60), aht_s=st.floats(20, 900))
def test_a_larger_reserve_serves_inbound_better_and_outbound_less(volume, spare, aht_s):
    n = math.floor(volume * aht_s / 1800) + spare
    got = blending.blend(volume, aht_s, n, reserve=np.arange(n + 1))
    assert np.all(np.diff(got.p_wait) <= 1e-12)
    assert np.all(np.diff(got.outbound_h) <= 1e-6)
    load = volume * aht_s / 1800
    busy = load + got.outbound_h * aht_s / 3600
    np.testing.assert_allclose(got.occupancy, busy / n, rtol=1e-9, atol=1e-12)


@quick
@given(volume=st.floats(1, 300), more=st.integers(0, 20))
def test_the_least_reserve_keeps_the_target_and_one_less_does_not(volume, more):
    target = Target(0.80, awt_s=20, asa_s=30.0)
    n = int(erlang.fewest_agents(volume, 180, target)) + more
    reserve = blending.least_reserve(volume, 180, n, target)

    def met(r):
        got = blending.blend(volume, 180, n, reserve=r)
        return got.p_answered_within >= 0.8 - 1e-12 and got.mean_wait_s <= 30 * (1 + 1e-12)

    assert met(reserve)
    assert reserve == 0 or not met(reserve - 1)


def test_large_groups_do_not_overflow():
    got = blending.blend([5, 9000], 180, [900, 950], reserve=[900, 5])
    assert np.all(np.isfinite(got.p_wait))
    assert got.p_wait[0] == 0 < got.p_wait[1] < 1


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: outbound.campaign(500, **{**T41, "p_connect": 35}), "was a percent passed"),
        (lambda: outbound.campaign(500, **{**T41, "p_success": 0}), "p_success: expected"),
        (lambda: outbound.campaign(-5, **T41), "successes: expected a finite number >= 0"),
        (lambda: outbound.spare_agents(20, 14, shrinkage=1.2), "shrinkage: expected"),
        (lambda: outbound.spare_agents([1, 2], [1, 2, 3]), "do not broadcast"),
        (lambda: blending.blend(100, 180, 10, reserve=0), "more than the inbound load"),
        (lambda: blending.blend(100, 180, 14, reserve=15), "reserve: expected at most agents"),
        (lambda: blending.blend(100, 180, 14.5, reserve=1), "agents: expected a whole number"),
        (lambda: blending.least_reserve(100, 180, 12, TARGET), "inbound alone needs 14"),
        (lambda: blending.least_reserve(1, 1, 9, Target(occupancy=0.9)), "no meaning for a blend"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
