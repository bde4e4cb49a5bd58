import numpy as np
import pandas as pd
import pytest

from wfm.errors import BadInput
from wfm.starter import starter

TZ = "America/New_York"


def history(open_hour, close_hour, weekdays, rate, *, minutes=30, aht=None, queues=("voice",)):
    grid = pd.date_range("2026-01-05", "2026-03-02", freq=f"{minutes}min", inclusive="left")
    inside = (grid.hour >= open_hour) & (grid.hour < close_hour) & grid.day_of_week.isin(weekdays)
    start = grid[inside].tz_localize(TZ)
    random = np.random.default_rng(3)
    parts = [
        pd.DataFrame({"queue": queue, "start": start, "offered": random.poisson(rate, len(start))})
        for queue in queues
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame if aht is None else frame.assign(aht_s=aht)


CENTRES = {
    "office hours": history(8, 17, range(5), 20, minutes=60),
    "long day": history(7, 21, range(5), 60),
    "round the clock": history(0, 24, range(7), 4),
    "four hours a day": history(9, 13, range(5), 6),
    "two queues": history(8, 18, range(6), 10, queues=("sales", "service")),
}


@pytest.mark.parametrize("centre", CENTRES)
def test_somebody_can_be_rostered_in_every_open_interval(centre):
    frame = CENTRES[centre]
    minutes = 60 if centre == "office hours" else 30
    made = starter(frame, timezone=TZ, interval_min=minutes).scenario
    day = np.zeros(2 * 1440, bool)
    for shift in made.shifts:
        for start in shift.starts:
            day[start : start + shift.length_min] = True
    covered = day[:1440] | day[1440:]
    busy = frame["start"].dt.hour * 60 + frame["start"].dt.minute
    assert covered[busy.unique()].all()


@pytest.mark.parametrize("centre", [name for name in CENTRES if name != "round the clock"])
def test_shifts_stay_inside_the_opening_hours_of_a_centre_that_closes(centre):
    frame = CENTRES[centre]
    minutes = 60 if centre == "office hours" else 30
    made = starter(frame, timezone=TZ, interval_min=minutes).scenario
    first = frame["start"].dt.hour.min() * 60
    last = (frame["start"].dt.hour * 60 + frame["start"].dt.minute).max() + minutes
    for shift in made.shifts:
        assert first <= shift.starts[0]
        assert shift.starts[-1] + shift.length_min <= last


def test_people_can_work_about_the_hours_that_are_needed():
    made = starter(CENTRES["long day"], timezone=TZ).scenario
    most = sum(c.max_week_h for p in made.people for c in made.contracts if c.name == p.contract)
    least = sum(c.min_week_h for p in made.people for c in made.contracts if c.name == p.contract)
    assert least < most
    load_hours = 60 * 240 / 1800 * 14 * 5  # erlangs x open hours a week
    assert load_hours < most < 3 * load_hours


def test_a_centre_too_large_for_a_first_look_is_planned_in_part():
    made = starter(history(8, 18, range(5), 100_000), timezone=TZ)
    assert 450 < len(made.scenario.people) < 600  # small groups need relatively more
    assert 0 < made.scenario.queues[0].share < 0.1
    assert "share of" in " ".join(made.assumptions)


def test_what_was_assumed_is_said():
    text = " ".join(starter(CENTRES["long day"], timezone=TZ).assumptions)
    assert "handle time 240 s" in text
    assert "80 % within 20 s" in text
    known = " ".join(starter(history(8, 17, range(5), 9, aht=200.0), timezone=TZ).assumptions)
    assert "handle time" not in known


def test_an_empty_or_silent_history_is_refused():
    frame = CENTRES["long day"]
    with pytest.raises(BadInput, match="empty"):
        starter(frame.head(0), timezone=TZ)
    with pytest.raises(BadInput, match="no contacts at all"):
        starter(frame.assign(offered=0), timezone=TZ)
