"""What does each row of an interval file count?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_intervals import SUMS
from wfm.adapters.acd_source import HistorySource, counted
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_values import (
    counts,
    decimal_of,
    handle_times,
    refuse_blank,
    seconds,
)
from wfm.errors import BadInput
from wfm.timegrid import minutes

_TOTALS = r"(?:grand |sub)?totals?:?|sum(?:me)?:?|gesamt|合计|总计|小计"
_NUMERIC = ("offered", "answered", "abandoned", "aht_s", "handle_total_s", "asa_s",
            "wait_answered_s", "wait_abandoned_s")  # fmt: skip


def drop_totals(table: TextTable, notes: list[str]) -> TextTable:
    """Return the table without rows that sum up others."""
    total = np.zeros(len(table.cells), dtype=bool)
    for column in [*table.time_columns, *filter(None, [table.columns.get("queue")])]:
        total |= table.cells[column].str.lower().str.fullmatch(_TOTALS).to_numpy(bool)
    if not total.any():
        return table
    if total.all():
        raise BadInput(f"{table.name}: only totals, no rows by interval; export by interval")
    notes.append(
        f"Dropped {counted(total, 'row')} of totals (first: line "
        f"{table.cells.index[int(total.argmax())]})."
    )
    return replace(table, cells=table.cells.loc[~total])


def interval_rows(table: TextTable, notes: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return offered and what else is known of each row, and which rows to keep (all)."""
    found = table.columns
    decimal = decimal_of(table, [found[word] for word in _NUMERIC if word in found])
    values: dict[str, np.ndarray] = {}
    for word in ("offered", "answered", "abandoned"):
        if word in found:
            values[word] = counts(table, found[word], decimal=decimal)
    if "offered" in values:
        refuse_blank(table, found["offered"], values["offered"])
        notes.append(f"Column {found['offered']!r} is offered.")
    nobody = values["offered"] == 0 if "offered" in values else np.zeros(len(table.cells), bool)
    for word in ("answered", "abandoned"):
        if word in values:
            refuse_blank(table, found[word], values[word], but=nobody)
            values[word] = np.nan_to_num(values[word])
    if "offered" not in values:
        values["offered"] = values["answered"] + values["abandoned"]
        notes.append("No column of offered: it is answered + abandoned.")
    _handle_times(table, values, decimal=decimal, notes=notes)
    _waits(table, values, decimal=decimal, notes=notes)
    if "answered" in values:
        over = values["answered"] > values["offered"]
        if over.any():
            notes.append(
                f"{counted(over, 'row')} with more answered than offered (first: line "
                f"{table.cells.index[int(over.argmax())]}); contacts carried over an interval's "
                "end, kept as they are."
            )
    order = [word for word in (*SUMS, "aht_s") if word in values]
    return pd.DataFrame({w: values[w] for w in order}), np.ones(len(table.cells), dtype=bool)


def _handle_times(
    table: TextTable, values: dict[str, np.ndarray], *, decimal: str, notes: list[str]
) -> None:
    found = table.columns
    handled = values.get("answered", values["offered"])
    if "aht_s" in found:
        column = found["aht_s"]
        aht = handle_times(table, column, decimal=decimal, notes=notes)
    elif "handle_total_s" in found:
        column = found["handle_total_s"]
        total, _ = seconds(table, column, decimal=decimal, notes=notes)
        aht = np.divide(total, handled, out=np.full(len(total), np.nan), where=handled > 0)
        notes.append(f"aht_s is {column!r} over the contacts handled.")
    else:
        return
    zero = (aht == 0) & (handled > 0)
    if "answered" in values and zero.any():
        raise table.refusal(
            column, zero, "a handle time of 0 with answered contacts",
            "correct the export, or take the column out of the file to plan with the queue's aht_s",
        )  # fmt: skip
    if zero.any() and not (aht > 0).any():
        raise table.refusal(
            column, zero, "a handle time of 0 with contacts, and no row has another",
            "leave the column out to plan with the queue's aht_s",
        )  # fmt: skip
    if zero.any():
        notes.append(
            f"{counted(zero, 'row')} with contacts and a handle time of 0 (first: line "
            f"{table.cells.index[int(zero.argmax())]}); taken as unknown."
        )
    values["aht_s"] = np.where((handled > 0) & (aht > 0), aht, np.nan)


def _waits(
    table: TextTable, values: dict[str, np.ndarray], *, decimal: str, notes: list[str]
) -> None:
    found = table.columns
    for word in ("wait_answered_s", "wait_abandoned_s"):
        if word in found:
            waits, _ = seconds(table, found[word], decimal=decimal, notes=notes)
            refuse_blank(table, found[word], waits, but=values["offered"] == 0)
            values[word] = np.nan_to_num(waits)
    if "asa_s" in found and "answered" in values and "wait_answered_s" not in values:
        asa, _ = seconds(table, found["asa_s"], decimal=decimal, notes=notes)
        refuse_blank(table, found["asa_s"], asa, but=values["answered"] == 0)
        values["wait_answered_s"] = np.nan_to_num(asa) * values["answered"]
        notes.append(f"wait_answered_s is {found['asa_s']!r} times answered.")


def wide_rows(table: TextTable, notes: list[str]) -> tuple[pd.DataFrame, np.ndarray]:
    """Return one row a queue and interval, from one column of counts a queue."""
    queues = list(table.source.queues)
    queues = queues or [h for h in table.cells.columns if h not in table.time_columns]
    missing = [name for name in queues if name not in table.cells]
    if missing:
        raise BadInput(
            f"{table.name}: no column {missing[0]!r} (queues of the wide layout); the file has "
            f"{', '.join(map(repr, table.cells.columns[:12]))}"
        )
    if not queues:
        raise BadInput(f"{table.name}: no columns beside the times; a wide file has one a queue")
    decimal = decimal_of(table, queues)
    blocks = []
    for name in queues:
        values = counts(table, name, decimal=decimal)
        rows = np.flatnonzero(~np.isnan(values))
        if len(rows) < len(values):
            blank = counted(np.isnan(values), "blank cell")
            notes.append(f"Column {name!r}: {blank}, read as absent.")
        blocks.append(pd.DataFrame({"row": rows, "queue": name, "offered": values[rows]}))
    notes.append(f"{len(queues)} queues, one a column: {', '.join(queues[:8])}.")
    frame = pd.concat(blocks, ignore_index=True)
    frame["queue"] = frame["queue"].astype(object)
    return frame, np.ones(len(frame), dtype=bool)


def drop_from(rows: pd.DataFrame, source: HistorySource, notes: list[str]) -> pd.DataFrame:
    """Return the rows that start before the clock time from which the planner drops them."""
    if source.drop_from is None:
        return rows
    wall = rows["wall"].to_numpy().astype("datetime64[s]")
    since = (wall - wall.astype("datetime64[D]")).astype(np.int64) // 60
    keep = since < minutes(source.drop_from)
    if not keep.all():
        notes.append(f"Dropped {counted(~keep, 'row')} starting from {source.drop_from} on.")
    return rows.loc[keep]
