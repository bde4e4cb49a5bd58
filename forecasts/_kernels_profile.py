"""The arithmetic of `forecasts.profile`: arrays in, arrays out, no checks.

Sums over the intervals of a day may be added in any order ("reassoc"), so that they are added
several at a time; closed and unseen intervals enter them as zeros.
"""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def full_totals(offered, seen, weekday, open_week):
    """Return each day's contacts over the share of a plain mean profile that was seen."""
    days, steps = offered.shape
    rows, rate = np.zeros((7, steps)), np.zeros((7, steps))
    inside = open_week.astype(np.float64)
    for d in range(days):
        own_rows, own_rate, within = rows[weekday[d]], rate[weekday[d]], inside[weekday[d]]
        counts, known = offered[d], seen[d]
        for k in range(steps):
            own_rows[k] += known[k] * within[k]
            own_rate[k] += counts[k] * within[k] if known[k] > 0 else 0.0
    full = np.zeros(7)
    for w in range(7):
        for k in range(steps):
            rate[w, k] = rate[w, k] / rows[w, k] if rows[w, k] > 0 else 0.0
            full[w] += rate[w, k]
    totals = np.zeros(days)
    for d in range(days):
        own_rate, within = rate[weekday[d]], inside[weekday[d]]
        counts, known = offered[d], seen[d]
        expected, got = 0.0, 0.0
        for k in range(steps):
            expected += own_rate[k] * known[k]
            got += counts[k] * within[k] if known[k] > 0 else 0.0
        if expected > 0:
            totals[d] = got * full[weekday[d]] / expected
    return totals


@njit(cache=True, nogil=True, error_model="numpy")
def fade(contacts, basis, offered, seen, weekday, totals, half_life, begin, upto):
    """Bring decayed contacts and the totals they are shares of, (7, K), from `begin` to `upto`."""
    steps = offered.shape[1]
    older = 0.5 ** ((upto - begin) / half_life)
    contacts *= older
    basis *= older
    for d in range(begin, upto):
        weight = 0.5 ** ((upto - 1 - d) / half_life)
        whole = weight * totals[d]
        top, below, counts, known = contacts[weekday[d]], basis[weekday[d]], offered[d], seen[d]
        for k in range(steps):
            top[k] += weight * counts[k] if known[k] > 0 else 0.0
            below[k] += whole * known[k]


@njit(cache=True, nogil=True, error_model="numpy")
def smooth(week, width):
    """Return a Gaussian moving average over the circular week."""
    flat = week.ravel()
    size = len(flat)
    reach = min(int(np.ceil(6.0 * width)), (size - 1) // 2)
    kernel = np.empty(2 * reach + 1)
    for j in range(2 * reach + 1):
        kernel[j] = np.exp(-0.5 * ((j - reach) / width) ** 2)
    kernel /= kernel.sum()
    around = np.concatenate((flat[size - reach :], flat, flat[:reach]))
    found = np.zeros(size)
    for j in range(2 * reach + 1):
        weight, beside = kernel[j], around[j : j + size]
        for i in range(size):
            found[i] += weight * beside[i]
    return found.reshape(week.shape)


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def pooled_shares(contacts, basis, open_week, width):
    """Return profiles (7, K) to which similar weekdays have lent; see `forecasts.profile`."""
    steps = contacts.shape[1]
    inside = open_week.astype(np.float64)
    contacts, basis = contacts * inside, basis * inside
    if width > 0:
        contacts, basis = smooth(contacts, width), smooth(basis, width)
    flat, own, mass = np.zeros(7), np.zeros((7, steps)), np.zeros(7)
    for w in range(7):
        opens = 0.0
        for k in range(steps):
            opens += inside[w, k]
        flat[w] = 1.0 / max(opens, 1.0)
        for k in range(steps):
            own[w, k] = (contacts[w, k] + flat[w]) / (basis[w, k] + 1.0) * inside[w, k]
            mass[w] += contacts[w, k] * inside[w, k]
        mass[w] *= flat[w]
    kept = 1.0 if width == 0 else 1.0 / max(1.0, 2.0 * np.sqrt(np.pi) * width)
    noise = kept / np.maximum(contacts, 0.25)
    top, below = contacts.copy(), basis.copy()
    both = np.empty(steps)
    for w in range(7):
        for v in range(w):
            mine, theirs = 0.0, 0.0
            for k in range(steps):
                both[k] = inside[w, k] * inside[v, k]
                mine += own[w, k] * both[k]
                theirs += own[v, k] * both[k]
            if mine <= 0 or theirs <= 0:
                continue
            factor = theirs / mine
            # The squared relative difference beyond noise, on the scale of each of the two.
            gap, total = 0.0, 0.0
            for k in range(steps):
                other = own[v, k] / factor
                mean = (own[w, k] + other) / 2.0
                apart = (own[w, k] - other) / mean
                gap += mean * (apart * apart - noise[w, k] - noise[v, k]) if both[k] > 0 else 0.0
                total += mean * both[k]
            apart = max(gap / total, 0.0)
            to_w = 1.0 / (1.0 + mass[v] / kept * apart)
            to_v = 1.0 / (1.0 + mass[w] / kept * apart)
            for k in range(steps):
                top[w, k] += to_w * contacts[v, k] * both[k]
                below[w, k] += to_w * factor * basis[v, k] * both[k]
                top[v, k] += to_v * contacts[w, k] * both[k]
                below[v, k] += to_v / factor * basis[w, k] * both[k]
    share = np.zeros((7, steps))
    for w in range(7):
        total = 0.0
        for k in range(steps):
            share[w, k] = (top[w, k] + flat[w]) / (below[w, k] + 1.0) * inside[w, k]
            total += share[w, k]
        if total > 0:
            share[w] /= total
    return share


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def log_likelihood(share, offered, seen, weekday, open_week, first):
    """Return the multinomial log likelihood of the days from `first` on, given their totals."""
    steps = offered.shape[1]
    logs = np.log(np.maximum(share, 1e-12)) * open_week
    inside = open_week.astype(np.float64)
    total = 0.0
    for d in range(first, len(weekday)):
        w = weekday[d]
        known, got, likely = 0.0, 0.0, 0.0
        for k in range(steps):
            counted = offered[d, k] if seen[d, k] > 0 else 0.0
            known += share[w, k] * seen[d, k]
            got += counted * inside[w, k]
            likely += counted * logs[w, k]
        total += likely
        if known > 0:
            total -= got * np.log(known)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def best_shares(
    offered, seen, weekday, totals, open_week, half_life, widths, held, short, latest, moved, least,
):  # fmt: skip
    """Return the profile of the width that made the last `held` days most likely, and which.

    Where these days' contacts moved to other times of the day, by a chi-square over `moved` a time,
    a half-life of `short` days replaces `half_life` if that leaves less than `least` of the
    deviance of the `latest` days. Third, whether it did.
    """
    days, steps = len(weekday), offered.shape[1]
    contacts, basis = np.zeros((7, steps)), np.zeros((7, steps))
    fade(contacts, basis, offered, seen, weekday, totals, half_life, 0, days - held)
    best, chosen, follow = -np.inf, min(1, len(widths) - 1), False
    if held > 0:
        told = np.zeros((7, steps))
        for j in range(len(widths)):
            share = pooled_shares(contacts, basis, open_week, widths[j])
            found = log_likelihood(share, offered, seen, weekday, open_week, days - held)
            if found > best:
                best, chosen, told = found, j, share
        width, upto = widths[chosen], days - latest
        if latest < held and _off(told, offered, seen, weekday, open_week, days - held) > moved:
            quick = np.zeros((7, steps)), np.zeros((7, steps))
            fade(quick[0], quick[1], offered, seen, weekday, totals, short, 0, upto)
            fade(contacts, basis, offered, seen, weekday, totals, half_life, days - held, upto)
            share = pooled_shares(quick[0], quick[1], open_week, width)
            closer = deviance(share, offered, seen, weekday, open_week, upto)
            share = pooled_shares(contacts, basis, open_week, width)
            follow = closer < least * deviance(share, offered, seen, weekday, open_week, upto)
            if follow:
                contacts, basis = quick
            held = latest
        life = short if follow else half_life
        fade(contacts, basis, offered, seen, weekday, totals, life, days - held, days)
    return pooled_shares(contacts, basis, open_week, widths[chosen]), chosen, follow


@njit(cache=True, nogil=True, error_model="numpy")
def deviance(share, offered, seen, weekday, open_week, first):
    """Return half the multinomial deviance of the days from `first` on, given their totals."""
    total = 0.0
    for d in range(first, len(weekday)):
        w = weekday[d]
        known, got = 0.0, 0.0
        for k in range(offered.shape[1]):
            if seen[d, k] > 0 and open_week[w, k]:
                known += share[w, k] * seen[d, k]
                got += offered[d, k]
        for k in range(offered.shape[1]):
            if seen[d, k] > 0 and open_week[w, k] and offered[d, k] > 0:
                expected = share[w, k] * seen[d, k] * got / known
                total += offered[d, k] * np.log(offered[d, k] / expected)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _off(share, offered, seen, weekday, open_week, first):
    """Return the mean chi-square of the times of day from `first` on, given their days' totals."""
    steps = offered.shape[1]
    came, expected = np.zeros(steps), np.zeros(steps)
    for d in range(first, len(weekday)):
        w = weekday[d]
        known, got = 0.0, 0.0
        for k in range(steps):
            known += share[w, k] * seen[d, k]
            got += offered[d, k] if seen[d, k] > 0 and open_week[w, k] else 0.0
        if known <= 0:
            continue
        for k in range(steps):
            if seen[d, k] > 0 and open_week[w, k]:
                came[k] += offered[d, k]
                expected[k] += share[w, k] * seen[d, k] * got / known
    total, many = 0.0, 0
    for k in range(steps):
        if expected[k] > 0:
            total += (came[k] - expected[k]) ** 2 / expected[k]
            many += 1
    return total / max(many, 1)


@njit(cache=True, nogil=True, error_model="numpy")
def recent_means(offered, seen, weekday, weeks):
    """Return the mean of the last `weeks` known days of each interval of the week, (7, K)."""
    steps = offered.shape[1]
    contacts, rows, taken = np.zeros((7, steps)), np.zeros((7, steps)), np.zeros((7, steps))
    left = 7 * steps
    for d in range(len(weekday) - 1, -1, -1):
        w = weekday[d]
        for k in range(steps):
            if seen[d, k] > 0 and taken[w, k] < weeks:
                contacts[w, k] += offered[d, k]
                rows[w, k] += seen[d, k]
                taken[w, k] += 1.0
                left -= taken[w, k] == weeks
        if left == 0:
            break
    for w in range(7):
        for k in range(steps):
            contacts[w, k] = contacts[w, k] / rows[w, k] if rows[w, k] > 0 else 0.0
    return contacts


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def day_sums(offered, seen, weekday, open_week, share):
    """Return each day's contacts in seen open intervals, and which share of a day those are."""
    days, steps = offered.shape
    inside = open_week.astype(np.float64)
    totals, covered = np.zeros(days), np.zeros(days)
    for d in range(days):
        within, own, counts, known = inside[weekday[d]], share[weekday[d]], offered[d], seen[d]
        came, part = 0.0, 0.0
        for k in range(steps):
            came += counts[k] * within[k] if known[k] > 0 else 0.0
            part += own[k] * known[k]
        totals[d], covered[d] = came, part
    return totals, covered
