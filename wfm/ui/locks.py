"""Which shifts and free days stay when a new roster is made?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import session, tables
from wfm.ui.i18n import day_text, t
from wfm.ui.views import axes, requests
from wfm.ui.views.names import person_name

if TYPE_CHECKING:
    from wfm.plan import Plan


@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str | None, span: axes.Span) -> None:
    """Draw the form that locks and unlocks, and the list of what is locked."""
    found = session.app().rostering.locks(plan)
    st.caption(t("locks.note"))
    names = {person.id: person_name(person, person.id) for person in plan.scenario.people}
    with st.form("locks", border=True):
        one, two = st.columns([3, 3])
        with one:
            who = st.multiselect(
                t("request.people"), list(names), format_func=names.__getitem__, key="lock_who",
                placeholder=t("locks.everybody"),
            )  # fmt: skip
        with two:
            days = st.multiselect(
                t("locks.days"), list(axes.planned_days(plan)), format_func=day_text,
                key="lock_days", placeholder=t("locks.every_day"),
            )  # fmt: skip
        left, right, _ = st.columns([1, 1, 3])
        with left:
            on = st.form_submit_button(t("locks.lock"), type="primary", key="lock_go")
        with right:
            off = st.form_submit_button(t("locks.unlock"), key="unlock_go")
    if on or off:
        _change(who, days, on=on)
    if not len(found):
        st.info(t("locks.none"))
        return
    st.markdown(f"**{t('locks.count', count=len(found))}**")
    st.dataframe(
        requests.locked(plan, found), hide_index=True, width="stretch",
        height=tables.height(min(len(found), 15)), key="locked",
    )  # fmt: skip


def _change(who: list[str], days: list, *, on: bool) -> None:
    try:
        session.app().rostering.lock(
            session.folder(), agents=who or None, days=days or None, on=on,
            expected_stamp=st.session_state["plan_stamp"],
        )  # fmt: skip
    except BadInput as error:
        st.error(t("error.refused"))
        st.text(str(error))
        return
    st.rerun()
