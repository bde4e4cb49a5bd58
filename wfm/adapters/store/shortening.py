"""What is too old in the tables of actuals that are kept whole with a plan?

Rows before a day go from every version; a table that names people counts as theirs.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
from sqlalchemy import Connection, delete, func, select, update

from wfm.actual_tables import TABLES, time_of
from wfm.adapters.store import blobs
from wfm.adapters.store.tables_plans import HAPPENED

_PEOPLE = frozenset({"agent", "qa_scorer", "customer_key", "answer"})


def shorten(
    connection: Connection,
    *,
    intervals: dt.datetime | None,
    agents: dt.datetime | None,
    versions: dt.datetime | None,
    at: dt.datetime,
) -> dict[str, int]:
    """Remove rows from before these moments; None keeps them. Return how many went.

    Parameters
    ----------
    intervals, agents : datetime or None
        Of tables about queues, and about people.
    versions : datetime or None
        Versions made before then go whole, but for the newest of a plan.
    at : datetime
        Now.
    """
    gone = {"happened": 0, "happened_rows": 0}
    if versions is not None:
        newest = select(func.max(HAPPENED.c.id)).group_by(HAPPENED.c.site, HAPPENED.c.name)
        old = delete(HAPPENED).where(HAPPENED.c.made_at < versions, HAPPENED.c.id.not_in(newest))
        gone["happened"] = int(connection.execute(old).rowcount)
    if intervals is None and agents is None:
        return gone
    done: dict[str, tuple[str, int]] = {}
    for row in connection.execute(select(HAPPENED.c.id, HAPPENED.c.frames)).all():
        frames: dict[str, Any] = {}
        for name, digest in row.frames.items():
            if digest not in done:
                frame = blobs.fetch(connection, digest)
                kept = _kept(name.removesuffix("+"), frame, intervals, agents)
                fewer = len(frame) - len(kept)
                done[digest] = (blobs.keep(connection, kept, at) if fewer else digest, fewer)
                gone["happened_rows"] += fewer
            frames[name] = done[digest][0]
        if frames != row.frames:
            connection.execute(
                update(HAPPENED).where(HAPPENED.c.id == row.id).values(frames=frames)
            )
    return gone


def _kept(
    name: str, frame: pd.DataFrame, intervals: dt.datetime | None, agents: dt.datetime | None
) -> pd.DataFrame:
    if name not in TABLES:
        return frame
    people = _PEOPLE & {*frame.columns, *TABLES[name].key}
    before, time = agents if people else intervals, time_of(name)
    if before is None or time not in frame:
        return frame
    # A case without a time is open or never promised; it has no age.
    return frame[~(frame[time] < before)].reset_index(drop=True)
