"""A forecast of some weeks: campaigns added, past ones not learned from, cleaning told."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

import forecasts
from forecasts import Campaign
from tests.test_plan import TZ, history
from wfm import expected
from wfm.errors import BadInput
from wfm.queues import OpeningHours

BEGIN = pd.Timestamp("2026-02-16", tz=TZ)
END = pd.Timestamp("2026-02-23", tz=TZ)
EXACT = 1e-9  # sums of the same numbers in another order


def bills(start, contacts=300.0, **more):
    fields = {"lag": (0.5, 0.5), "split": {"voice": 1.0}, **more}
    return Campaign("bills", "mailing", start, 1, (contacts,) * 3, **fields)


def of(frame, **more):
    return expected.expect(frame, begin=BEGIN, end=END, interval_min=30, **more)


def test_a_campaign_adds_exactly_its_contacts_on_its_days():
    plain = of(history())
    with_it = of(history(), register=[bills(dt.date(2026, 2, 17))])
    more = with_it.frame["volume"] - plain.frame["volume"]
    by_day = more.groupby(with_it.frame["start"].dt.day).sum()
    assert by_day[[17, 18]].tolist() == pytest.approx([150.0, 150.0], rel=EXACT)
    assert more.sum() == pytest.approx(300.0, rel=EXACT)
    assert with_it.extra["extra"].sum() == pytest.approx(300.0, rel=EXACT)
    assert "300 of its 300 contacts" in " ".join(with_it.notes)


def test_a_campaign_of_a_closed_day_comes_on_the_next_open_one():
    saturday, hours = dt.date(2026, 2, 14), (OpeningHours((0, 1, 2, 3, 4), "08:00", "18:00"),)
    made = of(history(), register=[bills(saturday, lag=(1.0,))], hours={"voice": hours})
    days = made.extra.groupby(made.extra["start"].dt.day)["extra"].sum()
    assert days.index.tolist() == [16]
    assert days.iloc[0] == pytest.approx(300.0, rel=EXACT)


def test_a_past_campaign_is_not_taken_for_the_level():
    day = dt.date(2026, 2, 10)
    frame = history()
    touched = frame["start"].dt.date.isin([day, day + dt.timedelta(days=1)])
    frame["offered"] = np.where(touched, frame["offered"] * 1.5, frame["offered"])
    told = of(frame, register=[bills(day)]).frame["volume"].sum()
    untold = of(frame).frame["volume"].sum()
    truth = of(history()).frame["volume"].sum()
    assert abs(told - truth) < abs(untold - truth)


def test_days_ahead_of_a_running_campaign_are_no_events():
    running = bills(dt.date(2026, 2, 12), lag=(0.2,) * 5)
    days = expected.past_events(None, [running], pd.Timestamp("2026-02-13 17:30", tz=TZ))
    assert days["end"].tolist() == [pd.Timestamp("2026-02-13")]
    assert expected.past_events(None, [running], pd.Timestamp("2026-02-11", tz=TZ)) is None


def test_events_and_past_campaigns_are_both_kept():
    events = pd.DataFrame({"start": ["2026-01-20"], "end": ["2026-01-20"], "name": ["strike"]})
    both = expected.past_events(
        events, [bills(dt.date(2026, 2, 2))], pd.Timestamp("2026-02-13", tz=TZ)
    )
    assert both["name"].tolist() == ["strike", "bills"]


def test_the_cleaning_log_is_that_of_the_library_and_told_in_sentences():
    frame = history(rate=60.0)
    dead = (frame["start"].dt.date == dt.date(2026, 2, 3)) & (frame["start"].dt.hour >= 12)
    frame["offered"] = np.where(dead, 0.0, frame["offered"])
    made = of(frame)
    assert made.cleaning["what"].tolist() == ["outage"]
    pd.testing.assert_frame_equal(made.cleaning, forecasts.clean(frame, "30min").log)
    assert "outage, 1 in all (first: queue 'voice', 2026-02-03 12:00" in made.notes[0]


def test_nothing_is_expected_outside_given_hours():
    hours = (OpeningHours((0, 1, 2, 3, 4), "09:00", "12:00"),)
    frame = of(history(), hours={"voice": hours}).frame
    busy = frame.loc[frame["volume"] > 0, "start"]
    assert (busy.dt.hour.min(), busy.dt.hour.max()) == (9, 11)


def test_a_campaign_for_a_queue_that_is_not_forecast_is_refused():
    stranger = bills(dt.date(2026, 2, 17), split={"chat": 1.0})
    with pytest.raises(BadInput, match="not in the forecast"):
        of(history(), register=[stranger])


def test_what_the_forecast_says_of_itself_is_passed_on(monkeypatch):
    real = forecasts.forecast

    class Noted:
        notes = ("queue 'chat' borrows its profile from 'voice'",)

        def __init__(self, made):
            self.frame, self.score, self.model = made.frame, made.score, made.model

    monkeypatch.setattr(forecasts, "forecast", lambda *a, **k: Noted(real(*a, **k)))
    assert of(history()).notes[0] == Noted.notes[0]


def test_a_campaign_that_touches_nothing_is_doubted():
    said = " ".join(of(history(), register=[bills(dt.date(2027, 2, 17))]).notes)
    assert "lies after these weeks and changes nothing here; is its year right?" in said


def test_an_announcement_after_the_start_is_told_as_such():
    late = bills(dt.date(2026, 2, 17), registered_on=dt.date(2026, 4, 8))
    assert "announced 50 days after its start" in " ".join(of(history(), register=[late]).notes)
