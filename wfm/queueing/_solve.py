"""How does an array of queues get its figures, or its least agents, from the kernels?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing import _kernels, _kernels_agents
from wfm.queueing._arguments import (
    broadcast,
    load_in_reach,
    numbers,
    one_queue,
    queue_arguments,
    refuse,
)
from wfm.queueing._targets import limits_of, refuse_target
from wfm.queueing._threads import share
from wfm.scenario import Target

Floats = NDArray[np.float64]

# A limit counts as met when it is missed by less than this share of itself (of the share that
# fails, for a service level above one half): decimals such as 0.8 are not exact in binary.
TOLERANCE = 1e-12
LEAST = 256  # queues a thread takes at once: some milliseconds of work
ORDER = (
    "volume", "aht_s", "agents", "interval_s", "patience_s", "lines", "awt_s", "short_s",
)  # fmt: skip


def checked(**values: ArrayLike) -> tuple[dict[str, Floats], tuple[int, ...]]:
    """Return the arguments of `erlang.performance` as flat arrays, and the shape of the answer."""
    flat = one_queue(**values)
    if flat is not None:
        return flat, ()
    extra = {name: values.pop(name) for name in ("agents", "awt_s", "short_s")}
    queue, more = queue_arguments(**values), numbers(**extra)
    on_seat = more["agents"]
    refuse("agents", on_seat, (on_seat >= 0) & (on_seat < math.inf), "a finite number >= 0")
    for name in ("awt_s", "short_s"):
        refuse(name, more[name], more[name] >= 0, "a number of seconds >= 0")
    arrays = broadcast({**queue, **more})
    load_in_reach(arrays)
    refuse(
        "lines", arrays["lines"], arrays["lines"] >= arrays["agents"],
        "at least as many as agents: lines hold the contacts in service and those that wait",
    )  # fmt: skip
    shape = arrays["volume"].shape
    return {name: arrays[name].ravel() for name in ORDER}, shape


def figures(flat: dict[str, Floats]) -> tuple[Floats, Floats]:
    """Return a row of `_kernels` figures a queue, and the loads."""
    load = np.empty(flat["volume"].size)
    out = np.empty((load.size, _kernels.FIGURES))

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        v, h, n, i, p, k, t, s = (flat[name][part] for name in ORDER)
        _kernels.performance(v, h, n, i, p, k, t, s, out[part], load[part])

    share(work, size=load.size, least=LEAST)
    return out, load


def exact_agents(target: Target, queue: dict[str, Floats]) -> Floats | None:
    """Whole agents by the exact kernel, for queues known to be good; None if one has no answer."""
    flat = broadcast({**queue, "lines": np.array([math.inf])})
    answer = _solve(flat, target, whole=True)
    return None if (answer == _kernels_agents.UNREACHABLE).any() else answer


def least_agents(target: Target, queue: dict[str, ArrayLike], *, whole: bool) -> Floats:
    """Return the least agents for volume, aht_s, interval_s, patience_s and lines of `queue`."""
    named = queue_arguments(**queue)
    refuse("lines", named["lines"], named["lines"] >= 1, "at least 1, for one agent")
    arrays = broadcast(named)
    load_in_reach(arrays)
    flat = {name: a.ravel() for name, a in arrays.items()}
    shape = arrays["volume"].shape
    answer = _solve(flat, target, whole=whole, shape=shape)
    failed = answer == _kernels_agents.UNREACHABLE
    if failed.any():
        _refuse(target, flat, failed.reshape(shape))
    return answer.reshape(shape)


def _solve(
    flat: dict[str, Floats], target: Target, *, whole: bool, shape: tuple[int, ...] | None = None
) -> Floats:
    limits, full = limits_of(target, flat["volume"], flat["patience_s"], flat["lines"], shape=shape)
    answer = np.empty(flat["volume"].size)
    arrays = [flat[name] for name in ("volume", "aht_s", "interval_s", "patience_s", "lines")]

    def work(first: int, last: int) -> None:
        part = slice(first, last)
        v, h, i, p, k = (a[part] for a in arrays)
        _kernels_agents.fewest(
            v, h, i, p, k, float(target.awt_s), float(target.short_s), limits[part],
            full[part], TOLERANCE, whole, answer[part],
        )  # fmt: skip

    share(work, size=answer.size, least=LEAST)
    return answer


def _refuse(target: Target, flat: dict[str, Floats], failed: NDArray[np.bool_]) -> None:
    """Say what as many agents as there can be reach at the first queue that fails."""
    first = int(np.argmax(failed))
    one = {name: a[first : first + 1] for name, a in flat.items()}
    lines = float(one["lines"][0])
    most = math.floor(lines) if lines < math.inf else 1e15
    numbers_of = {"agents": most, "awt_s": target.awt_s, "short_s": target.short_s}
    row = figures({**one, **{name: np.array([float(v)]) for name, v in numbers_of.items()}})[0][0]
    rule = list(type(target.rule)).index(target.rule) + 1.0
    reached = {
        "service_level": _kernels_agents.service(rule, row), "asa_s": row[_kernels.WAIT_ANSWERED],
        "abandonment": row[_kernels.ABANDON], "occupancy": row[_kernels.BUSY],
        "blocking": row[_kernels.BLOCK],
    }  # fmt: skip
    refuse_target(target, {name: float(v) for name, v in reached.items()}, most, failed)
