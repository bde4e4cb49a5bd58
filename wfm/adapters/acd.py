"""What does this file of contacts say, as a history by planning interval?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from wfm import frames
from wfm.adapters.acd_columns import find_columns, layout_of, require_counts
from wfm.adapters.acd_contacts import contact_rows, count_contacts
from wfm.adapters.acd_instants import drop_skipped, to_instants
from wfm.adapters.acd_intervals import (
    DailyCounts,
    check_intervals,
    daily_counts,
    file_interval,
    refuse_duplicates,
    to_intervals,
)
from wfm.adapters.acd_rows import drop_from, drop_totals, interval_rows, wide_rows
from wfm.adapters.acd_source import HistorySource, counted
from wfm.adapters.acd_systems import settle
from wfm.adapters.acd_table import TextTable, read_table
from wfm.adapters.acd_times import WallClock, wall_clock
from wfm.errors import BadInput
from wfm.scenario import INTERVALS_MIN
from wfm.timegrid import MINUTES_A_DAY, zone

__all__ = ["DailyCounts", "HistorySource", "ImportedHistory", "read_history"]


@dataclass(frozen=True)
class ImportedHistory:
    """A history as read from a file.

    Attributes
    ----------
    frame : DataFrame
        The history table of `wfm.frames`, sorted by queue and start.
    notes : tuple of str
        Plain sentences on what was guessed, summed and dropped, with counts.
    rows_read : int
        Rows under the header, empty ones not counted.
    source : HistorySource
        With layout, columns, separator, encoding and interval as they were used, to be kept.
    expected : bool
        Its counts are a forecast (Calabrio's), not what happened.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    rows_read: int
    source: HistorySource
    expected: bool = False

    def counted(self, name: str) -> ImportedHistory:
        """Return this history if it tells what happened; `name` is what messages call its file.

        Raises
        ------
        BadInput
            It is a forecast.
        """
        if self.expected:
            raise BadInput(
                f"{name}: is Calabrio's forecast file; its volumes are expected contacts, not "
                "counted ones, and cannot be taken for what happened - export interval actuals"
            )
        return self


def read_history(
    path: str | Path,
    source: HistorySource | None = None,
    *,
    timezone: str,
    interval_min: int = 30,
    usual_interval_min: int | None = None,
    name: str | None = None,
) -> ImportedHistory:
    """Read a file of contacts into a history by planning interval.

    Parameters
    ----------
    path : path
        .csv, .txt, .csv.gz or .xlsx.
    source : HistorySource, optional
        What is known of the layout; the rest is guessed, and every guess is a note.
    timezone : str
        IANA zone of the site. Times without an offset are its wall clock.
    interval_min : int
        Minutes of a planning interval; a multiple of the file's. 1440 for a file of day totals.
    usual_interval_min : int, optional
        What a row covers where the file has too few rows to show it.
    name : str, optional
        What messages call the file, where that is not the name it has here.

    Returns
    -------
    ImportedHistory
        Rows that are absent from the file stay absent; zeros stay zeros.

    Raises
    ------
    BadInput
        Names file, line, column, value, how many rows, and what to do.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "calls.csv"
    >>> _ = file.write_text("start,calls\\n2026-03-02 09:00,4\\n2026-03-02 09:15,6\\n"
    ...                     "2026-03-02 09:30,5\\n2026-03-02 09:45,7\\n")
    >>> read_history(file, timezone="UTC").frame["offered"].tolist()
    [10.0, 12.0]
    """
    _check(timezone, interval_min)
    table = read_table(path, source or HistorySource(), name=name)
    return history_of(table, timezone=timezone, interval_min=interval_min,
                      usual_interval_min=usual_interval_min)  # fmt: skip


def _check(timezone: str, interval_min: int) -> None:
    zone(timezone)
    if interval_min not in (*INTERVALS_MIN, MINUTES_A_DAY):
        raise BadInput(
            f"history: interval_min is one of {INTERVALS_MIN}, or {MINUTES_A_DAY} for day totals; "
            f"got {interval_min!r}"
        )


def history_of(
    table: TextTable, *, timezone: str, interval_min: int = 30,
    usual_interval_min: int | None = None,
) -> ImportedHistory:  # fmt: skip
    """Return the history that stands in the cells of a file; see `read_history`."""
    _check(timezone, interval_min)
    table = find_columns(settle(table))
    notes = list(table.notes)
    rows_read = len(table.cells)
    layout = layout_of(table)
    table = drop_totals(table, notes)
    clock = wall_clock(table, notes)
    daily = interval_min == MINUTES_A_DAY
    if daily and not clock.dates_only:
        raise BadInput(
            f"{table.name}: has times of day; day totals are not made of them. Leave --interval "
            "out, or export by day"
        )
    if not daily and clock.dates_only and len(np.unique(clock.wall)) > 1:
        raise daily_counts(table)
    rows = drop_from(_placed(table, clock, layout=layout, timezone=timezone, notes=notes),
                     table.source, notes)  # fmt: skip
    step = MINUTES_A_DAY if daily else table.source.file_interval_min
    if layout == "contacts":
        frame = count_contacts(rows, interval_min=interval_min, notes=notes)
    else:
        step = file_interval(table, rows, stated=step, usual=usual_interval_min, notes=notes)
        check_intervals(table, step, interval_min)
        refuse_duplicates(table, rows)
        frame = to_intervals(
            rows, step=step, interval_min=interval_min, partial_last=table.source.partial_last,
            notes=notes,
        )  # fmt: skip
    if frame.empty:
        raise BadInput(f"{table.name}: no interval is left after dropping rows: {notes[-1]}")
    used = replace(table.source, layout=layout, columns=table.columns, file_interval_min=step)
    return ImportedHistory(
        frames.check("history", frame), tuple(notes), rows_read, used, table.expected
    )


def _rows(table: TextTable, layout: str, notes: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return what each row counts, and which rows to keep."""
    if layout == "contacts":
        return contact_rows(table, notes)
    if layout == "wide":
        return wide_rows(table, notes)
    require_counts(table)
    return interval_rows(table, notes)


def _placed(
    table: TextTable, clock: WallClock, *, layout: str, timezone: str, notes: list[str]
) -> pd.DataFrame:
    """Return the kept rows with queue, wall (the site's clock), start and line."""
    rows, keep = _rows(table, layout, notes)
    column = table.time_columns[0]
    file_zone = table.source.file_timezone or timezone
    stated = table.source.file_timezone is not None or clock.offset_s is not None
    if not stated and "utc" in column.lower().split():
        file_zone = "UTC"
        notes.append(f"Column {column!r} says UTC; converted.")
    # A wide line makes one row a queue: `row` says which line it came from.
    at = rows["row"].to_numpy() if "row" in rows else np.arange(len(rows))
    rows = rows.assign(wall=clock.wall.astype("datetime64[ns]")[at], line=table.cells.index[at])
    if "queue" not in rows:
        rows["queue"] = _queues(table, notes)
    repeats = None
    if layout != "contacts":
        repeats = rows.groupby(["queue", "wall"]).cumcount().to_numpy()
    offsets = None if clock.offset_s is None else clock.offset_s[at]
    start = to_instants(
        WallClock(rows["wall"].to_numpy(), offsets, clock.dates_only),
        file_zone=file_zone, timezone=timezone, repeats=repeats, notes=notes,
    )  # fmt: skip
    keep = keep & drop_skipped(
        table, column, start, rows["offered"].to_numpy(), at=at, timezone=file_zone, notes=notes
    )
    rows["start"] = start
    rows["wall"] = start.tz_localize(None).as_unit("ns")
    rows = rows.loc[keep].drop(columns="row", errors="ignore")
    if layout != "contacts" and not _in_order(rows):
        notes.append("Rows were out of order; sorted by queue and start.")
    return rows


def _in_order(rows: pd.DataFrame) -> bool:
    start = rows["start"]
    return bool(start.is_monotonic_increasing) or bool(
        start.groupby(rows["queue"]).apply(lambda one: one.is_monotonic_increasing).all()
    )


def _queues(table: TextTable, notes: list[str]) -> np.ndarray:
    if "queue" not in table.columns:
        name = table.source.queue
        notes.append(f"No queue column: every row belongs to queue {name!r}.")
        return np.full(len(table.cells), name, dtype=object)
    column = table.columns["queue"]
    names = table.cells[column]
    blank = (names == "").to_numpy(bool)
    if blank.any():
        raise table.refusal(column, blank, "no queue", "name the queue, or leave the rows out")
    unique = names.unique()
    shown = ", ".join(sorted(map(str, unique))[:8]) + (" ..." if len(unique) > 8 else "")
    notes.append(f"{counted(len(unique), 'queue')} from column {column!r}: {shown}.")
    return names.to_numpy(dtype=object)
