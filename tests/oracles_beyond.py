"""Obvious, slow twins of the models beyond the stationary queue: sums, chains, simulated days.

Nothing here imports wfm.
"""

import heapq
import math

import numpy as np
from scipy import integrate


def erlang_c(load, n):
    """Chance to wait, by the textbook recursion."""
    if load >= n:
        return 1.0
    b = 1.0
    for k in range(1, n + 1):
        b = load * b / (k + load * b)
    return n * b / (n - load * (1 - b))


def service_level_c(volume, aht_s, n, awt_s, interval_s=1800.0):
    load = volume * aht_s / interval_s
    if load >= n:
        return 0.0
    return 1 - erlang_c(load, n) * math.exp(-(n - load) * awt_s / aht_s)


def expected_service_level(volume, aht_s, n, awt_s, interval_s=1800.0):
    """E[V SL(V)]/E[V] for a frozen scipy distribution, by adaptive quadrature over contacts."""
    end = min(n * interval_s / aht_s, volume.isf(1e-15))
    start = max(0.0, volume.ppf(1e-15))
    served, _ = integrate.quad(
        lambda v: v * service_level_c(v, aht_s, n, awt_s, interval_s) * volume.pdf(v),
        start, end, epsabs=1e-12, epsrel=1e-12, limit=400,
    )  # fmt: skip
    total, _ = integrate.quad(
        lambda v: v * volume.pdf(v), start, volume.isf(1e-15), epsabs=1e-12, limit=400
    )
    return served / total


def simulated_waits(rate, aht_s, n, patience_s, *, seed):
    """First come, first served with abandonment: (wait, left?) of each contact.

    `patience_s` holds one patience a contact. The day starts empty. A contact would wait until the
    first agent is free; it takes that agent if it is patient enough.
    """
    rng = np.random.default_rng(seed)
    arrive = np.cumsum(rng.exponential(1 / rate, len(patience_s)))
    handle = rng.exponential(aht_s, len(patience_s))
    free = [0.0] * n
    wait, left = np.empty(len(patience_s)), np.zeros(len(patience_s), dtype=bool)
    for i, (t, s, would) in enumerate(zip(arrive, handle, patience_s, strict=True)):
        offered = max(0.0, free[0] - t)
        if would < offered:
            wait[i], left[i] = would, True
        else:
            wait[i] = offered
            heapq.heapreplace(free, t + offered + s)
    return wait, left
