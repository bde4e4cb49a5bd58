"""Forecast: what is expected, how sure is that, and what was done to it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from wfm.ui import charts, overriding, session, today
from wfm.ui.i18n import percent, plain, t
from wfm.ui.views import axes, changes, forecast

if TYPE_CHECKING:
    from wfm.plan import Plan

VIEWS = ("daily", "accuracy", "history", "pattern", "campaigns", "override", "today")


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
    _expected(plan, queue, span)
    view = st.segmented_control(
        t("forecast.view"),
        VIEWS,
        default=VIEWS[0],
        format_func=lambda name: t(f"forecast.view.{name}"),
        label_visibility="collapsed",
        required=True,
        key="forecast_view",
    )
    if view == "override":
        overriding.draw(plan, queue, span)
    elif view == "today":
        today.draw(plan, queue)
    else:
        draw = {"daily": _daily, "accuracy": _accuracy, "history": _history, "pattern": _pattern,
                "campaigns": _campaigns}  # fmt: skip
        draw[view or VIEWS[0]](plan, queue)


def _expected(plan: Plan, queue: str, span: axes.Span) -> None:
    st.subheader(t("forecast.intervals", span=session.span_text(span)))
    band = forecast.interval_band(plan, queue, span)
    if len(band):
        band = changes.with_untouched(band, plan, queue)
        st.altair_chart(
            charts.interval_band(band, axes.axis(band, span)), width="stretch", key="interval_band"
        )
    else:
        st.info(t("staffing.closed", span=session.span_text(span)))
    board = session.leaderboard(plan)
    if len(board):
        st.caption(changes.board_sentence(board, queue))


def _daily(plan: Plan, queue: str) -> None:
    st.subheader(t("forecast.daily"))
    st.altair_chart(charts.daily(forecast.daily(plan, queue)), width="stretch", key="daily")
    st.caption(t("forecast.daily.note"))


def _accuracy(plan: Plan, queue: str) -> None:
    st.subheader(t("forecast.score"))
    board = session.leaderboard(plan)
    if len(board):
        st.dataframe(changes.board_table(plan, board), hide_index=True, width="stretch")
        st.caption(t("forecast.board.note"))
    else:
        st.dataframe(forecast.score_table(plan), hide_index=True, width="stretch")
        st.caption(t("forecast.score.note"))


def _history(plan: Plan, queue: str) -> None:
    st.subheader(t("forecast.cleaning"))
    table = changes.cleaning_table(plan, queue)
    if len(table):
        st.dataframe(table, hide_index=True, width="stretch")
        st.caption(t("forecast.cleaning.note"))
    else:
        st.write(t("forecast.cleaning.none"))
    st.subheader(t("forecast.coverage"))
    coverage = session.coverage_calendar(plan)
    st.altair_chart(
        charts.history_calendar(forecast.calendar(coverage, queue)), width="stretch", key="calendar"
    )
    st.caption(t("coverage.line", **forecast.coverage_totals(coverage, queue)))
    with st.expander(t("forecast.notes")):
        for note in plan.provenance.notes:
            st.markdown(f"- {plain(note)}")


def _pattern(plan: Plan, queue: str) -> None:
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


def _campaigns(plan: Plan, queue: str) -> None:
    st.subheader(t("forecast.view.campaigns"))
    if not plan.campaigns:
        st.write(t("forecast.campaigns.none"))
        return
    st.dataframe(changes.campaign_table(plan, queue), hide_index=True, width="stretch")
    st.caption(t("forecast.campaigns.note"))
