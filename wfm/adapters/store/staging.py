"""How do a million rows get into the database in one go, and out of it?

Rows are staged in a temporary table by the fastest way each database has (a prepared statement in
SQLite, COPY in PostgreSQL) and merged from there by SQL that is the same for both.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
from sqlalchemy import Connection

_CHUNK = 200_000
STAGED = "wfm_staged"


def stage(connection: Connection, unit: str, fields: Sequence[str], rows: pd.DataFrame) -> None:
    """Fill a temporary table with `unit` (int64), `start` (UTC) and `fields` (float64) of `rows`.

    It lives until the end of the transaction at the latest; call `unstage` before.
    """
    postgresql = connection.dialect.name == "postgresql"
    columns = ", ".join(
        [f'"{unit}" integer', f'"start" {"timestamptz" if postgresql else "bigint"}']
        + [f'"{name}" double precision' for name in fields]
    )
    connection.exec_driver_sql(f"CREATE TEMPORARY TABLE {STAGED} ({columns})")
    names = [unit, "start", *fields]
    for first in range(0, len(rows), _CHUNK):
        part = rows.iloc[first : first + _CHUNK][names]
        (_copy if postgresql else _insert)(connection, names, part)
    if postgresql:
        connection.exec_driver_sql(f"ANALYZE {STAGED}")


def unstage(connection: Connection) -> None:
    """Drop the temporary table."""
    connection.exec_driver_sql(f"DROP TABLE {STAGED}")


def _copy(connection: Connection, names: Sequence[str], part: pd.DataFrame) -> None:
    table = pa.Table.from_pandas(part, preserve_index=False)
    out = io.BytesIO()
    pa.csv.write_csv(table, out, pa.csv.WriteOptions(include_header=False))
    listed = ", ".join(f'"{name}"' for name in names)
    cursor: Any = connection.connection.cursor()
    with cursor.copy(f"COPY {STAGED} ({listed}) FROM STDIN (FORMAT csv)") as copy:
        copy.write(out.getvalue())
    cursor.close()


def _insert(connection: Connection, names: Sequence[str], part: pd.DataFrame) -> None:
    listed = ", ".join(f'"{name}"' for name in names)
    marks = ", ".join("?" for _ in names)
    columns = [_driven(part[name]) for name in names]
    cursor: Any = connection.connection.cursor()
    cursor.executemany(
        f"INSERT INTO {STAGED} ({listed}) VALUES ({marks})", zip(*columns, strict=True)
    )
    cursor.close()


def _driven(values: pd.Series) -> list[Any]:
    """Return a column as the SQLite driver takes it; it turns NaN into NULL itself."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return instants(values).tolist()
    return values.tolist()


def instants(starts: pd.Series) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return instants as microseconds since 1970 UTC."""
    return starts.dt.as_unit("us").astype("int64").to_numpy()


def fetch(
    connection: Connection, sql: str, names: Sequence[str], units: Sequence[str]
) -> pd.DataFrame:
    """Return the rows of a query (literals inside, no parameters) as a frame.

    Parameters
    ----------
    sql : str
        A SELECT whose columns are `names`, in this order: whole numbers where in `units`, the
        instant `start`, and floats.
    """
    if connection.dialect.name == "postgresql":
        return _copied(connection, sql, names, units)
    cursor: Any = connection.connection.cursor()
    cursor.execute(sql)
    parts = []
    while chunk := cursor.fetchmany(_CHUNK):
        columns = zip(*chunk, strict=True)
        kind = {name: "int64" if name in units or name == "start" else "float64" for name in names}
        parts.append(
            pd.DataFrame(
                {n: np.array(c, dtype=kind[n]) for n, c in zip(names, columns, strict=True)}
            )
        )
    cursor.close()
    if not parts:
        return _empty(names, units)
    frame = pd.concat(parts, ignore_index=True)
    if "start" in names:
        frame["start"] = pd.to_datetime(frame["start"], unit="us", utc=True)
    return frame


def _copied(
    connection: Connection, sql: str, names: Sequence[str], units: Sequence[str]
) -> pd.DataFrame:
    cursor: Any = connection.connection.cursor()
    out = io.BytesIO()
    with cursor.copy(f"COPY ({sql}) TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            out.write(block)
    cursor.close()
    if not out.tell():
        return _empty(names, units)
    out.seek(0)
    types = {n: pa.int64() if n in units else pa.float64() for n in names}
    # COPY writes "2026-01-01 00:00:00+00"; the connection's zone is UTC, so the zone is constant.
    if "start" in names:
        types["start"] = pa.timestamp("us", tz="UTC")
    table = pa.csv.read_csv(
        out,
        read_options=pa.csv.ReadOptions(column_names=list(names)),
        convert_options=pa.csv.ConvertOptions(column_types=types),
    )
    return table.to_pandas()


def _empty(names: Sequence[str], units: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame({n: np.array([], "int64" if n in units else "float64") for n in names})
    if "start" in names:
        frame["start"] = pd.to_datetime(frame["start"], unit="us", utc=True)
    return frame
