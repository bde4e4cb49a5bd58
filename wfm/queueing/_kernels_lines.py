"""What share of the contacts finds all lines taken, where nobody can wait, and how few lines do?

Erlang B for real lines: 1/R(m) = B(m, a), R from its integral, so that the cost does not grow with
the load and nothing over- or underflows. The other kernels start from log R as well.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_elementary import deviance
from wfm.queueing._kernels_nodes import DROP, SHORT, mass

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy


@_jit
def erlang_b(load, lines, out):
    """Erlang B of many systems; real lines."""
    for i in range(load.size):
        if load[i] <= 0.0:
            out[i] = 1.0 if lines[i] <= 0.0 else 0.0
        elif lines[i] == 0.0 or lines[i] == math.inf:
            out[i] = 1.0 if lines[i] == 0.0 else 0.0
        else:
            out[i] = math.exp(-log_r(lines[i], load[i]))


@_jit
def fewest_lines(load, block, tolerance, out):
    """Least whole lines whose Erlang B is at most `block` > 0."""
    for i in range(load.size):
        if load[i] <= 0.0 or block[i] >= 1.0:
            out[i] = 0
            continue
        wanted = -math.log(block[i]) - tolerance
        bad, good = 0.0, max(1.0, np.ceil(load[i]))
        step = max(1.0, np.floor(math.sqrt(load[i])))
        while log_r(good, load[i]) < wanted:
            bad = good
            good += step
            step *= 2.0
        while good - bad > 1.0:
            middle = np.floor(0.5 * (good + bad))
            if log_r(middle, load[i]) >= wanted:
                good = middle
            else:
                bad = middle
        out[i] = int(good)


@_jit
def log_r(n, a):
    """log of R(n) = 1/B(n, a) = a int_0^inf exp(-a t)(1 + t)^n dt, n > -1 real; 1 + t = e^s."""
    top = n + 1.0
    if top > a:
        s0, c, rate, log_peak = math.log(top / a), 0.0, top, deviance(top, a)
    else:
        s0, c, rate, log_peak = 0.0, a - top, a, 0.0
    q = DROP / rate
    right = math.log1p(q + math.sqrt(2.0 * q))
    if c * right > DROP:
        right = DROP / c
    left = min(s0, 0.5 * (q + math.sqrt(q * q + 8.0 * q)))
    panels = 1 + int((left + right) / SHORT)
    width = (left + right) / panels
    total = 0.0
    for p in range(panels):
        total += mass(p * width - left, width, c, rate)
    return math.log(a * width * total) + log_peak
