"""The Plan of a cycle: its form, what speaks against it, and the lock."""

from __future__ import annotations

import streamlit as st

from wfm.pdca import Cycle
from wfm.ui import pdca_asked, pdca_form, pdca_lock, pdca_run
from wfm.ui.cycles import Desk
from wfm.ui.i18n import t


def draw(desk: Desk, cycle: Cycle) -> None:
    """Draw the form, then what speaks against what was saved, then the lock."""
    st.subheader(t("pdca.plan"))
    st.caption(t("pdca.plan.note"))
    if desk.actuals is None:
        st.info(t("pdca.none"))
        return
    asked = pdca_asked.choose(desk, cycle)
    if asked is None:
        return
    pdca_form.draw(desk, cycle, asked)
    if cycle.proposal is None:
        st.caption(t("pdca.plan.unsaved"))
    else:
        pdca_lock.draw(desk, cycle)
    pdca_run.stop(desk, cycle)
