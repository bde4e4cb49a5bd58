"""How do our workbooks look: one set of colours, formats and page settings."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pandas as pd
import xlsxwriter

# Light tints that stay apart for colour-blind readers and on a grey printer carry their code.
_SHIFT_COLOURS = ("#CFE3F5", "#FCE4B6", "#D6C9E8", "#CDEBD9", "#F6CFC4", "#E3E0C4", "#C8E6EA",
                  "#F3D3E6")  # fmt: skip
RED, WHITE, GREEN = "#D6604D", "#FFFFFF", "#5AAE61"
_HEAD = {"bold": True, "bg_color": "#37474F", "font_color": "#FFFFFF", "border": 1,
         "border_color": "#B0BEC5", "valign": "vcenter"}  # fmt: skip
_CELL = {"border": 1, "border_color": "#CFD8DC", "valign": "vcenter"}
_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14},
    "note": {"italic": True, "font_color": "#546E7A"},
    "head": _HEAD,
    "text": _CELL,
    "off": {**_CELL, "align": "center", "font_color": "#90A4AE"},
    "leave": {**_CELL, "align": "center", "bg_color": "#ECEFF1", "italic": True},
    "hours": {**_CELL, "num_format": "0.00"},
    "count": {**_CELL, "num_format": "0"},
    "number": {**_CELL, "num_format": "#,##0"},
    "number part": {**_CELL, "num_format": "#,##0.00"},
    "number small part": {**_CELL, "num_format": "0.000"},
    "gap": {**_CELL, "num_format": "+0;-0;0", "align": "center"},
    "gap part": {**_CELL, "num_format": "+0.0;-0.0;0.0", "align": "center"},
    "agents": {**_CELL, "num_format": "0", "align": "center"},
    "agents part": {**_CELL, "num_format": "0.0", "align": "center"},
    "date": {**_CELL, "num_format": "yyyy-mm-dd ddd", "align": "left"},
    "clock": {**_CELL, "num_format": "hh:mm", "align": "left"},
    "moment": {**_CELL, "num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "total": {**_CELL, "bold": True, "bg_color": "#ECEFF1", "top": 2, "num_format": "#,##0"},
    "total part": {
        **_CELL,
        "bold": True,
        "bg_color": "#ECEFF1",
        "top": 2,
        "num_format": "#,##0.00",
    },
    "short": {"bg_color": RED},
    "met": {"bg_color": WHITE, "border": 1},
    "over": {"bg_color": GREEN},
}
_BAD_IN_SHEET_NAMES = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


class Book:
    """A workbook in which no text becomes a formula or a link; use it in a `with` block."""

    def __init__(self, target: str | Path | BinaryIO, *, made: dt.datetime) -> None:
        path = str(target) if isinstance(target, str | Path) else target
        self._book = xlsxwriter.Workbook(
            path,
            {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
             "nan_inf_to_errors": False, "in_memory": True},
        )  # fmt: skip
        # Without a fixed date the clock would stand in the file.
        self._book.set_properties({"created": made, "title": "roster", "author": "wfm"})
        self._styles: dict[str, Any] = {}
        self._shifts: dict[str, Any] = {}
        self._names: set[str] = set()

    def __enter__(self) -> Book:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._book.close()

    def style(self, name: str) -> Any:
        """Return a format by name."""
        if name not in self._styles:
            self._styles[name] = self._book.add_format(_STYLES[name])
        return self._styles[name]

    def shift(self, code: str) -> Any:
        """Return the format of a shift code; codes take colours in order of first use."""
        if code not in self._shifts:
            colour = _SHIFT_COLOURS[len(self._shifts) % len(_SHIFT_COLOURS)]
            self._shifts[code] = self._book.add_format(
                {**_CELL, "bg_color": colour, "align": "center"}
            )
        return self._shifts[code]

    def sheet(self, name: str, *, landscape: bool = True) -> Any:
        """Return a new sheet, A4, one page wide; the name is made legal and unique."""
        base = name.translate(_BAD_IN_SHEET_NAMES)[:31]
        legal, number = base, 2
        while legal.casefold() in self._names:
            legal = f"{base[: 28 - len(str(number))]} ({number})"
            number += 1
        self._names.add(legal.casefold())
        page = self._book.add_worksheet(legal)
        if landscape:
            page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        page.set_footer("&L&A&R&P / &N")
        return page

    def number(self, page: Any, row: int, column: int, value: float, *, style: str) -> None:
        """Write a number, with decimals only where it has any."""
        whole = float(value).is_integer()
        page.write_number(row, column, value, self.style(style if whole else f"{style} part"))

    def line(self, page: Any, row: int, label: str, value: Any) -> None:
        """Write a label and its value."""
        page.write_string(row, 0, label, self.style("text"))
        self.value(page, row, 1, value)

    def value(self, page: Any, row: int, column: int, value: Any) -> None:
        """Write a value by its kind; texts stay texts, what is not known stays blank."""
        if isinstance(value, bool | np.bool_):
            page.write_string(row, column, "yes" if value else "no", self.style("text"))
        elif isinstance(value, int | float | np.number):
            number = float(value)
            if math.isfinite(number):
                fraction = not number.is_integer() and abs(number) < 1
                style = "number small" if fraction else "number"
                self.number(page, row, column, number, style=style)
            elif math.isnan(number):
                page.write_blank(row, column, None, self.style("text"))
            else:
                page.write_string(row, column, str(number), self.style("text"))
        else:
            page.write_string(row, column, _words(value), self.style("text"))


def _words(value: Any) -> str:
    if value is None or value is pd.NaT:
        return ""
    if isinstance(value, pd.Timestamp | dt.datetime):
        return f"{value:%a %Y-%m-%d %H:%M}"
    if isinstance(value, dt.date):
        return f"{value:%a %Y-%m-%d}"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        value = {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(item)}" for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(map(_words, value)) or "none"
    return str(value)
