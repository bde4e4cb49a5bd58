"""What does an interval of an Avaya CMS split report come to?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import counted, plain
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_values import decimal_of, seconds

_SIGNS = {"row date", "starttime", "split", "acdcalls"}
_TIMES = ("acdtime", "holdtime", "acwtime")
TOTAL = "handle_total_s"


def split_intervals(table: TextTable) -> TextTable:
    """Return the table with clock times and handle times, if it is a split interval report.

    The names of CMS's columns are known from its database; sites rename them, so what the source
    names goes first.
    """
    headers = {plain(header): header for header in table.cells.columns}
    if not set(headers) >= _SIGNS:
        return table
    cells = table.cells
    start = cells[headers["starttime"]]
    # 30 is half past midnight, 830 half past eight: never whole hours.
    digits = start.str.fullmatch(r"\d{1,4}")
    padded = start.str.zfill(4)
    cells = cells.assign(**{
        headers["starttime"]: start.mask(digits, padded.str[:2] + ":" + padded.str[2:])
    })  # fmt: skip
    source, notes = table.source, [
        *table.notes,
        "Avaya CMS counts a call in the interval in which it ends; a long call appears later than "
        "it was offered.",
    ]  # fmt: skip
    length = list(cells[headers["intrvl"]].unique()) if "intrvl" in headers else []
    if source.file_interval_min is None and len(length) == 1 and length[0] in ("15", "30", "60"):
        source = replace(source, file_interval_min=int(length[0]))
    times = [headers[name] for name in _TIMES if name in headers]
    stated = {"aht_s", TOTAL} & set(source.columns)
    if "acdtime" in headers and not stated and TOTAL not in cells:
        decimal = decimal_of(table, times)
        total = np.zeros(len(cells))
        for name in times:
            total += np.nan_to_num(seconds(table, name, decimal=decimal, notes=notes)[0])
        cells = cells.assign(**{TOTAL: pd.Series(total, index=cells.index).map(repr)})
        notes.append(f"Handle time is {' + '.join(times)}.")
        without = (total > 0) & cells[headers["acdcalls"]].isin(["", "0"]).to_numpy(bool)
        if without.any():
            notes.append(
                f"{counted(without, 'row')} with handle time and no call that ended; that time is "
                "in no mean."
            )
    return replace(table, cells=cells, source=source, notes=tuple(notes))
