"""How is a throw-away PostgreSQL server started and killed, apart from the machine's own?

Debian's server binaries in a temporary folder, a unix socket there and no TCP, under an
unprivileged user where this process is root (the server refuses to be root).
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

_BINARIES = "/usr/lib/postgresql/*/bin"
_OLDEST = 15
_START_S = 300  # after a crash it reads its log again first
_USERS = ("postgres", "nobody")


def binaries() -> Path | None:
    """Return the folder with `initdb` and `postgres`, the newest from version 15 on, or None."""
    found = [
        path for path in Path("/").glob(_BINARIES.lstrip("/"))
        if (path / "initdb").exists() and (path / "postgres").exists()
        and path.parent.name.isdigit() and int(path.parent.name) >= _OLDEST
    ]  # fmt: skip
    return max(found, key=lambda path: int(path.parent.name)) if found else None


def absent() -> str:
    """Return why there is no PostgreSQL here, or an empty text."""
    if binaries() is None:
        return (
            f"PostgreSQL {_OLDEST} or later is not installed ({_BINARIES}); on Debian: apt-get "
            "install postgresql"
        )
    try:
        import psycopg  # noqa: F401
    except ImportError:
        return "psycopg is not installed; pip install 'wfm[postgres]'"
    return ""


@dataclass
class Cluster:
    """A server of its own; `with Cluster() as cluster:` starts and removes it."""

    durable: bool = True
    place: Path | None = None
    folder: Path = field(init=False)
    _server: subprocess.Popen[bytes] | None = field(init=False, default=None)
    _made: int = field(init=False, default=0)

    def __enter__(self) -> Cluster:
        self.folder = short_folder(self.place)
        self.folder.chmod(0o700)
        who = _user()
        if who is not None:
            os.chown(self.folder, who.pw_uid, who.pw_gid)
        self._call("initdb", "-A", "trust", "-U", "wfm", "-E", "UTF8", "--locale=C", "--no-sync",
                   "-D", str(self.folder / "data"))  # fmt: skip
        self.start()
        return self

    @property
    def alive(self) -> bool:
        """Whether the server runs and answers."""
        return self._server is not None and self._server.poll() is None and self._answers()

    def dumped(self, address: str) -> str:
        """Return the address of a new database, restored from a dump of the one at `address`."""
        copy = self.database()
        dump = self.folder / "dump"
        self._call("pg_dump", "-Fc", "-f", str(dump), address)
        self._call("pg_restore", "--exit-on-error", "-d", copy, str(dump))
        return copy

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        settings = ["-k", str(self.folder), "-h", "", "-c", "max_connections=200"]
        if not self.durable:
            settings += ["-c", "fsync=off", "-c", "synchronous_commit=off"]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [str(_bin() / "postgres"), "-D", str(self.folder / "data"), *settings],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self.folder, **_as_user(),
            )  # fmt: skip
        until = time.monotonic() + _START_S
        while not self._answers():
            if self._server.poll() is not None or time.monotonic() > until:
                words = (self.folder / "log").read_text(errors="replace")[-1500:]
                raise RuntimeError(f"PostgreSQL did not start: {words}")
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server; SIGINT throws its clients out, SIGQUIT is like a power cut."""
        if self._server is not None and self._server.poll() is None:
            self._server.send_signal(how)
            self._server.wait(timeout=_START_S)
        self._server = None

    def database(self, *, of: str = "") -> str:
        """Make a database, empty or a copy of the one at address `of`; return its address."""
        self._made += 1
        name = f"wfm{self._made}"
        copied = f" TEMPLATE {of.split('@/')[1].split('?', maxsplit=1)[0]}" if of else ""
        self.run(f"CREATE DATABASE {name}{copied}", "postgres")
        return self.address(name)

    def address(self, name: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://wfm@/{name}?host={self.folder}"

    def run(self, sql: str, name: str) -> None:
        """Run a statement outside any transaction."""
        import psycopg

        with psycopg.connect(host=str(self.folder), user="wfm", dbname=name, autocommit=True) as c:
            c.execute(sql)  # type: ignore[call-overload]

    def _answers(self) -> bool:
        import psycopg

        try:
            psycopg.connect(host=str(self.folder), user="wfm", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _call(self, name: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(_bin() / name), *arguments], cwd=self.folder, capture_output=True, text=True,
            check=False, **_as_user(),
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{name} ended with {done.returncode}: {done.stderr[-1500:]}")


def short_folder(place: Path | None = None) -> Path:
    """Make a folder with a short path: a socket's has at most about a hundred characters."""
    return Path(tempfile.mkdtemp(prefix="wfmpg", dir=place))


def _bin() -> Path:
    found = binaries()
    if found is None:
        raise RuntimeError(absent())
    return found


def _user() -> pwd.struct_passwd | None:
    """Return whom the server runs as where this process is root."""
    if os.geteuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError(f"none of the users {_USERS} exists; PostgreSQL refuses to run as root")


def _as_user() -> dict[str, object]:
    who = _user()
    if who is None:
        return {}
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
