# ruff: noqa: PLR0917 - a case is one tuple, passed on by place
"""What do the states of the chain say, in whole-number arithmetic, at any load?

A third route, fast enough for 100,000 erlangs: probabilities of states are whole numbers in units
of 2**-BITS of the likeliest state, summed outward from there, and waits are counts of departures.
Shares come from flows (abandonments and blocked contacts are counted, the answered are the rest),
where `oracles.chain` follows each arrival. Real agents enter by the incomplete gamma function.
"""

from __future__ import annotations

from itertools import accumulate
from types import SimpleNamespace

from mpmath import mp, mpf

BITS = 220
DIGITS = 80
ONE = 1 << BITS
MOST_STATES = 3_000_000


class TooManyStatesError(Exception):
    """More states than a test should sum."""


def states(volume, aht_s, agents, interval_s, patience_s, lines, awt_s):
    """Figures of one queue; agents real, waiting places whole or infinite."""
    with mp.workdps(DIGITS):
        aht, n = mpf(aht_s), mpf(agents)
        a = mpf(volume) * aht / mpf(interval_s)
        eta = mpf(0) if patience_s == float("inf") else aht / mpf(patience_s)
        t = mpf(awt_s) / aht
        k = None if lines == float("inf") else int(mpf(lines) - n)
        free, first, waiting, full = _stationary(n, a, eta, k)
        last = first + len(waiting) - 1
        whole = free + sum(waiting) + full
        waits = sum(waiting)
        mean_count = sum(i * w for i, w in enumerate(waiting, first)) + (k or 0) * full
        # Each waiting contact leaves at rate eta; contacts come at rate a.
        abandoned = eta * mean_count / a
        answered = whole - full - abandoned
        # i + 1 departures at rate n, or Little's law where customers leave
        mean = mean_count / a if eta else sum(i * w for i, w in enumerate(waiting, first + 1)) / n
        share, delay = _answered_from(n, eta, first, last)
        waited = (
            sum(w * s * d for w, s, d in zip(waiting, share, delay, strict=True)) / mpf(ONE) ** 2
        )
        late = _still_waiting(n, eta, t, first, last)
        tagged = _still_waiting(n + eta, eta, t, first, last)
        stay = mp.exp(-eta * t)
        beyond = sum(w * p for w, p in zip(waiting, late, strict=True)) / mpf(ONE)
        answered_late = sum(
            w * s * p for w, s, p in zip(waiting, share, tagged, strict=True)
        ) / mpf(ONE) ** 2  # fmt: skip
        in_time = answered - answered_late
        later = stay * beyond
        return SimpleNamespace(
            load=a,
            p_block=full / whole,
            p_wait=mpf(waits) / whole,
            p_abandon=abandoned / whole,
            p_answered=answered / whole,
            mean_wait_s=aht * mean / whole,
            asa_s=aht * waited / answered,
            occupancy=a * answered / whole / n,
            mean_queue=(mpf(mean_count) if eta else a * mean) / whole,
            p_answered_in_awt=in_time / whole,
            p_abandoned_in_awt=(waits - later - (in_time - free)) / whole,
            p_later=later / whole,
            p_virtual=(free + waits - beyond) / (free + waits),
        )


def service_level(rule, at, short):
    """The share in time by `rule`; `short` are the figures at awt_s = short_s."""
    among = {
        "SL2": at.p_answered, "SL4": 1 - at.p_abandoned_in_awt, "SL6": 1 - short.p_abandoned_in_awt,
    }.get(rule, 1)  # fmt: skip
    extra = {"SL1": at.p_abandoned_in_awt, "SL5": short.p_abandoned_in_awt}.get(rule, 0)
    return at.p_virtual if rule == "virtual" else (at.p_answered_in_awt + extra) / among


def _stationary(n, a, eta, k):
    """Mass of idle agents, the first waiting state kept, the weights from it on, and "all taken".

    State i means "all busy, i waiting"; those that come in it wait. Weights are whole numbers.
    """
    if a < n + eta:
        peak = 0
    elif eta:
        peak = int((a - n) / eta)
    else:
        peak = k
    peak = peak if k is None else min(peak, k)
    scale = mpf(ONE)
    inverse_b = _inverse_b(n - 1, a)
    # The state "n - 1 busy" relative to the top waiting state.
    if peak == 0:
        top = ONE
        before = n / a * scale
        if inverse_b * before > ONE:  # the idle states are likelier: make those the unit
            top = int(scale / (inverse_b * n / a))
            before = scale / inverse_b
    else:
        top = ONE
        log = _log_weight(n, a, eta, peak)
        before = n / a * scale * mp.exp(-log)
    free = inverse_b * before
    an, nn, en = (int(x * scale) for x in (a, n, eta))
    down, w, i = [], top, peak
    while i > 0 and w:
        w = w * (nn + i * en) // an
        i -= 1
        down.append(w)
        _guard(len(down))
    first = i
    up, w, i = [], top, peak
    while w and (k is None or i < k):
        i += 1
        w = w * an // (nn + i * en)
        up.append(w)
        _guard(len(up))
    weights = [*down[::-1], top, *up]
    full = 0
    if k is not None and first + len(weights) - 1 == k:
        full = weights.pop()
    return free, first, weights, full


def _log_weight(n, a, eta, i):
    if not eta:
        return i * mp.log(a / n)
    x = n / eta
    return i * mp.log(a / eta) + mp.loggamma(x + 1) - mp.loggamma(x + i + 1)


def _inverse_b(n, a):
    """1/B for real n > -1: 1 + n/a (1 + (n-1)/a (1 + ...)), summed outward from its largest term.

    The innermost 1/B, of n below 1, is e^a a^-n Gamma(n + 1, a).
    """
    steps = max(int(mp.floor(n)), 0)
    peak = min(max(int(mp.ceil(n - a)), 0), steps)  # the product of the first `peak` factors
    scaled_a, scaled_n = int(a * ONE), int(n * ONE)
    log = mp.loggamma(n + 1) - mp.loggamma(n - peak + 1) - peak * mp.log(a)
    total = 0
    w, j = ONE, peak
    while w and j < steps:
        total += w
        w = w * (scaled_n - (j << BITS)) // scaled_a
        j += 1
        _guard(j - peak)
    last = w if j == steps else 0
    w, j = ONE, peak
    while w and j > 0:
        j -= 1
        w = w * scaled_a // (scaled_n - (j << BITS))
        total += w
        _guard(peak - j)
    rest = n - steps
    inner = mp.exp(a - rest * mp.log(a)) * mp.gammainc(rest + 1, a) if rest else mpf(1)
    return (total + last * inner) / ONE * mp.exp(log)


def _answered_from(n, eta, first, last):
    """Chance of an answer, and the mean wait given it, for who finds i waiting; times ONE."""
    nn, en = int(n * ONE), int(eta * ONE)
    rates = [nn + (i + 1) * en for i in range(first, last + 1)]
    share = [(nn << BITS) // r for r in rates]
    past = mp.digamma(n / eta + first + 1) - mp.digamma(n / eta + 1) if eta else 0
    before = past / eta if eta else first / n
    steps = accumulate(((ONE << BITS) // r for r in rates), initial=int(before * ONE))
    next(steps)
    return share, list(steps)


def _still_waiting(n, eta, t, first, last):
    """Chance, times ONE, that of i + 1 departures at most i came by t, for first <= i <= last."""
    if t == 0 or last < first:
        return [ONE] * (last - first + 1)
    if eta:  # negative binomial
        x, q, leave = n / eta, mp.exp(-eta * t), -mp.expm1(-eta * t)
        mode = int(max(0, (x - 1) * leave / q))
    else:
        x, q, leave = n, mp.exp(-n * t), n * t
        mode = int(leave)
    start = min(mode, last)

    def log_chance(j):
        if not eta:
            return -n * t + j * mp.log(n * t) - mp.loggamma(j + 1)
        return -n * t + j * mp.log(leave) + mp.loggamma(x + j) - mp.loggamma(x) - mp.loggamma(j + 1)

    top = int(mp.exp(log_chance(start)) * ONE)
    step, more = int(leave * ONE), (int(x * ONE) if eta else 0)

    def up(w, j):  # from j - 1 to j
        if eta:
            return w * step * (more + (j - 1 << BITS)) // (j << 2 * BITS)
        return w * step // (j << BITS)

    def down(w, j):  # from j to j - 1
        if eta:
            return w * (j << 2 * BITS) // (step * (more + (j - 1 << BITS)))
        return w * (j << BITS) // step

    chances, w, j = [top], top, start
    while w and j > 0:
        w = down(w, j)
        j -= 1
        chances.append(w)
        _guard(len(chances))
    begin = j
    chances.reverse()
    w, j = top, start
    while w and j < last:
        j += 1
        w = up(w, j)
        chances.append(w)
        _guard(len(chances))
    sums = list(accumulate(chances))
    out = []
    for i in range(first, last + 1):
        at = i - begin
        out.append(0 if at < 0 else sums[min(at, len(sums) - 1)])
    return out


def _guard(count):
    if count > MOST_STATES:
        raise TooManyStatesError
