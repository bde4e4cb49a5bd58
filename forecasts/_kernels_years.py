"""The arithmetic of `forecasts.anniversary`: arrays in, arrays out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402

LEAST_VARIANCE = 1e-4  # of a day's log residual


@njit(cache=True, nogil=True, error_model="numpy")
def recurring(totals, covered, mean, source, least_covered, largest, reach, sd):
    """Return the log factor of each day of `source` and the share of residuals that recurs.

    source[n, y] is the row of the day that many years before, negative or beyond the past where
    there is none. See `forecasts.anniversary.lift`.
    """
    past, days, years = len(totals), source.shape[0], source.shape[1]
    residual, known = np.zeros(past), covered > least_covered
    size, many = np.empty(past), 0
    for d in range(past):
        if known[d]:
            log = np.log((totals[d] + 0.5) / (mean[d] + 0.5))
            residual[d] = min(max(log, -largest), largest)
            size[many] = abs(residual[d])
            many += 1
    logs = np.zeros(days)
    if many == 0:
        return logs, 0.0
    variance = max((1.4826 * median(size[:many])) ** 2, LEAST_VARIANCE)
    around = np.zeros(past)
    for d in range(past):
        total, count = 0.0, 0
        for near in range(max(d - reach, 0), min(d + reach + 1, past)):
            if known[near]:
                total += residual[near]
                count += 1
        if count:
            around[d] = total / count
    product, square = 0.0, 0.0
    for n in range(days):
        total, count = 0.0, 0
        for y in range(years):
            at = source[n, y]
            if 0 <= at < past and known[at]:
                total += around[at]
                count += 1
        if count:
            logs[n] = total / count
            if n < past and known[n]:
                product += logs[n] * residual[n]
                square += logs[n] ** 2
    share = product / (square + variance / sd**2)
    for n in range(days):
        logs[n] = min(max(share * logs[n], -largest), largest)
    return logs, share
