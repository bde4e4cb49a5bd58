"""Long work outside the screen's process: start it, follow it, cancel it.

A job is a process of its own that writes its progress to a file in the plan's folder. The screen
that started it may close; the job goes on.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from wfm.adapters.folder import write_aside
from wfm.errors import BadInput

_STATE = ".job.json"
_CANCEL = ".job.cancel"
_LOG = ".job.log"
# Held by the job's process while it lives, so that a reused process id is never taken for it.
_ALIVE = ".job.lock"
_STARTING = ".job.starting.lock"
# From the start of the process until it holds its lock.
_START_S = 60
_GRACE_S = 20
_EVERY_S = 0.5


@dataclass(frozen=True)
class Job:
    """How far a job is.

    Attributes
    ----------
    state : str
        ``"none"``, ``"running"``, ``"done"``, ``"failed"`` or ``"cancelled"``.
    fraction : float
        0 to 1.
    text : str
        What it is doing, or did.
    error : str
        Why it failed; empty otherwise.
    pid : int
    taken : bool
        At the end: whether the new roster took the place of the old one.
    """

    state: str
    fraction: float = 0.0
    text: str = ""
    error: str = ""
    pid: int = 0
    taken: bool = False


def job(folder: str | Path) -> Job:
    """Return the state of the newest job in `folder`."""
    folder = Path(folder)
    try:
        state = Job(**json.loads((folder / _STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Job("none")
    if state.state == "running" and not _alive(folder, state):
        return Job("failed", state.fraction, state.text, _last_words(folder))
    return state


def start(folder: str | Path, *, kind: str, time_limit_s: float, seed: int | None = None) -> None:
    """Start a job on the plan in `folder` in a process of its own.

    Parameters
    ----------
    kind : str
        ``"roster"`` or ``"demo"``, see `wfm.app.App.work_job`.

    Raises
    ------
    BadInput
        One is already running.
    """
    folder = Path(folder).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(folder / _STARTING, timeout=_START_S):
            if job(folder).state == "running":
                raise BadInput("job: this plan is already being made anew; wait for it or stop it")
            (folder / _CANCEL).unlink(missing_ok=True)
            process = _spawn(folder, kind, time_limit_s, seed)
            _write(folder, Job("running", 0.0, "starting", pid=process.pid))
    except OSError as error:
        raise BadInput(
            f"job: cannot start in {folder}: {error.strerror or error}; choose a folder that "
            "can be written"
        ) from error


def _spawn(
    folder: Path, kind: str, time_limit_s: float, seed: int | None
) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "wfm.cli", "job", kind, str(folder)),
        *("--seconds", str(time_limit_s)),
        *(() if seed is None else ("--seed", str(seed))),
    ]
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": path},
            start_new_session=True,
        )
    _children[process.pid] = process
    return process


def cancel(folder: str | Path) -> None:
    """Ask the running job to stop."""
    (Path(folder) / _CANCEL).touch()


@contextmanager
def work(folder: str | Path) -> Iterator[Work]:
    """Give a job process its side of the job, and write its last word at the end."""
    own = Work(Path(folder))
    with filelock.FileLock(own.folder / _ALIVE, timeout=_START_S):
        try:
            yield own
        except Exception as error:
            _write(own.folder, Job("failed", 1.0, "", f"{error}", os.getpid()))
            raise
        state = "cancelled" if own.cancelled else "done"
        _write(own.folder, Job(state, 1.0, "", "", os.getpid(), own.taken))


class Work:
    """A job's own side: it tells its progress, and at the end whether its roster was taken."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.taken, self._told = folder, False, 0.0

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked the job to stop."""
        return (self.folder / _CANCEL).exists()

    def progress(self, fraction: float, text: str) -> bool:
        """Tell how far the job is; return whether it shall go on."""
        if time.monotonic() - self._told >= _EVERY_S:
            self._told = time.monotonic()
            _write(self.folder, Job("running", float(fraction), text, pid=os.getpid()))
        return not self.cancelled


def _last_words(folder: Path) -> str:
    try:
        lines = (folder / _LOG).read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        lines = []
    return f"the process ended early: {lines[-1]}" if lines else "the process ended without a word"


_children: dict[int, subprocess.Popen[bytes]] = {}


def _alive(folder: Path, state: Job) -> bool:
    """Return whether the job's process holds its lock, or was started a moment ago."""
    child = _children.get(state.pid)
    if child is not None:
        return child.poll() is None
    try:
        with filelock.FileLock(folder / _ALIVE, timeout=0):
            free = True
    except filelock.Timeout:
        free = False
    fresh = time.time() - (folder / _STATE).stat().st_mtime < _GRACE_S
    return not free or (fresh and _exists(state.pid))


def _exists(pid: int) -> bool:
    if os.name != "posix":  # elsewhere signal 0 is a real signal
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(folder: Path, state: Job) -> None:
    write_aside(folder / _STATE, json.dumps(asdict(state)))
