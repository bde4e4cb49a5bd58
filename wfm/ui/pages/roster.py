"""Roster: who works when, where is it short, is it legal, and make a new one."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import following, locks, red_cells, requests, roster_charts, rules, session, tables
from wfm.ui.i18n import day_text, number, percent, plain, short_day, t
from wfm.ui.views import axes, roster

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.roster import Roster

VIEWS = ("day", "week", "coverage", "why", "requests", "locks", "rules", "in_force", "hours")
# From this share on a decimal says nothing.
_LARGE = 0.1
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page() -> None:
    """Draw the roster page."""
    plan = session.current_plan()
    if plan is None:
        session.nothing_yet()
        return
    session.header(plan, t("roster.title"))
    if not plan.scenario.people:
        st.info(t("roster.no_people"))
        return
    _work(plan)
    if plan.roster is None:
        st.info(t("roster.none"))
        return
    st.markdown(_status(plan, plan.roster))
    st.caption(_weights(plan, plan.roster))
    rules.notes(plan.roster)
    left, right = st.columns([1, 3])
    with left:
        queue = session.pick_queue_or_all(plan)
    with right:
        span = session.pick_span(plan)
    week = session.week_of(plan, span)
    st.subheader(t("roster.gaps", queue=session.queue_text(plan, queue)))
    gaps = roster.gap_matrix(plan, queue, week)
    clocks = axes.clock_range(gaps["clock"], plan.scenario.interval_min)
    st.altair_chart(
        roster_charts.gap_heat(gaps, clocks), width="stretch", key=red_cells.MAP,
        on_select=red_cells.take_click, selection_mode=roster_charts.CELL,
    )  # fmt: skip
    st.caption(f"{t('roster.gaps.note')} {t('roster.click')}")
    view = st.segmented_control(
        t("roster.view"),
        VIEWS,
        default=None if "roster_view" in st.session_state else VIEWS[0],
        required=True,
        format_func=lambda name: t(f"view.{name}"),
        key="roster_view",
        label_visibility="collapsed",
    )
    draw = {
        "day": _day,
        "week": _week,
        "coverage": _coverage,
        "why": red_cells.draw,
        "requests": requests.draw,
        "locks": locks.draw,
        "rules": _rules,
        "in_force": rules.draw,
        "hours": _hours,
    }
    draw[view or VIEWS[0]](plan, queue, span)


def _work(plan: Plan) -> None:
    """Draw the new-roster form, its progress while one is made, and the downloads."""
    app, place = session.app(), session.folder()
    running = app.job(place).state == "running"
    left, right = st.columns([3, 2], gap="large", vertical_alignment="bottom")
    with left:
        if running:
            st.session_state["watching"] = True
            following.follow("roster.running", stoppable=True)
        else:
            _last_word()
            _form(plan)
    with right:
        if plan.roster is not None:
            _downloads(plan)


def _form(plan: Plan) -> None:
    first = plan.roster is None
    with st.expander(t("roster.generate.title"), expanded=first), st.form("generate", border=False):
        one, two, three = st.columns([1, 1, 1], vertical_alignment="bottom")
        with one:
            limit = st.number_input(
                t("roster.limit"), 2, 3600, 30, 5, key="time_limit", help=t("roster.limit_help")
            )
        with two:
            seed = st.number_input(
                t("roster.seed"),
                0,
                2**31 - 1,
                plan.scenario.seed,
                1,
                key="seed",
                help=t("roster.seed_help"),
            )
        with three:
            asked = st.form_submit_button(t("roster.generate"), type="primary", key="generate_go")
        st.caption(t("roster.generate.note"))
        if plan.roster is not None and plan.roster.locked is not None:
            kept = len(session.app().rostering.locks(plan))
            st.caption(t("locks.around", count=kept))
    if asked:
        try:
            session.app().start_roster(session.folder(), time_limit_s=float(limit), seed=int(seed))
        except BadInput as error:
            st.error(t("error.refused"))
            st.text(str(error))
            return
        st.session_state["watching"] = True
        st.rerun()


def _last_word() -> None:
    """Say how the job ended that this person was watching."""
    if not st.session_state.pop("watching", False):
        return
    job = session.app().job(session.folder())
    if job.state in ("done", "cancelled") and not job.taken:
        st.info(t("roster.not_better"))
    elif job.state == "done":
        st.success(t("roster.done"))
    elif job.state == "failed":
        st.error(t("roster.failed", error=plain(job.error)))
    elif job.state == "cancelled":
        st.warning(t("roster.cancelled"))


def _downloads(plan: Plan) -> None:
    app = session.app()
    name = f"roster-{plan.summary.first_day:%Y-%m-%d}"
    st.caption(t("roster.download"))
    for column, (kind, make, file, mime) in zip(
        st.columns(3),
        (
            ("xlsx", app.export_xlsx, f"{name}.xlsx", XLSX_TYPE),
            ("csv", app.export_csv_zip, f"{name}-csv.zip", "application/zip"),
            ("ics", app.export_ics_zip, f"{name}-calendars.zip", "application/zip"),
        ),
        strict=True,
    ):
        with column:
            st.download_button(
                t(f"download.{kind}"),
                partial(make, plan),
                file,
                mime,
                on_click="ignore",
                key=f"download_{kind}",
                width="stretch",
            )


def _status(plan: Plan, solved: Roster) -> str:
    """Say how good, how big and how legal the roster is."""
    if solved.gap >= 1:
        status = t("roster.status.unbounded")
    elif math.isfinite(solved.gap) and solved.status != "optimal":
        share = percent(solved.gap, 0 if solved.gap >= _LARGE else 1)
        status = t("roster.status.bound", gap=share)
    else:
        status = t(f"roster.status.{solved.status}")
    broken = len(plan.violations)
    if not broken:
        status = t("roster.status.legal", status=status)
    kept = t("roster.broken", count=broken) if broken else t("roster.kept")
    totals = roster.totals(plan)
    return t(
        "roster.status",
        status=status,
        seconds=number(solved.seconds, 1),
        people=number(totals.people),
        hours=number(totals.paid_h, 1),
        violations=kept,
    )


def _weights(plan: Plan, solved: Roster) -> str:
    """Say what the roster was made to keep small, and how small that is."""
    weights = plan.scenario.weights
    return t(
        "roster.weights",
        under=f"{weights.under:g}",
        over=f"{weights.over:g}",
        fairness=f"{weights.fairness:g}",
        objective=number(solved.objective, 1),
        bound=number(solved.bound, 1),
    )


def _day(plan: Plan, queue: str | None, span: axes.Span) -> None:
    day = axes.Span(span.first, 1, span.tz)
    frame = roster.gantt(plan, day, queue)
    if not len(frame):
        st.info(t("roster.gantt.nobody", day=day_text(day.first)))
        return
    st.subheader(t("roster.gantt", day=day_text(day.first), people=frame["agent"].nunique()))
    st.altair_chart(roster_charts.gantt(frame, axes.axis(frame, day)), width="stretch", key="gantt")


def _week(plan: Plan, queue: str | None, span: axes.Span) -> None:
    week = session.week_of(plan, span)
    st.subheader(t("roster.week", first=day_text(week.first)))
    codes = [kind.code for kind in plan.scenario.shifts]
    days = [short_day(day) for day in week.dates]
    pinned = st.column_config.TextColumn(pinned=True, width=170)
    tables.legend(plan.scenario.shifts)
    st.dataframe(roster.at_work(plan, week, queue), hide_index=True, width="stretch", key="at_work")
    grid = roster.week_grid(plan, week, queue)
    st.dataframe(
        tables.shift_colours(grid, days, codes),
        hide_index=True,
        width="stretch",
        height=tables.height(len(grid)),
        column_config={t("grid.person"): pinned},
        key="week_grid",
    )


def _coverage(plan: Plan, queue: str | None, span: axes.Span) -> None:
    shown = session.queue_text(plan, queue)
    st.subheader(t("roster.coverage", queue=shown, span=session.span_text(span)))
    frame = roster.coverage(plan, queue, span)
    if len(frame):
        st.altair_chart(
            roster_charts.coverage(frame, axes.axis(frame, span)), width="stretch", key="coverage"
        )
    else:
        st.info(t("staffing.closed", span=session.span_text(span)))


def _rules(plan: Plan, queue: str | None, span: axes.Span) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        frame = roster.unmet(plan, queue)
        if len(frame):
            hours = roster.short_hours(plan, queue)
            st.subheader(t("roster.unmet", count=len(frame), hours=number(hours, 1)))
            st.dataframe(frame, hide_index=True, width="stretch", key="unmet")
        else:
            st.success(t("roster.unmet.none"))
    with right:
        if plan.violations:
            st.error(t("roster.violations", count=len(plan.violations)))
            st.dataframe(
                roster.violations(plan), hide_index=True, width="stretch", key="violations"
            )
        else:
            st.success(t("roster.violations.none"))
        st.caption(t("roster.rules"))


def _hours(plan: Plan, queue: str | None, span: axes.Span) -> None:
    week = session.week_of(plan, span)
    st.subheader(t("roster.hours", first=day_text(week.first)))
    st.altair_chart(roster_charts.hours(roster.hours(plan, week)), width="stretch", key="hours")
    st.caption(t("roster.hours.note"))
