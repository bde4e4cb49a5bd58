"""What are the small functions beneath the queueing formulas, to the last digits?

Each is a difference or a quotient of large numbers as it is usually written; here nothing cancels
and nothing overflows.
"""

import math

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy

HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
GAP_SERIES = np.array([1.0 / math.factorial(j) for j in range(14, 1, -1)])


@_jit
def log1pmx(t):
    """log(1 + t) - t without cancellation."""
    if t < -0.5 or t > 0.6:
        return math.log1p(t) - t
    r = t / (2.0 + t)
    r2 = r * r
    term, total, j = 1.0, 1.0 / 3.0, 3.0
    while term > 1e-18:
        term *= r2
        j += 2.0
        total += term / j
    return r * (2.0 * r2 * total - t)


@_jit
def em_g(u):
    """Return exp(-u) - 1 and g(u) = (exp(-u) - 1 + u)/u."""
    if -0.3 < u < 0.3:
        g = 0.0
        for j in range(GAP_SERIES.size):
            g = GAP_SERIES[j] - u * g
        g *= u
        return -u * (1.0 - g), g
    em = math.expm1(-u)
    return em, 1.0 + em / u


@_jit
def deviance(x, y):
    """x log(x/y) + y - x >= 0."""
    if y < 0.5 * x:  # y/x - 1 would lose the digits of y
        return x * math.log(x / y) + y - x
    return -x * log1pmx((y - x) / x)


@_jit
def stirling_error(z):
    """log Gamma(z + 1) - [(z + 1/2) log z - z + log(2 pi)/2]."""
    if z < 12.0:
        return math.lgamma(z + 1.0) - (z + 0.5) * math.log(z) + z - HALF_LOG_2PI
    q = 1.0 / (z * z)
    return (
        1.0 / 12.0
        - q * (1.0 / 360.0 - q * (1.0 / 1260.0 - q * (1.0 / 1680.0 - q * (1.0 / 1188.0
        - q * 691.0 / 360360.0))))
    ) / z  # fmt: skip


@_jit
def log_poisson(k, w):
    """log of w**k exp(-w)/Gamma(k + 1), k > -1 real (Loader 2000: deviance and Stirling error)."""
    if k < 12.0:
        return k * math.log(w) - w - math.lgamma(k + 1.0)
    return -deviance(k, w) - stirling_error(k) - HALF_LOG_2PI - 0.5 * math.log(k)
