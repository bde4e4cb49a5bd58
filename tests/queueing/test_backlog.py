import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm.queueing import backlog

WORK = st.lists(st.floats(0, 50), min_size=1, max_size=40).map(np.array)


@pytest.mark.parametrize(
    ("awt_s", "intervals"), [(0, 1), (1799, 1), (1800, 1), (3600, 2), (14400, 8)]
)
def test_the_deadline_is_counted_in_whole_intervals(awt_s, intervals):
    assert backlog.lag(awt_s, 1800) == intervals


@given(WORK, st.integers(1, 10), st.floats(0.2, 1.0))
def test_everything_is_on_time_with_the_agents_asked_for(come, intervals, share):
    agents = backlog.whole_agents(come, come, intervals=intervals, share=share)
    assert (backlog.on_time(agents * share, come, intervals=intervals) == 1).all()


@given(WORK, st.integers(1, 10))
def test_fewer_than_rounding_each_interval_up(come, intervals):
    agents = backlog.whole_agents(come, come, intervals=intervals, share=1.0)
    assert agents.sum() <= np.ceil(come - backlog.ROUNDING).sum() + 1
    assert (agents >= 0).all()


def test_without_agents_nothing_is_on_time_and_nothing_due_is_fully_served():
    come = np.array([2.0, 0.0, 1.0])
    assert backlog.on_time(np.zeros(3), come, intervals=2).tolist() == [0, 1, 0]


def test_first_in_first_out_by_hand():
    # two an hour can do 2; 3 come at once, due in the same hour: two thirds are in time
    assert backlog.on_time(np.array([2.0, 2.0]), np.array([3.0, 1.0]), intervals=1) == (
        pytest.approx([2 / 3, 1.0])
    )
