"""Arithmetic for screening counts for outages and outliers: arrays in, no checks."""

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first


@njit(cache=True, nogil=True, error_model="numpy")
def zero_runs(offered, seen, rate, first_weekday, least_expected):
    """Return runs of zeros among seen cells: first cell, last cell, expected contacts, (m, 3).

    Of those that `rate` (7, K) expects more than `least_expected` contacts of.
    """
    days, steps = offered.shape
    zeros = [(0.0, 0.0, 0.0)][:0]
    first, last, expected = -1, -1, 0.0
    for d in range(days):
        weekday = (first_weekday + d) % 7
        for k in range(steps):
            if seen[d, k] <= 0:
                continue
            if offered[d, k] == 0:
                last = d * steps + k
                if first < 0:
                    first, expected = last, 0.0
                expected += rate[weekday, k] * seen[d, k]
            elif first >= 0:
                if expected > least_expected:
                    zeros.append((first, last, expected))
                first = -1
    if first >= 0 and expected > least_expected:
        zeros.append((first, last, expected))
    found = np.empty((len(zeros), 3))
    for i in range(len(zeros)):
        found[i, 0], found[i, 1], found[i, 2] = zeros[i]
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def twins(offered, seen, totals, lags):
    """Return the days with the total of `lags` days before, and those alike cell by cell.

    First how many have the same total above 0, by lag; then day and lag of those whose cells
    seen on both days hold the same counts, (m, 2).
    """
    alike, same_total = [(0, 0)][:0], np.zeros(len(lags), np.int64)
    for j in range(len(lags)):
        for d in range(lags[j], len(totals)):
            other = d - lags[j]
            if not (totals[d] > 0 and totals[d] == totals[other]):
                continue
            same_total[j] += 1
            equal = True
            for k in range(offered.shape[1]):
                if seen[d, k] > 0 and seen[other, k] > 0 and offered[d, k] != offered[other, k]:
                    equal = False
                    break
            if equal:
                alike.append((d, lags[j]))
    found = np.empty((len(alike), 2), np.int64)
    for i in range(len(alike)):
        found[i, 0], found[i, 1] = alike[i]
    return same_total, found


@njit(cache=True, nogil=True, error_model="numpy")
def odd_cells(offered, seen, rate, busy, first_weekday, ratio, sds):
    """Return flat cells with more than ratio * mean + 3 and mean + sds * sqrt(mean) contacts.

    The mean is `rate` (7, K) times how busy the day was (D,), 0 for a day not to be judged.
    """
    days, steps = offered.shape
    found = np.empty(64, np.int64)
    n = 0
    high = np.zeros(steps, np.bool_)
    for d in range(days):
        if not busy[d] > 0:
            continue
        own, level = rate[(first_weekday + d) % 7], busy[d]
        some = 0
        for k in range(steps):
            high[k] = offered[d, k] > ratio * (level * own[k]) + 3.0
            some += high[k]
        if not some:
            continue
        for k in range(steps):
            if not high[k] or seen[d, k] != 1:
                continue
            mean = level * own[k]
            if offered[d, k] > mean + sds * np.sqrt(mean):
                if n == len(found):
                    found = np.append(found, np.empty(n, np.int64))
                found[n] = d * steps + k
                n += 1
    return found[:n].copy()
