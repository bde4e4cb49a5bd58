"""What are 1F1(1; v + 1; v r) and 1/B(n, a) for a block of queues, in vector instructions?

Temme's expansions (DLMF 8.12), their coefficients fitted when this file is imported; good to about
1e-8, and only for v or n that are large enough. For the rest `_kernels_quick_a` has recurrences.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_vector import exp

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_inline = njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")

CLIMB, SHIFT = 48, 24  # R by recurrence up to n = CLIMB; A from SHIFT further where x < CLIMB
LEFT, RIGHT = -2.1, 1.05  # the range of zeta in which the expansion is fitted
SMALL = 0.05  # below this ratio zeta would leave the range
TWO_PI = 2.0 * math.pi


def _temme():
    """C0 to C3 of DLMF 8.12.8-12 (Temme 1979) as polynomials in zeta on [LEFT, RIGHT].

    mu(zeta) with mu - log(1 + mu) = zeta^2/2; C0 = 1/mu - 1/zeta, and
    Ck = C(k-1)'/zeta + (-1)^k g_k/mu with g_k of Stirling's series: the poles cancel.
    """
    size = 48
    t = np.zeros(size)
    t[1] = 1.0
    for k in range(2, size):
        known = sum((k + 1 - i) * t[i] * t[k + 1 - i] for i in range(2, k))
        t[k] = (t[k - 1] - known) / (k + 1)
    inverse = np.zeros(size - 1)  # of mu/zeta
    inverse[0] = 1.0
    for k in range(1, size - 1):
        inverse[k] = -(t[2 : k + 2] @ inverse[k - 1 :: -1][:k])
    series = [inverse[1:]]
    for sign in (-1.0 / 12.0, 1.0 / 288.0, 139.0 / 51840.0):
        slope = (np.arange(series[-1].size) * series[-1])[1:]
        known = slope[1:] + sign * inverse[1 : slope.size]
        series.append(known)
    return [
        _fit(lambda v, c=c: np.polyval(c[::-1], v), d, LEFT, RIGHT)
        for c, d in zip(series, (12, 9, 7, 6), strict=True)
    ]


def _erfcx_fit(degree):
    """(1 + 2u) exp(u^2) erfc(u) as a polynomial in (u - 3.75)/(u + 3.75)."""
    nodes, weights = np.polynomial.legendre.leggauss(80)

    def values(v):
        u = 3.75 * (1.0 + v) / (1.0 - v)
        end = np.minimum(7.0, 40.0 / (2.0 * u + 1e-9))[:, None]
        s = 0.5 * end * (1.0 + nodes)
        f = np.exp(-s * (s + 2.0 * u[:, None]))
        return (1.0 + 2.0 * u) / math.sqrt(math.pi) * (end[:, 0] * (f @ weights))

    return _fit(values, degree, -1.0, 1.0)


def _fit(values, degree, left, right):
    """Coefficients, highest first, of a polynomial through Chebyshev nodes of [left, right]."""
    k = np.arange(degree + 1)
    nodes = 0.5 * (left + right) + 0.5 * (right - left) * np.cos(np.pi * (k + 0.5) / (degree + 1))
    return np.linalg.solve(np.vander(nodes), values(nodes))


# The compiler unrolls loops over at most 15 coefficients; with one more, nothing is vectorised.
C0, C1, C2, C3 = (tuple(c) for c in _temme())
ERFCX = tuple(_erfcx_fit(14))


@_inline
def kummer(v, ratio, log_ratio):
    """1F1(1; v + 1; v ratio) for v >= SHIFT and ratio < 2.4."""
    phi = _phi(ratio, log_ratio)
    zeta = math.sqrt(2.0 * phi)
    zeta = zeta if ratio > 1.0 else -zeta
    half = _erfcx(math.sqrt(v * phi))
    half = 2.0 * exp(min(v * phi, 690.0)) - half if ratio > 1.0 else half
    zeta = min(max(zeta, LEFT), RIGHT)
    far = _gamma_star(v) * (math.sqrt(TWO_PI * v) * 0.5 * half - _tail(v, zeta))
    # Small ratios: the expansion in 1/v for fixed ratio (second-order Eulerian numbers).
    h = 1.0 / (1.0 - ratio)
    w = h * h / v
    third = ratio * (1.0 + ratio * (8.0 + 6.0 * ratio))
    fourth = ratio * (1.0 + ratio * (22.0 + ratio * (58.0 + 24.0 * ratio)))
    near = h * (1.0 - w * (ratio - w * (ratio * (1.0 + 2.0 * ratio) - w * (third - w * fourth))))
    return far if ratio > SMALL else near


@_inline
def some_free(n, ratio, log_ratio):
    """R(n) - 1 for n >= CLIMB, ratio = a/n between SMALL and 2.4."""
    phi = _phi(ratio, log_ratio)
    zeta = math.sqrt(2.0 * phi)
    zeta = zeta if ratio > 1.0 else -zeta
    half = _erfcx(math.sqrt(n * phi))
    half = half if ratio > 1.0 else 2.0 * exp(min(n * phi, 690.0)) - half
    zeta = min(max(zeta, LEFT), RIGHT)
    return _gamma_star(n) * (math.sqrt(TWO_PI * n) * 0.5 * half + _tail(n, zeta))


@_inline
def _phi(ratio, log_ratio):
    """ratio - 1 - log(ratio), by its series near 1, where rounding would show in its root."""
    u = ratio - 1.0
    near = u * u * (1.0 / 2 - u * (1.0 / 3 - u * (1.0 / 4 - u * (1.0 / 5 - u * (1.0 / 6)))))
    return near if abs(u) < 0.003 else max(u - log_ratio, 0.0)


@_inline
def _erfcx(u):
    v = (u - 3.75) / (u + 3.75)
    p = ERFCX[0]
    for i in range(1, 15):
        p = p * v + ERFCX[i]
    return p / (1.0 + 2.0 * u)


@_inline
def _tail(v, zeta):
    """C0 + C1/v + C2/v^2 + C3/v^3."""
    p, q, r, s = C0[0], C1[0], C2[0], C3[0]
    for i in range(1, 13):
        p = p * zeta + C0[i]
    for i in range(1, 10):
        q = q * zeta + C1[i]
    for i in range(1, 8):
        r = r * zeta + C2[i]
    for i in range(1, 7):
        s = s * zeta + C3[i]
    w = 1.0 / v
    return p + w * (q + w * (r + w * s))


@_inline
def _gamma_star(v):
    w = 1.0 / v
    return 1.0 + w * (1.0 / 12.0 + w * (1.0 / 288.0 - w * (139.0 / 51840.0)))
