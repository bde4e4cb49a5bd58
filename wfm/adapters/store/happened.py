"""How are the tables of actuals of a plan kept in the store, and found by the plan's folder?

Each table is kept once by its content; a change is a version of its own. A folder that holds
actuals on disk and is not in the store yet is read from there; what is brought next goes into the
store.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from wfm.actuals import Actuals, check
from wfm.adapters import actuals_folder as folders
from wfm.adapters.store import blobs, sites
from wfm.adapters.store.audit import Author, note
from wfm.adapters.store.places import name_of
from wfm.adapters.store.store import Store
from wfm.adapters.store.tables_plans import HAPPENED
from wfm.adapters.store.versions import add_if_new, conflict, newest, version_row
from wfm.errors import BadInput

Row = Mapping[Any, Any]
_STAMP = re.compile(r"a(\d+)-\d+")


@dataclass(frozen=True)
class Happened:
    """Actuals by plan folder, kept in `store`; the same calls as `wfm.adapters.actuals_folder`."""

    store: Store
    by: str
    site: str = sites.FIRST

    def load_actuals(self, folder: str | Path, *, version: int | None = None) -> Actuals:
        """Return the actuals of the plan of `folder`, the newest version if none is given.

        Raises
        ------
        BadInput
            There are none, in the store or on disk.
        """
        name = name_of(folder)
        with self.store.database.read() as connection:
            row = newest(connection, HAPPENED, self.site, name)
            if version is not None:
                row = version_row(connection, HAPPENED, self.site, name, version)
            if row is not None:
                return _actuals(connection, row)
        return folders.load_actuals(folder)

    def has(self, folder: str | Path) -> bool:
        """Return whether the store itself has actuals of the plan of `folder`."""
        with self.store.database.read() as connection:
            return newest(connection, HAPPENED, self.site, name_of(folder)) is not None

    def actuals_stamp(self, folder: str | Path) -> str:
        """Return a text that changes whenever the actuals do; empty when there are none."""
        with self.store.database.read() as connection:
            row = newest(connection, HAPPENED, self.site, name_of(folder))
        return folders.actuals_stamp(folder) if row is None else f"a{row['version']}-{row['id']}"

    def save_actuals(
        self, actuals: Actuals, folder: str | Path, *, expected: str | None = None,
        reason: str = "",
    ) -> tuple[Path, ...]:  # fmt: skip
        """Keep all tables in place of those there; the same once more is no version of its own.

        Parameters
        ----------
        expected : str, optional
            `actuals_stamp` of the actuals that these were made from.
        reason : str
            Stands in the audit log.

        Returns
        -------
        tuple
            Empty: no file is written.

        Raises
        ------
        Conflict
            Others saved actuals of this plan since `expected`; nothing is saved.
        """
        self._save(lambda before: actuals, folder, expected=expected, reason=reason)
        return ()

    def put_table(
        self, table: pd.DataFrame, name: str, folder: str | Path, *, expected: str | None = None,
        reason: str = "",
    ) -> int:  # fmt: skip
        """Put rows into table `name`: a key that is there is replaced; return its rows now.

        Of two who put rows at once one waits for the other, so that both are kept.

        Raises
        ------
        BadInput
            The rows break the table's contract; nothing is kept.
        """
        check(name, table)
        after = self._save(
            lambda before: before.put(name, table), folder, expected=expected, reason=reason
        )
        return len(after.tables[name])

    def _save(
        self, change: Callable[[Actuals], Actuals], folder: str | Path, *, expected: str | None,
        reason: str,
    ) -> Actuals:  # fmt: skip
        name, author = name_of(folder), Author(self.by, reason, self.store.plans.now())
        database = self.store.database
        with database.write(
            alone=f"happened {self.site} {name}", beside=blobs.FRAMES_LOCK
        ) as connection:
            last = newest(connection, HAPPENED, self.site, name)
            if expected is not None:
                _as_expected(expected, last, self.site, name)
            after = change(_on_disk(folder) if last is None else _actuals(connection, last))
            sites.ensure_site(connection, self.site, _zone(after), author)
            frames = {
                key: blobs.keep(connection, table, author.at) for key, table in after.tables.items()
            }
            values = {"frames": frames, "notes": list(after.notes)}
            row = add_if_new(connection, HAPPENED, self.site, name, values, author)
            if last is None or row["version"] != last["version"]:
                note(
                    connection, author, "saved", HAPPENED.name, name, site=self.site,
                    version=row["version"], before=None if last is None else last["frames"],
                    after=frames,
                )  # fmt: skip
        return after


def _as_expected(stamp: str, last: Row | None, site: str, name: str) -> None:
    found = _STAMP.fullmatch(stamp)
    wanted = int(found[1]) if found else 0
    standing = 0 if last is None else last["version"]
    if wanted != standing:
        raise conflict(HAPPENED, site, name, wanted, last)


def _actuals(connection: Connection, row: Row) -> Actuals:
    kept = row["frames"]
    tables = {key: blobs.fetch(connection, digest) for key, digest in kept.items()}
    return Actuals(tables, tuple(row["notes"]))


def _on_disk(folder: str | Path) -> Actuals:
    return folders.load_actuals(folder) if folders.actuals_stamp(folder) else Actuals({})


def _zone(actuals: Actuals) -> str:
    """Return the zone of the first instant there is."""
    for table in actuals.tables.values():
        for column in table.columns:
            if isinstance(table[column].dtype, pd.DatetimeTZDtype):
                return str(table[column].dt.tz)
    raise BadInput("actuals: no table has a time in it; nothing can be kept of it")
