"""Which contacts do the segments of Twilio Flex Insights make up?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from wfm.adapters.acd_source import SYNONYMS, counted, plain
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_values import decimal_of, seconds
from wfm.errors import BadInput

_KIND = ("kind", "segment kind", "segment type")
_CONVERSATION = ("conversation", "conversation id", "conversation sid")
_WAIT = ("queue time",)
_HANDLE = ("talk time", "hold time", "wrap up time")
_LENGTH = ("duration", "segment duration", "activity time")
_QUEUED, _TALKED, _WRAPPED = "queue", "conversation", ("wrap-up", "wrap up", "wrapup")


def segment_contacts(table: TextTable) -> TextTable:
    """Return one row a conversation and queue, if the table holds segments of conversations.

    A conversation that comes to a queue twice counts once there, from its first segment in the
    file on. One without an agent's segment in that queue is abandoned. Other kinds of segments (an
    agent's status, a missed reservation) are left out.
    """
    headers = {plain(header): header for header in table.cells.columns}
    kind, key = _first(headers, _KIND), _first(headers, _CONVERSATION)
    queue = table.source.columns.get("queue") or _first(headers, SYNONYMS["queue"][:1])
    if kind is None or key is None or queue is None or queue not in table.cells:
        return table
    kinds = table.cells[kind].str.lower()
    ours = kinds.isin([_QUEUED, _TALKED, *_WRAPPED])
    if not {_QUEUED, _TALKED} <= set(kinds):
        return table
    nameless = (ours & ((table.cells[key] == "") | (table.cells[queue] == ""))).to_numpy(bool)
    if nameless.any():
        raise table.refusal(key if (table.cells[key] == "").any() else queue, nameless,
                            "a segment without its conversation or queue",
                            "fill them in, or leave the rows out")  # fmt: skip
    notes = list(table.notes)
    if not ours.all():
        notes.append(f"Left out {counted(~ours, 'segment')} of other kinds.")
    taken = replace(table, cells=table.cells.loc[ours])
    kinds = kinds.loc[ours]
    wait, service = _times(taken, headers, kinds, notes)
    cells = taken.cells.assign(
        wait_s=wait, service_s=service, _talked=(kinds == _TALKED),
        _later=(kinds != _QUEUED),
        _came=(kinds == _QUEUED),
    )  # fmt: skip
    # The first segment in the queue says when the contact came; without one the first of all.
    cells = cells.iloc[np.argsort(cells["_later"].to_numpy(), kind="stable")]
    groups = cells.groupby([key, queue], sort=False)
    sums = groups[["wait_s", "service_s"]].transform("sum")
    talked = groups["_talked"].transform("any")
    again = (groups["_came"].sum() > 1).sum()
    cells = cells.assign(
        wait_s=sums["wait_s"].map(repr), service_s=sums["service_s"].map(repr),
        outcome=np.where(talked, "answered", "abandoned"),
    )  # fmt: skip
    kept = [h for h in taken.cells.columns
            if h not in (kind, key) and plain(h) not in (*_WAIT, *_HANDLE, *_LENGTH)]  # fmt: skip
    cells = cells.loc[~cells.duplicated([key, queue]), [*kept, "wait_s", "service_s", "outcome"]]
    notes.append(
        f"{counted(ours, 'segment')} of Twilio Flex Insights make {counted(len(cells), 'contact')}."
    )
    notes.append(
        "Time counts in the interval in which it started: an interval may hold more handle time "
        "than it is long, and the next one less."
    )
    if again:
        notes.append(
            f"{counted(int(again), 'conversation')} came to one queue several times; counted once "
            "there."
        )
    return replace(table, cells=cells.sort_index(), notes=tuple(notes))


def _times(
    table: TextTable, headers: dict[str, str], kinds: pd.Series, notes: list[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Return seconds of waiting and of handling of each segment."""
    length = _first(headers, _LENGTH)
    waits = [headers[name] for name in _WAIT if name in headers]
    handles = [headers[name] for name in _HANDLE if name in headers]
    if length is None and not handles:
        raise BadInput(
            f"{table.name}: segments without their times; export Queue Time, Talk Time and Wrap Up "
            "Time, or Duration, with them"
        )
    decimal = decimal_of(table, [*waits, *handles, *([length] if length else [])])
    queued = (kinds == _QUEUED).to_numpy(bool)

    def added(columns: list[str]) -> np.ndarray:
        total = np.zeros(len(table.cells))
        for name in columns:
            total += np.nan_to_num(seconds(table, name, decimal=decimal, notes=notes)[0])
        return total

    wait = added(waits or ([length] if length else []))
    handle = added(handles or ([length] if length else []))
    return np.where(queued, wait, 0.0), np.where(queued, 0.0, handle)


def _first(headers: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((headers[name] for name in names if name in headers), None)
