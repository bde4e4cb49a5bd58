"""The parts that charts share: time axes, interval bars, step lines, what hovering tells."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from wfm.ui import theme
from wfm.ui.views.axes import Axis

Upward = Callable[[str], alt.Y]
Drawn = alt.Chart | alt.LayerChart | alt.FacetChart


def x_time(axis: Axis, field: str = "x", *, orient: Literal["top", "bottom"] = "bottom") -> alt.X:
    """Return the encoding of `field` in minutes along `axis`, with its own clock texts."""
    texts = {f"{tick:g}": label for tick, label in zip(axis.ticks, axis.labels, strict=True)}
    return alt.X(
        f"{field}:Q",
        title=None,
        scale=alt.Scale(domain=[axis.low, axis.high], nice=False, zero=False),
        axis=alt.Axis(
            values=list(axis.ticks),
            labelExpr=f"{json.dumps(texts, ensure_ascii=False)}[toString(datum.value)]",
            orient=orient,
            gridColor=theme.GRID,
            labelAlign="left" if len(axis.ticks) <= 8 else "center",
            labelOverlap="greedy",
            labelColor=theme.TEXT,
        ),
    )


def counts(title: str) -> Upward:
    """Return the encoding of counts from zero upward."""

    def y(field: str) -> alt.Y:
        look = alt.Axis(
            gridColor=theme.GRID, titleColor=theme.TEXT, labelColor=theme.TEXT, tickMinStep=1
        )
        return alt.Y(f"{field}:Q", title=title, scale=alt.Scale(zero=True, nice=True), axis=look)

    return y


def shares(title: str) -> Upward:
    """Return the encoding of fractions shown as percentages."""

    def y(field: str) -> alt.Y:
        look = alt.Axis(
            format=".0%",
            gridColor=theme.GRID,
            titleColor=theme.TEXT,
            labelColor=theme.TEXT,
            tickCount=4,
        )
        scale = alt.Scale(domain=[0.0, 1.0], clamp=True)
        return alt.Y(f"{field}:Q", title=title, scale=scale, axis=look)

    return y


def colour(series: Mapping[str, str]) -> alt.Color:
    """Return the colour of the field `series`, with a legend of all its names."""
    return alt.Color(
        "series:N",
        scale=alt.Scale(domain=list(series), range=list(series.values())),
        legend=alt.Legend(
            title=None,
            orient="top",
            symbolType="square",
            symbolSize=45,
            symbolStrokeWidth=7,
            symbolOpacity=1,
            labelColor=theme.TEXT,
            labelLimit=420,
            columns=6,
        ),
    )


def steps(frame: pd.DataFrame, field: str) -> pd.DataFrame:
    """Return the corners of a step line of `field` over [x, x2), broken where intervals are absent.

    Columns x, y, run, order: one `run` an unbroken stretch. A value of NaN breaks the line too.
    """
    rows = frame.loc[frame[field].notna(), ["x", "x2", field]].sort_values("x")
    x, x2 = rows["x"].to_numpy(float), rows["x2"].to_numpy(float)
    y = rows[field].to_numpy(float)
    run = np.cumsum(np.r_[True, x[1:] != x2[:-1]]) if len(rows) else np.zeros(0, int)
    corners = pd.DataFrame(
        {"x": np.c_[x, x2].ravel(), "y": np.repeat(y, 2), "run": np.repeat(run, 2)}
    )
    return corners.assign(order=np.arange(len(corners)))


@dataclass(frozen=True)
class Canvas:
    """What the layers of one chart share: time axis, upward axis, names with their colours."""

    axis: Axis
    y: Upward
    series: Mapping[str, str]

    def line(
        self,
        frame: pd.DataFrame,
        field: str,
        name: str,
        *,
        width: float = 2.0,
        dash: Sequence[float] = (1, 0),
    ) -> alt.Chart:
        """Return a step line of `field`."""
        return (
            alt.Chart(steps(frame, field).assign(series=name))
            .mark_line(strokeWidth=width, strokeDash=list(dash), interpolate="linear")
            .encode(
                x=x_time(self.axis),
                y=self.y("y"),
                color=colour(self.series),
                detail="run:N",
                order="order:Q",
            )
        )

    def bars(self, frame: pd.DataFrame, field: str, name: str, *, opacity: float = 1) -> alt.Chart:
        """Return a bar from zero to `field` over each interval."""
        return self.between(frame.assign(zero=0.0), "zero", field, name, opacity=opacity)

    def between(
        self, frame: pd.DataFrame, low: str, high: str, name: str, *, opacity: float = 1
    ) -> alt.Chart:
        """Return a block from `low` to `high` over each interval."""
        return (
            alt.Chart(frame.assign(series=name))
            .mark_rect(opacity=opacity)
            .encode(
                x=x_time(self.axis),
                x2="x2:Q",
                y=self.y(low),
                y2=f"{high}:Q",
                color=colour(self.series),
            )
        )


def hover(
    frame: pd.DataFrame, axis: Axis, tooltip: list[alt.Tooltip], *, name: str = "over"
) -> alt.Chart:
    """Return an invisible full-height bar per interval that lights up and tells its numbers."""
    over = alt.selection_point(
        on="pointerover", clear="pointerout", encodings=["x"], empty=False, name=name
    )
    return (
        alt.Chart(frame)
        .mark_rect(color=theme.TEXT)
        .encode(
            x=x_time(axis),
            x2="x2:Q",
            tooltip=tooltip,
            opacity=alt.condition(over, alt.value(0.10), alt.value(0.0)),
        )
        .add_params(over)
    )


def clocks(order: Sequence[str]) -> alt.X:
    """Return the encoding of the field `clock` as columns in `order`, labelled at full hours."""
    look = alt.Axis(
        labelAngle=0,
        labelOverlap=False,
        labelExpr="slice(datum.label,3,5)=='00'?datum.label:''",
        ticks=False,
        labelColor=theme.TEXT,
    )
    return alt.X(
        "clock:O", title=None, axis=look, sort=list(order), scale=alt.Scale(domain=list(order))
    )


def rows(field: str, order: Sequence[str]) -> alt.Y:
    """Return the encoding of texts as rows in `order`, every one labelled."""
    look = alt.Axis(
        labelOverlap=False, labelLimit=240, ticks=False, domain=False, labelColor=theme.TEXT
    )
    return alt.Y(f"{field}:N", title=None, sort=list(order), axis=look)


def tall(rows: int, each: float) -> int:
    """Return the total height of a chart of `rows` rows of `each` pixels, with legend and axis."""
    return int(each * max(1, rows)) + theme.LEGEND_HEIGHT + theme.AXIS_HEIGHT


def framed(chart: Drawn, height: int) -> Drawn:
    """Return `chart` with a total height in pixels (legend and axes included) and no box."""
    return (
        chart.properties(height=height)
        .configure_view(strokeWidth=0)
        .configure_axis(
            labelFontSize=12, titleFontSize=12, titleFontWeight="normal", labelFlush=False
        )
        .configure_legend(labelFontSize=12, labelColor=theme.TEXT, titleColor=theme.TEXT)
    )
