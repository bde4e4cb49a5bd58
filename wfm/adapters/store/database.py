"""Which database is it, and how is a transaction on it begun, ended and refused?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, exc, text
from sqlalchemy.engine import make_url

from wfm.errors import BadInput

SETTING = "WFM_DATABASE_URL"
# Plans, actuals and cycles in folders; what only a store can keep is in the user's own.
FOLDERS = "folders:"
DATA = "WFM_DATA_FOLDER"
_BUSY_S = 60
_WRITES = "wfm_writes"


class StoreDown(BadInput):
    """The database cannot be reached, is full or busy; nothing of this transaction was kept."""


@dataclass(frozen=True)
class Database:
    """An engine and the two kinds of transaction there are."""

    engine: Engine

    @property
    def kind(self) -> str:
        """``"sqlite"`` or ``"postgresql"``."""
        return self.engine.dialect.name

    @property
    def path(self) -> Path | None:
        """The file of an SQLite database."""
        name = self.engine.url.database
        return Path(name) if self.kind == "sqlite" and name else None

    @property
    def shown(self) -> str:
        """Its address without a password."""
        return self.engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one moment of the database and changes nothing."""
        with self._told(), self.engine.connect() as connection:
            if self.kind == "postgresql":
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
            with connection.begin():
                yield connection

    @contextmanager
    def write(
        self, *, alone: str = "", beside: str = "", references: bool = True
    ) -> Iterator[Connection]:
        """Give a connection whose changes are kept together or not at all.

        Parameters
        ----------
        alone : str
            Writers with the same text wait for each other until the end of the transaction; in
            SQLite all writers do.
        beside : str
            Waits for writers that are `alone` with this text, not for others beside it.
        references : bool
            False lets SQLite rebuild tables that others refer to; references are checked at the
            end instead.
        """
        with (
            self._told(),
            self.engine.connect() as connection,
            self._references(connection, kept=references) as check,
        ):
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                for name, how in ((alone, ""), (beside, "_shared")):
                    if name and self.kind == "postgresql":
                        lock = f"SELECT pg_advisory_xact_lock{how}(hashtextextended(:name, 0))"
                        connection.execute(text(lock), {"name": f"wfm {name}"})
                yield connection
                check()

    @contextmanager
    def _references(self, connection: Connection, *, kept: bool) -> Iterator[Callable[[], None]]:
        """Let references be broken for a while; the pragma is deaf inside a transaction."""
        if kept or self.kind != "sqlite":
            yield lambda: None
            return

        def check() -> None:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise BadInput(f"store: {len(broken)} rows would refer to nothing: {broken[:3]}")

        driven: Any = connection.connection.driver_connection
        driven.execute("PRAGMA foreign_keys=OFF")
        try:
            yield check
        finally:
            driven.execute("PRAGMA foreign_keys=ON")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say in words what the database's own words mean to a person."""
        driver: Any = self.engine.dialect.loaded_dbapi
        try:
            yield
        except (exc.OperationalError, exc.InterfaceError, exc.TimeoutError) as error:
            raise StoreDown(_sentence(self.shown, error)) from error
        except exc.IntegrityError:
            raise
        except exc.StatementError as error:
            if isinstance(error.orig, BadInput):
                raise error.orig from None
            if getattr(error, "connection_invalidated", False):
                raise StoreDown(_sentence(self.shown, error)) from error
            if isinstance(error, exc.DBAPIError) and not isinstance(error, exc.DataError):
                raise
            raise BadInput(f"store: a value cannot be kept: {_first_line(error)}") from error
        except (driver.OperationalError, driver.InterfaceError) as error:  # in bulk, undisguised
            raise StoreDown(_sentence(self.shown, error)) from error


def address(url: str | None = None) -> str:
    """Return where the store is: `url`, else ``WFM_DATABASE_URL``, else a file of the user's."""
    found = url or os.environ.get(SETTING) or ""
    if not found or found == FOLDERS:
        return f"sqlite:///{_data_folder() / 'wfm.sqlite'}"
    if "://" not in found:
        return f"sqlite:///{Path(found).expanduser().resolve()}"
    return found


def connect(url: str) -> Database:
    """Return the database at `url`; nothing is asked of it yet.

    Raises
    ------
    BadInput
        The address is neither SQLite nor PostgreSQL, or its driver is not installed.
    """
    try:
        parsed = make_url(url)
    except exc.ArgumentError as error:
        raise BadInput(f"store: {SETTING} is no address of a database: {_hidden(url)}") from error
    kind = parsed.get_backend_name()
    if kind in ("postgresql", "postgres"):
        return Database(_postgresql(parsed.set(drivername="postgresql+psycopg")))
    if kind != "sqlite":
        raise BadInput(
            f"store: {SETTING} names a {kind} database; expected sqlite:///FILE or "
            "postgresql://USER:PASSWORD@HOST/NAME"
        )
    if not parsed.database or parsed.database == ":memory:":
        raise BadInput("store: an SQLite store needs a file: sqlite:///FILE")
    try:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            f"store: cannot make the folder of {parsed.database}: {error.strerror}; choose another "
            f"with {SETTING}=sqlite:///FILE, or {SETTING}={FOLDERS} to keep plans in folders"
        ) from error
    return Database(_sqlite(parsed))


def _sqlite(url: Any) -> Engine:
    engine = create_engine(url, connect_args={"timeout": _BUSY_S, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def opened(connection: Any, record: Any) -> None:
        # The driver's own BEGIN comes too late and never IMMEDIATE.
        connection.isolation_level = None
        for pragma in (f"busy_timeout={_BUSY_S * 1000}", "journal_mode=WAL", "synchronous=FULL",
                       "foreign_keys=ON"):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        # A transaction that reads first and then writes is refused while another one writes;
        # one that says at once that it will write waits.
        writes = connection.get_execution_options().get(_WRITES)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _postgresql(url: Any) -> Engine:
    try:
        return create_engine(
            url, pool_pre_ping=True, pool_size=5, max_overflow=20,
            connect_args={"options": "-c timezone=UTC", "connect_timeout": 10},
        )  # fmt: skip
    except ModuleNotFoundError as error:
        raise BadInput(
            "store: PostgreSQL needs the psycopg driver: pip install 'wfm[postgres]'"
        ) from error


def _data_folder() -> Path:
    if os.environ.get(DATA):
        return Path(os.environ[DATA]).expanduser()
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData/Local") / "wfm"
    if sys.platform == "darwin":
        return Path.home() / "Library/Application Support/wfm"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share") / "wfm"


def _hidden(url: str) -> str:
    """Return `url` without what may be a password."""
    return url.split("://", 1)[0] + "://..." if "://" in url else "(not shown)"


def _first_line(error: Exception) -> str:
    words = str(getattr(error, "orig", None) or error).strip().splitlines()
    return words[0] if words else type(error).__name__


def _sentence(shown: str, error: Exception) -> str:
    said = _first_line(error)
    lowered = said.lower()
    if "full" in lowered or "no space" in lowered or "disk i/o" in lowered:
        advice = "the disk is full or broken; make room and try again"
    elif any(word in lowered for word in ("locked", "busy", "deadlock", "serialize")):
        advice = "others write to it without a pause; try again"
    elif "readonly" in lowered or "unable to open" in lowered:
        advice = (
            f"the file cannot be written; check its rights, choose another with {SETTING}="
            f"sqlite:///FILE, or keep plans in folders with {SETTING}={FOLDERS}"
        )
    else:
        advice = f"check that it runs and that {SETTING} names it, then try again"
    return f"store: the database {shown} refused: {said}; nothing was saved - {advice}"
