"""Which picture tells signal from noise? Control chart, parts of a change, funnel plot."""

from __future__ import annotations

import altair as alt
import pandas as pd

from wfm.ui import marks, theme
from wfm.ui.charts import tip
from wfm.ui.i18n import t
from wfm.ui.marks import Drawn
from wfm.ui.views.axes import Axis


def _upward(field: str, *, share: bool, title: str = "") -> alt.Y:
    look = alt.Axis(
        format=".0%" if share else ",.4~g", gridColor=theme.GRID, labelColor=theme.TEXT,
        tickCount=5, titleColor=theme.TEXT,
    )  # fmt: skip
    scale = alt.Scale(zero=False, nice=True)
    return alt.Y(f"{field}:Q", title=title or None, axis=look, scale=scale)


def control(frame: pd.DataFrame, axis: Axis, *, share: bool, height: int | None = None) -> Drawn:
    """Draw points with centre and control limits; signals differ by shape as well as colour."""
    value, signal = t("kpi.series.value"), t("kpi.series.signal")
    usual, limits, base = (t(f"kpi.series.{n}") for n in ("usual", "limits", "baseline"))
    names = {value: theme.ROSTERED, signal: theme.SHORT, usual: theme.REQUIRED,
             limits: theme.HISTORY, base: theme.LEAVE}  # fmt: skip
    floor = float(min(frame["plotted"].min(), frame["lower"].min()))
    top = float(max(frame["plotted"].max(), frame["upper"].max()))
    shaded = frame[frame["baseline"]]
    block = pd.DataFrame({"x": [shaded["x"].min()], "x2": [shaded["x2"].max()], "low": [floor],
                          "high": [top], "series": [base]})  # fmt: skip
    form = ".1%" if share else ",.4~g"
    tips = [tip("when", "tip.day"), tip("value", "kpi.series.value", form),
            tip("plotted", "kpi.tip.plotted", form), tip("centre", "kpi.series.usual", form),
            tip("lower", "kpi.series.limits", form), tip("upper", "kpi.series.limits", form),
            tip("n", "kpi.col.n", ",.0f")]  # fmt: skip
    x = marks.x_time(axis, "mid")
    told = frame.assign(series=frame["signal"].map({True: signal, False: value}))
    lines = [
        alt.Chart(frame.assign(series=name))
        .mark_line(strokeDash=dash, strokeWidth=1.4, interpolate="step")
        .encode(x=x, y=_upward(field, share=share), color=marks.colour(names))
        for field, name, dash in (
            ("lower", limits, [4, 3]), ("upper", limits, [4, 3]), ("centre", usual, [1, 0]),
        )
    ]  # fmt: skip
    layers = [
        alt.Chart(block).mark_rect(opacity=0.6).encode(
            x=marks.x_time(axis), x2="x2:Q", y=_upward("low", share=share), y2="high:Q",
            color=marks.colour(names),
        ),
        *lines,
        alt.Chart(frame.assign(series=value)).mark_line(strokeWidth=1.2, opacity=0.5).encode(
            x=x, y=_upward("plotted", share=share), color=marks.colour(names)
        ),
        alt.Chart(told).mark_point(filled=True, opacity=1).encode(
            x=x, y=_upward("plotted", share=share), color=marks.colour(names),
            shape=alt.Shape("series:N", legend=None, scale=alt.Scale(
                domain=[value, signal], range=["circle", "triangle-up"])),
            size=alt.condition(alt.datum.signal, alt.value(90), alt.value(30)),
        ),
        marks.hover(frame, axis, tips),
    ]  # fmt: skip
    return marks.framed(alt.layer(*layers), height or theme.CHART_HEIGHT)


def change(rows: pd.DataFrame, *, share: bool) -> Drawn:
    """Draw the parts of a change by type: mix and way of working side by side."""
    mix, rate = t("kpi.series.mix"), t("kpi.series.rate")
    names = {mix: theme.OVER, rate: theme.LAST_WEEK}
    order = list(dict.fromkeys(rows["label"]))
    look = alt.Axis(format="+.1%" if share else "+,.4~g", gridColor=theme.GRID, tickCount=8,
                    labelColor=theme.TEXT)  # fmt: skip
    chart = (
        alt.Chart(rows)
        .mark_bar()
        .encode(
            x=alt.X("part:Q", title=None, axis=look),
            y=marks.rows("label", order),
            yOffset=alt.YOffset("series:N", sort=[mix, rate]),
            color=marks.colour(names),
            tooltip=[tip("label", "kpi.pick.by"), tip("series", "tip.state"),
                     tip("told", "kpi.col.size")],
        )
    )  # fmt: skip
    return marks.framed(chart, marks.tall(len(order), 44))


def funnel(rows: pd.DataFrame, centre: float, *, share: bool) -> Drawn:
    """Draw people by how much is known of each, between limits that narrow with it."""
    inside, outside = t("kpi.series.person"), t("kpi.series.outside")
    inner, outer, usual = (t(f"kpi.series.{n}") for n in ("inner", "outer", "usual"))
    names = {inside: theme.ROSTERED, outside: theme.SHORT, inner: theme.HISTORY,
             outer: theme.TARGET, usual: theme.REQUIRED}  # fmt: skip
    ordered = rows.sort_values("known")
    look = alt.Axis(gridColor=theme.GRID, labelColor=theme.TEXT, tickCount=10)
    scale = alt.Scale(zero=False, nice=True)
    across = alt.X("known:Q", title=t("kpi.axis.n"), scale=scale, axis=look)
    limits = [
        alt.Chart(ordered.assign(series=name))
        .mark_line(strokeDash=dash, strokeWidth=1.4)
        .encode(x=across, y=_upward(field, share=share), color=marks.colour(names))
        for field, name, dash in (
            ("inner_lower", inner, [4, 3]), ("inner_upper", inner, [4, 3]),
            ("outer_lower", outer, [1, 0]), ("outer_upper", outer, [1, 0]),
        )
    ]  # fmt: skip
    middle = (
        alt.Chart(ordered.assign(series=usual, centre=centre))
        .mark_line(strokeWidth=1.4)
        .encode(x=across, y=_upward("centre", share=share), color=marks.colour(names))
    )
    dots = (
        alt.Chart(rows)
        .mark_point(filled=True, size=70, opacity=0.9)
        .encode(
            x=across, y=_upward("standardised", share=share), color=marks.colour(names),
            shape=alt.Shape("series:N", legend=None, scale=alt.Scale(
                domain=[inside, outside], range=["circle", "diamond"])),
            tooltip=[tip("label", "kpi.pick.person"), tip("raw_text", "kpi.series.value"),
                     tip("estimate", "kpi.col.shrunk"), tip("n", "kpi.col.n", ",.0f")],
        )
    )  # fmt: skip
    return marks.framed(alt.layer(*limits, middle, dots), 380)
