# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""What does the density of the offered wait weigh between two waits?

Symbols and the density as in `_kernels`. `stretch` and `finite_stretch` return (log scale, int f,
int f e^(-eta t), int f (1 - e^(-eta t)), int t f e^(-eta t)) over [l, r], the integrals divided by
exp(log scale). The density is log-concave: it is integrated by Gauss-Legendre from its peak to
where it has fallen by exp(-DROP), each part on its own scale, so that nothing over- or underflows
and the cost does not grow with the load.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_elementary import (
    HALF_LOG_2PI,
    deviance,
    em_g,
    log1pmx,
    log_poisson,
    stirling_error,
)
from wfm.queueing._kernels_lines import log_r
from wfm.queueing._kernels_nodes import DROP, SHORT, panel

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy

SINGULAR = 12.0  # below this, w**k with fractional k is too rough for Gauss-Legendre
_x, _w = np.polynomial.legendre.leggauss(44)
NODES, WEIGHTS = (1.0 + _x) / 2.0, _w / 2.0
_t = np.linspace(-3.4, 3.4, 137)  # tanh-sinh rule, for a power of t at the left end
_e = np.exp(np.pi * np.sinh(_t))
DE_NODES = _e / (1.0 + _e)
DE_WEIGHTS = (_t[1] - _t[0]) * np.pi * np.cosh(_t) * _e / (1.0 + _e) ** 2


@_jit
def stretch(l, r, n, a, gap, eta):  # noqa: E741
    """No limit on waiting places (Q = 1); eta > 0."""
    if not r > l:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    peak = math.log1p(-gap / n) / eta if gap < 0.0 else 0.0
    m = min(max(peak, l), r)
    # About m: log f = phi - c d - rate d g(eta d), with slope -c and curvature -rate eta.
    if gap < 0.0:
        _, g = em_g(eta * (m - peak))
        phi = -n / eta * log1pmx(-gap / n) - n * (m - peak) * g if m > 0.0 else 0.0
        c = -n * math.expm1(-eta * (m - peak)) if m != peak else 0.0
    else:
        em, g = em_g(eta * m)
        phi = -gap * m - a * m * g
        c = gap - a * em
    rate = n - c
    ahead, back = r - m, m - l  # how far to go from m; m itself may be too large to add to
    if ahead > 0.0:
        b = 2.0 * c - DROP * eta
        disc = math.sqrt(b * b + 8.0 * DROP * n * eta)
        ahead = min(ahead, 4.0 * DROP / (b + disc) if b > 0.0 else (disc - b) / (2.0 * n * eta))
    if back > 0.0:
        q = DROP * eta / rate
        back = min(back, math.log1p(q + math.sqrt(2.0 * q)) / eta)
        if -c * back > DROP:
            back = DROP / -c
    far = (DROP + math.log(max(a / eta, 1.0))) / eta - m  # beyond it f is a plain exponential
    s0 = s1 = s2 = s3 = 0.0
    length = min(ahead, far) + back
    if length > 0.0:
        em_m = math.exp(-eta * m)
        not_m = -math.expm1(-eta * m)
        panels = 1 + int(eta * length / SHORT)
        width = length / panels
        for p in range(panels):
            p0, p1, p2, p3 = panel(p * width - back, width, m, c, rate / eta, eta, em_m, not_m)
            s0, s1, s2, s3 = s0 + p0, s1 + p1, s2 + p2, s3 + p3
        s0, s1, s2, s3 = s0 * width, s1 * width, s2 * width, s3 * width
    if ahead > far:
        start = max(far, -back)
        _, g = em_g(eta * start)
        extra = math.exp(-c * start - rate * start * g) / n
        if r < math.inf:
            extra *= -math.expm1(-n * (r - m - start))
        s0 += extra
        s2 += extra
    return phi, s0, s1, s2, s3


@_jit
def finite_stretch(l, r, n, a, gap, eta, k):  # noqa: E741
    """k > 0 waiting places, eta >= 0."""
    if not r > l or k <= 0.0:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    m = _finite_peak(l, r, n, a, gap, eta, k)
    phi = _log_density(m, n, a, gap, eta, k)
    left = _finite_edge(m, l, phi, -1.0 / n, n, a, gap, eta, k) if m > l else l
    right = _finite_edge(m, r, phi, 1.0 / n, n, a, gap, eta, k) if r > m else r
    far = (DROP + math.log(max(a / eta, 1.0))) / eta if eta > 0.0 else math.inf
    # Q falls from 1 to 0 while w passes k: a stretch with panels of its own.
    spread = 8.0 * math.sqrt(k)
    cuts = np.empty(4)
    cuts[0], cuts[3] = left, max(left, min(right, far))
    cuts[1] = min(max(_time_at(max(k - spread, 0.0), a, eta), left), cuts[3])
    cuts[2] = min(max(_time_at(k + spread + 10.0, a, eta), left), cuts[3])
    rough = k < SINGULAR and k != np.floor(k) and left == 0.0
    s0 = s1 = s2 = s3 = 0.0
    for part in range(3):
        length = cuts[part + 1] - cuts[part]
        if length <= 0.0:
            continue
        panels = (2 if part == 1 else 1) + int(eta * length / SHORT)
        width = length / panels
        for p in range(panels):
            base = cuts[part] + p * width
            nodes, weights = (DE_NODES, DE_WEIGHTS) if rough and base == 0.0 else (NODES, WEIGHTS)
            for j in range(nodes.size):
                t = base + width * nodes[j]
                em, _ = em_g(eta * t)
                f = width * weights[j] * math.exp(_log_density(t, n, a, gap, eta, k) - phi)
                s0 += f
                s1 += f * (1.0 + em)
                s2 -= f * em
                s3 += f * (1.0 + em) * t
    if right > far:
        start = max(left, far)
        extra = math.exp(_log_density(start, n, a, gap, eta, k) - phi) / n
        if r < math.inf:
            extra *= -math.expm1(-n * (r - start))
        s0 += extra
        s2 += extra
    return phi, s0, s1, s2, s3


@_jit
def _finite_peak(l, r, n, a, gap, eta, k):  # noqa: E741
    if gap >= 0.0 or k <= 1.0:
        return l
    high = _time_at(a * (k - 1.0) / n, a, eta)
    if eta > 0.0:
        high = min(high, math.log1p(-gap / n) / eta)
    low, high = l, min(r, high)
    if high <= low or _slope(low, n, a, eta, k) <= 0.0:
        return l
    for _ in range(40):
        middle = 0.5 * (low + high)
        if _slope(middle, n, a, eta, k) > 0.0:
            low = middle
        else:
            high = middle
        if n * (high - low) < 0.01:
            break
    return 0.5 * (low + high)


@_jit
def _slope(t, n, a, eta, k):
    em, g = em_g(eta * t)
    w = a * t * (1.0 - g)
    full = math.exp(-log_r(k - 1.0, w)) if w > 0.0 else (1.0 if k <= 1.0 else 0.0)
    return a * (1.0 + em) * (1.0 - full) - n


@_jit
def _time_at(w, a, eta):
    """The t at which a (1 - exp(-eta t))/eta reaches w."""
    if eta == 0.0:
        return w / a
    return -math.log1p(-eta * w / a) / eta if eta * w < a else math.inf


@_jit
def _finite_edge(m, limit, top, step, n, a, gap, eta, k):
    """A point between m and `limit` beyond which the density is DROP below its peak `top`."""
    inner, outer = m, m + step
    while abs(outer - m) < abs(limit - m):
        if top - _log_density(outer, n, a, gap, eta, k) >= DROP:
            break
        inner = outer
        outer = m + 2.0 * (outer - m)
    if abs(outer - m) >= abs(limit - m):
        if limit == math.inf or top - _log_density(limit, n, a, gap, eta, k) < DROP:
            return limit
        outer = limit
    for _ in range(4):
        middle = 0.5 * (inner + outer)
        if top - _log_density(middle, n, a, gap, eta, k) >= DROP:
            outer = middle
        else:
            inner = middle
    return outer


@_jit
def _log_density(t, n, a, gap, eta, k):
    """log of the density relative to "n - 1 busy", less `lift`."""
    _, g = em_g(eta * t)
    w = a * t * (1.0 - g)
    x = k - 1.0
    if w > k and x > 12.0:
        # w - n t and log Q nearly cancel; the same with the large part taken out.
        rest = stirling_error(x) + HALF_LOG_2PI + 0.5 * math.log(x)
        steep = x * math.log(a / n * (1.0 - g)) if eta > 0.0 or gap >= 0.0 else 0.0
        return steep - deviance(x, n * t) + log_r(x, w) - rest
    return -gap * t - a * t * g + _log_q(k, w) - lift(n, gap, eta, k)


@_jit
def _log_q(k, w):
    """log Q(k, w), the chance that a Poisson count of mean w stays below k; k > 0 real."""
    if k >= w + 9.0 * math.sqrt(w) + 50.0 or w <= 0.0:
        return 0.0
    return min(0.0, log_poisson(k - 1.0, w) + log_r(k - 1.0, w))


@_jit
def lift(n, gap, eta, k):
    """What is taken out of all log weights: in an overload held by lines alone they are (k - 1)
    log(a/n) and a small rest, which millions of lines would round away.
    """
    return (k - 1.0) * math.log1p(-gap / n) if eta == 0.0 and gap < 0.0 and k - 1.0 > 12.0 else 0.0
