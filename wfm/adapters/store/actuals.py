"""What happened in each interval, for each agent, and how did it get into the store?

An import is one transaction. The same rows again change nothing; corrected rows replace the ones
that stand, which are kept so that the import can be undone.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, insert, select, update

from wfm.adapters.store import facts, merging, sites, staging
from wfm.adapters.store.audit import Author, Clock, note, page
from wfm.adapters.store.columns import micros
from wfm.adapters.store.database import Database
from wfm.adapters.store.records import table_of
from wfm.adapters.store.tables_facts import IMPORTS
from wfm.errors import BadInput


@dataclass(frozen=True)
class Import:
    """What came of an import.

    Attributes
    ----------
    id : int
        For `Actuals.undo`.
    site, kind, source, digest : str
        `kind` is ``"intervals"`` or ``"agents"``; `digest` the hash of the file or the rows.
    profile : str or None
        The mapping profile used.
    added, changed, same : int
        Rows that were new, that replaced others, and that stood there already.
    refused : int
        Bad rows that the reader left out, as told by the caller.
    made_at : datetime
        UTC.
    made_by : str
    undone_at, undone_by
        None unless it was undone.
    """

    id: int
    site: str
    kind: str
    source: str
    digest: str
    profile: str | None
    added: int
    changed: int
    same: int
    refused: int
    made_at: dt.datetime
    made_by: str
    undone_at: dt.datetime | None = None
    undone_by: str | None = None


@dataclass(frozen=True)
class Actuals:
    """Interval and agent actuals and their imports."""

    database: Database
    now: Clock

    def put(
        self,
        kind: str,
        frame: pd.DataFrame,
        *,
        site: str,
        by: str,
        source: str,
        content: bytes | None = None,
        profile: str | None = None,
        refused: int = 0,
        reason: str = "",
    ) -> Import:
        """Import rows: new ones are added, others replace what stands, equal ones change nothing.

        Parameters
        ----------
        kind : str
            ``"intervals"`` (key queue, start) or ``"agents"`` (key agent, start).
        frame : DataFrame
            The key, `start` with a zone, and any of the kind's fields (`INTERVAL_FIELDS`,
            `AGENT_FIELDS`). A field in the frame replaces the one that stands, NaN too; fields not
            in it stay as they are. One row a key. Queues and people seen for the first time are
            made.
        site : str
            Must be in the store.
        source : str
            Where the rows come from, for people: a file's name.
        content : bytes, optional
            The file itself; its hash is kept. Without it that of the rows.
        profile : str, optional
            Key of the mapping profile used.
        refused : int
            Bad rows left out before.

        Returns
        -------
        Import
            With the counts of this call. The same content once more is no import of its own: the
            id is that of the one before.

        Raises
        ------
        BadInput
            A key is missing, twice, or without a zone; a field is unknown or not a number.
        """
        what = facts.kind_of(kind)
        author = Author(by, reason, self.now())
        rows, fields = facts.checked(kind, what, frame)
        digest = hashlib.sha256(facts.digestible(rows) if content is None else content).hexdigest()
        with self.database.write(alone=f"actuals {site}") as connection:
            sites.zone_of(connection, site)
            ids = sites.ids_of(connection, what.home, site, rows[what.unit].unique(), author)
            rows = rows.assign(**{what.column: rows[what.unit].map(ids).astype("int64")})
            rows = rows.sort_values([what.column, "start"], kind="stable")
            row: dict[str, Any] = {
                "site": site, "kind": kind, "source": source, "digest": digest, "profile": profile,
                "added": 0, "changed": 0, "same": 0, "refused": refused, "made_at": author.at,
                "made_by": author.by,
            }  # fmt: skip
            made = connection.execute(insert(IMPORTS).values(**row)).inserted_primary_key
            assert made is not None
            staging.stage(connection, what.column, fields, rows)
            merged = merging.merge(connection, what.table, what.replaced, fields, made[0])
            staging.unstage(connection)
            counts: dict[str, Any] = {
                "added": merged.added,
                "changed": merged.changed,
                "same": merged.same,
            }
            before = _standing(connection, site, kind, digest, made[0])
            if before is not None and not merged.added and not merged.changed:
                connection.execute(delete(IMPORTS).where(IMPORTS.c.id == made[0]))
                return dataclasses.replace(before, **counts)
            connection.execute(update(IMPORTS).where(IMPORTS.c.id == made[0]).values(**counts))
            note(connection, author, "imported", kind, str(made[0]), site=site,
                 after={"source": source, "digest": digest, **counts})  # fmt: skip
        return Import(id=made[0], **{**row, **counts})

    def read(
        self,
        kind: str,
        *,
        site: str,
        start: dt.datetime | None = None,
        end: dt.datetime | None = None,
        units: Sequence[str] | None = None,
        fields: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """Return actuals, sorted by queue or agent and start, times in the site's zone.

        Parameters
        ----------
        kind : str
            ``"intervals"`` or ``"agents"``.
        start, end : datetime, optional
            From here on, and before there; with a zone.
        units : sequence of str, optional
            Only these queues, or agents; unknown ones are not there.
        fields : sequence of str, optional
            Only these fields; else all that hold anything.
        """
        what = facts.kind_of(kind)
        with self.database.read() as connection:
            zone = sites.zone_of(connection, site)
            ids = _units(connection, what, site, units)
            where = [f'"{what.column}" IN ({", ".join(map(str, ids)) or "NULL"})']
            where += [
                f'"start" {sign} {_literal(connection, moment)}'
                for sign, moment in ((">=", start), ("<", end)) if moment is not None
            ]  # fmt: skip
            asked = f"FROM {what.table.name} WHERE {' AND '.join(where)}"
            if fields is None:
                wanted = _filled(connection, what, asked)
            else:
                wanted = facts.known_fields(kind, what, fields)
            names = [what.column, "start", *wanted]
            listed = ", ".join(f'"{name}"' for name in names)
            frame = staging.fetch(
                connection, f'SELECT {listed} {asked} ORDER BY "{what.column}", "start"', names,
                [what.column],
            )  # fmt: skip
        # Rows come sorted by id; a handful of units is put in the order of their names.
        keys = sorted(ids, key=lambda id_: ids[id_])
        place = pd.Index(keys).get_indexer(pd.Index(frame[what.column]))
        order = np.argsort(place, kind="stable")
        frame = frame.drop(columns=what.column).take(order).reset_index(drop=True)
        named = pd.Index([ids[id_] for id_ in keys], dtype="str").take(place[order])
        frame.insert(0, what.unit, named)
        frame["start"] = frame["start"].dt.as_unit("ns").dt.tz_convert(zone)
        return frame

    def undo(self, import_id: int, *, by: str, reason: str = "") -> Import:
        """Take an import back: rows it changed are as before, rows it added are gone.

        Raises
        ------
        BadInput
            There is none, it was undone already, or a later import changed its rows again.
        """
        author = Author(by, reason, self.now())
        with self.database.write() as connection:
            found = _import_row(connection, import_id)
        with self.database.write(alone=f"actuals {found.site}") as connection:
            found = _import_row(connection, import_id)
            what = facts.kind_of(found.kind)
            if found.undone_at is not None:
                raise BadInput(
                    f"store: import {import_id} was undone by {found.undone_by} at "
                    f"{found.undone_at:%Y-%m-%d %H:%M} UTC already"
                )
            later = merging.later_import(connection, what.replaced, import_id)
            if later is not None:
                raise BadInput(
                    f"store: import {later} changed rows of import {import_id} again; undo that "
                    "one first"
                )
            merging.unmerge(connection, what.table, what.replaced, import_id)
            undone = {"undone_at": author.at, "undone_by": author.by}
            connection.execute(update(IMPORTS).where(IMPORTS.c.id == import_id).values(**undone))
            note(connection, author, "undone", found.kind, str(import_id), site=found.site,
                 before={"added": found.added, "changed": found.changed})  # fmt: skip
            return _import_row(connection, import_id)

    def imports(
        self, *, site: str | None = None, digest: str | None = None, after: int = 0,
        limit: int = 100,
    ) -> tuple[Import, ...]:  # fmt: skip
        """Return imports in the order they were made, a page at a time."""
        asked = select(IMPORTS).where(IMPORTS.c.id > after).order_by(IMPORTS.c.id)
        for name, value in (("site", site), ("digest", digest)):
            if value is not None:
                asked = asked.where(IMPORTS.c[name] == value)
        with self.database.read() as connection:
            rows = connection.execute(asked.limit(page(limit))).mappings()
            return tuple(Import(**row) for row in rows)


def _units(
    connection: Connection, what: facts.Kind, site: str, units: Sequence[str] | None
) -> dict[int, str]:
    """Return key by id."""
    if units is not None:
        found = sites.ids_of(connection, what.home, site, units, None)
        return {id_: key for key, id_ in found.items()}
    table = table_of(what.home)
    asked = select(table.c.id, table.c.key).where(table.c.site == site)
    return {row.id: row.key for row in connection.execute(asked)}


def _filled(connection: Connection, what: facts.Kind, asked: str) -> list[str]:
    """Return the fields that hold anything in the rows `asked` for."""
    counted = ", ".join(f'count("{name}")' for name in what.fields)
    counts = connection.exec_driver_sql(f"SELECT {counted} {asked}").one()
    return [name for name, count in zip(what.fields, counts, strict=True) if count]


def _literal(connection: Connection, moment: dt.datetime) -> str:
    """Return an instant as SQL; made of a checked datetime, never of text."""
    count = micros(moment)
    if connection.dialect.name == "sqlite":
        return str(count)
    return f"(TIMESTAMPTZ 'epoch' + {count} * INTERVAL '1 microsecond')"


def _standing(connection: Connection, site: str, kind: str, digest: str, own: int) -> Import | None:
    """Return the last import of the same content that was not undone."""
    asked = (
        select(IMPORTS)
        .where(IMPORTS.c.site == site, IMPORTS.c.kind == kind, IMPORTS.c.digest == digest,
               IMPORTS.c.undone_at.is_(None), IMPORTS.c.id != own)
        .order_by(IMPORTS.c.id.desc())
    )  # fmt: skip
    row = connection.execute(asked).mappings().first()
    return None if row is None else Import(**row)


def _import_row(connection: Connection, import_id: int) -> Import:
    row = connection.execute(select(IMPORTS).where(IMPORTS.c.id == import_id)).mappings().first()
    if row is None:
        raise BadInput(f"store: there is no import {import_id}")
    return Import(**row)
