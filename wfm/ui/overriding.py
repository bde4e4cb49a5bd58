"""How does a person change a forecast by hand, and see first what that does?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import session
from wfm.ui.i18n import number, plain, signed, signed_percent, t
from wfm.ui.views import axes, changes

if TYPE_CHECKING:
    from wfm.plan import Plan

_UNSAID = "-"  # while the reason is still being written


@st.fragment
@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str, span: axes.Span) -> None:
    """Draw the form, the effect of what is filled in, and the log of earlier changes."""
    told = st.session_state.pop("overridden", "")
    if told:
        st.success(told)
    where = st.empty()
    asked = _form(plan, queue, span)
    first, last = asked["start"], asked["end"]
    where.markdown(
        t("override.where", queue=session.queue_text(plan, queue), span=session.span_text(span))
    )
    if asked["change"] is not None or asked["value"] is not None:
        shown = {**asked, "reason": asked["reason"] or _UNSAID, "by": asked["by"] or _UNSAID}
        made = session.app().forecasting.overridden(plan, **shown)
        _effect(made, plan.roster is not None)
        ready = bool(asked["reason"] and asked["by"])
        if not ready:
            st.caption(t("override.incomplete"))
        if st.button(t("override.go"), type="primary", disabled=not ready, key="override_go"):
            _commit(plan, asked)
    else:
        contacts = number(changes.expected_in(plan, queue, first, last))
        st.caption(t("override.nothing", contacts=contacts))
    if len(plan.overrides):
        st.markdown(f"**{t('override.log')}**")
        st.dataframe(changes.override_table(plan), hide_index=True, width="stretch")
        if st.button(t("override.back"), key="override_back"):
            _take_back()


def _form(plan: Plan, queue: str, span: axes.Span) -> dict[str, Any]:
    """Draw the fields; `change` and `value` are None where nothing would change."""

    def key(name: str) -> str:
        return f"override_{name}_{queue}_{span.first}_{span.days}_{plan.id}"

    start, end = span.begin, span.end
    bounds = changes.bounds(plan, queue, span) if span.days == 1 else []
    if bounds:
        labels = dict(zip(bounds, axes.bound_labels(bounds, span.tz), strict=True))
        begin, stop = st.select_slider(
            t("override.times"), bounds, (bounds[0], bounds[-1]),
            format_func=labels.__getitem__, key=key("times"),
        )  # fmt: skip
        # The whole of what is in use is the whole day, closed hours included.
        start = start if begin == bounds[0] else begin
        end = end if stop == bounds[-1] else stop
    one, two, three, four = st.columns([2, 1, 3, 2], vertical_alignment="bottom")
    with one:
        kind = st.radio(
            t("override.kind"), ["percent", "contacts"], horizontal=True, key=key("kind"),
            format_func=lambda name: t(f"override.{name}"), label_visibility="collapsed",
        )  # fmt: skip
    with two:
        change: float | None = None
        value: float | None = None
        if kind == "percent":
            asked = st.number_input(
                t("override.percent"), -99.0, 400.0, 0.0, 1.0, format="%.1f", key=key("pct")
            )
            change = asked / 100 if asked else None
        else:
            usual = round(changes.expected_in(plan, queue, start, end))
            wanted = st.number_input(
                t("override.contacts"), 0, None, usual, 1, key=f"{key('value')}_{start}_{end}"
            )
            value = float(wanted) if wanted != usual else None
    with three:
        reason = st.text_input(t("override.reason"), key=key("reason"), max_chars=300,
                               placeholder=t("override.reason_like"))  # fmt: skip
    with four:
        by = st.text_input(t("override.by"), key="override_by", max_chars=80)
    return {
        "queue": queue, "start": start, "end": end, "change": change, "value": value,
        "reason": reason.strip(), "by": by.strip(),
    }  # fmt: skip


def _effect(made: Any, rostered: bool) -> None:
    said = made.override
    share = signed_percent(said.after / said.before - 1) if said.before > 0 else number(None)
    figures = [
        ("contacts", said.before, said.after, 0),
        ("peak", made.before.peak_agents, made.after.peak_agents, 0),
        ("duty", made.before.scheduled_hours, made.after.scheduled_hours, 1),
    ]
    if rostered:
        figures.append(("short", made.short_before, made.short_after, 1))
    for column, (name, before, after, digits) in zip(st.columns(4), figures, strict=False):
        delta, old = signed(after - before, digits), number(before, digits)
        moved = round(after - before, digits) != 0
        with column:
            st.metric(t(f"effect.{name}"), number(after, digits))
            st.caption(t("effect.delta", delta=delta, before=old) if moved else t("effect.same"))
    st.caption(t("effect.note" if rostered else "effect.note.unrostered", change=share))


def _commit(plan: Plan, asked: dict[str, Any]) -> None:
    try:
        made = session.app().forecasting.override_plan(
            session.folder(), expected_stamp=st.session_state["plan_stamp"], **asked
        )
    except BadInput as error:
        _refused(error)
        return
    st.session_state["overridden"] = t(
        "override.done",
        before=number(made.override.before),
        after=number(made.override.after),
        reason=plain(asked["reason"]),
    )
    st.rerun(scope="app")


def _take_back() -> None:
    try:
        session.app().forecasting.take_back(
            session.folder(), expected_stamp=st.session_state["plan_stamp"]
        )
    except BadInput as error:
        _refused(error)
        return
    st.session_state["overridden"] = t("override.back.done")
    st.rerun(scope="app")


def _refused(error: BadInput) -> None:
    st.error(t("error.refused"))
    st.text(str(error))
