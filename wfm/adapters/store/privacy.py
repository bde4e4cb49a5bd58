"""How is a person taken out of the store, and what is old enough to go?"""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from wfm.adapters.store import erasing, shortening
from wfm.adapters.store.audit import Author, Clock, note
from wfm.adapters.store.blobs import FRAMES_LOCK
from wfm.adapters.store.database import Database
from wfm.adapters.store.records import find_one
from wfm.adapters.store.tables_facts import (
    AGENTS,
    AGENTS_REPLACED,
    AUDIT,
    AUDIT_PASS,
    INTERVALS,
    INTERVALS_REPLACED,
)
from wfm.adapters.store.tables_plans import FORECASTS, PLANS, ROSTERS
from wfm.adapters.store.tables_service import ANSWERS, JOBS
from wfm.errors import BadInput


@dataclass(frozen=True)
class Erased:
    """What came of deleting a person.

    Attributes
    ----------
    pseudonym : str
        Stands wherever the person's key stood; nothing says whose it is.
    rows : dict of str to int
        Rows changed, by table.
    """

    pseudonym: str
    rows: dict[str, int]


@dataclass(frozen=True)
class Retention:
    """How many days things are kept; None means for ever.

    Attributes
    ----------
    intervals, agents : int or None
        Actuals of queues and of people, from the interval's start: rows of the site, and of the
        tables kept with plans those that name nobody or somebody.
    plans : int or None
        Versions of plans that are not the newest and whose roster is not published, nor their
        forecast locked; what only they used goes with them. So do old versions of tables of
        actuals.
    audit : int or None
    jobs, answers : int or None
        Ended jobs and answered requests.
    """

    intervals: int | None = None
    agents: int | None = None
    plans: int | None = None
    audit: int | None = None
    jobs: int | None = 90
    answers: int | None = 2


@dataclass(frozen=True)
class Privacy:
    """Deleting and forgetting."""

    database: Database
    now: Clock

    def delete_person(self, key: str, *, site: str, by: str, reason: str = "") -> Erased:
        """Erase a person's data; what must stay (worked hours, the log) keeps a pseudonym.

        Name, e-mail, texts and contents go; key and names in scenarios, rosters, actuals, requests
        and the audit log become the pseudonym; calendar feeds are revoked and the user is disabled.
        All in one transaction. Files exported before and backups are out of reach. Where another
        site has a person with the same key, a user is taken for this one's if it has a role here.

        Raises
        ------
        BadInput
            There is no such person.
        """
        author = Author(by, reason, self.now())
        with self.database.write(alone=FRAMES_LOCK) as connection:
            found = find_one(connection, "people", site, key)
            if found is None:
                raise BadInput(f"store: there is no person {key!r} at site {site!r}")
            who = erasing.Person(
                site=site, key=key, pseudonym=f"erased-{secrets.token_hex(6)}",
                names=tuple(
                    str(found.values[name]) for name in ("name", "email") if found.values[name]
                ),
            )  # fmt: skip
            connection.execute(insert(AUDIT_PASS).values(id=1))
            rows = erasing.erase(connection, who, author)
            connection.execute(delete(AUDIT_PASS))
            told = {name: count for name, count in rows.items() if count}
            safe = Author(by, erasing.without(reason, who), author.at)
            note(connection, safe, "erased", "people", who.pseudonym, site=site, after=told)
        return Erased(who.pseudonym, told)

    def forget(self, keep: Retention, *, by: str, reason: str = "") -> dict[str, int]:
        """Remove what is older than `keep` says; return how many rows a table."""
        author = Author(by, reason, self.now())

        def before(days: int) -> dt.datetime:
            if days < 0:
                raise BadInput(f"retention: days are >= 0, got {days}")
            return author.at - dt.timedelta(days=days)

        gone: dict[str, int] = {}
        with self.database.write(alone=FRAMES_LOCK) as connection:
            for days, tables in (
                (keep.intervals, (INTERVALS, INTERVALS_REPLACED)),
                (keep.agents, (AGENTS, AGENTS_REPLACED)),
            ):
                for table in tables if days is not None else ():
                    assert days is not None
                    gone[table.name] = _count(
                        connection, delete(table).where(table.c.start < before(days))
                    )
            gone |= shortening.shorten(
                connection,
                intervals=None if keep.intervals is None else before(keep.intervals),
                agents=None if keep.agents is None else before(keep.agents),
                versions=None if keep.plans is None else before(keep.plans), at=author.at,
            )  # fmt: skip
            if keep.plans is not None:
                gone |= _old_plans(connection, before(keep.plans))
            if keep.audit is not None:
                connection.execute(insert(AUDIT_PASS).values(id=1))
                gone["audit"] = _count(
                    connection, delete(AUDIT).where(AUDIT.c.at < before(keep.audit))
                )
                connection.execute(delete(AUDIT_PASS))
            if keep.jobs is not None:
                gone["jobs"] = _count(
                    connection, delete(JOBS).where(JOBS.c.ended_at < before(keep.jobs))
                )
            if keep.answers is not None:
                gone["answers"] = _count(
                    connection, delete(ANSWERS).where(ANSWERS.c.made_at < before(keep.answers))
                )
            gone["frames"] = erasing.drop_unused_frames(connection)
            gone = {name: count for name, count in gone.items() if count}
            if gone:
                note(connection, author, "forgot", "store", "retention", after=gone)
        return gone


def _old_plans(connection: Connection, before: dt.datetime) -> dict[str, int]:
    """Remove old versions of plans, and the parts that no plan uses any more."""
    newest = select(func.max(PLANS.c.id)).group_by(PLANS.c.site, PLANS.c.name)
    published = select(ROSTERS.c.id).where(ROSTERS.c.status == "published")
    locked = select(FORECASTS.c.id).where(FORECASTS.c.locked_at.is_not(None))
    plans = _count(
        connection,
        delete(PLANS).where(
            PLANS.c.made_at < before,
            PLANS.c.id.not_in(newest),
            PLANS.c.roster.is_(None) | PLANS.c.roster.not_in(published),
            PLANS.c.forecast.not_in(locked),
        ),
    )
    return {"plans": plans, **erasing.drop_unused_parts(connection, before)}


def _count(connection: Connection, asked: Any) -> int:
    return int(connection.execute(asked).rowcount)
