"""Which picture stands in a Check report? The weeks of a KPI, the time before, the weeks judged."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from wfm.ui import kpi_charts, marks, theme
from wfm.ui.charts import tip
from wfm.ui.i18n import t
from wfm.ui.marks import Drawn
from wfm.ui.views import kpi, pdca


def weeks(curve: Any, target: float | None) -> Drawn:
    """Draw a KPI by week: limits of the time before, target, untouched group, weeks judged."""
    frame = pdca.curve_points(curve)
    axis = kpi.day_axis(frame)
    share = pdca.share(curve.key)
    own, other, goal, judged, usual, limits = (
        t(key) for key in ("pdca.series.value", "pdca.series.comparison", "pdca.series.target",
                           "pdca.series.window", "kpi.series.usual", "kpi.series.limits")
    )  # fmt: skip
    names = {own: theme.ROSTERED}
    levels = [*frame["value"].dropna(), *frame["comparison"].dropna()]
    lines = [(usual, curve.centre, theme.REQUIRED, [1, 0]), (limits, curve.lower, theme.HISTORY,
             [4, 3]), (limits, curve.upper, theme.HISTORY, [4, 3]),
             (goal, target, theme.TARGET, [9, 4])]  # fmt: skip
    known = [line for line in lines if line[1] is not None]
    levels += [line[1] for line in known]
    has_other = bool(frame["comparison"].notna().any())
    if has_other:
        names[other] = theme.LAST_WEEK
    names |= {name: hue for name, _, hue, _ in known}
    window = pdca.window_of(curve)
    if window is not None:
        names[judged] = theme.LEAVE
    layers: list[alt.Chart] = []

    def y(field: str) -> alt.Y:
        return kpi_charts.upward(field, share=share)

    if window is not None:
        block = pd.DataFrame({"x": [window[0]], "x2": [window[1]], "low": [min(levels)],
                              "high": [max(levels)], "series": [judged]})  # fmt: skip
        layers.append(
            alt.Chart(block).mark_rect(opacity=0.6).encode(
                x=marks.x_time(axis), x2="x2:Q", y=y("low"), y2="high:Q",
                color=marks.colour(names),
            )
        )  # fmt: skip
    for name, level, _, dash in known:
        line = pd.DataFrame({"x": [axis.low, axis.high], "level": [level] * 2, "series": name})
        layers.append(
            alt.Chart(line).mark_line(strokeDash=dash, strokeWidth=1.4).encode(
                x=marks.x_time(axis), y=y("level"), color=marks.colour(names)
            )
        )  # fmt: skip
    x = marks.x_time(axis, "mid")
    if has_other:
        layers.append(
            alt.Chart(frame.assign(series=other)).mark_line(strokeDash=[5, 3]).encode(
                x=x, y=y("comparison"), color=marks.colour(names)
            )
        )  # fmt: skip
    layers.append(
        alt.Chart(frame.assign(series=own)).mark_line(point=True).encode(
            x=x, y=y("value"), color=marks.colour(names)
        )
    )  # fmt: skip
    form = ".1%" if share else ",.4~g"
    tips = [tip("when", "tip.day"), tip("value", "pdca.series.value", form)]
    if has_other:
        tips.append(tip("comparison", "pdca.series.comparison", form))
    layers.append(marks.hover(frame, axis, tips))
    return marks.framed(alt.layer(*layers), theme.CHART_HEIGHT)
