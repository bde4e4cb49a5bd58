"""How is a row that people edit saved so that nobody's work is written over?

A save names the version it started from. If another stands there now, the save is refused with what
changed, by whom and when. Row and audit entry are one transaction.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, exc, insert, select, update

from wfm.adapters.store.audit import Author, Clock, note, page, plain
from wfm.adapters.store.database import Database
from wfm.adapters.store.tables import KEPT, KINDS, SITELESS, values_of
from wfm.errors import BadInput, Conflict


@dataclass(frozen=True)
class Record:
    """A row of one of the kinds in `wfm.adapters.store.tables.KINDS`.

    Attributes
    ----------
    kind, site, key : str
        What it is; `site` is empty for kinds that belong to none.
    id : int
        Grows with each new row of the kind; pages follow it.
    version : int
        1 for a new row; give it back when saving.
    changed_at : datetime
        UTC.
    changed_by : str
    values : dict
        Every column of the kind, `content` (any JSON value) among them.
    """

    kind: str
    site: str
    key: str
    id: int
    version: int
    changed_at: dt.datetime
    changed_by: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """Sites, queues, people and all else that is edited row by row."""

    database: Database
    now: Clock

    def save(
        self,
        kind: str,
        values: Mapping[str, Any],
        *,
        by: str,
        version: int | None = None,
        reason: str = "",
    ) -> Record:
        """Save a row and its audit entry; return it with its new version.

        Parameters
        ----------
        kind : str
            One of `KINDS`.
        values : mapping
            Columns of the kind. `site` and `key` say which row; a new row without a key gets one.
            Columns left out stay as they are (of a new row: empty).
        by : str
            Key of the user who saves.
        version : int, optional
            The version the caller read; None for a new row.
        reason : str

        Raises
        ------
        Conflict
            Another version stands there. Nothing is written.
        BadInput
            Unknown kind, column, site or channel; a needed column is missing.
        """
        author = Author(by, reason, self.now())
        try:
            with self.database.write() as connection:
                return save(connection, kind, values, author, version=version)
        except exc.IntegrityError as error:
            raise _refused(self, kind, values, version, error) from error

    def get(self, kind: str, key: str, *, site: str = "") -> Record:
        """Return a row; BadInput where there is none."""
        with self.database.read() as connection:
            found = find_one(connection, kind, site, key)
        if found is None:
            one = {"people": "person"}.get(kind, kind.removesuffix("s"))
            raise BadInput(f"store: there is no {_what(one, site, key)}")
        return found

    def find(
        self,
        kind: str,
        *,
        site: str | None = None,
        after: int = 0,
        limit: int = 100,
        **equal: Any,
    ) -> tuple[Record, ...]:
        """Return rows in the order they were made, a page at a time.

        Parameters
        ----------
        site : str, optional
            Only of this site.
        after : int
            `Record.id` of the last row of the page before.
        limit : int
            Longest page, 1 to 1000.
        **equal
            Columns and the values they must have, for example ``person="a17"``.
        """
        table = table_of(kind)
        asked = select(table).where(table.c.id > after).order_by(table.c.id).limit(page(limit))
        wanted = dict(equal) if site is None else {**equal, "site": site}
        _known(kind, table, wanted)
        for name, value in wanted.items():
            column = table.c[name]
            asked = asked.where(column.is_(None) if value is None else column == value)
        with self.database.read() as connection:
            return tuple(_record(kind, row) for row in connection.execute(asked).mappings())

    def remove(
        self, kind: str, key: str, *, by: str, version: int, site: str = "", reason: str = ""
    ) -> None:
        """Remove a row that stands at `version`; its last values go to the audit log.

        Raises
        ------
        Conflict
            Another version stands there, or none.
        BadInput
            Other rows still refer to it.
        """
        author = Author(by, reason, self.now())
        table = table_of(kind)
        try:
            with self.database.write() as connection:
                found = find_one(connection, kind, site, key)
                gone = connection.execute(
                    delete(table).where(*_same(table, site, key), table.c.version == version)
                ).rowcount
                if found is None or not gone:
                    raise _conflict(kind, site, key, version, found, {})
                note(connection, author, "removed", kind, key, site=site, version=version,
                     before=found.values)  # fmt: skip
        except exc.IntegrityError as error:
            raise BadInput(
                f"store: {_what(kind, site, key)} is still referred to by other rows; remove those "
                "first"
            ) from error


def save(
    connection: Connection,
    kind: str,
    values: Mapping[str, Any],
    author: Author,
    *,
    version: int | None = None,
) -> Record:
    """Save a row in the transaction of `connection`; see `Records.save`."""
    table = table_of(kind)
    _known(kind, table, values)
    given = dict(values)
    if not given.get("key"):
        given["key"] = secrets.token_hex(8)
    site, key = str(given.get("site") or ""), given["key"]
    kept = {"version": (version or 0) + 1, "changed_at": author.at, "changed_by": author.by}
    before = find_one(connection, kind, site, key)
    if version is None:
        if before is not None:
            raise _conflict(kind, site, key, version, before, given)
        connection.execute(insert(table).values(**given, **kept))
    else:
        changed = connection.execute(
            update(table)
            .where(*_same(table, site, key), table.c.version == version)
            .values(**given, **kept)
        ).rowcount
        if not changed:
            stands = find_one(connection, kind, site, key)
            raise _conflict(kind, site, key, version, stands, given)
    after = find_one(connection, kind, site, key)
    assert after is not None
    old = {} if before is None else before.values
    new = {name: value for name, value in after.values.items() if old.get(name) != value}
    note(
        connection, author, "created" if before is None else "changed", kind, key, site=site,
        version=after.version, after=new,
        before=None if before is None else {name: old[name] for name in new},
    )  # fmt: skip
    return after


def find_one(connection: Connection, kind: str, site: str, key: str) -> Record | None:
    """Return the row, or None."""
    table = table_of(kind)
    row = connection.execute(select(table).where(*_same(table, site, key))).mappings().first()
    return None if row is None else _record(kind, row)


def table_of(kind: str) -> Table:
    """Return the table of `kind`."""
    if kind not in KINDS:
        raise BadInput(f"store: there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return KINDS[kind]


def _record(kind: str, row: Mapping[Any, Any]) -> Record:
    return Record(
        kind=kind, site="" if kind in SITELESS else row["site"],
        values={name: value for name, value in row.items() if name not in KEPT},
        **{name: row[name] for name in ("key", *KEPT)},
    )  # fmt: skip


def _same(table: Table, site: str, key: str) -> tuple[Any, ...]:
    if table.name in SITELESS:
        return (table.c.key == key,)
    return (table.c.site == site, table.c.key == key)


def _known(kind: str, table: Table, values: Mapping[str, Any]) -> None:
    known = values_of(table)
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise BadInput(f"store: {kind} has no columns {unknown}; it has {', '.join(known)}")


def _what(kind: str, site: str, key: str) -> str:
    return f"{kind} {key!r}" + (f" at site {site!r}" if site and kind not in SITELESS else "")


def _conflict(
    kind: str, site: str, key: str, version: int | None, found: Record | None,
    wanted: Mapping[str, Any],
) -> Conflict:  # fmt: skip
    what = _what(kind, site, key)
    if found is None:
        return Conflict(
            f"store: {what} was removed meanwhile; nothing was saved", what=what, expected=version
        )
    changes = {
        name: plain(found.values[name]) for name, value in wanted.items()
        if found.values[name] != value
    }  # fmt: skip
    told = ", ".join(f"{name} is now {value!r:.80}" for name, value in changes.items())
    return Conflict(
        f"store: {found.changed_by} saved {what} at {found.changed_at:%Y-%m-%d %H:%M:%S} UTC "
        f"(version {found.version}, yours was {version or 'new'}); nothing was written over - "
        f"{told or 'to the values you wanted'}. Open it again and repeat what you did",
        what=what, expected=version, found=found.version, by=found.changed_by,
        at=found.changed_at, changes=changes,
    )  # fmt: skip


def _refused(
    records: Records, kind: str, values: Mapping[str, Any], version: int | None,
    error: exc.IntegrityError,
) -> BadInput:  # fmt: skip
    """Return why the database refused: a rival came first, or something it refers to is missing."""
    site, key = str(values.get("site") or ""), values.get("key")
    if version is None and key:
        with records.database.read() as connection:
            found = find_one(connection, kind, site, key)
        if found is not None:
            return _conflict(kind, site, key, version, found, values)
    said = str(error.orig).strip().splitlines()[0]
    return BadInput(
        f"store: {_what(kind, site, str(key))} cannot be saved: {said}; a needed column is empty, "
        "or its site, channel or user is not in the store"
    )
