"""What do the unnamed columns of Calabrio's forecast file mean?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import CALABRIO as HEADERS
from wfm.adapters.acd_source import HistorySource
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_values import decimal_of, seconds

SUM = "Task + after task (s)"


def forecast_intervals(table: TextTable) -> TextTable:
    """Return the table with a handle time, if its headers are those given to Calabrio's file.

    Both times are means per contact, as the maker says. A file that holds sums is read with
    ``columns={"handle_total_s": "Task + after task (s)"}``.
    """
    cells = table.cells
    if tuple(cells.columns) not in (HEADERS[:6], HEADERS):
        return table
    source: HistorySource = table.source
    notes = [
        *table.notes,
        "Read as Calabrio's forecast file, which has no headers: its volumes are expected "
        "contacts, not counted ones.",
    ]
    decimal = decimal_of(table, list(HEADERS[3:6]))
    task, after = (seconds(table, name, decimal=decimal, notes=notes)[0] for name in HEADERS[4:6])
    texts = pd.Series(task + after, index=cells.index).map(repr)
    cells = cells.assign(**{SUM: texts.mask(np.isnan(task + after), "")})
    columns = dict(source.columns)
    if not {"aht_s", "handle_total_s"} & set(columns):
        columns["aht_s"] = SUM
        notes.append(
            "Task and after-task seconds are means per contact, added. If they are sums, say "
            f'columns = {{handle_total_s = "{SUM}"}}.'
        )
    start, end = (
        pd.to_datetime(cells[name], format="%Y%m%d %H:%M", errors="coerce") for name in HEADERS[1:3]
    )
    minutes = (end - start).dt.total_seconds() / 60
    wrong = (start.notna() & ~(minutes > 0)).to_numpy(bool)
    if wrong.any():
        raise table.refusal("End", wrong, "an end that is not after the start", "correct the row")
    if source.file_interval_min is None and len(lengths := minutes.dropna().unique()) == 1:
        source = replace(source, file_interval_min=int(lengths[0]))
    source = replace(source, columns=columns, fractional=True)
    return replace(table, cells=cells, source=source, notes=tuple(notes), expected=True)
