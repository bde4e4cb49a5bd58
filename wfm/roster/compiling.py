"""Are the kernels compiled before a clock runs? The first call of a machine takes half a minute."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np

from wfm.roster import cooling, engine
from wfm.roster._kernels_duties import legal_duties, other_kinds, replace_duty
from wfm.roster.run import Run
from wfm.roster.tours import Tours, Worker


@cache
def compile_kernels() -> None:
    """Compile the kernels of construction and annealing, or load them: once in a process."""
    worker = Worker(0, np.ones((2, 1), dtype=bool), (0,), (960,), 2)
    tiny = Tours(
        first=np.array([[0], [4]]), length=np.array([4]), breaks=(((1, 1, 2),),),
        paid=np.array([480]), next_day=np.ones((1, 1, 1), dtype=bool),
        variant=np.zeros(2, dtype=int), block=np.zeros(2, dtype=int),
        weekend=np.zeros(2, dtype=int), workers=(worker, worker),
        need=np.ones((1, 8), dtype=int), cuts=np.ones((1, 1), dtype=bool),
        islands=(slice(0, 1),), wanted=np.ones(8, dtype=int), under=np.full(8, 10.0),
        over=np.ones(8),
    )  # fmt: skip
    run = Run(tiny, 60.0)
    state = engine.construct(run)
    state = cooling.state_of(run, state.kind, state.pause)
    may = np.zeros((2, 1), dtype=np.uint8)
    other_kinds(run.book, state.kind, 0, np.zeros(1, dtype=np.int64), run.rooms[0].counts, may)
    some = np.zeros(1, dtype=np.int64)
    legal_duties(run.book, state.kind, 0, some, some, run.rooms[0].counts, may[0])
    replace_duty(run.book, state, 0, 0, int(state.kind[0, 0]), state.pause[0, 0])
    with ThreadPoolExecutor(1) as threads:
        cooling.epoch(run, state, 0.0, 1, threads)
