# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How many agents does a service level need where contacts are impatient, for millions of queues?

Arrays in, arrays out; answers as in `_kernels_quick`. x = n/eta, y = a/eta, z = y exp(-eta t),
A(x, z) = 1F1(1; x + 1; z), g = exp(y - z - n t). In units of the state "n busy": those who never
wait weigh R(n) - 1, those who wait A_y, those who would wait beyond t g A_z, and of these
g (A_z - 1) n/a are answered (Palm 1957; Mandelbaum and Zeltyn 2007). A and R by Temme's expansion,
or by their recurrences where n or x is small; n by secants on log(missed/allowed) inside a bracket
of whole numbers.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels_kummer import CLIMB, SHIFT, SMALL, kummer, some_free
from wfm.queueing._kernels_quick import BLOCK, MARGIN, UNSURE, WRONG
from wfm.queueing._kernels_vector import exp, log

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})


@_jit
def quick_a(volume, aht, interval, patience, t, mix, level, occupancy, first, last, answer):
    """Erlang A. Arrays of size 1 stand for all queues. Writes answer[first:last]."""
    sv, sh = (0 if volume.size == 1 else 1), (0 if aht.size == 1 else 1)
    si, sp = (0 if interval.size == 1 else 1), (0 if patience.size == 1 else 1)
    load, eta, wait, stay, n, bad, good, over, under, score = (
        np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK),
        np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK), np.ones(BLOCK),
    )  # fmt: skip
    limit = occupancy if occupancy < 1.0 else 1e9  # near 1 in overload: no limit, no near miss
    outside = np.zeros(BLOCK, np.int64)
    work = np.empty((6, BLOCK))
    for base in range(first, last, BLOCK):
        size = min(BLOCK, last - base)
        for j in range(size):
            i = base + j
            v, unit, length, p = volume[sv * i], aht[sh * i], interval[si * i], patience[sp * i]
            a = v * unit / length
            right = v >= 0.0 and length > 0.0 and v < math.inf and length < math.inf and p > 0.0
            right = right and (unit > 0.0 or (v == 0.0 and unit == 0.0)) and unit < math.inf
            known = 0.01 < a < 1e7 and unit < 1e3 * p and p < 1e3 * unit
            known = known and t < 10.0 * p and a * t < 1e7 * unit
            answer[i] = 0 if right else WRONG
            if right and v > 0.0:
                answer[i] = 1 if known else UNSURE
            fine = right and known
            load[j] = a if fine else 1.0
            eta[j] = unit / p if fine else 1.0
            wait[j] = t / unit if fine else 1.0
        for j in range(BLOCK):
            a = load[j]
            stay[j] = exp(-eta[j] * wait[j])
            # Half of the customers would wait beyond t at about a exp(-eta t) agents.
            spread = 0.8 * math.sqrt(eta[j] * a * stay[j])
            n[j] = max(np.rint(min(a * stay[j] + spread, a + 0.5 * math.sqrt(a))), 1.0)
            bad[j], good[j], over[j], under[j] = 0.0, 1e18, 0.0, 0.0
            outside[j] = 0
        for _ in range(24):
            _scores(n, load, eta, wait, stay, mix, level, limit, score, outside, work)
            unfinished = 0
            for j in range(BLOCK):
                f, nj = score[j], n[j]
                met = f <= 0.0
                lo, hi = (bad[j], nj) if met else (nj, good[j])
                fl, fh = (over[j], f) if met else (f, under[j])
                step = np.ceil(0.8 * abs(f) * math.sqrt(load[j]) + 0.25)
                guess = np.ceil(lo + (hi - lo) * fl / (fl - fh))
                guess = guess if lo > 0.0 else hi - step
                guess = guess if hi < 1e17 else lo + step
                guess = min(max(guess, lo + 1.0), hi - 1.0)
                closed = hi - lo <= 1.0 or outside[j] != 0
                n[j] = nj if closed else guess
                unfinished |= 0 if closed else 1
                bad[j], good[j], over[j], under[j] = lo, hi, fl, fh
            if unfinished == 0:
                break
        for j in range(size):
            if answer[base + j] == 1:
                sure = outside[j] == 0 and good[j] - bad[j] == 1.0
                answer[base + j] = int(good[j]) if sure else UNSURE


@_jit
def _scores(n, a, eta, t, stay, mix, level, occupancy, score, outside, work):
    """Write log(missed/allowed) of a block; set `outside` where the expansions do not reach or
    the score is too near 0.

    `mix` says what is missed and among whom: weights of "beyond t and still there", "beyond t",
    "answered beyond t", "not answered within t", then of all and of those answered within t.
    """
    free, up, vp, un, ud, vn = work[0], work[1], work[2], work[3], work[4], work[5]
    small_n = small_x = 0
    for j in range(BLOCK):
        small_n |= 1 if n[j] < CLIMB else 0
        small_x |= 1 if n[j] < CLIMB * eta[j] else 0
    for j in range(BLOCK):
        ratio = a[j] / n[j]
        log_ratio = log(ratio)
        free[j] = some_free(n[j], ratio, log_ratio)
        x = n[j] / eta[j]
        v = x + SHIFT if x < CLIMB else x
        y = a[j] / eta[j]
        z = y * stay[j]
        ry, rz = y / v, z / v
        log_y = log(ry)
        un[j] = kummer(v, ry, log_y)
        vn[j] = kummer(v, rz, log_y - eta[j] * t[j])
        # One of R and A grows like exp of this; beyond 680 it would overflow.
        growth = x * (ratio - 1.0 - log_ratio) if ratio > 1.0 else a[j] - n[j] - n[j] * log_ratio
        steep = growth > 680.0 and (ratio > 1.0 or n[j] >= CLIMB)
        far = ry > 2.4 or (n[j] >= CLIMB and (ratio > 2.4 or ratio < SMALL))
        outside[j] |= 1 if far or steep else 0
        up[j], vp[j] = x, v - x
    if small_n:
        for j in range(BLOCK):
            ud[j] = 1.0
        for k in range(1, CLIMB):
            for j in range(BLOCK):
                ud[j] = 1.0 + k / a[j] * ud[j] if k <= n[j] else ud[j]
        for j in range(BLOCK):
            free[j] = ud[j] - 1.0 if n[j] < CLIMB else free[j]
    if small_x:
        for j in range(BLOCK):
            y = a[j] / eta[j]
            z = y * stay[j]
            x = up[j]
            d, p, q = 1.0, un[j], vn[j]
            for k in range(SHIFT, 0, -1):
                d *= (x + k) * 0.03125
                p = d + y * 0.03125 * p
                q = d + z * 0.03125 * q
                # p/d = A(x + k - 1); p, q and d all carry the factor 1/32 a step
            un[j] = p / d if vp[j] > 0.0 else un[j]
            vn[j] = q / d if vp[j] > 0.0 else vn[j]
    for j in range(BLOCK):
        nj, aj, tj = n[j], a[j], t[j]
        x = up[j]
        y = aj / eta[j]
        z = y * stay[j]
        g = exp(max(min(y - z - nj * tj, 690.0), -690.0))
        over = nj / aj
        beyond = g * vn[j]
        late = over * (beyond - g)
        whole = free[j] + un[j]
        served = free[j] + over * (un[j] - 1.0)
        within = max(served - late, 1e-9 * whole)  # a difference: wants more room where small
        missed = (mix[0] * stay[j] + mix[1]) * beyond + mix[2] * late + mix[3] * (whole - within)
        among = mix[4] * whole + mix[5] * within
        share = missed / ((1.0 - level) * among)
        busy = served / (over * occupancy * whole)
        share = max(share, busy)
        f = log(min(max(share, 1e-280), 1e280))
        score[j] = f
        outside[j] |= 1 if abs(f) < MARGIN * (1.0 + 0.02 * whole / within) else 0
