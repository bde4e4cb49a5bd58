import math

import numpy as np
import pytest

from wfm.errors import BadInput
from wfm.queueing import callback, callback_agents, erlang
from wfm.scenario import CallBack, Target

GOAL = Target(0.80, awt_s=20)
VOLUME = np.array([60.0, 110.0, 60.0, 20.0, 90.0])
CLOSE = 1e-12  # two walks over the same intervals: rounding only


@pytest.mark.parametrize("patience_s", [math.inf, 120.0])
def test_the_walk_is_the_plan_of_call_backs(patience_s):
    offer = CallBack(60, 0.5, delay=(0.25, 0.75), p_reached=0.9, aht_s=150.0)
    day = callback_agents.fewest_agents(VOLUME, 180.0, GOAL, offer, patience_s=patience_s)
    same = callback.plan(
        VOLUME, 180.0, day.agents, threshold_s=60, p_accept=0.5, delay=(0.25, 0.75),
        p_reached=0.9, call_back_aht_s=150.0, patience_s=patience_s,
    )  # fmt: skip
    np.testing.assert_allclose(day.p_answered_in_awt, same.p_answered_in_awt, rtol=CLOSE)
    np.testing.assert_allclose(day.call_backs, same.call_backs, rtol=CLOSE)
    np.testing.assert_allclose(day.occupancy, same.occupancy, rtol=CLOSE)


def test_one_agent_less_in_an_interval_misses_the_target_there():
    day = callback_agents.fewest_agents(VOLUME, 180.0, GOAL, CallBack(60, 0.5))
    assert (day.p_answered_in_awt >= 0.8).all()
    assert (day.p_answered_in_awt_less < 0.8).all()
    for i in range(len(VOLUME)):
        staff = day.agents.copy()
        staff[i] -= 1
        less = callback_agents.performance(VOLUME, 180.0, staff, GOAL, CallBack(60, 0.5))
        assert less.p_answered_in_awt[i] == pytest.approx(day.p_answered_in_awt_less[i], rel=CLOSE)


def test_an_offer_nobody_takes_is_erlang_c():
    day = callback_agents.fewest_agents(VOLUME, 180.0, GOAL, CallBack(60, 0.0))
    assert day.agents.tolist() == erlang.fewest_agents(VOLUME, 180.0, GOAL).tolist()


def test_without_contacts_nobody_is_needed():
    day = callback_agents.fewest_agents([0.0, 0.0], 180.0, GOAL, CallBack(60, 0.5))
    assert day.agents.tolist() == [0, 0]


def test_what_cannot_be_sized_is_refused():
    with pytest.raises(BadInput, match="service_level"):
        callback_agents.fewest_agents(VOLUME, 180.0, Target(asa_s=20), CallBack(60, 0.5))
    with pytest.raises(BadInput, match="consecutive"):
        callback_agents.fewest_agents(60.0, 180.0, GOAL, CallBack(60, 0.5))
    with pytest.raises(BadInput, match="agents"):
        callback_agents.performance(VOLUME, 180.0, 9.5, GOAL, CallBack(60, 0.5))


def test_call_backs_due_after_the_last_interval_are_told():
    offer = CallBack(0, 1.0, delay=(0.25, 0.75))
    day = callback_agents.performance([100.0], 240.0, [4], GOAL, offer)
    whole = callback.plan([100.0, 0, 0], 240.0, [4, 4, 4], threshold_s=0, p_accept=1.0,
                          delay=(0.25, 0.75))  # fmt: skip
    np.testing.assert_allclose(day.beyond, whole.call_backs[1:], rtol=CLOSE)
    assert day.beyond.sum() > 50


def test_call_backs_due_at_the_beginning_are_work_like_those_of_an_interval_before():
    offer = CallBack(0, 1.0)
    both = callback_agents.fewest_agents([100.0, 60.0], 240.0, GOAL, offer)
    later = callback_agents.fewest_agents([60.0], 240.0, GOAL, offer, due=[both.call_backs[1]])
    assert later.agents[0] == both.agents[1] > callback_agents.fewest_agents(
        [60.0], 240.0, GOAL, offer
    ).agents[0]  # fmt: skip
    with pytest.raises(BadInput, match="due"):
        callback_agents.fewest_agents([60.0], 240.0, GOAL, offer, due=[-1.0])
