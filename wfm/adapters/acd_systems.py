"""What must be known of one system's export before its rows count: repeats, queues by medium?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from wfm.adapters.acd_avaya import split_intervals
from wfm.adapters.acd_calabrio import forecast_intervals
from wfm.adapters.acd_source import SYNONYMS, counted, plain
from wfm.adapters.acd_table import TextTable
from wfm.adapters.acd_twilio import segment_contacts

_IDS = ("contactid", "contact id")
_UPDATED = ("lastupdatetimestamp", "last update timestamp")
_ENQUEUED = ("enqueuetimestamp",)
_MEDIA = ("media type", "mediatype")


def settle(table: TextTable) -> TextTable:
    """Return the table with each contact once, and queues told apart by medium.

    Amazon Connect delivers a contact's record at least once: the last one by its update counts, or
    by its line where none is told. Genesys Cloud names a queue once for each of its media: where
    one has several, each is a queue of its own.
    """
    for named in (forecast_intervals, split_intervals, segment_contacts, _once, _queued):
        table = named(table)
    return _by_medium(table)


def _once(table: TextTable) -> TextTable:
    column = _header(table, _IDS)
    if column is None:
        return table
    cells = table.cells
    ids = cells[column]
    updated = _header(table, _UPDATED)
    if updated is not None:
        at = pd.to_datetime(cells[updated], utc=True, errors="coerce", format="ISO8601")
        if at.notna().all():
            ids = ids.iloc[at.argsort(kind="stable").to_numpy()]
    repeat = (ids.duplicated(keep="last") & (ids != "")).reindex(cells.index).to_numpy(bool)
    if not repeat.any():
        return table
    note = (
        f"Left out {counted(repeat, 'row')} that told of a contact again ({column!r}); the last "
        "one counts."
    )
    return replace(table, cells=cells.loc[~repeat], notes=(*table.notes, note))


def _queued(table: TextTable) -> TextTable:
    """Return the table without Connect's contacts that never entered a queue."""
    since, queue = _header(table, _ENQUEUED), _header(table, SYNONYMS["queue"][:1])
    if _header(table, _IDS) is None or since is None or queue is None:
        return table
    outside = ((table.cells[since] == "") & (table.cells[queue] == "")).to_numpy(bool)
    if not outside.any() or outside.all():
        return table
    note = f"Left out {counted(outside, 'contact')} that never entered a queue."
    return replace(table, cells=table.cells.loc[~outside], notes=(*table.notes, note))


def _by_medium(table: TextTable) -> TextTable:
    contacts = _header(table, _IDS) is not None
    media = _header(table, (*_MEDIA, "channel") if contacts else _MEDIA)
    queue = table.source.columns.get("queue") or _header(table, SYNONYMS["queue"][:1])
    if media is None or queue is None or queue not in table.cells or media == queue:
        return table
    cells = table.cells
    several = cells.groupby(queue)[media].transform("nunique") > 1
    if not several.any():
        return table
    named = cells[queue].where(~several, cells[queue] + " " + cells[media])
    note = f"Queues with several media are told apart by {media!r}."
    return replace(table, cells=cells.assign(**{queue: named}), notes=(*table.notes, note))


def _header(table: TextTable, names: tuple[str, ...]) -> str | None:
    return next((header for header in table.cells.columns if plain(header) in names), None)
