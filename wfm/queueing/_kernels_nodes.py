# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""What does the density of the wait weigh over one panel, all nodes in vector instructions?

The loop over the nodes has no calls, no branches and no division, so that the compiler turns it
into vector code; the sums may be taken in any order, everything else keeps its order.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_vector import exp

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

DROP = 36.0  # exp(-36) = 2e-16: what lies beyond is rounding
SHORT = 4.0  # widest panel, in units in which exp(s) and exp(-s) are smooth
POINTS = 48  # a multiple of every vector length
_x, _w = np.polynomial.legendre.leggauss(POINTS)
NODES, WEIGHTS = (1.0 + _x) / 2.0, _w / 2.0

GAP = tuple(1.0 / math.factorial(i) for i in range(14, 1, -1))
NEAR = 0.3  # below this exp(-u) - 1 + u is taken from its series


@njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc"})
def _add(total, term):
    """A sum whose order does not matter; only so are loops with sums turned into vector code."""
    return total + term


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def mass(base, width, c, rate):
    """int exp(-c u - rate (exp(u) - 1 - u)) du over [base, base + width], divided by width."""
    total = 0.0
    for j in range(POINTS):
        u = base + width * NODES[j]
        g = GAP[0]
        for i in range(1, 13):
            g = g * u + GAP[i]
        over = u * u * g if abs(u) < NEAR else exp(min(u, 690.0)) - 1.0 - u
        total = _add(total, WEIGHTS[j] * exp(max(-c * u - rate * over, -690.0)))
    return total


@njit(nogil=True, error_model="numpy", fastmath={"contract"})
def panel(base, width, m, c, ratio, eta, stay_m, left_m):
    """Integrals of f = exp(-c d - ratio (exp(-u) - 1 + u)), u = eta d, over [base, base + width]:
    of f, f s, f (1 - s) and f s (m + d), all divided by width; s = exp(-eta (m + d)) is the share
    that stays, `stay_m` and `left_m` are s and 1 - s at d = 0.
    """
    s0 = s1 = s2 = s3 = 0.0
    for j in range(POINTS):
        d = base + width * NODES[j]
        u = eta * d
        g = GAP[0]
        for i in range(1, 13):
            g = GAP[i] - u * g
        em = exp(max(min(-u, 690.0), -690.0)) - 1.0
        near = abs(u) < NEAR
        over = u * u * g if near else em + u
        em = -u * (1.0 - u * g) if near else em
        f = WEIGHTS[j] * exp(max(-c * d - ratio * over, -690.0))
        stay = stay_m + stay_m * em
        s0 = _add(s0, f)
        s1 = _add(s1, f * stay)
        s2 = _add(s2, f * (left_m - stay_m * em))
        s3 = _add(s3, f * stay * (m + d))
    return s0, s1, s2, s3
