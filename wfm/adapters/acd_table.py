"""Which text cells stand in this file? Any text or Excel file in, a table of strings out."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from wfm.adapters.acd_connect import connect_cells, is_json
from wfm.adapters.acd_source import MAX_BYTES, HistorySource, calabrio_headers
from wfm.adapters.acd_text import text_cells
from wfm.adapters.acd_workbook import workbook_cells
from wfm.errors import BadInput

_CHUNK = 1 << 20
_SHOWN_CHARS = 60


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be taken: its line in the file, the column, what stands there, and why."""

    line: int
    column: str
    value: str
    reason: str


class BadRows(BadInput):
    """Some rows cannot be taken; the others may be good."""

    def __init__(self, text: str, rows: tuple[BadRow, ...]) -> None:
        super().__init__(text)
        self.rows = rows


@dataclass(frozen=True)
class TextTable:
    """A file as text.

    Attributes
    ----------
    name : str
        Name of the file, for messages.
    cells : DataFrame
        Stripped text, "" where empty; columns are the headers, the index is the line in the file.
    source : HistorySource
        With delimiter, encoding and sheet as they were used.
    notes : tuple of str
    columns : dict of str to str
        Our words and the headers they stand under, once found.
    expected : bool
        Its counts are a forecast, not what happened.
    """

    name: str
    cells: pd.DataFrame
    source: HistorySource
    notes: tuple[str, ...]
    columns: dict[str, str] = field(default_factory=dict)
    expected: bool = False

    @property
    def time_columns(self) -> list[str]:
        """Headers of the columns that tell when a row starts; the first is named in messages."""
        return [self.columns[word] for word in ("start", "date", "time") if word in self.columns]

    def refusal(
        self, column: str, bad: np.ndarray, wrong: str, todo: str, *, whole: bool = False
    ) -> BadInput:
        """Return the error for the rows where `bad`: file, column, count, line, value, remedy.

        `whole`: it is the file that cannot be read so, and leaving the rows out is no remedy.
        """
        rows = np.flatnonzero(bad)
        first = self.cells.index[rows[0]]
        value = f", got {_short(self.cells[column].iloc[rows[0]])}" if column in self.cells else ""
        count = f"{len(rows):,} rows have" if len(rows) > 1 else "1 row has"
        place = f"first: line {first}{value}"
        text = f"{self.name}: column {column!r}: {count} {wrong} ({place}); {todo}"
        if whole or len(rows) == len(self.cells):
            return BadInput(text)
        return BadRows(text, self._bad_rows(column, rows, wrong))

    def _bad_rows(self, column: str, rows: np.ndarray, wrong: str) -> tuple[BadRow, ...]:
        lines = self.cells.index[rows]
        values = self.cells[column].iloc[rows] if column in self.cells else [""] * len(rows)
        return tuple(
            BadRow(int(line), column, str(value)[:_SHOWN_CHARS], wrong)
            for line, value in zip(lines, values, strict=True)
        )


def read_table(path: str | Path, source: HistorySource, *, name: str | None = None) -> TextTable:
    """Return the cells of a .csv, .txt, .csv.gz, .xlsx, .json or .jsonl file as text.

    What kind of file it is stands in its bytes; `name` is what messages call it, where that is not
    the name it has here.

    Raises
    ------
    BadInput
        No such file, a folder, empty, too large, not text, unreadable in its encoding, no rows
        under the header, too many columns, ragged lines, or a header that stands twice.
    """
    file = Path(path)
    if file.is_dir():
        raise BadInput(f"{file.name}: expected a file, got a folder; name one file in it")
    if not file.is_file():
        raise BadInput(f"{file}: no such file; check its path")
    name = name or file.name
    raw = _bytes(file, name)
    if raw[:4] == b"PK\x03\x04":
        cells, used, notes = workbook_cells(name, raw, source)
    elif is_json(raw):
        cells, notes = connect_cells(name, raw)
        used = source
    else:
        cells, used, notes = text_cells(name, raw, source)
    return TextTable(name, _headed(name, cells), used, notes)


def _bytes(file: Path, name: str) -> bytes:
    try:
        with file.open("rb") as opened:
            packed = opened.read(2) == b"\x1f\x8b"
        with gzip.open(file) if packed else file.open("rb") as stream:
            chunks: list[bytes] = []
            size = 0
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise BadInput(
                        f"{name}: more than {MAX_BYTES / 2**20:,.0f} MiB of text; split the "
                        "file by year, or check that it is the file you mean"
                    )
                chunks.append(chunk)
    except PermissionError as error:
        raise BadInput(f"{name}: may not be read; check its permissions") from error
    except (gzip.BadGzipFile, EOFError, zlib.error, OSError) as error:
        raise BadInput(f"{name}: cannot be read ({error}); copy or export it again") from error
    if not size:
        raise BadInput(f"{name}: the file is empty; export it again")
    return b"".join(chunks)


def _headed(name: str, cells: pd.DataFrame) -> pd.DataFrame:
    """Return the rows under the header, stripped, without wholly empty ones."""
    cells = cells.apply(lambda column: column.fillna("").astype(str).str.strip())
    filled = (cells != "").any(axis=1).to_numpy()
    cells = cells.loc[filled]
    if cells.empty:
        raise BadInput(f"{name}: the file is empty; export it again")
    unnamed = calabrio_headers(cells.iloc[0].tolist())
    if unnamed:
        return cells.set_axis(list(unnamed), axis=1)
    headers = [text or f"column {n}" for n, text in enumerate(cells.iloc[0], start=1)]
    twice = sorted({text for text in headers if headers.count(text) > 1})
    if twice:
        raise BadInput(
            f"{name}: header {twice[0]!r} stands {headers.count(twice[0])} times in line "
            f"{cells.index[0]}; rename one of them"
        )
    cells = cells.iloc[1:].set_axis(headers, axis=1)
    if cells.empty:
        raise BadInput(f"{name}: only a header, no rows; export it again with rows")
    return cells


def _short(cell: object) -> str:
    """Return a cell for an error text, cut where it is long."""
    text = str(cell)
    if len(text) <= _SHOWN_CHARS:
        return repr(text)
    return f"{text[:_SHOWN_CHARS]!r}... ({len(text):,} characters)"
