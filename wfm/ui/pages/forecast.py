"""Forecast: what is expected, how sure is that, and is the history sound?"""

from __future__ import annotations

import streamlit as st

from wfm.ui import charts, session
from wfm.ui.i18n import percent, t
from wfm.ui.views import axes, forecast


def page() -> None:
    """Draw the forecast page."""
    plan = session.current_plan()
    if plan is None:
        session.nothing_yet()
        return
    session.header(plan, t("forecast.title"))
    left, right = st.columns([1, 3])
    with left:
        queue = session.pick_queue(plan)
    with right:
        span = session.pick_span(plan)
    share = plan.scenario.queue(queue).share
    if share != 1:
        st.caption(t("forecast.share", share=percent(share)))

    st.subheader(t("forecast.intervals", span=session.span_text(span)))
    band = forecast.interval_band(plan, queue, span)
    if len(band):
        st.altair_chart(
            charts.interval_band(band, axes.axis(band, span)), width="stretch", key="interval_band"
        )
    else:
        st.info(t("staffing.closed", span=session.span_text(span)))

    st.subheader(t("forecast.daily"))
    st.altair_chart(charts.daily(forecast.daily(plan, queue)), width="stretch", key="daily")
    st.caption(t("forecast.daily.note"))

    st.subheader(t("forecast.pattern"))
    source = st.radio(
        t("forecast.pattern.source"),
        ["history", "forecast"],
        horizontal=True,
        format_func=lambda name: t(f"forecast.pattern.{name}"),
        label_visibility="collapsed",
        key="pattern_source",
    )
    means = forecast.pattern(plan, queue, source)
    clocks = axes.clock_range(means["clock"], plan.scenario.interval_min)
    st.altair_chart(charts.pattern(means, clocks), width="stretch", key="pattern")

    st.subheader(t("forecast.score"))
    st.dataframe(forecast.score_table(plan), hide_index=True, width="stretch")
    st.caption(t("forecast.score.note"))

    st.subheader(t("forecast.coverage"))
    coverage = session.coverage_calendar(plan)
    st.altair_chart(
        charts.history_calendar(forecast.calendar(coverage, queue)), width="stretch", key="calendar"
    )
    st.caption(t("coverage.line", **forecast.coverage_totals(coverage, queue)))
