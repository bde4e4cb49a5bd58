"""Which roster do people work by, who published it, and what stood before?

A roster version is a draft, published or withdrawn. On each day of a site at most one is published:
publishing another over the same days withdraws the one before, in the same transaction.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, update

from wfm.adapters.store import sites
from wfm.adapters.store.audit import Author, Clock, note
from wfm.adapters.store.database import Database
from wfm.adapters.store.parts import Row
from wfm.adapters.store.tables_facts import AUDIT
from wfm.adapters.store.tables_plans import ROSTERS
from wfm.adapters.store.versions import Version, version_of, version_row
from wfm.errors import BadInput

DRAFT, PUBLISHED, WITHDRAWN = "draft", "published", "withdrawn"


@dataclass(frozen=True)
class Rosters:
    """Publishing; a roster itself is saved and loaded by `wfm.adapters.store.plans.Plans`."""

    database: Database
    now: Clock

    def publish(
        self, name: str, *, version: int, by: str, site: str = sites.FIRST, reason: str = ""
    ) -> Version:
        """Publish a version; rosters published over its days before are withdrawn.

        Raises
        ------
        BadInput
            There is no such version, or it is published already.
        """
        author = Author(by, reason, self.now())
        with self.database.write(alone=f"publish {site}") as connection:
            row = version_row(connection, ROSTERS, site, name, version)
            if row["status"] == PUBLISHED:
                raise BadInput(
                    f"store: roster {name!r} version {version} was published by "
                    f"{row['status_by']} at {row['status_at']:%Y-%m-%d %H:%M} UTC already"
                )
            for other in _published(connection, site, row["first_day"], row["last_day"]):
                _turn(connection, other, WITHDRAWN, author)
            return version_of(_turn(connection, row, PUBLISHED, author))

    def withdraw(
        self, name: str, *, version: int, by: str, site: str = sites.FIRST, reason: str = ""
    ) -> Version:
        """Withdraw a published version; nothing takes its place."""
        author = Author(by, reason, self.now())
        with self.database.write(alone=f"publish {site}") as connection:
            row = version_row(connection, ROSTERS, site, name, version)
            if row["status"] != PUBLISHED:
                raise BadInput(
                    f"store: roster {name!r} version {version} is {row['status']}, not published"
                )
            return version_of(_turn(connection, row, WITHDRAWN, author))

    def roll_back(
        self, day: dt.date, *, by: str, site: str = sites.FIRST, reason: str = ""
    ) -> Version:
        """Publish again what was published on `day` before what is published now.

        Raises
        ------
        BadInput
            Nothing is published on that day, or nothing was before.
        """
        author = Author(by, reason, self.now())
        with self.database.write(alone=f"publish {site}") as connection:
            standing = _published(connection, site, day, day)
            if not standing:
                raise BadInput(f"store: no roster is published for {day} at site {site!r}")
            before = _before(connection, standing[0], day)
            if before is None:
                raise BadInput(
                    f"store: no other roster was published for {day} at site {site!r} before; "
                    "withdraw this one instead"
                )
            for other in _published(connection, site, before["first_day"], before["last_day"]):
                _turn(connection, other, WITHDRAWN, author)
            return version_of(_turn(connection, before, PUBLISHED, author))

    def published(self, day: dt.date, *, site: str = sites.FIRST) -> Version | None:
        """Return the version that is published for `day`, or None."""
        with self.database.read() as connection:
            found = _published(connection, site, day, day)
            return version_of(found[0]) if found else None


def _published(connection: Connection, site: str, first: dt.date, last: dt.date) -> list[Row]:
    """Return the published rosters that share a day with first to last."""
    asked = select(ROSTERS).where(
        ROSTERS.c.site == site, ROSTERS.c.status == PUBLISHED,
        ROSTERS.c.first_day <= last, ROSTERS.c.last_day >= first,
    )  # fmt: skip
    return list(connection.execute(asked.order_by(ROSTERS.c.first_day)).mappings())


def _turn(connection: Connection, row: Row, status: str, author: Author) -> dict[str, Any]:
    """Give a roster another status, with an audit entry."""
    state = {"status": status, "status_at": author.at, "status_by": author.by}
    connection.execute(update(ROSTERS).where(ROSTERS.c.id == row["id"]).values(**state))
    note(
        connection, author, status, "rosters", row["name"], site=row["site"],
        version=row["version"], before={"status": row["status"]},
        after={"status": status, "roster": row["id"], "first_day": row["first_day"],
               "last_day": row["last_day"]},
    )  # fmt: skip
    return {**row, **state}


def _before(connection: Connection, standing: Row, day: dt.date) -> Row | None:
    """Return the roster that was last published for `day` before the one standing was."""
    entries = connection.execute(
        select(AUDIT.c.after)
        .where(AUDIT.c.kind == "rosters", AUDIT.c.action == PUBLISHED,
               AUDIT.c.site == standing["site"])
        .order_by(AUDIT.c.id.desc())
    ).scalars()  # fmt: skip
    passed = False
    for entry in entries:
        if entry["roster"] == standing["id"]:
            passed = True
        elif passed:
            row = connection.execute(
                select(ROSTERS).where(ROSTERS.c.id == entry["roster"])
            ).mappings().first()  # fmt: skip
            if row is not None and row["first_day"] <= day <= row["last_day"]:
                return row
    return None
