"""How are the tables of actuals of a plan kept in the store, and found by the plan's folder?

Intervals and people's days are rows of the plan's site: whoever brings them, by a file, an import
or over REST, every plan of the site reads the same. The other tables are kept with the plan, each
once by its content; a change is a version of its own. Actuals on disk are read from there until
the store has some.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from sqlalchemy import Connection

from wfm.actuals import TABLES, Actuals, check
from wfm.adapters import actuals_folder as folders
from wfm.adapters.store import blobs, facts, overlay, site_rows, sites
from wfm.adapters.store.audit import Author, note
from wfm.adapters.store.places import Places, name_of, site_for
from wfm.adapters.store.store import Store
from wfm.adapters.store.tables_plans import HAPPENED
from wfm.adapters.store.versions import add_if_new, conflict, newest, version_row
from wfm.errors import BadInput, Conflict

Row = Mapping[Any, Any]
_STAMP = re.compile(r"a(\d+)-\d+")


@dataclass(frozen=True)
class Happened:
    """Actuals by plan folder, kept in `store`; the same calls as `wfm.adapters.actuals_folder`.

    Attributes
    ----------
    store : Store
    by : str
        Who brings them, for the audit log.
    site : str or None
        Where plans are looked for; None: where the store has the plan, else the first site.
    named : callable
        What the plan of a folder is called.
    """

    store: Store
    by: str
    site: str | None = None
    named: Callable[[str | Path], str] = name_of

    def load_actuals(self, folder: str | Path, *, version: int | None = None) -> Actuals:
        """Return the actuals of the plan of `folder`.

        Parameters
        ----------
        version : int, optional
            The tables as they were kept then, without the rows of the site.

        Raises
        ------
        BadInput
            There are none, in the store or on disk.
        """
        site, name = self._opened(folder)
        with self.store.database.read() as connection:
            if version is not None:
                row = version_row(connection, HAPPENED, site, name, version)
                return _shown(_actuals(connection, row))
            last = newest(connection, HAPPENED, site, name)
            own = _on_disk(folder) if last is None else _actuals(connection, last)
            scope = site_rows.scope_of(connection, site, name, _frames(last))
            rows = site_rows.any_rows(connection, site, scope)
            teams = site_rows.teams_of(connection, site) if rows else {}
        made = self._with_rows(own, site, scope, teams) if rows else _shown(own)
        # The folder's own words say what to do where there is nothing.
        return made if made.tables else folders.load_actuals(folder)

    def has(self, folder: str | Path) -> bool:
        """Return whether the store itself has actuals of the plan of `folder`."""
        return bool(self._stamp(folder))

    def actuals_stamp(self, folder: str | Path) -> str:
        """Return a text that changes whenever the actuals do; empty when there are none."""
        return self._stamp(folder) or folders.actuals_stamp(folder)

    def save_actuals(
        self, actuals: Actuals, folder: str | Path, *, expected: str | None = None,
        reason: str = "",
    ) -> tuple[Path, ...]:  # fmt: skip
        """Keep all tables in place of those there; the same once more is no version of its own.

        Rows of the site stay and still count where they know more.

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
        self._opened(folder)
        self._save(lambda before: actuals, folder, expected=expected, reason=reason)
        return ()

    def put_table(
        self, table: pd.DataFrame, name: str, folder: str | Path, *, expected: str | None = None,
        reason: str = "", source: str = "",
    ) -> int:  # fmt: skip
        """Put rows into table `name`: a key that is there is replaced; return its rows now.

        Intervals and people's days become an import of the site, which can be undone; columns that
        it has no place for are kept with the plan. Of two who put rows at once one waits for the
        other, so that both are kept.

        Parameters
        ----------
        source : str
            Where the rows come from, for people: a file's name.

        Raises
        ------
        BadInput
            The rows break the table's contract; nothing is kept.
        """
        check(name, table)
        self._opened(folder)
        kind = site_rows.KINDS.get(name)
        if kind is None:

            def change(before: Actuals) -> Actuals:
                return before.put(name, table)
        else:
            what = facts.kind_of(kind)
            rows = table[[what.unit, "start", *(f for f in what.fields if f in table)]]
            facts.checked(kind, what, rows)
            key = site_rows.more(name)

            def change(before: Actuals) -> Actuals:
                rest = table.drop(columns=[f for f in what.fields if f in table])
                return Actuals({**before.tables, key: _put(before, key, what.unit, rest)},
                               before.notes)  # fmt: skip

        # Kept first: without its rows nothing of it counts.
        self._save(change, folder, expected=expected, reason=reason)
        if kind is not None:
            site, _ = self._place(folder)
            self.store.actuals.put(kind, rows, site=site, by=self.by, source=source or name,
                                   reason=reason)  # fmt: skip
        return len(self.load_actuals(folder).tables[name])

    def take_in(self, folder: str | Path) -> None:
        """Keep the tables that lie in `folder`, unless the store has some of this plan."""
        site, name = self._place(folder)
        with self.store.database.read() as connection:
            there = newest(connection, HAPPENED, site, name) is not None
        if not there and folders.actuals_stamp(folder):
            found = folders.load_actuals(folder)
            with suppress(Conflict):  # another program was first
                self._save(
                    lambda before: found, folder, expected=folders.actuals_stamp(folder),
                    reason=f"taken in from the folder {folder}",
                )  # fmt: skip

    def _opened(self, folder: str | Path) -> tuple[str, str]:
        """Return site and name of the plan of `folder`; plan and tables on disk are taken in."""
        # The plan first: it says whose tables they are.
        Places(self.store, self.by, self.site, self.named).opened(folder)
        if folders.actuals_stamp(folder):
            # Where the store cannot be written, or a file is damaged, who goes on to read is told.
            with suppress(BadInput):
                self.take_in(folder)
        return self._place(folder)

    def _place(self, folder: str | Path) -> tuple[str, str]:
        """Return the site and the name of the plan of `folder`."""
        name = self.named(folder)
        return site_for(self.store.database, name, self.site), name

    def _with_rows(
        self, own: Actuals, site: str, scope: site_rows.Scope, teams: dict[str, str]
    ) -> Actuals:
        tables, notes = dict(own.tables), list(own.notes)
        for kind, (name, unit) in site_rows.TABLES.items():
            rows = site_rows.rows_of(self.store.actuals, kind, site, scope.units[kind])
            if rows.empty:
                continue
            given = (tables.get(name), rows, tables.get(site_rows.more(name)))
            zone = scope.timezone or str(rows["start"].dt.tz)
            if given[0] is None:
                given = (None, rows.assign(start=rows["start"].dt.tz_convert(zone)), given[2])
            if unit == "queue":
                tables[name] = overlay.intervals(
                    *given, interval_min=scope.interval_min, awt_s=scope.awt_s
                )
            else:
                tables[name] = overlay.days(*given, timezone=zone, teams=teams)
            notes.append(f"{name}: rows that came by imports of site {site!r} stand in it")
        return _shown(Actuals(tables, tuple(notes)))

    def _stamp(self, folder: str | Path) -> str:
        site, name = self._opened(folder)
        with self.store.database.read() as connection:
            row = newest(connection, HAPPENED, site, name)
            scope = site_rows.scope_of(connection, site, name, _frames(row))
            rows = site_rows.any_rows(connection, site, scope)
            if not rows and not any(key in TABLES for key in _frames(row)):
                return ""
            tables = folders.actuals_stamp(folder) or "a0-0"
            if row is not None:
                content = hashlib.sha256(json.dumps(row["frames"]).encode()).hexdigest()[:8]
                tables = f"a{row['version']}-{row['id']}-{content}"
            return f"{tables}-{site_rows.stamp_of(connection, site)}" if rows else tables

    def _save(
        self, change: Callable[[Actuals], Actuals], folder: str | Path, *, expected: str | None,
        reason: str,
    ) -> None:  # fmt: skip
        site, name = self._place(folder)
        author = Author(self.by, reason, self.store.plans.now())
        with self.store.database.write(
            alone=f"happened {site} {name}", beside=blobs.FRAMES_LOCK
        ) as connection:
            last = newest(connection, HAPPENED, site, name)
            if expected is not None:
                _as_expected(expected, last, site, name)
            after = change(_on_disk(folder) if last is None else _actuals(connection, last))
            sites.ensure_site(connection, site, _zone(after), author)
            frames = {
                key: blobs.keep(connection, table, author.at) for key, table in after.tables.items()
            }
            values = {"frames": frames, "notes": list(after.notes)}
            row = add_if_new(connection, HAPPENED, site, name, values, author)
            if last is None or row["version"] != last["version"]:
                note(
                    connection, author, "saved", HAPPENED.name, name, site=site,
                    version=row["version"], before=None if last is None else last["frames"],
                    after=frames,
                )  # fmt: skip


def _as_expected(stamp: str, last: Row | None, site: str, name: str) -> None:
    found = _STAMP.match(stamp)
    wanted = int(found[1]) if found else 0
    standing = 0 if last is None else last["version"]
    if wanted != standing:
        raise conflict(HAPPENED, site, name, wanted, last)


def _actuals(connection: Connection, row: Row) -> Actuals:
    kept = row["frames"]
    tables = {key: blobs.fetch(connection, digest) for key, digest in kept.items()}
    return Actuals(tables, tuple(row["notes"]))


def _shown(actuals: Actuals) -> Actuals:
    """Return what people see: columns without their rows are none of it."""
    tables = {name: table for name, table in actuals.tables.items() if name in TABLES}
    return Actuals(tables, actuals.notes)


def _put(before: Actuals, key: str, unit: str, rest: pd.DataFrame) -> pd.DataFrame:
    """Return the columns kept under `key` with those of `rest` in them."""
    if key not in before.tables:
        return rest
    both = pd.concat([before.tables[key], rest], ignore_index=True)
    kept = both.drop_duplicates([unit, "start"], keep="last")
    return kept.sort_values(["start", unit], ignore_index=True)


def _frames(row: Row | None) -> Mapping[str, str]:
    return {} if row is None else row["frames"]


def _on_disk(folder: str | Path) -> Actuals:
    return folders.load_actuals(folder) if folders.actuals_stamp(folder) else Actuals({})


def _zone(actuals: Actuals) -> str:
    """Return the zone of the first instant there is."""
    for table in actuals.tables.values():
        for column in table.columns:
            if isinstance(table[column].dtype, pd.DatetimeTZDtype):
                return str(table[column].dt.tz)
    raise BadInput("actuals: no table has a time in it; nothing can be kept of it")
