"""Charts draw the numbers they are given, whole, with legends and nothing from outside."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from wfm.ui import charts, marks, roster_charts, theme
from wfm.ui.views import axes, forecast, roster, staffing

from . import fakes

MONDAY = axes.Span(fakes.START, 1, fakes.TZ)
WEEK = axes.Span(fakes.START, 7, fakes.TZ)


@pytest.fixture(scope="module")
def drawn(plan) -> dict[str, dict]:
    """Every chart as its Vega-Lite specification."""
    app = fakes.FakeApp(plan)
    need = staffing.intervals(plan, app.service_reached(plan), "voice", MONDAY)
    band = forecast.interval_band(plan, "voice", MONDAY)
    cover = roster.coverage(plan, None, MONDAY)
    stretches = roster.gantt(plan, MONDAY, None)
    asked = axes.placed(app.what_if(plan, "voice", volume=1.2).frame, MONDAY, 30)
    means = forecast.pattern(plan, "voice", "history")
    gaps = roster.gap_matrix(plan, None, WEEK)
    axis = axes.axis(need, MONDAY)
    found = {
        "daily": charts.daily(forecast.daily(plan, "voice")),
        "interval_band": charts.interval_band(band, axis),
        "pattern": charts.pattern(means, axes.clock_range(means["clock"], 30)),
        "calendar": charts.history_calendar(
            forecast.calendar(app.coverage_calendar(plan), "voice")
        ),
        "staffing": charts.staffing(need, axis, rostered=True),
        "service": charts.service(need, axis, rostered=True),
        "occupancy": charts.occupancy(need, axis),
        "what_if": charts.what_if(asked, axis),
        "coverage": roster_charts.coverage(cover, axes.axis(cover, MONDAY)),
        "required": roster_charts.required(staffing.required(plan, MONDAY), axis),
        "gap_heat": roster_charts.gap_heat(gaps, axes.clock_range(gaps["clock"], 30)),
        "gantt": roster_charts.gantt(stretches, axes.axis(stretches, MONDAY)),
        "hours": roster_charts.hours(roster.hours(plan, WEEK)),
    }
    return {name: chart.to_dict() for name, chart in found.items()}


def test_no_chart_refers_to_anything_outside(drawn):
    for name, spec in drawn.items():
        text = json.dumps(
            {key: value for key, value in spec.items() if key != "$schema"}, default=str
        )
        assert "http" not in text, name


def test_no_chart_uses_a_time_axis_that_a_browser_could_shift(drawn):
    for name, spec in drawn.items():
        assert '"temporal"' not in json.dumps(spec, default=str), name


def test_every_chart_tells_its_numbers_on_hovering(drawn):
    for name, spec in drawn.items():
        assert '"tooltip"' in json.dumps(spec, default=str), name


@pytest.mark.parametrize(
    "name", ["daily", "interval_band", "calendar", "staffing", "service", "occupancy", "what_if",
             "coverage", "required", "gap_heat", "gantt", "hours"],
)  # fmt: skip
def test_a_chart_whose_colours_mean_something_has_a_legend(drawn, name):
    assert '"legend": {' in json.dumps(drawn[name], default=str)


def test_heat_maps_write_the_number_into_the_cell(drawn):
    for name in ("pattern", "gap_heat"):
        kinds = [layer["mark"]["type"] for layer in drawn[name]["layer"]]
        assert kinds == ["rect", "text"]


def test_the_gap_scale_is_white_at_zero_and_equally_long_both_ways(drawn):
    scale = drawn["gap_heat"]["layer"][0]["encoding"]["color"]["scale"]
    low, middle, high = scale["domain"]
    assert (low, middle) == (-high, 0)
    assert scale["range"] == [theme.SHORT, theme.MET, theme.ROSTERED]


def test_a_coverage_chart_shades_short_and_over_apart():
    cover = pd.DataFrame({"x": [0, 30, 60], "x2": [30, 60, 90], "scheduled": [5, 5, 5],
                          "on_seat": [3.0, 5.0, 6.5], "short": [2.0, 0.0, 0.0],
                          "over": [0.0, 0.0, 1.5], "when": list("abc")})  # fmt: skip
    spec = roster_charts.coverage(cover, axes.Axis(0, 90, (0.0,), ("00:00",))).to_dict()
    short, over = [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"][:2]]
    assert [(row["when"], row["series"]) for row in short] == [("a", "short")]
    assert [(row["when"], row["series"]) for row in over] == [("c", "over")]


def test_a_level_interval_that_lacks_people_at_one_moment_is_shaded_both_ways():
    cover = pd.DataFrame({"x": [0], "x2": [30], "scheduled": [5], "on_seat": [5.0],
                          "short": [1.0], "over": [1.0], "when": ["a"]})  # fmt: skip
    spec = roster_charts.coverage(cover, axes.Axis(0, 30, (0.0,), ("00:00",))).to_dict()
    short, over = [spec["datasets"][layer["data"]["name"]] for layer in spec["layer"][:2]]
    assert [(row["least"], row["scheduled"]) for row in short] == [(4.0, 5)]
    assert [(row["scheduled"], row["most"]) for row in over] == [(5, 6.0)]


@pytest.mark.parametrize("name", ["daily", "interval_band"])
def test_the_forecast_line_is_what_is_expected_and_not_a_median(drawn, plan, name):
    lines = [layer for layer in drawn[name]["layer"] if layer["mark"]["type"] == "line"]
    data = pd.DataFrame(drawn[name]["datasets"][lines[-1]["data"]["name"]])
    assert set(data["series"]) == {"forecast, expected"}
    monday = axes.placed(plan.forecast[plan.forecast["queue"] == "voice"], MONDAY, 30)["volume"]
    expected = [monday.sum()] if name == "daily" else list(monday)
    assert list(data["y"][: 2 * len(expected) : 2]) == pytest.approx(expected)


def test_the_staffing_line_has_the_requirement_at_every_interval(drawn, plan):
    rows = plan.requirement[plan.requirement["queue"] == "voice"]
    day = axes.placed(rows, MONDAY, 30)
    lines = [layer for layer in drawn["staffing"]["layer"] if layer["mark"]["type"] == "line"]
    frame = pd.DataFrame(drawn["staffing"]["datasets"][lines[0]["data"]["name"]])
    assert list(frame["y"][::2]) == list(day["scheduled"])
    assert list(frame["x"][::2]) == list(day["x"])


def test_steps_break_where_intervals_are_absent_or_unknown():
    frame = pd.DataFrame({"x": [0, 30, 90, 120], "x2": [30, 60, 120, 150],
                          "v": [1.0, 2.0, 3.0, np.nan]})  # fmt: skip
    corners = marks.steps(frame, "v")
    assert list(corners["x"]) == [0, 30, 30, 60, 90, 120]
    assert list(corners["y"]) == [1, 1, 2, 2, 3, 3]
    assert list(corners["run"]) == [1, 1, 1, 1, 2, 2]


def test_steps_of_nothing_are_nothing():
    assert marks.steps(pd.DataFrame({"x": [], "x2": [], "v": []}), "v").empty


def test_axis_texts_are_looked_up_by_tick():
    axis = axes.Axis(0, 120, (0.0, 60.0, 120.0), ("01:00", "01:00", "02:00"))
    look = marks.x_time(axis).to_dict()["axis"]
    assert look["values"] == [0, 60, 120]
    texts = json.loads(look["labelExpr"].removesuffix("[toString(datum.value)]"))
    assert texts == {"0": "01:00", "60": "01:00", "120": "02:00"}


def test_a_gantt_of_an_activity_of_somebody_elses_still_has_a_colour(plan):
    frame = roster.gantt(plan, MONDAY, None)
    frame.loc[0, ["activity", "activity_text"]] = "training"
    spec = roster_charts.gantt(frame, axes.axis(frame, MONDAY)).to_dict()
    scale = spec["layer"][0]["encoding"]["color"]["scale"]
    hue = dict(zip(scale["domain"], scale["range"], strict=True))
    assert hue["training"] == theme.OTHER_ACTIVITY
    assert hue["lunch"] == theme.ACTIVITIES["lunch"]


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    high, low = sorted((luminance(one), luminance(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*theme.SHIFTS, theme.LEAVE, theme.MET])
def test_text_is_readable_on_every_tint(colour):
    # WCAG 2.2, success criterion 1.4.3 (AA): at least 4.5 to 1.
    assert contrast(theme.TEXT, colour) >= 4.5


def test_neighbouring_activities_differ_in_lightness_too():
    # Told apart without colour: WCAG 2.2, 1.4.11 asks 3 to 1 against white or each other.
    work, lunch = theme.ACTIVITIES["work"], theme.ACTIVITIES["lunch"]
    assert contrast(work, lunch) >= 3
