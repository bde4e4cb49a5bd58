"""How far is the long work that runs beside the page?"""

from __future__ import annotations

from functools import partial

import streamlit as st

from wfm.ui import session
from wfm.ui.i18n import plain, t


@st.fragment(run_every=1)
@partial(session.guarded, refused="error.refused")
def follow(running: str, *, stoppable: bool = False) -> None:
    """Draw the running job; when it ends, draw the whole page anew.

    Parameters
    ----------
    running : str
        Key of the text over the bar; its ``text`` is what the job does.
    stoppable : bool
        Offer to stop it and take what it has.
    """
    app, place = session.app(), session.folder()
    job = app.job(place)
    if job.state != "running":
        st.rerun()
    st.progress(min(max(job.fraction, 0.0), 1.0), text=t(running, text=plain(job.text)))
    if stoppable and st.button(t("roster.cancel"), key="cancel"):
        app.cancel_roster(place)
        st.caption(t("roster.cancelling"))
