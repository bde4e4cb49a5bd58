# ruff: noqa: PLR0917 - a case is one tuple, passed on by place
"""What does a queue that nobody leaves give, by its geometric states, however close to critical?

A fourth route: i contacts wait with weight (a/n)^(i+1), so all sums over states are closed, also
where `oracle_states` would have to add up millions of them. Who finds i waiting is later than t
where at most i agents were done by t; summed over i, that leaves two chances of a Poisson count.
"""

from __future__ import annotations

from types import SimpleNamespace

from mpmath import mp, mpf

DIGITS = 140  # differences over the square of 1 - a/n lose twice its digits
BITS = 400


def geometric(volume, aht_s, agents, interval_s, patience_s, lines, awt_s):
    """Figures of one queue; agents real, waiting places whole or infinite, nobody leaves."""
    if patience_s != float("inf"):
        raise ValueError(patience_s)
    with mp.workdps(DIGITS):
        aht, n = mpf(aht_s), mpf(agents)
        a, t = mpf(volume) * aht / mpf(interval_s), mpf(awt_s) / aht
        k = None if lines == float("inf") else int(mpf(lines) - n)
        rho = a / n
        free = _inverse_b(n, a)
        number, steps = _sums(rho, k)  # of rho^i, and of (i + 1) rho^i, over those who wait
        waits, full = rho * number, mpf(0) if k is None else rho ** (k + 1)
        whole, answered = free + waits + full, free + waits
        later = rho * _late(a, n, t, k)
        waited = rho * steps / n
        return SimpleNamespace(
            load=a,
            p_block=full / whole,
            p_wait=waits / whole,
            p_abandon=mpf(0),
            p_answered=answered / whole,
            mean_wait_s=aht * waited / whole,
            asa_s=aht * waited / answered,
            occupancy=rho * answered / whole,
            mean_queue=a * waited / whole,
            p_answered_in_awt=(answered - later) / whole,
            p_abandoned_in_awt=mpf(0),
            p_later=later / whole,
            p_virtual=(answered - later) / answered,
        )


def _inverse_b(n, a):
    """1/B of real n - 1 lines, e^a a^(1-n) Gamma(n, a): all idle states over the last of them."""
    if a < max(n, 50):
        return mp.exp(a - (n - 1) * mp.log(a)) * mp.gammainc(n, a)
    # Legendre's continued fraction by Lentz: the incomplete gamma of mpmath would cancel here.
    bottom = a + 1 - n
    above, below = mpf(10) ** (3 * DIGITS), 1 / bottom
    value, i, factor = below, 0, mpf(0)
    while abs(factor - 1) > mpf(10) ** -(DIGITS - 10):
        i += 1
        bottom += 2
        below = 1 / (i * (n - i) * below + bottom)
        above = bottom + i * (n - i) / above
        factor = above * below
        value *= factor
    return a * value


def _sums(rho, k):
    if k is None:
        return 1 / (1 - rho), 1 / (1 - rho) ** 2
    if rho == 1:
        return mpf(k), mpf(k) * (k + 1) / 2
    steps = (1 - (k + 1) * rho**k + k * rho ** (k + 1)) / (1 - rho) ** 2
    return (1 - rho**k) / (1 - rho), steps


def _late(a, n, t, k):
    """Sum over i < k of (a/n)^i times the chance that a Poisson count of mean n t is at most i."""
    rho = a / n
    if k is None:
        return mp.exp((a - n) * t) / (1 - rho)
    if rho == 1:
        return k * _below(k, n * t) - n * t * _below(k - 1, n * t)
    few = mp.exp((a - n) * t) * _below(k, a * t)
    return (few - rho**k * _below(k, n * t)) / (1 - rho)


def _below(k, mean):
    """Chance that a Poisson count stays below k: whole numbers, outward from the largest term."""
    if k <= 0 or mean == 0:
        return mpf(k > 0)
    peak = min(int(mean), k - 1)
    x, one = int(mean * (1 << BITS)), 1 << BITS
    total = w = one
    for j in range(peak, 0, -1):
        w = w * (j << BITS) // x
        if not w:
            break
        total += w
    w = one
    for j in range(peak + 1, k):
        w = w * x // (j << BITS)
        if not w:
            break
        total += w
    return mpf(total) / one * mp.exp(peak * mp.log(mean) - mean - mp.loggamma(peak + 1))
