"""Arithmetic for what is usual of a queue: arrays in, no checks."""

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402


@njit(cache=True, nogil=True, error_model="numpy")
def look(offered, seen, first_weekday, block, blocks, least_equal):
    """Return all that one pass over the counts shows.

    Rows and contacts of seen cells by block of weeks and interval of the week, (blocks, 7, K);
    `block` (D,) says in which block each day is. Contacts of each day, (D,). How many seen cells
    hold no contact, how many hold any, and how many neighbours are equal. Runs of equal counts
    above 0 of at least `least_equal` repeats: first cell, last cell, repeats, (m, 3).
    """
    days, steps = offered.shape
    rows, contacts = np.zeros((blocks, 7, steps)), np.zeros((blocks, 7, steps))
    totals = np.zeros(days)
    flat_offered, flat_seen = offered.ravel(), seen.ravel()
    unlike = 0
    for i in range(len(flat_seen)):
        unlike += flat_seen[i] != 1.0
    if unlike:
        # Only what is seen, so that neighbours stand side by side.
        counts, cells, n = np.empty(len(flat_seen)), np.empty(len(flat_seen), np.int64), 0
        for i in range(len(flat_seen)):
            counts[n], cells[n] = flat_offered[i], i
            n += flat_seen[i] > 0
        counts, cells = counts[:n], cells[:n]
    else:
        counts, cells, n = flat_offered, np.empty(0, np.int64), len(flat_offered)
    counted = np.empty(steps)
    for d in range(days):
        weekday, b = (first_weekday + d) % 7, block[d]
        own_rows, own_contacts = rows[b, weekday], contacts[b, weekday]
        if unlike:
            for k in range(steps):
                counted[k] = offered[d, k] if seen[d, k] > 0 else 0.0
                own_rows[k] += seen[d, k]
                own_contacts[k] += counted[k]
            totals[d] = _total(counted)
        else:
            for k in range(steps):
                own_rows[k] += 1.0
                own_contacts[k] += offered[d, k]
            totals[d] = _total(offered[d])
    busy = 0
    for i in range(n):
        busy += counts[i] > 0
    equal, pairs = np.zeros(n, np.bool_), 0
    for i in range(1, n):
        equal[i] = (counts[i] == counts[i - 1]) & (counts[i] > 0)
        pairs += equal[i]
    same = [(0, 0, 0)][:0]
    at = least_equal
    while at < n:  # a run of so many repeats cannot hide between two looks
        if not equal[at]:
            at += least_equal
            continue
        first, last = at, at
        while equal[first]:
            first -= 1
        while last + 1 < n and equal[last + 1]:
            last += 1
        if last - first >= least_equal:
            same.append((first, last, last - first))
        at = last + least_equal
    found = np.empty((len(same), 3), np.int64)
    for i in range(len(same)):
        first, last, repeats = same[i]
        if unlike:
            first, last = cells[first], cells[last]
        found[i, 0], found[i, 1], found[i, 2] = first, last, repeats
    return rows, contacts, totals, n - busy, busy, pairs, found


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def _total(values):
    # Any order of adding is as good; whole counts are exact in each.
    total = 0.0
    for k in range(len(values)):
        total += values[k]
    return total


@njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def _product(a, b):
    total = 0.0
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def steady_rates(rows, contacts, spoilt_ratio, spoilt_contacts):
    """Return the mean of each interval of the week, or the median of the means of its blocks.

    The median where the mean is above `spoilt_ratio` of it and by more than `spoilt_contacts` in
    all. `rows` and `contacts` are (blocks, 7, K); below three blocks the mean stands.
    """
    blocks, weekdays, steps = rows.shape
    rate, kept = np.zeros((weekdays, steps)), np.empty(blocks)
    for w in range(weekdays):
        for k in range(steps):
            known, come, n = 0.0, 0.0, 0
            for b in range(blocks):
                known += rows[b, w, k]
                come += contacts[b, w, k]
                if rows[b, w, k] > 0:
                    _insert(kept, n, contacts[b, w, k] / rows[b, w, k])
                    n += 1
            mean = come / known if known > 0 else 0.0
            rate[w, k] = mean
            if blocks >= 3 and n > 0:
                middle = (kept[(n - 1) // 2] + kept[n // 2]) / 2
                if mean > spoilt_ratio * middle and (mean - middle) * known > spoilt_contacts:
                    rate[w, k] = middle
    return rate


@njit(cache=True, nogil=True, error_model="numpy")
def leave_out(rows, contacts, offered, seen, cells, first_weekday):
    """Return rows, contacts and their mean by interval of the week without flat `cells`.

    Where they are all the rows there are, they stay.
    """
    steps = offered.shape[1]
    rest_rows, rest_contacts = rows.copy(), contacts.copy()
    for cell in cells:
        d, k = cell // steps, cell % steps
        rest_rows[(first_weekday + d) % 7, k] -= seen[d, k]
        rest_contacts[(first_weekday + d) % 7, k] -= offered[d, k]
    rate = np.zeros(rows.shape)
    for w in range(rows.shape[0]):
        for k in range(steps):
            if rest_rows[w, k] < 0.5:
                rest_rows[w, k], rest_contacts[w, k] = rows[w, k], contacts[w, k]
            if rest_rows[w, k] > 0:
                rate[w, k] = rest_contacts[w, k] / rest_rows[w, k]
    return rest_rows, rest_contacts, rate


@njit(cache=True, nogil=True, error_model="numpy")
def usual_days(rate, seen, totals, first_weekday, least_covered):
    """Return rate, share (7, K), expected and ratio (D,), as `forecasts.usual.Usual` has them."""
    days = len(totals)
    share, full = np.zeros(rate.shape), np.zeros(7)
    for w in range(7):
        full[w] = _total(rate[w])
        if full[w] > 0:
            share[w] = rate[w] / full[w]
    covered = np.empty(days)
    weeks = np.full((7, days // 7 + 1), np.nan)
    for d in range(days):
        w = (first_weekday + d) % 7
        covered[d] = _product(seen[d], share[w])
        if covered[d] > least_covered:
            weeks[w, d // 7] = totals[d] / covered[d]
    # A median, as one wild day in six would spoil a mean.
    middle = row_medians(weeks, 1)
    expected, ratio = np.zeros(days), np.full(days, np.nan)
    for d in range(days):
        usual = middle[(first_weekday + d) % 7]
        expected[d] = covered[d] * (usual if np.isfinite(usual) else 0.0)
        if covered[d] > least_covered and expected[d] > 0:
            ratio[d] = totals[d] / expected[d]
    made = np.zeros(rate.shape)
    for w in range(7):
        if np.isfinite(middle[w]):
            made[w] = middle[w] * share[w]
    return made, share, expected, ratio


@njit(cache=True, nogil=True, error_model="numpy")
def around(values, reach):
    """Return the mean of the finite values within `reach` of each, without it; NaN if none."""
    n = len(values)
    total, count = np.zeros(n + 1), np.zeros(n + 1)
    for i in range(n):
        known = np.isfinite(values[i])
        total[i + 1] = total[i] + (values[i] if known else 0.0)
        count[i + 1] = count[i] + known
    out = np.full(n, np.nan)
    for i in range(n):
        low, high = max(i - reach, 0), min(i + reach + 1, n)
        known = np.isfinite(values[i])
        rest = count[high] - count[low] - known
        if rest > 0:
            out[i] = (total[high] - total[low] - (values[i] if known else 0.0)) / rest
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def odd_days(ratio, spared, high, low, reach, around_days, fewest):
    """Return days far from the mean within `reach`, and the median of those `around_days` away.

    Far is above `high` times that mean or below `low` times it; the last day is always looked at,
    a spared one never. The median is NaN below `fewest` known days.
    """
    days = len(ratio)
    base = around(ratio, reach)
    looked, near, n = np.empty(days, np.int64), np.empty(days), 0
    kept = np.empty(len(around_days))
    for d in range(days):
        odd = ratio[d] > high * base[d] or ratio[d] < low * base[d]
        odd |= d == days - 1 and np.isfinite(ratio[d])
        if not odd or spared[d]:
            continue
        known = 0
        for away in around_days:
            other = d + away
            if 0 <= other < days and np.isfinite(ratio[other]):
                kept[known] = ratio[other]
                known += 1
        looked[n] = d
        near[n] = median(kept[:known]) if known >= fewest and known > 0 else np.nan
        n += 1
    return looked[:n].copy(), near[:n].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def near_intervals(offered, seen, share, level, cells, first_weekday, around_days, fewest):
    """Return what flat `cells` usually hold when their day is as it is, NaN where unknown.

    The median, over the days `around_days` away, of the count against `level` (D,) times `share`
    (7, K), brought to the cell's own day.
    """
    days, steps = offered.shape
    out, kept = np.full(len(cells), np.nan), np.empty(len(around_days))
    for i in range(len(cells)):
        d, k = cells[i] // steps, cells[i] % steps
        n = 0
        for away in around_days:
            near = d + away
            if near < 0 or near >= days or not seen[near, k] > 0:
                continue
            mean = level[near] * share[(first_weekday + near) % 7, k] * seen[near, k]
            if mean > 0 and np.isfinite(offered[near, k] / mean):
                _insert(kept, n, offered[near, k] / mean)
                n += 1
        if n >= fewest:
            own = level[d] * share[(first_weekday + d) % 7, k] * seen[d, k]
            out[i] = (kept[(n - 1) // 2] + kept[n // 2]) / 2 * own
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def row_medians(rows, fewest):
    """Return the median of the finite values of each row, NaN below `fewest` of them."""
    out, kept = np.full(rows.shape[0], np.nan), np.empty(rows.shape[1])
    for r in range(rows.shape[0]):
        n = 0
        for c in range(rows.shape[1]):
            if np.isfinite(rows[r, c]):
                kept[n] = rows[r, c]
                n += 1
        if n >= fewest and n > 0:
            out[r] = median(kept[:n])
    return out


@njit(cache=True, nogil=True, error_model="numpy")
def _insert(kept, n, value):
    at = n
    while at > 0 and kept[at - 1] > value:
        kept[at] = kept[at - 1]
        at -= 1
    kept[at] = value


@njit(cache=True, nogil=True, error_model="numpy")
def sums_by_weekday(values, first_weekday):
    """Return sums over the days of each weekday, (7, K)."""
    sums = np.zeros((7, values.shape[1]))
    for d in range(values.shape[0]):
        weekday = (first_weekday + d) % 7
        for k in range(values.shape[1]):
            sums[weekday, k] += values[d, k]
    return sums
