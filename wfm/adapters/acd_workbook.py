"""Which text cells stand in an Excel workbook?"""

from __future__ import annotations

import datetime as dt
import io
import unicodedata
import zipfile
from dataclasses import replace

import pandas as pd

from wfm.adapters.acd_source import (
    HEADER_WITHIN,
    MAX_BYTES,
    MAX_COLUMNS,
    HistorySource,
    counted,
    names_a_time,
)
from wfm.errors import BadInput

# A sheet of Excel's holds no more rows. Packed text of a workbook is some 5 to 30 times as long
# unpacked; what is far beyond that was made to fill a memory.
MAX_ROWS = 1_048_576
MAX_RATIO = 100
_SMALL_BYTES = 4 << 20


def workbook_cells(
    name: str, raw: bytes, source: HistorySource
) -> tuple[pd.DataFrame, HistorySource, tuple[str, ...]]:
    """Return the cells of a sheet by row number, the source with its sheet, and notes.

    Raises
    ------
    BadInput
        Damaged, too large, no such sheet, or nothing on it.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            size = sum(item.file_size for item in packed.infolist())
            if size > MAX_BYTES:
                raise BadInput(
                    f"{name}: the workbook unpacks to more than {MAX_BYTES / 2**20:,.0f} MiB; "
                    "save the history sheet alone"
                )
            if size > max(_SMALL_BYTES, MAX_RATIO * len(raw)):
                raise BadInput(
                    f"{name}: the workbook unpacks to {size // len(raw):,} times its size, which "
                    "no history does; save the history sheet alone, or as .csv"
                )
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
    except BadInput:
        raise
    except Exception as error:  # a damaged workbook fails in many places of the parser
        raise BadInput(
            f"{name}: not a readable Excel workbook ({type(error).__name__}: {error}); open it in "
            "Excel and save it as .xlsx or .csv"
        ) from error
    sheet = source.sheet or book.sheetnames[0]
    if sheet not in book.sheetnames:
        raise BadInput(
            f"{name}: no sheet {sheet!r}; it has {', '.join(map(repr, book.sheetnames))}"
        )
    page = book[sheet]
    rows = [
        [_cell(value) for value in row[: MAX_COLUMNS + 1]]
        for row in page.iter_rows(values_only=True, max_row=MAX_ROWS + 1)
    ]
    if len(rows) > MAX_ROWS:
        raise BadInput(f"{name}: more than {MAX_ROWS:,} rows; save it as .csv")
    if not any(any(row) for row in rows):
        raise BadInput(f"{name}: sheet {sheet!r} is empty; name the sheet with the rows")
    width = max(map(len, rows))
    if width > MAX_COLUMNS:
        raise BadInput(f"{name}: more than {MAX_COLUMNS} columns; export one row an interval")
    cells = pd.DataFrame([row + [""] * (width - len(row)) for row in rows], dtype=str)
    skip = next(
        (n for n, row in enumerate(rows[:HEADER_WITHIN])
         if sum(map(bool, row)) > 1 and any(map(names_a_time, row))), 0,
    )  # fmt: skip
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    notes = [f"Read sheet {sheet!r} of {name}."]
    if skip:
        notes.append(f"Skipped {counted(skip, 'title line')} above the headers.")
    return cells.iloc[skip:], replace(source, sheet=sheet), tuple(notes)


def _cell(value: object) -> str:
    """Return a workbook cell as the text a person sees."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        # Excel keeps times as fractions of a day: 07:30 may come back as 07:29:59.999997.
        return str((value + dt.timedelta(milliseconds=500)).replace(microsecond=0))
    if isinstance(value, dt.timedelta):
        return f"{value.total_seconds():g}"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return unicodedata.normalize("NFKC", str(value)).strip()
