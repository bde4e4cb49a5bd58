"""What are exp and log in code that the compiler turns into vector instructions?

No branches, no calls, no tables: a loop that calls the library's functions stays scalar.
"""

import math

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_inline = njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")

MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding it rounds, and leaves the integer in the low bits
EXP = tuple(1.0 / math.factorial(i) for i in range(13, -1, -1))
LOG = tuple(2.0 / (2 * i + 1) for i in range(9, 0, -1))


@_inline
def exp(x):
    """exp(x) for |x| < 700 to a few units in the last place, in vector instructions."""
    t = x * 1.4426950408889634 + MAGIC
    k = np.float64(t).view(np.int64)
    whole = t - MAGIC
    r = (x - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10
    p = EXP[0]
    for i in range(1, 14):
        p = p * r + EXP[i]
    return np.int64(np.float64(p).view(np.int64) + (k << 52)).view(np.float64)


@_inline
def log(x):
    """log(x) for normal x > 0, in vector instructions."""
    bits = np.float64(x).view(np.int64)
    k = (bits - 0x3FE6A09E667F3BCD) >> 52
    m = np.int64(bits - (k << 52)).view(np.float64)
    s = (m - 1.0) / (m + 1.0)
    s2 = s * s
    p = LOG[0]
    for i in range(1, 9):
        p = p * s2 + LOG[i]
    return float(k) * 0.6931471805599453 + (2.0 * s + s * s2 * p)
