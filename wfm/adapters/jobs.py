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

from wfm.adapters.folder import write_aside
from wfm.errors import BadInput

_STATE = ".roster-job.json"
_CANCEL = ".roster-job.cancel"
_LOG = ".roster-job.log"
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
    """Return the state of the newest roster job of the plan in `folder`."""
    try:
        state = Job(**json.loads((Path(folder) / _STATE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return Job("none")
    if state.state == "running" and not _alive(state.pid):
        return Job("failed", state.fraction, state.text, _last_words(Path(folder)))
    return state


def start_roster(folder: str | Path, *, time_limit_s: float, seed: int) -> None:
    """Start solving a new roster for the plan in `folder` in a process of its own.

    Raises
    ------
    BadInput
        One is already running.
    """
    folder = Path(folder).resolve()
    if job(folder).state == "running":
        raise BadInput("roster: a roster is already being made for this plan; wait or cancel it")
    (folder / _CANCEL).unlink(missing_ok=True)
    command = [sys.executable, "-m", "wfm.cli", "roster", "--plan", str(folder),
               "--seconds", str(time_limit_s), "--seed", str(seed), "--job"]  # fmt: skip
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    with (folder / _LOG).open("wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env={**os.environ, "PYTHONPATH": path}, start_new_session=True,
        )  # fmt: skip
    _children[process.pid] = process
    _write(folder, Job("running", 0.0, "starting", pid=process.pid))


def cancel_roster(folder: str | Path) -> None:
    """Ask the running roster job to stop; the best roster found so far is kept."""
    (Path(folder) / _CANCEL).touch()


@contextmanager
def roster_job(folder: str | Path) -> Iterator[Work]:
    """Give a job process its side of the job, and write its last word at the end."""
    work = Work(Path(folder))
    try:
        yield work
    except Exception as error:
        _write(work.folder, Job("failed", 1.0, "", f"{error}", os.getpid()))
        raise
    state = "cancelled" if work.cancelled else "done"
    _write(work.folder, Job(state, 1.0, "", "", os.getpid(), work.taken))


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


def _alive(pid: int) -> bool:
    child = _children.get(pid)
    if child is not None:
        return child.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _write(folder: Path, state: Job) -> None:
    write_aside(folder / _STATE, json.dumps(asdict(state)))
