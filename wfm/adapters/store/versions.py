"""How are the versions of a named thing added, found and told apart?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from wfm.adapters.store.audit import Author
from wfm.errors import BadInput, Conflict

# What every version has, beside what its own kind tells; documents are opened, not told.
_SAME = ("id", "site", "name", "version", "made_at", "made_by")
_UNTOLD = ("content", "frames", "frame", "campaigns", "figures", "violations", "provenance")


@dataclass(frozen=True)
class Version:
    """One version of a plan, scenario, forecast, requirement or roster.

    Attributes
    ----------
    id : int
        Of this version, in the store.
    site, name : str
        What it is a version of.
    version : int
        1, 2, …; give it back when saving the next.
    made_at : datetime
        UTC.
    made_by : str
    told : dict
        What the store knows of it unopened: a plan's `plan_id`; a roster's `status`, `first_day`
        and `last_day`; a forecast's `locked_at`; a scenario's `content_id`.
    """

    id: int
    site: str
    name: str
    version: int
    made_at: dt.datetime
    made_by: str
    told: Mapping[str, Any]


def version_of(row: Mapping[Any, Any]) -> Version:
    """Return the version a row is."""
    told = {name: row[name] for name in row if name not in (*_SAME, *_UNTOLD)}
    return Version(**{name: row[name] for name in _SAME}, told=told)


def newest(connection: Connection, table: Table, site: str, name: str) -> Mapping[Any, Any] | None:
    """Return the row of the newest version, or None."""
    asked = (
        select(table)
        .where(table.c.site == site, table.c.name == name)
        .order_by(table.c.version.desc())
        .limit(1)
    )
    return connection.execute(asked).mappings().first()


def version_row(
    connection: Connection, table: Table, site: str, name: str, version: int | None
) -> Mapping[Any, Any]:
    """Return the row of a version, the newest if none is given; BadInput where there is none."""
    row: Mapping[Any, Any] | None
    if version is None:
        row = newest(connection, table, site, name)
    else:
        same = (table.c.site == site, table.c.name == name, table.c.version == version)
        row = connection.execute(select(table).where(*same)).mappings().first()
    if row is None:
        which = "" if version is None else f" version {version} of"
        raise BadInput(f"store: there is no{which} {table.name} {name!r} at site {site!r}")
    return row


def add(
    connection: Connection,
    table: Table,
    site: str,
    name: str,
    values: Mapping[str, Any],
    author: Author,
    *,
    expected: int | None = None,
) -> Mapping[Any, Any]:
    """Add the next version and return its row.

    Raises
    ------
    Conflict
        The newest version is not the `expected` one (0: there is none).
    """
    last = newest(connection, table, site, name)
    found = 0 if last is None else last["version"]
    if expected is not None and found != expected:
        raise conflict(table, site, name, expected, last)
    row = {"site": site, "name": name, "version": found + 1, "made_at": author.at,
           "made_by": author.by, **values}  # fmt: skip
    done = connection.execute(insert(table).values(**row))
    assert done.inserted_primary_key is not None
    return {"id": done.inserted_primary_key[0], **row}


def add_if_new(
    connection: Connection,
    table: Table,
    site: str,
    name: str,
    values: Mapping[str, Any],
    author: Author,
) -> Mapping[Any, Any]:
    """Return the newest version if it says the same as `values`, else the next one, added."""
    last = newest(connection, table, site, name)
    if last is not None and all(last[key] == value for key, value in values.items()):
        return last
    return add(connection, table, site, name, values, author)


def conflict(
    table: Table, site: str, name: str, expected: int, found: Mapping[Any, Any] | None
) -> Conflict:
    """Return what a save that came second is told."""
    what = f"{table.name} {name!r} at site {site!r}"
    if found is None:
        return Conflict(f"store: {what} has no version {expected} any more; nothing was saved",
                        what=what, expected=expected)  # fmt: skip
    return Conflict(
        f"store: {what} was changed meanwhile: {found['made_by']} saved version "
        f"{found['version']} at {found['made_at']:%Y-%m-%d %H:%M:%S} UTC, yours was made from "
        f"version {expected}; nothing was written over - open it again and repeat what you did",
        what=what, expected=expected, found=found["version"], by=found["made_by"],
        at=found["made_at"],
    )  # fmt: skip
