# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How is one stationary queue computed? Arrays in, arrays out, no checks.

Symbols: a load, n agents (real), gap = n - a, eta = aht/patience (0: nobody leaves), k = lines - n
waiting places (may be inf); times in units of one handle time. The offered wait V of a customer who
would never leave has, relative to the state "n - 1 busy", the mass R(n - 1) at 0 and the density
a exp(w - n t) Q(k, w), w = a (1 - exp(-eta t))/eta, where 1/R(m) = B(m, a) is Erlang B and Q the
regularised upper incomplete gamma function. Every figure is an integral of that density times a
positive weight; nothing is a difference, so nothing cancels. The integrals are in `_kernels_waits`.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_elementary import em_g, log1pmx, stirling_error
from wfm.queueing._kernels_lines import log_r
from wfm.queueing._kernels_nodes import DROP
from wfm.queueing._kernels_waits import finite_stretch, lift, stretch

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy

# Columns of a row of figures.
(BLOCK, WAIT, ABANDON, ANSWERED, WAIT_ALL, WAIT_ANSWERED, BUSY, ANS_T, AB_T, LATER_T, VIRTUAL,
 ANS_S, AB_S, LATER_S) = range(14)  # fmt: skip
FIGURES = 14


@_jit
def performance(volume, aht, agents, interval, patience, lines, awt, short, out, load):
    """Figures of many queues; waits in seconds."""
    row = np.empty(FIGURES)
    for i in range(volume.size):
        a, low = load_of(volume[i], aht[i], interval[i])
        unit = aht[i] if aht[i] > 0.0 else 1.0
        n, eta = agents[i], unit / patience[i]
        gap, k = (n - a) - low, lines[i] - n
        queue(n, a, gap, eta, k, short[i] / unit, row, ANS_S)
        out[i, ANS_S:] = row[ANS_S:]
        queue(n, a, gap, eta, k, awt[i] / unit, row, ANS_T)
        out[i, :ANS_S] = row[:ANS_S]
        out[i, WAIT_ALL] *= unit
        out[i, WAIT_ANSWERED] *= unit
        load[i] = a


@_jit
def load_of(volume, aht, interval):
    """The load, and what its rounding left out, so that n - load stays exact near n = load."""
    a = volume * aht / interval
    if volume <= 0.0:
        return 0.0, 0.0
    p, p_low = _two_product(volume, aht)
    q, q_low = _two_product(a, interval)
    return a, ((p - q) + (p_low - q_low)) / interval


@_jit
def _two_product(x, y):
    """x y as an unevaluated sum of two floats (Dekker 1971)."""
    p = x * y
    xs, ys = 134217729.0 * x, 134217729.0 * y
    xh = xs - (xs - x)
    yh = ys - (ys - y)
    xl, yl = x - xh, y - yh
    return p, ((xh * yh - p) + xh * yl + xl * yh) + xl * yl


@_jit
def queue(n, a, gap, eta, k, t, out, late):
    """Fill `out` with all figures; those at threshold t go to columns `late` to `late` + 2.

    Waits in handle times. `late` is ANS_T for the acceptable wait, ANS_S for short abandons.
    """
    if a < 1e-200:
        _idle(n, eta, k, t, out, late)
        return
    if n < 1e-30:
        _no_agents(a, eta, k, t, out, late)
        return
    finite = _places_matter(n, a, gap, eta, k)
    if eta == 0.0 and not finite and gap <= 0.0:
        out[:] = 0.0
        out[WAIT] = out[BUSY] = out[late + 2] = 1.0
        out[WAIT_ALL] = out[WAIT_ANSWERED] = math.inf
        return
    lr = log_r(n - 1.0, a) - (lift(n, gap, eta, k) if finite else 0.0)
    lb = math.log(a / n) + _log_full(n, a, gap, eta, k) if k < math.inf else -math.inf
    if finite:
        lh, h0, h1, h2, h3 = finite_stretch(0.0, t, n, a, gap, eta, k)
        lt, t0, t1, t2, t3 = finite_stretch(t, math.inf, n, a, gap, eta, k)
    elif eta == 0.0:
        decay = math.exp(-gap * t) if t < math.inf else 0.0
        lh = lt = 0.0
        h0 = h1 = -math.expm1(-gap * t) / gap if t < math.inf else 1.0 / gap
        t0 = t1 = decay / gap
        h2 = t2 = h3 = 0.0
        t3 = 1.0 / (gap * gap)
    else:
        lh, h0, h1, h2, h3 = stretch(0.0, t, n, a, gap, eta)
        lt, t0, t1, t2, t3 = stretch(t, math.inf, n, a, gap, eta)
    top = max(lr, lb, lh, lt)
    r, b = math.exp(lr - top), math.exp(lb - top)
    h, f = a * math.exp(lh - top), a * math.exp(lt - top)
    whole = r + b + h * h0 + f * t0
    answered = r + h * h1 + f * t1
    stay = math.exp(-eta * t) if t < math.inf else (1.0 if eta == 0.0 else 0.0)
    out[BLOCK] = b / whole
    out[WAIT] = (h * h0 + f * t0) / whole
    out[ABANDON] = (h * h2 + f * t2) / whole
    out[ANSWERED] = answered / whole
    out[WAIT_ANSWERED] = (h * h3 + f * t3) / answered
    out[WAIT_ALL] = out[ABANDON] / eta if eta > 0.0 else (h * h3 + f * t3) / whole
    out[BUSY] = min(1.0, a * out[ANSWERED] / n)
    out[late] = (r + h * h1) / whole
    out[late + 1] = (h * h2 + (1.0 - stay) * f * t0) / whole
    out[late + 2] = stay * f * t0 / whole
    if late == ANS_T:
        out[VIRTUAL] = (r + h * h0) / (r + h * h0 + f * t0)


@_jit
def _idle(n, eta, k, t, out, late):
    """No load at all, or nobody on seat."""
    out[:] = 0.0
    decay = math.exp(-eta * t) if eta > 0.0 and t < math.inf else (1.0 if eta == 0.0 else 0.0)
    if n > 0.0:  # a single contact would be answered at once
        out[ANSWERED] = out[late] = 1.0
        if late == ANS_T:
            out[VIRTUAL] = 1.0
    elif k <= 0.0:
        out[BLOCK] = 1.0
        out[WAIT_ANSWERED] = math.inf
    else:
        out[WAIT] = 1.0
        out[late + 1], out[late + 2] = 1.0 - decay, decay
        out[ABANDON] = 1.0 if eta > 0.0 else 0.0
        out[WAIT_ALL] = 1.0 / eta if eta > 0.0 else math.inf
        out[WAIT_ANSWERED] = math.inf


@_jit
def _no_agents(a, eta, k, t, out, late):
    """Load but nobody on seat: places empty only by abandoning, as Erlang B at load a/eta."""
    _idle(0.0, eta, k, t, out, late)
    if k < math.inf and k > 0.0:
        block = 1.0 if eta == 0.0 else math.exp(-log_r(k, a / eta))
        taken = 0.0 if eta == 0.0 else 1.0 - block
        out[BLOCK] = block
        for column in (WAIT, ABANDON, WAIT_ALL, late + 1, late + 2):
            out[column] = out[column] * taken if taken > 0.0 else 0.0
    out[BUSY] = 1.0


@_jit
def _places_matter(n, a, gap, eta, k):
    """Whether the density reaches waits at which k waiting places could be full."""
    if k == math.inf:
        return False
    peak = 0.0
    c = gap
    if gap < 0.0:
        if eta == 0.0:
            return True
        peak, c = math.log1p(-gap / n) / eta, 0.0
    if eta == 0.0:
        if gap == 0.0:
            return True
        right = DROP / gap
    else:
        b = 2.0 * c - DROP * eta
        disc = math.sqrt(b * b + 8.0 * DROP * n * eta)
        right = peak + (4.0 * DROP / (b + disc) if b > 0.0 else (disc - b) / (2.0 * n * eta))
    _, g = em_g(eta * right)
    w = a * right * (1.0 - g)
    return k < w + 9.0 * math.sqrt(w) + 50.0


@_jit
def _log_full(n, a, gap, eta, k):
    """log of the weight of "all k waiting places taken" relative to "n busy, none waiting", less
    `lift`."""
    if k <= 0.0:
        return 0.0
    if eta == 0.0 and gap < 0.0 and k - 1.0 > 12.0:
        return math.log1p(-gap / n)
    # a^k / ((n + eta)...(n + k eta)), by Stirling's series with the large parts taken together.
    share = a / (n + k * eta)
    base = k * (math.log(share) if share < 0.5 else math.log1p(-(gap + k * eta) / (n + k * eta)))
    if eta == 0.0:
        return base
    x = n / eta
    r = k / x
    tail = stirling_error(x) - stirling_error(x + k)
    return base - x * log1pmx(r) - 0.5 * math.log1p(r) + tail
