"""Is the database as this version of wfm needs it, and how does it become so?

All revisions that are missing run in one transaction, under a lock: who is killed in the middle
leaves the database as it was, and of two programs that start at once one waits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import filelock
from sqlalchemy import Connection, text

from wfm.adapters.store.database import Database
from wfm.errors import BadInput

# The newest revision in `migrations/versions`; a test compares.
HEAD = "0003"
_LOCK_S = 600
_LOCK_NAME = "wfm migration"


def revision(database: Database) -> str | None:
    """Return the revision the database is at; None where it is empty."""
    with database.read() as connection:
        return _revision(connection)


def upgrade(database: Database, *, to: str = HEAD) -> bool:
    """Bring the database to revision `to`; return whether there was anything to do.

    Raises
    ------
    BadInput
        A newer version of wfm made it.
    """
    found = revision(database)
    if found == to:
        return False
    if found is not None and found > HEAD:
        raise BadInput(
            f"store: {database.shown} is at revision {found}, this version of wfm knows {HEAD}; a "
            "newer version of wfm made it - use that one"
        )
    if database.path is None:
        return _run(database, to)
    lock = database.path.with_name(database.path.name + ".migration.lock")
    with filelock.FileLock(lock, timeout=_LOCK_S):
        return _run(database, to)


def _run(database: Database, to: str) -> bool:
    with database.write(alone=_LOCK_NAME, references=False) as connection:
        if _revision(connection) == to:
            return False
        _alembic(connection, to)
    return True


def _alembic(connection: Connection, to: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, to)


def _revision(connection: Connection) -> str | None:
    from sqlalchemy import inspect

    if not inspect(connection).has_table("alembic_version"):
        return None
    found: Any = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)
