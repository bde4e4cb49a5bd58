"""Which rows of a staged import are new, changed or the same, and how is an import undone?

The SQL is one text for SQLite and PostgreSQL; names come from the tables alone, never from input.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, text

from wfm.adapters.store.staging import STAGED

# An import of so many new rows changes what is known of the table.
_MANY = 50_000


@dataclass(frozen=True)
class Merged:
    """How many rows were new, changed, and there already as they are."""

    added: int
    changed: int
    same: int


def merge(
    connection: Connection, table: Table, replaced: Table, fields: Sequence[str], import_id: int
) -> Merged:
    """Put the staged rows into `table`; keep what they change in `replaced`.

    A staged field replaces the one that stands, known or not; fields that are not staged stay.
    """
    unit = table.columns.keys()[0]
    key = f'a."{unit}" = s."{unit}" AND a."start" = s."start"'
    other = "IS DISTINCT FROM" if connection.dialect.name == "postgresql" else "IS NOT"
    differs = " OR ".join(f'a."{name}" {other} s."{name}"' for name in fields) or "1 = 0"
    every = [column.name for column in table.columns if column.name != "import_id"]
    staged = _count(connection, f"SELECT count(*) FROM {STAGED}")
    # One pass over the rows that are met; most imports meet none, or only equal ones.
    met, changed = connection.exec_driver_sql(
        f"SELECT count(*), count(*) FILTER (WHERE {differs}) FROM {STAGED} s "
        f"JOIN {table.name} a ON {key}"
    ).one()
    if changed:
        old = ", ".join(f'a."{name}"' for name in (*every, "import_id"))
        names = ", ".join(f'"{name}"' for name in (*every, "import_id"))
        connection.exec_driver_sql(
            f"INSERT INTO {replaced.name} (replaced_by, {names}) SELECT {int(import_id)}, {old} "
            f"FROM {STAGED} s JOIN {table.name} a ON {key} WHERE {differs}"
        )
    if changed:
        set_ = ", ".join(f'"{name}" = s."{name}"' for name in fields)
        connection.exec_driver_sql(
            f"UPDATE {table.name} AS a SET {set_}, import_id = {int(import_id)} FROM {STAGED} s "
            f"WHERE {key} AND ({differs})"
        )
    if met < staged:
        names = ", ".join(f'"{name}"' for name in (unit, "start", *fields))
        new = ", ".join(f's."{name}"' for name in (unit, "start", *fields))
        there = "" if not met else (
            f" WHERE NOT EXISTS (SELECT 1 FROM {table.name} a WHERE {key})"
        )  # fmt: skip
        order = f' ORDER BY s."{unit}", s."start"'
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}, import_id) SELECT {new}, {int(import_id)} "
            f"FROM {STAGED} s{there}{order}"
        )
    if connection.dialect.name == "postgresql" and staged - met > _MANY:
        # Else the next import is planned as if the table were empty, until the server looks itself.
        connection.exec_driver_sql(f"ANALYZE {table.name}")
    return Merged(staged - met, changed, met - changed)


def later_import(connection: Connection, replaced: Table, import_id: int) -> int | None:
    """Return the last import that changed rows of this one, or None."""
    return connection.execute(
        text(f"SELECT max(replaced_by) FROM {replaced.name} WHERE import_id = :id"),
        {"id": import_id},
    ).scalar()


def unmerge(connection: Connection, table: Table, replaced: Table, import_id: int) -> None:
    """Take the rows of an import back: those it changed are as before, those it added are gone."""
    unit = table.columns.keys()[0]
    every = list(table.columns.keys())
    given = {"id": import_id}
    connection.execute(text(f"DELETE FROM {table.name} WHERE import_id = :id"), given)
    names = ", ".join(f'"{name}"' for name in every)
    connection.execute(
        text(
            f"INSERT INTO {table.name} ({names}) SELECT {names} FROM {replaced.name} "
            f'WHERE replaced_by = :id ORDER BY "{unit}", "start"'
        ),
        given,
    )
    connection.execute(text(f"DELETE FROM {replaced.name} WHERE replaced_by = :id"), given)


def _count(connection: Connection, sql: str) -> int:
    return int(connection.exec_driver_sql(sql).scalar_one())
