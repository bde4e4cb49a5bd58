"""How do tables of shifts look? Colours per shift code, beside their legend."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from wfm.ui import theme
from wfm.ui.i18n import t

if TYPE_CHECKING:
    import pandas as pd
    from pandas.io.formats.style import Styler

_ROW_PX = 35
_MOST_PX = 26 * _ROW_PX


def shift_colours(frame: pd.DataFrame, days: Sequence[str], codes: Sequence[str]) -> Styler:
    """Return `frame` with each shift cell of the columns `days` tinted by its shift code."""
    hue = {code: theme.SHIFTS[i % len(theme.SHIFTS)] for i, code in enumerate(codes)}

    def style(cell: Any) -> str:
        code = str(cell).split(" ")[0]
        if code in hue:
            return f"background-color:{hue[code]};color:{theme.TEXT}"
        return f"background-color:{theme.LEAVE}" if cell == t("grid.leave") else ""

    return frame.style.map(style, subset=list(days)).format(precision=2)


def height(rows: int) -> int:
    """Return pixels for a table of `rows` rows; a long one scrolls under its frozen header."""
    return min(_MOST_PX, _ROW_PX * (rows + 1) + 3)


def legend(shifts: Sequence[Any]) -> None:
    """Draw what each shift code means, on its own colour."""
    parts = [
        f'<span style="background:{theme.SHIFTS[i % len(theme.SHIFTS)]};color:{theme.TEXT};'
        f'padding:2px 8px;border-radius:3px;margin-right:8px">{_meaning(kind)}</span>'
        for i, kind in enumerate(shifts)
    ]
    st.html("<div>" + "".join(parts) + "</div>")


def _meaning(kind: Any) -> str:
    name = f" {kind.name}" if kind.name else ""
    return escape(
        t(
            "legend.shift",
            code=kind.code,
            name=name,
            first=kind.earliest_start,
            last=kind.latest_start,
            hours=f"{kind.length_min / 60:g}",
        )
    )
