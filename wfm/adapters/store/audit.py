"""Who did what, when, why, and what stood before and after? Entries are only ever added."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select

from wfm.adapters.store.database import Database
from wfm.adapters.store.tables_facts import AUDIT
from wfm.errors import BadInput

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True)
class Entry:
    """One thing somebody did.

    Attributes
    ----------
    id : int
        Grows with time.
    at : datetime
        UTC.
    by : str
        Key of the user, or the name of the program.
    action : str
        ``"created"``, ``"changed"``, ``"removed"``, ``"published"``, ``"withdrawn"``, …
    kind, site, key : str
        What it was done to; `site` is empty for what belongs to none.
    version : int or None
        Of what came of it.
    before, after : dict or None
        The values that changed.
    reason : str
    """

    id: int
    at: dt.datetime
    by: str
    action: str
    kind: str
    site: str
    key: str
    version: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str


@dataclass(frozen=True)
class Author:
    """Who writes, why, and when: what each audit entry of a transaction has in common."""

    by: str
    reason: str
    at: dt.datetime

    def __post_init__(self) -> None:
        if not isinstance(self.by, str) or not self.by.strip():
            raise BadInput("store: every change names who makes it; give by=USER")


@dataclass(frozen=True)
class Audit:
    """The log, oldest entries first."""

    database: Database

    def entries(
        self,
        *,
        kind: str | None = None,
        site: str | None = None,
        key: str | None = None,
        by: str | None = None,
        action: str | None = None,
        since: dt.datetime | None = None,
        until: dt.datetime | None = None,
        after: int = 0,
        limit: int = 100,
    ) -> tuple[Entry, ...]:
        """Return entries, a page at a time.

        Parameters
        ----------
        kind, site, key, by, action : str, optional
            Only entries with exactly this.
        since, until : datetime, optional
            Only from here on, and before there.
        after : int
            Id of the last entry of the page before.
        limit : int
            Longest page, 1 to 1000.
        """
        asked = select(AUDIT).where(AUDIT.c.id > after).order_by(AUDIT.c.id).limit(page(limit))
        for name, value in (("kind", kind), ("site", site), ("key", key), ("by", by),
                            ("action", action)):  # fmt: skip
            if value is not None:
                asked = asked.where(AUDIT.c[name] == value)
        if since is not None:
            asked = asked.where(AUDIT.c.at >= since)
        if until is not None:
            asked = asked.where(AUDIT.c.at < until)
        with self.database.read() as connection:
            return tuple(Entry(**row) for row in connection.execute(asked).mappings())


def note(
    connection: Connection,
    author: Author,
    action: str,
    kind: str,
    key: str,
    *,
    site: str = "",
    version: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write an entry in the transaction of `connection`: it stands if and only if that does."""
    connection.execute(
        insert(AUDIT).values(
            at=author.at, by=author.by, action=action, kind=kind, site=site, key=key,
            version=version, before=plain(before), after=plain(after), reason=author.reason,
        )
    )  # fmt: skip


def plain(values: Any) -> Any:
    """Return `values` as JSON can hold them: dates and times as ISO text."""
    if isinstance(values, Mapping):
        return {str(name): plain(value) for name, value in values.items()}
    if isinstance(values, list | tuple | set | frozenset):
        return [plain(value) for value in values]
    if values is None or isinstance(values, str | bool | int | float):
        return values
    return values.isoformat() if isinstance(values, dt.date | dt.datetime) else str(values)


def page(limit: int) -> int:
    """Return a page length that is one."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= 1000:
        raise BadInput(f"store: a page has 1 to 1000 rows, got limit {limit!r}")
    return limit
