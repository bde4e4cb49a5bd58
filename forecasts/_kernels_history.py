"""Arithmetic for judging counts (outages, outliers, what is usual): arrays in, no checks."""

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first


@njit(cache=True, nogil=True)
def runs(offered, seen, rate, first_weekday, least_expected, least_equal):
    """Return runs of zeros and of equal counts among seen cells, in order of time.

    Zeros: first cell, last cell, expected contacts (of those above `least_expected`). Equal
    counts above 0: first cell, last cell, repeats (of those of at least `least_equal`). And how
    many pairs of neighbours were equal.
    """
    days, steps = offered.shape
    zeros, same = [(0, 0, 0.0)][:0], [(0, 0, 0)][:0]
    zero_first, zero_last, expected = -1, -1, 0.0
    same_first, same_last, repeats, pairs = -1, -1, 0, 0
    before = -1.0
    for d in range(days):
        weekday = (first_weekday + d) % 7
        for k in range(steps):
            if seen[d, k] <= 0:
                continue
            cell, count = d * steps + k, offered[d, k]
            if count == 0:
                if zero_first < 0:
                    zero_first, expected = cell, 0.0
                zero_last = cell
                expected += rate[weekday, k] * seen[d, k]
            elif zero_first >= 0:
                if expected > least_expected:
                    zeros.append((zero_first, zero_last, expected))
                zero_first = -1
            if count == before and count > 0:
                pairs += 1
                repeats += 1
                same_last = cell
            else:
                if repeats >= least_equal:
                    same.append((same_first, same_last, repeats))
                same_first, repeats = cell, 0
            before = count
    if zero_first >= 0 and expected > least_expected:
        zeros.append((zero_first, zero_last, expected))
    if repeats >= least_equal:
        same.append((same_first, same_last, repeats))
    return zeros, same, pairs


@njit(cache=True, nogil=True)
def odd_cells(offered, seen, rate, busy, first_weekday, ratio, sds):
    """Return flat cells with more than ratio * mean + 3 and mean + sds * sqrt(mean) contacts.

    The mean is `rate` (7, K) times how busy the day was (D,), 0 for a day not to be judged.
    """
    days, steps = offered.shape
    found = [0][:0]
    for d in range(days):
        if not busy[d] > 0:
            continue
        weekday = (first_weekday + d) % 7
        for k in range(steps):
            mean = busy[d] * rate[weekday, k]
            count = offered[d, k]
            high = max(ratio * mean + 3.0, mean + sds * np.sqrt(mean))
            if count > high and seen[d, k] == 1:
                found.append(d * steps + k)
    return found


@njit(cache=True, nogil=True)
def row_medians(rows, fewest):
    """Return the median of the finite values of each row, NaN below `fewest` of them."""
    out = np.full(rows.shape[0], np.nan)
    kept = np.empty(rows.shape[1])
    for r in range(rows.shape[0]):
        n = 0
        for c in range(rows.shape[1]):
            value = rows[r, c]
            if not np.isfinite(value):
                continue
            at = n
            while at > 0 and kept[at - 1] > value:
                kept[at] = kept[at - 1]
                at -= 1
            kept[at] = value
            n += 1
        if n >= fewest and n > 0:
            out[r] = (kept[(n - 1) // 2] + kept[n // 2]) / 2
    return out


@njit(cache=True, nogil=True)
def sums_by_weekday(values, first_weekday):
    """Return sums over the days of each weekday, (7, K)."""
    sums = np.zeros((7, values.shape[1]))
    for d in range(values.shape[0]):
        weekday = (first_weekday + d) % 7
        for k in range(values.shape[1]):
            sums[weekday, k] += values[d, k]
    return sums
