"""Which long work is asked for, and how far is it; was this request answered before?"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, exc, func, insert, select, update

from wfm.adapters.store.audit import Author, Clock, note, page
from wfm.adapters.store.database import Database
from wfm.adapters.store.tables_facts import AUDIT
from wfm.adapters.store.tables_service import ANSWERS, JOBS
from wfm.errors import BadInput, Conflict

# A job whose worker died so often would most likely kill the next one too.
MOST_STARTS = 3
WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"


@dataclass(frozen=True)
class Job:
    """A piece of long work.

    Attributes
    ----------
    id : str
    site : str or None
    kind : str
        What to do, for example ``"plan"``.
    asked : dict
        With which arguments.
    state : str
        ``"waiting"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``.
    fraction : float
        0 to 1.
    text, error : str
        What it is doing; why it failed.
    result : any
        What came of it, as JSON.
    worker : str or None
        Who does it.
    made_at, started_at, seen_at, ended_at : datetime or None
        UTC; `seen_at` is when its worker last told of it.
    made_by : str
    """

    id: str
    site: str | None
    kind: str
    asked: Mapping[str, Any]
    state: str
    fraction: float
    text: str
    error: str
    result: Any
    worker: str | None
    made_at: dt.datetime
    made_by: str
    started_at: dt.datetime | None
    seen_at: dt.datetime | None
    ended_at: dt.datetime | None


@dataclass(frozen=True)
class Answer:
    """What a request with this key was answered; `status` None while the first one is at work."""

    status: int | None
    answer: Any


@dataclass(frozen=True)
class Work:
    """Jobs and answered requests."""

    database: Database
    now: Clock

    def submit(
        self, kind: str, asked: Mapping[str, Any], *, by: str, site: str | None = None
    ) -> Job:
        """Ask for a job; `claim` gives it to a worker."""
        author = Author(by, "", self.now())
        row: dict[str, Any] = {
            "id": secrets.token_hex(12), "site": site, "kind": kind, "asked": dict(asked),
            "state": WAITING, "fraction": 0.0, "text": "", "error": "", "made_at": author.at,
            "made_by": by,
        }  # fmt: skip
        try:
            with self.database.write() as connection:
                connection.execute(insert(JOBS).values(**row))
                note(connection, author, "asked", "jobs", row["id"], site=site or "",
                     after={"kind": kind, "asked": dict(asked)})  # fmt: skip
                return _job(connection, row["id"])
        except exc.IntegrityError as error:
            raise BadInput(f"job: there is no site {site!r} in the store") from error

    def claim(self, worker: str, *, lost_after_s: float = 60.0) -> Job | None:
        """Give the oldest waiting job to `worker`, or one whose worker fell silent; None if none.

        Two workers never get the same job at the same time. A job that fell silent three times is
        failed, so that it does not take worker after worker with it.
        """
        now = self.now()
        with self.database.write(alone="jobs") as connection:
            lost = now - dt.timedelta(seconds=lost_after_s)
            free = (JOBS.c.state == WAITING) | ((JOBS.c.state == RUNNING) & (JOBS.c.seen_at < lost))
            oldest = select(JOBS.c.id).where(free).order_by(JOBS.c.made_at, JOBS.c.id).limit(1)
            while True:
                found = connection.execute(oldest).scalar()
                if found is None:
                    return None
                if _starts(connection, found) < MOST_STARTS:
                    break
                _fail(connection, found, Author(worker, "", now))
            note(connection, Author(worker, "", now), "started", "jobs", found,
                 site=_job(connection, found).site or "")  # fmt: skip
            connection.execute(
                update(JOBS).where(JOBS.c.id == found).values(
                    state=RUNNING, worker=worker, started_at=now, seen_at=now, fraction=0.0
                )
            )  # fmt: skip
            return _job(connection, found)

    def tell(self, job_id: str, worker: str, *, fraction: float, text: str) -> bool:
        """Tell how far a job is; return whether it shall go on (nobody cancelled or took it)."""
        with self.database.write() as connection:
            return bool(
                connection.execute(
                    update(JOBS).where(*_own(job_id, worker)).values(
                        fraction=min(max(float(fraction), 0.0), 1.0), text=text, seen_at=self.now()
                    )
                ).rowcount
            )  # fmt: skip

    def end(self, job_id: str, worker: str, *, result: Any = None, error: str = "") -> Job:
        """Say that a job is done, or failed if there is an error.

        Raises
        ------
        Conflict
            It is not this worker's any more: cancelled, or taken over by another.
        """
        with self.database.write() as connection:
            return self.end_within(connection, job_id, worker, result=result, error=error)

    def end_within(
        self, connection: Connection, job_id: str, worker: str, *, result: Any = None,
        error: str = "",
    ) -> Job:  # fmt: skip
        """Do `end` in the transaction of `connection`, so that a job and what it saves end as one.

        Raises
        ------
        Conflict
        """
        now = self.now()
        done = connection.execute(
            update(JOBS).where(*_own(job_id, worker)).values(
                state=FAILED if error else DONE, error=error, result=result, ended_at=now,
                seen_at=now, **({} if error else {"fraction": 1.0}),
            )
        ).rowcount  # fmt: skip
        found = _job(connection, job_id)
        if not done:
            raise Conflict(f"job: {job_id} is {found.state}, not at {worker}; it was cancelled "
                           "or taken over", what=f"job {job_id}")  # fmt: skip
        note(connection, Author(worker, "", now), found.state, "jobs", job_id,
             site=found.site or "", after={"error": error} if error else None)  # fmt: skip
        return found

    def cancel(self, job_id: str, *, by: str, reason: str = "") -> Job:
        """Stop a job that waits or runs; its worker learns it at its next word."""
        author = Author(by, reason, self.now())
        with self.database.write() as connection:
            before = _job(connection, job_id)
            done = connection.execute(
                update(JOBS).where(JOBS.c.id == job_id, JOBS.c.state.in_((WAITING, RUNNING)))
                .values(state=CANCELLED, ended_at=author.at)
            ).rowcount  # fmt: skip
            if not done:
                raise BadInput(f"job: {job_id} is {before.state} already")
            note(connection, author, CANCELLED, "jobs", job_id, site=before.site or "")
            return _job(connection, job_id)

    def job(self, job_id: str) -> Job:
        """Return a job; BadInput where there is none."""
        with self.database.read() as connection:
            return _job(connection, job_id)

    def jobs(self, *, site: str | None = None, limit: int = 100) -> tuple[Job, ...]:
        """Return the newest jobs, newest first."""
        asked = select(JOBS).order_by(JOBS.c.made_at.desc(), JOBS.c.id).limit(page(limit))
        if site is not None:
            asked = asked.where(JOBS.c.site == site)
        with self.database.read() as connection:
            return tuple(Job(**row) for row in connection.execute(asked).mappings())

    def once(self, key: str, body: Any, *, by: str, lost_after_s: float = 600.0) -> Answer | None:
        """Reserve the idempotency key of a request, or return what it was answered.

        A reservation without an answer is given to the next one after `lost_after_s`.

        Returns
        -------
        Answer or None
            None: this is the first; do the work, then `answered` or `give_up`.

        Raises
        ------
        Conflict
            The key was used with another body.
        """
        digest = _digest(body)
        with self.database.write(alone=f"answer {by} {key}") as connection:
            same = (ANSWERS.c.by == by, ANSWERS.c.key == key)
            row = connection.execute(select(ANSWERS).where(*same)).mappings().first()
            if row is None:
                connection.execute(
                    insert(ANSWERS).values(by=by, key=key, digest=digest, made_at=self.now())
                )
                return None
            if row["digest"] != digest:
                raise Conflict(
                    f"request: the idempotency key {key!r} was used with another body; take a new "
                    "key", what=f"idempotency key {key!r}", at=row["made_at"],
                )  # fmt: skip
            lost = self.now() - dt.timedelta(seconds=lost_after_s)
            if row["status"] is None and row["made_at"] < lost:
                connection.execute(update(ANSWERS).where(*same).values(made_at=self.now()))
                return None
            return Answer(row["status"], row["answer"])

    def answered(self, key: str, *, by: str, status: int, answer: Any) -> None:
        """Keep what the request was answered, to be said again."""
        with self.database.write() as connection:
            connection.execute(
                update(ANSWERS).where(ANSWERS.c.by == by, ANSWERS.c.key == key)
                .values(status=status, answer=answer)
            )  # fmt: skip

    def give_up(self, key: str, *, by: str) -> None:
        """Free a reserved key: the work failed and may be tried again."""
        with self.database.write() as connection:
            connection.execute(
                delete(ANSWERS).where(
                    ANSWERS.c.by == by, ANSWERS.c.key == key, ANSWERS.c.status.is_(None)
                )
            )


def _own(job_id: str, worker: str) -> tuple[Any, ...]:
    return (JOBS.c.id == job_id, JOBS.c.worker == worker, JOBS.c.state == RUNNING)


def _starts(connection: Connection, job_id: str) -> int:
    """Return how often a worker began with a job, by the log."""
    asked = select(func.count()).where(
        AUDIT.c.kind == "jobs", AUDIT.c.key == job_id, AUDIT.c.action == "started"
    )
    return int(connection.execute(asked).scalar_one())


def _fail(connection: Connection, job_id: str, author: Author) -> None:
    error = (
        f"its worker ended {MOST_STARTS} times in the middle of it; ask for it again once it "
        "is known why"
    )
    connection.execute(
        update(JOBS)
        .where(JOBS.c.id == job_id)
        .values(state=FAILED, error=error, ended_at=author.at)
    )
    note(connection, author, FAILED, "jobs", job_id, site=_job(connection, job_id).site or "",
         after={"error": error})  # fmt: skip


def _job(connection: Connection, job_id: str) -> Job:
    row = connection.execute(select(JOBS).where(JOBS.c.id == job_id)).mappings().first()
    if row is None:
        raise BadInput(f"job: there is no job {job_id!r}")
    return Job(**row)


def _digest(body: Any) -> str:
    text = body if isinstance(body, bytes) else json.dumps(body, sort_keys=True).encode()
    return hashlib.sha256(text).hexdigest()
