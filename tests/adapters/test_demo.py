import numpy as np
import pandas as pd
import pytest

from wfm import frames
from wfm.adapters import demo


@pytest.fixture(scope="module")
def history():
    return demo.demo_history()[0]


def test_the_voice_history_is_the_real_one_counted_by_half_hour(history):
    voice = history[history["queue"] == "voice"].set_index("start")["offered"]
    assert len(voice) == 4592
    # Sums of the six five-minute counts of the source, by hand.
    first = pd.Timestamp("2003-03-03 07:00", tz=demo.TIMEZONE)
    assert voice.loc[first] == 111 + 113 + 76 + 82 + 91 + 87
    assert voice.index.tz_convert(demo.TIMEZONE).hour.max() == 20
    assert set(voice.index.day_of_week) == {0, 1, 2, 3, 4}


def test_everything_generated_is_marked_and_said(history):
    marked = {queue.name for queue in demo.demo_scenario().queues if queue.synthetic}
    assert marked == {"chat", "email"}
    notes = " ".join(demo.demo_history()[1])
    assert "chat, email: synthetic" in notes
    assert "people: invented" in notes
    assert "assumed handle time" in notes


def test_the_same_seed_gives_the_same_centre_and_another_one_another(history):
    again = demo.demo_history()[0]
    pd.testing.assert_frame_equal(history, again)
    other = demo.demo_history(seed=1)[0]
    chat = other["queue"] == "chat"
    assert (other.loc[chat, "offered"].to_numpy() != history.loc[chat, "offered"].to_numpy()).any()
    assert demo.demo_people(seed=3) == demo.demo_people(seed=3) != demo.demo_people(seed=4)


def test_the_history_keeps_its_contract_and_its_opening_hours(history):
    frames.check("history", history)
    for queue in demo.demo_scenario().queues:
        if queue.hours:
            mine = history[history["queue"] == queue.name]
            assert set(mine["start"].dt.day_of_week) == set(queue.hours[0].weekdays)
            assert mine["start"].dt.strftime("%H:%M").min() == queue.hours[0].open
            assert mine["start"].dt.strftime("%H:%M").max() < queue.hours[0].close


def test_generated_counts_scatter_like_poisson_around_their_mean(history):
    chat = history[history["queue"] == "chat"]
    by_slot = chat.groupby([chat["start"].dt.day_of_week, chat["start"].dt.time])["offered"]
    ratio = by_slot.var() / by_slot.mean()
    assert 0.9 < np.median(ratio) < 2.0  # 1 is Poisson; the level wanders on top of it


def test_sixty_people_with_contracts_and_skills_of_the_scenario():
    scenario = demo.demo_scenario()
    assert len(scenario.people) == 60
    assert {person.contract for person in scenario.people} == {c.name for c in scenario.contracts}
    assert {skill for person in scenario.people for skill in person.skills} == {
        "voice", "chat", "email",
    }  # fmt: skip
