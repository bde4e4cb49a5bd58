# ruff: noqa: PLR0917 - jitted functions pass their arguments by place
"""How few agents keep every limit of a target? Arrays in, arrays out, no checks.

Symbols as in `_kernels`. How far the worst limit is from failing is one number, the slack, and it
is the slack whose sign the searches follow: over whole numbers, then between two of them.
"""

import math

import numpy as np

from wfm.queueing import _cache
from wfm.queueing._kernels import (
    AB_S,
    AB_T,
    ABANDON,
    ANS_S,
    ANS_T,
    ANSWERED,
    BLOCK,
    BUSY,
    FIGURES,
    LATER_S,
    LATER_T,
    VIRTUAL,
    WAIT_ANSWERED,
    load_of,
    queue,
)

_cache.choose_folder()

from numba import njit  # noqa: E402 - numba reads its cache folder when it is imported

_jit = njit(cache=True, nogil=True, error_model="numpy")  # 1/0 is inf, as everywhere in numpy

# Columns of a row of limits; NaN where there is none. RULE is 1..6 for SL1..SL6, 7 for virtual.
SL, RULE, ASA, AB, OCC, BLK = range(6)
UNREACHABLE = -1.0
ROOT = 4e-14  # relative: real agents closer than this are one number


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
def _score(room):
    """The slack on a scale on which it is nearly straight in n: log(limit/value) and the like."""
    size = -math.log1p(-min(abs(room), 1.0 - 1e-12))
    return size if room > 0.0 else -size


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
