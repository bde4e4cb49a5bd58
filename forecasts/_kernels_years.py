"""The arithmetic of `forecasts.anniversary`: arrays in, arrays out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402

LEAST_VARIANCE = 1e-4  # of a day's log residual


@njit(cache=True, nogil=True, error_model="numpy")
def recurring(
    totals, covered, mean, source, kind, least_covered, largest, reach, doubt, least_years,
    expected, sd,
):  # fmt: skip
    """Return the log factor of each day of `source` and the two shares that recur.

    source[n, y] is the row of the day that many years before, negative or beyond the past where
    there is none. See `forecasts.anniversary.lift`.
    """
    past, days = len(totals), source.shape[0]
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
        return logs, np.zeros(2)
    variance = max((1.4826 * median(size[:many])) ** 2, LEAST_VARIANCE)
    around, on = np.zeros(days), np.zeros(days)
    weight = variance / sd**2
    normal, right = np.eye(2) * weight, np.array([0.0, weight * expected])
    for n in range(days):
        around[n], on[n] = _earlier_years(
            residual, known, source[n], kind, kind[n], variance, reach, doubt, least_years
        )
        if n < past and known[n]:
            normal[0, 0] += around[n] * around[n]
            normal[0, 1] += around[n] * on[n]
            normal[1, 1] += on[n] * on[n]
            right[0] += around[n] * residual[n]
            right[1] += on[n] * residual[n]
    normal[1, 0] = normal[0, 1]
    shares = np.minimum(np.maximum(np.linalg.solve(normal, right), 0.0), 1.0)
    for n in range(days):
        logs[n] = min(max(shares[0] * around[n] + shares[1] * on[n], -largest), largest)
    return logs, shares


@njit(cache=True, nogil=True, error_model="numpy")
def _earlier_years(residual, known, rows, kind, mine, variance, reach, doubt, least_years):
    """Return the mean residual around earlier dates, and the believed part of that on them."""
    past, total, years = len(residual), 0.0, 0
    mean, square, many = 0.0, 0.0, 0
    for at in rows:
        if at < 0 or at >= past:
            continue
        near, count = 0.0, 0
        for d in range(max(at - reach, 0), min(at + reach + 1, past)):
            if known[d] and kind[d] == mine:
                near += residual[d]
                count += 1
        if count:
            total += near / count
            years += 1
        if known[at] and kind[at] == mine:
            many += 1
            step = residual[at] - mean
            mean += step / many
            square += step * (residual[at] - mean)
    around = total / years if years else 0.0
    if many < least_years or mean == 0.0:
        return around, 0.0
    spread = (square / (many - 1) if many > 1 else 0.0) + variance
    return around, mean * mean**2 / (mean**2 + doubt * spread / many)
