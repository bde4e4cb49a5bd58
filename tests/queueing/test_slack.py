"""Which limits are kept: judged alike by the kernel and by every model beside it."""

import math

import numpy as np
import pytest

from wfm.queueing import _slack, erlang
from wfm.scenario import Target

# Ten times inside and outside of the kernel's tolerance, beyond rounding of a level near 1.
JUST, TOO_FAR = 1e-13, 1e-11


def kept(target, **values):
    one = _slack.kept(target, mean_wait_s=1.0, **values)
    assert list(one) == list(target.limits)
    return [bool(good) for good in one.values()]


@pytest.mark.parametrize("name", ["asa_s", "abandonment", "occupancy", "blocking"])
def test_a_limit_is_kept_up_to_a_share_of_itself(name):
    for limit in (1e-9, 0.03, 0.7):
        target = Target(**{name: limit})
        assert kept(target, **{name: limit * (1 + JUST)}) == [True]
        assert kept(target, **{name: limit * (1 + TOO_FAR)}) == [False]


def test_a_service_level_is_kept_up_to_a_share_of_what_fails():
    high, low = Target(0.999), Target(1e-6)
    assert kept(high, service_level=1 - 1e-3 * (1 + JUST)) == [True]
    # An absolute tolerance of 1e-12 would let this pass.
    assert kept(high, service_level=1 - 1e-3 * (1 + 1e-10)) == [False]
    assert kept(low, service_level=1e-6 * (1 - JUST)) == [True]
    assert kept(low, service_level=1e-6 * (1 - 1e-10)) == [False]


def test_a_queue_without_end_and_a_value_of_nan_keep_nothing():
    target = Target(0.5, occupancy=1.0)
    got = _slack.kept(
        target, mean_wait_s=[1, math.inf, 1], service_level=[0.9, 0.9, math.nan], occupancy=1.0
    )
    assert got["service_level"].tolist() == [True, False, False]
    assert got["occupancy"].tolist() == [True, False, True]
    every = _slack.meets(target, mean_wait_s=[1, 1], service_level=[0.4, 0.6], occupancy=0.9)
    assert every.tolist() == [False, True]


def test_limits_at_their_ends():
    assert kept(Target(asa_s=math.inf), asa_s=1e9) == [True]
    assert kept(Target(abandonment=0.0), abandonment=0.0) == [True]
    assert kept(Target(abandonment=0.0), abandonment=1e-300) == [False]
    assert kept(Target(0.0), service_level=0.0) == [True]
    assert kept(Target(1.0), service_level=1.0) == [True]
    assert kept(Target(1.0), service_level=1 - 1e-15) == [False]


def test_slack_turns_where_the_kernel_does():
    volume, limits = np.geomspace(1, 5000, 40), {"lines": 6000, "patience_s": 90.0}
    target = Target(0.9, asa_s=9.0, abandonment=0.04, occupancy=0.93, blocking=0.02)
    x = erlang.fractional_agents(volume, 200, target, **limits)
    for away, sign in ((1e-9, 1), (-1e-9, -1)):
        figures = erlang.performance(volume, 200, x * (1 + away), **limits)
        assert np.all(np.sign(_slack.slack(figures, target)) == sign)
