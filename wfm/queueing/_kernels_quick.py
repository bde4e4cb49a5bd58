# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How many agents does a service level need, for millions of queues? Arrays in, arrays out.

The same question as `_kernels.fewest`, for one limit on the service level and perhaps one on
occupancy, without a limit on lines. Symbols as there. Nothing here is exact: a queue whose limit is
met or missed by less than MARGIN of itself at any n that matters is answered UNSURE, for the exact
kernel to decide; so is every queue outside the range in which MARGIN covers the errors.

Erlang C: R(n) = 1/B(n, a) climbs from n = floor(a) by R(n) = 1 + (n/a) R(n - 1), and n meets the
target where n exp(-(n - a) t) <= (1 - SL)(R(n)(n - a) + a). BLOCK queues climb side by side, so
that the compiler uses vector instructions: no branches, no division, no calls inside the climb.
"""

import math

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy", fastmath={"contract"})
_inline = njit(nogil=True, error_model="numpy", fastmath={"contract"}, inline="always")

UNSURE, WRONG = -1, -2  # answers: ask the exact kernel; not a queue at all
MARGIN = 2e-6  # relative; the errors found by the tests are below a third of it
BLOCK = 32
MOST_STEPS = 400  # a climb this long costs as much as the exact kernel

MAGIC = 6755399441055744.0  # 1.5 * 2^52: adding it rounds, and leaves the integer in the low bits
EXP = tuple(1.0 / math.factorial(i) for i in range(13, -1, -1))

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


@_inline
def _exp(x):
    """exp(x) for |x| < 700 to a few units in the last place, in vector instructions."""
    t = x * 1.4426950408889634 + MAGIC
    k = np.float64(t).view(np.int64)
    whole = t - MAGIC
    r = (x - whole * 6.93147180369123816490e-01) - whole * 1.90821492927058770002e-10
    p = EXP[0]
    for i in range(1, 14):
        p = p * r + EXP[i]
    return np.int64(np.float64(p).view(np.int64) + (k << 52)).view(np.float64)


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
            e[j] = _exp((a - m) * e[j])
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


# --- Erlang A -----------------------------------------------------------------------------------
# x = n/eta, y = a/eta, z = y exp(-eta t), A(x, z) = 1F1(1; x + 1; z), g = exp(y - z - n t). In
# units of the state "n busy": those who never wait weigh R(n) - 1, those who wait A_y, those who
# would wait beyond t g A_z, and of these g (A_z - 1) n/a are answered (Palm 1957; Mandelbaum and
# Zeltyn 2007). A and R by Temme's expansion, or by their recurrences where n or x is small; n by
# secants on log(missed/allowed) inside a bracket of whole numbers.

CLIMB, SHIFT = 48, 24  # R by recurrence up to n = CLIMB; A from SHIFT further where x < CLIMB
LEFT, RIGHT = -2.1, 1.05  # the range of zeta in which the expansion is fitted
SMALL = 0.05  # below this ratio zeta would leave the range
TWO_PI = 2.0 * math.pi


def _fit(values, degree, left, right):
    """Coefficients, highest first, of a polynomial through Chebyshev nodes of [left, right]."""
    k = np.arange(degree + 1)
    nodes = 0.5 * (left + right) + 0.5 * (right - left) * np.cos(np.pi * (k + 0.5) / (degree + 1))
    return np.linalg.solve(np.vander(nodes), values(nodes))


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


# The compiler unrolls loops over at most 15 coefficients; with one more, nothing is vectorised.
C0, C1, C2, C3 = (tuple(c) for c in _temme())
ERFCX = tuple(_erfcx_fit(14))
LOG = tuple(2.0 / (2 * i + 1) for i in range(9, 0, -1))


@_inline
def _log(x):
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


@_inline
def _phi(ratio, log_ratio):
    """ratio - 1 - log(ratio), by its series near 1, where rounding would show in its root."""
    u = ratio - 1.0
    near = u * u * (1.0 / 2 - u * (1.0 / 3 - u * (1.0 / 4 - u * (1.0 / 5 - u * (1.0 / 6)))))
    return near if abs(u) < 0.003 else max(u - log_ratio, 0.0)


@_inline
def _kummer(v, ratio, log_ratio):
    """1F1(1; v + 1; v ratio) for v >= SHIFT and ratio < 2.4."""
    phi = _phi(ratio, log_ratio)
    zeta = math.sqrt(2.0 * phi)
    zeta = zeta if ratio > 1.0 else -zeta
    half = _erfcx(math.sqrt(v * phi))
    half = 2.0 * _exp(min(v * phi, 690.0)) - half if ratio > 1.0 else half
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
def _free(n, ratio, log_ratio):
    """R(n) - 1 for n >= CLIMB, ratio = a/n between SMALL and 2.4."""
    phi = _phi(ratio, log_ratio)
    zeta = math.sqrt(2.0 * phi)
    zeta = zeta if ratio > 1.0 else -zeta
    half = _erfcx(math.sqrt(n * phi))
    half = half if ratio > 1.0 else 2.0 * _exp(min(n * phi, 690.0)) - half
    zeta = min(max(zeta, LEFT), RIGHT)
    return _gamma_star(n) * (math.sqrt(TWO_PI * n) * 0.5 * half + _tail(n, zeta))


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
        log_ratio = _log(ratio)
        free[j] = _free(n[j], ratio, log_ratio)
        x = n[j] / eta[j]
        v = x + SHIFT if x < CLIMB else x
        y = a[j] / eta[j]
        z = y * stay[j]
        ry, rz = y / v, z / v
        log_y = _log(ry)
        un[j] = _kummer(v, ry, log_y)
        vn[j] = _kummer(v, rz, log_y - eta[j] * t[j])
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
        g = _exp(max(min(y - z - nj * tj, 690.0), -690.0))
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
        f = _log(min(max(share, 1e-280), 1e280))
        score[j] = f
        outside[j] |= 1 if abs(f) < MARGIN * (1.0 + 0.02 * whole / within) else 0


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
            stay[j] = _exp(-eta[j] * wait[j])
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
