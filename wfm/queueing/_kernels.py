# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How is one stationary queue computed? Arrays in, arrays out, no checks.

Symbols: a load, n agents (real), gap = n - a, eta = aht/patience (0: nobody leaves), k = lines - n
waiting places (may be inf); times in units of one handle time. The offered wait V of a customer who
would never leave has, relative to the state "n - 1 busy", the mass R(n - 1) at 0 and the density
a exp(w - n t) Q(k, w), w = a (1 - exp(-eta t))/eta, where 1/R(m) = B(m, a) is Erlang B and Q the
regularised upper incomplete gamma function. Every figure is an integral of that density times a
positive weight; nothing is a difference, so nothing cancels. The density is log-concave: it is
integrated by Gauss-Legendre from its peak to where it has fallen by exp(-DROP), each part on its
own scale, so that nothing over- or underflows and the cost does not grow with the load.
"""

import math

import numpy as np

from wfm.queueing import _cache

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

from wfm.queueing._kernels_nodes import mass, panel  # noqa: E402

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy

DROP = 36.0  # exp(-36) = 2e-16: what lies beyond is rounding
SHORT = 4.0  # widest panel, in units in which exp(s) and exp(-s) are smooth
SINGULAR = 12.0  # below this, w**k with fractional k is too rough for Gauss-Legendre
HALF_LOG_2PI = 0.5 * math.log(2.0 * math.pi)
_x, _w = np.polynomial.legendre.leggauss(44)
NODES, WEIGHTS = (1.0 + _x) / 2.0, _w / 2.0
_t = np.linspace(-3.4, 3.4, 137)  # tanh-sinh rule, for a power of t at the left end
_e = np.exp(np.pi * np.sinh(_t))
DE_NODES = _e / (1.0 + _e)
DE_WEIGHTS = (_t[1] - _t[0]) * np.pi * np.cosh(_t) * _e / (1.0 + _e) ** 2

GAP_SERIES = np.array([1.0 / math.factorial(j) for j in range(14, 1, -1)])

# Columns of a row of figures.
(BLOCK, WAIT, ABANDON, ANSWERED, WAIT_ALL, WAIT_ANSWERED, BUSY, ANS_T, AB_T, LATER_T, VIRTUAL,
 ANS_S, AB_S, LATER_S) = range(14)  # fmt: skip
FIGURES = 14
# Columns of a row of limits; NaN where there is none. RULE is 1..6 for SL1..SL6, 7 for virtual.
SL, RULE, ASA, AB, OCC, BLK = range(6)
UNREACHABLE = -1.0
ROOT = 4e-14  # relative: real agents closer than this are one number


# --- elementary functions ------------------------------------------------------------------------


@_jit
def _log1pmx(t):
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
def _em_g(u):
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
def _deviance(x, y):
    """x log(x/y) + y - x >= 0."""
    if y < 0.5 * x:  # y/x - 1 would lose the digits of y
        return x * math.log(x / y) + y - x
    return -x * _log1pmx((y - x) / x)


@_jit
def _stirling_error(z):
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
def _log_poisson(k, w):
    """log of w**k exp(-w)/Gamma(k + 1), k > -1 real (Loader 2000: deviance and Stirling error)."""
    if k < 12.0:
        return k * math.log(w) - w - math.lgamma(k + 1.0)
    return -_deviance(k, w) - _stirling_error(k) - HALF_LOG_2PI - 0.5 * math.log(k)


@_jit
def log_r(n, a):
    """log of R(n) = 1/B(n, a) = a int_0^inf exp(-a t)(1 + t)^n dt, n > -1 real; 1 + t = e^s."""
    top = n + 1.0
    if top > a:
        s0, c, rate, log_peak = math.log(top / a), 0.0, top, _deviance(top, a)
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


# --- the density of the wait over one stretch [l, r] --------------------------------------------
# Both functions return (log scale, int f, int f e^(-eta t), int f (1 - e^(-eta t)),
# int t f e^(-eta t)), the integrals divided by exp(log scale).


@_jit
def _stretch(l, r, n, a, gap, eta):  # noqa: E741
    """No limit on waiting places (Q = 1); eta > 0."""
    if not r > l:
        return -math.inf, 0.0, 0.0, 0.0, 0.0
    peak = math.log1p(-gap / n) / eta if gap < 0.0 else 0.0
    m = min(max(peak, l), r)
    # About m: log f = phi - c d - rate d g(eta d), with slope -c and curvature -rate eta.
    if gap < 0.0:
        _, g = _em_g(eta * (m - peak))
        phi = -n / eta * _log1pmx(-gap / n) - n * (m - peak) * g if m > 0.0 else 0.0
        c = -n * math.expm1(-eta * (m - peak)) if m != peak else 0.0
    else:
        em, g = _em_g(eta * m)
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
        _, g = _em_g(eta * start)
        extra = math.exp(-c * start - rate * start * g) / n
        if r < math.inf:
            extra *= -math.expm1(-n * (r - m - start))
        s0 += extra
        s2 += extra
    return phi, s0, s1, s2, s3


@_jit
def _log_q(k, w):
    """log Q(k, w), the chance that a Poisson count of mean w stays below k; k > 0 real."""
    if k >= w + 9.0 * math.sqrt(w) + 50.0 or w <= 0.0:
        return 0.0
    return min(0.0, _log_poisson(k - 1.0, w) + log_r(k - 1.0, w))


@_jit
def _lift(n, gap, eta, k):
    """What is taken out of all log weights: in an overload held by lines alone they are (k - 1)
    log(a/n) and a small rest, which millions of lines would round away.
    """
    return (k - 1.0) * math.log1p(-gap / n) if eta == 0.0 and gap < 0.0 and k - 1.0 > 12.0 else 0.0


@_jit
def _log_density(t, n, a, gap, eta, k):
    """log of the density relative to "n - 1 busy", less `_lift`."""
    _, g = _em_g(eta * t)
    w = a * t * (1.0 - g)
    x = k - 1.0
    if w > k and x > 12.0:
        # w - n t and log Q nearly cancel; the same with the large part taken out.
        rest = _stirling_error(x) + HALF_LOG_2PI + 0.5 * math.log(x)
        steep = x * math.log(a / n * (1.0 - g)) if eta > 0.0 or gap >= 0.0 else 0.0
        return steep - _deviance(x, n * t) + log_r(x, w) - rest
    return -gap * t - a * t * g + _log_q(k, w) - _lift(n, gap, eta, k)


@_jit
def _slope(t, n, a, eta, k):
    em, g = _em_g(eta * t)
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
def _finite_stretch(l, r, n, a, gap, eta, k):  # noqa: E741
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
                em, _ = _em_g(eta * t)
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


# --- one queue ----------------------------------------------------------------------------------


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
    _, g = _em_g(eta * right)
    w = a * right * (1.0 - g)
    return k < w + 9.0 * math.sqrt(w) + 50.0


@_jit
def _log_full(n, a, gap, eta, k):
    """log of the weight of "all k waiting places taken" relative to "n busy, none waiting", less
    `_lift`."""
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
    tail = _stirling_error(x) - _stirling_error(x + k)
    return base - x * _log1pmx(r) - 0.5 * math.log1p(r) + tail


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
    lr = log_r(n - 1.0, a) - (_lift(n, gap, eta, k) if finite else 0.0)
    lb = math.log(a / n) + _log_full(n, a, gap, eta, k) if k < math.inf else -math.inf
    if finite:
        lh, h0, h1, h2, h3 = _finite_stretch(0.0, t, n, a, gap, eta, k)
        lt, t0, t1, t2, t3 = _finite_stretch(t, math.inf, n, a, gap, eta, k)
    elif eta == 0.0:
        decay = math.exp(-gap * t) if t < math.inf else 0.0
        lh = lt = 0.0
        h0 = h1 = -math.expm1(-gap * t) / gap if t < math.inf else 1.0 / gap
        t0 = t1 = decay / gap
        h2 = t2 = h3 = 0.0
        t3 = 1.0 / (gap * gap)
    else:
        lh, h0, h1, h2, h3 = _stretch(0.0, t, n, a, gap, eta)
        lt, t0, t1, t2, t3 = _stretch(t, math.inf, n, a, gap, eta)
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


# --- fewest agents ------------------------------------------------------------------------------


@_jit
def service(rule, f):
    """Service level by rule from a row of figures; 0 where nobody counts."""
    if rule == 7.0:
        return f[VIRTUAL]
    if rule == 1.0:
        return f[ANS_T] + f[AB_T]
    if rule == 5.0:
        return f[ANS_T] + f[AB_S]
    if rule == 3.0:
        return f[ANS_T]
    if rule == 2.0:
        among = f[ANSWERED]
    elif rule == 4.0:
        among = f[ANS_T] + f[LATER_T] + f[BLOCK]
    else:
        among = f[ANS_S] + f[LATER_S] + f[BLOCK]
    return f[ANS_T] / among if among > 0.0 else 0.0


@_jit
def _slack(n, a, low, unit, eta, lines, t, short, limits, row):
    """How far the worst limit is from failing, at most 1 in size; negative where one fails."""
    gap = (n - a) - low
    if n <= 0.0 or (eta == 0.0 and lines == math.inf and gap <= 0.0):
        return -1.0
    if math.isnan(limits[SL]):
        t = math.inf  # no limit looks at the acceptable wait: one stretch will do
    if 5.0 <= limits[RULE] <= 6.0 and not math.isnan(limits[SL]):
        queue(n, a, gap, eta, lines - n, short / unit, row, ANS_S)
        ans, ab, later = row[ANS_S], row[AB_S], row[LATER_S]
        queue(n, a, gap, eta, lines - n, t / unit, row, ANS_T)
        row[ANS_S], row[AB_S], row[LATER_S] = ans, ab, later
    else:
        queue(n, a, gap, eta, lines - n, t / unit, row, ANS_T)
    worst = 1.0
    if not math.isnan(limits[SL]):
        value = service(limits[RULE], row)
        if limits[SL] > 0.5:  # near 1 the share missed is what counts
            worst = min(worst, -_room(1.0 - value, 1.0 - limits[SL]))
        else:
            worst = min(worst, _room(value, limits[SL]))
    if not math.isnan(limits[ASA]):
        worst = min(worst, -_room(row[WAIT_ANSWERED] * unit, limits[ASA]))
    if not math.isnan(limits[AB]):
        worst = min(worst, -_room(row[ABANDON], limits[AB]))
    if not math.isnan(limits[OCC]):
        worst = min(worst, -_room(row[BUSY], limits[OCC]))
    if not math.isnan(limits[BLK]):
        worst = min(worst, -_room(row[BLOCK], limits[BLK]))
    return worst


@_jit
def _room(value, limit):
    """(value - limit), relative to the larger of the two."""
    if value == limit:
        return 0.0
    if value == math.inf:
        return 1.0
    return (value - limit) / max(value, limit)


@_jit
def fewest(
    volume, aht, interval, patience, lines, t, short, limits, full, tolerance, whole, answer
):
    """Least agents for many queues; UNREACHABLE where even all `lines` as agents do not do.

    `limits` has a row a queue; `full` says that only agents = lines can do (nobody may wait);
    `whole` asks for whole agents.
    """
    row = np.empty(FIGURES)
    for i in range(volume.size):
        if volume[i] <= 0.0:
            answer[i] = 0.0
            continue
        a, low = load_of(volume[i], aht[i], interval[i])
        eta = aht[i] / patience[i]
        most = np.floor(lines[i]) if whole else lines[i]
        # Where customers leave the queue faster than agents serve them, an agent more means more
        # blocking: then the other limits decide, and blocking is checked at their answer.
        used = limits[i].copy()
        if eta > 1.0:
            used[BLK] = math.nan
        n = most
        if not full[i]:
            n = _fewest_whole(a, low, aht[i], eta, lines[i], t, short, used, tolerance, row)
            n = most if n == UNREACHABLE else n
            if not whole and n < math.inf:
                n = _fewest_real(n, a, low, aht[i], eta, lines[i], t, short, used, tolerance, row)
        if n < math.inf and n > 0.0:
            room = _slack(n, a, low, aht[i], eta, lines[i], t, short, limits[i], row)
            n = n if room >= -tolerance else UNREACHABLE
        answer[i] = n if n < math.inf else UNREACHABLE


@_jit
def _score(room):
    """The slack on a scale on which it is nearly straight in n: log(limit/value) and the like."""
    size = -math.log1p(-min(abs(room), 1.0 - 1e-12))
    return size if room > 0.0 else -size


@_jit
def _fewest_whole(a, low, unit, eta, lines, t, short, limits, tolerance, row):
    most = np.floor(lines)
    # SL5 and SL6 are not monotone in agents where short abandons outlast the acceptable wait.
    bumpy = 5.0 <= limits[RULE] <= 6.0 and short > t
    if bumpy and _slack(1.0, a, low, unit, eta, lines, t, short, limits, row) >= -tolerance:
        return 1.0
    root = math.sqrt(a)
    bad, good, under, over, grow = 0.0, math.inf, 0.0, 0.0, 1.0
    n = min(np.ceil(a + 0.5 * root), most)
    for step in range(2000):
        room = _slack(n, a, low, unit, eta, lines, t, short, limits, row)
        score = _score(room)
        if room >= -tolerance:
            good, over = n, max(score, 0.0)
        else:
            bad, under = n, score
            if bad >= most or bad > 1e15:
                return UNREACHABLE
        if good - bad <= 1.0:
            break
        jump = max(np.ceil(0.8 * abs(score) * root + 0.25), grow)
        if good == math.inf:
            n, grow = min(bad + jump, most), 2.0 * jump
        elif bad == 0.0:
            n, grow = max(good - jump, 1.0), 2.0 * jump
        elif step % 4 == 3:
            n = np.floor(0.5 * (good + bad))
        else:
            n = np.ceil(bad + (good - bad) * under / (under - over))
            n = min(max(n, bad + 1.0), good - 1.0)
    return good


@_jit
def _fewest_real(n, a, low, unit, eta, lines, t, short, limits, tolerance, row):
    """Root of the slack between n - 1 (fails) and n (holds), by the Illinois rule."""
    good, bad = n, max(0.0, np.ceil(n) - 1.0)
    up = _slack(good, a, low, unit, eta, lines, t, short, limits, row)
    if bad <= 0.0:
        bad = 1e-9 * min(1.0, a)
        down = _slack(bad, a, low, unit, eta, lines, t, short, limits, row)
        if down >= -tolerance:
            return 0.0
    else:
        down = _slack(bad, a, low, unit, eta, lines, t, short, limits, row)
    if up <= 0.0:
        return good
    up, down = _score(up), _score(down)
    side = 0
    for step in range(200):
        if good - bad <= ROOT * good:
            break
        n = 0.5 * (good + bad) if step % 4 == 3 else (bad * up - good * down) / (up - down)
        # Not nearer to an end than this: so the end closes in when the root is there.
        near = 0.5 * ROOT * good
        n = min(max(n, bad + near), good - near)
        if not bad < n < good:
            break
        value = _score(_slack(n, a, low, unit, eta, lines, t, short, limits, row))
        if value == 0.0:
            return n
        if value > 0.0:
            good, up = n, value
            if side == 1:
                down *= 0.5
            side = 1
        else:
            bad, down = n, value
            if side == -1:
                up *= 0.5
            side = -1
    return good


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
