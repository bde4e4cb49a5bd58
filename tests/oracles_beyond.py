"""Obvious, slow twins of the models beyond the stationary queue: sums, chains, simulated days.

Nothing here imports wfm.
"""

import heapq
import math

import numpy as np
from scipy import integrate, linalg, sparse
from scipy.sparse.linalg import expm_multiply


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


def tier_waits_longer(rates, aht_s, n, awt_s, tier, *, places=1500):
    """P(wait > awt_s) of one tier, by first passage of a birth-death chain.

    Given all agents busy, a contact of the tier finds, ahead of it and of the one in service that
    ends first, a geometric number of contacts of its tier and better; then only better ones join.
    """
    busy, upto, better = n / aht_s, sum(rates[: tier + 1]), sum(rates[:tier])
    ratio = upto / busy
    start = (1 - ratio) * ratio ** np.arange(places)
    down, up = np.full(places, busy), np.full(places, better)
    up[-1] = 0.0
    # Column convention: entry (to, from); the last to leave goes to an absorbing state left out.
    moves = sparse.diags([up[:-1], -(down + up), down[1:]], [-1, 0, 1], format="csc")
    left = expm_multiply(moves * awt_s, start).sum()
    return erlang_c(sum(rates) * aht_s, n) * left


def simulated_tiers(rates, aht_s, n, contacts, *, seed):
    """Mean waits by tier of a simulated queue with priority without interruption."""
    rng = np.random.default_rng(seed)
    arrive = np.cumsum(rng.exponential(1 / sum(rates), contacts))
    tier = rng.choice(len(rates), contacts, p=np.array(rates) / sum(rates))
    handle = rng.exponential(aht_s, contacts)
    ends, waiting = [], [[] for _ in rates]
    wait = np.zeros(contacts)

    def start_waiting(until):
        while len(ends) == n and ends[0] <= until:
            now = heapq.heappop(ends)
            line = next((line for line in waiting if line), None)
            if line is None:
                return
            i = line.pop(0)
            wait[i] = now - arrive[i]
            heapq.heappush(ends, now + handle[i])

    for i, now in enumerate(arrive):
        start_waiting(now)
        while ends and ends[0] <= now:
            heapq.heappop(ends)
        if len(ends) < n:
            heapq.heappush(ends, now + handle[i])
        else:
            waiting[tier[i]].append(i)
    start_waiting(math.inf)
    return np.array([wait[tier == k].mean() for k in range(len(rates))])


def day_by_matrix_exponentials(volume, aht_s, agents, interval_s, *, patience_s, states):
    """Chance of k contacts present at the end of each interval, by dense matrix exponentials."""
    k = np.arange(states)
    p = np.zeros(states)
    p[0] = 1.0
    ends = []
    for v, n in zip(volume, agents, strict=True):
        out = np.minimum(k, n) / aht_s + np.maximum(k - n, 0) / patience_s
        q = np.diag(np.full(states - 1, v / interval_s), -1) + np.diag(out[1:], 1)
        q -= np.diag(q.sum(axis=0))
        p = linalg.expm(q * interval_s) @ p
        ends.append(p)
    return np.array(ends)


def simulated_retrials(rate, aht_s, n, patience_s, p_retry, *, retry_after_s, seconds, seed):
    """Attempts a second and share of them lost: abandons try again after an exponential time."""
    rng = np.random.default_rng(seed)
    first = np.cumsum(rng.exponential(1 / rate, int(rate * seconds)))
    due, free = [float(t) for t in first], [0.0] * n
    heapq.heapify(due)
    warm, attempts, lost = 0.25 * seconds, 0, 0
    while due and due[0] < first[-1]:
        now = heapq.heappop(due)
        offered = max(0.0, free[0] - now)
        would = rng.exponential(patience_s)
        attempts += now > warm
        if would < offered:
            lost += now > warm
            if rng.random() < p_retry:
                heapq.heappush(due, now + would + rng.exponential(retry_after_s))
        else:
            heapq.heapreplace(free, now + offered + rng.exponential(aht_s))
    return attempts / (first[-1] - warm), lost / attempts


def simulated_blend(rate, aht_s, n, reserve, contacts, *, seed):
    """Mean inbound wait and outbound contacts a second: outbound starts when > reserve are idle."""
    rng = np.random.default_rng(seed)
    arrive = np.cumsum(rng.exponential(1 / rate, contacts))
    ends, line, wait, outbound = [], [], 0.0, 0

    def fill(now):
        nonlocal outbound
        while n - len(ends) > reserve:
            heapq.heappush(ends, now + rng.exponential(aht_s))
            outbound += 1

    fill(0.0)
    for now in arrive:
        while ends and ends[0] <= now:
            free = heapq.heappop(ends)
            if line:
                wait += free - line.pop(0)
                heapq.heappush(ends, free + rng.exponential(aht_s))
            fill(free)
        if len(ends) < n:
            heapq.heappush(ends, now + rng.exponential(aht_s))
        else:
            line.append(now)
    return wait / contacts, outbound / arrive[-1]


def simulated_call_back(rate, aht_s, n, patience_s, *, threshold_s, p_accept, contacts, seed):
    """Shares offered a call-back, and of those who stay waiting at all and answered in 20 s."""
    rng = np.random.default_rng(seed)
    arrive = np.cumsum(rng.exponential(1 / rate, contacts))
    free, gone = [0.0] * n, []  # gone: when each waiting contact will have left the line
    offered, waited, in_time, stayed = 0, 0, 0, 0
    for now in arrive:
        gone = [t for t in gone if t > now]
        wait = max(0.0, free[0] - now)
        announced = sum(1 / (n / aht_s + i / patience_s) for i in range(len(gone) + 1))
        if wait > 0 and announced > threshold_s:
            offered += 1
            if rng.random() < p_accept:
                continue
        stayed += 1
        waited += wait > 0
        would = rng.exponential(patience_s) if patience_s < math.inf else math.inf
        if wait > 0:
            gone.append(now + min(wait, would))
        if would > wait:
            in_time += wait <= 20
            heapq.heapreplace(free, now + wait + rng.exponential(aht_s))
    return offered / contacts, waited / stayed, in_time / stayed


def simulated_chats(rate, aht_s, n, patience_s, *, chats, seed):
    """Shares waiting, abandoning and answered in 20 s; each agent's pace follows its chats.

    The next event is drawn anew after each change, which exponential times allow.
    """
    rng = np.random.default_rng(seed)
    most, held, line = len(aht_s), [0] * n, []
    now, came, waited, left, in_time = 0.0, 0, 0, 0, 0
    while came < chats:
        finish = [h / aht_s[h - 1] if h else 0.0 for h in held]
        pace, leaving = sum(finish), len(line) / patience_s
        now += rng.exponential(1 / (rate + pace + leaving))
        pick = rng.random() * (rate + pace + leaving)
        if pick < rate:
            came += 1
            free = min(range(n), key=held.__getitem__)
            if held[free] < most:
                held[free] += 1
                in_time += 1
            else:
                waited += 1
                line.append(now)
        elif pick < rate + pace:
            who = int(np.searchsorted(np.cumsum(finish), pick - rate, side="right"))
            if line:
                in_time += now - line.pop(0) <= 20
            else:
                held[who] -= 1
        else:
            line.pop(int(rng.integers(len(line))))
            left += 1
    return waited / chats, left / chats, in_time / chats
