"""Which pages are there, and how does one lead to another?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from wfm.ui.i18n import t
from wfm.ui.pages import forecast, home, kpi, roster, staffing
from wfm.ui.session import guarded

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

_ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<rect width='16' height='16' rx='3' fill='#0B5CAD'/>"
    "<path d='M3 12V8h2v4zM7 12V4h2v8zM11 12V6h2v6z' fill='white'/></svg>"
)

# The frame's wide upper margin costs a planner a third of a small screen.
_STYLE = "<style>.stMainBlockContainer{padding-top:4rem;padding-bottom:3rem}</style>"


_PAGES = {
    "home": home.page,
    "forecast": forecast.page,
    "staffing": staffing.page,
    "roster": roster.page,
    "kpi": kpi.page,
}
PATHS = tuple(_PAGES)


def draw(path: str) -> None:
    """Draw the page at `path` by itself, outside the frame."""
    guarded(_PAGES[path])()


def pages() -> dict[str, StreamlitPage]:
    """Return the pages by their path."""
    return {
        path: st.Page(
            guarded(page), title=t(f"nav.{path}"), url_path=path, default=path == PATHS[0]
        )
        for path, page in _PAGES.items()
    }


def show() -> None:
    """Draw the frame and the page asked for."""
    st.set_page_config(page_title=t("app.title"), page_icon=_ICON, layout="wide")
    st.html(_STYLE)
    found = pages()
    st.session_state["pages"] = found
    st.navigation(list(found.values()), position="top").run()
