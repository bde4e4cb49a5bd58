# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How many agents does a service level need where nobody leaves, for millions of queues?

Arrays in, arrays out; answers as in `_kernels_quick`. R(n) = 1/B(n, a) climbs from n = floor(a) by
R(n) = 1 + (n/a) R(n - 1), and n meets the target where
n exp(-(n - a) t) <= (1 - SL)(R(n)(n - a) + a). BLOCK queues climb side by side, so that the
compiler uses vector instructions: no branches, no division, no calls inside the climb.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_quick import BLOCK, MARGIN, UNSURE, WRONG
from wfm.queueing._kernels_vector import exp

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
_inline = njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")

MOST_STEPS = 400  # a climb this long costs as much as the exact kernel

# R at floor(a): below TABLE erlangs a polynomial in the fraction of a, one for each whole number;
# above, Laplace's expansion (Temme 1979 about eta = 0) in powers of 1/sqrt(a) and the fraction.
TABLE, DEGREE, ORDER = 128, 10, 5


def _start_table():
    f = 0.5 - 0.5 * np.cos(np.pi * (np.arange(DEGREE + 1) + 0.5) / (DEGREE + 1))
    powers = np.vander(f, increasing=True)
    rows = np.empty((TABLE, DEGREE + 1))
    for m in range(TABLE):
        r = np.ones_like(f)
        for n in range(1, m + 1):
            r = 1.0 + n / (m + f) * r
        rows[m] = np.linalg.solve(powers, r)
    return np.ascontiguousarray(rows.T)


def _start_series():
    """Return c[j, i] with R(floor(a)) = sqrt(a) sum_ji c[j, i] a^(-j/2) f^i, f = a - floor(a).

    R = a int exp(-a u^2/2) (1 + t)^(-f) t'(u) du with t - log(1 + t) = u^2/2, so t t' = u (1 + t).
    """
    t = np.zeros(ORDER + 3)
    t[1] = 1.0
    for k in range(2, ORDER + 3):  # compare powers u^k of t t' = u (1 + t)
        known = sum((k + 1 - i) * t[i] * t[k + 1 - i] for i in range(2, k))
        t[k] = (t[k - 1] - known) / (k + 1)
    slope = (np.arange(ORDER + 3) * t)[1 : ORDER + 2]
    log = t[: ORDER + 1].copy()
    log[2] -= 0.5
    c = np.zeros((ORDER + 1, ORDER + 1))
    term = slope
    for i in range(ORDER + 1):
        c[:, i] = term
        term = -np.convolve(term, log)[: ORDER + 1] / (i + 1)
    moment = [2.0 ** ((j - 1) / 2) * math.gamma((j + 1) / 2) for j in range(ORDER + 1)]
    return c * np.array(moment)[:, None]


START_TABLE, START_SERIES = _start_table(), _start_series()


@_jit
def quick_c(volume, aht, interval, t, level, occupancy, first, last, answer):
    """Erlang C. Arrays of size 1 stand for all queues. Writes answer[first:last]."""
    sv = 0 if volume.size == 1 else 1
    sh = 0 if aht.size == 1 else 1
    si = 0 if interval.size == 1 else 1
    load, gap, n, r, e, d, ia = (
        np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK),
        np.ones(BLOCK), np.ones(BLOCK),
    )  # fmt: skip
    s_, c_ = np.empty(BLOCK), np.empty(BLOCK)
    strict, loose = np.ones(BLOCK, np.int64), np.ones(BLOCK, np.int64)
    lo, hi = (1.0 - level) * (1.0 - MARGIN), (1.0 - level) * (1.0 + MARGIN)
    last_unit, rate, decay = -1.0, 0.0, 0.0
    for base in range(first, last, BLOCK):
        size = min(BLOCK, last - base)
        for j in range(size):
            v, unit, length = (
                volume[sv * (base + j)],
                aht[sh * (base + j)],
                interval[si * (base + j)],
            )
            a = v * unit / length
            good = v >= 0.0 and length > 0.0 and v < math.inf and length < math.inf
            good = good and (unit > 0.0 or (v == 0.0 and unit == 0.0)) and unit < math.inf
            if unit != last_unit and unit > 0.0:
                last_unit, rate = unit, t / unit
                decay = math.exp(-rate)
            known = 1e-6 < a < 1e9 and a * rate < 1e5 and rate < 500.0
            answer[base + j] = 0 if good else WRONG
            if good and v > 0.0:
                answer[base + j] = 1 if known else UNSURE
            load[j] = a if good and known else 1.0
            e[j], d[j] = rate, decay
        for j in range(BLOCK):
            a = load[j]
            m = np.floor(a)
            n[j], gap[j], ia[j] = m, a - m, 1.0 / a
            e[j] = exp((a - m) * e[j])
        _starts(load, n, gap, s_, c_, r)
        for j in range(BLOCK):
            gap[j] = -gap[j]
            strict[j] = loose[j] = int(n[j]) + 1
        steps = 0
        while steps < MOST_STEPS:
            open_ = 0
            for j in range(BLOCK):
                nj, gj, rj, ej = n[j], gap[j], r[j], e[j]
                low, high = strict[j], loose[j]
                dj, iaj, aj = d[j], ia[j], load[j]
                miss = 0
                for _ in range(4):
                    nj += 1.0
                    gj += 1.0
                    rj = 1.0 + nj * iaj * rj
                    ej *= dj
                    x = rj * gj + aj
                    y = nj * ej
                    miss = 1 if y > lo * x else 0
                    low += miss
                    high += 1 if y > hi * x else 0
                n[j], gap[j], r[j], e[j] = nj, gj, rj, ej
                strict[j], loose[j] = low, high
                open_ |= miss
            steps += 4
            if open_ == 0:
                break
        for j in range(size):
            if answer[base + j] == 1:
                best = float(strict[j])
                if occupancy < 1.0:
                    need = load[j] / occupancy
                    whole = np.ceil(need)
                    near = abs(need - np.rint(need)) < 1e-9 * need
                    best = -1.0 if near else max(best, whole)
                if best < 0.0 or strict[j] != loose[j] or strict[j] > n[j]:
                    answer[base + j] = UNSURE
                else:
                    answer[base + j] = int(best)


@_inline
def _starts(a, m, f, s, c, r):
    """Write R(m, a), m = floor(a), f = a - m, to about 1e-8, of a block; s, c are scratch."""
    for j in range(BLOCK):
        s[j], r[j] = 1.0 / math.sqrt(a[j]), 0.0
    for k in range(ORDER, -1, -1):
        for j in range(BLOCK):
            c[j] = START_SERIES[k, k]
        for i in range(k - 1, -1, -1):
            x = START_SERIES[k, i]
            for j in range(BLOCK):
                c[j] = c[j] * f[j] + x
        for j in range(BLOCK):
            r[j] = r[j] * s[j] + c[j]
    for j in range(BLOCK):
        row = np.uint64(min(m[j], TABLE - 1.0))  # unsigned: no test for an index from the end
        low = START_TABLE[DEGREE, row]
        for i in range(1, DEGREE + 1):
            low = low * f[j] + START_TABLE[DEGREE - i, row]
        r[j] = low if m[j] < TABLE else r[j] / s[j]
