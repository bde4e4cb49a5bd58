"""PDCA: which improvements are under way, what is to be done next, and which of them worked?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from wfm.pdca import Cycle, Step
from wfm.ui import cycles, pdca_open, pdca_plan, pdca_run, session
from wfm.ui.cycles import Desk
from wfm.ui.i18n import day_text, number, plain, t
from wfm.ui.views import pdca

if TYPE_CHECKING:
    from collections.abc import Sequence

VIEWS = ("board", "open", "stats")
_FIRST_ALERTS = 3


def page() -> None:
    """Draw the board, or the cycle chosen on it."""
    plan = session.current_plan()
    if plan is None:
        session.nothing_yet()
        return
    session.header(plan, t("pdca.title"))
    desk = cycles.desk(plan)
    cycles.tell()
    if desk.actuals is None:
        st.info(t("pdca.none"))
    chosen = cycles.chosen()
    if chosen is not None:
        _cycle(desk, chosen)
        return
    if "pdca_alert" in st.session_state:
        st.session_state["pdca_view"] = "open"
    st.session_state.setdefault("pdca_view", VIEWS[0])
    view = st.segmented_control(
        t("pdca.view"), VIEWS, format_func=lambda name: t(f"pdca.view.{name}"),
        label_visibility="collapsed", required=True, key="pdca_view",
    )  # fmt: skip
    draw = {"board": _board, "open": pdca_open.form, "stats": _stats}
    session.guarded(draw[view or VIEWS[0]], refused="pdca.page_refused")(desk)


def _board(desk: Desk) -> None:
    """Draw the steps side by side, then the signals that wait, then what is closed."""
    found = cycles.use().cycles()
    if not found:
        st.info(t("pdca.empty"))
    else:
        for column, step in zip(st.columns(len(pdca.BOARD)), pdca.BOARD, strict=True):
            with column:
                st.subheader(t(f"pdca.step.{step}"))
                here = [cycle for cycle in found if cycle.step is step]
                for cycle in here:
                    _card(desk, cycle)
                if not here:
                    st.caption(t(f"pdca.empty.{step}"))
    _alerts(desk, found)
    closed = [cycle for cycle in found if cycle.step is Step.CLOSED]
    if closed:
        st.subheader(t("pdca.step.closed"))
        told = st.dataframe(
            pdca.closed_table(closed), hide_index=True, width="stretch", on_select="rerun",
            selection_mode="single-row", key="pdca_closed",
        )  # fmt: skip
        rows = told["selection"]["rows"]
        if rows:
            cycles.choose(closed[rows[0]].id)
            st.rerun()
        at = st.selectbox(
            t("pdca.closed.look"), [cycle.id for cycle in closed], index=None,
            format_func={c.id: c.title for c in closed}.__getitem__, key="pdca_closed_look",
        )  # fmt: skip
        if at is not None:
            cycles.choose(at)
            st.rerun()


def _card(desk: Desk, cycle: Cycle) -> None:
    with st.container(border=True):
        st.markdown(f"**{plain(cycle.title)}**")
        st.caption(plain(pdca.goal(cycle)))
        if cycle.step is Step.DO:
            st.progress(pdca.progress(cycle, desk.day).fraction)
        st.markdown(t("pdca.next", text=pdca.next_step(cycle, desk.day)))
        st.caption(t("pdca.card.owner", owner=plain(cycle.owner),
                     day=day_text(cycle.opened_at.date())))  # fmt: skip
        if st.button(t("pdca.open"), key=f"pdca_open_{cycle.id}", width="stretch"):
            cycles.choose(cycle.id)
            st.rerun()


def _alerts(desk: Desk, found: Sequence[Cycle]) -> None:
    """Draw the chart signals that nobody works on, the first few at once."""
    if desk.actuals is None:
        return
    st.subheader(t("pdca.alerts"))
    waiting = pdca.waiting(pdca_open.alerts(desk), found)
    st.caption(t("pdca.alerts.note") if waiting else t("pdca.alerts.none"))
    for alert in waiting[:_FIRST_ALERTS]:
        _alert(desk, alert)
    rest = waiting[_FIRST_ALERTS:]
    if rest:
        with st.expander(t("pdca.alerts.more", count=len(rest))):
            for alert in rest:
                _alert(desk, alert)


def _alert(desk: Desk, alert: object) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    with left:
        st.markdown(plain(pdca.alert_text(alert)))
    with right:
        key = f"pdca_alert_{alert.id}"  # type: ignore[attr-defined]
        if cycles.button(desk, t("pdca.alerts.begin"), "open", key=key):
            st.session_state["pdca_alert"] = alert.id  # type: ignore[attr-defined]
            st.rerun()


def _cycle(desk: Desk, chosen: str) -> None:
    """Draw one cycle: where it stands, what is next, and the step it is at."""
    if st.button(t("pdca.back"), key="pdca_back", icon=":material/arrow_back:"):
        cycles.choose(None)
        st.rerun()
    session.guarded(_drawn, refused="pdca.page_refused")(desk, chosen)


def _drawn(desk: Desk, chosen: str) -> None:
    cycle = cycles.use().cycle(chosen)
    st.header(plain(cycle.title))
    _steps(cycle)
    st.info(t("pdca.next", text=pdca.next_step(cycle, desk.day)), icon=":material/flag:")
    if cycle.origin.text:
        kind = t(f"pdca.from.{cycle.origin.kind}")
        st.markdown(t("pdca.born", kind=kind, text=plain(cycle.origin.text)))
    if cycle.step is Step.PLAN:
        pdca_plan.draw(desk, cycle)
    else:
        pdca_run.draw(desk, cycle)
    with st.expander(t("pdca.history")):
        st.dataframe(pdca.history_table(cycle), hide_index=True, width="stretch")
        st.caption(plain(t("pdca.definition", id=cycle.id, owner=cycle.owner,
                           day=day_text(cycle.opened_at.date()))))  # fmt: skip


def _steps(cycle: Cycle) -> None:
    """Draw the four steps with the present one marked."""
    parts = []
    for step in (*pdca.BOARD, Step.CLOSED):
        text = t(f"pdca.step.{step}")
        parts.append(f"**:blue-background[{text}]**" if step is cycle.step else text)
    st.markdown(" → ".join(parts))


def _stats(desk: Desk) -> None:
    """Draw what came of all cycles."""
    st.subheader(t("pdca.stats"))
    found = cycles.use().statistics(desk.at)
    if not found.cycles:
        st.write(t("pdca.stats.none"))
        return
    tiles = (
        ("cycles", number(found.cycles),
         t("pdca.stats.cycles.note", open=found.open, closed=found.closed)),
        ("confirmed", pdca.share_text(found.confirmed), pdca.share_note(found.confirmed)),
        ("sustained", pdca.share_text(found.sustained), pdca.share_note(found.sustained)),
        ("pre", pdca.share_text(found.preregistered), pdca.share_note(found.preregistered)),
        ("days", number(found.cycle_days), t("pdca.stats.days.note")),
    )  # fmt: skip
    for column, (name, value, note) in zip(st.columns(len(tiles)), tiles, strict=True):
        with column.container(border=True, height="stretch"):
            helped = name in {"confirmed", "sustained", "pre"}
            st.metric(t(f"pdca.stats.{name}"), value,
                      help=t(f"pdca.stats.{name}.help") if helped else None)  # fmt: skip
            st.caption(note)
    left, right = st.columns([1, 2], gap="large")
    with left:
        st.markdown(f"**{t('pdca.stats.verdicts')}**")
        st.dataframe(pdca.verdict_table(found), hide_index=True, width="stretch")
    with right:
        st.markdown(f"**{t('pdca.stats.causes')}**")
        st.dataframe(pdca.cause_table(found), hide_index=True, width="stretch")
