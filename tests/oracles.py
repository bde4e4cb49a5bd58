# ruff: noqa: PLR0917 - a case is one tuple, passed on by place
"""Slow twins of the kernels, in 50 digits and by two routes that share no formula.

`chain` sums the birth-death chain state by state and follows one arrival through the departures
ahead of it (whole agents and lines); its queue length and occupancy are means over states, so
that agreement with the waits proves Little's law. `integral` integrates the density of the
offered wait (real agents). Both take the same float64 arguments as the product, exactly.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from mpmath import mp, mpf

DIGITS = 50
TINY = mpf(10) ** -45


@dataclass(frozen=True)
class Figures:
    """As `wfm.queueing.erlang.Performance`, in mpf; waits in seconds."""

    load: mpf
    p_block: mpf
    p_wait: mpf
    p_abandon: mpf
    p_answered: mpf
    mean_wait_s: mpf
    asa_s: mpf
    occupancy: mpf
    mean_queue: mpf
    p_answered_in_awt: mpf
    p_abandoned_in_awt: mpf
    p_later: mpf
    p_virtual: mpf

    def service_level(self, rule, short):
        """`short` holds the figures of the same queue with awt_s = short_s."""
        ans, ab = self.p_answered_in_awt, self.p_abandoned_in_awt
        return {
            "SL1": lambda: ans + ab,
            "SL2": lambda: ans / self.p_answered,
            "SL3": lambda: ans,
            "SL4": lambda: ans / (1 - ab),
            "SL5": lambda: ans + short.p_abandoned_in_awt,
            "SL6": lambda: ans / (1 - short.p_abandoned_in_awt),
            "virtual": lambda: self.p_virtual,
        }[rule]()


@cache
def chain(volume, aht_s, agents, interval_s, patience_s, lines, awt_s, digits=DIGITS + 30):
    """Whole agents; lines whole or infinite; load below agents where nothing else bounds it.

    The count of departures by time t from "all busy, i waiting" is negative binomial (Poisson
    without patience), and the patience of the arrival itself acts as one server more.
    """
    with mp.workdps(digits):
        aht, unit, n = mpf(aht_s), mpf(aht_s) / mpf(interval_s), int(agents)
        a = mpf(volume) * unit
        eta = mpf(0) if patience_s == float("inf") else aht / mpf(patience_s)
        t = mpf(awt_s) / aht
        places = float("inf") if lines == float("inf") else int(lines) - n
        free, busy = _sum_down(n - 1, a)  # states 0..n-1, relative to state n-1
        weight = a / n  # state n + i
        leave = 1 - mp.exp(-eta * t)
        left = mp.exp(-n * t)  # chance of exactly i departures by t from n busy, i waiting
        stays = mp.exp(-(n + eta) * t)  # the same with the tagged customer's patience as a server
        late = tilted_late = mpf(0)
        waits = answered = in_time = beyond = waited = queue = mpf(0)
        biggest, sum_delay, i = mpf(0), mpf(0), 0
        while i < places:
            late += left
            tilted_late += stays
            rate = n + (i + 1) * eta
            sum_delay += 1 / rate
            share = n / rate
            waits += weight
            queue += i * weight
            answered += weight * share
            in_time += weight * share * (1 - tilted_late)
            beyond += weight * late
            waited += weight * share * sum_delay
            biggest = max(biggest, weight)
            if weight < TINY * biggest * min(1, leave + eta + 1e-6) and a < n + (i + 1) * eta:
                break
            i += 1
            weight *= a / (n + i * eta)
            if eta:
                x = n / eta
                left *= leave * (x + i - 1) / i
                stays *= leave * (x + i) / i
            else:
                left *= n * t / i
                stays = left
        blocked = weight if i == places else mpf(0)
        queue += i * blocked
        busy += n * (waits + blocked)
        whole = free + waits + blocked
        stay = mp.exp(-eta * t)
        abandoned = waits - answered
        later = stay * beyond
        mean = aht * (abandoned / eta if eta else waited) / whole
        return Figures(
            load=a,
            p_block=blocked / whole,
            p_wait=waits / whole,
            p_abandon=abandoned / whole,
            p_answered=(free + answered) / whole,
            mean_wait_s=mean,
            asa_s=aht * waited / (free + answered),
            occupancy=busy / whole / n,
            mean_queue=queue / whole,
            p_answered_in_awt=(free + in_time) / whole,
            p_abandoned_in_awt=(waits - in_time - later) / whole,
            p_later=later / whole,
            p_virtual=(free + waits - beyond) / (free + waits),
        )


def integral(volume, aht_s, agents, interval_s, patience_s, lines, awt_s, digits=DIGITS):
    """Real agents and lines; load below agents where nothing else bounds it."""
    with mp.workdps(digits):
        aht = mpf(aht_s)
        a = mpf(volume) * aht / mpf(interval_s)
        n = mpf(agents)
        eta = mpf(0) if patience_s == float("inf") else aht / mpf(patience_s)
        t = mpf(awt_s) / aht
        k = None if lines == float("inf") else mpf(lines) - n

        def held(x):
            return a * x if eta == 0 else a * -mp.expm1(-eta * x) / eta

        def log_density(x):
            w = held(x)
            if k is None or w == 0:
                return w - n * x
            return w - n * x + mp.log(mp.gammainc(k, w, regularized=True))

        if k is None:
            peak = mp.log(a / n) / eta if a > n else mpf(0)
        else:
            peak = _highest(log_density, (k + 1) / n)
        top = log_density(peak)
        free = inverse_b(n - 1, a) * mp.exp(-top)
        if k is None:
            blocked = mpf(0)
        elif eta == 0:
            blocked = (a / n) ** (k + 1) * mp.exp(-top)
        else:
            x = n / eta
            log = k * mp.log(a / eta) + mp.loggamma(x + 1) - mp.loggamma(x + k + 1)
            blocked = a / n * mp.exp(log - top)
        cuts = _mesh(log_density, peak)
        if eta:
            reach = mp.log(max(a / eta, 1))
            cuts = sorted({*cuts, *((reach * j + d) / eta for j in (0, 1) for d in (1, 4, 12, 40))})
        near = [c for c in cuts if c < t] + [t]
        far = [t] + [c for c in cuts if c > t]
        if k == 0:
            far = near = [mpf(0), mpf(0)]

        def over(points, weight):
            if not points[-1]:
                return mpf(0)
            points = [p for p in points if p <= cuts[-1]] if points[-1] > cuts[-1] else points
            return a * mp.quad(lambda x: mp.exp(log_density(x) - top) * weight(x), points)

        def gone(x):
            return -mp.expm1(-eta * x)

        stay = mp.exp(-eta * t)
        near_all, far_all = over(near, lambda x: 1), over(far, lambda x: 1)
        if eta:
            near_left, far_left = over(near, gone), over(far, gone)
        else:
            near_left = far_left = mpf(0)
        waited = over(near, lambda x: x * (1 - gone(x))) + over(far, lambda x: x * (1 - gone(x)))
        whole = free + blocked + near_all + far_all
        answered = free + near_all - near_left + far_all - far_left
        mean = aht * ((near_left + far_left) / eta if eta else waited) / whole
        return Figures(
            load=a,
            p_block=blocked / whole,
            p_wait=(near_all + far_all) / whole,
            p_abandon=(near_left + far_left) / whole,
            p_answered=answered / whole,
            mean_wait_s=mean,
            asa_s=aht * waited / answered,
            occupancy=a * answered / whole / n,
            mean_queue=mpf(volume) / mpf(interval_s) * mean,
            p_answered_in_awt=(free + near_all - near_left) / whole,
            p_abandoned_in_awt=(near_left + (1 - stay) * far_all) / whole,
            p_later=stay * far_all / whole,
            p_virtual=(free + near_all) / (whole - blocked),
        )


def inverse_b(n, a):
    """1/B(n, a) for real n > -1: a int_0^inf exp(-a u) (1 + u)^n du."""
    n, a = mpf(n), mpf(a)
    peak = max(mpf(0), n / a - 1)

    def log_f(u):
        return n * mp.log1p(u) - a * u

    top = log_f(peak)
    points = [*_mesh(log_f, peak), mp.inf]
    return a * mp.exp(top) * mp.quad(lambda u: mp.exp(log_f(u) - top), points)


def erlang_b(lines, a):
    """B for whole lines, by the sum over states."""
    with mp.workdps(DIGITS):
        return 1 / _sum_down(int(lines), mpf(a))[0]


def _sum_down(n, a):
    """sum_j a^j/j! and sum_j j a^j/j! over j <= n, relative to the last term."""
    total, busy, term = mpf(0), mpf(0), mpf(1)
    for j in range(n, -1, -1):
        total += term
        busy += j * term
        term *= j / a
        if term < TINY * total and j < a:
            break
    return total, busy


def _mesh(log_f, peak):
    """Break points from 0 on: where the concave log_f has fallen by given amounts."""
    points = {mpf(0), peak}
    for drop in (1, 4, 10, 25, 50, 90, 140):
        floor = log_f(peak) - drop
        if log_f(mpf(0)) < floor:
            points.add(_crossing(log_f, floor, peak, mpf(0)))
        outer = mpf(10) ** -12
        while log_f(peak + outer) > floor:
            outer *= 2
        points.add(_crossing(log_f, floor, peak, peak + outer))
    return sorted(points)


def _crossing(log_f, floor, inside, outside):
    for _ in range(30):
        middle = (inside + outside) / 2
        if log_f(middle) > floor:
            inside = middle
        else:
            outside = middle
    return outside


def _highest(log_f, right):
    """Where the concave log_f on [0, inf) is highest, to about a millionth of its place."""
    left = mpf(0)
    for _ in range(80):
        third = (right - left) / 3
        if log_f(left + third) < log_f(right - third):
            left += third
        else:
            right -= third
        if right - left < right * mpf(10) ** -7:
            break
    return left
