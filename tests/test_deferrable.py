import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm import deferrable
from wfm.errors import BadInput

HOUR = 3600.0


@given(
    st.lists(st.tuples(st.floats(0, 20), st.booleans()), min_size=1, max_size=60),
    st.integers(1, 8),
    st.sampled_from([1.0, 0.85]),
)
def test_all_work_is_done_and_in_time_whenever_it_comes(intervals, awt_h, cap):
    load = np.array([amount for amount, _ in intervals])
    working = np.array([is_open for _, is_open in intervals])
    if load.any() and not working.any():
        with pytest.raises(BadInput, match="no interval is open"):
            deferrable.size(load, working, awt_s=awt_h * HOUR, interval_s=HOUR)
        return
    sized = deferrable.size(
        load, working, awt_s=awt_h * HOUR, interval_s=HOUR, occupancy=cap, shrinkage=0.2
    )
    assert sized.agents.sum() * cap == pytest.approx(load.sum(), rel=1e-9, abs=1e-9)
    assert sized.whole.sum() * cap >= load.sum() - 1e-6
    assert sized.scheduled.sum() * cap * 0.8 >= load.sum() - 1e-6
    for people in (sized.agents, sized.whole, sized.scheduled):
        assert (people[~working] == 0).all()
    assert (sized.on_time[load > 0] == 1).all()
    assert (sized.occupancy <= cap + 1e-12).all()


def test_what_comes_at_night_is_worked_in_the_morning():
    load = np.zeros(48)
    load[2] = load[20] = 3.0  # 02:00, and 20:00 after closing
    working = np.zeros(48, bool)
    working[8:18] = working[32:42] = True
    sized = deferrable.size(load, working, awt_s=2 * HOUR, interval_s=HOUR)
    assert sized.whole[8:10].sum() == 3
    assert sized.whole[32:34].sum() == 3
    assert sized.whole.sum() == 6


def test_what_comes_after_the_last_opening_waits_when_the_plan_begins():
    load = np.array([0.0, 0.0, 0.0, 2.0])
    working = np.array([True, True, True, False])
    assert deferrable.size(load, working, awt_s=HOUR, interval_s=HOUR).whole.tolist() == [
        2,
        0,
        0,
        0,
    ]


def test_no_work_needs_nobody():
    sized = deferrable.size(np.zeros(3), np.zeros(3, bool), awt_s=HOUR, interval_s=HOUR)
    assert sized.whole.tolist() == [0, 0, 0]
