"""Which rules does this plan have, and how does its roster keep them? And who got their wish?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from wfm.ui import session, tables
from wfm.ui.i18n import plain, t
from wfm.ui.views import axes, rules

if TYPE_CHECKING:
    from wfm.plan import Plan
    from wfm.roster import Roster

_SHOWN = 3


def notes(solved: Roster) -> None:
    """Say what was asked and could not be held to the letter, above everything else."""
    told = rules.notes(solved)
    for text in told[:_SHOWN]:
        st.warning(plain(text))
    if len(told) > _SHOWN:
        with st.expander(t("rules.more_notes", count=len(told) - _SHOWN)):
            for text in told[_SHOWN:]:
                st.markdown(f"- {plain(text)}")


@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str | None, span: axes.Span) -> None:
    """Draw every rule in force, then the requests and their answers."""
    found = session.app().rostering.rules_in_force(plan)
    broken = sum(rule.breaches for rule in found if rule.hard)
    text = t("rules.broken", count=broken) if broken else t("rules.kept")
    st.markdown(f"**{text}**")
    for hard, title in ((True, "rules.hard"), (False, "rules.soft")):
        rows = rules.in_order(found, hard=hard)
        if not rows:
            continue
        st.subheader(t(title, count=len(rows)))
        st.table(rules.marked(rows), border="horizontal", hide_index=True)
    _requests(plan)
    st.caption(t("rules.where"))
    how = rules.how_written()
    if how:
        with st.expander(t("rules.how")):
            st.markdown(how)


def _requests(plan: Plan) -> None:
    answers = session.app().rostering.requests(plan)
    if not len(answers):
        st.caption(t("rules.no_requests"))
        return
    granted = int(answers["granted"].sum())
    st.subheader(t("rules.requests", granted=granted, count=len(answers)))
    shown = rules.requests(plan, answers)
    st.dataframe(
        shown, hide_index=True, width="stretch", height=tables.height(min(len(shown), 15)),
        key="requests",
    )  # fmt: skip
    st.caption(t("rules.requests_note"))
