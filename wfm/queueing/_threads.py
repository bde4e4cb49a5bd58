"""How is one long array shared among the cores?

By a pool of our own over kernels that release the interpreter lock: numba's own threading layer
aborts the process when two dashboard sessions call it at once.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise

PARTS = 16  # a core: one that is busy with something else leaves its parts to the others
MOST = 256  # threads at once, over all callers; they start when they are first needed

_pool: list[ThreadPoolExecutor] = []


def share(work: Callable[[int, int], object], *, size: int, least: int) -> None:
    """Call ``work(first, last)`` over parts of ``range(size)``; parts hold at least `least`.

    The caller takes parts like everybody else, so short arrays start no thread, and calls from
    within `work` or from many threads at once wait for nobody.
    """
    workers = min(cores(), size // least) if size >= 2 * least else 1
    if workers == 1:
        work(0, size)
        return
    parts = min(PARTS * workers, size // least)
    edges = [size * i // parts for i in range(parts + 1)]
    left = deque(pairwise(edges))

    def take() -> None:
        while True:
            try:
                edge = left.popleft()
            except IndexError:
                return
            work(*edge)

    if not _pool:
        _pool.append(ThreadPoolExecutor(MOST, thread_name_prefix="wfm-queueing"))
    helpers = [_pool[0].submit(take) for _ in range(workers - 1)]
    try:
        take()
    finally:
        left.clear()  # after an error nobody starts another part
        begun = [helper for helper in helpers if not helper.cancel()]
        wait(begun)
    for helper in begun:
        helper.result()


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
