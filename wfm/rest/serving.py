"""How does the service run: one process for requests, one for the jobs they start?"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from wfm.adapters.store import Store, StoreDown
from wfm.errors import BadInput
from wfm.rest.application import make
from wfm.service.making import work_one

_REST_S = 1.0
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(
    store: Store, *, host: str = "127.0.0.1", port: int = 8600, hosts: tuple[str, ...] = (),
    workers: int = 1,
) -> None:  # fmt: skip
    """Answer requests until stopped; `workers` processes beside this one make plans.

    Parameters
    ----------
    host : str
        Where to listen; another one than loopback lets other machines in.
    port : int
    hosts : tuple of str
        Names the service answers to, beside those of loopback; needed where `host` is not that.
    workers : int
        Processes that work off jobs; 0 leaves that to `wfm work` elsewhere.
    """
    if host not in _LOOPBACK and not hosts:
        raise BadInput(
            f"serve: {host} can be reached from other machines; name the hosts it answers to with "
            "--allow-host, and put a proxy with TLS before it"
        )
    app = make(store, hosts=(*_LOOPBACK, "[::1]", *hosts))
    at_work = [_worker(store) for _ in range(workers)]
    try:
        uvicorn.run(
            app, host=host, port=port, log_level="warning", server_header=False,
            timeout_keep_alive=15, limit_concurrency=200, h11_max_incomplete_event_size=65536,
        )  # fmt: skip
    finally:
        for process in at_work:
            process.terminate()
        for process in at_work:
            process.wait(timeout=30)


def work(store: Store, *, stop: threading.Event | None = None, once: bool = False,
         told: Callable[[str], None] = lambda text: None) -> int:  # fmt: skip
    """Work off jobs until `stop`, or until none waits; return how many."""
    stop = stop or threading.Event()
    worker = f"{socket.gethostname()} {os.getpid()}"
    done = 0
    while not stop.is_set():
        try:
            job = work_one(store, worker)
        except StoreDown as error:
            told(str(error))
            job = None
        if job is not None:
            done += 1
            told(f"job {job.id}: {job.state} {job.error}".rstrip())
        elif once:
            break
        else:
            stop.wait(_REST_S)
    return done


def _worker(store: Store) -> subprocess.Popen[bytes]:
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))
    address = store.database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen(
        [sys.executable, "-m", "wfm.cli", "work"], stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "WFM_DATABASE_URL": address},
    )  # fmt: skip
