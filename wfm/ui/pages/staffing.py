"""Staffing: how many people does each interval need, what does that buy, and what if?"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.scenario import SlRule
from wfm.ui import charts, session
from wfm.ui.i18n import number, percent, plain, signed, t, time_text
from wfm.ui.views import axes, sliders, staffing

if TYPE_CHECKING:
    from wfm.plan import Plan

PATIENCE_S = (15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 450, 600, 900, 1800, 3600, math.inf)
CONTROLS = ("volume", "aht", "service_level", "awt", "patience", "shrinkage", "occupancy", "rule")


def page() -> None:
    """Draw the staffing page."""
    plan = session.current_plan()
    if plan is None:
        session.nothing_yet()
        return
    session.header(plan, t("staffing.title"))
    left, right = st.columns([1, 3])
    with left:
        name = session.pick_queue(plan)
    with right:
        span = session.pick_span(plan)
    queue = plan.scenario.queue(name)
    st.markdown(
        t(
            "staffing.target",
            target=plain(staffing.target_text(queue.target, queue.channel, queue.tiers)),
            shrinkage=percent(queue.shrinkage),
        )
    )
    st.caption(t("staffing.formula", formula=plain(staffing.formula_text(queue))))
    _today(plan, queue, span)
    _why(plan, queue, span)
    st.subheader(t("whatif.title"))
    _what_if(plan, queue, span)


def _today(plan: Plan, queue: Any, span: axes.Span) -> None:
    """Draw requirement, service and occupancy of the span."""
    st.subheader(
        t("staffing.need", queue=session.queue_text(plan, queue.name), span=session.span_text(span))
    )
    frame = staffing.intervals(plan, session.service_reached(plan), queue.name, span)
    if not len(frame):
        st.info(t("staffing.closed", span=session.span_text(span)))
        return
    axis, rostered = axes.axis(frame, span), plan.roster is not None
    st.altair_chart(charts.staffing(frame, axis, rostered=rostered), width="stretch", key="need")
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('staffing.service')}**")
        shown = rostered and queue.channel != "email"
        st.altair_chart(charts.service(frame, axis, rostered=shown), width="stretch", key="service")
        if queue.channel == "email":
            st.caption(t("staffing.service.email"))
    with right:
        st.markdown(f"**{t('staffing.occupancy')}**")
        st.altair_chart(charts.occupancy(frame, axis), width="stretch", key="occupancy")


@st.fragment
@partial(session.guarded, refused="error.refused")
def _why(plan: Plan, queue: Any, span: axes.Span) -> None:
    """Draw why one interval needs what it needs; the busiest is shown first."""
    frame = staffing.intervals(plan, session.service_reached(plan), queue.name, span)
    if not len(frame):
        return
    st.subheader(t("why.title"))
    left, right = st.columns([1, 3])
    with left:
        start = st.selectbox(
            t("why.pick"),
            staffing.starts(frame),
            index=staffing.busiest(frame),
            key=f"why_{queue.name}_{span.first}_{span.days}_{plan.id}",
            format_func=time_text,
        )
    with right:
        table = session.app().explain(plan, queue.name, start)
        for sentence in staffing.why(table, plan.scenario.currency):
            st.markdown(plain(sentence))


@st.fragment
@partial(session.guarded, refused="error.refused")
def _what_if(plan: Plan, queue: Any, span: axes.Span) -> None:
    """Draw sliders and their answer; only this part runs again when one moves."""
    st.caption(t("whatif.note"))
    left, right = st.columns([2, 3], gap="large")
    with left:
        asked = _controls(plan, queue)
    with right:
        answer = session.app().what_if(plan, queue.name, **asked)
        _answer(answer, plan.scenario.full_time_week_h)
        frame = axes.placed(answer.frame, span, plan.scenario.interval_min)
        frame = staffing.in_use(frame, "agents", "agents_before")
        if len(frame):
            st.altair_chart(
                charts.what_if(frame, axes.axis(frame, span)), width="stretch", key="what_if"
            )
        patience = asked.get("patience_s")
        st.caption(t("staffing.formula", formula=plain(staffing.formula_text(queue, patience))))


def _controls(plan: Plan, queue: Any) -> dict[str, Any]:
    """Draw the sliders; return only what was moved away from the plan."""
    target = queue.target

    def key(name: str) -> str:
        # A new plan gets new sliders: the old ones would hold on to the old plan's values.
        return f"whatif_{name}_{queue.name}_{plan.id}"

    def reset() -> None:
        for name in CONTROLS:
            st.session_state.pop(key(name), None)

    one, two = st.columns(2)
    asked: dict[str, Any] = {}
    with one:
        volume = st.slider(t("whatif.volume"), 50, 150, 100, 5, key=key("volume"))
        aht = st.slider(t("whatif.aht"), 50, 150, 100, 5, key=key("aht"))
        shrinkage = _moved(
            t("whatif.shrinkage"), 100 * queue.shrinkage, (0, 50, 0.5), key("shrinkage")
        )
        cap = 1.0 if target.occupancy is None else target.occupancy
        occupancy = _moved(t("whatif.occupancy"), 100 * cap, (50, 100, 1), key("occupancy"))
    with two:
        if queue.channel == "email":
            deadline = _moved(t("whatif.deadline"), target.awt_s / 3600, (1, 24, 0.5), key("awt"))
            if deadline is not None:
                asked["awt_s"] = deadline * 3600
        else:
            asked |= _service_controls(queue, key)
        st.button(t("whatif.reset"), on_click=reset, key=key("reset"))
    if volume != 100:
        asked["volume"] = volume / 100
    if aht != 100:
        asked["aht"] = aht / 100
    if shrinkage is not None:
        asked["shrinkage"] = shrinkage / 100
    if occupancy is not None:
        asked["occupancy"] = occupancy / 100
    return asked


def _moved(label: str, own: float, grid: tuple[float, float, float], key: str) -> float | None:
    """Draw a slider at the plan's `own` value; return what it was moved to, None if it was not.

    The ends and the step of `grid` give way where the plan's own value lies outside or between.
    """
    own = round(own, 6)
    low, high, step = sliders.holding(own, *grid)
    value = st.slider(label, low, high, own, step, format=sliders.number_format(step), key=key)
    return None if value == own else float(value)


def _service_controls(queue: Any, key: Any) -> dict[str, Any]:
    """Draw target and patience of a queue that is answered at once."""
    target = queue.target
    asked: dict[str, Any] = {}
    if target.service_level is not None:
        goal = 100 * target.service_level
        share = _moved(t("whatif.service_level"), goal, (50, 99, 1), key("service_level"))
        if share is not None:
            asked["service_level"] = share / 100
    awt = _moved(t("whatif.awt"), target.awt_s, (0, 300, 5), key("awt"))
    if awt is not None:
        asked["awt_s"] = awt
    choices = sorted({*PATIENCE_S, queue.patience_s})
    patience = st.select_slider(
        t("whatif.patience"),
        choices,
        queue.patience_s,
        key=key("patience"),
        help=t("whatif.patience_help"),
        format_func=lambda s: number(s) if math.isfinite(s) else t("whatif.patience_none"),
    )
    if patience != queue.patience_s:
        asked["patience_s"] = patience
    rules = [str(rule) for rule in SlRule]
    rule = st.selectbox(
        t("whatif.rule"),
        rules,
        rules.index(str(target.rule)),
        key=key("rule"),
        help=t("whatif.rule_help"),
    )
    if rule != str(target.rule):
        asked["rule"] = rule
    return asked


def _answer(answer: Any, full_time_week_h: float) -> None:
    """Draw the four figures, each with its change."""
    for column, (name, digits) in zip(
        st.columns(4),
        (("peak_agents", 0), ("agent_hours", 0), ("scheduled_hours", 0), ("fte", 1)),
        strict=True,
    ):
        before, after = getattr(answer.before, name), getattr(answer.after, name)
        with column:
            label = t(f"whatif.{name}", hours=f"{full_time_week_h:g}")
            st.metric(label, number(after, digits))
            delta = signed(after - before, digits)
            st.caption(
                t("whatif.delta", delta=delta, before=number(before, digits))
                if after != before
                else t("whatif.same")
            )
