"""How is one long array shared among the cores?

By a pool of our own over kernels that release the interpreter lock: numba's own threading layer
aborts the process when two dashboard sessions call it at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

_pool: list[ThreadPoolExecutor] = []


def share(work: Callable[[int, int], object], *, size: int, least: int) -> None:
    """Call ``work(first, last)`` over parts of ``range(size)``; parts hold at least `least`.

    Short arrays are worked on by the caller. Several parts a core, so that a core that is busy
    with something else holds nobody up.
    """
    workers = cores() if size >= 2 * least else 1
    parts = min(4 * workers, size // least)
    if workers == 1:
        work(0, size)
        return
    if not _pool:
        _pool.append(ThreadPoolExecutor(workers, thread_name_prefix="wfm-queueing"))
    edges = [size * i // parts for i in range(parts + 1)]
    for done in [_pool[0].submit(work, *edge) for edge in pairwise(edges)]:
        done.result()


def cores() -> int:
    """Return how many threads to use: ``WFM_THREADS``, else the cores of this process."""
    wanted = os.environ.get("WFM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return int(wanted)
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


if hasattr(os, "register_at_fork"):  # threads do not survive a fork
    os.register_at_fork(after_in_child=_pool.clear)
