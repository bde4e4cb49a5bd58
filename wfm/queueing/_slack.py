"""Which limits of its target does a queue keep, and with how much to spare?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from wfm.queueing._solve import TOLERANCE
from wfm.queueing.figures import Performance
from wfm.scenario import Target

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def kept(target: Target, *, mean_wait_s: ArrayLike, **values: ArrayLike) -> dict[str, Flags]:
    """Return, by limit that the target sets, where it is kept, as `erlang.fewest_agents` judges.

    Equality keeps a limit, up to `TOLERANCE` of itself (for a service level above one half, of the
    share that fails). A queue that grows without end keeps none; neither does a value of NaN.

    Parameters
    ----------
    target : Target
    mean_wait_s : array_like
        Infinite where the queue grows without end.
    **values : array_like
        service_level (by the rule of the target), asa_s, abandonment, occupancy, blocking; at least
        those that the target limits.
    """
    ends = ~np.isinf(mean_wait_s)
    return {
        name: (_spare(name, values[name], getattr(target, name)) >= -TOLERANCE) & ends
        for name in target.limits
    }


def meets(target: Target, *, mean_wait_s: ArrayLike, **values: ArrayLike) -> Flags:
    """Return where every limit of the target is `kept`."""
    good = np.ones(np.shape(mean_wait_s), dtype=bool)
    for one in kept(target, mean_wait_s=mean_wait_s, **values).values():
        good = good & one
    return good


def slack(figures: Performance, target: Target) -> Floats:
    """Return what the tightest limit leaves, -1 to 1; below -`TOLERANCE` the target is missed."""
    values = {
        "asa_s": figures.asa_s, "abandonment": figures.p_abandon,
        "occupancy": figures.occupancy, "blocking": figures.p_block,
    }  # fmt: skip
    worst = np.ones(np.shape(figures.load))
    for name in target.limits:
        value = values[name] if name in values else figures.p_answered_within(target.rule)
        worst = np.minimum(worst, _spare(name, value, getattr(target, name)))
    return np.where(np.isinf(figures.mean_wait_s), -1.0, worst)


def _spare(name: str, value: ArrayLike, limit: float) -> Floats:
    """(limit - value) over the larger of the two; of a service level near 1, of the share missed.

    As `_kernels_agents._slack` does it, so that no model calls met what another calls missed.
    """
    value = np.asarray(value, dtype=np.float64)
    if name != "service_level":
        return -_over(value, limit)
    return -_over(1.0 - value, 1.0 - limit) if limit > 0.5 else _over(value, limit)


def _over(value: Floats, limit: float) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((value - limit) / np.maximum(value, limit), -1.0, 1.0)
    part = np.where(value == limit, 0.0, part)
    part = np.where(value == np.inf, 1.0, part)
    return np.where(limit == np.inf, -1.0, part)
