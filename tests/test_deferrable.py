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


@given(
    st.lists(st.floats(0, 20), min_size=1, max_size=60), st.integers(1, 8),
    st.sampled_from([1.0, 0.85]), st.sampled_from([0.0, 0.12, 0.3, 0.6]),
)  # fmt: skip
def test_on_duty_is_never_below_on_seat_and_the_cap_holds_in_each_interval(
    amounts, awt_h, cap, shrinkage
):
    load = np.array(amounts)
    sized = deferrable.size(
        load, np.ones(len(load), bool), awt_s=awt_h * HOUR, interval_s=HOUR, occupancy=cap,
        shrinkage=shrinkage,
    )  # fmt: skip
    assert (sized.scheduled >= sized.whole).all()
    assert (sized.occupancy <= cap + 1e-9).all()


def test_one_agent_less_leaves_the_share_that_the_hand_counts():
    load, working = np.array([3.0, 1.0]), np.ones(2, bool)
    whole = np.array([3, 1])
    got = deferrable.on_time_with_one_less(load, working, whole, awt_s=HOUR, interval_s=HOUR)
    # first: 2 of 3 in time, and the one left over takes the place of the next; then 0 of 1
    assert got == pytest.approx([0.0, 0.0])
    got = deferrable.on_time_with_one_less(
        np.array([3.0, 0.0]), working, np.array([3, 0]), awt_s=HOUR, interval_s=HOUR
    )
    assert got[0] == pytest.approx(2 / 3)
    assert np.isnan(got[1])


@pytest.mark.parametrize("shrinkage", [0.0, 0.12, 0.3])
def test_shrinkage_does_not_round_on_seat_up_in_every_interval(shrinkage):
    load = np.full(20, 1.3)
    sized = deferrable.size(
        load, np.ones(20, bool), awt_s=4 * HOUR, interval_s=HOUR, shrinkage=shrinkage
    )
    assert 26 <= sized.whole.sum() <= 28
    assert (sized.on_time == 1).all()
