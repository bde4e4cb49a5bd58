"""The same shifts under another requirement."""

import math

import pandas as pd
import pytest

from wfm import roster

from .builders import demo

EXACT = 1e-9  # the same sums of the same whole steps


@pytest.fixture(scope="module")
def solved():
    scenario, requirement = demo(people=12, queues=("voice", "chat"))
    made = roster.solve(requirement, scenario, time_limit_s=3)
    return made, requirement, scenario


def test_an_unchanged_requirement_changes_nothing_but_the_bound(solved):
    made, requirement, scenario = solved
    held = roster.hold(made, requirement, scenario)
    for name in ("frame", "coverage", "unmet", "hours"):
        pd.testing.assert_frame_equal(getattr(held, name), getattr(made, name))
    assert held.objective == pytest.approx(made.objective, rel=EXACT)
    assert math.isnan(held.bound)
    assert math.isnan(held.gap)


def test_one_agent_more_everywhere_is_short_by_just_that(solved):
    made, requirement, scenario = solved
    wanted = requirement["scheduled"] > 0
    more = requirement.assign(scheduled=requirement["scheduled"] + wanted.astype("int64"))
    held = roster.hold(made, more, scenario)
    pd.testing.assert_frame_equal(held.frame, made.frame)
    before = made.coverage["unmet"].sum() - made.coverage["over"].sum()
    after = held.coverage["unmet"].sum() - held.coverage["over"].sum()
    assert after - before == pytest.approx(wanted.sum(), rel=EXACT)
    assert held.objective > made.objective
