"""Why is a cell of the roster red, and what would help most?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from wfm.ui import roster_charts, session, tables
from wfm.ui.i18n import number, plain, t
from wfm.ui.views import axes, requests

if TYPE_CHECKING:
    from wfm.plan import Plan

VIEW = "why"
MAP = "gap_heat"


def take_click() -> None:
    """Remember the cell that was clicked on the map, and show why it is short."""
    chosen = st.session_state[MAP]["selection"].get(roster_charts.CELL) or []
    if chosen:
        st.session_state["clicked"] = chosen[0]["at"]
        st.session_state["roster_view"] = VIEW


@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str | None, span: axes.Span) -> None:
    """Draw the choice of a red cell of the week, its reasons and the best relaxation."""
    week = session.week_of(plan, span)
    cells = requests.red_cells(plan, queue, week)
    if not cells:
        st.success(t("red.none", queue=session.queue_text(plan, queue)))
        return
    clicked = st.session_state.pop("clicked", None)
    if clicked is not None:
        cell = requests.picked(cells, clicked)
        if cell is None:
            st.info(t("red.met"))
        else:
            st.session_state["red_cell"] = cell
    if st.session_state.get("red_cell") not in cells:
        st.session_state.pop("red_cell", None)
    chosen = st.selectbox(
        t("red.pick"), list(cells), format_func=cells.__getitem__, key="red_cell",
        help=t("red.pick_help"),
    )  # fmt: skip
    with st.spinner(t("red.working")):
        why = session.app().rostering.explain(plan, *chosen)
    first, *others = why.sentences
    st.markdown(f"**{plain(first)}**")
    left, right = st.columns([3, 2], gap="large")
    with left:
        found = requests.parts(why)
        st.dataframe(
            found, hide_index=True, width="stretch", height=tables.height(len(found)), key="parts"
        )
        st.caption(t("red.note"))
    with right:
        for one, key in ((why.best, "red.best"), (why.legal, "red.legal")):
            if one is not None:
                st.markdown(f"**{t(key)}**")
                st.markdown(plain(one.sentence[:1].upper() + one.sentence[1:]))
        if why.best is None and why.legal is None:
            st.markdown(plain(others[-1]))
        if st.button(t("red.prove"), key="prove", help=t("red.prove_help")):
            with st.spinner(t("red.working")):
                least = session.app().rostering.least_short(plan, seconds=10.0)
            st.markdown(t("red.least", hours=number(least.hours, 1)))
            for text in least.sentences:
                st.markdown(f"- {plain(text)}")
