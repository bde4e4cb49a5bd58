"""Priority tiers: published waits, an exact chain for the distribution, and a simulated queue."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import oracles_beyond
from wfm.errors import BadInput
from wfm.queueing import erlang, tiers
from wfm.scenario import Target

PRINTED = 1e-12  # T38 prints 15 digits
SEVEN = 5e-8  # the reference of DESIGN.md prints 7 decimals of minutes
INVERTED = 1e-8  # what the numerical inversion promises
quick = settings(max_examples=40, deadline=None)


def test_t38_vip_and_others():
    got = tiers.performance([20, 80], 180, 14)
    np.testing.assert_allclose(got.mean_wait_s, [2.61197900392575, 9.14192651374012], rtol=PRINTED)
    pooled = 0.2 * got.mean_wait_s[0] + 0.8 * got.mean_wait_s[1]
    assert pooled == pytest.approx(7.83593701177724, rel=PRINTED)


def test_six_agents_of_three_minutes_make_the_published_waits():
    got = tiers.performance([15, 30], 180, 6)
    np.testing.assert_allclose(got.mean_wait_s / 60, [0.2811014, 1.1244055], atol=SEVEN)


@pytest.mark.parametrize("awt_s", [0.0, 5.0, 20.0, 90.0, 400.0])
@pytest.mark.parametrize(
    ("volume", "n"), [([20, 80], 14), ([10, 10, 30, 60], 12), ([5, 90, 5], 11), ([0, 50], 6)]
)
def test_the_share_in_time_agrees_with_the_chain(volume, n, awt_s):
    got = tiers.performance(volume, 180, n, awt_s=awt_s)
    rates = [v / 1800 for v in volume]
    for k in range(len(volume)):
        want = 1 - oracles_beyond.tier_waits_longer(rates, 180, n, awt_s, k)
        assert got.p_answered_within[k] == pytest.approx(want, abs=INVERTED)


def test_the_first_tier_waits_an_exponential_time():
    got = tiers.performance([20, 80], 180, 14, awt_s=20)
    want = 1 - float(got.p_wait) * math.exp(-(14 - 2) * 20 / 180)
    assert got.p_answered_within[0] == pytest.approx(want, abs=INVERTED)


def test_waits_agree_with_a_simulated_queue():
    rates = np.array([10, 20, 40, 30]) / 1800
    got = tiers.performance([10, 20, 40, 30], 180, 11).mean_wait_s
    runs = np.array(
        [oracles_beyond.simulated_tiers(list(rates), 180.0, 11, 60_000, seed=s) for s in range(8)]
    )
    error = runs.std(axis=0, ddof=1) / math.sqrt(len(runs))
    assert np.all(np.abs(runs.mean(axis=0) - got) < 4 * error)
    assert np.all(error < 0.1 * got)


@quick
@given(
    volume=st.lists(st.floats(0.1, 80), min_size=1, max_size=5), aht_s=st.floats(20, 600),
    spare=st.integers(1, 8), awt_s=st.floats(0, 200),
)  # fmt: skip
def test_order_of_service_moves_waits_and_creates_none(volume, aht_s, spare, awt_s):
    n = math.floor(sum(volume) * aht_s / 1800) + spare
    got = tiers.performance(volume, aht_s, n, awt_s=awt_s)
    pooled = erlang.performance(sum(volume), aht_s, n, awt_s=awt_s)
    shares = np.array(volume) / sum(volume)
    assert (shares * got.mean_wait_s).sum() == pytest.approx(float(pooled.mean_wait_s), rel=1e-9)
    assert np.all(np.diff(got.mean_wait_s) >= 0)
    assert np.all(np.diff(got.p_answered_within) <= 2 * INVERTED)
    if len(volume) == 1:
        want = float(pooled.p_answered_within("SL4"))
        assert got.p_answered_within[0] == pytest.approx(want, abs=INVERTED)


def test_a_tier_beyond_the_agents_waits_for_ever_and_better_ones_do_not():
    got = tiers.performance([50, 80], 180, 10, awt_s=60)
    assert got.p_wait == 1
    assert got.mean_wait_s[0] == pytest.approx(18 / (1 - 0.5), rel=PRINTED)
    assert got.mean_wait_s[1] == math.inf
    assert got.p_answered_within[1] == 0 < got.p_answered_within[0]


@quick
@given(
    volume=st.tuples(st.floats(0.5, 100), st.floats(0.5, 300)), aht_s=st.floats(30, 400),
    level=st.tuples(st.floats(0.3, 0.98), st.floats(0.3, 0.9)),
)  # fmt: skip
def test_one_agent_fewer_misses_a_tier(volume, aht_s, level):
    targets = (Target(level[0], awt_s=10), Target(level[1], awt_s=60, asa_s=90.0))
    n = int(tiers.fewest_agents(volume, aht_s, targets))

    def met(agents):
        got = tiers.performance(volume, aht_s, agents, awt_s=[10, 60])
        good = np.all(got.p_answered_within >= np.array(level) - 1e-12)
        return bool(good and got.mean_wait_s[1] <= 90 * (1 + 1e-12))

    assert met(n)
    assert n == 1 or not met(n - 1)


def test_one_tier_is_sized_as_a_queue():
    volume = np.array([[0.0], [30.0], [100.0], [900.0]])
    target = Target(0.80, awt_s=20)
    want = erlang.fewest_agents(volume[:, 0], 180, target)
    assert tiers.fewest_agents(volume, 180, [target]).tolist() == want.tolist()


def test_a_floor_target_protects_the_lowest_tier():
    vip = Target(asa_s=60.0)
    alone = int(tiers.fewest_agents([20, 80], 180, (vip, None)))
    assert tiers.performance([20, 80], 180, alone).mean_wait_s[1] == math.inf
    floor = int(tiers.fewest_agents([20, 80], 180, (vip, Target(asa_s=600.0))))
    assert alone < floor
    assert tiers.performance([20, 80], 180, floor).mean_wait_s[1] <= 600


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: tiers.performance(100, 180, 14), "one number a tier along the last axis"),
        (lambda: tiers.performance([1, -1], 180, 14), "volume: expected a finite number >= 0"),
        (lambda: tiers.performance([1, 2], 180, -1), "agents: expected"),
        (lambda: tiers.performance([1, 2], 180, 3, awt_s=[1, 2, 3]), "does not broadcast"),
        (lambda: tiers.fewest_agents([1, 2], 180, [Target(0.8)]), "one for each of 2 tiers"),
        (lambda: tiers.fewest_agents([1], 180, [Target(abandonment=0.1)]), "nobody leaves"),
        (lambda: tiers.fewest_agents([1], 180, [Target(1.0)]), "cannot be met"),
        (lambda: tiers.fewest_agents([1], 180, [Target()]), "no limit is given"),
        (lambda: tiers.compare_groups([1, 2], 180, [Target(0.8), None]), "needs a target"),
    ],
)
def test_bad_input_is_named(call, text):
    with pytest.raises(BadInput, match=text):
        call()
