"""What do contacts meet with given agents, and which limits does that keep?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wfm.queueing import _slack, erlang
from wfm.queueing.figures import Performance
from wfm.scenario import Target
from wfm.sizing.batch import Batch, Figures, Floats, Ints


def kept(target: Target, figures: Figures, agents: Ints) -> dict[str, NDArray[np.bool_]]:
    """Return, by limit of the target, where `figures` keep it; without agents none is kept."""
    limits = _slack.kept(
        target, mean_wait_s=figures.asa_s, service_level=figures.p_answered_within,
        asa_s=figures.asa_s, abandonment=figures.p_abandon, occupancy=figures.occupancy,
        blocking=figures.p_block,
    )  # fmt: skip
    return {name: good & (agents > 0) for name, good in limits.items()}


def places(batch: Batch, agents: Ints) -> Floats:
    """Return how many contacts `agents` serve at once: never more than there are lines."""
    return np.minimum(agents * batch.concurrency, batch.lines).astype(float)


def agents_of(batch: Batch, needed: Ints) -> Ints:
    """Return the whole agents that have `needed` places."""
    return -(-np.asarray(needed, dtype=np.int64) // batch.concurrency)


def stationary(batch: Batch, on: NDArray[np.bool_], servers: Floats) -> Performance:
    """Return the figures of the stationary queue in the intervals `on` with `servers` places."""
    target = batch.queue.target
    return erlang.performance(
        batch.volume[on], batch.aht_s[on], servers, interval_s=batch.interval_s[on],
        patience_s=batch.patience_s[on], lines=batch.lines[on], awt_s=target.awt_s,
        short_s=target.short_s,
    )  # fmt: skip


def staffed(
    batch: Batch, agents: Ints, figures: Callable[[NDArray[np.bool_], Floats], Performance]
) -> Figures:
    """Return figures where somebody is on seat; nobody serves nobody, with occupancy 0 or 1."""
    out = Figures.blank(agents.size)
    on = (agents > 0) & (batch.volume > 0)
    if on.any():
        servers = places(batch, agents)[on]
        got = figures(on, servers)
        out.p_answered_within[on] = got.p_answered_within(batch.queue.target.rule)
        # More agents than lines share the work of those that can be busy.
        spread = servers / (agents * batch.concurrency)[on]
        out.occupancy[on] = got.occupancy * spread
        out.asa_s[on], out.p_abandon[on], out.p_block[on] = got.asa_s, got.p_abandon, got.p_block
    out.occupancy[batch.volume == 0] = 0.0
    return out
