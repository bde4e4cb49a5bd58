"""The store: where everything a team shares is kept, in SQLite or PostgreSQL."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wfm.adapters.store import database as databases
from wfm.adapters.store import migrating
from wfm.adapters.store.access import Access
from wfm.adapters.store.actuals import Actuals
from wfm.adapters.store.archive import Archive
from wfm.adapters.store.audit import Audit, Clock
from wfm.adapters.store.database import Database
from wfm.adapters.store.kpis import Kpis
from wfm.adapters.store.plans import Plans
from wfm.adapters.store.privacy import Privacy
from wfm.adapters.store.records import Records
from wfm.adapters.store.rosters import Rosters
from wfm.adapters.store.work import Work


def utc_now() -> dt.datetime:
    """Return the time now, UTC."""
    return dt.datetime.now(dt.UTC)


@dataclass(frozen=True)
class Store:
    """Everything that is kept, by subject; nothing outside this package writes SQL.

    Every change is one transaction together with its audit entry and takes `by`, the key of the
    user. A save that starts from an old version raises `wfm.errors.Conflict`; a database that
    cannot be reached, is full or busy raises `StoreDown`. Both are `BadInput`.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> place = tempfile.TemporaryDirectory()
    >>> store = open_store(str(pathlib.Path(place.name) / "wfm.sqlite"))
    >>> site = store.records.save("sites", {"key": "main", "timezone": "Europe/Berlin"}, by="ann")
    >>> anna = {"site": "main", "key": "a17", "name": "Anna"}
    >>> made = store.records.save("people", anna, by="ann")
    >>> moved = store.records.save(
    ...     "people", anna | {"team": "blue"}, by="bob", version=made.version
    ... )
    >>> moved.version, [entry.action for entry in store.audit.entries(kind="people")]
    (2, ['created', 'changed'])
    >>> store.close(); place.cleanup()
    """

    database: Database
    now: Clock = utc_now

    @property
    def records(self) -> Records:
        """Sites, queues, channels, calendars, campaigns, people, requests, targets, users, …"""
        return Records(self.database, self.now)

    @property
    def plans(self) -> Plans:
        """Plans, scenarios, forecasts, requirements, rosters: versions, never written over."""
        return Plans(self.database, self.now)

    @property
    def rosters(self) -> Rosters:
        """Publish, withdraw, roll back."""
        return Rosters(self.database, self.now)

    @property
    def actuals(self) -> Actuals:
        """Interval and agent actuals: import, read, undo."""
        return Actuals(self.database, self.now)

    @property
    def kpis(self) -> Kpis:
        """KPI facts: numerators and denominators."""
        return Kpis(self.database, self.now)

    @property
    def audit(self) -> Audit:
        """Who did what, when and why."""
        return Audit(self.database)

    @property
    def access(self) -> Access:
        """Tokens and roles."""
        return Access(self.database, self.now)

    @property
    def work(self) -> Work:
        """Jobs and idempotency keys."""
        return Work(self.database, self.now)

    @property
    def privacy(self) -> Privacy:
        """Delete a person; retention."""
        return Privacy(self.database, self.now)

    @property
    def archive(self) -> Archive:
        """Everything in one zip, and back into an empty store of either kind."""
        return Archive(self.database, self.now)

    def close(self) -> None:
        """Let go of the database's connections."""
        self.database.engine.dispose()


def open_store(url: str | None = None, *, now: Clock = utc_now) -> Store:
    """Open the store, and bring it up to date first.

    Parameters
    ----------
    url : str, optional
        ``sqlite:///FILE``, ``postgresql://USER:PASSWORD@HOST/NAME`` or the path of a file; else
        ``WFM_DATABASE_URL``; else ``wfm.sqlite`` in the user's data folder.
    now : callable
        The clock, aware times.

    Raises
    ------
    BadInput
        The address is no good, the database cannot be reached, or a newer wfm made it.
    """
    database = databases.connect(databases.address(url))
    migrating.upgrade(database)
    return Store(database, now)
