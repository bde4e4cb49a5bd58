"""Home: what is this plan, how good is it, what comes next?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import following, roster_charts, session
from wfm.ui.i18n import day_text, number, percent, plain, signed_percent, t, time_text
from wfm.ui.views import axes, home, roster, staffing

if TYPE_CHECKING:
    from wfm.plan import Plan

STEPS = (
    ("forecast", "forecast"),
    ("staffing", "staffing"),
    ("roster", "roster"),
    ("export", "roster"),
)


def page() -> None:
    """Draw the home page, or the way to a first plan."""
    plan = session.current_plan()
    if plan is None:
        _first_plan()
        return
    summary = plan.summary
    session.header(plan, plan.scenario.name)
    if summary.synthetic_queues:
        st.info(t("home.synthetic", queues=plain(", ".join(summary.synthetic_queues))))
    reached = session.service_reached(plan)
    _tiles(plan, staffing.served(reached))
    left, right = st.columns([5, 2], gap="large")
    with left:
        _day(plan)
    with right:
        _attention(plan)
        _steps()
    st.subheader(t("home.queues"))
    st.dataframe(home.queue_table(plan, reached), hide_index=True, width="stretch")
    _provenance(plan)


def _first_plan() -> None:
    """Explain what a plan needs, and offer to make the demo's."""
    place = session.folder()
    st.title(t("empty.title"))
    st.write(t("empty.text", folder=plain(place)))
    job = session.app().job(place)
    if job.state == "running":
        following.follow("empty.running")
    else:
        if job.state == "failed":
            st.error(t("empty.failed", error=plain(job.error)))
        if st.button(t("empty.demo"), type="primary", help=t("empty.demo_help"), key="make_demo"):
            _start_demo()
    st.caption(t("empty.demo_help"))
    st.write(t("empty.own"))
    st.code(t("empty.command", folder=place), language=None)


def _start_demo() -> None:
    """Start planning the demo, or join the one that another tab started a moment ago."""
    app, place = session.app(), session.folder()
    try:
        app.start_demo(place)
    except BadInput as error:
        if app.job(place).state != "running":
            st.error(t("error.refused"))
            st.text(str(error))
            return
    st.rerun()


def _tiles(plan: Plan, served: staffing.Served) -> None:
    summary = plan.summary
    rostered = plan.roster is not None
    tiles: list[tuple[str, str, str, dict[str, Any]]] = [
        (
            "served",
            percent(served.share, 1),
            t("tile.served.note", met=served.met, intervals=served.intervals),
            {},
        ),
        ("required", number(summary.required_hours), t("tile.required.note"), {}),
        (
            "rostered",
            number(summary.rostered_hours) if rostered else number(None),
            t("tile.rostered.note", share=percent(summary.rostered_hours / summary.required_hours))
            if rostered and summary.required_hours
            else t("tile.rostered.none"),
            {},
        ),
        (
            "gap",
            number(summary.gap_hours, 1) if rostered else number(None),
            t("tile.gap.note", over=number(summary.over_hours, 1))
            if rostered
            else t("tile.rostered.none"),
            {},
        ),
        (
            "peak",
            number(summary.peak_agents),
            time_text(summary.peak_at) if summary.peak_at is not None else "",
            {},
        ),
        (
            "error",
            percent(summary.wape, 1),
            t(
                "tile.error.note",
                floor=percent(summary.noise_floor, 1),
                bias=signed_percent(summary.bias),
            ),
            {"days": summary.held_back_days},
        ),
        (
            "rules",
            number(len(plan.violations)) if rostered else number(None),
            t("tile.rules.kept" if not plan.violations else "tile.rules.broken")
            if rostered
            else t("tile.rostered.none"),
            {},
        ),
    ]
    for column, (name, value, note, values) in zip(st.columns(7), tiles, strict=True):
        with column.container(border=True, height="stretch"):
            st.metric(t(f"tile.{name}"), value, help=t(f"tile.{name}.help", **values))
            st.caption(note)


def _day(plan: Plan) -> None:
    """Draw one day's people, all queues together."""
    st.subheader(t("home.day"))
    span = session.pick_span(plan, whole_week=False)
    if plan.roster is None:
        frame = staffing.required(plan, span)
        picture = roster_charts.required(frame, axes.axis(frame, span))
    else:
        frame = roster.coverage(plan, None, span)
        picture = roster_charts.coverage(frame, axes.axis(frame, span))
    if len(frame):
        st.altair_chart(picture, width="stretch", key="home_day")
    else:
        st.info(t("staffing.closed", span=day_text(span.first)))


def _attention(plan: Plan) -> None:
    st.subheader(t("home.attention"))
    notes = home.attention(plan, session.coverage_calendar(plan))
    for note in notes:
        st.markdown(f"- {plain(note)}")
    if not notes:
        st.write(t("home.calm"))


def _steps() -> None:
    st.subheader(t("home.steps"))
    for step, path in STEPS:
        session.link(path, t(f"step.{step}"))


def _provenance(plan: Plan) -> None:
    source = plan.provenance
    with st.expander(t("home.provenance")):
        for note in source.notes:
            st.markdown(f"- {plain(note)}")
        when = f"{source.planned_at:%Y-%m-%d %H:%M %Z}" if source.planned_at else number(None)
        st.caption(
            t(
                "provenance.line",
                when=when,
                seed=source.seed,
                scenario=plain(source.scenario_id),
                history=plain(source.history_hash[:12]),
            )
        )
        versions = ", ".join(f"{name} {version}" for name, version in source.versions.items())
        st.caption(t("provenance.versions", versions=plain(versions)))
