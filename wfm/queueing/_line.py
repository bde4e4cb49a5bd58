"""Who in a line is answered, or leaves, within a time, by the number waiting in front?"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]


def answered(ahead: Floats, leave: float, theta: float, awt_s: float) -> Floats:
    """Return the chance to be answered within awt_s.

    Agents, all busy, finish `leave` contacts a second; each of those waiting leaves at rate theta.
    """
    if awt_s == 0:
        return np.zeros(ahead.size)
    if math.isinf(awt_s):
        return np.ones(ahead.size) if theta == 0 else leave / (leave + (ahead + 1) * theta)
    if theta == 0:
        return special.gammainc(ahead + 1, leave * awt_s)
    # With W = exp(-theta wait) of one who stays beta(x, ahead + 1), this is E[W; wait <= awt_s].
    x, in_time = leave / theta, -math.expm1(-theta * awt_s)
    return x / (x + ahead + 1) * special.betainc(ahead + 1, x + 1, in_time)


def abandoned(ahead: Floats, leave: float, theta: float, awt_s: float) -> Floats:
    """Return the chance to leave within awt_s, as in `answered`."""
    if theta == 0 or awt_s == 0:
        return np.zeros(ahead.size)
    if math.isinf(awt_s):
        return 1.0 - answered(ahead, leave, theta, awt_s)
    later = special.betaincc(ahead + 1, leave / theta, -math.expm1(-theta * awt_s))
    gone = 1.0 - math.exp(-theta * awt_s) * later - answered(ahead, leave, theta, awt_s)
    return np.maximum(gone, 0.0)
