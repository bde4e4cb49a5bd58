"""By how much does a queue keep its target, and where does it stop keeping it?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from wfm.queueing.figures import Performance
from wfm.scenario import Target

Floats = NDArray[np.float64]

# Where two ends of a bracket differ by less than this share, they are one number.
ROOT_TOLERANCE = 1e-13
_MOST_STEPS = 300


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


def falling_root(function: Callable[[Floats], Floats], low: Floats, high: Floats) -> Floats:
    """Return, for each element, the largest x in [low, high] with function(x) >= 0.

    `function` falls, is not negative at `low` and negative at `high`. Regula falsi with the
    Illinois weights, and a halving every third step so that jumps do not slow it down.
    """
    a, b = np.array(low, dtype=np.float64), np.array(high, dtype=np.float64)
    fa, fb = np.array(function(a)), np.array(function(b))
    side = np.zeros(a.shape)
    for step in range(_MOST_STEPS):
        near = 0.5 * ROOT_TOLERANCE * np.abs(b)
        if np.all(b - a <= 2 * near):
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            x = (a * fb - b * fa) / (fb - fa)
        x = np.where(np.isfinite(x) & (step % 3 != 2), x, 0.5 * (a + b))
        x = np.clip(x, np.minimum(a + near, b), np.maximum(b - near, a))
        f = function(x)
        kept = f >= 0
        a, fa = np.where(kept, x, a), np.where(kept, f, np.where(side < 0, 0.5 * fa, fa))
        b, fb = np.where(kept, b, x), np.where(kept, np.where(side > 0, 0.5 * fb, fb), f)
        side = np.where(kept, 1.0, -1.0)
    return a
