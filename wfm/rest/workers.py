"""How do the processes that make plans live and die beside the service?

Each is a `wfm work` of its own. One that dies is followed by another; all end with the service,
also where that is killed: a worker listens to the end of its standard input.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

# So that a worker that cannot even start is not started without a pause.
_AGAIN_S = 2.0
_END_S = 30


class Workers:
    """Processes that work off jobs, as many as asked for, as long as the block lasts."""

    def __init__(self, address: str, count: int) -> None:
        self._address, self._stop = address, threading.Event()
        self._at_work = [self._start() for _ in range(count)]
        self._watch = threading.Thread(target=self._follow, daemon=True)

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes at work now."""
        return tuple(process.pid for process in self._at_work)

    def __enter__(self) -> Workers:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()
        for process in self._at_work:
            process.terminate()
        for process in self._at_work:
            try:
                process.wait(timeout=_END_S)
            except subprocess.TimeoutExpired:
                process.kill()

    def _follow(self) -> None:
        while not self._stop.wait(_AGAIN_S):
            self._at_work = [
                process if process.poll() is None else self._start() for process in self._at_work
            ]

    def _start(self) -> subprocess.Popen[bytes]:
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
        return subprocess.Popen(
            [sys.executable, "-m", "wfm.cli", "work", "--leashed"], stdin=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "WFM_DATABASE_URL": self._address},
        )  # fmt: skip


def leashed(stop: threading.Event) -> None:
    """Set `stop` once whoever started this process is gone."""

    def listen() -> None:
        sys.stdin.read()
        stop.set()

    threading.Thread(target=listen, daemon=True).start()
