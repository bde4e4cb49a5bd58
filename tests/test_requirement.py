import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wfm import requirement
from wfm.errors import BadInput
from wfm.queueing import erlang
from wfm.scenario import OpeningHours, Queue, Scenario, Target

START = pd.Timestamp("2026-03-02 08:00", tz="Europe/Berlin")
BANDS = ("p2_5", "p10", "p50", "p90", "p97_5")


def forecast(volume, aht_s, queue="voice", minutes=30):
    volume = np.asarray(volume, float)
    frame = pd.DataFrame({
        "queue": queue,
        "start": pd.date_range(START, periods=len(volume), freq=f"{minutes}min"),
        "volume": volume,
        "aht_s": np.broadcast_to(np.asarray(aht_s, float), volume.shape),
    })  # fmt: skip
    return frame.assign(**dict.fromkeys(BANDS, volume))


def scenario(*queues, interval_min=30):
    return Scenario("test", "Europe/Berlin", queues, interval_min=interval_min)


def size_one(volume, handle_s, *, minutes=30, **queue):
    made = Queue("voice", queue.pop("target", Target(0.80, awt_s=20)), **queue)
    return requirement.size(
        forecast(volume, handle_s, minutes=minutes), scenario(made, interval_min=minutes)
    )


def test_the_standard_case_needs_14_on_seat_and_20_scheduled():
    # worked example T6 and T3
    row = size_one([100], 180, shrinkage=0.30).frame.iloc[0]
    assert (row["agents_rounded"], row["scheduled"]) == (14, 20)
    assert row["agents"] == pytest.approx(13.0372064664078, rel=1e-9)  # T27
    assert row["p_answered_within"] == pytest.approx(0.888350019179467, rel=1e-9)
    assert row["occupancy"] == pytest.approx(0.714285714285714, rel=1e-9)


def test_the_trap_of_floats_does_not_schedule_one_more():
    assert requirement.gross_up([21, 70, 14], 0.30).tolist() == [30, 100, 20]


@given(st.integers(0, 5000), st.integers(0, 99))
def test_gross_up_is_the_least_whole_number_that_leaves_enough(agents, percent):
    scheduled = int(requirement.gross_up(agents, percent / 100))
    assert scheduled * (100 - percent) >= agents * 100  # in whole numbers: exact
    assert (scheduled - 1) * (100 - percent) < agents * 100


def test_chat_is_sized_on_places():
    # worked example T46: 120 chats an hour, 780 s at concurrency 3, 90 % within 30 s
    made = Queue("voice", Target(0.90, awt_s=30), channel="chat", concurrency=3)
    row = requirement.size(
        forecast([120], 780, minutes=60), scenario(made, interval_min=60)
    ).frame.iloc[0]
    assert row["agents_rounded"] == 12
    assert row["p_answered_within"] == pytest.approx(0.970944030691805, rel=1e-9)


@pytest.mark.parametrize(("hours", "agents"), [(1, 5), (2, 3), (3, 3), (4, 2)])
def test_email_work_is_done_by_its_deadline_with_the_fewest_hours(hours, agents):
    # worked example T45 gives the fewest constant agents; a plan that may vary never needs more
    mails = [40, 60, 20, 10, 0, 0]
    open_all = (OpeningHours((0,), "08:00", "14:00"),)
    made = Queue("voice", Target(awt_s=hours * 3600), channel="email", hours=open_all)
    frame = requirement.size(
        forecast(mails, 300, minutes=60), scenario(made, interval_min=60)
    ).frame
    staffed = frame["agents_rounded"].to_numpy()
    assert (frame["p_answered_within"].dropna() == 1).all()
    assert sum(mails) * 300 / 3600 <= staffed.sum() <= agents * len(mails)


def test_email_is_not_rounded_up_in_every_interval():
    made = Queue("voice", Target(awt_s=4 * 3600), channel="email")
    frame = requirement.size(forecast([7.8] * 20, 300), scenario(made)).frame  # 1.3 erlangs
    assert 26 <= frame["agents_rounded"].sum() <= 28
    assert set(frame["agents_rounded"]) <= {0, 1, 2}
    assert (frame["p_answered_within"] == 1).all()


def test_email_that_comes_late_is_worked_the_next_day_and_never_while_closed():
    hours = (OpeningHours((0, 1), "08:00", "12:00"),)
    made = Queue("voice", Target(awt_s=2 * 3600), channel="email", hours=hours)
    mails = np.zeros(48)
    mails[3] = mails[24] = 24  # 11:00-12:00, the last open hour, and 8:00 the next day
    frame = requirement.size(
        forecast(mails, 300, minutes=60), scenario(made, interval_min=60)
    ).frame
    local = frame["start"].dt.hour
    shut = (local < 8) | (local >= 12) | (frame["start"].dt.day_of_week > 1)
    assert (frame.loc[shut, "agents_rounded"] == 0).all()
    assert frame["agents_rounded"].sum() == 4
    assert (frame["p_answered_within"].dropna() == 1).all()


def test_nothing_expected_needs_nobody_and_predicts_nothing():
    frame = size_one([0, 100], [math.nan, 180]).frame
    assert frame["agents_rounded"].tolist() == [0, 14]
    assert math.isnan(frame["p_answered_within"].iloc[0])


def test_patience_known_means_erlang_a_which_needs_fewer():
    impatient = size_one([100], 180, patience_s=60).frame["agents_rounded"].iloc[0]
    assert impatient < 14
    assert impatient == erlang.fewest_agents(100, 180, Target(0.80, awt_s=20), patience_s=60)


def test_this_centre_serves_only_its_share():
    half = size_one([200], 180, share=0.5).frame
    assert half["volume"].tolist() == [100]
    assert half["agents_rounded"].tolist() == [14]


def test_an_occupancy_cap_holds_in_every_interval():
    frame = size_one([50, 500, 5000], 180, target=Target(0.5, occupancy=0.85)).frame
    assert (frame["occupancy"] <= 0.85 + 1e-9).all()


def test_the_history_is_asked_before_the_scenario_for_a_handle_time():
    frame = size_one([100, 100], [math.nan, 180], aht_s=360).frame
    assert frame["aht_s"].tolist() == [360, 180]


def test_several_queues_keep_their_own_targets():
    both = pd.concat([forecast([100], 180, "a"), forecast([100], 180, "b")])
    frame = requirement.size(
        both, scenario(Queue("a", Target(0.80)), Queue("b", Target(0.99)))
    ).frame.set_index("queue")
    assert frame.loc["b", "agents_rounded"] > frame.loc["a", "agents_rounded"]


def test_effort_adds_up_by_hand():
    effort = size_one([100, 100, 0], [180, 180, 180], shrinkage=0.30).effort()
    assert (effort.peak_agents, effort.agent_hours, effort.scheduled_hours) == (14, 14.0, 20.0)
    assert effort.fte == pytest.approx(20 / 40)


def test_the_roster_reaches_what_its_people_give():
    sized = size_one([100, 100, 100, 0], 180, shrinkage=0.0)
    coverage = sized.frame[["queue", "start"]].assign(on_seat=[14.0, 13.5, 0.0, 5.0])
    reached = requirement.reached(sized, coverage, scenario(Queue("voice", Target(0.80))))
    got = reached["p_rostered"].tolist()
    assert got[0] == pytest.approx(0.888350019179467, rel=1e-9)
    assert got[1] == pytest.approx((0.795594788417783 + 0.888350019179467) / 2, rel=1e-9)
    assert got[2] == 0
    assert math.isnan(got[3])


WRONG = {
    "negative volume": (forecast([5, -1], 180), "1 rows have a volume.*got -1"),
    "volume not a number": (forecast([math.nan], 180), "1 rows have a volume"),
    "infinite volume": (forecast([math.inf], 180), "1 rows have a volume"),
    "no handle time": (
        forecast([5], math.nan),
        "no handle time above 0 s where contacts come, in 1",
    ),
    "zero handle time": (forecast([5], 0), "no handle time above 0 s where contacts come, in 1"),
    "unknown queue": (forecast([5], 180, "fax"), "no queue 'fax'"),
    "empty": (forecast([], 180), "empty"),
    "not a forecast": (pd.DataFrame({"a": [1]}), "missing columns"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_forecast_that_cannot_be_sized_is_explained(case):
    frame, words = WRONG[case]
    with pytest.raises(BadInput, match=words):
        requirement.size(frame, scenario(Queue("voice", Target(0.80))))


def test_a_target_nobody_can_meet_is_explained():
    with pytest.raises(BadInput):
        size_one([100], 180, target=Target(1.0, awt_s=20))


@pytest.mark.parametrize("shrinkage", [1.0, 30, -0.1, math.nan])
def test_a_wrong_shrinkage_is_refused(shrinkage):
    with pytest.raises(BadInput, match="shrinkage"):
        requirement.gross_up([10], shrinkage)
