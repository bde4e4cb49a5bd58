"""What is in the store: its address, its revision, how many rows a table?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from wfm.adapters.store import migrating
from wfm.adapters.store.database import Database
from wfm.adapters.store.schema import METADATA


@dataclass(frozen=True)
class Contents:
    """Address without password, revision, rows by table."""

    address: str
    revision: str | None
    rows: dict[str, int]


def contents(database: Database) -> Contents:
    """Count what is in `database`."""
    found = migrating.revision(database)
    with database.read() as connection:
        rows = {
            table.name: int(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for table in METADATA.sorted_tables
        }
    return Contents(database.shown, found, rows)
