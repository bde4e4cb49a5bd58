"""Which picture answers which question? Altair charts of the frames in `wfm.ui.views`."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from wfm.ui import marks, theme
from wfm.ui.i18n import t
from wfm.ui.marks import Drawn
from wfm.ui.views.axes import Axis


def tip(field: str, title: str, form: str | None = None) -> alt.Tooltip:
    """Return one line of a tooltip; numbers take the d3 format `form`."""
    kind = "N" if form is None else "Q"
    more: dict[str, Any] = {} if form is None else {"format": form}
    return alt.Tooltip(f"{field}:{kind}", title=t(title), **more)


def daily(frame: pd.DataFrame) -> Drawn:
    """Draw day totals: past as bars, expected as a line over the intervals' P10-P90 added up."""
    past_name, ahead_name, band = t("series.history"), t("series.forecast"), t("series.band_sum")
    mondays = frame.loc[[day.weekday() == 0 for day in frame["day"]]].sort_values("x")
    axis = Axis(
        float(frame["x"].min()),
        float(frame["x2"].max()),
        tuple(mondays["x"].astype(float)),
        tuple(f"{day:%m-%d}" for day in mondays["day"]),
    )
    on = marks.Canvas(
        axis,
        marks.counts(t("axis.contacts_day")),
        {past_name: theme.HISTORY, ahead_name: theme.FORECAST, band: theme.BAND},
    )
    slim = frame.assign(x=frame["x"] + 0.08, x2=frame["x2"] - 0.08)
    past, ahead = slim[slim["kind"] == "history"], slim[slim["kind"] == "forecast"]
    layers = [
        on.bars(past, "value", past_name),
        on.between(ahead, "p10", "p90", band),
        on.line(ahead, "value", ahead_name, width=3),
        marks.hover(
            past,
            axis,
            [tip("when", "tip.day"), tip("value", "series.history", ",.0f")],
            name="over_past",
        ),
        marks.hover(
            ahead,
            axis,
            [
                tip("when", "tip.day"),
                tip("value", "tip.volume", ",.1f"),
                tip("p10", "tip.p10_sum", ",.0f"),
                tip("p90", "tip.p90_sum", ",.0f"),
            ],
        ),
    ]
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)


def interval_band(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw expected contacts and their band per interval, last week and the usual of four weeks."""
    band, expected = t("series.band"), t("series.forecast")
    last, usual, before = t("series.last_week"), t("series.usual"), t("series.untouched")
    changed = "untouched" in frame and frame["untouched"].notna().any()
    names = {
        band: theme.BAND,
        expected: theme.FORECAST,
        last: theme.LAST_WEEK,
        usual: theme.HISTORY,
    }
    if changed:
        names[before] = theme.UNTOUCHED
    on = marks.Canvas(axis, marks.counts(t("axis.contacts_interval")), names)
    tips = [
        tip("when", "tip.interval"),
        tip("volume", "tip.volume", ",.1f"),
        *(tip(name, f"tip.{name}", ",.0f") for name in ("p10", "p50", "p90")),
        tip("aht_s", "tip.aht", ",.0f"),
        tip("last_week", "series.last_week", ",.0f"),
        tip("usual", "series.usual", ",.1f"),
    ]
    if changed:
        tips.append(tip("untouched", "series.untouched", ",.1f"))
    layers = [
        on.between(frame, "p10", "p90", band),
        on.line(frame, "usual", usual, width=1.5, dash=(4, 3)),
        on.line(frame, "last_week", last, width=1.5),
        *([on.line(frame, "untouched", before, width=2, dash=(6, 3))] if changed else []),
        on.line(frame, "volume", expected, width=2.5),
        marks.hover(frame, axis, tips),
    ]
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)


def running_day(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw what came, what is still to come with its band, and what was planned."""
    came, band = t("series.came"), t("series.band")
    ahead, planned = t("series.ahead"), t("series.planned")
    on = marks.Canvas(
        axis,
        marks.counts(t("axis.contacts_interval")),
        {came: theme.HISTORY, band: theme.BAND, ahead: theme.FORECAST, planned: theme.LAST_WEEK},
    )
    tips = [
        tip("when", "tip.interval"),
        tip("offered", "series.came", ",.0f"),
        tip("ahead", "series.ahead", ",.1f"),
        tip("p10", "tip.p10", ",.0f"),
        tip("p90", "tip.p90", ",.0f"),
        tip("planned", "series.planned", ",.1f"),
    ]
    seen = frame[frame["offered"].notna()]
    coming = frame[frame["p10"].notna()]
    layers = [
        on.bars(seen, "offered", came),
        on.between(coming, "p10", "p90", band),
        on.line(frame, "planned", planned, width=1.8, dash=(5, 3)),
        on.line(frame, "ahead", ahead, width=2.5),
        marks.hover(frame, axis, tips),
    ]
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)


def pattern(frame: pd.DataFrame, clocks: list[str]) -> Drawn:
    """Draw a weekday x interval heat map over `clocks`, with the numbers in the cells."""
    days = [t(f"weekday.{i}") for i in range(7)]
    shown = [day for day in days if day in set(frame["row"])]
    base = alt.Chart(frame).encode(
        x=marks.clocks(clocks),
        y=marks.rows("row", shown),
        tooltip=[
            tip("row", "tip.weekday"),
            tip("clock", "tip.clock"),
            tip("value", "tip.mean", ",.1f"),
        ],
    )
    top = float(frame["value"].max()) if len(frame) else 1.0
    cells = base.mark_rect(stroke="white", strokeWidth=1).encode(
        color=alt.Color(
            "value:Q", scale=alt.Scale(scheme="blues", domain=[0, top or 1.0]), legend=None
        )
    )
    numbers = base.mark_text(fontSize=10).encode(
        text=alt.Text("value:Q", format=",.0f"),
        color=alt.condition(alt.datum.value > 0.6 * top, alt.value("white"), alt.value(theme.TEXT)),
    )
    return marks.framed(cells + numbers, theme.CELL_HEIGHT * max(1, len(shown)) + theme.AXIS_HEIGHT)


def history_calendar(frame: pd.DataFrame) -> Drawn:
    """Draw a square a day of the history, coloured by whether it is complete."""
    texts = {name: t(f"state.{name}") for name in theme.STATES}
    frame = frame.assign(state_text=frame["state"].map(texts))
    present = [name for name in theme.STATES if name in set(frame["state"])]
    chart = (
        alt.Chart(frame)
        .mark_rect(stroke="white", strokeWidth=1.5)
        .encode(
            x=alt.X(
                "week:O",
                title=t("axis.week_of"),
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy"),
            ),
            y=marks.rows("row", [t(f"weekday.{i}") for i in range(7)]),
            color=alt.Color(
                "state_text:N",
                scale=alt.Scale(
                    domain=[texts[name] for name in present],
                    range=[theme.STATES[name] for name in present],
                ),
                legend=alt.Legend(title=None, orient="top", labelLimit=420),
            ),
            tooltip=[
                tip("when", "tip.day"),
                tip("state_text", "tip.state"),
                tip("open", "coverage.open", ",.0f"),
                tip("zero", "coverage.zero", ",.0f"),
                tip("missing", "coverage.missing", ",.0f"),
                tip("closed", "coverage.closed", ",.0f"),
            ],
        )
    )
    return marks.framed(chart, marks.tall(7, 20))


def staffing(frame: pd.DataFrame, axis: Axis, *, rostered: bool) -> Drawn:
    """Draw agents needed on seat, people to schedule, and people the roster brings."""
    agents, wanted, there = t("series.agents"), t("series.scheduled"), t("series.rostered")
    names = {agents: theme.BAND, wanted: theme.REQUIRED}
    if rostered:
        names[there] = theme.ROSTERED
    on = marks.Canvas(axis, marks.counts(t("axis.people")), names)
    layers = [
        on.bars(frame, "agents_rounded", agents),
        on.line(frame, "scheduled", wanted, width=1.8),
    ]
    tips = [
        tip("when", "tip.interval"),
        tip("volume", "tip.volume", ",.1f"),
        tip("agents", "tip.agents", ",.2f"),
        tip("agents_rounded", "series.agents", ",.0f"),
        tip("scheduled", "series.scheduled", ",.0f"),
    ]
    if rostered:
        layers.append(on.line(frame, "on_seat", there, width=2.2))
        tips.append(tip("on_seat", "series.rostered", ",.1f"))
    layers.append(marks.hover(frame, axis, tips))
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)


def service(frame: pd.DataFrame, axis: Axis, *, rostered: bool) -> Drawn:
    """Draw predicted service with the required and the rostered people, beside the target."""
    need, there, goal = t("series.p_required"), t("series.p_rostered"), t("series.target")
    names = {need: theme.HISTORY}
    if frame["target"].notna().any():
        names[goal] = theme.TARGET
    if rostered:
        names[there] = theme.ROSTERED
    on = marks.Canvas(axis, marks.shares(t("axis.served")), names)
    layers = [on.line(frame, "p_required", need, width=1.5)]
    tips = [tip("when", "tip.interval"), tip("p_required", "series.p_required", ".1%")]
    if rostered:
        layers.append(on.line(frame, "p_rostered", there, width=2.2))
        tips.append(tip("p_rostered", "series.p_rostered", ".1%"))
    if goal in names:
        layers.append(on.line(frame, "target", goal, width=1.5, dash=(6, 3)))
        tips.append(tip("target", "series.target", ".0%"))
    layers.append(marks.hover(frame, axis, tips))
    return marks.framed(alt.layer(*layers), theme.LOW_HEIGHT)


def occupancy(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw the predicted occupancy with the required people."""
    name = t("series.occupancy")
    on = marks.Canvas(axis, marks.shares(t("axis.occupancy")), {name: theme.OVER})
    tips = [tip("when", "tip.interval"), tip("occupancy", "series.occupancy", ".1%")]
    layers = [on.bars(frame, "occupancy", name), marks.hover(frame, axis, tips)]
    return marks.framed(alt.layer(*layers), theme.LOW_HEIGHT)


def what_if(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw agents on seat before and after a what-if."""
    before, after = t("series.before"), t("series.after")
    on = marks.Canvas(
        axis, marks.counts(t("axis.agents")), {before: theme.BEFORE, after: theme.AFTER}
    )
    tips = [
        tip("when", "tip.interval"),
        tip("volume", "tip.volume", ",.1f"),
        tip("aht_s", "tip.aht", ",.0f"),
        tip("agents_before", "series.before", ",.0f"),
        tip("agents", "series.after", ",.0f"),
        tip("p_answered_within", "tip.served", ".1%"),
        tip("occupancy", "series.occupancy", ".1%"),
    ]
    layers = [
        on.line(frame, "agents", after, width=2.6),
        on.line(frame, "agents_before", before, width=1.8, dash=(5, 3)),
        marks.hover(frame, axis, tips),
    ]
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)
