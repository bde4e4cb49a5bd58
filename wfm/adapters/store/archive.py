"""How does everything leave the store in one file, and come back into an empty one?

The zip holds each table as lines of JSON and each plan's table as Parquet; it goes from SQLite to
PostgreSQL and back. It is also the backup that does not depend on the database.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sqlalchemy import Connection, Table, func, insert, select, text

from wfm.adapters.store import migrating
from wfm.adapters.store.audit import Author, Clock, note
from wfm.adapters.store.columns import Utc
from wfm.adapters.store.database import Database
from wfm.adapters.store.schema import METADATA
from wfm.errors import BadInput

_FORMAT = 1
_CHUNK = 5000
_MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Archive:
    """Export and restore."""

    database: Database
    now: Clock

    def export_all(self, path: str | Path) -> Mapping[str, int]:
        """Write everything into a zip at `path`, in one step; return how many rows a table.

        It is one moment of the store, also while others write. Tokens are in it as hashes.
        """
        path = Path(path)
        aside = path.with_name(f".{path.name}.part")
        counts: dict[str, int] = {}
        try:
            with (
                self.database.read() as connection,
                zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as bundle,
            ):
                for table in METADATA.sorted_tables:
                    with bundle.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as out:
                        counts[table.name] = _write(connection, table, out)
                manifest = {
                    "format": _FORMAT, "revision": migrating.HEAD, "tables": counts,
                    "made_at": self.now().isoformat(),
                }  # fmt: skip
                bundle.writestr(_MANIFEST, json.dumps(manifest, indent=1))
            os.replace(aside, path)
        except OSError as error:
            raise BadInput(
                f"store: cannot write {path}: {error.strerror or error}; choose another file"
            ) from error
        finally:
            aside.unlink(missing_ok=True)
        return counts

    def restore(self, path: str | Path, *, by: str, reason: str = "") -> Mapping[str, int]:
        """Fill this store, which must be empty, from a zip of `export_all`; all of it or nothing.

        Raises
        ------
        BadInput
            The store is not empty, the file is no such zip, is damaged, or is of another revision.
        """
        author = Author(by, reason, self.now())
        try:
            with (
                zipfile.ZipFile(path) as bundle,
                self.database.write(alone="restore") as connection,
            ):
                manifest = _manifest(bundle, path)
                _must_be_empty(connection)
                for table in METADATA.sorted_tables:
                    with bundle.open(f"tables/{table.name}.jsonl") as lines:
                        count = _read(connection, table, lines)
                    if count != manifest["tables"][table.name]:
                        raise BadInput(f"store: {path} lost rows of {table.name}")
                _restart_counters(connection)
                note(connection, author, "restored", "store", Path(path).name,
                     after={"made_at": manifest["made_at"]})  # fmt: skip
        except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, OSError, EOFError) as error:
            if isinstance(error, BadInput):
                raise
            raise BadInput(
                f"store: {path} is damaged or no export of a store ({error}); take another backup"
            ) from error
        return dict(manifest["tables"])


def _write(connection: Connection, table: Table, out: IO[bytes]) -> int:
    count = 0
    rows = connection.execution_options(yield_per=_CHUNK).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    for part in rows.mappings().partitions():
        lines = [json.dumps([_out(value) for value in row.values()]) for row in part]
        out.write(("\n".join(lines) + "\n").encode())
        count += len(lines)
    return count


def _read(connection: Connection, table: Table, lines: IO[bytes]) -> int:
    names = [column.name for column in table.columns]
    times = {column.name for column in table.columns if isinstance(column.type, Utc)}
    days = {c.name for c in table.columns if c.type.__class__.__name__ == "Date"}
    count = 0
    for part in _parts(lines):
        rows = []
        for line in part:
            row = dict(zip(names, json.loads(line), strict=True))
            for name in times & row.keys():
                row[name] = row[name] and dt.datetime.fromisoformat(row[name])
            for name in days & row.keys():
                row[name] = row[name] and dt.date.fromisoformat(row[name])
            if table.name == "frames":
                row["content"] = base64.b64decode(row["content"])
            rows.append(row)
        connection.execute(insert(table), rows)
        count += len(rows)
    return count


def _parts(lines: IO[bytes]) -> Iterator[list[bytes]]:
    part: list[bytes] = []
    for line in lines:
        part.append(line)
        if len(part) == _CHUNK:
            yield part
            part = []
    if part:
        yield part


def _out(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(value).decode()
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else value


def _manifest(bundle: zipfile.ZipFile, path: str | Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(bundle.read(_MANIFEST))
    if manifest["format"] != _FORMAT or manifest["revision"] != migrating.HEAD:
        raise BadInput(
            f"store: {path} is of revision {manifest['revision']}, this version of wfm has "
            f"{migrating.HEAD}; restore it with the version that made it, then update"
        )
    return manifest


def _must_be_empty(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if count:
            raise BadInput(
                f"store: it is not empty ({count} rows in {table.name}); restore into a new one"
            )


def _restart_counters(connection: Connection) -> None:
    """Let new rows count on from the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'), "
                    f'(SELECT coalesce(max("{column.name}"), 0) + 1 FROM {table.name}), false)'
                )
            )
