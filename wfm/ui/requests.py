"""Absences, leave, swaps and open shifts: see what they do, then keep it or leave it."""

from __future__ import annotations

import datetime as dt
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import session, tables
from wfm.ui.i18n import day_text, number, plain, signed, t
from wfm.ui.views import axes, requests
from wfm.ui.views.names import person_name, shown_names

if TYPE_CHECKING:
    from wfm.plan import Plan

KINDS = ("absent", "leave", "swap", "fill")
_SHOWN = "request_shown"


@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str | None, span: axes.Span) -> None:
    """Draw the form of one kind of request, and the effect of the one that was asked last."""
    told = st.session_state.pop("request_kept", "")
    if told:
        st.success(told)
    kind = st.segmented_control(
        t("request.kind"), KINDS, default=KINDS[0], required=True, key="request_kind",
        format_func=lambda name: t(f"request.{name}"), label_visibility="collapsed",
    )  # fmt: skip
    st.caption(t(f"request.{kind}.note"))
    days = axes.planned_days(plan)
    first = span.first if span.first in days else days[0]
    form = {"absent": _absent, "leave": _leave, "swap": _swap, "fill": _fill}[kind]
    with st.form(f"request_{kind}", border=True):
        ask = form(plan, list(days), first)
        asked = st.form_submit_button(t("request.ask"), type="primary", key=f"ask_{kind}")
    if asked:
        with st.spinner(t("request.working")):
            st.session_state[_SHOWN] = (_mark(plan, kind), ask())
    mark, made = st.session_state.get(_SHOWN, ("", None))
    if made is None or mark != _mark(plan, kind):
        return
    if kind == "fill":
        _candidates(plan, made)
    else:
        _effect(plan, made)


def _mark(plan: Plan, kind: str) -> str:
    return f"{kind} {plan.id} {st.session_state.get('plan_stamp', '')}"


def _person(plan: Plan, key: str, label: str) -> str:
    names = {person.id: person_name(person, person.id) for person in plan.scenario.people}
    return st.selectbox(label, list(names), format_func=names.__getitem__, key=key)


def _day(days: list[dt.date], first: dt.date, key: str, label: str) -> dt.date:
    return st.selectbox(label, days, index=days.index(first), format_func=day_text, key=key)


def _limit() -> float:
    return st.number_input(
        t("request.most"), 0.0, None, 0.0, 0.5, key="request_most", help=t("request.most_help")
    )


def _weight(plan: Plan) -> float:
    return st.number_input(
        t("request.weight"), 0.0, None, float(plan.scenario.weights.under), 1.0,
        key="request_weight", help=t("request.weight_help"),
    )  # fmt: skip


def _absent(plan: Plan, days: list[dt.date], first: dt.date) -> Any:
    names = {person.id: person_name(person, person.id) for person in plan.scenario.people}
    one, two, three = st.columns([3, 2, 2], vertical_alignment="bottom")
    with one:
        who = st.multiselect(
            t("request.people"), list(names), format_func=names.__getitem__, key="absent_who"
        )
    with two:
        day = _day(days, first, "absent_day", t("request.day"))
    with three:
        weight = _weight(plan)
    gone = [(agent, day) for agent in who]
    return lambda: session.app().rostering.repaired(plan, absent=gone, weight=weight)


def _leave(plan: Plan, days: list[dt.date], first: dt.date) -> Any:
    one, two, three, four = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
    with one:
        who = _person(plan, "leave_who", t("grid.person"))
    with two:
        begin = _day(days, first, "leave_from", t("request.first"))
    with three:
        end = _day(days, first, "leave_to", t("request.last"))
    with four:
        most = _limit()
    return lambda: session.app().rostering.given_leave(plan, who, begin, end, most_short_h=most)


def _swap(plan: Plan, days: list[dt.date], first: dt.date) -> Any:
    one, two, three = st.columns([3, 3, 2], vertical_alignment="bottom")
    with one:
        giver = _person(plan, "swap_giver", t("request.giver"))
        given = _day(days, first, "swap_given", t("request.given"))
    with two:
        taker = _person(plan, "swap_taker", t("request.taker"))
        taken = _day(days, first, "swap_taken", t("request.taken"))
    with three:
        most = _limit()
    return lambda: session.app().rostering.swapped(
        plan, (giver, given), (taker, taken), most_short_h=most
    )


def _fill(plan: Plan, days: list[dt.date], first: dt.date) -> Any:
    starts = {
        (kind.code, minute): f"{kind.code} {minute // 60:02d}:{minute % 60:02d}"
        for kind in plan.scenario.shifts for minute in kind.starts
    }  # fmt: skip
    shown = shown_names(plan.scenario)
    one, two, three = st.columns([2, 2, 2], vertical_alignment="bottom")
    with one:
        day = _day(days, first, "fill_day", t("request.day"))
    with two:
        code, minute = st.selectbox(
            t("request.shift"), list(starts), format_func=starts.__getitem__, key="fill_shift"
        )
    with three:
        served = st.selectbox(
            t("pick.queue"), list(shown), format_func=shown.__getitem__, key="fill_queue"
        )
    clock = f"{minute // 60:02d}:{minute % 60:02d}"
    return lambda: session.app().rostering.fill(plan, day, code, clock, queue=served)


def _effect(plan: Plan, made: Any) -> None:
    """Draw a decision with its effect, and the way to keep it."""
    (st.success if made.approved else st.warning)(plain(made.text))
    one, two, three = st.columns(3)
    with one:
        st.metric(t("effect.short"), number(made.short_after_h, 2))
        change = made.short_after_h - made.short_before_h
        st.caption(t("effect.delta", delta=signed(change, 2),
                     before=number(made.short_before_h, 2)))  # fmt: skip
    with two:
        st.metric(t("effect.changes"), number(len(made.changes)))
    with three:
        if len(made.service):
            st.dataframe(requests.service(plan, made.service), hide_index=True, width="stretch",
                         key="request_service")  # fmt: skip
            st.caption(t("effect.service.note"))
    if len(made.changes):
        st.dataframe(
            requests.changes(plan, made.changes), hide_index=True, width="stretch",
            height=tables.height(min(len(made.changes), 12)), key="request_changes",
        )  # fmt: skip
    if made.plan.violations:
        st.error(t("request.illegal", count=len(made.plan.violations)))
        return
    left, middle, right = st.columns([3, 2, 2], vertical_alignment="bottom")
    with left:
        reason = st.text_input(t("override.reason"), key="request_reason", max_chars=300)
    with middle:
        by = st.text_input(t("override.by"), key="request_by", max_chars=80)
    with right:
        label = t("request.keep") if made.approved else t("request.keep_anyway")
        if st.button(label, type="primary", disabled=not by.strip(), key="request_keep"):
            _keep(made, by, reason)
    if not by.strip():
        st.caption(t("request.who"))


def _keep(made: Any, by: str, reason: str) -> None:
    try:
        session.app().rostering.keep(
            session.folder(), made, by=by, reason=reason,
            expected_stamp=st.session_state["plan_stamp"],
        )  # fmt: skip
    except BadInput as error:
        st.error(t("error.refused"))
        st.text(str(error))
        return
    st.session_state.pop(_SHOWN, None)
    st.session_state["request_kept"] = t("request.kept")
    st.rerun()


def _candidates(plan: Plan, found: Any) -> None:
    st.dataframe(
        requests.candidates(plan, found), hide_index=True, width="stretch",
        height=tables.height(min(len(found), 15)), key="candidates",
    )  # fmt: skip
    st.caption(t("fill.note"))
