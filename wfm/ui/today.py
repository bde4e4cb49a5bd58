"""How will the rest of the running day go, from the contacts so far?"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from wfm.errors import BadInput
from wfm.ui import charts, session
from wfm.ui.i18n import plain, t, time_text
from wfm.ui.views import axes, changes

if TYPE_CHECKING:
    from wfm.plan import Plan


@st.fragment
@partial(session.guarded, refused="error.refused")
def draw(plan: Plan, queue: str) -> None:
    """Draw the upload and, with one, the day so far and what is still to come."""
    st.caption(t("today.note"))
    file = st.file_uploader(t("today.file"), type=["csv", "txt", "gz", "xlsx"], key="actuals")
    if file is None:
        return
    try:
        today = session.app().forecasting.today(plan, file.name, file.getvalue())
    except BadInput as error:
        st.error(t("error.refused"))
        st.text(str(error))
        return
    st.markdown(f"**{t('today.title', when=time_text(today.at))}**")
    said = changes.day_so_far(today, plan, queue)
    for column, name in zip(st.columns(4), ("so_far", "rest", "day", "planned"), strict=True):
        with column:
            st.metric(t(f"today.{name}"), said[name])
            st.caption(t(f"today.{name}.note", **said))
    for sentence in changes.alarms(today, plan):
        st.warning(plain(sentence))
    # A file that ends at midnight is about the day before.
    day = changes.day_of(today)
    span = axes.Span(day, 1, plan.scenario.timezone)
    frame = changes.day_band(today, queue, span, plan.scenario.interval_min)
    if len(frame):
        st.altair_chart(
            charts.running_day(frame, axes.axis(frame, span)), width="stretch", key="today"
        )
    for note in today.notes:
        st.caption(plain(note))
