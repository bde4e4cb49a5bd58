"""By how much does a queue keep its target?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.figures import Performance
from wfm.scenario import Target

Floats = NDArray[np.float64]


def slack(figures: Performance, target: Target) -> Floats:
    """Return the margin to the tightest limit; negative where the target is missed.

    A service level counts as level - limit, everything else as 1 - value/limit. A queue that grows
    without end misses every target.
    """
    worst = np.full(np.shape(figures.load), np.inf)
    if target.service_level is not None:
        level = figures.p_answered_within(target.rule)
        worst = np.minimum(worst, level - target.service_level)
    values = {
        "asa_s": figures.asa_s, "abandonment": figures.p_abandon,
        "occupancy": figures.occupancy, "blocking": figures.p_block,
    }  # fmt: skip
    for name, value in values.items():
        limit = getattr(target, name)
        if limit is not None:
            over = np.asarray(value) > limit
            part = np.divide(value, limit, out=np.where(over, 2.0, 0.0), where=limit > 0)
            worst = np.minimum(worst, 1.0 - part)
    return np.where(np.isinf(figures.mean_wait_s), -1.0, np.clip(worst, -1.0, 1.0))
