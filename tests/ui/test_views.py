"""The frames behind charts and tables: the right rows, in local time, nothing hidden."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from wfm.scenario import Target
from wfm.timegrid import intervals
from wfm.ui.i18n import percent, signed_percent
from wfm.ui.views import axes, forecast, home, staffing

from . import fakes

MONDAY = axes.Span(fakes.START, 1, fakes.TZ)
WEEK = axes.Span(fakes.START, 7, fakes.TZ)
AUTUMN = axes.Span(dt.date(2003, 10, 26), 1, fakes.TZ)
SPRING = axes.Span(dt.date(2003, 4, 6), 1, fakes.TZ)
# Sums of halves and quarters of hours are exact; this only forgives float addition order.
EXACT = 1e-9


def day_frame(span: axes.Span) -> pd.DataFrame:
    return pd.DataFrame({"start": intervals(span.first, span.days, 30, span.tz)})


@pytest.mark.parametrize(("span", "hours"), [(MONDAY, 24), (AUTUMN, 25), (SPRING, 23)])
def test_an_axis_is_as_long_as_the_local_day(span, hours):
    frame = axes.placed(day_frame(span), span, 30)
    assert axes.axis(frame, span).high == hours * 60
    assert frame["x"].is_monotonic_increasing
    assert frame["x"].is_unique


def test_the_repeated_hour_stands_twice_and_apart():
    frame = axes.placed(day_frame(AUTUMN), AUTUMN, 30)
    labels = axes.clock_labels(frame["start"])
    assert labels[2:6] == ["01:00", "01:30", "01:00+", "01:30+"]
    assert len(set(labels)) == len(labels) == 50


def test_a_heat_map_keeps_closed_hours_and_the_order_of_the_repeated_hour():
    labels = pd.Series(["00:30", "01:00", "01:30", "01:00+", "01:30+", "03:00"])
    assert axes.clock_range(labels, 30) == [
        "00:30", "01:00", "01:30", "01:00+", "01:30+", "02:00", "02:30", "03:00",
    ]  # fmt: skip


def test_ticks_after_a_clock_change_show_the_wall_clock():
    axis = axes.axis(axes.placed(day_frame(SPRING), SPRING, 30), SPRING)
    at = dict(zip(axis.ticks, axis.labels, strict=True))
    assert at[0] == "00:00"
    assert at[120] == "03:00"


def test_times_in_another_zone_are_shown_in_the_centres():
    frame = day_frame(MONDAY)
    frame["start"] = frame["start"].dt.tz_convert("Asia/Shanghai").dt.as_unit("s")
    placed = axes.placed(frame, MONDAY, 30)
    assert placed.loc[0, "when"] == "Mon 2003-10-27 00:00"
    assert placed.loc[0, "x"] == 0


def test_an_axis_of_a_day_is_cut_to_the_hours_in_use(plan):
    rows = plan.requirement[plan.requirement["queue"] == "voice"]
    axis = axes.axis(axes.placed(rows, MONDAY, 30), MONDAY)
    assert (axis.low, axis.high) == (7 * 60, 21 * 60)
    assert axis.labels[0] == "07:00"
    assert axis.labels[-1] == "21:00"


def test_the_daily_view_holds_six_weeks_and_the_plan(plan):
    frame = forecast.daily(plan, "voice")
    past = frame[frame["kind"] == "history"]
    assert past["day"].min() == fakes.START - dt.timedelta(weeks=6)
    day = fakes.START - dt.timedelta(days=3)
    local = plan.history["start"].dt.tz_convert(fakes.TZ).dt.date
    expected = plan.history.loc[(local == day) & (plan.history["queue"] == "voice"), "offered"]
    assert past.loc[past["day"] == day, "value"].item() == pytest.approx(expected.sum(), abs=EXACT)
    assert fakes.MISSING_DAY not in set(past["day"])


def test_the_band_never_crosses(plan):
    for frame in (forecast.daily(plan, "chat"), forecast.interval_band(plan, "chat", WEEK)):
        band = frame.dropna(subset=["p10"])
        assert len(band)
        assert (band["p10"] <= band["p90"]).all()


def quiet(plan):
    """The fake plan with a voice queue of which every interval's median is no contact."""
    forecast = plan.forecast.copy()
    voice = forecast["queue"] == "voice"
    forecast.loc[voice, "volume"] = 0.07
    forecast.loc[voice, ["p2_5", "p10", "p50", "p90"]] = 0.0
    return fakes.revised(plan, forecast=forecast)


def test_a_quiet_queue_keeps_every_open_day_and_its_expected_contacts(plan):
    frame = forecast.daily(quiet(plan), "voice")
    ahead = frame[frame["kind"] == "forecast"]
    assert list(ahead["day"]) == [fakes.START + dt.timedelta(days=i) for i in range(5)]
    assert list(ahead["value"]) == pytest.approx([28 * 0.07] * 5, abs=EXACT)


def test_a_day_expects_the_sum_of_what_its_intervals_expect(plan):
    frame = forecast.daily(plan, "voice")
    monday = plan.forecast[(plan.forecast["queue"] == "voice")]
    monday = axes.within(monday, MONDAY)["volume"].sum()
    assert frame.loc[frame["kind"] == "forecast", "value"].iloc[0] == pytest.approx(monday)


def test_last_week_is_the_same_weekday_and_clock_time(plan):
    frame = forecast.interval_band(plan, "voice", MONDAY)
    before = plan.history[plan.history["queue"] == "voice"].set_index("start")["offered"]
    for row in (0, 9, len(frame) - 1):
        local = frame.loc[row, "start"].tz_convert(fakes.TZ)
        naive = local.tz_localize(None) - pd.Timedelta(days=7)
        assert frame.loc[row, "last_week"] == before[naive.tz_localize(fakes.TZ)]


def test_usual_is_the_mean_of_the_last_four(plan):
    frame = forecast.interval_band(plan, "voice", MONDAY)
    local = frame.loc[0, "start"].tz_convert(fakes.TZ).tz_localize(None)
    before = plan.history[plan.history["queue"] == "voice"].set_index("start")["offered"]
    four = [before[(local - pd.Timedelta(weeks=w)).tz_localize(fakes.TZ)] for w in (1, 2, 3, 4)]
    assert frame.loc[0, "usual"] == pytest.approx(np.mean(four), abs=EXACT)


@pytest.mark.parametrize("source", ["history", "forecast"])
def test_the_pattern_is_a_mean_and_leaves_out_the_night(plan, source):
    frame = forecast.pattern(plan, "voice", source)
    assert frame["clock"].min() == "07:00"
    assert set(frame["row"]) == {"Mon", "Tue", "Wed", "Thu", "Fri"}
    assert not frame.duplicated(["row", "clock"]).any()


def test_the_calendar_tells_a_missing_day_from_a_closed_one(plan):
    coverage = fakes.FakeApp(plan).coverage_calendar(plan)
    days = forecast.calendar(coverage, "voice").set_index("when")["state"]
    assert days["Tue 2003-10-14"] == "missing"
    assert days["Sat 2003-10-18"] == "closed"
    assert days["Wed 2003-10-15"] == "complete"


def test_the_calendar_knows_part_days_and_days_of_zeros():
    day = fakes.START
    columns = {"queue": "q", "day": [day, day + dt.timedelta(days=1)], "open": [20, 0],
               "missing": [8, 0], "zero": [0, 28], "closed": [20, 20]}  # fmt: skip
    assert list(forecast.calendar(pd.DataFrame(columns), "q")["state"]) == ["part", "zero"]


def test_the_score_marks_synthetic_queues_and_signs_the_bias(plan):
    table = forecast.score_table(plan)
    assert list(table.iloc[:, 0]) == ["voice", "chat (synthetic)", "email (synthetic)"]
    assert list(table["Bias"]) == [signed_percent(v) for v in (0.012, -0.02, 0.0)]
    assert table.loc[0, "Error saved"] == percent(0.3125)


def test_a_queue_too_short_to_test_shows_dashes(plan):
    untested = dict.fromkeys(
        ("wape", "bias", "noise_floor", "seasonal_naive", "coverage80"), np.nan
    )
    table = forecast.score_table(fakes.revised(plan, score=plan.score.assign(**untested)))
    assert set(table.iloc[0, 1:]) == {"–"}


def test_service_is_summed_over_contacts_and_then_divided():
    frame = pd.DataFrame({"volume": [90.0, 10.0, 0.0, 5.0], "target": [0.8, 0.8, 0.8, np.nan],
                          "p_rostered": [0.9, 0.5, np.nan, np.nan]})  # fmt: skip
    answer = staffing.served(frame)
    assert answer.share == pytest.approx(0.86, abs=EXACT)
    assert (answer.met, answer.intervals) == (1, 2)


def test_service_met_on_equality_counts_as_met():
    frame = pd.DataFrame({"volume": [1.0], "target": [0.8], "p_rostered": [0.8 - 1e-13]})
    assert staffing.served(frame).met == 1


def test_without_a_roster_no_service_is_claimed():
    frame = pd.DataFrame({"volume": [1.0], "target": [0.8], "p_rostered": [np.nan]})
    assert np.isnan(staffing.served(frame).share)


@pytest.mark.parametrize(
    ("target", "channel", "text"),
    [
        (Target(0.8, 20.0), "voice", "80 % within 20 s (SL4)"),
        (
            Target(0.8, 20.0, occupancy=0.88),
            "voice",
            "80 % within 20 s (SL4), occupancy up to 88 %",
        ),
        (Target(awt_s=14400), "email", "all answered within 4 h"),
        (Target(asa_s=30), "voice", "mean wait up to 30 s"),
        (Target(), "voice", "none"),
    ],
)
def test_a_target_reads_as_words(target, channel, text):
    assert staffing.target_text(target, channel).replace("\N{NO-BREAK SPACE}", " ") == text


def test_attention_marks_a_synthetic_queue(plan):
    coverage = pd.DataFrame({"queue": ["voice"], "day": [fakes.START], "missing": [0]})
    short = plan.roster.unmet[plan.roster.unmet["queue"] == "chat"]
    found = fakes.revised(plan, roster=SimpleNamespace(unmet=short))
    assert "Worst: chat (synthetic)," in " ".join(home.attention(found, coverage))


def test_a_sound_plan_needs_no_attention(plan):
    coverage = pd.DataFrame({"queue": ["voice"], "day": [fakes.START], "missing": [0]})
    calm = fakes.revised(
        plan,
        roster=SimpleNamespace(unmet=plan.roster.unmet.iloc[:0]),
        score=plan.score.assign(bias=0.0),
    )
    assert home.attention(calm, coverage) == []


def test_attention_names_a_forecast_worse_than_last_week(plan):
    coverage = pd.DataFrame({"queue": ["voice"], "day": [fakes.START], "missing": [0]})
    worse = fakes.revised(plan, score=plan.score.assign(seasonal_naive=0.2, bias=0.0))
    notes = " ".join(home.attention(worse, coverage)).replace("\N{NO-BREAK SPACE}", " ")
    assert "chat (synthetic): the forecast (error 22.0 %) does not beat" in notes
    assert "voice: the forecast" not in notes
