"""The arithmetic of `forecasts.shifts`: arrays in, arrays out, no checks."""

from __future__ import annotations

from forecasts._cache import choose_folder

choose_folder()

import numpy as np  # noqa: E402
from numba import njit  # noqa: E402 - the folder of its cache is chosen first

from forecasts._kernels import median  # noqa: E402

LEAST_SD = 0.01  # of a day's log ratio


@njit(cache=True, nogil=True, error_model="numpy")
def last_shift(totals, unit, fewest, most, back, first_days, sds, least, ratio, side, week):
    """Return first day, log ratio and its variance of a shift near the end; day -1 for none.

    See `forecasts.shifts.find` for the conditions.
    """
    used = np.flatnonzero(unit > 0)
    many = len(used)
    if many < back + fewest + week or not _moved(
        totals, unit, used, fewest, min(most, many - back), back, least
    ):
        return -1, 0.0, 0.0
    logs, upto = np.empty(many), np.zeros(many + 1)
    for n in range(many):
        logs[n] = np.log((totals[used[n]] + 0.5) / unit[used[n]])
        upto[n + 1] = upto[n] + logs[n]
    sd = max(1.4826 * median(np.abs(logs[week:] - logs[:-week])) / np.sqrt(2.0), LEAST_SD)
    best, start, jump = 0.0, -1, 0.0
    for recent in range(fewest, min(most, many - back) + 1):
        at = many - recent
        if used[at] - used[0] < first_days:
            break
        rise = (upto[many] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        score = abs(rise) / (sd * np.sqrt(1.0 / recent + 1.0 / back))
        if score > best:
            best, start, jump = score, at, rise
    if best < sds or abs(jump) < least:
        return -1, 0.0, 0.0
    before = (upto[start] - upto[start - back]) / back
    across = 0
    for n in range(start, many):
        if (logs[n] - before) * np.sign(jump) > abs(jump) / 2:
            across += 1
    recent = many - start
    if across < side * recent:
        return -1, 0.0, 0.0
    near = min(recent, 2 * week)
    step = (upto[start + near] - upto[start]) / near
    step -= (upto[start] - upto[start - 2 * week]) / (2 * week)
    if step * np.sign(jump) < abs(jump) / 2:
        return -1, 0.0, 0.0
    for at in range(back, start - recent + 1):
        rise = (upto[at + recent] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        if abs(jump) < ratio * abs(rise):
            return -1, 0.0, 0.0
    return used[start], jump, sd * sd / recent


@njit(cache=True, nogil=True, error_model="numpy")
def _moved(totals, unit, used, fewest, most, back, least):
    """Return whether any of the last days' means is `least` off; most queues need no more."""
    many = len(used)
    upto = np.zeros(most + back + 1)
    for n in range(most + back):
        d = used[many - most - back + n]
        upto[n + 1] = upto[n] + np.log((totals[d] + 0.5) / unit[d])
    end = most + back
    for recent in range(fewest, most + 1):
        at = end - recent
        rise = (upto[end] - upto[at]) / recent - (upto[at] - upto[at - back]) / back
        if abs(rise) >= least:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def rise_at(totals, unit, day, back):
    """Return by how much the mean log ratio from `day` on exceeds that of `back` days before."""
    after, before, many, count = 0.0, 0.0, 0, 0
    for d in range(day, len(totals)):
        if unit[d] > 0:
            after += np.log((totals[d] + 0.5) / unit[d])
            many += 1
    for d in range(day - 1, -1, -1):
        if unit[d] > 0 and count < back:
            before += np.log((totals[d] + 0.5) / unit[d])
            count += 1
    return after / many - before / count
