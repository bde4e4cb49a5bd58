"""How is a whole table kept: as Parquet under the hash of its content, once however often used."""

from __future__ import annotations

import datetime as dt
import hashlib
import io

import pandas as pd
from sqlalchemy import Connection, insert, select

from wfm.adapters.store.tables_plans import FRAMES
from wfm.errors import BadInput

# Who keeps frames writes beside this, who removes unused ones alone: else a frame that one finds
# there and refers to is gone a moment later.
FRAMES_LOCK = "frames"


def keep(connection: Connection, frame: pd.DataFrame, at: dt.datetime) -> str:
    """Keep `frame` and return the digest it is found by; the index is not kept."""
    content = packed(frame)
    digest = hashlib.sha256(content).hexdigest()
    there = select(FRAMES.c.digest).where(FRAMES.c.digest == digest)
    if connection.execute(there).first() is None:
        row = {"digest": digest, "rows": len(frame), "content": content, "made_at": at}
        if connection.dialect.name == "postgresql":
            from sqlalchemy.dialects.postgresql import insert as insert_unless_there

            connection.execute(insert_unless_there(FRAMES).values(row).on_conflict_do_nothing())
        else:
            connection.execute(insert(FRAMES).values(row))
    return digest


def fetch(connection: Connection, digest: str) -> pd.DataFrame:
    """Return the frame kept under `digest`."""
    content = connection.execute(
        select(FRAMES.c.content).where(FRAMES.c.digest == digest)
    ).scalar_one_or_none()
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise BadInput(
            f"store: the table {digest[:12]} is {'missing' if content is None else 'damaged'}; "
            "restore the database from a backup"
        )
    return unpacked(content)


def packed(frame: pd.DataFrame) -> bytes:
    """Return `frame` as Parquet."""
    out = io.BytesIO()
    frame.to_parquet(out, index=False, engine="pyarrow", compression="zstd")
    return out.getvalue()


def unpacked(content: bytes) -> pd.DataFrame:
    """Return the frame of `packed`."""
    # Without threads of its own, some of which may still be starting when a short program ends.
    return pd.read_parquet(
        io.BytesIO(content), engine="pyarrow", use_threads=False, pre_buffer=False
    )
