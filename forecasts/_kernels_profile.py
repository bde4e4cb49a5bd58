"""The arithmetic of `forecasts.profile`: arrays in, arrays out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first


@njit(cache=True, nogil=True)
def full_totals(offered, seen, weekday, open_week):
    """Return each day's contacts over the share of a plain mean profile that was seen."""
    days, steps = offered.shape
    rows, rate = np.zeros((7, steps)), np.zeros((7, steps))
    for d in range(days):
        w = weekday[d]
        for k in range(steps):
            if seen[d, k] > 0 and open_week[w, k]:
                rows[w, k] += seen[d, k]
                rate[w, k] += offered[d, k]
    full = np.zeros(7)
    for w in range(7):
        for k in range(steps):
            rate[w, k] = rate[w, k] / rows[w, k] if rows[w, k] > 0 else 0.0
            full[w] += rate[w, k]
    totals = np.zeros(days)
    for d in range(days):
        w = weekday[d]
        expected, got = 0.0, 0.0
        for k in range(steps):
            if seen[d, k] > 0 and open_week[w, k]:
                expected += rate[w, k] * seen[d, k]
                got += offered[d, k]
        if expected > 0:
            totals[d] = got * full[w] / expected
    return totals


@njit(cache=True, nogil=True)
def decayed(offered, seen, weekday, totals, half_lives, upto):
    """Return decayed contacts and the totals they are shares of before day `upto`, (H, 7, K)."""
    steps, many = offered.shape[1], len(half_lives)
    contacts, basis = np.zeros((many, 7, steps)), np.zeros((many, 7, steps))
    weight = np.empty(many)
    for d in range(upto):
        w = weekday[d]
        for h in range(many):
            weight[h] = 0.5 ** ((upto - 1 - d) / half_lives[h])
        for k in range(steps):
            if seen[d, k] > 0:
                whole = totals[d] * seen[d, k]
                for h in range(many):
                    contacts[h, w, k] += weight[h] * offered[d, k]
                    basis[h, w, k] += weight[h] * whole
    return contacts, basis


@njit(cache=True, nogil=True)
def smooth(week, width):
    """Return a Gaussian moving average over the circular week."""
    flat = week.ravel()
    size = len(flat)
    reach = min(int(np.ceil(6.0 * width)), (size - 1) // 2)
    kernel = np.empty(2 * reach + 1)
    for j in range(2 * reach + 1):
        kernel[j] = np.exp(-0.5 * ((j - reach) / width) ** 2)
    kernel /= kernel.sum()
    found = np.zeros(size)
    for i in range(size):
        total = 0.0
        for j in range(2 * reach + 1):
            at = i + j - reach
            if at < 0:
                at += size
            elif at >= size:
                at -= size
            total += kernel[j] * flat[at]
        found[i] = total
    return found.reshape(week.shape)


@njit(cache=True, nogil=True)
def pooled_shares(contacts, basis, open_week, width):
    """Return profiles (7, K) to which similar weekdays have lent; see `forecasts.profile`."""
    steps = contacts.shape[1]
    contacts, basis = contacts * open_week, basis * open_week
    if width > 0:
        contacts, basis = smooth(contacts, width), smooth(basis, width)
    flat, own, mass = np.zeros(7), np.zeros((7, steps)), np.zeros(7)
    for w in range(7):
        opens = 0
        for k in range(steps):
            opens += open_week[w, k]
        flat[w] = 1.0 / max(opens, 1)
        for k in range(steps):
            if open_week[w, k]:
                own[w, k] = (contacts[w, k] + flat[w]) / (basis[w, k] + 1.0)
                mass[w] += contacts[w, k]
        mass[w] *= flat[w]
    kept = 1.0 if width == 0 else 1.0 / max(1.0, 2.0 * np.sqrt(np.pi) * width)
    noise = np.empty((7, steps))
    for w in range(7):
        for k in range(steps):
            noise[w, k] = kept / max(contacts[w, k], 0.25)
    top, below = contacts.copy(), basis.copy()
    for w in range(7):
        for v in range(w):
            mine, theirs = 0.0, 0.0
            for k in range(steps):
                if open_week[w, k] and open_week[v, k]:
                    mine += own[w, k]
                    theirs += own[v, k]
            if mine <= 0 or theirs <= 0:
                continue
            factor = theirs / mine
            # The squared relative difference beyond noise, on the scale of each of the two.
            gap, total = 0.0, 0.0
            for k in range(steps):
                if open_week[w, k] and open_week[v, k]:
                    other = own[v, k] / factor
                    mean = (own[w, k] + other) / 2.0
                    apart = (own[w, k] - other) / mean
                    gap += mean * (apart * apart - noise[w, k] - noise[v, k])
                    total += mean
            apart = max(gap / total, 0.0)
            to_w = 1.0 / (1.0 + mass[v] / kept * apart)
            to_v = 1.0 / (1.0 + mass[w] / kept * apart)
            for k in range(steps):
                if open_week[w, k] and open_week[v, k]:
                    top[w, k] += to_w * contacts[v, k]
                    below[w, k] += to_w * factor * basis[v, k]
                    top[v, k] += to_v * contacts[w, k]
                    below[v, k] += to_v / factor * basis[w, k]
    share = np.zeros((7, steps))
    for w in range(7):
        total = 0.0
        for k in range(steps):
            if open_week[w, k]:
                share[w, k] = (top[w, k] + flat[w]) / (below[w, k] + 1.0)
                total += share[w, k]
        if total > 0:
            share[w] /= total
    return share


@njit(cache=True, nogil=True)
def log_likelihood(share, offered, seen, weekday, open_week, first):
    """Return the multinomial log likelihood of the days from `first` on, given their totals."""
    logs = np.log(np.maximum(share, 1e-12))
    total = 0.0
    for d in range(first, len(weekday)):
        w = weekday[d]
        known, inside = 0.0, 0.0
        for k in range(offered.shape[1]):
            if seen[d, k] > 0 and open_week[w, k]:
                known += share[w, k] * seen[d, k]
                inside += offered[d, k]
                total += offered[d, k] * logs[w, k]
        if known > 0:
            total -= inside * np.log(known)
    return total


@njit(cache=True, nogil=True)
def best_shares(offered, seen, weekday, totals, open_week, half_lives, widths, held):
    """Return the profile whose half-life and width made the last `held` days most likely."""
    days = len(weekday)
    best, chosen, kernel = -np.inf, min(1, len(half_lives) - 1), min(1, len(widths) - 1)
    if held > 0:
        contacts, basis = decayed(offered, seen, weekday, totals, half_lives, days - held)
        for h in range(len(half_lives)):
            for j in range(len(widths)):
                share = pooled_shares(contacts[h], basis[h], open_week, widths[j])
                found = log_likelihood(share, offered, seen, weekday, open_week, days - held)
                if found > best:
                    best, chosen, kernel = found, h, j
    contacts, basis = decayed(offered, seen, weekday, totals, half_lives[chosen : chosen + 1], days)
    return pooled_shares(contacts[0], basis[0], open_week, widths[kernel]), chosen, kernel
