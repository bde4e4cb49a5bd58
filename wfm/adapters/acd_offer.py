"""Which rows of this file are good, and which are not, and why?

`read_history` refuses a file for its first fault. Here the bad rows are told one by one, and the
others are offered: a person, or who asked for it, decides whether those alone are taken.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from wfm.adapters.acd import ImportedHistory, history_of
from wfm.adapters.acd_source import HistorySource
from wfm.adapters.acd_table import BadRow, BadRows, TextTable, read_table
from wfm.errors import BadInput

# A file of which more is bad than this is another kind of file than was thought.
MOST_BAD = 0.5
_USUAL_MIN = (15, 30, 60)


@dataclass(frozen=True)
class Offer:
    """What can be taken of a file.

    Attributes
    ----------
    history : ImportedHistory
        Of the good rows.
    bad : tuple of BadRow
        Those left out, by line.
    interval_min : int
        Minutes of an interval of `history`.
    """

    history: ImportedHistory
    bad: tuple[BadRow, ...]
    interval_min: int


def offer(
    path: str | Path,
    source: HistorySource | None = None,
    *,
    timezone: str,
    interval_min: int | None = None,
    name: str | None = None,
) -> Offer:
    """Read a file, its bad rows set aside.

    Parameters
    ----------
    path : path
    source : HistorySource, optional
    timezone : str
        IANA zone of the site.
    interval_min : int, optional
        Without it quarters of an hour, else half hours, else hours: the first the file allows.
    name : str, optional
        What messages call the file, where that is not the name it has here.

    Raises
    ------
    BadInput
        The file as a whole cannot be read, or more than half of its rows are bad.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "calls.csv"
    >>> _ = file.write_text("start,calls\\n2026-03-02 09:00,4\\n2026-03-02 09:30,six\\n"
    ...                     "2026-03-02 10:00,5\\n2026-03-02 10:30,7\\n")
    >>> found = offer(file, timezone="UTC")
    >>> found.history.frame["offered"].tolist(), found.bad[0].line, found.bad[0].value
    ([4.0, 5.0, 7.0], 3, 'six')
    """
    table = read_table(path, source or HistorySource(), name=name)
    wanted = _USUAL_MIN if interval_min is None else (interval_min,)
    first: BadInput | None = None
    for minutes in wanted:
        try:
            return _good_of(table, timezone=timezone, interval_min=minutes)
        except BadInput as error:
            first = first or error
    assert first is not None
    raise first


def offer_bytes(name: str, content: bytes, source: HistorySource | None = None, *,
                timezone: str, interval_min: int | None = None) -> Offer:  # fmt: skip
    """Read a file that was sent; its name is for messages only, as `file_name` shows it."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "upload"
        path.write_bytes(content)
        return offer(
            path, source, timezone=timezone, interval_min=interval_min, name=file_name(name)
        )


def file_name(name: str) -> str:
    """Return the last part of a file's name, whichever system it comes from, fit to be shown.

    >>> file_name("C:\\\\calls\\\\..\\\\march.csv"), file_name("../../etc/passwd")
    ('march.csv', 'passwd')
    """
    last = name.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    shown = "".join(letter for letter in last if letter.isprintable())[:120].strip()
    return "upload" if shown in ("", ".", "..") else shown


def _good_of(table: TextTable, *, timezone: str, interval_min: int) -> Offer:
    bad: list[BadRow] = []
    left = table
    while True:
        try:
            history = history_of(left, timezone=timezone, interval_min=interval_min)
        except BadRows as error:
            bad += error.rows
            if len(_lines(bad)) > MOST_BAD * len(table.cells):
                raise
            left = replace(left, cells=left.cells.drop(index=sorted(_lines(error.rows))))
        else:
            return Offer(history, tuple(sorted(bad, key=lambda row: row.line)), interval_min)


def _lines(rows: Iterable[BadRow]) -> set[int]:
    return {row.line for row in rows}
