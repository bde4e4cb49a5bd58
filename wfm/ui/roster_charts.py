"""Who works when, and where are too few or too many? The charts of the roster and home pages."""

from __future__ import annotations

import altair as alt
import pandas as pd

from wfm.ui import marks, theme
from wfm.ui.charts import tip
from wfm.ui.i18n import t
from wfm.ui.marks import Drawn
from wfm.ui.views.axes import Axis

CELL = "cell"  # name of what is clicked on the map
_LEAST_SCALE = 3.0


def coverage(frame: pd.DataFrame, axis: Axis, *, height: int = theme.CHART_HEIGHT) -> Drawn:
    """Draw people wanted on duty against people rostered; what is short or over is shaded.

    `short` and `over` may both be positive in one interval: at different moments, or in different
    queues. Then both are shaded, below and above the requirement.
    """
    wanted, there = t("series.scheduled"), t("series.rostered")
    short, over = t("series.short"), t("series.over")
    on = marks.Canvas(
        axis,
        marks.counts(t("axis.people")),
        {wanted: theme.REQUIRED, there: theme.ROSTERED, short: theme.SHORT, over: theme.OVER},
    )
    frame = frame.assign(
        least=frame["scheduled"] - frame["short"], most=frame["scheduled"] + frame["over"]
    )
    tips = [
        tip("when", "tip.interval"),
        tip("scheduled", "series.scheduled", ",.0f"),
        tip("on_seat", "series.rostered", ",.1f"),
        tip("short", "series.short", ",.1f"),
        tip("over", "series.over", ",.1f"),
    ]
    layers = [
        on.between(frame[frame["short"] > 0], "least", "scheduled", short, opacity=0.75),
        on.between(frame[frame["over"] > 0], "scheduled", "most", over, opacity=0.45),
        on.line(frame, "on_seat", there, width=2.2),
        on.line(frame, "scheduled", wanted, width=1.8),
        marks.hover(frame, axis, tips),
    ]
    return marks.framed(alt.layer(*layers), height)


def required(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw people wanted on duty where there is no roster yet."""
    name = t("series.scheduled")
    on = marks.Canvas(axis, marks.counts(t("axis.people")), {name: theme.REQUIRED})
    tips = [tip("when", "tip.interval"), tip("scheduled", "series.scheduled", ",.0f")]
    layers = [on.line(frame, "scheduled", name), marks.hover(frame, axis, tips)]
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)


def gap_heat(frame: pd.DataFrame, clocks: list[str]) -> Drawn:
    """Draw days x `clocks`: short red, met white, over blue, the number in the cell.

    A click chooses a cell by its field ``at``.
    """
    click = alt.selection_point(name=CELL, fields=["at"], toggle=False, on="click")
    top = max(_LEAST_SCALE, float(frame["gap"].abs().max()) if len(frame) else 0.0)
    rows = list(dict.fromkeys(frame.sort_values("day")["row"]))
    base = alt.Chart(frame).encode(
        x=marks.clocks(clocks),
        y=marks.rows("row", rows),
        tooltip=[
            tip("when", "tip.interval"),
            tip("scheduled", "series.scheduled", ",.0f"),
            tip("on_seat", "series.rostered", ",.1f"),
            tip("short", "series.short", ",.1f"),
            tip("over", "series.over", ",.1f"),
        ],
    )
    cells = base.mark_rect(stroke=theme.GRID, strokeWidth=1, cursor="pointer").encode(
        color=alt.Color(
            "gap:Q",
            scale=alt.Scale(domain=[-top, 0, top], range=[theme.SHORT, theme.MET, theme.ROSTERED]),
            legend=alt.Legend(
                title=t("legend.gap"), orient="top", gradientLength=220, titleLimit=420
            ),
        )
    )
    numbers = base.mark_text(fontSize=10).encode(
        text="text:N",
        color=alt.condition(
            abs(alt.datum.gap) > 0.62 * top, alt.value("white"), alt.value(theme.TEXT)
        ),
    )
    return marks.framed(
        cells.add_params(click) + numbers,
        marks.tall(len(rows), theme.CELL_HEIGHT),
    )


def gantt(frame: pd.DataFrame, axis: Axis) -> Drawn:
    """Draw one day, a row a person, a bar a stretch, coloured by activity."""
    names = list(dict.fromkeys(frame["activity"]))
    known = [name for name in theme.ACTIVITIES if name in names]
    listed = known + [name for name in names if name not in known]
    hue = {
        t_name: theme.ACTIVITIES.get(name, theme.OTHER_ACTIVITY)
        for name, t_name in ((n, _text(frame, n)) for n in listed)
    }
    people = list(dict.fromkeys(frame["person"]))
    chart = (
        alt.Chart(frame)
        .mark_bar(height=theme.ROW_HEIGHT - 4)
        .encode(
            x=marks.x_time(axis),
            x2="x2:Q",
            y=marks.rows("person", people),
            color=alt.Color(
                "activity_text:N",
                scale=alt.Scale(domain=list(hue), range=list(hue.values())),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[
                tip("person", "grid.person"),
                tip("activity_text", "tip.activity"),
                tip("from_to", "tip.time"),
                tip("shift", "tip.shift"),
                tip("skills", "tip.skills"),
            ],
        )
    )
    both = alt.layer(chart, _axis_above(axis)).resolve_axis(x="independent")
    return marks.framed(both, marks.tall(len(people), theme.ROW_HEIGHT))


def _axis_above(axis: Axis) -> alt.Chart:
    """Return an empty layer with the time axis on top: a roster is taller than a screen."""
    return (
        alt.Chart(pd.DataFrame({"x": [axis.low]}))
        .mark_point(opacity=0)
        .encode(x=marks.x_time(axis, orient="top"))
    )


def hours(frame: pd.DataFrame) -> Drawn:
    """Draw paid hours a person beside the least and most of the contract."""
    ordered = list(frame.sort_values(["contract", "paid_h", "person"])["person"])
    y = marks.rows("person", ordered)
    tips = [
        tip("person", "grid.person"),
        tip("contract", "tip.contract"),
        tip("paid_h", "series.paid", ",.2f"),
        tip("min_h", "tip.least", ",.1f"),
        tip("max_h", "tip.most", ",.1f"),
    ]
    paid, limits = t("series.paid"), t("series.contract")
    color = marks.colour({paid: theme.BAND, limits: theme.REQUIRED})
    high = theme.ROW_HEIGHT - 6
    allowed = alt.Chart(frame.assign(series=limits)).encode(y=y, color=color, tooltip=tips)
    layers = [
        alt.Chart(frame.assign(series=paid))
        .mark_bar(height=high)
        .encode(
            x=alt.X("paid_h:Q", title=t("axis.paid_hours"), axis=alt.Axis(tickCount=10)),
            y=y,
            color=color,
            tooltip=tips,
        ),
        allowed.mark_rule(strokeWidth=2).encode(x="min_h:Q", x2="max_h:Q"),
        allowed.mark_tick(thickness=2, height=high).encode(x="min_h:Q"),
        allowed.mark_tick(thickness=2, height=high).encode(x="max_h:Q"),
    ]
    return marks.framed(
        alt.layer(*layers),
        marks.tall(len(frame), theme.ROW_HEIGHT),
    )


def _text(frame: pd.DataFrame, activity: str) -> str:
    return str(frame.loc[frame["activity"] == activity, "activity_text"].iloc[0])
