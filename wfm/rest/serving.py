"""How does the service run: one process for requests, one for the jobs they start?"""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable

import uvicorn

from wfm.adapters.store import Store, StoreDown
from wfm.errors import BadInput
from wfm.rest.application import make
from wfm.rest.workers import Workers, leashed
from wfm.service.making import work_one

_REST_S = 1.0
log = logging.getLogger(__name__)
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
    address = store.database.engine.url.render_as_string(hide_password=False)
    with Workers(address, workers):
        uvicorn.run(
            app, host=host, port=port, log_level="warning", server_header=False,
            timeout_keep_alive=15, limit_concurrency=200, h11_max_incomplete_event_size=65536,
        )  # fmt: skip


def work(
    store: Store, *, stop: threading.Event | None = None, once: bool = False,
    told: Callable[[str], None] = lambda text: None, on_leash: bool = False,
) -> int:  # fmt: skip
    """Work off jobs until `stop`, or until none waits; return how many.

    Where the database goes away, or a job has a defect of wfm, it goes on with the next one.

    Parameters
    ----------
    stop : Event, optional
    once : bool
        Stop when no job waits.
    told : callable
        Gets a sentence a job.
    on_leash : bool
        Stop also when whoever started this process is gone.
    """
    stop = stop or threading.Event()
    if on_leash:
        leashed(stop)
    worker = f"{socket.gethostname()} {os.getpid()}"
    done = 0
    while not stop.is_set():
        try:
            job = work_one(store, worker)
        except StoreDown as error:
            told(str(error))
            job = None
        except Exception:
            log.exception("a job ended in a defect")
            continue
        if job is not None:
            done += 1
            told(f"job {job.id}: {job.state} {job.error}".rstrip())
        elif once:
            break
        else:
            stop.wait(_REST_S)
    return done
